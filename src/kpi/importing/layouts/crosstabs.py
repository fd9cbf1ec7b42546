"""Tables of statistics: a row a year with a column a series, or a row an area.

Neither has a column of indicators; the title above says what is measured, and the headings over
the columns are its series. Without a title each column is an indicator of its own.
"""

from __future__ import annotations

from dataclasses import replace

from kpi.importing.findings import Finding, HeadingYearMissing, YearUnreadable
from kpi.importing.headings import Role, ValueHeading, read_value_heading, role_of, split_unit
from kpi.importing.layouts.columns import DEPTH, heading_texts
from kpi.importing.layouts.surroundings import lone_text, read_above, unit_named
from kpi.importing.layouts.table import Table
from kpi.importing.readers import Sheet, address, text_of
from kpi.model import FiscalYear, Kind
from kpi.notation import KNOWN, Unreadable, find_fiscal_year, normal, read_fiscal_year, read_unit

#: Years under each other that make a column one of years.
_RUN = 3
#: Rows of headings at most.
_MOST_ROWS = 5
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
        named = next(
            (name for name in ("明治", "大正", "昭和", "平成", "令和") if plain.startswith(name)),
            "",
        )
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
    units = _unit_row(sheet, headings, list(range(column + 1, len(sheet.rows[headings[-1]]))))
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


_AREAS = (Role.PREFECTURE, Role.MUNICIPALITY)


def read_areas(sheet: Sheet) -> list[Table]:
    """Return the tables that have a municipality at the head of each row and no indicator."""
    for row, cells in enumerate(sheet.rows[:DEPTH]):
        roles = {c: role_of(text_of(cell)) for c, cell in enumerate(cells)}
        areas = [c for c, role in roles.items() if role in _AREAS]
        if not areas or Role.INDICATOR in roles.values():
            continue
        headings = _area_headings(sheet, row, areas)
        common = read_above(sheet, range(headings.start))
        # A new table begins where an area follows figures: 都道府県 保護率 中核市 保護率.
        starts = [c for c in areas if c - 1 not in areas]
        ends = [*starts[1:], len(cells)]
        # 団体コード stands to the left of the names and is of the first table.
        starts[0] = 0
        tables = [
            table
            for first, end in zip(starts, ends, strict=True)
            if (table := _area_table(sheet, headings, range(first, end), common))
        ]
        if tables:
            return tables
    return []


def _area_headings(sheet: Sheet, row: int, areas: list[int]) -> range:
    """Return the heading rows: merged ones below, and rows of text over the figures above."""
    first = last = row
    while last + 1 < len(sheet.rows) and all(
        _at(sheet, last + 1, column) == _at(sheet, row, column) for column in areas
    ):
        last += 1
    while first > 0 and last - (first - 1) < _MOST_ROWS:
        above = sheet.rows[first - 1]
        texts = [text_of(cell).strip() for cell in above[areas[-1] + 1 :]]
        named = any(_at(sheet, first - 1, column) for column in areas)
        if named or not any(texts) or any(not isinstance(cell, str) for cell in above):
            break
        first -= 1
    return range(first, last + 1)


def _area_table(
    sheet: Sheet, headings: range, columns: range, common: dict[Role, str]
) -> Table | None:
    texts = heading_texts(sheet, headings)
    rows = range(headings.stop, len(sheet.rows))
    roles: dict[Role, int] = {}
    for column in columns:
        if (role := role_of(_at(sheet, headings[-1], column))) is not None:
            roles.setdefault(role, column)
    units = _unit_row(sheet, headings, [c for c in columns if c not in roles.values()])
    values: dict[int, ValueHeading] = {}
    findings: list[Finding] = []
    for column in columns:
        text = texts.get(column, "")
        passed = not text or column in roles.values() or _is_no_figure(text)
        if passed or not _has_numbers(sheet, rows, column):
            continue
        place = address(headings[-1], column)
        try:
            heading = _area_heading(text, units.get(column, ""))
        except Unreadable as unreadable:
            findings.append(YearUnreadable(sheet.name, place, text, unreadable.why))
            continue
        values[column] = heading
        undated = heading.fiscal_year is None and Role.FISCAL_YEAR not in common
        if undated and Role.FISCAL_YEAR not in roles:
            findings.append(HeadingYearMissing(sheet.name, place, " ".join(text.split())))
    areas = [roles[role] for role in _AREAS if role in roles]
    if len([row for row in rows if any(_at(sheet, row, c) for c in areas)]) < 2 or not values:
        return None
    return Table(
        "areas", headings, rows, roles, values, Kind.ACTUAL, common, findings=tuple(findings)
    )


def _is_no_figure(heading: str) -> bool:
    """Whether the numbers below a heading measure nothing: a rank, a code, the year once more."""
    name = normal(heading)
    return name == "順位" or name.endswith(normal("コード")) or role_of(heading) is Role.ERA_YEAR


def _unit_row(sheet: Sheet, headings: range, columns: list[int]) -> dict[int, str]:
    """Return the units by column where the last row of the headings holds nothing else."""
    units = {column: text for column in columns if (text := _at(sheet, headings[-1], column))}
    if len(headings) < 2 or not units:
        return {}
    for text in units.values():
        try:
            if read_unit(text).unit not in KNOWN:
                return {}
        except Unreadable:
            return {}
    return units


def _area_heading(text: str, unit: str) -> ValueHeading:
    """Read the heading over a column of figures of areas: its series, unit and year.

    Raises `kpi.notation.Unreadable` where it names years that differ.
    """
    year = find_fiscal_year(text)
    rest = _without_year(text)
    if unit and rest != unit:
        rest = rest.removesuffix(unit).strip()
    heading = read_value_heading(text)
    if heading is None:
        heading = _series(rest)
    return replace(
        heading,
        fiscal_year=year.fiscal_year if year else None,
        unit=heading.unit or unit,
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
