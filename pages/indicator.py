"""指標: one series against its three targets, told in a sentence, with every fact behind it."""

import streamlit as st

from kpi.ui import (
    as_of,
    by_hand,
    choices,
    comparison,
    data,
    fixing,
    indicator,
    notes,
    projects,
    states,
)
from kpi.ui.html import show
from kpi.words import say

boxes = st.columns([1, 0.75, 1, 1.35], vertical_alignment="bottom")
header = choices.choose_plan(boxes)
if header is None or not data.content(header).actual_years:
    show("title.html", key="title", page="indicator")
if header is None:
    states.nothing_yet()
shown = fixing.shown(header, choices.choose_year(header, boxes[2]))
assessment = shown.assessment
series_id = indicator.choose_series(assessment, boxes[3])
if series_id is None:
    states.end(say("indicator.none"), "imports", "structure", query=choices.shared_query())
target = indicator.next_target(assessment, series_id)
focus = target.period if target is not None else 0
line = assessment.line(series_id, focus)
indicator.heading(assessment, line)
indicator.retirement(assessment, line, shown.moment)
projects.link(header, line.policy_id, shown.moment)
fixing.banner(shown.of_series(series_id))
left, right = st.columns([2.5, 1], gap="medium")
with left:
    indicator.chart(assessment, line, focus)
with right:
    if target is None:
        st.info(say("indicator.no_target"))
    else:
        indicator.judgement(assessment, line, target, shown.now_labels())
        if shown.entry is None and series_id not in assessment.retired:
            by_hand.buttons(assessment, target)
comparison.section(assessment, header, line, focus, as_of.moment())
notes.section(header, assessment, line, shown.moment)
indicator.facts(header, assessment, line, shown.moment)
