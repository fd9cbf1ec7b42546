"""What an import is held against: the plan as it stands, with the ids its new parts will get."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, Table, func, select

from kpi.model import (
    Comparator,
    Direction,
    Fact,
    FactKey,
    FiscalYear,
    Identity,
    Indicator,
    Kind,
    Municipality,
    Part,
    Period,
    Plan,
    PolicyNode,
    Series,
    Status,
    part_identity,
)
from kpi.store import tables as t
from kpi.store.reading import CODE, PLAN, PlanHeader, current, series_of_plan


@dataclass
class PlanSnapshot:
    """One plan as it stands."""

    plan: Plan
    periods: dict[int, Period] = field(default_factory=dict)
    policies: list[PolicyNode] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    series: list[Series] = field(default_factory=list)
    facts: dict[FactKey, Fact] = field(default_factory=dict)

    def parts(self) -> dict[Identity, Part]:
        """Return what the plan is made of, by what tells each part from all others.

        A plan that is new itself is no part yet.
        """
        known: list[Part] = [
            *([self.plan] if self.plan.id > 0 else []),
            *self.periods.values(),
            *self.policies,
            *self.indicators,
            *self.series,
        ]
        return {part_identity(part): part for part in known}


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
        plans = [
            plan_snapshot(connection, code, Plan(row.plan_id, row.name))
            for row in connection.execute(_plans_of(), {"code": code})
        ]
        return Snapshot(Municipality(code, known or name), now, plans, last_ids(connection, code))


def last_ids(connection: Connection, code: str) -> dict[str, int]:
    """Return the highest id a municipality has in use of each kind of part that has one."""
    return {
        table.name: connection.scalar(
            select(func.coalesce(func.max(table.c[f"{table.name}_id"]), 0)).where(
                table.c.municipality == code
            )
        )
        or 0
        for table in (t.plan, t.policy, t.indicator, t.series)
    }


def read_parts(engine: Engine, header: PlanHeader) -> PlanSnapshot:
    """Return one plan as it stands now, for whoever edits it."""
    with engine.connect() as connection:
        return plan_snapshot(connection, header.municipality.code, header.plan)


@cache
def _plans_of() -> Select[Any]:
    return select(current(t.plan_revision, None, t.plan_revision.c.municipality == CODE))


@cache
def _parts() -> dict[str, Select[Any]]:
    """Return the statements for the parts of a plan; `CODE` and `PLAN` say which."""

    def parts(table: Table, identity: Table, parent: ColumnElement[bool], of: str) -> Select[Any]:
        key = f"{identity.name}_id"
        latest = current(table, None, table.c.municipality == CODE)
        return (
            select(latest, identity.c[of].label("of"))
            .join(identity, identity.c[key] == latest.c[key])
            .where(identity.c.municipality == CODE, parent)
        )

    ids = series_of_plan()
    return {
        "periods": select(
            current(
                t.period_revision,
                None,
                t.period_revision.c.municipality == CODE,
                t.period_revision.c.plan_id == PLAN,
            )
        ),
        "policies": parts(t.policy_revision, t.policy, t.policy.c.plan_id == PLAN, "plan_id"),
        "indicators": parts(
            t.indicator_revision, t.indicator, t.indicator.c.plan_id == PLAN, "plan_id"
        ),
        "series": parts(t.series_revision, t.series, t.series.c.series_id.in_(ids), "indicator_id"),
        "facts": select(
            current(t.fact, None, t.fact.c.municipality == CODE, t.fact.c.series_id.in_(ids))
        ),
    }


def plan_snapshot(connection: Connection, code: str, plan: Plan) -> PlanSnapshot:
    """Return one plan as it stands."""
    asked = {"code": code, "plan": plan.id}
    rows = {name: connection.execute(part, asked).all() for name, part in _parts().items()}
    return PlanSnapshot(
        plan,
        {
            row.ordinal: Period(plan.id, row.ordinal, row.first_year, row.last_year)
            for row in rows["periods"]
        },
        [
            PolicyNode(r.policy_id, plan.id, r.parent_id, r.level, r.code, r.name, r.position)
            for r in rows["policies"]
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
                r.is_retired,
                r.successor_id,
            )
            for r in rows["indicators"]
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
            for r in rows["series"]
        ],
        {fact.key: fact for fact in map(_fact, rows["facts"])},
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
