"""Small ONNX models, built with onnx.helper and quantized with onnxruntime.quantization, as users do."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from stator.ir import Graph
from stator.ops import run_reference

Array = npt.NDArray[Any]


class Net:
    """Layers one after the other; `file` gives the quantized model."""

    def __init__(self, *shape: int, seed: int = 1) -> None:
        self.random = np.random.default_rng(seed)
        self.shape = shape
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []
        self.last = "x"

    def data(self, *shape: int, scale: float = 0.5) -> str:
        return self.constant((self.random.normal(size=shape) * scale).astype(np.float32))

    def constant(self, values: Array) -> str:
        name = f"c{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def add(self, kind: str, *inputs: str, source: str | None = None, **attributes: Any) -> str:
        """A layer that reads the last one's output (or `source`), then `inputs`."""
        name = f"y{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, [source or self.last, *inputs], [name], **attributes))
        self.last = name
        return name

    def conv(self, inputs: int, outputs: int, kernel: Sequence[int], *, group: int = 1, **attributes: Any) -> str:
        weights = self.data(outputs, inputs // group, *kernel)
        return self.add("Conv", weights, self.data(outputs, scale=0.1), group=group, kernel_shape=list(kernel), **attributes)

    def float_model(self, opset: int = 17) -> Any:
        graph = helper.make_graph(
            self.nodes,
            "net",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, self.shape)],
            [helper.make_tensor_value_info(self.last, TensorProto.FLOAT, None)],
            self.initializers,
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)

    def quantized(self, *, per_channel: bool = True, unsigned: bool = False, operators: bool = False) -> bytes:
        """`operators`: with quantized operators in place of layers between QuantizeLinear and DequantizeLinear."""
        from onnxruntime import quantization as q

        class Reader(q.CalibrationDataReader):  # type: ignore[misc]
            def __init__(self, samples: Iterator[Array]) -> None:
                self.samples = samples

            def get_next(self) -> dict[str, Array] | None:
                sample = next(self.samples, None)
                return None if sample is None else {"x": sample}

        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder) / "float.onnx", Path(folder) / "int8.onnx"
            onnx.save(self.float_model(), source)
            q.quantize_static(
                source,
                target,
                Reader(self.random.normal(size=self.shape).astype(np.float32) for _ in range(16)),
                quant_format=q.QuantFormat.QOperator if operators else q.QuantFormat.QDQ,
                per_channel=per_channel,
                activation_type=q.QuantType.QUInt8 if unsigned else q.QuantType.QInt8,
                weight_type=q.QuantType.QInt8,
            )
            return target.read_bytes()


def steps(graph: Graph, data: bytes, count: int = 50, seed: int = 3) -> Array:
    """How many steps of the output's scale each output of ours is away from onnxruntime's, over random inputs over the whole range."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    source, target = graph.tensors[graph.inputs[0]].type, graph.tensors[graph.outputs[0]].type
    assert source.quant is not None and target.quant is not None
    random, found = np.random.default_rng(seed), []
    for _ in range(count):
        q = random.integers(-128, 128, source.shape).astype(np.int8)
        real = ((q.astype(np.float32) - source.quant.zero_point) * np.float32(source.quant.scale)).astype(np.float32)
        ours = run_reference(graph, [q])[graph.outputs[0]].astype(np.float64)
        theirs = session.run(None, {session.get_inputs()[0].name: real})[0]
        found.append((ours - target.quant.zero_point) - np.rint(theirs / target.quant.scale))
    return np.stack(found)
