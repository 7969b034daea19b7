"""Energy per decision: from the share of the time that the core is awake and the board's table of currents, or from a recorded current.

A recording is a CSV file as Nordic's Power Profiler exports it (header `Timestamp(ms),Current(uA)`, more columns may follow), or
Joulescope's UI with its header (`#time (s),current (A),voltage (V)`). Every byte is untrusted.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stator.board import Board, Power
from stator.errors import SignalError
from stator.sim.awake import Awake

MAX_FILE_BYTES = 512 * 1024**2
_KINDS = {  # header -> whose, and what one unit of time, current and voltage is in s, µA and V
    ("Timestamp(ms)", "Current(uA)"): ("PPK2", 1e-3, 1.0, None),
    ("#time (s)", "current (A)", "voltage (V)"): ("Joulescope", 1.0, 1e6, 1.0),
}
_EXPORT = "export it again with its header: Timestamp(ms),Current(uA) from a PPK2, #time (s),current (A),voltage (V) from a Joulescope"


@dataclass(frozen=True, slots=True)
class Energy:
    """Mean current and power while the firmware goes on, and what one decision takes; `source` says where from."""

    mean_ua: float
    mean_uw: float
    decision_s: float
    source: str

    @property
    def per_decision_uj(self) -> float:
        return self.mean_uw * self.decision_s

    def battery_h(self, mah: float) -> float:
        """Hours of a battery: its charge over the mean current, and nothing that it loses by itself."""
        return mah * 1000 / self.mean_ua


@dataclass(frozen=True, slots=True)
class Recording:
    """A recorded current. `mean_uw` only where voltage was recorded too; means are over time, samples joined by straight lines."""

    source: str
    samples: int
    seconds: float
    mean_ua: float
    peak_ua: float
    mean_uw: float | None


def duty_cycle(board: Board, awake: Awake) -> float:
    """The share of the time that the core is awake at the board's clock; an instruction takes what `timing` takes for one."""
    each = 1.0 if awake.unit == "cycles" or board.timing is None else board.timing.cycles_per_instruction
    return awake.per_second * each / board.clock_hz


def from_table(power: Power, duty: float, decision_s: float) -> Energy | None:
    """None where the table does not know both currents."""
    if power.run_ua is None or power.sleep_ua is None:
        return None
    mean_ua = power.run_ua * duty + power.sleep_ua * (1 - duty)
    return Energy(mean_ua, mean_ua * power.supply_mv / 1000, decision_s, power.source)


def from_recording(recording: Recording, supply_mv: float | None, decision_s: float) -> Energy:
    """`supply_mv` is needed where the recording has no voltage. Raises SignalError."""
    if recording.seconds < decision_s:
        raise SignalError(
            f"the recording is {recording.seconds:.3g} s long, and a decision comes every {decision_s:.3g} s", remedy="a longer one"
        )
    if recording.mean_uw is not None:
        return Energy(recording.mean_ua, recording.mean_uw, decision_s, recording.source)
    if supply_mv is None:
        raise SignalError(
            "the recording has no voltage, and board.yml names none", remedy="--supply with the millivolts that the board was fed with"
        )
    return Energy(recording.mean_ua, recording.mean_ua * supply_mv / 1000, decision_s, f"{recording.source}, at {supply_mv:g} mV")


def read_recording(path: Path) -> Recording:
    """Reads a CSV file of a PPK2 or a Joulescope. Raises SignalError that says what is wrong, and in which line where one is to blame."""
    name = path.name
    try:
        if not path.is_file():
            raise SignalError(f"{name}: no such file", remedy="a CSV file exported from a PPK2 or a Joulescope")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise SignalError(f"{name}: {path.stat().st_size:,} B are too many", remedy=f"export a piece of at most {MAX_FILE_BYTES:,} B")
        with path.open(encoding="utf-8-sig", newline=None) as file:
            header = [cell.strip() for cell in file.readline(1000).rstrip("\n").split(",")]
            kind = next((k for k in _KINDS if tuple(header[: len(k)]) == k), None)
            if kind is None:
                raise SignalError(f"{name}: its first line is none of a recorded current", remedy=_EXPORT)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of a file without samples
                values = np.loadtxt(file, np.float64, comments=None, delimiter=",", usecols=range(len(kind)), ndmin=2)
    except UnicodeDecodeError:
        raise SignalError(f"{name}: is no text", remedy=_EXPORT) from None
    except (OSError, ValueError, OverflowError) as error:
        raise SignalError(f"{name}: cannot be read: {str(error)[:120]}", remedy=_EXPORT) from None
    whose, seconds, microamperes, volts = _KINDS[kind]
    if len(values) < 2:
        raise SignalError(f"{name}: has {len(values)} samples, and two make a length of time", remedy="a longer recording")
    _check(name, values)
    at, current = values[:, 0] * seconds, values[:, 1] * microamperes
    length = float(at[-1] - at[0])
    mean_ua = float(np.trapezoid(current, at)) / length
    if not 0 < mean_ua < 1e8:
        raise SignalError(f"{name}: {mean_ua:,.3g} µA on average is no board's current", remedy="the sign of the current, or its unit")
    power = None if volts is None else float(np.trapezoid(current * values[:, 2] * volts, at)) / length
    return Recording(f"{whose}, {name}", len(values), length, mean_ua, float(current.max()), power)


def _check(name: str, values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
    """Numbers, and times that go on."""
    bad = np.flatnonzero(~np.isfinite(values).all(axis=1) | (np.abs(values) > 1e15).any(axis=1))
    if len(bad):
        raise SignalError(f"{name}, line {bad[0] + 2}: is no sample", remedy="cut that part off, and export it again")
    back = np.flatnonzero(np.diff(values[:, 0]) <= 0)
    if len(back):
        raise SignalError(f"{name}, line {back[0] + 3}: its time is not after the one before", remedy="export one piece of time at once")
