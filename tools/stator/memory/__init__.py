"""The one memory plan: every byte of RAM that is planned, with its address."""

from __future__ import annotations

from stator.memory.plan import Bank, Item, MemoryPlan, arena_bound, plan
from stator.memory.sampling import Sampling
from stator.memory.tasks import Tasks, load_tasks

__all__ = ["Bank", "Item", "MemoryPlan", "Sampling", "Tasks", "arena_bound", "load_tasks", "plan"]
