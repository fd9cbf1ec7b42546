"""計画点検: what a good planner would remark on the plan, and the cell each remark is about."""

import streamlit as st

from kpi.ui import choices, data, plan_check, states
from kpi.ui.html import show
from kpi.words import say

heading, *boxes = st.columns([1.93, 0.72, 0.78], vertical_alignment="bottom")
with heading:
    show("title.html", key="title", page="plan_check")
header = choices.choose_plan(boxes)
if header is None:
    states.nothing_yet()
content, remarks = data.content(header), data.remarks(header)
if not plan_check.has_target(content):
    states.end(say("plan_check.no_target"), "imports", "structure", query=choices.shared_query())
kind = plan_check.summary(content, remarks)
if remarks:
    plan_check.table(content, remarks, kind)
