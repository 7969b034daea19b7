"""`python -m stator`: the same as the `stator` command."""

from __future__ import annotations

from stator.cli import main

main()
