"""Random models of gathers, selections, resizes, running and reduced sums, and of what is known beforehand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.python.single_op import Generator, Sample, maker, makers, pick, scale, zero_point
from tests.python.single_op_copy import Mover, shape_of, signed
from tests.python.single_op_pairs import broadcast_shapes, elements
from tests.python.tflite_builder import Model


def places(rng: Generator, b: Mover, shape: Sequence[int], sizes: Sequence[int]) -> int:
    """Indices int32 [*shape, len(sizes)], or [*shape] for one size: as an input, or constant."""
    table = np.stack([rng.integers(0, size, tuple(shape)) for size in sizes], axis=-1).astype(np.int32)
    array = table[..., 0] if len(sizes) == 1 else table
    if rng.random() < 0.5:
        return b.whole(array)
    b.inputs.append(b.m.tensor(array.shape, "int32"))
    b.data.append(array)
    return b.inputs[-1]


@maker
def gather(rng: Generator) -> Sample:
    b = Mover(rng)
    shape = shape_of(rng, 1, 4)
    axis = pick(rng, 0, len(shape) - 1)
    together = pick(rng, 0, axis) if rng.random() < 0.4 else 0
    count = shape_of(rng, 1, 2)
    reads = [b.input(shape), places(rng, b, [*shape[:together], *count], [shape[axis]])]
    out = [*shape[:axis], *count, *shape[axis + 1 :]]
    options = {"Axis": signed(rng, axis, len(shape)), "BatchDims": together}
    return b.sample("GATHER", reads, [out], "GatherOptions", f"{shape}, {count} places", **options)


@maker
def gather_nd(rng: Generator) -> Sample:
    b = Mover(rng)
    shape = shape_of(rng, 1, 4)
    depth, count = pick(rng, 1, min(len(shape), 3)), shape_of(rng, 1, 2)
    x = b.input(shape)
    indices = places(rng, b, count, shape[:depth])
    if depth == 1:
        b.m.tensors[indices].shape = (*b.m.tensors[indices].shape, 1)
        b.data = [d.reshape(*d.shape, 1) if i == indices else d for i, d in zip(b.inputs, b.data, strict=True)]
    return b.sample("GATHER_ND", [x, indices], [[*count, *shape[depth:]]], "GatherNdOptions", f"{shape}, {count} places of {depth}")


@maker
def select_v2(rng: Generator) -> Sample:
    b = Mover(rng)
    shapes = broadcast_shapes(rng, 3)
    mask = b.m.tensor(shapes[0], "bool")
    b.inputs.append(mask)
    b.data.append(rng.random(shapes[0]) < 0.5)
    reads = [mask, b.input(shapes[1]), b.input(shapes[2])]
    return b.sample("SELECT_V2", reads, [np.broadcast_shapes(*shapes)], "SelectV2Options", f"{shapes}")


def resize(rng: Generator, name: str, table: str) -> Sample:
    b = Mover(rng)
    batch, height, width, channels = (pick(rng, 1, most) for most in (2, 7, 7, 3))
    out = [pick(rng, 1, 12), pick(rng, 1, 12)]
    align, half = [(False, False), (True, False), (False, True)][pick(rng, 0, 2)]
    reads = [b.input([batch, height, width, channels]), b.whole(out)]
    options = {"AlignCorners": align, "HalfPixelCenters": half}
    return b.sample(name, reads, [[batch, *out, channels]], table, f"{height}x{width} to {out}", **options)


@maker
def resize_nearest_neighbor(rng: Generator) -> Sample:
    return resize(rng, "RESIZE_NEAREST_NEIGHBOR", "ResizeNearestNeighborOptions")


@maker
def resize_bilinear(rng: Generator) -> Sample:
    return resize(rng, "RESIZE_BILINEAR", "ResizeBilinearOptions")


def arg(rng: Generator, name: str, table: str) -> Sample:
    b = Mover(rng)
    shape = shape_of(rng, 1, 4)
    axis = pick(rng, 0, len(shape) - 1)
    wide = bool(rng.random() < 0.3)
    reads = [b.input(shape), b.whole([signed(rng, axis, len(shape))] if rng.random() < 0.5 else axis)]
    y = b.m.tensor([*shape[:axis], *shape[axis + 1 :]], "int64" if wide else "int32")
    b.m.operator(name, reads, [y], table, OutputType=4 if wide else 2)
    return Sample(b.m.build(b.inputs, [y]), tuple(b.data), f"{name} {b.kind} {shape} along {axis}", litert=wide)


makers["arg_max"] = lambda rng: arg(rng, "ARG_MAX", "ArgMaxOptions")
makers["arg_min"] = lambda rng: arg(rng, "ARG_MIN", "ArgMinOptions")


def rescaled(b: Mover, shape: Sequence[int], low: float, high: float) -> int:
    """An output whose scale is 2^low..2^high times the inputs'."""
    if b.kind != "int8":
        return b.m.tensor(shape, b.kind)
    return b.m.tensor(shape, "int8", float(np.float32(b.step * 2.0 ** b.rng.uniform(low, high))), zero_point(b.rng))


@maker
def cumsum(rng: Generator) -> Sample:
    b = Mover(rng)
    shape = shape_of(rng, 1, 4)
    axis = pick(rng, 0, len(shape) - 1)
    options = {"Exclusive": bool(rng.random() < 0.5), "Reverse": bool(rng.random() < 0.5)}
    reads = [b.input(shape), b.whole([signed(rng, axis, len(shape))])]
    y = rescaled(b, shape, -2, 3)
    b.m.operator("CUMSUM", reads, [y], "CumsumOptions", **options)
    return Sample(b.m.build(b.inputs, [y]), tuple(b.data), f"CUMSUM {b.kind} {shape} along {axis} {options}")


@maker
def add_n(rng: Generator) -> Sample:
    b = Mover(rng)
    shape = shape_of(rng, 1, 4)
    reads = [b.input(shape) for _ in range(pick(rng, 2, 5))]
    y = rescaled(b, shape, -2, 3)
    b.m.operator("ADD_N", reads, [y], "AddNOptions")
    return Sample(b.m.build(b.inputs, [y]), tuple(b.data), f"ADD_N {b.kind} {len(reads)} of {shape}")


def reduction(rng: Generator, name: str, kinds: Sequence[str], *, rescales: bool = False, litert: bool = False) -> Sample:
    b = Mover(rng, kinds)
    shape = shape_of(rng, 1, 4)
    axes = sorted(int(a) for a in rng.choice(len(shape), size=pick(rng, 1, len(shape)), replace=False))
    keep = bool(rng.random() < 0.5)
    out = [1 if i in axes else d for i, d in enumerate(shape) if keep or i not in axes]
    given = [signed(rng, a, len(shape)) for a in axes]
    reads = [b.input(shape), b.whole(given)]
    y = rescaled(b, out, -4, 6) if rescales else b.tensor(out)
    b.m.operator(name, reads, [y], "ReducerOptions", KeepDims=keep)
    return Sample(b.m.build(b.inputs, [y]), tuple(b.data), f"{name} {b.kind} {shape} over {given}, keep={keep}", litert=litert)


makers["sum"] = lambda rng: reduction(rng, "SUM", ("int8", "int8", "float32"), rescales=True)
makers["reduce_max"] = lambda rng: reduction(rng, "REDUCE_MAX", ("int8", "float32"))
makers["reduce_min"] = lambda rng: reduction(rng, "REDUCE_MIN", ("int8", "float32"))
makers["reduce_prod"] = lambda rng: reduction(rng, "REDUCE_PROD", ("float32",), litert=True)
makers["reduce_all"] = lambda rng: reduction(rng, "REDUCE_ALL", ("bool",))
makers["reduce_any"] = lambda rng: reduction(rng, "REDUCE_ANY", ("bool",), litert=True)


@maker
def shape(rng: Generator) -> Sample:
    m = Model()
    sizes = shape_of(rng)
    x, y = m.tensor(sizes, "int8", scale(rng), zero_point(rng)), m.tensor((len(sizes),), "int32")
    m.operator("SHAPE", [x], [y], "ShapeOptions", OutType=2)
    return Sample(m.build([x], [y]), (elements(rng, "int8", sizes),), f"{sizes}")


@maker
def rank(rng: Generator) -> Sample:
    m = Model()
    sizes = shape_of(rng)
    x, y = m.tensor(sizes, "int8", scale(rng), zero_point(rng)), m.tensor((), "int32")
    m.operator("RANK", [x], [y], "RankOptions")
    return Sample(m.build([x], [y]), (elements(rng, "int8", sizes),), f"{sizes}", litert=True)


@maker
def zeros_like(rng: Generator) -> Sample:
    b = Mover(rng, ("int8", "float32", "int32"))
    sizes = shape_of(rng)
    return b.sample("ZEROS_LIKE", [b.input(sizes)], [sizes], "ZerosLikeOptions", f"{sizes}")


@maker
def broadcast_args(rng: Generator) -> Sample:
    b = Mover(rng)
    first, second = broadcast_shapes(rng)
    known = np.broadcast_shapes(first, second)
    y = b.m.tensor((len(known),), "int32")
    b.m.operator("BROADCAST_ARGS", [b.whole(first), b.whole(second)], [y])
    unread = b.input((1,))
    return Sample(b.m.build([unread], [y]), tuple(b.data), f"{first} and {second}")


@maker
def range_(rng: Generator) -> Sample:
    m = Model()
    kind = str(rng.choice(["int32", "float32"]))
    start, delta, count = pick(rng, -9, 9), pick(rng, 1, 4) * int(rng.choice([-1, 1])), pick(rng, 1, 9)
    ends = [m.tensor((), kind, data=np.array(v, dtype=kind)) for v in (start, start + delta * count, delta)]
    x, one = m.tensor((count,), kind), m.tensor((count,), kind)
    m.operator("RANGE", ends, [one], "RangeOptions")
    y = m.tensor((count,), kind)
    m.operator("ADD", [x, one], [y], "AddOptions")
    return Sample(m.build([x], [y]), (elements(rng, kind, (count,)),), f"{kind} {start}, {delta}, {count}", litert=True)
