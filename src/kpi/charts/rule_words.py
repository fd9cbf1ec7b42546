"""A rating rule in words: what each band asks, and why a broken rule is refused."""

from __future__ import annotations

import math
from collections.abc import Mapping

from kpi.notation import PERCENT, plain_number
from kpi.progress import Band, RuleRefused
from kpi.words import say

#: Measures that people read as per cent.
_SHARES = {
    "attainment",
    "progress",
    "elapsed",
    "improvement",
    "growth",
    "growth_without_target",
}


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
    if math.isnan(limit):
        return say("rule.unset")
    if measure in _SHARES:
        return plain_number(limit * 100).replace("-", "−") + PERCENT
    return plain_number(limit).replace("-", "−")


def refusal(refused: RuleRefused) -> str:
    """Return why a rule is refused, with its line."""
    values = {
        name: say("list.comma").join(value) if isinstance(value, list) else value
        for name, value in refused.values.items()
    }
    if "kind" in values:
        values["kind"] = say(f"rule.kind.{values['kind']}")
    why = say(f"rule.refused.{refused.why}", **values)
    return say("rule.refused.line", line=refused.line, why=why)
