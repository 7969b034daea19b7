"""Convolution in blocks of four pixels by four channels, for RV32IM with Zbb."""

from __future__ import annotations

from stator.ops import KernelCall
from stator.variants._rv32im import as_they_are
from stator.variants.conv2d_s8__rv32im import laid_out


def lay_out(call: KernelCall) -> KernelCall:
    return laid_out(call, as_they_are)
