"""What people keep for their next report, each for themselves, and every state it was in.

It says nothing of any plan's figures, so it is no batch: nobody's import has to wait for it, and no
page is read again because of it. The audit log tells of it all the same.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from kpi.model import Municipality, ReportSet
from kpi.store import audit
from kpi.store import tables as t
from kpi.store.reading import PlanHeader
from kpi.store.writing import Conflict, lock

#: What the entry of a kept set is called.
REPORT_SET = "report-set"


@dataclass(frozen=True)
class StoredReportSet:
    """A set as its owner left it."""

    id: int
    #: How many states it had with this one; what the next is built on.
    number: int
    kept: ReportSet
    author: str
    recorded_at: datetime


def record_report_set(
    engine: Engine,
    municipality: Municipality,
    owner: str,
    kept: ReportSet,
    *,
    before: StoredReportSet | None = None,
    author: str,
    now: datetime,
) -> StoredReportSet:
    """Keep a new set, or another state of the one that was read as ``before``.

    Raises `Conflict` where that is not its last state any more, or it is another owner's.
    """
    table, code = t.report_set, municipality.code
    with (
        engine.connect().execution_options(writing=True) as connection,
        connection.begin(),
    ):
        lock(connection, code)
        if before is None:
            last = select(func.max(table.c.set_id)).where(table.c.municipality == code)
            stored = StoredReportSet((connection.scalar(last) or 0) + 1, 1, kept, author, now)
        else:
            known = _states(connection, code, table.c.set_id == before.id, table.c.owner == owner)
            if not known or known[0].number != before.number:
                raise Conflict(code)
            stored = StoredReportSet(before.id, before.number + 1, kept, author, now)
        row = {
            "municipality": code,
            "set_id": stored.id,
            "number": stored.number,
            "owner": owner,
            "author": author,
            "recorded_at": now,
            "plan_id": kept.plan_id,
            "name": kept.name,
            "series": json.dumps(kept.series),
            "format": kept.format,
            "style": kept.style,
            "calendar": kept.calendar,
            "is_withdrawn": kept.is_withdrawn,
            "is_split": kept.is_split,
        }
        told = {"report_set": stored.id, "title": kept.name}
        audit.keep_state(connection, table, row, act=REPORT_SET, told=told)
    return stored


def report_sets(engine: Engine, header: PlanHeader, owner: str) -> list[StoredReportSet]:
    """Return the last state of each set somebody keeps of a plan, by name, put away ones too."""
    of_plan = t.report_set.c.owner == owner, t.report_set.c.plan_id == header.plan.id
    with engine.connect() as connection:
        states = _states(connection, header.municipality.code, *of_plan)
    last = {state.id: state for state in reversed(states)}
    return sorted(last.values(), key=lambda state: (state.kept.name, state.id))


def report_set_history(
    engine: Engine, municipality: Municipality, owner: str, set_id: int
) -> list[StoredReportSet]:
    """Return every state of somebody's set, newest first."""
    own = t.report_set.c.set_id == set_id, t.report_set.c.owner == owner
    with engine.connect() as connection:
        return _states(connection, municipality.code, *own)


def _states(connection: Connection, code: str, *where: Any) -> list[StoredReportSet]:
    table = t.report_set
    rows = select(table).where(table.c.municipality == code, *where).order_by(table.c.number.desc())
    return [_stored(row) for row in connection.execute(rows)]


def _stored(row: Any) -> StoredReportSet:
    kept = ReportSet(
        row.name,
        row.plan_id,
        tuple(json.loads(row.series)),
        row.format,
        row.style,
        row.calendar,
        # Nothing in states from before it was kept.
        bool(row.is_split),
        row.is_withdrawn,
    )
    return StoredReportSet(row.set_id, row.number, kept, row.author, row.recorded_at)
