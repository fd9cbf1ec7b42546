"""指標を探す: the indicators whose names have the words in them, each with its plan and measure."""

import streamlit as st

from kpi.ui import data, search, states
from kpi.ui.html import show

heading, box = st.columns([3.1, 0.72], vertical_alignment="bottom")
with heading:
    show("title.html", key="title", page="search")
if not data.known_plans():
    states.nothing_yet()
search.page(box)
