"""Answer forms brought back: whose they are, what was written in them, and what is in the way.

They come in any number, renamed, sorted, saved by another program, and not always to the round that
asked. Nothing is believed for the sake of their mark: an answer is held against the round and the
plan as they stand, cell by cell (`kpi.editing.desk_difference`), and read as one typed on the
screen is (`kpi.collecting.filled`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kpi.collecting.filled import OF_FIGURE, Filled, Place, read_form
from kpi.collecting.form import FRACTION, FormColumn, FormRow, form_columns, form_rows
from kpi.collecting.mark import MARK_SHEET, FormMark, read_mark
from kpi.editing.desk import RowId
from kpi.editing.desk_difference import DeskCell, DeskDifference, compare, find_table
from kpi.editing.taken_out import FormatUnknown, MarkDamaged
from kpi.importing.desk_copies import is_answer_form
from kpi.importing.findings import (
    AnswerDepartmentUnknown,
    AnswerElsewhere,
    AnswerRoundUnknown,
    AnswerTwice,
    EditMarkDamaged,
    EditSavedOtherwise,
    EditVersion,
    Finding,
    NotAnAnswer,
)
from kpi.importing.grids import Book, address
from kpi.model import Municipality, Provenance, Severity
from kpi.store import PlanSnapshot, RoundEntry
from kpi.words import DEFAULT, speaking


@dataclass
class AnswerBook(DeskDifference):
    """What an answer form says otherwise than when it went out."""

    #: None where that cannot be told.
    mark: FormMark | None = None
    #: The round it answers; None where there is none.
    entry: RoundEntry | None = None
    #: What it asks the department as of now.
    form: list[FormRow] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        """Whether a finding forbids to take anything of it as it is."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)

    def typed(self, decided: Collection[DeskCell] = ()) -> dict[Place, str]:
        """Return what was written, by cell; of what clashes only what was ``decided`` to count."""
        return {_place(cell): cell.typed for cell in (*self.changed, *decided)}

    def address(self, place: Place) -> str:
        """Return where on its sheet a cell of the form stands; empty where it was taken away."""
        row, column = self.rows.get(RowId(place.series_id, 0)), self.columns.get(place.column)
        return "" if row is None or column is None else address(row, column)

    def origins(self) -> dict[Place, Provenance]:
        """Return where in the file each cell stands in which something was written."""
        name, digest = self.book.name, self.book.sha256
        return {
            _place(cell): Provenance(name, digest, self.sheet, cell.cell)
            for cell in (*self.changed, *self.clashing)
        }


@speaking(DEFAULT)
def bring_back(
    books: Sequence[Book],
    municipality: Municipality,
    rounds: Sequence[RoundEntry],
    plans: Mapping[int, PlanSnapshot],
) -> list[AnswerBook]:
    """Return what the files of any number of departments say, in their order.

    ``plans`` are those of the municipality as they stand, by id. A second file of a department is
    told and not read.
    """
    first: dict[tuple[int, str], str] = {}
    answers = []
    for book in books:
        answer = _brought(book, municipality, rounds, plans)
        if answer.mark is not None and answer.entry is not None:
            whose = answer.entry.round.id, answer.mark.department
            if whose in first:
                answer.changed, answer.clashing = [], []
                answer.findings = [AnswerTwice(department=whose[1], first=first[whose])]
            first.setdefault(whose, book.name)
        answers.append(answer)
    return answers


@speaking(DEFAULT)
def read_answer(
    answer: AnswerBook, snapshot: PlanSnapshot, decided: Collection[DeskCell] = ()
) -> Filled:
    """Read what was written in a form, each finding at its cell.

    Raises ValueError where it is not told of which round the form is.
    """
    if answer.entry is None:
        raise ValueError("no round")
    year = answer.entry.round.fiscal_year
    origins = answer.origins()
    filled = read_form(snapshot, year, answer.form, answer.typed(decided), origins)
    for place, findings in filled.findings.items():
        # What was written in one cell may contradict another that nobody touched.
        cell = origins[place].cell if place in origins else answer.address(place)
        filled.findings[place] = [replace(one, sheet=answer.sheet, cell=cell) for one in findings]
    return filled


def _place(cell: DeskCell) -> Place:
    return Place(cell.row.series_id, cell.column)


def _brought(
    book: Book,
    municipality: Municipality,
    rounds: Sequence[RoundEntry],
    plans: Mapping[int, PlanSnapshot],
) -> AnswerBook:
    answer = AnswerBook(book)
    refused = _refusal(answer, municipality, rounds, plans)
    table = find_table(book, MARK_SHEET)
    if refused is None and table is None:
        refused = EditMarkDamaged()
    if refused is not None or table is None or answer.mark is None:
        answer.findings = [refused] if refused else []
        return answer
    rows = {row.series.id: row for row in answer.form}
    columns = {
        column.key: _Column(column, rows) for column in form_columns(answer.mark.fiscal_year)
    }
    taken = {RowId(series_id, 0): texts for series_id, texts in answer.mark.texts.items()}
    now = {RowId(row.series.id, 0): row.texts for row in answer.form}
    compare(answer, table, taken, now, columns, _read_row)
    return answer


def _refusal(
    answer: AnswerBook,
    municipality: Municipality,
    rounds: Sequence[RoundEntry],
    plans: Mapping[int, PlanSnapshot],
) -> Finding | None:
    """Return why a file is no answer to a round; note which one it answers."""
    book = answer.book
    if not is_answer_form(book):
        unreadable = (f for f in book.findings if f.severity is Severity.ERROR and not f.sheet)
        return next(unreadable, NotAnAnswer())
    try:
        mark = read_mark(book)
    except FormatUnknown:
        return EditVersion()
    except MarkDamaged:
        return EditMarkDamaged()
    if mark is None:
        return EditSavedOtherwise()
    if mark.municipality != municipality.code:
        return AnswerElsewhere(chosen=municipality.name)
    answer.mark = mark
    own = (mark.round_id, mark.plan_id, mark.fiscal_year)
    for entry in rounds:
        known = (entry.round.id, entry.round.plan_id, entry.round.fiscal_year)
        if known == own and mark.plan_id in plans:
            answer.entry = entry
            answer.form = form_rows(plans[mark.plan_id], entry, mark.department)
    if answer.entry is None:
        return AnswerRoundUnknown(year=mark.fiscal_year)
    if not answer.form:
        return AnswerDepartmentUnknown(department=mark.department)
    return None


def _read_row(text: str) -> RowId:
    return RowId(int(text), 0)


@dataclass(frozen=True)
class _Column:
    """A column of the form as it is compared."""

    column: FormColumn
    rows: Mapping[int, FormRow]

    @property
    def moves_with(self) -> str:
        """Return a mark that columns share of which one says what the other means."""
        for group in (OF_FIGURE, FRACTION):
            if self.column.key in group:
                return group[0]
        return self.column.key

    def is_open(self, row: RowId) -> bool:
        """Whether the department answers in the cell of a row."""
        return self.rows[row.series_id].is_open(self.column)
