"""energy: what a decision takes and how long a battery lasts, from a current that was recorded on the board."""

from __future__ import annotations

import math
from pathlib import Path

from stator.board import load_board
from stator.errors import ConfigError
from stator.measure.energy import from_recording, read_recording
from stator.memory.sampling import sampling
from stator.progress import status
from stator.spec import load_model_spec
from stator.verb import Results, console, verb


@verb(
    help={
        "board": "a folder of boards/ or a path to one",
        "current": "a CSV file exported from a PPK2 or a Joulescope while the firmware ran",
        "model": "a folder of models/ or a path to one",
        "supply": "millivolts of the supply, where neither the recording nor board.yml tells (0: they do)",
        "battery": "mAh of a battery, to tell how long it lasts (0: board.yml's, if it names one)",
    },
    examples=("energy --board nrf5340 --current ppk.csv --battery 1200",),
)
def energy(board: str, current: str, model: str = "bearing", supply: str = "0", battery: str = "0") -> Results:
    """Energy per decision, mean and peak current, and a battery's life, from a recorded current of MODEL's firmware on BOARD.

    The recording is taken as a piece of what the firmware always does: from its start on, or with a debugger attached, it is not.
    """
    the_board, spec = load_board(board), load_model_spec(model)
    if spec.input is None:
        raise ConfigError(
            f"model '{spec.name}' takes no signal, so it has no decisions in time", remedy="a model with input in its model.yml"
        )
    given_mv, given_mah = _positive("--supply", supply), _positive("--battery", battery)
    power = the_board.power
    supply_mv = given_mv or (power.supply_mv if power else None)
    mah = given_mah or (power.battery_mah if power else None)
    rate = sampling(the_board, spec.input.sample_hz)
    with status("reading the recording"):
        recording = read_recording(Path(current))
    found = from_recording(recording, supply_mv, rate.half_ticks / rate.clock_hz)
    results: dict[str, object] = {
        "board": the_board.name,
        "model": spec.name,
        "energy_uj": round(found.per_decision_uj, 3),
        "energy_source": found.source,
        "current_ua": round(found.mean_ua, 3),
        "current_peak_ua": round(recording.peak_ua, 3),
        "recorded_s": round(recording.seconds, 6),
        "samples": recording.samples,
        **({} if mah is None else {"battery_h": round(found.battery_h(mah), 1)}),
        "verdict": "pass",
        "reasons": [],
    }
    console.print(f"{recording.samples:,} samples, {recording.seconds:,.3f} s: {found.source}", highlight=False, markup=False)
    console.print(f"current {found.mean_ua:,.1f} µA on average, {recording.peak_ua:,.1f} µA at most", highlight=False)
    console.print(f"energy of a decision: {found.per_decision_uj:,.1f} µJ, one every {1000 * found.decision_s:.1f} ms", highlight=False)
    if mah is not None:
        hours = found.battery_h(mah)
        console.print(f"a battery of {mah:g} mAh: {hours:,.0f} h, {hours / 24:,.1f} days, without what it loses by itself", highlight=False)
    return results


def _positive(flag: str, text: str) -> float | None:
    """A number above 0; None for 0. Raises ConfigError."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < 1e9:
        raise ConfigError(f"{flag} {text[:40]}: is no number from 0 to a thousand million", remedy=f"{flag} 3000")
    return value or None
