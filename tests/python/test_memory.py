"""The memory plan: nothing that lives at once overlaps, everything is aligned, inside its region and where DMA reaches it."""

from __future__ import annotations

import itertools
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stator.board import HALF_SAMPLES, Board, Counter, Region, Sensor, boards, load_board
from stator.errors import ConfigError
from stator.memory import load_tasks
from stator.memory.pack import Block, Gaps, Packing, greedy, pack, peak
from stator.memory.plan import Need, place
from stator.memory.sampling import sampling
from stator.memory.tasks import Tasks, stack_bytes

ALIGNS = st.sampled_from([1, 2, 4, 8, 16, 32])


@st.composite
def blocks(draw: st.DrawFn) -> Block:
    first = draw(st.integers(0, 12))
    return Block(draw(st.integers(0, 5000)), draw(ALIGNS), first, first + draw(st.integers(0, 6)))


def assert_legal(some: list[Block], gaps: Gaps, packing: Packing) -> None:
    for (i, at_i), (j, at_j) in itertools.combinations(enumerate(packing.offsets), 2):
        if some[i].first <= some[j].last and some[j].first <= some[i].last:
            assert at_i + gaps.get((i, j), some[i].bytes) <= at_j or at_j + gaps.get((j, i), some[j].bytes) <= at_i
    for block, at in zip(some, packing.offsets, strict=True):
        assert at >= 0
        assert at % block.align == 0
        assert at + block.bytes <= packing.bytes
    assert packing.bound <= packing.bytes


@given(st.lists(blocks(), max_size=14))
@settings(max_examples=60, deadline=None)
def test_planner_never_overlaps_live_tensors(some: list[Block]) -> None:
    assert_legal(some, {}, pack(some))


@given(st.lists(blocks(), max_size=10), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_planner_overlaps_outputs_and_inputs_only_as_far_as_allowed(some: list[Block], random: Random) -> None:
    pairs = [(i, j) for i, a in enumerate(some) for j, b in enumerate(some) if i != j and a.meets(b) and random.random() < 0.4]
    gaps = {(i, j): random.randint(0, some[i].bytes) for i, j in pairs}
    assert_legal(some, gaps, pack(some, gaps))
    assert_legal(some, gaps, greedy(some, gaps))


@given(st.lists(blocks(), max_size=14))
@settings(max_examples=60, deadline=None)
def test_bound_is_what_lives_at_once_and_never_above_the_arena(some: list[Block]) -> None:
    steps = range(20)
    assert greedy(some, {}).bound == max(sum(b.bytes for b in some if b.first <= s <= b.last) for s in steps) == peak(some, {})
    assert peak(some, {}) <= pack(some).bound <= pack(some).bytes


@given(st.lists(blocks(), max_size=10))
@settings(max_examples=20, deadline=None)
def test_same_blocks_get_the_same_offsets(some: list[Block]) -> None:
    assert pack(some) == pack(some)


def test_chain_of_layers_needs_only_its_peak() -> None:
    sizes = [490, 8000, 8000, 8000, 8000, 64, 12, 12]
    chain = [Block(size, 4, max(i - 1, 0), i) for i, size in enumerate(sizes)]
    packing = pack(chain)
    assert packing.bytes == packing.bound == 16000


def test_swaps_improve_on_greedy_placement(monkeypatch: pytest.MonkeyPatch) -> None:
    lives = [(8, 2, 2), (7, 2, 4), (3, 0, 1), (3, 2, 4), (4, 3, 5), (2, 5, 8), (6, 4, 7)]
    some = [Block(size, 1, first, last) for size, first, last in lives]
    assert greedy(some, {}).bytes == peak(some, {}) == 20
    monkeypatch.setattr("stator.memory.pack.SWAPS", 0)
    assert greedy(some, {}).bytes == 22


def hard() -> tuple[list[Block], dict[tuple[int, int], int]]:
    """Blocks that greedy placement does not pack well, and that no packing gets into what lives at once."""
    rng = Random(4)
    starts = [rng.randint(0, 8) for _ in range(16)]
    some = [Block(rng.randint(1, 500) * 8, 4, at, at + rng.choice([0, 1, 1, 2, 3])) for at in starts]
    pairs = [(i, j) for i, a in enumerate(some) for j, b in enumerate(some) if a.last == b.first and i != j]
    return some, {(i, j): rng.randint(0, some[i].bytes) for i, j in pairs}


def test_solver_finds_what_greedy_placement_does_not_and_proves_it_the_least() -> None:
    first, best = greedy(*hard()), pack(*hard())
    assert first.bound < best.bound == best.bytes < first.bytes
    assert_legal(*hard(), best)
    assert pack(*hard()) == best


def test_packing_without_the_solver_is_the_greedy_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stator.memory.exact.find_spec", lambda _: None)
    assert pack(*hard()) == greedy(*hard())


def test_chain_that_computes_over_its_input_needs_little_more_than_one_tensor() -> None:
    """Layers that shift by 384 one way and 64 the other: only if they take turns does the arena grow by no more than one shift."""
    chain = [Block(8000, 4, i, i + 1) for i in range(9)]
    gaps = {}
    for i in range(8):
        gaps[i + 1, i], gaps[i, i + 1] = ((384, 448), (64, 64))[i % 2]
    packing = pack(chain, gaps)
    assert packing.bytes == packing.bound == 8384
    assert_legal(chain, gaps, packing)


@st.composite
def rams(draw: st.DrawFn) -> dict[str, Region]:
    out = {"flash": Region(at=0, bytes=1024, kind="flash")}
    at = 0x2000_0000
    for i in range(draw(st.integers(1, 3))):
        size = draw(st.integers(64, 12_000))
        out[f"ram{i}"] = Region(at=at, bytes=size, kind="ram", dma=draw(st.booleans()))
        at += size + draw(st.integers(0, 3)) * 4096
    return out


@st.composite
def needs(draw: st.DrawFn) -> list[Need]:
    out = []
    for i in range(draw(st.integers(0, 8))):
        out.append(Need(f"n{i}", "object", "uint8_t", draw(st.integers(1, 4000)), draw(ALIGNS), f"need {i}"))
    out += [Need(f"half{i}", "half", "int16_t", draw(st.sampled_from([64, 512, 2048])), 32, "half", dma=True) for i in range(2)]
    return out


def board_with(memory: dict[str, Region]) -> Board:
    return Board.model_construct(
        name="some_board", folder=Path("/nowhere"), isa="arm", memory=memory, counter=Counter(hz=1, unit="tick"), simulator=None
    )


@given(needs(), rams())
@settings(max_examples=200, deadline=None)
def test_placed_items_are_disjoint_aligned_inside_and_reachable(some: list[Need], memory: dict[str, Region]) -> None:
    items = place(some, board_with(memory))
    if items is None:
        return
    assert sorted(i.need.symbol for i in items) == sorted(n.symbol for n in some)
    for item in items:
        region = memory[item.region]
        assert region.kind == "ram"
        assert region.at <= item.address <= item.end <= region.end
        assert item.address % item.need.align == 0
        assert region.dma or not item.need.dma
    for a, b in itertools.combinations(items, 2):
        assert a.end <= b.address or b.end <= a.address


@given(rams(), st.integers(1, 20_000), ALIGNS)
@settings(max_examples=100, deadline=None)
def test_what_has_room_is_placed(memory: dict[str, Region], size: int, align: int) -> None:
    need = Need("n", "object", "uint8_t", size, align, "the only one")
    room = any(-(-r.at // align) * align + size <= r.end for r in memory.values() if r.kind == "ram")
    assert (place([need], board_with(memory)) is not None) == room


@pytest.mark.parametrize("name", boards())
def test_tasks_have_stacks_for_every_board(name: str) -> None:
    tasks, board = load_tasks(), load_board(name)
    for task, stack in {**tasks.tasks, "main": tasks.main}.items():
        assert stack_bytes(stack, task, board) >= 64
    priorities = [task.priority for task in tasks.tasks.values()]
    assert len(set(priorities)) == len(priorities)


def test_missing_stack_size_names_task_and_isa() -> None:
    tasks = load_tasks().model_dump()
    tasks["tasks"]["feature"]["stack_bytes"] = {"riscv": 512}
    with pytest.raises(ConfigError, match=r"tasks\.yml: feature: stack_bytes has no size for arm"):
        stack_bytes(Tasks.model_validate(tasks).tasks["feature"], "feature", load_board("nrf5340"))


def sensor_board(**sensor: object) -> Board:
    given = {"driver": "x", "trigger": "timer", "clock_hz": 16_000_000, "divides": "sample"} | sensor
    return Board.model_construct(name="some_board", folder=Path("/nowhere"), sensor=Sensor.model_validate(given))


@pytest.mark.parametrize(
    ("clock_hz", "divides", "divider", "hz_milli", "ppm"),
    [
        (16_000_000, "sample", 1333, 12_003_001, 250.1),
        (108_000_000, "sample", 9000, 12_000_000, 0.0),
        (20_000_000, "block", 1_706_667, 11_999_998, -0.2),
        (10_000_000, "block", 853_333, 12_000_005, 0.4),
    ],
)
def test_divider_true_rate_and_error(clock_hz: int, divides: str, divider: int, hz_milli: int, ppm: float) -> None:
    chosen = sampling(sensor_board(clock_hz=clock_hz, divides=divides), 12_000)
    assert (chosen.divider, chosen.hz_milli, round(chosen.error_ppm, 1)) == (divider, hz_milli, ppm)
    assert chosen.half_ticks == divider * (1 if divides == "block" else HALF_SAMPLES)


@given(st.integers(100_000, 200_000_000), st.sampled_from(["sample", "block"]))
@settings(max_examples=100, deadline=None)
def test_no_neighbouring_divider_is_nearer(clock_hz: int, divides: str) -> None:
    try:
        chosen = sampling(sensor_board(clock_hz=clock_hz, divides=divides), 12_000)
    except ConfigError:
        return
    assert abs(chosen.error_ppm) <= 300
    samples = HALF_SAMPLES if divides == "block" else 1
    for other in (chosen.divider - 1, chosen.divider + 1):
        assert other == 0 or abs(clock_hz * samples / (other * 12_000) - 1) * 1e6 >= abs(chosen.error_ppm) - 1e-6


def test_clock_that_cannot_make_the_rate_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"sensor: 1,000,000 Hz / 83 samples at 12,048\.19 Hz, \+4,016 ppm from 12,000 Hz"):
        sampling(sensor_board(clock_hz=1_000_000), 12_000)


def test_divider_wider_than_the_timer_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"the divider 1706667 is wider than the timer's 16 bits"):
        sampling(sensor_board(clock_hz=20_000_000, divides="block", divider_bits=16), 12_000)
