"""What is going on, for people: a bar or a spinner on a terminal, plain lines elsewhere. Always on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

PLAIN_WIDTH = 120
PLAIN_SECONDS = 10.0

# No markup and no emoji codes: names out of model files and recordings are printed as they are.
console = Console(markup=False, highlight=False, emoji=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)
"""For results, on standard output."""

_side = Console(stderr=True, markup=False, highlight=False, emoji=False)


@contextmanager
def status(what: str) -> Iterator[None]:
    """Says that `what` is going on until the block ends. Put it around anything that may take longer than two seconds."""
    if not _side.is_terminal:
        print(f"{what} ...", file=sys.stderr, flush=True)
        yield
        return
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=_side, transient=True) as shown:
        shown.add_task(what, total=None)
        yield


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Shows how much of `total` steps is done; the block calls what it gets with the count so far."""
    if not _side.is_terminal:
        print(f"{what} ...", file=sys.stderr, flush=True)
        said = time.monotonic()

        def line(done: int) -> None:
            nonlocal said
            if time.monotonic() - said >= PLAIN_SECONDS:
                said = time.monotonic()
                print(f"{what}: {done} of {total}", file=sys.stderr, flush=True)

        yield line
        return
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=_side, transient=True
    ) as shown:
        bar = shown.add_task(what, total=total)
        yield lambda done: shown.update(bar, completed=done)
