"""Which variants of a kernel there are, and which one a board gets. Found in `firmware/kernels/*/kernels.inc`; nothing lists them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stator.errors import ConfigError

#: The folder of kernel folders, in a checkout.
KERNELS = Path(__file__).resolve().parents[2] / "firmware" / "kernels"

_LINE = re.compile(r"^STATOR_KERNEL\((\w+), *(\w+), *(\w*) *\)$")


@dataclass(frozen=True, slots=True)
class Kernel:
    """One variant: `kernel` ("conv2d_s8"), its `isa` tag ("ref", "c", "v7em") and `tile` ("" or "_4x2"); `source` is its file."""

    kernel: str
    isa: str
    tile: str
    source: Path

    @property
    def symbol(self) -> str:
        return f"stator_{self.kernel}__{self.isa}{self.tile}"


def kernels(folder: Path = KERNELS) -> tuple[Kernel, ...]:
    """Every variant that a kernels.inc declares, in the order of folders and lines."""
    found: list[Kernel] = []
    for listing in sorted(folder.glob("*/kernels.inc")):
        for number, line in enumerate(listing.read_text(encoding="utf-8").splitlines(), start=1):
            if not line.strip():
                continue
            match = _LINE.match(line.strip())
            if match is None:
                raise ConfigError(f"{listing}:{number}: not a line like STATOR_KERNEL(conv2d_s8, c, )")
            kernel, isa, tile = match.groups()
            stem = listing.parent / f"{listing.parent.name}_{isa}{tile}"
            source = next((s for s in (stem.with_suffix(".S"), stem.with_suffix(".c")) if s.is_file()), None)
            if source is None:
                raise ConfigError(f"{listing}:{number}: neither {stem.name}.c nor {stem.name}.S is there")
            found.append(Kernel(kernel, isa, tile, source))
    return tuple(found)


def select(kernel: str, preference: Sequence[str], folder: Path = KERNELS) -> Kernel:
    """The variant of `kernel` whose ISA tag comes first in `preference` (`kernels:` of board.yml); `ref` where none does."""
    variants = [k for k in kernels(folder) if k.kernel == kernel]
    for isa in (*preference, "ref"):
        for variant in variants:
            if variant.isa == isa:
                return variant
    raise ConfigError(f"no kernel {kernel} in {folder}", remedy="one folder with a kernels.inc line per variant")
