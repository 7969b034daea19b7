"""Models as a user names several of them."""

from __future__ import annotations

from stator.data import available
from stator.data.archives import unpacked
from stator.errors import ConfigError
from stator.spec import ModelSpec, load_model_spec, models

SETS = ("mlperf_tiny",)


def words(text: str) -> list[str]:
    """The words between commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


def specs(text: str) -> list[ModelSpec]:
    """Names of models/, paths and names of sets, separated by commas. Raises ConfigError."""
    found = [spec for word in words(text) for spec in _specs(word)]
    if not found:
        raise ConfigError("no model is named", remedy=f"one or more of: {', '.join((*models(), *SETS))}")
    return found


def _specs(word: str) -> list[ModelSpec]:
    if word not in SETS:
        return [load_model_spec(word)]
    if not available(word):
        raise ConfigError(
            f"the reference models '{word}' are not here", remedy="set STATOR_DATA to the folder that holds mlperf_tiny.tar.xz"
        )
    return [load_model_spec(path) for path in sorted((unpacked(word) / "models").glob("*.tflite"))]
