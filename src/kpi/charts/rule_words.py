"""A rating rule in words: what each band asks, how is measured, and why a text is no rule."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from kpi.notation import PERCENT, format_number
from kpi.progress import Band, RatingRule, RuleRefused
from kpi.progress.rating import Conditions
from kpi.words import say

#: Measures that are told in per cent: 0.8 is 80％.
SHARES = frozenset(
    {
        "attainment",
        "progress",
        "elapsed",
        "improvement",
        "growth",
        "growth_to_target",
        "growth_without_target",
        "tolerance",
    }
)


def measure_name(measure: str) -> str:
    """Return what a measure is called: 進捗率."""
    return say(f"rule.measure.{measure}")


def limit_words(measure: str, limit: float) -> str:
    """Return a limit as people write it: 80％ for 0.8 of a share; empty where it is not set."""
    if math.isnan(limit):
        return ""
    if measure in SHARES:
        return f"{format_number(float(Decimal(repr(limit)) * 100))}{PERCENT}"
    return format_number(limit, 1 if measure == "pace" else None)


def band_words(band: Band) -> str:
    """Return the conditions of a band in a sentence without its stop."""
    return say("rule.or").join(_all_of(conditions) for conditions in band.when)


def _all_of(conditions: Conditions) -> str:
    if not conditions:
        return say("rule.rest")
    return say("rule.and").join(_one(measure, said) for measure, said in conditions.items())


def _one(measure: str, said: bool | Mapping[str, float]) -> str:
    if isinstance(said, bool):
        return say(f"rule.yes.{measure}") if said else say(f"rule.no.{measure}")
    if set(said) == {"at_least", "at_most"} and said["at_least"] == said["at_most"]:
        limit = limit_words(measure, said["at_least"])
        return say("rule.exactly", measure=measure_name(measure), limit=limit)
    bounds = "".join(
        say(f"rule.bound.{bound}", limit=limit_words(measure, limit) or say("rule.unset"))
        for bound, limit in said.items()
    )
    if measure == "pace" and list(said.values()) == [1.0]:
        return say(f"rule.on_pace.{next(iter(said))}", bounds=bounds)
    return say("rule.number", measure=measure_name(measure), bounds=bounds)


def option_words(rule: RatingRule) -> Iterator[tuple[str, str]]:
    """Yield how a rule measures, as name and meaning."""
    options = rule.options
    if "attainment" in rule.measures:
        key = options.attainment_when_lower
        yield say("rule.option.attainment_when_lower"), say(f"rule.lower.{key}")
    yield say("rule.option.actual"), say(f"rule.actual.{options.actual}")
    if options.tolerance:
        share = limit_words("tolerance", options.tolerance)
        yield say("rule.option.tolerance"), say("rule.tolerance", share=share)
    if rule.growth is not None:
        key = "alone" if rule.growth.without_target else "needs_target"
        yield say("rule.option.growth"), say(f"rule.growth.{key}", year=rule.growth.base_year)
    for name, limit in rule.limits.items():
        measure = next(iter(_measures_at(rule, limit)), "")
        yield name, limit_words(measure, limit) or say("rule.unset_limit")


def _measures_at(rule: RatingRule, limit: float) -> Iterator[str]:
    """Yield the measures that a band holds against a limit."""
    for band in rule.bands:
        for conditions in band.when:
            for measure, said in conditions.items():
                if not isinstance(said, bool) and limit in said.values():
                    yield measure


def summary_of(rule: RatingRule) -> str:
    """Return a rule told in short: 達成＝目標を満たす。順調＝進捗率が…"""
    parts = (say("rule.summary", label=b.label, when=band_words(b)) for b in rule.bands)
    return "".join(parts)


def refusal(refused: RuleRefused, text: str, *, with_line: bool = True) -> str:
    """Return why a text is no rule, in a sentence with the place and what to write."""
    values = {
        key: say("list.comma").join(value) if isinstance(value, list) else value
        for key, value in refused.values.items()
    }
    if refused.why == "wrong_kind":
        values["wanted"] = say(f"rule.kind.{values['kind']}")
    line = say("rule.line", line=refused.line) if with_line else ""
    place = f"{line}{_band_at(text, refused.line)}"
    return (
        f"{place}{say('rule.colon') if place else ''}{say(f'rule.refused.{refused.why}', **values)}"
    )


def _band_at(text: str, line: int) -> str:
    """Return which band a line of a rule's text belongs to; empty for none."""
    above = "\n".join(text.splitlines()[:line])
    headings = re.findall(r"(?m)^\s*\[\[?\s*([\w-]+)", above)
    number = len(re.findall(r"(?m)^\s*\[\[\s*band\s*\]\]", above))
    return say("rule.band", number=number) if number and headings[-1] == "band" else ""
