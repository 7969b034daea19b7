"""Priorities that cannot work, and a model that no schedule can save: known before anything is compiled."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import Literal

from stator.board import Board
from stator.errors import ConfigError
from stator.memory import MemoryPlan, Tasks, load_tasks
from stator.paths import FIRMWARE
from stator.yamlfile import shown

Controller = Literal["nvic", "eclic", "clint"]

ECLIC_LEVELS = 16  # NUCLEI_ECLIC_CTL_BITS
PLIC_PRIORITIES = range(1, 8)


@cache
def kernel_setting(port: str, name: str) -> int:
    """A number of FreeRTOSConfig.h or of the port's freertos_target.h. Raises ConfigError where it is not there."""
    for file in (FIRMWARE / "port" / "freertos" / port / "freertos_target.h", FIRMWARE / "port" / "freertos" / "FreeRTOSConfig.h"):
        found = re.search(rf"#define {name}\s+\(?(\d+)", file.read_text(encoding="utf-8"))
        if found:
            return int(found[1])
    raise ConfigError(f"firmware/port/freertos: {name} is not defined for {port}")


def controller(board: Board) -> Controller:
    """What decides between interrupts: Arm's NVIC and Nuclei's ECLIC nest them, a core with CLINT and PLIC does not."""
    if board.isa == "arm":
        return "nvic"
    return "eclic" if "nuclei_eclic" in board.drivers else "clint"


def order(board: Board, interrupt: str) -> int:
    """The smaller, the more urgent; equal where neither preempts the other."""
    kind = controller(board)
    if kind == "clint":
        return 0
    return board.interrupts[interrupt] if kind == "nvic" else ECLIC_LEVELS - 1 - board.interrupts[interrupt]


def wrong_priorities(board: Board) -> list[str]:
    """What is wrong with `interrupts` of a board that says what they are for; one sentence each."""
    timing = board.timing
    if timing is None:
        return []
    kind = controller(board)
    named = [n for n in timing.handlers if kind != "clint" or n in board.interrupts]  # the core's own timer has no priority
    found = [f"interrupts: '{n}' of timing: handlers has no priority" for n in named if n not in board.interrupts]
    found += [f"timing: '{n}' has no handler" for n in (*timing.sensor, timing.telemetry) if n not in timing.handlers]
    if found:
        return found
    if kind == "nvic":
        bits, most = kernel_setting(board.core, "configPRIO_BITS"), kernel_setting(board.core, "configMAX_SYSCALL_INTERRUPT_PRIORITY")
        found += [f"interrupts: {n}: {board.interrupts[n]} is none of 0 to {(1 << bits) - 1}" for n in named if board.interrupts[n] >> bits]
        found += [
            f"interrupts: {n}: {board.interrupts[n]} is more urgent than {most}, the most urgent that may call the kernel "
            "(configMAX_SYSCALL_INTERRUPT_PRIORITY), and its handler does: it would find the kernel's lists half changed"
            for n in (timing.sensor[-1], timing.telemetry)
            if board.interrupts[n] < most
        ]
    elif kind == "eclic":
        found += [f"interrupts: {n}: level {board.interrupts[n]} is none of 0 to 15" for n in named if board.interrupts[n] >= ECLIC_LEVELS]
    else:
        found += [
            f"interrupts: {n}: PLIC priority {board.interrupts[n]} is none of 1 to 7"
            for n in named
            if board.interrupts[n] not in PLIC_PRIORITIES
        ]
    telemetry = board.interrupts.get(timing.telemetry, 0)
    found += [
        f"interrupts: {n} ({board.interrupts[n]}), of the sensor, is less urgent than {timing.telemetry} ({telemetry}), of the telemetry, "
        "which would hold samples up"
        for n in timing.sensor
        if kind != "clint" and order(board, n) > order(board, timing.telemetry)
    ]
    return found


PATH_OF_DATA = ("feature", "inference", "telemetry", "idle")


def wrong_tasks(tasks: Tasks) -> list[str]:
    """Whether each task is more urgent than the one that it hands on to; one sentence for each that is not."""
    known = [(n, tasks.tasks[n].priority) for n in PATH_OF_DATA if n in tasks.tasks]
    return [
        f"tasks: {early} ({a}) is not more urgent than {late} ({b}), which would hold it up"
        for (early, a), (late, b) in pairwise(known)
        if a <= b
    ]


def hopeless(plan: MemoryPlan) -> list[str]:
    """Whether one inference takes longer than a frame however good its kernels are: no core here does more than sixteen
    multiply-accumulates (Helium, VMLADAV), two (other Arm cores, SMLAD) or half a one (RV32IM: mul, add) per instruction, nor more
    than one instruction per clock."""
    if plan.sampling is None:
        return []
    board, best = plan.board, 2.0 if plan.board.isa == "arm" else 0.5
    best = 16.0 if "mve" in board.kernels else best
    least_us, frame_us = plan.schedule.macs / best / board.clock_hz * 1e6, plan.sampling.half_ticks / plan.sampling.clock_hz * 1e6
    if least_us <= frame_us:
        return []
    return [
        f"{plan.schedule.macs:,} multiply-accumulates take {board.title} at least {least_us:,.0f} µs at {board.clock_hz / 1e6:g} MHz, "
        f"and the next frame is there after {frame_us:,.0f} µs: no priority can meet that deadline"
    ]


def refuse_priorities(board: Board) -> None:
    """Raises ConfigError with everything that is wrong with a board's priorities, or with those of the tasks."""
    if reasons := [*wrong_priorities(board), *wrong_tasks(load_tasks())]:
        raise ConfigError(
            f"{shown(board.file)}: these priorities cannot work",
            details=tuple(reasons),
            remedy=f"`invoke timing --board {shown(board.folder)}` shows what follows from them",
        )


def refuse_late(plan: MemoryPlan) -> None:
    """Raises ConfigError where no priorities could make the model be on time."""
    if reasons := hopeless(plan):
        raise ConfigError(
            f"model '{plan.spec.name}' is too slow for board '{plan.board.name}'",
            details=tuple(reasons),
            remedy="a smaller model, or a faster board",
        )
