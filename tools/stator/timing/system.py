"""What runs on a board: its interrupts, the kernel and the tasks as activities of the response-time analysis, and their rows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from stator.board import Board, Timing
from stator.emit.model import entry, state_of
from stator.errors import ConfigError
from stator.measure.elf import Elf
from stator.memory import MemoryPlan, Tasks
from stator.timing.path import Code
from stator.timing.response import Activity, response_ns, utilisation
from stator.timing.rules import controller, kernel_setting, order
from stator.yamlfile import shown

MARGIN = 1.2
"""On the worst that was measured of a task: inputs that were not tried. Paths have none: they are bounds."""

_TASK_ORDERS = 100  # interrupts come before them
_GLUE = 64  # instructions of a critical section around the functions that it calls
_RETURN = 24  # of xTaskResumeAll() after the switch in it
_FRAME_BYTES, _SHORTEST_FRAME, _SHORT_TEXT = 120, 16, 100
_SLICE_BYTES, _MARCH_WORDS, _CHUNK_WORDS = 2048, 64, 16  # firmware/health: SLICE, MARCH_WORDS, CHUNK
_WATCHDOG_NS = 1_500_000_000  # STATOR_WATCHDOG_MS: what the supervisor is late for
_COPY = 80  # newlib's memcpy for Arm: blocks of 64 bytes in 36 instructions, then of 16 in 12, of 4 in 4; at most this before and after

_SWITCH = {"nvic": "PendSV_Handler", "eclic": "nuclei_software_interrupt", "clint": "freertos_risc_v_exception_handler"}
_TICK = {  # the first that an image has
    "nvic": ("nordic_tick_interrupt", "SysTick_Handler"),
    "eclic": ("nuclei_timer_interrupt",),
    "clint": ("xTaskIncrementTick",),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """The worst of each task's stages in a run, in instructions; `least_handover` the least from interrupt to feature task."""

    features: int
    inference: int
    hand_on: int
    least_handover: int
    whole: int  # from interrupt to decision
    source: str  # rtl | qemu | renode
    where: str  # for people


@dataclass(frozen=True, slots=True)
class Row:
    """An activity with what the analysis says of it. `source`: rtl, qemu, renode or model (a path through the image)."""

    activity: Activity
    kind: str  # interrupt | task
    priority: int | None  # as board.yml or tasks.yml says it
    instructions: int
    source: str
    basis: str
    response_ns: int | None

    @property
    def slack_ns(self) -> int | None:
        return None if self.response_ns is None else self.activity.deadline_ns - self.response_ns

    @property
    def holds(self) -> bool:
        return self.slack_ns is not None and self.slack_ns >= 0


@dataclass(frozen=True, slots=True)
class Analysis:
    """All rows; from the half's interrupt to the feature task at worst; to the decision at worst."""

    rows: tuple[Row, ...]
    handover_ns: int | None
    decision_ns: int | None
    blocking_instructions: int
    blocking_by: str
    utilisation: float

    def reasons(self) -> list[str]:
        """What is late, a sentence each."""
        late = []
        for row in self.rows:
            what, due = f"{row.kind} '{row.activity.name}'", f"{row.activity.deadline_ns / 1000:,.1f} µs"
            if row.response_ns is None:
                late.append(f"{what} never comes to an end: more urgent ones take all of the core; its deadline is {due}")
            elif not row.holds:
                late.append(f"{what} answers within {row.response_ns / 1000:,.1f} µs at worst, and its deadline is {due}")
        return late


@dataclass(frozen=True, slots=True)
class Rate:
    """How long instructions take: `per_second`, and `interrupt_ns` for the core's own way into and out of an interrupt."""

    per_second: float
    interrupt_ns: int = 0

    @classmethod
    def of(cls, board: Board) -> Rate:
        """At the board's clock, with board.yml's cycles per instruction."""
        timing = timing_of(board)
        return cls(board.clock_hz / timing.cycles_per_instruction, math.ceil(timing.interrupt_cycles * 1e9 / board.clock_hz))

    def ns(self, instructions: int) -> int:
        return math.ceil(instructions * 1e9 / self.per_second)


def timing_of(board: Board) -> Timing:
    """Raises ConfigError for a board that does not say what its interrupts are for."""
    if board.timing is None:
        raise ConfigError(
            f"{shown(board.file)}: says nothing under `timing`, so nothing is known of its interrupts", remedy="see docs/timing.md"
        )
    return board.timing


@dataclass(frozen=True, slots=True)
class Costs:
    """Instructions of everything in an image that is no task of the model: bounds by the longest path."""

    handlers: Mapping[str, int]
    tick: int
    switch: int
    resume: int  # what the feature task still executes of the kernel after the switch to it
    send: int
    receive: int
    take: int
    telemetry: int
    decided: int  # around the model, in the inference task
    selftest: int  # after it, without the model
    health: int
    blocking: int
    blocking_by: str


def costs(board: Board, plan: MemoryPlan, elf: Elf) -> Costs:
    """Reads an image. Raises UnboundedTime, ToolError."""
    timing, kind, tasks = timing_of(board), controller(board), plan.tasks
    assert tasks is not None and plan.spec.input is not None
    item = max(q.item_bytes.bytes(plan.spec.columns, len(plan.spec.labels)) for q in tasks.queues.values())
    columns = max(plan.spec.columns, len(plan.spec.labels))
    state = state_of(plan)[1]
    half = plan.spec.input.half_samples
    frame = _FRAME_BYTES + len(board.name) + len(plan.spec.name) + plan.spec.columns + len(plan.spec.labels)
    loops = {
        "stator_stream_filled": 1,  # no half is missed: what this analysis proves
        "xTaskIncrementTick": 1,  # no task waits for a time
        "vTaskSwitchContext": kernel_setting_of(board, "configMAX_PRIORITIES") + 1,
        "vListInsert": len(tasks.tasks),
        "xTaskResumeAll": 2,  # interrupts wake two tasks: feature and telemetry
        "prvUnlockQueue": 1,  # no interrupt sends to a queue
        "xQueueReceive": 2,  # woken once with an item: one sender, one receiver
        "xQueueGenericSend": 1,  # never waits
        "ulTaskGenericNotifyTake": 1,
        "memcpy": item,
        "ns16550_interrupt": 16,
        "riscv_plic_interrupt": 1,  # each source counts on its own
        "riscv_clint_sample": half // 8,
        "timer_replay_interrupt": half // 64,
        "arm_pl081_copy": (half - 1) // 4095,  # ARM_PL081_MOST
        "riscv_clint_now": 2,
        "riscv_clint_arm": 2,
        "stator_crc32": frame,
        "strlen": _SHORT_TEXT,
        "head": 8,
        "numbers": 9,
        "stuff": frame,
        "stator_frame_end": 4,
        "stator_monitor_infer": columns,
        "sum_of_kept": state // 4 + 16,
        "stator_argmax": columns,
        "stator_distance": columns,
        "stator_shape": columns,
        "stator_health_word": 3,
        "stator_health_poll": 4,
        "stator_march": _MARCH_WORDS // _CHUNK_WORDS,
        "chunk": _CHUNK_WORDS,
        "up": _CHUNK_WORDS,
        "down": _CHUNK_WORDS,
        "draw": state + columns,
        "memcmp": columns,
        "sbcon_pin": 4,
        "sbcon_put": 8,
        "sbcon_get": 8,
        "twim_hold": 400,
        "twim_release": 9,
        "tmp102_bus_start": 9,
        "tmp102_bus_take": 2,
        "stator_port_damage": len(tasks.tasks) + 2,
        "stator_monitor_stacks_frame": len(tasks.tasks) + 2,
        "stator_port_stack_used": max(size for t in (*tasks.tasks.values(), tasks.main) for size in t.stack_bytes.values())
        + 128,  # more_stack_bytes
    }
    code, text = (
        Code.of(elf, {**loops, "memcpy": n}, {"memcpy": _COPY + n} if board.isa == "arm" else {}) for n in (item, max(_SHORT_TEXT, columns))
    )
    slow = Code.of(elf, {**loops, "stator_crc32": _SLICE_BYTES}, {"memcpy": _COPY + item} if board.isa == "arm" else {})
    aside = Code.of(elf, {**loops, "memcpy": state}, {"memcpy": _COPY + state} if board.isa == "arm" else {})
    measured = {"take_in_place"}  # where the inference task takes the half, this is the record's `features`
    model = frozenset({"run_once", f"{plan.spec.c_name}_{entry(plan)}", f"{plan.spec.c_name}_init", *measured})
    handlers, tick, switch = _interrupts(code, timing, kind)
    take, send, receive = (code.path(n) for n in ("ulTaskGenericNotifyTake", "xQueueGenericSend", "xQueueReceive"))
    uart_send = "__wrap_stator_uart_send" if board.telemetry == "rtt" else "stator_uart_send"
    copy = max(code.path("memcpy"), code.path("prvCopyDataToQueue") if code.has("prvCopyDataToQueue") else 0)
    sections = {
        "a queue's item copied and its reader woken": copy + code.path("xTaskRemoveFromEventList") + _GLUE,
        "xTaskResumeAll": code.path("xTaskResumeAll"),
        "prvUnlockQueue": code.path("prvUnlockQueue"),
        "the notice from another interrupt": code.path("vTaskGenericNotifyGiveFromISR"),
        "the switch between tasks": switch if kind != "nvic" else code.path("vTaskSwitchContext") + _GLUE,
    }
    longest = max(sections, key=lambda n: sections[n])
    return Costs(
        handlers=handlers,
        tick=tick,
        switch=switch,
        resume=code.path("ulTaskGenericNotifyTake", frozenset({"xTaskResumeAll"})) + code.path("stator_clock_now") + _RETURN,
        send=send,
        receive=receive,
        take=take,
        telemetry=text.path("stator_monitor_record_frame") + text.path("stator_monitor_stacks_frame") + 2 * (text.path(uart_send) + take),
        decided=code.path("stator_monitor_infer", model),
        selftest=aside.path("stator_monitor_selftest", model),
        health=slow.path("stator_health_poll"),
        blocking=sections[longest],
        blocking_by=longest,
    )


def kernel_setting_of(board: Board, name: str) -> int:
    """A setting of the kernel for this board."""
    from stator.cmake import freertos_port  # noqa: PLC0415 (it imports this package's rules)

    return kernel_setting(freertos_port(board), name)


def _interrupts(code: Code, timing: Timing, kind: str) -> tuple[dict[str, int], int, int]:
    """Instructions of every handler with its way in and out, of the tick, and of a switch between tasks."""
    switch = code.path(_SWITCH[kind])
    tick = next(name for name in _TICK[kind] if code.has(name))
    if kind == "nvic":
        return {n: code.path(f) for n, f in timing.handlers.items()}, code.path(tick), switch
    if kind == "eclic":
        entry = "nuclei_eclic_common"
        return {n: code.path(entry, calls=f) for n, f in timing.handlers.items()}, code.path(entry, calls=tick), switch
    own = frozenset({*timing.handlers.values(), "xTaskIncrementTick", "vTaskSwitchContext", "freertos_risc_v_exception_handler"})
    way = code.path("stator_trap_entry", own)
    after = code.path("vTaskSwitchContext")
    return {n: way + code.path(f) + after for n, f in timing.handlers.items()}, way + code.path("xTaskIncrementTick") + after, switch


def analyse(board: Board, plan: MemoryPlan, tasks: Tasks, found: Costs, measured: Measured, rate: Rate, margin: float = MARGIN) -> Analysis:
    """Everything that runs, against everything more urgent."""
    timing, sampling = timing_of(board), plan.sampling
    assert sampling is not None
    frame = math.floor(sampling.half_ticks * 1e9 / sampling.clock_hz)
    interrupts = _interrupt_activities(board, plan, found, rate, frame)
    ticks, lines = interrupts[-1], _line_interrupts(plan, timing)
    blocking = rate.ns(found.blocking)
    switch = rate.ns(found.switch) + rate.interrupt_ns

    def task(name: str, instructions: int, deadline: int, wait: int = 0) -> Activity:
        most = max(t.priority for t in tasks.tasks.values())
        cost = rate.ns(instructions) + 2 * switch
        return Activity(name, _TASK_ORDERS + most - tasks.tasks[name].priority, frame, cost, deadline, blocking, wait_ns=wait)

    def priority_of(name: str) -> int:
        return tasks.tasks[name].priority

    latency_us = plan.spec.budgets.latency_us_on(board)
    decide_by = frame if latency_us is None else min(frame, math.floor(latency_us * 1000))
    worst = {
        "feature": math.ceil(measured.features * margin) + found.take + found.send,
        "inference": math.ceil((measured.inference + measured.hand_on) * margin) + found.receive + found.decided,
        "telemetry": found.telemetry + found.receive,
    }
    selftest = math.ceil(measured.inference * margin) + found.selftest
    line_ns = math.ceil(2 * _line_bytes(plan) * 10 * 1e9 / timing.baud) if not timing.telemetry_at_once else 0
    jobs = {
        "feature": task("feature", worst["feature"], frame),
        "inference": task("inference", worst["inference"], decide_by),
        "telemetry": task("telemetry", worst["telemetry"], frame, line_ns),
    }
    # Under stress the telemetry task has the next line as soon as one is out; it matters only to what is less urgent.
    sent_ns = math.floor(_SHORTEST_FRAME * 10 * 1e9 / timing.baud) if not timing.telemetry_at_once else 0
    sends = replace(jobs["telemetry"], period_ns=min(frame, jobs["telemetry"].cost_ns + sent_ns), wait_ns=0)
    # The known answer and a slice of the march, in the inference task behind the decision.
    checks = Activity("self-test", jobs["inference"].order, frame, rate.ns(selftest), frame, blocking)
    everything = (*interrupts, jobs["feature"], jobs["inference"], checks, sends)
    rows = [
        Row(a, "interrupt", board.interrupts.get(a.name), found.handlers[a.name], "model", "longest path", response_ns(a, everything))
        for a in interrupts[:-1]
    ]
    rows.append(Row(ticks, "interrupt", None, found.tick, "model", "longest path", response_ns(ticks, everything)))
    basis = f"{measured.where}, worst x {margin:g}"
    for name, a in jobs.items():
        seen = tuple(e for e in everything if e.name != name)
        if name == "telemetry":  # its own two lines
            seen = tuple(replace(e, at_most=2 * lines) if e.name == timing.telemetry else e for e in seen)
        told = ("model", "longest path, and two lines on the wire") if name == "telemetry" else (measured.source, basis)
        rows.append(Row(a, "task", priority_of(name), worst[name], *told, response_ns(a, seen)))
    rows.append(
        Row(
            checks,
            "task",
            priority_of("inference"),
            selftest,
            measured.source,
            f"{basis}, and longest path",
            response_ns(checks, everything),
        )
    )
    # Below everything, with the line busy all the time; not under stress, whose telemetry leaves nothing on paper.
    shipped = [replace(a, at_most=None) if a.name == timing.telemetry and not timing.telemetry_at_once else a for a in interrupts]
    shipped += [replace(j, wait_ns=0) for j in jobs.values()] + [checks]
    supervisor = Activity(
        "health", jobs["telemetry"].order + 1, ticks.period_ns, rate.ns(found.health) + 2 * switch, _WATCHDOG_NS, blocking
    )
    rows.append(Row(supervisor, "task", priority_of("idle"), found.health, "model", "longest path", response_ns(supervisor, shipped)))
    hands_over = next(a for a in interrupts if a.name == timing.sensor[-1])
    # Blocked where the interrupt comes while a task has suspended the scheduler: the switch waits for xTaskResumeAll().
    cost = hands_over.cost_ns + 2 * switch + rate.ns(found.resume)
    handover = Activity("handover", jobs["feature"].order, frame, cost, frame, blocking)
    ends = {r.activity.name: r.response_ns for r in rows}
    decided = ends["inference"]
    if jobs["feature"].order >= jobs["inference"].order:  # the features are not among what the inference is held up by
        decided = None if decided is None or ends["feature"] is None else decided + ends["feature"]
    return Analysis(
        tuple(rows),
        response_ns(handover, [a for a in everything if a is not hands_over and a is not jobs["feature"]]),
        decided,
        found.blocking,
        found.blocking_by,
        utilisation(
            [
                replace(a, period_ns=_line_period(timing, lines, frame)) if a.name == timing.telemetry else a
                for a in (*interrupts, *jobs.values(), checks, supervisor)
            ]
        ),
    )


def _interrupt_activities(board: Board, plan: MemoryPlan, found: Costs, rate: Rate, frame: int) -> list[Activity]:
    """The sensor's, the telemetry's and last the tick."""
    timing, blocking = timing_of(board), rate.ns(found.blocking)
    lowest = {"nvic": 7, "eclic": 15, "clint": 0}[controller(board)]
    byte_ns = math.floor(timing.telemetry_bytes * 10 * 1e9 / timing.baud)
    lines = _line_interrupts(plan, timing)
    made = []
    for name in timing.handlers:
        cost = rate.ns(found.handlers[name]) + rate.interrupt_ns
        if name == timing.telemetry:
            period = 1 if timing.telemetry_at_once else byte_ns
            made.append(
                Activity(name, order(board, name), period, cost, frame if timing.telemetry_at_once else byte_ns, blocking, at_most=lines)
            )
        else:
            made.append(Activity(name, order(board, name), frame, cost, frame, blocking))
    tick_ns = 10**9 // kernel_setting_of(board, "configTICK_RATE_HZ")
    made.append(Activity("tick", lowest, tick_ns, rate.ns(found.tick) + rate.interrupt_ns, tick_ns, blocking))
    return made


def _line_bytes(plan: MemoryPlan) -> int:
    return _FRAME_BYTES + plan.spec.columns + len(plan.spec.labels)


def _line_interrupts(plan: MemoryPlan, timing: Timing) -> int:
    """Telemetry's interrupts of one line, the most that come while the telemetry task itself does not run."""
    return max(1, -(-_line_bytes(plan) // timing.telemetry_bytes)) if timing.telemetry_bytes <= 16 else 1


def _line_period(timing: Timing, lines: int, frame: int) -> int:
    """Per frame two lines at most."""
    return max(frame // (2 * lines), 1) if timing.telemetry_at_once else math.floor(timing.telemetry_bytes * 10 * 1e9 / timing.baud)


def fields(analysis: Analysis, observed_us: Mapping[str, float]) -> list[dict[str, object]]:
    """The contract's `tasks`."""

    def us(ns: int | None) -> float | None:
        return None if ns is None else round(ns / 1000, 3)

    return [
        {
            "name": row.activity.name,
            "kind": row.kind,
            "period_us": us(row.activity.period_ns),
            "priority": row.priority,
            "wcet_us": us(row.activity.cost_ns),
            "wcet_instructions": row.instructions,
            "wcet_source": row.source,
            "wcet_basis": row.basis,
            "blocking_us": us(row.activity.blocking_ns),
            "response_us": us(row.response_ns),
            "observed_us": observed_us.get(row.activity.name),
            "deadline_us": us(row.activity.deadline_ns),
            "slack_us": us(row.slack_ns),
        }
        for row in analysis.rows
    ]
