"""The one description of a chart; every engine draws from it, none adds to it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

import pandas as pd

from kpi.charts.assessment import (
    Assessment,
    Course,
    Mark,
    SeriesLine,
    is_plottable,
    period_title,
    target_text,
)
from kpi.charts.display import Display
from kpi.charts.sentences import has_band, held_words, outlook, sentence
from kpi.model import Status
from kpi.notation import format_number, full_date, short_year
from kpi.progress import JudgedTarget
from kpi.store import JAPAN
from kpi.words import say


class Calendar(StrEnum):
    """How the years of an axis are written."""

    #: R2
    JAPANESE = "japanese"
    #: 2020
    WESTERN = "western"
    #: R2, and below it 2020
    BOTH = "both"


@dataclass(frozen=True)
class Point:
    """A known value. ``value`` is in the unit shown, ``text`` as the source prints it."""

    year: int
    value: float
    text: str
    is_base: bool
    is_provisional: bool


@dataclass(frozen=True)
class Step:
    """A target over the years of its period. For a range ``value`` is its lower end."""

    period: int
    title: str
    first_year: int
    last_year: int
    value: float
    value_high: float | None
    text: str
    is_stretch: bool
    #: Only on the step a period is judged by.
    mark: Mark | None


@dataclass(frozen=True)
class Projection:
    """Where the present course leads, with the band that held 80 % of what was tried."""

    from_year: int
    from_value: float
    year: int
    value: float
    low: float
    high: float
    text: str
    #: Whether there is a band, and all of it agrees on whether the target is satisfied.
    is_sure: bool
    #: How it is found and why so, and where it or its band ends at a limit of the unit.
    note: str


@dataclass(frozen=True)
class Other:
    """A series of another plan in the same chart, quieter than one's own."""

    #: ①, to stand at its figures, and whose it is.
    mark: str
    name: str
    points: tuple[Point, ...]
    #: Each over its own year alone.
    targets: tuple[Step, ...]


@dataclass(frozen=True)
class ChartSpec:
    """A chart of one series: everything that is to be seen, in the unit shown."""

    title: str
    subtitle: str
    unit: str
    #: First and last fiscal year of the axis.
    years: tuple[int, int]
    year_labels: tuple[str, ...]
    points: tuple[Point, ...]
    steps: tuple[Step, ...]
    #: Straight way from the base to the focus target: two (year, value).
    path: tuple[tuple[int, float], tuple[int, float]] | None
    projection: Projection | None
    #: Lower and upper end of the value axis.
    axis: tuple[float, float]
    #: Says so where the axis does not start at 0.
    axis_note: str
    #: What the chart shows, for those who do not see it.
    sentence: str
    notes: str
    #: A line for each series.
    source: str
    #: What the course is called where others stand beside it.
    name: str = ""
    others: tuple[Other, ...] = ()
    #: Targets as they are before a proposal that changes them.
    replaced: tuple[Step, ...] = ()
    #: How years are written in it.
    calendar: Calendar = Calendar.BOTH

    @property
    def has_figures(self) -> bool:
        """Whether any fact has both a number and a year; there is no scale otherwise."""
        return bool(self.points or self.steps or self.replaced)


def describe(
    assessment: Assessment,
    line: SeriesLine,
    focus: int,
    others: tuple[Other, ...] = (),
    before: Assessment | None = None,
    calendar: Calendar = Calendar.BOTH,
) -> ChartSpec:
    """Describe the chart of a series; the path leads to the focus period's target.

    Beside others there is neither path nor projection: what is known is compared. Of a plan as
    proposed, ``before`` is the plan as it stands, whose other targets are drawn too.
    """
    display = assessment.displays[line.series_id]
    facts = assessment.facts_of(line.series_id)
    points = points_of(line.course, display)
    mains = assessment.main_targets(line.series_id)
    steps = _steps(assessment, line.series_id, display)
    replaced = () if before is None else _replaced(before, line.series_id, display, steps)
    focus_target = mains.get(focus)
    path = projection = None
    if focus_target is not None and is_plottable(focus_target) and not others:
        if not pd.isna(focus_target.baseline) and pd.isna(focus_target.target_high):
            path = (
                (int(focus_target.baseline_year), display.shown(focus_target.baseline)),
                (int(focus_target.target_year), display.shown(focus_target.target)),
            )
        projection = _projection(focus_target, display)
    all_points = points + tuple(point for other in others for point in other.points)
    all_steps = steps + replaced + tuple(step for other in others for step in other.targets)
    years = _years(assessment, all_points, all_steps)
    axis = _axis(all_points, all_steps, projection)
    telling = ""
    if focus_target is not None:
        telling = sentence(focus_target, display) + outlook(focus_target, display)
    return ChartSpec(
        line.title,
        say("chart.subtitle", municipality=assessment.municipality.name, plan=assessment.plan.name),
        display.unit,
        years,
        _year_labels(years, calendar),
        points,
        steps,
        path,
        projection,
        axis,
        "" if axis[0] == 0 else say("chart.axis_from", value=format_number(axis[0])),
        say("chart.sentence", name=line.title, telling=telling or say("chart.no_target"))
        + _told_replaced(replaced),
        _notes([points, *(other.points for other in others)], projection, path)
        + (say("chart.note.summed") if _is_summed(assessment, line.series_id) else "")
        + (say("chart.note.replaced") if replaced else ""),
        _source(assessment, facts),
        assessment.municipality.name if others else "",
        others,
        replaced,
        calendar,
    )


def written(spec: ChartSpec, calendar: Calendar) -> ChartSpec:
    """Return a described chart with its years written in a calendar."""
    return replace(spec, year_labels=_year_labels(spec.years, calendar), calendar=calendar)


def _year_labels(years: tuple[int, int], calendar: Calendar) -> tuple[str, ...]:
    return tuple(year_label(year, calendar) for year in range(years[0], years[1] + 1))


def year_label(year: int, calendar: Calendar) -> str:
    """Return a fiscal year as an axis writes it; in both ways on two lines."""
    match calendar:
        case Calendar.JAPANESE:
            return short_year(year)
        case Calendar.WESTERN:
            return str(year)
    return f"{short_year(year)}\n{year}"


def points_of(course: Course, display: Display) -> tuple[Point, ...]:
    """Return a course in the unit shown."""
    return tuple(
        Point(
            point.year,
            display.shown(point.value),
            display.figure(point.value)
            if display.base_unit == "円"
            else display.number(point.value),
            point.is_base,
            point.status == Status.PROVISIONAL,
        )
        for point in course
    )


def _steps(assessment: Assessment, series_id: int, display: Display) -> tuple[Step, ...]:
    mains = assessment.main_targets(series_id)
    return tuple(
        _step(assessment, target, display, is_main=target is mains.get(target.period))
        for target in _plottable(assessment, series_id)
    )


def _plottable(assessment: Assessment, series_id: int) -> list[JudgedTarget]:
    return [t for t in assessment.targets.get(series_id, []) if is_plottable(t)]


def _is_summed(assessment: Assessment, series_id: int) -> bool:
    """Whether actuals of several years are added up for a target that is drawn."""
    return any(not pd.isna(t.summed_from) for t in _plottable(assessment, series_id))


def _replaced(
    before: Assessment, series_id: int, display: Display, steps: tuple[Step, ...]
) -> tuple[Step, ...]:
    """Return the targets as they stand that are not among the steps any more."""
    stay = [replace(step, mark=None) for step in steps]
    known = (replace(step, mark=None) for step in _steps(before, series_id, display))
    return tuple(step for step in known if step not in stay)


def _told_replaced(replaced: tuple[Step, ...]) -> str:
    """Return what the targets are before the proposal, in a sentence; empty without any."""
    if not replaced:
        return ""
    told = (f"{step.title} {step.text}" for step in replaced)
    return say("chart.replaced_sentence", targets=say("list.comma").join(told))


def _step(assessment: Assessment, target: JudgedTarget, display: Display, *, is_main: bool) -> Step:
    return Step(
        target.period,
        period_title(target.period),
        assessment.first_year(target),
        int(target.target_year),
        display.shown(target.target),
        None if pd.isna(target.target_high) else display.shown(target.target_high),
        target_text(target, display, unit=display.base_unit == "円"),
        bool(target.label),
        assessment.mark(target, display) if is_main else None,
    )


def _projection(target: JudgedTarget, display: Display) -> Projection | None:
    if pd.isna(target.projected):
        return None
    return Projection(
        int(target.actual_year),
        display.shown(target.actual),
        int(target.target_year),
        display.shown(target.projected),
        display.shown(target.projected_low),
        display.shown(target.projected_high),
        display.number(display.forecast(target.projected)),
        target.projected_sure is True and has_band(target),
        say(f"chart.note.method.{target.method}", points=int(target.points)) + held_words(target),
    )


def _years(
    assessment: Assessment, points: tuple[Point, ...], steps: tuple[Step, ...]
) -> tuple[int, int]:
    ends = [point.year for point in points] + [step.last_year for step in steps]
    ends += [step.first_year for step in steps]
    ends += [int(period.last_year) for period in assessment.periods]
    # A series of which nothing is known yet, in a plan without periods.
    ends = ends or [assessment.reporting_year]
    return min(ends), max(ends)


def _axis(
    points: tuple[Point, ...], steps: tuple[Step, ...], projection: Projection | None
) -> tuple[float, float]:
    """Return the ends of the value axis: from 0 unless the course would be flattened by it.

    From 0 where the smallest value is less than half the largest; else with a margin around what
    is shown, and the axis says so.
    """
    values = [point.value for point in points]
    for step in steps:
        values += [step.value, *([] if step.value_high is None else [step.value_high])]
    if projection is not None:
        values += [projection.low, projection.high]
    low, high = min(values, default=0.0), max(values, default=1.0)
    if 0 <= low < high / 2 or high == low == 0:
        return 0.0, high * 1.22 or 1.0
    spread = (high - low) or abs(high) * 0.1
    return _floor(low - spread * 0.18, spread), high + spread * 0.28


def _floor(value: float, spread: float) -> float:
    """Return a round number at or below the value, so that the axis begins at one."""
    digits = -math.floor(math.log10(spread))
    step = 10.0**-digits
    # Rounded, as 17 steps of 0.1 are 1.7000000000000002.
    return round(math.floor(value / step) * step, digits)


def _notes(
    courses: Sequence[tuple[Point, ...]],
    projection: Projection | None,
    path: tuple[tuple[int, float], tuple[int, float]] | None,
) -> str:
    notes = []
    if any(point.is_provisional for points in courses for point in points):
        notes.append(say("chart.note.provisional"))
    if any(b.year - a.year > 1 for points in courses for a, b in pairwise(points)):
        notes.append(say("chart.note.gap"))
    if projection is not None:
        notes.append(projection.note)
    if path is not None:
        notes.append(say("chart.note.path"))
    return "".join(notes)


def _source(assessment: Assessment, facts: pd.DataFrame) -> str:
    # What a proposal says is registered nowhere yet.
    facts = facts[facts["batch_id"] != ""]
    files = [name for name in dict.fromkeys(facts["source_file"]) if name]
    if facts.empty:
        return ""
    return say(
        "chart.source",
        municipality=assessment.municipality.name,
        files=say("list.comma").join(files),
        day=full_date(facts["recorded_at"].max().astimezone(JAPAN)),
    )
