"""Response-time analysis: the recurrence against examples of the literature, rules against wrong boards, paths against small programs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from stator.board import Board, load_board
from stator.errors import ConfigError, StatorError
from stator.measure.elf import read_elf
from stator.memory import load_tasks
from stator.timing.path import Code, UnboundedTime
from stator.timing.response import Activity, response_ns, utilisation
from stator.timing.rules import refuse_priorities, wrong_priorities
from stator.timing.setting import changed
from stator.verbs.build import build
from stator.verbs.compile import compile


def activity(name: str, order: int, period: int, cost: int, **more: int) -> Activity:
    return Activity(name, order, period, cost, more.pop("deadline_ns", period), **more)


def test_recurrence_gives_the_textbook_s_response_times() -> None:
    # Burns and Wellings, Real-Time Systems and Programming Languages, the task set whose response times are 3, 6 and 20.
    tasks = [activity("a", 0, 7, 3), activity("b", 1, 12, 3), activity("c", 2, 20, 5)]
    assert [response_ns(t, tasks) for t in tasks] == [3, 6, 20]


def test_blocking_jitter_waiting_and_caps_count() -> None:
    low = activity("low", 1, 100, 10, blocking_ns=4, wait_ns=6)
    assert response_ns(low, [low]) == 20
    assert response_ns(low, [low, activity("high", 0, 15, 5)]) == 30
    assert response_ns(low, [low, activity("high", 0, 15, 5, jitter_ns=10)]) == 35
    assert response_ns(low, [low, activity("burst", 0, 1, 2, at_most=7)]) == 34
    late = activity("late", 0, 50, 5, jitter_ns=9)
    assert response_ns(late, [late]) == 14  # from the event, not from the release


def test_equal_priorities_hold_each_other_up() -> None:
    pair = [activity("a", 3, 100, 10), activity("b", 3, 100, 7)]
    assert [response_ns(t, pair) for t in pair] == [17, 17]


def test_overload_never_ends() -> None:
    tasks = [activity("high", 0, 10, 10), activity("low", 1, 100, 10)]
    assert utilisation(tasks) == pytest.approx(1.1)
    assert response_ns(tasks[1], tasks) is None


@pytest.mark.parametrize("name", ["nrf5340", "gd32vf103", "mps2_an505", "qemu_rv32"])
def test_the_boards_priorities_are_right(name: str) -> None:
    board = load_board(name)
    assert board.timing is not None
    assert wrong_priorities(board) == []


def said(name: str, settings: str) -> str:
    board, _ = changed(load_board(name), load_tasks(), settings)
    return "\n".join(wrong_priorities(board))


@pytest.mark.parametrize(
    ("board", "settings", "reason"),
    [
        ("nrf5340", "interrupts.saadc=1", "saadc: 1 is more urgent than 2"),
        ("nrf5340", "interrupts.serial0=0", "serial0: 0 is more urgent than 2"),
        ("nrf5340", "interrupts.saadc=6", "saadc (6), of the sensor, is less urgent than serial0 (5)"),
        ("nrf5340", "interrupts.serial0=8", "serial0: 8 is none of 0 to 7"),
        ("mps2_an505", "interrupts.timer0=6", "timer0 (6), of the sensor, is less urgent than uart0 (5)"),
        ("gd32vf103", "interrupts.dma0_channel3=3", "dma0_channel0 (2), of the sensor, is less urgent than dma0_channel3 (3)"),
        ("gd32vf103", "interrupts.dma0_channel0=16", "level 16 is none of 0 to 15"),
        ("qemu_rv32", "interrupts.uart0=0", "PLIC priority 0 is none of 1 to 7"),
    ],
)
def test_wrong_priorities_are_told(board: str, settings: str, reason: str) -> None:
    assert reason in said(board, settings)


def test_an_interrupt_that_leaves_the_kernel_alone_may_be_above_it() -> None:
    assert said("mps2_an505", "interrupts.timer0=0") == ""


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ("interrupts.sadc=1", "interrupts has no 'sadc', did you mean 'saadc'"),
        ("interrupts=1", "holds more than one value"),
        ("interrupts.saadc", "not KEY=VALUE"),
        ("interrupts.saadc=-1", "not KEY=VALUE"),
        ("clock_hz=0", "clock_hz"),
        ("name=other", "has no 'name'"),
        ("tasks.feature.priority=high", "priority"),
    ],
)
def test_a_setting_that_means_nothing_is_refused(settings: str, reason: str) -> None:
    with pytest.raises(ConfigError) as refused:
        changed(load_board("nrf5340"), load_tasks(), settings)
    assert reason in str(refused.value)


def wrong_board(folder: Path) -> Board:
    shutil.copytree(load_board("mps2_an505").folder, folder / "wrong")
    file = folder / "wrong" / "board.yml"
    text = file.read_text(encoding="utf-8")
    assert "{dma: 2," in text
    file.write_text(text.replace("{dma: 2,", "{dma: 6,"), encoding="utf-8")
    return load_board(folder / "wrong")


def test_build_and_compile_refuse_wrong_priorities(tmp_path: Path) -> None:
    board = wrong_board(tmp_path)
    with pytest.raises(ConfigError, match="cannot work"):
        refuse_priorities(board)
    for verb in (build, compile):
        with pytest.raises(StatorError, match=r"dma \(6\), of the sensor, is less urgent than uart0 \(5\)"):
            verb(board=str(board.folder), model="bearing")


PROGRAM = """
volatile int sink;
__attribute__((noinline)) int leaf(int x) { return x * 3; }
__attribute__((noinline)) void stator_fail(void) { for (;;) {} }
__attribute__((noinline)) int looping(int n) { for (int i = 0; i < n; i++) { sink = i; } return n; }
__attribute__((noinline)) int calls(int x) { if (x < 0) { stator_fail(); } return leaf(x) + leaf(x + 1) + 1; }
__attribute__((noinline)) int again(int x) { return x < 2 ? x : again(x - 1) * again(x - 2); }
int (*volatile pointer)(int) = leaf;
__attribute__((noinline)) int through(int x) { return pointer(x) + 1; }
void _start(void) { sink = calls(looping(7)) + again(5) + through(2); for (;;) {} }
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("arm-none-eabi-gcc") is None:
        pytest.skip("arm-none-eabi-gcc is not installed")
    folder = tmp_path_factory.mktemp("path")
    (folder / "main.c").write_text(PROGRAM, encoding="utf-8")
    words = ["arm-none-eabi-gcc", "-mcpu=cortex-m33+nofp", "-O1", "-nostdlib", "-fno-inline", "-Ttext=0x1000", "main.c", "-o", "main.elf"]
    subprocess.run(words, cwd=folder, check=True)
    return folder / "main.elf"


def code(program: Path, **loops: int) -> Code:
    return Code.of(read_elf(program), loops, dead=frozenset({"stator_fail"}))


def test_paths_add_up(program: Path) -> None:
    paths = code(program)
    leaf = paths.path("leaf")
    assert leaf == 2  # add with shift, bx
    calls = paths.path("calls")
    assert calls - 2 * leaf == paths.path("calls", frozenset({"leaf"}))
    assert paths.path("through", calls="leaf") == paths.path("through", calls="calls") - calls + leaf


def test_a_loop_counts_as_often_as_its_bound(program: Path) -> None:
    once, twice, often = (code(program, looping=n).path("looping") for n in (1, 2, 10))
    assert twice > once
    assert often - once == 9 * (twice - once)


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        ("looping", "how often its loop"),
        ("again", "calls itself"),
        ("through", "through a pointer"),
        ("stator_fail", "never returns"),
        ("no", "no function"),
    ],
)
def test_what_has_no_bound_is_an_error(program: Path, function: str, reason: str) -> None:
    with pytest.raises(UnboundedTime, match=reason):
        code(program).path(function)
