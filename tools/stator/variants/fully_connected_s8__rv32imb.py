"""Matrix products with sixteen units side by side, for RV32IM with Zbb."""

from __future__ import annotations

from stator.variants.fully_connected_s8__rv32im import lay_out

__all__ = ["lay_out"]
