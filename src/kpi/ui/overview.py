"""Pieces of the overview around its series: the period looked at, what is retired."""

from __future__ import annotations

import streamlit as st

from kpi.charts import Assessment, lead
from kpi.model import Kind
from kpi.ui import states
from kpi.ui.choices import begun, shared_query
from kpi.ui.html import show
from kpi.ui.told import tell
from kpi.words import say


def focus_period(assessment: Assessment) -> int:
    """Return the period the page is about: the one in the address, else that of the reporting year.

    Says so where the plan has no target of the period in the address. 0 stands for the targets that
    belong to no period.
    """
    with_targets = {str(s.period): s.period for s in assessment.summaries if s.total}
    asked = st.query_params.get("period")
    if asked is not None and asked not in with_targets:
        words = say("overview.not_in_plan", period=asked)
        tell(words, key="not-in-plan", severity="error")
    return with_targets.get(asked or "", assessment.current_period())


def summary(assessment: Assessment, focus: int) -> None:
    """Show the one sentence and how each period stands; a period's name makes it the focus."""
    chosen = show(
        "summary.html",
        key="summary",
        lead=lead(assessment, focus),
        summaries=assessment.summaries,
        bands=assessment.bands,
        focus=focus,
    )
    if chosen:
        st.query_params["period"] = chosen
        st.rerun()


def without_actuals(assessment: Assessment) -> None:
    """Say of a plan that has nothing but targets what is missing, and lead to it."""
    if not (assessment.facts["kind"] == Kind.ACTUAL).any():
        query = shared_query()
        states.tell(say("overview.no_actuals"), "imports", "rounds", query=query)


def lapsed(assessment: Assessment) -> None:
    """Say which ratings set by hand no longer count, and lead to their indicators."""
    if not assessment.lapsed:
        return
    shared = shared_query()
    followed = show(
        "lapsed.html",
        key="lapsed",
        lapsed=[
            (assessment.titles[key.series_id], str(key.period), lapsed.told)
            for key, lapsed in assessment.lapsed.items()
        ],
        query=begun(shared),
    )
    if followed:
        period, _, series = followed.partition(" ")
        query = {**shared, "period": period, "series": series}
        st.switch_page("pages/indicator.py", query_params=query)


def retired(assessment: Assessment) -> None:
    """Name the indicators that are retired, and so nowhere above, and lead to them."""
    if not assessment.retired:
        return
    shared = shared_query()
    followed = show(
        "retired.html",
        key="retired",
        titles=[assessment.titles[series_id] for series_id in sorted(assessment.retired)],
        query=begun(shared),
    )
    if followed:
        st.switch_page("pages/indicator.py", query_params={**shared, "series": followed})
