"""The frame of the verbs: exit status, messages, JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from stator.cli import _explain
from stator.errors import ToolError
from stator.paths import ROOT
from stator.verb import Results, Verb, exit_status, verbs


def entry(function: Callable[..., Results], **help: str) -> Verb:
    return Verb("try", function, help, ("try --board nrf5340",))


def returns(result: Results) -> Verb:
    return entry(lambda: result)


def raises(error: BaseException) -> Verb:
    def function() -> Results:
        raise error

    return entry(function)


@pytest.mark.parametrize(
    ("result", "status"),
    [
        (None, 0),
        ({}, 0),
        ({"verdict": "pass"}, 0),
        ({"verdict": "fail"}, 1),
        ([{"verdict": "pass"}, {"verdict": "fail"}], 1),
        ([{"verdict": "pass"}], 0),
    ],
)
def test_exit_status_is_the_verdict(result: Results, status: int) -> None:
    assert exit_status(returns(result), {}) == status


def test_refusal_is_one_message_and_no_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "out.json"
    target.write_text("left by an earlier call")
    assert exit_status(raises(ToolError("no compiler", details=["looked on PATH"], remedy="install one")), {}, str(target)) == 2
    assert capsys.readouterr().err == "error: no compiler\n  looked on PATH\n  try: install one\n"
    assert list(tmp_path.iterdir()) == []


def test_terminal_codes_of_a_hostile_file_are_not_passed_on(capsys: pytest.CaptureFixture[str]) -> None:
    exit_status(raises(ToolError("tensor '\x1b]0;gotcha\x07[bold]'")), {})
    assert capsys.readouterr().err == "error: tensor '\\x1b]0;gotcha\\x07[bold]'\n"


def test_defect_is_one_message_and_the_traceback_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_status(raises(ZeroDivisionError("by zero")), {}) == 2
    message = capsys.readouterr().err
    assert "ZeroDivisionError: by zero" in message
    assert "Traceback" not in message
    saved = Path(message.split("traceback is in ")[1].split(";")[0])
    assert "ZeroDivisionError: by zero" in saved.read_text()
    saved.unlink()


def test_interrupt_ends_quietly(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_status(raises(KeyboardInterrupt()), {}) == 130
    assert capsys.readouterr().err == "error: interrupted\n"


def test_json_of_one_and_of_several_results(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    assert exit_status(returns({"elf": Path("a/b"), "bytes": np.int64(7), "row": np.arange(2)}), {}, str(target)) == 0
    assert json.loads(target.read_text()) == {"elf": "a/b", "bytes": 7, "row": [0, 1]}
    assert exit_status(returns([{"a": 1}, {"a": 2, "verdict": "fail"}]), {}, str(target)) == 1
    assert json.loads(target.read_text()) == {"results": [{"a": 1}, {"a": 2, "verdict": "fail"}]}
    assert [p.name for p in tmp_path.iterdir()] == ["out.json"]


def test_json_cannot_hold_nan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_status(returns({"accuracy": float("nan")}), {}, str(tmp_path / "out.json")) == 2
    assert "defect" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_json_target_is_checked_before_the_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_status(raises(AssertionError("the work began")), {}, str(tmp_path / "none" / "out.json")) == 2
    assert "cannot write" in capsys.readouterr().err


def test_missing_and_malformed_flags_name_themselves(capsys: pytest.CaptureFixture[str]) -> None:
    def function(board: str, frames: int = 0) -> Results:
        return {"board": board, "frames": frames}

    one = entry(function, board="a folder of boards/", frames="how many")
    assert exit_status(one, {"frames": "3"}) == 2
    assert "needs --board: a folder of boards/" in capsys.readouterr().err
    assert exit_status(one, {"board": "b", "frames": "many"}) == 2
    assert "--frames takes a whole number, not 'many'" in capsys.readouterr().err


def test_unknown_words_name_the_nearest() -> None:
    assert "did you mean 'build'?" in _explain("No idea what 'biuld' is!", ["bench", "build"], [])
    assert "did you mean '--board'?" in _explain("No idea what '--bord' is!", ["build"], ["--board", "--json"])


@pytest.mark.parametrize("program", [["-m", "stator"], ["-m", "invoke"]])
def test_both_programs_refuse_an_unknown_verb(program: list[str]) -> None:
    done = subprocess.run([sys.executable, *program, "complie"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error: there is no verb 'complie'; did you mean 'compile'?")
    assert "Traceback" not in done.stderr


def test_every_verb_explains_itself() -> None:
    for name, one in verbs().items():
        assert (one.function.__doc__ or "").strip(), f"{name} has no docstring"
        assert one.examples, f"{name} has no example"
        assert all(line.split()[0] == name for line in one.examples), f"{name}: an example is of another verb"


def test_starting_loads_no_heavy_package() -> None:
    program = (
        "import stator.cli, sys; stator.cli.namespace(); print(*(m for m in ('tensorflow', 'matplotlib', 'scipy') if m in sys.modules))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": "tools"}, cwd=ROOT
    )
    assert loaded.stdout.split() == []


def test_unknown_simulator_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_status(verbs()["test"], {"sim": "qemo"}) == 2
    assert "there is no simulator 'qemo'" in capsys.readouterr().err


def test_renode_that_cannot_run_is_said_before_the_work(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert exit_status(verbs()["test"], {"sim": "renode"}) == 2
    shown = capsys.readouterr()
    assert "skipped: renode-test not found" in shown.err
    assert shown.out == ""


def test_demo_without_recordings_uses_the_generator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from stator.verbs.demo import RECORDING, _signal

    monkeypatch.setenv("STATOR_DATA", str(tmp_path))
    assert _signal() == "synthetic"
    (tmp_path / "cwru").mkdir()
    assert _signal() == RECORDING


@pytest.mark.parametrize("words", [["--help"], ["bench", "--help"]], ids=" ".join)
def test_a_reader_that_leaves_gets_no_traceback(words: list[str]) -> None:
    with subprocess.Popen([sys.executable, "-m", "stator", *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
