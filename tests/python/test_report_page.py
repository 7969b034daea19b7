"""The report's page: whole in itself, in the page's own colours, and harmless whatever a run is called."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

from stator.board import load_board
from stator.cmake import planned
from stator.emit import facts
from stator.errors import ToolError
from stator.measure import Sizes, StackBound, Stacks, image_verdict
from stator.measure.elf import Section
from stator.measure.kept import Kept, keep, load_kept
from stator.measure.oracle import UNKNOWN, Expected
from stator.measure.stacks import Bound
from stator.report import Chapter, collect, page
from stator.spec import load_model_spec
from stator.telemetry import Health, Record

FRAMES = 40

WELL = Health(0xFFFF0000, 0)


def run(folder: Path, **changed: object) -> Kept:
    records = [
        Record(n, n, 0, n % 2, 128 + n, UNKNOWN if n < 18 else 1, 0, 300 + n % 3, 1000, 2000 + n, 3400, b"", b"", WELL)
        for n in range(FRAMES)
    ]
    expected = [Expected(b"", b"", 1, 1, 1, n >= 15) for n in range(FRAMES)]
    results: dict[str, object] = {
        "signal": "synthetic",
        "truth": "inner",
        "class": "inner",
        "accuracy": 0.5,
        "frames": FRAMES,
        "frames_lost": 0,
        "frames_duplicated": 0,
        "overruns": 0,
        "clipped_samples": 3,
        "exact": True,
        "compared_bytes": 2120,
        "oracle": "the oracle",
        "instructions": 2656,
        "latency_us": 132.8,
        "jitter_us": 0.1,
        "stages": [{"name": "features", "mean": 800.0}, {"name": "whole", "mean": 2600.0}],
        "tasks": [{"name": "main", "stack_used_bytes": 100}],
        "verdict": "pass",
        "reasons": [],
        "compiler": "gcc",
        "simulator": "QEMU",
        "icount_shift": 6,
    }
    return load_kept(keep(folder, results | changed, ("healthy", "inner", "ball", "outer"), records, expected))


def chapter(*runs: Kept, bench: dict[str, object] | None = None) -> Chapter:
    board, spec = load_board("mps2_an505"), load_model_spec("bearing")
    plan = facts(planned(board, spec))
    ram = max(i["address"] + i["bytes"] for i in plan["items"])  # type: ignore[attr-defined]
    sections = (
        Section(".text", 0x10000000, 0x10000000, 20000, True, False, True),
        Section(".bss", ram, ram, 500, False, True, False),
    )
    sizes = Sizes(20000, 15000, 3000, 0, 0, sections, ())
    stacks = Stacks((StackBound("main", 640, Bound("main", 300, (("main", 300),)), 0, "start-up"),))
    return Chapter(board, spec, plan, sizes, stacks, {"front end": 12000, "RTOS": 8000}, image_verdict(spec, sizes, stacks), runs, 0, bench)


class Tags(HTMLParser):
    """Open tags that must be closed, ids, and everything that would be fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: Counter[str] = Counter()
        self.fetched: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br", "link", "img"):
            self.open.append(tag)
        self.scripts += tag == "script"
        for name, value in attrs:
            if name == "id":
                self.ids[value or ""] += 1
            if name in ("src", "href", "xlink:href", "srcset", "data") and not (value or "").startswith("#"):
                self.fetched.append(value or "")
            assert not name.startswith("on"), f"{tag} {name}"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(text: str) -> Tags:
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    return tags


def test_the_page_needs_nothing_from_outside_and_runs_nothing(tmp_path: Path) -> None:
    text = page([chapter(run(tmp_path)), chapter()])
    tags = read(text)
    assert tags.fetched == [] and tags.scripts == 0
    assert not re.search(r"url\((?!#)|@import|@font-face", text)


def test_no_two_elements_share_an_id_in_one_chapter(tmp_path: Path) -> None:
    tags = read(page([chapter(run(tmp_path), run(tmp_path, signal="another"))]))
    assert [name for name, count in tags.ids.items() if count > 1] == []


def test_figures_follow_light_and_dark(tmp_path: Path) -> None:
    text = page([chapter(run(tmp_path))])
    assert "prefers-color-scheme: dark" in text
    for svg in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        colours = set(re.findall(r"(?:fill|stroke): ?(#[0-9a-f]{6})", svg))
        assert colours <= {"#000000"}, colours
    assert "#0a0b" not in text


def test_the_page_says_what_was_proved(tmp_path: Path) -> None:
    text = page([chapter(run(tmp_path))])
    assert "In 40 frames of one recording all 2,120 compared bytes" in text and "no frames were lost or doubled" in text
    assert "NOT exact" not in text


def test_a_difference_is_not_hidden(tmp_path: Path) -> None:
    bad = run(tmp_path, exact=False, verdict="fail", reasons=["frame 3: feature 2: expected 3, got 4"])
    text = page([chapter(bad)])
    assert "NOT exact: synthetic" in text and "frame 3: feature 2: expected 3, got 4" in text
    assert 'class="verdict fail"' in text


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    text = page([chapter(run(tmp_path, signal="<script>alert(1)</script>", reasons=["<img src=x onerror=alert(1)>"], verdict="fail"))])
    tags = read(text)
    assert tags.scripts == 0 and tags.fetched == []
    assert "&lt;script&gt;" in text


def test_layers_are_shown_once_a_bench_was_kept(tmp_path: Path) -> None:
    kept = run(tmp_path)
    assert "not measured yet" in page([chapter(kept)])
    bench: dict[str, object] = {"layers": [{"op": "CONV_2D", "instructions": 12345}, {"op": "SOFTMAX", "instructions": 5}]}
    text = page([chapter(kept, bench=bench)])
    assert "not measured yet" not in text and "12,345" in text


def test_runs_of_earlier_images_are_counted_not_shown(tmp_path: Path) -> None:
    old = dataclasses.replace(chapter(run(tmp_path)), stale=2)
    assert "earlier images, left out: 2" in page([old])


def test_an_empty_build_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="invoke run --board"):
        collect(tmp_path)
