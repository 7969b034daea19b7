"""Borders around tensors: what the paddings share."""

from __future__ import annotations

from stator.ops import Operands, Refusal
from stator.ops._copy import Part, View


def borders(on: Operands) -> tuple[tuple[int, int], ...]:
    """(before, after) of each dimension, from input 1."""
    flat = on.integers(1, "the paddings")
    rank = len(on.input(0).type.shape)
    if len(flat) != 2 * rank or min(flat, default=0) < 0 or max(flat, default=0) > 1 << 20:
        raise Refusal(f"{list(flat)} are not two paddings for each of {rank} dimensions")
    return tuple(zip(flat[::2], flat[1::2], strict=True))


def padded(on: Operands) -> tuple[int, ...]:
    """The shape with its border."""
    return tuple(d + before + after for d, (before, after) in zip(on.input(0).type.shape, borders(on), strict=True))


def inside(on: Operands) -> list[Part]:
    """The input, inside the border."""
    shape = on.input(0).type.shape
    to = View.of(padded(on))
    for axis, (before, _) in enumerate(borders(on)):
        to = to.take(axis, before, shape[axis])
    return [Part(to, View.of(shape))]
