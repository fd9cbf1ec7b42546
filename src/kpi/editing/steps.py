"""The steps of a proposal as people take them: who may, what a step asks for, then the store.

Every screen and command goes through here; `kpi.access` is asked before anything is written.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time

from sqlalchemy import Engine

from kpi import settings
from kpi.access import Act, NotAllowed, Person, require
from kpi.access import refusal as refusal_of
from kpi.editing.clashes import decided
from kpi.importing.remarks import without_controls
from kpi.model import Clash, Edit, Identity, Municipality, Proposal, Step
from kpi.store import (
    JAPAN,
    Overtaken,
    SourceFile,
    clashes,
    read_proposal,
    save_proposal,
    step_proposal,
)
from kpi.words import say

_ACTS = {
    Step.SAVE: Act.SAVE_PROPOSAL,
    Step.SUBMIT: Act.SUBMIT_PROPOSAL,
    Step.WITHDRAW: Act.WITHDRAW_PROPOSAL,
    Step.RETURN: Act.RETURN_PROPOSAL,
    Step.APPROVE: Act.APPROVE_PROPOSAL,
}
#: Whoever took one of these steps has made the proposal what it is.
_MAKING = frozenset({Step.SAVE, Step.SUBMIT})


class StepRefused(Exception):
    """A step lacks what it needs; the message says so in words. Nothing was written."""


def refusal(
    person: Person, step: Step, municipality: Municipality, proposal: Proposal | None = None
) -> str:
    """Return why a person may not take a step with a proposal; empty where they may."""
    return refusal_of(
        person,
        _ACTS[step],
        municipality.code,
        owners=_makers(proposal),
        may_be_own=settings.self_approval(),
    )


def _makers(proposal: Proposal | None) -> set[str]:
    if proposal is None:
        return set()
    return {proposal.author} | {step.author for step in proposal.steps if step.step in _MAKING}


def save(
    engine: Engine,
    person: Person,
    municipality: Municipality,
    plan_id: int,
    edits: Sequence[Edit],
    *,
    proposal_id: int | None = None,
    version: int = 0,
    dropped: Collection[Identity] = (),
    title: str,
    reason: str = "",
    files: Sequence[SourceFile] = (),
    now: datetime,
) -> Proposal:
    """Save edits as a new proposal, or into one, as `kpi.store.save_proposal` does.

    Raises `kpi.access.NotAllowed`, `StepRefused` without a title, and what the store raises.
    """
    require(person, Act.SAVE_PROPOSAL, municipality.code)
    if not title.strip():
        raise StepRefused(say("proposal.no_title"))
    if proposal_id is not None:
        _stored(engine, municipality, proposal_id)
    return save_proposal(
        engine,
        municipality,
        plan_id,
        edits,
        proposal_id=proposal_id,
        version=version,
        dropped=dropped,
        title=without_controls(title).strip(),
        reason=without_controls(reason).strip(),
        author=person.name,
        files=files,
        now=now,
    )


def decide(
    engine: Engine,
    person: Person,
    municipality: Municipality,
    proposal: Proposal,
    *,
    clashes: Sequence[Clash],
    mine: Collection[Identity],
    now: datetime,
) -> Proposal:
    """Save a proposal anew after each of its clashes with the plan was decided.

    ``mine`` names those where the proposal's value stays; elsewhere what came first does. Raises
    as `save`.
    """
    edits, dropped = decided(clashes, mine)
    return save(
        engine,
        person,
        municipality,
        proposal.plan_id,
        edits,
        proposal_id=proposal.id,
        version=proposal.version,
        dropped=dropped,
        title=proposal.title,
        reason=proposal.reason,
        now=now,
    )


def submit(
    engine: Engine,
    person: Person,
    municipality: Municipality,
    proposal: Proposal,
    *,
    comment: str = "",
    now: datetime,
) -> None:
    """Ask for approval of a proposal as it was read.

    Raises `StepRefused` where it changes nothing or says no reason; and as every step does
    `kpi.access.NotAllowed`, and `kpi.store.WrongStage` where the proposal has moved on.
    """
    require(person, Act.SUBMIT_PROPOSAL, municipality.code)
    _complete(proposal)
    _take(engine, person, municipality, proposal, Step.SUBMIT, comment, now)


def _complete(proposal: Proposal) -> None:
    if not proposal.edits:
        raise StepRefused(say("proposal.no_edits"))
    if not proposal.reason:
        raise StepRefused(say("proposal.no_reason"))


def withdraw(
    engine: Engine,
    person: Person,
    municipality: Municipality,
    proposal: Proposal,
    *,
    comment: str = "",
    now: datetime,
) -> None:
    """Give a proposal up; raises as every step."""
    _take(engine, person, municipality, proposal, Step.WITHDRAW, comment, now)


def give_back(
    engine: Engine,
    person: Person,
    municipality: Municipality,
    proposal: Proposal,
    *,
    comment: str,
    now: datetime,
) -> None:
    """Return a proposal to be changed; raises `StepRefused` without a comment that says why."""
    require(person, Act.RETURN_PROPOSAL, municipality.code)
    if not comment.strip():
        raise StepRefused(say("proposal.no_comment"))
    _take(engine, person, municipality, proposal, Step.RETURN, comment, now)


def approve(
    engine: Engine,
    person: Person,
    municipality: Municipality,
    proposal: Proposal,
    *,
    comment: str = "",
    day: date | None = None,
    now: datetime,
) -> str:
    """Put a proposal in force and return the batch's id.

    It counts at once, or from the beginning of a later ``day`` in Japan.

    Raises `StepRefused` for a day that is over, `kpi.store.Overtaken` where the plan has moved
    under it; and as every step.
    """
    since = _beginning(day, now)
    batch = _take(engine, person, municipality, proposal, Step.APPROVE, comment, now, since)
    assert batch is not None  # noqa: S101  an approval is a batch
    return batch


def _beginning(day: date | None, now: datetime) -> datetime | None:
    today = now.astimezone(JAPAN).date()
    if day is None or day == today:
        return None
    if day < today:
        raise StepRefused(say("proposal.day_over"))
    return datetime.combine(day, time(), JAPAN)


def may_confirm(person: Person, municipality: Municipality) -> bool:
    """Whether a person may submit a proposal and approve it themselves."""
    return not _confirming(person, municipality)


def _confirming(person: Person, municipality: Municipality) -> str:
    return refusal_of(person, Act.SUBMIT_PROPOSAL, municipality.code) or refusal_of(
        person,
        Act.APPROVE_PROPOSAL,
        municipality.code,
        owners={person.name},
        may_be_own=settings.self_approval(),
    )


def confirm(
    engine: Engine,
    person: Person,
    municipality: Municipality,
    proposal: Proposal,
    *,
    comment: str = "",
    day: date | None = None,
    now: datetime,
) -> str:
    """Submit and approve at once, for whoever may do both, and return the batch's id.

    Raises as both steps do. Then neither was taken; it may only stay submitted where the plan is
    changed in between.
    """
    if words := _confirming(person, municipality):
        raise NotAllowed(words)
    _beginning(day, now)
    if moved := clashes(engine, municipality, proposal):
        raise Overtaken(moved)
    submit(engine, person, municipality, proposal, now=now)
    submitted = _stored(engine, municipality, proposal.id)
    return approve(engine, person, municipality, submitted, comment=comment, day=day, now=now)


def _take(
    engine: Engine,
    person: Person,
    municipality: Municipality,
    proposal: Proposal,
    step: Step,
    comment: str,
    now: datetime,
    in_force_from: datetime | None = None,
) -> str | None:
    # Who made it is asked of the store: what a screen holds may be older than the last save.
    stored = _stored(engine, municipality, proposal.id)
    if words := refusal(person, step, municipality, stored):
        raise NotAllowed(words)
    return step_proposal(
        engine,
        municipality,
        proposal.id,
        step,
        version=proposal.version,
        author=person.name,
        comment=without_controls(comment).strip(),
        in_force_from=in_force_from,
        now=now,
    )


def _stored(engine: Engine, municipality: Municipality, proposal_id: int) -> Proposal:
    """Return a proposal as it is on record; raises `LookupError` for what answers a round.

    Who may take which step with that is another question (`kpi.collecting.answering`).
    """
    stored = read_proposal(engine, municipality, proposal_id)
    if stored.round_id is not None:
        raise LookupError(proposal_id)
    return stored
