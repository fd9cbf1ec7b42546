"""Ratings set by hand: a person's word stands as long as the actual counts that it was about."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

import pandas as pd

from kpi.model import HandRating
from kpi.progress.measures import JudgedTarget
from kpi.progress.rating import RatingRule


class TargetKey(NamedTuple):
    """What sets a target apart from all others of its plan."""

    series_id: int
    period: int
    label: str
    #: 0 where no source says for which year the target is.
    year: int


class Standing(StrEnum):
    """Whether a rating set by hand counts, or why it does not."""

    HOLDS = "holds"
    #: It was set for the actual of a year that is not looked at.
    AHEAD = "ahead"
    NEW_ACTUAL = "new_actual"
    NO_ACTUAL = "no_actual"
    #: The series is judged by another rule, or the rule no longer has the band.
    OTHER_RULE = "other_rule"
    NO_TARGET = "no_target"


def key_of(target: JudgedTarget) -> TargetKey:
    """Return the key of a row of `kpi.progress.judge`."""
    year = 0 if math.isnan(target.target_year) else int(target.target_year)
    return TargetKey(int(target.series_id), int(target.period), target.label, year)


def key_rated(rating: HandRating) -> TargetKey:
    """Return the key of the target a rating was set for."""
    return TargetKey(rating.series_id, rating.period, rating.label, int(rating.target_year))


def set_by_hand(
    judged: pd.DataFrame,
    ratings: Sequence[HandRating],
    reporting_year: int,
    rules: Mapping[str, RatingRule],
) -> tuple[pd.DataFrame, dict[TargetKey, Standing]]:
    """Return the judged targets with ``rating, rating_label`` as set by hand, where that holds.

    ``judged`` are the rows of `kpi.progress.judge`, ``rules`` those it was given. A rating holds
    where the same actual counts as when it was set: the same year and the same value. All else that
    is known of a target stays as it is measured. Also returns how each rating stands.
    """
    standings: dict[TargetKey, Standing] = {}
    if not ratings:
        return judged, standings
    rows: list[Any] = list(judged.itertuples(index=False))
    places = {key_of(row): n for n, row in enumerate(rows)}
    letters, labels = (
        judged[name].to_numpy(dtype=object, copy=True) for name in ("rating", "rating_label")
    )
    for rating in ratings:
        key = key_rated(rating)
        place = places.get(key)
        if place is None:
            standings[key] = Standing.NO_TARGET
            continue
        row = rows[place]
        band = next((b for b in rules[row.rule].bands if b.letter == rating.letter), None)
        standings[key] = _standing(rating, row, reporting_year)
        if standings[key] is Standing.HOLDS and (rating.rule != row.rule or band is None):
            standings[key] = Standing.OTHER_RULE
        if standings[key] is Standing.HOLDS and band is not None:
            letters[place] = band.letter
            labels[place] = band.label_of(ended=row.actual_year >= row.target_year)
    return judged.assign(rating=letters, rating_label=labels), standings


def _standing(rating: HandRating, row: JudgedTarget, reporting_year: int) -> Standing:
    """Return how a rating stands to the actual that counts now."""
    has_actual = not math.isnan(row.actual_year)
    if rating.actual_year is None:
        return Standing.NEW_ACTUAL if has_actual else Standing.HOLDS
    if (row.actual_year, row.actual) == (rating.actual_year, rating.actual):
        return Standing.HOLDS
    if rating.actual_year > reporting_year:
        return Standing.AHEAD
    if not has_actual or row.actual_year < rating.actual_year:
        return Standing.NO_ACTUAL
    return Standing.NEW_ACTUAL
