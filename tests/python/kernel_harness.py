"""Runs kernels on the host: one C program per batch of calls, every variant, under AddressSanitizer and UBSan.

The program is printed from `KernelCall`s, so a new operator needs no new harness. Inputs lie in heap blocks of exactly their size
and outputs between guard bytes, so that a read or write past either end is found.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from stator.kernels import KERNELS, Kernel, kernels
from stator.ops import Array, Constant, KernelCall

FLAGS = (
    "-std=c11",
    "-O1",
    "-g",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-Wshadow",
    "-Wconversion",
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=all",
    f"-I{KERNELS}",
    f"-I{KERNELS.parent / 'include'}",
)
GUARD = 64


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A call, the arrays it reads (by tensor index), and the bytes it writes; `in_place`: pairs (input, output) of one buffer."""

    call: KernelCall
    inputs: Mapping[int, Array]
    output_bytes: int
    in_place: tuple[tuple[int, int], ...] = ()


def compile_objects(folder: Path) -> list[Path]:
    """Compiles every C variant in firmware/kernels/ that a host can run."""
    sources = [k.source for k in host_variants()]
    for source in sources:
        subprocess.run(["gcc", *FLAGS, "-c", str(source), "-o", str(folder / f"{source.stem}.o")], check=True)
    return [folder / f"{source.stem}.o" for source in sources]


def host_variants() -> list[Kernel]:
    return [k for k in kernels() if k.isa in ("ref", "c")]


def run(folder: Path, objects: Sequence[Path], cases: Sequence[Case]) -> list[dict[str, Array]]:
    """Compiles and runs `cases`; for each, the output of every variant (and of each in-place form of it) by name."""
    labels: list[tuple[int, str]] = []
    functions: list[str] = []
    for number, case in enumerate(cases):
        variants = [k for k in host_variants() if k.kernel == case.call.kernel]
        assert variants, f"no kernel {case.call.kernel}"
        for variant in variants:
            for shared in (None, *case.in_place):
                label = f"{variant.isa}{variant.tile}" + ("" if shared is None else f" in place of input {shared[0]}")
                labels.append((number, label))
                functions.append(_function(len(functions), case, variant.symbol, shared))
    source = folder / "calls.c"
    headers = sorted({f'#include "{case.call.header}"' for case in cases})
    calls = "\n".join(f"    call{i}();" for i in range(len(functions)))
    source.write_text(_PRELUDE + "\n".join(headers) + "\n" + "\n".join(functions) + f"\nint main(void) {{\n{calls}\n    return 0;\n}}\n")
    program = folder / "calls"
    subprocess.run(["gcc", *FLAGS, str(source), *map(str, objects), "-o", str(program)], check=True)
    done = subprocess.run([str(program)], check=False, capture_output=True, env={"ASAN_OPTIONS": "detect_leaks=0"}, timeout=300)
    assert done.returncode == 0, done.stderr.decode(errors="replace")[:4000]
    results: list[dict[str, Array]] = [{} for _ in cases]
    at = 0
    for number, label in labels:
        size = cases[number].output_bytes
        results[number][label] = np.frombuffer(done.stdout, dtype=np.int8, count=size, offset=at)
        at += size
    assert at == len(done.stdout)
    return results


def refusals(folder: Path, objects: Sequence[Path], case: Case, zeroed: Sequence[str]) -> dict[str, tuple[int, bool]]:
    """Calls every variant wrongly: with each pointer null in turn, and with each field of `zeroed` set to 0 and to -1.

    Returns, by a description of the call, its return code and whether the output was left alone.
    """
    labels: list[str] = []
    functions: list[str] = []
    pointers = ["out", *(f"in{i}" for i in range(len(case.call.inputs))), "p", *(f for f, v in case.call.params if isinstance(v, Constant))]
    optional = {"bias"}
    for variant in (k for k in host_variants() if k.kernel == case.call.kernel):
        for wrong in [f"{name} = 0" for name in pointers if name not in optional] + [f"{f} = {v}" for f in zeroed for v in (0, -1)]:
            labels.append(f"{variant.isa}: {wrong}")
            functions.append(_wrong_call(len(functions), case, variant.symbol, wrong))
    calls = "\n".join(f"    call{i}();" for i in range(len(functions)))
    source = folder / "refusals.c"
    source.write_text(
        f'{_PRELUDE}#include "{case.call.header}"\n' + "\n".join(functions) + f"\nint main(void) {{\n{calls}\n    return 0;\n}}\n"
    )
    program = folder / "refusals"
    flags = [*FLAGS, "-Wno-unused"]
    subprocess.run(["gcc", *flags, str(source), *map(str, objects), "-o", str(program)], check=True)
    done = subprocess.run([str(program)], check=True, capture_output=True, text=True, env={"ASAN_OPTIONS": "detect_leaks=0"}, timeout=300)
    results = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    return {label: (code, bool(same)) for label, (code, same) in zip(labels, results, strict=True)}


def _wrong_call(number: int, case: Case, symbol: str, wrong: str) -> str:
    call = case.call
    lines = [f"static void call{number}(void) {{"]
    for field, value in call.params:
        if isinstance(value, Constant):
            lines.append(f"    static const {value.ctype} {field}[{value.data.size}] = {{{_numbers(value.data)}}};")
    given = {field: field if isinstance(value, Constant) else str(value or 0) for field, value in call.params}
    name, new = wrong.split(" = ")
    if name in given:
        given[name] = new
    fields = ", ".join(f".{field} = {value}" for field, value in given.items())
    lines.append(f"    static const struct {call.struct} p = {{{fields}}};")
    lines.append(f"    static int8_t out[{case.output_bytes}];")
    lines.append("    memset(out, 0x5a, sizeof out);")
    arguments = ["0" if name == "out" else "out"]
    for position, index in enumerate(call.inputs):
        lines.append(f"    static const int8_t in{position}[] = {{{_numbers(np.asarray(case.inputs[index], dtype=np.int8))}}};")
        lines.append(f"    (void)in{position};")
        arguments.append("0" if name == f"in{position}" else f"in{position}")
    arguments.append("0" if name == "p" else "&p")
    lines.append(f"    (void)p;\n    const int code = {symbol}({', '.join(arguments)});")
    lines.append("    int same = 1;\n    for (size_t i = 0; i < sizeof out; i++) {\n        same &= out[i] == 0x5a;\n    }")
    lines.append('    printf("%d %d\\n", code, same);\n}')
    return "\n".join(lines)


_PRELUDE = f"""#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
enum {{ GUARD = {GUARD} }};
static int8_t *heap(const int8_t *data, size_t bytes) {{
    int8_t *p = malloc(bytes);
    if (!p) {{
        exit(2);
    }}
    memcpy(p, data, bytes);
    return p;
}}
static void emit(const int8_t *guarded, size_t bytes) {{
    for (size_t i = 0; i < GUARD; i++) {{
        if (guarded[i] != 0x5a || guarded[GUARD + bytes + i] != 0x5a) {{
            fprintf(stderr, "guard byte written\\n");
            exit(3);
        }}
    }}
    fwrite(guarded + GUARD, 1, bytes, stdout);
}}
"""


def _numbers(data: Array) -> str:
    return ", ".join("INT32_MIN" if v == -(2**31) else str(v) for v in data.reshape(-1).tolist())


def _function(number: int, case: Case, symbol: str, shared: tuple[int, int] | None) -> str:
    call = case.call
    lines = [f"static void call{number}(void) {{"]
    fields = []
    for field, value in call.params:
        if isinstance(value, Constant):
            lines.append(f"    static const {value.ctype} {field}[{value.data.size}] = {{{_numbers(value.data)}}};")
            fields.append(f".{field} = {field}")
        else:
            fields.append(f".{field} = {'0' if value is None else value}")
    lines.append(f"    static const struct {call.struct} p = {{{', '.join(fields)}}};")
    arguments = ["guarded + GUARD"]
    frees = ["guarded"]
    lines.append(f"    int8_t *guarded = malloc({case.output_bytes} + 2 * GUARD);")
    lines.append("    if (!guarded) { exit(2); }")
    lines.append(f"    memset(guarded, 0x5a, {case.output_bytes} + 2 * GUARD);")
    for position, index in enumerate(call.inputs):
        data = np.asarray(case.inputs[index], dtype=np.int8)
        lines.append(f"    static const int8_t data{position}[] = {{{_numbers(data)}}};")
        if shared is not None and shared[0] == position:
            lines.append(f"    memcpy(guarded + GUARD, data{position}, sizeof data{position});")
            arguments.append("guarded + GUARD")
        else:
            lines.append(f"    int8_t *in{position} = heap(data{position}, sizeof data{position});")
            arguments.append(f"in{position}")
            frees.append(f"in{position}")
    arguments.append("&p")
    scratch: Any = call.scratch_bytes
    if scratch is not None:
        lines.append(f"    void *scratch = malloc({scratch});")
        arguments.append("scratch")
        frees.append("scratch")
    lines.append(f"    if ({symbol}({', '.join(arguments)}) != 0) {{ exit(4); }}")
    lines.append(f"    emit(guarded, {case.output_bytes});")
    lines.extend(f"    free({name});" for name in frees)
    lines.append("}")
    return "\n".join(lines)
