"""Corrections: what a person says of a sheet where recognising it by itself went wrong.

A correction holds nothing but what was said. All else is recognised anew, so that next year's file
brings its own years.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from kpi.importing.findings import Finding, SavedHeadingDiffers, SavedYear
from kpi.importing.headings import Role, ValueHeading, read_value_heading, split_unit
from kpi.importing.readers import address
from kpi.model import FiscalYear
from kpi.notation import Unreadable, find_fiscal_year, normal

#: What a column means: a role, figures of one kind, or nothing that is read.
Meaning = Role | ValueHeading | None
#: Ways of reading a sheet that a person may choose: by headings over columns, a row a year, a row
#: an area, a form, not at all.
LAYOUTS = ("columns", "year_rows", "areas", "form", "none")
#: What may be said once for all rows of a sheet.
COMMON = (Role.INDICATOR, Role.UNIT, Role.FISCAL_YEAR, Role.POLICY, Role.MEASURE, Role.PLAN)

_YEARS = re.compile(
    r"(?:(?:昭和|平成|令和|[SHR])(?:元|\d{1,2})|(?:19|20)\d\d|(?:元|\d{1,2})(?=年))(?:年度?)?"
    r"(?:\d{1,2}月末?)?|\(\)|\[\]"
)


@dataclass(frozen=True)
class Column:
    """What a person says of one column."""

    meaning: Meaning
    #: The heading it was said of, by `bare`. A column with another heading is another column.
    heading: str = ""
    #: Name of the saved layout this comes from; empty where it is said of this very sheet.
    saved: str = ""


@dataclass(frozen=True)
class Correction:
    """What a person says of a sheet. Rows and columns are counted from 0."""

    #: One of ``LAYOUTS``; empty to recognise it.
    layout: str = ""
    #: Rows of the first headings; None to look for them.
    headings: range | None = None
    #: The row after the last one that is read; None for all.
    end: int | None = None
    columns: dict[int, Column] = field(default_factory=dict)
    common: dict[Role, str] = field(default_factory=dict)
    #: Name of the saved layout ``common`` comes from; empty where it is said of this very sheet.
    saved: str = ""
    #: Keys of the proposals from prose a person accepted. They are of this file and never saved.
    accepted: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything is said."""
        return self != Correction(saved=self.saved)


def bare(heading: str) -> str:
    """Return a heading without its years: what stays the same from year to year."""
    # Twice: a year in brackets leaves the brackets.
    return _YEARS.sub("", _YEARS.sub("", normal(heading)))


def said_of(
    sheet: str, row: int, headings: dict[int, str], correction: Correction
) -> tuple[dict[int, Meaning], list[Finding]]:
    """Return the meanings a person gave the columns with these headings, and what to say of them.

    ``row`` is the last row of the headings. What a person left open of a column of figures is
    taken from its heading.
    """
    meanings: dict[int, Meaning] = {}
    findings: list[Finding] = []
    for column, said in correction.columns.items():
        text = headings.get(column, "")
        place = address(row, column)
        if bare(text) != said.heading:
            if said.saved:
                findings.append(
                    SavedHeadingDiffers(sheet, place, said.saved, " ".join(text.split()))
                )
            continue
        meaning = said.meaning
        if isinstance(meaning, ValueHeading):
            own = year_named(text)
            typed = meaning.fiscal_year
            if said.saved and typed is not None:
                if own is None:
                    findings.append(SavedYear(sheet, place, said.saved, typed))
                else:
                    # The heading has come to name its year itself.
                    typed = None
            meaning = _completed(replace(meaning, fiscal_year=typed or own), text)
        meanings[column] = meaning
    return meanings, findings


def said_of_all(
    sheet: str, place: str, correction: Correction
) -> tuple[dict[Role, str], list[Finding]]:
    """Return what a person says of all rows of a sheet; a year of another file is found."""
    year = correction.common.get(Role.FISCAL_YEAR)
    if year and correction.saved:
        return correction.common, [SavedYear(sheet, place, correction.saved, year)]
    return correction.common, []


def year_named(text: str) -> FiscalYear | None:
    """Return the year a heading names; None where it names none, or several that differ."""
    try:
        year = find_fiscal_year(text)
    except Unreadable:
        return None
    return year.fiscal_year if year else None


def _completed(meaning: ValueHeading, text: str) -> ValueHeading:
    """Return a meaning with what the heading itself says of status, period and unit."""
    try:
        own = read_value_heading(text)
    except Unreadable:
        own = None
    if own is None:
        return replace(meaning, unit=meaning.unit or split_unit(text)[1])
    is_same = own.kind is meaning.kind
    return replace(
        meaning,
        unit=meaning.unit or own.unit,
        status=meaning.status or (own.status if is_same else None),
        period=meaning.period or (own.period if is_same else 0),
        label=meaning.label or (own.label if is_same else ""),
        year_in_cells=own.year_in_cells if is_same else False,
    )


def of_saved(correction: Correction, name: str) -> Correction:
    """Return a correction marked as one that was made for another file."""
    columns = {at: replace(column, saved=name) for at, column in correction.columns.items()}
    return replace(correction, columns=columns, saved=name)
