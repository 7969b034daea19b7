"""EQUAL: a == b, for tensors that broadcast; the answer is bool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from stator.ops import operator
from stator.ops._compare import SAME, Compare


@operator("EQUAL", options="EqualOptions")
@dataclass(frozen=True, slots=True)
class Equal(Compare):
    accepts: ClassVar[int] = SAME
