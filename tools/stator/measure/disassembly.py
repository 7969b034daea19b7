"""Functions of an image as objdump sees them: who calls whom, and how deep each pushes its stack.

This is the only source for assembly and for prebuilt libraries (newlib, picolibc, libgcc), which bring no `.ci` files, and it is
what the linked image really does: tail calls, outlined and merged functions included.
"""

from __future__ import annotations

import bisect
import collections
import dataclasses
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from stator.errors import ToolError
from stator.measure.elf import Elf

OBJDUMP = {"arm": ("arm-none-eabi-objdump", "gcc-arm-none-eabi"), "riscv": ("riscv64-unknown-elf-objdump", "gcc-riscv64-unknown-elf")}
_LINE = re.compile(r"^\s*([0-9a-f]+):\t([a-z.][a-z0-9._]*)(?:\t(.*))?$")
_NOTE = re.compile(r"\s[;@#]\s")
_TARGET = re.compile(r"(?:^|,)\s*([0-9a-f]+) <")
_NOTED = re.compile(r"^([0-9a-f]+) <")
_SAVE = re.compile(r"__riscv_save_(\d+)$")
_TABLE = re.compile(r"\b(?:bltu|bgeu|bgtu|bleu)\b.* lw (?:add )?jr$")  # a switch: bounds checked, an entry loaded, jumped to
_PLACE = re.compile(r"^(?:addw?(?:\.w)? \w+, pc, #|adr)")  # a function takes an address inside itself
_DEPTH_LIMIT = 1 << 16


@dataclass(frozen=True, slots=True)
class Step:
    """What one instruction does to the stack pointer and to the flow."""

    sp: int = 0  # bytes pushed (positive) or popped
    unknown_sp: bool = False  # changed by an amount that is not in the instruction
    switches: bool = False  # goes over to another stack
    target: int | None = None  # of a branch or a call
    call: bool = False
    indirect: bool = False  # call or jump through a register
    table: bool = False  # jump through a table of this function's own places
    falls: bool = True  # may go on to the next instruction
    trap_return: bool = False


@dataclass(frozen=True, slots=True)
class Disassembled:
    """A function of the image: its own deepest push, and the depth at each call. `problem` says why the frame has no bound."""

    name: str
    address: int
    frame_bytes: int
    calls: tuple[tuple[str, int], ...]
    indirect: bool
    trap: bool = False  # ends in a return from trap: an interrupt's entry
    switches: bool = False  # goes over to another stack before it calls
    problem: str = ""


@dataclass(slots=True)
class Flow:
    """The instructions of a function, by address: what each does, and the next one's address (-1 at the function's end)."""

    name: str
    start: int
    end: int
    steps: dict[int, tuple[Step, int]] = field(default_factory=dict)


def disassemble(elf: Elf) -> dict[str, Disassembled]:
    """Every function of the image by name; aliases share one result. Raises ToolError where objdump is missing or fails."""
    return read_disassembly(elf, _text(elf))


def flows(elf: Elf) -> tuple[list[Flow], dict[int, list[str]]]:
    """Every function of the image by address, and the names at each address. Raises ToolError where objdump is missing or fails."""
    functions, names = _functions(elf)
    _decode(elf, _text(elf), functions)
    return functions, names


def _text(elf: Elf) -> str:
    program, package = OBJDUMP.get(elf.isa, ("", ""))
    if not program or shutil.which(program) is None:
        raise ToolError(f"{program or 'objdump'} is not installed", remedy=f"apt-get install {package or 'binutils'}")
    return _objdump(program, elf.path)


def _objdump(program: str, path: Path) -> str:
    done = subprocess.run(
        [program, "-d", "--no-show-raw-insn", str(path)], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode != 0:
        raise ToolError(f"{program} failed on {path.name}", details=done.stderr.splitlines()[:5])
    return done.stdout


def read_disassembly(elf: Elf, text: str) -> dict[str, Disassembled]:
    """As `disassemble`, from objdump's text."""
    functions, names = _functions(elf)
    _decode(elf, text, functions)
    owner = owner_among(functions)
    result: dict[str, Disassembled] = {}
    for index, function in enumerate(functions):
        following = functions[index + 1] if index + 1 < len(functions) and functions[index + 1].start == function.end else None
        done = _walk(function, owner, following)
        for alias in names[function.start]:
            result[alias] = dataclasses.replace(done, name=alias)
    return result


def owner_among(functions: list[Flow]) -> Callable[[int], Flow | None]:
    """Finds the function that an address lies in; `functions` by address."""
    starts = [f.start for f in functions]

    def owner(address: int) -> Flow | None:
        at = bisect.bisect_right(starts, address) - 1
        return functions[at] if at >= 0 and address < functions[at].end else None

    return owner


def _decode(elf: Elf, text: str, functions: list[Flow]) -> None:
    """Fills in the steps of every function."""
    owner, decode = owner_among(functions), _arm if elf.isa == "arm" else _riscv
    previous: tuple[Flow, int, Step] | None = None
    half_loaded = False
    computing: set[int] = set()
    recent: collections.deque[str] = collections.deque(maxlen=12)
    for line in text.splitlines():
        found = _LINE.match(line)
        if found is None:
            continue
        address = int(found[1], 16)
        function = owner(address)
        if previous and previous[0] is function:
            previous[0].steps[previous[1]] = (previous[2], address)
        if function is None or found[2].startswith("."):
            previous = None
            continue
        operands, _, note = _NOTE.sub("\0", found[3] or "", count=1).partition("\0")
        step = decode(found[2], operands.strip(), note.strip())
        if previous and previous[2].switches and half_loaded and step.sp:
            step = Step(switches=True)  # the second half of `la sp, symbol`
        half_loaded = found[2].endswith(("lui", "auipc"))
        recent.append(found[2].removeprefix("c."))
        if step.indirect and not step.call and elf.isa == "riscv" and _TABLE.search(" ".join(recent)):
            step = Step(table=True, falls=False)
        if elf.isa == "arm" and _PLACE.match(f"{found[2]} {operands}"):
            computing.add(function.start)
        if step.indirect and operands.startswith("pc, [sp, #") and function.start in computing:
            step = Step(table=True, falls=False)  # assembly that jumps to a place of its own, which it computed and kept
        function.steps[address] = (step, -1)
        previous = (function, address, step)


def _functions(elf: Elf) -> tuple[list[Flow], dict[int, list[str]]]:
    """Functions by address. Symbols without a type in code (labels of assembly) count where no typed function covers them."""
    code = {s.name: s for s in elf.sections if s.executable}
    typed = sorted({(s.address, s.address + s.bytes) for s in elf.symbols if s.code and s.bytes and s.section in code})
    covered = [low for low, _ in typed]
    names: dict[int, list[str]] = {}
    for symbol in elf.symbols:
        if symbol.section not in code or symbol.name.startswith(".L") or (symbol.typed and not symbol.code):
            continue
        at = bisect.bisect_right(covered, symbol.address) - 1
        if not symbol.code and at >= 0 and typed[at][0] < symbol.address < typed[at][1]:
            continue
        names.setdefault(symbol.address, []).append(symbol.name)
    starts = sorted(names)
    sized = dict(typed)
    functions = []
    for index, start in enumerate(starts):
        limit = next((s.address + s.bytes for s in code.values() if s.address <= start < s.address + s.bytes), start)
        following = starts[index + 1] if index + 1 < len(starts) else limit
        functions.append(Flow(names[start][0], start, min(sized.get(start, limit), following, limit)))
    return functions, names


def _walk(function: Flow, owner: Callable[[int], Flow | None], following: Flow | None) -> Disassembled:
    """Follows every path again for each greater depth, and keeps the deepest."""
    depths: dict[int, int] = {}
    calls: dict[str, int] = {}
    indirect, trap, switches, problem, deepest = False, False, False, "", 0
    table_depth = -1
    work = [(function.start, 0)]
    while not problem:
        if not work:  # what only a table leads to
            unreached = min(function.steps.keys() - depths.keys(), default=None)
            if unreached is None or table_depth < 0:
                break
            work.append((unreached, table_depth))
        address, depth = work.pop()
        if depth <= depths.get(address, -1) or address not in function.steps:
            continue
        depths[address] = depth
        step, after = function.steps[address]
        depth = 0 if step.switches else max(depth + step.sp, 0)
        deepest = max(deepest, depth)
        if step.unknown_sp:
            problem = f"the stack pointer changes by an unknown amount at {address:#x}"
        elif depth > _DEPTH_LIMIT:
            problem = f"the stack grows in a loop at {address:#x}"
        indirect |= step.indirect
        trap |= step.trap_return
        switches |= step.switches
        if step.table:
            table_depth = max(table_depth, depth)
        if step.target is not None:
            target = owner(step.target)
            name = target.name if target is not None else f"{step.target:#x}"
            if saved := _SAVE.match(name):  # libgcc's prologue in a call: it comes back with the stack deeper
                depth += 16 if int(saved[1]) < 4 else 64
                deepest = max(deepest, depth)
            elif target is function and (not step.call or step.target != function.start):  # a loop, or a subroutine of its own
                work.append((step.target, depth))
            elif not name.startswith("__riscv_restore_"):
                calls[name] = max(calls.get(name, 0), depth)
        if step.falls:
            if after >= 0:
                work.append((after, depth))
            elif following is not None and not step.call:
                calls[following.name] = max(calls.get(following.name, 0), depth)
    return Disassembled(function.name, function.start, deepest, tuple(sorted(calls.items())), indirect, trap, switches, problem)


_CONDITION = "(?:eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le|al)"
_ARM_PUSH = re.compile(rf"^(?:push|v?stmdb|stmfd|vpush){_CONDITION}?$")
_ARM_POP = re.compile(rf"^(?:pop|v?ldmia|ldmfd|vpop|ldm){_CONDITION}?$")
_ARM_ADD = re.compile(rf"^(add|sub)[sw]?{_CONDITION}?$")
_ARM_LOOPS = ("le", "letp", "wls", "wlstp")  # low-overhead loops of Armv8.1-M: back to the start, or past an empty one
_ARM_BRANCH = re.compile(rf"^b{_CONDITION}?$")
_RETURN = Step(falls=False)


def _arm(mnemonic: str, operands: str, note: str) -> Step:
    name = mnemonic.removesuffix(".w").removesuffix(".n").split(".")[0]
    conditional = re.search(rf"{_CONDITION}$", name) is not None
    to_stack = name.startswith(("push", "vpush", "pop", "vpop")) or operands.startswith("sp!")
    if to_stack and _ARM_PUSH.match(name):
        return Step(sp=_register_bytes(operands))
    if to_stack and _ARM_POP.match(name):
        return Step(sp=-_register_bytes(operands), falls="pc" not in operands or conditional)
    if (add := _ARM_ADD.match(name)) and re.match(r"sp\b", operands):
        immediate = re.match(r"sp,(?: sp,)? #(\d+)$", operands.strip())
        if immediate is None:
            return Step(unknown_sp=True)
        return Step(sp=int(immediate[1]) * (1 if add[1] == "sub" else -1))
    if re.match(r"(?:v?str|v?ldr)", name):
        if push := re.search(r"\[sp, #-(\d+)\]!", operands):
            return Step(sp=int(push[1]))
        pop = re.search(r"\[sp\], #(\d+)", operands)
        if operands.startswith("pc"):
            return Step(falls=False, table=operands.startswith("pc, [pc"), indirect=pop is None and not operands.startswith("pc, [pc"))
        if pop:
            return Step(sp=-int(pop[1]))
        return Step(switches=name.startswith("ldr") and operands.startswith("sp,"))
    if name == "mov" and operands.startswith("sp,"):
        return Step(unknown_sp=True)
    if name == "msr" and re.match(r"[mp]sp\b", operands, re.IGNORECASE):
        return Step(switches=True)
    if name.startswith(("cbz", "cbnz")) or _ARM_BRANCH.match(name) or name in _ARM_LOOPS:
        return Step(target=_target(operands), falls=name != "b")
    if name == "bl" or (name == "blx" and "<" in operands):
        return Step(target=_target(operands), call=True)
    if name.startswith("bl") and _ARM_BRANCH.match("b" + name[2:]) and "<" in operands and name not in ("blt", "bls", "ble"):
        return Step(target=_target(operands), call=True)
    if name.startswith("blx"):
        return Step(indirect=True, call=True)
    if name.startswith("bx") or (name.startswith("mov") and operands.startswith("pc,")):
        return Step(falls=conditional, indirect=not operands.endswith("lr"))
    if name in ("tbb", "tbh"):
        return Step(falls=False, table=True)
    return Step()


def _register_bytes(operands: str) -> int:
    """Bytes of a register list such as {r4-r7, lr} or {d8-d15}."""
    total = 0
    for item in operands[operands.find("{") + 1 : operands.rfind("}")].split(","):
        low, _, high = item.strip().partition("-")
        count = int(high[1:]) - int(low[1:]) + 1 if high else 1
        total += count * (8 if low.startswith("d") else 4)
    return total


_JALMNXTI = ("0x7ed", "jalmnxti")
_RISCV_RETURNS = ("ret", "mret", "sret")
_RISCV_BRANCHES = re.compile(r"^b(?:eq|ne|lt|ge|gt|le)u?z?$")


def _riscv(mnemonic: str, operands: str, note: str) -> Step:
    name = mnemonic.removeprefix("c.")
    words = [w.strip() for w in operands.split(",")]
    first = words[0] if words else ""
    if name in _RISCV_RETURNS:
        return Step(falls=False, trap_return=name != "ret")
    if _RISCV_BRANCHES.match(name):
        return Step(target=_target(operands))
    if name == "j" or (name == "jal" and first in ("zero", "x0")):
        return Step(target=_target(operands), falls=False)
    if name in ("jal", "call"):
        return Step(target=_target(operands), call=True)
    if name in ("jr", "jalr"):
        call = name == "jalr" and first not in ("zero", "x0")
        noted = _NOTED.match(note)
        if noted:
            return Step(target=int(noted[1], 16), call=call, falls=call)
        if name == "jr" and re.match(r"(?:0\()?(?:ra|t0)\b", first):
            return _RETURN
        return Step(indirect=True, call=call, falls=call)
    if name == "csrrw" and any(word in _JALMNXTI for word in words):
        return Step(indirect=True, call=True)  # Nuclei: calls the handler of whatever interrupt waits
    if first == "sp" and words[1:2] == ["gp"]:
        return Step(switches=True)
    if first == "sp" and name in ("add", "addi", "addi16sp"):
        number = words[-1]
        if (len(words) == 2 or words[1] == "sp") and re.fullmatch(r"-?(?:0x[0-9a-f]+|\d+)", number):
            return Step(sp=-int(number, 0))
        return Step(unknown_sp=True)
    if first == "sp" and name in ("lw", "ld", "lui", "auipc", "la", "li", "csrr", "csrrw"):
        return Step(switches=True)
    if name.startswith("csrrw") and operands.count("sp") > 0:
        return Step(switches=True)
    if first == "sp" and not name.startswith(("sw", "sh", "sb", "sd", "b")):
        return Step(unknown_sp=True)
    return Step()


def _target(operands: str) -> int | None:
    found = _TARGET.search(operands)
    return int(found[1], 16) if found else None
