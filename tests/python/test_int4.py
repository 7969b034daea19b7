"""INT4 weights in a whole model: kept packed, and every layer as the interpreter computes it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from stator.frontends import load
from stator.ir import DType
from stator.numerics import pack, unpack
from stator.paths import ROOT
from stator.schedule import schedule
from stator.verbs.verify import verify
from tests.python.int4_model import narrowed
from tests.python.oracle import runtime

BEARING = ROOT / "models" / "bearing" / "bearing.tflite"


def test_a_model_with_int4_weights_is_exact_and_half_as_large(tmp_path: Path) -> None:
    file = tmp_path / "narrow.tflite"
    file.write_bytes(narrowed(BEARING.read_bytes()))
    result = verify(str(file), "host")
    assert isinstance(result, dict)
    assert (result["exact"], result["reasons"]) == (True, [])
    assert runtime is not None and str(result["oracle"]).startswith("tflite-micro")
    narrow, wide = load(file), load(BEARING)
    saved = sum(t.type.elements // 2 for t in narrow.constants() if t.type.dtype is DType.INT4)
    assert saved > 1000
    assert schedule(wide).weights_bytes - schedule(narrow).weights_bytes == saved


def test_depthwise_weights_are_widened_where_a_core_has_a_kernel_for_them_and_others_stay_packed(tmp_path: Path) -> None:
    file = tmp_path / "narrow.tflite"
    file.write_bytes(narrowed(BEARING.read_bytes()))
    graph = load(file)
    kernels = {
        isa: [step.kernel.name for step in schedule(graph, (isa, "c")).steps if "conv2d" in step.kernel.name] for isa in ("rv32im", "c")
    }
    assert all("_s8_s4__" in name for name in kernels["c"])
    assert {name for name in kernels["rv32im"] if name.startswith("conv2d")} <= {"conv2d_s8_s4__rv32im_8x4", "conv2d_s8_s4__c"}
    assert any(name.startswith("depthwise_conv2d_s8__rv32im") for name in kernels["rv32im"])


def test_packing_and_unpacking_are_inverse() -> None:
    values = np.arange(-8, 8, dtype=np.int8)
    for row in (values, values[:5]):
        assert unpack(pack(row))[: row.size].tolist() == row.tolist()
    assert pack(np.array([[1, -1, 2], [-8, 7, -3]], dtype=np.int8)).tolist() == [[-15, 2], [120, 13]]
