"""ONNX files against onnxruntime: how far outputs are apart at most, per operator, as docs/onnx.md says; and what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from stator.board import load_board
from stator.errors import ModelError, UnsupportedOperator
from stator.frontends import load, survey
from stator.frontends.onnx import read
from stator.host import HostModel
from stator.measure import onnx_steps
from stator.memory import plan
from stator.ops import run_reference
from stator.passes import optimise
from stator.paths import ROOT
from stator.schedule import schedule
from stator.spec import load_model_spec
from stator.verbs.verify import verify
from tests.python.onnx_models import Net, steps

PAGE = ROOT / "docs" / "onnx.md"

NETS: dict[str, Callable[[], Net]] = {}


def net(*shape: int) -> Callable[[Callable[[Net], object]], Callable[[Net], object]]:
    """A network of one kind of layer; the function's name, with spaces, is the row of the page that bounds it."""

    def note(make: Callable[[Net], object]) -> Callable[[Net], object]:
        def made() -> Net:
            started = Net(*shape)
            make(started)
            return started

        NETS[make.__name__] = made
        return make

    return note


@net(1, 3, 9, 8)
def conv(n: Net) -> None:
    n.conv(3, 8, (3, 3), strides=[2, 2], pads=[1, 1, 1, 1])
    n.add("Relu")


@net(1, 3, 9, 8)
def conv_clip(n: Net) -> None:
    n.conv(3, 8, (3, 3), auto_pad="SAME_UPPER")
    n.add("Clip", n.constant(np.array(0, np.float32)), n.constant(np.array(6, np.float32)))


@net(1, 4, 12, 12)
def conv_dilated(n: Net) -> None:
    n.conv(4, 6, (3, 3), dilations=[2, 2], pads=[2, 2, 2, 2])


@net(1, 8, 9, 8)
def conv_depthwise(n: Net) -> None:
    n.conv(8, 16, (3, 3), group=8, pads=[1, 1, 1, 1])


@net(1, 8, 9, 8)
def conv_grouped(n: Net) -> None:
    n.conv(8, 12, (3, 3), group=2, pads=[1, 0, 1, 2])


@net(1, 4, 40)
def conv_1d(n: Net) -> None:
    n.conv(4, 6, (5,), strides=[2], pads=[2, 2])


@net(2, 20)
def gemm(n: Net) -> None:
    n.add("Gemm", n.data(7, 20), n.data(7), transB=1)
    n.add("Relu")


@net(1, 6, 20)
def matmul(n: Net) -> None:
    n.add("MatMul", n.data(20, 7))


@net(1, 6, 20)
def matmul_of_two(n: Net) -> None:
    first = n.add("MatMul", n.data(20, 8))
    second = n.add("Transpose", perm=[0, 2, 1], source=first)
    n.add("MatMul", second, source=first)


@net(1, 4, 8, 8)
def add(n: Net) -> None:
    first = n.conv(4, 4, (3, 3), pads=[1, 1, 1, 1])
    n.conv(4, 4, (1, 1))
    n.add("Add", first)


@net(1, 4, 8, 8)
def add_constant(n: Net) -> None:
    n.conv(4, 4, (3, 3))
    n.add("Add", n.data(4, 1, 1))


@net(1, 4, 8, 8)
def mul(n: Net) -> None:
    first = n.conv(4, 4, (3, 3))
    n.add("GlobalAveragePool")
    second = n.conv(4, 4, (1, 1))
    n.add("Mul", second, source=first)


@net(1, 4, 9, 9)
def max_pool(n: Net) -> None:
    n.conv(4, 4, (1, 1))
    n.add("MaxPool", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])


@net(1, 4, 8, 8)
def max_pool_ceil(n: Net) -> None:
    n.conv(4, 4, (1, 1))
    n.add("MaxPool", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)


@net(1, 4, 9, 9)
def average_pool(n: Net) -> None:
    n.conv(4, 4, (1, 1))
    n.add("AveragePool", kernel_shape=[2, 2], strides=[2, 2])


@net(1, 4, 9, 9)
def average_pool_border(n: Net) -> None:
    n.conv(4, 4, (1, 1))
    n.add("AveragePool", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], count_include_pad=1)


@net(1, 4, 9, 9)
def global_average_pool(n: Net) -> None:
    n.conv(4, 4, (1, 1))
    n.add("GlobalAveragePool")


@net(1, 4, 9, 9)
def flatten(n: Net) -> None:
    n.conv(4, 4, (3, 3))
    n.add("Flatten")
    n.add("Gemm", n.data(196, 3, scale=0.1), n.data(3))


@net(1, 4, 6, 6)
def reshape(n: Net) -> None:
    n.conv(4, 4, (3, 3))
    n.add("Reshape", n.constant(np.array([0, 4, -1])))
    n.add("Transpose", perm=[0, 2, 1])
    n.add("MatMul", n.data(4, 3))


@net(1, 20)
def softmax(n: Net) -> None:
    n.add("Gemm", n.data(20, 7), n.data(7))
    n.add("Softmax")


@net(1, 3, 4, 5)
def softmax_of_channels(n: Net) -> None:
    n.conv(3, 6, (1, 1))
    n.add("Softmax", axis=1)


@net(1, 20)
def sigmoid(n: Net) -> None:
    n.add("Gemm", n.data(20, 7), n.data(7))
    n.add("Sigmoid")


@net(1, 4, 8, 8)
def concat(n: Net) -> None:
    first = n.conv(4, 4, (3, 3))
    n.last = "x"
    n.add("Concat", n.conv(4, 2, (3, 3)), source=first, axis=1)


@net(1, 4, 8, 8)
def pad(n: Net) -> None:
    n.conv(4, 4, (1, 1))
    n.add("Pad", n.constant(np.array([0, 0, 1, 0, 0, 0, 2, 1])))
    n.conv(4, 4, (1, 1))


@net(1, 8, 8, 3)
def transpose(n: Net) -> None:
    n.add("Transpose", perm=[0, 3, 1, 2])
    n.conv(3, 4, (3, 3))
    n.add("Transpose", perm=[0, 2, 3, 1])


@net(1, 3, 8, 8)
def leaky_relu(n: Net) -> None:
    n.conv(3, 4, (1, 1))
    n.add("LeakyRelu", alpha=0.1)


def network(n: Net) -> Net:
    """A small residual network, as people have them."""
    n.conv(3, 8, (3, 3), strides=[2, 2], pads=[1, 1, 1, 1])
    first = n.add("Relu")
    n.conv(8, 8, (3, 3), group=8, pads=[1, 1, 1, 1])
    n.add("Relu")
    n.conv(8, 8, (1, 1))
    n.add("Add", first)
    n.add("Relu")
    n.add("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
    n.conv(8, 16, (3, 3), pads=[1, 1, 1, 1])
    n.add("Relu")
    n.add("GlobalAveragePool")
    n.add("Flatten")
    n.add("Gemm", n.data(16, 5), n.data(5))
    return n


def bounds() -> dict[str, int]:
    """Steps per kind of layer, out of the page's table."""
    return {row[0]: int(row[1]) for row in re.findall(r"^\| `(\w+)` \|.*\| (\d+) \|", PAGE.read_text(encoding="utf-8"), re.M)}


def test_the_page_bounds_every_layer() -> None:
    assert set(bounds()) == {*NETS, "network"}


@pytest.mark.parametrize("unsigned", [False, True], ids=["int8", "uint8"])
@pytest.mark.parametrize("name", NETS)
def test_outputs_are_as_near_to_onnxruntime_as_the_page_says(name: str, unsigned: bool) -> None:
    for per_channel in (False, True):
        data = NETS[name]().quantized(per_channel=per_channel, unsigned=unsigned)
        apart = steps(read(data, name), data, 20)
        assert np.abs(apart).max() <= bounds()[name], f"per_channel {per_channel}: {np.unique(apart, return_counts=True)}"


@pytest.mark.parametrize("unsigned", [False, True], ids=["int8", "uint8"])
def test_a_whole_network_is_as_near_as_the_page_says(unsigned: bool) -> None:
    data = network(Net(1, 3, 16, 16)).quantized(unsigned=unsigned)
    assert np.abs(steps(read(data, "network"), data, 50)).max() <= bounds()["network"]


# Of these onnxruntime makes quantized operators, or moves quantized tensors by.
QOPERATORS = (
    *("conv", "conv_grouped", "conv_1d", "gemm", "matmul", "add", "mul", "max_pool", "average_pool", "global_average_pool"),
    *("flatten", "reshape", "softmax", "sigmoid", "concat", "transpose", "leaky_relu"),
)


@pytest.mark.parametrize("unsigned", [False, True], ids=["int8", "uint8"])
@pytest.mark.parametrize("name", QOPERATORS)
def test_quantized_operators_are_the_layers_that_they_mean(name: str, unsigned: bool) -> None:
    data = NETS[name]().quantized(per_channel=not unsigned, unsigned=unsigned, operators=True)
    kinds = {node.op_type for node in onnx.load_from_string(data).graph.node}
    assert any(kind.startswith(("QLinear", "QGemm")) for kind in kinds)
    apart = steps(read(data, name), data, 20)
    # Its average has a scale of its own, and is rescaled once more.
    most = 2 if name == "average_pool" else bounds()[name]
    assert np.abs(apart).max() <= most, np.unique(apart, return_counts=True)


def test_a_network_of_quantized_operators_is_read_and_its_operators_are_listed(tmp_path: Path) -> None:
    data = network(Net(1, 3, 16, 16)).quantized(operators=True)
    assert np.abs(steps(read(data, "network"), data, 20)).max() <= bounds()["network"]
    file = tmp_path / "network.onnx"
    file.write_bytes(data)
    assert survey(file).taken and {"CONV_2D", "ADD", "FULLY_CONNECTED"} <= {seen.op for seen in survey(file).seen}


def test_quantized_operators_that_make_no_sense_are_refused() -> None:
    data = NETS["gemm"]().quantized(operators=True)

    def spoilt(change: Callable[[Any], object]) -> bytes:
        model = onnx.load_from_string(data)
        change(next(node for node in model.graph.node if node.op_type == "QGemm"))
        return bytes(model.SerializeToString())

    with pytest.raises(UnsupportedOperator, match="output is not quantized"):
        read(spoilt(lambda node: node.input.__delitem__(slice(7, None))), "float")
    with pytest.raises(ModelError, match="corrupt"):
        read(spoilt(lambda node: node.output.__delitem__(slice(None))), "no output")
    with pytest.raises(UnsupportedOperator, match="scales are not constants"):
        read(spoilt(lambda node: node.input.__setitem__(1, "x")), "no scale")
    with pytest.raises(ModelError, match="reads too much"):
        read(spoilt(lambda node: node.input.extend(["x"] * 200)), "wide")


def test_generated_c_of_an_onnx_model_equals_the_references(tmp_path: Path) -> None:
    file = tmp_path / "network.onnx"
    file.write_bytes(network(Net(1, 3, 16, 16)).quantized())
    graph, board = optimise(load(file)), load_board("host")
    made = plan(schedule(graph, board.kernels), board, load_model_spec(file), None)
    random = np.random.default_rng(4)
    sets = [(random.integers(-128, 128, graph.tensors[graph.inputs[0]].type.shape, dtype=np.int8),) for _ in range(5)]
    for arrays, (output,) in zip(sets, HostModel(made).run(sets), strict=True):
        assert np.array_equal(output, run_reference(graph, list(arrays))[graph.outputs[0]].reshape(output.shape))


def test_verify_compares_outputs_with_onnxruntime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, other = tmp_path / "network.onnx", tmp_path / "other.onnx"
    file.write_bytes(network(Net(1, 3, 16, 16)).quantized())
    other.write_bytes(network(Net(1, 3, 16, 16, seed=2)).quantized())
    result = verify(str(file), "host")
    assert isinstance(result, dict)
    assert (result["verdict"], result["reasons"]) == ("pass", [])
    assert 0 < int(str(result["steps_apart"])) <= bounds()["network"] <= int(str(result["steps_allowed"]))
    assert "onnxruntime" in str(result["oracle"]) and result["exact"] is False
    original = onnx_steps.apart
    monkeypatch.setattr(onnx_steps, "apart", lambda _, graph, sets: original(other, graph, sets))
    result = verify(str(file), "host")
    assert isinstance(result, dict)
    assert result["verdict"] == "fail" and "steps from onnxruntime's" in str(result["reasons"])


def test_every_layer_of_the_page_is_within_what_verify_allows() -> None:
    for name, steps_apart in bounds().items():
        if name in NETS:
            assert steps_apart <= onnx_steps.allowed(read(NETS[name]().quantized(), name)), name


def test_a_file_as_pytorch_exports_it_is_read() -> None:
    """Scales by Constant nodes, weights kept in float before a QuantizeLinear, a float bias, a symbolic batch, a shape that is computed."""
    random = np.random.default_rng(8)
    nodes: list[Any] = []

    def constant(values: Any, dtype: Any = np.float32) -> str:
        name = f"k{len(nodes)}"
        nodes.append(helper.make_node("Constant", [], [name], value=numpy_helper.from_array(np.asarray(values, dtype))))
        return name

    def add(kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"v{len(nodes)}"
        nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def pair(source: str, scale: Any, zero_point: Any, **attributes: Any) -> str:
        parameters = (constant(scale), constant(zero_point, np.int8))
        return add("DequantizeLinear", add("QuantizeLinear", source, *parameters, **attributes), *parameters, **attributes)

    def weights(name: str, values: Any) -> tuple[Any, str]:
        scale = np.abs(values).reshape(len(values), -1).max(axis=1) / 127
        return numpy_helper.from_array(values.astype(np.float32), name), pair(name, scale, np.zeros(len(values)), axis=0)

    x = pair("x", 0.05, 3)
    kept, w = weights("w", random.normal(size=(4, 3, 3, 3)))
    bias = numpy_helper.from_array(random.normal(size=4).astype(np.float32), "b")
    y = pair(add("Relu", add("Conv", x, w, "b", kernel_shape=[3, 3], pads=[1, 1, 1, 1])), 0.1, -128)
    batch = add("Gather", add("Shape", y), constant(0, np.int64), axis=0)
    shape = add("Concat", add("Unsqueeze", batch, constant([0], np.int64)), constant([-1], np.int64), axis=0)
    kept_2, w_2 = weights("w2", random.normal(size=(5, 4 * 36)))
    out = pair(add("Gemm", add("Reshape", y, shape), w_2, transB=1), 2.0, 5)
    graph = helper.make_graph(
        nodes,
        "torch",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3, 6, 6])],
        [helper.make_tensor_value_info(out, TensorProto.FLOAT, None)],
        [kept, bias, kept_2],
    )
    data = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()
    found = read(data, "torch")
    assert [node.op.name for node in found.nodes] == ["TRANSPOSE", "CONV_2D", "RESHAPE", "FULLY_CONNECTED"]
    assert np.abs(steps(found, data, 20)).max() <= 1


# what is refused


def model(change: Callable[[Any], object] = lambda model: None) -> bytes:
    """A quantized model, changed."""
    found = onnx.ModelProto()
    found.ParseFromString(network(Net(1, 3, 16, 16)).quantized())
    change(found)
    return bytes(found.SerializeToString())


GOOD = model()


def external(m: Any) -> None:
    tensor = m.graph.initializer[0]
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")


def huge(m: Any) -> None:
    m.graph.initializer[0].dims[:] = [2**31, 2**31]


def negative(m: Any) -> None:
    m.graph.input[0].type.tensor_type.shape.dim[2].dim_value = -7


def cycle(m: Any) -> None:
    nodes = list(m.graph.node)
    del m.graph.node[:]
    m.graph.node.extend(nodes[::-1])


def twice(m: Any) -> None:
    m.graph.node.append(m.graph.node[0])


def branch(m: Any) -> None:
    inner = helper.make_graph([], "inner", [], [])
    m.graph.node.insert(0, helper.make_node("If", ["c"], ["z"], then_branch=inner, else_branch=inner))


def zero_scale(m: Any) -> None:
    for tensor in m.graph.initializer:
        if tensor.name.endswith("_scale"):
            tensor.CopyFrom(numpy_helper.from_array(np.zeros_like(numpy_helper.to_array(tensor)), tensor.name))


def lost_output(m: Any) -> None:
    m.graph.output[0].name = "nobody"


def many(m: Any) -> None:
    for index in range(9000):
        m.graph.node.append(helper.make_node("Identity", ["x"], [f"many{index}"]))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (external, "outside of the file"),
        (huge, "elements"),
        (negative, "shape"),
        (cycle, "before anything writes it"),
        (twice, "more than once"),
        (branch, "graph of its own"),
        (zero_scale, "zero, negative or not finite"),
        (lost_output, "nobody"),
        (many, "at most"),
        (lambda m: setattr(m.opset_import[0], "version", 12), "opset 12"),
        (lambda m: m.functions.add(), "functions"),
        (lambda m: setattr(m.graph.node[0], "op_type", "Tan"), "Tan"),
    ],
)
def test_hostile_files_are_refused(change: Callable[[Any], object], says: str) -> None:
    with pytest.raises(ModelError) as refused:
        read(model(change), "hostile")
    assert says in str(refused.value), refused.value
    assert "hostile" in refused.value.what


def test_float_models_are_told_how_to_be_quantized() -> None:
    data = network(Net(1, 3, 16, 16)).float_model().SerializeToString()
    with pytest.raises(UnsupportedOperator, match="quantize"):
        read(data, "float")


def test_a_survey_names_every_operator_that_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "odd.onnx"

    def change(m: Any) -> None:
        m.graph.node[0].op_type, m.graph.node[3].op_type = "Tan", "GRU"

    file.write_bytes(model(change))
    found = survey(file)
    assert [seen.op for seen in found.seen if seen.problem is not None] == ["Tan", "GRU"]
    assert not found.taken


@settings(max_examples=150, derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=6), st.integers(0, 9))
def test_any_bytes_give_a_graph_or_one_message(changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(GOOD)
    for at, value in changes:
        data[at] = value
    try:
        read(bytes(data[: len(data) - cut * 37]), "hostile")
    except ModelError as error:
        assert "hostile" in error.what and error.remedy
