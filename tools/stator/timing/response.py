"""Response times under fixed priorities, preemptive.

    w = C + B + sum over more urgent j of  N_j(w) C_j,   N_j(w) = ceil((w + J_j) / T_j), at most A_j

w is iterated until it stands still (Joseph and Pandya, "Finding response times in a real-time system", The Computer Journal 29(5), 1986;
with release jitter J and blocking B: Audsley, Burns, Richardson, Tindell, Wellings, "Applying new scheduling theory to static priority
pre-emptive scheduling", Software Engineering Journal 8(5), 1993). An equal priority counts as more urgent, both ways. A_j bounds what j
can ask for while less urgent work stands still, such as the interrupts of one line of telemetry.

Times are whole nanoseconds: no rounding in favour of anyone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_LIMIT = 64  # periods; past it nothing comes to an end


@dataclass(frozen=True, slots=True)
class Activity:
    """An interrupt or a task. `order`: the smaller, the more urgent. All times in ns; `wait_ns`: what it waits for without the core."""

    name: str
    order: int
    period_ns: int
    cost_ns: int
    deadline_ns: int
    blocking_ns: int = 0
    jitter_ns: int = 0
    wait_ns: int = 0
    at_most: int | None = None

    def releases(self, window_ns: int) -> int:
        count = -(-(window_ns + self.jitter_ns) // self.period_ns)
        return count if self.at_most is None else min(count, self.at_most)


def response_ns(of: Activity, among: Sequence[Activity]) -> int | None:
    """From release to end, at worst; None where it never ends."""
    urgent = [a for a in among if a is not of and a.order <= of.order]
    least = of.cost_ns + of.blocking_ns + of.wait_ns
    window = max(least, 1)
    while True:
        now = least + sum(a.releases(window) * a.cost_ns for a in urgent)
        if now <= window:
            return window + of.jitter_ns
        if now > _LIMIT * max(of.period_ns, of.deadline_ns):
            return None
        window = now


def utilisation(among: Sequence[Activity]) -> float:
    """The share of the core that all of them ask for."""
    return sum(a.cost_ns / a.period_ns for a in among)
