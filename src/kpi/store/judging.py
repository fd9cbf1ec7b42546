"""Acts of judging on record: rules of one's own, settings, what was fixed or set by hand.

Each act is a batch, as an import is: with who, when and why, part of every "as of", and undone by
`kpi.store.undo`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, Table, func, select

from kpi.model import (
    Act,
    Comparison,
    FiscalYear,
    FrozenRating,
    FrozenYear,
    HandRating,
    Municipality,
    PlanRule,
    Round,
    RoundItem,
    RuleVersion,
    SeriesSetting,
    Verdict,
)
from kpi.store import audit
from kpi.store import tables as t
from kpi.store.reading import (
    PlanContent,
    PlanHeader,
    StoredRule,
    current,
    gone,
    named_series,
    plans,
    read_plan,
    same,
    stored_rule,
)
from kpi.store.writing import Conflict, begin_batch, lock, new_batch_id, row_of, write

#: The table an act is written to, and what its batch is called.
_TABLES: dict[type[Act], tuple[Table, str]] = {
    RuleVersion: (t.rule_revision, "rule"),
    PlanRule: (t.plan_rule_revision, "plan-rule"),
    SeriesSetting: (t.series_setting_revision, "setting"),
    HandRating: (t.hand_rating_revision, "hand-rating"),
    Comparison: (t.comparison_revision, "comparison"),
    FrozenYear: (t.frozen_year_revision, "frozen-year"),
    Round: (t.round_revision, "round"),
    RoundItem: (t.round_item_revision, "round"),
}


@dataclass(frozen=True)
class FrozenEntry:
    """A fixed year of a plan: by whom, when and why."""

    fiscal_year: FiscalYear
    author: str
    reason: str
    recorded_at: datetime
    batch_id: str


@dataclass(frozen=True)
class Frozen:
    """A fixed year with all it says, and what was known when it was fixed.

    ``ratings``, one row a target: the attributes of `kpi.model.FrozenRating`, NaN or None where
    unknown.
    """

    entry: FrozenEntry
    rules: tuple[RuleVersion, ...]
    ratings: pd.DataFrame
    content: PlanContent


@dataclass(frozen=True)
class ComparisonEntry:
    """What was said of a comparison: by whom, when and why."""

    comparison: Comparison
    author: str
    reason: str
    recorded_at: datetime
    batch_id: str


def record(
    engine: Engine,
    municipality: Municipality,
    acts: Sequence[Act],
    *,
    author: str,
    reason: str,
    now: datetime,
) -> str:
    """Record what was decided at once, all or nothing, and return the batch's id.

    The batch is called after the first act. Raises `Conflict` where somebody else was faster: a
    version of a rule is not newer than those there are, a rule that is to be followed has been
    taken back, or a round of that number asks for something else.
    """
    code = municipality.code
    batch_id = new_batch_id(now)
    with (
        engine.connect().execution_options(writing=True) as connection,
        connection.begin(),
    ):
        lock(connection, code)
        batch = begin_batch(
            connection,
            code,
            batch_id=batch_id,
            act=_TABLES[type(acts[0])][1],
            author=author,
            reason=reason,
            now=now,
        )
        head = {"municipality": code, "revision": batch["revision"]}
        rows: dict[Table, list[tuple[Any, ...]]] = {}
        for act in acts:
            if isinstance(act, RuleVersion):
                last = select(func.max(t.rule_revision.c.version)).where(
                    t.rule_revision.c.municipality == code, t.rule_revision.c.name == act.name
                )
                if act.version <= (connection.scalar(last) or 0):
                    raise Conflict(code)
            if isinstance(act, PlanRule | SeriesSetting):
                _require_rule(connection, code, act.rule)
            said: list[tuple[Table, Any]] = [(_TABLES[type(act)][0], act)]
            if isinstance(act, Round):
                rows[t.round_] = [row_of(head, act, t.round_)]
            if isinstance(act, FrozenYear):
                said += [(t.frozen_rule, rule) for rule in act.rules]
                said += [(t.frozen_rating, rating) for rating in act.ratings]
            for table, part in said:
                rows.setdefault(table, []).append(row_of(head, part, table))
        for table, found in rows.items():
            if table is not t.round_ or _is_new_round(connection, found[0]):
                write(connection, table, found)
        told = audit.batch_told(batch) | {"digest": audit.digest(rows)}
        audit.append(connection, batch, act=batch["act"], author=author, what=told)
    return batch_id


def _is_new_round(connection: Connection, row: Sequence[Any]) -> bool:
    code, round_id, *_ = row
    known = select(t.round_).where(t.round_.c.municipality == code, t.round_.c.round_id == round_id)
    found = connection.execute(known).one_or_none()
    if found is not None and tuple(found) != tuple(row):
        raise Conflict(code)
    return found is None


def _require_rule(connection: Connection, code: str, name: str) -> None:
    """Raise `Conflict` where a municipality had a rule of its own and has none of it any more."""
    table = t.rule_revision
    is_gone = table.c.revision.in_(gone(code))
    versions = connection.scalars(
        select(is_gone).where(table.c.municipality == code, table.c.name == name)
    ).all()
    if versions and all(versions):
        raise Conflict(code)


def known_series(engine: Engine) -> pd.DataFrame:
    """Return every series of every municipality, to find those that measure the same.

    Columns: ``municipality, municipality_name, plan_id, plan, series_id, indicator, series, unit``.
    """
    tables = t.series_revision, t.indicator_revision, t.plan_revision
    one, of, named = (current(table, None) for table in tables)
    with engine.connect() as connection:
        rows = connection.execute(named_series(one, of, named))
        return pd.DataFrame(rows.all(), columns=list(rows.keys()), dtype=object)


def rule_history(engine: Engine, municipality: Municipality) -> list[StoredRule]:
    """Return every version of the municipality's own rules, by name, newest first.

    Those that were taken back are left out.
    """
    table = t.rule_revision
    statement = (
        select(table, t.batch)
        .join(t.batch, same(t.batch, table, "revision"))
        .where(
            table.c.municipality == municipality.code,
            table.c.revision.not_in(gone(municipality.code)),
        )
        .order_by(table.c.name, table.c.revision.desc())
    )
    with engine.connect() as connection:
        return [stored_rule(row) for row in connection.execute(statement)]


def last_rule_versions(engine: Engine, municipality: Municipality) -> dict[str, int]:
    """Return the highest version number each own rule ever had; a number is never used twice."""
    table = t.rule_revision
    statement = (
        select(table.c.name, func.max(table.c.version).label("version"))
        .where(table.c.municipality == municipality.code)
        .group_by(table.c.name)
    )
    with engine.connect() as connection:
        return {row.name: row.version for row in connection.execute(statement)}


def frozen_years(
    engine: Engine, header: PlanHeader, as_of: datetime | None = None
) -> list[FrozenEntry]:
    """Return each time a year of a plan was fixed, the last one first; none taken back."""
    table = t.frozen_year_revision
    statement = (
        select(table.c.fiscal_year, t.batch)
        .join(t.batch, same(t.batch, table, "revision"))
        .where(table.c.municipality == header.municipality.code)
        .where(table.c.plan_id == header.plan.id)
        .where(table.c.revision.not_in(gone(header.municipality.code, as_of)))
        .order_by(table.c.revision.desc())
    )
    if as_of is not None:
        statement = statement.where(t.batch.c.recorded_at <= as_of)
    with engine.connect() as connection:
        return [
            FrozenEntry(
                FiscalYear(row.fiscal_year), row.author, row.reason, row.recorded_at, row.batch_id
            )
            for row in connection.execute(statement)
        ]


def read_frozen(engine: Engine, header: PlanHeader, entry: FrozenEntry) -> Frozen:
    """Return a fixed year whole; ``entry`` is one of `frozen_years`."""
    code = header.municipality.code
    revision = (
        select(t.batch.c.revision)
        .where(t.batch.c.municipality == code, t.batch.c.batch_id == entry.batch_id)
        .scalar_subquery()
    )
    names = [field.name for field in fields(FrozenRating)]
    rule, rating = t.frozen_rule, t.frozen_rating
    with engine.connect() as connection:
        rules = connection.execute(
            select(rule.c.name, rule.c.version, rule.c.text)
            .where(rule.c.municipality == code, rule.c.revision == revision)
            .order_by(rule.c.name)
        ).all()
        ratings = connection.execute(
            select(*(rating.c[name] for name in names))
            .where(rating.c.municipality == code, rating.c.revision == revision)
            .order_by(rating.c.series_id, rating.c.target_year, rating.c.period, rating.c.label)
        ).all()
    frame = pd.DataFrame(ratings, columns=names, dtype=object)
    # Its periods may have been others too.
    then = next(
        known
        for known in plans(engine, entry.recorded_at)
        if (known.municipality.code, known.plan.id) == (code, header.plan.id)
    )
    return Frozen(
        entry,
        tuple(RuleVersion(*row) for row in rules),
        frame.astype(dict.fromkeys(_FROZEN_NUMBERS, "float64")),
        read_plan(engine, then, entry.recorded_at),
    )


_FROZEN_NUMBERS = [
    column.name for column in t.frozen_rating.columns if str(column.type) == "DOUBLE"
] + ["baseline_year", "actual_year"]


def comparisons(
    engine: Engine, header: PlanHeader, as_of: datetime | None = None
) -> list[ComparisonEntry]:
    """Return what was said of comparisons of a plan's series, withdrawn ones left out."""
    return [
        ComparisonEntry(
            Comparison(
                row.series_id, row.other_municipality, row.other_series_id, Verdict(row.verdict)
            ),
            row.author,
            row.reason,
            row.recorded_at,
            row.batch_id,
        )
        for row in _of_series(engine, header, t.comparison_revision, as_of)
        if row.verdict != Verdict.WITHDRAWN
    ]


def _of_series(
    engine: Engine, header: PlanHeader, table: Table, as_of: datetime | None
) -> Sequence[Any]:
    """Return the current rows of a table of acts about series of a plan."""
    code = header.municipality.code
    rows = current(table, as_of, table.c.municipality == code)
    statement = (
        select(rows)
        .join(t.series, same(t.series, rows, "series_id"))
        .join(t.indicator, same(t.indicator, t.series, "indicator_id"))
        .where(t.indicator.c.plan_id == header.plan.id)
        .order_by(rows.c.revision)
    )
    with engine.connect() as connection:
        return connection.execute(statement).all()
