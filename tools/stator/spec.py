"""Models: where the file is, what goes in and comes out, and what it may cost.

A model is a folder of `models/`, or any folder or model file by its path.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt, StringConstraints, ValidationError, model_validator

from stator.board import HALF_SAMPLES, NAME, Board, Hz, Line, Name, find_folder
from stator.dsp import FeaturesConfig
from stator.dsp.config import Block, Channels, Decimation
from stator.errors import ConfigError
from stator.paths import MODELS
from stator.yamlfile import Section, read, shown

SUFFIXES = (".tflite", ".onnx", ".keras")
Label = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_ -]*$", max_length=32)]
File = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.+-]*$", max_length=100)]


class Input(Section):
    """What the sensor delivers."""

    sample_hz: Hz
    counts_per_g: PositiveFloat  # ADC counts for 1 g
    block: Block = HALF_SAMPLES  # samples of a frame
    decimation: Decimation = 1  # scans of the sensor for each of them
    channels: Channels = 1  # samples of a scan

    @property
    def scan_hz(self) -> int:
        """How often the sensor is triggered."""
        return self.sample_hz * self.decimation

    @property
    def half_scans(self) -> int:
        """Of one half of the double buffer."""
        return self.block * self.decimation

    @property
    def half_samples(self) -> int:
        """Of one half of the double buffer, all channels together."""
        return self.half_scans * self.channels


class Window(Section):
    """What the model sees: the last `frames` columns of `columns` features each, the oldest first; without features, a half's samples."""

    frames: Annotated[int, Field(ge=1, le=4096)]
    columns: Annotated[int, Field(ge=1, le=4096)]


class Decision(Section):
    """A class is told after `debounce` equal decisions in a row."""

    debounce: Annotated[int, Field(ge=1, le=255)] = 1


class Health(Section):
    """What is usual, from the training data (docs/health.md): limits of the sensor's checks and of the drift and confidence monitors."""

    centre: Annotated[tuple[Annotated[int, Field(ge=-128, le=127)], ...], Field(max_length=4096)]  # per feature column
    weight: Annotated[tuple[Annotated[int, Field(ge=0, le=255)], ...], Field(max_length=4096)]  # per column, 16 / spread
    usual: Annotated[int, Field(ge=0, le=128)]  # distance of a column that is not counted, 1/16 of a spread
    drift_limit: Annotated[int, Field(ge=1, le=1 << 24)]
    flattest: Annotated[int, Field(ge=0, le=255)] = 0  # range of the spectrum's columns; below it is counted
    flat_limit: Annotated[int, Field(ge=1, le=65535)] = 65535
    steadiest: Annotated[int, Field(ge=-128, le=127)] = -128  # the envelopes' impulses; below it is counted
    steady_limit: Annotated[int, Field(ge=1, le=65535)] = 65535
    confidence: Annotated[int, Field(ge=0, le=255)]  # below it is counted
    doubt_limit: Annotated[int, Field(ge=1, le=1 << 24)]
    least_range: Annotated[int, Field(ge=1, le=65535)]  # largest less smallest sample of a half, counts
    offset: Annotated[int, Field(ge=1, le=65535)]  # of a half's mean from the middle of the ADC's range, counts


class Budgets(Section):
    """Limits that `build` and `run` check; what is not given is not limited. Per board where a mapping."""

    flash_bytes: PositiveInt | None = None
    sram_bytes: PositiveInt | None = None
    stack_bytes: PositiveInt | None = None
    arena_bytes: PositiveInt | None = None
    instructions: dict[Name, PositiveInt] = Field(default_factory=dict)
    cycles: dict[Name, PositiveInt] = Field(default_factory=dict)  # on boards that are RTL
    latency_us: PositiveFloat | dict[Name, PositiveFloat] | None = None
    overruns: NonNegativeInt | None = None

    def latency_us_on(self, board: Board) -> float | None:
        return self.latency_us.get(board.name) if isinstance(self.latency_us, dict) else self.latency_us


class ModelSpec(Section):
    """`model.yml`, or the defaults for a bare model file (no features, no window, no budgets)."""

    name: Annotated[str, StringConstraints(max_length=100)]
    folder: Path
    title: Line = ""
    file: File  # in the folder
    labels: Annotated[tuple[Label, ...], Field(max_length=256)] = ()
    input: Input | None = None
    features: FeaturesConfig | None = None
    window: Window | None = None
    decision: Decision = Decision()
    health: Health | None = None
    data: dict[str, Any] = Field(default_factory=dict)  # what it was trained on, for people
    scores: dict[str, Any] = Field(default_factory=dict)  # how good it is, honestly, for people
    budgets: Budgets = Budgets()
    train: Line = ""  # the command that reproduces the file

    @model_validator(mode="before")
    @classmethod
    def _frames(cls, data: Any) -> Any:
        """The front end is told what a frame of the input is."""
        told = data.get("features")
        if not isinstance(told, dict) or not isinstance(data.get("input"), dict):
            return data
        of_input = [name for name in Input.model_fields if name in told]
        if of_input:
            raise ValueError(f"features: {', '.join(of_input)}: for `input` to say")
        try:
            given = Input.model_validate(data["input"])
        except ValidationError:
            return data  # which is told where `input` is checked
        return {**data, "features": {**told, **given.model_dump(exclude={"counts_per_g"})}}

    @model_validator(mode="after")
    def _whole(self) -> Self:
        missing = [name for name, part in {"input": self.input, "window": self.window}.items() if part is None]
        if missing and (len(missing) == 1 or self.features is not None):
            raise ValueError(f"a model that watches a sensor needs input and window: {', '.join(missing)} is missing")
        samples = 0 if self.input is None else self.input.half_samples
        if self.takes_samples and self.window != Window.model_construct(frames=1, columns=samples):
            raise ValueError(f"window: without features the model takes the samples, and that is 1 frame of {samples} columns")
        if self.takes_samples and self.input is not None and self.input.decimation * self.input.channels > 1:
            raise ValueError("input: decimation and channels are for a front end, and there are no features")
        if self.takes_samples and self.health is not None:
            raise ValueError("health: there are no features whose drift could be watched")
        if self.features is not None and self.window is not None and self.features.columns != self.window.columns:
            raise ValueError(f"window: columns: {self.window.columns}, and the features make {self.features.columns}")
        if self.health is not None and (self.window is None or {len(self.health.centre), len(self.health.weight)} != {self.window.columns}):
            raise ValueError("health: centre and weight have one number per column of the window")
        return self

    @property
    def path(self) -> Path:
        """The model file."""
        return self.folder / self.file

    @property
    def c_name(self) -> str:
        """The name as a C identifier in lower case."""
        name = re.sub(r"[^a-z0-9]+", "_", self.name.lower()).strip("_")
        return name if re.match(r"[a-z]", name) else f"model_{name}".rstrip("_")

    @property
    def streams(self) -> bool:
        """Whether firmware can feed it from a sensor."""
        return self.window is not None

    @property
    def takes_samples(self) -> bool:
        """Whether it reads the DMA's halves themselves: it watches a sensor, and has no front end."""
        return self.window is not None and self.features is None

    @property
    def columns(self) -> int:
        """Features of a half, which go from task to task and into the telemetry."""
        return 0 if self.window is None or self.features is None else self.window.columns


def models() -> tuple[str, ...]:
    """Names of the models in the tree, sorted."""
    return tuple(sorted(p.parent.name for p in MODELS.glob("*/model.yml") if NAME.fullmatch(p.parent.name)))


def load_model_spec(name_or_path: str | Path) -> ModelSpec:
    """The model of this name, in this folder, or the bare file at this path. Raises ConfigError."""
    path = Path(name_or_path)
    files = "a path to a .tflite, .onnx or .keras file, or a folder of models/"
    if path.is_file() and path.name != "model.yml" and path.suffix.lower() not in SUFFIXES:
        raise ConfigError(f"{shown(path)}: is no model file", remedy=files)
    if path.suffix.lower() in SUFFIXES and str(name_or_path) not in models():
        if not path.is_file():
            raise ConfigError(f"{shown(path)}: no such model file", remedy=files)
        path = path.resolve()
        return ModelSpec.model_construct(name=path.stem, folder=path.parent, file=path.name)
    folder = find_folder(name_or_path, MODELS, "model", models())
    spec = read(folder / "model.yml", ModelSpec, {"name": folder.name, "folder": folder})
    if not spec.path.is_file():
        raise ConfigError(
            f"{shown(folder / 'model.yml')}: file: {spec.file} is not in that folder",
            remedy=spec.train or "put the model file there",
        )
    return spec
