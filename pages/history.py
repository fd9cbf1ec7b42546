"""履歴: every fact with its revisions, what is otherwise between two days, every act on record."""

import streamlit as st

from kpi.ui import choices, history, states
from kpi.ui.html import show

heading, *boxes = st.columns([1.93, 0.72, 0.78], vertical_alignment="bottom")
with heading:
    show("title.html", key="title", page="history")
header = choices.choose_plan(boxes)
if header is None:
    states.nothing_yet()
view = history.choose_view()
if view == "facts":
    history.facts(header)
elif view == "days":
    history.days(header)
else:
    history.acts(header)
