"""The process that stator.ptq starts: SOURCE TARGET SAMPLES. Without samples a .keras file becomes a float .tflite file."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def runs(file: str, shapes: Sequence[Sequence[int]]) -> Iterator[list[Array]]:
    """One list of inputs after the other; an array that holds several inputs is cut. Dimensions below 1 are the batch, 1."""
    fixed = [tuple(d if d > 0 else 1 for d in shape) for shape in shapes]
    with np.load(file, allow_pickle=False) as packed:
        groups: dict[str, list[Array]] = {}
        for key in sorted(packed.files):
            groups.setdefault(key.partition("_")[0], []).append(packed[key])
    for group in groups.values():
        if len(group) != len(fixed):
            raise ValueError(f"{len(group)} arrays for a model of {len(fixed)} inputs")
        for array, shape in zip(group, fixed, strict=True):
            if array.size % int(np.prod(shape)):
                raise ValueError(f"an input has shape {list(array.shape)}, and the model takes {list(shape)}")
        counts = {array.size // int(np.prod(shape)) for array, shape in zip(group, fixed, strict=True)}
        if len(counts) != 1:
            raise ValueError("the inputs of a run are batches of different sizes")
        cut = [array.reshape(-1, *shape) for array, shape in zip(group, fixed, strict=True)]
        for i in range(counts.pop()):
            yield [array[i] for array in cut]


def fused_lstm(
    inputs: Any,
    hidden: Any,
    cell: Any,
    mask: Any,
    kernel: Any,
    recurrent_kernel: Any,
    bias: Any,
    activation: Any,
    recurrent_activation: Any,
    **more: Any,
) -> Any:
    """Stands in for Keras's LSTM of GPUs: a function that says of itself what it is, so that the converter makes one operator of it.

    Keras 3 says nothing, and the converter sees a loop, which its INT8 quantizer does not survive.
    """
    import keras
    import tensorflow as tf

    backwards = bool(more.get("go_backwards"))
    if (
        mask is not None
        or bias is None
        or activation is not keras.activations.tanh
        or recurrent_activation is not keras.activations.sigmoid
    ):
        raise NotImplementedError  # Keras then takes the general way

    def steps(x: Any, h: Any, c: Any, kernel: Any, recurrent_kernel: Any, bias: Any) -> tuple[Any, ...]:
        outputs = []
        for step in tf.unstack(x, axis=1)[:: -1 if backwards else 1]:
            take, forget, update, show = tf.split(tf.matmul(step, kernel) + tf.matmul(h, recurrent_kernel) + bias, 4, axis=1)
            c = tf.sigmoid(forget) * c + tf.sigmoid(take) * tf.tanh(update)
            h = tf.sigmoid(show) * tf.tanh(c)
            outputs.append(h)
        return h, tf.stack(outputs, axis=1), h, c, tf.constant(1.0)

    says = {"api_implements": f"lstm_{uuid.uuid4()}", "api_preferred_device": "CPU", "time_major": False, "go_backwards": backwards}
    whole = tf.function(steps, autograph=False, experimental_attributes=says)
    operands = map(tf.convert_to_tensor, (inputs, hidden, cell, kernel, recurrent_kernel, bias))
    last, outputs, hidden, cell, _ = whole(*operands)
    return last, outputs, [hidden, cell]


def without_loops(model: Any) -> None:
    """Recurrent layers as the converter quantizes them: an LSTM as one operator, others unrolled.

    An operator keeps its state from run to run by itself, so a layer that is stateful need not. Of a pair in both directions the
    operators would get scales that do not fit together: they are unrolled, too.
    """
    import keras
    from keras.src import backend

    backend.lstm = fused_lstm
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.Bidirectional):
            layer.forward_layer.use_cudnn = layer.backward_layer.use_cudnn = False
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.RNN):
            layer.unroll = True
            layer.stateful = layer.stateful and not isinstance(layer, keras.layers.LSTM)


def keras_model(source: str, samples: str) -> bytes:
    import keras
    import tensorflow as tf

    model = keras.saving.load_model(source, compile=False, safe_mode=True)  # safe: no code out of the file
    without_loops(model)
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if samples:
        shapes = [tuple(int(d or 0) for d in tensor.shape) for tensor in model.inputs]
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: runs(samples, shapes)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    return bytes(converter.convert())


def with_float_weights(data: bytes) -> bytes:
    """A hybrid model (dynamic-range quantization) as a float one: weights of INT8 or FLOAT16 beside float activations become floats
    again, (q - zero point) x scale, and DEQUANTIZE of a constant is that constant. Other models as they are."""
    import flatbuffers
    from tensorflow.lite.python import schema_py_generated as schema

    kinds = schema.TensorType
    narrow: dict[int, np.dtype[Any]] = {kinds.INT8: np.dtype(np.int8), kinds.FLOAT16: np.dtype("<f2")}
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(data, 0))
    changed = False
    for graph in model.subgraphs:
        tensors, kept = graph.tensors, []

        def floats(index: int, tensors: Any = tensors) -> Any:
            """A constant's values as a new buffer of floats; None of what is no constant, or of another type."""
            tensor = tensors[index]
            held = model.buffers[tensor.buffer].data
            if tensor.type not in narrow or held is None or len(held) == 0:
                return None
            shape, how = tuple(int(d) for d in (() if tensor.shape is None else tensor.shape)), tensor.quantization
            values = np.asarray(held, np.uint8).tobytes()
            real = np.frombuffer(values, narrow[tensor.type]).reshape(shape).astype(np.float32)
            if tensor.type == kinds.INT8:
                if how is None or how.scale is None or len(how.scale) == 0:
                    return None
                along = [1] * len(shape)
                if len(how.scale) > 1:
                    along[how.quantizedDimension] = -1
                zeros = np.zeros(1, np.int64) if how.zeroPoint is None else np.asarray(how.zeroPoint)
                scale = np.asarray(how.scale, np.float32).reshape(along)
                real = (real - zeros.astype(np.float32).reshape(along if len(zeros) > 1 else [1] * len(shape))) * scale
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(real.astype("<f4").tobytes(), np.uint8)
            model.buffers.append(buffer)
            return len(model.buffers) - 1

        def becomes(index: int, buffer: int, tensors: Any = tensors) -> None:
            tensors[index].type, tensors[index].buffer, tensors[index].quantization = kinds.FLOAT32, buffer, None

        for step in graph.operators:
            code = model.operatorCodes[step.opcodeIndex]
            inputs = [int(i) for i in step.inputs]
            if max(code.builtinCode, code.deprecatedBuiltinCode) == schema.BuiltinOperator.DEQUANTIZE:
                made = floats(inputs[0])
                if made is not None:
                    becomes(int(step.outputs[0]), made)
                    changed = True
                    continue
            elif any(i >= 0 and tensors[i].type == kinds.FLOAT32 for i in inputs):
                for i in inputs:
                    made = floats(i) if i >= 0 else None
                    if made is not None:
                        becomes(i, made)
                        changed = True
            kept.append(step)
        graph.operators = kept
    if not changed:
        return data
    used = sorted({step.opcodeIndex for graph in model.subgraphs for step in graph.operators})  # the interpreter looks at all others, too
    model.operatorCodes = [model.operatorCodes[i] for i in used]
    for step in (step for graph in model.subgraphs for step in graph.operators):
        step.opcodeIndex = used.index(step.opcodeIndex)
    builder = flatbuffers.Builder(len(data))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def tflite_model(source: str, samples: str) -> bytes:
    import tensorflow as tf
    from tensorflow.lite.python.optimize import calibrator

    data = with_float_weights(Path(source).read_bytes())
    details = tf.lite.Interpreter(model_content=data).get_input_details()
    if any(entry["dtype"] is not np.float32 for entry in details):
        raise ValueError("the model is quantized already")
    shapes = [tuple(int(d) for d in entry["shape"]) for entry in details]
    return bytes(calibrator.Calibrator(data).calibrate_and_quantize(lambda: runs(samples, shapes), tf.int8, tf.int8, False))


def onnx_model(source: str, samples: str, target: str) -> None:
    import onnxruntime as ort
    from onnxruntime import quantization as q

    inputs = ort.InferenceSession(source, providers=["CPUExecutionProvider"]).get_inputs()
    given = runs(samples, [[d if isinstance(d, int) else 0 for d in entry.shape] for entry in inputs])

    class Reader(q.CalibrationDataReader):  # type: ignore[misc]
        def get_next(self) -> dict[str, Array] | None:
            arrays = next(given, None)
            return None if arrays is None else {entry.name: array for entry, array in zip(inputs, arrays, strict=True)}

    types = {"activation_type": q.QuantType.QInt8, "weight_type": q.QuantType.QInt8}
    q.quantize_static(source, target, Reader(), quant_format=q.QuantFormat.QDQ, per_channel=True, **types)


def main(source: str, target: str, samples: str) -> None:
    if source.endswith(".onnx"):
        onnx_model(source, samples, target)
        return
    made = keras_model(source, samples) if source.endswith(".keras") else tflite_model(source, samples)
    Path(target).write_bytes(made)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:4])
    except Exception as error:  # whatever it is, one line for people
        sys.exit("ptq: " + " ".join(str(error).split())[:400])
