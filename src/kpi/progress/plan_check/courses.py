"""Remarks about the figures of one series: its base, its latest actual, a slip of its unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from kpi.model import Kind, Severity
from kpi.notation import PERCENT
from kpi.progress.plan_check.plan import CheckedPlan
from kpi.progress.plan_check.remark import Figure, Remark, Year, key_of, rows_of

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

#: Without an actual for so many years, a series is no longer followed. Surveys come every second.
YEARS_WITHOUT_ACTUAL = 3
#: What a slip of the unit multiplies by: 千円 for 円, 万人 for 人, 百万円 for 円; 0.65 for 65 ％.
SLIPS = (1_000, 10_000, 1_000_000)
PERCENT_SLIPS = (100,)
#: How far from such a factor two neighbouring figures may be, since the series has moved as well.
SLIP_RANGE = 1.4


@dataclass(frozen=True)
class NoRecentActual(Remark):
    """Other series of the plan have later actuals, this one has had none for years."""

    code = "no-recent-actual"
    last_year: Year
    years: int

    @classmethod
    def find(cls, plan: CheckedPlan) -> Iterator[Self]:
        """Yield series with an open target, at their first one."""
        actuals = plan.course[plan.course["kind"] == Kind.ACTUAL]
        last = actuals.groupby("series_id")["fiscal_year"].max()
        targets = plan.open_targets.drop_duplicates("series_id")
        targets = targets.assign(last=targets["series_id"].map(last))
        stale = targets["last"] <= plan.reporting_year - YEARS_WITHOUT_ACTUAL
        for target in rows_of(targets[stale]):
            years = plan.reporting_year - int(target.last)
            yield cls(key_of(target), Year(target.last), years)


@dataclass(frozen=True)
class UnitSlip(Remark):
    """A figure is about a thousand or ten thousand times its neighbour, as by a slip of the unit.

    Of two such neighbours the remark is about the one farther from the middle of the series.
    """

    code = "unit-slip"
    figure: Figure
    year: Year
    neighbour: Figure
    neighbour_year: Year

    @classmethod
    def find(cls, plan: CheckedPlan) -> Iterator[Self]:
        """Yield each figure that jumps, once."""
        facts = plan.facts[(plan.facts["value"] > 0) & (plan.facts["fiscal_year"] > 0)]
        facts = facts.merge(plan.series[["series_id", "unit"]], on="series_id")
        facts = facts.sort_values(["series_id", "fiscal_year"], kind="stable", ignore_index=True)
        size = np.log10(facts["value"])
        series = facts["series_id"]
        jump = size.groupby(series).diff().abs().to_numpy()
        is_percent = (facts["unit"] == PERCENT).to_numpy()
        is_slip = np.where(is_percent, _is_about(jump, PERCENT_SLIPS), _is_about(jump, SLIPS))
        from_middle = (size - size.groupby(series).transform("median")).abs().to_numpy()
        rows = list(rows_of(facts))
        neighbours: dict[int, int] = {}
        for row in np.flatnonzero(is_slip).tolist():
            pair = (row, row - 1) if from_middle[row] >= from_middle[row - 1] else (row - 1, row)
            neighbours.setdefault(*pair)
        for odd, other in neighbours.items():
            fact, neighbour = rows[odd], rows[other]
            yield cls(
                key_of(fact, fact.kind),
                Figure(fact.value),
                Year(fact.fiscal_year),
                Figure(neighbour.value),
                Year(neighbour.fiscal_year),
            )


@dataclass(frozen=True)
class BaseMissing(Remark):
    """Other series of the plan have a base, this one has none: how far it has come is unknown."""

    code = "base-missing"
    severity = Severity.INFO

    @classmethod
    def find(cls, plan: CheckedPlan) -> Iterator[Self]:
        """Yield series with an open target and no base, at their first one."""
        targets = plan.open_targets.drop_duplicates("series_id")
        lacks = targets["baseline"].isna()
        # Where all lack one, `BasesMissing` says it once.
        for target in rows_of(targets[lacks & (targets["sense"] != 0) & (not lacks.all())]):
            yield cls(key_of(target))


@dataclass(frozen=True)
class BaseUndated(Remark):
    """A base is stated without its year, so it cannot be reckoned with."""

    code = "base-undated"
    base: Figure

    @classmethod
    def find(cls, plan: CheckedPlan) -> Iterator[Self]:
        """Yield each such base."""
        facts = plan.facts
        undated = (facts["kind"] == Kind.BASELINE) & (facts["fiscal_year"] == 0)
        for fact in rows_of(facts[undated & facts["value"].notna()]):
            yield cls(key_of(fact, Kind.BASELINE), Figure(fact.value))


def _is_about(jump: Floats, factors: tuple[int, ...]) -> Bools:
    """Return which of the jumps, in powers of ten, are about one of the factors."""
    near = np.zeros(len(jump), dtype=np.bool_)
    for factor in factors:
        near |= np.abs(jump - np.log10(factor)) <= np.log10(SLIP_RANGE)
    return near
