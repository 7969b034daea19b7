"""Notices follow what the link map names."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from stator.board import load_board
from stator.notice import linked_crates, linked_members, notice

MAP = """Archive member included to satisfy reference by file (symbol)

/usr/lib/gcc/riscv64-unknown-elf/12.2.0/rv32imac/ilp32/libgcc.a(muldi3.o)
                              CMakeFiles/firmware.dir/firmware/app/main.c.obj (__muldi3)
{library}(memset.S.o)
                              CMakeFiles/firmware.dir/firmware/app/main.c.obj (memset)
libfirmware_model.a(model.c.obj)
                              CMakeFiles/firmware.dir/firmware/app/main.c.obj (model_init)

LOAD CMakeFiles/firmware.dir/home/user/.cargo/registry/src/index-1/freertos-next-0.12.0/FreeRTOS-Kernel/tasks.c.obj
LOAD CMakeFiles/firmware.dir/home/user/.cargo/registry/src/index-1/freertos-next-0.12.0/FreeRTOS-Kernel/queue.c.obj
LOAD /usr/lib/other/libunused.a
"""
PICOLIBC = "/usr/lib/picolibc/riscv64-unknown-elf/lib/rv32imac/ilp32/libc.a"


def test_crates_and_members_come_from_the_map() -> None:
    assert linked_crates(MAP) == ("freertos-next-0.12.0",)
    assert {library.name: members for library, members in linked_members(MAP.format(library="/opt/x/libc.a")).items()} == {
        "libc.a": ("memset.S.o",),
        "libgcc.a": ("muldi3.o",),
    }


def test_notice_of_a_firmware(tmp_path: Path) -> None:
    file = tmp_path / "firmware.map"
    file.write_text(MAP.format(library=PICOLIBC))
    text = notice(file, load_board("nrf5340"))
    assert "FreeRTOS-Kernel (crate freertos-next 0.12.0)" in text
    assert "Permission is hereby granted, free of charge" in text
    assert "nrf5340-app.svd" in text
    assert "Nordic Semiconductor ASA" in text
    assert "GCC Runtime Library Exception" in text
    assert "libunused" not in text


def test_a_kernel_from_elsewhere_keeps_its_licence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = tmp_path / "kernel"
    kernel.mkdir()
    (kernel / "tasks.c").touch()
    (kernel / "LICENSE.md").write_text("Terms of the kernel")
    monkeypatch.setenv("STATOR_FREERTOS_DIR", str(kernel))
    file = tmp_path / "firmware.map"
    file.write_text(f"LOAD CMakeFiles/firmware.dir{kernel}/tasks.c.obj\n")
    assert "Terms of the kernel" in notice(file, load_board("mps2_an505"))


@pytest.mark.skipif(not shutil.which("dpkg-query") or not Path(PICOLIBC).is_file(), reason="needs Debian's picolibc")
def test_terms_of_a_library_are_those_of_its_linked_members(tmp_path: Path) -> None:
    file = tmp_path / "firmware.map"
    file.write_text(MAP.format(library=PICOLIBC))
    text = notice(file, load_board("qemu_rv32"))
    assert "libc.a: memset.S.o (package picolibc-riscv64-unknown-elf)" in text
    assert "SiFive" in text
    assert "Tensilica" not in text


def test_a_library_that_no_package_owns_is_named(tmp_path: Path) -> None:
    file = tmp_path / "firmware.map"
    file.write_text(MAP.format(library="/opt/vendor/libc.a"))
    assert "Taken from /opt/vendor/libc.a, which no package owns" in notice(file, load_board("mps2_an505"))
