"""What a block of instructions takes.

On the simplest cores: what its instructions take, each by the one before it (`one_by_one`). On cores that issue two at once, or have
pipes that an instruction holds for longer than a cycle (`cycles`): in order, an instruction issues no earlier than the one before it,
not before its pipe is free, and not before each register that it reads is there. A core says how many cycles after its issue an
instruction gives its result, and how many after its own another one needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from stator.cycles.instruction import Instruction


@dataclass(frozen=True, slots=True)
class Use:
    """What an instruction holds: `issues` cycles in which nothing else may issue but what goes beside it (0: it takes no time at all),
    and one of `pipes`, where there are any, for `busy` cycles."""

    issues: int = 1
    pipes: tuple[str, ...] = ()
    busy: int = 1


class Core(Protocol):
    """A core's table. `early`: all that the instruction reads was there a cycle before it must be."""

    def use(self, now: Instruction) -> Use: ...

    def reads(self, now: Instruction) -> frozenset[str]: ...

    def writes(self, now: Instruction) -> frozenset[str]: ...

    def gives(self, now: Instruction, register: str, early: bool) -> int: ...

    def needs(self, now: Instruction, register: str, giver: Instruction) -> int: ...

    def beside(self, before: Instruction, now: Instruction) -> bool:
        """Whether `now` may issue in the cycle of `before`, which issued alone."""
        ...


def one_by_one(each: Callable[[Instruction | None, Instruction], int]) -> Callable[[Sequence[Instruction], Sequence[Instruction]], int]:
    """Cycles of a block, from those of an instruction by the one before it."""

    def block(lead: Sequence[Instruction], code: Sequence[Instruction]) -> int:
        return sum(each(before, now) for before, now in zip([lead[-1] if lead else None, *code], code, strict=False))

    return block


def cycles(core: Core, lead: Sequence[Instruction], code: Sequence[Instruction]) -> int:
    """Cycles of `code` behind `lead`; of a loop's turn behind a turn, where `code` ends with a branch to its start."""
    last = code[-1]
    if last.kind == "branch" and last.operands.partition(" <")[0].rpartition(" ")[2] == f"{code[0].address:x}":
        lead = code
    board = _Scoreboard(core)
    for now in lead:
        board.issue(now)
    start = board.clock
    for now in code:
        board.issue(now)
    return board.clock - start


class _Scoreboard:
    def __init__(self, core: Core) -> None:
        self.core = core
        self.clock = 0  # the first cycle in which nothing has issued
        self.alone: tuple[Instruction, int] | None = None  # what issued in the last cycle, and when, if another may go beside it
        self.given: dict[str, tuple[int, Instruction]] = {}
        self.free: dict[str, int] = {}

    def issue(self, now: Instruction) -> None:
        use = self.core.use(now)
        reads = [(self.given[r], r) for r in self.core.reads(now) if r in self.given]
        there = max((when - self.core.needs(now, register, giver) for (when, giver), register in reads), default=-1)
        pipe = min(use.pipes, key=lambda name: self.free.get(name, 0), default=None)
        soonest = max(there, self.free.get(pipe, 0) if pipe else 0)
        if self.alone and soonest <= self.alone[1] and self.core.beside(self.alone[0], now):
            at, self.alone = self.alone[1], None
        elif use.issues == 0:
            at = self.clock
        else:
            at = max(self.clock, soonest)
            self.clock = at + use.issues
            self.alone = (now, at) if use.issues == 1 else None
        if pipe:
            self.free[pipe] = at + use.busy
        self.given |= {register: (at + self.core.gives(now, register, there < at), now) for register in self.core.writes(now)}
