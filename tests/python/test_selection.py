"""Which variant a layer gets: by measurement where there is one, by order where there is none, and what a byte of flash is worth."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from stator import selection, tuned
from stator.board import load_board
from stator.cmake import planned
from stator.emit import layers
from stator.errors import ConfigError
from stator.ops import Constant, KernelCall
from stator.selection import Selection, selected
from stator.spec import load_model_spec


def pool(size: int, **more: int) -> KernelCall:
    """A call that average_pool2d_s8's variants c and ref take."""
    sizes = {"batches": 1, "in_h": size, "in_w": size, "channels": 8, "out_h": 1, "out_w": 1, "kernel_h": size, "kernel_w": size}
    sizes |= {"stride_h": size, "stride_w": size, "pad_top": 0, "pad_left": 0, "activation_min": -128, "activation_max": 127} | more
    return KernelCall("average_pool2d_s8", "average_pool2d/average_pool2d.h", "s", (1,), (0,), tuple(sizes.items()))


def table(code_c: int, code_ref: int, *figures: tuple[int, int, int]) -> tuned.Table:
    """`figures`: size, what c takes, what ref takes."""
    of = {tuned.signature(pool(n)): {"average_pool2d_s8__c": c, "average_pool2d_s8__ref": ref} for n, c, ref in figures}
    code = {"average_pool2d_s8__c": code_c, "average_pool2d_s8__ref": code_ref}
    return tuned.Table(counts="instructions", measured="here", code_bytes=code, layers=of)


def chosen(measured: tuned.Table, worth: float, *sizes: int) -> list[str]:
    return [c.kernel.isa for c in Selection("x", ("c", "ref"), table=measured, worth=worth).choose([pool(n) for n in sizes])]


def test_the_fastest_is_taken_where_flash_is_worth_nothing() -> None:
    assert chosen(table(9000, 100, (4, 50, 60), (8, 90, 80)), 0.0, 4, 8) == ["c", "ref"]


def test_code_is_linked_only_where_it_pays() -> None:
    measured = table(1000, 400, (4, 500, 600), (8, 9000, 8000))
    assert chosen(measured, 1e-6, 4, 8) == ["c", "ref"]  # 1,000 B cost 8.5, and c saves 100
    assert chosen(measured, 2e-5, 4, 8) == ["ref", "ref"]  # 170
    assert chosen(measured, 2e-5, 4, 4, 4) == ["c", "c", "c"]  # 600 B more cost 18, and c saves 300


def test_a_layer_that_was_not_measured_gets_the_first() -> None:
    assert chosen(table(1, 1, (4, 60, 50)), 0.0, 4, 5) == ["ref", "c"]
    newer = dataclasses.replace(
        Selection("x", ("c", "ref")), table=tuned.Table(layers={tuned.signature(pool(4)): {"average_pool2d_s8__ref": 5}})
    )
    assert newer.choose([pool(4)])[0].kernel.isa == "c"  # the table is older than the first variant


def test_the_plan_tells_why() -> None:
    measured, unknown = Selection("x", ("c", "ref"), table=table(1, 1, (4, 6000, 5000))).choose([pool(4), pool(5)])
    assert measured.why == "instructions: c 6,000, ref 5,000"
    assert "not measured" in unknown.why
    told = layers(planned(load_board("mps2_an505"), load_model_spec("bearing")))
    assert all(layer["why"] for layer in told)


def test_a_signature_holds_sizes_and_no_values() -> None:
    assert tuned.signature(pool(4)) == "average_pool2d_s8 in_h=4 in_w=4 channels=8 kernel_h=4 kernel_w=4 stride_h=4 stride_w=4"
    assert tuned.signature(pool(4, activation_min=0)) == tuned.signature(pool(4)) != tuned.signature(pool(4, pad_top=1))
    weights = Constant("weights", "int8_t", np.zeros(4, np.int8))
    params = (
        ("weights", weights),
        ("depth_multiplier", 2),
        ("a_multiplier", 77),
        ("over.size", (2, 3)),
        ("left_shift", 4),
        ("zero_point", 9),
    )
    assert tuned.signature(KernelCall("k", "h", "s", (), (), params)) == "k depth_multiplier=2 over.size=2x3"


def test_names_of_selections() -> None:
    board = load_board("mps2_an505")
    assert selected(board, "c").order == ("c", "ref") and selected(board, "v7em").order == board.kernels
    assert selected(board, "nth:1").choose([pool(4)])[0].kernel.isa == "ref"
    assert selected(board, "nth:7").choose([pool(4)])[0].kernel.isa == "ref"
    with pytest.raises(ConfigError, match=r"runs no kernels 'v7me', did you mean 'v7em'"):
        selected(board, "v7me")
    with pytest.raises(ConfigError, match="did you mean 'speed'"):
        selection.known_optimize("sped")


def test_cores_that_differ_by_atomics_share_a_table() -> None:
    assert tuned.file(load_board("gd32vf103")) == tuned.file(load_board("ibex_proxy"))


@pytest.mark.parametrize("file", sorted(tuned.FOLDER.glob("*.json")), ids=lambda path: str(path.stem))
def test_a_committed_table_is_one(file: Path) -> None:
    read = tuned.Table.model_validate_json(file.read_bytes())
    assert read.counts in ("cycles", "estimated_cycles", "instructions") and read.layers
    assert all(name in read.code_bytes for of_layer in read.layers.values() for name in of_layer)


def test_a_table_that_is_none_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuned, "FOLDER", tmp_path)
    board = load_board("mps2_an505")
    assert tuned.table(board).layers == {}
    (tmp_path / "cortex-m33.json").write_text(json.dumps({"layers": {"x": {"y": -1}}}))
    with pytest.raises(ConfigError, match=r"cortex-m33.json is no table"):
        tuned.table(board)
