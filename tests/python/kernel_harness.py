"""Runs kernels on the host: one C program per batch of calls, every variant, under AddressSanitizer and UBSan.

The program is printed from `KernelCall`s, so a new operator needs no new harness. Inputs lie in heap blocks of exactly their size
and outputs between guard bytes, so that a read or write past either end is found.
"""

from __future__ import annotations

import contextlib
import dataclasses
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stator.emit import c
from stator.kernels import KERNELS, PORTABLE, Kernel, kernels, laid_out
from stator.ops import Array, Constant, KernelCall, Value
from stator.variants import NotTaken

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
    """A call, the arrays it reads (by tensor index), the bytes of each output; `in_place`: pairs (input, output) of one buffer."""

    call: KernelCall
    inputs: Mapping[int, Array]
    output_bytes: tuple[int, ...]
    in_place: tuple[tuple[int, int], ...] = ()
    updates: tuple[int, ...] = ()  # positions of inputs that the call writes; their bytes follow the outputs'


def compile_objects(folder: Path) -> list[Path]:
    """Compiles every C variant in firmware/kernels/ that a host can run."""
    sources = dict.fromkeys(source for k in host_variants() for source in k.sources)
    for source in sources:
        subprocess.run(["gcc", *FLAGS, "-c", str(source), "-o", str(folder / f"{source.stem}.o")], check=True)
    return [folder / f"{source.stem}.o" for source in sources]


def host_variants() -> list[Kernel]:
    return [k for k in kernels() if k.isa in PORTABLE]


def variants(case: Case) -> list[tuple[Kernel, Case]]:
    """The variants that take a call, each with the call in its layout."""
    found = []
    for variant in (k for k in host_variants() if k.kernel == case.call.kernel):
        with contextlib.suppress(NotTaken):
            found.append((variant, dataclasses.replace(case, call=laid_out(variant, case.call))))
    return found


def run(folder: Path, objects: Sequence[Path], cases: Sequence[Case]) -> list[dict[str, Array]]:
    """Compiles and runs `cases`; for each, the bytes of all outputs of every variant (and of each in-place form of it) by name."""
    labels: list[tuple[int, str]] = []
    functions: list[str] = []
    for number, case in enumerate(cases):
        taking = variants(case)
        assert taking, f"no kernel {case.call.kernel}"
        for variant, taken in taking:
            for shared in (None, *case.in_place):
                label = f"{variant.isa}{variant.tile}" + ("" if shared is None else f" in place of input {shared[0]}")
                labels.append((number, label))
                functions.append(_function(len(functions), taken, variant.symbol, shared))
    source = folder / "calls.c"
    headers = sorted({f'#include "{case.call.header}"' for case in cases})
    calls = "\n".join(f"    call{i}();" for i in range(len(functions)))
    source.write_text(_PRELUDE + "\n".join(headers) + "\n" + "\n".join(functions) + f"\nint main(void) {{\n{calls}\n    return 0;\n}}\n")
    program = folder / "calls"
    subprocess.run(["gcc", *FLAGS, str(source), *map(str, objects), "-o", str(program), "-lm"], check=True)
    done = subprocess.run([str(program)], check=False, capture_output=True, env={"ASAN_OPTIONS": "detect_leaks=0"}, timeout=300)
    assert done.returncode == 0, done.stderr.decode(errors="replace")[:4000]
    results: list[dict[str, Array]] = [{} for _ in cases]
    at = 0
    for number, label in labels:
        case = cases[number]
        size = sum(case.output_bytes) + sum(case.inputs[case.call.inputs[i]].nbytes for i in case.updates)
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
    optional = {"bias"}
    for variant, taken in variants(case):
        params = dict(taken.call.params)
        pointers = [
            "out",
            *(f"in{i}" for i in range(len(case.call.inputs))),
            "p",
            *(f for f, v in params.items() if isinstance(v, Constant)),
        ]
        wrongs = [f"{name} = 0" for name in pointers if name not in optional]
        for wrong in wrongs + [f"{f} = {v}" for f in zeroed if f in params for v in (0, -1)]:
            labels.append(f"{variant.isa}: {wrong}")
            functions.append(_wrong_call(len(functions), taken, variant.symbol, wrong))
    calls = "\n".join(f"    call{i}();" for i in range(len(functions)))
    source = folder / "refusals.c"
    source.write_text(
        f'{_PRELUDE}#include "{case.call.header}"\n' + "\n".join(functions) + f"\nint main(void) {{\n{calls}\n    return 0;\n}}\n"
    )
    program = folder / "refusals"
    flags = [*FLAGS, "-Wno-unused"]
    subprocess.run(["gcc", *flags, str(source), *map(str, objects), "-o", str(program), "-lm"], check=True)
    done = subprocess.run([str(program)], check=True, capture_output=True, text=True, env={"ASAN_OPTIONS": "detect_leaks=0"}, timeout=300)
    results = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    return {label: (code, bool(same)) for label, (code, same) in zip(labels, results, strict=True)}


def _wrong_call(number: int, case: Case, symbol: str, wrong: str) -> str:
    call = case.call
    lines = [f"static void call{number}(void) {{", *_tables(call)]
    given = {field: _value(value) for field, value in call.params}
    name, new = wrong.split(" = ")
    if name in given:
        given[name] = new
    fields = ", ".join(f".{field} = {value}" for field, value in given.items())
    lines.append(f"    static const struct {call.struct} p = {{{fields}}};")
    sizes = case.output_bytes
    lines.append(f"    static _Alignas(8) unsigned char out[{len(sizes)}][{max(sizes)}];")
    lines.append("    memset(out, 0x5a, sizeof out);")
    outputs = ["0" if name == "out" else f"(void *)out[{i}]" for i in range(len(sizes))]
    inputs = []
    for position, index in enumerate(call.inputs):
        lines.append(_data(f"data{position}", case.inputs[index]).replace("const", "_Alignas(8)", 1))
        lines.append(f"    void *in{position} = data{position};\n    (void)in{position};")
        inputs.append("0" if name == f"in{position}" else f"in{position}")
    if call.scratch_bytes is not None:
        lines.append(f"    static _Alignas(8) unsigned char scratch[{max(call.scratch_bytes, 1)}];")
    arguments = _arguments(call, outputs, inputs, "0" if name == "p" else "&p", "0" if name == "scratch" else "scratch")
    lines.append(f"    (void)p;\n    const int code = {symbol}({arguments});")
    lines.append(
        "    int same = 1;\n    for (size_t i = 0; i < sizeof out; i++) {\n        same &= ((unsigned char *)out)[i] == 0x5a;\n    }"
    )
    lines.append('    printf("%d %d\\n", code, same);\n}')
    return "\n".join(lines)


_PRELUDE = f"""#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
enum {{ GUARD = {GUARD} }};
static void *heap(const unsigned char *data, size_t bytes) {{
    void *p = malloc(bytes);
    if (!p) {{
        exit(2);
    }}
    memcpy(p, data, bytes);
    return p;
}}
static unsigned char *filled(size_t bytes) {{
    unsigned char *p = malloc(bytes);
    if (!p) {{
        exit(2);
    }}
    return memset(p, 0x5a, bytes);
}}
static void emit(const unsigned char *guarded, size_t bytes) {{
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
    if data.dtype == np.float32:
        return ", ".join(c.real(v) for v in data.reshape(-1).tolist())
    return ", ".join("INT32_MIN" if v == -(2**31) else str(v) for v in data.reshape(-1).tolist())


def _data(name: str, values: Array) -> str:
    """The bytes of a tensor, as C."""
    return f"    static const unsigned char {name}[] = {{{', '.join(map(str, np.ascontiguousarray(values).tobytes()))}}};"


def _value(value: Value) -> str:
    if isinstance(value, Constant):
        return value.name
    return "0" if value is None else c.value(value)


def _tables(call: KernelCall) -> list[str]:
    return [
        f"    static const {value.ctype} {value.name}[{value.data.size}] = {{{_numbers(value.data)}}};"
        for _, value in call.params
        if isinstance(value, Constant)
    ]


def _arguments(call: KernelCall, outputs: Sequence[str], inputs: Sequence[str], p: str, scratch: str) -> str:
    """What the emitter would hand over."""
    given = [*outputs, *inputs]
    if call.lists:
        given = [f"(void *const[]){{{', '.join(outputs)}}}", f"(const void *const[]){{{', '.join(inputs)}}}"]
    return ", ".join([*given, p, *([scratch] if call.scratch_bytes is not None else [])])


def _function(number: int, case: Case, symbol: str, shared: tuple[int, int] | None) -> str:
    call = case.call
    lines = [f"static void call{number}(void) {{", *_tables(call)]
    fields = ", ".join(f".{field} = {_value(value)}" for field, value in call.params)
    lines.append(f"    static const struct {call.struct} p = {{{fields}}};")
    outputs, inputs, frees = [], [], []
    for position, size in enumerate(case.output_bytes):
        lines.append(f"    unsigned char *guarded{position} = filled({size} + 2 * GUARD);")
        outputs.append(f"(void *)(guarded{position} + GUARD)")
        frees.append(f"guarded{position}")
    for position, index in enumerate(call.inputs):
        lines.append(_data(f"data{position}", case.inputs[index]))
        if shared is not None and shared[0] == position:
            lines.append(f"    memcpy(guarded{shared[1]} + GUARD, data{position}, sizeof data{position});")
            inputs.append(outputs[shared[1]])
        else:
            lines.append(f"    void *in{position} = heap(data{position}, sizeof data{position});")
            inputs.append(f"in{position}")
            frees.append(f"in{position}")
    if call.scratch_bytes is not None:
        lines.append(f"    void *scratch = malloc({call.scratch_bytes});")
        frees.append("scratch")
    lines.append(f"    if ({symbol}({_arguments(call, outputs, inputs, '&p', 'scratch')}) != 0) {{ exit(4); }}")
    lines.extend(f"    emit(guarded{position}, {size});" for position, size in enumerate(case.output_bytes))
    lines.extend(f"    fwrite(in{position}, 1, sizeof data{position}, stdout);" for position in case.updates)
    lines.extend(f"    free({name});" for name in frees)
    lines.append("}")
    return "\n".join(lines)
