"""The pages say nothing that does not work: commands are run or at least parsed, links lead somewhere, the contract is the code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from stator.paths import ROOT
from stator.verb import verbs
from tests.python.markdown import KINDS, Command, commands, pages, verb_words

CONTRACT = ROOT / "docs" / "contract.md"
TO_RUN = {command.text: command for command in commands() if command.kind == ""}


def section(name: str) -> str:
    return CONTRACT.read_text(encoding="utf-8").split(f"## {name}\n")[1].split("\n## ")[0]


def rows(name: str) -> list[list[str]]:
    """The cells of the section's table, without its head."""
    lines = [line for line in section(name).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def documented_fields() -> set[str]:
    return {field for row in rows("Fields") for field in re.findall(r"`(\w+)`", row[0])}


def test_contract_has_every_verb_and_flag() -> None:
    told = {row[0].strip("`"): set(re.findall(r"--[a-z-]+", row[1])) | {"--json"} for row in rows("Verbs")}
    assert told == {name: set(entry.flags) for name, entry in verbs().items()}


def test_contract_knows_which_flags_may_be_left_out() -> None:
    for name, flags, _ in rows("Verbs"):
        optional = set(re.findall(r"--[a-z-]+", "".join(re.findall(r"\[[^\]]*\]", flags))))
        entry = verbs()[name.strip("`")]
        assert optional == {f"--{p.name.replace('_', '-')}" for p in entry.parameters if p.default is not p.empty}, name


def test_every_shell_block_says_what_kind_it_is() -> None:
    assert [str(command) for command in commands() if command.kind not in KINDS] == []


def test_every_verb_in_the_pages_exists_with_its_flags() -> None:
    for where, words in verb_words():
        if words[0] == "VERB":
            continue
        assert words[0] in verbs(), f"{where}: no verb '{words[0]}'"
        unknown = {word.partition("=")[0] for word in words if word.startswith("--")} - {*verbs()[words[0]].flags, "--help"}
        assert not unknown, f"{where}: {words[0]} has no {', '.join(sorted(unknown))}"


def test_every_link_leads_somewhere() -> None:
    for page in pages():
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", target):
                assert (page.parent / target).exists(), f"{page.relative_to(ROOT)}: {target}"


@pytest.mark.slow
@pytest.mark.sim
@pytest.mark.parametrize("command", TO_RUN.values(), ids=TO_RUN.keys())
def test_what_the_pages_tell_to_type_works(command: Command) -> None:
    words = command.text.partition("#")[0]
    path = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
    done = subprocess.run(["sh", "-ec", words], cwd=ROOT, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"


@pytest.mark.slow
@pytest.mark.sim
@pytest.mark.parametrize(
    "words",
    [
        ["compile", "--model", "bearing", "--board", "mps2_an505"],
        ["build", "--board", "mps2_an505"],
        ["run", "--board", "mps2_an505", "--signal", "synthetic", "--frames", "20"],
        ["bench", "--models", "bearing", "--board", "mps2_an505"],
    ],
    ids=lambda words: words[0],
)
def test_every_field_of_a_result_is_in_the_contract(words: list[str], tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    done = subprocess.run(
        [sys.executable, "-m", "invoke", *words, "--json", str(target)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    content = json.loads(target.read_text())
    for result in content.get("results", [content]):
        assert set(result) <= documented_fields()
        assert {"verdict", "reasons", "board", "model"} <= set(result)
