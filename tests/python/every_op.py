"""Random models of every operator: the files of this folder that are called single_op*.py, found by their name."""

from __future__ import annotations

import importlib
from pathlib import Path

from tests.python.single_op import Sample, makers, operator_of, samples

for _file in sorted(Path(__file__).parent.glob("single_op_*.py")):
    importlib.import_module(f"tests.python.{_file.stem}")

__all__ = ["Sample", "makers", "operator_of", "samples"]
