"""Operators in other element types than INT8: the same random models."""

from __future__ import annotations

import functools

from tests.python import single_op_copy as copies
from tests.python.single_op import Generator, Maker, Sample, conv_2d, depthwise_conv_2d, fully_connected, makers, mean, pool, softmax
from tests.python.single_op_pairs import pairs
from tests.python.single_op_recurrent import unidirectional_sequence_lstm
from tests.python.single_op_sums import batch_matmul, transpose_conv

for _products in (conv_2d, depthwise_conv_2d, fully_connected):
    makers[f"{_products.__name__}_int4"] = functools.partial(_products, weights="int4")
    makers[f"{_products.__name__}_int16"] = functools.partial(_products, dtype="int16")
    makers[f"{_products.__name__}_float32"] = functools.partial(_products, weights="float32", dtype="float32")

for _name in ("AVERAGE_POOL_2D", "MAX_POOL_2D"):
    for _dtype in ("int16", "float32"):
        makers[f"{_name.lower()}_{_dtype}"] = functools.partial(pool, name=_name, dtype=_dtype)

for _maker in (mean, softmax):
    for _dtype in ("int16", "float32"):
        makers[f"{_maker.__name__}_{_dtype}"] = functools.partial(_maker, dtype=_dtype)
makers["batch_matmul_int16"] = functools.partial(batch_matmul, kind="int16")
makers["transpose_conv_int16"] = functools.partial(transpose_conv, dtype="int16")
makers["unidirectional_sequence_lstm_int16"] = functools.partial(unidirectional_sequence_lstm, dtype="int16")
makers["softmax_to_int16"] = functools.partial(softmax, to="int16")
makers["add_int16"] = lambda rng: pairs(rng, "ADD", "AddOptions", ("int16",), activations=True, common=True)
makers["sub_int16"] = lambda rng: pairs(rng, "SUB", "SubOptions", ("int16",), activations=True, common=True)
makers["mul_int16"] = lambda rng: pairs(rng, "MUL", "MulOptions", ("int16",), activations=True)


def _moved(maker: Maker, rng: Generator) -> Sample:
    """A sample of an operator that only moves elements, these being INT16."""
    copies.Mover.only = "int16"
    try:
        return maker(rng)
    finally:
        copies.Mover.only = ""


# Those that the interpreter moves as INT16.
for _name in ("concatenation", "pack", "pad", "reverse_v2", "slice", "split", "split_v", "strided_slice", "transpose", "unpack"):
    makers[f"{_name}_int16"] = functools.partial(_moved, makers[_name])
