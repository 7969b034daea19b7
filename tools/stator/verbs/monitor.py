"""monitor: what a board says, live."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from rich.live import Live

from stator.board import Board, load_board
from stator.errors import ConfigError, StatorError
from stator.monitor import Hear, Listen, Watch, recording, screen, simulated
from stator.monitor import port as serial_port
from stator.monitor.screen import label, summary
from stator.spec import ModelSpec, load_model_spec
from stator.verb import Results, console, verb


@verb(
    help={
        "port": "a serial port, such as /dev/ttyACM0, or socket://HOST:PORT",
        "sim": "watch a simulated board instead, at the pace of a real one",
        "board": "with --sim: a simulated board",
        "signal": "with --sim: what its sensor sees, as for `run`",
        "model": "whose labels name the states; with --sim, what runs",
        "frames": "stop after so many frames (0: at Ctrl-C)",
        "record": "a new file for all that is heard; training reads it back",
    },
    examples=("monitor --sim --frames 60", "monitor --port /dev/ttyACM0 --record pump7.log"),
)
def monitor(
    port: str = "",
    sim: bool = False,
    board: str = "mps2_an505",
    signal: str = "synthetic",
    model: str = "bearing",
    frames: int = 0,
    record: str = "",
) -> Results:
    """Shows a board's decisions, features and health as its telemetry comes, from a serial port or a simulated board."""
    if bool(port) == sim:
        raise ConfigError("monitor needs either --port PORT or --sim", remedy=_remedy(load_board(board)))
    spec = load_model_spec(model)
    listen = simulated(load_board(board), spec, signal) if sim else serial_port(port)
    watch = Watch()
    with recording(Path(record) if record else None) as keep, suppress(KeyboardInterrupt):

        def take(data: bytes) -> bool:
            keep(data)
            watch.hear(data)
            return 0 < frames <= watch.frames

        _show(watch, spec, f"{spec.name} on {board}" if sim else port, take, listen)
    return _results(watch, spec, board if sim else (watch.banner.board if watch.banner else ""), record)


def _remedy(board: Board) -> str:
    if board.telemetry == "uart":
        return "invoke monitor --sim"
    ram = next(region for region in board.memory.values() if region.kind == "ram")
    openocd = f"`rtt setup {ram.at:#x} {ram.bytes:#x} {{SEGGER RTT}}; rtt start; rtt server start 9090 0`"
    return f"telemetry goes through RTT: OpenOCD with {openocd} and --port socket://localhost:9090, or J-Link and port 19021"


def _show(watch: Watch, spec: ModelSpec, source: str, take: Hear, listen: Listen) -> None:
    """Listens, with a picture on a terminal, else with a line per change of state."""
    if console.is_terminal:
        with Live(console=console, auto_refresh=True, get_renderable=lambda: screen(watch, spec.labels, source)):
            listen(take)
        return
    told = ""

    def take_and_tell(data: bytes) -> bool:
        nonlocal told
        done = take(data)
        said = summary(watch, spec.labels)
        if said != told:
            told = said
            console.print(f"frame {watch.last[-1].sequence if watch.last else 0}: {said}")
        return done

    listen(take_and_tell)


def _results(watch: Watch, spec: ModelSpec, board: str, record: str) -> Results:
    reasons = [f"the firmware gave up: {watch.failure}"] if watch.failure else []
    reasons += [f"{watch.lost} frames lost"] if watch.lost else []
    reasons += [f"not well: {', '.join(watch.health.reasons)}"] if watch.health and not watch.health.well else []
    if not watch.frames:
        raise StatorError(
            f"nothing that is telemetry was heard ({watch.garbage} pieces of something else)",
            remedy="115,200 baud, 8N1; and an image of this version",
        )
    console.print(f"{watch.frames:,} frames, {watch.lost} lost, {watch.restarts} restarts, {watch.garbage} pieces of garbage")
    return {
        "board": board,
        "model": spec.name,
        "frames": watch.frames,
        "frames_lost": watch.lost,
        "frames_duplicated": watch.repeated,
        "overruns": watch.last[-1].overruns,
        "restarts": watch.restarts,
        "frames_not_well": watch.unwell,
        "garbage_lines": watch.garbage,
        "states": {label(state, spec.labels): count for state, count in sorted(watch.states.items())},
        "record": record or None,
        "verdict": "fail" if reasons else "pass",
        "reasons": reasons,
    }
