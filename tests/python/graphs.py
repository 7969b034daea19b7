"""Small models for the tests of schedule, plan and emission."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from stator.frontends.tflite import read
from stator.ir import Graph
from stator.ops import Array
from tests.python.tflite_builder import Model

SCALE = 0.05


def tiny() -> Graph:
    """int8[1,4] -> fully connected to 3, ReLU -> softmax; both are outputs."""
    m = Model()
    x = m.tensor((1, 4), "int8", SCALE, -1, name="x")
    weights = m.tensor((3, 4), "int8", 0.02, data=np.arange(-6, 6, dtype=np.int8).reshape(3, 4), name="weights")
    bias = m.tensor((3,), "int32", SCALE * 0.02, data=np.array([-100000, 0, 100], dtype=np.int32), name="bias")
    logits = m.tensor((1, 3), "int8", 0.03, 5, name="logits */ evil")
    softmax = m.tensor((1, 3), "int8", 1 / 256, -128, name="softmax")
    m.operator("FULLY_CONNECTED", [x, weights, bias], [logits], "FullyConnectedOptions", FusedActivationFunction=1)
    m.operator("SOFTMAX", [logits], [softmax], "SoftmaxOptions", Beta=1.0)
    return read(m.build([x], [logits, softmax]), "tiny")


def random_graph(seed: int, layers: int) -> Graph:
    """A graph of fully connected, add, softmax and reshape layers over vectors of 6 and 12, with branches and several outputs."""
    rng = np.random.default_rng(seed)
    m = Model()

    def vector(shape: Sequence[int]) -> int:
        return m.tensor(shape, "int8", SCALE, int(rng.integers(-128, 128)))

    alive: list[tuple[int, tuple[int, ...]]] = []
    inputs = []
    for _ in range(int(rng.integers(1, 3))):
        inputs.append(vector((1, 6)))
        alive.append((inputs[-1], (1, 6)))
    for _ in range(layers):
        x, shape = alive[int(rng.integers(len(alive)))]
        width = int(np.prod(shape))
        kind = rng.choice(["fc", "add", "softmax", "reshape"])
        out: tuple[int, ...]
        if kind == "fc":
            units = int(rng.choice([6, 12]))
            weights = m.tensor((units, width), "int8", 0.02, data=rng.integers(-127, 128, (units, width), dtype=np.int8))
            y, out = vector((1, units)), (1, units)
            m.operator("FULLY_CONNECTED", [x, weights, -1], [y], "FullyConnectedOptions")
        elif kind == "add":
            partners = [t for t, s in alive if s == shape]
            y, out = vector(shape), shape
            m.operator("ADD", [x, partners[int(rng.integers(len(partners)))]], [y], "AddOptions")
        elif kind == "softmax":
            y, out = m.tensor(shape, "int8", 1 / 256, -128), shape
            m.operator("SOFTMAX", [x], [y], "SoftmaxOptions", Beta=1.0)
        else:
            out = (1, width) if shape != (1, width) else (width // 3, 3)
            kind_of = m.tensors[x]
            y = m.tensor(out, "int8", kind_of.scales, kind_of.zero_points)
            wanted = m.tensor((2,), "int32", data=np.array(out, dtype=np.int32))
            m.operator("RESHAPE", [x, wanted], [y], "ReshapeOptions")
        alive.append((y, out))
    made = [t for t, _ in alive if t not in inputs] or inputs
    outputs = sorted({made[-1], made[int(rng.integers(len(made)))]})
    if not m.operators:
        y = m.tensor((1, 6), "int8", 1 / 256, -128)
        m.operator("SOFTMAX", [inputs[0]], [y], "SoftmaxOptions", Beta=1.0)
        outputs = [y]
    return read(m.build(inputs, outputs), f"random_{seed}")


def random_inputs(graph: Graph, rng: np.random.Generator) -> list[Array]:
    return [rng.integers(-128, 128, graph.tensors[t].type.shape, dtype=np.int8) for t in graph.inputs]


FRAMES, COLUMNS = 4, 8
LABELS = ("healthy", "inner", "ball")
MONITOR_YML = f"""\
title: a monitor for tests
file: monitor.tflite
labels: [{", ".join(LABELS)}]
input: {{sample_hz: 12000, counts_per_g: 100}}
features:
  shaft_hz: 29
  speed_tolerance: 0.02
  bearing: {{outer: 3.58, inner: 5.42, ball: 4.71}}
  harmonics: 1
  spectrum_hz: [100, 4000]
  spectrum_bands: 4
  envelope_hz: [1000]
window: {{frames: {FRAMES}, columns: {COLUMNS}}}
decision: {{debounce: 3}}
budgets: {{arena_bytes: 4096}}
"""


def monitor_folder(parent: Path, *, softmax_first: bool = False, floats: bool = False) -> Path:
    """A whole model folder: the window of features -> a logit per label -> softmax; INT8, or float32."""
    m = Model()

    def tensor(shape: tuple[int, ...], scale: float, zero_point: int, name: str) -> int:
        return m.tensor(shape, "float32", name=name) if floats else m.tensor(shape, "int8", scale, zero_point, name=name)

    x = tensor((1, FRAMES, 1, COLUMNS), SCALE, -3, "window")
    values = np.random.default_rng(0).integers(-127, 128, (len(LABELS), FRAMES * COLUMNS), dtype=np.int8)
    weights = (
        m.tensor(values.shape, "float32", data=values.astype(np.float32)) if floats else m.tensor(values.shape, "int8", 0.01, data=values)
    )
    logits = tensor((1, len(LABELS)), 0.5, 2, "logits")
    softmax = tensor((1, len(LABELS)), 1 / 256, -128, "softmax")
    m.operator("FULLY_CONNECTED", [x, weights, -1], [logits], "FullyConnectedOptions")
    m.operator("SOFTMAX", [logits], [softmax], "SoftmaxOptions", Beta=1.0)
    folder = parent / "monitor"
    folder.mkdir()
    (folder / "model.yml").write_text(MONITOR_YML, encoding="utf-8")
    (folder / "monitor.tflite").write_bytes(m.build([x], [softmax, logits] if softmax_first else [logits, softmax]))
    return folder
