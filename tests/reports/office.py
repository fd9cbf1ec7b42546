"""What the tests of reports start from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from kpi.model import FiscalYear, Note, NoteKind
from kpi.reports.content import IndicatorSheet, Report
from kpi.store import NoteEntry

DAY = date(2025, 6, 30)
#: Signs that mean something in XML, in templates, to Excel or to a browser; and rare letters.
HOSTILE = '=1+1 & <b>"髙﨑"</b> ①㎡▲〜𠮷 {{ 7*7 }} #[x]$ _x0041_'
ARREARS = "国民健康保険料収入率等 収入未済額"


def sheet_of(report: Report, title: str) -> IndicatorSheet:
    return next(sheet for sheet in report.sheets if sheet.line.title == title)


def only(report: Report, sheet: IndicatorSheet, **changes: object) -> Report:
    """The report with this one sheet alone."""
    section = replace(report.sections[0], sheets=(sheet,), projects=())
    return replace(report, sections=(section,), **changes)


def named(sheet: IndicatorSheet, name: str) -> IndicatorSheet:
    """The sheet of an indicator of another name."""
    return replace(
        sheet,
        line=replace(sheet.line, title=name, indicator=name),
        spec=replace(sheet.spec, title=name, sentence=f"{name}の推移。"),
    )


def noted(sheet: IndicatorSheet, text: str) -> IndicatorSheet:
    """The sheet with this text as the analysis of causes."""
    note = Note(1, FiscalYear(sheet.reporting_year), NoteKind.CAUSE, 0, text)
    return replace(sheet, notes=(NoteEntry(note, "課長", datetime(2025, 6, 1, tzinfo=UTC), "b"),))


def alike(values: tuple[float | None, ...], expected: tuple[float | None, ...]) -> bool:
    """Whether figures are the same to the 16th digit, which is all a workbook keeps."""
    return [None if v is None else f"{v:.15g}" for v in values] == [
        None if v is None else f"{v:.15g}" for v in expected
    ]
