"""Lines of a measuring image, taken from its serial port: cut, checked, and refused where they are not what they must be.

Each is ASCII and ends in `*`, the CRC-32 (IEEE, eight lower-case hex digits) of everything before the `*`, and a newline. Subclasses say
what a line of each kind means. Every byte is untrusted.
"""

from __future__ import annotations

import abc
import zlib
from collections.abc import Sequence

from stator.errors import ToolError

LINE_LIMIT = 4096
"""Bytes of the longest line that is looked at."""

_HEX = frozenset(b"0123456789abcdef")
SHOWN = 80  # characters of a wrong line in the message


class Lines(abc.ABC):
    """`ended` is True when the image has said all; `image` is what messages call it."""

    def __init__(self, image: str) -> None:
        self.ended = False
        self._image = image
        self._rest = b""

    @abc.abstractmethod
    def take(self, kind: str, words: Sequence[str]) -> None:
        """What a line says, by the word before its first comma. Raises ValueError, KeyError or IndexError where it makes no sense."""

    def unchecked(self) -> None:
        """A line without its checksum: raises ValueError, unless a subclass knows better."""
        raise ValueError("checksum")

    def feed(self, data: bytes) -> bool:
        """Takes serial bytes; True when the image has said all. Raises ToolError for FAIL and for what cannot be decoded."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._line(line.removesuffix(b"\r"))
        if len(self._rest) > LINE_LIMIT:
            raise ToolError(f"{self._image} sends no lines")
        return self.ended

    def _line(self, line: bytes) -> None:
        if line.startswith(b"FAIL "):
            raise ToolError(f"{self._image} gave up: {_shown(line[5:])}")
        if not line:
            return
        body = checked(line)
        try:
            if body is None:
                self.unchecked()
                return
            kind, *words = body.decode("ascii").split(",")
            self.take(kind, words)
        except (ValueError, KeyError, IndexError) as error:
            raise ToolError(f"{self._image} said what cannot be decoded ({error}): {_shown(line)}") from None


def _shown(line: bytes) -> str:
    return ascii(line[:SHOWN])[2:-1]


def line(body: str) -> bytes:
    """The line that an image would send for `body`: for tests."""
    raw = body.encode("ascii")
    return b"%s*%08x\n" % (raw, zlib.crc32(raw))


def checked(line: bytes) -> bytes | None:
    """What stands before the `*` of a line whose checksum is right; None for every other line."""
    body, star, crc = line[:-9], line[-9:-8], line[-8:]
    if len(line) > LINE_LIMIT or star != b"*" or not _HEX.issuperset(crc) or int(crc, 16) != zlib.crc32(body):
        return None
    return body


def number(text: str, limit: int = 1 << 32) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 20) or int(text) >= limit:
        raise ValueError(text)
    return int(text)


def unhex(text: str) -> bytes:
    if not _HEX.issuperset(text.encode("ascii")):
        raise ValueError(text)
    return bytes.fromhex(text)
