"""A hundred sheets of the Word form, charts drawn too, beside docxtpl alone without any chart."""

from __future__ import annotations

import io
from pathlib import Path
from time import perf_counter

from docxtpl import DocxTemplate

from benchmarks.comparison import Line, take_turns
from benchmarks.recorded import reported
from kpi.charts import Style
from kpi.reports.docx import forms, own_form
from kpi.reports.word_form.values import values

RUNS = 3
COUNT = 100


def measure(folder: Path) -> list[Line]:
    """Return the line about Word forms; ``folder`` takes the files they need."""
    report = reported(folder, COUNT)

    def ours() -> float:
        begun = perf_counter()
        forms(report, Style.COLOUR)
        return perf_counter() - begun

    form = own_form(Style.COLOUR.theme)

    def peer() -> float:
        begun = perf_counter()
        for sheet in report.sheets:
            document = DocxTemplate(io.BytesIO(form))
            document.render(values(report, sheet), autoescape=True)
            document.save(io.BytesIO())
        return perf_counter() - begun

    times = take_turns([ours, peer], RUNS)
    what = f"{COUNT} sheets of the Word form with charts"
    return [Line(what, times[0], "docxtpl, a file each, without charts", times[1], "s")]
