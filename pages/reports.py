"""資料作成: a report for the council, the departments or the public, chosen, looked at and made."""

import streamlit as st

from kpi.ui import choices, reports, states
from kpi.ui.html import show

heading, *boxes = st.columns([1.25, 0.72, 0.68, 0.78], vertical_alignment="bottom")
with heading:
    show("title.html", key="title", page="reports")
header = choices.choose_plan(boxes)
if header is None:
    states.nothing_yet()
reports.page(header, choices.choose_year(header, boxes[2]))
