"""What is judged, as flat columns: the series, known values, baselines and targets of any plans.

A series is the number of its row, a word is a small integer, an unknown year is 0 and an unknown
figure NaN. So the series of one plan are judged by the same few steps as those of a thousand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpi.model import Comparator, Direction, Kind, Period, first_years
from kpi.progress.course import STATUSES, Bools, Codes, Course, Floats, Ints, Lookup, added_up
from kpi.progress.projection import ends_known
from kpi.progress.relative import Against, read_promise

#: The words of a column of codes.
DIRECTIONS = tuple(Direction)
COMPARATORS = ("", *Comparator)


def code(word: str) -> int:
    """Return the code of a comparator or a direction."""
    return (DIRECTIONS if word in DIRECTIONS else COMPARATORS).index(word)


@dataclass(frozen=True)
class SeriesColumns:
    """What holds for a series whichever its targets."""

    direction: Codes
    #: Share of the target's level within which it still counts as kept; NaN: not set.
    tolerance: Floats
    #: The worst value that is still bearable; NaN: not set.
    limit: Floats
    #: Whether the actuals of a period add up to its target.
    is_cumulative: Bools
    #: Whether no value lies below 0, none above 100.
    has_floor: Bools
    has_ceiling: Bools


@dataclass(frozen=True)
class Bases:
    """The baselines a plan states, by series and period; of several the earliest."""

    row: Ints
    #: 0 where a baseline belongs to no period.
    period: Ints
    year: Ints
    value: Floats

    @cached_property
    def lookup(self) -> Lookup:
        """By series and period."""
        return Lookup(self.row, self.period)


@dataclass(frozen=True)
class TargetColumns:
    """Targets, in the order of their series."""

    row: Ints
    period: Ints
    #: When the period begins.
    begins: Ints
    year: Ints
    low: Floats
    #: Upper end of a range, NaN where the target is none.
    high: Floats
    comparator: Codes
    #: What a target without a number of its own is held against, see `kpi.progress.relative`.
    against: Codes
    reference_year: Ints
    factor: Floats


@dataclass(frozen=True)
class Columns:
    """Everything that is judged at once."""

    series: SeriesColumns
    course: Course
    bases: Bases
    targets: TargetColumns

    def blocks(self, size: int) -> Iterator[Columns]:
        """Return the same in parts of ``size`` series, rows counted from 0 in each."""
        count = len(self.series.direction)
        for first in range(0, count, size):
            rows = first, min(first + size, count)
            yield Columns(
                SeriesColumns(*(column[slice(*rows)] for column in _fields(self.series))),
                Course(*_part(self.course, *rows)),
                Bases(*_part(self.bases, *rows)),
                TargetColumns(*_part(self.targets, *rows)),
            )


def _part(columns: Course | Bases | TargetColumns, first: int, end: int) -> Iterator[Any]:
    """Return the columns of some series, the one of their rows first."""
    row, *others = _fields(columns)
    part = slice(*np.searchsorted(row, (first, end)))
    yield row[part] - first
    yield from (column[part] for column in others)


def with_sums(columns: Columns, actuals: Course) -> tuple[Columns, Course, Floats, Floats]:
    """Give each target of a series whose actuals add up a series of its own: that of the sums.

    Its course are the ``actuals`` added up from the first year of the target's period to the
    target's year, its base is 0 in the year before; what a yearly value would be a base for is
    none of it. Returns the columns, the actuals with the sums behind them, and by target the first
    year of the sum and the missing year because of which there is none (NaN elsewhere).
    """
    series, targets = columns.series, columns.targets
    summed_from, missing_year = np.full((2, len(targets.row)), np.nan)
    number = np.flatnonzero(series.is_cumulative[targets.row])
    if not len(number):
        return columns, actuals, summed_from, missing_year
    new_row = len(series.direction) + np.arange(len(number))
    row, against = targets.row.copy(), targets.against.copy()
    row[number], against[number] = new_row, Against.NOTHING
    dated = targets.begins[number] > 0
    number, new_row = number[dated], new_row[dated]
    begins = targets.begins[number]
    until = np.where(targets.year > 0, targets.year, np.iinfo(np.int64).max - 1)[number]
    sums, missing = added_up(actuals, targets.row[number], begins, until, new_row)
    summed_from[number], missing_year[number] = begins, missing
    old = np.append(np.arange(len(series.direction)), targets.row[row != targets.row])
    bases = (columns.bases, Bases(new_row, new_row * 0, begins - 1, np.zeros(len(number))))
    with_them = Columns(
        SeriesColumns(*(column[old] for column in _fields(series))),
        columns.course.followed_by(sums),
        Bases(*(np.concatenate(pair) for pair in zip(*map(_fields, bases), strict=True))),
        replace(targets, row=row, against=against),
    )
    return with_them, actuals.followed_by(sums.where(sums.is_actual)), summed_from, missing_year


def _fields(columns: SeriesColumns | Course | Bases | TargetColumns) -> list[npt.NDArray[Any]]:
    return [getattr(columns, field.name) for field in fields(columns)]


def columns_of(
    series: pd.DataFrame,
    targets: pd.DataFrame,
    facts: pd.DataFrame,
    course: pd.DataFrame,
    periods: Sequence[Period],
) -> Columns:
    """Turn the tables of one plan into columns.

    ``targets`` are the facts that are targets, in the order of the series; ``course`` is what
    `kpi.progress.course.known_course` returns.
    """
    rows = pd.Index(series["series_id"])
    return Columns(
        _series(series),
        _course(course, rows),
        _bases(facts, rows),
        _targets(targets, rows, series, periods),
    )


def _series(series: pd.DataFrame) -> SeriesColumns:
    def setting(name: str, otherwise: float) -> Floats:
        if name not in series:
            return np.full(len(series), otherwise)
        given: Floats = series[name].to_numpy(dtype=np.float64)
        return given

    return SeriesColumns(
        codes(series["direction"], DIRECTIONS),
        setting("tolerance", np.nan),
        setting("limit", np.nan),
        setting("is_cumulative", 0.0) > 0,
        *ends_known(series["unit"].to_numpy(dtype=object)),
    )


def _course(course: pd.DataFrame, rows: pd.Index) -> Course:
    row = rows.get_indexer(pd.Index(course["series_id"]))
    order = np.argsort(row, kind="stable")
    known = course.iloc[order]
    return Course(
        row[order].astype(np.int64),
        known["fiscal_year"].to_numpy(dtype=np.int64),
        known["value"].to_numpy(dtype=np.float64),
        (known["kind"] == Kind.ACTUAL).to_numpy(),
        codes(known["status"], STATUSES),
    )


def _bases(facts: pd.DataFrame, rows: pd.Index) -> Bases:
    is_stated = (facts["kind"] == Kind.BASELINE) & facts["value"].notna()
    stated = facts[is_stated & (facts["fiscal_year"] > 0)]
    stated = stated.assign(row=rows.get_indexer(pd.Index(stated["series_id"])))
    stated = stated.sort_values(["row", "period", "fiscal_year", "label"], kind="stable")
    stated = stated.drop_duplicates(["row", "period"])
    return Bases(
        stated["row"].to_numpy(dtype=np.int64),
        stated["period"].to_numpy(dtype=np.int64),
        stated["fiscal_year"].to_numpy(dtype=np.int64),
        stated["value"].to_numpy(dtype=np.float64),
    )


def _targets(
    targets: pd.DataFrame, rows: pd.Index, series: pd.DataFrame, periods: Sequence[Period]
) -> TargetColumns:
    row = rows.get_indexer(pd.Index(targets["series_id"])).astype(np.int64)
    low = targets["value"].to_numpy(dtype=np.float64)
    comparator = codes(targets["comparator"], COMPARATORS)
    against = np.zeros(len(row), np.int8)
    reference_year = np.zeros(len(row), np.int64)
    factor = np.full(len(row), np.nan)
    directions, texts = series["direction"].to_numpy(), targets["value_text"].to_numpy()
    for number in np.flatnonzero(np.isnan(low)):
        promise = read_promise(texts[number], directions[row[number]])
        if promise is not None:
            against[number] = promise.against
            reference_year[number] = promise.year
            factor[number] = promise.factor
            comparator[number] = code(promise.comparator or "")
    return TargetColumns(
        row,
        targets["period"].to_numpy(dtype=np.int64),
        targets["period"].map(first_years(periods)).fillna(0).to_numpy().astype(np.int64),
        targets["fiscal_year"].to_numpy(dtype=np.int64),
        low,
        targets["value_high"].to_numpy(dtype=np.float64),
        comparator,
        against,
        reference_year,
        factor,
    )


def codes(words: pd.Series, vocabulary: Sequence[str]) -> Codes:
    """Return the place of each word in `DIRECTIONS`, `COMPARATORS` or `STATUSES`."""
    return pd.Index(vocabulary).get_indexer(pd.Index(words)).astype(np.int8)
