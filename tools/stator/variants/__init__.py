"""Kernel variants that read their constants in a layout of their own, take scratch, or take only some layers.

`<op>_<types>__<isa><tile>.py` belongs to the line `STATOR_KERNEL_PACKED(<op>_<types>, <isa>, <tile>)` of a kernels.inc and has

    def lay_out(call: KernelCall) -> KernelCall

which turns the operator's plain call into the variant's, or raises NotTaken with a reason that a user can read. Files that start
with _ are shared code.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from stator.ops import Array, Constant, KernelCall, Value

LayOut = Callable[[KernelCall], KernelCall]


class NotTaken(Exception):
    """The variant does not take this layer; the text says why."""


def integer(call: KernelCall, name: str) -> int:
    """A number among the call's parameters."""
    value = dict(call.params)[name]
    assert isinstance(value, int)
    return value


def integers(call: KernelCall, *names: str) -> tuple[int, ...]:
    return tuple(integer(call, name) for name in names)


def array(call: KernelCall, name: str) -> Array | None:
    """A table among the call's parameters; None for a null pointer."""
    value = dict(call.params)[name]
    assert value is None or isinstance(value, Constant)
    return None if value is None else value.data


def repacked(call: KernelCall, struct: str, changes: Mapping[str, Value], scratch_bytes: int) -> KernelCall:
    """The call with another struct: the fields of `changes` are replaced by, or added in front of, the others; None drops one.

    Its output lies over no input: give `overlaps` (see stator.ops._overlap) where the variant's order of reads and writes allows that.
    """
    given = dict(call.params)
    new = {name: value for name, value in changes.items() if name not in given}
    kept = {name: changes.get(name, value) for name, value in call.params if changes.get(name, value) is not None}
    return dataclasses.replace(call, struct=struct, params=tuple((new | kept).items()), scratch_bytes=scratch_bytes, overlaps=())
