"""Stack bounds and sizes of small images that are compiled here, for both instruction sets."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stator.board import Board, load_board
from stator.errors import ToolError
from stator.measure.callgraph import read_callgraph
from stator.measure.disassembly import Disassembled, disassemble
from stator.measure.elf import read_elf
from stator.measure.sizes import sizes
from stator.measure.stacks import CallGraph, Stacks, UnboundedStack, call_graph, stacks

HEAD = """
#include <stdint.h>
#define STACK(task, bytes) uint8_t stator_stack_##task[bytes] __attribute__((aligned(16), used))
STACK(main, 512);
STACK(feature, 256);
void use(volatile int *p);
__attribute__((noinline, noipa)) void use(volatile int *p) { *p = 1; }
void startup(void);
__attribute__((noinline)) void stator_feature_task(void);
"""
ARM = """
void reset(void); void pendsv(void); void fault(void); void slow(void); void fast(void);
__attribute__((section(".vectors"), used)) void (*const vectors[20])(void) = {
    (void (*)(void))(stator_stack_main + 512), reset, fault, fault, fault, fault, fault, fault, 0, 0, 0, fault, fault, 0, pendsv, fault,
    slow, fast, fault, fault};
void fault(void) { for (;;) { } }
void pendsv(void) { volatile int a[4]; use(a); }
void slow(void) { volatile int a[30]; use(a); }
void fast(void) { volatile int a[20]; use(a); }
void reset(void) { startup(); stator_feature_task(); }
"""
RISCV = """
void handler(void);
__attribute__((noinline)) void handler(void) { volatile int a[40]; use(a); }
__attribute__((naked, aligned(4))) void trap(void);
void trap(void)
{
    __asm__ volatile("addi sp, sp, -128\\n sw ra, 4(sp)\\n la t0, saved\\n sw sp, 0(t0)\\n la sp, stator_stack_main + 512\\n"
                     "call handler\\n la t0, saved\\n lw sp, 0(t0)\\n lw ra, 4(sp)\\n addi sp, sp, 128\\n mret");
}
uint32_t saved;
void reset(void);
__attribute__((naked, section(".vectors"))) void reset(void)
{
    __asm__ volatile("la sp, stator_stack_main + 512\\n la t0, trap\\n csrw mtvec, t0\\n call startup\\n call stator_feature_task\\n j .");
}
"""
PLAIN = """
void startup(void) { volatile int a[10]; use(a); }
__attribute__((noinline)) static int inner(int n) { volatile int a[16]; use(a); return a[n & 15]; }
void stator_feature_task(void) { volatile int a[2]; use(a); a[0] = inner(a[1]); use(a); }
"""
LINK = """
MEMORY { flash (rx): ORIGIN = 0x10000000, LENGTH = 1M  ram (rwx): ORIGIN = 0x38000000, LENGTH = 1M }
ENTRY(reset)
SECTIONS { .text : { KEEP(*(.vectors)) *(.text* .rodata* .srodata*) } > flash
           .data : { *(.data* .sdata*) } > ram AT > flash
           .bss (NOLOAD) : { *(.bss* .sbss* COMMON) } > ram }
"""


@dataclass(frozen=True)
class Isa:
    board: Board
    prefix: str
    flags: tuple[str, ...]
    head: str

    def build(self, folder: Path, body: str) -> Path:
        (folder / "image.c").write_text(HEAD + self.head + body)
        (folder / "image.ld").write_text(LINK)
        elf = folder / "image.elf"
        words = [f"{self.prefix}gcc", *self.flags, "-O2", "-ffreestanding", "-nostartfiles", "-nostdlib", "-fcallgraph-info=su"]
        done = subprocess.run(
            [*words, "-T", "image.ld", "image.c", "-lgcc", "-o", elf.name], cwd=folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return elf

    def stacks(self, folder: Path, body: str) -> Stacks:
        return stacks(folder, self.build(folder, body), self.board)


@pytest.fixture(params=["mps2_an505", "qemu_rv32"])
def isa(request: pytest.FixtureRequest) -> Isa:
    board = load_board(request.param)
    if board.isa == "arm":
        found = Isa(board, "arm-none-eabi-", ("-mcpu=cortex-m33+nofp", "-mthumb"), ARM)
    else:
        found = Isa(board, "riscv64-unknown-elf-", ("-march=rv32imac", "-mabi=ilp32", "-misa-spec=2.2"), RISCV)
    if shutil.which(found.prefix + "gcc") is None:
        pytest.skip(f"{found.prefix}gcc is not installed")
    return found


def test_a_task_is_bounded_by_its_deepest_path_and_its_context(isa: Isa, tmp_path: Path) -> None:
    feature = next(s for s in isa.stacks(tmp_path, PLAIN).stacks if s.name == "feature")
    assert [step for step, _ in feature.calls.path][:2] == ["stator_feature_task", "inner"]
    assert feature.calls.bytes == sum(bytes_ for _, bytes_ in feature.calls.path)
    assert 2 * 4 + 16 * 4 < feature.calls.bytes <= 160
    assert feature.context_bytes == (76 + 8 if isa.board.isa == "arm" else 128 + 16)
    assert (feature.reserved_bytes, feature.usable_bytes) == (256, 256 - isa.board.guard_bytes)
    assert feature.fits == (feature.bound_bytes <= feature.usable_bytes)


def test_interrupts_run_on_the_main_stack(isa: Isa, tmp_path: Path) -> None:
    main = next(s for s in isa.stacks(tmp_path, PLAIN).stacks if s.name == "main")
    names = [step for step, _ in main.calls.path]
    if isa.board.isa == "arm":
        levels = len(set(isa.board.interrupts.values()))
        assert {"pendsv", "slow", "fault", *(("fast",) if levels > 1 else ())} <= set(names)
        assert main.calls.bytes >= (16 + 120 + (80 if levels > 1 else 0)) + 36 * (2 + min(levels, 2))
    else:
        assert names[:2] == ["trap", "handler"] and main.calls.bytes >= 160


def test_recursion_is_refused_and_its_circle_named(isa: Isa, tmp_path: Path) -> None:
    body = """
    int odd(int n);
    __attribute__((noipa)) int even(int n) { volatile int a[2]; use(a); return n == 0 ? a[0] : odd(n - 1) + a[1]; }
    __attribute__((noipa)) int odd(int n) { volatile int a[2]; use(a); return n == 0 ? a[0] : even(n - 1) + a[1]; }
    void stator_feature_task(void) { volatile int n = 3; use(&n); n = even(n); }
    void startup(void) { }
    """
    with pytest.raises(UnboundedStack, match="recursion: even -> odd -> even"):
        isa.stacks(tmp_path, body)


def test_an_unresolved_pointer_call_is_refused_with_its_line(isa: Isa, tmp_path: Path) -> None:
    body = """
    void (*volatile hook)(void);
    void stator_feature_task(void) { volatile int n = 3; hook(); use(&n); }
    void startup(void) { }
    """
    with pytest.raises(UnboundedStack, match=r"stator_feature_task \(image.c:\d+:\d+\): calls through a pointer"):
        isa.stacks(tmp_path, body)


def test_a_resolved_pointer_call_is_followed(isa: Isa, tmp_path: Path) -> None:
    body = """
    __attribute__((used, noipa)) void large(void) { volatile int a[50]; use(a); }
    void (*volatile hook)(void) = large;
    void stator_feature_task(void) { volatile int n = 3; hook(); use(&n); }
    void startup(void) { }
    """
    found = stacks(tmp_path, isa.build(tmp_path, body), isa.board, {"stator_feature_task": ("large",)})
    assert next(s for s in found.stacks if s.name == "feature").calls.bytes > 200


@pytest.mark.parametrize("frame", ["int a[n]", "int *a = __builtin_alloca((unsigned)n)"])
def test_a_frame_without_bound_is_refused(isa: Isa, tmp_path: Path, frame: str) -> None:
    body = f"""
    __attribute__((noipa)) int dynamic(int n) {{ {frame}; use(a); return a[0]; }}
    void stator_feature_task(void) {{ volatile int n = 3; use(&n); n = dynamic(n); }}
    void startup(void) {{ }}
    """
    with pytest.raises(UnboundedStack, match=r"dynamic .*has no bound"):
        isa.stacks(tmp_path, body)


def test_assembly_and_library_functions_count(isa: Isa, tmp_path: Path) -> None:
    push = (
        "push {r4-r11, lr}\\n sub sp, #64\\n add sp, #64\\n pop {r4-r11, pc}"
        if isa.board.isa == "arm"
        else "addi sp, sp, -100\\n addi sp, sp, 100\\n ret"
    )
    body = f"""
    __asm__(".text\\n .global deep\\n .type deep, %function\\ndeep: {push}\\n .size deep, . - deep");
    void deep(void);
    volatile double x, y;
    void stator_feature_task(void) {{ deep(); x = x / y; }}
    void startup(void) {{ }}
    """
    elf = isa.build(tmp_path, body)
    graph = call_graph(tmp_path, read_elf(elf))
    assert graph.bound("deep").bytes == 100
    division = "__aeabi_ddiv" if isa.board.isa == "arm" else "__divdf3"
    assert 0 < graph.bound(division).bytes < 200
    frame = graph.compiled["stator_feature_task"].frame_bytes
    assert graph.bound("stator_feature_task").bytes == frame + max(100, graph.bound(division).bytes)


def test_assembly_that_pushes_in_a_loop_is_refused(isa: Isa, tmp_path: Path) -> None:
    push = (
        "push {r4}\\n subs r0, #1\\n bne 1b\\n bx lr"
        if isa.board.isa == "arm"
        else "addi sp, sp, -4\\n addi a0, a0, -1\\n bnez a0, 1b\\n ret"
    )
    body = f"""
    __asm__(".text\\n .global heap\\n .type heap, %function\\nheap:\\n1: {push}\\n .size heap, . - heap");
    void heap(int n);
    void stator_feature_task(void) {{ heap(3); }}
    void startup(void) {{ }}
    """
    with pytest.raises(UnboundedStack, match="heap: the stack grows in a loop"):
        isa.stacks(tmp_path, body)


@pytest.mark.parametrize(("address", "bounded"), [("adr r3, 2f", True), ("mov r3, r1", False)])
def test_assembly_may_jump_to_a_place_of_its_own(isa: Isa, tmp_path: Path, address: str, bounded: bool) -> None:
    """An entry into an unrolled loop: computed from the function's own addresses, kept on the stack, jumped to."""
    if isa.board.isa != "arm":
        pytest.skip("the RISC-V kernels compute no jumps")
    code = f"push {{r4-r7, lr}}\\n {address}\\n str r3, [sp, #4]\\n ldr pc, [sp, #4]\\n .balign 4\\n 2: push {{r0-r3}}\\n add sp, #16\\n"
    body = f"""
    __asm__(".text\\n .syntax unified\\n .balign 4\\n .global enter\\n .type enter, %function\\nenter: {code} pop {{r4-r7, pc}}\\n"
            " .size enter, . - enter");
    void enter(int n, int where);
    void stator_feature_task(void) {{ enter(3, 4); }}
    void startup(void) {{ }}
    """
    elf = isa.build(tmp_path, body)
    if bounded:
        assert call_graph(tmp_path, read_elf(elf)).bound("enter").bytes == 36
    else:
        with pytest.raises(UnboundedStack, match="enter: calls through a pointer"):
            call_graph(tmp_path, read_elf(elf)).bound("enter")


def test_disassembly_agrees_with_the_compiler_where_both_know(isa: Isa, tmp_path: Path) -> None:
    elf = isa.build(tmp_path, PLAIN)
    seen, said = disassemble(read_elf(elf)), read_callgraph(tmp_path.glob("*.ci"))
    both = {name for name in said.keys() & seen.keys() if "naked" not in name and name not in ("trap", "reset")}
    assert len(both) >= 4
    assert {name: seen[name].frame_bytes for name in both} == {name: said[name].frame_bytes for name in both}


@given(
    st.lists(
        st.tuples(st.integers(0, 200), st.lists(st.tuples(st.integers(1, 7), st.integers(0, 200)), max_size=4)), min_size=1, max_size=9
    )
)
def test_the_bound_is_the_longest_path(shape: list[tuple[int, list[tuple[int, int]]]]) -> None:
    """Against every path, walked one by one: function i calls i + step with some bytes in use."""
    count = len(shape)
    seen = {
        f"f{i}": Disassembled(
            f"f{i}",
            i,
            max([frame, *(depth for _, depth in calls)]),
            tuple((f"f{i + step}", depth) for step, depth in calls if i + step < count),
            False,
        )
        for i, (frame, calls) in enumerate(shape)
    }

    def every(name: str, depth: int) -> list[int]:
        return [depth + seen[name].frame_bytes, *(d for callee, at in seen[name].calls for d in every(callee, depth + at))]

    bound = CallGraph({}, seen, {}).bound("f0")
    assert bound.bytes == max(every("f0", 0))
    assert bound.bytes == sum(bytes_ for _, bytes_ in bound.path)


def test_an_fpu_makes_the_context_larger(tmp_path: Path) -> None:
    if shutil.which("arm-none-eabi-gcc") is None:
        pytest.skip("arm-none-eabi-gcc is not installed")
    flags = ("-mcpu=cortex-m33", "-mthumb", "-mfloat-abi=hard")
    found = Isa(load_board("mps2_an505"), "arm-none-eabi-", flags, ARM).stacks(tmp_path, PLAIN)
    assert next(s for s in found.stacks if s.name == "feature").context_bytes == 76 + 72 + 64 + 8


def test_sizes_equal_what_the_size_tool_says(isa: Isa, tmp_path: Path) -> None:
    elf = isa.build(tmp_path, PLAIN + "int data[5] = {1, 2, 3}; char odd[3]; ")
    told = subprocess.run([f"{isa.prefix}size", "-B", str(elf)], capture_output=True, text=True, check=True).stdout
    text, data, bss = (int(n) for n in re.findall(r"\d+", told.splitlines()[1])[:3])
    found = sizes(elf)
    assert data >= 20
    assert found.flash_bytes - found.flash_fill_bytes == text + data
    assert found.sram_bytes - found.sram_fill_bytes == data + bss
    assert found.stack_bytes == 512 + 256
    assert found.largest(1, flash=False)[0].name == "stator_stack_main"


def test_what_is_no_image_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.elf"
    for content in (b"", b"\x7fELF", b"\x7fELF\x01\x01\x01" + bytes(45), b"hello" * 40):
        broken.write_bytes(content)
        with pytest.raises(ToolError, match="not a readable ELF image"):
            sizes(broken)
