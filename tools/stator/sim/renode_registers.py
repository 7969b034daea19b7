"""The vendor's register description as C#, for the models that Renode compiles at run time: the same source as the firmware's header."""

from __future__ import annotations

from stator.svd import Chip, Peripheral, Register

_HEAD = """// Registers of {name}, generated from {origin}. Do not edit, do not commit.
using System.Collections.Generic;

namespace Svd
{{
    // `Count` registers, `Stride` bytes apart; bits outside `Mask` are reserved.
    public class Register
    {{
        public Register(string name, long offset, int count, long stride, uint mask, uint resetValue, bool readOnly)
        {{
            Name = name; Offset = offset; Count = count; Stride = stride; Mask = mask; ResetValue = resetValue; ReadOnly = readOnly;
        }}

        public readonly string Name;
        public readonly long Offset;
        public readonly int Count;
        public readonly long Stride;
        public readonly uint Mask;
        public readonly uint ResetValue;
        public readonly bool ReadOnly;
    }}
"""


def csharp(chip: Chip, origin: str) -> str:
    """One static class of constants per kind of peripheral, and `Svd.Chip.Of`, which has every register by the kind's name."""
    kinds: dict[str, Peripheral] = {}
    for peripheral in chip.peripherals:
        kinds.setdefault(peripheral.group, peripheral)
    lines = [_HEAD.format(name=chip.name, origin=origin)]
    for kind, peripheral in kinds.items():
        lines += [f"    public static class {kind}", "    {"]
        lines += [f"        {line}" for register in peripheral.registers for line in _constants(register)]
        lines += ["    }", ""]
    lines += [
        "    public static class Chip",
        "    {",
        "        public static readonly Dictionary<string, Register[]> Of = Registers();",
        "",
    ]
    lines += [f"        public const long {p.name}_BASE = 0x{p.base:08x};" for p in chip.peripherals]
    lines += ["", "        private static Dictionary<string, Register[]> Registers()", "        {"]
    lines += ["            var all = new Dictionary<string, Register[]>();"]
    for kind, peripheral in kinds.items():
        lines += [f'            all["{kind}"] = new Register[]', "            {"]
        lines += [f"                {_entry(register)}," for register in peripheral.registers]
        lines += ["            };"]
    return "\n".join([*lines, "            return all;", "        }", "    }", "}", ""])


def _constants(register: Register) -> list[str]:
    lines = [f"public const long {register.name} = 0x{register.offset:x};"]
    for field in register.fields:
        name = f"{register.name}_{field.name}"
        lines += [f"public const int {name}_Pos = {field.bit};", f"public const uint {name}_Msk = 0x{field.mask:08x};"]
    return lines


def _entry(register: Register) -> str:
    only = "true" if register.access == "read-only" else "false"
    mask = register.mask or (1 << register.bits) - 1  # a register without fields is all of it
    return (
        f'new Register("{register.name}", 0x{register.offset:x}, {register.count}, 0x{register.stride:x}, '
        f"0x{mask:08x}, 0x{register.reset & 0xFFFFFFFF:08x}, {only})"
    )
