"""What can go wrong: each kind of fault is a function that puts one into a firmware that runs.

A fault is `persistent` where it stays until somebody repairs it, and else `transient`: a bit that changed once, or a register.
`frames` of persistent kinds that concern the sensor change the signal itself, so the outputs differ whatever the firmware does.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from stator.faults.gdb import R0, R1
from stator.faults.session import Session
from stator.measure.elf import Symbol
from stator.memory import MemoryPlan
from stator.sim import qemu

Put = Callable[[Session, MemoryPlan], str]
Duration = Literal["persistent", "transient"]

NVIC_ENABLE, NVIC_DISABLE, NVIC_PEND, SYSTICK = 0xE000E100, 0xE000E180, 0xE000E200, 0xE000E010
RESET_REQUEST, RESET_WORD = 0xE000ED0C, 0x05FA0004
TIMER0, DUAL_TIMER = 0x50000000, 0x50002000
DMA_IRQ, UNUSED_IRQ = 57, 33


@dataclass(frozen=True, slots=True)
class Kind:
    """`put` changes something and says what, in a few words. `timed`: it concerns time itself."""

    name: str
    duration: Duration
    put: Put
    timed: bool = False


_kinds: dict[str, Kind] = {}


def kinds() -> Mapping[str, Kind]:
    return dict(_kinds)


def kind(duration: Duration, *, timed: bool = False) -> Callable[[Put], Put]:
    def note(put: Put) -> Put:
        name = put.__name__
        _kinds[name] = Kind(name, duration, put, timed)
        return put

    return note


def _flip_in(run: Session, symbols: list[Symbol]) -> str:
    """A bit of one of these symbols, each byte as likely as any other."""
    at = run.rng.randrange(sum(s.bytes for s in symbols))
    for symbol in symbols:
        if at < symbol.bytes:
            bit = run.rng.randrange(8)
            run.flip(symbol.address + at, bit)
            return f"{symbol.name}+{at:#x} bit {bit}"
        at -= symbol.bytes
    raise AssertionError("within the sum")


def _planned(run: Session, *names: str) -> list[Symbol]:
    return [run.symbol(f"stator_{name}") for name in names]


def _data(run: Session, names: tuple[str, ...]) -> list[Symbol]:
    """All variables with these names, whichever file they are of."""
    return [s for n in names for s in run.symbols(n) if not s.code and s.bytes]


def _in(run: Session, function: str, most: int = 200) -> None:
    """Somewhere near the start of the next call of a function."""
    run.run_to(run.function(function))
    run.steps(run.rng.randrange(most))


# Flash.


@kind("persistent")
def weights(run: Session, plan: MemoryPlan) -> str:
    tables = {t.symbol for t in plan.schedule.tables}
    return _flip_in(run, [s for s in run.elf.symbols if s.typed and not s.code and s.name in tables])


@kind("persistent")
def code(run: Session, plan: MemoryPlan) -> str:
    return _flip_in(run, [s for s in run.elf.symbols if s.code and s.bytes])


@kind("persistent")
def constants(run: Session, plan: MemoryPlan) -> str:
    names = ("stator_dsp_sine", "stator_features_config", "table", "lines", "edges", "stator_health_config", "answer")
    return _flip_in(run, [s for s in run.elf.symbols if s.name in names and not s.code and s.bytes])


@kind("persistent")
def vector_table(run: Session, plan: MemoryPlan) -> str:
    return _flip_in(run, [run.symbol("stator_core_vectors"), run.symbol("stator_board_vectors")])


# RAM: bits that change once.


@kind("transient")
def arena(run: Session, plan: MemoryPlan) -> str:
    step = run.rng.choice(plan.schedule.steps)
    _in(run, step.kernel.symbol)
    return f"in {step.kernel.symbol}: {_flip_in(run, _planned(run, 'arena'))}"


@kind("transient")
def front_end(run: Session, plan: MemoryPlan) -> str:
    _in(run, "stator_features_run")
    return _flip_in(run, _planned(run, "features_work"))


@kind("transient")
def half(run: Session, plan: MemoryPlan) -> str:
    _in(run, "stator_features_run", 20)
    return _flip_in(run, _planned(run, "half0", "half1"))


@kind("transient")
def stack(run: Session, plan: MemoryPlan) -> str:
    task, function = run.rng.choice(
        [("feature", "stator_features_run"), ("inference", "stator_monitor_infer"), ("telemetry", "stator_monitor_record_frame")]
    )
    _in(run, function)
    symbol = run.symbol(f"stator_stack_{task}")
    low = run.gdb.register(13)
    inside = symbol.address <= low < symbol.address + symbol.bytes
    at = run.rng.randrange(low, symbol.address + symbol.bytes) if inside else symbol.address
    bit = run.rng.randrange(8)
    run.flip(at, bit)
    return f"of {task}, {at - low} B above its pointer, bit {bit}"


@kind("transient")
def task_object(run: Session, plan: MemoryPlan) -> str:
    return _flip_in(run, _planned(run, "tcb_feature", "tcb_inference", "tcb_telemetry", "tcb_idle"))


@kind("transient")
def queue_object(run: Session, plan: MemoryPlan) -> str:
    return _flip_in(run, _planned(run, "qcb_columns", "qcb_records"))


@kind("transient")
def queue_item(run: Session, plan: MemoryPlan) -> str:
    name, function = run.rng.choice([("columns", "stator_port_receive_column"), ("records", "stator_port_receive_record")])
    _in(run, "xQueueGenericSend", 1)
    run.run_to(run.function("xTaskRemoveFromEventList"))  # the item is in, its reader not yet awake
    return f"before {function}: {_flip_in(run, _planned(run, f'queue_{name}'))}"


@kind("transient")
def ring_index(run: Session, plan: MemoryPlan) -> str:
    names = ("kept", "filled", "next", "last", "end", "filling", "timestamp")
    return _flip_in(run, _data(run, names))


@kind("transient")
def kernel_data(run: Session, plan: MemoryPlan) -> str:
    lists = ("pxReadyTasksLists", "xDelayedTaskList1", "xPendingReadyList")
    words = (
        "pxCurrentTCB",
        "uxTopReadyPriority",
        "xTickCount",
        "xSchedulerRunning",
        "uxSchedulerSuspended",
        "xNextTaskUnblockTime",
        "ulCriticalNesting",
    )
    return _flip_in(run, _data(run, (*lists, *words)))


@kind("transient")
def fixed_data(run: Session, plan: MemoryPlan) -> str:
    names = ("halves", "period", "half_samples", "feature_task", "telemetry_task", "columns", "records")
    return _flip_in(run, _data(run, names))


@kind("transient")
def health_state(run: Session, plan: MemoryPlan) -> str:
    names = ("words", "done", "ticked", "halves_at_tick", "flash_next", "flash_sum", "march_next", "frames", "round_of", "drift", "doubt")
    return _flip_in(run, _data(run, names))


@kind("transient")
def register(run: Session, plan: MemoryPlan) -> str:
    _in(run, run.rng.choice(["stator_features_run", "stator_monitor_infer", "stator_monitor_record_frame", "stator_health_poll"]))
    number, bit = run.rng.randrange(16), run.rng.randrange(32)
    run.gdb.set_register(number, run.gdb.register(number) ^ 1 << bit)
    return f"r{number} bit {bit} at {run.gdb.register(15):#x}"


# RAM that is broken.


@kind("persistent")
def stuck_cell(run: Session, plan: MemoryPlan) -> str:
    """A bit that the march cannot change. The runs in between may: this shows what the march sees, and nothing else."""
    arena_ = run.symbol("stator_arena")
    at, bit, value = arena_.address + run.rng.randrange(arena_.bytes // 4 * 4), run.rng.randrange(8), run.rng.random() < 0.5

    def marches() -> None:
        if 0 <= at - run.gdb.register(R0) < 4 * run.gdb.register(R1):
            run.hold_in_call(at, bit, value)

    run.at_each(run.function("chunk"), marches)  # firmware/health/march.c
    return f"stator_arena+{at - arena_.address:#x} bit {bit} is {int(value)}"


# Programs that go astray.

_TASKS = {
    "feature": "stator_features_run",
    "inference": "stator_monitor_infer",
    "telemetry": "stator_monitor_record_frame",
}


@kind("persistent")
def hung_task(run: Session, plan: MemoryPlan) -> str:
    task = run.rng.choice(sorted(_TASKS))
    _in(run, _TASKS[task])
    run.spin()
    return task


@kind("persistent")
def watchdog_not_fed(run: Session, plan: MemoryPlan) -> str:
    _in(run, "stator_health_poll", 30)
    run.spin()
    return "the supervisor hangs"


@kind("persistent")
def hung_interrupt(run: Session, plan: MemoryPlan) -> str:
    name = run.rng.choice(["arm_pl081_replay_timer_interrupt", "arm_pl081_replay_dma_interrupt", "cmsdk_uart_interrupt"])
    _in(run, name, 8)
    run.spin()
    return name


@kind("transient")
def illegal_instruction(run: Session, plan: MemoryPlan) -> str:
    task = run.rng.choice(sorted(_TASKS))
    _in(run, _TASKS[task])
    run.undefined()
    return task


@kind("transient")
def lost_way(run: Session, plan: MemoryPlan) -> str:
    task = run.rng.choice(sorted(_TASKS))
    _in(run, _TASKS[task])
    run.lose_way()
    return task


@kind("transient")
def stack_overflow(run: Session, plan: MemoryPlan) -> str:
    task = run.rng.choice(sorted(_TASKS))
    run.run_to(run.function(_TASKS[task]))
    run.set_stack(run.symbol(f"stator_stack_{task}").address + 8)
    return task


# Interrupts and devices.


@kind("persistent")
def lost_interrupt(run: Session, plan: MemoryPlan) -> str:
    """The DMA controller's never comes again."""
    run.device(NVIC_DISABLE + 4 * (DMA_IRQ // 32), 1 << DMA_IRQ % 32)
    return "DMA"


@kind("transient")
def unexpected_interrupt(run: Session, plan: MemoryPlan) -> str:
    irq = run.rng.choice([UNUSED_IRQ, 20, 34, 44])
    run.device(NVIC_ENABLE + 4 * (irq // 32), 1 << irq % 32)
    run.device(NVIC_PEND + 4 * (irq // 32), 1 << irq % 32)
    return f"{irq}"


@kind("persistent")
def interrupt_storm(run: Session, plan: MemoryPlan) -> str:
    """The dual timer's other half, which nobody quiets, asks for telemetry's interrupt: it never ends, and all tasks starve."""
    period = run.rng.choice([20, 50, 100])
    run.device(DUAL_TIMER + 0x20, period)
    run.device(DUAL_TIMER + 0x28, 0xE2)
    return f"after {period} clocks, for ever"


@kind("persistent")
def starved_feature_task(run: Session, plan: MemoryPlan) -> str:
    """Nobody wakes it: its notices go to another task."""
    _in(run, "stator_stream_filled", 8)
    other = run.rng.choice(["telemetry", "inference", "idle"])
    run.gdb.write(run.symbol("feature_task").address, struct.pack("<I", run.symbol(f"stator_tcb_{other}").address))
    return f"its notices go to {other}"


@kind("persistent")
def telemetry_line_stops(run: Session, plan: MemoryPlan) -> str:
    _in(run, "cmsdk_uart_interrupt", 3)
    run.device(DUAL_TIMER + 8, 0)
    return "the interrupt that paces it is off"


@kind("persistent")
def tick_stops(run: Session, plan: MemoryPlan) -> str:
    run.device(SYSTICK, 0)
    return "SysTick is off"


@kind("persistent")
def dma_stopped(run: Session, plan: MemoryPlan) -> str:
    """No transfer is started any more: the timer's interrupt is off."""
    run.device(NVIC_DISABLE, 1 << 3)
    return "no transfer is started"


@kind("persistent")
def dead_sensor(run: Session, plan: MemoryPlan) -> str:
    run.device(TIMER0, 0)
    return "the sampling timer stops"


@kind("persistent", timed=True)
def clock_drift(run: Session, plan: MemoryPlan) -> str:
    assert plan.sampling is not None
    share = run.rng.choice([-0.2, -0.08, -0.05, -0.03, 0.03, 0.05, 0.08, 0.2])
    run.device(TIMER0 + 8, round(plan.sampling.half_ticks * (1 + share)))
    return f"the sampling period is {share:+.0%} off"


@kind("transient")
def brown_out(run: Session, plan: MemoryPlan) -> str:
    """A reset while the last words are being written."""
    _in(run, "stator_features_run")
    run.undefined()
    run.run_to(run.function("stator_crash_write"))
    run.steps(run.rng.randrange(400))
    run.device(RESET_REQUEST, RESET_WORD)
    return "in the middle of the crash record"


# The signal.


def _signal(run: Session, change: Callable[[list[int]], Sequence[float]]) -> None:
    simulator = run.board.simulator
    assert simulator is not None and simulator.signal_at is not None
    at = simulator.signal_at
    (halves,) = struct.unpack("<I", run.gdb.read(at + 4, 4))
    size = halves * 2048
    samples = list(struct.unpack(f"<{size // 2}h", run.gdb.read(at + qemu.SIGNAL_HEADER_BYTES, size)))
    changed = [max(-2048, min(2047, round(v))) for v in change(samples)]
    run.gdb.write(at + qemu.SIGNAL_HEADER_BYTES, struct.pack(f"<{size // 2}h", *changed))


@kind("persistent")
def stuck_sensor(run: Session, plan: MemoryPlan) -> str:
    level = run.rng.randrange(-500, 500)
    _signal(run, lambda samples: [level for _ in samples])
    return f"always {level}"


@kind("persistent")
def clipped_sensor(run: Session, plan: MemoryPlan) -> str:
    gain = run.rng.choice([40, 80, 160])
    _signal(run, lambda samples: [v * gain for v in samples])
    return f"gain of {gain}"


@kind("persistent")
def shifted_sensor(run: Session, plan: MemoryPlan) -> str:
    by = run.rng.choice([-1500, -900, 900, 1500])
    _signal(run, lambda samples: [v + by for v in samples])
    return f"by {by} counts"


def _tone(run: Session, plan: MemoryPlan, hz: int) -> str:
    level = run.rng.choice([150, 300, 600])
    assert plan.spec.input is not None
    turn = 2 * math.pi * hz / plan.spec.input.sample_hz
    _signal(run, lambda samples: [level * math.sin(turn * i) for i, _ in enumerate(samples)])
    return f"a tone of {hz} Hz, {level} counts"


@kind("persistent")
def high_tone(run: Session, plan: MemoryPlan) -> str:
    """Too high for any line of a bearing, and as steady as no machine is."""
    return _tone(run, plan, run.rng.choice([1000, 1500, 2200, 3100, 4000]))


@kind("persistent")
def white_noise(run: Session, plan: MemoryPlan) -> str:
    """An amplifier that hears nothing but itself."""
    level = run.rng.choice([20, 80, 300])
    _signal(run, lambda samples: [run.rng.gauss(0, level) for _ in samples])
    return f"white noise of {level} counts"


@kind("persistent")
def strange_signal(run: Session, plan: MemoryPlan) -> str:
    """What no machine sounds like: one low tone and nothing else."""
    return _tone(run, plan, 300)
