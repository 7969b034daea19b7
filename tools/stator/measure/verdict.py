"""Budgets and checks: what was measured beside what is allowed, and why something fails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.table import Table

from stator.board import Board
from stator.measure.sizes import Sizes
from stator.measure.stacks import Stacks
from stator.spec import ModelSpec


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a verdict. `limit` None: shown, not judged."""

    name: str
    measured: float
    limit: float | None
    unit: str
    note: str = ""

    @property
    def holds(self) -> bool:
        return self.limit is None or self.measured <= self.limit

    @property
    def reason(self) -> str:
        """Why it fails, in a sentence; empty where it holds."""
        if self.holds or self.limit is None:
            return ""
        over = self.measured - self.limit
        return (
            f"{self.name}: {_shown(self.measured, self.unit)}, allowed {_shown(self.limit, self.unit)}: {_shown(over, self.unit)} too many"
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """All checks, and reasons that no figure tells."""

    checks: tuple[Check, ...]
    complaints: tuple[str, ...] = ()

    @property
    def reasons(self) -> list[str]:
        return [*(c.reason for c in self.checks if not c.holds), *self.complaints]

    @property
    def word(self) -> str:
        return "fail" if self.reasons else "pass"

    def fields(self) -> dict[str, object]:
        """The contract's `verdict` and `reasons`."""
        return {"verdict": self.word, "reasons": self.reasons}

    def __add__(self, other: Verdict) -> Verdict:
        return Verdict(self.checks + other.checks, self.complaints + other.complaints)


def image_verdict(spec: ModelSpec, sizes: Sizes, stacks: Stacks | None, complaints: Iterable[str] = ()) -> Verdict:
    """Flash, RAM and stacks of an image against model.yml's budgets, and every stack's bound against what is reserved for it."""
    budgets = spec.budgets
    checks = [
        Check("flash", sizes.flash_bytes, budgets.flash_bytes, "B"),
        Check("RAM", sizes.sram_bytes, budgets.sram_bytes, "B"),
        Check("of it stacks", sizes.stack_bytes, budgets.stack_bytes, "B"),
    ]
    for stack in stacks.stacks if stacks else ():
        checks.append(
            Check(f"stack of {stack.name}, bound", stack.bound_bytes, stack.usable_bytes, "B", "limit: bytes reserved, less its guard")
        )
    return Verdict(tuple(checks), tuple(complaints))


def run_verdict(
    spec: ModelSpec, board: Board, *, instructions: int, cycles: int | None = None, latency_us: float, jitter_us: float, overruns: int
) -> Verdict:
    """What a run took against the budgets; `cycles` where RTL counted them."""
    budgets = spec.budgets
    counted = () if cycles is None else (Check("the same in cycles", cycles, budgets.cycles.get(board.name), "cycles", board.title),)
    return Verdict(
        (
            Check("full half to decision, worst", instructions, budgets.instructions.get(board.name), "instructions"),
            *counted,
            Check(
                "the same at the board's clock",
                latency_us,
                budgets.latency_us_on(board),
                "µs",
                f"{board.clock_hz / 1e6:g} MHz" + (", one per clock" if cycles is None else ""),
            ),
            Check("jitter of the feature task", jitter_us, None, "µs"),
            Check("overruns", overruns, budgets.overruns or 0, ""),
        )
    )


def verdict_table(title: str, verdict: Verdict) -> Table:
    """For people."""
    table = Table(title=title, title_justify="left")
    table.add_column("check")
    for name in ("measured", "allowed", "used"):
        table.add_column(name, justify="right")
    table.add_column("")
    for check in verdict.checks:
        limit = "" if check.limit is None else _shown(check.limit, check.unit)
        used = f"{100 * check.measured / check.limit:.0f} %" if check.limit else ""
        mark = ("ok" if check.holds else "TOO MUCH") if check.limit is not None else ""
        table.add_row(check.name, _shown(check.measured, check.unit), limit, used, ", ".join(filter(None, (mark, check.note))))
    return table


def verdict_lines(verdict: Verdict, shown: int = 12) -> Sequence[str]:
    """The last words of a verb: pass, or fail with the reasons."""
    reasons = verdict.reasons
    if not reasons:
        return ("verdict: pass",)
    more = [f"  ... and {len(reasons) - shown} more"] if len(reasons) > shown else []
    return ("verdict: fail", *(f"  {reason}" for reason in reasons[:shown]), *more)


def _shown(value: float, unit: str) -> str:
    number = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
    return f"{number} {unit}".strip()
