"""Accepting changes and taking them back, each in one transaction."""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Function,
    Over,
    Select,
    Subquery,
    Table,
    and_,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from kpi.model import (
    Fact,
    FactKey,
    Fraction,
    Indicator,
    Kind,
    Milestone,
    Municipality,
    Note,
    Period,
    Plan,
    PolicyNode,
    Project,
    Series,
)
from kpi.store import audit
from kpi.store import tables as t
from kpi.store.reading import IMPORT, JAPAN, gone, same
from kpi.store.snapshot import marks, nothing_stands


class Conflict(Exception):
    """Somebody else's change came in between reading and accepting."""


class UnknownBatch(Exception):
    """There is no such batch, or it was taken back already."""


class StillNeeded(Exception):
    """Later batches build on what the batch brought; ``batch_ids`` are theirs, newest first."""

    def __init__(self, batch_ids: Collection[str]) -> None:
        super().__init__(", ".join(batch_ids))
        self.batch_ids = tuple(sorted(batch_ids, reverse=True))


@dataclass(frozen=True)
class SourceFile:
    """A file facts were read from."""

    name: str
    sha256: str
    layout: str
    #: The file itself; None where it is not to be kept.
    content: bytes | None = field(default=None, repr=False)


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
    notes: list[Note] = field(default_factory=list)
    fractions: list[Fraction] = field(default_factory=list)
    projects: list[Project] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)
    #: Facts that are taken out.
    withdrawn: list[FactKey] = field(default_factory=list)

    @property
    def has_targets(self) -> bool:
        """Whether there is a target among the facts."""
        return any(fact.key.kind is Kind.TARGET for fact in (*self.added, *self.changed))

    def __bool__(self) -> bool:
        """Whether there is anything to record."""
        return bool(
            self.plans
            or self.periods
            or self.policies
            or self.indicators
            or self.series
            or self.notes
            or self.fractions
            or self.projects
            or self.milestones
            or self.added
            or self.changed
            or self.withdrawn
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
    batch_id = new_batch_id(now)
    # Before the lock is taken: packing a large file takes a while.
    contents = packed([file for change in changes for file in change.files])
    with (
        engine.connect().execution_options(writing=True) as connection,
        connection.begin(),
    ):
        # Always in the same order, so that nobody waits for somebody who waits for them.
        for change in sorted(changes, key=lambda change: change.municipality.code):
            name = begin_changes(connection, change)
            row = begin_batch(
                connection,
                change.municipality.code,
                batch_id=batch_id,
                act=IMPORT,
                author=author,
                reason=reason,
                now=now,
                added=len(change.added),
                changed=len(change.changed) + len(change.withdrawn),
                has_targets=change.has_targets,
            )
            told = audit.batch_told(row) | {"digest": write_changes(connection, change, row)}
            own = {file.sha256 for file in change.files} & contents.keys()
            keep_files(connection, row["municipality"], {sha: contents[sha] for sha in own})
            told |= {"name": name, "kept": kept_told(change.files)}
            audit.append(connection, row, act=IMPORT, author=author, what=told)
    return batch_id


def new_batch_id(now: datetime) -> str:
    """Return an id no other batch has, which tells its moment in Japan."""
    return f"{now.astimezone(JAPAN):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def packed(files: Iterable[SourceFile]) -> dict[str, dict[str, Any]]:
    """Return the files that have their content as `source_content` holds them, by SHA-256."""
    contents = {file.sha256: file.content for file in files if file.content is not None}
    return {sha256: _packed(content) for sha256, content in contents.items()}


def _packed(content: bytes) -> dict[str, Any]:
    # What is a zip archive shrinks no more.
    compressed = not content.startswith(b"PK")
    return {"compressed": compressed, "content": zlib.compress(content) if compressed else content}


def keep_files(
    connection: Connection, code: str, contents: Mapping[str, Mapping[str, Any]]
) -> None:
    """Keep files, as `packed` returns them, but those the municipality has already."""
    table = t.source_content
    kept = select(table.c.sha256).where(table.c.municipality == code, table.c.sha256.in_(contents))
    new = sorted(contents.keys() - set(connection.scalars(kept)))
    if new:
        rows = [{"municipality": code, "sha256": sha256, **contents[sha256]} for sha256 in new]
        connection.execute(insert(table), rows)


def kept_told(files: Iterable[SourceFile]) -> dict[str, str]:
    """Return what an entry says of the files that are kept: their names by SHA-256."""
    return {file.sha256: file.name for file in files if file.content is not None}


def begin_changes(connection: Connection, change: Changes) -> str:
    """Lock the municipality and return its name; raises `Conflict` where it is not as it was read.

    One of which nothing stands takes the name it has in the change.
    """
    code = change.municipality.code
    name = lock(connection, code)
    if name is None:
        try:
            connection.execute(
                insert(t.municipality),
                {"municipality": code, "name": change.municipality.name},
            )
        except IntegrityError as error:
            # Another act brought it a moment ago.
            raise Conflict(code) from error
        name = change.municipality.name
    elif nothing_stands(change.marks):
        is_it = t.municipality.c.municipality == code
        connection.execute(update(t.municipality).where(is_it), {"name": change.municipality.name})
        name = change.municipality.name
    if marks(connection, code) != change.marks:
        raise Conflict(code)
    return name


def lock(connection: Connection, code: str) -> str | None:
    """Let no other act on the municipality begin before this one ends; return its name."""
    return connection.scalar(
        select(t.municipality.c.name).where(t.municipality.c.municipality == code).with_for_update()
    )


def begin_batch(
    connection: Connection, code: str, *, now: datetime, **described: Any
) -> dict[str, Any]:
    """Insert the next batch of a municipality, whose row must be locked, and return its row.

    Of two acts the later one counts, so the moment recorded is never before that of the last.
    """
    last = connection.execute(
        select(func.max(t.batch.c.revision), func.max(t.batch.c.recorded_at)).where(
            t.batch.c.municipality == code
        )
    ).one()
    row = {
        "municipality": code,
        "revision": (last[0] or 0) + 1,
        "recorded_at": max(now, last[1] or now),
        "added": 0,
        "changed": 0,
        "in_force_from": None,
        "has_targets": False,
        **described,
    }
    connection.execute(insert(t.batch), row)
    return row


# The parts of a plan in the order their foreign keys ask for: where they are in `Changes`, the
# table of identities (periods have none: their plan and ordinal are theirs), that of revisions.
_PARTS = (
    ("plans", t.plan, t.plan_revision),
    ("periods", None, t.period_revision),
    ("policies", t.policy, t.policy_revision),
    ("indicators", t.indicator, t.indicator_revision),
    ("series", t.series, t.series_revision),
    ("projects", t.project, t.project_revision),
    ("milestones", None, t.milestone_revision),
    ("notes", None, t.note_revision),
    ("fractions", None, t.fraction_revision),
)


def write_changes(connection: Connection, change: Changes, batch: Mapping[str, Any]) -> str:
    """Insert the rows of a change under a batch and return their digest."""
    head = {"municipality": change.municipality.code, "revision": batch["revision"]}
    files = [
        (*head.values(), number, f.name, f.sha256, f.layout)
        for number, f in enumerate(change.files, 1)
    ]
    rows: dict[Table, list[tuple[Any, ...]]] = {t.source_file: files}
    write(connection, t.source_file, files)
    for name, identities, revisions in _PARTS:
        parts = getattr(change, name)
        if identities is not None:
            key = identities.c[f"{identities.name}_id"]
            own = identities.c.municipality == change.municipality.code
            known = set(connection.scalars(select(key).where(own))) if parts else set()
            new = [part for part in parts if part.id not in known]
            write(connection, identities, [row_of(head, part, identities) for part in new])
            if revisions in audit.IDENTITIES:
                rows[identities] = [row_of(head, part, identities) for part in parts]
        rows[revisions] = [row_of(head, part, revisions) for part in parts]
        write(connection, revisions, rows[revisions])
    rows[t.fact] = _facts(change, batch["revision"])
    write(connection, t.fact, rows[t.fact])
    return audit.digest(rows)


#: Rows that one statement inserts; SQLite takes them in two thirds of the time.
_TOGETHER = 50


def write(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows through the driver, as tuples in the order of the table's columns.

    There may be hundreds of thousands; SQLAlchemy's own look at each of them would take longer
    than the database does.
    """
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        quoted = connection.dialect.identifier_preparer
        columns = ", ".join(map(quoted.format_column, table.columns))
        copy = f"COPY {quoted.format_table(table)} ({columns}) FROM STDIN"
        # `kpi.store.open_database` hands them over as they are.
        connection.exec_driver_sql(copy, (rows,))
        return
    into, one = str(insert(table).compile(dialect=connection.dialect)).split(" VALUES ")
    whole = len(rows) - len(rows) % _TOGETHER
    together = [
        tuple(chain.from_iterable(rows[first : first + _TOGETHER]))
        for first in range(0, whole, _TOGETHER)
    ]
    if together:
        many = ", ".join([one] * _TOGETHER)
        connection.exec_driver_sql(f"{into} VALUES {many}", together)
    if rest := rows[whole:]:
        connection.exec_driver_sql(f"{into} VALUES {one}", [tuple(row) for row in rest])


def row_of(head: dict[str, Any], part: Any, table: Table) -> tuple[Any, ...]:
    """Return a part of a plan as a row: columns are named as its attributes, ids by their table."""
    values = (
        head[name] if name in head else getattr(part, attribute)
        for name, attribute in _attributes(table)
    )
    return tuple(map(_kept, values))


def _kept(value: Any) -> Any:
    """Return a value as its column has it."""
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


@cache
def _attributes(table: Table) -> list[tuple[str, str]]:
    """Return the columns of a table, each with the attribute of a part that goes into it."""
    own_id = f"{table.name.removesuffix('_revision')}_id"
    names = [column.name for column in table.columns]
    return [(name, "id" if name == own_id else name) for name in names]


def _facts(change: Changes, revision: int) -> list[tuple[Any, ...]]:
    """Return the facts of a change as rows."""
    code = change.municipality.code
    numbers = {(f.sha256, f.name): number for number, f in enumerate(change.files, 1)}
    withdrawn = [Fact(key, None) for key in change.withdrawn]
    rows = []
    for facts, is_withdrawn in (
        (change.added, False),
        (change.changed, False),
        (withdrawn, True),
    ):
        for fact in facts:
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
                    is_withdrawn,
                )
            )
    return rows


def undo(engine: Engine, *batch_ids: str, author: str, now: datetime) -> None:
    """Take a batch back: everything is again as if it had not been.

    Of several the newest first, all of them or none. Raises `UnknownBatch` where there is no such
    batch in force, `StillNeeded` where later batches recorded facts of a plan, period, indicator or
    series that this one brought, or read theirs with a unit it brought.
    """
    with (
        engine.connect().execution_options(writing=True) as connection,
        connection.begin(),
    ):
        reached = select(t.batch.c.municipality).where(t.batch.c.batch_id.in_(batch_ids))
        for code in sorted(set(connection.scalars(reached))):
            lock(connection, code)
        numbered = select(t.batch.c.batch_id, func.max(t.batch.c.revision)).where(
            t.batch.c.batch_id.in_(batch_ids)
        )
        found = connection.execute(numbered.group_by(t.batch.c.batch_id)).all()
        number = dict(map(tuple, found))
        for batch_id in sorted(batch_ids, key=lambda one: -number.get(one, 0)):
            _undo(connection, batch_id, author, now)


def _undo(connection: Connection, batch_id: str, author: str, now: datetime) -> None:
    taken_back = select(t.undone.c.revision).where(same(t.undone, t.batch, "revision"))
    rows = connection.execute(
        select(t.batch.c.municipality, t.batch.c.revision).where(
            t.batch.c.batch_id == batch_id, ~taken_back.exists()
        )
    ).all()
    if not rows:
        raise UnknownBatch(batch_id)
    needed = set().union(*(_built_on(connection, code, revision) for code, revision in rows))
    if needed:
        raise StillNeeded(needed)
    for code, revision in rows:
        row = {
            "municipality": code,
            "revision": revision,
            "recorded_at": now,
            "author": author,
        }
        connection.execute(insert(t.undone), row)
        told = {"batch": batch_id, "revision": revision}
        audit.append(connection, row, act=audit.UNDO, author=author, what=told)


def _built_on(connection: Connection, code: str, revision: int) -> set[str]:
    """Return the ids of other batches in force that would lose their footing without this one."""
    taken_back = gone(code)

    def only_here(table: Table, key: str) -> Any:
        """Return the ids whose every revision in force was written by this batch."""
        elsewhere = select(table.c[key]).where(
            table.c.municipality == code,
            table.c.revision != revision,
            table.c.revision.not_in(taken_back),
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
                    table.c.revision.not_in(taken_back),
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
    new_projects = only_here(t.project_revision, "project_id")
    new_rules = only_here(t.rule_revision, "name")
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
        | later(indicator, indicator.c.successor_id.in_(new_indicators))
        | later(policy, policy.c.parent_id.in_(new_policies))
        | later(t.note_revision, t.note_revision.c.indicator_id.in_(new_indicators))
        | later(t.fraction_revision, t.fraction_revision.c.series_id.in_(new_series))
        | later(t.project_revision, t.project_revision.c.policy_id.in_(new_policies))
        | later(
            t.project_revision,
            t.project_revision.c.project_id.in_(
                within(t.project, "project_id", "plan_id", new_plans)
            ),
        )
        | later(t.milestone_revision, t.milestone_revision.c.project_id.in_(new_projects))
    )
    for table in (t.plan_rule_revision, t.frozen_year_revision):
        revisions |= later(table, table.c.plan_id.in_(new_plans))
    for table in (t.series_setting_revision, t.hand_rating_revision, t.comparison_revision):
        revisions |= later(table, table.c.series_id.in_(new_series))
    revisions |= later(t.frozen_rating, t.frozen_rating.c.series_id.in_(new_series))
    for table in (t.plan_rule_revision, t.series_setting_revision):
        revisions |= later(table, table.c.rule.in_(new_rules))
    revisions |= set(connection.scalars(_read_with_unit(code, revision)))
    revisions |= set(connection.scalars(_within_period(code, revision)))
    return set(
        connection.scalars(
            select(t.batch.c.batch_id).where(
                and_(t.batch.c.municipality == code, t.batch.c.revision.in_(revisions))
            )
        )
    )


def _in_force(table: Table, code: str, *columns: str) -> Subquery:
    """Return the revisions in force of a revision table, each beside its neighbours in time.

    ``before_…`` of each column named is what stood before, ``until`` the revision that came next.
    """
    keys = [column for column in table.primary_key if column.name != "revision"]

    def in_time(value: Function[Any]) -> Over[Any]:
        return value.over(partition_by=keys, order_by=table.c.revision)

    return (
        select(
            *table.c,
            in_time(func.lag(table.c.revision)).label("before"),
            *(in_time(func.lag(table.c[name])).label(f"before_{name}") for name in columns),
            in_time(func.lead(table.c.revision)).label("until"),
        )
        .where(table.c.municipality == code, table.c.revision.not_in(gone(code)))
        .subquery()
    )


def _recorded_under(stood: Subquery, code: str, revision: int) -> tuple[ColumnElement[bool], ...]:
    """Select facts of later batches, recorded while what this one wrote stood."""
    fact = t.fact
    return (
        stood.c.revision == revision,
        fact.c.municipality == code,
        fact.c.revision > revision,
        or_(stood.c.until.is_(None), fact.c.revision < stood.c.until),
        fact.c.revision.not_in(gone(code)),
    )


def _read_with_unit(code: str, revision: int) -> Select[tuple[int]]:
    """Select later batches whose bare figures were read with a unit that this batch brought."""
    stood = _in_force(t.series_revision, code, "unit", "unit_text")
    return (
        select(t.fact.c.revision)
        .join(stood, stood.c.series_id == t.fact.c.series_id)
        .where(
            *_recorded_under(stood, code, revision),
            or_(
                stood.c.unit != stood.c.before_unit,
                stood.c.unit_text != stood.c.before_unit_text,
            ),
        )
    )


def _within_period(code: str, revision: int) -> Select[tuple[int]]:
    """Select later batches with targets of a period that would not hold their year any more."""
    stood = _in_force(t.period_revision, code, "first_year", "last_year")
    fact = t.fact
    return (
        select(fact.c.revision)
        .join(t.series, same(t.series, fact, "series_id"))
        .join(t.indicator, same(t.indicator, t.series, "indicator_id"))
        .join(
            stood,
            and_(stood.c.plan_id == t.indicator.c.plan_id, stood.c.ordinal == fact.c.period),
        )
        .where(
            *_recorded_under(stood, code, revision),
            fact.c.kind == Kind.TARGET,
            fact.c.fiscal_year > 0,
            or_(
                stood.c.before.is_(None),
                fact.c.fiscal_year < stood.c.before_first_year,
                fact.c.fiscal_year > stood.c.before_last_year,
            ),
        )
    )
