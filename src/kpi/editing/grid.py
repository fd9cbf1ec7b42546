"""The plan as a grid of text to be edited as in Excel, and what is typed in it back as edits.

A row is a series; where it has more facts of a kind than a row has cells for, or facts with other
notes, further rows of it follow, so that every baseline and every target has its cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

from kpi.editing.cells import Cell, CellReading, Slot, read_cell, slot_of
from kpi.importing.facts import scale_jump
from kpi.importing.findings import FactUndated, Finding, NoteAlone, TargetInWords, YearTaken
from kpi.importing.headings import STRETCH_LABEL
from kpi.model import (
    UNDATED,
    Edit,
    Fact,
    FactEdit,
    FactKey,
    Indicator,
    Kind,
    PartEdit,
    PolicyNode,
    Series,
    Severity,
)
from kpi.store import PlanSnapshot
from kpi.words import DEFAULT, say, speaking


class Part(StrEnum):
    """What a column has of a slot."""

    FIGURE = "figure"
    YEAR = "year"
    NOTE = "note"


class Column(NamedTuple):
    """A column that can be edited. The notes of a row have a column of their own."""

    part: Part
    slot: Slot | None = None

    @property
    def name(self) -> str:
        """Return what tells the column from all others, for tables."""
        return " ".join(map(str, (self.part, *(self.slot or ())))).strip()


NOTE = Column(Part.NOTE)


class Place(NamedTuple):
    """A cell of the grid that can be edited."""

    series_id: int
    #: Counts the rows of a series from 0.
    line: int
    column: Column


@dataclass(frozen=True)
class Row:
    """A row of the grid."""

    series: Series
    indicator: Indicator
    #: The node the indicator hangs in, if any.
    policy: PolicyNode | None
    line: int
    facts: Mapping[Slot, Fact]

    @property
    def title(self) -> str:
        """Return what the row is about."""
        return f"{self.indicator.name} {self.series.name}".strip()

    @property
    def note(self) -> str:
        """Return the note of the row's facts: that of those which have one."""
        return next((fact.note for fact in self.facts.values() if fact.note), "")


@dataclass(frozen=True)
class Grid:
    """A plan as rows and columns of text."""

    snapshot: PlanSnapshot
    slots: tuple[Slot, ...]
    rows: tuple[Row, ...]

    @property
    def in_use(self) -> Grid:
        """Return the grid without the rows of retired indicators."""
        return replace(self, rows=tuple(r for r in self.rows if not r.indicator.is_retired))

    @property
    def columns(self) -> list[Column]:
        """Return the columns that can be edited, from left to right."""
        parts = (Part.FIGURE, Part.YEAR)
        return [*(Column(part, slot) for slot in self.slots for part in parts), NOTE]

    def cell(self, row: Row, slot: Slot) -> Cell:
        """Return what stands in a row under a slot."""
        series = row.series
        is_settled = series.unit or any(k.series_id == series.id for k in self.snapshot.facts)
        period = self.snapshot.periods.get(slot.period)
        unit = series.unit if is_settled else None
        return Cell(series, slot, row.facts.get(slot), period, unit)

    def text(self, row: Row, column: Column) -> str:
        """Return the text of a cell as the plan has it."""
        if column.slot is None:
            return row.note
        cell = self.cell(row, column.slot)
        return cell.text if column.part is Part.FIGURE else cell.year


@dataclass
class GridReading:
    """What was typed into a grid: edits of the plan, and what is to be said of cells."""

    edits: list[Edit] = field(default_factory=list)
    #: Findings by the cells they are about. A cell with an error makes no edit.
    findings: dict[Place, list[Finding]] = field(default_factory=dict)
    #: Cells whose text was typed anew and says what stood there already.
    unchanged: list[Place] = field(default_factory=list)

    @property
    def refused(self) -> list[Place]:
        """Return the cells that make no edit because they cannot be read."""
        return [
            place
            for place, findings in self.findings.items()
            if any(finding.severity is Severity.ERROR for finding in findings)
        ]


def grid_of(snapshot: PlanSnapshot) -> Grid:
    """Return a plan as a grid: indicators in the plan's order, each with its series."""
    slots = _slots(snapshot)
    facts: dict[int, list[Fact]] = {}
    for fact in snapshot.facts.values():
        if fact.key.kind is not Kind.ACTUAL:
            facts.setdefault(fact.key.series_id, []).append(fact)
    policies = {policy.id: policy for policy in snapshot.policies}
    of_indicator: dict[int, list[Series]] = {}
    for series in sorted(snapshot.series, key=lambda series: series.position):
        of_indicator.setdefault(series.indicator_id, []).append(series)
    rows = []
    for indicator in sorted(snapshot.indicators, key=lambda indicator: indicator.position):
        policy = policies.get(indicator.policy_id) if indicator.policy_id is not None else None
        for series in of_indicator.get(indicator.id, []):
            for line, own in enumerate(_lines(facts.get(series.id, []), slots)):
                rows.append(Row(series, indicator, policy, line, own))
    return Grid(snapshot, slots, tuple(rows))


def _slots(snapshot: PlanSnapshot) -> tuple[Slot, ...]:
    """Return the slots there are facts for, and those a plan of these periods may have."""
    ordinals = sorted(snapshot.periods) or [0]
    slots = {Slot(Kind.BASELINE), Slot(Kind.TARGET, ordinals[-1], STRETCH_LABEL)}
    slots |= {Slot(Kind.TARGET, ordinal) for ordinal in ordinals}
    slots |= {slot_of(key) for key in snapshot.facts if key.kind is not Kind.ACTUAL}
    return tuple(sorted(slots, key=lambda slot: (slot.kind is Kind.TARGET, *slot[1:])))


def _lines(facts: Iterable[Fact], slots: tuple[Slot, ...]) -> list[dict[Slot, Fact]]:
    """Return the facts of a series row by row, each in the first row that has room for it."""
    lines: list[dict[Slot, Fact]] = [{}]
    order = {slot: number for number, slot in enumerate(slots)}
    for fact in sorted(facts, key=lambda f: (order[slot_of(f.key)], f.key.fiscal_year)):
        slot = slot_of(fact.key)
        for line in lines:
            notes = {other.note for other in line.values() if other.note}
            if slot not in line and (not fact.note or notes <= {fact.note}):
                line[slot] = fact
                break
        else:
            lines.append({slot: fact})
    return lines


def placed(grid: Grid, typed: Mapping[Place, str]) -> dict[Place, str]:
    """Return texts typed into another grid where this one has a cell for them.

    Where a series has fewer rows by now, what was typed into one of those stands in its last.
    """
    last = {row.series.id: row.line for row in grid.rows}
    columns = set(grid.columns)
    return {
        place._replace(line=min(place.line, last[place.series_id])): text
        for place, text in typed.items()
        if place.series_id in last and place.column in columns
    }


def read_grid(grid: Grid, typed: Mapping[Place, str]) -> GridReading:
    """Read what was typed into cells of a grid; cells that are not named stay as they are."""
    return _Reading(grid, typed).read()


class _Reading:
    """Reads the typed cells of a grid, slot by slot."""

    def __init__(self, grid: Grid, typed: Mapping[Place, str]) -> None:
        self.grid = grid
        rows = {(row.series.id, row.line): row for row in grid.rows}
        self.row_of = {place: rows[place[:2]] for place in typed}
        #: What is typed where it differs from what stands there.
        self.typed = {
            place: text
            for place, text in typed.items()
            if text.strip() != grid.text(self.row_of[place], place.column)
        }
        self.known = grid.snapshot.facts
        self.result = GridReading()
        #: The slots in which something was typed, and what it says.
        self.cells: dict[tuple[int, int, Slot], tuple[Cell, CellReading]] = {}
        #: The unit that cells give to series which have none.
        self.units: dict[int, str] = {}

    def read(self) -> GridReading:
        """Return what all typed cells say together."""
        for place in self.typed:
            if place.column.slot is not None:
                self._read_cell(place, place.column.slot)
        self._refuse_twice()
        after = self._facts()
        for place, text in self.typed.items():
            if place.column == NOTE:
                self._read_note(place, text.strip(), after)
        self._find()
        edits = [FactEdit(key, self.known.get(key), fact) for key, fact in after.items()]
        self.result.edits = [edit for edit in edits if not edit.changes_nothing]
        self.result.edits += self._series_edits()
        self._tell_unchanged()
        return self.result

    def _read_cell(self, place: Place, slot: Slot) -> None:
        mark = (place.series_id, place.line, slot)
        if mark in self.cells:
            return
        row = self.row_of[place]
        cell = self.grid.cell(row, slot)
        if cell.unit is None and row.series.id in self.units:
            cell = replace(cell, unit=self.units[row.series.id])
        figure, year = (
            self.typed.get(Place(*mark[:2], Column(part, slot)), shown)
            for part, shown in ((Part.FIGURE, cell.text), (Part.YEAR, cell.year))
        )
        reading = read_cell(cell, figure, year, self.known)
        if reading.unit is not None and reading.facts:
            self.units.setdefault(row.series.id, reading.unit)
        self.cells[mark] = (cell, reading)

    def _refuse_twice(self) -> None:
        """Refuse what would be a second fact of the same key, until no two are left."""
        while True:
            owners = self._owners()
            twice = [
                (mark, fact)
                for mark, (cell, reading) in self.cells.items()
                for fact in reading.facts
                if len(owners[fact.key]) > 1 and (cell.fact is None or cell.fact.key != fact.key)
            ]
            if not twice:
                return
            for mark, fact in twice:
                cell, _ = self.cells[mark]
                title = cell.slot.title
                finding = YearTaken("", title, title, fact.value_text, fact.key.fiscal_year)
                self.cells[mark] = (cell, CellReading(findings=(finding,)))

    def _owners(self) -> dict[FactKey, list[object]]:
        """Return which cells state each fact, typed ones and those left as they are."""
        owners: dict[FactKey, list[object]] = {}
        for row in self.grid.rows:
            for slot, fact in row.facts.items():
                mark = (row.series.id, row.line, slot)
                if mark not in self.cells or self.cells[mark][1].is_refused:
                    owners.setdefault(fact.key, []).append(mark)
        for mark, (cell, reading) in self.cells.items():
            for fact in reading.facts:
                of = owners.setdefault(fact.key, [])
                if slot_of(fact.key) == cell.slot:
                    of.append(mark)
                else:
                    # ＜25％以上＞ behind the main target states the harder one anew, unless
                    # somebody typed another in its own cell.
                    of[:] = [other for other in of if other in self.cells] + [mark]
        return owners

    def _facts(self) -> dict[FactKey, Fact | None]:
        """Return the facts that are stated or taken away by the cells that can be read."""
        read = [(cell, reading) for cell, reading in self.cells.values() if not reading.is_refused]
        after: dict[FactKey, Fact | None] = {
            cell.fact.key: None for cell, _ in read if cell.fact is not None
        }
        for _, reading in read:
            after.update((fact.key, fact) for fact in reading.facts)
        return after

    def _read_note(self, place: Place, text: str, after: dict[FactKey, Fact | None]) -> None:
        """Give a note to the facts of a row that have one, or to all where none has."""
        row = self.row_of[place]
        facts = []
        for slot in self.grid.slots:
            typed = self.cells.get((row.series.id, row.line, slot))
            if typed is not None and not typed[1].is_refused:
                facts += [fact for fact in typed[1].facts if slot_of(fact.key) == slot]
            elif slot in row.facts:
                facts.append(row.facts[slot])
        noted = [fact for fact in facts if fact.note] or facts
        if not noted:
            self.result.findings[place] = [NoteAlone(cell=say("editing.note"), text=text)]
        for fact in noted:
            after[fact.key] = fact._replace(note=text, provenance=None)

    def _find(self) -> None:
        """Collect what is to be said of the cells, at the cells where something was typed."""
        for (series_id, line, slot), (_, reading) in self.cells.items():
            columns = (Column(part, slot) for part in (Part.FIGURE, Part.YEAR))
            places = [Place(series_id, line, column) for column in columns]
            findings = list(reading.findings)
            for place in places:
                if findings and place in self.typed:
                    self.result.findings[place] = findings

    def _series_edits(self) -> list[PartEdit]:
        """Return the series whose unit the cells have settled, as an import does."""
        by_id = {row.series.id: row.series for row in self.grid.rows}
        with speaking(DEFAULT):
            reason = say("editing.first_unit")
        return [
            PartEdit(series, replace(series, unit=unit, unit_text=unit), reason)
            for series_id, unit in self.units.items()
            for series in (by_id[series_id],)
            if unit != series.unit
        ]

    def _tell_unchanged(self) -> None:
        """Name the cells that say what stood there, so that nobody waits for a change of them."""
        changed = {edit.key for edit in self.result.edits if isinstance(edit, FactEdit)}
        for place in self.typed:
            if place.column.slot is None or place in self.result.findings:
                continue
            cell, reading = self.cells[*place[:2], place.column.slot]
            keys = {fact.key for fact in reading.facts} | ({cell.fact.key} if cell.fact else set())
            if not keys & changed:
                self.result.unchanged.append(place)


def remarks(snapshot: PlanSnapshot, before: Fact | None, after: Fact | None) -> list[Finding]:
    """Return what asks for a second look where a fact becomes another: a jump, words, no year."""
    if after is None:
        return []
    title, text = slot_of(after.key).title, after.value_text
    found: list[Finding] = []
    if after.key.fiscal_year == UNDATED and (before is None or before.key != after.key):
        found.append(FactUndated(cell=title, text=text))
    if after.value is None:
        found.append(TargetInWords(cell=title, text=text))
    if before is not None:
        series = next(series for series in snapshot.series if series.id == after.key.series_id)
        jump = scale_jump(title, series.unit, before, after, cell=title)
        found += [jump] if jump else []
    return found
