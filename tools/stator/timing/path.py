"""The longest way through a function: an upper bound of the instructions that one call executes.

The control flow comes from the disassembly of the linked image. What lies in a loop is counted as often as `loops` allows; a loop that
nobody bounded is an error, and so are a recursion, a jump through a table and a call through a pointer. Ways that end in a function
that does not return (`dead`) are failures, and not counted. Instructions of an IT block count whether or not they are executed.

The method is the timing schema with loop bounds of Puschner and Koza, "Calculating the maximum execution time of real-time programs"
(Real-Time Systems 1, 1989), on the graph of the machine code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from stator.errors import ToolError
from stator.measure.disassembly import Flow, flows, owner_among
from stator.measure.elf import Elf

DEAD = frozenset(
    {"stator_fail", "stator_port_assert", "stator_riscv_fault", "stator_board_exit", "vApplicationStackOverflowHook", "returned"}
)
_BY_REGISTER = frozenset({"PendSV_Handler"})  # leave by `bx` of the EXC_RETURN that was saved with the task


class UnboundedTime(ToolError):
    """No bound: says which function, where in it, and why."""


@dataclass(slots=True)
class Code:
    """The functions of an image. `loops`: how often at most one call executes what lies in a loop of a function, by its name;
    `fixed`: instructions of functions that are not followed."""

    loops: Mapping[str, int]
    fixed: Mapping[str, int]
    functions: list[Flow]
    by_name: dict[str, Flow]
    names: dict[int, list[str]]
    _dead: frozenset[int] = frozenset()
    _costs: dict[tuple[int, frozenset[int], str], int | None] = field(default_factory=dict)

    @classmethod
    def of(cls, elf: Elf, loops: Mapping[str, int], fixed: Mapping[str, int] | None = None, dead: frozenset[str] = DEAD) -> Code:
        """Reads an image. Raises ToolError."""
        functions, names = flows(elf)
        by_name = {name: f for f in functions for name in names[f.start]}
        return cls(loops, fixed or {}, functions, by_name, names, frozenset(by_name[n].start for n in dead if n in by_name))

    def has(self, name: str) -> bool:
        return name in self.by_name

    def path(self, name: str, without: frozenset[str] = frozenset(), calls: str = "") -> int:
        """Instructions of one call of `name`. `without`: functions that count nothing, since another row has them; `calls`: whom a call
        through a pointer reaches. Raises UnboundedTime."""
        if name not in self.by_name:
            raise UnboundedTime(
                f"the image has no function '{name}'", remedy="`timing: handlers` of board.yml names functions of the firmware"
            )
        skipped = frozenset(self.by_name[n].start for n in without if n in self.by_name)
        whole = self._function(self.by_name[name], skipped, calls, ())
        if whole is None:
            raise UnboundedTime(f"'{name}' never returns")
        return whole

    def _function(self, flow: Flow, without: frozenset[int], calls: str, above: tuple[int, ...]) -> int | None:
        """None: it never returns."""
        if flow.start in without:
            return 0
        if flow.start in self._dead:
            return None
        known = next((self.fixed[n] for n in self.names[flow.start] if n in self.fixed), None)
        if known is not None:
            return known
        if flow.start in above:
            raise UnboundedTime(f"'{flow.name}' calls itself, so its time has no bound")
        key = (flow.start, without, calls)
        if key not in self._costs:
            self._costs[key] = self._longest(flow, without, calls, (*above, flow.start))
        return self._costs[key]

    def _longest(self, flow: Flow, without: frozenset[int], calls: str, above: tuple[int, ...]) -> int | None:
        edges: dict[int, list[int]] = {}
        costs: dict[int, int] = {}
        exits: set[int] = set()
        owner = owner_among(self.functions)
        work = [flow.start]
        while work:
            at = work.pop()
            if at in edges:
                continue
            if at not in flow.steps:
                raise UnboundedTime(f"{flow.name}: no instruction at {at:#x}")
            step, after = flow.steps[at]
            costs[at], edges[at], falls = 1, [], step.falls
            if step.table:
                raise UnboundedTime(f"{flow.name}: a jump through a table at {at:#x}")
            if step.indirect and not (flow.name in _BY_REGISTER and not step.call):
                if not calls:
                    raise UnboundedTime(f"{flow.name}: a call through a pointer at {at:#x}")
                costs[at] += self.path(calls)
            goes: Flow | None = None  # to another function, and comes back only where it is a call
            if step.target is not None:
                goes = owner(step.target)
                if goes is flow and not (step.call and step.target == flow.start):
                    edges[at].append(step.target)
                    goes = None
                elif goes is None or goes.start != step.target:
                    raise UnboundedTime(f"{flow.name}: a jump into the middle of something at {at:#x}")
            elif falls and after < 0:
                goes, falls = owner(flow.end), False
                if goes is None:
                    raise UnboundedTime(f"{flow.name}: runs out of the image at {at:#x}")
            elif not falls:
                exits.add(at)
            if goes is not None:
                cost = self._function(goes, without, calls, above)
                if cost is not None:
                    costs[at] += cost
                    if not step.call:
                        exits.add(at)
                elif step.call:
                    falls = False
            if falls and after >= 0:
                edges[at].append(after)
            work += edges[at]
        return self._through(flow, edges, costs, exits)

    def _through(self, flow: Flow, edges: dict[int, list[int]], costs: dict[int, int], exits: set[int]) -> int | None:
        """The most costly way from the start to an exit: loops (strongly connected parts) become one node each."""
        parts = _components(flow.start, edges)
        part_of = {at: index for index, part in enumerate(parts) for at in part}
        best: list[int | None] = [None] * len(parts)
        for index, part in enumerate(parts):  # callees of the graph come first
            inside = sum(costs[at] for at in part)
            if len(part) > 1 or part[0] in edges[part[0]]:
                bound = next((self.loops[n] for n in map(_plain, self.names[flow.start]) if n in self.loops), None)
                if bound is None:
                    raise UnboundedTime(f"{flow.name}: nobody says how often its loop at {min(part):#x} runs")
                inside *= bound
            ways = [best[part_of[to]] for at in part for to in edges[at] if part_of[to] != index]
            known = [w for w in ways if w is not None] + ([0] if exits & set(part) else [])
            best[index] = inside + max(known) if known else None
        return best[part_of[flow.start]]


def _plain(name: str) -> str:
    """Without what GCC appends to a changed copy of a function."""
    return name.partition(".")[0]


def _components(start: int, edges: Mapping[int, list[int]]) -> list[list[int]]:
    """Strongly connected parts, each after all that it leads to (Tarjan, without recursion)."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    on: set[int] = set()
    stack: list[int] = []
    parts: list[list[int]] = []
    work: list[tuple[int, int]] = [(start, 0)]
    while work:
        at, child = work.pop()
        if child == 0:
            index[at] = low[at] = len(index)
            stack.append(at)
            on.add(at)
        for i, to in enumerate(edges[at][child:], child):
            if to not in index:
                work += [(at, i + 1), (to, 0)]
                break
            if to in on:
                low[at] = min(low[at], index[to])
        else:
            if low[at] == index[at]:
                part = []
                while True:
                    part.append(stack.pop())
                    on.discard(part[-1])
                    if part[-1] == at:
                        break
                parts.append(part)
            if work:
                above = work[-1][0]
                low[above] = min(low[above], low[at])
    return parts
