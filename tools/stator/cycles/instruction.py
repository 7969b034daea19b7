"""Thumb instructions as objdump prints them: what each reads and writes, as far as its time depends on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

_CONDITION = "(?:eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)"
_BRANCH = re.compile(rf"^(b|bl|bx|blx|cbn?z|tbb|tbh){_CONDITION}?$")
_LOAD = re.compile(rf"^ldr(ex)?(b|h|sb|sh)?t?{_CONDITION}?$")
_STORE = re.compile(rf"^str(ex)?(b|h)?t?{_CONDITION}?$")
_SEVERAL = re.compile(rf"^(v?(?:push|pop)|v?ldm(?:ia|db|ea|fd)?|v?stm(?:ia|db|ea|fd)?|ldrd|strd){_CONDITION}?$")
_COMPARE = re.compile(rf"^(cmp|cmn|tst|teq){_CONDITION}?$")
_UNARY = re.compile(r"^(mov|mvn|sxt|uxt|rev|rbit|clz|adr|ssat|usat)")
_ACCUMULATE = re.compile(r"^(ml[as]|sm(?:la|ls|ml[as])(?!l)|usada8|[su]xta)")
_LONG = re.compile(r"^(smull|umull|smlal|umlal|umaal|smlsl)")
_TWICE = re.compile(r"^(movt|bfi|bfc)")  # change a part of what they write
_REGISTER = re.compile(r"\b(r\d+|sp|lr|pc|sl|fp|ip|[sdq]\d+)\b")
_NAMES = {"sl": "r10", "fp": "r11", "ip": "r12"}
_SHIFT = re.compile(r"\b(lsl|lsr|asr|ror|rrx)\b")
_RANGE = re.compile(r"([sd])(\d+)-\1(\d+)")


@dataclass(frozen=True)
class Instruction:
    """`mnemonic` without width, `operands` as objdump writes them, `bytes` 2 or 4."""

    address: int
    bytes: int
    mnemonic: str
    operands: str

    @cached_property
    def kind(self) -> str:
        """branch, load, store, several (LDM, STM, LDRD, STRD, PUSH, POP), compare, it, or other."""
        patterns = (("branch", _BRANCH), ("load", _LOAD), ("store", _STORE), ("several", _SEVERAL), ("compare", _COMPARE))
        found = next((kind for kind, pattern in patterns if pattern.match(self.mnemonic)), "other")
        if self.mnemonic == ".short" and self.operands.startswith("0xbf"):
            return "it"  # `it al`, which objdump does not know
        return "it" if re.fullmatch(r"it[te]{0,3}", self.mnemonic) else found

    @cached_property
    def registers(self) -> tuple[str, ...]:
        """Every register among the operands, in their order."""
        return _named(self.operands)

    @cached_property
    def address_registers(self) -> frozenset[str]:
        """The registers that make up the address of a load or store."""
        inside = re.search(r"\[(.*?)\]", self.operands)
        after = self.operands.partition("]")[2]
        return frozenset((*_named(inside[1]), *_named(after))) if inside else frozenset()

    @cached_property
    def writes(self) -> frozenset[str]:
        if self.kind in ("compare", "it", "branch") or not self.registers:
            return frozenset()
        if self.kind == "store":
            return self.moved_base
        if self.kind == "load":
            return frozenset(self.registers[:1]) | self.moved_base
        if self.kind == "several":
            if self.mnemonic.startswith("ldrd"):
                return frozenset(self.registers[:2]) | self.moved_base
            loads = self.mnemonic.lstrip("v").startswith(("ldm", "pop"))
            return frozenset(self._list) if loads else frozenset()
        return frozenset(self.registers[:2] if _LONG.match(self.mnemonic) else self.registers[:1])

    @cached_property
    def writes_last(self) -> frozenset[str]:
        """What is written at its end: of several registers that are loaded, the last."""
        if self.mnemonic.startswith("ldrd"):
            return frozenset(self.registers[1:2])
        return frozenset(self._list[-1:]) or self.writes

    @cached_property
    def reads(self) -> frozenset[str]:
        """All that is read, an accumulator too."""
        if self.kind == "load":
            return self.address_registers
        if self.kind == "several" and not self.mnemonic.lstrip("v").startswith(("stm", "push", "strd")):
            return self.address_registers or frozenset(self.registers[:1]) - self.writes
        if self.kind in ("store", "several", "compare", "branch"):
            return frozenset(self.registers)
        whole = len(self.operands.split(",")) == 2 and not _UNARY.match(self.mnemonic)
        if whole or _TWICE.match(self.mnemonic) or self.mnemonic.startswith(("smlal", "umlal", "umaal", "smlsl")):
            return frozenset(self.registers)
        return frozenset(self.registers[2 if _LONG.match(self.mnemonic) else 1 :])

    @cached_property
    def accumulator(self) -> frozenset[str]:
        """What is added to a product or an extended value, and is needed a stage later than the rest."""
        if _ACCUMULATE.match(self.mnemonic):
            at = 1 if self.mnemonic.startswith(("sxta", "uxta")) else -1
            return frozenset(self.registers[at : at + 1 or None])
        return frozenset(self.registers[:2]) if re.match(r"smlal|umlal|umaal|smlsl", self.mnemonic) else frozenset()

    @property
    def transfers(self) -> int:
        """Registers that an LDM, STM, PUSH, POP, LDRD or STRD moves."""
        return 2 if self.mnemonic.startswith(("ldrd", "strd")) else len(self._list)

    @property
    def to_pc(self) -> bool:
        """Loads or moves to the program counter."""
        return "pc" in self.writes

    @property
    def falls(self) -> bool:
        """May go on to the next instruction in memory."""
        return not self.to_pc and self.mnemonic not in ("b", "bx", "tbb", "tbh")

    @property
    def register_offset(self) -> bool:
        return len(self.address_registers) > 1

    @property
    def shifts_operand(self) -> bool:
        """A register that is shifted on its way into an arithmetic instruction."""
        return bool(_SHIFT.search(self.operands)) and self.kind in ("other", "compare")

    @cached_property
    def _list(self) -> tuple[str, ...]:
        listed = re.search(r"\{(.*)\}", self.operands)
        return _named(listed[1]) if listed else ()

    @cached_property
    def moved_base(self) -> frozenset[str]:
        """The register of an address that the instruction moves on."""
        moved = self.operands.endswith("!") or re.search(r"\], *#", self.operands)
        return frozenset(re.findall(r"\[(\w+)", self.operands)) if moved else frozenset()


def _named(text: str) -> tuple[str, ...]:
    text = _RANGE.sub(lambda m: ", ".join(f"{m[1]}{n}" for n in range(int(m[2]), int(m[3]) + 1)), text)
    return tuple(_NAMES.get(name, name) for name in _REGISTER.findall(text))


_LINE = re.compile(r"^\s*([0-9a-f]+):\t([0-9a-f ]+?) *\t(?:([a-z.][a-z0-9.]*)(?:\t(.*))?|\s*[@;] <UNDEFINED> instruction: (0x[0-9a-f]+))$")
_NOTE = re.compile(r"\s*[;@].*$")


def read(text: str) -> list[Instruction]:
    """The instructions of `objdump -d` in its order; what it does not know (`it al`; some that overlap with Helium's) has no
    registers, and counts as one instruction that nothing waits for."""
    found = []
    for line in text.splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        mnemonic, operands = re.sub(r"\.[wn]$", "", match[3] or ".short"), match[5] or _NOTE.sub("", match[4] or "").strip()
        found.append(Instruction(int(match[1], 16), len(match[2].replace(" ", "")) // 2, mnemonic, operands))
    return found
