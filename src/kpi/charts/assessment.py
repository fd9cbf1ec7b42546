"""A plan judged, told line by line: what an overview says of every series and every period."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from kpi.charts.by_hand import ByHand, Lapsed, set_by
from kpi.charts.display import Display, display_of, percent, subtract
from kpi.charts.rule_words import in_words
from kpi.model import (
    Direction,
    Kind,
    Municipality,
    Period,
    Plan,
    PolicyNode,
    Status,
    first_years,
)
from kpi.progress import (
    Band,
    JudgedTarget,
    RatingRule,
    Reason,
    Standing,
    TargetKey,
    judge,
    key_of,
    key_rated,
    known_course,
    load_rule,
    parse_rule,
    set_by_hand,
)
from kpi.progress.rating import COLOURS, UNRATED
from kpi.store import PlanContent
from kpi.words import called, once_a_language, say, together
from kpi.written import era_span, era_year, short_year, with_unit

#: The rule of a plan for which none was chosen.
STANDARD = "standard"
#: Colours of bands in the order in which they ask for attention, whatever letters a rule gives.
ATTENTION = ("d", "c", "n", "b", "a")
#: Reasons for which a target cannot be held against an actual.
UNCOMPARED = frozenset(
    {
        Reason.NO_NUMBER,
        Reason.NO_REFERENCE,
        Reason.NO_REFERENCE_BASE,
        Reason.NO_SHARE_OF_REFERENCE,
        Reason.NO_YEAR,
        Reason.NO_FIRST_YEAR,
        Reason.NOT_BEGUN,
        Reason.NO_SUM,
        Reason.NO_FINAL,
        Reason.NO_ACTUAL,
        Reason.RETIRED,
    }
)
#: Reasons for which nothing can be said of a target, met or not.
UNJUDGED = UNCOMPARED | {Reason.NO_DIRECTION, Reason.NO_TOLERANCE, Reason.NO_RANGE}
#: Reasons for which all is known of a target, and its rule gives it no rating.
UNRATEABLE = frozenset({Reason.NO_MEASURE, Reason.NO_BAND, Reason.NO_LIMIT})
#: The marks as signs, where no drawing can stand. Never directly before a number.
SIGNS = {
    "star": "☆",
    "ring-dot": "◎",
    "ring": "○",
    "diamond": "◇",
    "triangle": "△",
    "triangle-down": "▽",
    "cross": "×",
    "dash": "－",
}


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

    #: 42.0以上, in the series' display unit.
    target: str
    #: R7; empty where no source says for which year the target is.
    year: str
    #: Which of the assessment's bands it is; and its letter, N where it cannot be judged.
    band: str
    letter: str
    label: str
    colour: str
    shape: str
    spoken: str
    #: Whether the actual is of another year than the target, though that year is over.
    is_reference: bool
    #: The year of the actual judged.
    judged_year: int | None
    #: Who set it by hand, when and why; empty where it was computed.
    by_hand: str

    @property
    def sign(self) -> str:
        """Return the shape as a sign: ◎."""
        return SIGNS[self.shape]


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
    #: To the point before: with 約 where it has more decimals than the value beside it.
    change: str
    #: The same to its last digit, with its unit; empty where nothing was left out.
    exact_change: str
    change_note: str
    why: tuple[str, str]
    #: By ordinal of the period, 0 for the target that belongs to none.
    marks: dict[int, Mark]
    #: The known values, by year.
    course: Course
    #: Target steps for the small line: (first year, last year, value).
    steps: tuple[tuple[int, int, float], ...]


@dataclass(frozen=True)
class PeriodSummary:
    """How the targets of one period stand, or those that belong to no period."""

    #: Ordinal, 0 for the targets of no period.
    period: int
    #: 第3期; 目標 for those of no period.
    title: str
    #: 令和4〜7年度; empty where nothing says when the period begins.
    span: str
    #: The year its targets are for, 令和7年度; empty where no source says.
    target_year: str
    #: Whether the last of these years is over.
    is_over: bool
    #: The last of these years; None where no source says.
    last_year: int | None
    #: Number of series with a target in the period.
    total: int
    #: How many of them had to be held against another year's actual, though the period is over.
    references: int
    #: Whether all had to. Only then do the counts below hold them.
    is_reference_only: bool
    #: The year of their actuals, where that is one and the same for all of the period.
    reference_year: int | None
    #: How many targets are met, whatever the rule calls that.
    reached: int
    #: How many are in which band, and how many of those are not met.
    counts: dict[str, int]
    not_reached: dict[str, int]
    #: What each band is called here: once all of its targets have ended, what it is called then.
    labels: dict[str, str]
    note: str

    @property
    def is_unrated(self) -> bool:
        """Whether nothing can be said of any target: then none reached is not 0 reached."""
        return not self.reached and self.counts.get(UNRATED, 0) == self.total

    def counts_mark(self, mark: Mark) -> bool:
        """Whether a mark of the period is among the counts by band."""
        return self.is_reference_only or not mark.is_reference


@dataclass(frozen=True, eq=False)
class Assessment:
    """A plan judged by its rules with what was known up to a reporting year.

    A band is named by its letter; of a rule other than the plan's, with the rule's name before it.
    """

    municipality: Municipality
    plan: Plan
    periods: tuple[Period, ...]
    policies: dict[int, PolicyNode]
    reporting_year: int
    #: The rule of the plan.
    rule: RatingRule
    #: All rules a series is judged by, by name, that of the plan first.
    rules: dict[str, RatingRule]
    #: One row a target, see `kpi.progress.judge`.
    measures: pd.DataFrame
    series: pd.DataFrame
    facts: pd.DataFrame
    #: The ratings set by hand that count, and those that no longer do.
    by_hand: dict[TargetKey, ByHand]
    lapsed: dict[TargetKey, Lapsed]

    # A table of all targets needs nothing of what follows.

    @once_a_language
    def displays(self) -> dict[int, Display]:
        """How the figures of each series are shown."""
        return displays_of(self.series, self.facts)

    @cached_property
    def rows(self) -> dict[int, Any]:
        """The rows of ``series``, their columns as attributes, by series."""
        return {row.series_id: row for row in rows_of(self.series)}

    @cached_property
    def _facts_of(self) -> dict[Any, pd.DataFrame]:
        return dict(iter(self.facts.groupby("series_id", sort=False)))

    def facts_of(self, series_id: int) -> pd.DataFrame:
        """Return the rows of ``facts`` of one series."""
        return self._facts_of.get(series_id, self.facts.iloc[:0])

    @cached_property
    def retired(self) -> frozenset[int]:
        """The series whose indicator is retired; no summary and no list of lines has them."""
        is_retired = self.series["is_retired"].to_numpy(dtype=bool)
        return frozenset(self.series.loc[is_retired, "series_id"])

    @cached_property
    def in_use(self) -> list[int]:
        """All other series, in the order of the plan."""
        return [id_ for id_ in self.rows if id_ not in self.retired]

    @cached_property
    def targets(self) -> dict[int, list[JudgedTarget]]:
        """The rows of ``measures`` by series."""
        targets: dict[int, list[JudgedTarget]] = {}
        for target in rows_of(self.measures):
            targets.setdefault(target.series_id, []).append(target)
        return targets

    @cached_property
    def courses(self) -> dict[int, Course]:
        """What is known of each series up to the reporting year."""
        return courses_of(self.facts, self.reporting_year)

    @cached_property
    def whole_courses(self) -> dict[int, Course]:
        """What is known of each series in all years, those after the reporting year too."""
        return courses_of(self.facts, int(max(self.facts["fiscal_year"], default=0)))

    @once_a_language
    def titles(self) -> dict[int, str]:
        """A name for each series that no other series of the plan has."""
        return titles_of(self.series)

    @once_a_language
    def told_rules(self) -> dict[str, RatingRule]:
        """All rules by name with their texts in the language spoken."""
        return {name: in_words(rule) for name, rule in self.rules.items()}

    @once_a_language
    def _ranked(self) -> list[tuple[str, RatingRule, Band]]:
        """The bands of all rules by their names, best first."""
        ranked = [
            (self._name(rule.name, band.letter), rule, band)
            for rule in self.told_rules.values()
            for band in rule.ranking
        ]
        # Where a plan has several rules, what is as good in each of them stands together.
        return sorted(ranked, key=lambda entry: entry[2].colour)

    @once_a_language
    def bands(self) -> dict[str, Band]:
        """The bands of all rules, best first, and last the one of what cannot be judged."""
        unrated = Band(UNRATED, say("rating.unrated"), "n", "dash", say("rating.unrated_spoken"))
        return {name: band for name, _, band in self._ranked} | {UNRATED: unrated}

    @once_a_language
    def bands_by_attention(self) -> dict[str, Band]:
        """The same bands in the order in which they ask for attention."""
        return dict(sorted(self.bands.items(), key=lambda named: ATTENTION.index(named[1].colour)))

    def band_name(self, target: JudgedTarget) -> str:
        """Return which of the bands a target is in."""
        return self._name(target.rule, target.rating) if target.rating else UNRATED

    def _name(self, rule: str, letter: str) -> str:
        return letter if rule == self.rule.name else f"{rule}/{letter}"

    def label(self, band: str, *, ended: bool) -> str:
        """Return what a band is called, with its rule where that is not the plan's."""
        return self._of_rule(band, self.bands[band].label_of(ended=ended))

    def _of_rule(self, band: str, label: str) -> str:
        rule = {name: rule for name, rule, _ in self._ranked}.get(band, self.rule)
        if rule.name == self.rule.name:
            return label
        return say("rating.of_rule", rule=rule.title, label=label)

    @cached_property
    def first_years(self) -> dict[int, int]:
        """When each period begins, as far as that is known."""
        return {ordinal: int(year) for ordinal, year in first_years(self.periods).items()}

    def main_targets(self, series_id: int) -> dict[int, JudgedTarget]:
        """Return the target a series is judged by in each period, by ordinal, no period last.

        That of the period's last year. Where targets belong to no period, the next one: the first
        whose year is not over, else the last.
        """
        own: dict[int, list[JudgedTarget]] = {}
        for target in self.targets.get(series_id, []):
            if not target.label:
                own.setdefault(target.period, []).append(target)
        return {
            period: self._main(period, own[period]) for period in sorted(own, key=_no_period_last)
        }

    def next_target(self, series_id: int) -> JudgedTarget | None:
        """Return the target a series is to reach next, of those it is judged by.

        The first whose year is not over, else the last; None where there is none.
        """
        targets = list(self.main_targets(series_id).values())
        ahead = [t for t in targets if t.target_year >= self.reporting_year]
        return next(iter(ahead + targets[-1:]), None)

    def _main(self, period: int, targets: list[JudgedTarget]) -> JudgedTarget:
        dated = [target for target in targets if not math.isnan(target.target_year)]
        ahead = [target for target in dated if target.target_year >= self.reporting_year]
        if period or not ahead:
            return (dated or targets)[-1]
        return ahead[0]

    @once_a_language
    def summaries(self) -> list[PeriodSummary]:
        """How each period stands, in order; last the targets that belong to none, if any."""
        by_period: dict[int, list[JudgedTarget]] = {p.ordinal: [] for p in self.periods}
        for series_id in self.targets.keys() - self.retired:
            for period, target in self.main_targets(series_id).items():
                by_period.setdefault(period, []).append(target)
        return [
            self._summary(period, by_period[period])
            for period in sorted(by_period, key=_no_period_last)
        ]

    def summary_of(self, period: int) -> PeriodSummary:
        """Return how a period stands; one the plan does not have, as one without a target."""
        known = (summary for summary in self.summaries if summary.period == period)
        return next(known, None) or self._summary(period, [])

    def _summary(self, ordinal: int, targets: list[JudgedTarget]) -> PeriodSummary:
        period = next((p for p in self.periods if p.ordinal == ordinal), None)
        if period is not None:
            years = [int(period.last_year)]
        else:
            years = [int(t.target_year) for t in targets if not math.isnan(t.target_year)]
        first = self.first_years.get(ordinal)
        references = [t for t in targets if t.is_reference]
        is_reference_only = bool(targets) and len(references) == len(targets)
        counted = [t for t in targets if is_reference_only or not t.is_reference]
        reached = [self._is_reached(t) for t in counted]
        bands = [self.band_name(t) for t in counted]
        used = {int(t.actual_year) for t in references}
        labels: dict[str, set[str]] = {}
        for band, target in zip(bands, counted, strict=True):
            labels.setdefault(band, set()).add(
                called("rule", target.rating_label) or self.bands[band].label
            )
        return PeriodSummary(
            ordinal,
            period_title(ordinal),
            "" if period is None or first is None else era_span(first, period.last_year),
            _years(years),
            bool(years) and max(years) <= self.reporting_year,
            max(years, default=None),
            len(targets),
            len(references),
            is_reference_only,
            min(used) if is_reference_only and len(used) == 1 else None,
            sum(reached),
            dict(Counter(bands)),
            dict(Counter(x for x, met in zip(bands, reached, strict=True) if not met)),
            {
                band: self._of_rule(band, own.pop() if len(own) == 1 else self.bands[band].label)
                for band, own in labels.items()
            },
            self._note(first, years, targets),
        )

    def _is_reached(self, target: JudgedTarget) -> bool:
        """Whether a target counts as reached: it is met, or a person gave it the best rating."""
        if key_of(target) in self.by_hand:
            return self.bands[self.band_name(target)].colour == COLOURS[0]
        return target.met is True and target.reason not in UNJUDGED

    def computed_label(self, target: JudgedTarget) -> str:
        """Return what a target is called by its rule, whatever was set by hand."""
        by_hand = self.by_hand.get(key_of(target))
        label = target.rating_label if by_hand is None else by_hand.computed
        return called("rule", label) or self.bands[UNRATED].label

    def _note(self, first: int | None, years: Sequence[int], targets: list[JudgedTarget]) -> str:
        """Say which year's actuals a period was judged by."""
        known = [t for t in targets if not math.isnan(t.actual_year)]
        if not known:
            return say("overview.note.none")
        if not years:
            return say("overview.note.no_year")
        asked = _years(years)
        reference = [t for t in known if t.is_reference]
        if len(reference) == len(known):
            return say("overview.note.all_reference", target=asked, used=_used_years(reference))
        if max(years) > self.reporting_year:
            used = say("overview.note.ahead", used=era_year(self.reporting_year))
            if first is None:
                return used
            if first > self.reporting_year:
                return together(used, say("overview.note.begins", first=era_year(first)))
            passed = say(
                "overview.note.passed",
                total=max(years) - first + 1,
                passed=self.reporting_year - first + 1,
            )
            return together(used, passed)
        if reference:
            return say(
                "overview.note.some_reference",
                target=asked,
                count=len(reference),
                used=_used_years(reference),
            )
        provisional = any(t.actual_status == Status.PROVISIONAL for t in known)
        key = "provisional" if provisional else "own_year"
        return say(f"overview.note.{key}", target=asked)

    def current_period(self) -> int:
        """Return the period the reporting year lies in, or the next: of those with a target.

        The last one where all are over. 0 stands for the targets that belong to no period, and for
        a plan without any target.
        """
        with_targets = [summary for summary in self.summaries if summary.total]
        ahead = [
            summary
            for summary in with_targets
            if summary.last_year is not None and summary.last_year >= self.reporting_year
        ]
        return next((summary.period for summary in ahead + with_targets[-1:]), 0)

    def lines(self, focus: int) -> list[SeriesLine]:
        """Return every series in use, those first whose target of the period needs attention.

        Of those that stand alike and have not arrived, the one that has come least far is first.
        """
        if focus not in self._lines:
            self._lines[focus] = self._lines_by_urgency(focus)
        return list(self._lines[focus])

    @once_a_language
    def _lines(self) -> dict[int, list[SeriesLine]]:
        """What `lines` returned, by period: a filter asks for the same again."""
        return {}

    def _lines_by_urgency(self, focus: int) -> list[SeriesLine]:
        lines = [self.line(series_id, focus) for series_id in self.in_use]
        return sorted(lines, key=lambda line: self._urgency(line, focus))

    def _urgency(self, line: SeriesLine, focus: int) -> tuple[int, float]:
        mark = line.marks.get(focus)
        if mark is None:
            return len(ATTENTION), 0.0
        target = self.main_targets(line.series_id)[focus]
        arrived = target.met is True or math.isnan(target.progress)
        return ATTENTION.index(mark.colour), math.inf if arrived else float(target.progress)

    def line(self, series_id: int, focus: int) -> SeriesLine:
        """Return one series."""
        return self._line(self.rows[series_id], focus)

    def _line(self, row: Any, focus: int) -> SeriesLine:
        display = self.displays[row.series_id]
        mains = self.main_targets(row.series_id)
        course = self.courses.get(row.series_id, ())
        latest = self._latest(course, display, row)
        return SeriesLine(
            row.series_id,
            self.titles[row.series_id],
            row.indicator,
            row.series,
            None if pd.isna(row.policy_id) else int(row.policy_id),
            row.department,
            display.unit,
            *latest,
            self._why(row.series_id, mains.get(focus), focus, course),
            {period: self.mark(target, display) for period, target in mains.items()},
            course,
            tuple(
                (self.first_year(t), int(t.target_year), float(t.target))
                for t in self.targets.get(row.series_id, [])
                if not t.label and is_plottable(t)
            ),
        )

    def first_year(self, target: JudgedTarget) -> int:
        """Return from which year on a target is aimed at; its own where nothing says more."""
        return self.first_years.get(target.period, int(target.target_year))

    def mark(self, target: JudgedTarget, display: Display) -> Mark:
        """Return how a target is rated."""
        name = self.band_name(target)
        band, ended = self.bands[name], has_ended(target)
        is_retired = target.reason == Reason.RETIRED
        by_hand = self.by_hand.get(key_of(target))
        return Mark(
            target_text(target, display, unit=False),
            "" if math.isnan(target.target_year) else short_year(int(target.target_year)),
            name,
            band.letter,
            say("rating.retired") if is_retired else band.label_of(ended=ended),
            band.colour,
            band.shape,
            say("rating.retired") if is_retired else band.spoken_of(ended=ended),
            bool(target.is_reference),
            None if math.isnan(target.actual_year) else int(target.actual_year),
            "" if by_hand is None else set_by(by_hand.entry),
        )

    def _latest(self, course: Course, display: Display, row: Any) -> tuple[str, str, str, str, str]:
        """Return the latest actual, its year, the change to the point before, exact, from when."""
        actuals = [point for point in course if point.kind == Kind.ACTUAL]
        if not actuals:
            return "", say("overview.no_actual"), "", "", ""
        year, value, _, status, _ = actuals[-1]
        before = [point for point in course if point.year < year]
        shown_year = era_year(year)
        if status == Status.PROVISIONAL:
            shown_year = say(
                "overview.provisional", year=shown_year, status=called("status", status)
            )
        if not before:
            return display.number(value), shown_year, "", "", say("overview.first_time")
        from_year, from_value, *_ = before[-1]
        change = subtract(value, from_value)
        shown = display.signed_like(change, value)
        exact = display.signed(change)
        return (
            display.number(value),
            shown_year,
            shown,
            "" if shown == exact else with_unit(exact, display.unit),
            say(f"overview.change.{_trend(change, row.direction)}", year=short_year(from_year)),
        )

    def _why(
        self, series_id: int, target: JudgedTarget | None, focus: int, course: Course
    ) -> tuple[str, str]:
        """Return two short lines that say why a series stands where it does in the list.

        Where that is not judged by the latest actual, the second begins with the one it is.
        """
        if target is None:
            return say("why.no_target", of=of_period(focus)), ""
        if by_hand := self.by_hand.get(key_of(target)):
            return say("why.by_hand"), by_hand.entry.reason
        display = self.displays[series_id]
        first, second = self._why_of(series_id, target, focus, display)
        actuals = [point.year for point in course if point.kind == Kind.ACTUAL]
        if not actuals or math.isnan(target.actual_year) or target.actual_year == actuals[-1]:
            return first, second
        judged = say(
            "why.judged",
            year=short_year(int(target.actual_year)),
            value=display.number(target.actual),
        )
        return first, say("list.comma").join(filter(None, (judged, second)))

    def _why_of(
        self, series_id: int, target: JudgedTarget, focus: int, display: Display
    ) -> tuple[str, str]:
        if target.reason == Reason.NO_NUMBER:
            return say("why.no_number"), target.target_text
        if target.reason in UNRATEABLE:
            missing = say(f"measure.{target.missing}.name") if target.missing else ""
            return say(f"why.{target.reason}", missing=missing), target.target_text
        if pd.isna(target.target) and target.rating:
            return say("why.growth", rate=percent(target.growth, 1)), target.target_text
        if target.reason in UNJUDGED:
            promised = say("why.target", target=target_text(target, display, unit=True))
            return say(f"why.{target.reason}"), promised
        if target.met is True:
            beyond = next((t for t in self._stretches(series_id, target) if t.met is False), None)
            if beyond is not None:
                gap = display.gap(subtract(beyond.target, beyond.actual))
                second = say("why.to_stretch", label=called("label", beyond.label), gap=gap)
            else:
                second = _margin(target, display)
            key = "kept" if target.by_tolerance else "reached"
            return say(f"why.{key}", of=of_period(focus)), second
        remaining = say("why.to_go", gap=display.gap(to_go(target)))
        if target.reason == Reason.NO_BASE:
            return say("why.no_base"), remaining
        if target.reason == Reason.NOT_STARTED:
            return say("why.not_started", year=short_year(int(target.actual_year))), remaining
        if target.worse_than_base is True:
            lost = subtract(target.actual, target.baseline)
            key = "below_base" if lost < 0 else "above_base"
            return say(f"why.{key}", gap=display.gap(lost)), remaining
        if pd.isna(target.progress) or pd.isna(target.elapsed):
            return remaining, ""
        if has_ended(target):
            return say("why.progress_ended", progress=percent(target.progress)), remaining
        return (
            say(
                "why.progress",
                progress=percent(target.progress),
                elapsed=percent(target.elapsed),
            ),
            remaining,
        )

    def _stretches(self, series_id: int, main: JudgedTarget) -> list[JudgedTarget]:
        return [
            target
            for target in self.targets.get(series_id, [])
            if target.label
            and (target.period, target.target_year) == (main.period, main.target_year)
        ]


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """Return the rows of a table, their columns as attributes."""
    return iter(frame.itertuples(index=False))


def find_rule(content: PlanContent, name: str) -> RatingRule:
    """Return a rule by its name: the municipality's own, else one that comes with the program.

    Raises FileNotFoundError where there is none, `kpi.progress.RuleRefused` where it is broken.
    """
    own = next((rule for rule in content.rules if rule.name == name), None)
    return load_rule(name) if own is None else parse_rule(name, own.text, own.version)


def assess(content: PlanContent, reporting_year: int, rule: RatingRule | None = None) -> Assessment:
    """Judge a plan with the actuals up to the reporting year.

    Each series by its own rule, else by the plan's, else by the standard one; all of them by
    ``rule`` where one is given. Raises as `find_rule`.
    """
    series = content.series
    if rule is None:
        rule = find_rule(content, content.rule or STANDARD)
    else:
        series = series.assign(rule="")
    # The plan's own first; a plan without any series has it too.
    named = {name or rule.name for name in series["rule"]} or {rule.name}
    used = sorted(named, key=lambda name: (name != rule.name, name))
    rules = {name: rule if name == rule.name else find_rule(content, name) for name in used}
    judged = judge(series, content.facts, content.periods, reporting_year, rules, rule.name)
    retired = set(series.loc[series["is_retired"].to_numpy(dtype=bool), "series_id"])
    entries = {
        key_rated(entry.rating): entry
        for entry in content.hand_ratings
        if entry.rating.series_id not in retired
    }
    measures, standings = set_by_hand(
        judged, [entry.rating for entry in entries.values()], reporting_year, rules
    )
    held = {key for key, standing in standings.items() if standing is Standing.HOLDS}
    computed = {key_of(t): t.rating_label for t in rows_of(judged)} if held else {}
    return Assessment(
        content.municipality,
        content.plan,
        content.periods,
        content.policies,
        reporting_year,
        rule,
        rules,
        measures,
        content.series,
        content.facts,
        {key: ByHand(entries[key], computed[key]) for key in entries if key in held},
        {
            key: Lapsed(entries[key], standing)
            for key, standing in standings.items()
            if key not in held and standing is not Standing.AHEAD
        },
    )


def titles_of(series: pd.DataFrame) -> dict[int, str]:
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


def displays_of(series: pd.DataFrame, facts: pd.DataFrame) -> dict[int, Display]:
    """Return how the figures of each series are shown."""
    facts = facts[facts["value"].notna()]
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
        for row in rows_of(series)
    }


def courses_of(facts: pd.DataFrame, reporting_year: int) -> dict[int, Course]:
    """Return what is known of each series up to the reporting year."""
    courses: dict[int, list[CoursePoint]] = {}
    for row in rows_of(known_course(facts, reporting_year)):
        courses.setdefault(row.series_id, []).append(
            CoursePoint(
                int(row.fiscal_year), float(row.value), row.kind, row.status, bool(row.is_base)
            )
        )
    return {series_id: tuple(points) for series_id, points in courses.items()}


def period_title(ordinal: int) -> str:
    """Return 第3期; 目標 for what belongs to no period."""
    return say("period.ordinal", n=ordinal) if ordinal else say("period.none")


def of_period(ordinal: int) -> str:
    """Return 第3期の, to stand before 目標; nothing for what belongs to no period."""
    return say("period.of", n=ordinal) if ordinal else ""


def _no_period_last(ordinal: int) -> tuple[bool, int]:
    return ordinal == 0, ordinal


def _used_years(targets: Sequence[JudgedTarget]) -> str:
    years = sorted({int(target.actual_year) for target in targets})
    return say("list.comma").join(era_year(year) for year in years)


def _years(years: Sequence[int]) -> str:
    """Return 令和7年度, or 令和5〜7年度 where there are several; empty where there is none."""
    if not years:
        return ""
    first, last = min(years), max(years)
    return era_year(last) if first == last else era_span(first, last)


def has_ended(target: JudgedTarget) -> bool:
    """Whether a target is held against the actual of its own year, or of a later one."""
    return bool(target.actual_year >= target.target_year)


def is_plottable(target: JudgedTarget) -> bool:
    """Whether a target has a number and a year, and so a place on a chart."""
    return not (math.isnan(target.target) or math.isnan(target.target_year))


def target_text(target: JudgedTarget, display: Display, *, unit: bool) -> str:
    """Return a target of the measures as text; as printed where it states no number.

    With its unit, a target held against another value is told as printed and as what it comes to.
    """
    if pd.isna(target.target):
        return str(target.target_text)
    is_relative = not pd.isna(target.reference)
    high = None if pd.isna(target.target_high) else float(target.target_high)
    printed = "" if is_relative else target.target_text
    told = display.target(float(target.target), high, target.comparator, printed, unit=unit)
    if is_relative and unit:
        return say("sentence.relative", text=target.target_text, value=told)
    return told


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
    return say("why.above" if beyond > 0 else "why.below", gap=display.gap(beyond))


def _trend(change: float, direction: str) -> str:
    if change == 0:
        return "same"
    if direction == Direction.HIGHER:
        return "better" if change > 0 else "worse"
    if direction == Direction.LOWER:
        return "better" if change < 0 else "worse"
    return "other"
