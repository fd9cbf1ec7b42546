"""Since when an indicator is retired, who retired it and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import Engine, func, select

from kpi.model import Municipality, PartEdit
from kpi.store import tables as t
from kpi.store.proposals import read_proposal
from kpi.store.reading import gone, is_in_force, recorded_by, same


@dataclass(frozen=True)
class Retirement:
    """How an indicator came to be retired."""

    #: From when it counts as retired.
    since: datetime
    author: str
    reason: str


def read_retirement(
    engine: Engine, municipality: Municipality, indicator_id: int, as_of: datetime | None = None
) -> Retirement | None:
    """Return how an indicator that is retired at ``as_of`` came to be; None where it is in use."""
    moment = as_of or datetime.now(UTC)
    one, code = t.indicator_revision, municipality.code
    since = func.coalesce(t.batch.c.in_force_from, t.batch.c.recorded_at)
    statement = (
        select(
            one.c.is_retired,
            since.label("since"),
            t.batch.c.author,
            t.batch.c.reason,
            t.proposal_step.c.proposal_id,
        )
        .join(t.batch, same(t.batch, one, "revision"))
        .outerjoin(t.proposal_step, same(t.proposal_step, one, "revision"))
        .where(one.c.municipality == code, one.c.indicator_id == indicator_id)
        .where(one.c.revision.not_in(gone(code, as_of)))
        .where(recorded_by(t.batch, as_of), is_in_force(moment))
        .order_by(since.desc(), one.c.revision.desc())
    )
    with engine.connect() as connection:
        rows = connection.execute(statement).all()
    # What was changed of it later left it retired.
    retired = list(takewhile(lambda row: row.is_retired, rows))
    if not retired:
        return None
    first = retired[-1]
    return Retirement(
        first.since, first.author, _own_reason(engine, municipality, indicator_id, first)
    )


def _own_reason(engine: Engine, municipality: Municipality, indicator_id: int, row: Any) -> str:
    """Return why the indicator itself was changed, where its batch was a proposal of many."""
    if row.proposal_id is not None:
        for edit in read_proposal(engine, municipality, row.proposal_id).edits:
            if isinstance(edit, PartEdit) and edit.identity == ("indicator", indicator_id):
                return edit.reason
    return str(row.reason)
