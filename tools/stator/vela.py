"""Vela, Arm's compiler for Ethos-U: runs it on a .tflite file and says what it answers."""

from __future__ import annotations

import csv
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from stator.build import tool
from stator.errors import ToolError

ACCELERATOR = "ethos-u55-128"
SYSTEM = "Ethos_U55_High_End_Embedded"
MEMORY = "Shared_Sram"
SECONDS = 120  # a model for a microcontroller takes one


@dataclass(frozen=True, slots=True)
class Compiled:
    """`model`: the .tflite file that the NPU's runtime takes; `cycles`, `sram_bytes`, `flash_bytes`: Vela's estimates; `settings`: of
    the accelerator and the memories they hold for."""

    version: str
    model: bytes
    cycles: int
    sram_bytes: int
    flash_bytes: int
    settings: str


def _run(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=SECONDS, cwd=folder, errors="replace"
        )
    except subprocess.TimeoutExpired:
        raise ToolError(f"vela took more than {SECONDS} s", remedy="is this a model for a microcontroller?") from None


def version() -> str:
    """Raises ToolError where Vela is not installed."""
    done = _run([tool("vela"), "--version"], Path.cwd())
    found = re.search(r"\d+(\.\d+)+", done.stdout)
    if done.returncode != 0 or found is None:
        raise ToolError("vela does not start", details=(done.stderr.strip()[-200:],), remedy="pip install ethos-u-vela")
    return found[0]


def compiled(model: Path) -> Compiled:
    """Compiles a .tflite file. Raises ToolError."""
    name = version()
    with tempfile.TemporaryDirectory(prefix="stator-vela-") as scratch:
        folder = Path(scratch)
        source = folder / "model.tflite"
        source.write_bytes(model.read_bytes())
        words = ["--accelerator-config", ACCELERATOR, "--system-config", SYSTEM, "--memory-mode", MEMORY, "--config", "Arm/vela.ini"]
        done = _run([tool("vela"), *words, "--output-dir", str(folder / "out"), str(source)], folder)
        made = folder / "out" / "model_vela.tflite"
        summary = next((folder / "out").glob("*_summary_*.csv"), None)
        if done.returncode != 0 or summary is None or not made.is_file():
            said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
            raise ToolError(f"vela refuses {model.name}", details=said[-4:], remedy="quantize the model to INT8, or take another runtime")
        with summary.open(newline="", encoding="utf-8") as file:
            row = next(csv.DictReader(file))
        kib = {key: float(row[f"{key}_memory_used"]) for key in ("sram", "on_chip_flash", "off_chip_flash")}
        return Compiled(
            name,
            made.read_bytes(),
            round(float(row["cycles_total"])),
            round(kib["sram"] * 1024),
            round((kib["on_chip_flash"] + kib["off_chip_flash"]) * 1024),
            f"{ACCELERATOR}, {SYSTEM}, {MEMORY}",
        )
