"""The committed bearing model: its shape, what it says to recordings and to the generator, and the command that makes it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from stator.data import LABELS, available, load_signal, to_counts
from stator.dsp import FeaturesConfig, Quantizer, features
from stator.frontends import load
from stator.paths import ROOT
from stator.spec import ModelSpec, load_model_spec

pytest.importorskip("tflite_micro", reason="no tflite-micro interpreter for this platform")
pytest.importorskip("tensorflow", reason="no TensorFlow for this platform")

from models.bearing.examples import CWRU, generated
from models.bearing.network import Interpreter, quantize, train

# What simple baselines reach on the same splits: shared with the data, printed in its description.
BASELINES = {
    "cross_load": 1.00,
    "size_0.007_never_seen": 1.00,
    "size_0.014_never_seen": 0.67,
    "size_0.021_never_seen": 0.66,
    "cwru_to_uestc": 0.37,
}


@pytest.fixture(scope="module")
def spec() -> ModelSpec:
    return load_model_spec("bearing")


@pytest.fixture(scope="module")
def interpreter(spec: ModelSpec) -> Interpreter:
    return Interpreter(spec.path.read_bytes())


def share_right(signal_name: str, label: str, spec: ModelSpec, interpreter: Interpreter) -> float:
    assert spec.features is not None and spec.input is not None and spec.window is not None
    graph = load(spec.path)
    quant = graph.tensors[graph.inputs[0]].type.quant
    assert quant is not None
    counts = to_counts(load_signal(signal_name), spec.input.counts_per_g)
    columns = features(counts.frames, spec.features, Quantizer.of(quant.scale, quant.zero_point))
    decisions = interpreter.decisions(columns, spec.window.frames)
    return float(np.mean(decisions == LABELS.index(label)))


def test_model_and_its_description_agree(spec: ModelSpec) -> None:
    graph = load(spec.path)
    assert spec.labels == LABELS
    assert isinstance(spec.features, FeaturesConfig)
    assert spec.window is not None
    assert spec.window.columns == spec.features.columns
    assert spec.window.frames * 1024 / 12000 >= 1.0  # at least a second of signal
    source = graph.tensors[graph.inputs[0]].type
    assert source.shape == (1, spec.window.frames, 1, spec.window.columns)
    logits, probabilities = (graph.tensors[t].type for t in graph.outputs)
    assert logits.shape == probabilities.shape == (1, len(LABELS))
    assert probabilities.quant is not None
    assert (probabilities.quant.scale, probabilities.quant.zero_point) == (1 / 256, -128)


def test_stated_scores_are_not_below_the_baselines(spec: ModelSpec) -> None:
    assert set(BASELINES) <= set(spec.scores)
    for split, baseline in BASELINES.items():
        assert spec.scores[split] >= baseline, split


@pytest.mark.parametrize("label", LABELS)
def test_generated_signals_are_recognized(label: str, spec: ModelSpec, interpreter: Interpreter) -> None:
    assert share_right(f"synthetic:{label}", label, spec, interpreter) > 0.9


@pytest.mark.data
@pytest.mark.parametrize(("number", "label"), [(108, "inner"), (133, "outer"), (121, "ball"), (100, "healthy")])
def test_recordings_of_the_demo_are_recognized(number: int, label: str, spec: ModelSpec, interpreter: Interpreter) -> None:
    if not available("cwru"):
        pytest.skip("no CWRU recordings: STATOR_DATA does not hold cwru.tar.xz")
    assert share_right(f"cwru:{number}", label, spec, interpreter) > 0.95


@pytest.mark.data
def test_committed_model_scores_what_is_stated(spec: ModelSpec, interpreter: Interpreter) -> None:
    if not available("cwru"):
        pytest.skip("no CWRU recordings: STATOR_DATA does not hold cwru.tar.xz")
    shares: dict[str, list[float]] = {}
    for recording in CWRU:
        if recording.load == 3:
            shares.setdefault(recording.label, []).append(share_right(f"cwru:{recording.number}", recording.label, spec, interpreter))
    balanced = float(np.mean([np.mean(s) for s in shares.values()]))
    assert balanced == pytest.approx(spec.scores["committed_model_at_3_hp"], abs=0.0006)


@pytest.mark.slow
def test_training_from_the_generator_alone_is_reproducible(tmp_path: Path, spec: ModelSpec) -> None:
    hashes = []
    for name in ("first.tflite", "second.tflite"):
        command = [sys.executable, "-m", "models.bearing.train", "--synthetic", "--steps", "30", "--out", str(tmp_path / name)]
        done = subprocess.run(
            command, cwd=ROOT, env={"PYTHONPATH": "tools", "HOME": str(tmp_path)}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        hashes.append(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert hashes[0] == hashes[1]
    trained = load(tmp_path / "first.tflite")
    committed = load(spec.path)
    assert [type(n.op) for n in trained.nodes] == [type(n.op) for n in committed.nodes]
    assert [trained.tensors[t].type.shape for t in trained.outputs] == [(1, 4), (1, 4)]


@pytest.mark.slow
def test_names_in_the_file_do_not_depend_on_earlier_trainings(tmp_path: Path, spec: ModelSpec) -> None:
    """Otherwise the command with `--scores`, which trains five models first, would write another file than without."""
    assert spec.features is not None and spec.input is not None and spec.window is not None
    examples = list(generated(1, 3.0, spec.input.counts_per_g, spec.features, np.random.default_rng(1)))
    names = []
    for name in ("first.tflite", "second.tflite"):
        network = train(examples, spec.window.frames, spec.features.spectrum_bands, 2, seed=1)
        (tmp_path / name).write_bytes(quantize(network, examples, seed=1))
        names.append([t.name for t in load(tmp_path / name).tensors.values()])
    assert names[0] == names[1]
