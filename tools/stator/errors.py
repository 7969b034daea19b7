"""Errors that a user reads: what is wrong, where, by how much, and what to do now."""

from __future__ import annotations

from collections.abc import Sequence


class StatorError(Exception):
    """Something that the user can mend. Printed as at most one screen, never as a traceback.

    `what` is one sentence that says what is wrong and where (model, node, file:line); `details` are lines with the figures;
    `remedy` says what to do now.
    """

    def __init__(self, what: str, *, details: Sequence[str] = (), remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.details = tuple(details)
        self.remedy = remedy

    def __str__(self) -> str:
        lines = [self.what, *(f"  {line}" for line in self.details)]
        if self.remedy:
            lines.append(f"  try: {self.remedy}")
        return "\n".join(lines)


class ModelError(StatorError):
    """The model file is broken, hostile, or uses what Stator does not take."""


class UnsupportedOperator(ModelError):
    """The model uses an operator, or a form of one, that no file of `stator/ops/` implements."""


class ConfigError(StatorError):
    """A `board.yml` or `model.yml` is malformed; `what` carries file and line."""


class DoesNotFit(StatorError):
    """A plan exceeds a memory region; names the region, the shortfall and the largest tenants."""


class SignalError(StatorError):
    """A recording cannot be used: wrong rate, NaNs, no such file."""


class ToolError(StatorError):
    """A tool outside Stator is missing or failed: compiler, simulator, CMake."""
