"""GREATER: a > b, for tensors that broadcast; the answer is bool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from stator.ops import operator
from stator.ops._compare import MORE, Compare


@operator("GREATER", options="GreaterOptions")
@dataclass(frozen=True, slots=True)
class Greater(Compare):
    accepts: ClassVar[int] = MORE
