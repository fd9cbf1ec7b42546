"""管理: who may sign in to a municipality's plans, in which roles, and who changed that."""

import streamlit as st

from kpi.ui import as_of, proposals, states, users
from kpi.ui.html import show
from kpi.ui.told import tell_kept
from kpi.words import say

heading, box = st.columns([3.1, 0.72], vertical_alignment="bottom")
with heading:
    show("title.html", key="title", page="users")
if as_of.day() is not None:
    states.end(say("users.only_now"), "now")
municipality = proposals.choose_municipality(box)
if municipality is None:
    states.nothing_yet()
users.for_administrators(municipality)
users.explain()
tell_kept()
users.listing(municipality)
users.history(municipality)
