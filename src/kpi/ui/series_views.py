"""What 概況 shows of a plan's series: the list, what asks for attention, what changed, the map."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from weakref import WeakKeyDictionary

import streamlit as st
from markupsafe import Markup

from kpi.charts import SIGNS, Assessment, SeriesLine, of_period, sparkline
from kpi.charts.attention import attention
from kpi.charts.policies import policy_tree, rows_of_tree
from kpi.model import FactKey, FiscalYear, Kind
from kpi.progress.rating import UNRATED
from kpi.ui import changed
from kpi.ui.choices import begun, put, remember, restore, shared_query
from kpi.ui.fixing import Shown
from kpi.ui.html import render, show
from kpi.ui.series_filter import filtered, of_plan
from kpi.ui.source import open_source
from kpi.words import language, say, together

#: In the address: which of the views is shown.
_NAME = "view"
_LIST, _ATTENTION, _CHANGES, _MAP = _VIEWS = ("list", "attention", "changes", "map")
#: A plan with more series than this begins with those that ask for attention.
_MANY = 100
#: How many of those are listed; the list has them all.
_MOST = 50


@st.fragment
def series(shown: Shown, focus: int) -> None:
    """Show the choice of a view, filters, and what they leave; each series leads to its page."""
    assessment = shown.assessment
    lines = assessment.lines(focus)
    view = _choose_view(assessment, len(lines))
    by_rating = view in (_LIST, _MAP)
    chosen = filtered(assessment, lines, focus, by_rating=by_rating)
    if view == _ATTENTION:
        _attention(shown, lines, chosen, focus)
    elif view == _CHANGES:
        changed.section(shown, chosen, focus, is_whole=len(chosen) == len(lines))
    elif view == _MAP:
        _map(assessment, chosen, focus)
    else:
        _table(shown, lines, chosen, lines, focus)


def _choose_view(assessment: Assessment, count: int) -> str:
    """Show the choice between the views; a plan without targets has only the list."""
    if not any(summary.total for summary in assessment.summaries):
        return _LIST
    usual = _ATTENTION if count > _MANY else _LIST
    chosen = st.segmented_control(
        say("overview.view.label"),
        _VIEWS,
        format_func=lambda view: say(f"overview.view.{view}"),
        required=True,
        label_visibility="collapsed",
        key=restore(_NAME, _VIEWS, usual, of_plan(assessment)),
    )
    view = str(chosen or usual)
    remember(_NAME, view, usual)
    return view


def _table(
    shown: Shown,
    rows: Sequence[SeriesLine],
    chosen: Sequence[SeriesLine],
    lines: Sequence[SeriesLine],
    focus: int,
) -> None:
    """Show the table of the series chosen among its rows.

    The rows are the same for every filter, so that the browser draws them once. ``lines`` are all
    series of the plan, on whose years the axis ends.
    """
    assessment, now = shown.assessment, shown.now_labels()
    years = _axis(assessment, lines)
    query = _query(focus)
    followed = show(
        "series.html",
        key="series-table",
        rows=[_row(assessment, line, focus, years, now) for line in rows],
        summaries=assessment.summaries,
        of=of_period(focus),
        query=begun(query),
    )
    show(
        "series_shown.html",
        key="series-shown",
        shown=[line.series_id for line in chosen],
        total=len(lines),
        source=together(
            *(
                say("overview.source", title=rule.title, version=rule.version, summary=rule.summary)
                for rule in assessment.told_rules.values()
            ),
            say("overview.thin_line"),
        ),
    )
    # A name may begin with any sign, that of a cell too.
    if followed and followed.startswith("="):
        title = followed.removeprefix("=")
        st.switch_page("pages/indicator.py", query_params={**query, "series": title})
    for line in chosen:
        if followed == f"#{line.series_id}":
            _open_latest(assessment, line)


#: The rows that were made of an assessment, as long as it is kept.
_rows: WeakKeyDictionary[Assessment, dict[Hashable, Markup]] = WeakKeyDictionary()


def _row(
    assessment: Assessment,
    line: SeriesLine,
    focus: int,
    years: tuple[int, int],
    now: dict[tuple[int, int], str],
) -> Markup:
    """Return the row of a series. It is the same for everybody and for every filter."""
    told_now = {period: now.get((line.series_id, period)) for period in line.marks}
    known = _rows.setdefault(assessment, {})
    which = (language(), focus, line.series_id, *told_now.values())
    if which not in known:
        bounds = [int(period.last_year) for period in assessment.periods]
        row = render(
            "series_row.html",
            line=line,
            spark=sparkline(line, years, bounds, _spoken(line)),
            summaries=assessment.summaries,
            now=told_now,
        )
        known[which] = Markup(row)  # noqa: S704 - of our own template, which escapes
    return known[which]


def _attention(
    shown: Shown, lines: Sequence[SeriesLine], chosen: Sequence[SeriesLine], focus: int
) -> None:
    """Show what asks for attention and why, and lead to the rest."""
    assessment = shown.assessment
    asking = attention(assessment, chosen, focus)
    summary = assessment.summary_of(focus)
    bands = say("list.comma").join(
        say(
            "overview.attention.band",
            sign=SIGNS[assessment.bands[band].shape],
            label=summary.labels[band],
            count=count,
        )
        for band, count in asking.counts.items()
    )
    lead = "some" if asking.lines else "none" if asking.total else "no_target"
    told = say(
        f"overview.attention.{lead}",
        of=of_period(focus),
        total=asking.total,
        count=len(asking.lines),
        bands=bands,
    )
    show("attention_lead.html", key="attention-lead", told=told)
    if asking.lines:
        first = asking.lines[:_MOST]
        _table(shown, first, first, lines, focus)
    followed = show(
        "attention_rest.html",
        key="attention-rest",
        attention=asking,
        unlisted=len(asking.lines[_MOST:]),
        unrated=UNRATED,
    )
    if followed:
        put({_NAME: _LIST, "rating": followed})
        st.rerun(scope="fragment")


def _map(assessment: Assessment, chosen: Sequence[SeriesLine], focus: int) -> None:
    """Show every series in every period as a small mark, under its policy."""
    # Each mark has its own period.
    query = {name: value for name, value in shared_query().items() if name != "period"}
    tree = policy_tree(assessment, chosen, focus, is_whole=False)
    followed = show(
        "map.html",
        key="map",
        rows=rows_of_tree(tree),
        periods=[summary for summary in assessment.summaries if summary.total],
        focus=focus,
        bands=[
            (band, assessment.label(name, ended=False), assessment.label(name, ended=True))
            for name, band in assessment.bands_by_attention.items()
        ],
        count=len(chosen),
        query=begun(query),
    )
    if followed:
        period, _, title = followed.partition(" ")
        query |= {"period": period, "series": title}
        st.switch_page("pages/indicator.py", query_params=query)


def _query(focus: int) -> dict[str, str]:
    """Return what goes along to an indicator: the period looked at too, chosen or not."""
    return {**shared_query(), "period": str(focus)}


def _open_latest(assessment: Assessment, line: SeriesLine) -> None:
    """Open the cell that the latest actual was read from."""
    latest = [point for point in line.course if point.kind == Kind.ACTUAL][-1]
    facts = assessment.facts_of(line.series_id)
    of_year = facts[
        (facts["kind"] == Kind.ACTUAL)
        & (facts["fiscal_year"] == latest.year)
        & (facts["value"] == latest.value)
    ]
    fact = of_year.iloc[-1]
    year = FiscalYear(latest.year)
    key = FactKey(line.series_id, Kind.ACTUAL, int(fact["period"]), fact["label"], year)
    open_source(assessment.municipality, key, fact["batch_id"])


def _axis(assessment: Assessment, lines: Sequence[SeriesLine]) -> tuple[int, int]:
    """Return the first and last year of the axis all small lines share."""
    years = [point.year for line in lines for point in line.course]
    years += [step[1] for line in lines for step in line.steps]
    years += [int(period.last_year) for period in assessment.periods]
    # A plan of which nothing but names is known.
    years = years or [assessment.reporting_year]
    return min(years), max(years)


def _spoken(line: SeriesLine) -> str:
    return say("overview.spark", count=len(line.course))
