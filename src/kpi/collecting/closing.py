"""Closing a round: what was confirmed becomes 確定, and what was not stays and is named.

Until when it asks for what is as it is on record, whatever the screen holds that closes it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine

from kpi.access import Act, Person, require
from kpi.collecting.board import answers_of
from kpi.collecting.form import actual_key, form_rows
from kpi.collecting.opening import on_record, open_on_record
from kpi.collecting.workbook import departments
from kpi.model import (
    Fact,
    FactEdit,
    FactKey,
    Municipality,
    Proposal,
    Stage,
    Status,
    Step,
)
from kpi.store import (
    PlanSnapshot,
    RoundEntry,
    proposals_of_round,
    record,
    save_proposal,
    step_proposal,
    undo,
)
from kpi.words import DEFAULT, say, speaking
from kpi.written import era_year


@dataclass(frozen=True)
class Unsettled:
    """An actual of a round that is not 確定."""

    title: str
    department: str
    fact: Fact
    #: What the department said last, in an answer that was taken in; None where it said nothing.
    answered: Fact | None

    @property
    def is_confirmed(self) -> bool:
        """Whether the department has called this very figure 確定.

        An import after its answer may have brought the 速報 back.
        """
        return (
            self.answered is not None
            and self.answered.status is Status.FINAL
            and self.answered.value is not None
            and self.answered.value == self.fact.value
        )

    @property
    def contradicts(self) -> bool:
        """Whether the department has said another figure than stands."""
        return self.answered is not None and self.answered.value != self.fact.value

    @property
    def as_final(self) -> FactEdit:
        """Return the edit that makes it 確定, and nothing else of it otherwise."""
        return FactEdit(
            self.fact.key, self.fact, self.fact._replace(status=Status.FINAL, provenance=None)
        )


@dataclass(frozen=True)
class Closing:
    """How the actuals of a round stand before it is closed."""

    #: Those with a number that are not 確定, in the order of departments and the plan.
    unsettled: tuple[Unsettled, ...]
    #: Titles of the series without an actual, by department.
    missing: tuple[tuple[str, str], ...]
    #: How many are 確定 already.
    final: int


def closing_of(snapshot: PlanSnapshot, entry: RoundEntry, known: Collection[Proposal]) -> Closing:
    """Return how the actuals of a round stand; ``known`` are the proposals of it."""
    said = _said(entry, known)
    unsettled: list[Unsettled] = []
    missing: list[tuple[str, str]] = []
    final = 0
    for department in departments(entry):
        for row in form_rows(snapshot, entry, department):
            key = actual_key(row.series.id, entry.round.fiscal_year)
            fact = snapshot.facts.get(key)
            if fact is None or fact.value is None:
                missing.append((department, row.title))
            elif fact.status is Status.FINAL:
                final += 1
            else:
                unsettled.append(Unsettled(row.title, department, fact, said.get(key)))
    return Closing(tuple(unsettled), tuple(missing), final)


def _said(entry: RoundEntry, known: Collection[Proposal]) -> dict[FactKey, Fact | None]:
    """Return what the departments said last of each actual, in answers that were taken in."""
    taken = [one for one in answers_of(entry, known) if one.stage is Stage.APPROVED]
    taken.sort(key=lambda one: one.steps[-1].recorded_at)
    return {
        edit.key: edit.after
        for answer in taken
        for edit in answer.edits
        if isinstance(edit, FactEdit)
    }


def close_round(
    engine: Engine,
    person: Person,
    municipality: Municipality,
    entry: RoundEntry,
    confirmed: Sequence[Unsettled],
    *,
    now: datetime,
) -> None:
    """Make the actuals that were confirmed 確定, and close a round.

    Raises `kpi.access.NotAllowed`, `kpi.collecting.opening.RoundRefused` where it is closed already
    or was taken back, and `kpi.store.Overtaken` where one of them is another by now; nothing is
    written then.
    """
    require(person, Act.CLOSE_ROUND, municipality.code)
    entry = open_on_record(engine, municipality, entry.round.id)
    with speaking(DEFAULT):
        year = era_year(entry.round.fiscal_year)
        title, reason = say("round.closing_title", year=year), say("round.reason.close", year=year)
    if confirmed:
        saved = save_proposal(
            engine,
            municipality,
            entry.round.plan_id,
            [one.as_final for one in confirmed],
            title=title,
            reason=reason,
            author=person.name,
            round_id=entry.round.id,
            now=now,
        )
        for version, step in enumerate((Step.SUBMIT, Step.APPROVE), saved.version):
            step_proposal(
                engine, municipality, saved.id, step, version=version, author=person.name, now=now
            )
    closed = replace(entry.round, is_closed=True)
    record(engine, municipality, [closed], author=person.name, reason=reason, now=now)


def reopen_round(
    engine: Engine, person: Person, municipality: Municipality, entry: RoundEntry, *, now: datetime
) -> None:
    """Open a closed round again, and take back what closing it made 確定.

    Raises `kpi.access.NotAllowed`, `kpi.collecting.opening.RoundRefused` where it was taken back,
    and `kpi.store.StillNeeded` where later acts build on that; nothing is written then.
    """
    require(person, Act.CLOSE_ROUND, municipality.code)
    entry = on_record(engine, municipality, entry.round.id)
    for one in proposals_of_round(engine, municipality, entry.round.id):
        if not one.department and one.stage is Stage.APPROVED:
            undo(engine, one.steps[-1].batch_id, author=person.name, now=now)
    opened = replace(entry.round, is_closed=False)
    with speaking(DEFAULT):
        reason = say("round.reason.reopen", year=era_year(entry.round.fiscal_year))
    record(engine, municipality, [opened], author=person.name, reason=reason, now=now)
