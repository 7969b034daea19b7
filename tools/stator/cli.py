"""The `stator` command: the verbs as an Invoke program. `tasks.py` offers the same tasks to `invoke`."""

from __future__ import annotations

import difflib
import inspect
import sys

import invoke.program
from invoke import Collection, Exit, ParseError, Program
from invoke.parser import Parser, ParseResult

from stator import __version__
from stator.errors import StatorError
from stator.verb import REFUSED, forget_reader, say_error, task_of, verbs


class VerbParser(Parser):
    """Invoke's parser with this project's manners: a wrong word names the nearest right one, and the exit status is 2."""

    def parse_argv(self, argv: list[str]) -> ParseResult:
        try:
            return super().parse_argv(argv)
        except ParseError as error:
            say_error(_explain(str(error), list(self.contexts), _flags_of(error)))
            raise Exit(code=REFUSED) from error


class Stator(Program):
    """`stator VERB ...`."""

    def print_help(self) -> None:
        print("Usage: stator VERB [--flag VALUE ...]     stator VERB --help     stator --version\n")
        print("A trained model becomes real-time firmware, and a report of what it costs.\n\nVerbs:")
        width = max(map(len, verbs()), default=0)
        for name, entry in verbs().items():
            print(f"  {name:{width}}  {(inspect.getdoc(entry.function) or '').splitlines()[0]}")
        print("\nStart with: stator demo")


def namespace() -> Collection:
    """All verbs as one Invoke collection. Raises Invoke's Exit, which both programs understand, where they cannot be loaded."""
    tasks = Collection()
    try:
        for entry in verbs().values():
            tasks.add_task(task_of(entry))
    except StatorError as error:
        say_error(str(error))
        raise Exit(code=REFUSED) from error
    # Both programs build their parser from this name; `invoke` itself offers no other way to a suggestion and to exit status 2.
    invoke.program.Parser = VerbParser  # type: ignore[misc]
    return tasks


def main() -> None:
    """The console script."""
    try:
        tasks = namespace()
    except Exit as end:
        sys.exit(end.code)
    try:
        try:
            Stator(version=__version__, namespace=tasks, name="stator", binary="stator").run()
        finally:  # Invoke ends by SystemExit
            sys.stdout.flush()
    except BrokenPipeError:  # `stator --help | head`
        forget_reader()
        sys.exit(REFUSED)


def _flags_of(error: ParseError) -> list[str]:
    return sorted(error.context.flags) if error.context is not None else []


def _explain(message: str, names: list[str], flags: list[str]) -> str:
    """Invoke's sentence in the project's words, with the nearest verb or flag."""
    if " needed value " in message:
        return f"--{message.partition('<Argument: ')[2].partition('>')[0]} needs a value"
    word = message.split("'")[1] if message.startswith("No idea what '") else ""
    if not word:
        return message
    known = flags if word.startswith("-") else names
    near = difflib.get_close_matches(word, known, n=1)
    kind = "flag" if word.startswith("-") else "verb"
    hint = f"; did you mean '{near[0]}'?" if near else ""
    return f"there is no {kind} '{word}'{hint}\n  they are: {', '.join(k for k in known if k)}"
