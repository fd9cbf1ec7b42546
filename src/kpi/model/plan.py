"""The plan: its periods, the policy tree, and the indicators and series that hang in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi.model.facts import Direction, FiscalYear


@dataclass(frozen=True, slots=True)
class Municipality:
    """自治体, keyed by the national code of local governments (全国地方公共団体コード).

    Where a source gives no code, the name stands in for it.
    """

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Plan:
    """計画 (総合計画 and the like) of one municipality."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Period:
    """計画期: first, second, third implementation plan. Its targets are for its last year."""

    plan_id: int
    ordinal: int
    #: None where no source says when the period begins.
    first_year: FiscalYear | None
    last_year: FiscalYear


def first_years(periods: Sequence[Period]) -> dict[int, FiscalYear]:
    """Return when each period begins, by ordinal, without those of which nothing says it.

    As stated; where no source says it, the year after the period before has ended.
    """
    ends = {period.ordinal: period.last_year for period in periods}
    begins = {}
    for period in periods:
        if period.first_year is not None:
            begins[period.ordinal] = period.first_year
        elif period.ordinal - 1 in ends:
            begins[period.ordinal] = FiscalYear(ends[period.ordinal - 1] + 1)
    return begins


@dataclass(frozen=True, slots=True)
class PolicyNode:
    """政策 or 施策: one node of the tree above the indicators."""

    id: int
    plan_id: int
    parent_id: int | None
    #: 政策, 施策: the city's own word for the level.
    level: str
    #: 1-5-1; empty where the plan numbers nothing.
    code: str
    name: str
    #: Order in the source, ascending.
    position: int


@dataclass(frozen=True, slots=True)
class Indicator:
    """指標: what is measured, whose it is (所管課) and where it comes from (出典)."""

    id: int
    plan_id: int
    policy_id: int | None
    code: str
    name: str
    department: str
    source: str
    position: int
    #: 廃止: not measured any more; what was measured stays.
    is_retired: bool = False
    #: The indicator that took its place.
    successor_id: int | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """系列: what has one number a year. An indicator has one or more (現年度分, 収入未済額)."""

    id: int
    indicator_id: int
    #: Empty where the indicator has only one series.
    name: str
    #: Base unit of all values: 円, 人, ％.
    unit: str
    #: Unit as the city prints it: 百万円, 千人.
    unit_text: str
    direction: Direction
    position: int
