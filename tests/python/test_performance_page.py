"""docs/performance.md says what the verbs measure."""

from __future__ import annotations

import pytest

from stator.data.archives import available
from tests.python import performance_page as page

pytestmark = [
    pytest.mark.slow,
    pytest.mark.sim,
    pytest.mark.data,
    pytest.mark.skipif(not available("cwru"), reason="the recordings are not here: set STATOR_DATA to their folder"),
]


def test_figures_of_the_page_are_those_that_are_measured() -> None:
    text = page.PAGE.read_text(encoding="utf-8")
    compilers, simulator = page.settings()
    if compilers not in text or simulator not in text:
        pytest.skip(f"the page was made with other tools than {compilers} and {simulator}")
    for heading, table in page.checked().items():
        assert table in text, f"{heading}: run `python -m tests.python.performance_page`; measured now:\n{table}"
