"""A rating rule in words: what each band asks, how is measured, why a broken rule is refused."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from kpi.notation import PERCENT, format_number
from kpi.progress import Band, RatingRule, RuleRefused
from kpi.words import DEFAULT, called, say, speaking
from kpi.written import unit_words, with_unit

#: Measures and settings that people read as per cent: 0.8 is 80％.
SHARES = frozenset(
    {
        "attainment",
        "progress",
        "elapsed",
        "improvement",
        "growth",
        "growth_without_target",
        "tolerance",
    }
)


def in_words(rule: RatingRule) -> RatingRule:
    """Return a rule with its texts in the language spoken, as far as they are known in it."""
    return replace(
        rule,
        title=called("rule", rule.title),
        summary=called("rule", rule.summary),
        source=called("rule", rule.source),
        left_open=called("rule", rule.left_open),
        bands=tuple(
            replace(
                band,
                label=called("rule", band.label),
                spoken=called("rule", band.spoken),
                label_ended=called("rule", band.label_ended),
                spoken_ended=called("rule", band.spoken_ended),
            )
            for band in rule.bands
        ),
    )


def condition_words(band: Band) -> str:
    """Return what must hold for a band: 目標を満たす、または進捗率が80％以上."""
    alternatives = [
        [_tested(measure, said) for measure, said in conditions.items()] for conditions in band.when
    ]
    told = [say("rule.and").join(tests) for tests in alternatives]
    if len(told) > 1:
        # Beside 、または it must be seen what 、かつ joins.
        told = [
            say("rule.joined", conditions=words) if len(tests) > 1 else words
            for words, tests in zip(told, alternatives, strict=True)
        ]
    return say("rule.or").join(told) or say("rule.always")


def _tested(measure: str, said: bool | Mapping[str, float]) -> str:
    if isinstance(said, bool):
        return say(f"measure.{measure}.{'holds' if said else 'fails'}")
    name = say(f"measure.{measure}.name")
    if "at_least" in said and said["at_least"] == said.get("at_most"):
        return say("rule.exactly", measure=name, limit=_limit(measure, said["at_least"]))
    if measure == "pace" and list(said.values()) == [1.0]:
        return say(f"rule.on_pace.{next(iter(said))}")
    bounds = list(said.items())
    # 60％以上80％未満, the lower end first whatever the order in which they were written.
    bounds.sort(key=lambda bound: bound[0] not in ("at_least", "above"))
    told = [
        say(
            f"rule.{'between' if number < len(bounds) else 'bound'}.{bound}",
            limit=_limit(measure, limit),
        )
        for number, (bound, limit) in enumerate(bounds, 1)
    ]
    return say("rule.bounded", measure=name, bounds="".join(told))


def _limit(measure: str, limit: float) -> str:
    return limit_words(measure, limit) or say("rule.unset")


def limit_words(measure: str, limit: float) -> str:
    """Return a limit to its last digit as people write it: 80％ for 0.8; empty where unset."""
    if math.isnan(limit):
        return ""
    if measure in SHARES:
        return with_unit(format_number(float(Decimal(repr(limit)) * 100)), unit_words(PERCENT))
    return format_number(limit)


@speaking(DEFAULT)
def summary_words(rule: RatingRule) -> str:
    """Return all bands of a rule in a line, as in 順調＝進捗率が80％以上, to be kept with it."""
    return "".join(
        say("rule.summary", label=band.label, when=condition_words(band)) for band in rule.bands
    )


def option_words(rule: RatingRule) -> Iterator[tuple[str, str]]:
    """Yield how a rule measures, and its limits with names: what is set, and to what."""
    options = rule.options
    if "attainment" in rule.measures:
        yield say("rule.option.lower"), say(f"rule.lower.{options.attainment_when_lower}")
    yield say("rule.option.actual"), say(f"rule.actual.{options.actual}")
    if options.tolerance:
        share = limit_words("tolerance", options.tolerance)
        yield say("rule.option.tolerance"), say("rule.tolerance", share=share)
    if rule.growth is not None:
        key = "alone" if rule.growth.without_target else "needs_target"
        yield say("rule.option.growth"), say(f"rule.growth.{key}", year=rule.growth.base_year)
    for name, limit in rule.limits.items():
        measure = next(_measures_at(rule, limit), "")
        yield name, limit_words(measure, limit) or say("rule.unset_limit")


def _measures_at(rule: RatingRule, limit: float) -> Iterator[str]:
    """Yield the measures that a band holds against a limit."""
    for band in rule.bands:
        for conditions in band.when:
            for measure, said in conditions.items():
                if not isinstance(said, bool) and limit in said.values():
                    yield measure


def refusal(refused: RuleRefused) -> str:
    """Return why a rule is refused, with its line."""
    return say("rule.refused.line", line=refused.line, why=refusal_words(refused))


def refusal_words(refused: RuleRefused) -> str:
    """Return why a rule is refused and what to write instead, without its line."""
    values = {
        name: say("list.comma").join(value) if isinstance(value, list) else value
        for name, value in refused.values.items()
    }
    if "kind" in values:
        values["kind"] = say(f"rule.kind.{values['kind']}")
    return say(f"rule.refused.{refused.why}", **values)
