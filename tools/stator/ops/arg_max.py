"""ARG_MAX: where along an axis the largest element lies; the first of equal ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from stator.ops import operator
from stator.ops._arg import Arg


@operator("ARG_MAX", options="ArgMaxOptions")
@dataclass(frozen=True, slots=True)
class ArgMax(Arg):
    smallest: ClassVar[bool] = False
