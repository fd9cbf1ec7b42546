"""What parts of a plan are called wherever they are told: one wording for each."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kpi.model import Period, PolicyNode, Series
from kpi.words import say
from kpi.written import era_span, era_year


def policy_title(policy: PolicyNode) -> str:
    """Return the name of a policy behind its code: 1-5-1 医療保険制度等の運営."""
    return " ".join(filter(None, (policy.code, policy.name)))


def policy_path(policies: Mapping[int, PolicyNode], policy_id: int | None) -> list[str]:
    """Return what a policy and all above it are called, from the top; none for no policy."""
    path: list[str] = []
    while not pd.isna(policy_id) and policy_id in policies:
        path.insert(0, policy_title(policies[policy_id]))
        policy_id = policies[policy_id].parent_id
    return path


def span_title(period: Period) -> str:
    """Return 令和4〜7年度; 令和7年度まで where nothing says when the period begins."""
    first, last = period.first_year, period.last_year
    if first is None:
        return say("part.until", year=era_year(last))
    return era_year(last) if first == last else era_span(first, last)


def unit_title(series: Series) -> str:
    """Return the unit as printed, with the one figures are kept in where that is another."""
    if series.unit_text in ("", series.unit):
        return series.unit
    return say("part.unit", printed=series.unit_text, kept=series.unit)
