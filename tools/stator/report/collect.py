"""Gathers what the report shows from build/: images, plans, benches and kept runs. Nothing is measured again that was kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stator.board import Board, load_board
from stator.errors import StatorError, ToolError
from stator.measure import Sizes, Stacks, Verdict, image_verdict, read_elf, sizes, stacks
from stator.measure.contents import flash_parts
from stator.measure.kept import Kept, kept
from stator.spec import ModelSpec, load_model_spec

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One image: a model on a board. `plan` is its memory_plan.json, `bench` what `invoke bench` kept, if it did."""

    board: Board
    spec: ModelSpec
    plan: Facts
    sizes: Sizes
    stacks: Stacks
    flash_parts: Mapping[str, int]
    verdict: Verdict
    runs: tuple[Kept, ...]
    stale: int  # kept runs of earlier images, left out
    bench: Facts | None

    @property
    def name(self) -> str:
        return f"{self.board.name}-{self.spec.name}"


def collect(root: Path) -> tuple[list[Chapter], list[str]]:
    """The images below `root` (build/), those with runs first; and which images are left out, and why.

    Raises ToolError when there is none to report.
    """
    found, left_out = [], []
    for elf in sorted(root.glob("*/*/firmware.elf")):
        board, model = elf.parent.parent.name, elf.parent.name
        try:
            found.append(_chapter(elf, load_board(board), load_model_spec(model)))
        except StatorError as error:  # a board that is no longer in the tree, a build that was stopped half-way
            left_out.append(f"{board}/{model}: {error.what}")
    if not found:
        raise ToolError(f"nothing to report in {root}", remedy="invoke run --board mps2_an505 --signal synthetic, then invoke report")
    return sorted(found, key=lambda chapter: (not chapter.runs, chapter.name)), left_out


def _chapter(elf: Path, board: Board, spec: ModelSpec) -> Chapter:
    folder, image = elf.parent, read_elf(elf)
    measured, bounds = sizes(image), stacks(folder, image, board)
    bench = folder / "bench" / "result.json"
    digest = hashlib.sha256(elf.read_bytes()).hexdigest()
    runs = kept(folder)
    current = tuple(run for run in runs if run.results.get("elf_sha256") == digest)
    plan = _json(folder / "generated" / "memory_plan.json")
    measured_layers = _json(bench) if bench.is_file() else {}
    return Chapter(
        board=board,
        spec=spec,
        plan=plan,
        sizes=measured,
        stacks=bounds,
        flash_parts=flash_parts(elf.with_suffix(".map"), image),
        verdict=image_verdict(spec, measured, bounds),
        runs=current,
        stale=len(runs) - len(current),
        bench=measured_layers if measured_layers.get("sha256") == plan["sha256"] else None,
    )


def _json(path: Path) -> Facts:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ToolError(f"{path}: {error}", remedy="build the image again") from None
    if not isinstance(data, dict):
        raise StatorError(f"{path} holds no object", remedy="build the image again")
    return data
