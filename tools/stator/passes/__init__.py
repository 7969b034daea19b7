"""Passes: each takes a Graph and returns one that computes the same outputs, with less work or fewer bytes. One file each."""

from __future__ import annotations

from collections.abc import Callable

from stator.ir import Graph
from stator.passes.drop_channels import drop_channels
from stator.passes.drop_dead import drop_dead
from stator.passes.fuse_pad import fuse_pad
from stator.passes.remember import remember
from stator.passes.reorder import reorder
from stator.passes.verify import verify

#: In the order in which they run.
PASSES: tuple[Callable[[Graph], Graph], ...] = (remember, drop_dead, fuse_pad, drop_channels, drop_dead, reorder)


def optimise(graph: Graph) -> Graph:
    """Runs every pass, and the verifier after each."""
    for apply in PASSES:
        graph = apply(graph)
        verify(graph)
    return graph
