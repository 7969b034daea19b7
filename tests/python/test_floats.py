"""Float models as a reference: compiled as they are, to the bit on this machine, and refused with a remedy where an operator is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stator.errors import UnsupportedOperator
from stator.frontends import load, survey
from stator.frontends.tflite import read
from stator.measure.layers import TOLERANCE, compare
from stator.runtimes._remedies import remedy
from stator.schedule import schedule
from stator.verbs.verify import verify
from tests.python.tflite_builder import Model


def network() -> bytes:
    """A small float network of the kinds of layers that a classifier has."""
    rng, m = np.random.default_rng(5), Model()

    def constant(*shape: int) -> int:
        return m.tensor(shape, "float32", data=rng.normal(0, 0.4, shape).astype(np.float32))

    x = m.tensor((1, 8, 8, 3), "float32", name="x")
    first, second, pooled, flat, logits, classes = (
        m.tensor(shape, "float32", name=name)
        for name, shape in {
            "first": (1, 4, 4, 8),
            "second": (1, 4, 4, 8),
            "pooled": (1, 2, 2, 8),
            "flat": (1, 32),
            "logits": (1, 5),
            "classes": (1, 5),
        }.items()
    )
    m.operator("CONV_2D", [x, constant(8, 3, 3, 3), constant(8)], [first], "Conv2DOptions", StrideH=2, StrideW=2, FusedActivationFunction=1)
    m.operator(
        "DEPTHWISE_CONV_2D",
        [first, constant(1, 3, 3, 8), constant(8)],
        [second],
        "DepthwiseConv2DOptions",
        StrideH=1,
        StrideW=1,
        DepthMultiplier=1,
    )
    pool = {"StrideH": 2, "StrideW": 2, "FilterHeight": 2, "FilterWidth": 2}
    m.operator("AVERAGE_POOL_2D", [second], [pooled], "Pool2DOptions", Padding=1, **pool)
    to = m.tensor((2,), "int32", data=np.array([1, 32], dtype=np.int32))
    m.operator("RESHAPE", [pooled, to], [flat], "ReshapeOptions")
    m.operator("FULLY_CONNECTED", [flat, constant(5, 32), constant(5)], [logits], "FullyConnectedOptions")
    m.operator("SOFTMAX", [logits], [classes], "SoftmaxOptions", Beta=1.0)
    return m.build([x], [classes])


def test_a_float_network_is_compiled_and_equals_the_interpreter(tmp_path: Path) -> None:
    file = tmp_path / "floats.tflite"
    file.write_bytes(network())
    result = verify(str(file), "host")
    assert isinstance(result, dict)
    assert (result["verdict"], result["reasons"]) == ("pass", [])
    assert str(result["oracle"]).startswith("tflite-micro")
    assert result["tolerance"] == TOLERANCE
    assert isinstance(result["largest_error"], float) and result["largest_error"] <= TOLERANCE


def test_floats_further_apart_than_the_tolerance_are_a_difference() -> None:
    graph = read(network(), "floats")
    steps = schedule(graph).steps
    classes = graph.outputs[0]
    want = np.array([[0.1, 0.2, 0.4, 0.2, 0.1]], dtype=np.float32)

    def found(error: float) -> tuple[bool, bool]:
        got = want + np.array([0, 0, 0, error, 0], dtype=np.float32)
        compared = compare("here", graph, [{classes: want}], iter([(0, steps[-1], classes, got)]))
        return compared.difference is None, compared.exact

    assert found(0) == (True, True)
    assert found(0.4 * TOLERANCE / 2) == (True, False)
    assert found(0.4 * TOLERANCE * 2) == (False, False)
    assert found(float("nan")) == (False, False)


def test_a_float_operator_that_is_missing_is_refused_with_the_remedy() -> None:
    m = Model()
    x, y = m.tensor((1, 4), "float32"), m.tensor((1, 4), "float32")
    m.operator("LOG_SOFTMAX", [x], [y], "LogSoftmaxOptions")
    with pytest.raises(UnsupportedOperator, match="compile --calibrate"):
        read(m.build([x], [y]), "floats")


def test_weights_of_int8_beside_floats_are_refused_with_what_to_do(tmp_path: Path) -> None:
    m = Model()
    x, y = m.tensor((1, 4), "float32"), m.tensor((1, 2), "float32")
    weights = m.tensor((2, 4), "int8", 0.1, 0, data=np.ones((2, 4), np.int8))
    m.operator("FULLY_CONNECTED", [x, weights], [y], "FullyConnectedOptions")
    file = tmp_path / "hybrid.tflite"
    file.write_bytes(m.build([x], [y]))
    with pytest.raises(UnsupportedOperator, match="hybrid") as caught:
        load(file)
    (seen,) = survey(file).seen
    assert "--calibrate" in caught.value.remedy and remedy(seen) == caught.value.remedy
