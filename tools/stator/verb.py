"""The frame around every verb: flags, JSON, exit status, errors, progress.

A verb is a plain function in `stator/verbs/<verb>.py` under `@verb(...)`. It is called from Python as it stands; `invoke` and the
`stator` script call it through `task_of`, which adds `--json` and turns the outcome into an exit status:
0 = done, verdict pass; 1 = done, verdict fail; 2 = refused or failed, one message and no JSON file; 130 = interrupted.
"""

from __future__ import annotations

import contextlib
import inspect
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TypeVar

from invoke import Context, Exit, Task
from rich.console import Console

from stator.errors import StatorError, ToolError
from stator.paths import ROOT
from stator.progress import console, progress, status

__all__ = ["ROOT", "Results", "Verb", "console", "exit_status", "progress", "status", "task_of", "verb", "verbs", "write_json"]

Results = dict[str, object] | list[dict[str, object]] | None
Function = TypeVar("Function", bound=Callable[..., Results])

PASS, FAIL, REFUSED, INTERRUPTED = 0, 1, 2, 130


@dataclass(frozen=True, slots=True)
class Verb:
    """What `@verb` noted about a function."""

    name: str
    function: Callable[..., Results]
    help: Mapping[str, str]
    examples: tuple[str, ...]

    @property
    def parameters(self) -> Sequence[inspect.Parameter]:
        return tuple(inspect.signature(self.function).parameters.values())

    @property
    def flags(self) -> tuple[str, ...]:
        """The long flags a user may type, `--json` among them."""
        return (*(f"--{p.name.replace('_', '-')}" for p in self.parameters), "--json")


_registry: dict[str, Verb] = {}


def verb(*, help: Mapping[str, str], examples: Sequence[str] = ()) -> Callable[[Function], Function]:
    """Makes a function a verb named after it. `help` has one sentence per parameter; `examples` are what to type after `invoke`.

    Parameters are text, whole numbers or switches; one without a default must be given. The function itself stays as it is.
    """

    def note(function: Function) -> Function:
        name = function.__name__.replace("_", "-")
        parameters = set(inspect.signature(function).parameters)
        if parameters != set(help):
            raise TypeError(f"verb {name}: help names {sorted(help)}, the function takes {sorted(parameters)}")
        _registry[name] = Verb(name, function, dict(help), tuple(examples))
        return function

    return note


@cache
def verbs() -> Mapping[str, Verb]:
    """Every verb by name: all modules of `stator/verbs/` are imported, none is listed anywhere. Raises ToolError."""
    for file in sorted((Path(__file__).parent / "verbs").glob("[!_]*.py")):
        try:
            import_module(f"stator.verbs.{file.stem}")
        except ImportError as error:
            raise ToolError(
                f"the verb '{file.stem}' cannot be loaded: {error}", remedy="./inv --list, which completes the environment"
            ) from error
    return dict(sorted(_registry.items()))


def task_of(entry: Verb) -> Task[Callable[..., None]]:
    """The Invoke task of a verb."""

    def body(_: Context, json: str = "", **given: str | bool) -> None:
        status_code = exit_status(entry, given, json)
        if status_code != PASS:
            raise Exit(code=status_code)

    # Invoke reads the flags from the signature. Numbers stay text until `_arguments`, which names the flag that is wrong.
    flags = [p.replace(annotation=inspect.Parameter.empty, default=_flag_default(p)) for p in entry.parameters]
    body.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD),
            *flags,
            inspect.Parameter("json", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=""),
        ]
    )
    body.__name__ = entry.name
    body.__doc__ = _docstring(entry)
    words = {p.name: entry.help[p.name] + _shown_default(p) for p in entry.parameters}
    return Task(body, name=entry.name, positional=(), auto_shortflags=False, help={**words, "json": "also write the result to this file"})


def exit_status(entry: Verb, given: Mapping[str, str | bool], json_file: str = "") -> int:
    """Runs a verb for a user: says what went wrong in one message, writes the JSON file when done, and returns the exit status."""
    try:
        arguments = _arguments(entry, given)
        target = _json_target(json_file)
        results = entry.function(**arguments)
        if target is not None:
            write_json(target, results)
        return FAIL if any(r.get("verdict") == "fail" for r in _as_list(results)) else PASS
    except StatorError as error:
        say_error(str(error))
    except KeyboardInterrupt:
        say_error("interrupted")
        return INTERRUPTED
    except BrokenPipeError:  # `invoke ... | head`: nobody reads on, which is no error of ours
        forget_reader()
    except Exception as error:  # a defect of Stator: said in one line, kept in full
        saved = _save_traceback(entry.name)
        say_error(
            f"{entry.name}: this is a defect in Stator: {type(error).__name__}: {error}\n  the traceback is in {saved}; please report it"
        )
    return REFUSED


def forget_reader() -> None:
    """Lets what is still to be flushed to standard output go nowhere, once its reader has left."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_json(target: Path, results: Results) -> None:
    """Writes results as the contract says: one object, or `{"results": [...]}`; the file appears whole or not at all."""
    content = {"results": results} if isinstance(results, list) else results or {}
    text = json.dumps(content, indent=2, default=_plain, allow_nan=False) + "\n"
    with tempfile.NamedTemporaryFile("w", dir=target.parent, prefix=f".{target.name}.", delete=False, encoding="utf-8") as file:
        file.write(text)
    scratch = Path(file.name)
    scratch.chmod(0o666 & ~_umask())
    scratch.replace(target)


def say_error(message: str) -> None:
    """Prints a message for people on standard error. What came from a file may hold terminal codes, so only printable text passes."""
    clean = "".join(c if c.isprintable() or c == "\n" else f"\\x{ord(c):02x}" for c in message)
    Console(stderr=True, markup=False, highlight=False, emoji=False, soft_wrap=True).print(f"error: {clean}")


def _flag_default(parameter: inspect.Parameter) -> object:
    if isinstance(parameter.default, bool):
        return parameter.default
    return "" if parameter.default is inspect.Parameter.empty else str(parameter.default)


def _shown_default(parameter: inspect.Parameter) -> str:
    if parameter.default is inspect.Parameter.empty:
        return " (must be given)"
    return f" (default: {parameter.default})" if parameter.default not in ("", 0, False) else ""


def _docstring(entry: Verb) -> str:
    text = inspect.getdoc(entry.function) or ""
    if not entry.examples:
        return text
    return text + "\n\nExamples:\n" + "\n".join(f"  invoke {line}" for line in entry.examples)


def _arguments(entry: Verb, given: Mapping[str, str | bool]) -> dict[str, object]:
    arguments: dict[str, object] = {}
    for parameter in entry.parameters:
        flag = f"--{parameter.name.replace('_', '-')}"
        value = given.get(parameter.name, _flag_default(parameter))
        if value == "" and parameter.default is inspect.Parameter.empty:
            raise StatorError(f"{entry.name} needs {flag}: {entry.help[parameter.name]}", remedy=_example(entry))
        if isinstance(parameter.default, int) and not isinstance(parameter.default, bool):
            try:
                value = int(str(value))
            except ValueError:
                raise StatorError(f"{flag} takes a whole number, not '{value}'", remedy=_example(entry)) from None
        arguments[parameter.name] = value
    return arguments


def _example(entry: Verb) -> str:
    return f"invoke {entry.examples[0]}" if entry.examples else f"invoke {entry.name} --help"


def _json_target(name: str) -> Path | None:
    """Checks before the work that the JSON file can be written, and removes one left by an earlier call."""
    if not name:
        return None
    target = Path(name).absolute()
    if target.is_dir() or not os.access(target.parent, os.W_OK):
        raise StatorError(f"--json: cannot write {name}", remedy="name a file in a folder that exists and that you may write to")
    target.unlink(missing_ok=True)
    return target


def _as_list(results: Results) -> list[dict[str, object]]:
    if results is None:
        return []
    return results if isinstance(results, list) else [results]


def _plain(value: object) -> object:
    """What JSON does not know: paths, and NumPy's numbers and arrays."""
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"a result holds {value!r}, which JSON cannot")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _save_traceback(name: str) -> Path:
    for folder in (ROOT / "build" / "errors", Path(tempfile.gettempdir())):
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            file = folder / f"{name}-{os.getpid()}.txt"
            file.write_text(traceback.format_exc(), encoding="utf-8")
            return file
    raise ToolError("neither build/ nor the temporary folder can be written", remedy="free some space or mend the rights") from None
