"""What a report says, whatever its format: the plan's figures told, in an order, as of a day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import Engine

from kpi.charts import (
    Assessment,
    Calendar,
    ChartSpec,
    LedgerRow,
    Mark,
    PeriodSummary,
    SeriesLine,
    Verdict,
    as_fixed,
    assess,
    describe,
    lead,
    ledger,
    verdict,
)
from kpi.charts.assessment import period_title, target_text
from kpi.charts.parts import policy_title
from kpi.model import Fraction, NoteKind
from kpi.progress import Band, JudgedTarget
from kpi.progress.rating import UNRATED
from kpi.store import (
    JAPAN,
    FrozenEntry,
    NoteEntry,
    PlanContent,
    PlanHeader,
    ProjectEntry,
    fractions,
    frozen_years,
    notes,
    projects,
    read_frozen,
    read_plan,
)
from kpi.words import DEFAULT, say, speaking
from kpi.written import era_year, full_date, full_year


class NotMade(Exception):
    """A report cannot be made; the message says why, and what to do."""


class NothingToReport(NotMade):
    """The plan has none of the series asked for; the message names them in words."""


@dataclass(frozen=True)
class TargetLine:
    """One target of a series and how it stands."""

    #: Ordinal of the period, 0 for none.
    period: int
    #: 第3期; チャレンジ目標 and the like with its label.
    title: str
    #: 令和7（2025）年度; empty where no source says.
    year: str
    #: 42.0％以上
    text: str
    #: None for a stretch goal, which is not rated.
    mark: Mark | None
    #: What is left to go, or why that is not said, in a few words.
    remark: str


@dataclass(frozen=True)
class YearColumn:
    """What is known of one fiscal year of a series, as the form of a council has it."""

    year: int
    #: As printed, without unit; empty where there is none.
    target: str
    actual: str
    #: 基準, 確定, 速報; empty where there is no actual or its source does not say.
    state: str
    mark: Mark | None


@dataclass(frozen=True)
class IndicatorSheet:
    """All a report says of one series."""

    line: SeriesLine
    code: str
    #: From the top of the plan down: 政策1 …, 施策1-5 ….
    path: tuple[str, ...]
    #: 高いほど良い
    direction: str
    #: Where the plan says the indicator comes from; empty where it does not.
    origin: str
    spec: ChartSpec
    #: About the target of the period in focus; None where there is none.
    verdict: Verdict | None
    targets: tuple[TargetLine, ...]
    years: tuple[YearColumn, ...]
    #: Of the reporting year and before, latest first.
    notes: tuple[NoteEntry, ...]
    reporting_year: int
    #: Every fact with the cell it came from.
    facts: tuple[LedgerRow, ...]
    #: The period its verdict and chart are about, 0 for none.
    focus: int
    #: Every rating its rule could give, the best first, last the one of what cannot be judged.
    ratings: tuple[Band, ...]

    @property
    def headline(self) -> str:
        """Return the sentence over the sheet."""
        return self.verdict.sentence if self.verdict else self.spec.sentence

    def told(self, kind: NoteKind) -> str:
        """Return the note of a kind for the reporting year; empty where nobody wrote one."""
        return "\n".join(
            one.note.text
            for one in self.notes
            if _year(one) == self.reporting_year and one.note.kind == kind
        )

    @property
    def provisional_years(self) -> tuple[int, ...]:
        """Return the years whose actual is provisional."""
        return tuple(point.year for point in self.spec.points if point.is_provisional)


@dataclass(frozen=True)
class Section:
    """The sheets of one measure of the plan."""

    #: 施策1-5-1 …; empty for series that hang under none.
    title: str
    path: tuple[str, ...]
    sheets: tuple[IndicatorSheet, ...]
    #: The projects under the measure, those of a department alone where the report is for it.
    projects: tuple[ProjectEntry, ...]


@dataclass(frozen=True)
class Change:
    """A series whose rating is another than a year ago."""

    title: str
    before: Mark
    after: Mark
    #: None where one of the two could not be rated.
    is_better: bool | None


@dataclass(frozen=True)
class Report:
    """A report on a plan, ready to be set in any format."""

    municipality: str
    plan: str
    #: Whom it is for, where it is not for all: the department.
    department: str
    #: The day whose state of knowledge is told, in Japan; the only date in the file.
    day: date
    reporting_year: int
    #: The period in focus.
    focus: int
    assessment: Assessment
    #: Those of the period in focus whose rating changed within the year.
    changes: tuple[Change, ...]
    sections: tuple[Section, ...]
    #: The rules judged by, each with its version; last, by whom the year was fixed, if it was.
    rules: tuple[str, ...]

    @property
    def sheets(self) -> tuple[IndicatorSheet, ...]:
        """Return all sheets, in order."""
        return tuple(sheet for section in self.sections for sheet in section.sheets)

    @property
    def summaries(self) -> list[PeriodSummary]:
        """Return how every period stands."""
        return self.assessment.summaries

    @property
    def lead(self) -> str:
        """Return the first sentence."""
        return lead(self.assessment, self.focus)

    @property
    def as_of(self) -> str:
        """Return 2025年6月30日時点."""
        return say("report.as_of", day=full_date(self.day))

    @property
    def calendar(self) -> Calendar:
        """Return how years are written in it."""
        return self.sheets[0].spec.calendar

    @property
    def title(self) -> str:
        """Return 川崎市 川崎市総合計画 令和2年度の進捗."""
        return say(
            "report.title",
            municipality=self.municipality,
            plan=self.plan,
            year=era_year(self.reporting_year),
        )

    @property
    def provisional(self) -> tuple[str, ...]:
        """Return which values are provisional: 受診率（令和6年度）."""
        return tuple(
            say("report.provisional_of", title=sheet.line.title, year=era_year(year))
            for sheet in self.sheets
            for year in sheet.provisional_years
        )

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the files the figures come from, each once."""
        return tuple(
            dict.fromkeys(
                line for sheet in self.sheets for line in sheet.spec.source.split("\n") if line
            )
        )

    def beginning(self, count: int) -> Report:
        """Return the report with its first sheets alone."""
        sections = []
        for section in self.sections:
            if own := section.sheets[:count]:
                sections.append(replace(section, sheets=own))
            count -= len(own)
        return replace(self, sections=tuple(sections))

    def of_department(self, department: str) -> Report:
        """Return the part that is about a department; about none's, where it has no name."""
        sheets = [sheet for sheet in self.sheets if sheet.line.department == department]
        own = {sheet.line.title for sheet in sheets}
        known = {
            entry.project.id: entry
            for section in self.sections
            for entry in section.projects
            if entry.project.department == department
        }.values()
        assessment = _of(self.assessment, [sheet.line.series_id for sheet in sheets])
        return replace(
            self,
            department=department,
            assessment=assessment,
            changes=tuple(change for change in self.changes if change.title in own),
            sections=tuple(_sections(self.assessment, sheets, known)),
        )


@speaking(DEFAULT)
def compose(
    engine: Engine,
    header: PlanHeader,
    *,
    day: date,
    moment: datetime | None = None,
    reporting_year: int | None = None,
    series: Sequence[int] | None = None,
    department: str = "",
    calendar: Calendar = Calendar.BOTH,
) -> Report:
    """Return the report on a plan as known at ``moment`` (None is now), dated ``day``.

    ``series`` are the ids to tell of, each once, in this order; None is all in use, in the order of
    the plan.
    What is counted is counted of these alone.
    ``reporting_year`` None is the latest with an actual. Of a year that was fixed it is what was
    fixed.

    Raises `NothingToReport`, and as `kpi.charts.assess` does.
    """
    content = read_plan(engine, header, moment)
    year = reporting_year or next(iter(content.actual_years), day.year)
    assessment = assess(content, year)
    rules: tuple[str, ...] = ()
    entries = frozen_years(engine, header, moment)
    if fixing := next((one for one in entries if one.fiscal_year == year), None):
        # What was fixed is what is told of a year, whatever has been corrected since.
        fixed = read_frozen(engine, header, fixing)
        content, assessment = fixed.content, as_fixed(fixed)
        rules = (told_fixed(fixing),)
    about = assessment.current_period()
    chosen = _chosen(assessment, series, department)
    if not chosen:
        raise NothingToReport(say("report.nothing", plan=header.plan.name))
    assessment = _of(assessment, chosen)
    beside = _Beside(
        {id_: [] for id_ in set(content.series["indicator_id"])},
        fractions(engine, header, moment),
        [
            entry
            for entry in projects(engine, header, moment)
            if department in ("", entry.project.department)
        ],
    )
    for entry in notes(engine, header, moment):
        beside.notes.setdefault(entry.note.indicator_id, []).append(entry)
    sheets = [_sheet(assessment, id_, about, beside, calendar) for id_ in chosen]
    return Report(
        header.municipality.name,
        header.plan.name,
        department,
        day,
        year,
        about,
        assessment,
        tuple(_changes(content, assessment, about, chosen)),
        tuple(_sections(assessment, sheets, beside.projects)),
        tuple(
            say("verdict.rule", title=rule.title, version=rule.version)
            for rule in assessment.rules.values()
        )
        + rules,
    )


def told_fixed(entry: FrozenEntry) -> str:
    """Return by whom a year was fixed, when and why."""
    return say(
        "report.fixed",
        year=era_year(entry.fiscal_year),
        day=full_date(entry.recorded_at.astimezone(JAPAN)),
        author=entry.author,
        reason=entry.reason,
    )


@dataclass(frozen=True)
class _Beside:
    """What is on record beside the figures."""

    notes: dict[int, list[NoteEntry]]
    fractions: Sequence[Fraction]
    projects: Sequence[ProjectEntry]


def _chosen(assessment: Assessment, series: Sequence[int] | None, department: str) -> list[int]:
    rows = assessment.rows
    return [
        id_
        for id_ in dict.fromkeys(assessment.in_use if series is None else series)
        if id_ in rows and department in ("", rows[id_].department)
    ]


def _of(assessment: Assessment, chosen: Sequence[int]) -> Assessment:
    """Return an assessment as if the plan had these series alone."""
    measures, series, facts = (
        table[table["series_id"].isin(chosen)]
        for table in (assessment.measures, assessment.series, assessment.facts)
    )
    return replace(assessment, measures=measures, series=series, facts=facts)


def _sheet(
    assessment: Assessment, series_id: int, focus: int, beside: _Beside, calendar: Calendar
) -> IndicatorSheet:
    row = assessment.rows[series_id]
    mains = assessment.main_targets(series_id)
    # A series without a target in the period is told by the one it has.
    about = focus if focus in mains else next(iter(reversed(mains)), focus)
    line = assessment.line(series_id, about)
    target = mains.get(about)
    own = [n for n in beside.notes[int(row.indicator_id)] if _year(n) <= assessment.reporting_year]
    return IndicatorSheet(
        line,
        row.indicator_code,
        _path(assessment, line.policy_id),
        say(f"direction.{row.direction}"),
        row.source,
        describe(assessment, line, about, calendar=calendar),
        None if target is None else verdict(assessment, line, target),
        tuple(_targets(assessment, series_id, mains)),
        tuple(_years(assessment, line)),
        tuple(sorted(own, key=lambda n: -_year(n))),
        assessment.reporting_year,
        tuple(ledger(assessment, line, [], beside.fractions)),
        about,
        _ratings(assessment, target),
    )


def _ratings(assessment: Assessment, target: JudgedTarget | None) -> tuple[Band, ...]:
    rule = assessment.rule if target is None else assessment.rules[target.rule]
    return *rule.ranking, assessment.bands[UNRATED]


def _year(entry: NoteEntry) -> int:
    return int(entry.note.fiscal_year)


def _path(assessment: Assessment, policy_id: int | None) -> tuple[str, ...]:
    path: list[str] = []
    node = assessment.policies.get(policy_id) if policy_id else None
    while node is not None:
        path.insert(0, policy_title(node))
        node = assessment.policies.get(node.parent_id) if node.parent_id else None
    return tuple(path)


def _targets(
    assessment: Assessment, series_id: int, mains: dict[int, JudgedTarget]
) -> Iterable[TargetLine]:
    display = assessment.displays[series_id]
    for target in assessment.targets.get(series_id, []):
        is_main = target is mains.get(target.period)
        remark: Collection[str] = ()
        if is_main:
            remark = assessment.line(series_id, target.period).why
        yield TargetLine(
            target.period,
            " ".join(filter(None, (period_title(target.period), target.label))),
            "" if target.target_year != target.target_year else full_year(int(target.target_year)),
            target_text(target, display, unit=True),
            assessment.mark(target, display) if is_main else None,
            say("list.comma").join(filter(None, remark)),
        )


def _years(assessment: Assessment, line: SeriesLine) -> Iterable[YearColumn]:
    """Return a column for every year from the first fact to the last, those without one too."""
    display = assessment.displays[line.series_id]
    course = {point.year: point for point in line.course}
    mains = {
        int(target.target_year): target
        for target in assessment.main_targets(line.series_id).values()
        if target.target_year == target.target_year
    }
    known = [*course, *mains]
    for year in range(min(known), max(known) + 1) if known else ():
        point, target = course.get(year), mains.get(year)
        state = ""
        if point is not None:
            state = say("chart.base") if point.is_base else point.status
        yield YearColumn(
            year,
            "" if target is None else target_text(target, display, unit=False),
            "" if point is None else display.number(point.value),
            state,
            None if target is None else assessment.mark(target, display),
        )


def _changes(
    content: PlanContent, assessment: Assessment, focus: int, chosen: Sequence[int]
) -> Iterable[Change]:
    before = assess(content, assessment.reporting_year - 1)
    ranking = [band for band in assessment.bands if band != UNRATED]
    for series_id in chosen:
        now = assessment.main_targets(series_id).get(focus)
        then = before.main_targets(series_id).get(focus)
        if now is None or then is None:
            continue
        bands = before.band_name(then), assessment.band_name(now)
        if bands[0] == bands[1]:
            continue
        better = None
        if all(band in ranking for band in bands):
            better = ranking.index(bands[1]) < ranking.index(bands[0])
        display = assessment.displays[series_id]
        marks = before.mark(then, display), assessment.mark(now, display)
        yield Change(assessment.titles[series_id], *marks, better)


def _sections(
    assessment: Assessment,
    sheets: Sequence[IndicatorSheet],
    known: Collection[ProjectEntry],
) -> Iterable[Section]:
    """Return the sheets in their order, those that follow each other under a measure together."""
    for policy_id, own in groupby(sheets, key=lambda sheet: sheet.line.policy_id):
        path = _path(assessment, policy_id)
        yield Section(
            path[-1] if path else "",
            path,
            tuple(own),
            tuple(entry for entry in known if entry.project.policy_id == policy_id),
        )
