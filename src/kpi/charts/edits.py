"""Edits in words, as an amendment of a plan is told: what of which indicator becomes what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from kpi.charts.assessment import of_period, period_title
from kpi.charts.display import fact_text
from kpi.charts.parts import policy_title, span_title, unit_title
from kpi.editing import applied
from kpi.model import (
    UNDATED,
    Clash,
    Edit,
    Fact,
    FactEdit,
    FactKey,
    Fraction,
    Indicator,
    Kind,
    Milestone,
    Note,
    NoteKind,
    PartEdit,
    Period,
    Plan,
    PolicyNode,
    Project,
    Series,
)
from kpi.store import PlanSnapshot
from kpi.words import called, say
from kpi.written import era_year


@dataclass(frozen=True)
class ToldEdit:
    """One edit as a sentence."""

    edit: Edit
    #: 1-5-1 確かな安心を支える医療保険制度等の運営; empty where the edit is above all policies.
    policy: str
    #: Empty where the edit is of a plan, a period, a policy or a project.
    indicator: str
    #: Name of the series, where its indicator has several.
    series: str
    #: 第2期の目標を 95.0％以上 から 96.0％以上 に
    words: str
    #: Why; empty where the edit has no reason besides the proposal's.
    reason: str

    @property
    def sentence(self) -> str:
        """Return the words with what they are about, to stand alone."""
        about = self.indicator + (say("edit.of_series", name=self.series) if self.series else "")
        return say("edit.sentence", about=about, words=self.words) if about else self.words


@dataclass(frozen=True)
class EditGroup:
    """The edits of one indicator, or those above all indicators (of no indicator)."""

    policy: str
    indicator: str
    edits: tuple[ToldEdit, ...]


def tell_edits(base: PlanSnapshot, edits: Sequence[Edit]) -> list[EditGroup]:
    """Tell what becomes of a plan: one line an edit, in the order of the plan.

    ``base`` is the plan without the edits.
    """
    teller = _Teller(base, edits)
    ordered = sorted(edits, key=teller.place)
    told = [ToldEdit(edit, *teller.about(edit), *teller.told(edit)) for edit in ordered]
    return [
        EditGroup(policy, indicator, tuple(own))
        for (policy, indicator), own in groupby(told, lambda one: (one.policy, one.indicator))
    ]


@dataclass(frozen=True)
class ToldClash:
    """Two changes of one thing as sentences, to be decided between."""

    clash: Clash
    mine: ToldEdit
    #: What the one that came first made of it.
    theirs: str


def tell_clashes(base: PlanSnapshot, clashes: Sequence[Clash]) -> list[ToldClash]:
    """Tell what two people made of the same things, in the order of the plan.

    ``base`` is the plan as it stands now.
    """
    by_identity = {clash.edit.identity: clash for clash in clashes}
    groups = tell_edits(base, [clash.edit for clash in clashes])
    teller = _Teller(base, [clash.edit for clash in clashes])
    told = []
    for mine in (one for group in groups for one in group.edits):
        clash = by_identity[mine.edit.identity]
        told.append(ToldClash(clash, mine, teller.first(clash)))
    return told


_KINDS = (Kind.BASELINE, Kind.TARGET, Kind.ACTUAL)
_LEVELS = (Plan, Period, PolicyNode)
#: What is told of an indicator or series after what is told of itself.
_BESIDE = (Note, Fraction)


class _Teller:
    """Knows what the parts of one plan are called, and where they stand."""

    def __init__(self, base: PlanSnapshot, edits: Sequence[Edit]) -> None:
        after = applied(base, edits)
        self._periods = after.periods
        self._before = {node.id: node for node in base.policies}
        self._policies = {node.id: node for node in after.policies}
        ordered = sorted(after.indicators, key=lambda one: one.position)
        self._indicators = {one.id: one for one in ordered}
        self._order = {one.id: at for at, one in enumerate(ordered)}
        self._series = {one.id: one for one in after.series}
        self._projects = {one.id: one for one in after.projects}

    def place(self, edit: Edit) -> tuple[Any, ...]:
        """Return where an edit stands among the others: from the plan down to single facts."""
        part = self._part(edit)
        if (project := self._project(edit)) is not None:
            policy = list(self._policies).index(project.policy_id) if project.policy_id else -1
            year = part.fiscal_year if isinstance(part, Milestone) else 0
            return (2, policy, project.position, project.id, year)
        indicator, series = self._of(edit)
        if indicator is not None:
            own = (0, 0) if series is None else (series.position, series.id)
            above: tuple[Any, ...] = (1, self._order[indicator.id], *own)
        elif isinstance(part, _LEVELS):
            above = (0, _LEVELS.index(type(part)))
        else:
            # What it hung on was taken back with all of it.
            above = (3,)
        if isinstance(part, _BESIDE):
            kind = list(NoteKind).index(part.kind) if isinstance(part, Note) else -1
            number = part.number if isinstance(part, Note) else 0
            return (*above, 2, part.fiscal_year, kind, number)
        if isinstance(edit, PartEdit):
            return (*above, 0)
        key = edit.key
        return (*above, 1, _KINDS.index(key.kind), key.period, key.fiscal_year, key.label)

    def _part(self, edit: Edit) -> object:
        return edit.after if isinstance(edit, PartEdit) else self._series.get(edit.key.series_id)

    def _of(self, edit: Edit) -> tuple[Indicator | None, Series | None]:
        """Return the indicator and the series an edit is of, as far as it is of one."""
        part = self._part(edit)
        if isinstance(part, Fraction):
            part = self._series.get(part.series_id)
        if isinstance(part, Series):
            return self._indicators.get(part.indicator_id), part
        if isinstance(part, Note):
            return self._indicators.get(part.indicator_id), None
        return (part, None) if isinstance(part, Indicator) else (None, None)

    def _project(self, edit: Edit) -> Project | None:
        """Return the project an edit is of, if it is of one."""
        part = self._part(edit)
        if isinstance(part, Milestone):
            return self._projects.get(part.project_id)
        return part if isinstance(part, Project) else None

    def about(self, edit: Edit) -> tuple[str, str, str]:
        """Return policy, indicator and series of an edit by name."""
        if (project := self._project(edit)) is not None:
            policy = self._policies.get(project.policy_id or 0)
            return "" if policy is None else policy_title(policy), "", ""
        indicator, series = self._of(edit)
        if indicator is None:
            is_above = isinstance(self._part(edit), _LEVELS)
            return "", "" if is_above else say("edit.gone_series"), ""
        policy = self._policies.get(indicator.policy_id or 0)
        return (
            "" if policy is None else policy_title(policy),
            indicator.name,
            "" if series is None else series.name,
        )

    def told(self, edit: Edit) -> tuple[str, str]:
        """Return an edit in words, and its own reason."""
        if isinstance(edit, FactEdit):
            return say("list.comma").join(self._fact(edit)), ""
        return say("list.comma").join(self._changes(edit)), edit.reason

    def first(self, clash: Clash) -> str:
        """Return what the change that came first made of what a clash is about."""
        edit, theirs = clash.edit, clash.theirs
        if isinstance(edit, FactEdit) and (theirs is None or isinstance(theirs, Fact)):
            if theirs is None and edit.before is None:
                return say("edit.gone")
            return self.told(replace(edit, after=theirs))[0]
        if isinstance(edit, PartEdit) and theirs is not None and not isinstance(theirs, Fact):
            return self.told(replace(edit, after=theirs))[0]
        return say("edit.gone")

    def _fact(self, edit: FactEdit) -> Iterator[str]:
        before, after, what = edit.before, edit.after, self._what(edit.key)
        series = self._series.get(edit.key.series_id)
        unit = "" if series is None else series.unit
        if before is None or after is None:
            for key, fact in (("added", after), ("removed", before)):
                if fact is not None:
                    yield say(f"edit.fact.{key}", what=what, value=_value(fact, unit))
                    if fact.note:
                        yield say("edit.fact.with_note", note=fact.note)
            return
        values = _value(before, unit), _value(after, unit)
        if values[0] != values[1]:
            yield say("edit.fact.changed", what=what, before=values[0], after=values[1])
        elif before.note == after.note:
            # It reads the same, and is another number or another limit all the same.
            yield say("edit.fact.read_anew", what=what, value=values[1])
        if before.note != after.note:
            note = say("edit.fact.note", what=what)
            yield _changed(note, before.note, after.note)

    def _what(self, key: FactKey) -> str:
        """Return 第2期の目標, with its year where that is not the last of its period."""
        year = "" if key.fiscal_year == UNDATED else era_year(key.fiscal_year)
        if key.kind == Kind.BASELINE:
            return of_period(key.period) + (
                say("edit.fact.baseline", year=year) if year else say("edit.fact.undated_baseline")
            )
        of = of_period(key.period)
        period = self._periods.get(key.period)
        if year and (period is None or period.last_year != key.fiscal_year):
            of += say("edit.fact.of_year", year=year)
        return of + (called("label", key.label) or say(f"kind.{key.kind}"))

    def _changes(self, edit: PartEdit) -> list[str]:
        """Return what of a part is changed, each in a few words."""
        match edit.before, edit.after:
            case None | Note(), Note() as after:
                return [_changed(note_title(after), _text_of(edit.before), after.text)]
            case None | Fraction(), Fraction() as after:
                return list(_fraction(edit.before, after))
            case None | Milestone(), Milestone() as after:
                project = self._projects.get(after.project_id)
                words = say("list.comma").join(_milestone(edit.before, after))
                name = "" if project is None else project.name
                return [say("edit.of_project", name=name, words=words)]
            case None, part:
                return [self._new(part)]
            case Plan() as before, Plan() as after:
                return list(_texts(before, after, name="plan_name"))
            case Period() as before, Period() as after:
                what = say("edit.what.years", title=period_title(after.ordinal))
                return [_changed(what, span_title(before), span_title(after))]
            case PolicyNode() as before, PolicyNode() as after:
                return list(self._policy(before, after))
            case Indicator() as before, Indicator() as after:
                return list(self._indicator(before, after))
            case Series() as before, Series() as after:
                return list(_of_series(before, after))
            case Project() as before, Project() as after:
                words = say("list.comma").join(self._of_project(before, after))
                return [say("edit.of_project", name=before.name, words=words)]
        raise TypeError(edit)

    def _new(self, part: object) -> str:
        match part:
            case Plan():
                return say("edit.new.plan", name=part.name)
            case Period():
                return say(
                    "edit.new.period", title=period_title(part.ordinal), span=span_title(part)
                )
            case PolicyNode(parent_id=None):
                return say("edit.new.policy_at_top", name=policy_title(part))
            case PolicyNode():
                return say(
                    "edit.new.policy", name=policy_title(part), under=self._title(part.parent_id)
                )
            case Indicator():
                own = [part.department and say("edit.new.of", department=part.department)]
                return say("edit.new.indicator") + "".join(filter(None, own))
            case Series():
                direction = say(f"direction.{part.direction}")
                return say("edit.new.series", unit=unit_title(part), direction=direction)
            case Project():
                own = [part.department and say("edit.new.of", department=part.department)]
                return say("edit.new.project", name=part.name) + "".join(filter(None, own))
        raise TypeError(part)

    def _policy(self, before: PolicyNode, after: PolicyNode) -> Iterator[str]:
        yield from (
            say("edit.of_policy", name=policy_title(before), words=words)
            for words in (
                *_texts(before, after, level="level", code="code", name="name"),
                *self._moved(before.parent_id, after.parent_id),
                *_order(before, after),
            )
        )

    def _indicator(self, before: Indicator, after: Indicator) -> Iterator[str]:
        yield from _texts(
            before, after, name="name", code="code", department="department", source="source"
        )
        yield from self._moved(before.policy_id, after.policy_id)
        successor = self._indicators.get(after.successor_id or 0)
        if before.is_retired != after.is_retired:
            yield say("edit.retired" if after.is_retired else "edit.not_retired")
        if successor is not None and before.successor_id != after.successor_id:
            yield say("edit.successor", name=successor.name)
        elif before.successor_id is not None and after.successor_id is None:
            yield say("edit.no_successor")
        yield from _order(before, after)

    def _of_project(self, before: Project, after: Project) -> Iterator[str]:
        yield from _texts(
            before, after, name="name", code="code", department="department", goal="goal"
        )
        yield from self._moved(before.policy_id, after.policy_id)
        yield from _order(before, after)

    def _moved(self, before: int | None, after: int | None) -> Iterator[str]:
        if before != after:
            was = self._before.get(before or 0)
            yield say(
                "edit.moved",
                before=say("edit.no_policy") if was is None else policy_title(was),
                after=self._title(after),
            )

    def _title(self, policy_id: int | None) -> str:
        policy = self._policies.get(policy_id or 0)
        return say("edit.no_policy") if policy is None else policy_title(policy)


def _value(fact: Fact, unit: str) -> str:
    """Return a fact as printed, and how certain it is where it says so."""
    status = say("edit.fact.status", status=called("status", fact.status)) if fact.status else ""
    return fact_text(fact, unit) + status


def _texts(before: object, after: object, **names: str) -> Iterator[str]:
    """Yield what became of texts of a part: each by its attribute, with the key of its name."""
    for attribute, name in names.items():
        old, new = getattr(before, attribute), getattr(after, attribute)
        if old != new:
            yield _changed(say(f"edit.what.{name}"), old, new)


def note_title(note: Note) -> str:
    """Return what a note is called: 令和6年度の要因分析, 令和6年度のメモ2."""
    number = str(note.number) if note.number > 1 else ""
    return say(f"note.of.{note.kind}", year=era_year(note.fiscal_year), number=number)


def _text_of(note: object) -> str:
    return note.text if isinstance(note, Note) else ""


def _fraction(before: object, after: Fraction) -> Iterator[str]:
    for name in ("numerator", "denominator"):
        old = getattr(before, f"{name}_text") if isinstance(before, Fraction) else ""
        new = getattr(after, f"{name}_text")
        if old != new:
            yield _changed(say(f"edit.what.{name}", year=era_year(after.fiscal_year)), old, new)


def milestone_words(milestone: Milestone) -> str:
    """Return what is said of a year of a project, in one sentence."""
    return say("list.comma").join(_milestone(None, milestone))


def _milestone(before: Milestone | None, after: Milestone) -> Iterator[str]:
    old = before or Milestone(after.project_id, after.fiscal_year, "", None, "")
    year = era_year(after.fiscal_year)
    was, now = ((one.state and say(f"project.state.{one.state}")) or "" for one in (old, after))
    for name, texts in (
        ("milestone", (old.text, after.text)),
        ("project_state", (was, now)),
        ("project_note", (old.note, after.note)),
    ):
        if texts[0] != texts[1]:
            yield _changed(say(f"edit.what.{name}", year=year), *texts)


def _of_series(before: Series, after: Series) -> Iterator[str]:
    yield from _texts(before, after, name="series_name")
    if (before.unit, before.unit_text) != (after.unit, after.unit_text):
        yield _changed(say("edit.what.unit"), unit_title(before), unit_title(after))
    if before.direction != after.direction:
        old, new = (say(f"direction.{one.direction}") for one in (before, after))
        yield _changed(say("edit.what.direction"), old, new)
    yield from _order(before, after)


def _order(
    before: PolicyNode | Indicator | Series | Project,
    after: PolicyNode | Indicator | Series | Project,
) -> Iterator[str]:
    if before.position != after.position:
        yield say("edit.order")


def _changed(what: str, before: str, after: str) -> str:
    key = "changed" if before and after else "set" if after else "cleared"
    return say(f"edit.text.{key}", what=what, before=before, after=after)
