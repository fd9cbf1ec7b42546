"""The panel of a draft: each change as it is read, title and reason, saving, and who was first."""

from __future__ import annotations

import streamlit as st

from kpi.charts.edit_lines import EditLine, edit_lines, printed, refused_lines
from kpi.editing import steps
from kpi.editing.grid import grid_of
from kpi.editing.signs import unseen
from kpi.model import Clash, Fact, Severity, Stage, Step
from kpi.store import PlanHeader
from kpi.ui import editing
from kpi.ui.choices import shared_query
from kpi.ui.editing import Work
from kpi.ui.html import plain, show
from kpi.ui.judging import moment, refuse
from kpi.ui.person import person
from kpi.ui.told import tell
from kpi.words import say

_SHOWN = 200


def tell_returned(at: Work) -> None:
    """Say of a draft that was returned what is asked for."""
    if at.proposal is not None and at.proposal.stage is Stage.RETURNED:
        last = at.proposal.steps[-1]
        words = say(
            "editing.returned",
            author=last.author,
            when=moment(last.recorded_at),
            comment=last.comment,
        )
        tell(words, key="draft-returned", severity="error")


def panel(header: PlanHeader, at: Work) -> None:
    """Show what a draft changes, and let the person take back or save it."""
    lines = _lines(at)
    errors = sum(line.severity == Severity.ERROR for line in lines)
    warnings = sum(line.severity == Severity.WARNING for line in lines)
    followed = show(
        "edit_lines.html",
        key="edit-lines",
        lines=lines[:_SHOWN],
        more=len(lines[_SHOWN:]),
        count=len(lines),
        errors=errors,
        warnings=warnings,
        is_unsaved=bool(lines) and not at.is_saved,
    )
    if followed == "all":
        editing.take_back(at, list(at.edits), list(at.unread))
    if followed:
        line = lines[int(followed)]
        editing.take_back(at, line.identities, line.places)
    if at.clashes:
        _settle(header, at)
    else:
        _save(header, at, errors)


def _lines(at: Work) -> list[EditLine]:
    """Return the cells that cannot be read, then all changes."""
    now = editing.snapshot_now(at)
    typed = at.unread | at.unchanged
    told = refused_lines(at.mounted.grid if at.mounted else grid_of(now), typed)
    unread = [line for line in told if line.findings]
    known = edit_lines(now, at.edits.values())
    return unread + known + [line for line in told if not line.findings]


def _save(header: PlanHeader, at: Work, errors: int) -> None:
    """Let the person name and save a draft of which as many cells cannot be read."""
    boxes = st.columns([1, 2], gap="medium")
    at.title = boxes[0].text_input(
        say("editing.title"),
        at.title,
        key=f"draft-title {at.number}",
        max_chars=100,
        placeholder=say("editing.title_example"),
    )
    at.reason = boxes[1].text_input(
        say("editing.reason"),
        at.reason,
        key=f"draft-reason {at.number}",
        max_chars=400,
        placeholder=say("editing.reason_example"),
    )
    if at.is_closed:
        refuse([say("editing.wrong_stage")])
        if st.button(say("editing.as_new"), key="draft-as-new"):
            editing.move_to_new(at)
        return
    refused = steps.refusal(person(), Step.SAVE, at.header.municipality, at.proposal)
    with st.container(horizontal=True, vertical_alignment="center", key="draft-acts"):
        is_asked = st.button(
            say("editing.save"), type="primary", key="draft-save", disabled=bool(refused)
        )
        if at.proposal is not None and st.button(say("editing.to_proposal"), key="draft-look"):
            query = {**shared_query(), "proposal": str(at.proposal.id)}
            st.switch_page("pages/proposals.py", query_params=query)
        tell(refused or _state(at), key="draft-state")
    if not is_asked:
        return
    if at.unread:
        refuse([say("editing.unread", count=errors)])
    elif not at.edits and at.proposal is None:
        refuse([say("editing.nothing_to_save")])
    elif not at.title.strip():
        refuse([say("editing.no_title")])
    elif not at.reason.strip():
        refuse([say("act.no_reason")])
    elif words := unseen(at.edits.values()):
        refuse([words])
    elif editing.save(at):
        editing.follow(header, at)
    else:
        st.rerun()


def _state(at: Work) -> str:
    if not at.edits and at.proposal is None:
        return ""
    if at.is_saved and at.proposal is not None:
        return say("editing.is_saved", number=at.proposal.id)
    return say("editing.is_unsaved")


def _settle(header: PlanHeader, at: Work) -> None:
    """Show who was first with which value, and let the person decide cell by cell."""
    show("edit_clashes.html", key="edit-clashes", count=len(at.clashes))
    now = editing.snapshot_now(at)
    # What was taken out of the draft is no edit of it any more.
    taken_out = [clash.edit for clash in at.clashes if clash.edit.identity not in at.edits]
    lines = {
        identity: line
        for line in (*edit_lines(now, taken_out), *edit_lines(now, at.edits.values()))
        for identity in line.identities
    }
    chosen = {}
    for number, clash in enumerate(at.clashes):
        line = lines.get(clash.edit.identity)
        title = f"{line.title}　{line.column}" if line else ""
        who = say(
            "editing.clash_who",
            author=clash.author,
            when=moment(clash.recorded_at),
            reason=clash.reason,
        )
        chosen[clash.edit.identity] = st.radio(
            plain(f"{title}　{who}"),
            [True, False],
            format_func=_options(line, clash).__getitem__,
            index=None,
            horizontal=True,
            key=f"clash {at.number} {at.round} {number}",
        )
    is_decided = None not in chosen.values()
    if st.button(
        say("editing.clash_decide"), type="primary", disabled=not is_decided, key="draft-settle"
    ):
        if editing.settle(at, [identity for identity, is_mine in chosen.items() if is_mine]):
            editing.follow(header, at)
        st.rerun()


def _options(line: EditLine | None, clash: Clash) -> dict[bool, str]:
    theirs = clash.theirs
    said = say("editing.clash_changed")
    if theirs is None:
        said = say("editing.nothing")
    elif isinstance(theirs, Fact):
        said = printed(theirs)
    mine = line.after if line else say("editing.nothing")
    return {
        True: plain(say("editing.clash_mine", value=mine)),
        False: plain(say("editing.clash_theirs", value=said)),
    }
