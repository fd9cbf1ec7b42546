"""会議: indicators put to a meeting one by one, what was decided of each, and the minutes."""

import streamlit as st

from kpi.ui import choices, meeting_screen, meetings, states
from kpi.ui.html import show

if held := meeting_screen.held():
    meeting_screen.whole_screen()
    meeting_screen.screen(*held)
    st.stop()
heading, *boxes = st.columns([1.25, 0.72, 0.68, 0.78], vertical_alignment="bottom")
with heading:
    show("title.html", key="title", page="meeting")
header = choices.choose_plan(boxes)
if header is None:
    states.nothing_yet()
meetings.page(header, choices.choose_year(header, boxes[2]))
