"""Operators of INT16, element by element: no table holds every answer, so they are computed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from stator.ir import Node
from stator.numerics import INT32_MAX, requantize
from stator.ops import Array, Constant, KernelCall, Operands, Refusal
from stator.ops._types import SUFFIXES, integer_range


class Wide(Protocol):
    """What an operator does to INT16 elements."""

    def values(self, on: Operands, x: Array) -> Array:
        """The answers, int64."""

    def call(self, node: Node, on: Operands) -> KernelCall: ...


def _zero_points(on: Operands) -> tuple[int, int]:
    return on.quant(on.input(0)).zero_point, on.quant(on.output).zero_point


@dataclass(frozen=True, slots=True)
class Rescaling:
    """x times a ratio from 0 on, and times another one below 0; kept within low..high. Ratios are a multiplier and a shift."""

    above: tuple[int, int]
    below: tuple[int, int]
    negated: bool = False  # below 0, what comes out is negated
    range: tuple[int, int] | None = None  # None: of the output's type

    def _range(self, on: Operands) -> tuple[int, int]:
        return integer_range(on.output.type.dtype) if self.range is None else self.range

    def values(self, on: Operands, x: Array) -> Array:
        zero, to = _zero_points(on)
        centred = x.astype(np.int64) - zero
        low = requantize(centred, *self.below)
        y: Array = np.where(centred >= 0, requantize(centred, *self.above), -low if self.negated else low) + to
        return y.clip(*self._range(on))

    def call(self, node: Node, on: Operands) -> KernelCall:
        zero, to = _zero_points(on)
        low, high = self._range(on)
        return KernelCall(
            kernel=f"rescale_{SUFFIXES[on.input(0).type.dtype]}_{SUFFIXES[on.output.type.dtype]}",
            header="rescale/rescale.h",
            struct="stator_rescale",
            outputs=node.outputs,
            inputs=node.inputs[:1],
            params=(
                ("elements", on.output.type.elements),
                ("input_zero_point", zero),
                ("multiplier", self.above[0]),
                ("shift", self.above[1]),
                ("below_multiplier", self.below[0]),
                ("below_shift", self.below[1]),
                ("below_negated", int(self.negated)),
                ("output_zero_point", to),
                ("low", low),
                ("high", high),
            ),
        )


#: Multiplier and shift that change nothing.
SAME = (1 << 30, 1)

#: Of the sigmoid's table: 24 entries are one unit of the argument.
_PER_UNIT, _ENTRIES = 24, 256
_INTEGER_BITS = 3
_MAX_MULTIPLIER = 32767


def sigmoid_table() -> Array:
    """uint16 [256]: 65536 / (1 + exp(-i / 24)), less half of what a straight line between neighbours errs in the middle; the last is the
    largest there is."""
    i = np.arange(_ENTRIES, dtype=np.float64)

    def exact(at: Array) -> Array:
        value: Array = 65536 / (1 + np.exp(-at / _PER_UNIT))
        return value

    table = np.floor(exact(i) - ((exact(i) + exact(i + 1)) / 2 - exact(i + 0.5)) / 2 + 0.5)
    table[-1] = 65535
    return table.astype(np.uint16)


@dataclass(frozen=True, slots=True)
class Sigmoid:
    """LOGISTIC or TANH by a table of 256 entries and straight lines between them; the output's scale is 2^-15."""

    name: str
    halves: int  # how the table is entered: 2 for TANH, whose argument counts twice, else 1

    def scaling(self, on: Operands) -> tuple[int, int]:
        """Multiplier and shift to the right that take an element to 2^17 for 32/3, the table's end."""
        if _log2(on.quant(on.output).scale) != -15:
            raise Refusal("the output must have scale 2^-15", remedy="convert the model again", unsupported=True)
        scale, power = on.quant(on.input(0)).scale, _log2(on.quant(on.input(0)).scale)
        left = None if power is None else 15 - _INTEGER_BITS + power
        if left is not None and 0 <= left < self.halves:
            return 3 << left, 0
        multiplier, right = scale * 4096.0 * 3.0, 0
        while multiplier <= _MAX_MULTIPLIER / 2 and right <= 30:
            multiplier, right = multiplier * 2, right + 1
        if multiplier > _MAX_MULTIPLIER or int(multiplier) * 32768 + _half(right) > INT32_MAX:
            raise Refusal(f"the input's scale {scale} is out of range", remedy="calibrate with real data")
        return int(multiplier), right

    def values(self, on: Operands, x: Array) -> Array:
        multiplier, right = self.scaling(on)
        at = (x.astype(np.int64) * multiplier + _half(right)) >> right
        fraction_bits = 10 - self.halves
        table = sigmoid_table().astype(np.int64)
        entry = np.abs(at) >> fraction_bits
        first = table[entry.clip(0, _ENTRIES - 2)]
        slope = table[entry.clip(0, _ENTRIES - 2) + 1] - first
        value = (first << fraction_bits) + (np.abs(at) & ((1 << fraction_bits) - 1)) * slope
        y: Array
        if self.halves == 1:
            value = np.where(entry >= _ENTRIES - 1, 0x7FFF << 10, value)
            y = np.where(at >= 0, value + (1 << 9), (1 << 25) - value + (1 << 9) - 1) >> 10
        else:
            value = np.where(entry >= _ENTRIES - 1, 0xFFFF << 8, value)
            y = np.where(at >= 0, value - (1 << 23) + (1 << 7), -value + (1 << 23) + (1 << 7) - 1) >> 8
        return y

    def call(self, node: Node, on: Operands) -> KernelCall:
        multiplier, right = self.scaling(on)
        return KernelCall(
            kernel=f"{self.name}_s16",
            header="sigmoid/sigmoid.h",
            struct="stator_sigmoid",
            outputs=node.outputs,
            inputs=node.inputs[:1],
            params=(
                ("table", Constant("table", "uint16_t", sigmoid_table())),
                ("elements", on.output.type.elements),
                ("multiplier", multiplier),
                ("right", right),
            ),
        )


def _half(right: int) -> int:
    return 1 << (right - 1) if right else 0


def _log2(scale: float) -> int | None:
    """The power of two that a scale is, to a thousandth of the exponent, as float32 computes it."""
    exponent = np.log(np.float32(scale)) * np.float32(1 / math.log(2))
    whole = math.floor(float(exponent) + 0.5)
    return whole if abs(float(exponent) - whole) < 1e-3 else None
