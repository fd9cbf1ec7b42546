"""What became of a plan: every state its parts were in, and the acts that brought and took them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Engine, Select, Table, select

from kpi.model import (
    Direction,
    FactKey,
    FiscalYear,
    Fraction,
    Indicator,
    Kind,
    Milestone,
    Part,
    Period,
    Plan,
    PolicyNode,
    Project,
    ProjectState,
    Series,
    part_identity,
)
from kpi.store import tables as t
from kpi.store.collecting import note_of
from kpi.store.reading import CODE, PLAN, BatchEntry, PlanHeader, batches, same, series_of_plan


@dataclass(frozen=True)
class PartVersion:
    """One state a part of a plan was in, and the batch that brought it."""

    part: Part
    batch_id: str


@dataclass(frozen=True)
class Approval:
    """The proposal a batch came from, and who approved it."""

    proposal_id: int
    title: str
    author: str


@dataclass(frozen=True)
class PlanHistory:
    """Everything on record about who changed a plan; what was taken back is there too."""

    #: The acts of the municipality by their batch's id.
    acts: dict[str, BatchEntry]
    #: By `kpi.model.part_identity`, oldest first.
    parts: dict[Hashable, list[PartVersion]]
    #: The batches that took a fact out of the plan, oldest first.
    withdrawn: dict[FactKey, list[str]]
    #: By the id of the batch.
    approvals: dict[str, Approval]


def read_history(engine: Engine, header: PlanHeader) -> PlanHistory:
    """Return what is on record about the parts of a plan, and about facts taken out of it."""
    code = header.municipality.code
    acts = {entry.batch_id: entry for entry in batches(engine, [code])}
    asked = {"code": code, "plan": header.plan.id}
    parts: dict[Hashable, list[PartVersion]] = {}
    withdrawn: dict[FactKey, list[str]] = {}
    with engine.connect() as connection:
        for table, made in _MADE.items():
            for row in connection.execute(_states(table), asked):
                part = made(row)
                version = PartVersion(part, row.batch_id)
                parts.setdefault(part_identity(part), []).append(version)
        for row in connection.execute(_withdrawals(), asked):
            year = FiscalYear(row.fiscal_year)
            key = FactKey(row.series_id, Kind(row.kind), row.period, row.label, year)
            withdrawn.setdefault(key, []).append(row.batch_id)
        approvals = {
            row.batch_id: Approval(row.proposal_id, row.title, row.author)
            for row in connection.execute(_approvals(), asked)
        }
    return PlanHistory(acts, parts, withdrawn, approvals)


def _period(row: Any) -> Period:
    first = None if row.first_year is None else FiscalYear(row.first_year)
    return Period(row.plan_id, row.ordinal, first, FiscalYear(row.last_year))


def _policy(row: Any) -> PolicyNode:
    return PolicyNode(
        row.policy_id, row.of, row.parent_id, row.level, row.code, row.name, row.position
    )


def _indicator(row: Any) -> Indicator:
    return Indicator(
        row.indicator_id,
        row.of,
        row.policy_id,
        row.code,
        row.name,
        row.department,
        row.source,
        row.position,
        row.is_retired,
        row.successor_id,
    )


def _series(row: Any) -> Series:
    return Series(
        row.series_id,
        row.of,
        row.name,
        row.unit,
        row.unit_text,
        Direction(row.direction),
        row.position,
    )


def _fraction(row: Any) -> Fraction:
    return Fraction(
        row.series_id,
        FiscalYear(row.fiscal_year),
        row.numerator,
        row.denominator,
        row.numerator_text,
        row.denominator_text,
    )


def _project(row: Any) -> Project:
    return Project(
        row.project_id,
        row.of,
        row.policy_id,
        row.code,
        row.name,
        row.department,
        row.goal,
        row.position,
    )


def _milestone(row: Any) -> Milestone:
    state = ProjectState(row.state) if row.state else None
    year = FiscalYear(row.fiscal_year)
    return Milestone(row.project_id, year, row.text, state, row.note)


_MADE: dict[Table, Callable[[Any], Part]] = {
    t.plan_revision: lambda row: Plan(row.plan_id, row.name),
    t.period_revision: _period,
    t.policy_revision: _policy,
    t.indicator_revision: _indicator,
    t.series_revision: _series,
    t.note_revision: note_of,
    t.fraction_revision: _fraction,
    t.project_revision: _project,
    t.milestone_revision: _milestone,
}
_IDENTITIES = {
    t.policy_revision: (t.policy, "policy_id", "plan_id"),
    t.indicator_revision: (t.indicator, "indicator_id", "plan_id"),
    t.series_revision: (t.series, "series_id", "indicator_id"),
    t.note_revision: (t.indicator, "indicator_id", "plan_id"),
    t.fraction_revision: (t.series, "series_id", "indicator_id"),
    t.project_revision: (t.project, "project_id", "plan_id"),
    t.milestone_revision: (t.project, "project_id", "plan_id"),
}


@cache
def _states(table: Table) -> Select[Any]:
    """Select every state of one kind of part of the plan `PLAN` of the municipality `CODE`."""
    statement = (
        select(*table.c, t.batch.c.batch_id)
        .join(t.batch, same(t.batch, table, "revision"))
        .where(table.c.municipality == CODE)
        .order_by(table.c.revision)
    )
    if table not in _IDENTITIES:
        return statement.where(table.c.plan_id == PLAN)
    identity, key, parent = _IDENTITIES[table]
    statement = statement.add_columns(identity.c[parent].label("of"))
    statement = statement.join(identity, same(identity, table, key))
    if identity is t.series:
        return statement.where(table.c.series_id.in_(series_of_plan()))
    return statement.where(identity.c.plan_id == PLAN)


@cache
def _withdrawals() -> Select[Any]:
    fact = t.fact
    return (
        select(
            fact.c.series_id,
            fact.c.kind,
            fact.c.period,
            fact.c.label,
            fact.c.fiscal_year,
            t.batch.c.batch_id,
        )
        .join(t.batch, same(t.batch, fact, "revision"))
        .where(fact.c.municipality == CODE, fact.c.series_id.in_(series_of_plan()))
        .where(fact.c.is_withdrawn)
        .order_by(fact.c.revision)
    )


@cache
def _approvals() -> Select[Any]:
    step = t.proposal_step
    return (
        select(t.batch.c.batch_id, step.c.proposal_id, step.c.title, step.c.author)
        .join(t.batch, same(t.batch, step, "revision"))
        .where(step.c.municipality == CODE)
    )
