"""What a test cannot do without."""

from __future__ import annotations

import shutil

import pytest


def needs(*programs: str) -> None:
    """Skips the test where one of these programs is not installed, and names it."""
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
