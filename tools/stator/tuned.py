"""What each variant of a kernel took for a layer, measured by `invoke tune`: a table per core, `tuned/<core>.json`, which is committed.

Layers are told apart by their sizes alone. Weights, scales and zero points are not in the table, so models of one shape share its lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, PositiveInt, ValidationError

from stator.board import Board
from stator.errors import ConfigError
from stator.files import write_bytes
from stator.ops import KernelCall
from stator.yamlfile import Section, shown

FOLDER = Path(__file__).with_name("tuned")
_VALUES = re.compile(r"(zero_point|activation_m(in|ax)|shift|furthest|backwards|(?<!depth_)multiplier)$")  # no sizes


class Table(Section):
    """`counts`: what the figures are, a field's name of docs/contract.md; `measured`: on what. `code_bytes`: of a variant's object
    files. `layers`: by `signature`, then by variant."""

    counts: str = ""
    measured: str = ""
    code_bytes: dict[str, PositiveInt] = Field(default_factory=dict)
    layers: dict[str, dict[str, PositiveInt]] = Field(default_factory=dict)

    def of(self, call: KernelCall) -> Mapping[str, int]:
        """Figures by variant; none where the layer was not measured."""
        return self.layers.get(signature(call), {})


def file(board: Board) -> Path:
    """The table of the board's core. The A extension is nothing to a kernel: an RV32IMC core has that of an RV32IMAC one."""
    return FOLDER / f"{board.core.replace('imac', 'imc')}.json"


def table(board: Board) -> Table:
    """The table as it is now, empty where there is none. Raises ConfigError for a file that is no table."""
    path = file(board)
    if not path.is_file():
        return Table()
    try:
        return Table.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise ConfigError(
            f"{shown(path)} is no table: {error.errors()[0]['msg']}", remedy="take the committed one, or `invoke tune`"
        ) from None


def write(board: Board, made: Table) -> Path:
    """Writes the table of the board's core."""
    path = file(board)
    content = {"counts": made.counts, "measured": made.measured, "code_bytes": made.code_bytes, "layers": made.layers}
    path.parent.mkdir(exist_ok=True)
    write_bytes(path, (json.dumps(content, indent=1, sort_keys=True) + "\n").encode())
    return path


def signature(call: KernelCall) -> str:
    """A layer's kernel and sizes; what is left out is 1, a padding 0."""
    sizes = [(name, value) for name, value in call.params if isinstance(value, int | tuple) and not _VALUES.search(name)]
    shown_ = [f"{name}={_text(value)}" for name, value in sizes if value != (0 if name.startswith("pad") else 1)]
    return " ".join([call.kernel, *shown_])


def _text(value: int | tuple[int, ...]) -> str:
    return "x".join(map(str, value)) if isinstance(value, tuple) else str(value)
