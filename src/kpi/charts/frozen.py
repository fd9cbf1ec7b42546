"""確定: an assessment fixed for good, shown as it was fixed, and how things would stand now.

What was fixed are the rows of `FrozenRating` and the texts of the rules. All else a screen shows
of a fixed year (courses, notes, sentences) is told from what was known at that moment.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

import pandas as pd

from kpi.charts.assessment import (
    Assessment,
    Mark,
    assess,
    by_series,
    period_title,
    target_text,
)
from kpi.charts.display import Display, year_of_fact
from kpi.model import FiscalYear, FrozenRating, FrozenYear, Kind, RuleVersion
from kpi.progress import JudgedTarget, TargetKey, key_of, rule_text
from kpi.store import JAPAN, Frozen, PlanContent, StoredRule
from kpi.words import say

_KEYS = ["series_id", "period", "label", "target_year"]
_COLUMNS = [field.name for field in fields(FrozenRating)]


@dataclass(frozen=True)
class Change:
    """One thing because of which a target would be judged otherwise now."""

    #: 実績, 目標, 基準, 評価ルール or 手で付けた評価.
    what: str
    #: Empty where nothing was there.
    before: str
    after: str
    #: By which import, or how else; empty where the change is an act of its own.
    by: str


@dataclass(frozen=True)
class Difference:
    """A target that was fixed as one thing and would now be another."""

    key: TargetKey
    title: str
    period: str
    #: None where there was, or now is, no such target.
    fixed: Mark | None
    now: Mark | None
    changes: tuple[Change, ...]

    @property
    def is_rated_otherwise(self) -> bool:
        """Whether the mark itself would be another."""
        return self.label(self.fixed) != self.label(self.now)

    @property
    def now_label(self) -> str:
        """What it would be called now."""
        return self.label(self.now)

    @staticmethod
    def label(mark: Mark | None) -> str:
        """Return what a target is called, or that there is none."""
        return say("overview.no_target") if mark is None else mark.label


def fix(content: PlanContent, assessment: Assessment) -> FrozenYear:
    """Return the act that fixes an assessment; ``content`` is what it was made of."""
    own = {rule.name: rule.text for rule in content.rules}
    rules = tuple(
        RuleVersion(name, rule.version, own[name] if name in own else rule_text(name))
        for name, rule in assessment.rules.items()
    )
    rows = assessment.measures[_COLUMNS].astype(object)
    rows = rows.where(rows.notna(), None).assign(
        target_year=[key_of(row).year for row in assessment.measures.itertuples(index=False)]
    )
    return FrozenYear(
        assessment.plan.id,
        FiscalYear(assessment.reporting_year),
        rules,
        tuple(
            FrozenRating(**{name: _plain(value) for name, value in row.items()})
            for row in rows.to_dict("records")
        ),
    )


def _plain(value: Any) -> Any:
    """Return a value as the database takes it: Python's own, years without a point."""
    value = value.item() if hasattr(value, "item") else value
    return str(value) if isinstance(value, str) else value


def as_fixed(frozen: Frozen) -> Assessment:
    """Return the assessment of a year as it was fixed."""
    entry = frozen.entry
    texts = tuple(
        StoredRule(r.name, r.version, r.text, entry.author, entry.reason, entry.recorded_at, "")
        for r in frozen.rules
    )
    content = replace(frozen.content, rules=texts)
    then = assess(content, int(entry.fiscal_year))
    ratings = frozen.ratings
    dated = ratings["target_year"].astype("float64")
    ratings = ratings.assign(target_year=dated.where(dated > 0))
    others = [name for name in then.measures.columns if name not in _COLUMNS]
    table = then.measures[_KEYS + others].merge(ratings, on=_KEYS)[list(then.measures.columns)]
    return replace(then, measures=table, targets=by_series(table))


def differences(fixed: Assessment, now: Assessment, since: datetime) -> list[Difference]:
    """Return what of a fixed year would be otherwise now, in the order of the plan.

    ``since`` is when it was fixed.
    """
    before = {key_of(t): t for targets in fixed.targets.values() for t in targets}
    after = {key_of(t): t for targets in now.targets.values() for t in targets}
    found = []
    for key in before | after:
        told = _Telling(fixed, now, since, before.get(key), after.get(key))
        if changes := told.changes():
            found.append(
                Difference(
                    key,
                    (now.titles | fixed.titles)[key.series_id],
                    period_title(key.period),
                    _mark(fixed, before.get(key)),
                    _mark(now, after.get(key)),
                    changes,
                )
            )
    return found


def _mark(assessment: Assessment, target: JudgedTarget | None) -> Mark | None:
    if target is None:
        return None
    return assessment.mark(target, assessment.displays[target.series_id])


@dataclass(frozen=True)
class _Telling:
    """One target, as it was fixed and as it would be now."""

    fixed: Assessment
    now: Assessment
    since: datetime
    before: JudgedTarget | None
    after: JudgedTarget | None

    def changes(self) -> tuple[Change, ...]:
        before, after = self.before, self.after
        if before is None or after is None:
            one = after or before
            key = "new" if before is None else "gone"
            return (self._change(say(f"frozen.target_{key}"), "", "", one, Kind.TARGET),)
        told = [
            self._told(Kind.TARGET, "target", "target_high", "comparator", "target_text"),
            self._told(Kind.BASELINE, "baseline_year", "baseline"),
            self._told(Kind.ACTUAL, "actual_year", "actual"),
            self._rule(),
            self._by_hand(),
        ]
        changes = tuple(change for change in told if change is not None)
        same = all(map(_same, _rating(before), _rating(after)))
        return changes if changes or same else (Change(say("frozen.setting"), "", "", ""),)

    def _told(self, kind: Kind, *names: str) -> Change | None:
        before, after = self.before, self.after
        if all(_same(getattr(before, name), getattr(after, name)) for name in names):
            return None
        return self._change(
            say(f"kind.{kind}"),
            _figure(kind, before, self.fixed.displays),
            _figure(kind, after, self.now.displays),
            after,
            kind,
        )

    def _change(
        self, what: str, before: str, after: str, target: JudgedTarget | None, kind: Kind
    ) -> Change:
        return Change(what, before, after, self._by(target, kind) if target is not None else "")

    def _by(self, target: JudgedTarget, kind: Kind) -> str:
        """Return the import that brought what counts now, if it came after the year was fixed."""
        facts = self.now.facts
        # A base may be an actual of before.
        kinds = [Kind.BASELINE, Kind.ACTUAL] if kind is Kind.BASELINE else [kind]
        own = facts[
            (facts["series_id"] == target.series_id)
            & facts["kind"].isin(kinds)
            & (facts["recorded_at"] > self.since)
        ]
        year = {
            Kind.TARGET: target.target_year,
            Kind.BASELINE: target.baseline_year,
            Kind.ACTUAL: target.actual_year,
        }[kind]
        # Where years add up, the one that was corrected need not be the last.
        of_year = own[own["fiscal_year"] == year]
        own = own[own["fiscal_year"] <= self.now.reporting_year] if of_year.empty else of_year
        if own.empty:
            return say("frozen.taken_back")
        fact = own.sort_values("recorded_at", kind="stable").iloc[-1]
        day = fact["recorded_at"].astimezone(JAPAN)
        return say("frozen.by", file=fact["source_file"] or fact["batch_id"], day=f"{day:%Y-%m-%d}")

    def _rule(self) -> Change | None:
        told = [
            say("frozen.rule", title=rule.title, version=rule.version)
            for rule in (
                self.fixed.rules[self.before.rule],
                self.now.rules[self.after.rule],
            )
        ]
        names = self.before.rule == self.after.rule
        if names and told[0] == told[1]:
            return None
        return Change(say("frozen.rule_changed"), *told, "")

    def _by_hand(self) -> Change | None:
        entries = [
            assessment.by_hand.get(key_of(target))
            for assessment, target in ((self.fixed, self.before), (self.now, self.after))
        ]
        if entries[0] == entries[1]:
            return None
        before, after = (
            "" if entry is None else say("frozen.hand_by", author=entry.author, reason=entry.reason)
            for entry in entries
        )
        return Change(say("hand.name"), before, after, "")


def _rating(target: JudgedTarget) -> tuple[str, str]:
    return target.rating, target.rating_label


def _same(one: object, other: object) -> bool:
    """Whether two figures are the same, both unknown included."""
    return one == other or (pd.isna(one) and pd.isna(other))


def _figure(kind: Kind, target: JudgedTarget, displays: dict[int, Display]) -> str:
    """Return a figure of a target with its year; empty where it is unknown."""
    display = displays[target.series_id]
    if kind is Kind.TARGET:
        return target_text(target, display, unit=True)
    year, value = (
        (target.baseline_year, target.baseline)
        if kind is Kind.BASELINE
        else (target.actual_year, target.actual)
    )
    if math.isnan(year) or math.isnan(value):
        return ""
    return f"{year_of_fact(int(year))} {display.figure(value)}"
