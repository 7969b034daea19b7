"""What the host tells a bench image, and what it believes of its answers."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from stator.board import Board, load_board
from stator.errors import ToolError
from stator.frontends import load
from stator.measure.inference import compared, inputs_for
from stator.passes import optimise
from stator.sim import bench, qemu
from stator.sim.lines import line
from stator.spec import load_model_spec

GOOD = b"".join(
    line(text)
    for text in (
        "B,board=b,sha256=00,layers=2,overhead=3",
        "R,0,1003",
        "O,0,0,0,0102",
        "O,0,0,2,03",
        "R,1,1103",
        "O,1,0,0,040506",
        "L,0,700,10",
        "L,1,310,10",
        "E,2",
    )
)


def answering(monkeypatch: pytest.MonkeyPatch, said: bytes) -> Callable[[], bench.Counts]:
    board = load_board("mps2_an505")

    def simulate(board: Board, elf: Path, hear: Callable[[bytes], bool], *, loaded: bytes, stall_s: float, more: Sequence[str]) -> float:
        for at in range(0, len(said), 7):
            if hear(said[at : at + 7]):
                break
        return 0.0

    monkeypatch.setattr(qemu, "simulate", simulate)
    monkeypatch.setattr(qemu, "find", lambda simulator: "true")
    return lambda: bench.count(board, Path("bench.elf"), [(0, 2)], [(8, 3)], [[b"ab"], [b"cd"]])


def test_counts_have_the_measuring_taken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = answering(monkeypatch, GOOD)()
    assert counts.runs == (1000, 1100)
    assert counts.layers == (690, 300)
    assert counts.outputs == ((b"\1\2\3",), (b"\4\5\6",))


@pytest.mark.parametrize(
    "damage",
    [
        lambda s: s.replace(b"R,0,1003", b"R,0,1004"),  # checksum
        lambda s: s.replace(line("O,0,0,2,03"), b""),  # an output is not whole
        lambda s: s.replace(line("O,0,0,0,0102"), b""),  # a piece is missing
        lambda s: s.replace(line("R,1,1103"), b""),
        lambda s: s.replace(line("L,1,310,10"), b""),
        lambda s: s.replace(line("E,2"), b""),
        lambda s: line("Z,1") + s,  # an unknown line
        lambda s: b"y" * 10_000,
        lambda s: b"",
        lambda s: b"FAIL model\n" + s,
    ],
)
def test_what_is_not_whole_is_refused(monkeypatch: pytest.MonkeyPatch, damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(ToolError, match="bench image"):
        answering(monkeypatch, damage(GOOD))()


def test_the_order_holds_segments_and_padded_inputs() -> None:
    words = bench.order([(4, 3), (8, 4)], [(16, 2)], [[b"abc", b"defg"], [b"hij", b"klmn"]])
    assert struct.unpack_from("<10I", words) == (bench.MAGIC, 2, 2, 1, 4, 3, 8, 4, 16, 2)
    assert words[40:] == b"abc\0defghij\0klmn"
    with pytest.raises(ValueError, match="takes 3"):
        bench.order([(0, 3)], [], [[b"four"]])


def test_inputs_are_seeded_whole_range_and_have_the_edges() -> None:
    graph = optimise(load(load_model_spec("bearing").path))
    sets, again = inputs_for(graph, 100), inputs_for(graph, 100)
    assert all((a == b).all() for x, y in zip(sets, again, strict=True) for a, b in zip(x, y, strict=True))
    assert set(np.unique(sets[1][0])) == {-128} and set(np.unique(sets[2][0])) == {127} and len(np.unique(sets[3][0])) == 1
    assert len(np.unique(sets[0][0])) > 100
    assert len({x[0].tobytes() for x in sets}) == 100


def test_a_wrong_output_byte_is_named() -> None:
    good = [(b"\1\2",), (b"\3\x80",)]
    assert compared("o", "here", good, good).exact
    found = compared("o", "here", good, [(b"\1\2",), (b"\3\x7f",)])
    assert found.problems == ("here: input 1, output 0, byte 1: expected -128, got 127",) and not found.exact
    assert not compared("o", "here", [], []).exact
