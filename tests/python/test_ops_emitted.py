"""Operators in whole models: emitted as C, compiled under sanitizers, and compared with the interpreter byte for byte."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stator.board import load_board
from stator.emit.model import source
from stator.frontends.tflite import read
from stator.host import HostModel
from stator.ir import Graph
from stator.memory import MemoryPlan, plan
from stator.passes import optimise
from stator.schedule import schedule
from stator.spec import ModelSpec
from tests.python.every_op import makers, samples
from tests.python.oracle import Oracle
from tests.python.tflite_builder import Model


def bare(graph: Graph) -> MemoryPlan:
    spec = ModelSpec.model_construct(name=graph.name, folder=Path("/nowhere"), file=f"{graph.name}.tflite")
    return plan(schedule(graph), load_board("host"), spec, None)


def mixed(rng: np.random.Generator) -> tuple[bytes, int]:
    """int8[1,4,6] through constants as operands, several inputs and outputs, floats, bools and integers; and how many outputs."""
    m = Model()

    def whole(*numbers: int) -> int:
        return m.tensor((len(numbers),), "int32", data=np.array(numbers, dtype=np.int32))

    def int8(*shape: int, scale: float = 0.05, zero: int = 3) -> int:
        return m.tensor(shape, "int8", scale, zero)

    x = int8(1, 4, 6)
    left, right = int8(1, 4, 3), int8(1, 4, 3)
    m.operator("SPLIT", [whole(2), x], [left, right], "SplitOptions", NumSplits=2)
    row = m.tensor((3,), "int8", 0.04, -7, data=rng.integers(-128, 128, 3, dtype=np.int8))
    shifted = int8(1, 4, 3, scale=0.09, zero=-20)
    m.operator("ADD", [row, left], [shifted], "AddOptions", FusedActivationFunction=1)
    product = int8(1, 4, 3)
    m.operator("MUL", [shifted, right], [product], "MulOptions")
    border = m.tensor((1, 1, 3), "int8", 0.05, 3, data=rng.integers(-128, 128, (1, 1, 3), dtype=np.int8))
    joined = int8(1, 9, 3)
    m.operator("CONCATENATION", [product, border, left], [joined], "ConcatenationOptions", Axis=1)
    real, waves = m.tensor((1, 9, 3), "float32"), m.tensor((1, 9, 3), "float32")
    m.operator("DEQUANTIZE", [joined], [real], "DequantizeOptions")
    m.operator("SIN", [real], [waves])
    half = m.tensor((1,), "float32", data=np.array([0.5], dtype=np.float32))
    least = m.tensor((1, 9, 3), "float32")
    m.operator("MAXIMUM", [waves, half], [least], "MaximumMinimumOptions")
    narrow = int8(1, 9, 3, scale=0.01, zero=0)
    m.operator("QUANTIZE", [least], [narrow], "QuantizeOptions")
    leaky = int8(1, 9, 3, scale=0.06, zero=-3)
    m.operator("LEAKY_RELU", [joined], [leaky], "LeakyReluOptions", Alpha=0.1)
    mask = m.tensor((1, 9, 3), "bool")
    m.operator("GREATER", [leaky, narrow], [mask], "GreaterOptions")
    other = m.tensor((1, 9, 1), "int8", 0.05, 3, data=rng.integers(-128, 128, (1, 9, 1), dtype=np.int8))
    chosen = int8(1, 9, 3)
    m.operator("SELECT_V2", [mask, joined, other], [chosen], "SelectV2Options")
    turned = int8(3, 1, 9)
    m.operator("TRANSPOSE", [chosen, whole(2, 0, 1)], [turned], "TransposeOptions")
    best = m.tensor((3, 1), "int32")
    m.operator("ARG_MAX", [turned, whole(2)], [best], "ArgMaxOptions", OutputType=2)
    sizes = m.tensor((3,), "int32")
    m.operator("SHAPE", [turned], [sizes], "ShapeOptions", OutType=2)
    outputs = [turned, best, mask, waves, sizes]
    return m.build([x], outputs), len(outputs)


@pytest.mark.parametrize("passes", [False, True], ids=["as read", "optimised"])
def test_a_model_of_many_kinds_equals_the_interpreter(passes: bool) -> None:
    rng = np.random.default_rng(4)
    data, outputs = mixed(rng)
    graph = read(data, "mixed")
    graph = optimise(graph) if passes else graph
    sets = [(rng.integers(-128, 128, (1, 4, 6), dtype=np.int8),) for _ in range(20)]
    oracle = Oracle(data)
    for inputs, results in zip(sets, HostModel(bare(graph), sanitize=True).run(sets), strict=True):
        want = oracle.run(inputs, outputs)
        assert [y.tobytes() for y in results] == [np.asarray(y).tobytes() for y in want]


@pytest.mark.parametrize("name", sorted(makers))
def test_every_operator_is_emitted(name: str) -> None:
    for sample in samples(name, 3, seed=11):
        text = source(bare(optimise(read(sample.data, name))))
        assert f"int {name}_run(void *arena)" in text and "None" not in text
