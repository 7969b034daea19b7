"""docs/operators.md says what the operators' tests compare."""

from __future__ import annotations

from stator.ir import DType
from stator.ops import operators
from tests.python import operators_page


def test_the_page_is_what_the_random_models_are() -> None:
    assert operators_page.PAGE.read_text(encoding="utf-8") == operators_page.page(), "run `python -m tests.python.operators_page`"


def test_every_operator_stands_there_and_formats_stand_where_they_are_taken() -> None:
    found = operators_page.types()
    assert set(found) == set(operators())
    with_int4 = {name for name, types in found.items() if DType.INT4 in types}
    assert with_int4 == {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"}
    assert {"CONV_2D", "SOFTMAX", "ADD", "TANH"} <= {name for name, types in found.items() if DType.INT16 in types}
