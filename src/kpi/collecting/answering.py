"""Giving an answer: what a department says becomes a proposal of its own, and at once what counts.

An answer that comes once its round is closed stays submitted, until the planner has said yes or no.
Who answers again makes a further answer upon what counts by then, or takes the place of one that is
still waiting; nothing is overwritten.

Whether a round is closed and which department it asks for what is read anew for every answer: the
round on record decides who may say what, not the one a screen holds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from kpi.access import Act, Person, require
from kpi.collecting.board import answers_of, needs_yes
from kpi.collecting.filled import OF_FIGURE, Filled, Place
from kpi.collecting.form import FRACTION, NOTES, FormRow, actual_key
from kpi.editing.notes import MOST
from kpi.editing.signs import unseen
from kpi.importing.remarks import without_controls
from kpi.model import (
    STEPS,
    Edit,
    Fact,
    FactEdit,
    FactKey,
    FiscalYear,
    Fraction,
    Identity,
    Municipality,
    Note,
    Plan,
    Proposal,
    RoundItem,
    Stage,
    Step,
)
from kpi.store import (
    PlanHeader,
    RoundEntry,
    SourceFile,
    read_parts,
    read_proposal,
    rounds,
    save_proposal,
    step_proposal,
)
from kpi.words import DEFAULT, say, speaking
from kpi.written import era_year


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


def save_answer(
    engine: Engine,
    person: Person,
    municipality: Municipality,
    entry: RoundEntry,
    department: str,
    filled: Filled,
    *,
    answer: Proposal | None,
    files: Sequence[SourceFile] = (),
    now: datetime,
) -> Proposal:
    """Put what can be read of a form on record as the draft of an answer, and return that.

    ``answer`` is what was at hand when it was read; one that is waiting is withdrawn for the new
    one. Raises `kpi.access.NotAllowed`, `AnswerRefused` where it says what the department was not
    asked for, has signs that cannot be kept or more than `kpi.editing.notes.MOST` letters in a
    cell, and as `kpi.store.save_proposal` does: `Overtaken` where somebody else has said another
    thing of the same cells since.
    """
    require(person, Act.ANSWER, municipality.code, department=department)
    if words := unseen(filled.edits):
        raise AnswerRefused(words)
    is_waiting = answer is not None and answer.stage is Stage.SUBMITTED
    into = None if is_waiting else answer
    edits = {edit.identity: edit for edit in filled.edits}
    dropped = [one.identity for one in into.edits if one.identity not in edits] if into else []
    entry = _on_record(engine, municipality, entry.round.id)
    said = list(filled.edits)
    if answer is not None:
        stored = _answer_on_record(engine, municipality, answer.id)
        if (stored.round_id, stored.department) != (entry.round.id, department):
            raise AnswerRefused(say("answer.another"))
        if into is not None:
            known = {*edits, *dropped}
            said += [edit for edit in stored.edits if edit.identity not in known]
    _require_asked(engine, person, municipality, entry, department, said)
    with speaking(DEFAULT):
        year = era_year(entry.round.fiscal_year)
        title = say("answer.title", year=year, department=department)
        reason = say("answer.reason", year=year)
    saved = save_proposal(
        engine,
        municipality,
        entry.round.plan_id,
        filled.edits,
        proposal_id=into.id if into else None,
        version=into.version if into else 0,
        dropped=dropped,
        title=title,
        reason=reason,
        author=person.name,
        files=files,
        round_id=entry.round.id,
        department=department,
        now=now,
    )
    if is_waiting and answer is not None:
        with speaking(DEFAULT):
            comment = say("answer.replaced", number=saved.id)
        step_proposal(
            engine,
            municipality,
            answer.id,
            Step.WITHDRAW,
            version=answer.version,
            author=person.name,
            comment=comment,
            now=now,
        )
    return saved


def give(
    engine: Engine,
    person: Person,
    municipality: Municipality,
    entry: RoundEntry,
    department: str,
    filled: Filled,
    *,
    answer: Proposal | None,
    files: Sequence[SourceFile] = (),
    now: datetime,
) -> Given:
    """Answer: save, submit, and approve where nobody has to be asked.

    Raises `AnswerRefused` where a cell cannot be read, and as `save_answer`.
    """
    if filled.refused:
        raise AnswerRefused(say("answer.unread", count=len(filled.refused)))
    saved = save_answer(
        engine,
        person,
        municipality,
        entry,
        department,
        filled,
        answer=answer,
        files=files,
        now=now,
    )
    entry = _on_record(engine, municipality, entry.round.id)
    steps = [Step.SUBMIT] if needs_yes(entry) else [Step.SUBMIT, Step.APPROVE]
    batch_id = None
    for version, step in enumerate(steps, saved.version):
        batch_id = step_proposal(
            engine,
            municipality,
            saved.id,
            step,
            version=version,
            author=person.name,
            now=now,
        )
    return Given(saved.id, batch_id)


def accept_answer(
    engine: Engine,
    person: Person,
    municipality: Municipality,
    answer: Proposal,
    *,
    comment: str = "",
    now: datetime,
) -> str:
    """Take in an answer that waits, as it was read, and return the batch's id.

    Raises `kpi.access.NotAllowed`, and as `kpi.store.step_proposal` does.
    """
    require(person, Act.ACCEPT_ANSWER, municipality.code)
    batch = _decide(engine, person, municipality, answer, Step.APPROVE, comment, now)
    assert batch is not None  # noqa: S101  an approval is a batch
    return batch


def return_answer(
    engine: Engine,
    person: Person,
    municipality: Municipality,
    answer: Proposal,
    *,
    comment: str,
    now: datetime,
) -> None:
    """Give an answer that waits back to its department.

    Raises as `accept_answer`, and `AnswerRefused` without a comment that says why.
    """
    require(person, Act.RETURN_ANSWER, municipality.code)
    if not comment.strip():
        raise AnswerRefused(say("proposal.no_comment"))
    _decide(engine, person, municipality, answer, Step.RETURN, comment, now)


def _decide(
    engine: Engine,
    person: Person,
    municipality: Municipality,
    answer: Proposal,
    step: Step,
    comment: str,
    now: datetime,
) -> str | None:
    stored = _answer_on_record(engine, municipality, answer.id)
    return step_proposal(
        engine,
        municipality,
        stored.id,
        step,
        version=answer.version,
        author=person.name,
        comment=without_controls(comment).strip(),
        now=now,
    )


def _on_record(engine: Engine, municipality: Municipality, round_id: int) -> RoundEntry:
    """Return a round as it stands; raises `AnswerRefused` where it was taken back."""
    for entry in rounds(engine, municipality):
        if entry.round.id == round_id:
            return entry
    raise AnswerRefused(say("answer.gone"))


def _answer_on_record(engine: Engine, municipality: Municipality, number: int) -> Proposal:
    """Return an answer as it stands; raises `LookupError` for a proposal that answers nothing."""
    stored = read_proposal(engine, municipality, number)
    if stored.round_id is None or not stored.department:
        raise LookupError(number)
    return stored


def _require_asked(
    engine: Engine,
    person: Person,
    municipality: Municipality,
    entry: RoundEntry,
    department: str,
    edits: Iterable[Edit],
) -> None:
    """Raise where an answer says what its department was not asked for, or at too great length.

    Whatever is not a figure of the round's year, or said beside one, is in no form; a department
    that could bring it in with its answer would change the plan.
    """
    header = PlanHeader(municipality, Plan(entry.round.plan_id, ""), ())
    asked = {item.series_id: item for item in entry.items}
    of_indicator: dict[int, set[str]] = {}
    for series in read_parts(engine, header).series:
        if series.id in asked:
            of_indicator.setdefault(series.indicator_id, set()).add(asked[series.id].department)
    year, edits = entry.round.fiscal_year, list(edits)
    whose = [_whose(edit, year, asked, of_indicator) for edit in edits]
    others = {one for own in whose if department not in own for one in own}
    for one in sorted(others):
        require(person, Act.ANSWER, municipality.code, department=one)
    if not all(department in own for own in whose):
        raise AnswerRefused(say("answer.not_asked_for", department=department))
    if any(len(text) > MOST for edit in edits for text in _new_texts(edit)):
        raise AnswerRefused(say("note.too_long", most=MOST))


def _whose(
    edit: Edit,
    year: FiscalYear,
    asked: Mapping[int, RoundItem],
    of_indicator: Mapping[int, set[str]],
) -> set[str]:
    """Return the departments whose form has a cell for an edit; none where no form has."""
    after = edit.after
    if isinstance(edit, FactEdit):
        item = asked.get(edit.key.series_id)
        same = edit.after is None or edit.after.key == edit.key
        is_asked = same and edit.key == actual_key(edit.key.series_id, year)
    elif isinstance(after, Note) and after.fiscal_year == year:
        is_in_form = after.kind in NOTES.values() and after.number == 0
        return of_indicator.get(after.indicator_id, set()) if is_in_form else set()
    elif isinstance(after, Fraction) and after.fiscal_year == year:
        item = asked.get(after.series_id)
        is_asked = item is not None and item.asks_fraction
    else:
        return set()
    return {item.department} if item is not None and is_asked else set()


def _new_texts(edit: Edit) -> set[str]:
    """Return what people wrote in cells for an edit, but for what stood there before."""
    return _texts(edit.after) - _texts(edit.before)


def _texts(said: object) -> set[str]:
    match said:
        case Fact():
            return {said.value_text, said.note}
        case Fraction():
            return {said.numerator_text, said.denominator_text}
        case Note():
            return {said.text}
    return set()


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
