"""Judging a plan whose series follow different rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from kpi.model import Direction, Kind, Period
from kpi.progress.course import known_course
from kpi.progress.growth import growth
from kpi.progress.measures import Reason, measure
from kpi.progress.rating import RatingRule, rate


def judge(
    series: pd.DataFrame,
    facts: pd.DataFrame,
    periods: Sequence[Period],
    reporting_year: int,
    rules: Mapping[str, RatingRule],
    default: str,
) -> pd.DataFrame:
    """Return how every target stands, each series by its own rule.

    The frames are those of `kpi.progress.measures.measure`; ``series["rule"]`` names a series' own
    rule, "" (or no such column) the default. The rows have the columns of `JudgedTarget`, in the
    order of series, year and label. A rule that judges by growth without a target adds a row for
    each series that has a direction and no target. Where ``series`` has ``is_retired``, what is
    retired is measured, and neither rated nor projected.

    Raises KeyError where a series names a rule that is not among ``rules``.
    """
    own = series["rule"].where(series["rule"] != "", default) if "rule" in series else default
    named = pd.Series(own, index=series.index, dtype=object)
    # A plan without any series has columns too.
    names = named.unique() if len(named) else [default]
    judged = [
        _judge_by(rules[name], series[named == name], facts, periods, reporting_year)
        for name in names
    ]
    table = judged[0]
    if len(judged) > 1:
        order = pd.Series(range(len(series)), index=series["series_id"].to_numpy())
        table = pd.concat(judged, ignore_index=True)
        position = table["series_id"].map(order)
        table = table.iloc[position.argsort(kind="stable")].reset_index(drop=True)
    return _unrated_where_retired(table, series) if "is_retired" in series else table


#: What is said of a target whose indicator is retired: it leads nowhere any more.
_RETIRED: dict[str, Any] = {
    "rating": "",
    "rating_label": "",
    "missing": "",
    "reason": Reason.RETIRED,
    "required_per_year": np.nan,
    "projected": np.nan,
    "projected_low": np.nan,
    "projected_high": np.nan,
    "projected_met": None,
    "projected_sure": None,
    "chance": np.nan,
    "held_at_floor": False,
    "held_at_ceiling": False,
}


def _unrated_where_retired(table: pd.DataFrame, series: pd.DataFrame) -> pd.DataFrame:
    is_retired = table["series_id"].isin(series.loc[series["is_retired"], "series_id"]).to_numpy()
    if not is_retired.any():
        return table
    columns = {name: table[name].to_numpy(copy=True) for name in _RETIRED}
    for name, said in _RETIRED.items():
        columns[name][is_retired] = said
    return table.assign(**columns)


def _judge_by(
    rule: RatingRule,
    series: pd.DataFrame,
    facts: pd.DataFrame,
    periods: Sequence[Period],
    reporting_year: int,
) -> pd.DataFrame:
    facts = facts[facts["series_id"].isin(series["series_id"])]
    if rule.growth is not None and rule.growth.without_target:
        facts = pd.concat([facts, _unaimed(series, facts)], ignore_index=True)
    measures = measure(series, facts, periods, reporting_year, rule.options)
    if rule.growth is not None:
        course = known_course(facts, reporting_year)
        measures = measures.assign(**growth(measures, series, course, rule.growth))
    return rate(measures, rule)


def _unaimed(series: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """Return a target without number and year for each series that has a direction and none."""
    aimed = facts.loc[facts["kind"] == Kind.TARGET, "series_id"]
    has_direction = series["direction"].isin([Direction.HIGHER, Direction.LOWER])
    ids = series.loc[has_direction & ~series["series_id"].isin(aimed), "series_id"]
    blank = facts.head(0).reindex(range(len(ids)))
    return blank.assign(
        series_id=ids.to_numpy(),
        kind=Kind.TARGET,
        period=0,
        label="",
        fiscal_year=0,
        comparator="",
        value_text="",
        status="",
    )


def worst(counts: Mapping[str, int], ranking: Sequence[str]) -> str | None:
    """Return the worst rating given. ``ranking`` goes from the best to the worst.

    There is no mean of ratings: between a target kept and one lost there is nothing in the middle.
    What could not be rated stands in no ranking, and is no answer; None where nothing was rated.
    """
    return next((rating for rating in reversed(ranking) if counts.get(rating)), None)
