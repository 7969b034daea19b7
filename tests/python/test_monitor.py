"""The monitor: a real serial line (a pseudo-terminal) with good and bad bytes on it, what is counted, kept and read back."""

from __future__ import annotations

import io
import os
import shutil
import threading
import time
import tty
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from models.bearing.examples import monitored
from stator.errors import ConfigError, SignalError, StatorError, ToolError
from stator.monitor import Watch, columns, recording, screen
from stator.monitor.screen import summary
from stator.paths import BOARDS
from stator.telemetry import Banner, Crash, Dropped, Health, Heartbeat, Record, framed
from stator.verbs.monitor import monitor

TICKS = 1365333
BANNER = framed(Banner("0.1.0", "nrf5340", "bearing", "00", 64000000, 16000000, TICKS, 4, 3))


def frame(sequence: int, state: int = 0, column: bytes = b"\x01\x02\x03", ticks: int | None = None, word: int = 0xFFFF0000) -> bytes:
    at = sequence * TICKS if ticks is None else ticks
    return framed(Record(sequence, at, sequence, state, 200, state, 0, 10, 20, 30, 40, column, b"\0\0", Health(word, 3)))


def heard(*pieces: bytes) -> Watch:
    watch = Watch(now=lambda: 0.0)
    for piece in pieces:
        watch.hear(piece)
    return watch


def test_gaps_and_repeats_are_counted_by_the_sequence() -> None:
    watch = heard(BANNER, *(frame(i) for i in (0, 1, 4, 4, 5)))
    assert (watch.frames, watch.lost, watch.repeated, watch.restarts) == (5, 2, 1, 0)


def test_a_restart_is_no_loss() -> None:
    watch = heard(*(frame(i) for i in (7, 8)), BANNER, *(frame(i) for i in (0, 1)))
    assert (watch.frames, watch.lost, watch.repeated, watch.restarts) == (4, 0, 0, 1)


def test_garbage_is_counted_and_never_believed() -> None:
    bad = frame(3).replace(b"\x18\xc8", b"\x18\xc9")
    watch = heard(b"\xff\x00noise\n", frame(0), bad, frame(1))  # the noise is two pieces
    assert (watch.frames, watch.lost, watch.garbage) == (2, 0, 3)


def test_a_board_that_talks_through_rtt_names_the_debugger_s_command(tmp_path: Path) -> None:
    shutil.copytree(BOARDS / "nrf5340", tmp_path / "mine")
    with (tmp_path / "mine" / "board.yml").open("a", encoding="utf-8") as file:
        file.write("telemetry: rtt\n")
    with pytest.raises(ConfigError) as raised:
        monitor(board=str(tmp_path / "mine"))
    assert "rtt setup 0x20000000 0x80000 {SEGGER RTT}" in raised.value.remedy and "socket://localhost:9090" in raised.value.remedy


def test_frames_that_the_firmware_left_out_are_shown() -> None:
    watch = heard(BANNER, frame(0), framed(Dropped(3)), frame(4))
    assert (watch.dropped, watch.lost, watch.garbage) == (3, 3, 0)
    out = Console(file=io.StringIO(), width=120)
    out.print(screen(watch, ("healthy",), "port"))
    assert "dropped 3" in out.file.getvalue()  # type: ignore[attr-defined]


def test_memory_stays_bounded() -> None:
    watch = heard(*(frame(i) for i in range(1000)))
    assert watch.frames == 1000
    assert len(watch.last) == 240


def test_a_silent_board_is_not_called_healthy() -> None:
    now = [0.0]
    watch = Watch(now=lambda: now[0])
    watch.hear(BANNER + frame(0))
    out = Console(file=io.StringIO(), width=120)
    out.print(screen(watch, ("healthy", "inner"), "port"))
    now[0] = 5.0
    out.print(screen(watch, ("healthy", "inner"), "port"))
    text = str(out.file.getvalue())  # type: ignore[attr-defined]
    assert text.count("SILENT for 5 s") == 1
    assert text.count("healthy") == 4


def test_a_board_that_is_not_well_is_not_summed_up_as_its_state() -> None:
    labels = ("healthy", "inner")
    ill = frame(0, word=0xFFBF0040)
    watch = heard(BANNER, frame(1), ill)
    assert watch.unwell == 1
    assert summary(watch, labels) == "not well: sensor dead"
    watch.hear(framed(Heartbeat(9, 120, Health(0xFFFF0000, 4))))
    assert summary(watch, labels) == "healthy"
    watch.hear(b"FAIL the crystal is dead\n")
    assert summary(watch, labels) == "gave up: the crystal is dead"
    watch.hear(frame(0) + framed(Crash(1, "hard fault")))
    assert (summary(watch, labels), watch.crash) == ("healthy", "hard fault")


def test_a_serial_port_is_read_recorded_and_read_back(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    sent = BANNER + b"".join(frame(i, state=int(i > 3), column=bytes([i, 0, 255])) for i in range(8))
    kept = tmp_path / "kept.log"

    def send() -> None:
        while not (kept.exists() and kept.stat().st_size):  # what comes before a port is open is lost
            os.write(ours, b"half a line\n")
            time.sleep(0.02)
        for i in range(0, len(sent), 7):
            os.write(ours, sent[i : i + 7])

    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    done = monitor(port=os.ttyname(theirs), frames=8, record=str(kept))
    sender.join()
    os.close(ours)
    os.close(theirs)
    assert isinstance(done, dict)
    assert (done["board"], done["frames"], done["frames_lost"], done["verdict"]) == ("nrf5340", 8, 0, "pass")
    assert int(str(done["garbage_lines"])) > 0
    assert done["states"] == {"healthy": 4, "inner": 4}
    assert kept.read_bytes().endswith(sent)
    (run,) = columns(kept, 4)
    assert np.array_equal(run, [[i, 0, -1] for i in range(8)])
    (example,) = monitored(kept, "healthy", 4)
    assert example.columns.shape == (8, 3)


def test_windows_never_reach_across_a_gap(tmp_path: Path) -> None:
    kept = tmp_path / "kept.log"
    kept.write_bytes(b"".join(frame(i) for i in (0, 1, 2, 3, 5, 6, 9, 10, 11, 12, 13)))
    assert [len(run) for run in columns(kept, 4)] == [4, 5]
    with pytest.raises(SignalError, match="no 6 in a row"):
        columns(kept, 6)


def test_a_recording_replaces_nothing(tmp_path: Path) -> None:
    there = tmp_path / "there.log"
    there.write_bytes(b"precious")
    with pytest.raises(ToolError, match="is there already"), recording(there):
        pass
    assert there.read_bytes() == b"precious"


def test_what_cannot_be_watched_is_said() -> None:
    with pytest.raises(StatorError, match="either --port PORT or --sim"):
        monitor()
    with pytest.raises(ToolError, match="serial port /dev/nowhere"):
        monitor(port="/dev/nowhere")


@pytest.mark.sim
@pytest.mark.slow
def test_a_simulated_board_is_watched() -> None:
    done = monitor(sim=True, frames=52)
    assert isinstance(done, dict)
    assert (done["frames_lost"], done["garbage_lines"], done["verdict"]) == (0, 0, "pass")
    states = done["states"]
    assert isinstance(states, dict)
    assert states["unknown"] == 48
    assert states["inner"] == int(str(done["frames"])) - 48 >= 4
