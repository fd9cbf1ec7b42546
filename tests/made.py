"""Plans made by hand, for what no file of the samples has."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from kpi.charts import Assessment, assess
from kpi.model import Municipality, Plan
from kpi.progress import load_rule
from kpi.progress.rating import RatingRule
from kpi.store import PlanContent


def plan_of(*facts: dict[str, Any], periods=(), unit="％", unit_text=None, direction="higher"):
    """A plan with one series 受診率 and the facts given, each by what it says."""
    blank = {
        "series_id": 1,
        "kind": "actual",
        "period": 0,
        "label": "",
        "fiscal_year": 0,
        "value": math.nan,
        "value_high": math.nan,
        "comparator": "",
        "value_text": "",
        "status": "",
        "note": "",
        "source_file": "計画.xlsx",
        "source_sheet": "指標",
        "source_cell": "B2",
        "recorded_at": datetime(2025, 6, 30, tzinfo=UTC),
        "batch_id": "x",
    }
    texts = [{"value_text": str(fact["value"])} if "value" in fact else {} for fact in facts]
    table = [{**blank, **text, **fact} for text, fact in zip(texts, facts, strict=True)]
    series = {
        "series_id": 1,
        "indicator_id": 1,
        "indicator_code": "",
        "indicator": "受診率",
        "series": "",
        "unit": unit,
        "unit_text": unit if unit_text is None else unit_text,
        "direction": direction,
        "department": "",
        "source": "",
        "policy_id": None,
        "policy_code": "",
        "policy": "",
        "is_retired": False,
        "successor_id": None,
        "rule": "",
        "tolerance": math.nan,
        "limit": math.nan,
        "is_cumulative": False,
    }
    return PlanContent(
        Municipality("132047", "三鷹市"),
        Plan(1, "計画"),
        tuple(periods),
        {},
        pd.DataFrame([series]),
        pd.DataFrame(table, columns=list(blank)),
    )


def judged(content: PlanContent, year=2024, rule: RatingRule | None = None) -> Assessment:
    return assess(content, year, rule or load_rule("standard"))
