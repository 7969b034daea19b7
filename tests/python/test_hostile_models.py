"""Every byte of a model file is untrusted: whatever it holds, reading it gives a verified graph or one clear message."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stator.errors import ModelError, UnsupportedOperator
from stator.frontends import MAX_FILE_BYTES, load
from stator.frontends.tflite import MAX_ELEMENTS, MAX_NODES, MAX_TENSORS, read
from stator.paths import ROOT
from tests.fuzz.target import use
from tests.python import variable_models
from tests.python.every_op import makers, samples
from tests.python.tflite_builder import Model

# Small files, where most bytes are structure and not weights; and a whole model.
FILES = (
    *(next(iter(samples(name, 1, seed=5))).data for name in sorted(makers)),
    *(make(np.random.default_rng(5)) for make in variable_models.MADE.values()),
    *[(ROOT / "models/bearing/bearing.tflite").read_bytes()] * 4,
)
WORDS = (0, 1, 0xFFFFFFFF, 0x7FFFFFFF, 0x80000000, 0x7FC00000, 0x7F800000, 0x01000000)

bounded = settings(
    max_examples=400,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def survives(data: bytes) -> None:
    try:
        graph = read(data, "hostile")
    except ModelError as error:
        assert "'hostile'" in error.what and error.remedy
        return
    use(graph)


@bounded
@given(st.sampled_from(FILES), st.floats(0, 1, exclude_max=True))
def test_truncated_file_is_refused_or_whole(data: bytes, where: float) -> None:
    survives(data[: int(len(data) * where)])


@bounded
@given(st.sampled_from(FILES), st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8))
def test_changed_bytes_are_refused_or_harmless(data: bytes, changes: list[tuple[float, int]]) -> None:
    changed = bytearray(data)
    for where, value in changes:
        changed[int(len(data) * where)] = value
    survives(bytes(changed))


@bounded
@given(
    st.sampled_from(FILES),
    st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.one_of(st.sampled_from(WORDS), st.integers(0, 2**32 - 1), st.integers(0, 4096))),
        min_size=1,
        max_size=4,
    ),
)
def test_changed_words_are_refused_or_harmless(data: bytes, changes: list[tuple[float, int]]) -> None:
    changed = bytearray(data)
    for where, value in changes:
        at = int(len(data) * where) & ~3
        changed[at : at + 4] = value.to_bytes(4, "little")
    survives(bytes(changed[: len(data)]))


@bounded
@given(st.binary(max_size=512))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(ModelError):
        read(noise, "hostile")
    with pytest.raises(ModelError):
        read(noise[:4] + b"TFL3" + noise[8:], "hostile")


def test_truncated_model_names_the_offset() -> None:
    data = FILES[0]
    with pytest.raises(ModelError, match="truncated or corrupt") as caught:
        read(data[: len(data) // 2], "half")
    assert "offset" in str(caught.value) and f"{len(data) // 2:,} B" in str(caught.value)


# One dense layer, made wrong in one way each.


def dense(
    change: Callable[[Model], None] = lambda m: None,
    *,
    x_shape: tuple[int, ...] = (1, 4),
    x_type: str = "int8",
    x_scale: float = 0.1,
    x_zero: int = 0,
    w_type: str = "int8",
    w_shape: tuple[int, ...] = (3, 4),
    w_bytes: int = 12,
    w_fill: int = 0,
    w_scale: float | tuple[float, ...] = 0.02,
    w_zero: int | tuple[int, ...] = 0,
    bias: object = None,
    y_shape: tuple[int, ...] = (1, 3),
    y_scale: float = 0.05,
    inputs: tuple[int, ...] = (0, 1),
    ends: tuple[tuple[int, ...], tuple[int, ...]] = ((0,), (2,)),
    table: str = "FullyConnectedOptions",
    name: str = "FULLY_CONNECTED",
    **options: int,
) -> bytes:
    m = Model()
    m.tensor(x_shape, x_type, x_scale, x_zero, name="x")
    m.tensor(w_shape, w_type, w_scale, w_zero, data=bytes([w_fill]) * w_bytes, name="w")
    m.tensor(y_shape, "int8", y_scale, 0, name="y")
    if bias is not None:
        m.tensor((3,), "int32", 0.002, 0, data=bias, name="b")
        inputs = (*inputs, 3)
    m.operator(name, inputs, (2,), table, **options)
    change(m)
    return m.build(*ends)


def _set(attribute: str, value: object) -> Callable[[Model], None]:
    return lambda m: setattr(m, attribute, value)


def _cycle(m: Model) -> None:
    m.operators[0].inputs = (2, 1)


def _many_tensors(m: Model) -> None:
    m.tensors.extend([m.tensors[0]] * MAX_TENSORS)


def _many_nodes(m: Model) -> None:
    m.operators.extend([m.operators[0]] * MAX_NODES)


def _written_twice(m: Model) -> None:
    m.operators.append(m.operators[0])


def _external(m: Model) -> None:
    m.tensors[1].data = None
    m.external.add(1)


def _variable(m: Model) -> None:
    m.tensors[0].variable = True


def _hostile_name(m: Model) -> None:
    m.tensors[0].name = "\x1b[2J*/ int main(void) /*\n" + "x" * 5000
    m.tensors[0].dtype = "float32"


REFUSED = {
    "another mark": (dense(_set("identifier", b"TFL2")), "TFL3"),
    "another version": (dense(_set("version", 2)), "version 2"),
    "no subgraph": (dense(_set("subgraphs", 0)), "0 subgraphs"),
    "two subgraphs": (dense(_set("subgraphs", 2)), "second subgraph"),
    "three subgraphs": (dense(_set("subgraphs", 3)), "3 subgraphs"),
    "no operators": (dense(lambda m: m.operators.clear(), ends=((0,), (0,))), "operators"),
    "too many tensors": (dense(_many_tensors), "tensors"),
    "too many operators": (dense(_many_nodes), "operators"),
    "too many elements": (dense(x_shape=(MAX_ELEMENTS, 4)), "elements"),
    "a product that overflows 64 bits": (dense(x_shape=(2**31 - 1,) * 4), "elements"),
    "too many dimensions": (dense(x_shape=(1,) * 9 + (4,)), "9 entries|10 entries"),
    "a negative dimension": (dense(x_shape=(-1, 4)), r"\[-1, 4\]"),
    "a dimension of zero": (dense(x_shape=(0, 4)), r"\[0, 4\]"),
    "a buffer shorter than its shape": (dense(w_bytes=11), "needs 12 B and its buffer has 11 B"),
    "a buffer longer than its shape": (dense(w_bytes=13), "needs 12 B and its buffer has 13 B"),
    "a buffer outside the file": (dense(_external), "outside the flatbuffer"),
    "a tensor that does not exist": (dense(inputs=(0, 77)), "tensor 77"),
    "a negative tensor": (dense(inputs=(0, -7)), "tensor -7"),
    "a missing operand": (dense(inputs=(0, -1)), "input 1 is missing"),
    "an input that does not exist": (dense(ends=((50,), (2,))), "tensor 50"),
    "no inputs": (dense(ends=((), (2,))), "inputs"),
    "no outputs": (dense(ends=((0,), ())), "outputs"),
    "a constant output": (dense(ends=((0,), (1,))), "output 1"),
    "a node that reads what it writes": (dense(_cycle), "before anything writes it"),
    "a tensor written twice": (dense(_written_twice), "written already"),
    "a variable": (dense(_variable), "variable"),
    "a scale of zero": (dense(x_scale=0.0), "scale"),
    "a negative scale": (dense(x_scale=-0.1), "scale"),
    "a scale that is not a number": (dense(x_scale=float("nan")), "scale"),
    "an infinite scale": (dense(x_scale=float("inf")), "scale"),
    "scales that are far apart": (dense(x_scale=1e30, y_scale=1e-30), "scales"),
    "a zero point beyond INT8": (dense(x_zero=200), "zero point"),
    "a weight zero point": (dense(w_zero=1), "zero point other than 0"),
    "scales for other channels": (dense(w_scale=(0.1,) * 4, w_zero=(0,) * 4), "4 scales"),
    "more scales than zero points": (dense(w_scale=(0.1,) * 3, w_zero=(0,)), "3 scales and 1 zero points"),
    "an output of another shape": (dense(y_shape=(1, 4)), "follows from its inputs"),
    "rows that do not fill": (dense(x_shape=(1, 5)), "5"),
    "weights of three dimensions": (dense(w_shape=(3, 2, 2)), "3 dimensions"),
    "a bias that overflows the accumulator": (dense(bias=np.array([0, 2**31 - 1, 0], dtype=np.int32), w_fill=1), "can overflow"),
    "a bias that is not INT32": (dense(lambda m: setattr(m.tensors[3], "dtype", "float32"), bias=np.zeros(3, np.float32)), "float32"),
    "a bias of another scale": (dense(bias=np.zeros(3, np.int32), x_scale=2.0, w_scale=2.0), "scale"),
    "options of another operator": (dense(table="Conv2DOptions"), "Conv2DOptions"),
    "an activation that cannot be fused": (dense(FusedActivationFunction=4), "TANH"),
    "an activation that does not exist": (dense(FusedActivationFunction=99), "number 99"),
    "shuffled weights": (dense(WeightsFormat=1), "shuffled"),
    "a float model": (dense(x_type="float32"), "'x' is float32 and 'y' is int8"),
    "float weights": (dense(w_type="float32", w_bytes=48), "float32, and INT8 or INT4 is needed"),
    "INT4 activations": (dense(x_type="int4"), "an INT4 activation"),
    "INT4 weights of another length": (dense(w_type="int4", w_bytes=12), "needs 6 B and its buffer has 12 B"),
    "INT4 where INT8 is needed": (dense(w_type="int4", w_bytes=6, name="TRANSPOSE", table="TransposeOptions", inputs=(1, 0)), "int4"),
    "strings": (dense(w_type="string"), "STRING"),
    "a name with control characters": (dense(_hostile_name), "float32"),
}


@pytest.mark.parametrize("how", REFUSED)
def test_refuses(how: str) -> None:
    data, words = REFUSED[how]
    with pytest.raises(ModelError, match=words) as caught:
        read(data, "dense")
    message = str(caught.value)
    assert message.startswith("model 'dense'") and caught.value.remedy
    assert len(message) < 2000 and all(c == "\n" or c.isprintable() for c in message) and "*/" not in message


def test_the_unchanged_model_is_taken() -> None:
    use(read(dense(bias=np.zeros(3, np.int32)), "dense"))


@pytest.mark.parametrize(("name", "said"), [("LSTM", "LSTM"), ("CUSTOM", r"CUSTOM\(my_operator\)"), ("WHILE", "WHILE")])
def test_unsupported_operator_is_named_with_its_node_and_a_remedy(name: str, said: str) -> None:
    with pytest.raises(UnsupportedOperator, match=f"node 0: {said}") as caught:
        read(dense(name=name, table=None), "dense")  # type: ignore[arg-type]
    assert "FULLY_CONNECTED" in caught.value.remedy


def test_an_unknown_operator_is_named_before_the_types_that_it_takes() -> None:
    with pytest.raises(UnsupportedOperator, match="node 0: CUSTOM"):
        read(dense(name="CUSTOM", x_type="string", table=None), "dense")  # type: ignore[arg-type]


def test_unsupported_form_is_named_with_its_node() -> None:
    with pytest.raises(UnsupportedOperator, match=r"node 0 \(FULLY_CONNECTED\): fused activation TANH"):
        read(dense(FusedActivationFunction=4), "dense")


def test_one_table_under_many_names_costs_no_memory() -> None:
    m = Model()
    x = m.tensor((1, 1024), "int8", 0.1, 0)
    weights = m.tensor((1024, 1024), "int8", 0.02, 0, data=bytes(1 << 20))
    y = x
    for _ in range(80):
        y, before = m.tensor((1, 1024), "int8", 0.1, 0), y
        m.operator("FULLY_CONNECTED", [before, weights], [y], "FullyConnectedOptions")
    data = m.build([x], [y])
    tracemalloc.start()
    try:
        with pytest.raises(ModelError, match="constants"):
            read(data, "bomb")
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.tflite"
    with path.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(ModelError, match="larger than"):
        load(path)


def test_load_says_what_it_cannot_open(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        load(tmp_path / "none.tflite")
    with pytest.raises(ModelError, match="cannot be read"):
        (tmp_path / "folder.tflite").mkdir()
        load(tmp_path / "folder.tflite")
    with pytest.raises(ModelError, match="no front end reads"):
        load(tmp_path / "model.pt")


def test_a_bias_may_name_the_axis_of_its_weights() -> None:
    """As converters of 2019 wrote it: scales along dimension 3 of a bias, which has one."""
    m = Model()
    x, y = m.tensor((1, 4), scale=0.1, zero_point=0), m.tensor((1, 3), scale=0.05, zero_point=0)
    scales = (0.02, 0.03, 0.04)
    w = m.tensor((3, 4), "int8", scales, (0, 0, 0), data=bytes(12))
    b = m.tensor(
        (3,), "int32", tuple(float(np.float32(0.1) * np.float32(s)) for s in scales), (0, 0, 0), axis=3, data=np.zeros(3, np.int32)
    )
    m.operator("FULLY_CONNECTED", [x, w, b], [y], "FullyConnectedOptions")
    use(read(m.build([x], [y]), "old"))
