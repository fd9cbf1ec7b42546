"""A hundred indicators as slides and as a workbook, beside the least their libraries can do.

The peers write a hundred charts of the same figures as python-pptx and XlsxWriter offer them: no
label at a point, no table, no mark, no notes, no sources. Both of ours tell the figures composed
before; reading and judging the plan is not counted.
"""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter

import xlsxwriter
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from benchmarks.comparison import Line, take_turns
from kpi.charts import DataSheet, Style, data_sheet
from kpi.reports.content import Report, compose
from kpi.reports.pptx import slides
from kpi.reports.xlsx import workbook
from kpi.settings import SAMPLES
from kpi.store import migrate, open_database, plans
from tests.acts import import_bytes

RUNS = 5
INDICATORS, TO_A_MEASURE = 100, 10


def measure(folder: Path) -> list[Line]:
    """Return a line for each of the two formats."""
    report = _report(folder)
    sheets = [data_sheet(sheet.spec) for sheet in report.sheets]

    def seconds(make: object, *given: object) -> float:
        start = perf_counter()
        make(*given)  # type: ignore[operator]
        return perf_counter() - start

    ours, peer, ours_listed, peer_listed = take_turns(
        [
            lambda: seconds(slides, report, Style.COLOUR),
            lambda: seconds(_bare_slides, sheets),
            lambda: seconds(workbook, report, Style.COLOUR),
            lambda: seconds(_bare_workbook, sheets),
        ],
        RUNS,
    )
    return [
        Line(f"{INDICATORS} indicators, slides", ours, "python-pptx, bare charts", peer, "s"),
        Line(
            f"{INDICATORS} indicators, workbook",
            ours_listed,
            "XlsxWriter, bare charts",
            peer_listed,
            "s",
        ),
    ]


def _report(folder: Path) -> Report:
    """Return the report on a sample plan, its indicators over and over until there are enough."""
    engine = open_database(f"sqlite:///{folder / 'office.db'}")
    migrate(engine)
    for file in (f for samples in SAMPLES for f in sorted(samples.glob("見本市*"))):
        import_bytes(engine, (file.name, file.read_bytes()))
    header = next(header for header in plans(engine) if header.plan.name == "見本市総合計画")
    report = compose(engine, header, day=date(2025, 6, 30))
    engine.dispose()
    many = list(islice(cycle(report.sheets), INDICATORS))
    sections = tuple(
        replace(report.sections[0], sheets=tuple(many[n : n + TO_A_MEASURE]), projects=())
        for n in range(0, INDICATORS, TO_A_MEASURE)
    )
    return replace(report, sections=sections)


def _bare_slides(sheets: list[DataSheet]) -> None:
    presentation = Presentation()
    for sheet in sheets:
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        data = CategoryChartData()
        data.categories = sheet.year_labels
        for column in sheet.columns:
            data.add_series(column.name, column.values)
        place = Inches(1), Inches(2), Inches(8), Inches(5)
        slide.shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, *place, data)
    presentation.save(io.BytesIO())


def _bare_workbook(sheets: list[DataSheet]) -> None:
    with xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True}) as book:
        figures, charts = book.add_worksheet("figures"), book.add_worksheet("charts")
        row = 0
        for number, sheet in enumerate(sheets):
            chart = book.add_chart({"type": "line"})
            for column in sheet.columns:
                figures.write(row, 0, column.name)
                figures.write_row(row, 1, ["" if v is None else v for v in column.values])
                chart.add_series({"values": ["figures", row, 1, row, len(column.values)]})
                row += 1
            charts.insert_chart(number * 20, 0, chart)
