"""Stator's side of the CMake build; cmake/facts.cmake and cmake/stator.cmake call it.

    python -m stator.cmake facts BOARD MODEL OUT.cmake    what CMake must know of a board and a model before it can set up a build
    python -m stator.cmake generate BOARD MODEL FOLDER    the build step: the model as C, header, memory plan and linker regions

Further words: `off` leaves out the passes (every layer of the file, for `stator verify`); `freertos` or `baremetal` names the RTOS, its
port and what it needs in the memory plan; `kernels=NAME` says how kernels are chosen (stator.selection).
BOARD and MODEL are names or paths. Nothing is decided here that the YAML does not say.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Literal

from stator.board import Board, load_board
from stator.crates import crate
from stator.dsp.sources import definitions, frame, sources
from stator.emit import emit, write
from stator.errors import StatorError, ToolError
from stator.fit import fitted
from stator.frontends import load
from stator.kernels import kernels
from stator.memory import MemoryPlan, load_tasks, plan
from stator.memory.in_place import lent
from stator.memory.tasks import TASKS_FILE
from stator.passes import optimise
from stator.paths import FIRMWARE, ROOT
from stator.schedule import schedule
from stator.selection import DEFAULT, selected
from stator.spec import SUFFIXES, ModelSpec, load_model_spec
from stator.yamlfile import nearest

Rtos = Literal["freertos", "baremetal"]
RTOSES: tuple[Rtos, ...] = ("freertos", "baremetal")


def tasks_file(rtos: Rtos) -> Path:
    """Where tasks, stacks and queues of an image stand."""
    return TASKS_FILE if rtos == "freertos" else FIRMWARE / "port" / rtos / "tasks.yml"


def freertos_folder() -> Path:
    """The FreeRTOS kernel: STATOR_FREERTOS_DIR of the environment, else the west workspace around the checkout, else the crate."""
    named = os.environ.get("STATOR_FREERTOS_DIR")
    if named:
        if not (Path(named) / "tasks.c").is_file():
            raise ToolError(f"STATOR_FREERTOS_DIR={named}: no FreeRTOS kernel is there", remedy="the folder that holds tasks.c")
        return Path(named).resolve()
    west = ROOT.parent / "modules" / "freertos-kernel"
    if (ROOT.parent / ".west").is_dir() and (west / "tasks.c").is_file():
        return west
    return crate("freertos-next") / "FreeRTOS-Kernel"


def drivers(board: Board) -> tuple[str, ...]:
    """The folders of firmware/drivers that the board needs, its sensors' among them."""
    known = {p.name for p in (FIRMWARE / "drivers").iterdir() if p.is_dir()}
    further = [board.temperature.driver] if board.temperature else []
    further += ["rtt"] if board.telemetry == "rtt" else []
    wanted = sorted({*board.drivers, board.sensor.driver, *further})
    for name in wanted:
        if name not in known:
            raise StatorError(f"board '{board.name}': no driver '{name}' in firmware/drivers, {nearest(name, sorted(known))}")
    return tuple(wanted)


def freertos_port(board: Board) -> str:
    """The folder of firmware/port/freertos for the board: named after its core, or after one of its drivers."""
    known = {p.name for p in (FIRMWARE / "port" / "freertos").iterdir() if p.is_dir()}
    for name in (*board.drivers, board.core):
        if name in known:
            return name
    raise StatorError(
        f"board '{board.name}': FreeRTOS has no port here for core '{board.core}' with drivers {', '.join(board.drivers)}",
        remedy=f"a folder of firmware/port/freertos named after the core or a driver; there are {', '.join(sorted(known))}",
    )


def baremetal_port(board: Board) -> str:
    """The folder of firmware/port/baremetal for the board: named after its core, or after one of its drivers."""
    known = {p.name for p in (FIRMWARE / "port" / "baremetal").iterdir() if p.is_dir()}
    for name in (*board.drivers, board.core):
        if name in known:
            return name
    raise StatorError(
        f"board '{board.name}' runs only with an RTOS: its interrupts have no entry without one",
        remedy=f"freertos, or a folder of firmware/port/baremetal named after core or driver; there are {', '.join(sorted(known))}",
    )


def facts(board: Board, model: str, rtos: Rtos = "freertos", kernels_: str = DEFAULT) -> dict[str, str | list[str]]:
    """CMake variables and their values. `model`: a name, a folder or a model file."""
    spec = load_model_spec(model)
    model_yml = spec.folder / "model.yml"
    bare = Path(model).suffix.lower() in SUFFIXES  # a model file, whatever lies beside it
    wanted = {*board.kernels, "ref"}
    generated = [f"{spec.c_name}.c", f"{spec.c_name}.h", "model_select.h", "memory_plan.h", "memory_plan.c", "memory_plan.json"]
    generated += ["memory_plan.svg", "plan_memory.ld", "plan_sections.ld"]
    if spec.features is not None:
        generated.append("features_config.c")
    if spec.streams:
        generated.append("health_config.c")
    out: dict[str, str | list[str]] = {
        "STATOR_BOARD_NAME": board.name,
        "STATOR_BOARD_FOLDER": str(board.folder),
        "STATOR_ISA": board.isa,
        "STATOR_CORE": board.core,
        "STATOR_CLOCK_HZ": str(board.clock_hz),
        "STATOR_GUARD_BYTES": str(board.guard_bytes),
        "STATOR_MODEL_NAME": spec.name,
        "STATOR_MODEL_C_NAME": spec.c_name,
        "STATOR_MODEL_STREAMS": "ON" if spec.streams else "OFF",
        "STATOR_MODEL_PATH": str(spec.path if bare else spec.folder),
        "STATOR_MODEL_FILES": [str(spec.path)] if bare else [str(spec.path), str(model_yml)],
        "STATOR_RTOS": rtos,
        "STATOR_TASKS_FILE": str(tasks_file(rtos)),
        "STATOR_GENERATED": generated,
        "STATOR_HANDLERS": list(board.timing.handlers.values()) if board.timing else [],
        "STATOR_KERNEL_SOURCES": [str(source) for k in kernels() if k.isa in wanted for source in k.sources],
        "STATOR_DSP_SOURCES": [
            str(source) for source in ([] if spec.takes_samples else sources(selected(board, kernels_).order, config=spec.features))
        ],
        "STATOR_DSP_DEFINITIONS": _front_end_definitions(spec),
        "STATOR_IDLE_SPINS": "ON" if board.simulator is not None and board.simulator.spins else "OFF",
        "STATOR_TELEMETRY": board.telemetry,
        "STATOR_TEMPERATURE": "ON" if board.temperature is not None else "OFF",
        "STATOR_SIGNAL_AT": "",
        "STATOR_SIGNAL_BYTES": "",
    }
    if board.simulator is not None and board.simulator.signal_at is not None:
        out["STATOR_SIGNAL_AT"] = f"{board.simulator.signal_at:#x}u"
        out["STATOR_SIGNAL_BYTES"] = f"{board.simulator.signal_bytes or 0}u"
    ports = FIRMWARE / "port"
    if board.isa == "host":
        out["STATOR_PORT_FOLDERS"] = [str(ports / "host")]
    else:
        out["STATOR_DRIVERS"] = list(drivers(board))
        out["STATOR_PORT"] = port = freertos_port(board) if rtos == "freertos" else baremetal_port(board)
        out["STATOR_PORT_FOLDERS"] = [str(ports / rtos), str(ports / rtos / port)]
        if rtos == "freertos":
            out["STATOR_FREERTOS_DIR"] = str(freertos_folder())
    return out


def _front_end_definitions(spec: ModelSpec) -> list[str]:
    if spec.features is not None:
        return list(definitions(spec.features))
    return [] if spec.input is None else list(frame(spec.input.half_samples))


def script(values: dict[str, str | list[str]]) -> str:
    """The text of OUT.cmake. Values are quoted in brackets: no character of a path means anything to CMake."""
    lines = ["# Made by stator.cmake from board.yml and model.yml; made again at every configuration.\n"]
    for name, value in values.items():
        words = value if isinstance(value, list) else [value]
        lines.append(f"set({name} {' '.join(f'[==[{word}]==]' for word in words)})\n")
    return "".join(lines)


def main(arguments: list[str]) -> int:
    """Entry point; exit status 2 and one message for an error of the user."""
    more = arguments[4:]
    rtos: Rtos = next((r for r in RTOSES if r in more), "freertos")
    kernels_ = next((word.removeprefix("kernels=") for word in more if word.startswith("kernels=")), DEFAULT)
    known = {"off", *RTOSES, f"kernels={kernels_}"}
    if arguments[0:1] not in (["facts"], ["generate"]) or len(arguments) < 4 or not known.issuperset(more):
        print(__doc__, file=sys.stderr)
        return 2
    what, board, model, out = arguments[:4]
    try:
        if what == "facts":
            write_whole(Path(out), script(facts(load_board(board), model, rtos, kernels_)))
        else:
            made = planned(load_board(board), load_model_spec(model), passes="off" not in more, rtos=rtos, kernels=kernels_)
            write(emit(made), Path(out))
    except StatorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def planned(board: Board, spec: ModelSpec, *, passes: bool = True, rtos: Rtos = "freertos", kernels: str = DEFAULT) -> MemoryPlan:
    """The model on its way to C: loaded, optimised, scheduled and planned. `kernels`: see stator.selection. Raises StatorError."""
    graph = load(spec.path)
    tasks = load_tasks(tasks_file(rtos)) if spec.streams else None
    if passes:
        return fitted(optimise(graph), board, spec, tasks, kernels)
    half = lent(graph, board, spec) if tasks is not None and spec.takes_samples else None
    return plan(schedule(graph, selected(board, kernels), half), board, spec, tasks)


def write_whole(target: Path, text: str) -> None:
    """Writes a file that is never seen half-written."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(target)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
