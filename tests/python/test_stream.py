"""Column by column: every frame's outputs, and all that is computed on the way, are those of the whole window, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest

from stator.frontends.tflite import read
from stator.host import HostModel
from stator.ir import Graph
from stator.ops import Array, first_state, run_reference
from stator.passes import optimise
from stator.passes.stream import streamed
from stator.passes.verify import verify
from stator.schedule import macs
from tests.python.test_ops_emitted import bare
from tests.python.time_graphs import random_window


def columns(graph: Graph, frames: int, count: int, seed: int = 0) -> list[Array]:
    """The columns of `count` frames."""
    source = graph.tensors[graph.inputs[0]].type
    return list(np.random.default_rng(seed).integers(-128, 128, (count, source.elements // frames), dtype=np.int8))


def windows(graph: Graph, frames: int, given: list[Array]) -> list[Array]:
    """The window of every frame; before the first one it holds the zero point."""
    kind = graph.tensors[graph.inputs[0]].type
    assert kind.quant is not None
    whole = np.full((frames, kind.elements // frames), kind.quant.zero_point, dtype=np.int8)
    out = []
    for column in given:
        whole = np.concatenate([whole[1:], column[None]])
        out.append(whole.reshape(kind.shape))
    return out


def assert_equal(whole: Graph, made: Graph, frames: int, count: int) -> None:
    """Compares outputs, and every tensor that says which rows of a tensor of the window it is."""
    given = columns(whole, frames, count)
    kind = made.tensors[made.inputs[0]].type
    state = first_state(made)
    for frame, (column, window) in enumerate(zip(given, windows(whole, frames, given), strict=True)):
        want = run_reference(whole, [window])
        state = run_reference(made, [column.reshape(kind.shape)], state)
        for output in whole.outputs:
            np.testing.assert_array_equal(state[output], want[output], err_msg=f"frame {frame}")
        for tensor, (source, first, end) in made.rows.items():
            if tensor in state:
                size = state[tensor].size // (end - first)
                np.testing.assert_array_equal(state[tensor].reshape(-1), want[source].reshape(-1)[first * size : end * size])


def test_random_models_are_exact_in_every_frame() -> None:
    fewer = 0
    for seed in range(60):
        data, frames = random_window(seed)
        whole = optimise(read(data, f"window {seed}"))
        made = streamed(whole, frames)
        verify(made)
        assert macs(made) <= macs(whole)
        assert made.tensors[made.inputs[0]].type.elements * frames == whole.tensors[whole.inputs[0]].type.elements
        assert_equal(whole, made, frames, 2 * frames + 3)
        fewer += macs(made) * 2 < macs(whole)
    assert fewer > 20


@pytest.mark.parametrize("seed", range(0, 40, 10))
def test_generated_code_is_exact_from_the_first_frame_on_and_again_after_init(seed: int) -> None:
    data, frames = random_window(seed)
    whole = optimise(read(data, "window"))
    made = streamed(whole, frames)
    given = columns(whole, frames, 2 * frames)
    kind = made.tensors[made.inputs[0]].type
    emitted = HostModel(bare(made), sanitize=True, optimise="-O1")
    for _ in range(2):  # each sequence starts with what init leaves
        got = emitted.sequence([[column.reshape(kind.shape)] for column in given])
        for window, outputs in zip(windows(whole, frames, given), got, strict=True):
            for output, values in zip(whole.outputs, outputs, strict=True):
                np.testing.assert_array_equal(values, run_reference(whole, [window])[output])
