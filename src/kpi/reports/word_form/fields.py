"""The placeholders of a form: what each is called in Word, what it is, and what it becomes.

A value is a text, or for a list as many rows of them. Where a text is to be more than a text, signs
that no document has stand around it: see `coloured`, `strong`, `PICTURE`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kpi.charts import Mark
from kpi.model import NoteKind
from kpi.notation import full_year, short_year
from kpi.reports.content import IndicatorSheet, Report, YearColumn
from kpi.words import say

#: Texts by placeholder, and rows of such by list.
Values = dict[str, Any]

#: Begin and end of what is more than text. No character has these numbers in any document.
BEGIN, END = "\ufdd0", "\ufdd1"
#: What becomes the chart.
PICTURE = f"{BEGIN}#{END}"

#: Placeholders of the whole report; headers and footers know these alone.
SHARED = ("municipality", "plan", "year", "day", "rules")
#: Placeholders of one indicator.
OWN = (
    "code",
    "title",
    "indicator",
    "series",
    "unit",
    "direction",
    "policy",
    "path",
    "department",
    "origin",
    "target",
    "target_year",
    "actual",
    "actual_year",
    "change",
    "mark",
    "letter",
    "judged_by",
    "when",
    "reason",
    "met",
    "attainment",
    "progress",
    "elapsed",
    "pace",
    "long_targets",
    "cause",
    "action",
    "confirmation",
    "note",
    "chart",
    "chart_told",
    "chart_notes",
    "provisional",
    "source",
)
#: Lists, and the placeholders of a row of each. A list in another's row is repeated within it.
LISTS = {
    "years": ("label", "full", "target", "short_target", "actual", "state", "mark"),
    "year_rows": ("years",),
    "targets": ("period", "year", "text", "mark", "remark"),
    "ratings": ("box", "letter", "mark"),
    "measures": ("name", "value", "meaning"),
    "facts": ("year", "kind", "value", "state", "source"),
}
#: The names of `kpi.charts.sentences.Verdict.measures`, in their order.
_MEASURES = ("met", "attainment", "progress", "elapsed", "pace")
#: More columns of years than these are not to be read on a sheet of A4 upright.
_YEARS_ABREAST = 13
#: A target in more letters than these does not fit over a year; it is told below.
_LETTERS_OVER_A_YEAR = 9

# What XML has no place for: a form feed in a note must not cost the document.
_UNWRITABLE = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")


@dataclass(frozen=True)
class Field:
    """A placeholder as the table of them has it."""

    #: What stands in the form: {{ 指標 }}, or of a list the words that repeat a row.
    placeholder: str
    meaning: str
    example: str


def name(key: str, of: str = "") -> str:
    """Return what a placeholder is called; ``of`` is the list whose rows have it."""
    return say(f"report.docx.row.{of}.{key}.name") if of else say(f"report.docx.field.{key}.name")


def fields() -> list[Field]:
    """Return all placeholders, those of the rows of a list after it."""
    told = [
        Field(
            f"{{{{ {name(key)} }}}}",
            say(f"report.docx.field.{key}.meaning"),
            say(f"report.docx.field.{key}.example"),
        )
        for key in (*SHARED, *OWN)
    ]
    for key, inner in LISTS.items():
        row = say("report.docx.row.word")
        told.append(
            Field(
                f"{{%tr for {row} in {name(key)} %}}",
                say(f"report.docx.field.{key}.meaning"),
                say(f"report.docx.field.{key}.example"),
            )
        )
        told += [
            Field(
                f"{{{{ {row}.{name(one, key)} }}}}",
                say(f"report.docx.row.{key}.{one}.meaning"),
                say(f"report.docx.row.{key}.{one}.example"),
            )
            for one in inner
            if one not in LISTS
        ]
    return told


def shared_names() -> frozenset[str]:
    """Return the placeholders of the whole report."""
    return frozenset(map(name, SHARED))


def single_names() -> frozenset[str]:
    """Return the placeholders that stand for themselves."""
    return frozenset(map(name, (*SHARED, *OWN)))


def lists() -> dict[str, frozenset[str]]:
    """Return what a row of each list has, by the list's name."""
    return {
        name(key): frozenset(name(one) if one in LISTS else name(one, key) for one in inner)
        for key, inner in LISTS.items()
    }


def plain(text: str) -> str:
    """Return a text as XML can hold it, line breaks as one sign."""
    return _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def strong(text: str) -> str:
    """Return a text to be set in bold."""
    return f"{BEGIN}*{text}{END}" if text else ""


def coloured(shape: str, colour: str) -> str:
    """Return the sign of a mark to be set in the colour of its band."""
    return f"{BEGIN}{colour}{say(f'report.docx.sign.{shape}')}{END}"


def marked(mark: Mark | None) -> str:
    """Return the sign and the word of a mark; empty where nothing is rated."""
    if mark is None:
        return ""
    return f"{coloured(mark.shape, mark.colour)} {plain(mark.label)}"


def shared_values(report: Report) -> Values:
    """Return what the placeholders of the whole report become."""
    texts = (
        report.municipality,
        report.plan,
        full_year(report.reporting_year),
        say(
            "report.docx.day", year=report.day.year, month=report.day.month, day=report.day.day
        ),
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
            _row("targets", line.title, line.year, line.text, line.mark, line.remark)
            for line in sheet.targets
        ],
        "ratings": _ratings(sheet),
        "measures": [
            _row("measures", one.name, one.value, one.meaning)
            for one in (sheet.verdict.measures if sheet.verdict else ())
        ],
        "facts": [
            _row("facts", fact.year, fact.kind, fact.value, fact.state, fact.source)
            for fact in sheet.facts
        ],
    }
    return {
        **shared_values(report),
        **{name(key): plain(text) for key, text in texts.items()},
        name("mark"): marked(sheet.verdict.mark if sheet.verdict else None),
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
    target = next((line for line in sheet.targets if line.period == sheet.focus and line.mark), None)
    by_hand = told.mark.by_hand if told and told.mark else ""
    measures = {one: "" for one in _MEASURES}
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
    label, full = _year_label(sheet, column.year), full_year(column.year)
    row = _row(
        "years", label, full, column.target, "", column.actual, column.state, column.mark
    )
    return {**row, name("short_target", "years"): strong(plain(short))}


def _year_label(sheet: IndicatorSheet, year: int) -> str:
    """Return a year as the axis of the chart has it."""
    (first, last), labels = sheet.spec.years, sheet.spec.year_labels
    return labels[year - first] if first <= year <= last else short_year(year)


def _year_rows(sheet: IndicatorSheet) -> Iterator[Values]:
    """Return the years in as many rows as they take, all as long as the first."""
    count = -(-len(sheet.years) // _YEARS_ABREAST)
    length = -(-len(sheet.years) // count) if count else 0
    blank = _row("years", *("" for _ in LISTS["years"]))
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
                name("mark", "ratings"): f"{coloured(band.shape, band.colour)} "
                + (strong(label) if is_given else label),
            }
        )
    return rows


def _row(of: str, *cells: str | Mark | None) -> Values:
    """Return the cells of a list's row by their placeholders."""
    return {
        name(key, of): plain(cell) if isinstance(cell, str) else marked(cell)
        for key, cell in zip(LISTS[of], cells, strict=True)
    }
