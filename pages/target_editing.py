"""目標編集: change a plan's targets as text or in Excel, or what it is made of; save it all."""

import streamlit as st

from kpi.ui import (
    as_of,
    choices,
    draft_panel,
    edit_workbook,
    editing,
    states,
    structure,
    target_grid,
)
from kpi.ui.html import show
from kpi.ui.told import tell_kept
from kpi.words import say

SECTIONS = {
    "targets": target_grid.section,
    "structure": structure.section,
    "workbook": edit_workbook.section,
}

heading, *boxes = st.columns([1.25, 0.72, 0.68, 0.78], vertical_alignment="bottom")
with heading:
    show("title.html", key="title", page="target_editing")
header = choices.choose_plan(boxes)
if header is None:
    states.nothing_yet()
if as_of.day() is not None:
    states.end(say("editing.only_now"), "now")
editing.for_planners(header)
work = editing.choose_draft(header, boxes[2])
target_grid.absorb(work)
editing.refresh(work)
tell_kept()
draft_panel.tell_returned(work)
SECTIONS[editing.choose_section(list(SECTIONS))](work)
draft_panel.panel(header, work)
