"""事務事業: what is done for each policy, what was planned for a year, and how it stands."""

import streamlit as st

from kpi.ui import choices, projects, states
from kpi.ui.html import show

heading, *boxes = st.columns([1.93, 0.72, 0.78], vertical_alignment="bottom")
with heading:
    show("title.html", key="title", page="projects")
header = choices.choose_plan(boxes)
if header is None:
    states.nothing_yet()
projects.page(header)
