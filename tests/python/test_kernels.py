"""Kernel folders: what they declare, that their headers stand alone, and the arithmetic that they share."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import stator.ops
from stator.errors import ConfigError
from stator.kernels import KERNELS, choose, kernels
from stator.numerics import requantize
from stator.ops import KernelCall
from stator.paths import ROOT
from stator.variants import NotTaken, integer, repacked
from tests.python.kernel_harness import FLAGS


def test_every_kernel_has_a_reference_and_is_listed_by_its_own_folder() -> None:
    found = kernels()
    assert {k.kernel for k in found} == {k.kernel for k in found if k.isa == "ref"}
    for kernel in found:
        text = "\n".join(source.read_text(encoding="utf-8") for source in kernel.sources)
        assert re.search(rf"[ (]{kernel.symbol}([(,]|$)", text, re.MULTILINE), kernel.symbol
    listed = {source for k in found for source in k.sources}
    assert set(KERNELS.glob("*/*.[cS]")) == listed


def plain(kernel: str) -> KernelCall:
    return KernelCall(kernel, "", "", (), (), ())


def test_selection_follows_the_board_and_falls_back_to_the_reference() -> None:
    assert choose(plain("conv2d_s8"), ["c", "ref"]).kernel.symbol == "stator_conv2d_s8__c"
    assert choose(plain("conv2d_s8"), ["v99", "c"]).kernel.isa == "c"
    assert choose(plain("max_pool2d_s8"), ["c"]).kernel.isa == "ref"
    with pytest.raises(ConfigError, match="no kernel nothing_s8"):
        choose(plain("nothing_s8"), ["c"])


def test_a_variant_that_does_not_take_a_layer_is_passed_over_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def lay_out(call: KernelCall) -> KernelCall:
        depth = integer(call, "depth")
        if depth % 4:
            raise NotTaken(f"depth {depth} is no multiple of 4")
        return repacked(call, "stator_square_packed", {"depth": depth // 4}, scratch_bytes=8)

    folder = tmp_path / "square"
    folder.mkdir()
    lines = ["STATOR_KERNEL_PACKED(square_s8, v7em, _4x2)", "STATOR_KERNEL_PACKED(square_s8, v7em, )", "STATOR_KERNEL(square_s8, ref, )"]
    (folder / "kernels.inc").write_text("\n".join(lines))
    for name in ("square_v7em_4x2.S", "square_v7em_4x2.c", "square_v7em.S", "square_ref.c"):
        (folder / name).touch()
    module = ModuleType("stator.variants.square_s8__v7em_4x2")
    monkeypatch.setattr(module, "lay_out", lay_out, raising=False)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    of = {depth: dataclasses.replace(plain("square_s8"), params=(("depth", depth),)) for depth in (7, 8)}
    fits = choose(of[8], ["v7em"], tmp_path)
    assert (fits.kernel.tile, len(fits.kernel.sources), fits.passed_over) == ("_4x2", 2, ())
    assert (fits.call.struct, fits.call.params, fits.call.scratch_bytes) == ("stator_square_packed", (("depth", 2),), 8)
    with pytest.raises(ConfigError, match=r"try: tools/stator/variants/square_s8__v7em\.py"):
        choose(of[7], ["v7em"], tmp_path)
    (folder / "kernels.inc").write_text("\n".join([lines[0], lines[2]]))
    kernels.cache_clear()
    falls_back = choose(of[7], ["v7em"], tmp_path)
    assert (falls_back.kernel.isa, falls_back.call) == ("ref", of[7])
    assert falls_back.passed_over == (("stator_square_s8__v7em_4x2", "depth 7 is no multiple of 4"),)


def test_a_copied_folder_is_found_and_nothing_else_is_edited(tmp_path: Path) -> None:
    copy = tmp_path / "mean_of_squares"
    copy.mkdir()
    (copy / "kernels.inc").write_text("STATOR_KERNEL(mean_of_squares_s8, ref, )\nSTATOR_KERNEL(mean_of_squares_s8, v7em, _4x2)\n")
    (copy / "mean_of_squares_ref.c").touch()
    (copy / "mean_of_squares_v7em_4x2.S").touch()
    assert [k.symbol for k in kernels(tmp_path)] == ["stator_mean_of_squares_s8__ref", "stator_mean_of_squares_s8__v7em_4x2"]
    assert choose(plain("mean_of_squares_s8"), ["v7em"], tmp_path).kernel.sources == (copy / "mean_of_squares_v7em_4x2.S",)


@pytest.mark.parametrize(
    ("text", "said"), [("STATOR_KERNEL(a b)\n", "kernels.inc:1: not a line"), ("\nSTATOR_KERNEL(x_s8, c, )\n", "kernels.inc:2: neither")]
)
def test_a_wrong_listing_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "kernels.inc").write_text(text)
    with pytest.raises(ConfigError, match=said):
        kernels(tmp_path)


@pytest.mark.parametrize("header", sorted(str(p.relative_to(KERNELS)) for p in KERNELS.glob("*/*.h") if p.name != "asm.h"))
def test_every_header_compiles_alone(header: str) -> None:
    subprocess.run(["gcc", *FLAGS, "-fsyntax-only", "-x", "c", "-"], input=f'#include "{header}"\n', text=True, check=True)


def test_an_operator_file_is_found_and_nothing_else_is_edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "tools/stator/ops/reshape.py").read_text(encoding="utf-8")
    (tmp_path / "copied.py").write_text(text.replace('"RESHAPE"', '"COPIED"').replace("class Reshape", "class Copied"), encoding="utf-8")
    assert "COPIED" not in stator.ops.operators()  # which also imports the others before their registry is replaced
    monkeypatch.setattr(stator.ops, "__path__", [*stator.ops.__path__, str(tmp_path)])
    monkeypatch.setattr(stator.ops, "_registry", dict(stator.ops._registry))
    try:
        assert "COPIED" in stator.ops.operators()
    finally:
        sys.modules.pop("stator.ops.copied", None)


def test_fast_requantize_equals_the_readable_one(tmp_path: Path) -> None:
    program = tmp_path / "requantize"
    subprocess.run(["gcc", *FLAGS, str(ROOT / "tests/kernels/requantize.c"), "-o", str(program)], check=True)
    done = subprocess.run([str(program)], check=False, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[:2000] + done.stderr[:2000]


def test_c_and_numpy_requantize_alike(tmp_path: Path) -> None:
    rng = np.random.default_rng(11)
    x = np.concatenate([rng.integers(-(2**31), 2**31, 4000) >> rng.integers(0, 31, 4000), [-(2**31), 2**31 - 1, 0, -1, 1] * 20])
    multiplier = rng.choice(np.array([0, 2**30, 2**31 - 1, 1518500250]), x.size)
    shift = rng.integers(-31, 31, x.size)
    rows = "".join(f"{{{a if a != -(2**31) else 'INT32_MIN'}, {m}, {s}}},\n" for a, m, s in zip(x, multiplier, shift, strict=True))
    source = tmp_path / "c.c"
    source.write_text(
        '#include <stdio.h>\n#include "common/requantize.h"\n'
        f"static const int32_t rows[][3] = {{{rows}}};\n"
        "int main(void) {\n"
        "    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {\n"
        '        printf("%d\\n", (int)stator_requantize(rows[i][0], rows[i][1], rows[i][2]));\n'
        "    }\n    return 0;\n}\n"
    )
    program = tmp_path / "c"
    subprocess.run(["gcc", *FLAGS, str(source), "-o", str(program)], check=True)
    got = [int(line) for line in subprocess.run([str(program)], check=True, capture_output=True, text=True).stdout.split()]
    assert got == requantize(x, multiplier, shift).tolist()
