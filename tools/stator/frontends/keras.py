"""Keras files (.keras), by TensorFlow's converter. A float model stays one: `compile --calibrate DIR` makes it INT8."""

from __future__ import annotations

from stator.errors import UnsupportedOperator
from stator.frontends import Survey, tflite
from stator.ir import Graph
from stator.ptq import to_tflite
from stator.runtimes._remedies import QUANTIZE

SUFFIXES = (".keras",)


def read(data: bytes, name: str) -> Graph:
    """Reads the bytes of a .keras file. Raises ModelError, UnsupportedOperator, or ToolError where TensorFlow is not installed."""
    converted = to_tflite(data, name)
    try:
        return tflite.read(converted, name)
    except UnsupportedOperator as error:
        raise UnsupportedOperator(error.what, details=error.details, remedy=QUANTIZE) from None


def survey(data: bytes, name: str) -> Survey:
    """Every operator that the file becomes."""
    return tflite.survey(to_tflite(data, name), name)
