"""Which indicator took the place of a retired one, by the names their series are chosen by."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from kpi.charts.assessment import Assessment


@dataclass(frozen=True)
class Succession:
    """An indicator between what it replaced and what replaced it."""

    indicator_id: int
    #: The series of what took its place; none where nothing did.
    successors: tuple[str, ...]
    #: The series of all it took the place of.
    predecessors: tuple[str, ...]


def succession(assessment: Assessment, series_id: int) -> Succession:
    """Return what a series' indicator replaced and was replaced by, in the order of the plan."""
    series = assessment.series
    own = assessment.rows[series_id]

    def titles(found: pd.Series) -> tuple[str, ...]:
        return tuple(assessment.titles[one] for one in series.loc[found, "series_id"])

    return Succession(
        int(own.indicator_id),
        titles(series["indicator_id"] == own.successor_id),
        titles(series["successor_id"] == own.indicator_id),
    )
