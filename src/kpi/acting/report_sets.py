"""Keeping what one chose for a report, for oneself: under a name, changed, put away, taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine

from kpi.access import Act, Person, require
from kpi.model import ReportSet
from kpi.store import (
    PlanHeader,
    StoredReportSet,
    record_report_set,
    report_set_history,
    report_sets,
)
from kpi.words import say

#: Letters a name may have.
MOST = 60


class SetRefused(Exception):
    """A set that makes no sense; the message says so in words."""


def own_sets(engine: Engine, person: Person, header: PlanHeader) -> list[StoredReportSet]:
    """Return the sets that somebody keeps of a plan, by name, those put away left out.

    Raises `kpi.access.NotAllowed` where they may not see the plan.
    """
    require(person, Act.VIEW, header.municipality.code)
    known = report_sets(engine, header, _owner(person))
    return [stored for stored in known if not stored.kept.is_withdrawn]


def keep_set(
    engine: Engine,
    person: Person,
    header: PlanHeader,
    kept: ReportSet,
    *,
    before: StoredReportSet | None = None,
    now: datetime,
) -> StoredReportSet:
    """Keep a new set, or another state of one's own that was read as ``before``.

    Whoever may see a plan may keep sets of it; they are seen by nobody else. Raises
    `kpi.access.NotAllowed`, `SetRefused`, and `kpi.store.Conflict` where it was changed in another
    window meanwhile.
    """
    name = kept.name.strip()
    others = [one for one in own_sets(engine, person, header) if not before or one.id != before.id]
    if not name:
        raise SetRefused(say("report_set.no_name"))
    if len(name) > MOST:
        raise SetRefused(say("report_set.long_name", most=MOST))
    if not kept.is_withdrawn and name in [one.kept.name for one in others]:
        raise SetRefused(say("report_set.taken", name=name))
    if not kept.series:
        raise SetRefused(say("report_set.empty"))
    return record_report_set(
        engine,
        header.municipality,
        _owner(person),
        replace(kept, name=name, plan_id=header.plan.id),
        before=before,
        author=person.name,
        now=now,
    )


def put_away(
    engine: Engine, person: Person, header: PlanHeader, stored: StoredReportSet, *, now: datetime
) -> StoredReportSet:
    """Put a set away, so that it is offered no more; raises as `keep_set` does."""
    gone = replace(stored.kept, is_withdrawn=True)
    return keep_set(engine, person, header, gone, before=stored, now=now)


def take_back(
    engine: Engine, person: Person, header: PlanHeader, stored: StoredReportSet, *, now: datetime
) -> StoredReportSet:
    """Bring a set back to what it was before its last state; raises as `keep_set` does.

    One that has just been made is put away.
    """
    require(person, Act.VIEW, header.municipality.code)
    states = report_set_history(engine, header.municipality, _owner(person), stored.id)
    if len(states) < 2:
        return put_away(engine, person, header, stored, now=now)
    return keep_set(engine, person, header, states[1].kept, before=stored, now=now)


def _owner(person: Person) -> str:
    return person.login or person.name
