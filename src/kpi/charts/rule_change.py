"""Which series would change their band: by another rule or settings, or in a plan as proposed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from kpi.charts.assessment import Assessment, Mark, period_title
from kpi.charts.sentences import reason
from kpi.model import SeriesSetting
from kpi.store import PlanContent, StoredRule
from kpi.words import say


@dataclass(frozen=True)
class BandChange:
    """A series that would stand otherwise in one period."""

    series_id: int
    #: Name by which the series is chosen.
    title: str
    period: int
    #: 第3期
    period_title: str
    #: None where the rule makes nothing of the series.
    before: Mark | None
    after: Mark | None
    #: Why it is not rated after the change; empty where it is.
    why: str

    @property
    def mark(self) -> str:
        """What tells it from all others."""
        return f"{self.series_id} {self.period}"


@dataclass(frozen=True)
class RuleChange:
    """All that would stand otherwise, in the order of the plan."""

    changes: tuple[BandChange, ...]
    #: How many series were compared.
    all_series: int

    @property
    def series(self) -> int:
        """How many series stand otherwise in at least one period."""
        return len({change.series_id for change in self.changes})

    def told(self) -> list[tuple[str, str]]:
        """Return each period that changes, and a sentence: 3系列が「達成」から「遅れ」へ."""
        counts: dict[str, Counter[tuple[str, str]]] = {}
        for change in self.changes:
            pair = (_label(change.before), _label(change.after))
            counts.setdefault(change.period_title, Counter())[pair] += 1
        return [
            (
                title,
                say("list.comma").join(
                    say("rule_change.count", count=count, before=before, after=after)
                    for (before, after), count in own.most_common()
                ),
            )
            for title, own in counts.items()
        ]


def _label(mark: Mark | None) -> str:
    return mark.label if mark else say("rule_change.none")


def rule_change(before: Assessment, after: Assessment) -> RuleChange:
    """Compare two judgements of one plan and year: every series in every period.

    A series changes where its letter or what it is called does; another colour alone is none. One
    that a plan does not have is judged by nothing there; it is called as it is now.
    """
    titles = after.titles | before.titles
    earlier, later = dict(_ratings(before)), dict(_ratings(after))
    changes = []
    for series_id, period in dict.fromkeys([*earlier, *later]):
        old, _ = earlier.get((series_id, period), (None, ""))
        new, why = later.get((series_id, period), (None, ""))
        if _shown(old) != _shown(new):
            title, of = titles[series_id], period_title(period)
            changes.append(BandChange(series_id, title, period, of, old, new, why))
    order = {series_id: at for at, series_id in enumerate(titles)}
    # What belongs to no period comes last, as everywhere.
    changes.sort(key=lambda one: (one.period == 0, one.period, order[one.series_id]))
    return RuleChange(tuple(changes), len(titles))


def _ratings(assessment: Assessment) -> Iterator[tuple[tuple[int, int], tuple[Mark, str]]]:
    """Yield mark and reason of what each series is judged by in each period."""
    for series_id in assessment.targets:
        display = assessment.displays[series_id]
        for period, target in assessment.main_targets(series_id).items():
            yield (series_id, period), (assessment.mark(target, display), reason(target))


def _shown(mark: Mark | None) -> tuple[str, str] | None:
    return (mark.letter, mark.label) if mark else None


def with_rule(content: PlanContent, name: str, text: str) -> PlanContent:
    """Return a plan as it would be had this version of a rule of its own been saved."""
    others = [rule for rule in content.rules if rule.name != name]
    drafted = StoredRule(name, 0, text, "", "", datetime.now(UTC), "")
    return replace(content, rules=(*others, drafted))


def with_settings(content: PlanContent, settings: Mapping[int, SeriesSetting]) -> PlanContent:
    """Return a plan as it would be with these settings of its series, by their ids."""
    series = content.series.copy()
    for column in ("rule", "tolerance", "limit", "is_cumulative"):
        series[column] = [
            getattr(settings[series_id], column) if series_id in settings else now
            for series_id, now in zip(series["series_id"], series[column], strict=True)
        ]
    numbers = {"tolerance": "float64", "limit": "float64", "is_cumulative": "bool"}
    return replace(content, series=series.astype(numbers))
