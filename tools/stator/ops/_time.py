"""How operators work along time: which positions of their inputs an output position sees, and what computes one position alone.

Time is the outermost axis that is longer than 1, so a position is a run of bytes. What is not told here sees the whole of it.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

from stator.ops import Operands, Operator
from stator.ops._border import borders
from stator.ops._convolution import Convolution
from stator.ops._copy import View, axis_of
from stator.ops._no_copy import NoCopy
from stator.ops._pairs import Pairs
from stator.ops._pointwise import Pointwise
from stator.ops._pool import Pool
from stator.ops._window import Axis, Margins
from stator.ops.concatenation import Concatenation
from stator.ops.fully_connected import FullyConnected
from stator.ops.mean import Mean
from stator.ops.pad import Pad
from stator.ops.quantize import Quantize
from stator.ops.slice import Slice
from stator.ops.softmax import Softmax
from stator.ops.strided_slice import StridedSlice


@dataclass(frozen=True, slots=True)
class InTime:
    """`window` says which positions each output position sees, of every input that is not constant. `one` computes an output position from
    its positions alone, where they are the input's only ones; None: it is the position seen, under the output's shape."""

    window: Axis
    one: Operator | None


def time_axis(shape: tuple[int, ...]) -> int | None:
    """The outermost axis that is longer than 1."""
    return next((axis for axis, size in enumerate(shape) if size > 1), None)


def in_time(op: Operator, on: Operands, apart: int) -> InTime | None:
    """The operator along the time of its inputs, all alike long and `apart` times as far apart when one position is computed;
    None where it is not known to work position by position."""
    inputs = [t for t in on.inputs if t is not None and not t.constant]
    axis = time_axis(inputs[0].type.shape)
    if axis is None or len(on.outputs) != 1:
        return None
    length, shape = inputs[0].type.shape[axis], on.output.type.shape
    if isinstance(op, Convolution | Pool):
        return _windowed(op, on, axis, apart)
    if isinstance(op, Slice | StridedSlice):
        return _sliced(op, on, axis)
    here = time_axis(shape)
    if here is None or shape[here] != length:
        return None
    each = Axis(length, 1, 1, 1, 0, length)
    if isinstance(op, NoCopy):
        return InTime(each, None)
    return InTime(each, op) if _each_alone(op, on, axis, here) else None


def _each_alone(op: Operator, on: Operands, axis: int, here: int) -> bool:
    """Whether each position of the output is the operator on that position of the inputs; time is axis `here` of the output."""
    shape, rank = on.input(0).type.shape, len(on.output.type.shape)
    match op:
        case Pointwise() | Quantize():
            return True
        case Pairs():
            # Shapes meet at their ends. What is constant must be so for all positions; what moves has them at the same place.
            constant = [t.type.shape for t in on.inputs if t is not None and t.constant]
            moving = [t.type.shape for t in on.inputs if t is not None and not t.constant]
            still = all(len(s) < rank - here or s[here - rank] == 1 for s in constant)
            return still and all(time_axis(s) == here - rank + len(s) for s in moving)
        case Pad():
            return not any(any(border) for border in borders(on)[: axis + 1])
        case Concatenation():
            return axis_of(op.axis, len(shape)) > axis
        case Softmax():
            return axis < len(shape) - 1
        case Mean():
            return axis not in {axis_of(a, len(shape)) for a in on.integers(1, "the axes")}
        case FullyConnected():
            return math.prod(shape[axis + 1 :]) % on.input(1).type.shape[1] == 0
    return False


def _windowed(op: Convolution | Pool, on: Operands, axis: int, apart: int) -> InTime | None:
    if axis not in (1, 2):
        return None
    both = op.axes(on)
    along, across = both[axis - 1], both[2 - axis]
    far = along.dilation * apart
    if isinstance(op, Pool) and far > 1 and along.kernel > 1:
        return None  # a pooling has no dilation
    end = (across.out - 1) * across.stride - across.before + (across.kernel - 1) * across.dilation + 1 - across.size
    sides = (across.before, max(end, 0))
    padding = Margins(0, 0, *sides) if axis == 1 else Margins(*sides, 0, 0)
    stride = (1, across.stride) if axis == 1 else (across.stride, 1)
    if isinstance(op, Pool):
        return InTime(along, dataclasses.replace(op, padding=padding, stride=stride))
    step = far if along.kernel > 1 else 1
    dilation = (step, across.dilation) if axis == 1 else (across.dilation, step)
    return InTime(along, dataclasses.replace(op, padding=padding, stride=stride, dilation=dilation))


def _sliced(op: Slice | StridedSlice, on: Operands, axis: int) -> InTime | None:
    """A slice along time alone."""
    shape, (part,) = on.input(0).type.shape, op.parts(on)
    taken, whole = part.source, View.of(shape)
    row = whole.strides[axis]
    if taken.sizes[axis + 1 :] != shape[axis + 1 :] or taken.strides[axis + 1 :] != whole.strides[axis + 1 :] or taken.strides[axis] < row:
        return None
    return InTime(Axis(shape[axis], 1, taken.strides[axis] // row, 1, -(taken.start // row), taken.sizes[axis]), None)
