"""取込: choose files, see what they would change, accept them, take an import back."""

import streamlit as st

from kpi.ui import imports
from kpi.ui.html import show
from kpi.words import say

show("title.html", key="title", page="imports")
imports.done()
left, right = st.columns([2, 1], gap="medium")
with left:
    files = imports.choose_files()
with right:
    plan = imports.choose_plan()
if files:
    preview = imports.look(files, plan)
    imports.report(preview)
    imports.decide(preview)
else:
    st.caption(say("imports.hint"))
imports.history()
