"""The GDB remote serial protocol, as far as fault injection needs it (GDB manual, "GDB Remote Serial Protocol")."""

from __future__ import annotations

import socket
from pathlib import Path

from stator.errors import ToolError

R0, R1, SP, LR, PC, XPSR = 0, 1, 13, 14, 15, 25
_CHUNK = 1024  # bytes of memory in one packet


class Gone(ToolError):
    """The simulator ended, or does not answer in time."""


class Gdb:
    """A connection to QEMU's stub, which stands still whenever this does. Addresses and sizes are bytes."""

    def __init__(self, path: Path, timeout_s: float) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(timeout_s)
        self._rest = b""
        try:
            self._socket.connect(str(path))
        except OSError as error:
            raise Gone(f"QEMU's debug server does not answer: {error.strerror}") from None
        self.ask("qXfer:features:read:target.xml:0,400")  # QEMU gives single registers only to who has seen their description
        self.keep_alone(False)

    def close(self) -> None:
        self._socket.close()

    def ask(self, body: str) -> str:
        """Sends a packet and returns the answer. Raises Gone, and ToolError for an error that QEMU answers."""
        raw = body.encode("ascii")
        try:
            self._socket.sendall(b"$%s#%02x" % (raw, sum(raw) & 0xFF))
            answer = self._packet()
        except OSError as error:
            raise Gone(f"QEMU does not answer: {error}") from None
        if answer[:1] == "E" and len(answer) == 3:
            raise ToolError(f"QEMU's debug server refuses '{body[:40]}': {answer}")
        return answer

    def _packet(self) -> str:
        while True:
            start = self._rest.find(b"$")
            end = self._rest.find(b"#", start + 1)
            if start >= 0 and end >= 0 and len(self._rest) >= end + 3:
                body, self._rest = self._rest[start + 1 : end], self._rest[end + 3 :]
                self._socket.sendall(b"+")
                return body.decode("ascii", "replace")
            data = self._socket.recv(4096)
            if not data:
                raise Gone("QEMU ended")
            self._rest += data

    def register(self, number: int) -> int:
        return int.from_bytes(bytes.fromhex(self.ask(f"p{number:x}")), "little")

    def set_register(self, number: int, value: int) -> None:
        self.ask(f"P{number:x}={(value & 0xFFFFFFFF).to_bytes(4, 'little').hex()}")

    def read(self, address: int, size: int) -> bytes:
        return b"".join(bytes.fromhex(self.ask(f"m{address + at:x},{min(_CHUNK, size - at):x}")) for at in range(0, size, _CHUNK))

    def write(self, address: int, data: bytes) -> None:
        """RAM and what stands for flash; devices do not see it."""
        for at in range(0, len(data), _CHUNK):
            piece = data[at : at + _CHUNK]
            self.ask(f"M{address + at:x},{len(piece):x}:{piece.hex()}")

    def stop_at(self, address: int) -> None:
        self.ask(f"Z1,{address:x},2")

    def go_past(self, address: int) -> None:
        self.ask(f"z1,{address:x},2")

    def go_on(self) -> None:
        """Until the next stop. QEMU stops at once where it stands at a stop, so the first instruction goes by itself."""
        self.step()
        self.ask("c")

    def step(self) -> None:
        """One instruction; time and interrupts go on as ever."""
        self.ask("s")

    def keep_alone(self, alone: bool) -> None:
        """Whether steps hold back interrupts and timers."""
        self.ask(f"Qqemu.sstep={7 if alone else 1}")

    def step_alone(self) -> None:
        """One instruction, interrupts and timers held back."""
        self.keep_alone(True)
        self.step()
        self.keep_alone(False)
