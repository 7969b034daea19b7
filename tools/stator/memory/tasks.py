"""`firmware/app/tasks.yml`: the tasks of the monitor, their stacks, queues and kernel objects."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, NonNegativeInt, PositiveInt, StringConstraints

from stator.board import Board, Name
from stator.errors import ConfigError
from stator.paths import FIRMWARE
from stator.yamlfile import Section, read, shown

TASKS_FILE = FIRMWARE / "app" / "tasks.yml"
OBJECT_ALIGN = 8

Core = Annotated[str, StringConstraints(pattern=r"^(arm|riscv|host|[a-z0-9]+-[a-z0-9]+)$")]
StackBytes = dict[Core, Annotated[int, Field(ge=64, multiple_of=16)]]


class Stack(Section):
    """Stack bytes per ISA, and per core where one of them needs more."""

    stack_bytes: StackBytes


class Task(Stack):
    """A task; a larger priority is more urgent."""

    priority: NonNegativeInt


class ItemBytes(Section):
    """Bytes of a queue's item: a fixed part, and some for every feature column and class of the model."""

    fixed: NonNegativeInt
    per_column: NonNegativeInt = 0
    per_class: NonNegativeInt = 0

    def bytes(self, columns: int, classes: int) -> int:
        """For this model, rounded up to 8."""
        exact = self.fixed + self.per_column * columns + self.per_class * classes
        return -(-exact // OBJECT_ALIGN) * OBJECT_ALIGN


class Queue(Section):
    """A static queue of `length` items."""

    length: PositiveInt
    item_bytes: ItemBytes


class Objects(Section):
    """Bytes kept for each kernel object; the port asserts that they are enough."""

    task_bytes: PositiveInt
    queue_bytes: PositiveInt


class Tasks(Section):
    """The whole file."""

    tasks: dict[Name, Task]
    main: Stack
    queues: dict[Name, Queue]
    objects: Objects


def load_tasks(path: Path = TASKS_FILE) -> Tasks:
    """Reads the file. Raises ConfigError."""
    return read(path, Tasks)


def stack_bytes(stack: Stack, what: str, board: Board) -> int:
    """The stack's size on this board; on the host, which has no such stacks, the largest."""
    if board.isa == "host":
        return max(stack.stack_bytes.values())
    if board.isa not in stack.stack_bytes:
        raise ConfigError(f"{shown(TASKS_FILE)}: {what}: stack_bytes has no size for {board.isa}, add it")
    return stack.stack_bytes.get(board.core, stack.stack_bytes[board.isa])
