"""The first plan of a municipality that has no table of it: recorded by its name and periods."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine

from kpi.access import Act, Person, require
from kpi.editing.structure import Span, StructureRefused, new_plan
from kpi.model import Municipality
from kpi.notation import normal
from kpi.store import Changes, commit, read_snapshot
from kpi.words import say


def begin_plan(
    engine: Engine,
    person: Person,
    municipality: Municipality,
    name: str,
    spans: Sequence[Span],
    *,
    now: datetime,
) -> str:
    """Record a plan with its periods, of a municipality that may be new; return the batch's id.

    It can be taken back as an import is. Raises `kpi.access.NotAllowed`,
    `kpi.editing.structure.StructureRefused` and as `kpi.store.commit` does.
    """
    require(person, Act.IMPORT, municipality.code)
    known = read_snapshot(engine, municipality.code, municipality.name)
    own, code = known.municipality.name, municipality.code
    if normal(own) not in (normal(municipality.name), normal(code)):
        raise StructureRefused(say("first.code_of_another", code=code, name=own))
    taken = [one.plan.name for one in known.plans]
    plan, periods = new_plan(known.last_ids["plan"] + 1, name, spans, taken)
    changes = Changes(known.municipality, known.marks, plans=[plan], periods=periods)
    reason = say("import.reason_by_hand")
    return commit(engine, [changes], author=person.name, reason=reason, now=now)
