"""The project's own habits: what is committed, and the files that other tools read."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from west.manifest import Manifest

from stator.paths import ROOT

# Spelled so that this file does not find itself.
HOSTS = ["pypi" + ".org", "python" + "hosted", "crates" + ".io", "deb." + "debian", "npm" + "js"]
PATHS = ["/wo" + "rk/", "/ro" + "ot/", "/tm" + "p/stator/"]
WORDS = [r"issues? sho" + "w ", r"this ses" + r"sion\b", r"\bL" + r"LM\b", r"\bA" + r"I (assistant|agent)", r"\bcla" + "ude"]
MERGES = [r"^<{7} ", r"^>{7} "]
LOCKS = {"third_party/Cargo.lock"}  # cargo writes the index's own name into it
BINARIES = {".tflite"}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def yaml(path: str) -> object:
    return YAML(typ="safe").load((ROOT / path).read_text(encoding="utf-8"))


def test_west_reads_the_manifest() -> None:
    manifest = Manifest.from_data((ROOT / "west.yml").read_text(encoding="utf-8"))
    [kernel] = manifest.get_projects(["FreeRTOS-Kernel"])
    assert kernel.revision == "V11.2.0"
    assert kernel.url.endswith("/FreeRTOS/FreeRTOS-Kernel")
    assert kernel.path == "modules/freertos-kernel"


def test_no_file_names_a_registry_a_machine_or_how_it_was_written_or_merged() -> None:
    wrong = re.compile("|".join([*map(re.escape, HOSTS), *map(re.escape, PATHS), *WORDS, *MERGES]), re.I)
    found = []
    for file in tracked():
        name = str(file.relative_to(ROOT))
        if file.suffix in BINARIES or name in LOCKS:
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if match := wrong.search(line):
                found.append(f"{name}:{number}: {match[0]}")
    assert found == []


def test_nothing_generated_or_binary_is_committed() -> None:
    listed = {str(file.relative_to(ROOT)) for file in tracked()}
    assert not [n for n in listed if n.startswith(("build/", ".venv/", ".cache/")) or "__pycache__" in n]
    binary = [n for n in listed if (ROOT / n).suffix not in BINARIES and b"\0" in (ROOT / n).read_bytes()]
    assert binary == []


def test_scripts_may_be_started() -> None:
    for name in ("inv", ".ci/run"):
        assert os.access(ROOT / name, os.X_OK), name


def test_continuous_integration_does_what_ci_run_does() -> None:
    assert "exec ./inv test" in (ROOT / ".ci/run").read_text()
    workflow = yaml(".github/workflows/ci.yml")
    assert isinstance(workflow, dict)
    assert [step["run"] for step in workflow["jobs"]["test"]["steps"] if ".ci/run" in step.get("run", "")]


def test_debugging_starts_tasks_that_exist() -> None:
    tasks = json.loads((ROOT / ".vscode/tasks.json").read_text())["tasks"]
    launches = json.loads((ROOT / ".vscode/launch.json").read_text())["configurations"]
    labels = {task["label"] for task in tasks}
    wanted = {launch["preLaunchTask"] for launch in launches if "preLaunchTask" in launch} | {
        t["dependsOn"] for t in tasks if "dependsOn" in t
    }
    assert wanted <= labels
    json.loads((ROOT / ".vscode/settings.json").read_text())
    json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())


def test_editor_offers_every_board_with_an_image() -> None:
    tasks = json.loads((ROOT / ".vscode/tasks.json").read_text())
    offered = set(next(i for i in tasks["inputs"] if i["id"] == "board")["options"])
    machines = {file.parent.name: file.read_text() for file in ROOT.glob("boards/*/board.yml")}
    assert offered == {name for name, text in machines.items() if name != "host" and "kind: verilator" not in text}


def test_package_declares_what_it_imports() -> None:
    """Each package that tools/stator imports is a dependency in pyproject.toml, and each dependency is locked."""
    oracles = {"tflite-micro", "tensorflow-cpu", "tensorflow", "keras"}  # not on every machine; imported where they are needed
    owners = packages_distributions()
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in (ROOT / "tools" / "stator").rglob("*.py")]
    modules = {alias.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    roots = {name.partition(".")[0] for name in modules} - set(sys.stdlib_module_names) - {"stator"}
    imported = {canonical(owners[root][0]) for root in roots if root in owners}
    declared = {canonical(name) for name in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]}
    locked = {canonical(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", (ROOT / "requirements.txt").read_text(), re.M)}
    assert imported - oracles <= declared
    assert declared <= locked


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE"])
def test_what_a_visitor_looks_for_is_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 500
