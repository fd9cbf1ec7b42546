"""Tables of statistics: a row a year with a column a series, or a row an area.

Neither has a column of indicators; the title above says what is measured, and the headings over
the columns are its series. Without a title each column is an indicator of its own.
"""

from __future__ import annotations

from dataclasses import replace

from kpi.importing.findings import Finding, HeadingYearMissing
from kpi.importing.headings import Role, ValueHeading, read_value_heading, role_of, split_unit
from kpi.importing.layouts.columns import heading_texts
from kpi.importing.layouts.surroundings import lone_text, read_above, unit_named
from kpi.importing.layouts.table import Table
from kpi.importing.readers import Sheet, address, text_of
from kpi.model import FiscalYear, Kind
from kpi.notation import Unreadable, find_fiscal_year, normal, read_fiscal_year

#: Years under each other that make a column one of years.
_RUN = 3
#: Rows of headings at most.
_MOST_ROWS = 5
#: What a row of units may hold; any other word could be the name of a series.
_UNITS = {
    normal(unit)
    for unit in "％ ‰ 人 千人 万人 世帯 千世帯 件 円 千円 百万円 億円 戸 か所 歳 日".split()
}
#: Columns, from the left, that may hold the years.
_FIRST_COLUMNS = 3


def read_crosstabs(sheet: Sheet) -> list[Table]:
    """Return the tables with a row a year or a row an area, in the order of the sheet."""
    return read_year_rows(sheet) or read_areas(sheet)


def years_down(texts: list[str]) -> dict[int, FiscalYear]:
    """Read a column of years by row: after 平成7年度 a bare 8 is 平成8年度.

    Rows whose text is no year are left out.
    """
    years: dict[int, FiscalYear] = {}
    era = ""
    for row, text in enumerate(texts):
        plain = normal(text)
        try:
            read = read_fiscal_year(plain, era)
        except Unreadable:
            era = era if not plain else ""
            continue
        named = next((name for name in ("昭和", "平成", "令和") if plain.startswith(name)), "")
        era = named or era
        years[row] = read.fiscal_year
    return years


def read_year_rows(sheet: Sheet) -> list[Table]:
    """Return the tables that have a fiscal year at the head of each row."""
    width = max((len(cells) for cells in sheet.rows), default=0)
    for column in range(min(width, _FIRST_COLUMNS)):
        texts = [text_of(row[column]) if column < len(row) else "" for row in sheet.rows]
        runs = _runs(sorted(years_down(texts)))
        tables = []
        begin = 0
        for run in runs:
            if table := _year_table(sheet, column, run, begin):
                tables.append(table)
                begin = run.stop
        if tables:
            return tables
    return []


def _runs(rows: list[int]) -> list[range]:
    """Return the stretches of neighbouring rows that are long enough."""
    runs: list[range] = []
    start = 0
    for place in range(1, len(rows) + 1):
        if place == len(rows) or rows[place] != rows[place - 1] + 1:
            if place - start >= _RUN:
                runs.append(range(rows[start], rows[place - 1] + 1))
            start = place
    return runs


def _year_table(sheet: Sheet, column: int, run: range, begin: int) -> Table | None:
    headings = _headings_over(sheet, run.start, column, begin)
    if not headings:
        return None
    common = read_above(sheet, range(begin, headings.start))
    common.pop(Role.FISCAL_YEAR, None)
    units = _unit_row(sheet, headings, column)
    named = range(headings.start, headings.stop - 1) if units else headings
    values = {
        at: replace(heading, unit=units.get(at, heading.unit))
        for at, text in heading_texts(sheet, named).items()
        if at > column and role_of(text) is not Role.NOTE and _has_numbers(sheet, run, at)
        for heading in [_series(text)]
    }
    if not values:
        return None
    return Table(
        "year_rows", headings, run, {Role.FISCAL_YEAR: column}, values, Kind.ACTUAL, common
    )


def _headings_over(sheet: Sheet, row: int, column: int, begin: int) -> range:
    """Return the rows of text directly above, up to the title."""
    first = row
    while first > begin and row - (first - 1) <= _MOST_ROWS:
        cells = sheet.rows[first - 1]
        texts = [text_of(cell).strip() for cell in cells]
        right = [text for text in texts[column + 1 :] if text]
        lone = lone_text(texts)
        # A title stands alone at the left; a heading merged over all columns does not.
        if not right or (lone and texts[column] == lone) or unit_named(lone):
            break
        if any(not isinstance(cell, str) for cell in cells[column + 1 :]):
            break
        first -= 1
    return range(first, row)


def _unit_row(sheet: Sheet, headings: range, column: int) -> dict[int, str]:
    """Return the unit of each column where the last row of headings holds nothing but units."""
    if len(headings) < 2:
        return {}
    cells = sheet.rows[headings[-1]][column + 1 :]
    texts = {at: text_of(cell).strip() for at, cell in enumerate(cells, column + 1)}
    units = {at: text.strip("()（）") for at, text in texts.items() if text}
    return units if units and all(normal(unit) in _UNITS for unit in units.values()) else {}


def _has_numbers(sheet: Sheet, rows: range, column: int) -> bool:
    return any(
        column < len(sheet.rows[row]) and any(c.isdigit() for c in text_of(sheet.rows[row][column]))
        for row in rows
    )


def _series(text: str) -> ValueHeading:
    """Return what a heading over a column says: its series and unit."""
    rest, unit = split_unit(text)
    if not unit and "構成割合" in rest:
        unit = "％"
    return ValueHeading(Kind.ACTUAL, series=" ".join(rest.split()), unit=unit)


def read_areas(sheet: Sheet) -> list[Table]:
    """Return the tables that have a municipality at the head of each row and no indicator."""
    for row, cells in enumerate(sheet.rows[:30]):
        roles = {c: role_of(text_of(cell)) for c, cell in enumerate(cells)}
        areas = [c for c, role in roles.items() if role is Role.MUNICIPALITY]
        if not areas or Role.INDICATOR in roles.values():
            continue
        # Merged over two rows of headings.
        last = row
        while last + 1 < len(sheet.rows) and all(
            text_of(sheet.rows[last + 1][c]) == text_of(cells[c]) for c in areas
        ):
            last += 1
        headings = range(row, last + 1)
        common = read_above(sheet, range(row))
        ends = [*areas[1:], len(cells)]
        tables = [
            table
            for first, end in zip(areas, ends, strict=True)
            if (table := _area_table(sheet, headings, first, end, common))
        ]
        if tables:
            return tables
    return []


def _area_table(
    sheet: Sheet, headings: range, first: int, end: int, common: dict[Role, str]
) -> Table | None:
    columns = heading_texts(sheet, headings)
    rows = range(headings.stop, len(sheet.rows))
    roles = {Role.MUNICIPALITY: first}
    values: dict[int, ValueHeading] = {}
    findings: list[Finding] = []
    for column in range(first + 1, end):
        text = columns.get(column, "")
        role = role_of(text)
        if role is not None:
            roles[role] = column
            continue
        if not text or normal(text) == "順位" or not _has_numbers(sheet, rows, column):
            continue
        try:
            year = find_fiscal_year(text)
        except Unreadable:
            year = None
        heading = read_value_heading(text) or _series(_without_year(text))
        values[column] = replace(heading, fiscal_year=year.fiscal_year if year else None)
        if year is None and Role.FISCAL_YEAR not in common:
            place = address(headings[-1], column)
            findings.append(HeadingYearMissing(sheet.name, place, " ".join(text.split())))
    if len([row for row in rows if _at(sheet, row, first)]) < 2 or not values:
        return None
    return Table(
        "areas", headings, rows, roles, values, Kind.ACTUAL, common, findings=tuple(findings)
    )


def _at(sheet: Sheet, row: int, column: int) -> str:
    cells = sheet.rows[row]
    return text_of(cells[column]).strip() if column < len(cells) else ""


def _without_year(text: str) -> str:
    """Return a heading without the parts that name a year."""
    kept = []
    for part in text.split():
        try:
            if find_fiscal_year(part) is not None:
                continue
        except Unreadable:
            pass
        kept.append(part)
    return " ".join(kept)
