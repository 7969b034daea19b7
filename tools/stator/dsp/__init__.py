"""The front end on the host: its configuration, its bit-exact NumPy twin, and its tables as C. `docs/front-end.md` specifies it."""

from stator.dsp.config import Bearing, FeaturesConfig, Line, Quantizer
from stator.dsp.emit import emit_config
from stator.dsp.front_end import features, octaves

__all__ = ["Bearing", "FeaturesConfig", "Line", "Quantizer", "emit_config", "features", "octaves"]
