"""What lies in an image's flash and RAM, by the part of the project that it comes from: read from the linker's map file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from stator.errors import ToolError
from stator.measure.elf import Elf
from stator.paths import FIRMWARE

_PIECE = re.compile(r"^ (\.[\w.$*]+|COMMON)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S.*)$")
_PARTS = (  # the first that is found in the path of an object file, or of the library that holds it
    ("firmware_kernel.a", "RTOS"),
    ("firmware/port/", "RTOS"),
    ("firmware/drivers/", "drivers"),
    ("firmware/startup/", "start-up and board"),
    ("boards/", "start-up and board"),
    ("firmware/", "application"),
    ("lib", "libraries"),
)
_MEMBER = re.compile(r"firmware_model\.a\(([^)]+)\)$")


def flash_parts(map_file: Path, elf: Elf) -> dict[str, int]:
    """Bytes in flash per part, the largest first; weights are told apart from the model's code. Raises ToolError."""
    return _parts(map_file, [(s.address, s.address + s.bytes) for s in elf.sections if s.in_flash])


def _parts(map_file: Path, ranges: list[tuple[int, int]]) -> dict[str, int]:
    try:
        text = map_file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ToolError(f"{map_file}: {error.strerror}", remedy="build the image again") from None
    text = re.sub(r"^( \.[^\s]+)\n\s+(?=0x)", r"\1 ", text[text.find("Linker script and memory map") :], flags=re.MULTILINE)
    found: dict[str, int] = {}
    for line in text.splitlines():
        piece = _PIECE.match(line)
        if piece is None:
            continue
        section, address, bytes_, path = piece[1], int(piece[2], 16), int(piece[3], 16), piece[4]
        if bytes_ and any(low <= address < high for low, high in ranges):
            member = _MEMBER.search(path)
            part = _member(member[1]) if member else next((name for key, name in _PARTS if key in path), "other")
            if part == "model" and re.match(r"\.rodata\.layer\d+_", section):
                part = "weights"
            found[part] = found.get(part, 0) + bytes_
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _member(name: str) -> str:
    """The part of an object in the model's library: the front end, a kernel, the plan, or the generated model."""
    source = name.removesuffix(".obj").removesuffix(".o")
    if source.startswith("memory_plan"):
        return "memory plan"
    if source.startswith("features_config") or (FIRMWARE / "dsp" / source).is_file():
        return "front end"
    return "kernels" if any((FIRMWARE / "kernels").glob(f"*/{source}")) else "model"


def rest(parts: Mapping[str, int], whole: int) -> int:
    """Bytes of the whole that no part explains: fill, and what the linker adds."""
    return whole - sum(parts.values())
