"""What the figures say, in sentences a department head can read aloud."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from kpi.charts.assessment import (
    UNCOMPARED,
    UNJUDGED,
    UNRATEABLE,
    Assessment,
    Mark,
    SeriesLine,
    of_period,
    period_title,
    target_text,
    to_go,
)
from kpi.charts.display import Display, percent, subtract
from kpi.model import Status
from kpi.notation import decimals, era_span, era_year, format_number
from kpi.progress import JudgedTarget, Reason
from kpi.progress.projection import FEWEST
from kpi.progress.rating import UNRATED
from kpi.store import IMPORT, BatchEntry
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
    with_targets = {summary.period: summary for summary in assessment.summaries if summary.total}
    if not with_targets:
        return say("overview.lead.no_targets", count=len(assessment.in_use))
    of = of_period(focus)
    summary = with_targets.get(focus)
    if summary is None:
        return say("overview.lead.none", of=of)
    if summary.is_unrated:
        return say("overview.lead.all_unrated", of=of, total=summary.total)
    key = "reached_ended" if summary.is_over and not summary.is_reference_only else "reached"
    parts = [say(f"overview.lead.{key}", of=of, total=summary.total, count=summary.reached)]
    for band in assessment.bands:
        count = summary.not_reached.get(band, 0)
        if count and band == UNRATED:
            parts.append(say("overview.lead.unrated", count=count))
        elif count:
            label = summary.labels[band]
            parts.append(say("overview.lead.band", label=label, count=count))
    told = say("list.comma").join(parts) + say("list.stop")
    if summary.is_reference_only:
        return told + say("overview.lead.all_reference")
    if summary.references:
        return told + say("overview.lead.references", count=summary.references)
    return told


def verdict(assessment: Assessment, line: SeriesLine, target: JudgedTarget) -> Verdict:
    """Tell how one target stands. ``target`` is a row of the assessment's measures."""
    display = assessment.displays[line.series_id]
    rule = assessment.rules[target.rule]
    return Verdict(
        assessment.mark(target, display) if not target.label else None,
        _when(target),
        sentence(target, display),
        outlook(target, display),
        _measures(target, display),
        say("verdict.rule", title=rule.title, version=rule.version),
    )


def _when(target: JudgedTarget) -> str:
    period = period_title(target.period) if target.period else ""
    if math.isnan(target.actual_year) or math.isnan(target.target_year):
        return period
    ahead = int(target.target_year - target.actual_year)
    key = "before" if ahead > 0 else "same" if ahead == 0 else "after"
    when = say(f"verdict.when.{key}", years=abs(ahead))
    if target.is_reference:
        when += say("verdict.when.reference", year=era_year(int(target.actual_year)))
    return say("list.dot").join(filter(None, (period, when)))


def sentence(target: JudgedTarget, display: Display) -> str:
    """Return what a target asks and what the actual is, in one sentence."""
    promised = target_text(target, display, unit=True)
    if pd.isna(target.target):
        promised = say("sentence.printed", text=promised)
    if pd.isna(target.target) and not target.target_text:
        aim = say("sentence.no_aim")
    elif math.isnan(target.target_year):
        aim = say("sentence.aim_of_no_year", target=promised)
    else:
        aim = say("sentence.aim", year=era_year(int(target.target_year)), target=promised)
    if target.reason in UNCOMPARED:
        return say(f"sentence.{target.reason}", aim=aim, **_named_years(target))
    actual = _actual(target, display)
    if pd.isna(target.target):
        growth = say("sentence.growth", rate=percent(target.growth, 1)) if target.rating else ""
        return say("sentence.alone", aim=aim, actual=actual) + growth + reason(target)
    told = _compared(target, display, aim, actual)
    return told + reason(target) if target.reason in UNRATEABLE else told


def _compared(target: JudgedTarget, display: Display, aim: str, actual: str) -> str:
    """Return how an actual stands to a target that is a number."""
    if target.reason in UNJUDGED:
        return say(f"sentence.{target.reason}", aim=aim, actual=actual)
    if target.reason == Reason.NOT_STARTED and target.met is None:
        return say("sentence.awaiting", aim=aim, **_named_years(target))
    if target.by_tolerance:
        gap = display.difference(to_go(target))
        return say("sentence.met_by_tolerance", aim=aim, actual=actual, gap=gap)
    if target.met is True:
        beyond = 0.0 if not pd.isna(target.target_high) else subtract(target.actual, target.target)
        if beyond == 0:
            return say("sentence.met", aim=aim, actual=actual)
        key = "met_above" if beyond > 0 else "met_below"
        return say(f"sentence.{key}", aim=aim, actual=actual, gap=display.difference(beyond))
    told = _way_left(target, display, aim, actual)
    if target.reason == Reason.NOT_STARTED:
        told += say("sentence.not_started", base=era_year(int(target.baseline_year)))
    elif target.reason == Reason.NO_BASE:
        told += say("sentence.no_base")
    if target.first_met_year < target.actual_year:
        told += say("sentence.met_before", year=era_year(int(target.first_met_year)))
    return told


def _actual(target: JudgedTarget, display: Display) -> str:
    """Return the actual with its year; where it is a sum, with all of its years."""
    status = say("sentence.provisional") if target.actual_status == Status.PROVISIONAL else ""
    year, figure = int(target.actual_year), display.figure(target.actual)
    if pd.isna(target.summed_from):
        return say("sentence.actual", year=era_year(year), status=status, actual=figure)
    span = era_span(int(target.summed_from), year)
    return say("sentence.actual_sum", span=span, status=status, actual=figure)


def _named_years(target: JudgedTarget) -> dict[str, str]:
    """Return the years a reason may have to name; empty where there is none."""
    years = {
        "reference": target.reference_year,
        "first": target.summed_from,
        "missing": target.missing_year,
    }
    return {name: "" if pd.isna(year) else era_year(int(year)) for name, year in years.items()}


def _way_left(target: JudgedTarget, display: Display, aim: str, actual: str) -> str:
    """Return how far a target that is not met still is, and what each year would have to bring."""
    gap = display.difference(to_go(target))
    if pd.isna(target.required_per_year):
        return say("sentence.missed", aim=aim, actual=actual, gap=gap)
    if target.target_year - target.actual_year == 1:
        return say("sentence.last_year", aim=aim, actual=actual, gap=gap)
    rate = display.rate(float(target.required_per_year))
    return say("sentence.to_go", aim=aim, actual=actual, gap=gap, rate=rate)


def outlook(target: JudgedTarget, display: Display) -> str:
    """Return where the course leads by the target's year, how sure that is, and why it is so told.

    Empty where that year is over, where a later one is known already, and of what is retired.
    """
    # Where either year is unknown, there is no way from one to the other.
    if target.reason == Reason.RETIRED or not target.target_year > target.actual_year:
        return ""
    if target.points < FEWEST:
        return say("outlook.too_few", points=int(target.points), fewest=FEWEST)
    if pd.isna(target.projected):
        return ""
    ahead, low, high = (
        display.figure(display.forecast(value))
        for value in (target.projected, target.projected_low, target.projected_high)
    )
    line = say(
        f"outlook.line.{target.method}",
        points=int(target.points),
        year=era_year(int(target.target_year)),
        value=ahead,
    )
    if low != high:
        line += say("outlook.band", low=low, high=high)
    key, edge = "plain", ""
    if not pd.isna(target.target_high) and target.projected_met is False:
        is_over = target.projected > target.target_high
        key = "over" if is_over else "under"
        end = float(target.target_high if is_over else target.target)
        edge = display.figure(end, decimals(target.target_text))
    told = say(f"outlook.{key}", line=line, edge=edge)
    told += _chance(target) if has_band(target) else say("outlook.no_band")
    return told + held_words(target) + say("outlook.why")


def has_band(target: JudgedTarget) -> bool:
    """Return whether anything tells how far the future may stray from a projection.

    Nothing does where all points lie on one line; held at an end of its unit a band of any width
    may end in one value.
    """
    is_held = target.held_at_floor or target.held_at_ceiling
    return is_held or target.projected_low < target.projected_high


def _chance(target: JudgedTarget) -> str:
    """Say how likely the target is to be satisfied: in plain words, with the number beside them.

    No forecast is certain: the number is never 0 ％, never 100 ％. Empty where it cannot be said.
    """
    if pd.isna(target.chance):
        return ""
    return say(
        f"outlook.chance.{chance_key(target)}",
        goal=goal_words(target),
        tenths=math.floor(target.chance * 10 + 0.5),
        share=_share(target),
    )


def _share(target: JudgedTarget) -> int:
    return math.floor(target.chance * 100 + 0.5)


def chance_key(target: JudgedTarget) -> str:
    """Return which of the words for a chance, from nearly_sure to hardly, is that of a target."""
    if target.chance > 0.99:
        return "nearly_sure"
    if target.chance < 0.01:
        return "hardly"
    share = _share(target)
    return "high" if share > 90 else "low" if share < 10 else "about"


def goal_words(target: JudgedTarget) -> str:
    """Return what is to come true for a target: 届く, 目標を保つ, 目標の範囲に入る."""
    is_range = not pd.isna(target.target_high)
    goal = "keep" if target.met is True else "within" if is_range else "reach"
    return say(f"outlook.goal.{goal}")


def held_words(target: JudgedTarget) -> str:
    """Say where a projection ends at a limit of its unit; nothing where it does not."""
    return "".join(
        say(f"outlook.{end}")
        for end in ("held_at_floor", "held_at_ceiling")
        if getattr(target, end)
    )


def _measures(target: JudgedTarget, display: Display) -> tuple[Measure, ...]:
    # Nothing has happened yet, or the way has ended: a share of the time would mislead.
    has_way = target.reason != Reason.NOT_STARTED
    has_time = has_way and not target.actual_year > target.target_year

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
    elapsed = ratio("elapsed", target.elapsed if has_time else math.nan, bar=True)
    if elapsed.share is not None:
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
    has_pace = has_time and not pd.isna(target.pace)
    pace = Measure(
        say("measure.pace.name"),
        format_number(round(float(target.pace), 2), 2) if has_pace else say("measure.unknown"),
        say("measure.pace.meaning") if has_pace else _why_unknown("pace", target),
    )
    return (
        Measure(say("measure.met.name"), met_value, meaning),
        ratio("attainment", target.attainment),
        ratio("progress", target.progress if has_way else math.nan, bar=True),
        elapsed,
        pace,
    )


def _why_unknown(name: str, target: JudgedTarget) -> str:
    """Say in a few words why a measure does not exist for a target."""
    is_blank = target.reason in UNCOMPARED - {Reason.NO_YEAR}
    if is_blank or (target.reason in UNJUDGED and name in ("met", "attainment")):
        return say(f"measure.why.{target.reason}", **_named_years(target))
    if name == "met":
        return say("measure.why.not_started")
    if name == "attainment":
        return say("measure.why.no_share")
    if pd.isna(target.baseline):
        return say("measure.why.no_base")
    if target.actual_year <= target.baseline_year:
        return say("measure.why.not_started")
    if name in ("elapsed", "pace") and target.actual_year > target.target_year:
        return say("measure.why.ended")
    if name in ("elapsed", "pace") and math.isnan(target.target_year):
        return say("measure.why.no_year")
    return say("measure.why.base_past")


def reason(target: JudgedTarget) -> str:
    """Return why a target is not rated, in a sentence; empty where it is."""
    if target.reason == Reason.NONE:
        return ""
    year = "" if pd.isna(target.actual_year) else era_year(int(target.actual_year))
    named = _named_years(target)
    named["missing_measure"] = say(f"measure.{target.missing}.name") if target.missing else ""
    return say(f"reason.{target.reason}", year=year, target=target.target_text, **named)


def told_act(entry: BatchEntry) -> str:
    """Return what an accepted act was: the files of an import, else what was decided."""
    return say("list.dot").join(entry.files) if entry.act == IMPORT else say(f"act.{entry.act}")
