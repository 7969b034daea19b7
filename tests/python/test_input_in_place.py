"""A model that takes samples reads them where DMA has put them: the plan, why not, and the firmware on this machine, event by event."""

from __future__ import annotations

import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stator.board import load_board
from stator.cmake import planned
from stator.data import load_signal, to_counts
from stator.emit import emit
from stator.errors import ConfigError, ModelError
from stator.fit import fitted
from stator.frontends import load
from stator.frontends.tflite import read
from stator.ir import DType, Graph
from stator.measure.oracle import oracle
from stator.memory import load_tasks
from stator.schedule import schedule
from stator.spec import ModelSpec, load_model_spec
from tests.python.cmake_project import firmware
from tests.python.test_firmware_host import Halves, play
from tests.python.tflite_builder import Model


@pytest.fixture(scope="module")
def spec() -> ModelSpec:
    return load_model_spec("bearing_raw")


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build folder of its monitor for the board `host`, under sanitizers."""
    return firmware(tmp_path_factory.mktemp("samples") / "build", "host", "bearing_raw").parent


@pytest.fixture(scope="module")
def signal(spec: ModelSpec, tmp_path_factory: pytest.TempPathFactory) -> tuple[Halves, Path]:
    assert spec.input is not None
    halves = to_counts(load_signal("synthetic"), spec.input.counts_per_g).frames[:20]
    file = tmp_path_factory.mktemp("signal") / "signal.raw"
    file.write_bytes(halves.astype("<i2").tobytes())
    return halves, file


def test_the_arena_has_no_place_for_the_input(spec: ModelSpec) -> None:
    made = planned(load_board("mps2_an505"), spec)
    copied = planned(load_board("mps2_an505"), ModelSpec.model_construct(name="bare", folder=spec.folder, file=spec.file))
    assert made.lent == made.schedule.graph.inputs[0]
    assert made.arena_bytes <= copied.arena_bytes - 1024  # where the input has a place, outputs may lie in it, too
    assert not any(made.lent in buffer.tensors for buffer in made.schedule.buffers)
    assert {item.need.kind for item in made.items}.isdisjoint({"features"})
    source = emit(made)["bearing_raw.c"]
    assert "int bearing_raw_run(void *arena, const void *input)" in source
    assert source.count("input, &layer0)") == 1


def changed(graph: Graph, **fields: Any) -> Graph:
    """The graph with another type of its input."""
    index = graph.inputs[0]
    tensor = graph.tensors[index]
    return replace(graph, tensors={**graph.tensors, index: replace(tensor, type=replace(tensor.type, **fields))})


def test_every_reason_is_told(spec: ModelSpec) -> None:
    graph, tasks = load(spec.path), load_tasks()
    given = graph.tensors[graph.inputs[0]].type
    assert given.quant is not None
    wrong = {
        "type: its input is int8": changed(graph, dtype=DType.INT8),
        "size: its input has 512 elements": changed(graph, shape=(1, 512, 1, 1)),
        "scale: a step of its input is 0.00195312 g": changed(graph, quant=replace(given.quant, scales=(1 / 512,))),
        "zero point: 3, and the ADC of board 'mps2_an505' gives 0": changed(graph, quant=replace(given.quant, zero_points=(3,))),
    }
    for reason, other in wrong.items():
        with pytest.raises(ConfigError) as refused:
            fitted(other, load_board("mps2_an505"), spec, tasks)
        assert len(refused.value.details) == 1 and reason in refused.value.details[0]
    with pytest.raises(ConfigError) as refused:  # an ADC without a sign
        planned(load_board("gd32vf103"), spec)
    assert "gives 2048 at rest" in refused.value.details[0]


def test_nothing_may_write_over_the_input() -> None:
    """In the arena a layer may; and what shows the input's own bytes, or joins them, has no place."""
    m = Model()
    x = m.tensor((1, 8), "int16", 0.01)
    relu, shaped = m.tensor((1, 8), "int16", 0.01), m.tensor((2, 4), "int16", 0.01)
    m.operator("RELU", [x], [relu])
    m.operator("RESHAPE", [relu, m.tensor((2,), "int32", data=np.array([2, 4], np.int32))], [shaped], "ReshapeOptions")
    graph = read(m.build([x], [shaped]), "written over")
    free, lent = schedule(graph), schedule(graph, lent=graph.inputs[0])
    assert len(free.buffers) == 1 and len(lent.buffers) == 1
    assert graph.inputs[0] in free.buffers[0].tensors and graph.inputs[0] not in lent.buffers[0].tensors

    m = Model()
    x, shaped = m.tensor((1, 8), "int16", 0.01), m.tensor((2, 4), "int16", 0.01)
    m.operator("RESHAPE", [x, m.tensor((2,), "int32", data=np.array([2, 4], np.int32))], [shaped], "ReshapeOptions")
    graph = read(m.build([x], [shaped]), "handed on")
    with pytest.raises(ModelError, match="shares its bytes with the input"):
        schedule(graph, lent=graph.inputs[0])


def test_model_yml_says_what_is_missing(tmp_path: Path, spec: ModelSpec) -> None:
    text = (spec.folder / "model.yml").read_text(encoding="utf-8")
    (tmp_path / spec.file).write_bytes(spec.path.read_bytes())
    for old, new, said in (
        ("window: {frames: 1, columns: 1024}", "window: {frames: 2, columns: 1024}", "that is 1 frame of 1024 columns"),
        ("window: {frames: 1, columns: 1024}\n", "", "window is missing"),
    ):
        (tmp_path / "model.yml").write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(ConfigError, match=said):
            load_model_spec(tmp_path)


def test_every_frame_equals_the_interpreter(image: Path, spec: ModelSpec, signal: tuple[Halves, Path]) -> None:
    halves, file = signal
    told = play(image, file, "hr" * 60)
    assert told.banner is not None and told.banner.columns == 0
    assert [r.sequence for r in told.records] == list(range(60))
    for record, expected in zip(told.records, oracle(spec, load(spec.path), halves).replay(range(60)), strict=True):
        assert (record.column, record.logits) == (b"", expected.logits)
        assert (record.label, record.confidence, record.state) == (expected.label, expected.confidence, expected.state)
        assert record.health.well


def test_a_half_that_dma_came_back_to_gives_no_decision(image: Path, signal: tuple[Halves, Path]) -> None:
    """While the model reads half 3, halves 4 and then 5 are filled, the latter in its place: 3 is void, 4 is not."""
    _, file = signal
    records = play(image, file, "hr" * 3 + "hf" + "di" + "r" + "hr" * 3).records
    assert [r.sequence for r in records] == [0, 1, 2, 4, 5, 6, 7]
    assert [r.overruns for r in records] == [0, 0, 0, 1, 1, 1, 1]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(st.sampled_from(["h", "h", "h", "mh", "d", "f", "f", "i", "i", "t", "t"]), max_size=50).map("".join))
def test_no_schedule_loses_or_mixes_a_half_silently(events: str, image: Path, spec: ModelSpec, signal: tuple[Halves, Path]) -> None:
    halves, file = signal
    records = play(image, file, events + "fit" * 12 + "hr").records
    sequences = [r.sequence for r in records]
    assert sequences == sorted(set(sequences))
    assert records[-1].overruns == sequences[-1] + 1 - len(sequences)
    for record, expected in zip(records, oracle(spec, load(spec.path), halves).replay(sequences), strict=True):
        assert record.crc == zlib.crc32(halves[record.sequence % len(halves)].astype("<i2").tobytes())
        assert (record.logits, record.state) == (expected.logits, expected.state)
