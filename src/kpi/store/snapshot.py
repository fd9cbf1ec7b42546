"""What an import is held against: the plan as it stands, with the ids its new parts will get."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from kpi.model import (
    Comparator,
    Direction,
    Fact,
    FactKey,
    FiscalYear,
    Indicator,
    Kind,
    Municipality,
    Period,
    Plan,
    PolicyNode,
    Series,
    Status,
)
from kpi.store import tables as t
from kpi.store.reading import current, series_of_plan


@dataclass
class PlanSnapshot:
    """One plan as it stands."""

    plan: Plan
    periods: dict[int, Period] = field(default_factory=dict)
    policies: list[PolicyNode] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    series: list[Series] = field(default_factory=list)
    facts: dict[FactKey, Fact] = field(default_factory=dict)


@dataclass
class Snapshot:
    """One municipality as it stands.

    ``marks`` says what was read: `kpi.store.commit` refuses changes built on an older state.
    """

    municipality: Municipality
    marks: tuple[int, int]
    plans: list[PlanSnapshot]
    #: The highest id in use, for each table whose rows get one.
    last_ids: dict[str, int]


def marks(connection: Connection, code: str) -> tuple[int, int]:
    """Return how many batches a municipality has, and how many of them were taken back."""
    return (
        connection.scalar(
            select(func.count()).select_from(t.batch).where(t.batch.c.municipality == code)
        )
        or 0,
        connection.scalar(
            select(func.count()).select_from(t.undone).where(t.undone.c.municipality == code)
        )
        or 0,
    )


def nothing_stands(of: tuple[int, int]) -> bool:
    """Whether all that a municipality ever had was taken back, by its marks."""
    batches, taken_back = of
    return batches == taken_back


def read_snapshot(engine: Engine, code: str, name: str) -> Snapshot:
    """Return a municipality's plans.

    One that is unknown, or of which everything was taken back, has none and takes the given name.
    """
    with engine.connect() as connection:
        now = marks(connection, code)
        known = connection.scalar(
            select(t.municipality.c.name).where(t.municipality.c.municipality == code)
        )
        if nothing_stands(now):
            known = None
        last_ids = {
            table.name: connection.scalar(
                select(func.coalesce(func.max(table.c[f"{table.name}_id"]), 0)).where(
                    table.c.municipality == code
                )
            )
            or 0
            for table in (t.plan, t.policy, t.indicator, t.series)
        }
        named = current(t.plan_revision, None, t.plan_revision.c.municipality == code)
        plans = [
            _plan(connection, code, Plan(row.plan_id, row.name))
            for row in connection.execute(select(named))
        ]
        return Snapshot(Municipality(code, known or name), now, plans, last_ids)


def _plan(connection: Connection, code: str, plan: Plan) -> PlanSnapshot:
    def rows(table: Any, identity: Any, key: str, parent: Any, parent_key: str) -> list[Any]:
        latest = current(table, None, table.c.municipality == code)
        return list(
            connection.execute(
                select(latest, identity.c[parent_key].label("of"))
                .join(identity, identity.c[key] == latest.c[key])
                .where(identity.c.municipality == code, parent)
            )
        )

    of_plan = {table: table.c.plan_id == plan.id for table in (t.policy, t.indicator)}
    periods = current(
        t.period_revision,
        None,
        t.period_revision.c.municipality == code,
        t.period_revision.c.plan_id == plan.id,
    )
    facts = current(
        t.fact,
        None,
        t.fact.c.municipality == code,
        t.fact.c.series_id.in_(series_of_plan(code, plan.id)),
    )
    return PlanSnapshot(
        plan,
        {
            row.ordinal: Period(plan.id, row.ordinal, row.first_year, row.last_year)
            for row in connection.execute(select(periods))
        },
        [
            PolicyNode(r.policy_id, plan.id, r.parent_id, r.level, r.code, r.name, r.position)
            for r in rows(t.policy_revision, t.policy, "policy_id", of_plan[t.policy], "plan_id")
        ],
        [
            Indicator(
                r.indicator_id,
                plan.id,
                r.policy_id,
                r.code,
                r.name,
                r.department,
                r.source,
                r.position,
            )
            for r in rows(
                t.indicator_revision,
                t.indicator,
                "indicator_id",
                of_plan[t.indicator],
                "plan_id",
            )
        ],
        [
            Series(
                r.series_id,
                r.of,
                r.name,
                r.unit,
                r.unit_text,
                Direction(r.direction),
                r.position,
            )
            for r in rows(
                t.series_revision,
                t.series,
                "series_id",
                t.series.c.series_id.in_(series_of_plan(code, plan.id)),
                "indicator_id",
            )
        ],
        {fact.key: fact for fact in map(_fact, connection.execute(select(facts)))},
    )


def _fact(row: Any) -> Fact:
    key = FactKey(
        row.series_id,
        Kind(row.kind),
        row.period,
        row.label,
        FiscalYear(row.fiscal_year),
    )
    return Fact(
        key,
        row.value,
        row.value_high,
        Comparator(row.comparator) if row.comparator else None,
        row.value_text,
        Status(row.status) if row.status else None,
        row.note,
    )
