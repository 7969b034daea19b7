"""Where things lie in the source tree."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BOARDS = ROOT / "boards"
MODELS = ROOT / "models"
FIRMWARE = ROOT / "firmware"
