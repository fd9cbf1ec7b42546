"""A sheet as it was read: its first rows, what each column was taken for, where findings are.

What is made here is plain text for a template; nothing of a file is markup.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kpi.charts import year_of_fact
from kpi.importing.findings import Finding, visible
from kpi.importing.headings import Role, ValueHeading
from kpi.importing.layouts import Table
from kpi.importing.readers import Sheet, address, text_of
from kpi.model import Kind
from kpi.words import say
from kpi.written import era_span

#: Rows shown from the top, and of those below that have findings.
_ROWS, _MORE_ROWS = 14, 12
_COLUMNS = 26
#: Signs of a cell that are shown.
_LONGEST = 60
_CELL = re.compile(r"([A-Z]+)([1-9]\d*)")
#: Findings about rows that were left out.
_LEFT_OUT = {"row-passed-over", "total-passed-over", "row-hidden", "row-struck-out"}


@dataclass(frozen=True)
class GridCell:
    """One cell as it is drawn."""

    text: str
    #: heading, label, value or empty.
    part: str
    is_number: bool
    #: Number and severity of the finding at the cell; 0 and empty where there is none.
    mark: int
    severity: str
    across: int
    down: int


@dataclass(frozen=True)
class GridRow:
    """One row as it is drawn; ``after_gap`` where rows before it are left out."""

    number: int
    cells: list[GridCell]
    after_gap: bool


@dataclass(frozen=True)
class Picture:
    """The part of a sheet that is shown."""

    letters: list[str]
    #: What each column was taken for: a word and, for figures, their year.
    readings: list[tuple[str, str]]
    rows: list[GridRow]
    all_rows: int
    all_columns: int


@dataclass(frozen=True)
class Facts:
    """How a sheet was read, in words."""

    headings: str = ""
    data: str = ""
    years: str = ""
    units: str = ""
    left_out: str = ""


def _parts(
    tables: Sequence[Table], shown: Sequence[int], left_out: frozenset[int]
) -> dict[tuple[int, int], str]:
    """Return which of the shown cells are headings, labels and figures."""
    parts: dict[tuple[int, int], str] = {}
    for table in tables:
        if table.spots:
            parts |= {(spot.row, spot.column): "value" for spot in table.spots}
            continue
        figures = {*table.values, table.roles.get(Role.VALUE), table.roles.get(Role.VALUE_TEXT)}
        for row in shown:
            if row in left_out or not (row in table.headings or row in table.rows):
                continue
            for column in (*table.roles.values(), *table.values):
                part = "value" if column in figures else "label"
                parts[row, column] = "heading" if row in table.headings else part
    return parts


def picture(sheet: Sheet, tables: Sequence[Table], findings: Sequence[Finding]) -> Picture:
    """Return the first rows of a sheet and those with findings.

    ``findings`` are the ones shown below, in that order: the first at a cell numbers it.
    """
    left_out = _left_out(sheet, findings)
    marks: dict[tuple[int, int], tuple[int, str]] = {}
    for number, finding in enumerate(findings, 1):
        if finding.sheet == sheet.name and (match := _CELL.match(finding.cell)):
            row, column = int(match[2]) - 1, column_of(match[1])
            if row in left_out:
                column = _first_filled(sheet, row)
            marks.setdefault((row, column), (number, finding.severity.value))
    last = len(sheet.rows)
    shown = list(range(min(last, _ROWS)))
    shown += sorted({row for row, _ in marks if _ROWS <= row < last})[:_MORE_ROWS]
    width = max((len(row) for row in sheet.rows), default=0)
    columns = min(width, _COLUMNS)
    spans, covered = _merged(sheet, shown, columns)
    parts = _parts(tables, shown, left_out)
    rows = []
    above = -1
    for row in shown:
        cells: list[GridCell] = []
        for column in range(columns):
            if (row, column) in covered:
                continue
            value = sheet.rows[row][column] if column < len(sheet.rows[row]) else ""
            text = visible(text_of(value))
            part = parts.get((row, column), "")
            mark, severity = marks.get((row, column), (0, ""))
            down, across = spans.get((row, column), (1, 1))
            is_bare = not (text or part or mark) and (down, across) == (1, 1)
            if is_bare and cells and not cells[-1].part:
                # A title runs on over the empty cells beside it, as in Excel.
                cells[-1] = replace(cells[-1], across=cells[-1].across + 1)
                continue
            cells.append(
                GridCell(
                    text if len(text) <= _LONGEST else text[:_LONGEST] + "…",
                    part,
                    not isinstance(value, str),
                    mark,
                    severity,
                    across,
                    down,
                )
            )
        rows.append(GridRow(row + 1, cells, row != above + 1))
        above = row
    return Picture(
        [letters(column) for column in range(columns)],
        [_reading(column, tables) for column in range(columns)],
        rows,
        last,
        width,
    )


def letters(column: int) -> str:
    """Return the name of a column: 0 is A."""
    return address(0, column)[:-1]


def column_of(cell: str) -> int:
    """Return the column, counted from 0, of an address such as B2."""
    number = 0
    for letter in cell.rstrip("0123456789"):
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _left_out(sheet: Sheet, findings: Sequence[Finding]) -> frozenset[int]:
    """Return the rows within tables that were not read."""
    return frozenset(
        int(match[2]) - 1
        for finding in findings
        if finding.code in _LEFT_OUT
        and finding.sheet == sheet.name
        and (match := _CELL.match(finding.cell))
        and int(match[2]) <= len(sheet.rows)
    )


def _first_filled(sheet: Sheet, row: int) -> int:
    return next((at for at, cell in enumerate(sheet.rows[row]) if cell != ""), 0)


def _merged(
    sheet: Sheet, shown: Sequence[int], columns: int
) -> tuple[dict[tuple[int, int], tuple[int, int]], set[tuple[int, int]]]:
    """Return the size of merged cells among the first rows, and the cells they cover."""
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    covered: set[tuple[int, int]] = set()
    depth = min(len(shown), _ROWS)
    for top, left, bottom, right in sheet.merged:
        if top >= depth or left >= columns:
            continue
        bottom, right = min(bottom, depth - 1), min(right, columns - 1)
        spans[top, left] = (bottom - top + 1, right - left + 1)
        covered |= {
            (row, column)
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
            if (row, column) != (top, left)
        }
    return spans, covered


def _reading(column: int, tables: Sequence[Table]) -> tuple[str, str]:
    for table in tables:
        if column in table.values:
            return said_of_values(table.values[column])
        for role, at in table.roles.items():
            if at == column:
                return say(f"role.{role}"), ""
        own = [spot.heading for spot in table.spots if spot.column == column]
        if own:
            return say("imports.figures"), ""
    return "", ""


def said_of_values(heading: ValueHeading) -> tuple[str, str]:
    """Return what a column of figures is, and of which year: 実績, 2024速報."""
    what = say(f"kind.{heading.kind}")
    if heading.kind is Kind.TARGET and heading.period:
        what += say("ledger.of_period", n=heading.period)
    year = str(int(heading.fiscal_year)) if heading.fiscal_year else ""
    return what + heading.series, year + (heading.status or "")


def facts(sheet: Sheet, tables: Sequence[Table], findings: Sequence[Finding]) -> Facts:
    """Return how the first table of a sheet was read, and which rows were not."""
    if not tables:
        return Facts()
    table = tables[0]
    spans = [(t.headings.start, t.rows.stop) for t in tables]
    left_out = {row + 1 for row in _left_out(sheet, findings)}
    left_out |= {
        row + 1
        for row, cells in enumerate(sheet.rows)
        if not any(start <= row < stop for start, stop in spans)
        and any(cell != "" for cell in cells)
    }
    return Facts(
        _rows(table.headings) if not table.spots else "",
        _rows(table.rows),
        _years(table),
        _units(table),
        _listed(sorted(left_out)),
    )


def _rows(rows: range) -> str:
    if not rows:
        return say("imports.no_rows")
    first, last = rows.start + 1, rows.stop
    return say("imports.row", n=first) if first == last else say("imports.rows", a=first, b=last)


def _listed(numbers: Sequence[int]) -> str:
    """Return 1、2、12行, neighbours drawn together."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    texts = [str(a) if a == b else f"{a}～{b}" for a, b in runs[:8]]
    more = say("imports.and_more") if len(runs) > 8 else ""
    return say("imports.row", n=say("list.comma").join(texts) + more) if texts else ""


def _years(table: Table) -> str:
    if Role.FISCAL_YEAR in table.roles:
        return say("imports.in_column", column=letters(table.roles[Role.FISCAL_YEAR]))
    headings = [*table.values.values(), *(spot.heading for spot in table.spots)]
    years = sorted({int(h.fiscal_year) for h in headings if h.fiscal_year})
    if not years:
        return ""
    if len(years) == 1:
        return year_of_fact(years[0])
    return era_span(years[0], years[-1])


def _units(table: Table) -> str:
    if Role.UNIT in table.roles:
        return say("imports.in_column", column=letters(table.roles[Role.UNIT]))
    if unit := table.common.get(Role.UNIT):
        return say("imports.unit_above", unit=visible(unit))
    own = dict.fromkeys(heading.unit for heading in table.values.values() if heading.unit)
    return visible("・".join(own))
