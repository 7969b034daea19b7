"""Random models of the operators of two operands, broadcast in every way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stator.ops import Array
from tests.python.single_op import ACTIVATIONS, Generator, Sample, makers, pick, scale, values, zero_point
from tests.python.tflite_builder import Model


def broadcast_shapes(rng: Generator, operands: int = 2, most: int = 5) -> list[tuple[int, ...]]:
    """Shapes that broadcast: mostly the same one, else with ones and missing dimensions at random."""
    full = tuple(pick(rng, 1, 4) for _ in range(pick(rng, 1, most)))
    if rng.random() < 0.3:
        return [full] * operands
    shapes = []
    for _ in range(operands):
        shape = tuple(1 if rng.random() < 0.3 else d for d in full)
        shapes.append(shape[pick(rng, 0, len(full)) :] if rng.random() < 0.4 else shape)
    return [s or (1,) for s in shapes]


def elements(rng: Generator, dtype: str, shape: tuple[int, ...]) -> Array:
    """Values of a type: INT8, INT16 over their range, bools, floats, integers large and small."""
    if dtype in ("int8", "int16", "float32"):
        return values(rng, shape, dtype)
    if dtype == "bool":
        return rng.random(shape) < 0.5
    reach = int(2 ** rng.uniform(1, 15))
    return rng.integers(-reach, reach + 1, size=shape).astype(dtype)


def feed(
    rng: Generator, m: Model, arrays: Sequence[Array], scales: Sequence[tuple[float, int]]
) -> tuple[list[int], list[int], list[Array]]:
    """Adds operands, sometimes one of them as a constant: (all operands, the model's inputs, their values)."""
    fixed = pick(rng, 0, len(arrays) - 1) if len(arrays) > 1 and rng.random() < 0.25 else -1
    operands, inputs, fed = [], [], []
    for at, (array, (step, zero)) in enumerate(zip(arrays, scales, strict=True)):
        quantized = (step, zero) if array.dtype in (np.int8, np.int16) else ((), None)
        operands.append(m.tensor(array.shape, str(array.dtype), *quantized, data=array if at == fixed else None))
        if at != fixed:
            inputs.append(operands[-1])
            fed.append(array)
    return operands, inputs, fed


def pairs(
    rng: Generator,
    name: str,
    table: str | None,
    types: Sequence[str],
    *,
    activations: bool = False,
    one_scale: bool = False,
    common: bool = False,
    to: str = "",
    nonzero: bool = False,
) -> Sample:
    """One operator of two operands. `one_scale`: all share one; `common`: their scales are near each other."""
    m = Model()
    dtype = str(rng.choice(types))
    shapes = broadcast_shapes(rng)
    arrays = [elements(rng, dtype, shape) for shape in shapes]
    a_scale = scale(rng, -9, -0.1)
    b_scale = float(np.float32(a_scale * 2.0 ** rng.uniform(-6, 6))) if common else scale(rng, -9, -0.1)
    b_scale = min(b_scale, 0.99) if to else b_scale
    zeros = [zero_point(rng, "int16" if dtype == "int16" else "int8") for _ in range(3)]
    if nonzero:
        empty = 0 if dtype != "int8" else zeros[1]
        arrays[1] = np.where(arrays[1] == empty, np.array(empty + (1 if empty < 127 else -1)), arrays[1]).astype(arrays[1].dtype)
    if name in ("ADD", "SUB"):
        reach = max(a_scale, b_scale)
    elif name == "DIV":
        reach = a_scale / b_scale
    else:
        reach = a_scale * b_scale * 64
    y_scale = float(np.float32(reach * 2.0 ** rng.uniform(-4, 6)))
    if one_scale:
        b_scale = y_scale = a_scale
        zeros = [zeros[0]] * 3
    operands, inputs, fed = feed(rng, m, arrays, [(a_scale, zeros[0]), (b_scale, zeros[1])])
    shape = np.broadcast_shapes(*shapes)
    result = to or dtype
    y = m.tensor(shape, result, *((y_scale, zeros[2]) if result in ("int8", "int16") else ((), None)))
    options = {}
    if activations and dtype != "int32":
        options["FusedActivationFunction"] = int(rng.choice(ACTIVATIONS))
    m.operator(name, operands, [y], table, **options)
    return Sample(m.build(inputs, [y]), tuple(fed), f"{name} {dtype} {shapes} {options}, scales {a_scale}, {b_scale} -> {y_scale}")


NUMBERS = ("int8", "int8", "int8", "int32", "float32")
makers["add"] = lambda rng: pairs(rng, "ADD", "AddOptions", NUMBERS, activations=True, common=True)
makers["sub"] = lambda rng: pairs(rng, "SUB", "SubOptions", NUMBERS, activations=True, common=True)
makers["mul"] = lambda rng: pairs(rng, "MUL", "MulOptions", NUMBERS, activations=True)
makers["squared_difference"] = lambda rng: pairs(
    rng, "SQUARED_DIFFERENCE", "SquaredDifferenceOptions", ("int8", "int8", "float32"), common=True
)
makers["maximum"] = lambda rng: pairs(rng, "MAXIMUM", "MaximumMinimumOptions", NUMBERS, one_scale=True)
makers["minimum"] = lambda rng: pairs(rng, "MINIMUM", "MaximumMinimumOptions", NUMBERS, one_scale=True)
makers["floor_div"] = lambda rng: pairs(rng, "FLOOR_DIV", "FloorDivOptions", ("float32",), nonzero=True)
makers["floor_mod"] = lambda rng: pairs(rng, "FLOOR_MOD", "FloorModOptions", ("float32",), nonzero=True)
makers["logical_and"] = lambda rng: pairs(rng, "LOGICAL_AND", "LogicalAndOptions", ("bool",))
makers["logical_or"] = lambda rng: pairs(rng, "LOGICAL_OR", "LogicalOrOptions", ("bool",))


def comparison(name: str, types: Sequence[str]) -> None:
    table = "".join(word.capitalize() for word in name.split("_")) + "Options"
    makers[name.lower()] = lambda rng: pairs(rng, name, table, types, common=True, to="bool")


for _name in ("EQUAL", "NOT_EQUAL"):
    comparison(_name, ("int8", "int8", "int32", "float32", "bool"))
for _name in ("LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL"):
    comparison(_name, ("int8", "int8", "int32", "float32"))
