"""The plan brought back from one's desk: what was changed in a 目標編集用 workbook.

Every cell is held against what it said when it was taken out, and against what the plan says now.
A cell nobody touched changes nothing, whatever became of it on the server; one that was touched,
and whose promise was changed there too, is for a person to decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple

from kpi.editing.cells import Slot, read_cell, slot_of
from kpi.editing.desk import DIRECTION, RowId, desk_columns, desk_texts, direction_words
from kpi.editing.grid import Column, Grid, Part, Place, read_grid
from kpi.editing.taken_out import ID_KEY, FormatUnknown, MarkDamaged, TakenOut, read_mark
from kpi.importing.desk_copies import MARK_SHEET, is_for_editing
from kpi.importing.findings import (
    EditCellGone,
    EditCellLocked,
    EditColumnMissing,
    EditFormula,
    EditMarkDamaged,
    EditOfAnother,
    EditOutside,
    EditRowAdded,
    EditRowMissing,
    EditRowTwice,
    EditSavedOtherwise,
    EditSpelling,
    EditVersion,
    Finding,
    NotForEditing,
    ValueMerged,
    WordUnknown,
)
from kpi.importing.grids import Book, Cell, Sheet, address, text_of
from kpi.importing.remarks import without_controls
from kpi.model import (
    Edit,
    FactEdit,
    FactKey,
    Municipality,
    PartEdit,
    Plan,
    Provenance,
    Series,
    Severity,
    part_identity,
)
from kpi.notation import Unreadable, normal, read_number
from kpi.words import say

#: Cells and rows that one finding names.
_NAMED = 5


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
class BroughtBack:
    """What a workbook says of the plan it was made of."""

    book: Book
    #: None where that cannot be told.
    taken_out: TakenOut | None = None
    #: Name of the sheet, and where its rows and columns are, counted from 0.
    sheet: str = ""
    rows: dict[RowId, int] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)
    #: Cells changed at the desk alone.
    changed: list[DeskCell] = field(default_factory=list)
    #: Cells of promises that were changed on the server, too.
    clashing: list[DeskCell] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass
class DeskReading:
    """What changed cells say: edits of the plan, each leading back to its cell."""

    edits: list[Edit] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    #: The cell of the sheet each edit was written in, by what the edit is about.
    cells: dict[Hashable, str] = field(default_factory=dict)


def is_refused(findings: Collection[Finding]) -> bool:
    """Whether a finding forbids to take anything of a workbook as it is."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def taken_out(book: Book) -> TakenOut:
    """Return what a workbook for editing was made of. Raises FormatUnknown or MarkDamaged."""
    for sheet in book.sheets:
        if sheet.name == MARK_SHEET:
            return read_mark([_texts(row) for row in sheet.rows])
    raise MarkDamaged


def _texts(row: Sequence[Cell]) -> list[str]:
    texts = [text_of(cell) for cell in row]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def bring_back(book: Book, grid: Grid, municipality: Municipality) -> BroughtBack:
    """Compare a workbook with what was taken out, and with the grid as it is now."""
    back = BroughtBack(book)
    table = _table(book)
    refused = _refusal(back, municipality, grid.snapshot.plan)
    if refused is None and (back.taken_out is None or table is None):
        refused = EditMarkDamaged()
    if refused is not None or back.taken_out is None or table is None:
        back.findings = [refused] if refused else []
        return back
    back.sheet, back.columns = table.sheet.name, table.columns
    back.findings = [f for f in book.findings if f.sheet in ("", back.sheet)]
    _Comparison(table, back.taken_out, grid, back).run()
    return back


def _refusal(back: BroughtBack, municipality: Municipality, plan: Plan) -> Finding | None:
    """Return why a file is none of this plan's workbooks; note what it was made of."""
    book = back.book
    if not is_for_editing(book):
        unreadable = (f for f in book.findings if f.severity is Severity.ERROR and not f.sheet)
        return next(unreadable, NotForEditing())
    if all(sheet.name != MARK_SHEET for sheet in book.sheets):
        return EditSavedOtherwise()
    try:
        taken = taken_out(book)
    except FormatUnknown:
        return EditVersion()
    except MarkDamaged:
        return EditMarkDamaged()
    # Ids of new plans are below zero, and each draft counts its own.
    is_same = (taken.municipality, taken.plan_id) == (municipality.code, plan.id)
    if not is_same or (plan.id < 0 and taken.plan != without_controls(plan.name)):
        return EditOfAnother(plan=taken.plan, chosen=plan.name)
    back.taken_out = taken
    return None


class _Table(NamedTuple):
    """Where on which sheet the rows are."""

    sheet: Sheet
    #: Row of the columns' keys.
    keys: int
    #: Columns by their keys.
    columns: dict[str, int]


def _table(book: Book) -> _Table | None:
    """Return where the rows are, wherever columns and sheets were moved."""
    for sheet in book.sheets:
        for number, row in enumerate(sheet.rows if sheet.name != MARK_SHEET else []):
            if ID_KEY in row:
                columns = {text_of(cell): at for at, cell in enumerate(row) if cell != ""}
                return _Table(sheet, number, columns)
    return None


class _Comparison:
    """Holds the rows of the sheet against what was taken out, and against the plan as it is."""

    def __init__(self, table: _Table, taken: TakenOut, grid: Grid, back: BroughtBack) -> None:
        self.sheet, self.keys, self.at = table
        self.taken, self.back = taken, back
        self.columns = {column.key: column for column in desk_columns(grid)}
        self.now = desk_texts(grid)
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
        if missing := len(self.taken.texts.keys() - rows):
            self._find(EditRowMissing, count=missing)
        if lost := len(set(self.taken.columns) - self.at.keys()):
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
                row = RowId.read(text_of(self._cell(number, ID_KEY)))
            except ValueError:
                row = None
            filled = self._first_filled(number)
            if row in rows:
                self._note(EditRowTwice, number, filled or 0)
            elif row in self.taken.texts:
                rows[row] = number
            elif row is not None or (rows and filled is not None):
                self._note(EditRowAdded, number, filled or 0)
        return rows

    def _first_filled(self, row: int) -> int | None:
        """Return the first column of the table with anything in it."""
        own = sorted((at, key) for key, at in self.at.items() if key != ID_KEY)
        return next((at for at, key in own if self._cell(row, key) != ""), None)

    def _cell(self, row: int, key: str) -> Cell:
        cells, column = self.sheet.rows[row], self.at[key]
        return cells[column] if column < len(cells) else ""

    def _row(self, row: RowId, number: int) -> None:
        """Compare the cells of a row."""
        for key in self.taken.columns:
            if key not in self.at:
                continue
            place = (number, self.at[key])
            if place in self.formulas:
                self._note(EditFormula, *place)
                continue
            typed = self._typed(self._cell(number, key), self.taken.texts[row][key], place)
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
            self.taken.texts[row].get(name) == self.now[row][name] for name in names
        )

    def _changed(self, row: RowId, key: str, place: tuple[int, int], typed: str) -> None:
        """Note a cell that was changed at the desk, by what became of it on the server."""
        taken, now = self.taken.texts[row], self.now[row]
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


def read_desk(back: BroughtBack, grid: Grid, cells: Collection[DeskCell]) -> DeskReading:
    """Read the cells that are to count, as the grid reads what is typed in it."""
    columns = {column.name: column for column in grid.columns}
    typed = {
        Place(*cell.row, columns[cell.column]): cell for cell in cells if cell.column in columns
    }
    texts = {place: cell.typed for place, cell in typed.items()}
    read = read_grid(grid, texts)
    result = DeskReading()
    for place, findings in read.findings.items():
        result.findings += [
            replace(finding, sheet=back.sheet, cell=typed[place].cell) for finding in findings
        ]
    origins = _origins(grid, texts)
    for edit in read.edits:
        origin = _place(back, *origins[edit.key]) if isinstance(edit, FactEdit) else None
        if origin is not None:
            result.cells[edit.identity] = origin.cell
        if origin is not None and isinstance(edit, FactEdit) and edit.after is not None:
            edit = replace(edit, after=edit.after._replace(provenance=origin))
        result.edits.append(edit)
    _read_directions(back, grid, cells, result)
    return result


def _origins(grid: Grid, texts: Mapping[Place, str]) -> dict[FactKey, tuple[RowId, Slot]]:
    """Return the row and slot in which each fact stands, or is stated by what was typed."""
    stands: dict[FactKey, tuple[RowId, Slot]] = {}
    own: dict[FactKey, tuple[RowId, Slot]] = {}
    beside: dict[FactKey, tuple[RowId, Slot]] = {}
    typed = {(place.series_id, place.line, place.column.slot) for place in texts}
    for row in grid.rows:
        at = RowId(row.series.id, row.line)
        stands |= {fact.key: (at, slot) for slot, fact in row.facts.items()}
        for slot in grid.slots:
            if (*at, slot) not in typed:
                continue
            cell = grid.cell(row, slot)
            figure = texts.get(Place(*at, Column(Part.FIGURE, slot)), cell.text)
            year = texts.get(Place(*at, Column(Part.YEAR, slot)), cell.year)
            for fact in read_cell(cell, figure, year, grid.snapshot.facts).facts:
                # ＜25％以上＞ behind the main target has a cell of its own, too.
                (own if slot_of(fact.key) == slot else beside)[fact.key] = (at, slot)
    return stands | beside | own


def _place(back: BroughtBack, row: RowId, slot: Slot) -> Provenance | None:
    """Return where the figure of a slot stands; where its column was removed, its year."""
    for part in (Part.FIGURE, Part.YEAR):
        column = Column(part, slot).name
        if row in back.rows and column in back.columns:
            cell = address(back.rows[row], back.columns[column])
            return Provenance(back.book.name, back.book.sha256, back.sheet, cell)
    return None


def _read_directions(
    back: BroughtBack, grid: Grid, cells: Collection[DeskCell], result: DeskReading
) -> None:
    """Read the words for directions; each is an edit of its series."""
    words = {normal(word): direction for word, direction in direction_words().items()}
    series = {row.series.id: row.series for row in grid.rows}
    for cell in cells:
        if cell.column != DIRECTION:
            continue
        direction = words.get(normal(cell.typed))
        if direction is None:
            heading, known = say("edit_workbook.direction"), "・".join(direction_words())
            finding = WordUnknown(back.sheet, cell.cell, heading, cell.typed, known)
            result.findings.append(finding)
            continue
        before = after = series[cell.row.series_id]
        for edit in result.edits:
            # The cells may have settled the unit of the same series.
            if isinstance(edit, PartEdit) and isinstance(edit.after, Series):
                after = edit.after if edit.after.id == before.id else after
        edits = [edit for edit in result.edits if edit.identity != part_identity(before)]
        was, now = (say(f"direction.{way}") for way in (before.direction, direction))
        reason = say("edit_workbook.direction_reason", before=was, after=now)
        edits.append(PartEdit(before, replace(after, direction=direction), reason))
        result.edits = edits
        result.cells[part_identity(before)] = cell.cell
