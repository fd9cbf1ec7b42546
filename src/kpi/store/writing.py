"""Accepting changes and taking them back, each in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, and_, func, insert, select

from kpi.model import Fact, Indicator, Municipality, Period, Plan, PolicyNode, Series
from kpi.store import tables as t
from kpi.store.reading import JAPAN
from kpi.store.snapshot import marks


class Conflict(Exception):
    """Somebody else's change came in between reading and accepting."""


class UnknownBatch(Exception):
    """There is no such batch, or it was taken back already."""


class StillNeeded(Exception):
    """Later batches build on what the batch brought; ``batch_ids`` names them, newest first."""

    def __init__(self, batch_ids: Sequence[str]) -> None:
        super().__init__(", ".join(batch_ids))
        self.batch_ids = tuple(batch_ids)


@dataclass(frozen=True)
class SourceFile:
    """A file facts were read from."""

    name: str
    sha256: str
    layout: str


@dataclass
class Changes:
    """What one act adds to one municipality. Every object listed becomes a new revision."""

    municipality: Municipality
    #: What the changes were built on, from `kpi.store.read_snapshot`.
    marks: tuple[int, int]
    files: list[SourceFile] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)
    policies: list[PolicyNode] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    series: list[Series] = field(default_factory=list)
    added: list[Fact] = field(default_factory=list)
    changed: list[Fact] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether there is anything to record."""
        return bool(
            self.plans
            or self.periods
            or self.policies
            or self.indicators
            or self.series
            or self.added
            or self.changed
        )


def commit(
    engine: Engine,
    changes: Sequence[Changes],
    *,
    author: str,
    reason: str,
    now: datetime,
) -> str:
    """Record the changes of one act, all of them or none, and return the batch's id.

    Raises `Conflict` where a municipality has changed since the changes were built.
    """
    local = now.astimezone(JAPAN)
    batch_id = f"{local:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    with (
        engine.connect().execution_options(writing=True) as connection,
        connection.begin(),
    ):
        for change in changes:
            revision = _begin(connection, change)
            connection.execute(
                insert(t.batch),
                {
                    "municipality": change.municipality.code,
                    "revision": revision,
                    "batch_id": batch_id,
                    "recorded_at": now,
                    "author": author,
                    "reason": reason,
                    "added": len(change.added),
                    "changed": len(change.changed),
                },
            )
            _insert(connection, change, revision)
    return batch_id


def _begin(connection: Connection, change: Changes) -> int:
    """Lock the municipality, check that it is as it was read, return the next revision number."""
    code = change.municipality.code
    row = select(t.municipality).where(t.municipality.c.municipality == code).with_for_update()
    if connection.execute(row).first() is None:
        connection.execute(
            insert(t.municipality),
            {"municipality": code, "name": change.municipality.name},
        )
    if marks(connection, code) != change.marks:
        raise Conflict(code)
    last = select(func.coalesce(func.max(t.batch.c.revision), 0)).where(
        t.batch.c.municipality == code
    )
    return (connection.scalar(last) or 0) + 1


# The parts of a plan in the order their foreign keys ask for: where they are in `Changes`, the
# table of identities (periods have none: their plan and ordinal are theirs), that of revisions.
_PARTS = (
    ("plans", t.plan, t.plan_revision),
    ("periods", None, t.period_revision),
    ("policies", t.policy, t.policy_revision),
    ("indicators", t.indicator, t.indicator_revision),
    ("series", t.series, t.series_revision),
)


def _insert(connection: Connection, change: Changes, revision: int) -> None:
    head = {"municipality": change.municipality.code, "revision": revision}
    files = [
        {
            **head,
            "file_no": number,
            "name": f.name,
            "sha256": f.sha256,
            "layout": f.layout,
        }
        for number, f in enumerate(change.files, 1)
    ]
    _write(connection, t.source_file, files)
    for name, identities, revisions in _PARTS:
        parts = getattr(change, name)
        if identities is not None:
            key = identities.c[f"{identities.name}_id"]
            statement = select(key).where(
                identities.c.municipality == change.municipality.code,
                key.in_([part.id for part in parts]),
            )
            known = set(connection.scalars(statement))
            new = [part for part in parts if part.id not in known]
            _write(connection, identities, [_row(head, part, identities) for part in new])
        _write(connection, revisions, [_row(head, part, revisions) for part in parts])
    numbers = {(f.sha256, f.name): number for number, f in enumerate(change.files, 1)}
    _write_facts(connection, change, revision, numbers)


def _write(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _row(head: dict[str, Any], part: Any, table: Table) -> dict[str, Any]:
    """Return a part of a plan as a row: columns are named as its attributes, ids by their table."""
    own_id = f"{table.name.removesuffix('_revision')}_id"
    return {
        column.name: head[column.name]
        if column.name in head
        else getattr(part, "id" if column.name == own_id else column.name)
        for column in table.columns
    }


def _write_facts(
    connection: Connection, change: Changes, revision: int, numbers: dict[tuple[str, str], int]
) -> None:
    """Insert the facts through the driver, as tuples in the order of the table's columns.

    There may be hundreds of thousands; SQLAlchemy's own look at each of them would take longer
    than the database does.
    """
    code = change.municipality.code
    rows = []
    for fact in (*change.added, *change.changed):
        key, place = fact.key, fact.provenance
        rows.append(
            (
                code,
                key.series_id,
                str(key.kind),
                key.period,
                key.label,
                key.fiscal_year,
                revision,
                fact.value,
                fact.value_high,
                str(fact.comparator or ""),
                fact.value_text,
                str(fact.status or ""),
                fact.note,
                numbers[place.sha256, place.file] if place else None,
                place.sheet if place else "",
                place.cell if place else "",
            )
        )
    if not rows:
        return
    statement = insert(t.fact).compile(dialect=connection.dialect)
    if statement.positional:
        connection.exec_driver_sql(str(statement), rows)
    else:
        names = t.fact.columns.keys()
        named = [dict(zip(names, row, strict=True)) for row in rows]
        connection.exec_driver_sql(str(statement), named)


def undo(engine: Engine, batch_id: str, *, author: str, now: datetime) -> None:
    """Take a batch back: everything is again as if it had not been.

    Raises `UnknownBatch` where there is no such batch in force, `StillNeeded` where later batches
    recorded facts of a plan, indicator or series that this one brought.
    """
    with (
        engine.connect().execution_options(writing=True) as connection,
        connection.begin(),
    ):
        gone = select(t.undone.c.revision).where(
            t.undone.c.municipality == t.batch.c.municipality,
            t.undone.c.revision == t.batch.c.revision,
        )
        rows = connection.execute(
            select(t.batch.c.municipality, t.batch.c.revision).where(
                t.batch.c.batch_id == batch_id, ~gone.exists()
            )
        ).all()
        if not rows:
            raise UnknownBatch(batch_id)
        needed = [name for code, revision in rows for name in _built_on(connection, code, revision)]
        if needed:
            raise StillNeeded(sorted(set(needed), reverse=True))
        connection.execute(
            insert(t.undone),
            [
                {
                    "municipality": code,
                    "revision": revision,
                    "recorded_at": now,
                    "author": author,
                }
                for code, revision in rows
            ],
        )


def _built_on(connection: Connection, code: str, revision: int) -> set[str]:
    """Return the ids of other batches in force that would lose their footing without this one."""
    gone = select(t.undone.c.revision).where(t.undone.c.municipality == code)

    def only_here(table: Table, key: str) -> Any:
        """Return the ids whose every revision in force was written by this batch."""
        elsewhere = select(table.c[key]).where(
            table.c.municipality == code,
            table.c.revision != revision,
            table.c.revision.not_in(gone),
        )
        return select(table.c[key]).where(
            table.c.municipality == code,
            table.c.revision == revision,
            table.c[key].not_in(elsewhere),
        )

    def later(table: Table, *where: Any) -> set[int]:
        return set(
            connection.scalars(
                select(table.c.revision)
                .distinct()
                .where(
                    table.c.municipality == code,
                    table.c.revision != revision,
                    table.c.revision.not_in(gone),
                    *where,
                )
            )
        )

    def within(identity: Table, key: str, parent: str, ids: Any) -> Any:
        return select(identity.c[key]).where(
            identity.c.municipality == code, identity.c[parent].in_(ids)
        )

    new_plans = only_here(t.plan_revision, "plan_id")
    new_policies = only_here(t.policy_revision, "policy_id")
    new_indicators = only_here(t.indicator_revision, "indicator_id")
    new_series = only_here(t.series_revision, "series_id")
    fact, series, indicator, policy = (
        t.fact,
        t.series_revision,
        t.indicator_revision,
        t.policy_revision,
    )
    revisions = (
        later(fact, fact.c.series_id.in_(new_series))
        | later(
            series,
            series.c.series_id.in_(within(t.series, "series_id", "indicator_id", new_indicators)),
        )
        | later(
            indicator,
            indicator.c.indicator_id.in_(within(t.indicator, "indicator_id", "plan_id", new_plans)),
        )
        | later(indicator, indicator.c.policy_id.in_(new_policies))
        | later(policy, policy.c.parent_id.in_(new_policies))
    )
    return set(
        connection.scalars(
            select(t.batch.c.batch_id).where(
                and_(t.batch.c.municipality == code, t.batch.c.revision.in_(revisions))
            )
        )
    )
