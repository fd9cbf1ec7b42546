"""照会状況: departments are asked for a year's actuals; who has answered, and the close."""

import streamlit as st

from kpi.ui import as_of, choices, round_opening, rounds, states
from kpi.ui.html import show
from kpi.ui.told import tell_kept
from kpi.words import say

heading, *boxes = st.columns([1.93, 0.72, 0.78], vertical_alignment="bottom")
with heading:
    show("title.html", key="title", page="rounds")
if as_of.day() is not None:
    states.end(say("round.only_now"), "now")
header = choices.choose_plan(boxes)
if header is None:
    states.nothing_yet()
tell_kept()
entry = rounds.choose_round(header)
if entry is None:
    round_opening.form(header)
    st.stop()
looked_at = rounds.look_at(header, entry)
rounds.heading(looked_at)
rounds.buttons(looked_at)
rounds.waiting(looked_at)
rounds.table(looked_at)
