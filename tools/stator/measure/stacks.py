"""How deep each stack can get: the worst path through the call graph of every task and interrupt, from the linked image.

Frames come from GCC's `-fcallgraph-info=su` where a function was compiled here, else from the disassembly; calls from both. A
recursion, a frame without a bound and a call through a pointer that nobody resolved are errors: then there is no bound.

On top of a task's own calls its stack holds the registers of an interrupted task, and everything else runs on the main stack:
- FreeRTOS starts a task's stack below its last word, aligned down (tasks.c, prvInitialiseNewTask): one alignment is lost.
- Arm: the exception frame (Armv8-M Architecture Reference Manual B3.21: 8 words, 18 more with FPU, and a word that aligns it to
  8 bytes) and what the kernel saves at a switch (FreeRTOS ARM_CM33_NTZ portasm.c, PendSV_Handler: r2-r11; s16-s31 with FPU).
  Interrupts nest on the main stack, one per priority level.
- RISC-V: what the trap entry pushes (FreeRTOS portContext.h portCONTEXT_SIZE, or the port's own; read from the image). Traps do
  not nest unless the port nests them, one per level.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stator.board import Board
from stator.errors import ToolError
from stator.measure.callgraph import Compiled, read_callgraph
from stator.measure.disassembly import Disassembled, disassemble
from stator.measure.elf import Elf, read_elf

PREFIX = "stator_stack_"
MAIN = "main"
_ENTRIES = ("{task}", "stator_{task}_task", "prv{Task}Task")
_FAULTS, _KERNEL = range(2, 8), (11, 14, 15)


class UnboundedStack(ToolError):
    """Some stack has no bound; `details` say which function and why."""


@dataclass(frozen=True, slots=True)
class Bound:
    """The deepest path from `entry`: bytes, and the functions on it with the bytes that each adds."""

    entry: str
    bytes: int
    path: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class StackBound:
    """One stack. bound_bytes = calls.bytes + context_bytes, where `context` names what the latter is made of."""

    name: str
    reserved_bytes: int
    calls: Bound
    context_bytes: int
    context: str
    guard_bytes: int = 0  # of what is reserved, what nothing may write

    @property
    def usable_bytes(self) -> int:
        return self.reserved_bytes - self.guard_bytes

    @property
    def bound_bytes(self) -> int:
        return self.calls.bytes + self.context_bytes

    @property
    def fits(self) -> bool:
        return self.bound_bytes <= self.usable_bytes


@dataclass(frozen=True, slots=True)
class Stacks:
    """All stacks of an image."""

    stacks: tuple[StackBound, ...]

    @property
    def bound_bytes(self) -> int:
        return sum(s.bound_bytes for s in self.stacks)

    @property
    def reserved_bytes(self) -> int:
        return sum(s.reserved_bytes for s in self.stacks)


@dataclass(frozen=True, slots=True)
class CallGraph:
    """What every function of the image pushes and calls."""

    compiled: Mapping[str, Compiled]
    disassembled: Mapping[str, Disassembled]
    pointers: Mapping[str, tuple[str, ...]]

    def bound(self, entry: str) -> Bound:
        """The deepest path from `entry`. Raises UnboundedStack with every reason that can be reached from there."""
        problems: list[str] = []
        done: dict[str, Bound] = {}
        bound = self._bound(entry, (), done, problems)
        if problems:
            raise UnboundedStack(
                f"the stack that '{entry}' needs has no bound",
                details=tuple(dict.fromkeys(problems))[:12],
                remedy="no recursion, no alloca or variable-length array, direct calls",
            )
        return bound

    def _bound(self, name: str, above: tuple[str, ...], done: dict[str, Bound], problems: list[str]) -> Bound:
        if name in done:
            return done[name]
        if name in above:
            problems.append("recursion: " + " -> ".join((*above[above.index(name) :], name)))
            return Bound(name, 0, ())
        frame, calls = self._function(name, problems)
        best = Bound(name, frame, ((name, frame),))
        for callee, depth in calls:
            below = self._bound(callee, (*above, name), done, problems)
            if depth + below.bytes > best.bytes:
                best = Bound(name, depth + below.bytes, ((name, depth), *below.path))
        done[name] = best
        return best

    def _function(self, name: str, problems: list[str]) -> tuple[int, list[tuple[str, int]]]:
        """Frame and calls (callee, bytes in use at the call) of one function."""
        compiled, seen = self.compiled.get(name), self.disassembled.get(name)
        if seen is None:
            problems.append(f"'{name}' is called and not in the image")
            return 0, []
        calls: dict[str, int] = {}
        for callee, depth in seen.calls:
            calls[callee] = max(calls.get(callee, 0), depth)
        if compiled is None:
            if seen.problem:
                problems.append(f"{name}: {seen.problem}")
            frame, indirect = seen.frame_bytes, seen.indirect
        else:
            if not compiled.bounded:
                problems.append(f"{name} ({compiled.where}): its frame has no bound (alloca or a variable-length array)")
            frame, indirect = max(compiled.frame_bytes, 0 if seen.problem else seen.frame_bytes), bool(compiled.indirect)
            for callee in compiled.calls & self.disassembled.keys():
                calls.setdefault(callee, frame)
        if indirect:
            resolved = self.pointers.get(name, ())
            if not resolved:
                where = f" ({', '.join(compiled.indirect[:3])})" if compiled else ""
                problems.append(f"{name}{where}: calls through a pointer")
            for callee in resolved:
                calls[callee] = max(calls.get(callee, 0), frame)
        return frame, sorted(calls.items())


def call_graph(build_dir: Path, elf: Elf, pointers: Mapping[str, tuple[str, ...]] | None = None) -> CallGraph:
    """Reads the `.ci` files below `build_dir` and disassembles the image. `pointers`: whom a function calls through pointers."""
    return CallGraph(read_callgraph(_notes(build_dir)), disassemble(elf), pointers or {})


def _notes(build_dir: Path) -> list[Path]:
    """The compiler's notes: CMake keeps them beside the objects; other builds of other images may lie in further folders."""
    objects = build_dir / "CMakeFiles"
    return list(objects.rglob("*.ci") if objects.is_dir() else build_dir.glob("*.ci"))


def stacks(build_dir: Path, elf: Path | Elf, board: Board, pointers: Mapping[str, tuple[str, ...]] | None = None) -> Stacks:
    """The bound of every stack in the image: symbols `stator_stack_<task>`, and `stator_stack_main` for start-up and interrupts.

    Raises UnboundedStack, and ToolError when the image or the tools are not as they must be.
    """
    image = read_elf(elf) if isinstance(elf, Path) else elf
    graph = call_graph(build_dir, image, pointers)
    reserved = {s.name.removeprefix(PREFIX): s.bytes for s in image.symbols if s.name.startswith(PREFIX) and not s.code}
    if MAIN not in reserved:
        raise ToolError(f"{image.path.name} has no {PREFIX}{MAIN}", remedy="an image of Stator's own firmware")
    if set(reserved) == {MAIN}:  # no RTOS: one stack for everything
        return Stacks(
            (
                StackBound(
                    MAIN,
                    reserved[MAIN],
                    _main(image, graph, board, one=True),
                    0,
                    "the loop, and nested interrupts on top",
                    board.guard_bytes,
                ),
            )
        )
    context, why = _context(image, graph)
    context, why = context + board.stack_align, f"{why}, {board.stack_align} B lost at the top (FreeRTOS tasks.c)"
    found = []
    for task, bytes_ in sorted(reserved.items()):
        if task == MAIN:
            found.append(
                StackBound(
                    task, bytes_, _main(image, graph, board), 0, "start-up, or nested interrupts, whichever is deeper", board.guard_bytes
                )
            )
        else:
            found.append(StackBound(task, bytes_, graph.bound(_entry(graph, task)), context, why, board.guard_bytes))
    return Stacks(tuple(found))


def _entry(graph: CallGraph, task: str) -> str:
    for form in _ENTRIES:
        name = form.format(task=task, Task=task.capitalize())
        if name in graph.disassembled:
            return name
    raise ToolError(f"no function of the image is the entry of task '{task}'", remedy=f"name it stator_{task}_task")


def _context(image: Elf, graph: CallGraph) -> tuple[int, str]:
    if image.isa == "arm":
        frame, saved = _exception_frame(image), 40 + (64 if image.float_registers else 0)
        registers = "r2-r11 and s16-s31" if image.float_registers else "r2-r11"
        return frame + saved, f"exception frame {frame} B (Armv8-M), {registers} {saved} B (FreeRTOS ARM_CM33_NTZ)"
    traps = [f for f in graph.disassembled.values() if f.trap]
    if not traps:
        raise ToolError(f"{image.path.name} has no function that returns from a trap", remedy="an image with interrupts")
    deepest = max(traps, key=lambda f: f.frame_bytes)
    return deepest.frame_bytes, f"trap context {deepest.frame_bytes} B, as {deepest.name} pushes it"


def _exception_frame(image: Elf) -> int:
    return 32 + 4 + (72 if image.float_registers else 0)


def _main(image: Elf, graph: CallGraph, board: Board, one: bool = False) -> Bound:
    """Start-up and main, or the interrupts that may be active at once on the same stack; `one`: both, one upon the other."""
    start = next((s.name for s in image.symbols if s.code and s.address == image.entry and s.name in graph.disassembled), None)
    start = start or next((n for n, f in graph.disassembled.items() if f.address == image.entry), None)
    if start is None:
        raise ToolError(f"{image.path.name}: no function at the entry point {image.entry:#x}", remedy="ENTRY() in the linker script")
    startup = graph.bound(start)
    levels = len(set(board.interrupts.values()))
    interrupts = _arm_interrupts(image, graph, levels) if image.isa == "arm" else _riscv_interrupts(image, graph, levels, one)
    return _nested([startup, interrupts], 0) if one else max(startup, interrupts, key=lambda b: b.bytes)


def _nested(parts: list[Bound], frame: int) -> Bound:
    return Bound(
        " + ".join(p.entry for p in parts),
        sum(p.bytes + frame for p in parts),
        tuple(step for p in parts for step in ((f"exception frame of {p.entry}", frame), *p.path)),
    )


def _arm_interrupts(image: Elf, graph: CallGraph, levels: int) -> Bound:
    """One kernel handler at the lowest level, the deepest handler per level of the devices, and a fault on top of them all.

    A fault handler that goes over to the top of the stack leaves only its exception frame on those below.
    """
    first = min((s for s in image.sections if s.in_flash and not s.in_ram), key=lambda s: s.load_address)
    table = _vectors(image, graph)
    if len(table) < 16 or not table[1]:
        raise ToolError(
            f"{image.path.name}: no vector table at {first.address:#x}", remedy="arrays whose names end in 'vectors' first in flash"
        )
    faults = {table[i] for i in _FAULTS if table[i]}
    kernel = {table[i] for i in _KERNEL if table[i]} - faults
    devices = set(table[16:]) - faults - kernel - {"", table[1]}

    frame = _exception_frame(image)
    below, above = [*_deepest(graph, kernel, 1), *_deepest(graph, devices, levels)], _deepest(graph, faults, 1)
    if all(graph.disassembled[name].switches for name in faults):
        below += [Bound(fault.entry, 0, ()) for fault in above]
        return max(_nested(below, frame), *above, key=lambda b: b.bytes)
    return _nested([*below, *above], frame)


def _riscv_interrupts(image: Elf, graph: CallGraph, levels: int, one: bool) -> Bound:
    """What a trap entry calls after it has gone over to the main stack; its push on the task's stack is counted with the task.

    An entry that lets the interrupt controller call the handlers (Nuclei ECLIC) is nested: once for the kernel's own level, where there
    is a kernel, and once for every level of the devices, each with the deepest handler that is left and the entry's own push.
    """
    bounds = []
    traps = {f.name: f for f in graph.disassembled.values() if f.trap}
    handlers = set(_vectors(image, graph)) - {"", *traps}
    for function in traps.values():
        below = [(graph.bound(callee), depth) for callee, depth in function.calls]
        best = max(below, key=lambda b: b[0].bytes + b[1], default=(Bound(function.name, 0, ()), 0))
        bounds.append(Bound(function.name, best[0].bytes + best[1], ((function.name, best[1]), *best[0].path)))
        if function.indirect:
            bounds.append(_nested(_deepest(graph, handlers, levels + (not one)), function.frame_bytes))
    return max(bounds, key=lambda b: b.bytes)


def _deepest(graph: CallGraph, names: set[str], count: int) -> list[Bound]:
    return sorted((graph.bound(n) for n in sorted(names)), key=lambda b: -b.bytes)[:count]


def _vectors(image: Elf, graph: CallGraph) -> list[str]:
    """The functions in the vector tables, the arrays whose names end in `vectors`, in order of address; empty where there is none."""
    by_address = {f.address: n for n, f in sorted(graph.disassembled.items(), reverse=True)}
    tables = sorted((s for s in image.symbols if s.name.endswith("vectors") and s.typed and not s.code), key=lambda s: s.address)
    words = b"".join(image.read(s.address, s.bytes) for s in tables)
    thumb = 1 if image.isa == "arm" else 0
    return [by_address.get(word & ~thumb, "") for (word,) in struct.iter_unpack("<I", words[: len(words) // 4 * 4])]
