"""GREATER_EQUAL: a >= b, for tensors that broadcast; the answer is bool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from stator.ops import operator
from stator.ops._compare import MORE, SAME, Compare


@operator("GREATER_EQUAL", options="GreaterEqualOptions")
@dataclass(frozen=True, slots=True)
class GreaterEqual(Compare):
    accepts: ClassVar[int] = MORE | SAME
