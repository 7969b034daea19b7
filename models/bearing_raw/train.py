"""Trains the model that reads samples, and writes bearing_raw.tflite.

    python -m models.bearing_raw.train                    # the committed model, from CWRU: two minutes on one core
    python -m models.bearing_raw.train --steps 20 --synthetic --out /tmp/small.tflite      # from the generator alone, seconds

Activations are INT16 and weights INT8. The input's scale is 1/256 g and its zero point 0, which are the ADC's counts: the model takes a
half of the DMA's double buffer as it lies there. Its outputs are quantized to INT8, which the monitor reads.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import flatbuffers
import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from tensorflow.lite.python import schema_py_generated as schema
from tflite_micro import runtime

from models.bearing.examples import CWRU
from models.bearing.network import be_reproducible
from models.bearing.train import write
from stator.board import HALF_SAMPLES
from stator.data import LABELS, load_signal
from stator.data.synthetic import random_machine, vibration
from stator.errors import StatorError

HERE = Path(__file__).parent
SEED = 1
STEPS = 2000
BATCH = 64
SPREAD_OCTAVES = 0.5  # of the loudness that training draws at random
COUNTS_PER_G = 256  # as model.yml has it; `compile` refuses a model of another scale
SHAPE = (HALF_SAMPLES // 32, 1, 32)
SCORE_SCALE = 1 / 256  # of the INT8 softmax, zero point -128

Floats = npt.NDArray[np.float32]
Signals = Sequence[tuple[str, Floats]]  # label, samples in g


def build() -> Any:
    """(1, 32, 1, 32) in g, which is a half in rows of 32 samples, to one logit per label. The first layer is eight filters for a row."""
    layers = keras.layers
    x = inputs = layers.Input(SHAPE, batch_size=None)
    x = layers.Conv2D(8, 1, activation="relu")(x)
    x = layers.Conv2D(16, (4, 1), strides=(2, 1), activation="relu")(x)
    x = layers.Conv2D(16, (4, 1), strides=(2, 1), activation="relu")(x)
    x = layers.MaxPooling2D((x.shape[1], 1))(x)
    x = layers.Flatten()(x)
    return keras.Model(inputs, layers.Dense(len(LABELS))(x))


def recorded(loads: Sequence[int]) -> Signals:
    """CWRU at these loads, hp."""
    return [(r.label, load_signal(f"cwru:{r.number}").samples.astype(np.float32)) for r in CWRU if r.load in loads]


def generated(count: int, rng: np.random.Generator) -> Signals:
    """`count` machines of each label out of the generator."""
    return [(label, vibration(random_machine(label, rng), 3.0, rng).astype(np.float32)) for _ in range(count) for label in LABELS]


def draw(signals: Signals, count: int, rng: np.random.Generator) -> tuple[Floats, npt.NDArray[np.int64]]:
    """(count, *SHAPE) and the indices of their labels, every label alike."""
    of = [[samples for label, samples in signals if label == name] for name in LABELS]
    labels = rng.integers(len(LABELS), size=count)
    pieces = []
    for label in labels:
        samples = of[label][int(rng.integers(len(of[label])))]
        start = int(rng.integers(len(samples) - HALF_SAMPLES + 1))
        pieces.append(samples[start : start + HALF_SAMPLES] * np.float32(2 ** rng.normal(0, SPREAD_OCTAVES)))
    return np.stack(pieces).reshape(count, *SHAPE), labels


def train(signals: Signals, steps: int, seed: int) -> Any:
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    network, rng = build(), np.random.default_rng(seed)
    pace = keras.optimizers.schedules.CosineDecay(4e-3, steps)
    network.compile(keras.optimizers.Adam(pace), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    for _ in range(steps):
        network.train_on_batch(*draw(signals, BATCH, rng))
    return network


def quantize(network: Any, signals: Signals, seed: int) -> bytes:
    """INT16 activations, INT8 weights; outputs are INT8 logits and their softmax."""
    source = keras.layers.Input(SHAPE, batch_size=1, name="samples")
    logits = network(source, training=False)
    whole = keras.Model(source, [logits, keras.layers.Softmax(name="probabilities")(logits)])
    rng = np.random.default_rng(seed)

    def representative() -> Iterator[list[Floats]]:
        range_ = np.zeros((1, *SHAPE), np.float32)
        range_[0, 0, 0, 0] = 32767 / COUNTS_PER_G  # so that a count is a step of the input, whatever the signals reach
        yield [range_]
        for _ in range(200):
            yield [draw(signals, 1, rng)[0]]

    converter = tf.lite.TFLiteConverter.from_keras_model(whole)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative
    converter.target_spec.supported_ops = [tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int16
    usual = float(np.abs(network(draw(signals, 400, rng)[0])).max())
    return int8_outputs(converter.convert(), usual / 127)


def int8_outputs(model: bytes, logit_scale: float) -> bytes:
    """The model with two layers more: QUANTIZE of the logits, which saturate, and of their softmax to INT8. The logits come first."""
    made = schema.ModelT.InitFromObj(schema.Model.GetRootAs(model, 0))
    graph = made.subgraphs[0]
    made.operatorCodes.append(_code(schema.BuiltinOperator.QUANTIZE))
    last = graph.operators[-1]  # the softmax
    outputs = []
    for index in (last.inputs[0], last.outputs[0]):
        wide = graph.tensors[index]
        narrow = schema.TensorT()
        narrow.name, narrow.shape, narrow.type, narrow.buffer = wide.name + b"_int8", wide.shape, schema.TensorType.INT8, 0
        narrow.quantization = schema.QuantizationParametersT()
        is_score = index == last.outputs[0]
        narrow.quantization.scale = np.array([SCORE_SCALE if is_score else logit_scale], np.float32)
        narrow.quantization.zeroPoint = np.array([-128 if is_score else 0], np.int64)
        step = schema.OperatorT()
        step.opcodeIndex, step.inputs = len(made.operatorCodes) - 1, np.array([index], np.int32)
        step.outputs = np.array([len(graph.tensors)], np.int32)
        outputs.append(len(graph.tensors))
        graph.tensors.append(narrow)
        graph.operators.append(step)
    graph.outputs = np.array(outputs, np.int32)
    made.signatureDefs = None  # it names the outputs of before
    builder = flatbuffers.Builder(len(model))
    builder.Finish(made.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _code(operator: int) -> Any:
    code = schema.OperatorCodeT()
    code.builtinCode, code.deprecatedBuiltinCode, code.version = operator, operator, 1
    return code


def score(model: bytes, signals: Signals) -> float:
    """Balanced accuracy over whole halves, of the model as the tflite-micro interpreter computes it."""
    interpreter = runtime.Interpreter.from_bytes(model)

    def said(half: npt.NDArray[np.int16]) -> int:
        interpreter.set_input(half.reshape(1, *SHAPE), 0)
        interpreter.invoke()
        return int(interpreter.get_output(0).argmax())

    right: dict[str, list[float]] = {}
    for label, samples in signals:
        counts = np.clip(np.round(samples * COUNTS_PER_G), -2048, 2047).astype(np.int16)
        halves = counts[: len(counts) // HALF_SAMPLES * HALF_SAMPLES].reshape(-1, HALF_SAMPLES)
        right.setdefault(label, []).append(float(np.mean([said(half) == LABELS.index(label) for half in halves])))
    return float(np.mean([np.mean(shares) for shares in right.values()]))


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=HERE / "bearing_raw.tflite", help="the file to write (default: the committed one)")
    parser.add_argument("--steps", type=int, default=STEPS, help="batches to train on")
    parser.add_argument("--synthetic", action="store_true", help="train from the generator alone: no recordings needed")
    chosen = parser.parse_args(words)
    be_reproducible(SEED)
    signals = generated(8, np.random.default_rng(SEED)) if chosen.synthetic else recorded((0, 1, 2))
    model = quantize(train(signals, chosen.steps, SEED), signals, SEED)
    if not chosen.synthetic:
        print(f"balanced accuracy at 3 hp: {score(model, recorded((3,))):.3f}")
    write(chosen.out, model)
    print(f"{chosen.out}: {chosen.out.stat().st_size:,} B")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except StatorError as error:
        sys.exit(f"error: {error}")
