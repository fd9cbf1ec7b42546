"""Layouts: where in a grid the headings are, and what each column means.

Three kinds of table are known: tidy rows (a row a fact), a column a period, a column a year. The
last two read alike, so a layout is a heading row, the columns that describe a row, and the columns
that hold values. A sheet of labels with their value to the right (自治体, 計画名, 第1期…) describes
the plan itself and gives the other sheets of its book their context.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kpi.importing.findings import (
    Finding,
    HeadingYearMissing,
    KindMissing,
    YearUnreadable,
)
from kpi.importing.headings import (
    Role,
    ValueHeading,
    kind_of,
    read_value_heading,
    role_of,
)
from kpi.importing.readers import Sheet, address, text_of
from kpi.model import FiscalYear, Kind
from kpi.notation import Unreadable, normal, read_year_span
from kpi.words import say

#: Headings are looked for in this many rows from the top.
_DEPTH = 30


@dataclass(frozen=True)
class Layout:
    """How a sheet is read. Rows and columns are counted from 0."""

    #: tidy, periods or years.
    name: str
    heading_row: int
    roles: dict[Role, int]
    #: Columns of values, for every layout but the tidy one.
    values: dict[int, ValueHeading]
    #: What the values of a tidy table are, where its heading says so (実績値).
    kind: Kind | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Return the layout's name for people."""
        return say(f"layout.{self.name}.title")

    @property
    def why(self) -> str:
        """Return what the layout was recognised by."""
        return say(
            f"layout.{self.name}.why",
            row=self.heading_row + 1,
            first=address(self.heading_row, min(self.values, default=0)),
            last=address(self.heading_row, max(self.values, default=0)),
        )


@dataclass(frozen=True)
class Outline:
    """What a sheet of labels says of the plan."""

    municipality: str = ""
    municipality_code: str = ""
    plan: str = ""
    #: First and last year of each period, by its ordinal.
    periods: dict[int, tuple[FiscalYear, FiscalYear]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def recognise(sheet: Sheet) -> Layout | None:
    """Return the layout of a sheet, from the first row that reads as its headings."""
    for row, cells in enumerate(sheet.rows[:_DEPTH]):
        texts = [text_of(cell) for cell in cells]
        roles: dict[Role, int] = {}
        for column, text in enumerate(texts):
            role = role_of(text)
            if role is not None:
                roles.setdefault(role, column)
        if Role.INDICATOR not in roles:
            continue
        if Role.FISCAL_YEAR in roles and (Role.VALUE in roles or Role.VALUE_TEXT in roles):
            return _tidy(sheet, row, roles, texts)
        layout = _by_columns(sheet, row, roles, texts)
        if layout is not None:
            return layout
    return None


def _tidy(sheet: Sheet, row: int, roles: dict[Role, int], texts: list[str]) -> Layout:
    column = roles.get(Role.VALUE)
    kind = None if column is None else kind_of(texts[column])
    findings: list[Finding] = []
    if kind is None and Role.KIND not in roles:
        findings.append(KindMissing(sheet.name, address(row, roles[Role.INDICATOR])))
    return Layout("tidy", row, roles, {}, kind, findings)


def _by_columns(sheet: Sheet, row: int, roles: dict[Role, int], texts: list[str]) -> Layout | None:
    values: dict[int, ValueHeading] = {}
    findings: list[Finding] = []
    for column, text in enumerate(texts):
        if column in roles.values() or not text.strip():
            continue
        place = address(row, column)
        try:
            heading = read_value_heading(text)
        except Unreadable as unreadable:
            findings.append(YearUnreadable(sheet.name, place, text, unreadable.why))
            continue
        if heading is None:
            continue
        values[column] = heading
        if heading.fiscal_year is None:
            findings.append(HeadingYearMissing(sheet.name, place, " ".join(text.split())))
    if not values:
        return None
    name = "periods" if any(heading.period for heading in values.values()) else "years"
    return Layout(name, row, roles, values, None, findings)


_PERIOD_LABEL = re.compile(r"第(\d)期(?:実施計画|計画)?(?:期間|の期間)?")


def read_outline(sheet: Sheet) -> Outline | None:
    """Return what a sheet of labels says of the plan, or None where it is no such sheet."""
    found: dict[Role, str] = {}
    periods: dict[int, tuple[FiscalYear, FiscalYear]] = {}
    findings: list[Finding] = []
    for row, cells in enumerate(sheet.rows[:_DEPTH]):
        texts = [text_of(cell).strip() for cell in cells]
        filled = [column for column, text in enumerate(texts) if text]
        if len(filled) < 2:
            continue
        label, value = normal(texts[filled[0]]), texts[filled[1]]
        role = role_of(label)
        if role in (Role.MUNICIPALITY, Role.MUNICIPALITY_CODE, Role.PLAN):
            found.setdefault(role, value)
        elif match := _PERIOD_LABEL.fullmatch(label):
            try:
                periods[int(match[1])] = read_year_span(value)
            except Unreadable as unreadable:
                place = address(row, filled[1])
                findings.append(YearUnreadable(sheet.name, place, value, unreadable.why))
    if Role.PLAN not in found:
        return None
    return Outline(
        found.get(Role.MUNICIPALITY, ""),
        found.get(Role.MUNICIPALITY_CODE, ""),
        found[Role.PLAN],
        periods,
        findings,
    )
