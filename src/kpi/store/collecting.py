"""Rounds in which departments are asked, and what they said beside the figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, Table, and_, func, select

from kpi.model import (
    Beside,
    FiscalYear,
    Fraction,
    Milestone,
    Municipality,
    Note,
    NoteKind,
    Project,
    ProjectState,
    Round,
    RoundItem,
)
from kpi.store import tables as t
from kpi.store.reading import PlanHeader, current, same


@dataclass(frozen=True)
class RoundEntry:
    """A round with what it asks for: who opened or last changed it, and when."""

    round: Round
    items: tuple[RoundItem, ...]
    author: str
    recorded_at: datetime


@dataclass(frozen=True)
class NoteEntry:
    """A note with who wrote it, when and by which batch."""

    note: Note
    author: str
    recorded_at: datetime
    batch_id: str


@dataclass(frozen=True)
class NoteVersion:
    """One state a note was in; its text is empty where it was taken away."""

    note: Note
    author: str
    recorded_at: datetime
    batch_id: str
    #: When it was taken back, and by whom; None and empty where it was not.
    undone_at: datetime | None
    undone_by: str


@dataclass(frozen=True)
class ProjectEntry:
    """A project with its milestones by year."""

    project: Project
    milestones: tuple[Milestone, ...]
    #: Who wrote the milestone of a year as it stands, and when.
    written: Mapping[FiscalYear, tuple[str, datetime]]

    def of_year(self, year: int) -> Milestone | None:
        """Return the milestone of a year; None where nothing is said of it."""
        return next((one for one in self.milestones if one.fiscal_year == year), None)


def next_round_id(engine: Engine, municipality: Municipality) -> int:
    """Return the number a round opened now would have."""
    with engine.connect() as connection:
        last = select(func.max(t.round_.c.round_id)).where(
            t.round_.c.municipality == municipality.code
        )
        return (connection.scalar(last) or 0) + 1


def rounds(
    engine: Engine, municipality: Municipality, as_of: datetime | None = None
) -> list[RoundEntry]:
    """Return the rounds of a municipality, newest first, each with the series it asks for."""
    code = municipality.code
    states = current(t.round_revision, as_of, t.round_revision.c.municipality == code)
    asked = current(t.round_item_revision, as_of, t.round_item_revision.c.municipality == code)
    with engine.connect() as connection:
        items: dict[int, list[RoundItem]] = {}
        for row in connection.execute(
            select(asked).where(asked.c.is_asked).order_by(asked.c.department, asked.c.series_id)
        ):
            item = RoundItem(row.round_id, row.series_id, row.department, row.asks_fraction)
            items.setdefault(row.round_id, []).append(item)
        return [
            RoundEntry(
                Round(
                    row.round_id,
                    row.plan_id,
                    FiscalYear(row.fiscal_year),
                    date.fromisoformat(row.due),
                    row.wording,
                    row.is_closed,
                ),
                tuple(items.get(row.round_id, ())),
                row.author,
                row.recorded_at,
            )
            for row in connection.execute(
                select(states, t.round_.c.plan_id, t.round_.c.fiscal_year)
                .join(t.round_, same(t.round_, states, "round_id"))
                .order_by(states.c.round_id.desc())
            )
        ]


def notes(engine: Engine, header: PlanHeader, as_of: datetime | None = None) -> list[NoteEntry]:
    """Return the notes of a plan's indicators, oldest first; those taken away are left out."""
    return [
        NoteEntry(
            note_of(row),
            row.author,
            row.recorded_at,
            row.batch_id,
        )
        for row in _of_plan(engine, header, as_of, t.note_revision, t.indicator, "indicator_id")
        if row.text
    ]


def note_history(
    engine: Engine, municipality: Municipality, indicator_id: int, as_of: datetime | None = None
) -> list[NoteVersion]:
    """Return every state each note of an indicator was in, oldest first, known at ``as_of``."""
    note, batch, undone = t.note_revision, t.batch, t.undone
    taken_back = same(undone, note, "revision")
    if as_of is not None:
        taken_back = and_(taken_back, undone.c.recorded_at <= as_of)
    statement = (
        select(
            *note.c,
            batch.c.author,
            batch.c.recorded_at,
            batch.c.batch_id,
            undone.c.recorded_at.label("undone_at"),
            undone.c.author.label("undone_by"),
        )
        .join(batch, same(batch, note, "revision"))
        .outerjoin(undone, taken_back)
        .where(note.c.municipality == municipality.code, note.c.indicator_id == indicator_id)
        .order_by(note.c.revision)
    )
    if as_of is not None:
        statement = statement.where(batch.c.recorded_at <= as_of)
    with engine.connect() as connection:
        return [
            NoteVersion(
                note_of(row),
                row.author,
                row.recorded_at,
                row.batch_id,
                row.undone_at,
                row.undone_by or "",
            )
            for row in connection.execute(statement)
        ]


def note_of(row: Any) -> Note:
    """Return a note from its row."""
    year, kind = FiscalYear(row.fiscal_year), NoteKind(row.kind)
    return Note(row.indicator_id, year, kind, row.number, row.text)


def fractions(engine: Engine, header: PlanHeader, as_of: datetime | None = None) -> list[Fraction]:
    """Return from which numbers the actuals of a plan were worked out, where that was said."""
    code = header.municipality.code
    rows = current(t.fraction_revision, as_of, t.fraction_revision.c.municipality == code)
    statement = (
        select(rows)
        .join(t.series, same(t.series, rows, "series_id"))
        .join(t.indicator, same(t.indicator, t.series, "indicator_id"))
        .where(t.indicator.c.plan_id == header.plan.id)
        .order_by(rows.c.series_id, rows.c.fiscal_year)
    )
    with engine.connect() as connection:
        return [
            Fraction(
                row.series_id,
                FiscalYear(row.fiscal_year),
                row.numerator,
                row.denominator,
                row.numerator_text,
                row.denominator_text,
            )
            for row in connection.execute(statement)
        ]


def projects(
    engine: Engine, header: PlanHeader, as_of: datetime | None = None
) -> list[ProjectEntry]:
    """Return the projects of a plan in the order of its source, each with its milestones."""
    milestones: dict[int, list[Milestone]] = {}
    written: dict[int, dict[FiscalYear, tuple[str, datetime]]] = {}
    for row in _of_plan(engine, header, as_of, t.milestone_revision, t.project, "project_id"):
        state = ProjectState(row.state) if row.state else None
        year = FiscalYear(row.fiscal_year)
        one = Milestone(row.project_id, year, row.text, state, row.note)
        milestones.setdefault(row.project_id, []).append(one)
        written.setdefault(row.project_id, {})[year] = row.author, row.recorded_at
    rows = _of_plan(engine, header, as_of, t.project_revision, t.project, "project_id")
    return [
        ProjectEntry(
            Project(
                row.project_id,
                header.plan.id,
                row.policy_id,
                row.code,
                row.name,
                row.department,
                row.goal,
                row.position,
            ),
            tuple(sorted(milestones.get(row.project_id, ()), key=lambda one: one.fiscal_year)),
            written.get(row.project_id, {}),
        )
        for row in sorted(rows, key=lambda row: (row.position, row.project_id))
    ]


def parts_beside(engine: Engine, header: PlanHeader, as_of: datetime | None = None) -> list[Beside]:
    """Return what is said beside a plan: its notes, fractions, projects and their years."""
    known = projects(engine, header, as_of)
    return [
        *(entry.note for entry in notes(engine, header, as_of)),
        *fractions(engine, header, as_of),
        *(entry.project for entry in known),
        *(one for entry in known for one in entry.milestones),
    ]


def _of_plan(
    engine: Engine,
    header: PlanHeader,
    as_of: datetime | None,
    table: Table,
    identity: Table,
    key: str,
) -> Sequence[Any]:
    """Return what counts of a table of revisions, of things that belong to a plan."""
    code = header.municipality.code
    rows = current(table, as_of, table.c.municipality == code)
    statement = (
        select(rows)
        .join(identity, same(identity, rows, key))
        .where(identity.c.plan_id == header.plan.id)
        .order_by(rows.c.revision)
    )
    with engine.connect() as connection:
        return connection.execute(statement).all()
