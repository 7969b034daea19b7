"""A board that a scenario holds in its hand: QEMU or Renode, whichever the board runs on, stopped whenever the scenario thinks.

Both do the same: time passes only while the scenario waits, what the serial port says is heard as it comes, and a debugger's hand
reaches memory, flash too. QEMU is held by its gdb stub, Renode by the remote server that its own robot suites use. An image whose telemetry
goes through RTT is read by that hand, and what it says is heard like a serial port.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import xmlrpc.client
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from stator.board import Board
from stator.errors import ToolError
from stator.sim import qemu, renode
from stator.sim.ring import Ring
from stator.telemetry import decode

PATIENCE_S = 180.0  # of wall-clock time, for what takes a second on an idle machine
SLICE_S = 0.05  # of virtual time
QUIET_S = 60.0  # of virtual time, in which a firmware says something
HEARTBEAT_HZ = 10  # what a heartbeat's ticks count

Enough = Callable[[bytes], bool]


class Machine(Protocol):
    def run(self, enough: Enough, limit_s: float) -> bool:
        """Lets time pass until `enough` of all that the serial port has said; False after `limit_s` of virtual time."""

    def pass_time(self, seconds: float) -> None:
        """Lets the board run, of virtual time, on QEMU of the wall clock; through RTT nothing is read meanwhile."""

    def heard(self) -> bytes:
        """All that the serial port has said."""

    def read(self, address: int, count: int) -> bytes:
        """Memory as it is."""

    def write(self, address: int, data: bytes) -> None:
        """Memory, flash too; code that runs there is the new one."""

    def set_temperature(self, device: str, celsius: float) -> None:
        """What the sensor `simulated` of board.yml measures from now on."""

    def close(self) -> None:
        """Ends the simulator."""


class Simulator:
    """A simulator's process in a folder of its own; what the serial port says is in the file `serial` there."""

    def __init__(self, ring: Ring | None) -> None:
        self.ring = ring
        self.folder = Path(tempfile.mkdtemp(prefix="stator-scenario-"))
        self.serial = self.folder / "serial"
        self.serial.touch()
        self.process: subprocess.Popen[bytes] | None = None

    def launch(self, words: list[str]) -> None:
        keeper = shutil.which("setpriv")
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [keeper, "--pdeathsig", "KILL", *words] if keeper else words,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @contextlib.contextmanager
    def or_close(self) -> Iterator[None]:
        """No simulator is left behind where the start fails."""
        try:
            yield
        except BaseException:
            Simulator.close(self)
            raise

    def heard(self) -> bytes:
        return self.serial.read_bytes()

    def keep(self, data: bytes) -> None:
        """What was read from RTT; the simulator may append to the file too."""
        with self.serial.open("ab") as file:
            file.write(data)

    def failed(self, what: str) -> ToolError:
        said = (self.folder / "log").read_text(errors="backslashreplace").splitlines()
        return ToolError(what, details=said[-12:])

    def close(self) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Qemu(Simulator):
    """Held by the gdb stub (GDB Remote Serial Protocol). Virtual time is that of the records: QEMU itself does not tell it."""

    def __init__(self, board: Board, elf: Path, samples: bytes, ring: Ring | None) -> None:
        super().__init__(ring)
        assert board.simulator is not None
        memory = self.folder / "memory"
        memory.write_bytes(samples)
        words = qemu.command(board.simulator, elf, self.serial, memory)
        words.remove("-no-reboot")  # a watchdog's bite is a reset
        words += ["-S", "-gdb", f"unix:path={self.folder / 'gdb'},server=on,wait=off"]
        self.launch([*words, "-qmp", f"unix:{self.folder / 'qmp'},server=on,wait=off"])
        with self.or_close():
            self._gdb = self._connect("gdb")
            self._ask("?")

    def run(self, enough: Enough, limit_s: float) -> bool:
        if enough(self.heard()):
            return True
        began, give_up = self._now(), time.monotonic() + PATIENCE_S
        if self.ring is not None:
            return self._run_by_frames(self.ring, enough, began + limit_s)
        self._send("c")
        try:
            while True:
                time.sleep(0.02)
                if enough(self.heard()):
                    return True
                if self._now() - began > limit_s or time.monotonic() > give_up:
                    return False
        finally:
            self._gdb.sendall(b"\x03")
            self._answer()

    def _run_by_frames(self, ring: Ring, enough: Enough, until: float) -> bool:
        """A watchpoint stops the core at each frame, so that however slow this host is, none is dropped. With -icount QEMU stops before the
        write and does not get past it: one step without the watchpoint does."""
        watch = f"2,{ring.write_at:x},4"
        while self._now() <= until:
            for packet in (f"Z{watch}", "c", f"z{watch}", "s"):
                self._ask(packet)
            self.keep(ring.take(self))
            if enough(self.heard()):
                return True
        return False

    def pass_time(self, seconds: float) -> None:
        self._send("c")
        time.sleep(seconds)
        self._gdb.sendall(b"\x03")
        self._answer()

    def read(self, address: int, count: int) -> bytes:
        return bytes.fromhex(self._ask(f"m{address:x},{count:x}"))

    def write(self, address: int, data: bytes) -> None:
        if self._ask(f"M{address:x},{len(data):x}:{data.hex()}") != "OK":
            raise self.failed(f"QEMU does not write {address:#x}")

    def set_temperature(self, device: str, celsius: float) -> None:
        """By QMP (QEMU Machine Protocol): lines of JSON."""
        words = {"path": f"/machine/peripheral/{device}", "property": "temperature", "value": round(1000 * celsius)}
        with self._connect("qmp") as qmp, qmp.makefile("r", encoding="utf-8") as said:
            said.readline()  # who it is
            for command, arguments in (("qmp_capabilities", {}), ("qom-set", words)):
                qmp.sendall(json.dumps({"execute": command, "arguments": arguments}).encode())
                answer = json.loads(said.readline())
                if "return" not in answer:
                    raise self.failed(f"QEMU refuses {command}: {answer}")

    def close(self) -> None:
        self._gdb.close()
        super().close()

    def _now(self) -> float:
        """Virtual seconds at the last record, or the last word of a firmware whose sensor gives none."""
        said = decode(self.heard(), cut=True)
        if said.banner is None:
            return 0.0
        seconds = [r.timestamp / said.banner.sample_clock_hz for r in said.records[-1:]]
        seconds += [beat.ticks / HEARTBEAT_HZ for beat in said.heartbeats[-1:]]
        return max(seconds, default=0.0)

    def _connect(self, name: str) -> socket.socket:
        give_up = time.monotonic() + PATIENCE_S
        while True:
            stub = socket.socket(socket.AF_UNIX)
            try:
                stub.connect(str(self.folder / name))
            except OSError:
                stub.close()
                if time.monotonic() > give_up or (self.process is not None and self.process.poll() is not None):
                    raise self.failed(f"QEMU's socket '{name}' does not answer") from None
                time.sleep(0.05)
            else:
                stub.settimeout(PATIENCE_S)
                return stub

    def _send(self, packet: str) -> None:
        self._gdb.sendall(f"${packet}#{sum(packet.encode()) & 0xFF:02x}".encode())

    def _ask(self, packet: str) -> str:
        self._send(packet)
        return self._answer()

    def _answer(self) -> str:
        data = b""
        while (found := re.search(rb"\$([^#]*)#..", data)) is None:
            more = self._gdb.recv(4096)
            if not more:
                raise self.failed("QEMU ended")
            data += more
        self._gdb.sendall(b"+")
        return found[1].decode()


class Renode(Simulator):
    """Held by Renode's remote server for robot suites: monitor commands over XML-RPC."""

    def __init__(self, board: Board, elf: Path, samples: bytes, ring: Ring | None = None) -> None:
        super().__init__(ring)
        script = self.folder / "board.resc"
        script.write_text(renode.prepared(board, elf, samples, self.folder), encoding="utf-8")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        config = str(self.folder / "config")
        self.launch([renode.find(), "--disable-gui", "--plain", "--hide-log", "--config", config, "--robot-server-port", str(port)])
        self._server = xmlrpc.client.ServerProxy(f"http://127.0.0.1:{port}/")
        with self.or_close():
            self._wait()
            self.command(f"include @{script}")
            self.command("emulation SetAdvanceImmediately true")

    def run(self, enough: Enough, limit_s: float) -> bool:
        left = limit_s
        while not enough(self.heard()):
            if left <= 0:
                return False
            self.pass_time(SLICE_S)
            if self.ring is not None:
                self.keep(self.ring.take(self))
            left -= SLICE_S
        return True

    def pass_time(self, seconds: float) -> None:
        self.command(f'emulation RunFor "{seconds}"')

    def read(self, address: int, count: int) -> bytes:
        said = re.findall(r"0x([0-9A-Fa-f]{2})\b", self.command(f"sysbus ReadBytes {address:#x} {count}"))
        return bytes(int(byte, 16) for byte in said)

    def write(self, address: int, data: bytes) -> None:
        for i, value in enumerate(data):
            self.command(f"sysbus WriteByte {address + i:#x} {value:#x}")

    def set_temperature(self, device: str, celsius: float) -> None:
        self.command(f"{device} Celsius {celsius}")

    def command(self, text: str) -> str:
        """What Renode's monitor says to a command. Raises ToolError where it refuses it."""
        done = self._server.run_keyword("ExecuteCommand", [text])
        assert isinstance(done, dict)
        if done["status"] != "PASS":
            raise ToolError(f"Renode refuses '{text}'", details=str(done.get("error", "")).splitlines()[:5])
        return str(done.get("return", "")).strip()

    def _wait(self) -> None:
        give_up = time.monotonic() + PATIENCE_S
        while True:
            try:
                self._server.get_keyword_names()
            except (OSError, xmlrpc.client.Error):
                if time.monotonic() > give_up or (self.process is not None and self.process.poll() is not None):
                    raise self.failed("Renode does not answer") from None
                time.sleep(0.1)
            else:
                return


def machine(board: Board, elf: Path, samples: bytes) -> Machine:
    """The board with `elf` in it, at rest before its first instruction. `samples`: int16, little endian, looped."""
    assert board.simulator is not None
    ring = Ring.of(elf) if board.telemetry == "rtt" else None
    return Renode(board, elf, samples, ring) if board.simulator.kind == "renode" else Qemu(board, elf, samples, ring)


def listen(board: Board, elf: Path, hear: Callable[[bytes], bool], loaded: bytes) -> float:
    """Runs `elf`, whose telemetry goes through RTT, until `hear`, which gets the bytes as they come, returns True.

    `loaded`: as QEMU takes it. Returns the wall-clock seconds. Raises ToolError, also where nothing is said for QUIET_S seconds of
    virtual time.
    """
    if board.simulator is None or board.simulator.kind not in ("qemu", "renode"):
        raise ToolError(
            f"telemetry of board '{board.name}' goes through RTT, and its simulator lets no debugger in", remedy="telemetry: uart"
        )
    started = time.monotonic()
    held = machine(board, elf, loaded if board.simulator.kind == "qemu" else loaded[qemu.SIGNAL_HEADER_BYTES :])
    heard, over = 0, False

    def some(data: bytes) -> bool:
        return len(data) > heard

    try:
        while not over and held.run(some, QUIET_S):
            data = held.heard()
            over, heard = hear(data[heard:]), len(data)
    finally:
        held.close()
    if not over:
        raise ToolError(f"the firmware on '{board.name}' said nothing through RTT for {QUIET_S:g} s", remedy="look at it with a debugger")
    return time.monotonic() - started
