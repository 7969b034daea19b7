"""Lines of a measuring image, taken from its serial port: cut, checked, and refused where they are not what they must be.

Each is ASCII and ends in its checksum (stator.sim.records). Subclasses say what a line of each kind means.
"""

from __future__ import annotations

import abc
from collections.abc import Sequence

from stator.errors import ToolError
from stator.sim.records import LINE_LIMIT, checked

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
