"""評価ルール: by which lines targets are judged; copy and change them, and see who changes band."""

import streamlit as st

from kpi.ui import choices, judging, rule_editor, rule_shelf, rules, series_settings, states
from kpi.ui.html import show
from kpi.ui.told import tell_kept

heading, *boxes = st.columns([1.25, 0.72, 0.68, 0.78], vertical_alignment="bottom")
with heading:
    show("title.html", key="title", page="rules")
header = choices.choose_plan(boxes)
if header is None:
    states.nothing_yet()
year = choices.choose_year(header, boxes[2])
why_not = rules.why_not(header)
work = None if why_not else rule_editor.work(header)
tell_kept()
if work is not None:
    rule_editor.edit(header, year, work)
    st.stop()
if not why_not and rules.choose_view() == "series":
    series_settings.edit(header, year)
else:
    left, right = st.columns([1, 2.6], gap="medium")
    with left:
        shelf = rule_shelf.read_shelf(header)
        name = rules.choose_rule(shelf)
    with right:
        rules.rule(header, year, shelf, name, why_not)
if not why_not:
    judging.history(header)
