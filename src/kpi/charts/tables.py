"""A plan as plain tables, for other programs: all its facts, and how every target stands."""

from __future__ import annotations

import pandas as pd

from kpi.charts.assessment import Assessment, rows_of
from kpi.charts.by_hand import set_by
from kpi.charts.sentences import reason
from kpi.model import TIDY_COLUMNS
from kpi.progress import Reason, key_of
from kpi.store import JAPAN, PlanContent

PROGRESS_COLUMNS = (
    "municipality",
    "plan",
    "indicator_code",
    "indicator",
    "series",
    "unit",
    "direction",
    "period",
    "target_year",
    "comparator",
    "target",
    "target_text",
    "baseline_year",
    "baseline",
    "actual_year",
    "actual",
    "met",
    "attainment",
    "progress",
    "elapsed",
    "pace",
    "projected",
    "projected_low",
    "projected_high",
    "required_per_year",
    "rule",
    "rating",
    "rating_label",
    "reason",
)
#: Computed columns. Binary fractions leave noise in the last digits, which is no information.
_COMPUTED = list(PROGRESS_COLUMNS[17:25])


def values_table(content: PlanContent) -> pd.DataFrame:
    """Return all facts with the columns of `kpi.model.TIDY_COLUMNS`."""
    table = content.series.merge(content.facts, on="series_id", how="inner")
    table["municipality"] = content.municipality.name
    table["plan"] = content.plan.name
    table["period"] = _unless_none(table["period"])
    table["fiscal_year"] = _unless_none(table["fiscal_year"])
    table["recorded_at"] = [
        moment.astimezone(JAPAN).isoformat(timespec="seconds") for moment in table["recorded_at"]
    ]
    return table[list(TIDY_COLUMNS)]


def progress_table(assessment: Assessment) -> pd.DataFrame:
    """Return one row a series and target with `PROGRESS_COLUMNS`; computed figures to 12 digits."""
    table = assessment.measures.copy()
    unrated = table["reason"] != Reason.NONE
    table.loc[unrated, "reason"] = [reason(target) for target in rows_of(table[unrated])]
    if assessment.by_hand:
        by_hand = {key: set_by(found.entry) for key, found in assessment.by_hand.items()}
        keys = [key_of(target) for target in rows_of(table)]
        told = zip(keys, table["reason"], strict=True)
        table["reason"] = [by_hand.get(key, computed) for key, computed in told]
    table["period"] = _unless_none(table["period"])
    for column in _COMPUTED:
        table[column] = [float(f"{value:.12g}") for value in table[column]]
    # The rule a target was judged by, not the one set for its series.
    table = table.merge(assessment.series.drop(columns="rule"), on="series_id")
    table["municipality"] = assessment.municipality.name
    table["plan"] = assessment.plan.name
    return table[list(PROGRESS_COLUMNS)]


def _unless_none(column: pd.Series) -> pd.Series:
    """Return a column with nothing where the facts have 0: no period, no year."""
    return column.astype(object).where(column > 0, None)
