"""Taking an act back: who may depends on what kind of act it was, and on whose it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Engine

from kpi.access import Act, NotAllowed, Person
from kpi.access import refusal as refusal_of
from kpi.editing.notes import department_of
from kpi.model import Milestone, Note, Plan
from kpi.store import (
    ANSWER,
    IMPORT,
    NOTE,
    PROPOSAL,
    USER,
    BatchEntry,
    PlanHeader,
    UnknownBatch,
    batches,
    proposal_of,
    read_parts,
    undo,
)

#: What to ask for, by what a batch is called.
_ACTS = {
    IMPORT: Act.UNDO_IMPORT,
    PROPOSAL: Act.UNDO_PROPOSAL,
    ANSWER: Act.ACCEPT_ANSWER,
    USER: Act.CHANGE_USER,
    "rule": Act.RULE,
    "plan-rule": Act.RULE,
    "setting": Act.SERIES_SETTING,
    "hand-rating": Act.HAND_RATING,
    "comparison": Act.COMPARISON,
    "frozen-year": Act.FIX_YEAR,
    "round": Act.CHANGE_ROUND,
}


def refusal(engine: Engine, person: Person, batch_id: str) -> str:
    """Return why a person may not take a batch back, in whatever municipality; empty if they may.

    Raises `kpi.store.UnknownBatch` where there is none.
    """
    entries = [entry for entry in batches(engine) if entry.batch_id == batch_id]
    if not entries:
        raise UnknownBatch(batch_id)
    refused = (
        refusal_of(person, act, entry.municipality.code, department=department)
        for entry in entries
        for act, department in _asked(engine, entry)
    )
    return next(filter(None, refused), "")


def take_back(engine: Engine, person: Person, batch_id: str, *, now: datetime) -> None:
    """Take a batch back: everything is again as if it had not been.

    Raises `kpi.access.NotAllowed`, and as `kpi.store.undo` does.
    """
    if words := refusal(engine, person, batch_id):
        raise NotAllowed(words)
    undo(engine, batch_id, author=person.name, now=now)


def _asked(engine: Engine, entry: BatchEntry) -> Iterator[tuple[Act, str | None]]:
    """Yield what somebody must be allowed who takes a batch back, and for which department."""
    if entry.act != NOTE:
        yield _ACTS[entry.act], None
        return
    written = proposal_of(engine, entry.municipality, entry.batch_id)
    if written is None:
        raise LookupError(entry.batch_id)
    plan = read_parts(engine, PlanHeader(entry.municipality, Plan(written.plan_id, ""), ()))
    for edit in written.edits:
        part = edit.after
        if isinstance(part, Note | Milestone):
            act = Act.NOTE if isinstance(part, Note) else Act.MILESTONE
            yield act, department_of(plan, part)
        else:
            yield Act.NOTE, ""
