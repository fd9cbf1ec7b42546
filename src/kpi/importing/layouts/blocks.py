"""Indicators printed as blocks: 【現年度分】, its value and its year under each other in a column.

The columns are those of a table; only what stands in them is stacked, in cells or in the lines of
one cell.
"""

from __future__ import annotations

import re
from dataclasses import replace

from kpi.importing.findings import HeadingYearMissing
from kpi.importing.headings import Role, ValueHeading
from kpi.importing.layouts.table import Spot, Table
from kpi.importing.readers import Sheet, address, text_of
from kpi.model import FiscalYear
from kpi.notation import Unreadable, fold, normal, read_fiscal_year

_SERIES = re.compile(r"^[【\[](?P<name>[^】\]]+)[】\]]$")
_BRACKETED = re.compile(r"^\((?P<inside>[^()]*(?:\([^()]*\)[^()]*)?)\)$")


def year_in_brackets(line: str) -> FiscalYear | None:
    """Return the year of a line that is nothing but a year in brackets: (平成26（2014）年度)."""
    match = _BRACKETED.match(normal(line))
    if match is None:
        return None
    try:
        return read_fiscal_year(match["inside"]).fiscal_year
    except Unreadable:
        return None


def read_blocks(sheet: Sheet, table: Table) -> list[Table] | None:
    """Return a table for each block of a table of columns; None where nothing is stacked in it."""
    if not _is_stacked(sheet, table):
        return None
    at = table.roles[Role.INDICATOR]
    blocks: list[Table] = []
    start: int | None = None
    name = ""
    for row in table.rows:
        text = _text(sheet, row, at)
        # The line in brackets below a name is its source, not another indicator.
        if text and text != name and not _BRACKETED.match(fold(text)):
            if start is not None:
                blocks.append(_block(sheet, table, range(start, row), name))
            start, name = row, text
    if start is not None:
        blocks.append(_block(sheet, table, range(start, table.rows.stop), name))
    return blocks


def _text(sheet: Sheet, row: int, column: int) -> str:
    cells = sheet.rows[row]
    return text_of(cells[column]).strip() if column < len(cells) else ""


def _is_stacked(sheet: Sheet, table: Table) -> bool:
    return any(
        _holds_a_block(_text(sheet, row, column).splitlines())
        for row in table.rows
        for column in table.values
    )


def _holds_a_block(lines: list[str]) -> bool:
    """Whether a cell is part of a block. A value with its year below it is a whole cell alone."""
    years = [line for line in lines if year_in_brackets(line) is not None]
    labelled = any(_SERIES.match(fold(line)) for line in lines)
    return bool(years) and (labelled or len(years) > 1 or len(years) == len(lines))


def _block(sheet: Sheet, table: Table, rows: range, name: str) -> Table:
    common = dict(table.common)
    for role, column in table.roles.items():
        texts = [text for row in rows if (text := _text(sheet, row, column))]
        if texts:
            common[role] = texts[0]
    head, _, source = name.partition("\n")
    below = [
        text
        for row in rows
        if (text := _text(sheet, row, table.roles[Role.INDICATOR])) != name and text
    ]
    for line in [*source.splitlines(), *below]:
        if match := _BRACKETED.match(fold(line)):
            common[Role.SOURCE] = match["inside"]
        else:
            head += line
    common[Role.INDICATOR] = head
    shared = _shared_series(sheet, table, rows)
    spots = [
        spot
        for column, heading in table.values.items()
        for spot in _spots(sheet, rows, column, heading, shared)
    ]
    # The years stand in the blocks; what the headings say of them no longer matters.
    findings = [f for f in table.findings if not isinstance(f, HeadingYearMissing)]
    findings += [
        HeadingYearMissing(sheet.name, address(s.row, s.column), _text(sheet, s.row, s.column))
        for s in spots
        if s.heading.fiscal_year is None
    ]
    return replace(
        table,
        layout="blocks",
        headings=range(rows.start, rows.start + 1),
        rows=rows,
        common=common,
        spots=tuple(spots),
        findings=tuple(findings),
    )


def _shared_series(sheet: Sheet, table: Table, rows: range) -> dict[int, str]:
    """Return the series named in each row: often only the first column repeats the label."""
    return {
        row: match["name"]
        for row in rows
        for column in (*table.values, *table.roles.values())
        if (match := _SERIES.match(fold(_text(sheet, row, column))))
    }


def _spots(
    sheet: Sheet, rows: range, column: int, heading: ValueHeading, shared: dict[int, str]
) -> list[Spot]:
    found: list[Spot] = []
    series = ""
    for row in rows:
        series = shared.get(row, series)
        for number, line in enumerate(_text(sheet, row, column).splitlines()):
            if match := _SERIES.match(fold(line)):
                series = match["name"]
            elif (year := year_in_brackets(line)) is not None:
                if found:
                    last = found[-1]
                    dated = replace(last.heading, fiscal_year=year)
                    found[-1] = replace(last, heading=dated)
            elif line.strip():
                found.append(Spot(row, column, replace(heading, series=series), number))
    return found
