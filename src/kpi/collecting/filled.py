"""The form of a department filled in: what is typed in its cells, read as an import would read it.

Typed on the screen or written in the workbook, a cell says the same: both come through here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from kpi.collecting.form import (
    DENOMINATOR,
    FIGURE,
    FRACTION,
    NOTE,
    NOTES,
    NUMERATOR,
    STATUS,
    STATUS_WORDS,
    FormRow,
    actual_key,
    form_columns,
)
from kpi.editing.cells import Cell, Slot, read_cell, year_text
from kpi.editing.notes import MOST
from kpi.importing.findings import (
    AnswerNotAsked,
    AnswerStatusTwice,
    AnswerTooLong,
    AnswerWithoutFigure,
    Finding,
    NothingStated,
    NumberUnreadable,
    WordUnknown,
)
from kpi.model import (
    Edit,
    Fact,
    FactEdit,
    FiscalYear,
    Fraction,
    Kind,
    Note,
    Part,
    PartEdit,
    Provenance,
    Severity,
    Status,
    part_identity,
)
from kpi.notation import Unreadable, normal, read_nothing, read_number
from kpi.store import PlanSnapshot
from kpi.words import say

#: Columns that say what an actual is.
OF_FIGURE = (FIGURE, STATUS, NOTE)


class Place(NamedTuple):
    """A cell of the form that can be answered in."""

    series_id: int
    #: Key of the column.
    column: str


@dataclass
class Filled:
    """What a form says otherwise than the plan does: edits, and what is to be said of cells."""

    edits: list[Edit] = field(default_factory=list)
    #: Findings by the cells they are about. A cell with an error makes no edit.
    findings: dict[Place, list[Finding]] = field(default_factory=dict)

    @property
    def refused(self) -> list[Place]:
        """Return the cells that make no edit because they cannot be read."""
        return [
            place
            for place, findings in self.findings.items()
            if any(finding.severity is Severity.ERROR for finding in findings)
        ]


def read_form(
    snapshot: PlanSnapshot,
    year: FiscalYear,
    rows: Sequence[FormRow],
    typed: Mapping[Place, str],
    origins: Mapping[Place, Provenance] | None = None,
) -> Filled:
    """Read what is typed in cells of a form; cells that are not named stay as they are.

    ``rows`` are those of `kpi.collecting.form.form_rows` for the plan as it stands. ``origins``
    says in which cell of which file a text was found.
    """
    reading = _Reading(snapshot, year, typed, origins or {})
    for row in rows:
        reading.read(row)
    return reading.result


def typed_of(rows: Iterable[FormRow], filled: Iterable[FormRow]) -> dict[Place, str]:
    """Return the texts of a form that another one of the same rows has otherwise."""
    others = {row.series.id: row for row in filled}
    return {
        Place(row.series.id, column): others[row.series.id].texts[column]
        for row in rows
        if row.series.id in others
        for column in (*OF_FIGURE, *FRACTION, *NOTES)
        if others[row.series.id].texts[column] != row.texts[column]
    }


class _Reading:
    """Reads the rows of a form one by one."""

    def __init__(
        self,
        snapshot: PlanSnapshot,
        year: FiscalYear,
        typed: Mapping[Place, str],
        origins: Mapping[Place, Provenance],
    ) -> None:
        self.snapshot, self.year, self.typed, self.origins = snapshot, year, typed, origins
        self.columns = {column.key: column for column in form_columns(year)}
        parts: list[Part] = [*snapshot.notes, *snapshot.fractions]
        self.parts = {part_identity(part): part for part in parts}
        self.result = Filled()

    def read(self, row: FormRow) -> None:
        """Read what is typed in the cells of a row."""
        texts = {key: row.texts[key].strip() for key in (*OF_FIGURE, *FRACTION, *NOTES)}
        typed = {
            key: text.strip()
            for key in texts
            if (text := self.typed.get(Place(row.series.id, key))) is not None
        }
        for key in [key for key in typed if not row.is_open(self.columns[key])]:
            if text := typed.pop(key):
                heading = self.columns[key].heading
                self._find(row, key, AnswerNotAsked(heading=heading, text=text))
        changed = {key for key, text in typed.items() if text != texts[key]}
        texts |= typed
        too_long = {key for key in changed if len(texts[key]) > MOST}
        for key in [key for key in typed if key in too_long]:
            heading = self.columns[key].heading
            found = AnswerTooLong(heading=heading, length=len(texts[key]), most=MOST)
            self._find(row, key, found)
        if not changed.isdisjoint(OF_FIGURE) and too_long.isdisjoint(OF_FIGURE):
            self._read_figure(row, texts, changed)
        if not changed.isdisjoint(FRACTION) and too_long.isdisjoint(FRACTION):
            self._read_fraction(row, texts)
        for key in NOTES:
            if key in changed - too_long:
                note = Note(row.indicator.id, self.year, NOTES[key], 0, texts[key])
                self._put(note, is_empty=not note.text)

    def _find(self, row: FormRow, column: str, *findings: Finding) -> None:
        if findings:
            place = Place(row.series.id, column)
            self.result.findings.setdefault(place, []).extend(findings)

    def _read_figure(self, row: FormRow, texts: Mapping[str, str], changed: set[str]) -> None:
        """Read figure, status and note, which are one statement."""
        key = actual_key(row.series.id, self.year)
        before = self.snapshot.facts.get(key)
        fact = self._figure(row, texts[FIGURE]) if FIGURE in changed else before
        status = self._status(row, texts[STATUS], fact if FIGURE in changed else None)
        if self._is_refused(row):
            return
        if fact is None:
            for column in (STATUS, NOTE):
                if column in changed and texts[column]:
                    self._find(row, column, AnswerWithoutFigure(text=texts[column]))
            after = None
        else:
            origin = next(
                (
                    self.origins[place]
                    for column in OF_FIGURE
                    if column in changed and (place := Place(row.series.id, column)) in self.origins
                ),
                None,
            )
            after = fact._replace(status=status, note=texts[NOTE], provenance=origin)
        edit = FactEdit(key, before, after)
        if not edit.changes_nothing:
            self.result.edits.append(edit)

    def _figure(self, row: FormRow, text: str) -> Fact | None:
        """Return what a figure says; None where there is none, or it cannot be read."""
        if not text:
            return None
        cell = Cell(row.series, Slot(Kind.ACTUAL), None, None, row.series.unit)
        reading = read_cell(cell, text, year_text(self.year), self.snapshot.facts)
        self._find(row, FIGURE, *reading.findings)
        if reading.is_refused:
            return None
        if not reading.facts:
            self._find(row, FIGURE, NothingStated(text=text))
            return None
        return reading.facts[0]

    def _status(self, row: FormRow, text: str, typed: Fact | None) -> Status | None:
        """Return the status of a figure: that of its own column, or as the figure itself says."""
        own = typed.status if typed else None
        words = {normal(word): Status(word) for word in STATUS_WORDS}
        said = words.get(normal(text).removesuffix("値"))
        if text and said is None:
            known = say("list.comma").join(STATUS_WORDS)
            heading = self.columns[STATUS].heading
            self._find(row, STATUS, WordUnknown(heading=heading, text=text, known=known))
        if said and own and said is not own:
            self._find(row, STATUS, AnswerStatusTwice(figure=str(own), text=text))
        return said or own

    def _is_refused(self, row: FormRow) -> bool:
        own = {Place(row.series.id, column) for column in OF_FIGURE}
        return not own.isdisjoint(self.result.refused)

    def _read_fraction(self, row: FormRow, texts: Mapping[str, str]) -> None:
        """Read 分子 and 分母; an empty one is unknown."""
        values: dict[str, float | None] = {}
        for column in FRACTION:
            text = texts[column]
            try:
                is_given = read_nothing(text) is None
                values[column] = float(read_number(text).value) if is_given else None
            except Unreadable as unreadable:
                heading = self.columns[column].heading
                self._find(row, column, NumberUnreadable("", heading, text, unreadable.why))
        if len(values) == len(FRACTION):
            fraction = Fraction(
                row.series.id,
                self.year,
                values[NUMERATOR],
                values[DENOMINATOR],
                texts[NUMERATOR],
                texts[DENOMINATOR],
            )
            self._put(fraction, is_empty=not any(texts[column] for column in FRACTION))

    def _put(self, after: Note | Fraction, *, is_empty: bool) -> None:
        """Make an edit of a part, unless it is empty and there was none."""
        before = self.parts.get(part_identity(after))
        if after != before and not (is_empty and before is None):
            self.result.edits.append(PartEdit(before, after, ""))
