"""Sum of two tensors of one shape, one of which has half of the common scale: of two scales, the larger always has."""

from __future__ import annotations

import dataclasses

from stator.ops import KernelCall, Value
from stator.variants import NotTaken, integers

HALF = (1 << 30, 0)  # multiplier and shift of 0.5


def _ties(multiplier: int) -> bool:
    """Whether x * multiplier / 2^31 can lie in the middle between two numbers for x = -255..255 times 2^20: then the product with a
    negative multiplier rounds the other way than its absolute value negated."""
    return 3 <= (multiplier & -multiplier).bit_length() - 1 <= 10


def lay_out(call: KernelCall) -> KernelCall:
    if integers(call, "activation_min", "activation_max") != (-128, 127):
        raise NotTaken("the activation narrows the output's range")
    given = dict(call.params)
    size = given["over.size"]
    assert isinstance(size, tuple)
    if integers(call, "over.rank") != (1,) or given["over.a_stride"] != (1,) or given["over.b_stride"] != (1,):
        raise NotTaken("the operands are broadcast")
    first, second = ((*integers(call, f"{x}_multiplier", f"{x}_shift"), *integers(call, f"{x}_zero_point")) for x in "ab")
    inputs = call.inputs
    if first[:2] != HALF:
        first, second, inputs = second, first, (inputs[1], inputs[0])
    if first[:2] != HALF:
        raise NotTaken("no operand has half of the common scale")
    multiplier, shift, zero_point = integers(call, "output_multiplier", "output_shift", "output_zero_point")
    if second[0] < 0 and _ties(-second[0]):
        raise NotTaken("differences would round some ties the other way")
    if not 1 <= -shift <= 31 or not 0 <= -second[1] <= 31:
        raise NotTaken("a scale shifts too far")
    params: dict[str, Value] = {
        "b_multiplier": second[0],
        "b_shift": -second[1],
        "b_offset": -second[2] << 21,
        "a_offset": -first[2] << 20,
        "output_multiplier": multiplier,
        "output_shift": -shift,
        "output_zero_point": zero_point,
        "elements": size[0],
    }
    return dataclasses.replace(call, struct="stator_add_v7em", params=tuple(params.items()), inputs=inputs, scratch_bytes=0)
