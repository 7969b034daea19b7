"""Models that ask the sensor for other things: the bearing model behind another `input`."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from ruamel.yaml import YAML

from stator.paths import MODELS


def variant(folder: Path, **sections: Mapping[str, object]) -> Path:
    """A copy of the bearing model in `folder` (a new one) whose sections of model.yml are changed so. Its limits and budgets, which are
    true for no other input, are gone."""
    folder.mkdir(parents=True)
    shutil.copy(MODELS / "bearing" / "bearing.tflite", folder)
    said = YAML(typ="safe").load(MODELS / "bearing" / "model.yml")
    for section in ("budgets", "health"):
        del said[section]
    for section, fields in sections.items():
        said[section] |= fields
    YAML().dump(said, folder / "model.yml")
    return folder
