"""READ_VARIABLE and ASSIGN_VARIABLE: what a model keeps from run to run. `stator.frontends._resources` makes them of a file's resources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from stator.ir import Node
from stator.ops import Array, Operands, Placement
from stator.ops._given import Given


@dataclass(frozen=True, slots=True)
class ReadVariable(Given):
    """Input 0 is a variable; the output is what it held before this run. A copy, since the variable changes while others still need it."""

    name: ClassVar[str] = "READ_VARIABLE"

    def placements(self, node: Node, on: Operands) -> tuple[Placement, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class AssignVariable(ReadVariable):
    """Input 0 is the variable, input 1 its new value; all further ones are what was read of it, so that no order of layers assigns first.

    The output is the variable's new value, and lies where it lies."""

    name: ClassVar[str] = "ASSIGN_VARIABLE"

    def sources(self, on: Operands) -> tuple[int, ...]:
        return (1,)

    def states(self) -> tuple[int, ...]:
        return (0,)

    def shows(self) -> tuple[tuple[int, int], ...]:
        return ((0, 0),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        (value,) = Given.reference(self, on, *inputs)
        return value, value
