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
NOISE_OCTAVES = 0.25
DROPOUT = 0.2
SMOOTHED = 12  # columns that the first layer averages over
STEPS_AT_ONCE = 20
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
    x = layers.GaussianNoise(NOISE_OCTAVES)(x)
    mean = keras.initializers.Constant(1 / SMOOTHED)
    x = layers.DepthwiseConv2D((SMOOTHED, 1), depthwise_initializer=mean)(x)
    x = layers.Conv2D(shallow, 1, kernel_regularizer=weight_decay, activation="relu")(x)
    x = layers.Dropout(DROPOUT)(x)
    x = layers.Conv2D(middle, (3, 1), dilation_rate=(2, 1), kernel_regularizer=weight_decay, activation="relu")(x)
    x = layers.Conv2D(deep, (3, 1), dilation_rate=(4, 1), kernel_regularizer=weight_decay, activation="relu")(x)
    x = layers.Flatten()(x)  # one step is left of a window of 24
    x = layers.Dropout(DROPOUT)(x)
    logits = layers.Dense(len(LABELS), kernel_regularizer=weight_decay)(x)
    return keras.Model(inputs, logits)


class Sampler:
    """Windows drawn at random: every label alike, every kind by its share, each spectrum tilted a little."""

    def __init__(self, examples: Sequence[Example], frames: int, spectrum_bands: int, seed: int) -> None:
        self._frames = np.arange(frames)
        self._rng = np.random.default_rng(seed)
        across = np.linspace(-1, 1, spectrum_bands)
        self._tilts = np.stack([across, across**2 - 1 / 3, np.sin(3 * across)])
        self._columns = np.concatenate([e.columns for e in examples])
        first = np.cumsum([0, *(len(e.columns) for e in examples)])
        starts: dict[tuple[int, Kind], list[npt.NDArray[np.intp]]] = {}
        for at, example in zip(first, examples, strict=False):
            runs = at + np.arange(len(example.columns) - frames + 1)
            starts.setdefault((LABELS.index(example.label), example.kind), []).append(runs)
        self._starts = [np.concatenate(runs) for runs in starts.values()]
        self._labels = np.array([label for label, _ in starts])
        shares = np.array([SHARES[kind] for _, kind in starts])
        self._shares = shares / np.array([shares[self._labels == label].sum() for label in self._labels]) / len(set(self._labels))

    def draw(self, count: int) -> tuple[Floats, npt.NDArray[np.int64]]:
        """(count, frames, 1, columns) in octaves and the indices of their labels."""
        pools = self._rng.choice(len(self._starts), count, p=self._shares)
        where = self._rng.random(count)
        starts = np.array([self._starts[pool][int(len(self._starts[pool]) * at)] for pool, at in zip(pools, where, strict=True)])
        x = self._columns[starts[:, None] + self._frames].astype(np.float32) * INPUT_SCALE
        tilt = self._rng.normal(0, TILT_OCTAVES, (count, len(self._tilts))) @ self._tilts
        x[:, :, : tilt.shape[1]] += tilt[:, None].astype(np.float32)
        return np.clip(x, -128 * INPUT_SCALE, 127 * INPUT_SCALE)[:, :, None, :], self._labels[pools]


def train(examples: Sequence[Example], frames: int, spectrum_bands: int, steps: int, seed: int) -> Any:
    """A trained network: its weights are a running mean over the last steps."""
    keras.backend.clear_session()  # names in the file count the layers since then
    keras.utils.set_random_seed(seed)
    network = build(frames, examples[0].columns.shape[1])
    pace = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps)
    optimizer = keras.optimizers.Adam(pace, use_ema=True, ema_momentum=0.995)
    optimizer.build(network.trainable_variables)
    error = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function  # type: ignore[untyped-decorator]
    def run(x: Any, y: Any) -> None:
        for i in tf.range(tf.shape(x)[0]):
            with tf.GradientTape() as tape:
                loss = error(y[i], network(x[i], training=True)) + tf.add_n(network.losses)
            optimizer.apply(tape.gradient(loss, network.trainable_variables))

    sampler = Sampler(examples, frames, spectrum_bands, seed)
    for at in range(0, steps, STEPS_AT_ONCE):
        count = min(STEPS_AT_ONCE, steps - at)
        x, y = sampler.draw(count * BATCH)
        run(tf.constant(x.reshape(count, BATCH, *x.shape[1:])), tf.constant(y.reshape(count, BATCH)))
    optimizer.finalize_variable_values(network.trainable_variables)
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
