"""Remarks about one target: whether it asks for anything, and whether that has ever been done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import pandas as pd

from kpi.model import Comparator, Direction, Kind, Severity
from kpi.notation import PERCENT
from kpi.progress.plan_check.plan import CheckedPlan
from kpi.progress.plan_check.remark import Figure, Rate, Remark, Year, key_of, rows_of

#: Below so many changes from one year to the next, none of them can be called the best ever seen.
FEWEST_CHANGES = 3
_BOUNDS = [Comparator.AT_LEAST, Comparator.MORE, Comparator.AT_MOST, Comparator.LESS]


@dataclass(frozen=True)
class WrongSide(Remark):
    """The target is worse than the base and than what was known when it was set."""

    code = "wrong-side"
    start: Figure
    start_year: Year
    direction: Direction

    @classmethod
    def find(cls, plan: CheckedPlan) -> Iterator[Self]:
        """Yield targets that ask for less than both."""
        targets = plan.open_targets
        for target in rows_of(targets[_is_wrong_side(targets)]):
            start = Figure(target.start), Year(target.start_year)
            yield cls(key_of(target), *start, _direction(target))


@dataclass(frozen=True)
class AlreadyMet(Remark):
    """What was known when the target was set already satisfied it."""

    code = "already-met"
    start: Figure
    start_year: Year

    @classmethod
    def find(cls, plan: CheckedPlan) -> Iterator[Self]:
        """Yield targets that were met from the start, but for those another remark is about."""
        targets = plan.open_targets
        ahead = targets["sense"] * (targets["start"] - targets["target"])
        is_bound = targets["comparator"].isin([Comparator.AT_LEAST, Comparator.AT_MOST])
        is_met = (targets["sense"] != 0) & ((ahead > 0) | ((ahead == 0) & is_bound))
        is_met &= ~_is_wrong_side(targets) & ~_is_at_end(targets)
        for target in rows_of(targets[is_met]):
            yield cls(key_of(target), Figure(target.start), Year(target.start_year))


@dataclass(frozen=True)
class EqualToStart(Remark):
    """The target is the value known when it was set, though the series is not to be maintained."""

    code = "equal-to-start"
    start_year: Year
    direction: Direction

    @classmethod
    def find(cls, plan: CheckedPlan) -> Iterator[Self]:
        """Yield targets without a bound that ask for no change."""
        targets = plan.open_targets
        has_bound = targets["comparator"].isin(_BOUNDS)
        is_equal = (targets["target"] == targets["start"]) & (targets["sense"] != 0) & ~has_bound
        for target in rows_of(targets[is_equal & ~_is_at_end(targets)]):
            yield cls(key_of(target), Year(target.start_year), _direction(target))


@dataclass(frozen=True)
class WeakerThanBefore(Remark):
    """The target asks for less than that of the period before."""

    code = "weaker-than-before"
    before: Figure
    before_year: Year

    @classmethod
    def find(cls, plan: CheckedPlan) -> Iterator[Self]:
        """Yield targets that are worse than the same series' target before them."""
        targets = plan.targets[(plan.targets["sense"] != 0) & (plan.targets["fiscal_year"] > 0)]
        before = targets.groupby("series_id")[["target", "fiscal_year"]].shift()
        targets = targets.assign(before=before["target"], before_year=before["fiscal_year"])
        lost = targets["sense"] * (targets["before"] - targets["target"])
        for target in rows_of(targets[(lost > 0) & targets["is_open"]]):
            yield cls(key_of(target), Figure(target.before), Year(target.before_year))


@dataclass(frozen=True)
class FasterThanEver(Remark):
    """The target needs more in every year left than the best year ever seen has brought."""

    code = "faster-than-ever"
    severity = Severity.INFO
    needed: Rate
    best: Rate
    best_year: Year
    years: int

    @classmethod
    def find(cls, plan: CheckedPlan) -> Iterator[Self]:
        """Yield targets that are not met, of series that have improved before."""
        for target in _beyond_the_best(plan):
            if target.best > 0:
                yield cls(
                    key_of(target),
                    Rate(target.required_per_year),
                    Rate(target.sense * target.best),
                    Year(target.best_year),
                    int(target.target_year - target.actual_year),
                )


@dataclass(frozen=True)
class NeverImproved(Remark):
    """The target asks for an improvement, and the series has not improved in any year seen."""

    code = "never-improved"
    needed: Rate
    changes: int
    since: Year

    @classmethod
    def find(cls, plan: CheckedPlan) -> Iterator[Self]:
        """Yield targets that are not met, of series that have only stood still or become worse."""
        for target in _beyond_the_best(plan):
            if target.best <= 0:
                yield cls(
                    key_of(target),
                    Rate(target.required_per_year),
                    int(target.changes),
                    Year(target.since),
                )


@dataclass(frozen=True)
class DirectionUnknown(Remark):
    """Nothing says whether higher or lower is better, so no actual can satisfy the target."""

    code = "direction-unknown"

    @classmethod
    def find(cls, plan: CheckedPlan) -> Iterator[Self]:
        """Yield the first open target of each series without direction, comparator or range."""
        targets = plan.open_targets
        unknown = (targets["direction"] == Direction.UNKNOWN) & (targets["sense"] == 0)
        unknown &= targets["target_high"].isna() & (targets["comparator"] != Comparator.EQUAL)
        for target in rows_of(targets[unknown].drop_duplicates("series_id")):
            yield cls(key_of(target))


@dataclass(frozen=True)
class CeilingReached(Remark):
    """The series has reached 100 %, and its target asks for no more."""

    code = "ceiling-reached"
    severity = Severity.INFO
    reached_year: Year

    @classmethod
    def find(cls, plan: CheckedPlan) -> Iterator[Self]:
        """Yield the last target of 100 % of each series that is there."""
        targets = plan.open_targets
        there = targets[_is_ceiling(targets) & (targets["actual"] >= 100)]
        for target in rows_of(there.drop_duplicates("series_id", keep="last")):
            yield cls(key_of(target), Year(target.actual_year))


def _direction(target: Any) -> Direction:
    return Direction.HIGHER if target.sense > 0 else Direction.LOWER


def _is_wrong_side(targets: pd.DataFrame) -> pd.Series:
    worse = [targets["sense"] * (targets["target"] - targets[at]) for at in ("baseline", "start")]
    return (worse[0] < 0) & (worse[1] < 0)


def _is_ceiling(targets: pd.DataFrame) -> pd.Series:
    return (targets["unit"] == PERCENT) & (targets["sense"] > 0) & (targets["target"] == 100)


def _is_at_end(targets: pd.DataFrame) -> pd.Series:
    """Return where 100 %, or 0 of what is to vanish, was there from the start: no more to ask."""
    is_floor = (targets["sense"] < 0) & (targets["target"] == 0)
    return (_is_ceiling(targets) | is_floor) & (targets["start"] == targets["target"])


def _beyond_the_best(plan: CheckedPlan) -> Iterator[Any]:
    """Yield the open targets whose way left is steeper than any year's change of their series.

    With ``best`` and ``best_year``, the greatest improvement from one year to the next (below 0
    where there was none), ``changes``, how many such changes are known, and ``since``.
    """
    targets = plan.open_targets[plan.open_targets["sense"] != 0]
    actuals = plan.course[plan.course["kind"] == Kind.ACTUAL]
    step = actuals.groupby("series_id")[["fiscal_year", "value"]].diff()
    changes = actuals.assign(change=step["value"])[step["fiscal_year"] == 1]
    pairs = targets[["series_id", "sense"]].assign(row=targets.index)
    pairs = pairs.merge(changes, on="series_id")
    pairs["better"] = pairs["sense"] * pairs["change"]
    seen = pairs.groupby("row")["fiscal_year"].agg(changes="size", since="min")
    best = pairs.sort_values("better").drop_duplicates("row", keep="last").set_index("row")
    targets = targets.join(seen).assign(best=best["better"], best_year=best["fiscal_year"])
    # What binary fractions leave of a difference is no steeper way.
    is_steeper = targets["sense"] * targets["required_per_year"] > targets["best"] + 1e-9
    yield from rows_of(targets[is_steeper & (targets["changes"] >= FEWEST_CHANGES)])
