"""What was changed at a desk: a workbook held against what was taken out, and what stands now.

Every cell is held against what it said when it was taken out, and against what it says now. A cell
nobody touched changes nothing, whatever became of it on the server; one that was touched, and that
was changed there too, is for a person to decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple, Protocol

from kpi.editing.desk import RowId
from kpi.editing.taken_out import ID_KEY
from kpi.importing.findings import (
    EditCellGone,
    EditCellLocked,
    EditColumnMissing,
    EditFormula,
    EditOutside,
    EditRowAdded,
    EditRowMissing,
    EditRowTwice,
    EditSpelling,
    Finding,
    ValueMerged,
)
from kpi.importing.grids import Book, Cell, Sheet, address, text_of
from kpi.importing.remarks import without_controls
from kpi.notation import Unreadable, normal, read_number

#: Cells and rows that one finding names.
_NAMED = 5
#: What cells say, by the row and the key of the column.
Texts = Mapping[RowId, Mapping[str, str]]


class ComparedColumn(Protocol):
    """A column as it is now."""

    @property
    def moves_with(self) -> str:
        """Return a mark that columns share of which one says what the other means."""

    def is_open(self, row: RowId) -> bool:
        """Whether the cell of a row may be edited."""


@dataclass(frozen=True)
class DeskCell:
    """A cell that says something else than when it was taken out."""

    row: RowId
    #: Key of the column.
    column: str
    #: Its address on the sheet.
    cell: str
    #: What it said when it was taken out, what it says, and what the plan says there now.
    taken: str
    typed: str
    now: str


@dataclass
class DeskDifference:
    """What of a workbook says something else than when it was taken out."""

    book: Book
    #: Name of the sheet, and where its rows and columns are, counted from 0.
    sheet: str = ""
    rows: dict[RowId, int] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)
    #: Cells changed at the desk alone.
    changed: list[DeskCell] = field(default_factory=list)
    #: Cells that were changed on the server, too, or another that says what they mean.
    clashing: list[DeskCell] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


class Table(NamedTuple):
    """Where on which sheet the rows are."""

    sheet: Sheet
    #: Row of the columns' keys.
    keys: int
    #: Columns by their keys.
    columns: dict[str, int]


def find_table(book: Book, mark_sheet: str) -> Table | None:
    """Return where the rows are, wherever columns and sheets were moved."""
    for sheet in book.sheets:
        for number, row in enumerate(sheet.rows if sheet.name != mark_sheet else []):
            if ID_KEY in row:
                columns = {text_of(cell): at for at, cell in enumerate(row) if cell != ""}
                return Table(sheet, number, columns)
    return None


def compare(
    result: DeskDifference,
    table: Table,
    taken: Texts,
    now: Texts,
    columns: Mapping[str, ComparedColumn],
    read_row: Callable[[str], RowId] = RowId.read,
) -> None:
    """Find what was changed at the desk.

    ``taken`` is what the cells said when they were taken out, ``now`` what they say now,
    ``columns`` what there is now. ``read_row`` reads the id of a row and raises ValueError.
    """
    result.sheet = table.sheet.name
    result.findings = [f for f in result.book.findings if f.sheet in ("", result.sheet)]
    _Comparison(result, table, taken, now, columns, read_row).run()


class _Comparison:
    """Holds the rows of the sheet against what was taken out, and against the plan as it is."""

    def __init__(
        self,
        back: DeskDifference,
        table: Table,
        taken: Texts,
        now: Texts,
        columns: Mapping[str, ComparedColumn],
        read_row: Callable[[str], RowId],
    ) -> None:
        self.sheet, self.keys, at = table
        self.back, self.taken, self.now, self.columns = back, taken, now, columns
        #: Keys of the columns that were taken out.
        self.out = list(dict.fromkeys(key for texts in taken.values() for key in texts))
        # A file may name any number of columns more: they are outside the table.
        known = {ID_KEY, *self.out, *columns}
        self.at = back.columns = {key: column for key, column in at.items() if key in known}
        #: The columns that say something of a row.
        self.telling = {column for key, column in self.at.items() if key != ID_KEY}
        self.read_row = read_row
        self.formulas = {(row, column) for row, column in self.sheet.formulas}
        #: What one finding each is said of: how many places, and the first of them.
        self.counts: Counter[type[Finding]] = Counter()
        self.named: dict[type[Finding], list[str]] = {}

    def run(self) -> None:
        """Compare every row, and say what else is on the sheet."""
        rows = self.back.rows = self._rows()
        for row, number in rows.items():
            self._row(row, number)
        self._look_outside()
        for kind, cells in self.named.items():
            count = self.counts[kind]
            named = "・".join(cells) + ("…" if count > _NAMED else "")
            self._find(kind, cells[0], count=count, cells=named)
        if missing := len(self.taken.keys() - rows):
            self._find(EditRowMissing, count=missing)
        if lost := len(set(self.out) - self.at.keys()):
            self._find(EditColumnMissing, count=lost)

    def _find(self, kind: type[Finding], cell: str = "", **values: object) -> None:
        self.back.findings.append(kind(self.sheet.name, cell, **values))

    def _note(self, kind: type[Finding], row: int, column: int) -> None:
        self.counts[kind] += 1
        if self.counts[kind] <= _NAMED:
            self.named.setdefault(kind, []).append(address(row, column))

    def _rows(self) -> dict[RowId, int]:
        """Return where each row is; those that were never taken out are found."""
        rows: dict[RowId, int] = {}
        for number in range(self.keys + 1, len(self.sheet.rows)):
            try:
                row = self.read_row(text_of(self._cell(number, ID_KEY)))
            except ValueError:
                row = None
            filled = self._first_filled(number)
            if row in rows:
                self._note(EditRowTwice, number, filled or 0)
            elif row is not None and row in self.taken:
                rows[row] = number
            elif row is not None or (rows and filled is not None):
                self._note(EditRowAdded, number, filled or 0)
        return rows

    def _first_filled(self, row: int) -> int | None:
        """Return the first column of the table with anything in it."""
        cells = enumerate(self.sheet.rows[row])
        return next((at for at, cell in cells if cell != "" and at in self.telling), None)

    def _cell(self, row: int, key: str) -> Cell:
        cells, column = self.sheet.rows[row], self.at[key]
        return cells[column] if column < len(cells) else ""

    def _row(self, row: RowId, number: int) -> None:
        """Compare the cells of a row."""
        for key in self.out:
            if key not in self.at:
                continue
            place = (number, self.at[key])
            if place in self.formulas:
                self._note(EditFormula, *place)
                continue
            typed = self._typed(self._cell(number, key), self.taken[row][key], place)
            if typed is None:
                continue
            if place in self.sheet.filled:
                self._find(ValueMerged, address(*place), text=typed)
            elif not self._is_known(row, key):
                self._note(EditCellGone, *place)
            elif not self.columns[key].is_open(row):
                self._note(EditCellLocked, *place)
            else:
                self._changed(row, key, place, typed)

    def _typed(self, cell: Cell, taken: str, place: tuple[int, int]) -> str | None:
        """Return what a cell says; None where that is what it said when it was taken out."""
        text = without_controls(text_of(cell)).strip()
        if text == taken.strip() or (isinstance(cell, float) and _is_number(taken, text)):
            return None
        if normal(text) == normal(taken):
            self._note(EditSpelling, *place)
            return None
        return text

    def _is_known(self, row: RowId, key: str) -> bool:
        """Whether the plan has a row and a column still."""
        if row not in self.now or key not in self.columns:
            return False
        # Ids below zero are new series of a draft, and each draft counts its own.
        names = ("indicator", "series")
        return row.series_id > 0 or all(
            self.taken[row].get(name) == self.now[row][name] for name in names
        )

    def _changed(self, row: RowId, key: str, place: tuple[int, int], typed: str) -> None:
        """Note a cell that was changed at the desk, by what became of it on the server."""
        taken, now = self.taken[row], self.now[row]
        if typed == now[key].strip():
            return
        promise = self.columns[key].moves_with
        has_moved = any(
            column.moves_with == promise and now[other] != taken.get(other, "")
            for other, column in self.columns.items()
        )
        cell = DeskCell(row, key, address(*place), taken[key], typed, now[key])
        (self.back.clashing if has_moved else self.back.changed).append(cell)

    def _look_outside(self) -> None:
        """Find what stands beside the table: it is nothing that is read."""
        own = set(self.at.values())
        for number in range(self.keys + 1, len(self.sheet.rows)):
            for column, cell in enumerate(self.sheet.rows[number]):
                if cell != "" and column not in own:
                    self._note(EditOutside, number, column)


def _is_number(taken: str, text: str) -> bool:
    """Whether a text that was taken out is the number a spreadsheet made of it."""
    try:
        number = read_number(taken)
    except Unreadable:
        return False
    return not number.unit and number.value == Decimal(text)
