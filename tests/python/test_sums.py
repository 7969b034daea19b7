"""Sums and differences as one sum of products: every pair of bytes, through the C, against the operator's two roundings."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from stator.board import load_board
from stator.frontends.tflite import read
from stator.host import HostModel
from stator.memory import plan
from stator.ops import run_reference
from stator.schedule import schedule
from stator.spec import ModelSpec
from tests.python.tflite_builder import Model

ALL = 65_536
SCALES = [(0.05, 0.031), (0.0235, 0.0471), (0.04, 0.04), (0.7, 0.0009), (0.0313, 0.018), (1 / 64, 1 / 128)]


def test_one_sum_of_products_gives_every_byte() -> None:
    """At scales whose sums are proved, products that tie among them; and where a step of an input is many of the output, the reference."""
    m = Model()
    given, outputs = [], []
    for n, (first, second) in enumerate(SCALES):
        a, b = m.tensor((ALL,), "int8", first, 3 - n), m.tensor((ALL,), "int8", second, -128 if n % 2 else 5)
        given += [a, b]
        for name, finer in (("ADD", 0.9), ("SUB", 0.9), ("ADD", 0.05)):
            out = m.tensor((ALL,), "int8", (first + second) * finer, -20 + n)
            m.operator(name, [a, b], [out], "AddOptions" if name == "ADD" else "SubOptions")
            outputs.append(out)
    graph = read(m.build(given, outputs), "sums")
    spec = ModelSpec.model_construct(name="sums", folder=Path("/nowhere"), file="sums.tflite")
    planned = plan(schedule(graph), load_board("host"), spec, None)
    assert [step.kernel.isa for step in planned.schedule.steps] == ["c", "c", "ref"] * len(SCALES)
    every = np.arange(ALL)
    pair = [(every >> 8).astype(np.uint8).view(np.int8), every.astype(np.uint8).view(np.int8)]
    want = run_reference(graph, pair * len(SCALES))
    for tensor, got in zip(graph.outputs, HostModel(planned).run([pair * len(SCALES)])[0], strict=True):
        assert np.array_equal(got, want[tensor])
