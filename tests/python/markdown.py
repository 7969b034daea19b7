"""Reads the project's own pages: their command blocks, and the words of Stator's verbs in them."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stator.paths import ROOT

FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=indent)```$", re.M | re.S)

# What the word behind ```sh says about a block. A block without one is run as it stands.
KINDS = {
    "": "run by the tests",
    "clean-room": "run on a bare machine, in a fresh clone",
    "campaign": "takes an hour, or the recordings: the flags are checked, and a short one of its kind is run by the tests",
    "debug": "needs a person at a debugger: the flags are checked, and a test does what it says",
    "hook": "changes the reader's clone",
    "hardware": "needs a board on the desk",
    "renode": "needs Renode, which no package brings: run by hand, and by the continuous integration's job that installs it",
}


@dataclass(frozen=True, slots=True)
class Command:
    """One line that a page tells to type."""

    page: Path
    line: int
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}: {self.text}"


def pages() -> list[Path]:
    """The project's Markdown files."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def commands() -> Iterator[Command]:
    """Every line of every block that is marked as shell."""
    for page in pages():
        text = page.read_text(encoding="utf-8")
        for block in FENCE.finditer(text):
            language, _, kind = block["info"].strip().partition(" ")
            if language not in {"sh", "bash", "console", "shell"}:
                continue
            first = text.count("\n", 0, block.start("body")) + 1
            for offset, line in enumerate(block["body"].splitlines()):
                if line.strip():
                    yield Command(page, first + offset, kind, line.strip())


def verb_words() -> Iterator[tuple[str, list[str]]]:
    """Where a page types a verb, in a block or between backticks, and the words from the verb on."""
    for page in pages():
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
            for match in re.finditer(r"(?:(?<=`)|^ *)(?:invoke|\./inv|stator) ([a-z][^`#]*)", line):
                yield f"{page.relative_to(ROOT)}:{number}", shlex.split(match[1])
