"""An ELF file as the measurements need it: sections with their load addresses, and symbols."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from elftools.common.exceptions import ELFError
from elftools.elf.constants import SH_FLAGS
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import ARMAttributesSection, SymbolTableSection

from stator.errors import ToolError


@dataclass(frozen=True, slots=True)
class Section:
    """An allocated section. `load_address` is where its contents lie in flash (the LMA); `contents` is False for .bss and its like."""

    name: str
    address: int
    load_address: int
    bytes: int
    contents: bool
    writable: bool
    executable: bool

    @property
    def in_flash(self) -> bool:
        return self.contents

    @property
    def in_ram(self) -> bool:
        return self.writable or not self.contents or self.address != self.load_address


@dataclass(frozen=True, slots=True)
class Symbol:
    """A named thing. `code` for functions; `address` without the Thumb bit."""

    name: str
    address: int
    bytes: int
    section: str
    code: bool
    typed: bool


@dataclass(frozen=True, slots=True)
class Elf:
    """One image, read once."""

    path: Path
    isa: Literal["arm", "riscv", "other"]
    entry: int
    sections: tuple[Section, ...]
    symbols: tuple[Symbol, ...]
    float_registers: bool

    def named(self, name: str) -> Symbol | None:
        return next((s for s in self.symbols if s.name == name), None)

    def read(self, address: int, bytes_: int) -> bytes:
        """Contents at an address, as far as the image has them; empty where it has none."""
        with self.path.open("rb") as stream:
            for section in ELFFile(stream).iter_sections():
                at = address - section["sh_addr"]
                if section["sh_flags"] & SH_FLAGS.SHF_ALLOC and section["sh_type"] != "SHT_NOBITS" and 0 <= at < section["sh_size"]:
                    return bytes(section.data()[at : at + bytes_])
        return b""


def read_elf(path: Path) -> Elf:
    """Reads sections and symbols. Raises ToolError for what is no ELF file, or a broken one."""
    try:
        with path.open("rb") as stream:
            return _read(path, ELFFile(stream))
    except (ELFError, OSError, ValueError, KeyError, AttributeError, UnicodeDecodeError) as error:
        raise ToolError(f"{path.name}: not a readable ELF image: {error}", remedy="build it again") from None


def _read(path: Path, elf: ELFFile) -> Elf:
    machine = {"EM_ARM": "arm", "EM_RISCV": "riscv"}.get(str(elf["e_machine"]), "other")
    arm = machine == "arm"
    segments = [s for s in elf.iter_segments() if s["p_type"] == "PT_LOAD"]

    def load_address(address: int, bytes_: int, contents: bool) -> int:
        if contents:
            for segment in segments:
                if segment["p_vaddr"] <= address and address + bytes_ <= segment["p_vaddr"] + segment["p_filesz"]:
                    return int(segment["p_paddr"] + address - segment["p_vaddr"])
        return address

    sections: list[Section] = []
    for section in elf.iter_sections():
        flags, bytes_ = section["sh_flags"], section["sh_size"]
        if not flags & SH_FLAGS.SHF_ALLOC or not bytes_:
            continue
        contents = section["sh_type"] != "SHT_NOBITS"
        sections.append(
            Section(
                name=section.name,
                address=section["sh_addr"],
                load_address=load_address(section["sh_addr"], bytes_, contents),
                bytes=bytes_,
                contents=contents,
                writable=bool(flags & SH_FLAGS.SHF_WRITE),
                executable=bool(flags & SH_FLAGS.SHF_EXECINSTR),
            )
        )
    if not sections and elf["e_type"] != "ET_REL":  # an object may have nothing to link
        raise ValueError("it has no sections")
    names = {index: section.name for index, section in enumerate(elf.iter_sections())}
    symbols: list[Symbol] = []
    table = elf.get_section_by_name(".symtab")
    for symbol in table.iter_symbols() if isinstance(table, SymbolTableSection) else ():
        index, kind = symbol["st_shndx"], symbol["st_info"]["type"]
        if not isinstance(index, int) or kind in ("STT_FILE", "STT_SECTION") or not symbol.name or symbol.name.startswith("$"):
            continue
        code = kind == "STT_FUNC"
        symbols.append(
            Symbol(
                name=symbol.name,
                address=symbol["st_value"] & ~1 if arm and code else symbol["st_value"],
                bytes=symbol["st_size"],
                section=names.get(index, ""),
                code=code,
                typed=kind in ("STT_FUNC", "STT_OBJECT"),
            )
        )
    return Elf(path, machine, elf["e_entry"] & ~int(arm), tuple(sections), tuple(symbols), _float_registers(elf, machine))  # type: ignore[arg-type]


def _float_registers(elf: ELFFile, machine: str) -> bool:
    """Whether the code may use FPU registers, which a context switch then saves too."""
    if machine == "riscv":
        return bool(elf["e_flags"] & 0x6)  # EF_RISCV_FLOAT_ABI: not soft
    attributes = elf.get_section_by_name(".ARM.attributes")
    if not isinstance(attributes, ARMAttributesSection):
        return False
    return any(
        attribute.tag == "TAG_FP_ARCH" and attribute.value
        for part in attributes.iter_subsections()
        for block in part.iter_subsubsections()
        for attribute in block.iter_attributes()
    )
