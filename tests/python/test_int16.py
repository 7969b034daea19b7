"""INT16 activations in a whole model, as TensorFlow's converter makes it (16x8): every layer as the interpreter computes it."""

from __future__ import annotations

import importlib.util
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from stator.frontends import load
from stator.ir import DType
from stator.verbs.verify import verify


def converted() -> bytes:
    """A small network over 40 frames of 10 features, quantized to 16x8; in a process of its own."""
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(3)
    layers = keras.layers
    x = layers.Input((40, 10, 1), batch_size=1)
    y = layers.Conv2D(8, (5, 10), strides=(2, 1), padding="valid", activation="relu")(x)
    z = layers.DepthwiseConv2D((3, 1), padding="same")(y)
    z = layers.LeakyReLU(negative_slope=0.1)(z)
    z = layers.Multiply()([layers.Conv2D(8, 1, activation="tanh")(z), layers.Conv2D(8, 1, activation="sigmoid")(z)])
    y = layers.Subtract()([layers.Add()([y, z]), layers.MaxPooling2D((3, 1), strides=1, padding="same")(y)])
    y = layers.Concatenate()([layers.GlobalAveragePooling2D()(y), layers.Flatten()(layers.AveragePooling2D((6, 1))(y))])
    model = keras.Model(x, layers.Dense(4, activation="softmax")(y))
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    random = np.random.default_rng(4)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([random.normal(size=(1, 40, 10, 1)).astype(np.float32)] for _ in range(20))
    converter.target_spec.supported_ops = [tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int16
    return bytes(converter.convert())


@pytest.mark.slow
def test_a_converted_model_is_exact_layer_by_layer(tmp_path: Path) -> None:
    if importlib.util.find_spec("tensorflow") is None:
        pytest.skip("tensorflow has no wheel for this machine")
    file = tmp_path / "audio.tflite"
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as worker:
        file.write_bytes(worker.submit(converted).result())
    graph = load(file)
    kinds = {graph.tensors[o].type.dtype for node in graph.nodes for o in node.outputs}
    assert kinds == {DType.INT16}
    names = {node.op.name for node in graph.nodes}
    assert {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "SOFTMAX", "TANH", "LOGISTIC", "MUL", "ADD", "SUB"} <= names
    result = verify(str(file), "host")
    assert isinstance(result, dict)
    assert (result["exact"], result["reasons"]) == (True, [])
    assert str(result["oracle"]).startswith("tflite-micro")
