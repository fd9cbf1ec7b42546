"""The booklet and the web page of a hundred indicators, beside Chromium printing that page."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

from benchmarks.comparison import Line, take_turns
from benchmarks.pages import started_browser
from benchmarks.recorded import reported
from kpi.charts import Style
from kpi.reports.html import web_page
from kpi.reports.pdf import booklet

RUNS = 5
COUNT = 100


def measure(folder: Path) -> list[Line]:
    """Return the lines about booklets; ``folder`` takes the files they need."""
    report = reported(folder, COUNT)
    page = folder / "page.html"
    page.write_bytes(web_page(report, Style.COLOUR))

    def ours() -> float:
        begun = perf_counter()
        booklet(report, Style.COLOUR)
        return perf_counter() - begun

    def written() -> float:
        begun = perf_counter()
        web_page(report, Style.COLOUR)
        return perf_counter() - begun

    with started_browser() as browser:

        def peer() -> float:
            begun = perf_counter()
            tab = browser.new_page()
            tab.goto(page.as_uri())
            tab.pdf(outline=True, tagged=True)
            tab.close()
            return perf_counter() - begun

        times = take_turns([ours, written, peer], RUNS)
    beside = "Chromium prints the web page"
    return [
        Line(f"booklet of {COUNT} indicators", times[0], beside, times[2], "s"),
        Line(f"web page of {COUNT} indicators", times[1], beside, times[2], "s"),
    ]
