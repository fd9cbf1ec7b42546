"""Pieces of the overview: the period looked at, its policies, filters, the table of all series."""

from __future__ import annotations

from collections import Counter
from urllib.parse import quote

import streamlit as st

from kpi.charts import SIGNS, Assessment, SeriesLine, lead, of_period, policy_lines, sparkline
from kpi.charts.parts import policy_title
from kpi.model import FactKey, FiscalYear, Kind
from kpi.notation import normal
from kpi.ui import states
from kpi.ui.choices import filter_box, remember, restore, shared_query
from kpi.ui.html import show
from kpi.ui.source import open_source
from kpi.words import say

#: Filters beside the names of the bands, which are letters.
_ALL, _REFERENCE, _NO_TARGET = "all", "reference", "none"
_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}


def focus_period(assessment: Assessment) -> int:
    """Return the period the page is about: the one in the address, else that of the reporting year.

    Says so where the plan has no target of the period in the address. 0 stands for the targets that
    belong to no period.
    """
    with_targets = {str(s.period): s.period for s in assessment.summaries if s.total}
    asked = st.query_params.get("period")
    if asked is not None and asked not in with_targets:
        st.warning(say("overview.not_in_plan", period=asked))
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


@st.fragment
def policies(assessment: Assessment, focus: int) -> None:
    """Show how the series under each policy stand, where there is more than one policy."""
    lines = policy_lines(assessment, focus)
    if len(lines) < 2:
        return
    labels = next(s.labels for s in assessment.summaries if s.period == focus)
    with st.expander(say("overview.policies.title")):
        show_worst = st.toggle(say("overview.policies.show_worst"), key="policies-worst")
        show(
            "policies.html",
            key="policies",
            lines=lines,
            of=of_period(focus),
            bands={
                name: (band, labels.get(name) or assessment.label(name, ended=False))
                for name, band in assessment.bands.items()
                if any(line.counts.get(name) for line in lines)
            },
            show_worst=show_worst,
        )


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
        query="".join(f"{name}={quote(value)}&" for name, value in shared.items()),
    )
    if followed:
        period, _, series = followed.partition(" ")
        query = {**shared, "period": period, "series": series}
        st.switch_page("pages/indicator.py", query_params=query)


@st.fragment
def table(assessment: Assessment, focus: int, now_labels: dict[tuple[int, int], str]) -> None:
    """Show filters and table; a click on an indicator leads to its page.

    ``now_labels`` says what of a fixed year would be called otherwise now.
    """
    lines = assessment.lines(focus)
    chosen = _filtered(assessment, lines, focus)
    years = _axis(assessment, lines)
    bounds = [int(period.last_year) for period in assessment.periods]
    # The period looked at goes along, chosen or not.
    shared = {**shared_query(), "period": str(focus)}
    followed = show(
        "series.html",
        key="series-table",
        rows=[(line, sparkline(line, years, bounds, _spoken(line))) for line in chosen],
        summaries=assessment.summaries,
        of=of_period(focus),
        now=now_labels,
        total=len(lines),
        query="".join(f"{name}={quote(value)}&" for name, value in shared.items()),
        source="".join(
            say("overview.source", title=rule.title, version=rule.version, summary=rule.summary)
            for rule in assessment.rules.values()
        )
        + say("overview.thin_line"),
    )
    for line in chosen:
        if followed == f"#{line.series_id}":
            _open_latest(assessment, line)
            return
    if followed:
        st.switch_page("pages/indicator.py", query_params={**shared, "series": followed})


def retired(assessment: Assessment) -> None:
    """Name the indicators that are retired, and so nowhere above, and lead to them."""
    if not assessment.retired:
        return
    shared = shared_query()
    followed = show(
        "retired.html",
        key="retired",
        titles=[assessment.titles[series_id] for series_id in sorted(assessment.retired)],
        query="".join(f"{name}={quote(value)}&" for name, value in shared.items()),
    )
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
    groups = {line.series_id: _group(assessment, line, focus) for line in lines}
    labels = _rating_labels(assessment, Counter(groups.values()), focus)
    row = st.container(horizontal=True, vertical_alignment="bottom")
    rating = _ALL
    of = f"{assessment.municipality.code} {assessment.plan.id}"
    if len(labels) > 1:
        chosen = row.segmented_control(
            say("filter.rating", of=of_period(focus)),
            list(labels),
            format_func=labels.__getitem__,
            required=True,
            key=restore("rating", list(labels), _ALL, of),
        )
        rating = chosen or _ALL
        remember("rating", rating, _ALL)
    policies = {"": say("filter.any")} | {
        str(node.id): policy_title(node)
        for node in assessment.policies.values()
        if any(line.policy_id == node.id for line in lines)
    }
    policy = filter_box(row, "policy", policies, 150, of)
    departments = sorted({line.department for line in lines if line.department})
    department = filter_box(
        row, "department", {"": say("filter.any")} | {name: name for name in departments}, 112, of
    )
    search = row.text_input(say("filter.search"), width=126, key=restore("search", (), "", of))
    remember("search", search, "")
    wanted = _folded(search)
    return [
        line
        for line in lines
        if rating in (_ALL, groups[line.series_id])
        if policy in ("", str(line.policy_id))
        if department in ("", line.department)
        if wanted in _folded(f"{line.indicator}{line.series}")
    ]


def _group(assessment: Assessment, line: SeriesLine, focus: int) -> str:
    """Return under which filter a series falls: its band, reference, or no target."""
    mark = line.marks.get(focus)
    if mark is None:
        return _NO_TARGET
    summary = next(s for s in assessment.summaries if s.period == focus)
    return mark.band if summary.counts_mark(mark) else _REFERENCE


def _rating_labels(assessment: Assessment, counts: Counter[str], focus: int) -> dict[str, str]:
    """Return the filters by rating; only that for all where the plan has no target."""
    labels = {_ALL: say("filter.all", count=counts.total())}
    summary = next((s for s in assessment.summaries if s.period == focus and s.total), None)
    if summary is None:
        return labels
    for name, band in assessment.bands_by_attention.items():
        label = summary.labels.get(name) or assessment.label(name, ended=summary.is_over)
        labels[name] = f"{SIGNS[band.shape]} {label} {counts[name]}"
    if counts[_REFERENCE]:
        labels[_REFERENCE] = say("overview.references_choice", count=counts[_REFERENCE])
    if counts[_NO_TARGET]:
        labels[_NO_TARGET] = say("overview.without_target", count=counts[_NO_TARGET])
    return labels


def _folded(text: str) -> str:
    """Return text for a search, in which ゴミ finds ごみ."""
    return normal(text).translate(_TO_HIRAGANA)


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
