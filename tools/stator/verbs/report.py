"""report: one page of what was built and run."""

from __future__ import annotations

import tempfile
import webbrowser
from pathlib import Path

from stator.paths import ROOT
from stator.verb import Results, console, status, verb
from stator.yamlfile import shown


@verb(
    help={"open": "open the page in the web browser"},
    examples=("report", "report --open"),
)
def report(open: bool = False) -> Results:
    """Writes build/report.html: what the kept runs decided, exactness, instructions, timing, memory, stacks, budgets.

    The page needs nothing else and works offline. Runs are kept by `run`, layers by `bench`.
    """
    from stator.report import collect, page  # draws with Matplotlib, which is slow to load

    with status("drawing the report"):
        chapters, left_out = collect(ROOT / "build")
        text = page(chapters)
    target = ROOT / "build" / "report.html"
    with tempfile.NamedTemporaryFile("w", dir=target.parent, prefix=".report.", delete=False, encoding="utf-8") as file:
        file.write(text)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(target)
    runs = sum(len(chapter.runs) for chapter in chapters)
    console.print(f"{shown(target)}: {len(chapters)} images, {runs} runs, {len(text) / 1024:,.0f} KB")
    for line in left_out:
        console.print(f"left out: {line}")
    if open:
        webbrowser.open(target.as_uri())
    return {"report": str(target), "images": len(chapters), "runs": runs}
