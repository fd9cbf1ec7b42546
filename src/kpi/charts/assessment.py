"""A plan judged, told line by line: what an overview says of every series and every period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from kpi.charts.display import Display, display_of, percent, subtract
from kpi.model import Direction, Kind, Municipality, Period, Plan, PolicyNode, Status
from kpi.notation import era_year, short_year
from kpi.progress import Band, JudgedTarget, RatingRule, Reason, measure, rate
from kpi.progress.rating import UNRATED
from kpi.store import PlanContent
from kpi.words import say

#: Colours of bands in the order in which they ask for attention, whatever letters a rule gives.
ATTENTION = ("d", "c", "n", "b", "a")


class CoursePoint(NamedTuple):
    """One known value of a series."""

    year: int
    #: In the base unit.
    value: float
    kind: str
    status: str
    #: Whether the plan states a baseline for this year.
    is_base: bool


Course = tuple[CoursePoint, ...]


@dataclass(frozen=True)
class Mark:
    """How one target of one series is rated."""

    period: int
    target_year: int
    #: 42.0以上, in the series' display unit.
    target: str
    #: Letter of the band, N where it cannot be judged.
    letter: str
    label: str
    colour: str
    shape: str
    spoken: str
    #: Whether the actual is of another year than the target, though that year is over.
    is_reference: bool
    actual_year: int | None


@dataclass(frozen=True)
class SeriesLine:
    """One series as a table shows it. All texts are ready to be shown."""

    series_id: int
    #: Name by which the series is chosen; no other series of the plan has it.
    title: str
    indicator: str
    series: str
    policy_id: int | None
    department: str
    unit: str
    latest: str
    latest_year: str
    change: str
    change_note: str
    why: tuple[str, str]
    marks: dict[int, Mark]
    #: The known values, by year.
    course: Course
    #: Target steps for the small line: (first year, last year, value).
    steps: tuple[tuple[int, int, float], ...]


@dataclass(frozen=True)
class PeriodSummary:
    """How the targets of one period stand."""

    period: Period
    #: Number of series with a target in the period.
    total: int
    #: How many have which letter.
    counts: dict[str, int]
    #: Whether the period is over and some target had to be held against another year's actual.
    is_reference: bool
    #: Whether all had to.
    is_reference_only: bool
    note: str


@dataclass(frozen=True)
class Assessment:
    """A plan judged by a rule with what was known up to a reporting year."""

    municipality: Municipality
    plan: Plan
    periods: tuple[Period, ...]
    policies: dict[int, PolicyNode]
    reporting_year: int
    rule: RatingRule
    #: One row a target, see `kpi.progress.measure` and `kpi.progress.rate`.
    measures: pd.DataFrame
    series: pd.DataFrame
    facts: pd.DataFrame
    displays: dict[int, Display]
    #: The rows of ``measures`` by series.
    targets: dict[int, list[JudgedTarget]]
    courses: dict[int, Course]
    #: A name for each series that no other series of the plan has.
    titles: dict[int, str]

    def band(self, letter: str) -> Band:
        """Return the band of a letter; for N one that says it cannot be judged."""
        for band in self.rule.bands:
            if band.letter == letter:
                return band
        return Band(UNRATED, say("rating.unrated"), "n", "dash", say("rating.unrated_spoken"), {})

    def bands(self) -> list[Band]:
        """Return the bands and the one of what cannot be judged, worst first."""
        bands = [*self.rule.bands, self.band(UNRATED)]
        return sorted(bands, key=lambda band: ATTENTION.index(band.colour))

    @cached_property
    def summaries(self) -> list[PeriodSummary]:
        """How each period stands, in order."""
        main = self.measures[self.measures["label"] == ""]
        return [self._summary(period, main) for period in self.periods]

    def _summary(self, period: Period, main: pd.DataFrame) -> PeriodSummary:
        rows = main[main["period"] == period.ordinal]
        letters = rows["rating"].replace("", UNRATED)
        reference = _is_reference(rows, self.reporting_year)
        return PeriodSummary(
            period,
            len(rows),
            {letter: int(count) for letter, count in Counter(letters).items()},
            bool(reference.any()),
            bool(len(reference)) and bool(reference.all()),
            self._note(period, rows),
        )

    def _note(self, period: Period, rows: pd.DataFrame) -> str:
        """Say which year's actuals a period was judged by."""
        known = rows[rows["actual_year"].notna()]
        if known.empty:
            return say("overview.note.none")
        reference = known[_is_reference(known, self.reporting_year)]
        years = sorted({int(year) for year in reference["actual_year"]})
        if len(reference) == len(known):
            used = say("list.comma").join(era_year(year) for year in years)
            target = era_year(period.last_year)
            return say("overview.note.all_reference", target=target, used=used)
        if period.last_year > self.reporting_year:
            elapsed = known["elapsed"].dropna()
            shown = percent(float(elapsed.median())) if len(elapsed) else ""
            key = "ahead" if shown else "ahead_plain"
            return say(
                f"overview.note.{key}",
                used=era_year(self.reporting_year),
                elapsed=shown,
            )
        if len(reference):
            return say(
                "overview.note.some_reference",
                target=era_year(period.last_year),
                count=len(reference),
            )
        provisional = bool((known["actual_status"] == Status.PROVISIONAL).any())
        key = "provisional" if provisional else "own_year"
        return say(f"overview.note.{key}", target=era_year(period.last_year))

    def lines(self, focus: int) -> list[SeriesLine]:
        """Return every series, those first whose target of the focus period needs attention."""
        lines = [self._line(row, focus) for row in rows_of(self.series)]
        return sorted(lines, key=lambda line: _attention(line, focus))

    def line(self, series_id: int, focus: int) -> SeriesLine:
        """Return one series."""
        rows = self.series[self.series["series_id"] == series_id]
        return self._line(next(rows_of(rows)), focus)

    def _line(self, row: Any, focus: int) -> SeriesLine:
        display = self.displays[row.series_id]
        targets = self.targets.get(row.series_id, [])
        course = self.courses.get(row.series_id, ())
        latest, latest_year, change, change_note = self._latest(course, display, row)
        return SeriesLine(
            row.series_id,
            self.titles[row.series_id],
            row.indicator,
            row.series,
            None if pd.isna(row.policy_id) else int(row.policy_id),
            row.department,
            display.unit,
            latest,
            latest_year,
            change,
            change_note,
            self._why(targets, focus, display, latest_year),
            {t.period: self._mark(t, display) for t in targets if not t.label and t.period},
            course,
            tuple(
                (self.first_year(t.period, t.target_year), int(t.target_year), float(t.target))
                for t in targets
                if not t.label and not pd.isna(t.target)
            ),
        )

    def first_year(self, ordinal: int, target_year: int) -> int:
        """Return the first year of a period; of one without, the year after the one before."""
        last = None
        for period in self.periods:
            if period.ordinal == ordinal:
                if period.first_year is not None:
                    return int(period.first_year)
                return int(last) + 1 if last is not None else int(target_year)
            last = period.last_year
        return int(target_year)

    def _mark(self, target: JudgedTarget, display: Display) -> Mark:
        band = self.band(target.rating or UNRATED)
        ended = target.target_year <= self.reporting_year
        has_actual = not pd.isna(target.actual_year)
        return Mark(
            target.period,
            int(target.target_year),
            target_text(target, display, unit=False),
            band.letter,
            band.label,
            band.colour,
            band.shape,
            band.spoken,
            bool(ended and has_actual and target.actual_year != target.target_year),
            int(target.actual_year) if has_actual else None,
        )

    def _latest(self, course: Course, display: Display, row: Any) -> tuple[str, str, str, str]:
        """Return the latest actual, its year, the change to the point before, and from when."""
        actuals = [point for point in course if point.kind == Kind.ACTUAL]
        if not actuals:
            return "", say("overview.no_actual"), "", ""
        year, value, _, status, _ = actuals[-1]
        before = [point for point in course if point.year < year]
        shown_year = f"{era_year(year)}{status if status == Status.PROVISIONAL else ''}"
        if not before:
            return display.number(value), shown_year, "", say("overview.first_time")
        from_year, from_value, *_ = before[-1]
        change = subtract(value, from_value)
        return (
            display.number(value),
            shown_year,
            display.signed(change),
            say(f"overview.change.{_trend(change, row.direction)}", year=short_year(from_year)),
        )

    def _why(
        self, targets: list[JudgedTarget], focus: int, display: Display, latest_year: str
    ) -> tuple[str, str]:
        """Return two short lines that say why a series stands where it does in the list."""
        own = [t for t in targets if t.period == focus and not t.label]
        if not own:
            return say("why.no_target", period=focus), latest_year
        target = own[0]
        if target.met is True:
            beyond = next((t for t in targets if t.period == focus and t.label), None)
            if beyond is not None and beyond.met is False:
                gap = display.difference(subtract(beyond.target, beyond.actual))
                second = say("why.to_stretch", label=beyond.label, gap=gap)
            else:
                second = _margin(target, display)
            return say("why.reached", period=focus), second
        match target.reason:
            case Reason.NO_ACTUAL:
                return say("why.no_actual"), say("why.target", target=self._text(target, display))
            case Reason.NO_NUMBER:
                return say("why.no_number"), target.target_text
            case Reason.NO_DIRECTION:
                return say("why.no_direction"), say(
                    "why.target", target=self._text(target, display)
                )
        remaining = say("why.to_go", gap=display.difference(to_go(target)))
        if target.reason == Reason.NO_BASE:
            return say("why.no_base"), remaining
        if target.reason == Reason.NOT_STARTED:
            return say("why.not_started", year=short_year(int(target.actual_year))), remaining
        if target.worse_than_base is True:
            lost = subtract(target.actual, target.baseline)
            key = "below_base" if lost < 0 else "above_base"
            return say(f"why.{key}", gap=display.difference(lost)), remaining
        if pd.isna(target.progress) or pd.isna(target.elapsed):
            return remaining, ""
        return (
            say(
                "why.progress",
                progress=percent(target.progress),
                elapsed=percent(target.elapsed),
            ),
            remaining,
        )

    def _text(self, target: JudgedTarget, display: Display) -> str:
        return target_text(target, display, unit=True)


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """Return the rows of a table, their columns as attributes."""
    return iter(frame.itertuples(index=False))


def assess(content: PlanContent, reporting_year: int, rule: RatingRule) -> Assessment:
    """Judge a plan by a rule, with the actuals up to the reporting year."""
    measures = rate(measure(content.series, content.facts, content.periods, reporting_year), rule)
    targets: dict[int, list[JudgedTarget]] = {}
    for target in rows_of(measures):
        targets.setdefault(target.series_id, []).append(target)
    return Assessment(
        content.municipality,
        content.plan,
        content.periods,
        content.policies,
        reporting_year,
        rule,
        measures,
        content.series,
        content.facts,
        _displays(content),
        targets,
        _courses(content.facts, reporting_year),
        _titles(content.series),
    )


def _titles(series: pd.DataFrame) -> dict[int, str]:
    """Name each series by indicator and series; where two are alike, by their policies too."""
    names = [" ".join(filter(None, (row.indicator, row.series))) for row in rows_of(series)]
    counts = Counter(names)
    return {
        row.series_id: name
        if counts[name] == 1
        else say(
            "series.of_policy", name=name, policy=row.policy_code or row.policy or row.series_id
        )
        for name, row in zip(names, rows_of(series), strict=True)
    }


def _displays(content: PlanContent) -> dict[int, Display]:
    facts = content.facts
    figures = facts[facts["kind"] != Kind.TARGET].groupby("series_id")
    values = figures["value"].apply(list).to_dict()
    texts = figures["value_text"].apply(list).to_dict()
    promised = facts[facts["kind"] == Kind.TARGET].groupby("series_id")["value"]
    targets = promised.apply(list).to_dict()
    return {
        row.series_id: display_of(
            row.unit,
            row.unit_text,
            values.get(row.series_id, []) + targets.get(row.series_id, []),
            texts.get(row.series_id, []),
        )
        for row in rows_of(content.series)
    }


def _courses(facts: pd.DataFrame, reporting_year: int) -> dict[int, Course]:
    """Return the known points of each series by year; an actual replaces a baseline of its year."""
    known = facts[
        facts["kind"].isin([Kind.ACTUAL, Kind.BASELINE])
        & (facts["fiscal_year"] <= reporting_year)
        & facts["value"].notna()
    ].sort_values("kind", ascending=False)
    courses: dict[int, dict[int, CoursePoint]] = {}
    for row in rows_of(known):
        points = courses.setdefault(row.series_id, {})
        year = int(row.fiscal_year)
        is_base = row.kind == Kind.BASELINE or year in points
        points[year] = CoursePoint(year, float(row.value), row.kind, row.status, is_base)
    return {
        series_id: tuple(points[year] for year in sorted(points))
        for series_id, points in courses.items()
    }


def target_text(target: JudgedTarget, display: Display, *, unit: bool) -> str:
    """Return a target of the measures as text; as printed where it states no number."""
    if pd.isna(target.target):
        return str(target.target_text)
    high = None if pd.isna(target.target_high) else float(target.target_high)
    return display.target(
        float(target.target), high, target.comparator, target.target_text, unit=unit
    )


def to_go(target: JudgedTarget) -> float:
    """Return the distance to the target, without the noise of binary fractions."""
    if pd.isna(target.target_high):
        return subtract(target.target, target.actual)
    edge = target.target if target.actual < target.target else target.target_high
    return subtract(edge, target.actual)


def _margin(target: JudgedTarget, display: Display) -> str:
    if not pd.isna(target.target_high):
        return say("why.within")
    beyond = subtract(target.actual, target.target)
    if beyond == 0:
        return say("why.exactly")
    return say("why.above" if beyond > 0 else "why.below", gap=display.difference(beyond))


def _trend(change: float, direction: str) -> str:
    if change == 0:
        return "same"
    if direction == Direction.HIGHER:
        return "better" if change > 0 else "worse"
    if direction == Direction.LOWER:
        return "better" if change < 0 else "worse"
    return "other"


def _attention(line: SeriesLine, focus: int) -> int:
    mark = line.marks.get(focus)
    return ATTENTION.index(mark.colour) if mark else len(ATTENTION)


def _is_reference(rows: pd.DataFrame, reporting_year: int) -> pd.Series:
    return (
        (rows["target_year"] <= reporting_year)
        & rows["actual_year"].notna()
        & (rows["actual_year"] != rows["target_year"])
    )
