"""Where telemetry comes from: a serial port, or a simulated board at the pace of a real one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import serial

from stator.board import Board
from stator.build import build
from stator.data import load_halves
from stator.errors import ConfigError, ToolError
from stator.sim import simulator
from stator.spec import ModelSpec

BAUD = 115200
POLL_S = 0.1
Hear = Callable[[bytes], bool]
"""Gets the bytes as they come, and from a port nothing where none came for POLL_S seconds; true ends the watch."""
Listen = Callable[[Hear], None]


def port(name: str) -> Listen:
    """Reads a serial port, or any URL that pyserial knows, such as socket://host:port. Raises ToolError when it listens."""

    def listen(hear: Hear) -> None:
        try:
            with serial.serial_for_url(name, BAUD, timeout=POLL_S) as line:
                while not hear(line.read(max(1, line.in_waiting))):
                    pass
        except (serial.SerialException, OSError, ValueError) as error:
            known = ", ".join(sorted(str(path) for path in Path("/dev").glob("tty[AU][CS][MB]*"))) or "none is plugged in"
            raise ToolError(f"serial port {name[:80]}: {str(error)[:200]}", remedy=f"a port that is there: {known}") from None

    return listen


def simulated(board: Board, spec: ModelSpec, signal: str) -> Listen:
    """Builds the firmware where needed; then plays `signal`, looped, on the simulated board.

    QEMU sleeps while the firmware does, so that a second is a second; RTL takes what it takes. Raises StatorError.
    """
    if spec.input is None:
        raise ConfigError(f"model '{spec.name}' watches no sensor", remedy="a model with input, features and window in its model.yml")
    simulator.version(board)  # refuses a board without one
    image = build(board, spec)
    loaded = simulator.signal_image(board, load_halves(signal, spec.input))
    facts = board.simulator
    paced = ("-icount", f"shift={facts.icount_shift},sleep=on") if facts and facts.kind == "qemu" else ()

    def listen(hear: Hear) -> None:
        simulator.simulate(board, image.elf, hear, loaded=loaded, more=paced)

    return listen
