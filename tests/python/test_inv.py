"""./inv on machines that lack something: one sentence that names the remedy, and nothing done twice."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

from stator.paths import ROOT


def load() -> ModuleType:
    loader = SourceFileLoader("inv", str(ROOT / "inv"))
    spec = importlib.util.spec_from_loader("inv", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    try:
        loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = before
    return module


@pytest.fixture
def inv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The bootstrap, working in an empty folder."""
    module = load()
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(module, "STAMPS", tmp_path / "cache" / "done.json")
    (tmp_path / "cache").mkdir()
    return module


def path_with(folder: Path, **commands: str) -> Path:
    """A folder for PATH that holds only these commands, each a shell script."""
    folder.mkdir()
    for name, script in commands.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return folder


def test_a_machine_without_apt_is_told_what_to_install(inv: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(path_with(tmp_path / "bin")))
    with pytest.raises(inv.Stop, match=r"no Debian or Ubuntu; install what corresponds to the packages .*gcc-arm-none-eabi"):
        inv.set_up_packages()


def test_no_rights_names_the_command_for_root(inv: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(path_with(tmp_path / "bin", **{"apt-get": "exit 1"})))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(inv.Stop, match="only root may install: run as root `apt-get install --no-install-recommends x`"):
        inv.install(["x"], "x is missing")


def test_sudo_that_refuses_names_the_command(inv: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(path_with(tmp_path / "bin", **{"apt-get": "exit 1", "sudo": "exit 1"})))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(inv.Stop, match="sudo refuses: have an administrator run"):
        inv.install(["x"], "x is missing")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("E: Could not resolve 'mirror'", "the Debian mirror cannot be reached"),
        ("E: You don't have enough free space; no space left on device", "no space left on the disk"),
        ("E: Unable to acquire the dpkg frontend lock", "another package manager is at work"),
        ("E: Unable to locate package x", "no package for one of x"),
        ("E: something else", "run `apt-get install --no-install-recommends x` by hand"),
    ],
)
def test_apt_failures_become_sentences(inv: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, sentence: str) -> None:
    script = f'echo "{said}"; exit 100'
    env = shutil.which("env")
    folder = path_with(tmp_path / "bin", **{"apt-get": script})
    assert env is not None
    (folder / "env").symlink_to(env)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(inv.Stop) as stop:
        inv.install(["x"], "x is missing")
    assert sentence in str(stop.value)
    assert "\n" not in str(stop.value)


def test_old_lists_are_read_anew_once(inv: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = tmp_path / "lists"
    lists.mkdir()
    (lists / "mirror_main_Packages").touch()
    log = tmp_path / "calls"
    # The first install fails, as with lists that name versions long gone; after `update` it works.
    script = f'echo "$*" >>{log}\ncase "$*" in *update*) : >{tmp_path}/fresh ;; *install*) [ -e {tmp_path}/fresh ] ;; esac'
    folder = path_with(tmp_path / "bin", **{"apt-get": script})
    (folder / "env").symlink_to(str(shutil.which("env")))
    (folder / "sh").symlink_to(str(shutil.which("sh")))
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(inv, "APT_LISTS", lists)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    inv.install(["x"], "x is missing")
    assert [next(w for w in line.split() if w in {"install", "update"}) for line in log.read_text().splitlines()] == [
        "install",
        "update",
        "install",
    ]


def test_lists_that_could_not_be_fetched_are_told_as_no_network(inv: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What apt-get 2.6 says and returns with the network cut.
    script = """case "$*" in
      *update*) echo "W: Failed to fetch a list  Temporary failure resolving 'mirror'" ;;
      *) echo "E: Unable to locate package x"; exit 100 ;;
    esac"""
    folder = path_with(tmp_path / "bin", **{"apt-get": script})
    (folder / "env").symlink_to(str(shutil.which("env")))
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(inv, "APT_LISTS", tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(inv.Stop, match="the Debian mirror cannot be reached"):
        inv.install(["x"], "x is missing")


def test_too_old_a_python_names_what_was_found(inv: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inv, "version_of", lambda _: (3, 9))
    with pytest.raises(inv.Stop, match=r"needs Python 3\.11 or later and finds only 3\.9"):
        inv.choose_python()


def test_a_python_that_can_train_is_preferred(inv: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = path_with(tmp_path / "bin", python3="echo 3 14", **{"python3.12": "echo 3 12"})
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(sys, "executable", str(folder / "python3"))
    assert inv.choose_python() == (str(folder / "python3.12"), (3, 12))
    (folder / "python3.12").unlink()
    assert inv.choose_python() == (str(folder / "python3"), (3, 14))


def test_a_full_disk_is_noticed_before_the_download(inv: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inv, "PYTHON", tmp_path / "none")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))
    with pytest.raises(inv.Stop, match=r"about 3 GB and 0\.0 GB are free"):
        inv.make_environment()


def test_steps_are_done_once_and_again_when_their_inputs_change(inv: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    done: list[str] = []
    lock = tmp_path / "lock.txt"
    lock.write_text("one")

    def steps() -> list[object]:
        return [
            inv.Step("a", inv.digest("lock.txt"), True, lambda: done.append("a")),
            inv.Step("b", "same", True, lambda: done.append("b")),
        ]

    monkeypatch.setattr(inv, "steps", steps)
    inv.set_up()
    inv.set_up()
    assert done == ["a", "b"]
    lock.write_text("two")
    inv.set_up()
    assert done == ["a", "b", "a"]


def test_a_step_that_fails_is_not_marked_as_done(inv: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise inv.Stop("no network")

    monkeypatch.setattr(inv, "steps", lambda: [inv.Step("a", "key", True, fail)])
    with pytest.raises(inv.Stop):
        inv.set_up()
    assert [step.name for step in inv.to_do()] == ["a"]


def test_newest_cargo_package_that_can_read_the_crates(inv: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    debian_12 = "Package: cargo\nVersion: 0.66.0+ds1-1\n\nPackage: cargo-web\nVersion: 1.96.0+dfsg1-1~deb12u2\n"
    ubuntu = "Package: cargo\nVersion: 1.75.0+dfsg0\n\nPackage: cargo-1.85\nVersion: 1.85.1\n\nPackage: cargo-1.89\nVersion: 1.89.0\n"
    debian_13 = "Package: cargo\nVersion: 1.85.0+dfsg3-1\n"
    for text, name in ((debian_12, "cargo-web"), (ubuntu, "cargo-1.89"), (debian_13, "cargo"), ("", "cargo-web")):
        monkeypatch.setattr(inv, "quiet", lambda _, text=text: (0, text))
        assert inv.cargo_package() == name


def test_help_needs_no_set_up(tmp_path: Path) -> None:
    copy = tmp_path / "inv"
    shutil.copy(ROOT / "inv", copy)
    done = subprocess.run([sys.executable, str(copy), "--help"], capture_output=True, text=True, check=True, env={"PATH": "/nonexistent"})
    assert "./inv demo" in done.stdout
    assert [p.name for p in tmp_path.iterdir()] == ["inv"]
