"""Whether a model may read the halves of the DMA's double buffer themselves, so that no sample is copied.

Alignment needs no check: a half's is a multiple of the arena's. That no layer writes there, the schedule sees to (`lent`), and that
DMA has not come back before the inference was over, the firmware checks of every half when it gives it back.
"""

from __future__ import annotations

import math

from stator.board import Board
from stator.errors import ConfigError
from stator.ir import DType, Graph
from stator.spec import ModelSpec
from stator.yamlfile import shown


def lent(graph: Graph, board: Board, spec: ModelSpec) -> int:
    """The input that is a half of the double buffer. Raises ConfigError, with every reason why none can be."""
    reasons = _reasons(graph, board, spec)
    if reasons:
        raise ConfigError(
            f"{shown(spec.folder / 'model.yml')}: without features {spec.file} must take the samples as DMA writes them, and cannot",
            details=reasons,
            remedy="a model whose input is INT16 with zero point 0 and a scale of 1 / counts_per_g on a board whose ADC is signed "
            "(models/bearing_raw/train.py makes one), or a front end: features in model.yml",
        )
    return graph.inputs[0]


def _reasons(graph: Graph, board: Board, spec: ModelSpec) -> list[str]:
    if len(graph.inputs) != 1:
        return [f"it has {len(graph.inputs)} inputs, and a half is one"]
    given, found = graph.tensors[graph.inputs[0]].type, []
    if given.dtype is not DType.INT16:
        found.append(f"type: its input is {given.dtype.value}, a sample is int16")
    assert spec.input is not None
    if given.elements != spec.input.half_samples:
        found.append(f"size: its input has {given.elements:,} elements, a half has {spec.input.half_samples:,} samples")
    rest = 0 if board.sensor.signed else 1 << (board.sensor.bits - 1)
    if given.quant is not None and given.quant.zero_point != rest:
        found.append(f"zero point: {given.quant.zero_point}, and the ADC of board '{board.name}' gives {rest} at rest")
    if given.quant is not None:
        count = 1 / spec.input.counts_per_g
        if not math.isclose(given.quant.scale, count, rel_tol=1e-6):
            found.append(f"scale: a step of its input is {given.quant.scale:.6g} g, a count of the ADC {count:.6g} g")
    return found
