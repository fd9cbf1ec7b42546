"""確定: an assessment fixed for good, shown as it was fixed, and how things would stand now.

What was fixed are the rows of `FrozenRating` and the texts of the rules. All else a screen shows
of a fixed year (courses, notes, sentences) is told from what was known at that moment.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

import pandas as pd

from kpi.charts.assessment import (
    Assessment,
    Mark,
    assess,
    period_title,
    rows_of,
    target_text,
)
from kpi.charts.by_hand import set_by
from kpi.charts.display import year_of_fact
from kpi.model import FiscalYear, FrozenRating, FrozenYear, Kind, RuleVersion
from kpi.progress import JudgedTarget, Reason, TargetKey, key_of, rule_text
from kpi.store import JAPAN, Frozen, PlanContent, StoredRule
from kpi.words import say

_KEYS = ["series_id", "period", "label", "target_year"]
_COLUMNS = [field.name for field in fields(FrozenRating)]
#: What of a target is told with its old and its new value.
_FIGURES = {
    Kind.TARGET: ("target", "target_high", "comparator", "target_text"),
    Kind.BASELINE: ("baseline_year", "baseline"),
    Kind.ACTUAL: ("actual_year", "actual"),
}


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
    #: Whether it is the target its series is judged by in the period.
    is_main: bool
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
    ratings = tuple(_rating(target) for target in rows_of(assessment.measures))
    year = FiscalYear(assessment.reporting_year)
    return FrozenYear(assessment.plan.id, year, rules, ratings)


def _rating(target: JudgedTarget) -> FrozenRating:
    row = {name: getattr(target, name) for name in _COLUMNS}
    known: dict[str, Any] = {name: None if pd.isna(v) else v for name, v in row.items()}
    for name in ("baseline_year", "actual_year"):
        known[name] = None if known[name] is None else FiscalYear(int(known[name]))
    known["target_year"] = FiscalYear(key_of(target).year)
    # An enum is kept as its text, whatever the database.
    known["reason"] = str(target.reason)
    return FrozenRating(**known)


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
    table = then.measures[_KEYS + others].merge(ratings, on=_KEYS)
    # Columns of the kinds, and in the order, in which they are measured.
    table = table[list(then.measures.columns)].astype(then.measures.dtypes.to_dict())
    return replace(then, measures=table)


def differences(fixed: Assessment, now: Assessment, since: datetime) -> list[Difference]:
    """Return what of a fixed year would be otherwise now, in the order of the plan.

    ``since`` is when it was fixed.
    """
    before = {key_of(target): target for target in rows_of(fixed.measures)}
    after = {key_of(target): target for target in rows_of(now.measures)}
    mains = {
        key_of(target)
        for series_id in fixed.targets
        for target in fixed.main_targets(series_id).values()
    }
    titles = now.titles | fixed.titles
    found = []
    for key in before | after:
        was, would = before.get(key), after.get(key)
        changes = _changes(fixed, now, since, was, would)
        if changes:
            found.append(
                Difference(
                    key,
                    titles[key.series_id],
                    period_title(key.period),
                    None if was is None else fixed.mark(was, fixed.displays[key.series_id]),
                    None if would is None else now.mark(would, now.displays[key.series_id]),
                    key in mains,
                    changes,
                )
            )
    return found


def _changes(
    fixed: Assessment,
    now: Assessment,
    since: datetime,
    before: JudgedTarget | None,
    after: JudgedTarget | None,
) -> tuple[Change, ...]:
    """Return because of what a target would be judged otherwise now; nothing where it would not."""
    if after is None:
        return (Change(say("frozen.target_gone"), "", "", say("frozen.taken_back")),)
    if before is None:
        return (Change(say("frozen.target_new"), "", "", _brought(now, after, Kind.TARGET, since)),)
    told = [
        Change(
            say(f"kind.{kind}"),
            _figure(fixed, before, kind),
            _figure(now, after, kind),
            _brought(now, after, kind, since),
        )
        for kind, names in _FIGURES.items()
        if not all(_same(getattr(before, name), getattr(after, name)) for name in names)
    ]
    if (before.rating, before.rating_label) != (after.rating, after.rating_label):
        told += _rated_otherwise(fixed, now, before, after)
        told = told or [Change(say("frozen.setting"), "", "", "")]
    return tuple(told)


def _rated_otherwise(
    fixed: Assessment, now: Assessment, before: JudgedTarget, after: JudgedTarget
) -> list[Change]:
    """Return what, beside its figures, may be why a target would be rated otherwise."""
    if Reason.RETIRED in (before.reason, after.reason):
        return [Change(say("frozen.retired"), "", "", "")]
    of_rule, by_hand = (
        (telling(fixed, before), telling(now, after)) for telling in (_rule, _set_by_hand)
    )
    told = [(say("frozen.rule_changed"), *of_rule), (say("hand.name"), *by_hand)]
    return [Change(what, one, other, "") for what, one, other in told if one != other]


def _rule(assessment: Assessment, target: JudgedTarget) -> str:
    rule = assessment.told_rules[target.rule]
    return say("frozen.rule", title=rule.title, version=rule.version)


def _same(one: Any, other: Any) -> bool:
    """Whether two figures are the same, or both are unknown."""
    return bool(one == other or (pd.isna(one) and pd.isna(other)))


def _figure(assessment: Assessment, target: JudgedTarget, kind: Kind) -> str:
    """Return a figure of a target with its year; empty where it is unknown."""
    display = assessment.displays[target.series_id]
    if kind is Kind.TARGET:
        return target_text(target, display, unit=True)
    year, value = (getattr(target, name) for name in _FIGURES[kind])
    return "" if pd.isna(value) else f"{year_of_fact(int(year))} {display.figure(value)}"


def _set_by_hand(assessment: Assessment, target: JudgedTarget) -> str:
    by_hand = assessment.by_hand.get(key_of(target))
    return "" if by_hand is None else set_by(by_hand.entry)


def _brought(now: Assessment, target: JudgedTarget, kind: Kind, since: datetime) -> str:
    """Return which import after a year was fixed brought the figure that counts now."""
    year = {
        Kind.TARGET: target.target_year,
        Kind.BASELINE: target.baseline_year,
        Kind.ACTUAL: target.actual_year,
    }[kind]
    facts = now.facts
    # An actual of before may stand in for a baseline.
    kinds = [kind, Kind.ACTUAL] if kind is Kind.BASELINE else [kind]
    later = facts[
        (facts["series_id"] == target.series_id)
        & facts["kind"].isin(kinds)
        & (facts["recorded_at"] > since)
    ]
    # Where the years add up, the one that was corrected need not be the last.
    of_year = later[later["fiscal_year"] == year]
    later = later[later["fiscal_year"] <= now.reporting_year] if of_year.empty else of_year
    if later.empty:
        return say("frozen.taken_back")
    fact = later.sort_values("recorded_at", kind="stable").iloc[-1]
    day = fact["recorded_at"].astimezone(JAPAN)
    return say("frozen.by", file=fact["source_file"] or fact["batch_id"], day=f"{day:%Y-%m-%d}")
