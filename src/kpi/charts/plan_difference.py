"""A plan as of two days, laid side by side: what is otherwise on the later one, and through whom.

Facts are matched by their key, parts of the plan by their id; the order in which a plan lists them
is no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from kpi.charts.assessment import displays_of, period_title, rows_of
from kpi.charts.display import Display, year_of_fact
from kpi.charts.edits import milestone_words
from kpi.charts.ledger import fraction_text
from kpi.charts.parts import policy_title, span_title, unit_title
from kpi.model import (
    Beside,
    Direction,
    FactKey,
    FiscalYear,
    Fraction,
    Indicator,
    Kind,
    Milestone,
    Note,
    Part,
    Period,
    Plan,
    PolicyNode,
    Project,
    Series,
    part_identity,
)
from kpi.notation import normal
from kpi.store import JAPAN, NOTE, BatchEntry, PlanContent, PlanHistory
from kpi.words import called, say


@dataclass(frozen=True)
class Stated:
    """What a plan says at one place on one day."""

    #: 65％以上; of a fact with its status and note.
    words: str
    #: As printed in the source; empty for parts of the plan.
    printed: str = ""
    #: In ``unit``; None where no number is stated.
    value: float | None = None
    #: Upper end of a range.
    high: float | None = None
    unit: str = ""

    @property
    def original(self) -> str:
        """Return what was printed where it says more than the words: 約３割 beside 30％."""
        said, printed = (self._bare(text) for text in (self.words, self.printed))
        return "" if said.startswith(printed) else self.printed

    def _bare(self, text: str) -> str:
        return normal(text).replace(normal(self.unit), "").replace(",", "")


@dataclass(frozen=True)
class Brought:
    """Through whom something came to be as it is."""

    author: str
    at: datetime
    #: Of what was taken back, that it was, and the reason it once had.
    reason: str
    #: Files, file › sheet › cell, or the proposal; empty where it came from none.
    source: str
    #: When it counts from, where that is later.
    in_force_from: datetime | None


@dataclass(frozen=True)
class Difference:
    """One thing that is otherwise on the later day."""

    #: What it is about: 目標値, 指標の名前.
    what: str
    #: 第3期; empty for what belongs to no period.
    period: str
    #: 令和7（2025）年度; empty for parts of the plan.
    year: str
    #: None for the plan, its periods and its policies.
    series_id: int | None
    indicator_code: str
    indicator: str
    series: str
    #: None where there was, or is, nothing.
    before: Stated | None
    after: Stated | None
    #: None where nothing on record tells it.
    brought: Brought | None


def plan_difference(
    before: PlanContent,
    after: PlanContent,
    days: tuple[datetime, datetime],
    history: PlanHistory,
    beside: tuple[Sequence[Beside], Sequence[Beside]] = ((), ()),
) -> list[Difference]:
    """Return what is otherwise, the plan and its periods first, then series by series.

    ``before`` and ``after`` are the plan as known at the two ``days``, the earlier one first;
    ``beside`` is what was said beside it then (`kpi.store.parts_beside`), which comes last.
    """
    comparison = _Comparison(before, after, days, history)
    return [*comparison.plan(), *comparison.series(), *comparison.beside(*beside)]


#: What is told of a part when it is no longer as it was.
_ASPECTS: dict[type, dict[str, Callable[[Any], Hashable]]] = {
    Plan: {"plan_name": lambda plan: plan.name},
    Period: {"period_years": lambda period: (period.first_year, period.last_year)},
    PolicyNode: {
        "policy_name": lambda node: node.name,
        "policy_code": lambda node: node.code,
        "policy_level": lambda node: node.level,
        "policy_parent": lambda node: node.parent_id,
    },
    Indicator: {
        "indicator_name": lambda indicator: indicator.name,
        "indicator_code": lambda indicator: indicator.code,
        "indicator_policy": lambda indicator: indicator.policy_id,
        "indicator_department": lambda indicator: indicator.department,
        "indicator_source": lambda indicator: indicator.source,
        "indicator_retired": lambda one: (one.is_retired, one.successor_id),
    },
    Series: {
        "series_name": lambda series: series.name,
        "series_unit": lambda series: (series.unit, series.unit_text),
        "series_direction": lambda series: series.direction,
    },
}
_WHOLES = {Period: "period", PolicyNode: "policy"}
#: What of a fact makes it another statement, or the same in other words.
_STATED = ("value", "value_high", "comparator", "value_text", "status", "note")

#: Series, and what it and its indicator are called.
_Names = tuple[int | None, str, str, str]
_NO_NAMES = (None, "", "", "")


class _Comparison:
    """Two states of one plan, earlier and later, and what is needed to tell them apart."""

    def __init__(
        self,
        before: PlanContent,
        after: PlanContent,
        days: tuple[datetime, datetime],
        history: PlanHistory,
    ) -> None:
        self._contents = before, after
        self._then, self._now = days
        self._history = history
        # One unit for the figures of both days, unless the plan's own is another.
        facts = pd.concat([content.facts for content in self._contents])
        self._displays = [displays_of(content.series, facts) for content in self._contents]
        self._facts = [_by_series(content.facts) for content in self._contents]
        self._rows = [{row.series_id: row for row in rows_of(c.series)} for c in self._contents]
        self._indicators = [
            {row.indicator_id: _indicator(row, content.plan) for row in rows_of(content.series)}
            for content in self._contents
        ]

    def plan(self) -> Iterator[Difference]:
        """Yield what is otherwise of the plan itself, its periods and its policies."""
        was, now = (
            {part_identity(part): part for part in _parts_above(content)}
            for content in self._contents
        )
        for identity in now | was:
            one, other = was.get(identity), now.get(identity)
            if one is None or other is None:
                yield self._whole(one, other)
            else:
                yield from self._aspects(one, other)

    def series(self) -> Iterator[Difference]:
        """Yield what is otherwise of each indicator, its series and their facts."""
        was, now = self._rows
        told: set[int] = set()
        for series_id in now | was:
            one, other = was.get(series_id), now.get(series_id)
            row: Any = one if other is None else other
            names = series_id, row.indicator_code, row.indicator, row.series
            before, after = (known.get(row.indicator_id) for known in self._indicators)
            is_known = before is not None and after is not None
            if is_known and row.indicator_id not in told:
                yield from self._aspects(before, after, (*names[:3], ""))
            told.add(row.indicator_id)
            if one is None or other is None:
                whole = "series" if is_known else "indicator"
                yield self._whole(one and _series(one), other and _series(other), names, whole)
            else:
                yield from self._aspects(_series(one), _series(other), names)
            yield from self._facts_of(series_id, names)

    def beside(self, before: Sequence[Beside], after: Sequence[Beside]) -> Iterator[Difference]:
        """Yield what is said otherwise in notes, fractions, and of projects."""
        was, now = ({part_identity(part): part for part in parts} for parts in (before, after))
        names = {
            part.id: part for part in (*was.values(), *now.values()) if isinstance(part, Project)
        }
        for identity in now | was:
            one, other = was.get(identity), now.get(identity)
            part = one if other is None else other
            if one == other or part is None:
                continue
            versions = self._history.parts.get(identity, [])
            states = [(version.part, version.batch_id) for version in versions]
            yield Difference(
                _title_beside(part),
                "",
                "" if isinstance(part, Project) else year_of_fact(part.fiscal_year),
                *self._names_beside(part, names),
                None if one is None else Stated(_said_beside(one)),
                None if other is None else Stated(_said_beside(other)),
                self._brought(states),
            )

    def _names_beside(self, part: Beside, projects: Mapping[int, Project]) -> _Names:
        """Return the indicator, or the project, a part is about."""
        if isinstance(part, Project):
            return (None, part.code, part.name, "")
        if isinstance(part, Milestone):
            project = projects[part.project_id]
            return (None, project.code, project.name, "")
        key = "indicator_id" if isinstance(part, Note) else "series_id"
        for rows in reversed(self._rows):
            for row in rows.values():
                if getattr(row, key) == getattr(part, key):
                    series = row.series if isinstance(part, Fraction) else ""
                    return (row.series_id, row.indicator_code, row.indicator, series)
        return _NO_NAMES

    def _aspects(self, one: Any, other: Any, names: _Names = _NO_NAMES) -> Iterator[Difference]:
        """Yield what of a part that is there on both days is otherwise."""
        versions = self._history.parts.get(part_identity(other), [])
        for aspect, of in _ASPECTS[type(other)].items():
            if of(one) != of(other):
                before, after = (
                    Stated(self._words(aspect, part, content))
                    for part, content in zip((one, other), self._contents, strict=True)
                )
                states = [(of(version.part), version.batch_id) for version in versions]
                yield self._difference(aspect, other, names, before, after, states)

    def _whole(
        self, one: Any, other: Any, names: _Names = _NO_NAMES, whole: str = ""
    ) -> Difference:
        """Return the difference that a part is there on one of the days only."""
        part = one if other is None else other
        change = "gone" if other is None else "new"
        versions = self._history.parts.get(part_identity(part), [])
        states = [(True, version.batch_id) for version in versions]
        before, after = (
            None if known is None else Stated(_summary(known)) for known in (one, other)
        )
        return self._difference(
            f"{whole or _WHOLES[type(part)]}_{change}", part, names, before, after, states
        )

    def _difference(
        self,
        what: str,
        part: Part,
        names: _Names,
        before: Stated | None,
        after: Stated | None,
        states: Sequence[tuple[Hashable, str]],
    ) -> Difference:
        return Difference(
            say(f"history.what.{what}"),
            period_title(part.ordinal) if isinstance(part, Period) else "",
            "",
            *names,
            before,
            after,
            self._brought(states),
        )

    def _facts_of(self, series_id: int, names: _Names) -> Iterator[Difference]:
        was, now = (facts.get(series_id, {}) for facts in self._facts)
        for key in sorted({**was, **now}, key=_in_time):
            one, other = was.get(key), now.get(key)
            if one is not None and other is not None and _says_the_same(one, other):
                continue
            before, after = (
                None if row is None else stated(row, displays[series_id])
                for row, displays in zip((one, other), self._displays, strict=True)
            )
            states = [(row, row.batch_id) for row in (one, other) if row is not None]
            if other is None:
                states += [(None, batch_id) for batch_id in self._history.withdrawn.get(key, ())]
            what = say(f"history.what.{key.kind}")
            yield Difference(
                say("history.labelled", what=what, label=key.label) if key.label else what,
                period_title(key.period) if key.period else "",
                year_of_fact(key.fiscal_year),
                *names,
                before,
                after,
                self._brought(states, "" if other is None else source_of(other)),
            )

    def _brought(self, states: Sequence[tuple[Hashable, str]], source: str = "") -> Brought | None:
        """Return through whom the last of the states came to count between the two days.

        ``states`` are what something was, each with its batch; ``source`` is where the last one was
        read. Where it counted on the earlier day already, something later counted
        above it then and was taken back since.
        """
        acts = self._history.acts
        known = [(state, acts[batch_id]) for state, batch_id in states if batch_id in acts]
        known.sort(key=lambda one: one[1].since)
        then = [act for _, act in known if act.stands(self._then)]
        now = [(state, act) for state, act in known if act.stands(self._now)]
        first: BatchEntry | None = None
        for state, act in reversed(now):
            if state != now[-1][0]:
                break
            first = act
        if first is not None and first not in then:
            of_last = source if first == now[-1][1] else ""
            return Brought(
                first.author,
                first.recorded_at,
                first.reason,
                of_last or self._origin(first),
                first.in_force_from,
            )
        lost = [act for act in then if not act.stands(self._now) and act.undone_at]
        if not lost:
            return None
        last = max(lost, key=lambda act: act.undone_at or act.recorded_at)
        reason = say("history.taken_back", reason=last.reason)
        return Brought(last.undone_by, last.undone_at or last.recorded_at, reason, "", None)

    def _origin(self, act: BatchEntry) -> str:
        """Return the proposal an act came from, with who approved it, else its files."""
        approval = self._history.approvals.get(act.batch_id)
        if approval is None or act.act == NOTE:
            return say("list.comma").join(act.files)
        words = {"n": approval.proposal_id, "title": approval.title, "author": approval.author}
        return say("history.approved", **words)

    def _words(self, aspect: str, part: Any, content: PlanContent) -> str:
        """Return what one aspect of a part says on its day; empty where it says nothing."""
        match aspect:
            case "period_years":
                return _summary(part)
            case "policy_parent":
                return _node(content.policies.get(part.parent_id))
            case "indicator_policy":
                return _node(content.policies.get(part.policy_id))
            case "indicator_retired":
                return self._retired(part)
            case "series_unit":
                return unit_title(part)
            case "series_direction":
                return say(f"direction.{part.direction}")
        value = _ASPECTS[type(part)][aspect](part)
        return str(value)

    def _retired(self, indicator: Indicator) -> str:
        if not indicator.is_retired:
            return say("history.measured")
        known = self._indicators[1] | self._indicators[0]
        successor = known.get(indicator.successor_id)
        if successor is None:
            return say("history.retired")
        return say("history.replaced", successor=successor.name)


def _parts_above(content: PlanContent) -> list[Part]:
    """Return what of a plan stands above its indicators."""
    return [content.plan, *content.periods, *content.policies.values()]


def _in_time(key: FactKey) -> tuple[bool, int, int, int, str]:
    order = (Kind.BASELINE, Kind.TARGET, Kind.ACTUAL)
    return not key.fiscal_year, key.fiscal_year, order.index(key.kind), key.period, key.label


def _by_series(facts: pd.DataFrame) -> dict[int, dict[FactKey, Any]]:
    found: dict[int, dict[FactKey, Any]] = {}
    for row in rows_of(facts):
        year = FiscalYear(int(row.fiscal_year))
        key = FactKey(row.series_id, Kind(row.kind), int(row.period), row.label, year)
        found.setdefault(row.series_id, {})[key] = row
    return found


def _says_the_same(one: Any, other: Any) -> bool:
    pairs = [(getattr(one, name), getattr(other, name)) for name in _STATED]
    return all(a == b or (pd.isna(a) and pd.isna(b)) for a, b in pairs)


def _indicator(row: Any, plan: Plan) -> Indicator:
    """Return the indicator of a row of `PlanContent.series`; its place in the order is left out."""
    return Indicator(
        row.indicator_id,
        plan.id,
        None if pd.isna(row.policy_id) else int(row.policy_id),
        row.indicator_code,
        row.indicator,
        row.department,
        row.source,
        0,
        bool(row.is_retired),
        None if pd.isna(row.successor_id) else int(row.successor_id),
    )


def _series(row: Any) -> Series:
    """Return the series of a row of `PlanContent.series`; its place in the order is left out."""
    return Series(
        row.series_id,
        row.indicator_id,
        row.series,
        row.unit,
        row.unit_text,
        Direction(row.direction),
        0,
    )


def _summary(part: Plan | Period | PolicyNode | Indicator | Series) -> str:
    """Return what is told of a part that is new, or gone, as a whole."""
    match part:
        case Period():
            return span_title(part)
        case PolicyNode():
            return policy_title(part)
        case Series():
            return "　".join(filter(None, (unit_title(part), say(f"direction.{part.direction}"))))
    return part.name


def _title_beside(part: Beside) -> str:
    if isinstance(part, Note):
        return say(f"note.kind.{part.kind}")
    return say(f"editing.part.{type(part).__name__.lower()}")


def _said_beside(part: Beside) -> str:
    match part:
        case Note():
            return part.text
        case Fraction():
            return fraction_text(part)
        case Milestone():
            return milestone_words(part)
    return "　".join(filter(None, (part.code, part.name, part.department, part.goal)))


def _node(node: PolicyNode | None) -> str:
    return "" if node is None else policy_title(node)


def stated(fact: Any, display: Display) -> Stated:
    """Return what a fact states; ``fact`` has the columns of `PlanContent.facts` as attributes."""
    extra = (called("status", fact.status or ""), fact.note)
    if fact.value is None or pd.isna(fact.value):
        return Stated("　".join(filter(None, (fact.value_text, *extra))), fact.value_text)
    value = float(fact.value)
    high = None if fact.value_high is None or pd.isna(fact.value_high) else float(fact.value_high)
    if fact.kind == Kind.TARGET:
        figure = display.target(value, high, fact.comparator, fact.value_text, unit=True)
    else:
        figure = display.figure(value)
    return Stated(
        "　".join(filter(None, (figure, *extra))),
        fact.value_text,
        display.shown(value),
        None if high is None else display.shown(high),
        display.unit,
    )


def source_of(fact: Any) -> str:
    """Return where a fact was read: file › sheet › cell; empty where it was read from no file."""
    return " › ".join(filter(None, (fact.source_file, fact.source_sheet, fact.source_cell)))


def difference_table(differences: Sequence[Difference]) -> pd.DataFrame:
    """Return differences as a table to download, its headings in the reader's language."""
    rows = [
        [
            one.what,
            one.period,
            one.year,
            one.indicator_code,
            one.indicator,
            one.series,
            *_cells(one.before),
            *_cells(one.after),
            *_who(one.brought),
        ]
        for one in differences
    ]
    return pd.DataFrame(rows, columns=_headings(), dtype=object)


def _headings() -> list[str]:
    of_day = ("words", "printed", "value", "high", "unit")
    return [
        *(say(f"history.column.{name}") for name in ("what", "period", "year")),
        *(say(f"history.column.{name}") for name in ("code", "indicator", "series")),
        *(say(f"history.before.{name}") for name in of_day),
        *(say(f"history.after.{name}") for name in of_day),
        *(say(f"history.column.{name}") for name in ("who", "when", "why", "source", "from")),
    ]


def _cells(of_day: Stated | None) -> list[str | int | float | None]:
    if of_day is None:
        return ["", "", None, None, ""]
    return [
        of_day.words,
        of_day.printed,
        _plain(of_day.value),
        _plain(of_day.high),
        of_day.unit if of_day.value is not None else "",
    ]


def _plain(value: float | None) -> int | float | None:
    """Return 65 for 65.0, as a spreadsheet writes it."""
    return int(value) if value is not None and value.is_integer() else value


def _who(brought: Brought | None) -> list[str]:
    if brought is None:
        return [""] * 5
    return [
        brought.author,
        moment_text(brought.at),
        brought.reason,
        brought.source,
        since_text(brought.in_force_from) if brought.in_force_from else "",
    ]


def moment_text(moment: datetime) -> str:
    """Return a moment as the clocks of Japan showed it: 2025-06-30 12:00."""
    return f"{moment.astimezone(JAPAN):%Y-%m-%d %H:%M}"


def since_text(moment: datetime) -> str:
    """Return from when something counts: the day alone, 2025-04-01, where that is its beginning."""
    return moment_text(moment).removesuffix(" 00:00")
