"""A form a sheet: a label with its value to the right, and a strip of years below.

指標名 | 特定健診受診率 | 所管課 | 健康課, further down 年度 | R4 | R5 | R6 over 実績 | 35.8 | …
"""

from __future__ import annotations

from dataclasses import replace

from kpi.importing.findings import Finding, HeadingYearMissing
from kpi.importing.headings import Role, ValueHeading, kind_of, read_value_heading, role_of
from kpi.importing.layouts.table import Spot, Table
from kpi.importing.readers import Sheet, address, text_of
from kpi.model import Kind
from kpi.notation import Unreadable

#: What a form may say of its indicator.
_LABELS = {
    Role.MUNICIPALITY,
    Role.MUNICIPALITY_CODE,
    Role.PLAN,
    Role.POLICY,
    Role.MEASURE,
    Role.INDICATOR_CODE,
    Role.INDICATOR,
    Role.SERIES,
    Role.UNIT,
    Role.DIRECTION,
    Role.DEPARTMENT,
    Role.SOURCE,
    Role.NOTE,
}
#: Years in a row that make it the head of a strip.
_STRIP = 2


def read_form(sheet: Sheet) -> Table | None:
    """Return the form on a sheet, or None where it is none."""
    common: dict[Role, str] = {}
    spots: list[Spot] = []
    findings: list[Finding] = []
    strip: dict[int, ValueHeading] = {}
    named = 0
    for row, cells in enumerate(sheet.rows):
        texts = [text_of(cell).strip() for cell in cells]
        years = _years(texts)
        if len(years) >= _STRIP:
            strip = years
            continue
        if strip and (read := _strip_row(row, texts, strip)):
            spots += read
            continue
        for label, column in _pairs(texts):
            role = role_of(label)
            if role in _LABELS:
                if role is Role.INDICATOR and role not in common:
                    named = row
                common.setdefault(role, texts[column])
                continue
            heading = _value_label(label)
            if heading is None:
                continue
            if heading.fiscal_year is None:
                place = address(row, column)
                findings.append(HeadingYearMissing(sheet.name, place, " ".join(label.split())))
            spots.append(Spot(row, column, heading))
    if Role.INDICATOR not in common or not spots:
        return None
    rows = range(len(sheet.rows))
    return Table(
        "form",
        range(named, named + 1),
        rows,
        {},
        common=common,
        spots=tuple(spots),
        findings=tuple(findings),
    )


def _value_label(label: str) -> ValueHeading | None:
    try:
        return read_value_heading(label)
    except Unreadable:
        return None


def _years(texts: list[str]) -> dict[int, ValueHeading]:
    """Return the cells of a row that name a year and nothing else, by column."""
    found = {}
    for column, text in enumerate(texts):
        heading = _value_label(text) if text else None
        if heading is not None and heading.fiscal_year is not None:
            found[column] = heading
    return found


def _strip_row(row: int, texts: list[str], strip: dict[int, ValueHeading]) -> list[Spot]:
    """Return the figures of a row below the years; its label says of what kind they are."""
    first = min(strip)
    labels = [text for text in texts[:first] if text]
    figures = {c: texts[c] for c in strip if c < len(texts) and texts[c]}
    if not labels or not figures or role_of(labels[0]) is Role.NOTE:
        return []
    kind = next((kind for label in labels if (kind := kind_of(label))), None)
    series = "" if kind else labels[-1]
    spots = []
    for column in figures:
        heading = strip[column]
        own = kind or heading.kind
        status = heading.status if own is Kind.ACTUAL else None
        spots.append(Spot(row, column, replace(heading, kind=own, status=status, series=series)))
    return spots


def _pairs(texts: list[str]) -> list[tuple[str, int]]:
    """Return the labels of a row, each with the column of the value to its right."""
    pairs: list[tuple[str, int]] = []
    filled = [
        column
        for column, text in enumerate(texts)
        # A merged cell fills its range with one text.
        if text and (column == 0 or texts[column - 1] != text)
    ]
    taken = -1
    for place, column in enumerate(filled):
        if column <= taken or not _is_label(texts[column]) or place + 1 == len(filled):
            continue
        value = filled[place + 1]
        if _is_label(texts[value]):
            continue
        pairs.append((texts[column], value))
        taken = value
    return pairs


def _is_label(text: str) -> bool:
    return role_of(text) is not None or _value_label(text) is not None
