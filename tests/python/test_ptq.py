"""Float models, Keras files among them, become INT8 in one step; without TensorFlow, or with bad inputs, one message says what to do."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from stator import ptq
from stator.errors import ConfigError, ModelError, ToolError
from stator.frontends import load
from stator.measure.inference import host_outputs, inputs_for
from stator.measure.layers import expected
from stator.ops import run_reference
from stator.passes import optimise
from stator.ptq import quantized
from stator.verbs.compile import compile as compile_verb
from stator.verbs.verify import verify
from tests.python.onnx_models import Net
from tests.python.test_ops_emitted import bare

Array = npt.NDArray[Any]


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """20 inputs in a batch and 2 alone, of 8 x 8 x 3 values."""
    folder = tmp_path / "inputs"
    folder.mkdir()
    random = np.random.default_rng(7)
    np.save(folder / "batch.npy", random.normal(size=(20, 8, 8, 3)).astype(np.float32))
    for name in ("a", "b"):
        np.save(folder / f"{name}.npy", random.normal(size=(8, 8, 3)).astype(np.float32))
    return folder


def keras_file(folder: Path) -> tuple[Path, Any]:
    keras = pytest.importorskip("keras")
    keras.utils.set_random_seed(5)
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((8, 8, 3)),
            layers.Conv2D(4, 3, strides=2, padding="same", activation="relu"),
            layers.DepthwiseConv2D(3, padding="same"),
            layers.BatchNormalization(),
            layers.GlobalAveragePooling2D(),
            layers.Dense(5),
        ]
    )
    file = folder / "net.keras"
    model.save(file)
    return file, model


@pytest.mark.slow
def test_a_keras_file_is_quantized_and_compiled_in_one_step(tmp_path: Path, inputs: Path) -> None:
    file, model = keras_file(tmp_path)
    as_it_is = load(file)
    assert as_it_is.tensors[as_it_is.inputs[0]].type.quant is None  # floats, as a reference
    result = compile_verb(str(file), "host", str(tmp_path / "out"), str(inputs))
    assert isinstance(result, dict) and result["verdict"] == "pass"
    graph = load(Path(str(result["quantized"])))
    source, target = graph.tensors[graph.inputs[0]].type.quant, graph.tensors[graph.outputs[0]].type.quant
    assert source is not None and target is not None
    x = np.load(inputs / "batch.npy")
    real = np.asarray(model(x))
    for i in range(len(x)):
        q = np.clip(np.rint(x[i : i + 1] / source.scale) + source.zero_point, -128, 127).astype(np.int8)
        ours = (run_reference(graph, [q])[graph.outputs[0]].astype(np.float64) - target.zero_point) * target.scale
        assert np.abs(ours - real[i]).max() < 8 * target.scale


@pytest.mark.slow
def test_a_float_tflite_file_is_quantized(tmp_path: Path, inputs: Path) -> None:
    file, _ = keras_file(tmp_path)
    floats = tmp_path / "net.tflite"
    floats.write_bytes(ptq.to_tflite(file.read_bytes(), "net"))
    data, suffix = quantized(floats, inputs)
    assert suffix == ".tflite"
    made = tmp_path / "int8.tflite"
    made.write_bytes(data)
    assert [node.op.name for node in load(made).nodes] == ["CONV_2D", "DEPTHWISE_CONV_2D", "MEAN", "FULLY_CONNECTED"]
    with pytest.raises(ModelError, match="quantized already"):
        quantized(made, inputs)


@pytest.mark.slow
@pytest.mark.parametrize("half", [False, True], ids=["dynamic range", "float16"])
def test_a_hybrid_tflite_file_is_quantized(tmp_path: Path, inputs: Path, half: bool) -> None:
    """Weights of INT8, or of FLOAT16 behind DEQUANTIZE, beside float activations: as a float model, whose INT8 outputs it then has."""
    keras, tf = pytest.importorskip("keras"), pytest.importorskip("tensorflow")
    keras.utils.set_random_seed(5)
    layers = keras.layers
    wide = [layers.Conv2D(48, 3, activation="relu"), layers.DepthwiseConv2D(5), layers.Flatten(), layers.Dense(5)]  # narrow ones stay
    model = keras.Sequential([layers.Input((8, 8, 3)), *wide])
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16] if half else []
    hybrid = tmp_path / "hybrid.tflite"
    hybrid.write_bytes(converter.convert())
    with pytest.raises(ModelError, match=r"hybrid|FLOAT16"):
        compile_verb(str(hybrid), "host", str(tmp_path / "refused"))
    result = compile_verb(str(hybrid), "host", str(tmp_path / "out"), str(inputs))
    assert isinstance(result, dict)
    graph = load(Path(str(result["quantized"])))
    assert [node.op.name for node in graph.nodes if node.op.name != "RESHAPE"] == ["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"]
    source, target = graph.tensors[graph.inputs[0]].type.quant, graph.tensors[graph.outputs[0]].type.quant
    assert source is not None and target is not None
    x = np.load(inputs / "batch.npy")
    real = np.asarray(model(x))
    for i in range(len(x)):
        q = np.clip(np.rint(x[i : i + 1] / source.scale) + source.zero_point, -128, 127).astype(np.int8)
        ours = (run_reference(graph, [q])[graph.outputs[0]].astype(np.float64) - target.zero_point) * target.scale
        assert np.abs(ours - real[i]).max() < 8 * target.scale


def test_a_float_onnx_file_is_quantized(tmp_path: Path, inputs: Path) -> None:
    net = Net(1, 8, 8, 3)
    net.add("Transpose", perm=[0, 3, 1, 2])
    net.conv(3, 4, (3, 3))
    file = tmp_path / "net.onnx"
    file.write_bytes(net.float_model().SerializeToString())
    data, suffix = quantized(file, inputs)
    made = tmp_path / f"int8{suffix}"
    made.write_bytes(data)
    assert [node.op.name for node in load(made).nodes] == ["CONV_2D", "TRANSPOSE"]
    np.save(inputs / "c.npy", np.zeros((7, 7), np.float32))
    with pytest.raises(ModelError, match="shape"):
        quantized(file, inputs)


@pytest.mark.parametrize(
    ("array", "says"),
    [
        (np.array([np.nan], np.float32), "not finite"),
        (np.zeros((0, 3), np.float32), "empty"),
        (np.array(["text"]), "float32"),
        (np.array([{}], dtype=object), "cannot be read"),
    ],
)
def test_inputs_that_are_none_are_refused(tmp_path: Path, array: Array, says: str) -> None:
    np.save(tmp_path / "x.npy", array, allow_pickle=True)
    with pytest.raises(ConfigError, match=says):
        ptq.samples(tmp_path)


def test_folders_without_inputs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no inputs"):
        ptq.samples(tmp_path)
    with pytest.raises(ConfigError, match="no such folder"):
        ptq.samples(tmp_path / "none")


def test_without_tensorflow_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ptq, "find_spec", lambda name: None)
    file = tmp_path / "net.keras"
    file.write_bytes(b"PK")
    with pytest.raises(ToolError, match="pip install tensorflow"):
        load(file)


def test_hostile_keras_archives_are_refused_before_tensorflow_sees_them(tmp_path: Path) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for index in range(5):
            archive.writestr(f"{index}", bytes(64 * 1024 * 1024))
    for data, says in ((b"not a zip archive", "no .keras file"), (bomb.getvalue(), "unpacks to too much")):
        file = tmp_path / "net.keras"
        file.write_bytes(data)
        with pytest.raises(ModelError, match=says):
            load(file)


@pytest.mark.slow
def test_recurrent_keras_layers_are_exact_over_several_runs(tmp_path: Path) -> None:
    """An LSTM becomes one operator with a state, GRU and SimpleRNN become unrolled cells: none is left a loop."""
    keras = pytest.importorskip("keras")
    keras.utils.set_random_seed(5)
    layers = keras.layers
    cells = [layers.LSTM(5, return_sequences=True), layers.GRU(4, return_sequences=True), layers.SimpleRNN(4)]
    model = keras.Sequential([keras.Input((3, 4), batch_size=1), *cells, layers.Dense(3)])
    file, folder = tmp_path / "recurrent.keras", tmp_path / "inputs"
    model.save(file)
    folder.mkdir()
    random = np.random.default_rng(7)
    np.save(folder / "batch.npy", random.normal(size=(20, 3, 4)).astype(np.float32))
    data, suffix = quantized(file, folder)
    made = tmp_path / f"recurrent{suffix}"
    made.write_bytes(data)
    graph = load(made)
    assert [node.op.name for node in graph.nodes].count("UNIDIRECTIONAL_SEQUENCE_LSTM") == 1 and len(list(graph.variables())) == 2
    result = verify(str(made), "host")
    assert isinstance(result, dict) and (result["exact"], result["verdict"]) == (True, "pass")
    sets = inputs_for(graph, 6)
    want = [wanted[graph.outputs[0]].tobytes() for wanted in expected(made, graph, sets)[1]]
    again = sets[3:4] * 2
    assert want != [wanted[graph.outputs[0]].tobytes() for wanted in expected(made, graph, [*again, *sets[2:]])[1]]  # the state matters
    assert [outputs[0] for outputs in host_outputs(bare(optimise(graph)), sets)] == want


@pytest.mark.slow
def test_a_stateful_keras_layer_keeps_its_state_in_a_variable(tmp_path: Path) -> None:
    """TensorFlow makes a resource variable of it, which CALL_ONCE starts."""
    keras = pytest.importorskip("keras")
    keras.utils.set_random_seed(6)
    layers = keras.layers
    model = keras.Sequential([keras.Input((1, 4), batch_size=1), layers.GRU(3, stateful=True), layers.Dense(2)])
    file, folder = tmp_path / "stateful.keras", tmp_path / "inputs"
    model.save(file)
    folder.mkdir()
    np.save(folder / "batch.npy", np.random.default_rng(8).normal(size=(20, 1, 4)).astype(np.float32))
    data, suffix = quantized(file, folder)
    made = tmp_path / f"stateful{suffix}"
    made.write_bytes(data)
    graph = load(made)
    assert [node.op.name for node in graph.nodes][-1] == "ASSIGN_VARIABLE" and len(list(graph.variables())) == 1
    result = verify(str(made), "host")
    assert isinstance(result, dict) and (result["exact"], result["verdict"]) == (True, "pass")
    sets = inputs_for(graph, 4)
    first, second, *_ = (wanted[graph.outputs[0]].tobytes() for wanted in expected(made, graph, [sets[0], sets[0], *sets])[1])
    assert first != second
