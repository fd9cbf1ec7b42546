"""改定案: what is on its way into a plan, what it would change, and the steps it takes."""

import streamlit as st

from kpi.ui import as_of, proposal_steps, proposals, states
from kpi.ui.html import show
from kpi.ui.told import tell_kept
from kpi.words import say

heading, *boxes = st.columns([2.4, 0.72, 0.78], vertical_alignment="bottom")
with heading:
    show("title.html", key="title", page="proposals")
if as_of.day() is not None:
    states.end(say("proposal.only_now"), "now")
municipality = proposals.choose_municipality(boxes[0])
if municipality is None:
    states.nothing_yet()
tell_kept()
looked_at = proposals.looked_at(municipality)
if looked_at is None:
    proposals.listing(municipality)
    st.stop()
year = proposals.choose_year(looked_at, boxes[1])
proposals.heading(looked_at)
left, right = st.columns([1.7, 1], gap="medium")
with left:
    is_overtaken = proposal_steps.overtaken(looked_at)
    proposals.difference(looked_at)
    proposals.chart(looked_at, year)
with right:
    proposal_steps.buttons(looked_at, is_overtaken=is_overtaken)
    proposals.effect_on_ratings(looked_at, year)
    proposals.new_remarks(looked_at)
    proposals.steps_taken(looked_at)
