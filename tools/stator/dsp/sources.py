"""Which files of `firmware/dsp/` a board's front end is made of: a file in a set's folder takes the place of the portable one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from stator.dsp.config import SAMPLES, FeaturesConfig
from stator.paths import FIRMWARE

#: The folder of the front end: portable files, and a folder per set that has faster ones of the same names.
DSP = FIRMWARE / "dsp"


def sources(preference: Sequence[str], folder: Path = DSP, config: FeaturesConfig | None = None) -> tuple[Path, ...]:
    """For each portable file the first that a set of `preference` (`kernels:` of board.yml) has in its place, else itself.

    The sets take frames of 1,024 samples one behind the other; any others are the portable files'.
    """
    chosen: list[Path] = []
    sets = () if config is not None and config.portable else preference
    for portable in sorted(folder.glob("*.c")):
        faster = [file for isa in sets if (file := folder / isa / f"{portable.stem}.S").is_file()]
        chosen.append(faster[0] if faster else portable)
    return tuple(chosen)


def definitions(config: FeaturesConfig) -> tuple[str, ...]:
    """What the firmware is compiled with: what a model does not use is not linked."""
    mel = ("STATOR_FEATURES_MEL",) if config.spectrum_scale == "mel" else ()
    return (*mel, *frame(config.block), *_unless_one("DECIMATION", config.decimation), *_unless_one("CHANNELS", config.channels))


def frame(samples: int) -> tuple[str, ...]:
    """The same for the size of a frame."""
    return () if samples == SAMPLES else (f"STATOR_FRAME_SAMPLES={samples}u",)


def _unless_one(name: str, value: int) -> tuple[str, ...]:
    return () if value == 1 else (f"STATOR_{name}={value}u",)
