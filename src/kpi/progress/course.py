"""What is known of each series: one value a year, whichever facts it was read from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpi.model import Kind, Status
from kpi.progress.exact import exact

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]

#: How certain an actual is, from the most certain to the least; "" where its source does not say.
STATUSES = (Status.FINAL, "", Status.ESTIMATE, Status.PROVISIONAL)


def known_course(facts: pd.DataFrame, reporting_year: int) -> pd.DataFrame:
    """Return the known course of each series, by series and year.

    One row a year: ``series_id, fiscal_year, value, kind, status, is_base``. An actual comes before
    a baseline of its year. Where several were recorded for one year (with a period, with a label),
    the one without a label counts, of those the latest recorded. Facts after the reporting year and
    facts whose source names no year (0) are left out. ``is_base`` says whether the plan states a
    baseline for the year.
    """
    known = facts[
        facts["kind"].isin([Kind.ACTUAL, Kind.BASELINE])
        & facts["fiscal_year"].between(1, reporting_year)
        & facts["value"].notna()
    ]
    known = known.assign(
        is_base=known["kind"] == Kind.BASELINE,
        is_plain=known["label"] == "",
        is_actual=known["kind"] == Kind.ACTUAL,
    )
    year = ["series_id", "fiscal_year"]
    known["is_base"] = known.groupby(year)["is_base"].transform("any")
    known = known.sort_values([*year, "is_actual", "is_plain", "recorded_at"], kind="stable")
    known = known.drop_duplicates(year, keep="last")
    return known[[*year, "value", "kind", "status", "is_base"]].reset_index(drop=True)


class Lookup:
    """Finds places in columns sorted by series and a second number, a year or a period.

    Series are counted from 0; the second number is 0 or more, and no pair of both stands twice.
    """

    def __init__(self, row: Ints, number: Ints) -> None:
        self._span = int(number.max(initial=0)) + 2
        #: Last comes what no pair is.
        self._key_and_end = np.append(row * self._span + number, -1)
        self._key = self._key_and_end[:-1]

    def place(self, row: Ints, number: Ints) -> Ints:
        """Return where each pair stands, or would stand: behind all smaller ones of its series."""
        return np.searchsorted(self._key, self._wanted(row, number))

    def at(self, row: Ints, number: Ints) -> Ints:
        """Return the place of each pair, -1 where there is none."""
        wanted = self._wanted(row, number)
        place = np.searchsorted(self._key, wanted)
        found = self._key_and_end.take(place) == wanted
        return np.where(found, place, -1)

    def before(self, row: Ints, number: Ints) -> Ints:
        """Return the last place of each series with a smaller number, -1 where there is none."""
        place = self.place(row, number) - 1
        found = self._key_and_end.take(place) >= row * self._span
        return np.where(found, place, -1)

    def last(self, count: int) -> Ints:
        """Return the last place of each of the first ``count`` series, -1 where there is none."""
        row = np.arange(count)
        place = self.place(row + 1, row * 0) - 1
        return np.where(self._key_and_end.take(place) >= row * self._span, place, -1)

    def _wanted(self, row: Ints, number: Ints) -> Ints:
        # No number is as large as the last of a series' span: what is beyond stands behind all.
        return row * self._span + np.clip(number, 0, self._span - 1)


@dataclass(frozen=True)
class Course:
    """The known values of many series as flat columns: one a year, by series and year.

    ``row`` counts the series from 0. A value that is no actual is a baseline of the plan.
    """

    row: Ints
    year: Ints
    value: Floats
    is_actual: Bools
    #: Place in `STATUSES`.
    status: Codes

    def where(self, wanted: Bools | Ints) -> Course:
        """Return some of the values, or all in another order."""
        return Course(*(column[wanted] for column in self._columns))

    def followed_by(self, other: Course) -> Course:
        """Return these values and behind them those of other series, whose rows come later."""
        pairs = zip(self._columns, other._columns, strict=True)
        return Course(*(np.concatenate(pair) for pair in pairs))

    @property
    def _columns(self) -> tuple[npt.NDArray[Any], ...]:
        return self.row, self.year, self.value, self.is_actual, self.status

    @cached_property
    def lookup(self) -> Lookup:
        """By series and year."""
        return Lookup(self.row, self.year)

    def values_at(self, place: Ints) -> Floats:
        """Return the values at some places, NaN for -1."""
        return np.append(self.value, np.nan).take(place)

    def years_at(self, place: Ints) -> Floats:
        """Return the years at some places, NaN for -1."""
        return np.append(self.year, np.nan).take(place)


def added_up(
    actuals: Course, row: Ints, begins: Ints, until: Ints, new_row: Ints
) -> tuple[Course, Floats]:
    """Return courses in which the actuals of some years are added up, each as a series of its own.

    Each span is one of the series ``row`` from the year ``begins`` to the year ``until``; its
    course gets the number ``new_row`` (ascending). A sum is as certain as the least certain actual
    in it. It starts with 0 in the year before the span, which is no actual.

    The second return is, by span, the first year without an actual before a year with one; NaN
    where none is missing. Such a span has no course: what a missing year brought is not known.
    """
    first = actuals.lookup.place(row, begins)
    count = np.maximum(actuals.lookup.place(row, until + 1) - first, 0)
    span = np.repeat(np.arange(len(row)), count)
    step = np.arange(len(span)) - np.repeat(np.cumsum(count) - count, count)
    place = first[span] + step
    is_gap = actuals.year[place] != begins[span] + step
    missing = np.full(len(row), np.nan)
    # Written from the last to the first, so that the first stays.
    missing[span[is_gap][::-1]] = (begins[span] + step)[is_gap][::-1]
    kept = np.isnan(missing)[span]
    span, step, place = span[kept], step[kept], place[kept]
    value, status = actuals.value[place], actuals.status[place]
    for number in range(1, int(step.max(initial=0)) + 1):
        here = np.flatnonzero(step == number)
        value[here] = exact(value[here - 1] + value[here])
        status[here] = np.maximum(status[here - 1], status[here])
    start = np.flatnonzero(np.isnan(missing))
    starts = Course(
        new_row[start],
        begins[start] - 1,
        np.zeros(len(start)),
        np.zeros(len(start), bool),
        np.zeros(len(start), np.int8),
    )
    sums = Course(new_row[span], actuals.year[place], value, span >= 0, status)
    course = starts.followed_by(sums)
    return course.where(np.argsort(course.row, kind="stable")), missing
