"""Notices follow what the link map names."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from stator.board import load_board
from stator.notice import linked_crates, linked_members, linked_sources, notice

CRATE = "/home/user/.cargo/registry/src/index-1/freertos-next-0.12.0/FreeRTOS-Kernel"
PICOLIBC = "/usr/lib/picolibc/riscv64-unknown-elf/lib/rv32imac/ilp32/libc.a"
MAP = """Archive member included to satisfy reference by file (symbol)

/usr/lib/gcc/riscv64-unknown-elf/12.2.0/rv32imac/ilp32/libgcc.a(muldi3.o)
                              CMakeFiles/firmware.dir/firmware/app/main.c.obj (__muldi3)
{library}(memset.S.o)
                              CMakeFiles/firmware.dir/firmware/app/main.c.obj (memset)
libfirmware_kernel.a(tasks.c.obj)
                              CMakeFiles/firmware.dir/firmware/app/main.c.obj (xTaskCreateStatic)

LOAD CMakeFiles/firmware.dir/firmware/app/main.c.obj
LOAD libfirmware_kernel.a
LOAD /usr/lib/other/libunused.a
"""


def link(folder: Path, library: str, kernel: str = CRATE) -> Path:
    """A build folder with a map and the commands that its objects came from."""
    sources = {
        "firmware/app/main.c": "firmware",
        f"{kernel}/tasks.c": "firmware_kernel",
        "/home/user/.cargo/registry/src/index-1/not-linked-1.0.0/src/croutine.c": "firmware_kernel",
    }
    commands = [
        {"directory": str(folder), "file": file, "output": f"{folder}/CMakeFiles/{target}.dir/{file.lstrip('/')}.obj"}
        for file, target in sources.items()
    ]
    (folder / "compile_commands.json").write_text(json.dumps(commands))
    file = folder / "firmware.map"
    file.write_text(MAP.format(library=library))
    return file


def test_sources_and_members_come_from_the_map(tmp_path: Path) -> None:
    file = link(tmp_path, "/opt/x/libc.a")
    sources = linked_sources(file.read_text(), json.loads((tmp_path / "compile_commands.json").read_text()))
    assert {source.name for source in sources} == {"main.c", "tasks.c"}
    assert linked_crates(sources) == ("freertos-next-0.12.0",)
    assert {library.name: members for library, members in linked_members(file.read_text()).items()} == {
        "libc.a": ("memset.S.o",),
        "libgcc.a": ("muldi3.o",),
    }


def test_notice_of_a_firmware(tmp_path: Path) -> None:
    text = notice(link(tmp_path, PICOLIBC), load_board("nrf5340"))
    assert "FreeRTOS-Kernel (crate freertos-next 0.12.0)" in text
    assert "Permission is hereby granted, free of charge" in text
    assert "nrf5340-app.svd" in text
    assert "Nordic Semiconductor ASA" in text
    assert "GCC Runtime Library Exception" in text
    assert "libunused" not in text


def test_a_kernel_from_elsewhere_keeps_its_licence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = tmp_path / "kernel"
    (kernel / "include").mkdir(parents=True)
    for name, content in {"tasks.c": "", "include/FreeRTOS.h": "", "LICENSE.md": "Terms of the kernel"}.items():
        (kernel / name).write_text(content)
    monkeypatch.setenv("STATOR_FREERTOS_DIR", str(kernel))
    assert "Terms of the kernel" in notice(link(tmp_path, PICOLIBC, str(kernel)), load_board("mps2_an505"))


@pytest.mark.skipif(not shutil.which("dpkg-query") or not Path(PICOLIBC).is_file(), reason="needs Debian's picolibc")
def test_terms_of_a_library_are_those_of_its_linked_members(tmp_path: Path) -> None:
    text = notice(link(tmp_path, PICOLIBC), load_board("qemu_rv32"))
    assert "libc.a: memset.S.o (package picolibc-riscv64-unknown-elf)" in text
    assert "SiFive" in text
    assert "Tensilica" not in text


def test_a_library_that_no_package_owns_is_named(tmp_path: Path) -> None:
    text = notice(link(tmp_path, "/opt/vendor/libc.a"), load_board("mps2_an505"))
    assert "Taken from /opt/vendor/libc.a, which no package owns" in text
