"""What a meeting is told of one series, so short that it can be read from the back row."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from kpi.charts.assessment import (
    UNJUDGED,
    Assessment,
    CoursePoint,
    Mark,
    SeriesLine,
    target_text,
    to_go,
)
from kpi.charts.display import Display
from kpi.charts.parts import policy_title
from kpi.charts.sentences import chance_key, goal_words, has_band
from kpi.charts.spec import Calendar, ChartSpec, describe
from kpi.model import Kind, Status
from kpi.progress import JudgedTarget
from kpi.store import JAPAN
from kpi.words import called, say
from kpi.written import era_year, full_date


@dataclass(frozen=True)
class AgendaItem:
    """One series as it is put to a meeting. All texts are ready to be shown."""

    line: SeriesLine
    #: 2-1 生活習慣病の予防; empty where it hangs under no measure.
    policy: str
    #: The latest actual without its unit; empty where there is none.
    value: str
    #: 令和6年度（速報）; without an actual, that there is none.
    when: str
    #: Of the target it is to reach next; None where it has none.
    mark: Mark | None
    #: 42.0％以上; empty without a target.
    target: str
    #: 令和7年度; empty where no source says.
    target_year: str
    #: あと3.1ポイント, or by how much it is beyond, or why neither is said.
    gap: str
    #: Where the present course leads; empty where that is not said.
    course: str
    #: What follows from it for the target, in one short sentence.
    conclusion: str
    spec: ChartSpec
    #: Where its figures come from, and when the last of them was recorded; empty without any.
    source: str

    @property
    def title(self) -> str:
        """Return the name of the series, which no other of the plan has."""
        return self.line.title


def agenda_item(assessment: Assessment, series_id: int) -> AgendaItem:
    """Return what a meeting is told of a series, about the target it is to reach next."""
    target = assessment.next_target(series_id)
    focus = 0 if target is None else target.period
    line = assessment.line(series_id, focus)
    display = assessment.displays[series_id]
    node = assessment.policies.get(line.policy_id) if line.policy_id else None
    actuals = [point for point in line.course if point.kind == Kind.ACTUAL]
    value, when = "", say("agenda.no_actual")
    if actuals:
        value, when = display.number(actuals[-1].value), _when(actuals[-1])
    mark, aim, year, gap = None, "", "", ""
    course, conclusion = "", say("agenda.no_target")
    if target is not None:
        mark = assessment.mark(target, display)
        aim = target_text(target, display, unit=True)
        year = "" if math.isnan(target.target_year) else era_year(int(target.target_year))
        gap = _gap(target, line, display)
        course, conclusion = short_outlook(target, display)
    return AgendaItem(
        line,
        "" if node is None else policy_title(node),
        value,
        when,
        mark,
        aim,
        year,
        gap,
        course,
        conclusion,
        describe(assessment, line, focus, calendar=Calendar.JAPANESE),
        _source(assessment, series_id),
    )


def _when(point: CoursePoint) -> str:
    year = era_year(point.year)
    if point.status != Status.PROVISIONAL:
        return year
    return say("agenda.provisional", year=year, status=called("status", point.status))


def _gap(target: JudgedTarget, line: SeriesLine, display: Display) -> str:
    """Return how far it is to the target; else the words a list has for why that is not said."""
    if target.met is False and not pd.isna(target.target) and target.reason not in UNJUDGED:
        return say("agenda.to_go", gap=display.gap(to_go(target)))
    first, second = line.why
    return second if target.met is True and second else first


def short_outlook(target: JudgedTarget, display: Display) -> tuple[str, str]:
    """Return where the present course leads, and what follows: each a short sentence, or empty.

    It says that a target will be reached, or not, only where all of the band agrees; else how
    likely it is.
    """
    if target.reason in UNJUDGED:
        return "", say("agenda.unjudged")
    if not target.target_year > target.actual_year:
        return "", _ended(target)
    if pd.isna(target.projected):
        return "", say("agenda.kept_now" if target.met is True else "agenda.no_outlook")
    course = say(
        "agenda.course",
        year=era_year(int(target.target_year)),
        value=display.figure(display.forecast(target.projected)),
    )
    if has_band(target) and target.projected_sure is True:
        reached = "keeps" if target.met is True else "reaches"
        return course, say(f"agenda.outlook.{reached if target.projected_met else 'misses'}")
    if pd.isna(target.chance):
        return course, say("agenda.outlook.open")
    tenths = math.floor(target.chance * 10 + 0.5)
    key = chance_key(target)
    return course, say(f"agenda.chance.{key}", goal=goal_words(target), tenths=tenths)


def _ended(target: JudgedTarget) -> str:
    if target.met is True:
        return say("agenda.met")
    return say("agenda.missed") if target.met is False else ""


def _source(assessment: Assessment, series_id: int) -> str:
    """Return the source in a line: the file, or how many files, and the day of the last."""
    facts = assessment.facts_of(series_id)
    facts = facts[facts["batch_id"] != ""]
    if facts.empty:
        return ""
    files = [name for name in dict.fromkeys(facts["source_file"]) if name]
    day = facts["recorded_at"].max().astimezone(JAPAN)
    named = files[-1] if files else assessment.municipality.name
    if len(files) > 1:
        named = say("agenda.and_others", file=named, count=len(files) - 1)
    return say("agenda.source", files=named, day=full_date(day))
