"""python -m stator.image_sum FIRMWARE.elf: writes the CRC-32 of what lies in flash into the image, for its own self-test.

`stator_image_sum` lies behind everything that it sums (link.ld, `__image_start` to `__image_end`). An image without it keeps no sum.
"""

from __future__ import annotations

import sys
import zlib
from pathlib import Path

from elftools.elf.elffile import ELFFile

from stator.errors import StatorError, ToolError
from stator.measure.elf import read_elf


def flash(elf: Path) -> bytes:
    """What lies in flash from `__image_start` to `__image_end`. Raises ToolError where something between is nobody's."""
    image = read_elf(elf)
    first, end = (image.named(name) for name in ("__image_start", "__image_end"))
    if first is None or end is None:
        raise ToolError(f"{elf.name} does not say where its image begins and ends", remedy="link.ld of firmware/startup")
    content, filled = bytearray(end.address - first.address), 0
    with elf.open("rb") as stream:
        sections = {s.name: s.data() for s in ELFFile(stream).iter_sections() if s["sh_size"] and s["sh_type"] != "SHT_NOBITS"}
    for section in image.sections:
        at = section.load_address - first.address
        if section.contents and 0 <= at < len(content):
            content[at : at + section.bytes] = sections[section.name]
            filled += section.bytes
    if filled != len(content):
        raise ToolError(f"{elf.name}: {len(content) - filled} B between its sections are empty", remedy="align them alike in link.ld")
    return bytes(content)


def sign(elf: Path) -> int | None:
    """Writes the sum; None where the image keeps none. Raises ToolError."""
    symbol = read_elf(elf).named("stator_image_sum")
    if symbol is None:
        return None
    value = zlib.crc32(flash(elf))
    with elf.open("r+b") as stream:
        section = next(s for s in ELFFile(stream).iter_sections() if s.name == symbol.section)
        at = section["sh_offset"] + symbol.address - section["sh_addr"]
        stream.seek(at)
        stream.write(value.to_bytes(4, "little"))
    return value


def main(arguments: list[str]) -> int:
    """Entry point; exit status 2 and one message for what is no image."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        sign(Path(arguments[0]))
    except StatorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
