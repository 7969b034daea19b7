"""The requantize of cores without DSP instructions, in their matrix products: exact up to the greatest sums that their layouts take."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stator.kernels import kernels, laid_out
from stator.numerics import requantize
from stator.ops import Constant, KernelCall, Value
from stator.variants import NotTaken
from tests.python.board_kernels import MACHINES, Case, run
from tests.python.needs import needs

pytestmark = pytest.mark.sim

UNITS, ROWS, ZERO_POINT = 800, 16, -3
MOST = (1 << 29) - 256 - 1  # a bias, so that with one product of 256 the sum can reach 2^29 - 1


def _call(rng: np.random.Generator) -> KernelCall:
    bias = rng.integers(-(1 << rng.integers(8, 29, UNITS)), 1 << rng.integers(8, 29, UNITS))
    bias[:4] = MOST, -MOST, MOST - 1, 1 - MOST
    multiplier = rng.integers(1 << 30, 1 << 31, UNITS)
    multiplier[::5], multiplier[1::5] = (1 << 31) - 1, 1 << 30
    reach = np.log2(np.abs(bias) + 300.0)
    right = np.clip(reach - 7 + rng.integers(-3, 3, UNITS), 1, 31).astype(np.int64)
    tables = (("weights", np.ones((UNITS, 1), np.int8)), ("bias", bias.astype(np.int32)), ("multiplier", multiplier.astype(np.int32)))
    constants = [(name, Constant(name, f"{data.dtype.name}_t", data)) for name, data in (*tables, ("shift", (-right).astype(np.int8)))]
    numbers = {"per_channel": 1, "rows": ROWS, "depth": 1, "units": UNITS, "input_zero_point": 0, "output_zero_point": ZERO_POINT}
    ends = {"activation_min": -128, "activation_max": 127}
    params: tuple[tuple[str, Value], ...] = (*constants, *(numbers | ends).items())
    return KernelCall("fully_connected_s8", "fully_connected/fully_connected.h", "stator_fully_connected", (1,), (0,), params)


@pytest.mark.parametrize(("board", "isa"), [("mps2_an385", "v7m"), ("mps2_an505_m23", "v8mbase")])
def test_the_greatest_sums_are_exact(board: str, isa: str, tmp_path: Path) -> None:
    machine = MACHINES[board]
    needs(machine.program, machine.compiler[0])
    (variant,) = (k for k in kernels() if (k.kernel, k.isa) == ("fully_connected_s8", isa))
    rng = np.random.default_rng(29)
    call = _call(rng)
    inputs = rng.integers(-128, 128, (ROWS, 1), np.int8)
    inputs[:2, 0] = 127, -128
    given = dict(call.params)
    bias, multiplier, shift = (
        value.data.astype(np.int64) for name in ("bias", "multiplier", "shift") if isinstance(value := given[name], Constant)
    )
    want = np.clip(requantize(bias + inputs.astype(np.int64), multiplier, shift) + ZERO_POINT, -128, 127).astype(np.int8)
    assert len(np.unique(want)) > 200
    (finding,) = run(machine, tmp_path, variant.sources, [Case(variant.symbol, laid_out(variant, call), (inputs,), want.tobytes())])
    assert finding.wrong == ()
    too_much = {**given, "bias": Constant("bias", "int32_t", np.full(UNITS, MOST + 1, np.int32))}
    with pytest.raises(NotTaken, match="accumulator can reach"):
        laid_out(variant, KernelCall(call.kernel, call.header, call.struct, call.outputs, call.inputs, tuple(too_much.items())))
