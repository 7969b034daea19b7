"""The report: what was built and run, on one page that works offline."""

from stator.report.collect import Chapter, collect
from stator.report.page import page

__all__ = ["Chapter", "collect", "page"]
