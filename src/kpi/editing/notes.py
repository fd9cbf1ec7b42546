"""Notes about an indicator's year, and how a project stands: written in one go, counting at once.

They are changes as those of a proposal, so that who was first is told, and all of it stays on
record; nobody has to approve them. Whose indicator or project it is, and so who may write, is what
the plan on record says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine

from kpi.access import Act, Person, require
from kpi.editing.signs import unseen
from kpi.model import (
    FiscalYear,
    Milestone,
    Note,
    NoteKind,
    PartEdit,
    PartIdentity,
    Project,
    ProjectState,
    Step,
    part_identity,
)
from kpi.store import (
    NoteVersion,
    PlanHeader,
    PlanSnapshot,
    read_parts,
    save_proposal,
    step_proposal,
)
from kpi.words import DEFAULT, say, speaking

#: Letters of one text.
MOST = 4000


class NoteRefused(Exception):
    """What was written can not be recorded; the message says why. Nothing was written."""


def standing(history: Sequence[NoteVersion]) -> dict[PartIdentity, NoteVersion]:
    """Return which state of each note counts, also of those taken away; oldest note first."""
    return {part_identity(one.note): one for one in history if one.undone_at is None}


def note_asked(
    known: Sequence[Note], indicator_id: int, year: FiscalYear, kind: NoteKind, number: int = 0
) -> tuple[Note | None, Note]:
    """Return the note there is, if any, and the one to be written in its place.

    Of free notes ``number`` 0 asks for a new one. ``known`` are all of the indicator, those too
    that were taken away: such a one keeps its number, and its history.
    """
    own = [note for note in known if (note.fiscal_year, note.kind) == (year, kind)]
    if kind is NoteKind.FREE and not number:
        number = max((note.number for note in own), default=0) + 1
    before = next((note for note in own if note.number == number), None)
    return before, before or Note(indicator_id, year, kind, number, "")


def write_note(
    engine: Engine,
    person: Person,
    header: PlanHeader,
    before: Note | None,
    note: Note,
    *,
    now: datetime,
) -> str:
    """Record a note in place of the one that was read, and return the batch's id.

    An empty text takes it away. Raises `kpi.access.NotAllowed`, `NoteRefused` where nothing is
    changed, the text is too long or has signs that cannot be kept, `kpi.store.Overtaken` where
    somebody else has written the same note since.
    """
    department = department_of(read_parts(engine, header), note)
    require(person, Act.NOTE, header.municipality.code, department=department)
    note = replace(note, text=note.text.strip())
    if note.text == (before.text if before else ""):
        raise NoteRefused(say("note.no_change"))
    _require_short(note.text)
    with speaking(DEFAULT):
        title = say("note.act")
    return _record(engine, person, header, PartEdit(before, note, ""), title, now)


def write_milestone(
    engine: Engine,
    person: Person,
    header: PlanHeader,
    project: Project,
    before: Milestone | None,
    year: FiscalYear,
    *,
    text: str,
    state: ProjectState | None,
    note: str,
    now: datetime,
) -> str:
    """Record what is planned and how it stands in a year of a project; as `write_note`."""
    after = Milestone(project.id, year, text.strip(), state, note.strip())
    department = department_of(read_parts(engine, header), after)
    require(person, Act.MILESTONE, header.municipality.code, department=department)
    if after == (before or Milestone(project.id, year, "", None, "")):
        raise NoteRefused(say("note.no_change"))
    _require_short(after.text, after.note)
    with speaking(DEFAULT):
        title = say("project.act", name=project.name)
    return _record(engine, person, header, PartEdit(before, after, ""), title, now)


def department_of(plan: PlanSnapshot, part: Note | Milestone) -> str:
    """Return whose the indicator of a note is, or the project of a milestone; empty if nobody's."""
    if isinstance(part, Note):
        owners = {one.id: one.department for one in plan.indicators}
        return owners.get(part.indicator_id, "").strip()
    owners = {one.id: one.department for one in plan.projects}
    return owners.get(part.project_id, "").strip()


def _require_short(*texts: str) -> None:
    if any(len(text) > MOST for text in texts):
        raise NoteRefused(say("note.too_long", most=MOST))


def _record(
    engine: Engine,
    person: Person,
    header: PlanHeader,
    edit: PartEdit,
    title: str,
    now: datetime,
) -> str:
    """Save, submit and approve one edit: the one place where all of this is written."""
    if words := unseen([edit]):
        raise NoteRefused(words)
    municipality = header.municipality
    saved = save_proposal(
        engine,
        municipality,
        header.plan.id,
        [edit],
        title=title,
        reason=title,
        author=person.name,
        now=now,
    )
    batch_id = None
    for version, step in enumerate((Step.SUBMIT, Step.APPROVE), saved.version):
        batch_id = step_proposal(
            engine, municipality, saved.id, step, version=version, author=person.name, now=now
        )
    assert batch_id is not None  # noqa: S101  an approval is a batch
    return batch_id
