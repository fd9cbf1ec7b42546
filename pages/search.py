"""指標を探す: the indicators whose names have the words in them, each with its plan and measure."""

import streamlit as st

from kpi.ui import data, search
from kpi.ui.html import show
from kpi.words import say

heading, box = st.columns([3.1, 0.72], vertical_alignment="bottom")
with heading:
    show("title.html", key="title", page="search")
if not data.known_plans():
    st.info(say("app.nothing_yet"))
    st.stop()
search.page(box)
