"""Pieces of the plan check: how many remarks of which kind, filters, and each in a sentence."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from urllib.parse import urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kpi.charts import ToldRemark, plan_check_table, spreadsheet_csv
from kpi.charts.parts import policy_title
from kpi.model import Kind, Severity
from kpi.store import PlanContent
from kpi.ui.choices import filter_box, shared_query
from kpi.ui.html import show
from kpi.ui.source import open_source
from kpi.words import say
from kpi.written import era_year


def has_target(content: PlanContent) -> bool:
    """Whether there is anything to be checked."""
    return bool((content.facts["kind"] == Kind.TARGET).any())


def summary(content: PlanContent, remarks: list[ToldRemark]) -> str:
    """Show the one sentence and the kinds of remarks, and return the code of the one chosen.

    A kind's name makes it the filter, in the address; empty where all are wanted.
    """
    counts = Counter(remark.code for remark in remarks)
    warnings = sum(remark.severity is Severity.WARNING for remark in remarks)
    kinds = {remark.code: remark for remark in remarks}
    asked = st.query_params.get("remark", "")
    chosen = asked if asked in kinds else ""
    followed = show(
        "plan_check_summary.html",
        key="plan-check-summary",
        total=len(remarks),
        warnings=warnings,
        kinds=[(kinds[code], count) for code, count in counts.items()],
        chosen=chosen,
        retired=int(content.series["is_retired"].sum()),
    )
    if followed is not None:
        st.query_params["remark"] = followed
        st.rerun()
    return chosen


def table(content: PlanContent, remarks: list[ToldRemark], kind: str) -> None:
    """Show filters and remarks; each leads to its indicator and to the cell it is about."""
    row = st.container(horizontal=True, vertical_alignment="bottom")
    chosen = [r for r in _filtered(row, content, remarks) if kind in ("", r.code)]
    row.download_button(
        say("plan_check.csv"),
        data=lambda: spreadsheet_csv(plan_check_table(content, chosen)),
        file_name=say("plan_check.csv_name", plan=content.plan.name),
        mime="text/csv",
        on_click="ignore",
    )
    year = next(iter(content.actual_years), 0)
    numbered = enumerate((remark, urlencode(_indicator(remark, year))) for remark in chosen)
    followed = show(
        "plan_check.html",
        key="plan-check-table",
        kinds=[list(rows) for _, rows in groupby(numbered, lambda row: row[1][0].code)],
        departments=any(remark.department for remark in remarks),
        count=len(chosen),
        total=len(remarks),
        until=era_year(year) if (content.facts["kind"] == Kind.ACTUAL).any() and year else "",
    )
    if followed is None:
        return
    way, number = followed.split()
    remark = chosen[int(number)]
    if way == "indicator":
        st.switch_page("pages/indicator.py", query_params=_indicator(remark, year))
    if remark.about is not None:
        open_source(content.municipality, remark.about, remark.batch_id)


def _filtered(
    row: DeltaGenerator, content: PlanContent, remarks: list[ToldRemark]
) -> list[ToldRemark]:
    """Show the filters by policy and department and return the remarks they leave."""
    of = f"{content.municipality.code} {content.plan.id}"
    policies = {"": say("filter.any")} | {
        str(node.id): policy_title(node)
        for node in content.policies.values()
        if any(remark.policy_id == node.id for remark in remarks)
    }
    policy = filter_box(row, "policy", policies, 300, of)
    departments = sorted({remark.department for remark in remarks if remark.department})
    names = {"": say("filter.any")} | {name: name for name in departments}
    department = filter_box(row, "department", names, 160, of)
    return [
        remark
        for remark in remarks
        if policy in ("", str(remark.policy_id))
        if department in ("", remark.department)
    ]


def _indicator(remark: ToldRemark, year: int) -> dict[str, str]:
    """Return the address of the page of the indicator a remark is about, at the year checked."""
    period = str(remark.about.period) if remark.about else ""
    of = {"year": str(year), "period": period, "series": remark.series_title}
    return {**shared_query(), **of}
