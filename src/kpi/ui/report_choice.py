"""What goes into a report: indicators found by measure, department or name, and their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from kpi.charts import SIGNS, Assessment, SeriesLine
from kpi.charts.parts import policy_title
from kpi.notation import is_found
from kpi.ui.html import show
from kpi.words import say


@dataclass(frozen=True)
class Aim:
    """What indicators are chosen for, in words: of one, its title is given."""

    chosen: str
    all_in: str
    add: Callable[[str], str]
    out: Callable[[str], str]


def for_report() -> Aim:
    """Return the words for what goes into a report."""
    return Aim(
        say("report_page.chosen"),
        say("report_page.all_in"),
        lambda title: say("report_page.add_one", title=title),
        lambda title: say("report_page.out_one", title=title),
    )


def choose(assessment: Assessment, series: Sequence[int], turn: str, aim: Aim) -> list[int]:
    """Show what can be taken into the report beside what is in it; return what is in it now.

    ``turn`` tells one list from another: of another plan or set there is nothing typed yet.
    """
    focus = assessment.current_period()
    left, right = st.columns(2, gap="large")
    with left:
        series = _candidates(assessment, series, focus, turn, aim)
    with right:
        return _chosen(assessment, series, turn, aim)


def _candidates(
    assessment: Assessment, series: Sequence[int], focus: int, turn: str, aim: Aim
) -> list[int]:
    order = assessment.in_use
    lines = {line.series_id: line for line in assessment.lines(focus)}
    rows = _filtered(assessment, [lines[id_] for id_ in order], focus, turn)
    free = [line for line in rows if line.series_id not in set(series)]
    followed = show(
        "report_candidates.html",
        key="report-candidates",
        rows=[(line, _measure(assessment, line), line.marks.get(focus)) for line in free],
        of=len(order),
        filtered=len(rows) < len(order),
        is_whole=len(series) >= len(order),
        aim=aim,
    )
    if not followed:
        return list(series)
    if followed == "all":
        return [*series, *(line.series_id for line in free)]
    # A second click on a row that is on its way adds nothing.
    added = int(followed)
    return list(series) if added in series else [*series, added]


def _filtered(
    assessment: Assessment, lines: list[SeriesLine], focus: int, turn: str
) -> list[SeriesLine]:
    policies = {"": say("filter.any")} | {
        str(line.policy_id): _measure(assessment, line) for line in lines if line.policy_id
    }
    departments = {"": say("filter.any")} | {
        line.department: line.department for line in lines if line.department
    }
    own = {line.series_id: line.marks[focus].band for line in lines if focus in line.marks}
    bands = {"": say("filter.any")} | {
        name: f"{SIGNS[band.shape]} {assessment.label(name, ended=False)}"
        for name, band in assessment.bands_by_attention.items()
        if name in own.values()
    }
    # Half of a small laptop holds all four.
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall")
    band = policy = department = ""
    if len(bands) > 2:
        band = row.selectbox(
            say("report_page.rating"),
            list(bands),
            format_func=bands.__getitem__,
            width=110,
            key=f"report-band {turn}",
        )
    if len(policies) > 2:
        policy = row.selectbox(
            say("filter.policy"),
            list(policies),
            format_func=policies.__getitem__,
            width=144,
            key=f"report-policy {turn}",
        )
    if len(departments) > 2:
        department = row.selectbox(
            say("filter.department"),
            list(departments),
            format_func=departments.__getitem__,
            width=112,
            key=f"report-department {turn}",
        )
    search = row.text_input(say("filter.search"), width=124, key=f"report-search {turn}")
    return [
        line
        for line in lines
        if band in ("", own.get(line.series_id))
        if policy in ("", str(line.policy_id))
        if department in ("", line.department)
        if is_found(search, line.title)
    ]


def _measure(assessment: Assessment, line: SeriesLine) -> str:
    node = assessment.policies.get(line.policy_id) if line.policy_id else None
    return "" if node is None else policy_title(node)


def _chosen(assessment: Assessment, series: list[int], turn: str, aim: Aim) -> list[int]:
    followed = show(
        "report_chosen.html",
        key="report-chosen",
        rows=[
            (number, series_id, assessment.titles[series_id])
            for number, series_id in enumerate(series, 1)
        ],
        can_order=series != [id_ for id_ in assessment.in_use if id_ in set(series)],
        aim=aim,
    )
    if len(series) > 1:
        with st.expander(say("report_page.by_numbers"), key=f"report-numbers-open {turn}"):
            series = _by_numbers(assessment, series, turn)
    return moved(series, followed, assessment.in_use) if followed else series


def _by_numbers(assessment: Assessment, series: list[int], turn: str) -> list[int]:
    """Show the numbers to be typed over; return the series in the order they give."""
    number, title = say("report_page.number"), say("report_page.indicator")
    table = pd.DataFrame(
        {
            number: range(1, len(series) + 1),
            title: [assessment.titles[series_id] for series_id in series],
        }
    )
    # What was typed belongs to the order it was typed in.
    typed = st.data_editor(
        table,
        hide_index=True,
        disabled=[title],
        column_config={number: st.column_config.NumberColumn(width="small")},
        key=f"report-numbers {turn} {hash(tuple(series))}",
    )
    if not st.button(say("report_page.order"), key=f"report-order {turn}"):
        return series
    return numbered(series, [None if n is None or n != n else float(n) for n in typed[number]])


def numbered(series: Sequence[int], numbers: Sequence[float | None]) -> list[int]:
    """Return series in the order of the numbers typed beside them.

    One with a number it did not have goes before those that had it already; one without a number
    goes to the end.
    """
    keyed = [
        (number is None, 0 if number is None else number, number == place, place)
        for place, number in enumerate(numbers, 1)
    ]
    ranked = sorted(zip(keyed, series, strict=True))
    return [series_id for _, series_id in ranked]


def moved(series: Sequence[int], how: str, order: Sequence[int]) -> list[int]:
    """Return series after a step: ``up 12``, ``down 12``, ``first 12``, ``out 12``, for all too.

    ``out all`` leaves none, ``order all`` puts them into ``order``.
    """
    step, _, whom = how.partition(" ")
    after = list(series)
    if step == "order":
        return sorted(after, key=lambda id_: order.index(id_) if id_ in order else len(order))
    if whom == "all":
        return []
    if int(whom) not in after:
        return after
    place = after.index(int(whom))
    one = after.pop(place)
    match step:
        case "up":
            after.insert(max(place - 1, 0), one)
        case "down":
            after.insert(place + 1, one)
        case "first":
            after.insert(0, one)
    return after
