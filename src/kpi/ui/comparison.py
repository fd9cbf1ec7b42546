"""比べる on the indicator page: linked series of other plans beside one's own, and linking them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import streamlit as st

from kpi.access import Act
from kpi.charts import (
    DRAWN,
    Assessment,
    Candidate,
    Compared,
    SeriesLine,
    Side,
    compare,
    propose,
    search,
)
from kpi.model import Comparison, Verdict
from kpi.store import PlanHeader, SeriesContent, comparisons, read_series
from kpi.ui import data
from kpi.ui.dialogs import dialog
from kpi.ui.html import show
from kpi.ui.indicator import draw_on_page
from kpi.ui.judging import record_now
from kpi.ui.person import may, person, refused
from kpi.ui.source import open_source
from kpi.words import DEFAULT, say, speaking

#: Code of a municipality and id of one of its series.
_Key = tuple[str, int]


def section(
    assessment: Assessment,
    header: PlanHeader,
    line: SeriesLine,
    focus: int,
    as_of: datetime | None = None,
) -> None:
    """Show the linked series beside one's own, and on request those that could be linked.

    Of other municipalities the linked series alone are read; the names of all others only once a
    person looks for one. As of a day in the past nothing can be linked.
    """
    who = person()
    said = {
        (one.comparison.other_municipality, one.comparison.other_series_id): one.comparison.verdict
        for one in data.asked(comparisons, header, as_of)
        if one.comparison.series_id == line.series_id
        if who.may_see(one.comparison.other_municipality)
    }
    linked = [key for key, verdict in said.items() if verdict is Verdict.CONFIRMED]
    can_act = as_of is None and not refused(Act.COMPARISON, header.municipality)
    unit = assessment.displays[line.series_id].base_unit
    contents = [content for content in _read(linked, as_of) if content.unit == unit]
    if contents:
        compared = compare(assessment, line, focus, contents)
        _beside(compared, header, can_withdraw=can_act)
    else:
        show("comparison_none.html", key="comparison-none")
    if lost := len(linked) - len(contents):
        st.info(say("comparison.lost", count=lost))
    if as_of is not None or not may(Act.COMPARISON, header.municipality):
        return
    if st.toggle(say("comparison.choose"), key="comparison-choose"):
        _choose(header, line, unit, said)


def _read(linked: Sequence[_Key], as_of: datetime | None) -> list[SeriesContent]:
    """Return the linked series in the order in which they were linked."""
    by_municipality: dict[str, list[int]] = {}
    for code, series_id in linked:
        by_municipality.setdefault(code, []).append(series_id)
    found = {
        (code, content.series_id): content
        for code, series_ids in by_municipality.items()
        for content in read_series(data.engine(), code, series_ids, as_of)
    }
    return [found[key] for key in linked if key in found]


def _beside(compared: Compared, header: PlanHeader, *, can_withdraw: bool) -> None:
    """Show chart, sentences and table; a figure leads to its cell."""
    left, right = st.container(key="comparison-row").columns([2.5, 1], gap="medium")
    with left:
        draw_on_page(compared.spec, say("comparison.heading"), key="comparison")
    with right:
        show("comparison_told.html", key="comparison-told", others=compared.others, drawn=DRAWN)
    followed = show(
        "comparison.html",
        key="comparison-table",
        compared=compared,
        drawn=DRAWN,
        can_withdraw=can_withdraw,
    )
    if not followed:
        return
    for side in (compared.own, *compared.others):
        if followed == side.mark:
            _ask_withdrawal(header, compared.own, side)
        for figure in (*side.targets, *side.actuals):
            if followed == f"{side.mark}{figure.mark}":
                open_source(side.municipality, figure.key, figure.batch_id)


def _choose(header: PlanHeader, line: SeriesLine, unit: str, said: Mapping[_Key, Verdict]) -> None:
    """Show the series with names like one's own, or those that are searched for by name."""
    words = st.columns([1, 1])[0].text_input(
        say("comparison.search"),
        key=f"comparison-search {line.series_id}",
        placeholder=say("comparison.search_example"),
    )
    of = (data.series_everywhere(), header.municipality.code, line.series_id)
    if words.strip():
        linked = [key for key, verdict in said.items() if verdict is Verdict.CONFIRMED]
        candidates = search(*of, words, linked)
    else:
        candidates = propose(*of, said)
    followed = show(
        "candidates.html",
        key="candidates",
        candidates=candidates,
        words=words.strip(),
        unit=unit,
        rejected=[key for key, verdict in said.items() if verdict is Verdict.REJECTED],
    )
    for number, candidate in enumerate(candidates.shown):
        if followed == str(number):
            _ask(header, line, candidate)


@dialog("comparison.ask", width="large")
def _ask(header: PlanHeader, line: SeriesLine, candidate: Candidate) -> None:
    show("comparison_ask.html", key="comparison-ask", header=header, line=line, other=candidate)
    reason = st.text_input(say("comparison.reason"), key="comparison-reason")
    with st.container(horizontal=True):
        for verdict in (Verdict.CONFIRMED, Verdict.REJECTED):
            if st.button(
                say(f"comparison.say.{verdict}"),
                key=f"comparison-{verdict}",
                type="primary" if verdict is Verdict.CONFIRMED else "secondary",
            ):
                _record(header, line.series_id, candidate.key, verdict, reason)


@dialog("comparison.withdraw")
def _ask_withdrawal(header: PlanHeader, own: Side, other: Side) -> None:
    show("comparison_withdraw.html", key="comparison-withdraw", other=other)
    reason = st.text_input(say("comparison.reason"), key="comparison-reason")
    if st.button(say("comparison.withdraw"), key="comparison-withdrawn", type="primary"):
        key = (other.municipality.code, other.series_id)
        _record(header, own.series_id, key, Verdict.WITHDRAWN, reason)


def _record(header: PlanHeader, series_id: int, other: _Key, verdict: Verdict, reason: str) -> None:
    with speaking(DEFAULT):
        said = reason.strip() or say(f"comparison.unsaid.{verdict}")
    if record_now(header.municipality, [Comparison(series_id, *other, verdict)], said):
        st.rerun()
