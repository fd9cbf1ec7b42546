"""The measures every rule is built from, for all series and targets at once.

For a base b (year t0), the actual a that counts (year t) and a target g (year T):

- met: is the target satisfied by a
- attainment: a / g; where lower is better g / a, or 2 - a / g; only between figures above zero
- progress: (a - b) / (g - b), the same for both directions; for a target with two sides (a range,
  an equal, a level to maintain), how much of the base's distance to it is closed
- elapsed: (t - t0) / (T - t0)
- pace: progress / elapsed
- gap: g - a; for a range, the distance to the nearest edge
- required_per_year: gap / (T - t)
- improvement: how much better a is than b, as a share of the size of b
- beyond: how far a is past g in the direction wanted; with two sides, minus the distance

A target held against another value (25 % less than in FY2008) is a number once that value is known.
Where the actuals of a series add up, a is their sum from the first year of the period on, and b is
0 in the year before.

An unknown is NaN (or None for met), never 0. No measure is clipped: progress is negative where a
series is worse than its base, elapsed is above 1 where a target's year has passed. Only a
projection ends where its unit does, see `kpi.progress.projection`.

Source of the measures and of the cases in which a ratio does not exist: the collection of methods
described in ``docs/progress.md``.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpi.model import Comparator, Direction, Kind, Period, Status
from kpi.progress.columns import (
    COMPARATORS,
    DIRECTIONS,
    Columns,
    SeriesColumns,
    TargetColumns,
    columns_of,
    with_sums,
)
from kpi.progress.course import STATUSES, Bools, Codes, Course, Floats, Ints, known_course
from kpi.progress.exact import difference, exact
from kpi.progress.projection import held_ends, latest_points, project
from kpi.progress.relative import Against


class Reason(StrEnum):
    """Why a target cannot be judged, or why a measure does not exist."""

    NONE = ""
    #: No actual up to the reporting year.
    NO_ACTUAL = "no_actual"
    #: Only actuals that are 確定 count, and there is none.
    NO_FINAL = "no_final"
    #: The target states no number.
    NO_NUMBER = "no_number"
    #: The target is held against the value of a year that is not known.
    NO_REFERENCE = "no_reference"
    #: The target is held against its base, and there is none.
    NO_REFERENCE_BASE = "no_reference_base"
    #: A share of a value is promised that is not above zero.
    NO_SHARE_OF_REFERENCE = "no_share_of_reference"
    #: The source does not say for which year the target is.
    NO_YEAR = "no_year"
    #: The actuals add up, and nothing says from which year on.
    NO_FIRST_YEAR = "no_first_year"
    #: The actuals add up, and there is none since the period began.
    NOT_BEGUN = "not_begun"
    #: The actuals add up, and one in between is missing.
    NO_SUM = "no_sum"
    #: Neither a comparator nor a direction says what would satisfy the target.
    NO_DIRECTION = "no_direction"
    #: A level to maintain has been left, and nothing says how far is still maintained.
    NO_TOLERANCE = "no_tolerance"
    #: The series is to stay within a range, and the target states one number.
    NO_RANGE = "no_range"
    #: Not met, and nothing says where the series started.
    NO_BASE = "no_base"
    #: The latest actual is the base itself, or what the target is held against.
    NOT_STARTED = "not_started"
    #: The rule tests a measure that does not exist here; ``missing`` names it.
    NO_MEASURE = "no_measure"
    #: No band of the rule fits, though all it tests is known.
    NO_BAND = "no_band"
    #: The rule is a template whose limits are not filled in.
    NO_LIMIT = "no_limit"
    #: The indicator was retired.
    RETIRED = "retired"


REASONS = tuple(Reason)


@dataclass(frozen=True)
class MeasureOptions:
    """What a rule may choose of the measures."""

    #: Attainment where lower is better: g / a, or 2 - a / g.
    attainment_when_lower: Literal["inverse", "mirror"] = "inverse"
    #: Share of the target's level: within it a level to maintain, an "=" and a target that the base
    #: already satisfied still count as kept. 0: nothing says so. A series may set its own.
    tolerance: float = 0.0
    #: The actual that counts: of the target's year, else the latest; always the latest; or as the
    #: first, of those that are 確定.
    actual: Literal["target_year", "latest", "final"] = "target_year"


EQUAL, MORE, LESS = (
    COMPARATORS.index(word) for word in (Comparator.EQUAL, Comparator.MORE, Comparator.LESS)
)
MAINTAIN, RANGE = (DIRECTIONS.index(word) for word in (Direction.MAINTAIN, Direction.RANGE))
#: +1 where higher is better, -1 where lower is, 0 where neither: by comparator, by direction.
_UP = {Comparator.AT_LEAST, Comparator.MORE, Direction.HIGHER}
_DOWN = {Comparator.AT_MOST, Comparator.LESS, Direction.LOWER}
SENSES, DIRECTED = (
    np.array([(word in _UP) - (word in _DOWN) for word in words], dtype=np.float64)
    for words in (COMPARATORS, DIRECTIONS)
)
#: How many series are judged in one go.
BLOCK = 32768


class JudgedTarget(Protocol):
    """One row of `measure` and `kpi.progress.rate`: how a target stands. NaN is unknown."""

    series_id: int
    #: Ordinal, 0 where the target belongs to no period.
    period: int
    #: Empty for the main target of a period.
    label: str
    target_year: float
    #: As stated; of a target held against another value, what that comes to.
    comparator: str
    target: float
    #: Upper end of a range.
    target_high: float
    #: As printed.
    target_text: str
    #: Year and value the target is held against, where it is: 2008年度と比べて25％減少.
    reference_year: float
    reference: float
    baseline_year: float
    baseline: float
    actual_year: float
    actual: float
    actual_status: str
    #: Where the actuals add up: the first year in the sum.
    summed_from: float
    #: The year without an actual because of which there is no sum.
    missing_year: float
    #: Whether the target's year is over and the actual is of another one.
    is_reference: bool
    #: Years from the actual to the reporting year, while the target's year is not over.
    stale_years: float
    met: bool | None
    #: Whether it counts as met only because a tolerance says so.
    by_tolerance: bool
    #: The first year after the base whose actual satisfied the target.
    first_met_year: float
    attainment: float
    progress: float
    elapsed: float
    pace: float
    gap: float
    required_per_year: float
    improvement: float
    beyond: float
    worse_than_base: bool | None
    #: Whether the actual is no worse than the limit set for the series.
    within_limit: bool | None
    projected: float
    projected_low: float
    projected_high: float
    #: Whether a part of the projection lies beyond what the unit allows, and ends there.
    held_at_floor: bool
    held_at_ceiling: bool
    #: Whether the projection satisfies the target, and whether all of its band agrees.
    projected_met: bool | None
    projected_sure: bool | None
    #: How many known points the projection could use, and how: a `kpi.progress.projection.Method`.
    points: int
    method: str
    #: Probability that the target is satisfied in its year.
    chance: float
    reason: Reason
    #: Name of the rule.
    rule: str
    #: Letter of the band, empty where it cannot be judged.
    rating: str
    rating_label: str
    #: The measure for want of which the rule cannot judge it.
    missing: str


YES, NO, UNKNOWN = 1, 0, -1
#: Columns of `measure_columns` that are yes (1), no (0) or unknown (-1).
ANSWERS = ("met", "worse_than_base", "within_limit", "projected_met", "projected_sure")


def measure(
    series: pd.DataFrame,
    facts: pd.DataFrame,
    periods: Sequence[Period],
    reporting_year: int,
    options: MeasureOptions = MeasureOptions(),
) -> pd.DataFrame:
    """Return the measures of every target, one row each, in the order of series, year and label.

    ``series`` needs ``series_id, unit, direction`` and may have ``tolerance, limit`` (NaN: not set)
    and ``is_cumulative``; ``facts`` needs ``series_id, kind, period, label, fiscal_year, value,
    value_high, comparator, value_text, status, recorded_at`` (see `kpi.store.PlanContent`). Actuals
    after ``reporting_year`` are not looked at, nor actuals and baselines of no year (0).

    The columns are those of `JudgedTarget`, but for the rating.
    """
    targets = facts[facts["kind"] == Kind.TARGET].copy()
    targets["order"] = pd.Index(series["series_id"]).get_indexer(pd.Index(targets["series_id"]))
    targets["year"] = targets["fiscal_year"].where(targets["fiscal_year"] > 0, np.nan)
    targets = targets.sort_values(["order", "year", "period", "label"], kind="stable")
    course = known_course(facts, reporting_year)
    columns = columns_of(series, targets, facts, course, periods)
    measures = measure_columns(columns, reporting_year, options)
    promised = _words(COMPARATORS, measures["comparator"])
    stated = targets["comparator"].to_numpy()
    told: dict[str, Any] = {
        "series_id": targets["series_id"].to_numpy(),
        "period": targets["period"].to_numpy(),
        "label": targets["label"].to_numpy(),
        "target_text": targets["value_text"].to_numpy(),
        "comparator": np.where(np.isnan(measures["target"]), stated, promised),
        "actual_status": _words((*STATUSES, ""), measures["actual_status"]),
        "reason": _words(REASONS, measures["reason"]),
        **{name: _words((False, True, None), measures[name]) for name in ANSWERS},
    }
    return pd.DataFrame(measures | told)


def _words(words: Sequence[Any], codes: Codes) -> npt.NDArray[np.object_]:
    """Return what the codes stand for; the last word is that of -1."""
    return np.array(words, dtype=object).take(codes)


def measure_columns(
    columns: Columns, reporting_year: int, options: MeasureOptions = MeasureOptions()
) -> dict[str, npt.NDArray[Any]]:
    """Return the measures of any number of targets as columns, in the order of the targets.

    Their names are those of `JudgedTarget`, without what only a table of facts can tell. ``met``
    and the other `ANSWERS` are 1, 0 or -1 for unknown; ``comparator, actual_status, reason`` are
    places in `COMPARATORS`, `STATUSES` (-1: no actual) and `REASONS`.
    """

    def measured(block: Columns) -> dict[str, npt.NDArray[Any]]:
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return _measure(block, reporting_year, options)

    if len(columns.series.direction) <= BLOCK:
        return measured(columns)
    # Parts that fit a processor's cache, and all of its cores; numpy lets other threads run.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        parts = list(pool.map(measured, columns.blocks(BLOCK)))
        names = list(parts[0])
        joined = pool.map(lambda name: np.concatenate([part.pop(name) for part in parts]), names)
        return dict(zip(names, joined, strict=True))


def _measure(
    columns: Columns, reporting_year: int, options: MeasureOptions
) -> dict[str, npt.NDArray[Any]]:
    counts = columns.course.is_actual
    if options.actual == "final":
        counts = counts & (columns.course.status == STATUSES.index(Status.FINAL))
    columns, actuals, summed_from, missing_year = with_sums(columns, columns.course.where(counts))
    series, targets = columns.series, columns.targets
    row, year = targets.row, np.where(targets.year > 0, targets.year, np.nan)

    counted = _counted(actuals, targets, len(series.direction), options)
    actual, actual_year = actuals.values_at(counted), actuals.years_at(counted)
    base, base_year = _bases(columns, actuals)
    low, reference, reference_year = _held_against(columns, base, base_year)
    from_reference = np.isnan(base) & ~np.isnan(reference)
    base = np.where(from_reference, reference, base)
    base_year = np.where(from_reference, reference_year, base_year)
    goal = _goal(series, targets, low, base, options)
    sense, has_two_sides = goal.sense, goal.has_two_sides

    met = goal.answers(actual)
    # What was known already when the promise was made does not keep it.
    met[actual_year <= reference_year] = UNKNOWN
    gap, base_gap = _gap(actual, low, targets.high), _gap(base, low, targets.high)
    moved = difference(actual, base)
    two = np.flatnonzero(has_two_sides)
    closed = moved.copy()
    closed[two] = difference(np.abs(base_gap[two]), np.abs(gap[two]))
    better = np.where(has_two_sides, closed, np.where(sense == 0, np.nan, sense * closed))
    beyond = np.where(has_two_sides, -np.abs(gap), np.where(sense == 0, np.nan, -sense * gap))
    way = np.where(has_two_sides, np.abs(base_gap), base_gap)
    # Where the base already satisfies the target there is no way to go: kept or lost.
    way[(way == 0) | goal.holds(base)] = np.nan
    progress = exact(closed / way)
    elapsed = np.where(year > base_year, (actual_year - base_year) / (year - base_year), np.nan)
    to_go = (met == NO) & (year > actual_year)
    measures: dict[str, npt.NDArray[Any]] = {
        "target_year": year,
        "comparator": targets.comparator,
        "target": low,
        "target_high": targets.high,
        "reference_year": reference_year,
        "reference": reference,
        "baseline_year": base_year,
        "baseline": base,
        "actual_year": actual_year,
        "actual": actual,
        "actual_status": np.append(actuals.status, -1).take(counted),
        "summed_from": summed_from,
        "missing_year": missing_year,
        "is_reference": (year <= reporting_year) & (counted >= 0) & (actual_year != year),
        "stale_years": np.where(year > reporting_year, reporting_year - actual_year, np.nan),
        "met": met,
        "by_tolerance": (met == YES) & ((beyond < 0) | (goal.is_strict & (beyond == 0))),
        "first_met_year": _first_met(
            actuals, row, goal, np.fmax(base_year, reference_year), counted
        ),
        "attainment": _attainment(actual, low, goal, options),
        "progress": progress,
        "elapsed": elapsed,
        "pace": exact(np.where(elapsed > 0, progress / elapsed, np.nan)),
        "gap": gap,
        "required_per_year": np.where(to_go, gap / (year - actual_year), np.nan),
        "improvement": exact(np.where(base == 0, np.nan, better / np.abs(base))),
        "beyond": beyond,
        "worse_than_base": _answers(better < 0, ~np.isnan(better)),
        "within_limit": _within(actual, series.limit[row], sense),
        **_projected(columns, goal, year, actual_year),
    }
    unheld = (targets.against != Against.NOTHING) & np.isnan(low)
    unsaid = (met == UNKNOWN) & ~(actual_year <= reference_year)
    is_summed = series.is_cumulative[row]
    has_actuals = np.bincount(
        columns.course.row[columns.course.is_actual], minlength=len(series.direction)
    )
    measures["reason"] = _first_that_holds(
        (unheld & ~np.isnan(reference), Reason.NO_SHARE_OF_REFERENCE),
        (unheld & (targets.against == Against.BASE), Reason.NO_REFERENCE_BASE),
        (unheld & ~np.isnan(reference_year), Reason.NO_REFERENCE),
        (np.isnan(low) & ~unheld, Reason.NO_NUMBER),
        (np.isnan(year), Reason.NO_YEAR),
        (is_summed & np.isnan(summed_from), Reason.NO_FIRST_YEAR),
        (~np.isnan(missing_year), Reason.NO_SUM),
        (is_summed & (counted < 0), Reason.NOT_BEGUN),
        ((counted < 0) & (has_actuals[row] > 0), Reason.NO_FINAL),
        (counted < 0, Reason.NO_ACTUAL),
        (unsaid & (series.direction == MAINTAIN)[row], Reason.NO_TOLERANCE),
        (unsaid & (series.direction == RANGE)[row], Reason.NO_RANGE),
        (unsaid, Reason.NO_DIRECTION),
        (met == UNKNOWN, Reason.NOT_STARTED),
        (met == YES, Reason.NONE),
        (np.isnan(base), Reason.NO_BASE),
        (actual_year <= base_year, Reason.NOT_STARTED),
    )
    return measures


def _counted(actuals: Course, targets: TargetColumns, count: int, options: MeasureOptions) -> Ints:
    """Return the place of the actual each target is held against, -1 where there is none."""
    latest = actuals.lookup.last(count)[targets.row]
    if options.actual == "latest":
        return latest
    own = actuals.lookup.at(targets.row, targets.year)
    return np.where(own < 0, latest, own)


def _bases(columns: Columns, actuals: Course) -> tuple[Floats, Floats]:
    """Return value and year of the base of each target.

    A baseline stated for the target's own period comes first, then the plan's, then the latest
    actual from before the period began: the 現状 a plan prints beside a new indicator.
    """
    stated, targets = columns.bases, columns.targets
    every = np.arange(len(columns.series.direction))
    place = stated.lookup.at(every, every * 0)[targets.row]
    if np.any(stated.period > 0):
        own = stated.lookup.at(targets.row, targets.period)
        place = np.where(own < 0, place, own)
    value = np.append(stated.value, np.nan).take(place)
    year = np.append(stated.year, np.nan).take(place)
    none = np.flatnonzero(place < 0)
    before = actuals.lookup.before(targets.row[none], targets.begins[none])
    value[none], year[none] = actuals.values_at(before), actuals.years_at(before)
    return value, year


def _held_against(
    columns: Columns, base: Floats, base_year: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return the number of each target; value and year it is held against, where it is."""
    course, targets = columns.course, columns.targets
    low = targets.low.copy()
    reference, reference_year = np.full((2, len(low)), np.nan)
    held = np.flatnonzero(targets.against)
    against, factor = targets.against[held], targets.factor[held]
    year_before = np.maximum(targets.year[held] - 1, 0)
    year = np.where(against == Against.YEAR, targets.reference_year[held], year_before)
    place = course.lookup.at(targets.row[held], year)
    on_base = against == Against.BASE
    value = np.where(on_base, base[held], course.values_at(place))
    reference[held] = value
    reference_year[held] = np.where(on_base, base_year[held], np.where(year > 0, year, np.nan))
    # Half of nothing, or of a minus, is no promise.
    low[held] = np.where((factor == 1) | (value > 0), exact(value * factor), np.nan)
    return low, reference, reference_year


class Goal(NamedTuple):
    """What satisfies each target: the values from ``floor`` to ``ceiling``, both included."""

    #: NaN where nothing says what would satisfy it.
    floor: Floats
    ceiling: Floats
    #: +1 where higher is better, -1 where lower is, 0 where neither.
    sense: Floats
    #: Whether it can be missed on both sides.
    has_two_sides: Bools
    is_range: Bools
    #: Whether its very number does not satisfy it.
    is_strict: Bools
    #: Whether it cannot be said if what lies beside its number satisfies it.
    is_open: Bools

    def holds(self, value: Floats) -> Bools:
        """Return where a value lies within; nowhere where either is unknown."""
        return (value >= self.floor) & (value <= self.ceiling)

    def answers(self, value: Floats) -> Codes:
        """Return for each target whether a value satisfies it."""
        holds = self.holds(value)
        return _answers(holds, ~np.isnan(value + self.floor) & (holds | ~self.is_open))


def _goal(
    series: SeriesColumns,
    targets: TargetColumns,
    low: Floats,
    base: Floats,
    options: MeasureOptions,
) -> Goal:
    comparator, direction, high = targets.comparator, series.direction[targets.row], targets.high
    sense = sense_of(comparator, direction)
    is_range, is_equal = ~np.isnan(high), comparator == EQUAL
    is_level = (direction == MAINTAIN) & (sense == 0) & ~is_range & ~is_equal
    has_two_sides = is_range | is_equal | is_level
    floor = np.where(has_two_sides | (sense > 0), low, -np.inf)
    ceiling = np.where(is_range, high, np.where(has_two_sides | (sense < 0), low, np.inf))
    more, less = (comparator == MORE) & ~is_range, (comparator == LESS) & ~is_range
    floor[more] = np.nextafter(low[more], np.inf)
    ceiling[less] = np.nextafter(low[less], -np.inf)
    unsaid = np.isnan(low) | ~(has_two_sides | (sense != 0))
    floor[unsaid] = ceiling[unsaid] = np.nan
    own = series.tolerance[targets.row]
    tolerance = np.where(np.isnan(own), options.tolerance, own)
    is_open = is_level & np.isnan(own) & (options.tolerance == 0)
    goal = Goal(floor, ceiling, sense, has_two_sides, is_range, more | less, is_open)
    if not np.any(tolerance > 0):
        return goal
    # Within the tolerance a level counts as kept, and so does what the base had reached already.
    lenient = np.flatnonzero((is_equal | is_level | goal.holds(base)) & (tolerance > 0))
    share, of, up_to = tolerance[lenient], low[lenient], high[lenient]
    below = exact(share * np.abs(of))
    above = np.where(np.isnan(up_to), below, exact(share * np.abs(up_to)))
    floor[lenient] = difference(floor[lenient], below)
    ceiling[lenient] = difference(ceiling[lenient], -above)
    return goal


def sense_of(comparator: Codes, direction: Codes) -> Floats:
    """Return +1 where higher is better, -1 where lower is, 0 where neither.

    A comparator says it for its own target, whatever the series' direction. Both are places in
    `COMPARATORS` and `DIRECTIONS`.
    """
    return np.where(SENSES[comparator] == 0, DIRECTED[direction], SENSES[comparator])


def _gap(value: Floats, low: Floats, high: Floats) -> Floats:
    """Return how far a value is from a target: below 0 where it is above, 0 within a range."""
    gap = difference(low, value)
    is_range = np.flatnonzero(~np.isnan(high))
    over = difference(high[is_range], value[is_range])
    under = gap[is_range]
    gap[is_range] = np.where(under > 0, under, np.where(over < 0, over, under * 0))
    return gap


def _attainment(actual: Floats, low: Floats, goal: Goal, options: MeasureOptions) -> Floats:
    """Return the share of the target's level; it means nothing with a zero or a minus in it."""
    if options.attainment_when_lower == "mirror":
        where_lower = np.where(actual >= 0, 2 - actual / low, np.nan)
    else:
        where_lower = np.where(actual > 0, low / actual, np.nan)
    where_higher = np.where(actual >= 0, actual / low, np.nan)
    share = np.where(goal.sense < 0, where_lower, where_higher)
    has_level = (low > 0) & (goal.sense != 0) & ~goal.is_range
    return exact(np.where(has_level, share, np.nan))


def _within(actual: Floats, limit: Floats, sense: Floats) -> Codes:
    """Return whether an actual is no worse than a limit."""
    return _answers(sense * (actual - limit) >= 0, ~np.isnan(actual + limit) & (sense != 0))


def _first_met(actuals: Course, row: Ints, goal: Goal, since: Floats, counted: Ints) -> Floats:
    """Return the first year after ``since``, up to the counted actual, that met the target."""
    years = np.full(len(row), np.nan)
    place = actuals.lookup.place(row, np.nan_to_num(since, nan=0.0).astype(np.int64) + 1)
    ahead = np.flatnonzero(place <= counted)
    # All series take one step at a time, from actual to actual, until they are there.
    while len(ahead):
        at = place[ahead]
        value = actuals.value[at]
        there = (value >= goal.floor[ahead]) & (value <= goal.ceiling[ahead])
        years[ahead[there]] = actuals.year[at[there]]
        place[ahead] += 1
        ahead = ahead[~there & (at < counted[ahead])]
    return years


def _projected(
    columns: Columns, goal: Goal, year: Floats, actual_year: Floats
) -> dict[str, npt.NDArray[Any]]:
    """Return where each series leads by its target's year, and what that is for the target."""
    series, course = columns.series, columns.course
    years, values = latest_points(course.row, course.year, course.value, len(series.direction))
    is_point = goal.floor == goal.ceiling
    # No forecast hits a single value.
    wanted = np.where(is_point, np.nan, goal.floor), np.where(is_point, np.nan, goal.ceiling)
    ends = held_ends(series.has_floor, series.has_ceiling, values)
    projection = project(years, values, *ends, columns.targets.row, year, actual_year, wanted)
    # Judged as an actual would be, without the noise of binary fractions.
    ahead, lowest, highest = (
        np.round(projection[name], 9) for name in ("projected", "projected_low", "projected_high")
    )
    met = goal.answers(ahead)
    all_within = (lowest >= goal.floor) & (highest <= goal.ceiling)
    all_beside = (highest < goal.floor) | (lowest > goal.ceiling)
    return {
        **projection,
        "projected_met": met,
        "projected_sure": _answers(all_within | all_beside, met != UNKNOWN),
    }


def _answers(answer: Bools, sayable: Bools) -> Codes:
    return np.where(sayable, answer, np.int8(UNKNOWN))


def _first_that_holds(*cases: tuple[Bools, Reason]) -> Codes:
    reason = np.full(len(cases[0][0]), REASONS.index(Reason.NONE), dtype=np.int8)
    for holds, case in reversed(cases):
        np.copyto(reason, REASONS.index(case), where=holds)
    return reason
