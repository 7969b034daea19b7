"""Passes: `Graph -> Graph`, one file each, a verifier after each. A file that is put here and has a function `run` is found."""

from __future__ import annotations

import importlib
import pkgutil

from stator.ir import Graph
from stator.passes.verify import verify


def optimise(graph: Graph) -> Graph:
    """Runs every pass, in the order of their files' names. Raises ModelError where one leaves a graph that cannot run."""
    for info in pkgutil.iter_modules(__path__):
        run = getattr(importlib.import_module(f"{__name__}.{info.name}"), "run", None)
        if run is not None:
            graph = run(graph)
            verify(graph)
    return graph
