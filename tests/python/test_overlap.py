"""Output over input: as near as an operator allows, every variant still computes the right bytes; nearer, it does not.

The output's bytes are the poison: a byte of the input that is read after something was written over it spoils a result. What lies
around the two is guarded.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from stator.emit import c
from stator.frontends.tflite import read
from stator.host import HostModel
from stator.kernels import Kernel
from stator.ops import Array, Constant, KernelCall, Operands, run_reference
from stator.passes import optimise
from tests.python.conv_graphs import pruned
from tests.python.kernel_harness import FLAGS, compile_objects, host_variants
from tests.python.single_op import makers, samples
from tests.python.test_emit import bare

COUNT = 30
GUARD = 64
NEARER = 8  # bytes that are certainly too near: the least distances are exact to a group of four channels


def overlapping(name: str) -> bool:
    """Whether an operator's output may lie partly over its input."""
    graph = read(next(samples(name, 1)).data, name)
    call = graph.nodes[0].op.kernel(graph.nodes[0], Operands.of(graph, graph.nodes[0]))
    return call is not None and bool(call.overlaps)


OVERLAPPING = sorted(filter(overlapping, makers))


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A call with its input `data`, its output `distance` bytes before it (forwards) or behind it (backwards), and what it must give."""

    call: KernelCall
    variant: Kernel
    data: Array
    want: bytes
    distance: int
    backwards: bool
    what: str


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return compile_objects(tmp_path_factory.mktemp("kernels"))


@functools.cache
def cases(name: str) -> tuple[Case, ...]:
    return tuple(_cases(name))


def _cases(name: str) -> Iterator[Case]:
    taken = 0
    for sample in samples(name, 2 * COUNT, seed=5):
        graph = read(sample.data, name)
        (node,) = graph.nodes
        on = Operands.of(graph, node)
        call = node.op.kernel(node, on)
        assert call is not None
        if taken == COUNT or not call.overlaps:
            continue  # a form of the operator that has another kernel: a mean over axes that are no neighbours
        taken += 1
        want = run_reference(graph, sample.inputs)[graph.outputs[0]].tobytes()
        for overlap in call.overlaps:
            assert (overlap.input, overlap.output) == (0, 0)
            for distance, backwards in ((overlap.ahead, False), (overlap.behind, True)):
                for variant in (k for k in host_variants() if k.kernel == call.kernel and distance is not None):
                    yield Case(call, variant, sample.inputs[0], want, distance or 0, backwards, f"{variant.symbol} {sample.what}")


def function(number: int, case: Case) -> str:
    """Input and output in one heap block of just their bytes, between guards."""
    lines, fields = [f"static void call{number}(void) {{"], []
    for field, value in case.call.params:
        if isinstance(value, Constant):
            shown = c.real if value.ctype == "float" else c.integer
            words = ", ".join(shown(v) for v in value.data.reshape(-1).tolist())
            lines.append(f"    static const {value.ctype} {field}[] = {{{words}}};")
            fields.append(f".{field} = {field}")
        else:
            given = int(case.backwards) if field == "backwards" else value
            fields.append(f".{field} = {'0' if given is None else c.value(given)}")
    at_in, at_out = (0, case.distance) if case.backwards else (case.distance, 0)
    size = max(at_in + case.data.nbytes, at_out + len(case.want))
    words = ", ".join(map(str, case.data.tobytes()))
    lines += [
        f"    static const struct {case.call.struct} p = {{{', '.join(fields)}}};",
        f"    static const uint8_t data[] = {{{words}}};",
        f"    int8_t *block = guarded({size});",
        f"    memcpy(block + {at_in}, data, sizeof data);",
        f"    if ({case.variant.symbol}((void *)(block + {at_out}), (void *)(block + {at_in}), &p) != 0) {{ exit(4); }}",
        f"    finish(block, {size}, {at_out}, {len(case.want)});",
        "}",
    ]
    return "\n".join(lines)


PRELUDE = f"""#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
enum {{ GUARD = {GUARD} }};
static int8_t *guarded(size_t bytes) {{
    int8_t *p = malloc(bytes + 2 * GUARD);
    if (!p) {{
        exit(2);
    }}
    memset(p, 0x5a, bytes + 2 * GUARD);
    return p + GUARD;
}}
static void finish(int8_t *block, size_t bytes, size_t at, size_t count) {{
    for (size_t i = 0; i < GUARD; i++) {{
        if (block[i - GUARD] != 0x5a || block[bytes + i] != 0x5a) {{
            exit(3);
        }}
    }}
    fwrite(block + at, 1, count, stdout);
    free(block - GUARD);
}}
"""


def run(folder: Path, objects: list[Path], some: list[Case]) -> list[bytes]:
    headers = "\n".join(sorted({f'#include "{case.call.header}"' for case in some}))
    functions = "\n".join(function(i, case) for i, case in enumerate(some))
    calls = "\n".join(f"    call{i}();" for i in range(len(some)))
    source, program = folder / "overlap.c", folder / "overlap"
    source.write_text(f"{PRELUDE}{headers}\n{functions}\nint main(void) {{\n{calls}\n    return 0;\n}}\n")
    subprocess.run(["gcc", *FLAGS, "-Wno-sign-conversion", str(source), *map(str, objects), "-o", str(program), "-lm"], check=True)
    done = subprocess.run([str(program)], check=True, capture_output=True, env={"ASAN_OPTIONS": "detect_leaks=0"}, timeout=300)
    ends = np.cumsum([0, *(len(case.want) for case in some)])
    return [done.stdout[start:end] for start, end in itertools.pairwise(ends)]


def test_convolutions_and_poolings_overlap() -> None:
    assert {"conv_2d", "depthwise_conv_2d", "average_pool_2d", "max_pool_2d", "mean"} <= set(OVERLAPPING) <= set(makers)


@pytest.mark.parametrize("name", OVERLAPPING)
def test_kernels_compute_over_their_own_input(name: str, tmp_path: Path, objects: list[Path]) -> None:
    some = list(cases(name))
    assert len(some) >= COUNT
    for case, got in zip(some, run(tmp_path, objects, some), strict=True):
        assert got == case.want, f"{case.distance} bytes, backwards={case.backwards}: {case.what}"


@pytest.mark.parametrize("name", ["conv_2d", "depthwise_conv_2d"])
@pytest.mark.parametrize("backwards", [False, True])
def test_nearer_is_too_near(name: str, backwards: bool, tmp_path: Path, objects: list[Path]) -> None:
    """So that the distances are not merely large: a little less spoils many outputs."""
    far = [case for case in cases(name) if case.distance >= NEARER and case.backwards == backwards]
    near = [dataclasses.replace(case, distance=case.distance - NEARER) for case in far]
    spoilt = sum(got != case.want for case, got in zip(near, run(tmp_path, objects, near), strict=True))
    assert spoilt >= len(near) // 4


def test_random_models_are_exact_layer_by_layer_in_their_arena() -> None:
    over = 0
    for seed in range(6):
        graph = read(pruned(seed), f"pruned{seed}")
        made = bare(optimise(graph))
        x = np.random.default_rng(seed).integers(-128, 128, graph.tensors[graph.inputs[0]].type.shape, dtype=np.int8)
        want = run_reference(graph, [x])
        for step, tensor, got in HostModel(made, sanitize=True, optimise="-O1").run_layers([x]):
            kept = made.schedule.graph.channels.get(tensor)
            whole = want[tensor] if kept is None else want[tensor][..., kept]
            np.testing.assert_array_equal(got, whole, err_msg=f"seed {seed}, layer {step}")
        over += sum(made.offsets[i] < made.offsets[j] < made.offsets[i] + made.schedule.buffers[i].bytes for i, j in made.schedule.gaps)
    assert over > 6  # there was something to prove
