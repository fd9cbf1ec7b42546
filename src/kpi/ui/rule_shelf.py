"""All rules a municipality can use, each with where it comes from and who is judged by it."""

from __future__ import annotations

from dataclasses import dataclass

from kpi.charts.assessment import STANDARD, rows_of
from kpi.charts.rule_words import in_words
from kpi.progress import RatingRule, load_rule, parse_rule, rule_names, rule_text
from kpi.store import PlanContent, PlanHeader, StoredRule
from kpi.ui import data


@dataclass(frozen=True)
class Shelved:
    """A rule with where it comes from and who is judged by it."""

    rule: RatingRule
    text: str
    #: None for a rule that comes with the program.
    stored: StoredRule | None
    #: Whether the plan looked at is judged by it.
    is_plans: bool
    #: Names of the municipality's plans that are judged by it.
    plans: tuple[str, ...]
    #: Names of the series that have it as their own.
    series: tuple[str, ...]


def read_shelf(header: PlanHeader) -> dict[str, Shelved]:
    """Return all rules a municipality can use by name, its own first."""
    content = data.content(header)
    own = {stored.name: stored for stored in content.rules}
    plans: dict[str, list[str]] = {}
    series: dict[str, list[str]] = {}
    for other in data.known_plans():
        if other.municipality == header.municipality:
            judged = data.content(other)
            plans.setdefault(plan_rule(judged), []).append(other.plan.name)
            for row in rows_of(judged.series[judged.series["rule"] != ""]):
                named = " ".join(filter(None, (row.indicator, row.series)))
                series.setdefault(row.rule, []).append(named)
    shelf = {}
    for name in dict.fromkeys([*own, *rule_names()]):
        stored = own.get(name)
        shelf[name] = Shelved(
            in_words(parse_rule(name, stored.text, stored.version) if stored else load_rule(name)),
            stored.text if stored else rule_text(name),
            stored,
            name == plan_rule(content),
            tuple(plans.get(name, ())),
            tuple(series.get(name, ())),
        )
    return shelf


def plan_rule(content: PlanContent) -> str:
    """Return the name of the rule a plan is judged by."""
    return content.rule or STANDARD
