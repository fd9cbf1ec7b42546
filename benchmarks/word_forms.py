"""A hundred sheets of the Word form, charts drawn too, beside docxtpl alone without any chart."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter

from docxtpl import DocxTemplate

from benchmarks.comparison import Line, take_turns
from benchmarks.workbooks import PLAN, write_plan
from kpi.charts import Style
from kpi.importing.draft import Context
from kpi.importing.matching import accept, prepare
from kpi.importing.reading import read_files
from kpi.reports.content import Report, compose
from kpi.reports.docx import forms, own_form
from kpi.reports.word_form.values import values
from kpi.store import migrate, open_database, plans

RUNS = 3
COUNT = 100
NOW = datetime(2025, 6, 20, tzinfo=UTC)


def measure(folder: Path) -> list[Line]:
    """Return the line about Word forms; ``folder`` takes the files they need."""
    report = _report(folder)

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


def _report(folder: Path) -> Report:
    workbook = folder / "forms.xlsx"
    write_plan(workbook, COUNT)
    engine = open_database(f"sqlite:///{folder / 'forms.db'}")
    migrate(engine)
    files = [(workbook.name, workbook.read_bytes())]
    preview = prepare(engine, read_files(files, Context()))
    accept(engine, preview, author="bench", reason="", now=NOW)
    [header] = [header for header in plans(engine) if header.plan.name == PLAN]
    report = compose(engine, header, day=date(2025, 6, 20))
    engine.dispose()
    return report
