"""A plan as a proposal would leave it, for everything that judges a plan."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pandas as pd

from kpi.editing import applied
from kpi.model import Edit, Fact, FactEdit, FactKey, FiscalYear, Kind, PolicyNode
from kpi.store import PlanContent, PlanSnapshot

#: What of a series says how it is judged; a new one has nothing of its own.
_UNSET: dict[str, Any] = {
    "rule": "",
    "tolerance": math.nan,
    "limit": math.nan,
    "is_cumulative": False,
}
# A plan that has no series yet does not tell that these are texts.
_TEXTS = {"policy": "str", "policy_code": "str", "rule": "object"}


def proposed(
    content: PlanContent, base: PlanSnapshot, edits: Sequence[Edit], moment: datetime
) -> PlanContent:
    """Return a plan with edits made, as if they had been recorded at ``moment``.

    ``content`` and ``base`` are the same plan as it stands. What is new stands under its negative
    ids; a fact that was edited comes from no file.
    """
    after = applied(base, edits)
    policies = sorted(after.policies, key=lambda node: node.position)
    return replace(
        content,
        plan=after.plan,
        periods=tuple(after.periods[ordinal] for ordinal in sorted(after.periods)),
        policies={node.id: node for node in policies},
        series=_series(content.series, after),
        facts=_facts(content.facts, edits, moment),
    )


def _series(known: pd.DataFrame, after: PlanSnapshot) -> pd.DataFrame:
    """Return the series in the order of the plan, each judged as it is now."""
    judged_by = {row["series_id"]: row for row in known.to_dict("records")}
    indicators = {one.id: one for one in after.indicators}
    policies = {node.id: node for node in after.policies}
    rows = []
    for series in after.series:
        of = indicators.get(series.indicator_id)
        if of is None:
            # Edited in a proposal, and taken back since with its indicator.
            continue
        policy = policies.get(of.policy_id or 0)
        row = {
            "series_id": series.id,
            "indicator_id": of.id,
            "series": series.name,
            "unit": series.unit,
            "unit_text": series.unit_text,
            "direction": str(series.direction),
            "indicator_code": of.code,
            "indicator": of.name,
            "department": of.department,
            "source": of.source,
            "policy_id": of.policy_id,
            "is_retired": of.is_retired,
            "successor_id": of.successor_id,
            **_of_policy(policy),
            **{name: judged_by.get(series.id, _UNSET)[name] for name in _UNSET},
        }
        rows.append(((of.position, *_age(of.id), series.position, *_age(series.id)), row))
    ordered = [row for _, row in sorted(rows, key=lambda one: one[0])]
    table = pd.DataFrame(ordered, columns=list(known.columns), dtype=object)
    return table.astype(known.dtypes.to_dict() | _TEXTS)


def _age(part_id: int) -> tuple[bool, int]:
    """Return what sorts parts by when they came: those of the proposal after all others."""
    return part_id < 0, abs(part_id)


def _of_policy(policy: PolicyNode | None) -> dict[str, str]:
    if policy is None:
        return {"policy_code": "", "policy": ""}
    return {"policy_code": policy.code, "policy": policy.name}


def _facts(known: pd.DataFrame, edits: Sequence[Edit], moment: datetime) -> pd.DataFrame:
    edited = {edit.key: edit.after for edit in edits if isinstance(edit, FactEdit)}
    if not edited:
        return known
    keys = zip(*(known[name] for name in FactKey._fields), strict=True)
    stays = [_key(*key) not in edited for key in keys]
    rows = [_row(fact, moment) for fact in edited.values() if fact is not None]
    new = pd.DataFrame(rows, columns=list(known.columns), dtype=object).astype(known.dtypes)
    table = pd.concat([known[stays], new], ignore_index=True)
    return table.sort_values(
        ["series_id", "fiscal_year", "kind", "period", "label"], ignore_index=True
    )


def _key(series_id: int, kind: str, period: int, label: str, year: int) -> FactKey:
    return FactKey(int(series_id), Kind(kind), int(period), label, FiscalYear(int(year)))


def _row(fact: Fact, moment: datetime) -> dict[str, Any]:
    return {
        **fact.key._asdict(),
        "kind": str(fact.key.kind),
        "value": math.nan if fact.value is None else fact.value,
        "value_high": math.nan if fact.value_high is None else fact.value_high,
        "comparator": str(fact.comparator or ""),
        "value_text": fact.value_text,
        "status": str(fact.status or ""),
        "note": fact.note,
        "source_file": "",
        "source_sheet": "",
        "source_cell": "",
        "recorded_at": moment,
        "batch_id": "",
    }
