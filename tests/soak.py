"""python -m tests.soak [--hours N] [--drawn]: healthy signals through the firmware on the host, with sanitizers; any objection is an alarm.

Twenty seeds of the generator, speed and load drifting, and CWRU's four healthy recordings, looped, share the hours. --drawn: machines as
training draws them, structure and noise at random, in place of the one of `synthetic`. Exit status 1: something was not well, a state was
not healthy, or a frame is missing. docs/health.md has what was measured.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import cycle
from pathlib import Path
from typing import IO

import numpy as np

from stator.data import LABELS, available, load_signal, to_counts
from stator.data.signal import FRAME_SAMPLES, SAMPLE_HZ, Samples, Signal
from stator.data.synthetic import Machine, drifting, random_machine
from stator.measure.oracle import UNKNOWN
from stator.progress import progress
from stator.spec import ModelSpec, load_model_spec
from stator.telemetry import Decoder, Record
from tests.python.cmake_project import firmware

SEEDS = range(20)
RECORDINGS = ("cwru:97", "cwru:98", "cwru:99", "cwru:100")
FADE = 2048
AT_ONCE_BYTES = 1 << 20


@dataclass(slots=True)
class Heard:
    """What the firmware said of one signal. `not_well`: records by reason; `wrong`: by a state that is neither healthy nor unknown."""

    frames: int = 0
    not_well: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    failure: str | None = None

    def hear(self, record: Record) -> None:
        self.frames += 1
        self.not_well.update(record.health.reasons)
        if record.state not in (LABELS.index("healthy"), UNKNOWN):
            self.wrong[LABELS[record.state]] += 1


def machine(seed: int, spec: ModelSpec, drawn: bool = False) -> Iterator[Samples]:
    """A machine of the generator about the nominal speed, without end."""
    assert spec.features is not None
    rng = np.random.default_rng(seed)
    one = random_machine("healthy", rng) if drawn else Machine()
    return drifting(replace(one, shaft_hz=spec.features.shaft_hz), rng)


def looped(samples: Samples) -> Iterator[Samples]:
    """A recording without end, its end faded into its start: a jump would be an impact that the machine never made."""
    up = np.linspace(0, 1, FADE)
    joint = samples[-FADE:] * np.sqrt(1 - up) + samples[:FADE] * np.sqrt(up)
    return cycle([np.concatenate([samples[FADE:-FADE], joint])])


def sources(spec: ModelSpec, drawn: bool = False) -> dict[str, Iterator[Samples]]:
    """Signals without end, in g; those that are at hand."""
    found = {f"generator, seed {seed}": machine(seed, spec, drawn) for seed in SEEDS}
    if available("cwru") and not drawn:
        found |= {name: looped(load_signal(name).samples) for name in RECORDINGS}
    return found


def soak(elf: Path, pieces: Iterator[Samples], frames: int, counts_per_g: float) -> Heard:
    """So many frames of a signal."""
    heard, decoder = Heard(), Decoder()
    with tempfile.NamedTemporaryFile(prefix="stator-") as file:
        write(file, pieces, frames, counts_per_g)
        with subprocess.Popen([str(elf), file.name, "hr", str(frames)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            while data := process.stdout.read(AT_ONCE_BYTES):
                decoder.feed(data)
                for record in decoder.records:
                    heard.hear(record)
                decoder.records.clear()
    told = decoder.finish(cut=False)
    heard.failure = told.failure or (f"status {process.returncode}" if process.returncode else None)
    return heard


def write(file: IO[bytes], pieces: Iterator[Samples], frames: int, counts_per_g: float) -> None:
    left = frames * FRAME_SAMPLES
    while left:
        counts = to_counts(Signal("", SAMPLE_HZ, next(pieces)), counts_per_g).samples[:left]
        file.write(counts.astype("<i2").tobytes())
        left -= len(counts)
    file.flush()


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--hours", type=float, default=24.0)
    words.add_argument("--drawn", action="store_true")
    asked = words.parse_args()
    spec, started = load_model_spec("bearing"), time.monotonic()
    assert spec.input is not None
    signals = sources(spec, asked.drawn)
    each = int(-(-asked.hours * 3600 * SAMPLE_HZ // FRAME_SAMPLES // len(signals)))
    total, alarms = 0, 0
    with tempfile.TemporaryDirectory(prefix="stator-") as folder, progress("soaking", len(signals)) as show:
        elf = firmware(Path(folder) / "build", "host")
        for done, (name, pieces) in enumerate(signals.items(), 1):
            heard = soak(elf, pieces, each, spec.input.counts_per_g)
            bad = [f"{count} not well: {reason}" for reason, count in heard.not_well.items()]
            bad += [f"{count} told {label}" for label, count in heard.wrong.items()]
            bad += [heard.failure] if heard.failure else [] if heard.frames == each else ["frames are missing"]
            print(f"{name}: {heard.frames:,} frames, {'; '.join(bad) or 'no alarm'}", flush=True)
            total, alarms = total + heard.frames, alarms + bool(bad)
            show(done)
    hours = total * FRAME_SAMPLES / SAMPLE_HZ / 3600
    print(f"{total:,} frames, {hours:.1f} h of {len(signals)} signals, {alarms} of them with an alarm; {time.monotonic() - started:.0f} s")
    return 1 if alarms else 0


if __name__ == "__main__":
    sys.exit(main())
