"""What the figures say, in sentences a department head can read aloud."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from kpi.charts.assessment import Assessment, Mark, SeriesLine, target_text, to_go
from kpi.charts.display import Display, percent, subtract
from kpi.model import Status
from kpi.notation import era_year, format_number
from kpi.progress import JudgedTarget, Reason
from kpi.progress.projection import FEWEST
from kpi.words import say


@dataclass(frozen=True)
class Measure:
    """One of the five numbers: its name, the number, what it means; a bar where it is a share."""

    name: str
    value: str
    meaning: str
    share: float | None = None


@dataclass(frozen=True)
class Verdict:
    """How one target stands, told."""

    mark: Mark | None
    #: Where in the period the actual lies: 第3期・目標年度の1年前.
    when: str
    sentence: str
    #: Where the present course leads, or why that is not said.
    outlook: str
    measures: tuple[Measure, ...]
    rule: str


def lead(assessment: Assessment, focus: int) -> str:
    """Return the one sentence over an overview, about the focus period."""
    summary = next(s for s in assessment.summaries if s.period.ordinal == focus)
    if not summary.total:
        return say("overview.lead.none", period=focus)
    counts = {band.colour: summary.counts.get(band.letter, 0) for band in assessment.bands()}
    parts = [
        say(f"overview.lead.{colour}", count=counts[colour])
        for colour in ("b", "c", "d", "n")
        if counts[colour]
    ]
    first = say("overview.lead.a", period=focus, total=summary.total, count=counts["a"])
    return say("list.comma").join([first, *parts]) + say("list.stop")


def verdict(assessment: Assessment, line: SeriesLine, target: JudgedTarget) -> Verdict:
    """Tell how one target stands. ``target`` is a row of the assessment's measures."""
    display = assessment.displays[line.series_id]
    return Verdict(
        line.marks.get(target.period) if not target.label else None,
        _when(target),
        sentence(target, display),
        outlook(target, display),
        _measures(target, display),
        say("verdict.rule", title=assessment.rule.title, version=assessment.rule.version),
    )


def _when(target: JudgedTarget) -> str:
    period = say("period.ordinal", n=target.period) if target.period else ""
    if pd.isna(target.actual_year):
        return period
    ahead = int(target.target_year - target.actual_year)
    key = "before" if ahead > 0 else "same" if ahead == 0 else "after"
    return say(f"verdict.when.{key}", period=period, years=abs(ahead))


def sentence(target: JudgedTarget, display: Display) -> str:
    """Return what a target asks and what the actual is, in one sentence."""
    promised = target_text(target, display, unit=True)
    aim = say("sentence.aim", year=era_year(int(target.target_year)), target=promised)
    if target.reason == Reason.NO_ACTUAL:
        return say("sentence.no_actual", aim=aim)
    if target.reason == Reason.NO_NUMBER:
        return say("sentence.no_number", aim=aim)
    status = say("sentence.provisional") if target.actual_status == Status.PROVISIONAL else ""
    actual = say(
        "sentence.actual",
        year=era_year(int(target.actual_year)),
        status=status,
        actual=display.figure(target.actual),
    )
    if target.reason == Reason.NO_DIRECTION:
        return say("sentence.no_direction", aim=aim, actual=actual)
    if target.met is True:
        beyond = 0.0 if not pd.isna(target.target_high) else subtract(target.actual, target.target)
        if beyond == 0:
            return say("sentence.met", aim=aim, actual=actual)
        key = "met_above" if beyond > 0 else "met_below"
        return say(f"sentence.{key}", aim=aim, actual=actual, gap=display.difference(beyond))
    gap = display.difference(to_go(target))
    if pd.isna(target.required_per_year):
        return say("sentence.missed", aim=aim, actual=actual, gap=gap)
    if target.target_year - target.actual_year == 1:
        return say("sentence.last_year", aim=aim, actual=actual, gap=gap)
    return say(
        "sentence.to_go",
        aim=aim,
        actual=actual,
        gap=gap,
        rate=display.rate(float(target.required_per_year)),
    )


def outlook(target: JudgedTarget, display: Display) -> str:
    """Return where the present course leads by the target's year; empty where that is over."""
    if pd.isna(target.actual_year) or target.target_year <= target.actual_year:
        return ""
    if pd.isna(target.projected):
        return say("outlook.too_few", points=int(target.points), fewest=FEWEST)
    places = display.places
    step = 10 ** -(places or 0) * float(display.factor)
    shown = display.figure(round(round(target.projected / step) * step, 10))
    year = era_year(int(target.target_year))
    reaches = _satisfies(target, target.projected)
    sure = _satisfies(target, target.projected_low) == _satisfies(target, target.projected_high)
    if reaches is None:
        return say("outlook.plain", year=year, value=shown)
    key = f"{'keep' if reaches else 'lose'}" if target.met else f"{'reach' if reaches else 'miss'}"
    return say(f"outlook.{key if sure else f'may_{key}'}", year=year, value=shown)


def _satisfies(target: JudgedTarget, value: float) -> bool | None:
    """Whether a value would meet the target, judged as the actual was."""
    if not pd.isna(target.target_high):
        return bool(target.target <= value <= target.target_high)
    if target.comparator in (">=", ">"):
        return bool(value >= target.target)
    if target.comparator in ("<=", "<"):
        return bool(value <= target.target)
    if target.met is True or pd.isna(target.gap):
        return None
    return bool(value >= target.target) if target.gap > 0 else bool(value <= target.target)


def _measures(target: JudgedTarget, display: Display) -> tuple[Measure, ...]:
    def ratio(name: str, value: float, *, bar: bool = False) -> Measure:
        known = not pd.isna(value)
        meaning = say(f"measure.{name}.meaning") if known else _why_unknown(name, target)
        return Measure(
            say(f"measure.{name}.name"),
            percent(value, 1) if known else say("measure.unknown"),
            meaning,
            value if known and bar else None,
        )

    met = target.met
    if met is True or met is False:
        met_value = say(f"measure.met.{'yes' if met else 'no'}")
        meaning = say(
            f"measure.met.meaning_{'yes' if met else 'no'}",
            actual=display.number(target.actual),
            target=target_text(target, display, unit=False),
        )
    else:
        met_value, meaning = say("measure.unknown"), _why_unknown("met", target)
    elapsed = ratio("elapsed", target.elapsed, bar=True)
    if not pd.isna(target.elapsed):
        elapsed = Measure(
            elapsed.name,
            elapsed.value,
            say(
                "measure.elapsed.of",
                total=int(target.target_year - target.baseline_year),
                passed=int(target.actual_year - target.baseline_year),
            ),
            elapsed.share,
        )
    has_pace = not pd.isna(target.pace)
    pace = Measure(
        say("measure.pace.name"),
        format_number(round(float(target.pace), 2), 2) if has_pace else say("measure.unknown"),
        say("measure.pace.meaning") if has_pace else _why_unknown("pace", target),
    )
    return (
        Measure(say("measure.met.name"), met_value, meaning),
        ratio("attainment", target.attainment),
        ratio("progress", target.progress, bar=True),
        elapsed,
        pace,
    )


def _why_unknown(name: str, target: JudgedTarget) -> str:
    """Say in a few words why a measure does not exist for a target."""
    if target.reason in (Reason.NO_ACTUAL, Reason.NO_NUMBER, Reason.NO_DIRECTION):
        return say(f"measure.why.{target.reason}")
    if name == "attainment":
        return say("measure.why.no_share")
    if pd.isna(target.baseline):
        return say("measure.why.no_base")
    if target.actual_year <= target.baseline_year:
        return say("measure.why.not_started")
    return say("measure.why.base_past")


def reason(target: JudgedTarget) -> str:
    """Return why a target is not rated, in a sentence; empty where it is."""
    if target.reason == Reason.NONE:
        return ""
    year = "" if pd.isna(target.actual_year) else era_year(int(target.actual_year))
    return say(f"reason.{target.reason}", year=year)
