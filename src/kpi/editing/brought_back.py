"""The plan brought back from one's desk: what was changed in a 目標編集用 workbook.

`kpi.editing.desk_difference` tells which cells were changed; here is told whose workbook it is, and
what the changed cells say.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kpi.editing.cells import Slot, read_cell, slot_of
from kpi.editing.desk import DIRECTION, RowId, desk_columns, desk_texts, direction_words
from kpi.editing.desk_difference import DeskCell, DeskDifference, compare, find_table
from kpi.editing.grid import Column, Grid, Part, Place, read_grid
from kpi.editing.taken_out import FormatUnknown, MarkDamaged, TakenOut, read_mark
from kpi.importing.desk_copies import MARK_SHEET, is_for_editing
from kpi.importing.findings import (
    EditMarkDamaged,
    EditOfAnother,
    EditSavedOtherwise,
    EditVersion,
    Finding,
    NotForEditing,
    WordUnknown,
)
from kpi.importing.grids import Book, Cell, address, text_of
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
from kpi.notation import normal
from kpi.words import DEFAULT, say, speaking


@dataclass
class BroughtBack(DeskDifference):
    """What a workbook says of the plan it was made of."""

    #: None where that cannot be told.
    taken_out: TakenOut | None = None


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


@speaking(DEFAULT)
def bring_back(book: Book, grid: Grid, municipality: Municipality) -> BroughtBack:
    """Compare a workbook with what was taken out, and with the grid as it is now."""
    back = BroughtBack(book)
    table = find_table(book, MARK_SHEET)
    refused = _refusal(back, municipality, grid.snapshot.plan)
    if refused is None and (back.taken_out is None or table is None):
        refused = EditMarkDamaged()
    if refused is not None or back.taken_out is None or table is None:
        back.findings = [refused] if refused else []
        return back
    columns = {column.key: column for column in desk_columns(grid)}
    compare(back, table, back.taken_out.texts, desk_texts(grid), columns)
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


@speaking(DEFAULT)
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
