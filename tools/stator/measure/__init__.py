"""What an image costs, read from the image: sizes, stack bounds, the plan's addresses, and the verdict over the budgets."""

from stator.measure.elf import Elf, read_elf
from stator.measure.plan_check import plan_check
from stator.measure.sizes import Sizes, sizes
from stator.measure.stacks import StackBound, Stacks, UnboundedStack, stacks
from stator.measure.verdict import Check, Verdict, image_verdict, run_verdict, verdict_lines, verdict_table

__all__ = [
    "Check",
    "Elf",
    "Sizes",
    "StackBound",
    "Stacks",
    "UnboundedStack",
    "Verdict",
    "image_verdict",
    "plan_check",
    "read_elf",
    "run_verdict",
    "sizes",
    "stacks",
    "verdict_lines",
    "verdict_table",
]
