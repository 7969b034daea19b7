"""UNIDIRECTIONAL_SEQUENCE_LSTM, INT8 or INT16 with a cell state of INT16: gates without peepholes, projection or layer normalization.

Gates are Q3.12 before their function and Q0.15 after it; the hidden state and the cell state are variables.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np

from stator.ir import DType, Node, TensorType
from stator.numerics import requantize, requantize_wide
from stator.ops import Array, Constant, KernelCall, Operands, Operator, Options, Refusal, Value, operator, same_quant
from stator.ops._pairs import scaled
from stator.ops._types import QUANTIZED, SUFFIXES, integer_range, one_type
from stator.ops._weights import sum_fits

#: Positions of a gate's weights over the input, its weights over the hidden state, and its bias.
GATES = {"input": (1, 5, 12), "forget": (2, 6, 13), "cell": (3, 7, 14), "output": (4, 8, 15)}
VARIANTS = {"a peephole": (9, 10, 11), "a projection": (16, 17), "a layer normalization": (20, 21, 22, 23)}
HIDDEN, CELL = 18, 19
TANH = 4  # the schema's ActivationFunctionType

#: Where TFLite's table is one above the rounded sigmoid.
_ONE_ABOVE = (
    4,
    8,
    12,
    14,
    15,
    16,
    17,
    19,
    20,
    21,
    22,
    25,
    27,
    28,
    29,
    30,
    31,
    33,
    34,
    35,
    37,
    39,
    40,
    41,
    43,
    44,
    45,
    46,
    49,
    50,
    54,
    62,
    63,
    64,
    66,
    82,
    86,
    93,
    100,
    103,
    112,
    116,
    135,
    255,
)


@functools.cache
def sigmoid_table() -> Array:
    """uint16 [256]: sigmoid(i / 24) * 2^16, as TFLite rounds it."""
    table = np.minimum(np.floor(65536 / (1 + np.exp(-np.arange(256) / 24)) + 0.5), 65535)
    table[list(_ONE_ABOVE)] += 1
    return table.astype(np.uint16)


def _interpolated(size: Array, bits: int) -> Array:
    """The table at size / 2^bits, where 2^(16 + bits) is 1."""
    table = sigmoid_table().astype(np.int64)
    at = np.minimum(size >> bits, 254)
    between: Array = (table[at] << bits) + (size & ((1 << bits) - 1)) * (table[at + 1] - table[at])
    return between


def sigmoid(x: Array) -> Array:
    """Q3.12 to Q0.15."""
    size = np.abs(3 * x)
    share = np.where(size >> 9 >= 255, 0x7FFF << 10, _interpolated(size, 9))
    return np.where(x >= 0, share + (1 << 9), (1 << 25) - share + (1 << 9) - 1) >> 10


def tanh(x: Array, shift: int) -> Array:
    """tanh(x) = 2 sigmoid(2 x) - 1: Q3.12, still to be shifted left (right where negative), to Q0.15."""
    wide = x * (3 << shift) if shift >= 0 else (3 * x + (1 << (-shift - 1))) >> -shift
    size = np.abs(wide)
    share = np.where(size >> 8 >= 255, 0xFFFF << 8, _interpolated(size, 8))
    return np.where(wide >= 0, share - (1 << 23) + (1 << 7), -share + (1 << 23) + (1 << 7) - 1) >> 8


def _int16(x: Array) -> Array:
    clipped: Array = np.clip(x, -(2**15), 2**15 - 1)
    return clipped


@operator("UNIDIRECTIONAL_SEQUENCE_LSTM", options="UnidirectionalSequenceLSTMOptions")
@dataclass(frozen=True, slots=True)
class UnidirectionalSequenceLstm(Operator):
    cell_clip: float
    time_major: bool

    @classmethod
    def from_tflite(cls, options: Options) -> UnidirectionalSequenceLstm:
        if options.integer("FusedActivationFunction") != TANH:
            raise Refusal("an activation other than TANH", remedy="use the standard LSTM", unsupported=True)
        return cls(options.real("CellClip"), options.flag("TimeMajor"))

    def states(self) -> tuple[int, ...]:
        return (HIDDEN, CELL)

    def _sizes(self, on: Operands) -> tuple[int, int, int, int]:
        """Batches, steps, depth and units."""
        x, hidden = on.input(0).type.shape, on.input(HIDDEN).type.shape
        if len(x) != 3 or len(hidden) != 2:
            raise Refusal(f"an input of {list(x)} and a hidden state of {list(hidden)}")
        steps, batches = (x[0], x[1]) if self.time_major else (x[1], x[0])
        if hidden[0] != batches or on.input(CELL).type.shape != hidden:
            raise Refusal(f"states of {list(hidden)} and {list(on.input(CELL).type.shape)} for {batches} batches")
        return batches, steps, x[2], hidden[1]

    def _gate_scaling(self, on: Operands, gate: str) -> tuple[tuple[int, int], tuple[int, int]]:
        """(multiplier, shift) to Q3.12 of the products with the input, and of those with the hidden state."""

        def one(source: int, weights: int) -> tuple[int, int]:
            with np.errstate(all="ignore"):
                product = float(np.float32(on.quant(on.input(source)).scale) * np.float32(on.quant(on.input(weights)).scale))
            return scaled(product * 4096, f"scales of the {gate} gate")

        return one(0, GATES[gate][0]), one(HIDDEN, GATES[gate][1])

    def _mul_scaling(self, on: Operands) -> dict[str, tuple[int, int]]:
        """(multiplier, shift) of the three products of gates and states."""
        cell, hidden = on.quant(on.input(CELL)).scale, on.quant(on.input(HIDDEN)).scale
        ratios = {"forget": 2.0**-15 * cell / cell, "update": 2.0**-30 / cell, "hidden": 2.0**-30 / hidden}
        return {name: scaled(ratio, f"the scale of the {name} product") for name, ratio in ratios.items()}

    def _cell_shift(self, on: Operands) -> int:
        power = round(math.log2(on.quant(on.input(CELL)).scale))
        if 2.0**power != on.quant(on.input(CELL)).scale or not -27 <= power <= 0:
            raise Refusal("the cell state's scale is no power of 2, or too small", remedy="convert with a current TensorFlow")
        return 15 + power - 3

    def _clip(self, on: Operands) -> int:
        """Of the cell state's magnitude; 0: none."""
        return int(min(max(self.cell_clip, 0.0) / on.quant(on.input(CELL)).scale, 32767.0))

    def check(self, on: Operands) -> None:
        for what, positions in VARIANTS.items():
            if any(on.optional(i) is not None for i in positions):
                raise Refusal(what, remedy="use the standard LSTM", unsupported=True)
        dtype = one_type(on, (on.input(0), on.input(HIDDEN), on.output), QUANTIZED)
        biases = np.dtype(np.int32 if dtype is DType.INT8 else np.int64)
        same_quant(on, on.input(HIDDEN), on.output)
        if on.input(CELL).type.dtype is not DType.INT16 or on.quant(on.input(CELL)).zero_point:
            raise Refusal("a cell state that is not INT16 with zero point 0", remedy="quantize the whole model to INT8", unsupported=True)
        _, _, depth, units = self._sizes(on)
        for gate, (weights, recurrent, bias) in GATES.items():
            shapes = {weights: (units, depth), recurrent: (units, units), bias: (units,)}
            for position, shape in shapes.items():
                values = on.constant(position, f"the {gate} gate's weights")
                if values.shape != shape or values.dtype != (biases if position == bias else np.int8):
                    raise Refusal(f"the {gate} gate has {values.dtype}{list(values.shape)}, and {list(shape)} is needed")
            if any(on.quant(on.input(i)).zero_point for i in (weights, recurrent)):
                raise Refusal("weights with a zero point other than 0", remedy="use symmetric weights, the default", unsupported=True)
            scalings = self._gate_scaling(on, gate)
            sums = ((weights, on.constant(bias, "biases"), 0), (recurrent, None, HIDDEN))
            for (position, added, source), scaling in zip(sums, scalings, strict=True):
                sum_fits(on.constant(position, "weights"), added, on.input(source), *scaling)
        self._mul_scaling(on)
        self._cell_shift(on)
        if self.cell_clip > 0 and self._clip(on) < 1:
            raise Refusal(f"a cell clip of {self.cell_clip}", remedy="use a larger clip, or none")

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        *_, units = self._sizes(on)
        return (TensorType((*on.input(0).type.shape[:2], units), on.input(0).type.dtype, on.output.type.quant),)

    def _gate(self, on: Operands, gate: str, x: Array, hidden: Array) -> Array:
        """What goes into a gate's function: int64 [batches, units]."""
        weights, recurrent, bias = GATES[gate]
        from_input, from_hidden = self._gate_scaling(on, gate)
        a = (x @ on.constant(weights, "weights").astype(np.float64).T).astype(np.int64) + on.constant(bias, "biases")
        b = (hidden @ on.constant(recurrent, "weights").astype(np.float64).T).astype(np.int64)
        rescaled = requantize if on.input(0).type.dtype is DType.INT8 else requantize_wide
        return _int16(_int16(rescaled(a, *from_input)) + _int16(rescaled(b, *from_hidden)))

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        given, hidden, cell = inputs[0], inputs[HIDDEN], inputs[CELL]
        assert given is not None and hidden is not None and cell is not None
        x = (given if self.time_major else given.swapaxes(0, 1)).astype(np.float64) - on.quant(on.input(0)).zero_point
        zero, mul, shift, clip = on.quant(on.input(HIDDEN)).zero_point, self._mul_scaling(on), self._cell_shift(on), self._clip(on)
        state, outputs, kind = cell.astype(np.int64), [], on.output.type.dtype
        for step in x:
            before = hidden.astype(np.float64) - zero
            forget, take, show = (sigmoid(self._gate(on, gate, step, before)) for gate in ("forget", "input", "output"))
            update = tanh(self._gate(on, "cell", step, before), 0)
            kept = _int16(requantize(forget * state, *mul["forget"]))
            state = _int16(kept + _int16(requantize(take * update, *mul["update"])))
            state = np.clip(state, -clip, clip) if clip else state
            shown = requantize(tanh(state, shift) * show, *mul["hidden"]) + zero
            hidden = np.clip(shown, *integer_range(kind)).astype(kind.numpy)
            outputs.append(hidden)
        y = np.stack(outputs, axis=0 if self.time_major else 1)
        return np.ascontiguousarray(y), hidden, state.astype(np.int16)

    def macs(self, on: Operands) -> int:
        batches, steps, depth, units = self._sizes(on)
        return batches * steps * 4 * units * (depth + units)

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        batches, steps, depth, units = self._sizes(on)
        mul, biases = self._mul_scaling(on), "int32" if on.input(0).type.dtype is DType.INT8 else "int64"
        gates: list[tuple[str, Value]] = []
        for gate, (weights, recurrent, bias) in GATES.items():
            from_input, from_hidden = self._gate_scaling(on, gate)
            gates += [
                (f"{gate}.input_weights", Constant(f"{gate}_input_weights", "int8_t", on.constant(weights, "weights"))),
                (f"{gate}.recurrent_weights", Constant(f"{gate}_recurrent_weights", "int8_t", on.constant(recurrent, "weights"))),
                (f"{gate}.bias", Constant(f"{gate}_bias", f"{biases}_t", on.constant(bias, "biases"))),
                (f"{gate}.input_multiplier", from_input[0]),
                (f"{gate}.input_shift", from_input[1]),
                (f"{gate}.recurrent_multiplier", from_hidden[0]),
                (f"{gate}.recurrent_shift", from_hidden[1]),
            ]
        products = [(f"{name}_{part}", v) for name, pair in mul.items() for part, v in zip(("multiplier", "shift"), pair, strict=True)]
        return KernelCall(
            kernel=f"lstm_{SUFFIXES[on.input(0).type.dtype]}",
            header="lstm/lstm.h",
            struct="stator_lstm",
            outputs=node.outputs,
            inputs=(node.inputs[0], node.inputs[HIDDEN], node.inputs[CELL]),
            params=(
                *gates,
                ("sigmoid", Constant("sigmoid", "uint16_t", sigmoid_table())),
                ("batches", batches),
                ("steps", steps),
                ("depth", depth),
                ("units", units),
                ("time_major", int(self.time_major)),
                ("input_zero_point", on.quant(on.input(0)).zero_point),
                ("hidden_zero_point", on.quant(on.input(HIDDEN)).zero_point),
                ("cell_shift", self._cell_shift(on)),
                ("cell_clip", self._clip(on)),
                *products,
            ),
        )
