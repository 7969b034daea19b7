"""LESS_EQUAL: a <= b, for tensors that broadcast; the answer is bool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from stator.ops import operator
from stator.ops._compare import LESS, SAME, Compare


@operator("LESS_EQUAL", options="LessEqualOptions")
@dataclass(frozen=True, slots=True)
class LessEqual(Compare):
    accepts: ClassVar[int] = LESS | SAME
