"""The network: a temporal convolution over columns of features, its training, and its quantization to INT8."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
import tflite

from models.bearing.examples import INPUT_SCALE, Columns, Example, Kind, windows
from stator.data import LABELS

Floats = npt.NDArray[np.float32]

SHARES = {Kind.RECORDED: 0.5, Kind.STRETCHED: 0.2, Kind.GENERATED: 0.18, Kind.PLANTED: 0.12}
BATCH = 128
LEARNING_RATE = 3e-3
TILT_OCTAVES = 0.5
SMOOTHED = 5  # columns that the first layer averages over
WIDTHS = (24, 16, 16)


def be_reproducible(seed: int) -> None:
    """One thread and fixed seeds: the same machine gives the same bytes. Another kind of CPU may round sums differently."""
    keras.utils.set_random_seed(seed)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()


def build(frames: int, columns: int) -> Any:
    """(1, frames, 1, columns) to one logit per label. No padding: the last layers see the whole window."""
    layers, weight_decay = keras.layers, keras.regularizers.l2(1e-4)
    shallow, middle, deep = WIDTHS
    x = inputs = layers.Input((frames, 1, columns))
    x = layers.GaussianNoise(0.25)(x)
    mean = keras.initializers.Constant(1 / SMOOTHED)
    x = layers.DepthwiseConv2D((SMOOTHED, 1), depthwise_initializer=mean)(x)
    x = layers.Conv2D(shallow, 1, kernel_regularizer=weight_decay, activation="relu")(x)
    x = layers.Dropout(0.2)(x)
    x = layers.Conv2D(middle, (3, 1), dilation_rate=(2, 1), kernel_regularizer=weight_decay, activation="relu")(x)
    x = layers.Conv2D(deep, (3, 1), dilation_rate=(2, 1), kernel_regularizer=weight_decay, activation="relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.2)(x)
    logits = layers.Dense(len(LABELS), kernel_regularizer=weight_decay)(x)
    return keras.Model(inputs, logits)


def batches(examples: Sequence[Example], frames: int, spectrum_bands: int, rng: np.random.Generator) -> Iterator[tuple[Floats, Any]]:
    """Endless batches: every label alike, every kind by its share, each spectrum tilted a little at random."""
    data = {(label, kind): [windows(e.columns, frames) for e in examples if (e.label, e.kind) == (label, kind)]
            for label in LABELS for kind in Kind}  # fmt: skip
    pools = {key: np.concatenate(value) for key, value in data.items() if value}
    kinds = {label: [kind for kind in Kind if (label, kind) in pools] for label in LABELS}
    across = np.linspace(-1, 1, spectrum_bands)
    shapes = np.stack([across, across**2 - 1 / 3, np.sin(3 * across)])
    while True:
        truth = rng.integers(0, len(LABELS), BATCH)
        chosen = []
        for label in (LABELS[t] for t in truth):
            shares = np.array([SHARES[kind] for kind in kinds[label]])
            pool = pools[label, kinds[label][rng.choice(len(shares), p=shares / shares.sum())]]
            chosen.append(pool[rng.integers(len(pool))])
        x = np.stack(chosen).astype(np.float32) * INPUT_SCALE
        x[:, :, :spectrum_bands] += (rng.normal(0, TILT_OCTAVES, (BATCH, 3)) @ shapes)[:, None].astype(np.float32)
        yield np.clip(x, -128 * INPUT_SCALE, 127 * INPUT_SCALE)[:, :, None, :], truth


def train(examples: Sequence[Example], frames: int, spectrum_bands: int, steps: int, seed: int) -> Any:
    """A trained network."""
    keras.utils.set_random_seed(seed)
    network = build(frames, examples[0].columns.shape[1])
    pace = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps)
    network.compile(keras.optimizers.Adam(pace), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    source = batches(examples, frames, spectrum_bands, np.random.default_rng(seed))
    for _ in range(steps):
        network.train_on_batch(*next(source))
    return network


def quantize(network: Any, examples: Sequence[Example], seed: int) -> bytes:
    """The INT8 .tflite: outputs are the logits and their softmax. Its input has scale 1/16 and zero point 0."""
    _, frames, _, columns = network.input_shape

    source = keras.layers.Input((frames, 1, columns), batch_size=1, name="columns")
    logits = network(source, training=False)
    whole = keras.Model(source, [logits, keras.layers.Softmax(name="probabilities")(logits)])
    rng = np.random.default_rng(seed)

    def representative() -> Iterator[list[Floats]]:
        ends = np.zeros((1, frames, 1, columns), dtype=np.float32)
        ends[0, 0, 0, :2] = -128 * INPUT_SCALE, 127 * INPUT_SCALE  # the range of the front end, whatever the examples reach
        yield [ends]
        for _ in range(400):
            columns_of = examples[int(rng.integers(len(examples)))].columns
            start = rng.integers(len(columns_of) - frames + 1)
            yield [columns_of[None, start : start + frames, None, :].astype(np.float32) * INPUT_SCALE]

    converter = tf.lite.TFLiteConverter.from_keras_model(whole)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    return _logits_first(bytearray(converter.convert()))


def _logits_first(model: bytearray) -> bytes:
    """The converter orders outputs as it likes; the softmax is the one that an operator makes out of the other."""
    graph = tflite.Model.GetRootAsModel(model, 0).Subgraphs(0)
    last = graph.Operators(graph.OperatorsLength() - 1)
    graph.OutputsAsNumpy()[:] = last.Inputs(0), last.Outputs(0)
    return bytes(model)


class Interpreter:
    """The INT8 model as the tflite-micro interpreter computes it."""

    def __init__(self, model: bytes) -> None:
        from tflite_micro import runtime  # noqa: PLC0415 - not on every platform, and only scoring needs it

        self._interpreter = runtime.Interpreter.from_bytes(model)

    def logits(self, window: Columns) -> npt.NDArray[np.int8]:
        """int8 logits of one window (frames, columns)."""
        self._interpreter.set_input(np.ascontiguousarray(window[None, :, None, :]), 0)
        self._interpreter.invoke()
        logits: npt.NDArray[np.int8] = self._interpreter.get_output(0)[0]
        return logits

    def decisions(self, columns: Columns, frames: int) -> npt.NDArray[np.intp]:
        """The index of the label of every window of `frames` columns."""
        return np.array([int(self.logits(window).argmax()) for window in windows(columns, frames)], dtype=np.intp)
