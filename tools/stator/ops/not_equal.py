"""NOT_EQUAL: a != b, for tensors that broadcast; the answer is bool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from stator.ops import operator
from stator.ops._compare import LESS, MORE, UNORDERED, Compare


@operator("NOT_EQUAL", options="NotEqualOptions")
@dataclass(frozen=True, slots=True)
class NotEqual(Compare):
    accepts: ClassVar[int] = LESS | MORE | UNORDERED
