"""python -m stator.sim.debug BOARD MODEL SIGNAL: a built image on its simulated board, halted at reset until a debugger comes.

QEMU listens for gdb on localhost:1234. The serial port is this terminal; Ctrl-A X or the debugger's `kill` ends it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from stator.board import load_board
from stator.data import load_halves
from stator.errors import StatorError, ToolError
from stator.paths import ROOT
from stator.sim import qemu
from stator.spec import load_model_spec
from stator.verb import say_error

READY = "waiting for gdb on localhost:1234"  # .vscode/tasks.json looks for this line


def words(board_name: str, model_name: str, signal_name: str) -> list[str]:
    """QEMU's command line; the signal is written beside the image. Raises StatorError."""
    board, spec = load_board(board_name), load_model_spec(model_name)
    folder = ROOT / "build" / board.name / spec.name
    elf = folder / "firmware.elf"
    if not elf.is_file():
        raise ToolError(f"there is no image {elf.relative_to(ROOT)}", remedy=f"invoke build --board {board_name} --model {model_name}")
    if board.simulator is None or board.simulator.kind != "qemu" or spec.input is None:
        raise ToolError(f"'{spec.name}' on '{board.name}' does not run on QEMU", remedy="a board with `simulator: {kind: qemu}`")
    signal = folder / "debug_signal.bin"
    signal.write_bytes(qemu.signal_image(load_halves(signal_name, spec.input)))
    command = qemu.command(board.simulator, elf, Path("unused"), signal)
    command[command.index("-serial") + 1] = "mon:stdio"
    for flag in ("-monitor", "-display"):
        del command[command.index(flag) : command.index(flag) + 2]
    return [*command, "-display", "none", "-gdb", "tcp:127.0.0.1:1234", "-S"]


def main() -> None:
    """The command."""
    if len(sys.argv) != 4:
        say_error("usage: python -m stator.sim.debug BOARD MODEL SIGNAL, such as mps2_an505 bearing synthetic")
        sys.exit(2)
    try:
        command = words(*sys.argv[1:])
    except StatorError as error:
        say_error(str(error))
        sys.exit(2)
    print(READY, flush=True)
    os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main()
