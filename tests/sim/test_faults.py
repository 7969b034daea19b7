"""Faults into the shipped image on QEMU: one that the supervisor sees, one that the watchdog ends, one of the sensor."""

from __future__ import annotations

import shutil

import pytest

from stator.board import load_board
from stator.build import Image, build
from stator.faults.campaign import Reference, halves, inject, reference
from stator.faults.kinds import kinds
from stator.measure import read_elf
from stator.sim import qemu
from stator.spec import load_model_spec

pytestmark = [pytest.mark.sim, pytest.mark.slow]


@pytest.fixture(scope="module")
def image() -> Image:
    if shutil.which("qemu-system-arm") is None:
        pytest.skip("qemu-system-arm is not installed")
    return build(load_board("mps2_an505"), load_model_spec("bearing"))


@pytest.fixture(scope="module")
def right(image: Image) -> Reference:
    return reference(image)


def test_no_alarm_without_a_fault(right: Reference) -> None:
    assert len(right.records) > 200 and right.alarms == 0


@pytest.mark.parametrize(("kind", "by"), [("weights", "flash"), ("watchdog_not_fed", "NMI"), ("stuck_sensor", "sensor stuck")])
def test_a_fault_is_seen_for_what_it_is(kind: str, by: str, image: Image, right: Reference) -> None:
    found = inject(image, read_elf(image.elf), qemu.signal_image(halves(image)), kinds()[kind], 0, right)
    assert found.detected_by is not None and found.detected_by.startswith(by), found
    assert found.detected_s is not None and found.detected_s <= 10 and not found.healthy
