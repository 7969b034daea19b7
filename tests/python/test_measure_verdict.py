"""Verdicts, the plan's addresses in an image, kept runs, and the map file."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from stator.board import load_board
from stator.cmake import planned
from stator.errors import ToolError
from stator.measure import Check, Elf, Verdict, plan_check, run_verdict, verdict_lines
from stator.measure.contents import flash_parts
from stator.measure.elf import Section, Symbol
from stator.measure.kept import keep, kept, load_kept
from stator.measure.oracle import UNKNOWN, Expected
from stator.spec import load_model_spec
from stator.telemetry import Health, Record


def test_a_budget_is_exceeded_by_one_and_says_by_how_much() -> None:
    assert Verdict((Check("flash", 48128, 48128, "B"),)).word == "pass"
    verdict = Verdict((Check("flash", 48129, 48128, "B"), Check("jitter", 9, None, "µs")))
    assert verdict.fields() == {"verdict": "fail", "reasons": ["flash: 48,129 B, allowed 48,128 B: 1 B too many"]}


def test_a_complaint_alone_fails() -> None:
    verdict = Verdict(()) + Verdict((), ("frame 3 is lost",))
    assert verdict_lines(verdict) == ("verdict: fail", "  frame 3 is lost")
    assert verdict_lines(Verdict((), tuple(f"reason {n}" for n in range(20))))[-1] == "  ... and 8 more"


def test_run_budgets_come_from_the_model() -> None:
    spec, board = load_model_spec("bearing"), load_board("mps2_an505")
    budget = spec.budgets.instructions["mps2_an505"]
    assert run_verdict(spec, board, instructions=budget, latency_us=1, jitter_us=1, overruns=0).word == "pass"
    assert run_verdict(spec, board, instructions=budget + 1, latency_us=1, jitter_us=1, overruns=0).word == "fail"
    assert run_verdict(spec, board, instructions=1, latency_us=1e9, jitter_us=1, overruns=0).word == "fail"
    assert run_verdict(spec, board, instructions=1, latency_us=1, jitter_us=1, overruns=1).word == "fail"


def test_an_image_off_its_plan_is_found() -> None:
    plan = planned(load_board("gd32vf103"), load_model_spec("bearing"))
    ram = plan.board.memory["sram"]
    symbols = [Symbol(i.need.symbol, i.address, i.need.bytes, i.section, False, True) for i in plan.items]
    sections = [Section(i.section, i.address, i.address, i.need.bytes, False, True, False) for i in plan.items]
    after = max(i.end for i in plan.items)
    bss = Section(".bss", after, after, 100, False, True, False)

    def said(symbols: list[Symbol], sections: list[Section]) -> str:
        return "\n".join(plan_check(Elf(Path("x.elf"), "riscv", 0, tuple(sections), tuple(symbols), False), plan))

    assert said(symbols, [*sections, bss]) == ""
    moved = dataclasses.replace(symbols[0], address=symbols[0].address + 4)
    assert "lies at 0x20000004, planned 0x20000000" in said([moved, *symbols[1:]], sections)
    assert "not in the image" in said(symbols[1:], sections)
    grown = dataclasses.replace(symbols[-1], bytes=symbols[-1].bytes + 1)
    assert f"has {grown.bytes:,} B, planned {grown.bytes - 1:,} B" in said([*symbols[:-1], grown], sections)
    assert "overlaps stator_arena" in said(symbols, [*sections, dataclasses.replace(bss, address=after - 1)])
    assert "lies in no region" in said(symbols, [*sections, dataclasses.replace(bss, address=ram.end)])
    flash = plan.board.memory["flash"]
    assert "is written to and lies in flash" in said(symbols, [*sections, dataclasses.replace(bss, address=flash.at)])


RECORD = Record(0, 7, 1, 2, 200, UNKNOWN, 0, 60, 1000, 2000, 3200, b"\1", b"\2", Health(0xFFFF0000, 0))
EXPECTED = Expected(b"\1", b"\2", 2, 200, UNKNOWN, True)


def test_a_kept_run_comes_back_as_it_was(tmp_path: Path) -> None:
    keep(tmp_path, {"signal": "cwru:105", "frames": 1}, ("a", "b"), [RECORD], [EXPECTED])
    keep(tmp_path, {"signal": "cwru:105", "frames": 2}, ("a", "b"), [RECORD, RECORD], [EXPECTED, EXPECTED])
    (run,) = kept(tmp_path)
    assert run.path.name == "cwru_105.json" and run.results["frames"] == 2 and run.labels == ("a", "b")
    assert run.frames["state"] == (None, None) and run.frames["decision"] == (3200, 3200) and run.frames["full"] == (1, 1)


@pytest.mark.parametrize(
    "change", [{"frames": {}}, {"results": []}, {"labels": 3}, {"frames": {"label": [1, 2]}}, {"frames": {"label": ["x"]}}]
)
def test_a_damaged_kept_run_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = keep(tmp_path, {"signal": "s"}, ("a",), [RECORD], [EXPECTED])
    data = json.loads(path.read_text())
    if isinstance(change.get("frames"), dict) and change["frames"]:
        change = {"frames": data["frames"] | change["frames"]}
    path.write_text(json.dumps(data | change))
    with pytest.raises(ToolError, match="not a kept run"):
        load_kept(path)


def test_the_map_file_says_what_lies_in_flash(tmp_path: Path) -> None:
    text = """Discarded input sections
 .text.gone     0x00000000       0x40 libfirmware_model.a(conv2d_c.c.obj)
Linker script and memory map
 .text.main     0x00000100       0x40 CMakeFiles/firmware.dir/firmware/app/main.c.obj
 .rodata.layer0_weights
                0x00000140       0x20 libfirmware_model.a(bearing.c.obj)
 .text.bearing_run
                0x00000160       0x10 libfirmware_model.a(bearing.c.obj)
 .text.stator_conv2d_s8__c
                0x00000170       0x30 libfirmware_model.a(conv2d_c.c.obj)
 .text.stator_features_run
                0x000001a0       0x08 libfirmware_model.a(features.c.obj)
 .text.xQueueReceive
                0x000001a8       0x18 libfirmware_kernel.a(queue.c.obj)
 .text.memcpy   0x000001c0       0x04 /usr/lib/libc_nano.a(libc_a-memcpy.o)
 .bss.x         0x20000000       0x99 CMakeFiles/firmware.dir/firmware/app/main.c.obj
"""
    (tmp_path / "firmware.map").write_text(text)
    elf = Elf(tmp_path / "x.elf", "arm", 0, (Section(".text", 0x100, 0x100, 0x200, True, False, True),), (), False)
    found = flash_parts(tmp_path / "firmware.map", elf)
    assert found == {"application": 64, "kernels": 48, "weights": 32, "RTOS": 24, "model": 16, "front end": 8, "libraries": 4}
