"""flash: a board gets its firmware, verified."""

from __future__ import annotations

import shlex

from stator.board import load_board
from stator.build import build
from stator.flash import commands, find, run
from stator.paths import ROOT
from stator.progress import status
from stator.spec import load_model_spec
from stator.timing.rules import refuse_late, refuse_priorities
from stator.verb import Results, console, verb


@verb(
    help={
        "board": "a folder of boards/ or a path to one",
        "model": "a folder of models/ or a path to one",
        "probe": "the probe's serial number (probe-rs: VID:PID:SERIAL), where several are plugged in",
        "dry_run": "builds, and prints the commands instead of running them",
    },
    examples=("flash --board nrf5340", "flash --board gd32vf103 --dry-run"),
)
def flash(board: str, model: str = "bearing", probe: str = "", dry_run: bool = False) -> Results:
    """Builds the firmware of MODEL, programs it into BOARD through the runner that its board.yml names, verifies it and starts it."""
    the_board = load_board(board)
    refuse_priorities(the_board)
    for step in commands(the_board, ROOT, probe):  # what cannot be flashed is said before it is built
        if not dry_run:
            find(step)
    image = build(the_board, load_model_spec(model))
    refuse_late(image.plan)
    steps = commands(the_board, image.elf, probe)
    for step in steps:
        console.print(f"{step.does}: {shlex.join(step.words)}", soft_wrap=True, highlight=False)
        if not dry_run:
            with status(step.does):
                run(step)
    console.print("nothing was run" if dry_run else f"{the_board.name} holds {image.elf.name} and has started it")
    return {
        "board": the_board.name,
        "model": image.spec.name,
        "elf": str(image.elf),
        "commands": [shlex.join(step.words) for step in steps],
        "dry_run": dry_run,
        "verdict": "pass",
        "reasons": [],
    }
