"""A second rater, one target at a time and in plain Python, written from `docs/rules.md` alone."""

from __future__ import annotations

import math

#: What a rule may still be able to judge: all is known, or all but where the series started.
JUDGEABLE = {"", "no_base"}


def letter_of(measures: dict, rule: dict) -> str:
    """Return the letter of the first band that fits; "" where there is none."""
    limits = rule.get("limits", {})
    if any(math.isnan(limit) for limit in limits.values()):
        return ""
    reason = measures["reason"]
    by_growth = rule.get("growth", {}).get("without_target", False) and reason == "no_number"
    if reason not in JUDGEABLE and not by_growth:
        return ""
    for band in rule["band"]:
        when = band.get("when", {})
        for conditions in when if isinstance(when, list) else [when]:
            if not conditions and reason:
                continue
            if all(fits(measures[name], said, limits) for name, said in conditions.items()):
                return band["letter"]
    return ""


def fits(value, said, limits) -> bool:
    """Whether a measure is as a band wants it; an unknown one never is."""
    if value is None or value != value:
        return False
    if isinstance(said, bool):
        return value is said
    for bound, limit in said.items():
        limit = limits.get(limit, limit)
        if bound == "at_least" and value < limit:
            return False
        if bound == "above" and value <= limit:
            return False
        if bound == "at_most" and value > limit:
            return False
        if bound == "below" and value >= limit:
            return False
    return True
