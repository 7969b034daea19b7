"""One run of an image from reset under QEMU's debug server. Virtual time is counted in the firmware's ticks of 100 ms."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from stator.board import Board
from stator.errors import ToolError
from stator.faults.gdb import LR, PC, SP, Gdb, Gone
from stator.measure.elf import Elf, Symbol
from stator.sim import qemu
from stator.sim.process import running
from stator.telemetry import Decoder, Telemetry

TICK_S = 0.1
ANSWER_S = 90.0
"""Wall-clock seconds in which a simulator reaches its next stop, or else it hangs: a tick takes it some milliseconds."""
_STORE, _SPIN, _UNDEFINED = b"\x01\x60", b"\xfe\xe7", b"\x00\xde"  # str r1, [r0]; b .; udf #0
_SCRATCH = 0x100  # before the end of flash, where no image comes


class Session:
    """A firmware that stands at reset. `ticks`: how many of the firmware's ticks were seen."""

    def __init__(self, board: Board, elf: Elf, gdb: Gdb, serial: Path, rng: random.Random) -> None:
        self.board, self.elf, self.gdb, self.rng, self.ticks = board, elf, gdb, rng, 0
        self._serial = serial.open("rb")
        self._decoder = Decoder()
        self._tick = self.function("stator_health_tick_from_isr")
        self._scratch = next(r.end for r in board.memory.values() if r.kind == "flash") - _SCRATCH  # RAM cannot be executed
        self._calls: dict[int, Callable[[], None]] = {}
        gdb.stop_at(self._tick)

    def close(self) -> None:
        self._serial.close()

    def symbols(self, name: str) -> list[Symbol]:
        found = [s for s in self.elf.symbols if s.name == name or s.name.startswith(f"{name}.")]
        if not found:
            raise ToolError(f"{self.elf.path.name} has no '{name}' to put a fault into")
        return found

    def symbol(self, name: str) -> Symbol:
        return self.symbols(name)[0]

    def function(self, name: str) -> int:
        return next(s.address for s in self.symbols(name) if s.code)

    def run_tick(self) -> None:
        """To the firmware's next tick."""
        while True:
            self._continue()
            at = self.gdb.register(PC)
            if at in self._calls:
                self._calls[at]()
            elif at == self._tick:
                self.ticks += 1
                return

    def run_to(self, address: int) -> None:
        """To an instruction; ticks on the way are counted. Raises ToolError where nothing comes there within 3 s of virtual time."""
        self.gdb.stop_at(address)
        until = self.ticks + 30
        try:
            while self.ticks < until:
                self._continue()
                at = self.gdb.register(PC)
                if at == address:
                    return
                self.ticks += at == self._tick
            raise ToolError(f"the firmware never came to {address:#x}")
        finally:
            with contextlib.suppress(Gone):
                self.gdb.go_past(address)

    def at_each(self, address: int, do: Callable[[], None]) -> None:
        """From now on `do` happens whenever the firmware comes to an instruction between two ticks."""
        self._calls[address] = do
        self.gdb.stop_at(address)

    def _continue(self) -> None:
        self.gdb.go_on()

    def steps(self, count: int) -> None:
        """So many instructions."""
        for _ in range(count):
            self.gdb.step()

    def flip(self, address: int, bit: int) -> None:
        """One bit of memory."""
        self.gdb.write(address, bytes([self.gdb.read(address, 1)[0] ^ 1 << bit]))

    def hold_in_call(self, address: int, bit: int, value: bool) -> None:
        """One bit of memory keeps its value until the function that was just entered returns; nothing interrupts it meanwhile."""
        back, stack = self.gdb.register(LR) & ~1, self.gdb.register(SP)
        self.gdb.keep_alone(True)
        while True:
            byte = self.gdb.read(address, 1)[0]
            held = byte | 1 << bit if value else byte & ~(1 << bit)
            if held != byte:
                self.gdb.write(address, bytes([held]))
            if self.gdb.register(PC) == back and self.gdb.register(SP) == stack:
                break
            self.gdb.step()
        self.gdb.keep_alone(False)

    def device(self, address: int, value: int) -> None:
        """A device's register is written, by the core itself: the debug server's writes do not reach devices."""
        kept = [(n, self.gdb.register(n)) for n in (0, 1, PC)]
        self.gdb.write(self._scratch, _STORE)
        self.gdb.set_register(0, address)
        self.gdb.set_register(1, value)
        self.gdb.set_register(PC, self._scratch)
        self.gdb.step_alone()
        for number, before in kept:
            self.gdb.set_register(number, before)

    def spin(self) -> None:
        """What runs now runs in a circle from here on."""
        self.gdb.write(self._scratch, _SPIN)
        self.gdb.set_register(PC, self._scratch)

    def undefined(self) -> None:
        """What runs now meets an undefined instruction."""
        self.gdb.write(self._scratch, _UNDEFINED)
        self.gdb.set_register(PC, self._scratch)

    def set_stack(self, value: int) -> None:
        self.gdb.set_register(SP, value)

    def lose_way(self) -> None:
        """What runs now goes where there is no code."""
        self.gdb.set_register(LR, 0xF0000000)
        self.gdb.set_register(PC, 0xF0000000)

    def hear(self) -> Decoder:
        """All that was said so far."""
        self._decoder.feed(self._serial.read())
        return self._decoder

    def finish(self) -> Telemetry:
        self.hear()
        return self._decoder.finish(cut=True)


@contextlib.contextmanager
def session(board: Board, elf: Elf, signal: bytes, folder: Path, seed: str) -> Iterator[Session]:
    """QEMU with the image at reset. Resets restart it, with RAM as it is. Raises ToolError where it cannot be started."""
    serial, memory, errors, path = (folder / name for name in ("serial", "memory", "errors", "gdb"))
    memory.write_bytes(signal)
    serial.touch()
    assert board.simulator is not None
    words = [w for w in qemu.command(board.simulator, elf.path, serial, memory) if w != "-no-reboot"]
    words += ["-S", "-chardev", f"socket,id=gdb,path={path},server=on,wait=off", "-gdb", "chardev:gdb"]
    with running(words, errors):
        gdb = _connected(path)
        run = Session(board, elf, gdb, serial, random.Random(seed))
        try:
            yield run
        finally:
            run.close()
            gdb.close()


def _connected(path: Path) -> Gdb:
    """QEMU makes the socket a moment before it listens there."""
    started = time.monotonic()
    while True:
        try:
            return Gdb(path, ANSWER_S)
        except Gone:
            if time.monotonic() - started > ANSWER_S:
                raise
            time.sleep(0.02)
