"""An arena in several regions: every buffer in one, none beyond its room, and the same bytes as in one."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stator.board import Board, Region, load_board
from stator.emit import emit
from stator.emit.model import header
from stator.errors import DoesNotFit
from stator.frontends.tflite import read
from stator.host import HostModel
from stator.ir import Graph
from stator.memory import MemoryPlan, plan
from stator.memory.pack import Block
from stator.memory.spread import Room, spread, waits
from stator.passes import optimise
from stator.schedule import schedule
from stator.spec import ModelSpec
from tests.python.conv_graphs import Stack
from tests.python.graphs import random_inputs
from tests.python.test_memory import assert_legal, blocks

ROOMS = [Room("fast", 6_000, 0), Room("near", 9_000, 1), Room("far", 20_000, 5)]


@given(st.lists(blocks(), min_size=1, max_size=12), st.data())
@settings(max_examples=60, deadline=None)
def test_no_region_holds_more_than_its_room_and_nothing_that_lives_at_once_overlaps(some: list[Block], data: st.DataObject) -> None:
    traffic = [data.draw(st.integers(0, 3)) * block.bytes for block in some]
    together = data.draw(st.sets(st.integers(0, len(some) - 1), min_size=1, max_size=3))
    parts = spread(some, {}, traffic, ROOMS, together)
    if parts is None:
        return
    assert sorted(itertools.chain.from_iterable(part.blocks for part in parts)) == list(range(len(some)))
    assert together <= set(parts[0].blocks)
    for part in parts:
        assert part.packing.bytes <= part.room.bytes
        assert_legal([some[i] for i in part.blocks], {}, part.packing)


def test_slow_memory_takes_what_is_touched_least() -> None:
    """Three that live at once, of which the fast region takes two: the third is the one that costs least."""
    some = [Block(3_000, 4, 0, 2)] * 3
    for least in range(3):
        traffic = [9_000 - 8_000 * (i == least) for i in range(3)]
        first = (least + 1) % 3
        parts = spread(some, {}, traffic, [Room("slow", 9_000, 4), Room("fast", 6_000, 0)], {first})
        assert parts is not None
        assert {part.room.region: part.blocks for part in parts}["slow"] == (least,)
        assert waits(parts, traffic) == 4 * 1_000
        assert first in parts[0].blocks


def board(**rams: tuple[int, int]) -> Board:
    """The host with a flash and these regions of RAM: bytes and wait states."""
    whole = load_board("host")
    memory = {"flash": whole.memory["flash"]}
    for number, (name, (size, wait)) in enumerate(rams.items()):
        memory[name] = Region(at=0x40000000 + (number << 20), bytes=size, kind="ram", dma=not number, wait_states=wait)
    return whole.model_copy(update={"memory": memory})


def planned(graph: Graph, there: Board) -> MemoryPlan:
    spec = ModelSpec.model_construct(name=graph.name, folder=Path("/nowhere"), file=f"{graph.name}.tflite")
    return plan(schedule(optimise(graph)), there, spec, None)


def images(seed: int) -> Graph:
    """Convolutions with a sum around some of them, over images of 1,152 bytes, and their mean."""
    stack = Stack(seed, (1, 12, 12, 8))
    stack.conv(8, 3, share=0)
    for around in (1, 2, 1):
        before = stack.x
        for _ in range(around):
            stack.conv(8, 3, share=0)
        stack.residual(before)
    stack.mean()
    return read(stack.build(), f"images_{seed}")


@pytest.mark.parametrize("seed", range(2))
def test_a_model_in_two_regions_computes_what_it_computes_in_one(seed: int) -> None:
    graph = images(seed)
    whole = planned(graph, load_board("host"))
    assert [bank.region for bank in whole.banks] == ["ram"]
    part = 3 * whole.arena_bytes // 5
    made = planned(graph, board(sram=(64, 0), left=(part, 0), right=(part, 0)))
    assert {bank.region for bank in made.banks} == {"left", "right"}
    sets = [random_inputs(graph, np.random.default_rng(seed)) for _ in range(3)]
    for one, other in zip(HostModel(whole).run(sets), HostModel(made, sanitize=True).run(sets), strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    assert all(bank.bytes <= made.board.memory[bank.region].bytes for bank in made.banks)
    assert sum(bank.bytes for bank in made.banks) == made.arena_bytes >= made.arena_bound_bytes
    assert [item.need.symbol for item in made.items] == ["stator_arena", "stator_arena1"]
    assert f"#define IMAGES_{seed}_BANKS(BANK) BANK(stator_arena1, {made.banks[1].bytes}u)" in header(made)


def test_slow_region_is_left_empty_where_the_fast_one_takes_all() -> None:
    made = planned(images(0), board(psram=(65_536, 3), sram=(65_536, 0)))
    assert [bank.region for bank in made.banks] == ["sram"]


def test_slow_region_takes_only_what_the_fast_one_has_no_room_for() -> None:
    graph = images(0)
    whole = planned(graph, load_board("host"))
    made = planned(graph, board(sram=(64, 0), fast=(whole.arena_bytes // 2, 0), psram=(65_536, 3)))
    assert {bank.region for bank in made.banks} == {"fast", "psram"}
    facts = json.loads(emit(made)["memory_plan.json"])
    slow = {buffer["name"] for buffer in facts["buffers"] if buffer["region"] == "psram"}
    assert 0 < len(slow) < len(facts["buffers"]) - len(slow)


def test_buffer_larger_than_every_region_is_refused() -> None:
    with pytest.raises(DoesNotFit, match="does not fit board 'host'"):
        planned(images(0), board(sram=(1024, 0), other=(1024, 0), third=(1024, 0)))
