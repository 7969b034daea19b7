"""Resource variables of a TFLite file, as variables of the graph.

VAR_HANDLE names a variable, CALL_ONCE points to a second subgraph that assigns constants before the first run, READ_VARIABLE and
ASSIGN_VARIABLE move whole values. Here a variable is one tensor. What is read before the first assignment of a run is what the run
before has left; what is read later is what was assigned; and the last assignment is what stays.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field

from stator.ir import Node, Tensor
from stator.ops import Array, Refusal
from stator.ops._variables import AssignVariable, ReadVariable

#: How many tensors each operator reads and writes.
OPERANDS = {"VAR_HANDLE": (0, 1), "READ_VARIABLE": (1, 1), "ASSIGN_VARIABLE": (2, 0), "CALL_ONCE": (0, 0)}


@dataclass(frozen=True, slots=True)
class Name:
    """What the file calls a variable, and what people and C comments may read of that."""

    container: bytes
    name: bytes
    label: str


@dataclass(slots=True)
class _Variable:
    label: str
    start: Tensor | None = None
    assigned: int | None = None  # the tensor that holds the newest value of this run
    assignment: int = 0  # the place of the last assignment among the nodes
    held: list[int] = field(default_factory=list)  # what was read before the first assignment


class Resources:
    """The variables of one graph, while its nodes are read in order. Raises Refusal."""

    def __init__(self) -> None:
        self._variables: dict[bytes, tuple[bytes, _Variable]] = {}  # by name: container and variable
        self._handles: dict[int, _Variable] = {}
        self.started = False  # by a CALL_ONCE

    def handle(self, tensor: int, name: Name) -> None:
        """VAR_HANDLE: `tensor` stands for the variable of that name from now on."""
        self._handles[tensor] = self._called(name)

    def _called(self, name: Name) -> _Variable:
        container, variable = self._variables.setdefault(name.name, (name.container, _Variable(name.label)))
        if container != name.container:
            raise Refusal("two variables of one name in different containers", remedy="give every variable its own name")
        return variable

    def of(self, tensor: int) -> _Variable:
        """The variable that a handle stands for."""
        if tensor not in self._handles:
            raise Refusal(f"tensor {tensor} is no handle of a variable")
        return self._handles[tensor]

    def start(self, values: Iterable[tuple[Name, Tensor]]) -> None:
        """CALL_ONCE: what variables hold before the first run, each a constant; the last one counts."""
        if any(v.held or v.assigned is not None for _, v in self._variables.values()):
            raise Refusal("variables are initialised after their first use", remedy="initialise them first")
        self.started = True
        for name, value in values:
            self._called(name).start = value

    def read(self, number: int, handle: int, into: int, nodes: list[Node]) -> None:
        """READ_VARIABLE. What is held is known when all is read: `finish` fills in the node's input."""
        variable = self.of(handle)
        source = -1 if variable.assigned is None else variable.assigned
        if variable.assigned is None:
            variable.held.append(into)
        nodes.append(Node(number, ReadVariable(), (source,), (into,)))

    def assign(self, number: int, handle: int, value: int, nodes: list[Node]) -> None:
        """ASSIGN_VARIABLE. Only the last one of a run changes what is kept."""
        variable = self.of(handle)
        variable.assigned, variable.assignment = value, len(nodes)
        nodes.append(Node(number, AssignVariable(), (-1, value), ()))

    def finish(self, tensors: dict[int, Tensor], nodes: list[Node], fresh: int) -> list[Node]:
        """The nodes with their variables, which are added to `tensors` from number `fresh` on."""
        last: dict[int, tuple[int, ...]] = {}
        for _, variable in self._variables.values():
            if variable.assigned is None:
                self._never_changes(variable, tensors)
                continue
            kind = tensors[variable.held[0] if variable.held else variable.assigned].type
            start = None if variable.start is None else _start(variable.start, tensors[variable.assigned])
            tensors[fresh] = Tensor(fresh, variable.label, kind, variable=True, start=start)
            tensors[fresh + 1] = Tensor(fresh + 1, f"{variable.label}, assigned", kind)
            last[variable.assignment] = (fresh, *variable.held)
            fresh += 2
        of_read = {into: at for at, *held in last.values() for into in held}
        out = []
        for place, node in enumerate(nodes):
            if isinstance(node.op, AssignVariable):
                if place in last:
                    at, *held = last[place]
                    out.append(dataclasses.replace(node, inputs=(at, node.inputs[1], *held), outputs=(at + 1,)))
            elif not isinstance(node.op, ReadVariable) or node.inputs[0] != -1:
                out.append(node)
            elif node.outputs[0] in of_read:
                out.append(dataclasses.replace(node, inputs=(of_read[node.outputs[0]],)))
        return out

    def _never_changes(self, variable: _Variable, tensors: dict[int, Tensor]) -> None:
        """Without an assignment, what is read is a constant."""
        for into in variable.held:
            if variable.start is None:
                raise Refusal(f"nothing assigns a value to variable '{variable.label}'")
            tensors[into] = dataclasses.replace(tensors[into], data=_start(variable.start, tensors[into]))


def _start(start: Tensor, like: Tensor) -> Array:
    """The values that a variable starts with; refuses those of another form than it has later."""
    if (start.type.shape, start.type.dtype) != (like.type.shape, like.type.dtype) or start.data is None:
        here, there = (f"{t.type.dtype.value}{list(t.type.shape)}" for t in (start, like))
        raise Refusal(f"a variable starts as {here} and becomes {there}", remedy="initialise it with a constant of its own form")
    return start.data
