"""SVDF: a fully connected layer whose weights are low-rank in time; a variable keeps what each filter gave in the last runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stator.ir import DType, Node, TensorType
from stator.numerics import requantize, wrap32
from stator.ops import Array, Constant, KernelCall, Operands, Operator, Options, Refusal, int8, operator
from stator.ops._activation import Activation, activation_range
from stator.ops._pairs import scaled
from stator.ops._types import SUFFIXES, integer_range
from stator.ops._weights import accumulator_fits

INPUT, FEATURE, TIME, BIAS, STATE = range(5)


@operator("SVDF", options="SVDFOptions")
@dataclass(frozen=True, slots=True)
class Svdf(Operator):
    """Inputs: the features, weights over them, weights over time, mostly a bias, and the state [batches, filters * memory]."""

    rank: int
    activation: Activation

    @classmethod
    def from_tflite(cls, options: Options) -> Svdf:
        return cls(options.integer("Rank"), Activation.from_tflite(options))

    def states(self) -> tuple[int, ...]:
        return (STATE,)

    def _sizes(self, on: Operands) -> tuple[int, int, int, int]:
        """Batches, depth, units and memory."""
        x, feature, time = (on.input(i).type.shape for i in (INPUT, FEATURE, TIME))
        if len(x) != 2 or len(feature) != 2 or len(time) != 2 or feature[1] != x[1] or time[0] != feature[0]:
            raise Refusal(f"weights {list(feature)} and {list(time)} do not fit an input of {list(x)}")
        if self.rank < 1 or feature[0] % self.rank:
            raise Refusal(f"{feature[0]} filters of rank {self.rank}")
        if on.input(STATE).type.shape != (x[0], feature[0] * time[1]):
            raise Refusal(f"a state of {list(on.input(STATE).type.shape)}, and {[x[0], feature[0] * time[1]]} is needed")
        return x[0], x[1], feature[0] // self.rank, time[1]

    def _scaling(self, on: Operands) -> tuple[tuple[int, int], tuple[int, int]]:
        """(multiplier, shift) of the products with the input, and of those with the state; all in float32."""
        x, feature, time, state = (np.float32(on.quant(on.input(i)).scale) for i in (INPUT, FEATURE, TIME, STATE))
        y = np.float32(on.quant(on.output).scale)
        with np.errstate(all="ignore"):
            return scaled(float(x * feature / state), "scales of input and state"), scaled(
                float(state * time / y), "scales of state and output"
            )

    def check(self, on: Operands) -> None:
        int8(on, on.input(INPUT), on.input(FEATURE), on.output)
        kind = on.input(STATE).type.dtype
        if kind not in (DType.INT8, DType.INT16) or on.input(TIME).type.dtype is not kind:
            raise Refusal(f"a state of {kind.value} and time weights of {on.input(TIME).type.dtype.value}", unsupported=True)
        if any(on.quant(on.input(i)).zero_point for i in (FEATURE, TIME)):
            raise Refusal("weights with a zero point other than 0", remedy="use symmetric weights", unsupported=True)
        _, _, units, _ = self._sizes(on)
        accumulator_fits(on.constant(FEATURE, "weights"), None, on.quant(on.input(INPUT)).zero_point)
        on.constant(TIME, "time weights")
        bias = on.optional(BIAS)
        if bias is not None and (on.constant(BIAS, "biases").dtype != np.int32 or bias.type.elements != units):
            raise Refusal(f"bias '{bias.name}' is {bias.type.dtype.value}{list(bias.type.shape)}, and int32[{units}] is needed")
        self._scaling(on)
        low, _ = activation_range(self.activation, on.quant(on.output))
        if low != -128:
            # The interpreter ignores the activation; where the output cannot go below 0 that is the same.
            raise Refusal("an activation that the output's zero point does not give", remedy="use zero point -128", unsupported=True)

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        batches, _, units, _ = self._sizes(on)
        return (TensorType((batches, units), DType.INT8, on.output.type.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x, state = inputs[INPUT], inputs[STATE]
        assert x is not None and state is not None
        batches, _, units, memory = self._sizes(on)
        features, outputs = self._scaling(on)
        centred = x.astype(np.float64) - on.quant(on.input(INPUT)).zero_point
        products = (centred @ on.constant(FEATURE, "weights").astype(np.float64).T).astype(np.int64)
        zero = on.quant(on.input(STATE)).zero_point
        newest = (np.clip(requantize(products, *features), *integer_range(on.input(STATE).type.dtype)) + zero).astype(state.dtype)
        kept = np.concatenate([state.reshape(batches, -1, memory)[..., 1:], newest[..., None]], axis=2).astype(np.int64)
        over_time = ((kept - zero) * on.constant(TIME, "time weights").astype(np.int64)).sum(axis=2).reshape(batches, units, self.rank)
        total = over_time.sum(axis=2) + (on.constant(BIAS, "biases") if on.optional(BIAS) is not None else 0)
        y = requantize(wrap32(total), *outputs) + on.quant(on.output).zero_point
        return np.clip(y, -128, 127).astype(np.int8), kept.reshape(state.shape).astype(state.dtype)

    def macs(self, on: Operands) -> int:
        batches, _, _, _ = self._sizes(on)
        return batches * (on.input(FEATURE).type.elements + on.input(TIME).type.elements)

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        batches, depth, units, memory = self._sizes(on)
        features, outputs = self._scaling(on)
        kind = on.input(STATE).type.dtype
        bias = None if on.optional(BIAS) is None else Constant("bias", "int32_t", on.constant(BIAS, "biases"))
        low, high = activation_range(self.activation, on.quant(on.output))
        return KernelCall(
            kernel=f"svdf_s8_{SUFFIXES[kind]}",
            header="svdf/svdf.h",
            struct="stator_svdf",
            outputs=node.outputs,
            inputs=(node.inputs[INPUT], node.inputs[STATE]),
            params=(
                ("feature_weights", Constant("feature_weights", "int8_t", on.constant(FEATURE, "weights"))),
                ("time_weights", Constant("time_weights", f"{kind.value}_t", on.constant(TIME, "time weights"))),
                ("bias", bias),
                ("batches", batches),
                ("depth", depth),
                ("units", units),
                ("rank", self.rank),
                ("memory", memory),
                ("input_zero_point", on.quant(on.input(INPUT)).zero_point),
                ("feature_multiplier", features[0]),
                ("feature_shift", features[1]),
                ("state_zero_point", on.quant(on.input(STATE)).zero_point),
                ("multiplier", outputs[0]),
                ("shift", outputs[1]),
                ("output_zero_point", on.quant(on.output).zero_point),
                ("activation_min", low),
                ("activation_max", high),
            ),
        )
