"""A plan as its check sees it: each target beside where its series stood when it was set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from kpi.model import Direction, Kind, Period, first_years
from kpi.progress.columns import COMPARATORS, DIRECTIONS, codes
from kpi.progress.course import known_course
from kpi.progress.measures import measure, sense_of


@dataclass(frozen=True)
class CheckedPlan:
    """A plan with what is derived from it for all checks together.

    The frames are those of `kpi.store.PlanContent`. ``others`` are the other plans of the same
    municipality.
    """

    name: str
    series: pd.DataFrame
    facts: pd.DataFrame
    periods: Sequence[Period]
    #: The latest year with an actual.
    reporting_year: int
    others: Sequence[CheckedPlan] = ()

    @cached_property
    def course(self) -> pd.DataFrame:
        """The known value of each series and year, see `kpi.progress.known_course`."""
        return known_course(self.facts, self.reporting_year)

    @cached_property
    def targets(self) -> pd.DataFrame:
        """The main targets that state a number, one row each, by series and year.

        The columns of `kpi.progress.JudgedTarget` but for the rating, and ``fiscal_year`` (0 where
        the source names none), ``unit, direction, is_cumulative``, ``sense`` (+1 where higher is
        better, -1 where lower is, 0 where neither), ``start_year, start`` (the value known when the
        target was set) and ``is_open`` (whether the target can still be changed: its year is not
        over, or is the last of the plan).
        """
        measured = measure(self.series, self.facts, self.periods, self.reporting_year)
        targets = measured[(measured["label"] == "") & measured["target"].notna()]
        targets = targets.assign(fiscal_year=targets["target_year"].fillna(0).astype("int64"))
        columns = ["series_id", "unit", "direction", "is_cumulative"]
        targets = targets.merge(self.series[columns], on="series_id")
        start_year, start = self._starts(targets)
        last = min(self.reporting_year, targets["fiscal_year"].max()) if len(targets) else 0
        return targets.assign(
            sense=_sense(targets),
            start_year=start_year,
            start=start,
            is_open=(targets["fiscal_year"] >= last) | (targets["fiscal_year"] == 0),
        )

    @cached_property
    def open_targets(self) -> pd.DataFrame:
        """Those of the targets that can still be changed."""
        return self.targets[self.targets["is_open"]]

    def _starts(self, targets: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
        """Return year and value of what was known of its series when each target was set.

        For a target of a period, the latest value from before the period. For others it is what
        their document prints beside them: its one actual (現状), else the base, else the first
        value known. (Of the many actuals in a table of results none says what was known.)
        """
        rows = targets[["series_id", "period", "fiscal_year"]].rename(columns={"fiscal_year": "of"})
        begins = rows["period"].map(first_years(self.periods)).astype("float64")
        rows = rows.assign(row=rows.index, limit=begins.fillna(rows["of"]))
        earlier = rows.merge(self.course, on="series_id")
        earlier = earlier[earlier["fiscal_year"] < earlier["limit"]]

        def first(points: pd.DataFrame) -> pd.DataFrame:
            points = points.drop_duplicates("row").set_index("row")
            return points[["fiscal_year", "value"]].reindex(targets.index)

        beside = rows.merge(self._beside_targets(), on=["series_id", "of"])
        beside = beside[beside["fiscal_year"] < beside["limit"]]
        of_period = first(earlier.iloc[::-1])
        stated = targets[["baseline_year", "baseline"]].set_axis(["fiscal_year", "value"], axis=1)
        other = first(beside).fillna(stated).fillna(first(earlier))
        start = of_period.where(begins.notna(), other)
        return start["fiscal_year"], start["value"]

    def _beside_targets(self) -> pd.DataFrame:
        """Return the actuals that stand alone beside a target, of a year, in one import."""
        keys = ["series_id", "batch_id"]
        is_actual = (self.facts["kind"] == Kind.ACTUAL) & self.facts["value"].notna()
        actuals = self.facts[is_actual & (self.facts["fiscal_year"] > 0)]
        alone = actuals.drop_duplicates(keys, keep=False)[[*keys, "fiscal_year", "value"]]
        targets = self.facts[self.facts["kind"] == Kind.TARGET][[*keys, "fiscal_year"]]
        targets = targets.rename(columns={"fiscal_year": "of"}).drop_duplicates()
        return targets.merge(alone, on=keys)


def _sense(targets: pd.DataFrame) -> pd.Series:
    """Return which way each target asks its series to go; its comparator says so first.

    A level to maintain asks for none, even where it is printed as a bound (100％以上を維持).
    Nor does the sum of a period's years, which no single year can be held against.
    """
    asks_none = targets["target_high"].notna() | targets["is_cumulative"]
    asks_none |= targets["direction"] == Direction.MAINTAIN
    sense = sense_of(
        codes(targets["comparator"], COMPARATORS), codes(targets["direction"], DIRECTIONS)
    )
    return pd.Series(sense, index=targets.index).mask(asks_none, 0.0)
