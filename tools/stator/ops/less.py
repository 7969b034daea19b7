"""LESS: a < b, for tensors that broadcast; the answer is bool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from stator.ops import operator
from stator.ops._compare import LESS, Compare


@operator("LESS", options="LessOptions")
@dataclass(frozen=True, slots=True)
class Less(Compare):
    accepts: ClassVar[int] = LESS
