"""Models whose state is in resource variables, as TensorFlow's converter writes stateful layers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from stator.ops import Array
from tests.python.single_op import Generator, pick, scale, zero_point
from tests.python.tflite_builder import Model


def handle(m: Model, name: str) -> int:
    """A VAR_HANDLE of that name."""
    tensor = m.tensor((), "resource")
    m.operator("VAR_HANDLE", [], [tensor], "VarHandleOptions", SharedName=name)
    return tensor


def starts(m: Model, values: dict[str, tuple[Array, float, int]]) -> None:
    """A CALL_ONCE, and the subgraph in which each variable gets a constant: data, scale and zero point by name."""
    m.initial = Model()
    for name, (data, step, zero) in values.items():
        value = m.initial.tensor(data.shape, str(data.dtype), step, zero, data=data)
        m.initial.operator("ASSIGN_VARIABLE", [handle(m.initial, name), value], [])
    m.operator("CALL_ONCE", [], [], "CallOnceOptions", InitSubgraphIndex=1)


def whole(m: Model, *numbers: int) -> int:
    return m.tensor((len(numbers),), "int32", data=np.array(numbers, dtype=np.int32))


def window(rng: Generator, *, cut_first: bool, start: bool, twice: bool = False) -> bytes:
    """Columns that are kept in a variable, with new ones behind them, through a dense layer. `cut_first`: the oldest are cut off before
    the new ones are joined, else after. `twice`: what was read is an output, too."""
    m = Model()
    new, depth = pick(rng, 1, 3), pick(rng, 1, 5)
    held = pick(rng, 1, 9) + (new if cut_first else 0)
    step, zero = scale(rng, -6, -3), zero_point(rng)
    if start:
        data = np.full((1, held, depth), zero) if rng.random() < 0.3 else rng.integers(-128, 128, (1, held, depth))
        starts(m, {"columns": (data.astype(np.int8), step, zero)})
    variable = handle(m, "columns")
    x, read = m.tensor((1, new, depth), "int8", step, zero), m.tensor((1, held, depth), "int8", step, zero)
    m.operator("READ_VARIABLE", [variable], [read])

    def newest(source: int, columns: int, out_of: int) -> int:
        part = m.tensor((1, columns, depth), "int8", step, zero)
        box = [whole(m, 0, out_of - columns, 0), whole(m, 1, out_of, depth), whole(m, 1, 1, 1)]
        m.operator("STRIDED_SLICE", [source, *box], [part], "StridedSliceOptions")
        return part

    behind = newest(read, held - new, held) if cut_first else read
    length = held if cut_first else held + new
    joined = m.tensor((1, length, depth), "int8", step, zero)
    m.operator("CONCATENATION", [behind, x], [joined], "ConcatenationOptions", Axis=1)
    m.operator("ASSIGN_VARIABLE", [variable, joined if cut_first else newest(joined, held, length)], [])
    weights = m.tensor((3, depth), "int8", 0.02, 0, data=rng.integers(-127, 128, (3, depth), dtype=np.int8))
    y = m.tensor((1, length, 3), "int8", scale(rng, -4, -1), zero_point(rng))
    m.operator("FULLY_CONNECTED", [joined, weights], [y], "FullyConnectedOptions", KeepNumDims=True)
    return m.build([x], [y, read] if twice else [y])


def cell(rng: Generator, *, start: bool) -> bytes:
    """A state that is computed anew from itself and the input: h = h * a + x, read a second time after it was assigned."""
    m = Model()
    units, step, zero = pick(rng, 1, 9), scale(rng, -6, -3), pick(rng, -30, 30)
    if start:
        starts(m, {"h": (rng.integers(-128, 128, (1, units)).astype(np.int8), step, zero)})
    variable = handle(m, "h")
    x, held = m.tensor((1, units), "int8", step, zero), m.tensor((1, units), "int8", step, zero)
    m.operator("READ_VARIABLE", [variable], [held])
    share = m.tensor((units,), "int8", 1 / 128, 0, data=rng.integers(-127, 128, units, dtype=np.int8))
    faded, after, again, y = (m.tensor((1, units), "int8", step, zero) for _ in range(4))
    m.operator("MUL", [held, share], [faded], "MulOptions")
    m.operator("ADD", [faded, x], [after], "AddOptions")
    m.operator("ASSIGN_VARIABLE", [variable, after], [])
    m.operator("READ_VARIABLE", [variable], [again])
    m.operator("SUB", [again, held], [y], "SubOptions")
    return m.build([x], [y])


def counter() -> Model:
    """int32: a sum of all inputs so far."""
    m = Model()
    variable = handle(m, "sum")
    x, held, y = (m.tensor((1, 2), "int32") for _ in range(3))
    m.operator("READ_VARIABLE", [variable], [held])
    m.operator("ADD", [held, x], [y], "AddOptions")
    m.operator("ASSIGN_VARIABLE", [variable, y], [])
    return m


MADE: dict[str, Callable[[Generator], bytes]] = {
    "cut first": lambda rng: window(rng, cut_first=True, start=True),
    "cut last": lambda rng: window(rng, cut_first=False, start=True),
    "without a start": lambda rng: window(rng, cut_first=False, start=False),
    "shown": lambda rng: window(rng, cut_first=False, start=True, twice=True),
    "a cell": lambda rng: cell(rng, start=True),
    "a cell without a start": lambda rng: cell(rng, start=False),
}
