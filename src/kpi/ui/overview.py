"""Pieces of the overview: the period looked at, filters, and the table of all series."""

from __future__ import annotations

from collections import Counter
from urllib.parse import quote

import streamlit as st

from kpi.charts import Assessment, SeriesLine, lead, of_period, sparkline
from kpi.model import FactKey, FiscalYear, Kind
from kpi.notation import normal
from kpi.ui.choices import shared_query
from kpi.ui.html import show
from kpi.ui.source import open_source
from kpi.words import say

#: The marks as signs, for buttons that cannot hold a drawing. Never directly before a number.
SIGNS = {"ring-dot": "◎", "ring": "○", "triangle": "△", "cross": "×", "dash": "－"}
_ALL = "all"


def focus_period(assessment: Assessment) -> int:
    """Return the period the page is about: the one in the address, else the last with targets.

    0 stands for the targets that belong to no period.
    """
    with_targets = [summary.period for summary in assessment.summaries if summary.total]
    asked = st.query_params.get("period", "")
    if asked.isdecimal() and int(asked) in with_targets:
        return int(asked)
    return max(with_targets, default=0)


def summary(assessment: Assessment, focus: int) -> None:
    """Show the one sentence and how each period stands; a period's name makes it the focus."""
    chosen = show(
        "summary.html",
        key="summary",
        lead=lead(assessment, focus),
        summaries=assessment.summaries,
        bands=assessment.bands(),
        focus=focus,
    )
    if chosen:
        st.query_params["period"] = chosen
        st.rerun()


@st.fragment
def table(assessment: Assessment, focus: int) -> None:
    """Show filters and table; a click on an indicator leads to its page."""
    lines = assessment.lines(focus)
    chosen = _filtered(assessment, lines, focus)
    years = _axis(assessment, lines)
    bounds = [int(period.last_year) for period in assessment.periods]
    shared = shared_query()
    followed = show(
        "series.html",
        key="series-table",
        rows=[(line, sparkline(line, years, bounds, _spoken(line))) for line in chosen],
        summaries=assessment.summaries,
        of=of_period(focus),
        total=len(lines),
        query="".join(f"{name}={quote(value)}&" for name, value in shared.items()),
        source=say(
            "overview.source",
            title=assessment.rule.title,
            version=assessment.rule.version,
            summary=assessment.rule.summary,
        ),
    )
    for line in chosen:
        if followed == f"#{line.series_id}":
            _open_latest(assessment, line)
            return
    if followed:
        st.switch_page("pages/indicator.py", query_params={**shared, "series": followed})


def _open_latest(assessment: Assessment, line: SeriesLine) -> None:
    """Open the cell that the latest actual was read from."""
    latest = [point for point in line.course if point.kind == Kind.ACTUAL][-1]
    facts = assessment.facts
    of_year = facts[
        (facts["series_id"] == line.series_id)
        & (facts["kind"] == Kind.ACTUAL)
        & (facts["fiscal_year"] == latest.year)
        & (facts["value"] == latest.value)
    ]
    fact = of_year.iloc[-1]
    year = FiscalYear(latest.year)
    key = FactKey(line.series_id, Kind.ACTUAL, int(fact["period"]), fact["label"], year)
    open_source(assessment.municipality, key, fact["batch_id"])


def _filtered(assessment: Assessment, lines: list[SeriesLine], focus: int) -> list[SeriesLine]:
    """Show the filters and return the series they leave."""
    counts = Counter(line.marks[focus].letter for line in lines if focus in line.marks)
    labels = {
        _ALL: say("filter.all", count=len(lines)),
        **{
            band.letter: f"{SIGNS[band.shape]} {band.label} {counts[band.letter]}"
            for band in assessment.bands_by_attention()
        },
    }
    row = st.container(horizontal=True, vertical_alignment="bottom")
    rating = row.segmented_control(
        say("filter.rating", of=of_period(focus)),
        list(labels),
        format_func=labels.__getitem__,
        default=_ALL,
        required=True,
        key="rating",
    )
    policies = {0: say("filter.any")} | {
        node.id: " ".join(filter(None, (node.code, node.name)))
        for node in assessment.policies.values()
        if any(line.policy_id == node.id for line in lines)
    }
    policy = row.selectbox(
        say("filter.policy"), list(policies), format_func=policies.__getitem__, width=190
    )
    departments = sorted({line.department for line in lines if line.department})
    department = row.selectbox(
        say("filter.department"),
        ["", *departments],
        format_func=lambda d: d or say("filter.any"),
        width=140,
    )
    search = row.text_input(say("filter.search"), width=146, key="search")
    wanted = normal(search)
    return [
        line
        for line in lines
        if rating == _ALL or (focus in line.marks and line.marks[focus].letter == rating)
        if not policy or line.policy_id == policy
        if not department or line.department == department
        if wanted in normal(f"{line.indicator}{line.series}")
    ]


def _axis(assessment: Assessment, lines: list[SeriesLine]) -> tuple[int, int]:
    """Return the first and last year of the axis all small lines share."""
    years = [point.year for line in lines for point in line.course]
    years += [step[1] for line in lines for step in line.steps]
    years += [int(period.last_year) for period in assessment.periods]
    # A plan of which nothing but names is known.
    years = years or [assessment.reporting_year]
    return min(years), max(years)


def _spoken(line: SeriesLine) -> str:
    return say("overview.spark", count=len(line.course))
