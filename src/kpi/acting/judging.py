"""Deciding how a plan is judged: rules, settings, ratings by hand, comparisons, fixed years."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine

from kpi.access import Act, Person, require
from kpi.model import (
    Comparison,
    FrozenYear,
    HandRating,
    Municipality,
    PlanRule,
    RuleVersion,
    SeriesSetting,
)
from kpi.store import record

Judgement = RuleVersion | PlanRule | SeriesSetting | HandRating | Comparison | FrozenYear

_ACTS: dict[type[Judgement], Act] = {
    RuleVersion: Act.RULE,
    PlanRule: Act.RULE,
    SeriesSetting: Act.SERIES_SETTING,
    HandRating: Act.HAND_RATING,
    Comparison: Act.COMPARISON,
    FrozenYear: Act.FIX_YEAR,
}


def judge(
    engine: Engine,
    person: Person,
    municipality: Municipality,
    decided: Sequence[Judgement],
    *,
    reason: str,
    now: datetime,
) -> str:
    """Record what was decided at once, all or nothing, and return the batch's id.

    Raises `kpi.access.NotAllowed`, also where something is compared with what the person may not
    see, and as `kpi.store.record` does.
    """
    for one in decided:
        require(person, _ACTS[type(one)], municipality.code)
        if isinstance(one, Comparison):
            require(person, Act.VIEW, one.other_municipality)
    return record(engine, municipality, decided, author=person.name, reason=reason, now=now)
