"""Giving an answer: what a department says becomes a proposal of its own, and at once what counts.

An answer that comes once its round is closed stays submitted, until the planner has said yes or no.
Who answers again makes a further answer upon what counts by then, or takes the place of one that is
still waiting; nothing is overwritten.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from kpi.collecting.board import answers_of, needs_yes
from kpi.collecting.filled import OF_FIGURE, Filled, Place
from kpi.collecting.form import FRACTION, NOTES, FormRow, actual_key
from kpi.model import (
    STEPS,
    FactKey,
    FiscalYear,
    Identity,
    Municipality,
    Proposal,
    Stage,
    Step,
)
from kpi.notation import era_year
from kpi.store import (
    PlanSnapshot,
    RoundEntry,
    SourceFile,
    save_proposal,
    step_proposal,
)
from kpi.words import say


class AnswerRefused(Exception):
    """An answer lacks what it needs; the message says so in words. Nothing was written."""


@dataclass(frozen=True)
class Given:
    """What became of an answer."""

    proposal_id: int
    #: The batch it became; None where it waits for the planner.
    batch_id: str | None


def answer_at_hand(
    entry: RoundEntry, department: str, proposals: Collection[Proposal]
) -> Proposal | None:
    """Return what a department has begun, was given back, or has sent and is waiting; if any."""
    is_open = STEPS[Step.WITHDRAW][0]
    own = [one for one in answers_of(entry, proposals) if one.department == department]
    return next((one for one in reversed(own) if one.stage in is_open), None)


def missing(rows: Iterable[FormRow], snapshot: PlanSnapshot, year: FiscalYear) -> list[FormRow]:
    """Return the rows without a figure of the year; ``snapshot`` is the plan with the answer."""
    return [row for row in rows if actual_key(row.series.id, year) not in snapshot.facts]


def save_answer(
    engine: Engine,
    municipality: Municipality,
    entry: RoundEntry,
    department: str,
    filled: Filled,
    *,
    answer: Proposal | None,
    author: str,
    files: Sequence[SourceFile] = (),
    now: datetime,
) -> Proposal:
    """Put what can be read of a form on record as the draft of an answer, and return that.

    ``answer`` is what was at hand when it was read; one that is waiting is withdrawn for the new
    one. Raises as `kpi.store.save_proposal` does: `Overtaken` where somebody else has said another
    thing of the same cells since.
    """
    is_waiting = answer is not None and answer.stage is Stage.SUBMITTED
    into = None if is_waiting else answer
    edits = {edit.identity: edit for edit in filled.edits}
    year = era_year(entry.round.fiscal_year)
    saved = save_proposal(
        engine,
        municipality,
        entry.round.plan_id,
        filled.edits,
        proposal_id=into.id if into else None,
        version=into.version if into else 0,
        dropped=[one.identity for one in into.edits if one.identity not in edits] if into else (),
        title=say("answer.title", year=year, department=department),
        reason=say("answer.reason", year=year),
        author=author,
        files=files,
        round_id=entry.round.id,
        department=department,
        now=now,
    )
    if is_waiting and answer is not None:
        step_proposal(
            engine,
            municipality,
            answer.id,
            Step.WITHDRAW,
            version=answer.version,
            author=author,
            comment=say("answer.replaced", number=saved.id),
            now=now,
        )
    return saved


def give(
    engine: Engine,
    municipality: Municipality,
    entry: RoundEntry,
    department: str,
    filled: Filled,
    *,
    answer: Proposal | None,
    author: str,
    files: Sequence[SourceFile] = (),
    now: datetime,
) -> Given:
    """Answer: save, submit, and approve where nobody has to be asked.

    ``entry`` is the round as it stands. Raises `AnswerRefused` where a cell cannot be read, and as
    `save_answer`.
    """
    if filled.refused:
        raise AnswerRefused(say("answer.unread", count=len(filled.refused)))
    saved = save_answer(
        engine,
        municipality,
        entry,
        department,
        filled,
        answer=answer,
        author=author,
        files=files,
        now=now,
    )
    steps = [Step.SUBMIT] if needs_yes(entry) else [Step.SUBMIT, Step.APPROVE]
    batch_id = None
    for version, step in enumerate(steps, saved.version):
        batch_id = step_proposal(
            engine,
            municipality,
            saved.id,
            step,
            version=version,
            author=author,
            now=now,
        )
    return Given(saved.id, batch_id)


def places_of(identity: Identity, rows: Iterable[FormRow]) -> list[Place]:
    """Return the cells of a form that say what an edit is about."""
    if isinstance(identity, FactKey):
        return [Place(identity.series_id, column) for column in OF_FIGURE]
    kind, of, *more = identity
    if kind == "fraction":
        return [Place(int(of), column) for column in FRACTION]
    column = next(key for key, note in NOTES.items() if note in more)
    firsts = [row.series.id for row in rows if row.is_first and row.indicator.id == of]
    return [Place(series_id, column) for series_id in firsts]
