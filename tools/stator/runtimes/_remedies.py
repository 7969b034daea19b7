"""What to do about an operator that Stator does not take."""

from __future__ import annotations

from stator.frontends import Seen
from stator.ops._weights import NO_HYBRID

OWN = "add the operator: one file in tools/stator/ops/ and one folder in firmware/kernels/, as CONTRIBUTING.md says under 'An operator'"
QUANTIZE = "quantize the model to INT8: compile --calibrate DIR takes the float model and a folder of inputs"

_RECURRENT = (
    "use a plain UNIDIRECTIONAL_SEQUENCE_LSTM quantized to INT8, or distil the model to a TCN (causal convolutions), which is smaller"
)
_CONTROL = "unroll the loop before converting (unroll=True in Keras), and convert without control flow"
_KNOWN = {
    **dict.fromkeys(
        ("LSTM", "RNN", "UNIDIRECTIONAL_SEQUENCE_RNN", "BIDIRECTIONAL_SEQUENCE_RNN", "BIDIRECTIONAL_SEQUENCE_LSTM"), _RECURRENT
    ),
    "UNIDIRECTIONAL_SEQUENCE_LSTM": _RECURRENT,
    **dict.fromkeys(("WHILE", "IF", "CALL"), _CONTROL),
    **dict.fromkeys(("NON_MAX_SUPPRESSION_V4", "NON_MAX_SUPPRESSION_V5", "TOPK_V2", "UNIQUE", "WHERE"), "do it after the model, in C"),
    **dict.fromkeys(("CONV_3D", "CONV_3D_TRANSPOSE"), "replace it by 2D convolutions"),
    **dict.fromkeys(("DELEGATE", "STABLEHLO_COMPOSITE"), "convert again without a delegate, for the CPU"),
}


def remedy(seen: Seen) -> str:
    """What to do about an operator that Stator does not take."""
    if seen.op.startswith("CUSTOM(Signal"):
        return "it is of TensorFlow Lite Micro's signal library: let the firmware's front end do it, docs/front-end.md"
    if seen.op.startswith("CUSTOM"):
        return f"it is a custom operator of the model's author; {OWN}"
    if seen.problem is not None and seen.problem.remedy == NO_HYBRID:
        return NO_HYBRID
    if seen.dtype in ("float32", "float16"):
        return QUANTIZE
    if seen.op in _KNOWN:
        return _KNOWN[seen.op]
    return (seen.problem.remedy if seen.problem is not None else "") or OWN
