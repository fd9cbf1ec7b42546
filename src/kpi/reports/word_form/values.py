"""What the placeholders of a form become: the texts of one indicator, and of the whole report."""

from __future__ import annotations

from collections.abc import Iterator

from kpi.charts import SIGNS, Calendar, Mark
from kpi.charts.arrangement import mark_words
from kpi.charts.spec import year_label
from kpi.model import NoteKind
from kpi.notation import full_date, full_year
from kpi.reports.content import IndicatorSheet, Report, YearColumn
from kpi.reports.word_form.fields import (
    LISTS,
    PICTURE,
    SHARED,
    Values,
    coloured,
    name,
    plain,
    strong,
)
from kpi.words import say

#: The names of `kpi.charts.sentences.Verdict.measures`, in their order.
_MEASURES = ("met", "attainment", "progress", "elapsed", "pace")
#: More columns of years than these are not to be read on a sheet of A4 upright.
_YEARS_ABREAST = 13
#: A target in more letters than these does not fit over a year; it is told below.
_LETTERS_OVER_A_YEAR = 9


def marked(mark: Mark | None, calendar: Calendar) -> str:
    """Return the sign and the word of a mark; empty where nothing is rated."""
    if mark is None:
        return ""
    hand = say("report.docx.hand") if mark.by_hand else ""
    return f"{coloured(mark.sign, mark.colour)} {plain(mark_words(mark, calendar) + hand)}"


def shared_values(report: Report) -> Values:
    """Return what the placeholders of the whole report become."""
    texts = (
        report.municipality,
        report.plan,
        full_year(report.reporting_year),
        full_date(report.day),
        "".join(report.rules),
    )
    return {name(key): plain(text) for key, text in zip(SHARED, texts, strict=True)}


def values(report: Report, sheet: IndicatorSheet) -> Values:
    """Return what the placeholders of one indicator become, those of the report too."""
    texts = {
        **_described(sheet),
        **_judged(sheet),
        "long_targets": "\n".join(_long_targets(sheet)),
        "cause": sheet.told(NoteKind.CAUSE),
        "action": sheet.told(NoteKind.ACTION),
        "confirmation": sheet.told(NoteKind.CONFIRMATION),
        "note": sheet.told(NoteKind.FREE),
        "chart_told": sheet.spec.sentence,
        "chart_notes": sheet.spec.axis_note + sheet.spec.notes,
        "provisional": say("list.comma").join(map(full_year, sheet.provisional_years)),
        "source": sheet.spec.source,
    }
    rows = {
        "years": [_year(sheet, column) for column in sheet.years],
        "year_rows": list(_year_rows(sheet)),
        "targets": [
            _row(sheet, "targets", line.title, line.year, line.text, line.mark, line.remark)
            for line in sheet.targets
        ],
        "ratings": _ratings(sheet),
        "measures": [
            _row(sheet, "measures", one.name, one.value, one.meaning)
            for one in (sheet.verdict.measures if sheet.verdict else ())
        ],
        "facts": [
            _row(sheet, "facts", fact.year, fact.kind, fact.value, fact.state, fact.source)
            for fact in sheet.facts
        ],
    }
    return {
        **shared_values(report),
        **{name(key): plain(text) for key, text in texts.items()},
        name("mark"): marked(sheet.verdict.mark if sheet.verdict else None, sheet.spec.calendar),
        name("chart"): PICTURE,
        **{name(key): list_ for key, list_ in rows.items()},
    }


def _described(sheet: IndicatorSheet) -> dict[str, str]:
    """Return what the plan says of the indicator, and its latest figures."""
    line = sheet.line
    return {
        "code": sheet.code,
        "title": line.title,
        "indicator": line.indicator,
        "series": line.series,
        "unit": line.unit,
        "direction": sheet.direction,
        "policy": sheet.path[-1] if sheet.path else "",
        "path": say("report.docx.path").join(sheet.path),
        "department": line.department,
        "origin": sheet.origin,
        "actual": f"{line.latest}{line.unit}" if line.latest else "",
        "actual_year": line.latest_year if line.latest else "",
        "change": line.change,
    }


def _judged(sheet: IndicatorSheet) -> dict[str, str]:
    """Return how the target in focus stands; empty texts where there is none."""
    told = sheet.verdict
    target = next(
        (line for line in sheet.targets if line.period == sheet.focus and line.mark), None
    )
    by_hand = told.mark.by_hand if told and told.mark else ""
    measures = dict.fromkeys(_MEASURES, "")
    if told is not None:
        pairs = zip(_MEASURES, told.measures, strict=True)
        measures = {key: measure.value for key, measure in pairs}
    return {
        "target": target.text if target else "",
        "target_year": target.year if target else "",
        "letter": told.mark.letter if told and told.mark else "",
        "judged_by": (told.rule if told else "") + by_hand,
        "when": told.when if told else "",
        "reason": sheet.headline + (told.outlook if told else ""),
        **measures,
    }


def _year(sheet: IndicatorSheet, column: YearColumn) -> Values:
    short = column.target
    if len(short) > _LETTERS_OVER_A_YEAR:
        short = say("report.docx.below")
    label, full = year_label(column.year, sheet.spec.calendar), full_year(column.year)
    row = _row(
        sheet, "years", label, full, column.target, "", column.actual, column.state, column.mark
    )
    return {**row, name("short_target", "years"): strong(plain(short))}


def _year_rows(sheet: IndicatorSheet) -> Iterator[Values]:
    """Return the years in as many rows as they take, all as long as the first."""
    count = -(-len(sheet.years) // _YEARS_ABREAST)
    length = -(-len(sheet.years) // count) if count else 0
    blank = _row(sheet, "years", *("" for _ in LISTS["years"]))
    for begin in range(0, len(sheet.years), length or 1):
        own = [_year(sheet, column) for column in sheet.years[begin : begin + length]]
        yield {name("years"): own + [blank] * (length - len(own))}


def _long_targets(sheet: IndicatorSheet) -> Iterator[str]:
    """Return the targets that the table of years refers to."""
    for column in sheet.years:
        if len(column.target) > _LETTERS_OVER_A_YEAR:
            year = full_year(column.year)
            yield say("report.docx.long_target", year=year, target=column.target)
    # What is for no year stands over none.
    for line in sheet.targets:
        if not line.year:
            yield say("report.docx.long_target", year=line.title, target=line.text)


def _ratings(sheet: IndicatorSheet) -> list[Values]:
    """Return every rating there could be, the given one set apart."""
    given = sheet.verdict.mark if sheet.verdict else None
    rows = []
    for band in sheet.ratings:
        is_given = given is not None and given.letter == band.letter
        letter = plain(band.letter)
        label = plain(given.label if given and is_given else band.label)
        rows.append(
            {
                name("box", "ratings"): say(f"report.docx.box.{'yes' if is_given else 'no'}"),
                name("letter", "ratings"): strong(letter) if is_given else letter,
                name("mark", "ratings"): f"{coloured(SIGNS[band.shape], band.colour)} "
                + (strong(label) if is_given else label),
            }
        )
    return rows


def _row(sheet: IndicatorSheet, of: str, *cells: str | Mark | None) -> Values:
    """Return the cells of a list's row by their placeholders."""
    calendar = sheet.spec.calendar
    return {
        name(key, of): plain(cell) if isinstance(cell, str) else marked(cell, calendar)
        for key, cell in zip(LISTS[of], cells, strict=True)
    }
