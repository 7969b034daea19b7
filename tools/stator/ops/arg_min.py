"""ARG_MIN: where along an axis the smallest element lies; the first of equal ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from stator.ops import operator
from stator.ops._arg import Arg


@operator("ARG_MIN", options="ArgMinOptions")
@dataclass(frozen=True, slots=True)
class ArgMin(Arg):
    smallest: ClassVar[bool] = True
