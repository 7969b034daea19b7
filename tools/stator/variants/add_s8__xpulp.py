"""Sum of two tensors of one shape for CV32E40P, as one sum of products."""

from __future__ import annotations

from stator.variants.add_s8__c import lay_out

__all__ = ["lay_out"]
