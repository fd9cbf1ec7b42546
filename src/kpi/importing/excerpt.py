"""The piece of a sheet around a cell, so that a value can be looked at where it stands.

Headings and names may stand far from their figures; they are shown beside them all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from kpi.importing.findings import FileUnreadable, Finding
from kpi.importing.grids import Sheet, address, position, text_of
from kpi.importing.headings import Role
from kpi.importing.layouts import Table, recognise
from kpi.importing.readers import read_books
from kpi.model import Severity

#: Rows above and below the cell, columns left and right of it.
_AROUND = 4
#: Rows of headings, the last ones: years often stand in two or three.
_HEADINGS = 4
_NAMES = (Role.INDICATOR_CODE, Role.INDICATOR, Role.SERIES)


@dataclass(frozen=True)
class ExcerptCell:
    """A cell as shown, a merged range as one of them."""

    text: str
    rows: int
    columns: int
    #: Whether it is the cell asked for.
    is_asked: bool
    #: Whether columns to the left of it are left out.
    after_gap: bool


@dataclass(frozen=True)
class ExcerptRow:
    """A row as shown; cells that a merged range above or to the left covers are not listed."""

    number: int
    cells: tuple[ExcerptCell, ...]
    #: Whether rows above it are left out.
    after_gap: bool


@dataclass(frozen=True)
class Excerpt:
    """A piece of a sheet: letters of its columns, and its rows."""

    columns: tuple[str, ...]
    rows: tuple[ExcerptRow, ...]


def read_excerpt(
    name: str, data: bytes, sheet_name: str, cell: str, *, around: bool = True
) -> Excerpt | Finding:
    """Return what stands around a cell of a file; where it cannot be read, a finding why.

    Not ``around``: its own row and the headings alone.
    """
    [book] = read_books([(name, data)])
    for sheet in book.sheets:
        if sheet.name == sheet_name:
            return excerpt(sheet, cell, around=around)
    errors = (finding for finding in book.findings if finding.severity is Severity.ERROR)
    return next(errors, FileUnreadable())


def excerpt(sheet: Sheet, cell: str, *, around: bool = True) -> Excerpt:
    """Return what stands around a cell of a sheet; not ``around``, its row and the headings."""
    row, column = position(cell)
    table = next((t for t in recognise(sheet) if _holds(t, row, column)), None)
    headings = table.headings[-_HEADINGS:] if table else range(0)
    names = [table.roles[role] for role in _NAMES if role in table.roles] if table else []
    reach = _AROUND if around else 0
    beside = range(max(0, row - reach), min(row + reach + 1, len(sheet.rows)))
    rows = sorted({*headings, *beside})
    width = max((len(sheet.rows[number]) for number in rows), default=0)
    columns = range(max(0, column - _AROUND), min(column + _AROUND + 1, width))
    return _drawn(sheet, rows, sorted({*names, *columns}), (row, column))


def _holds(table: Table, row: int, column: int) -> bool:
    if table.spots:
        return any((spot.row, spot.column) == (row, column) for spot in table.spots)
    return row in table.rows


def _drawn(sheet: Sheet, rows: list[int], columns: list[int], asked: tuple[int, int]) -> Excerpt:
    """Draw rows and columns with the merged ranges among them as single cells."""
    row_runs, column_runs = _runs(rows), _runs(columns)
    range_of = {
        (row, column): number
        for number, (top, left, bottom, right) in enumerate(sheet.merged)
        for row in rows
        if top <= row <= bottom
        for column in columns
        if left <= column <= right
    }
    # A merged range is one cell in each run of neighbouring rows and columns that it reaches into.
    parts: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
    for (row, column), number in range_of.items():
        part = (number, row_runs[row], column_runs[column])
        parts.setdefault(part, []).append((row, column))
    first_of = {place: min(places) for places in parts.values() for place in places}
    last_of = {min(places): max(places) for places in parts.values()}

    def cell(row: int, column: int) -> ExcerptCell:
        bottom, right = last_of.get((row, column), (row, column))
        cells = sheet.rows[row]
        return ExcerptCell(
            text_of(cells[column]).strip() if column < len(cells) else "",
            bottom - row + 1,
            right - column + 1,
            row <= asked[0] <= bottom and column <= asked[1] <= right,
            _is_after_gap(columns, column),
        )

    return Excerpt(
        tuple(address(0, column)[:-1] for column in columns),
        tuple(
            ExcerptRow(
                row + 1,
                tuple(
                    cell(row, column)
                    for column in columns
                    if first_of.get((row, column), (row, column)) == (row, column)
                ),
                _is_after_gap(rows, row),
            )
            for row in rows
        ),
    )


def _runs(numbers: list[int]) -> dict[int, int]:
    """Return for each number the first of the unbroken run it is in."""
    runs = {number: number for number in numbers}
    for before, number in pairwise(numbers):
        if number == before + 1:
            runs[number] = runs[before]
    return runs


def _is_after_gap(numbers: list[int], number: int) -> bool:
    return number > 0 and number - 1 not in numbers
