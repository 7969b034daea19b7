"""python -m tests.fuzz [--minutes N] [--format tflite|onnx] [--seed N]: hostile files for the importers, for as long as asked.

Half of the time goes to mutants of models and half to atheris, where that is installed. The corpora are kept in build/fuzz/<format>/corpus,
seeded by the first call; what is found is kept in build/fuzz/<format>/found, and is named. Exit status 1: something was found.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from stator.paths import ROOT
from tests.fuzz.campaign import Found, environment, mutants
from tests.fuzz.mutants import mutant, seeds
from tests.fuzz.target import MEMORY_BYTES, SECONDS, SUFFIXES

BATCH = 500
MAX_BYTES = 32_768  # of a file that atheris makes
LIBFUZZER_BYTES = 256 * 1024 * 1024  # what the process holds before the first file, instrumented


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--minutes", type=float, default=10.0)
    words.add_argument("--format", choices=[suffix[1:] for suffix in SUFFIXES])
    words.add_argument("--seed", type=int, default=int(time.time()))
    asked = words.parse_args()
    logging.getLogger().setLevel(logging.ERROR)  # onnxruntime's quantizer has advice
    chosen = [suffix for suffix in SUFFIXES if asked.format in (None, suffix[1:])]
    each = asked.minutes * 60 / len(chosen) / 2
    total = 0
    for suffix in chosen:
        folder = ROOT / "build" / "fuzz" / suffix[1:]
        for kept in ("corpus", "found"):
            (folder / kept).mkdir(parents=True, exist_ok=True)
        total += _mutants(suffix, asked.seed, each, folder / "found")
        total += _guided(suffix, asked.seed, each, folder)
    return 1 if total else 0


def _mutants(suffix: str, seed: int, seconds: float, kept: Path) -> int:
    end, first, taken, found = time.monotonic() + seconds, 0, 0, list[Found]()
    while time.monotonic() < end:
        outcome = mutants(suffix, seed, first, BATCH)
        first, taken, found = first + BATCH, taken + outcome.taken, found + list(outcome.found)
        for one in outcome.found:
            data = mutant(suffix, seed, one.index)
            file = kept / f"{hashlib.sha256(data).hexdigest()[:16]}{suffix}"
            file.write_bytes(data)
            print(f"{file}: {one.how}", flush=True)
    print(
        f"{suffix[1:]}: {first:,} mutants of seed {seed}, {taken:,} taken, {first - taken - len(found):,} refused, {len(found)} wrong",
        flush=True,
    )
    return len(found)


def _guided(suffix: str, seed: int, seconds: float, folder: Path) -> int:
    if find_spec("atheris") is None:
        print(f"{suffix[1:]}: atheris has no wheel for this Python; mutants only", flush=True)
        return 0
    corpus = folder / "corpus"
    for data in seeds(suffix):
        if len(data) <= MAX_BYTES:
            (corpus / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    limits = {
        "max_total_time": round(seconds),
        "timeout": SECONDS * 3,  # of the wall clock
        "rss_limit_mb": (MEMORY_BYTES + LIBFUZZER_BYTES) >> 20,
        "max_len": MAX_BYTES,
        "seed": seed % 2**31,
        "artifact_prefix": f"{folder / 'found'}/",
    }
    words = [sys.executable, "-m", "tests.fuzz.guided", suffix, *(f"-{name}={value}" for name, value in limits.items()), str(corpus)]
    done = subprocess.run(words, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False, errors="replace")
    telling = [line for line in done.stderr.splitlines() if line.startswith("Done ")]
    print(f"{suffix[1:]}: atheris, {telling[-1] if telling else 'stopped'}; {len(list(corpus.iterdir())):,} files in {corpus}", flush=True)
    if done.returncode:
        print("\n".join(done.stderr.splitlines()[-30:]), flush=True)
    return int(done.returncode != 0)


if __name__ == "__main__":
    sys.exit(main())
