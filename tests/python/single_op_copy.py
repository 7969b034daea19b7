"""Random models of the operators that only move elements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from stator.ops import Array
from tests.python.single_op import Generator, Sample, maker, pick, scale, zero_point
from tests.python.single_op_pairs import elements
from tests.python.tflite_builder import Model


class Mover:
    """A model under construction whose tensors all have one type and one scale."""

    only: ClassVar[str] = ""  # the type of all tensors, where one is asked for

    def __init__(self, rng: Generator, kinds: Sequence[str] = ("int8", "int8", "float32")) -> None:
        self.rng = rng
        self.m = Model()
        self.kind = self.only or str(rng.choice(kinds))
        self.step, self.zero = scale(rng), zero_point(rng, self.only or "int8")
        self.inputs: list[int] = []
        self.data: list[Array] = []

    def tensor(self, shape: Sequence[int]) -> int:
        if self.kind in ("int8", "int16"):
            return self.m.tensor(shape, self.kind, self.step, self.zero)
        return self.m.tensor(shape, self.kind)

    def input(self, shape: Sequence[int]) -> int:
        self.inputs.append(self.tensor(shape))
        self.data.append(elements(self.rng, self.kind, tuple(shape)))
        return self.inputs[-1]

    def whole(self, values: Any) -> int:
        """A constant of whole numbers."""
        array = np.array(values, dtype=np.int32)
        return self.m.tensor(array.shape, "int32", data=array)

    def sample(
        self, name: str, reads: Sequence[int], shapes: Sequence[Sequence[int]], table: str | None, what: str, **options: Any
    ) -> Sample:
        """Ends the model with its one operator."""
        outputs = [self.tensor(shape) for shape in shapes]
        litert = bool(options.pop("litert", False))
        self.m.operator(name, reads, outputs, table, **options)
        said = f"{name} {self.kind} {what} {options}"
        return Sample(self.m.build(self.inputs, outputs), tuple(self.data), said, len(outputs), litert)


def shape_of(rng: Generator, low: int = 1, high: int = 4, most: int = 5) -> tuple[int, ...]:
    return tuple(pick(rng, 1, most) for _ in range(pick(rng, low, high)))


def signed(rng: Generator, axis: int, rank: int) -> int:
    """The axis, or the same counted from the end."""
    return axis - rank if rng.random() < 0.3 else axis


def border(rng: Generator, name: str, table: str, most: int = 3) -> Sample:
    b = Mover(rng)
    shape = shape_of(rng)
    borders = [(pick(rng, 0, most), pick(rng, 0, most)) for _ in shape]
    reads = [b.input(shape), b.whole(borders)]
    if name == "PADV2":
        value = elements(rng, b.kind, (1,))
        reads.append(b.tensor((1,)))
        b.m.tensors[reads[-1]].data = value.tobytes()
    out = tuple(d + before + after for d, (before, after) in zip(shape, borders, strict=True))
    return b.sample(name, reads, [out], table, f"{shape} by {borders}")


@maker
def pad(rng: Generator) -> Sample:
    return border(rng, "PAD", "PadOptions")


@maker
def padv2(rng: Generator) -> Sample:
    return border(rng, "PADV2", "PadV2Options")


@maker
def mirror_pad(rng: Generator) -> Sample:
    b = Mover(rng)
    shape = shape_of(rng, 1, 3)
    mode = pick(rng, 0, 1)
    borders = [(pick(rng, 0, d - 1 + mode), pick(rng, 0, d - 1 + mode)) for d in shape]
    out = tuple(d + before + after for d, (before, after) in zip(shape, borders, strict=True))
    return b.sample("MIRROR_PAD", [b.input(shape), b.whole(borders)], [out], "MirrorPadOptions", f"{shape} by {borders}", Mode=mode)


@maker
def slice_(rng: Generator) -> Sample:
    b = Mover(rng)
    shape = shape_of(rng)
    begin = [pick(rng, 0, d - 1) for d in shape]
    size = [pick(rng, 1, d - first) for first, d in zip(begin, shape, strict=True)]
    given = [-1 if first + s == d and rng.random() < 0.3 else s for first, s, d in zip(begin, size, shape, strict=True)]
    return b.sample("SLICE", [b.input(shape), b.whole(begin), b.whole(given)], [size], "SliceOptions", f"{given} at {begin} of {shape}")


@maker
def strided_slice(rng: Generator) -> Sample:
    b = Mover(rng)
    while True:
        shape = shape_of(rng)
        begin = [pick(rng, -d, d - 1) for d in shape]
        end = [pick(rng, -d - 1, d + 1) for d in shape]
        steps = [int(rng.choice([1, 1, 1, 2, -1, -2])) for _ in shape]
        begin_mask, end_mask = (int(rng.integers(0, 1 << len(shape))) for _ in range(2))
        shrink = int(rng.integers(0, 1 << len(shape))) if rng.random() < 0.3 else 0
        steps = [1 if shrink >> i & 1 else s for i, s in enumerate(steps)]
        begin_mask, end_mask = begin_mask & ~shrink, end_mask & ~shrink
        index = tuple(
            begin[i]
            if shrink >> i & 1
            else slice(
                None if begin_mask >> i & 1 else begin[i],
                None if end_mask >> i & 1 else (end[i] if end[i] >= -shape[i] or steps[i] > 0 else None),
                steps[i],
            )
            for i in range(len(shape))
        )
        out = np.zeros(shape)[index].shape
        if 0 not in out and out:
            break
    options = {"BeginMask": begin_mask, "EndMask": end_mask, "ShrinkAxisMask": shrink}
    reads = [b.input(shape), b.whole(begin), b.whole(end), b.whole(steps)]
    return b.sample("STRIDED_SLICE", reads, [out], "StridedSliceOptions", f"{shape}[{begin}:{end}:{steps}]", **options)


@maker
def transpose(rng: Generator) -> Sample:
    b = Mover(rng)
    shape = shape_of(rng)
    order = [int(a) for a in rng.permutation(len(shape))]
    return b.sample("TRANSPOSE", [b.input(shape), b.whole(order)], [[shape[a] for a in order]], "TransposeOptions", f"{shape} by {order}")


@maker
def reverse_v2(rng: Generator) -> Sample:
    b = Mover(rng)
    shape = shape_of(rng)
    first = pick(rng, 0, len(shape) - 1)
    axes = list(range(first, pick(rng, first, len(shape) - 1) + 1))
    return b.sample("REVERSE_V2", [b.input(shape), b.whole(axes)], [shape], "ReverseV2Options", f"{shape} along {axes}")


@maker
def tile(rng: Generator) -> Sample:
    b = Mover(rng)
    shape = shape_of(rng)
    times = [pick(rng, 1, 3) for _ in shape]
    out = [d * n for d, n in zip(shape, times, strict=True)]
    return b.sample("TILE", [b.input(shape), b.whole(times)], [out], "TileOptions", f"{shape} times {times}", litert=True)


@maker
def broadcast_to(rng: Generator) -> Sample:
    b = Mover(rng)
    out = shape_of(rng)
    shape = tuple(1 if rng.random() < 0.4 else d for d in out)[pick(rng, 0, len(out) - 1) :]
    return b.sample("BROADCAST_TO", [b.input(shape), b.whole(out)], [out], "BroadcastToOptions", f"{shape} to {out}")


@maker
def fill(rng: Generator) -> Sample:
    b = Mover(rng, ("int8", "float32", "int32"))
    out = shape_of(rng)
    return b.sample("FILL", [b.whole(out), b.input(())], [out], "FillOptions", f"{out}")


@maker
def concatenation(rng: Generator) -> Sample:
    b = Mover(rng)
    shape = shape_of(rng)
    axis = pick(rng, 0, len(shape) - 1)
    sizes = [pick(rng, 1, 5) for _ in range(pick(rng, 1, 6))]
    reads = [b.input([size if i == axis else d for i, d in enumerate(shape)]) for size in sizes]
    out = [sum(sizes) if i == axis else d for i, d in enumerate(shape)]
    return b.sample("CONCATENATION", reads, [out], "ConcatenationOptions", f"{sizes} of {shape}", Axis=signed(rng, axis, len(shape)))


@maker
def pack(rng: Generator) -> Sample:
    b = Mover(rng)
    shape = shape_of(rng, 1, 3)
    axis, count = pick(rng, 0, len(shape)), pick(rng, 1, 5)
    reads = [b.input(shape) for _ in range(count)]
    out = [*shape[:axis], count, *shape[axis:]]
    return b.sample("PACK", reads, [out], "PackOptions", f"{shape}", Axis=signed(rng, axis, len(shape) + 1), ValuesCount=count)


@maker
def unpack(rng: Generator) -> Sample:
    b = Mover(rng)
    shape = shape_of(rng, 2, 4)
    axis = pick(rng, 0, len(shape) - 1)
    shapes = [[*shape[:axis], *shape[axis + 1 :]]] * shape[axis]
    return b.sample("UNPACK", [b.input(shape)], shapes, "UnpackOptions", f"{shape}", Axis=signed(rng, axis, len(shape)), Num=shape[axis])


@maker
def split(rng: Generator) -> Sample:
    b = Mover(rng)
    shape = list(shape_of(rng))
    axis, count = pick(rng, 0, len(shape) - 1), pick(rng, 1, 4)
    run = shape[axis]
    shapes = [list(shape) for _ in range(count)]
    shape[axis] = run * count
    reads = [b.whole([signed(rng, axis, len(shape))]), b.input(shape)]
    return b.sample("SPLIT", reads, shapes, "SplitOptions", f"{shape} along {axis}", NumSplits=count)


@maker
def split_v(rng: Generator) -> Sample:
    b = Mover(rng)
    shape = list(shape_of(rng))
    axis = pick(rng, 0, len(shape) - 1)
    runs = [pick(rng, 1, 4) for _ in range(pick(rng, 1, 4))]
    shapes = [[run if i == axis else d for i, d in enumerate(shape)] for run in runs]
    shape[axis] = sum(runs)
    given = [-1 if i == 0 and rng.random() < 0.3 else run for i, run in enumerate(runs)]
    reads = [b.input(shape), b.whole(given), b.whole([signed(rng, axis, len(shape))])]
    return b.sample("SPLIT_V", reads, shapes, "SplitVOptions", f"{shape} in {given} along {axis}", NumSplits=len(runs))


def depth(rng: Generator, name: str, table: str) -> Sample:
    b = Mover(rng)
    block = pick(rng, 1, 3)
    batch, height, width, channels = (pick(rng, 1, 3) for _ in range(4))
    space = [batch, height * block, width * block, channels]
    deep = [batch, height, width, channels * block * block]
    source, out = (space, deep) if name == "SPACE_TO_DEPTH" else (deep, space)
    return b.sample(name, [b.input(source)], [out], table, f"{source}", BlockSize=block)


@maker
def space_to_depth(rng: Generator) -> Sample:
    return depth(rng, "SPACE_TO_DEPTH", "SpaceToDepthOptions")


@maker
def depth_to_space(rng: Generator) -> Sample:
    return depth(rng, "DEPTH_TO_SPACE", "DepthToSpaceOptions")


def batches(rng: Generator, name: str, table: str) -> Sample:
    b = Mover(rng)
    blocks = [pick(rng, 1, 3), pick(rng, 1, 3)]
    batch, channels = pick(rng, 1, 2), pick(rng, 1, 3)
    size = [pick(rng, 1, 6), pick(rng, 1, 6)]
    before = [pick(rng, 0, 2), pick(rng, 0, 2)]
    after = [-(s + first) % block for s, first, block in zip(size, before, blocks, strict=True)]
    after = [a + (block if rng.random() < 0.2 else 0) for a, block in zip(after, blocks, strict=True)]
    space = [batch, *size, channels]
    dealt = [(s + p + q) // block for s, p, q, block in zip(size, before, after, blocks, strict=True)]
    many = [batch * blocks[0] * blocks[1], *dealt, channels]
    source, out = (space, many) if name == "SPACE_TO_BATCH_ND" else (many, space)
    edges = list(zip(before, after, strict=True))
    what = f"{source} in {blocks}, edges {edges}"
    # TFLM's kernel reads the border's value from memory that nothing has written.
    litert = name == "SPACE_TO_BATCH_ND"
    return b.sample(name, [b.input(source), b.whole(blocks), b.whole(edges)], [out], table, what, litert=litert)


@maker
def space_to_batch_nd(rng: Generator) -> Sample:
    return batches(rng, "SPACE_TO_BATCH_ND", "SpaceToBatchNDOptions")


@maker
def batch_to_space_nd(rng: Generator) -> Sample:
    return batches(rng, "BATCH_TO_SPACE_ND", "BatchToSpaceNDOptions")
