"""体系: under which policies and measures the targets are met, and where they are not."""

import streamlit as st

from kpi.ui import choices, fixing, overview, policy_tree, states
from kpi.ui.html import show

heading, *boxes = st.columns([1.25, 0.72, 0.68, 0.78], vertical_alignment="bottom")
with heading:
    show("title.html", key="title", page="policy_tree")
header = choices.choose_plan(boxes)
if header is None:
    states.nothing_yet()
shown = fixing.shown(header, choices.choose_year(header, boxes[2]))
fixing.banner(shown)
focus = overview.focus_period(shown.assessment)
overview.summary(shown.assessment, focus)
policy_tree.tree(shown, focus)
policy_tree.table(shown.assessment, focus)
