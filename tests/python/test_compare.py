"""Two benches side by side: the table of a commit message, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stator import compare, revision
from stator.errors import ConfigError
from stator.verbs._bench_kernels import bench_kernels
from stator.verbs.bench import bench


def result(instructions: int, conv: int, dense: int, **more: object) -> dict[str, object]:
    layers = [{"op": "CONV_2D", "instructions": conv // 2}, {"op": "CONV_2D", "instructions": conv // 2}]
    layers.append({"op": "FULLY_CONNECTED", "instructions": dense})
    fields: dict[str, object] = {"board": "b", "model": "kws", "instructions": instructions, "layers": layers, "exact": True}
    return {**fields, "compared_bytes": 1200, "weights_bytes": 500, **more}


def test_the_table_shows_what_has_changed() -> None:
    both = compare.pairs([result(1000, 600, 400)], [result(700, 300, 400)])
    lines = compare.text(("before", "after"), both).splitlines()
    assert [" ".join(line.split()) for line in lines] == [
        "b, instructions before after",
        "kws conv_2d (2 layers) 600 300 -50.0 %",
        "kws whole 1,000 700 -30.0 %",
        "kws on b: exact: 1,200 bytes",
    ]
    assert len({len(line) for line in lines[1:3]}) == 1  # in columns


def test_equal_sides_say_so_and_a_wrong_one_does_too() -> None:
    same = compare.pairs([result(1000, 600, 400)], [result(1000, 600, 400, exact=False)])
    assert compare.text(("a", "b"), same) == "no figure differs\nkws on b: NOT EXACT\n"


def test_only_what_both_have_is_compared() -> None:
    both = compare.pairs([result(1, 1, 1), {"board": "b", "model": "ad"}], [result(2, 1, 1, board="x"), result(3, 1, 1)])
    assert [(old["instructions"], new["instructions"]) for old, new in both] == [(1, 3)]
    with pytest.raises(ConfigError, match="no board and model in common"):
        compare.pairs([result(1, 1, 1)], [])


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"results": [1]}', '{"results": [{"board": 1, "model": "x"}]}', "\xff"])
def test_a_file_that_is_no_bench_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(text, encoding="latin-1")
    with pytest.raises(ConfigError, match=r"x\.json holds no results of `bench`"):
        compare.read(file)


def test_files_are_compared_without_measuring(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, instructions in (("before", 1000), ("after", 900)):
        (tmp_path / f"{name}.json").write_text(json.dumps({"results": [result(instructions, 600, 400)]}))
    sides = f"{tmp_path}/before.json,{tmp_path}/after.json"
    (found,) = bench(compare=sides) or []
    assert isinstance(found, dict)
    assert found["instructions"] == 900 and found["before"] == {"instructions": 1000, "weights_bytes": 500}
    assert "-10.0 %" in capsys.readouterr().out


def test_what_is_nothing_of_all_is_refused() -> None:
    with pytest.raises(ConfigError, match="no kernel set, no JSON file and no revision"):
        revision.bench("--upload-pack=x", "bearing", "qemu_rv32")
    with pytest.raises(ConfigError, match="takes two, not 1"):
        bench(compare="c")
    with pytest.raises(ConfigError, match="do not go together"):
        bench(compare="c,ref", kernel_set="c")
    with pytest.raises(ConfigError, match="no kernel and no routine like 'nothing'"):
        bench_kernels([], [], "nothing")
    with pytest.raises(ConfigError, match="did you mean 'v7em'"):
        bench(board="mps2_an505", kernel_set="v7e")
