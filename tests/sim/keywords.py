"""Robot Framework keywords of the scenarios beside this file. The same on QEMU and on Renode: what differs is in machines.py."""

from __future__ import annotations

import os
import re
import sys

import numpy as np
from elftools.elf.elffile import ELFFile
from robot.api import SkipExecution
from robot.api.deco import keyword, library

from stator.board import load_board
from stator.build import Image, build
from stator.data import load_halves
from stator.frontends import load
from stator.measure.oracle import oracle
from stator.measure.replay import check_stream, compare
from stator.sim import qemu
from stator.sim.machines import Enough, Machine, Renode, machine
from stator.spec import load_model_spec
from stator.telemetry import Telemetry, decode, shown
from stator.verbs.run import as_converted

LIVE = bool(os.environ.get("STATOR_LIVE"))
SELF = {"arm": b"\xfe\xe7", "riscv": b"\x01\xa0"}  # an instruction that jumps to itself: b ., c.j .


@library(scope="GLOBAL")
class keywords:  # noqa: N801 (Robot names a library by its class, and this one by its module)
    """Times are virtual: "2 s" is two seconds of the board's, however long the simulator takes."""

    def __init__(self) -> None:
        self._image: Image | None = None
        self._halves: qemu.Halves = np.zeros((0, 1024), np.int16)
        self._machine: Machine | None = None
        self._shown = 0
        self._undo: list[tuple[int, bytes]] = []

    @keyword
    def load_board(self, board: str, model: str = "bearing") -> None:
        """Builds the image that is shipped, once for all suites of a run."""
        if self._image is None or (self._image.board.name, self._image.spec.name) != (board, model):
            self._image = build(load_board(board), load_model_spec(model))

    @keyword
    def feed_signal(self, signal: str) -> None:
        """What the ADC converts, looped: as SIGNAL of `invoke run`, or `constant:N` for a sensor that gives N counts and nothing else.

        Starts the board anew."""
        image = self._loaded()
        spec = image.spec
        assert spec.input is not None
        if signal.startswith("constant:"):
            frames = np.full((8, spec.input.half_samples), int(signal.removeprefix("constant:")), np.int16)
        else:
            frames = load_halves(signal, spec.input)
        self._halves = as_converted(image.board, frames)
        self.stop_board()
        samples = qemu.signal_image(self._halves)
        on_qemu = image.board.simulator is not None and image.board.simulator.kind == "qemu"
        self._machine = machine(image.board, image.elf, samples if on_qemu else samples[qemu.SIGNAL_HEADER_BYTES :])
        self._shown = 0

    @keyword
    def advance_time(self, time: str) -> None:
        """Lets the board run; on QEMU to the first record after that."""
        self._run(lambda data: False, _seconds(time))

    @keyword
    def wait_for_line(self, pattern: str, timeout: str = "5 s") -> str:
        """Runs until the board has said something in which `pattern` is found, as `invoke sim` shows it: `banner version=...`, `record
        sequence=...`, `crash ...`, or text. From the start of the board on. Returns it."""
        wanted = re.compile(pattern)

        def found(data: bytes) -> str | None:
            return next((line for line in shown(data) if wanted.search(line)), None)

        self._run(lambda data: found(data) is not None, _seconds(timeout))
        line = found(self._heard())
        if line is None:
            last = list(shown(self._heard()))[-3:]
            raise AssertionError(f"no line with '{pattern}' in {timeout}; the last ones: {last}")
        return line

    @keyword
    def wait_for_frames(self, count: str, timeout: str = "60 s") -> None:
        """Runs until so many records have come."""
        self._run(lambda data: len(decode(data, cut=True).records) >= int(count), _seconds(timeout))
        have = len(self._telemetry().records)
        if have < int(count):
            raise AssertionError(f"{have} records in {timeout}, not {count}")

    @keyword
    def wait_for_reason(self, reason: str, timeout: str = "10 s") -> None:
        """Runs until a record or heartbeat says that the firmware is not well for this reason (stator.telemetry, REASONS)."""
        self._run(lambda data: reason in _reasons(decode(data, cut=True)), _seconds(timeout))
        if reason not in _reasons(self._telemetry()):
            raise AssertionError(f"'{reason}' was not said in {timeout}: {_reasons(self._telemetry())}")

    @keyword
    def wait_until_well(self, timeout: str = "10 s") -> None:
        """Runs until the newest record says that all is well."""
        self._run(lambda data: _well(decode(data, cut=True)), _seconds(timeout))
        if not _well(self._telemetry()):
            raise AssertionError(f"not well after {timeout}: {_reasons(self._telemetry())}")

    @keyword
    def read_counter(self, name: str) -> int:
        """frames, overruns, garbage or restarts, as the telemetry has them by now."""
        said = self._telemetry()
        counters = {
            "frames": len(said.records),
            "overruns": max((r.overruns for r in said.records), default=0),
            "garbage": said.garbage,
            "restarts": len(said.crashes),
        }
        if name not in counters:
            raise AssertionError(f"no counter '{name}'; there are: {', '.join(counters)}")
        return counters[name]

    @keyword
    def inject_fault(self, fault: str, symbol: str) -> None:
        """`hang`: the function never returns. `bit flip`: one bit of the array or function is another. By a debugger's hand."""
        assert self._machine is not None
        at, size = self._symbol(symbol)
        if fault == "hang":
            data = SELF[self._loaded().board.isa]
        elif fault == "bit flip":
            at += size // 2
            data = bytes([self._machine.read(at, 1)[0] ^ 0x04])
        else:
            raise AssertionError(f"no fault '{fault}'; there are: hang, bit flip")
        self._undo.append((at, self._machine.read(at, len(data))))
        self._machine.write(at, data)

    @keyword
    def skip_without_thermometer(self) -> None:
        """Skips the test on a board that has no temperature sensor."""
        if self._loaded().board.temperature is None:
            raise SkipExecution("the board has no temperature sensor")

    @keyword
    def set_temperature(self, celsius: str) -> None:
        """What the board's temperature sensor measures from now on."""
        assert self._machine is not None
        self._machine.set_temperature(self._thermometer(), float(celsius))

    @keyword
    def unplug_thermometer(self) -> None:
        """It answers no more; Undo Faults plugs it in again. On QEMU, where a device cannot be taken off its bus, it is asked for at an
        address where nobody is; in a chip it gives nothing."""
        if isinstance(self._machine, Renode):
            self._machine.command(f"{self._thermometer()} Unplugged true")
            return
        assert self._machine is not None
        at, _ = self._symbol("tmp102_address")
        self._undo.append((at, self._machine.read(at, 1)))
        self._machine.write(at, b"\x4f")

    @keyword
    def wait_for_temperature(self, celsius: str, within: str = "0.5", timeout: str = "10 s") -> None:
        """Runs until the newest record has it; `none`: until it has none."""

        def there(data: bytes) -> bool:
            newest = decode(data, cut=True).records[-1:]
            if not newest or celsius == "none":
                return bool(newest) and newest[0].temperature is None
            return newest[0].temperature is not None and abs(newest[0].temperature / 100 - float(celsius)) <= float(within)

        self._run(there, _seconds(timeout))
        if not there(self._heard()):
            raise AssertionError(f"not {celsius} in {timeout}: {[r.temperature for r in self._telemetry().records[-3:]]}")

    @keyword
    def skip_without_watchdog(self) -> None:
        """Skips the test on a board that models none."""
        if "no_watchdog" in self._loaded().board.drivers:
            raise SkipExecution("the board has no watchdog")

    @keyword
    def undo_faults(self) -> None:
        """Memory is again what it was before the faults."""
        assert self._machine is not None
        while self._undo:
            self._machine.write(*self._undo.pop())
        if isinstance(self._machine, Renode) and self._loaded().board.temperature is not None:
            self._machine.command(f"{self._thermometer()} Unplugged false")

    @keyword
    def frames_should_be_exact(self) -> None:
        """Every record so far: its half by position in the signal, features and logits by the host's oracle, none lost, none twice."""
        image, records = self._loaded(), self._telemetry().records
        assert image.plan.sampling is not None
        stream = check_stream(records, self._halves, image.plan.sampling.half_ticks)
        checker = oracle(image.spec, load(image.spec.path), self._halves)
        comparison = compare(records, list(checker.replay([r.sequence for r in records])))
        problems = [*stream.problems, *comparison.problems]
        if problems or not comparison.exact or stream.lost or stream.duplicated:
            raise AssertionError("; ".join(problems) or "not exact")

    @keyword
    def stop_board(self) -> None:
        """Ends the simulator."""
        if self._machine is not None:
            self._machine.close()
        self._machine = None
        self._undo = []

    def _loaded(self) -> Image:
        if self._image is None:
            raise AssertionError("no board is loaded: Load Board comes first")
        return self._image

    def _heard(self) -> bytes:
        return self._machine.heard() if self._machine is not None else b""

    def _telemetry(self) -> Telemetry:
        return decode(self._heard(), cut=True)

    def _run(self, enough: Enough, limit_s: float) -> None:
        if self._machine is None:
            raise AssertionError("the board does not run: Feed Signal starts it")
        self._machine.run(lambda data: self._show(data) or enough(data), limit_s)
        self._show(self._heard())

    def _show(self, data: bytes) -> bool:
        """To whoever runs one scenario by hand (invoke sim), what the board says, as it comes."""
        if LIVE and sys.__stdout__ is not None:
            lines = list(shown(data))
            sys.__stdout__.writelines(f"{line}\n" for line in lines[self._shown :])
            sys.__stdout__.flush()
            self._shown = len(lines)
        return False

    def _thermometer(self) -> str:
        found = self._loaded().board.temperature
        if found is None:
            raise AssertionError("the board has no temperature sensor: Skip Without Thermometer")
        return found.simulated

    def _symbol(self, name: str) -> tuple[int, int]:
        """Address and bytes. Thumb functions without the bit that says so."""
        with self._loaded().elf.open("rb") as file:
            table = ELFFile(file).get_section_by_name(".symtab")
            found = table.get_symbol_by_name(name) if table is not None else None  # type: ignore[attr-defined]
        if not found:
            raise AssertionError(f"the image has no symbol '{name}'")
        thumb = 1 if self._loaded().board.isa == "arm" and found[0]["st_info"]["type"] == "STT_FUNC" else 0
        return found[0]["st_value"] - thumb, found[0]["st_size"]


def _seconds(text: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?(ms|s)", text)
    if found is None:
        raise AssertionError(f"'{text}' is no time; it is written as 2 s or 50 ms")
    return float(found[1]) * (0.001 if found[2] == "ms" else 1.0)


def _health(said: Telemetry) -> list[tuple[str, ...]]:
    return [word.reasons for word in (*(r.health for r in said.records), *(beat.health for beat in said.heartbeats))]


def _reasons(said: Telemetry) -> set[str]:
    return {reason for reasons in _health(said) for reason in reasons}


def _well(said: Telemetry) -> bool:
    newest = said.records[-1:]
    return bool(newest) and newest[0].health.well
