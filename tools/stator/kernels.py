"""Which variants of a kernel there are, and which one a layer gets. Found in `firmware/kernels/*/kernels.inc`; nothing lists them.

A line `STATOR_KERNEL(<op>_<types>, <isa>, <tile>)` declares a variant that takes the operator's own struct. A line
`STATOR_KERNEL_PACKED(...)` declares one that reads its constants in a layout of its own, takes scratch, or takes only some layers:
`tools/stator/variants/<op>_<types>__<isa><tile>.py` lays a layer's constants out for it, or says why it does not take the layer.
"""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from stator.errors import ConfigError
from stator.ops import KernelCall
from stator.variants import LayOut, NotTaken

#: The folder of kernel folders, in a checkout.
KERNELS = Path(__file__).resolve().parents[2] / "firmware" / "kernels"

#: What every machine runs, the faster first.
PORTABLE = ("c", "ref")

_LINE = re.compile(r"^STATOR_KERNEL(_PACKED)?\((\w+), *(\w+), *(\w*) *\)$")


@dataclass(frozen=True, slots=True)
class Kernel:
    """One variant: `kernel` ("conv2d_s8"), its `isa` tag ("ref", "c", "v7em") and `tile` ("" or "_4x2"); `sources` are its files,
    a .c, a .S or one of each. `packed`: it has a layout of its own."""

    kernel: str
    isa: str
    tile: str
    sources: tuple[Path, ...]
    packed: bool = False

    @property
    def name(self) -> str:
        return f"{self.kernel}__{self.isa}{self.tile}"

    @property
    def symbol(self) -> str:
        return f"stator_{self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """A variant that takes a layer, the call as that variant takes it, the ones before it that do not take the layer, with why, and
    why of all that do the layer gets this one."""

    kernel: Kernel
    call: KernelCall
    passed_over: tuple[tuple[str, str], ...]
    why: str = ""

    @property
    def table_bytes(self) -> int:
        """Of the layer's constants, as the variant lays them out."""
        return sum(constant.bytes for constant in self.call.constants)


@functools.cache
def kernels(folder: Path = KERNELS) -> tuple[Kernel, ...]:
    """Every variant that a kernels.inc declares, in the order of folders and lines. A folder is read once: every layer asks."""
    found: list[Kernel] = []
    for listing in sorted(folder.glob("*/kernels.inc")):
        for number, line in enumerate(listing.read_text(encoding="utf-8").splitlines(), start=1):
            if not line.strip():
                continue
            match = _LINE.match(line.strip())
            if match is None:
                raise ConfigError(f"{listing}:{number}: not a line like STATOR_KERNEL(conv2d_s8, c, )")
            packed, kernel, isa, tile = match.groups()
            stem = f"{listing.parent.name}_{isa}{tile}"
            sources = tuple(s for s in (listing.parent / f"{stem}.c", listing.parent / f"{stem}.S") if s.is_file())
            if not sources:
                raise ConfigError(f"{listing}:{number}: neither {stem}.c nor {stem}.S is there")
            found.append(Kernel(kernel, isa, tile, sources, bool(packed)))
    return tuple(found)


def choose(call: KernelCall, preference: Sequence[str], folder: Path = KERNELS) -> Choice:
    """The first variant that takes the layer: by the order of ISA tags in `preference` (`kernels:` of board.yml), then by the order of
    lines in kernels.inc; `ref` comes last by itself and takes every layer."""
    found = next(candidates(call, preference, folder), None)
    if found is None:
        raise ConfigError(f"no kernel {call.kernel} in {folder}", remedy="one folder with a kernels.inc line per variant")
    return found


def candidates(call: KernelCall, preference: Sequence[str], folder: Path = KERNELS) -> Iterator[Choice]:
    """Every variant that takes the layer, in the order of `choose`."""
    passed_over: list[tuple[str, str]] = []
    for variant, form in _in_order(call, preference, folder):
        try:
            yield Choice(variant, laid_out(variant, form), tuple(passed_over))
        except NotTaken as why:
            passed_over.append((variant.symbol, str(why)))


def _in_order(call: KernelCall, preference: Sequence[str], folder: Path) -> Iterator[tuple[Kernel, KernelCall]]:
    """Of an ISA tag, variants of the call's own kernel come before those of what may be called instead."""
    found = kernels(folder)
    forms = [form for form in (call, call.instead) if form is not None]
    for isa in dict.fromkeys((*preference, "ref")):
        yield from ((k, form) for form in forms for k in found if (k.kernel, k.isa) == (form.kernel, isa))


def laid_out(variant: Kernel, call: KernelCall) -> KernelCall:
    """The call as `variant` takes it. Raises NotTaken where it does not take the layer."""
    return _lay_out(variant.name)(call) if variant.packed else call


@functools.cache
def _lay_out(name: str) -> LayOut:
    try:
        found: LayOut = importlib.import_module(f"stator.variants.{name}").lay_out
    except ModuleNotFoundError:
        raise ConfigError(
            f"kernel {name} has a layout of its own, and nothing makes it", remedy=f"tools/stator/variants/{name}.py"
        ) from None
    return found
