"""実績入力: a department answers a round, on the screen or with the workbook it was sent."""

import streamlit as st

from kpi.ui import actuals, answer_books, as_of, choices, states
from kpi.ui.html import show
from kpi.ui.told import tell_kept
from kpi.words import say

heading, *boxes = st.columns([1.93, 0.72, 0.78], vertical_alignment="bottom")
with heading:
    show("title.html", key="title", page="actuals")
if as_of.day() is not None:
    states.end(say("answer.only_now"), "now")
header = choices.choose_plan(boxes)
if header is None:
    states.nothing_yet()
row = st.columns([1, 1, 1.4], vertical_alignment="bottom")
entry = actuals.choose_round(header, row[0])
if entry is None:
    states.end(say("answer.no_round"), "rounds", query=choices.shared_query())
department = actuals.choose_department(header, entry, row[1])
work = actuals.work(header, entry, department)
tell_kept()
actuals.heading(work)
actuals.grid(work)
actuals.note_fields(work)
actuals.panel(work)
answer_books.section(work)
