"""A series beside those of other plans that measure the same: one chart, sentences and a table.

Figures of different years never stand side by side without both years being named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import pandas as pd

from kpi.charts.assessment import (
    Assessment,
    Course,
    SeriesLine,
    courses_of,
    period_title,
    rows_of,
)
from kpi.charts.display import Display, subtract
from kpi.charts.spec import ChartSpec, Other, Step, describe, points_of
from kpi.model import FactKey, FiscalYear, Kind, Municipality, Status
from kpi.notation import decimals
from kpi.progress import JudgedTarget
from kpi.store import SeriesContent
from kpi.words import called, say, together
from kpi.written import era_year, short_year

#: How many series of other plans stand in the chart; the table has them all.
DRAWN = 3


@dataclass(frozen=True)
class Figure:
    """One figure of the table, and the fact it is."""

    #: R7; empty where the source names no year.
    year: str
    text: str
    #: File, sheet and cell; empty where it was not read from a file.
    source: str
    key: FactKey
    batch_id: str

    @property
    def mark(self) -> str:
        """Return what sets the fact, in the state shown, apart from all others of its series."""
        _, *key = self.key
        return " ".join(map(str, (self.batch_id, *key)))


@dataclass(frozen=True)
class Side:
    """One series of a comparison: one's own, or that of another plan."""

    municipality: Municipality
    plan: str
    series_id: int
    title: str
    #: ①; empty for one's own.
    mark: str
    targets: tuple[Figure, ...]
    actuals: tuple[Figure, ...]
    #: Names of the files all of these were read from.
    files: tuple[str, ...]
    #: How it stands to one's own; empty for that.
    sentence: str


@dataclass(frozen=True)
class Compared:
    """A series and those beside it."""

    spec: ChartSpec
    own: Side
    others: tuple[Side, ...]


@dataclass(frozen=True)
class _Member:
    """One of the series, as it is told: in the unit of one's own, with its own decimals."""

    content: SeriesContent
    mark: str
    display: Display
    course: Course
    #: Its target facts, by year.
    targets: tuple[Any, ...]

    @property
    def title(self) -> str:
        return " ".join(filter(None, (self.content.indicator, self.content.series)))

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(filter(None, self.content.facts["source_file"])))

    @property
    def actuals(self) -> dict[int, float]:
        """Return the actuals by year, baselines left out."""
        return {point.year: point.value for point in self.course if point.kind == Kind.ACTUAL}


def compare(
    assessment: Assessment, line: SeriesLine, focus: int, contents: Sequence[SeriesContent]
) -> Compared:
    """Set a series beside others of the same base unit; the first few stand in the chart too.

    All are told in the unit in which one's own is shown, with what was known up to the reporting
    year. The sentences begin from the target of the focus period.
    """
    year, display = assessment.reporting_year, assessment.displays[line.series_id]
    own = _member(
        SeriesContent(
            assessment.municipality,
            assessment.plan,
            line.series_id,
            line.indicator,
            line.series,
            display.base_unit,
            assessment.facts[assessment.facts["series_id"] == line.series_id],
        ),
        "",
        display,
        year,
    )
    others = [_member(one, _mark(number), display, year) for number, one in enumerate(contents)]
    aim = _aim(own, assessment.main_targets(line.series_id).get(focus))
    sides = tuple(_side(other, year, _sentence(own, aim, other)) for other in others)
    spec = describe(assessment, line, focus, tuple(_other(one) for one in others[:DRAWN]))
    told = together(*(side.sentence for side in sides[:DRAWN]))
    title = say("comparison.title", name=line.title)
    spec = replace(
        spec,
        title=title,
        sentence=say("comparison.chart", title=title, told=told),
        source="\n".join([spec.source, *(_source(one) for one in others[:DRAWN])]),
    )
    return Compared(spec, _side(own, year, ""), sides)


def _member(content: SeriesContent, mark: str, display: Display, reporting_year: int) -> _Member:
    facts = content.facts
    printed = facts[(facts["kind"] != Kind.TARGET) & facts["value"].notna()]["value_text"]
    targets = sorted(
        rows_of(facts[facts["kind"] == Kind.TARGET]),
        key=lambda row: (row.fiscal_year, row.period, row.label),
    )
    return _Member(
        content,
        mark,
        replace(display, places=max(map(decimals, printed), default=display.places)),
        courses_of(facts, reporting_year).get(content.series_id, ()),
        tuple(targets),
    )


def _mark(number: int) -> str:
    """Return ① for 0; beyond ⑳ there are no such signs."""
    return chr(ord("①") + number) if number < 20 else f"({number + 1})"


def _aim(own: _Member, main: JudgedTarget | None) -> Any:
    """Return the fact that is one's own target of the focus period; None where there is none."""
    if main is None:
        return None
    year = 0 if pd.isna(main.target_year) else main.target_year
    key = (main.period, main.label, year)
    rows = [row for row in own.targets if (row.period, row.label, row.fiscal_year) == key]
    return next(iter(rows), None)


def _is_plottable(target: Any) -> bool:
    return bool(target.fiscal_year) and not pd.isna(target.value)


def _target_text(target: Any, display: Display, *, unit: bool = True) -> str:
    """Return 65％以上; as printed where the target states no number."""
    if pd.isna(target.value):
        return str(target.value_text)
    high = None if pd.isna(target.value_high) else float(target.value_high)
    return display.target(
        float(target.value), high, target.comparator, target.value_text, unit=unit
    )


def _other(member: _Member) -> Other:
    display = member.display
    points = points_of(member.course, display)
    return Other(
        member.mark,
        member.content.municipality.name,
        # Whose base a value is matters only for one's own.
        tuple(replace(point, is_base=False) for point in points),
        tuple(
            Step(
                int(target.period),
                period_title(int(target.period)),
                int(target.fiscal_year),
                int(target.fiscal_year),
                display.shown(target.value),
                None if pd.isna(target.value_high) else display.shown(target.value_high),
                _target_text(target, display, unit=display.base_unit == "円"),
                bool(target.label),
                None,
            )
            for target in member.targets
            if _is_plottable(target)
        ),
    )


def _source(member: _Member) -> str:
    """Return whose series a mark stands for and where its figures come from."""
    return say(
        "comparison.source",
        mark=member.mark,
        municipality=member.content.municipality.name,
        plan=member.content.plan.name,
        title=member.title,
        files=say("list.comma").join(member.files),
    )


def _side(member: _Member, reporting_year: int, sentence: str) -> Side:
    content, display = member.content, member.display
    facts = content.facts
    known = facts[(facts["kind"] != Kind.TARGET) & (facts["fiscal_year"] <= reporting_year)]
    return Side(
        content.municipality,
        content.plan.name,
        content.series_id,
        member.title,
        member.mark,
        tuple(
            _figure(
                row,
                " ".join(filter(None, (called("label", row.label), _target_text(row, display)))),
            )
            for row in member.targets
        ),
        tuple(
            _figure(row, _actual_text(row, display))
            for row in sorted(rows_of(known), key=lambda row: row.fiscal_year)
        ),
        member.files,
        sentence,
    )


def _actual_text(row: Any, display: Display) -> str:
    text = str(row.value_text) if pd.isna(row.value) else display.figure(float(row.value))
    if row.status == Status.PROVISIONAL:
        text += say("sentence.provisional")
    return say("comparison.base", value=text) if row.kind == Kind.BASELINE else text


def _figure(row: Any, text: str) -> Figure:
    year = int(row.fiscal_year)
    return Figure(
        short_year(year) if year else "",
        text,
        " › ".join(filter(None, (row.source_file, row.source_sheet, row.source_cell))),
        FactKey(int(row.series_id), Kind(row.kind), int(row.period), row.label, FiscalYear(year)),
        row.batch_id,
    )


class _Names(NamedTuple):
    """What the two series of a sentence are called in it."""

    own: str
    other: str
    #: With its plan, where it is first named.
    first: str


def _names(own: SeriesContent, other: SeriesContent) -> _Names:
    plan = say("comparison.plan", name=other.plan.name)
    if other.municipality == own.municipality:
        return _Names(say("comparison.this_plan"), plan, plan)
    name = other.municipality.name
    return _Names(own.municipality.name, name, f"{name}{plan}")


def _sentence(own: _Member, aim: Any, other: _Member) -> str:
    """Tell another's targets and actuals beside one's own. ``aim`` is one's own target or None."""
    names = _names(own.content, other.content)
    if other.targets:
        told = _told_target(names, own, aim, other)
        return together(told, _told_actual(names, own, other))
    if not other.actuals:
        return say("comparison.nothing", other=names.first)
    return _told_actual(names._replace(other=names.first), own, other)


def _told_target(names: _Names, own: _Member, aim: Any, other: _Member) -> str:
    """Tell of another's targets the one of the same year as one's own, else the last."""
    plottable = [row for row in other.targets if _is_plottable(row) and not row.label]
    own_year = aim.fiscal_year if aim is not None and _is_plottable(aim) else 0
    same_year = [row for row in plottable if row.fiscal_year == own_year]
    target = (same_year or plottable or other.targets)[-1]
    text = _target_text(target, other.display)
    if pd.isna(target.value):
        text = say("sentence.printed", text=text)
    year = say("comparison.year", year=era_year(target.fiscal_year)) if target.fiscal_year else ""
    told = say("comparison.target.told", other=names.first, year=year, target=text)
    if not own_year or not plottable:
        return say("comparison.target.alone", told=told)
    values = {"told": told, "own": names.own, "target": _target_text(aim, own.display)}
    if not same_year:
        return say("comparison.target.other_year", year=era_year(own_year), **values)
    if values["target"] == text:
        return say("comparison.target.same", **values)
    if not (pd.isna(aim.value_high) and pd.isna(target.value_high)):
        return say("comparison.target.range", **values)
    apart = subtract(target.value, aim.value)
    key = "same_value" if apart == 0 else "higher" if apart > 0 else "lower"
    places = max(decimals(aim.value_text), decimals(target.value_text))
    gap = replace(own.display, places=places).difference(apart)
    return say(f"comparison.target.{key}", gap=gap, **values)


def _told_actual(names: _Names, own: _Member, other: _Member) -> str:
    """Tell the actuals of the last year both have; else the last of each, with its year."""
    ours, theirs = own.actuals, other.actuals
    if not theirs:
        return say("comparison.actual.none")
    both = ours.keys() & theirs.keys()
    year = max(both or theirs)
    values = {
        "other": names.other,
        "year": era_year(year),
        "actual": other.display.figure(theirs[year]),
        "own": names.own,
    }
    if not ours:
        return say("comparison.actual.not_own", **values)
    own_year = max(both or ours)
    values["own_actual"] = own.display.figure(ours[own_year])
    if not both:
        return say("comparison.actual.other_year", own_year=era_year(own_year), **values)
    apart = subtract(ours[year], theirs[year])
    key = "same" if apart == 0 else "higher" if apart > 0 else "lower"
    gap = max(own.display, other.display, key=lambda display: display.places).difference(apart)
    return say(f"comparison.actual.{key}", gap=gap, **values)
