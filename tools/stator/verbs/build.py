"""build: a model and a board become a firmware image."""

from __future__ import annotations

from rich.table import Table

from stator.board import load_board
from stator.build import Image
from stator.build import build as build_image
from stator.cmake import RTOSES, Rtos
from stator.errors import ConfigError
from stator.measure import Sizes, Stacks, Verdict, image_verdict, plan_check, read_elf, sizes, stacks, verdict_lines, verdict_table
from stator.progress import status
from stator.selection import DEFAULT, known_optimize
from stator.spec import load_model_spec
from stator.timing.rules import refuse_late, refuse_priorities
from stator.verb import Results, console, verb
from stator.yamlfile import nearest, shown

LARGEST = 8


@verb(
    help={
        "board": "a folder of boards/ or a path to one",
        "model": "a folder of models/ or a path to one",
        "optimize": "speed, size or balanced: what a byte of flash is worth when kernels are chosen",
        "rtos": "freertos, or baremetal: interrupts and one loop",
    },
    examples=("build --board nrf5340", "build --board path/to/my_board --model bearing --json build.json"),
)
def build(board: str, model: str = "bearing", rtos: str = "freertos", optimize: str = DEFAULT) -> Results:
    """Builds the firmware of MODEL for BOARD: build/<board>/<model>/firmware.elf, .hex, .bin and .map; sizes against the budgets."""
    the_board = load_board(board)
    refuse_priorities(the_board)
    image = build_image(the_board, load_model_spec(model), rtos=known_rtos(rtos), kernels=known_optimize(optimize))
    refuse_late(image.plan)
    with status("measuring"):
        elf = read_elf(image.elf)
        size = sizes(elf)
        bounds = stacks(image.build_dir, elf, image.board)
    verdict = image_verdict(image.spec, size, bounds, plan_check(elf, image.plan))
    show(image, size, verdict)
    return results(image, size, bounds, verdict)


def known_rtos(name: str) -> Rtos:
    """Raises ConfigError for an RTOS that has no port here."""
    found = next((r for r in RTOSES if r == name), None)
    if found is None:
        raise ConfigError(f"--rtos {name[:80]}: {nearest(name, RTOSES)}", remedy=f"one of {', '.join(RTOSES)}")
    return found


def results(image: Image, size: Sizes, bounds: Stacks, verdict: Verdict) -> dict[str, object]:
    """The contract's fields of an image."""
    plan = image.plan
    return {
        "board": image.board.name,
        "model": image.spec.name,
        "rtos": image.rtos,
        "flash_bytes": size.flash_bytes,
        "sram_bytes": size.sram_bytes,
        "stack_bytes": size.stack_bytes,
        "stack_bound_bytes": bounds.bound_bytes,
        "arena_bytes": plan.arena_bytes,
        "arena_bound_bytes": plan.arena_bound_bytes,
        "weights_bytes": plan.schedule.weights_bytes,
        "macs": plan.schedule.macs,
        "clock_hz": image.board.clock_hz,
        "sample_hz": float(plan.sampling.hz) if plan.sampling else None,
        "compiler": image.compiler,
        "tasks": [{"name": s.name, "stack_bytes": s.reserved_bytes, "stack_bound_bytes": s.bound_bytes} for s in bounds.stacks],
        "elf": str(image.elf),
        **verdict.fields(),
    }


def show(image: Image, size: Sizes, verdict: Verdict) -> None:
    """Sizes and verdict, for people."""
    table = Table(title=f"{image.spec.name} on {image.board.name}: {image.board.title}", title_justify="left")
    for name in ("flash", "RAM"):
        table.add_column(name)
        table.add_column("bytes", justify="right")
    flash, ram = size.largest(LARGEST, flash=True), size.largest(LARGEST, flash=False)
    for i in range(max(len(flash), len(ram))):
        row: list[str] = []
        for symbols in (flash, ram):
            row += [symbols[i].name, f"{symbols[i].bytes:,}"] if i < len(symbols) else ["", ""]
        table.add_row(*row)
    table.add_row(
        "all else", f"{size.flash_bytes - sum(s.bytes for s in flash):,}", "all else", f"{size.sram_bytes - sum(s.bytes for s in ram):,}"
    )
    table.add_section()
    table.add_row("whole", f"{size.flash_bytes:,}", "whole", f"{size.sram_bytes:,}")
    console.print(table)
    console.print(verdict_table("budgets", verdict))
    console.print(f"{shown(image.elf)}, and beside it .hex, .bin and .map; {image.compiler}")
    if image.board.note:
        console.print(f"note: {image.board.note}")
    for line in verdict_lines(verdict):
        console.print(line)
