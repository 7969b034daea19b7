"""Register descriptions: a vendor's SVD file becomes a C header of the peripherals that a board asks for.

The header is made at build time and never committed: nothing about a register is typed by hand, and nothing of the vendor's file is
kept. `python -m stator.svd BOARD OUT.h` is what cmake/svd.cmake runs. Tests read the same description as a register file.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stator.board import Board, load_board
from stator.crates import crate
from stator.errors import ConfigError, StatorError, ToolError
from stator.yamlfile import nearest, shown

_INDEXED = re.compile(r"^(?P<head>[^\[]*)\[(?P<index>\d+)\](?P<tail>.*)$")


@dataclass(frozen=True, slots=True)
class Field:
    """Bits `bit` to `bit + width - 1` of a register; `values` are the vendor's names for them."""

    name: str
    bit: int
    width: int
    access: str  # read-only, write-only, read-write, ...
    values: tuple[tuple[str, int], ...] = ()

    @property
    def mask(self) -> int:
        return ((1 << self.width) - 1) << self.bit


@dataclass(frozen=True, slots=True)
class Register:
    """`count` registers of `bits` bits, `stride` bytes apart, the first one `offset` bytes after the peripheral's base."""

    name: str
    offset: int
    bits: int
    access: str
    reset: int
    fields: tuple[Field, ...]
    count: int = 1
    stride: int = 0
    indexed: bool = False

    @property
    def mask(self) -> int:
        """The bits that mean something; all others are reserved and keep their reset value."""
        mask = 0
        for field in self.fields:
            mask |= field.mask
        return mask


@dataclass(frozen=True, slots=True)
class Peripheral:
    """One instance: `name` as the firmware calls it, `group` the prefix of its registers, `source` its name in the SVD file."""

    name: str
    group: str
    source: str
    base: int
    interrupts: tuple[tuple[str, int], ...]
    registers: tuple[Register, ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """What one SVD file says of the wanted peripherals, and every interrupt of the chip by its number."""

    name: str
    peripherals: tuple[Peripheral, ...]
    interrupts: tuple[tuple[int, str], ...]


def read(path: Path, wanted: Mapping[str, str]) -> Chip:
    """Reads the peripherals `wanted` (the firmware's name -> name in the file) out of an SVD file.

    Instances of one kind (TIMER1, TIMER2) share the prefix that is left of their name without its digits; their registers are emitted once
    and must then agree. Raises ToolError (unreadable file) and ConfigError (no such peripheral, or kinds that differ).
    """
    from cmsis_svd.parser import SVDParser  # noqa: PLC0415  (heavy, and only this function needs it)
    from lxml import etree  # type: ignore[import-untyped]  # noqa: PLC0415

    try:
        tree: Any = etree.parse(str(path), etree.XMLParser(resolve_entities=False, no_network=True))
    except (OSError, etree.XMLSyntaxError) as error:
        raise ToolError(f"{path.name}: not a readable SVD file ({error})") from None
    nodes = {node.findtext("name"): node for node in tree.findall("./peripherals/peripheral")}
    missing = sorted(set(wanted.values()) - set(nodes))
    if missing:
        raise ConfigError(f"{path.name}: no peripheral '{missing[0]}'", remedy=f"one of: {', '.join(sorted(str(n) for n in nodes))}")
    interrupts = {int(i.findtext("value"), 0): str(i.findtext("name")) for node in nodes.values() for i in node.findall("interrupt")}

    keep = set(wanted.values())
    keep |= {nodes[name].get("derivedFrom") for name in keep}  # the parser copies from these
    for name, node in nodes.items():
        if name not in keep:
            node.getparent().remove(node)
    for inner in tree.findall("./peripherals/peripheral/registers/cluster//cluster"):
        inner.getparent().remove(inner)  # cmsis-svd 0.6 loses the outer cluster's name and offset: better no register than a wrong address
    device: Any = SVDParser(tree).get_device()
    by_name = {p.name: p for p in device.peripherals}
    peripherals = tuple(_peripheral(name, by_name[source]) for name, source in wanted.items())
    kinds: dict[str, Peripheral] = {}
    for peripheral in peripherals:
        first = kinds.setdefault(peripheral.group, peripheral)
        if first.registers != peripheral.registers:
            raise ConfigError(f"{path.name}: {first.source} and {peripheral.source} are not of one kind, so they cannot share a prefix")
    return Chip(str(device.name), peripherals, tuple(sorted(interrupts.items())))


def header(chip: Chip, origin: str, priorities: Mapping[str, int]) -> str:
    """The C header: bases per instance; offsets, fields and values per kind; interrupt numbers, and the priorities that board.yml sets.

    `origin` names the source; `priorities` are by the interrupt's name in lower case. Raises ConfigError on a name that the chip lacks.
    """
    lines = [
        f"/* Registers of {chip.name}, generated from {origin}. Do not edit, do not commit. */",
        "#ifndef STATOR_REGISTERS_H",
        "#define STATOR_REGISTERS_H",
        "",
    ]
    done: set[str] = set()
    for peripheral in chip.peripherals:
        lines.append(f"#define {peripheral.name}_BASE 0x{peripheral.base:08x}u /* {peripheral.source} */")
        if peripheral.group not in done:
            done.add(peripheral.group)
            lines += [line for register in peripheral.registers for line in _register(peripheral.group, register)]
        lines.append("")
    lines.append("/* Interrupt numbers. */")
    lines += [f"#define {_identifier(name)}_IRQn {number}" for number, name in chip.interrupts]
    lines.append(f"#define STATOR_INTERRUPT_COUNT {max((n for n, _ in chip.interrupts), default=-1) + 1}")
    lines += ["", "/* Priorities of board.yml, as the core counts them. */"]
    names = {_identifier(name).lower(): _identifier(name) for _, name in chip.interrupts}
    for lower, priority in priorities.items():
        if lower not in names:
            raise ConfigError(f"{chip.name} has no interrupt '{lower}', {nearest(lower, tuple(names))}")
        lines.append(f"#define {names[lower]}_PRIORITY {priority}u")
    return "\n".join([*lines, "", "#endif", ""])


def chip_of(board: Board) -> tuple[Chip, str]:
    """The registers that `board.yml` asks for, and a text that names their source."""
    if board.registers is None:
        raise ConfigError(f"{shown(board.file)}: has no 'registers', so there is no header to make")
    folder = crate(board.registers.crate)
    return read(folder / board.registers.file, board.registers.peripherals), f"{Path(board.registers.file).name} of {folder.name}"


def _peripheral(name: str, node: Any) -> Peripheral:
    return Peripheral(
        name=name,
        group=re.sub(r"\d+$", "", name),
        source=node.name,
        base=node.base_address,
        interrupts=tuple((_identifier(i.name), i.value) for i in node.interrupts or []),
        registers=tuple(_arrays(_flat(r) for r in node.get_registers())),
    )


def _flat(node: Any) -> Register:
    fields = tuple(
        Field(
            name=_identifier(f.name),
            bit=f.bit_offset,
            width=f.bit_width,
            access=_access(f.access),
            values=tuple(
                (_identifier(v.name), v.value) for e in f.enumerated_values or [] for v in e.enumerated_values if v.value is not None
            ),
        )
        for f in node.get_fields()
    )
    return Register(node.name, node.address_offset, node.size or 32, _access(node.access), node.reset_value or 0, fields)


def _access(access: Any) -> str:
    return "read-write" if access is None else str(access.value)


def _arrays(registers: Iterable[Register]) -> list[Register]:
    """Folds NAME[0], NAME[1], ... into one register with a count and a stride."""
    families: dict[str, list[Register]] = {}
    for register in registers:
        indexed = _INDEXED.match(register.name)
        families.setdefault(f"{indexed['head']}[]{indexed['tail']}" if indexed else register.name, []).append(register)
    folded = []
    for name, members in families.items():
        first = members[0]
        stride = members[1].offset - first.offset if len(members) > 1 else 0
        if any(m.offset != first.offset + i * stride for i, m in enumerate(members)):
            raise ToolError(f"SVD: the registers {name} are not evenly spaced")
        folded.append(
            Register(
                _identifier(name), first.offset, first.bits, first.access, first.reset, first.fields, len(members), stride, "[]" in name
            )
        )
    return sorted(folded, key=lambda r: (r.offset, r.name))


def _identifier(name: str) -> str:
    return re.sub(r"\W+", "_", name.replace("[]", "").replace("%s", "")).strip("_")


def _register(group: str, register: Register) -> list[str]:
    name = f"{group}_{register.name}"
    note = f"/* {register.bits} bit, {register.access}, reset 0x{register.reset:x} */"
    if register.indexed:
        lines = [f"#define {name}(n) (0x{register.offset:03x}u + 0x{register.stride:x}u * (n)) {note}"]
    else:
        lines = [f"#define {name} 0x{register.offset:03x}u {note}"]
    for field in register.fields:
        lines.append(f"#define {name}_{field.name}_Pos {field.bit}u")
        lines.append(f"#define {name}_{field.name}_Msk 0x{field.mask:08x}u")
        if field.width > 1:
            lines += [f"#define {name}_{field.name}_{value} 0x{number:x}u" for value, number in field.values]
    return lines


def main(arguments: list[str]) -> int:
    """`python -m stator.svd BOARD OUT.h`."""
    if len(arguments) != 2:
        print("usage: python -m stator.svd BOARD OUT.h", file=sys.stderr)
        return 2
    try:
        board = load_board(arguments[0])
        chip, origin = chip_of(board)
        text = header(chip, origin, board.interrupts)
    except StatorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    out = Path(arguments[1])
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(out.name + ".part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(out)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
