"""Worst cases of the tasks: from a run on the board's own simulator, or on that of the board that is named as the nearest."""

from __future__ import annotations

import re
import shutil

from stator.board import Board, load_board
from stator.build import Image, build
from stator.data import load_halves
from stator.measure.replay import stages
from stator.paths import ROOT
from stator.sim.run import replay
from stator.timing.system import Measured, timing_of

FRAMES = 24


def measure(image: Image) -> Measured:
    """Runs FRAMES frames of the generated signal. Raises what build and run raise."""
    board, spec = image.board, image.spec
    near = timing_of(board).like
    ran = build(_twin(board, load_board(near)), spec) if near else image
    assert spec.input is not None and ran.board.simulator is not None
    halves = load_halves("synthetic", spec.input)[:FRAMES]
    done = replay(ran.board, ran.elf, halves, FRAMES)
    parts = {s.name: s for s in stages((done.instructions or done.telemetry.records)[:FRAMES], ran.board)}
    return Measured(
        features=parts["features"].worst,
        inference=parts["inference"].worst,
        hand_on=parts["hand-on and decision"].worst,
        least_handover=parts["interrupt to task"].least,
        whole=parts["whole"].worst,
        source="rtl" if ran.board.simulator.kind == "verilator" else ran.board.simulator.kind,
        where=f"{near or board.name}, {FRAMES} frames",
    )


def _twin(board: Board, near: Board) -> Board:
    """The nearest board with this board's kernels: itself, or a copy of its folder below build/."""
    if near.kernels == board.kernels:
        return near
    folder = ROOT / "build" / "timing" / f"{near.name}_as_{board.name}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(near.folder, folder)
    text = near.file.read_text(encoding="utf-8")
    changed = re.sub(r"^kernels: *\[.*?\]", f"kernels: [{', '.join(board.kernels)}]", text, count=1, flags=re.MULTILINE)
    (folder / "board.yml").write_text(changed, encoding="utf-8")
    return load_board(folder)
