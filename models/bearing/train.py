"""Trains the bearing model, scores it honestly, and writes bearing.tflite.

    python -m models.bearing.train              # the committed model, from CWRU and the generator: a few minutes on one core
    python -m models.bearing.train --scores     # ... and the scores of model.yml: one more training per split
    python -m models.bearing.train --synthetic --steps 60 --out /tmp/small.tflite      # from the generator alone, seconds
    python -m models.bearing.train --monitored pump7.log:healthy                       # ... and from a machine of one's own

Scores are balanced accuracies of the INT8 model in the tflite-micro interpreter on columns of the fixed-point front end.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from models.bearing import network
from models.bearing.examples import (
    CWRU,
    UESTC,
    UESTC_BEARING,
    Columns,
    Example,
    Recording,
    columns,
    everything,
    from_sources,
    generated,
    monitored,
    tuned,
)
from stator.data import LABELS, load_signal
from stator.dsp import FeaturesConfig
from stator.errors import StatorError
from stator.yamlfile import Section, read

HERE = Path(__file__).parent
SEED = 1
STEPS = 2500
Truths = list[tuple[str, str, Columns]]


class Spec(Section):
    """What training takes out of model.yml."""

    model_config = {**Section.model_config, "extra": "ignore"}
    input: dict[str, float]
    window: dict[str, int]
    features: FeaturesConfig


@dataclass(frozen=True, slots=True)
class Split:
    """What is trained on and what is tested: windows of one recording are never on both sides."""

    name: str
    trains: tuple[Recording, ...]
    tests: tuple[Recording, ...]


def splits() -> tuple[Split, ...]:
    """Those within CWRU."""
    loads = Split("cross_load", tuple(r for r in CWRU if r.load <= 1), tuple(r for r in CWRU if r.load == 3))
    sizes = [
        Split(
            f"size_0.{size:03d}_never_seen",
            tuple(r for r in CWRU if r.load <= 2 and r.size != size),
            tuple(r for r in CWRU if r.load == 3 and r.size in (0, size)),
        )
        for size in (7, 14, 21)
    ]
    return loads, *sizes


def score(model: bytes, truths: Truths, frames: int) -> float:
    """Balanced accuracy: the mean over the labels of the share of windows that are right. Prints what each recording is taken for."""
    interpreter = network.Interpreter(model)
    right: dict[str, list[float]] = {}
    for name, label, column in truths:
        decisions = interpreter.decisions(column, frames)
        right.setdefault(label, []).append(float(np.mean(decisions == LABELS.index(label))))
        taken = ", ".join(f"{LABELS[i]} {n}" for i, n in enumerate(np.bincount(decisions, minlength=len(LABELS))) if n)
        print(f"    {name:14s} {label:8s} -> {taken}")
    return float(np.mean([np.mean(shares) for shares in right.values()]))


def scores(examples: Sequence[Example], spec: Spec, steps: int, seed: int) -> dict[str, float]:
    """Every split: train without it, quantize, test."""
    frames, bands = spec.window["frames"], spec.features.spectrum_bands
    as_seen: dict[Recording, Columns] = {}
    for example in examples:  # the first one of a recording is the recording as it is
        if example.source:
            as_seen.setdefault(example.source, example.columns)
    out = {}
    for split in splits():
        print(f"  {split.name}", flush=True)
        used = from_sources(examples, split.trains)
        model = network.quantize(network.train(used, frames, bands, steps, seed), used, seed)
        truths: Truths = [(f"cwru:{r.number}", r.label, as_seen[r]) for r in split.tests]
        out[split.name] = score(model, truths, frames)
        print(f"    balanced accuracy {out[split.name]:.3f}", flush=True)
    print("  cwru_to_uestc", flush=True)
    model = network.quantize(network.train(examples, frames, bands, steps, seed), examples, seed)
    other = []
    for file in UESTC:
        signal = load_signal(f"uestc:{file}")
        config = tuned(spec.features, (signal.rpm or 0) / 60, UESTC_BEARING)
        other.append((signal.name, signal.label or "", columns(signal.samples, spec.input["counts_per_g"], config)))
    out["cwru_to_uestc"] = score(model, other, frames)
    print(f"    balanced accuracy {out['cwru_to_uestc']:.3f}", flush=True)
    return out


def write(path: Path, model: bytes) -> None:
    """Writes the file whole or not at all."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as beside:
        beside.write(model)
    Path(beside.name).chmod(0o644)
    Path(beside.name).replace(path)


def monitored_file(text: str) -> tuple[Path, str]:
    """FILE:LABEL, as argparse wants it."""
    path, _, label = text.rpartition(":")
    if label not in LABELS or not path:
        raise argparse.ArgumentTypeError(f"'{text}' is no FILE:LABEL, with a label of {', '.join(LABELS)}")
    return Path(path), label


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=HERE / "bearing.tflite", help="the file to write (default: the committed one)")
    parser.add_argument("--steps", type=int, default=STEPS, help="batches to train on")
    parser.add_argument("--seed", type=int, default=SEED, help="of the generator, the batches and the weights")
    parser.add_argument("--synthetic", action="store_true", help="train from the generator alone: no recordings needed")
    parser.add_argument(
        "--monitored",
        type=monitored_file,
        action="append",
        default=[],
        metavar="FILE:LABEL",
        help="and from what `monitor` recorded",
    )
    parser.add_argument("--scores", action="store_true", help="train and test every split of model.yml as well")
    chosen = parser.parse_args(words)
    spec = read(HERE / "model.yml", Spec)
    network.be_reproducible(chosen.seed)
    rng = np.random.default_rng(chosen.seed)
    counts_per_g = spec.input["counts_per_g"]
    if chosen.synthetic:
        examples = list(generated(8, 3.0, counts_per_g, spec.features, rng))
    else:
        examples = list(everything(counts_per_g, spec.features, rng))
    for path, label in chosen.monitored:
        examples += monitored(path, label, spec.window["frames"])
    if chosen.scores:
        for name, value in scores(examples, spec, chosen.steps, chosen.seed).items():
            print(f"{name}: {value:.3f}")
    used = from_sources(examples, [r for r in CWRU if r.load <= 2])
    trained = network.train(used, spec.window["frames"], spec.features.spectrum_bands, chosen.steps, chosen.seed)
    write(chosen.out, network.quantize(trained, used, chosen.seed))
    print(f"{chosen.out}: {chosen.out.stat().st_size:,} B")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except StatorError as error:
        sys.exit(f"error: {error}")
