"""run: a recorded signal goes through the firmware on a simulated board, and the host checks every frame."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
from rich.table import Table

from stator.board import Board, load_board
from stator.build import Image, build
from stator.data import Counts, Signal, load_signal, to_counts
from stator.errors import ConfigError
from stator.frontends import load
from stator.measure import Verdict, image_verdict, plan_check, read_elf, run_verdict, sizes, stacks, verdict_lines, verdict_table
from stator.measure.energy import duty_cycle, from_table
from stator.measure.kept import keep
from stator.measure.oracle import Expected, oracle
from stator.measure.replay import Comparison, Stage, Stream, accuracy, check_stream, compare, stages, verdict_of
from stator.measure.sizes import Sizes
from stator.measure.stacks import Stacks
from stator.memory.sampling import Sampling
from stator.sim import qemu, simulator
from stator.sim.awake import Awake
from stator.sim.run import Run, replay
from stator.spec import ModelSpec, load_model_spec
from stator.telemetry import Record
from stator.timing.observed import bounds as timing_bounds
from stator.verb import Results, console, progress, status, verb
from stator.verbs.build import known_rtos

_FRAMES_LIMIT = 10_000_000
_STRESS_SHIFT = 3


@verb(
    help={
        "board": "a simulated board: a folder of boards/ or a path to one",
        "signal": "cwru:NNN, uestc:FILE, synthetic, synthetic:LABEL, or a path to a .npy, .wav or .mat file",
        "model": "a folder of models/ or a path to one",
        "frames": "how many frames (0: one pass over the signal); the signal loops",
        "rtos": "freertos, or baremetal: interrupts and one loop",
        "stress": "telemetry floods the line and the idle task burns all time; on QEMU at 125 million instructions a second or more",
    },
    examples=(
        "run --board mps2_an505 --signal synthetic",
        "run --board qemu_rv32 --model bearing --signal cwru:105",
        "run --board mps2_an505 --signal synthetic --frames 10000 --stress",
    ),
)
def run(board: str, signal: str, model: str = "bearing", frames: int = 0, rtos: str = "freertos", stress: bool = False) -> Results:
    """Replays SIGNAL through the firmware of MODEL on the simulated BOARD, and proves what it computed.

    Builds the image where needed. Every frame is checked against the signal by position, against the NumPy twin of the front end
    and against the tflite-micro interpreter, bit for bit; instructions, latency, jitter and stacks against the model's budgets.
    """
    the_board, spec = load_board(board), load_model_spec(model)
    _can_run(the_board, spec)
    if not 0 <= frames <= _FRAMES_LIMIT:
        raise ConfigError(f"--frames {frames}: from 0 (one pass) to {_FRAMES_LIMIT:,}")
    assert spec.input is not None
    heard = load_signal(signal, spec.input.scan_hz, spec.input.channels)
    counts = to_counts(heard, spec.input.counts_per_g)
    halves = _fitting(counts.halves(spec.input.half_samples), the_board)
    if stress and rtos != "freertos":
        raise ConfigError("--stress: the image under stress is one with FreeRTOS", remedy="leave out --rtos, or --stress")
    image = build(the_board, spec, rtos=known_rtos(rtos), variant="stress" if stress else "")
    simulated = _faster(the_board) if stress else the_board
    done = replay(simulated, image.elf, halves, frames or len(halves))
    return _judge(replace(image, board=simulated), heard, counts, halves, done, stress)


def _faster(board: Board) -> Board:
    """The board with a simulator that executes more between two interrupts: at least 125 million instructions a second of its time."""
    simulator = board.simulator
    if simulator is None or simulator.icount_shift is None or simulator.icount_shift <= _STRESS_SHIFT:
        return board
    return board.model_copy(update={"simulator": simulator.model_copy(update={"icount_shift": _STRESS_SHIFT})})


def _can_run(board: Board, spec: ModelSpec) -> None:
    simulator.version(board)
    if not spec.streams:
        raise ConfigError(f"model '{spec.name}' takes no features of a sensor", remedy="a model with features and window in its model.yml")


def _fitting(halves: qemu.Halves, board: Board) -> qemu.Halves:
    """The frames as the board's ADC gives them; as many as its signal memory holds, where it has one."""
    assert board.simulator is not None
    frames = as_converted(board, halves)
    if board.simulator.kind == "renode":
        return frames
    room = ((board.simulator.signal_bytes or 0) - qemu.SIGNAL_HEADER_BYTES) // (2 * frames.shape[1])
    if len(frames) > room:
        console.print(f"the signal has {len(frames):,} frames; {board.name} holds the first {room:,} of them")
    return frames[:room]


def as_converted(board: Board, frames: qemu.Halves) -> qemu.Halves:
    """Counts as the board's ADC gives them: one without a sign has the sensor's rest in the middle of its range."""
    if board.sensor.signed:
        return frames
    middle = 1 << (board.sensor.bits - 1)
    return np.clip(frames.astype(np.int32) + middle, 0, 2 * middle - 1).astype(np.int16)


def _judge(image: Image, signal: Signal, counts: Counts, halves: qemu.Halves, done: Run, stress: bool) -> dict[str, object]:
    board, spec, plan = image.board, image.spec, image.plan
    records = done.telemetry.records[: done.frames_asked]
    assert plan.sampling is not None
    stream = check_stream(records, halves, plan.sampling.half_ticks)
    judge, expected = _expected(image, halves, records)
    comparison = compare(records, expected)
    times = stages(records, board)
    parts = times if done.instructions is None else stages(done.instructions, board)
    cycles = None if done.instructions is None else times[-1].worst
    whole, handover = times[-1], times[0]
    latency_us = whole.worst / board.clock_hz * 1e6
    jitter_us = (handover.worst - handover.least) / board.clock_hz * 1e6
    overruns = max(stream.lost, max((r.overruns for r in records), default=0))
    elf = read_elf(image.elf)
    measured, bounds = sizes(elf), stacks(image.build_dir, elf, board)
    truth = spec.labels.index(signal.label) if signal.label in spec.labels else None
    variant = "stress" if stress else "" if image.rtos == "freertos" else image.rtos
    limits = timing_bounds(image, elf, board, parts)
    complaints = (*plan_check(elf, plan), *_complaints(image, done, stream, comparison, bounds), *(limits.problems if limits else ()))
    verdict = image_verdict(spec, measured, bounds, complaints)
    verdict += run_verdict(
        spec, board, instructions=parts[-1].worst, cycles=cycles, latency_us=latency_us, jitter_us=jitter_us, overruns=overruns
    )
    said, score = verdict_of(records, expected), accuracy(records, expected, truth)
    results: dict[str, object] = {
        "board": board.name,
        "model": spec.name,
        "rtos": image.rtos,
        "signal": f"{signal.name}, {variant}" if variant else signal.name,
        "stress": stress,
        "frames": len(records),
        "frames_lost": stream.lost,
        "frames_duplicated": stream.duplicated,
        "overruns": overruns,
        "exact": comparison.exact,
        "oracle": judge,
        "compared_bytes": comparison.compared_bytes,
        "instructions": parts[-1].worst,
        **({} if cycles is None else {"cycles": cycles, "handover_cycles": handover.worst}),
        "handover_instructions": parts[0].worst,
        **(limits.fields() if limits else {}),
        "latency_us": round(latency_us, 3),
        "jitter_us": round(jitter_us, 3),
        "jitter_source": f"{'instructions' if cycles is None else 'cycles'}, at the board's clock",
        "accuracy": score,
        "class": None if said is None else spec.labels[said],
        "truth": signal.label,
        "clipped_samples": counts.clipped,
        "garbage_lines": done.telemetry.garbage,
        **(power_fields(board, done.awake, plan.sampling) if done.awake and not stress else {}),
        "stages": [asdict(part) for part in parts],
        **({} if cycles is None else {"stages_cycles": [asdict(part) for part in times]}),
        **size_fields(measured, bounds, done),
        "clock_hz": board.clock_hz,
        "sample_hz": float(plan.sampling.hz),
        "icount_shift": done.icount_shift,
        "compiler": image.compiler,
        "elf_sha256": done.elf_sha256,
        "simulator": done.simulator,
        "note": board.note,
        **verdict.fields(),
    }
    keep(image.build_dir.parent if variant else image.build_dir, results, spec.labels, records, expected)
    _show(image, signal, results, parts, times, verdict, done)
    return results


def power_fields(board: Board, awake: Awake, sampling: Sampling) -> dict[str, object]:
    """The contract's fields of what the core does in a second, and of what a decision and a battery's life come to."""
    duty = duty_cycle(board, awake)
    fields: dict[str, object] = {"awake_per_second": round(awake.per_second), "awake_unit": awake.unit, "duty_cycle": round(duty, 5)}
    power = board.power
    found = None if power is None else from_table(power, duty, sampling.half_ticks / sampling.clock_hz)
    if power is None or found is None:
        return {**fields, "energy_uj": None, "energy_source": f"unknown: {board.name}'s board.yml does not know its currents"}
    fields |= {"energy_uj": round(found.per_decision_uj, 3), "energy_source": found.source, "current_ua": round(found.mean_ua, 3)}
    return fields if power.battery_mah is None else {**fields, "battery_h": round(found.battery_h(power.battery_mah), 1)}


def _expected(image: Image, halves: qemu.Halves, records: tuple[Record, ...]) -> tuple[str, list[Expected]]:
    """The oracle's name, and what it says of every record."""
    with status("computing the features on the host"):
        checker = oracle(image.spec, load(image.spec.path), halves)
    expected: list[Expected] = []
    with progress("running the reference interpreter", len(records)) as show:
        for want in checker.replay([r.sequence for r in records]):
            expected.append(want)
            show(len(expected))
    return checker.name, expected


def _complaints(image: Image, done: Run, stream: Stream, comparison: Comparison, bounds: Stacks) -> list[str]:
    """Everything that is wrong and no budget."""
    found = [*stream.problems, *comparison.problems]
    banner, plan = done.telemetry.banner, image.plan
    if banner is None:
        found.append("the firmware did not say what it is")
    else:
        assert plan.sampling is not None
        due = (image.board.name, image.spec.name, plan.schedule.graph.sha256[:16], plan.sampling.half_ticks)
        said = (banner.board, banner.model, banner.sha256, banner.half_ticks)
        found += [f"the firmware says it is {is_}, the image is {should}" for is_, should in zip(said, due, strict=True) if is_ != should]
    if done.telemetry.garbage:
        shown = ", ".join(done.telemetry.garbage_shown[:3])
        found.append(f"{done.telemetry.garbage} telemetry lines could not be decoded: {shown}")
    unwell = next((r for r in reversed(done.telemetry.records) if not r.health.well), None)
    if unwell is not None:
        found.append(f"the firmware is not well in frame {unwell.sequence}: {', '.join(unwell.health.reasons)}")
    found += [f"the firmware started again: {why}" for why in done.telemetry.crashes]
    for stack in bounds.stacks:
        used = done.telemetry.stacks.get(stack.name)
        if used is not None and used > stack.bound_bytes:
            found.append(f"stack of {stack.name}: {used} B were used, more than the bound of {stack.bound_bytes} B: the analysis is wrong")
    return found


def size_fields(measured: Sizes, bounds: Stacks, done: Run | None) -> dict[str, object]:
    """The contract's fields of an image's sizes and stacks."""
    used = dict(done.telemetry.stacks) if done else {}
    return {
        "flash_bytes": measured.flash_bytes,
        "sram_bytes": measured.sram_bytes,
        "stack_bytes": measured.stack_bytes,
        "stack_bound_bytes": bounds.bound_bytes,
        "stack_used_bytes": sum(used.values()) if used else None,
        "tasks": [
            {
                "name": stack.name,
                "stack_bytes": stack.reserved_bytes,
                "stack_bound_bytes": stack.bound_bytes,
                "stack_used_bytes": used.get(stack.name),
                "path": [f"{name} {bytes_}" for name, bytes_ in stack.calls.path],
                "context": stack.context,
            }
            for stack in bounds.stacks
        ],
    }


def _show(
    image: Image,
    signal: Signal,
    results: dict[str, object],
    parts: tuple[Stage, ...],
    times: tuple[Stage, ...],
    verdict: Verdict,
    done: Run,
) -> None:
    board, spec = image.board, image.spec
    if signal.samples.size and results["clipped_samples"]:
        console.print(f"{results['clipped_samples']:,} samples of the signal were beyond the ADC's range and clipped")
    frames, wall = int(str(results["frames"])), done.seconds
    console.print(f"{frames:,} frames of {signal.name} on {board.name} in {wall:.1f} s ({done.simulator})")
    if board.note:
        console.print(f"note: {board.note}")
    for unit, stages_ in (("instructions", parts), *(() if parts is times else (("cycles", times),))):
        table = Table(title=f"{unit} per frame", title_justify="left")
        table.add_column("stage")
        for column in ("mean", "least", "worst"):
            table.add_column(column, justify="right")
        for part in stages_:
            table.add_row(part.name, f"{part.mean:,.0f}", f"{part.least:,}", f"{part.worst:,}")
        console.print(table)
    table = Table(title="stacks, bytes", title_justify="left")
    table.add_column("stack")
    for column in ("reserved", "bound", "used"):
        table.add_column(column, justify="right")
    table.add_column("deepest path")
    for task in results["tasks"]:  # type: ignore[attr-defined]
        used = "" if task["stack_used_bytes"] is None else f"{task['stack_used_bytes']:,}"
        path = [step.rsplit(" ", 1)[0] for step in task["path"]]
        shown = " > ".join(path if len(path) <= 4 else [*path[:2], "...", path[-1]])
        table.add_row(task["name"], f"{task['stack_bytes']:,}", f"{task['stack_bound_bytes']:,}", used, shown)
    console.print(table)
    if "duty_cycle" in results:
        energy = results["energy_source"] if results["energy_uj"] is None else f"{results['energy_uj']} µJ ({results['energy_source']})"
        console.print(
            f"awake for {results['awake_per_second']:,} {results['awake_unit']} a second, "
            f"{100 * float(str(results['duty_cycle'])):.2f} % of the time; energy of a decision: {energy}"
        )
    console.print(verdict_table(f"{spec.name} on {board.name}", verdict))
    lost = f"frames lost {results['frames_lost']}, duplicated {results['frames_duplicated']}"
    same = f"{results['compared_bytes']:,} B equal to {results['oracle']}" if results["exact"] else "NOT EXACT"
    console.print(f"{lost}; {same}")
    share = results["accuracy"]
    if results["class"] is not None:
        judged = f", right in {100 * float(str(share)):.1f} % of the frames" if share is not None else ""
        console.print(f"class: {results['class']}, truth: {results['truth'] or 'unknown'}{judged}")
    for line in verdict_lines(verdict):
        console.print(line)
