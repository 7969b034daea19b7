"""SPLIT and SPLIT_V: runs of an axis, each to an output of its own."""

from __future__ import annotations

import abc
from dataclasses import dataclass

from stator.ops import Operands, Refusal
from stator.ops._copy import Copy, Part, View


@dataclass(frozen=True, slots=True)
class Splitting(Copy):
    @abc.abstractmethod
    def runs(self, on: Operands) -> tuple[int, tuple[int, ...]]:
        """The axis, and how many of its indices go to each output."""

    def _whole(self, on: Operands) -> tuple[int, ...]:
        return on.input(self.sources(on)[0]).type.shape

    def shapes(self, on: Operands) -> tuple[tuple[int, ...], ...]:
        axis, runs = self.runs(on)
        shape = self._whole(on)
        if sum(runs) != shape[axis] or min(runs, default=0) < 1 or len(runs) != len(on.outputs):
            raise Refusal(f"runs of {list(runs)} along axis {axis} of {list(shape)} into {len(on.outputs)} outputs")
        return tuple((*shape[:axis], run, *shape[axis + 1 :]) for run in runs)

    def parts(self, on: Operands) -> list[Part]:
        axis, runs = self.runs(on)
        source = View.of(self._whole(on))
        return [Part(View.of(shape), source.take(axis, sum(runs[:i]), runs[i]), output=i) for i, shape in enumerate(self.shapes(on))]
