"""What comes from outside and is wrong: bytes on the serial port, and calibration data that are not what was flashed (docs/health.md)."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from stator.board import load_board
from stator.build import Image, build
from stator.data import load_halves
from stator.measure.elf import read_elf
from stator.sim import qemu
from stator.sim.process import listen
from stator.sim.run import replay
from stator.spec import load_model_spec
from stator.telemetry import Decoder, Telemetry
from tests.python.needs import needs

FRAMES = 24
PATIENCE_S = 60.0

pytestmark = [pytest.mark.sim, pytest.mark.slow]


@pytest.fixture(scope="module", params=["mps2_an505", "qemu_rv32"])
def image(request: pytest.FixtureRequest) -> Image:
    board = load_board(request.param)
    assert board.simulator is not None
    needs(board.simulator.binary)
    return build(board, load_model_spec("bearing"))


def signal(image: Image) -> qemu.Halves:
    assert image.spec.input is not None
    return load_halves("synthetic:healthy", image.spec.input)


def heard_while(image: Image, folder: Path, garbage: bytes) -> Telemetry:
    """Runs the image with `garbage` coming in on its serial port, as fast as the port takes it."""
    assert image.board.simulator is not None
    serial, memory, noise, decoder = folder / "serial", folder / "memory", folder / "noise", Decoder()
    memory.write_bytes(qemu.signal_image(signal(image)))
    noise.write_bytes(garbage)
    words = qemu.command(image.board.simulator, image.elf, serial, memory)
    words[words.index(f"file:{serial}")] = "stdio"
    words = ["sh", "-c", f'exec "$@" <{noise} >{serial}', "sh", *words]

    def hear(data: bytes) -> bool:
        decoder.feed(data)
        return len(decoder.records) >= FRAMES or decoder.failure is not None

    listen(words, image.board.name, serial, folder / "errors", hear, PATIENCE_S)
    return decoder.finish(cut=True)


def test_garbage_on_the_serial_port_changes_nothing(image: Image, tmp_path: Path) -> None:
    said = heard_while(image, tmp_path, random.Random(7).randbytes(1 << 20))
    usual = replay(image.board, image.elf, signal(image), FRAMES).telemetry
    assert said.garbage == 0 and said.failure is None and said.banner == usual.banner
    facts = [(r.sequence, r.crc, r.column, r.logits, r.label, r.state, r.health.reasons) for r in said.records]
    assert facts[:FRAMES] == [(r.sequence, r.crc, r.column, r.logits, r.label, r.state, r.health.reasons) for r in usual.records[:FRAMES]]


@pytest.mark.parametrize("constant", ["centre", "weight", "stator_health_config"])
def test_calibration_data_that_changed_in_flash_are_told_from_the_first_record_on(image: Image, constant: str, tmp_path: Path) -> None:
    symbol = next(s for s in read_elf(image.elf).symbols if s.name == constant)
    with image.elf.open("rb") as stream:
        section = next(s for s in ELFFile(stream).iter_sections() if s.name == symbol.section)
        at = section["sh_offset"] + symbol.address - section["sh_addr"] + symbol.bytes - 2
    data = bytearray(image.elf.read_bytes())
    data[at] ^= 0x04
    broken = tmp_path / "broken.elf"
    broken.write_bytes(data)
    records = replay(image.board, broken, signal(image), 4).telemetry.records
    assert [("flash" in r.health.reasons, r.health.well) for r in records[:4]] == [(True, False)] * 4
