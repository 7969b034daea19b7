"""What is usual: `python -m models.bearing.usual` prints the `health` section of model.yml (docs/health.md, Calibration).

From recordings and generated machines, all classes alike: how far features are from their means, how sure the model is, how far samples
move. A limit is a multiple of the worst that any example reached, since an alarm must mean something that training never saw.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from models.bearing.examples import CWRU, Columns, Example, Kind, generated, recorded, windows
from stator.data import load_signal, to_counts
from stator.dsp import FeaturesConfig
from stator.frontends import load
from stator.measure.oracle import runner
from stator.progress import progress
from stator.spec import load_model_spec

SPREADS = 16  # firmware/include/stator/health.h: distances count 1/16 of a spread
FARTHEST = 8 * SPREADS
MARGIN = 4  # of a limit over the worst example
EVERY_WINDOW = 4
GRAVITY_G = 1.0  # a sensor that is turned over moves by twice as much


def distances(columns: Columns, centre: npt.NDArray[np.int64], weight: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """As stator_distance() computes them, of each column."""
    each = np.minimum(np.abs(columns.astype(np.int64) - centre) * weight, FARTHEST)
    return np.asarray(each.sum(axis=1) // columns.shape[1])


def shapes(columns: Columns, config: FeaturesConfig) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """As stator_shape() computes them, of each column: 255 less the spectrum's range, and 127 less the least of the impulses."""
    bands, envelope = config.spectrum_bands, len(config.lines) + 1
    spectrum, impulses = columns[:, :bands].astype(np.int64), columns[:, bands + envelope - 1 :: envelope].astype(np.int64)
    return 255 - np.ptp(spectrum, axis=1), 127 - impulses.min(axis=1)


def limits(examples: Sequence[npt.NDArray[np.int64]], least: int) -> tuple[int, int]:
    """What the mean of no example exceeds, and MARGIN times the highest sum of what is above, or the least that is taken for that."""
    usual = int(np.ceil(max(values.mean() for values in examples))) + 1
    return usual, MARGIN * max(least, *(highest(values, usual) for values in examples))


def highest(values: Iterable[int], usual: int) -> int:
    """The highest that the cumulative sum of `values` less `usual` gets."""
    total = top = 0
    for value in values:
        total = max(0, total + int(value) - usual)
        top = max(top, total)
    return top


def main() -> None:
    """The command."""
    spec = load_model_spec("bearing")
    assert spec.input is not None and spec.features is not None and spec.window is not None
    graph = load(spec.path)
    examples = [e for e in _usual(spec.input.counts_per_g, spec.features) if len(e.columns) >= spec.window.frames]
    together = np.concatenate([e.columns for e in examples]).astype(np.float64)
    centre = np.rint(together.mean(axis=0)).astype(np.int64)
    weight = np.clip(np.rint(SPREADS / together.std(axis=0)), 1, 255).astype(np.int64)
    far = [distances(e.columns, centre, weight) for e in examples]
    usual, drift_limit = limits(far, SPREADS)
    flat, flat_limit = limits([shapes(e.columns, spec.features)[0] for e in examples], SPREADS)
    steady, steady_limit = limits([shapes(e.columns, spec.features)[1] for e in examples], SPREADS)
    interpreter = runner(spec.path, graph)
    shape = graph.tensors[graph.inputs[0]].type.shape
    doubts: list[npt.NDArray[np.int64]] = []
    with progress("asking the model", len(examples)) as show:
        for example in examples:
            doubts.append(_doubts(example, spec.window.frames, shape, interpreter.run))
            show(len(doubts))
    confidence = max(0, 255 - int(np.ceil(max(d.mean() for d in doubts))) - 1)
    doubt_limit = MARGIN * max(255, *(highest(np.repeat(d, EVERY_WINDOW), 255 - confidence) for d in doubts))
    ranges, offsets = _samples(spec.input.counts_per_g)
    print("health:                       # python -m models.bearing.usual")
    print(f"  centre: [{', '.join(map(str, centre))}]")
    print(f"  weight: [{', '.join(map(str, weight))}]")
    print(f"  usual: {usual}\n  drift_limit: {drift_limit}\n  flattest: {255 - flat}\n  flat_limit: {flat_limit}")
    print(f"  steadiest: {127 - steady}\n  steady_limit: {steady_limit}\n  confidence: {confidence}\n  doubt_limit: {doubt_limit}")
    print(f"  least_range: {max(2, ranges // MARGIN)}\n  offset: {MARGIN * offsets + round(GRAVITY_G * spec.input.counts_per_g)}")


def _usual(counts_per_g: float, config: FeaturesConfig) -> Iterator[Example]:
    """The recordings as the firmware sees them, at the ends of the speed's tolerance too, and machines of the generator."""
    for recording in CWRU:
        samples = load_signal(f"cwru:{recording.number}").samples
        yield from (e for e in recorded(recording, samples, counts_per_g, config) if e.kind is Kind.RECORDED)
    yield from generated(40, 3.0, counts_per_g, config, np.random.default_rng(1))


def _doubts(example: Example, frames: int, shape: tuple[int, ...], run: object) -> npt.NDArray[np.int64]:
    """255 less the model's confidence, of every fourth window."""
    found = []
    for window in windows(example.columns, frames)[::EVERY_WINDOW]:
        logits, scores = run([window.reshape(shape)], 2)  # type: ignore[operator]
        found.append(255 - (int(scores.reshape(-1)[int(logits.argmax())]) + 128))
    return np.array(found)


def _samples(counts_per_g: float) -> tuple[int, int]:
    """The least range and the farthest mean of any half of the recordings, in counts; of every fourth sample, as the firmware looks."""
    ranges, means = [], []
    for recording in CWRU:
        halves = to_counts(load_signal(f"cwru:{recording.number}"), counts_per_g).frames[:, ::4]
        ranges.append(int(np.ptp(halves, axis=1).min()))
        means.append(int(np.abs(halves.mean(axis=1)).max()))
    return min(ranges), max(means)


if __name__ == "__main__":
    main()
