"""概況: which targets of each period are reached, and which series need attention first."""

import streamlit as st

from kpi.ui import choices, fixing, overview, projects, series_views, states, tour
from kpi.ui.html import show

heading, *boxes = st.columns([1.25, 0.72, 0.68, 0.78], vertical_alignment="bottom")
with heading:
    show("title.html", key="title", page="overview")
header = choices.choose_plan(boxes)
if header is None:
    states.nothing_yet()
tour.offer()
shown = fixing.shown(header, choices.choose_year(header, boxes[2]))
assessment = shown.assessment
fixing.banner(shown)
focus = overview.focus_period(assessment)
overview.summary(assessment, focus)
overview.without_actuals(assessment)
overview.lapsed(assessment)
series_views.series(shown, focus)
overview.retired(assessment)
projects.link(header, None, shown.moment)
fixing.button(shown)
