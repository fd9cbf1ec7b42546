"""The steps of a proposal as its page takes them: buttons, what stands against one, taking back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial

import streamlit as st

from kpi.access import NotAllowed
from kpi.acting.undoing import refusal, take_back
from kpi.charts.edits import ToldClash, tell_clashes
from kpi.editing import steps
from kpi.model import Proposal, Stage, Step
from kpi.store import (
    JAPAN,
    Overtaken,
    WrongStage,
    clashes,
)
from kpi.ui import choices, data
from kpi.ui.dialogs import dialog
from kpi.ui.html import plain, show
from kpi.ui.judging import ask_back, moment, refuse
from kpi.ui.person import person, tell_why_not
from kpi.ui.proposals import LookedAt, day_of
from kpi.ui.told import keep, tell
from kpi.ui.turns import let_go
from kpi.words import say


def buttons(at: LookedAt, *, is_overtaken: bool) -> None:
    """Show what the person may do with the proposal now, and what it waits for.

    What is overtaken goes on only after it was decided which change is to stand.
    """
    stage = at.proposal.stage
    with st.container(key="proposal-acts"):
        if at.proposal.round_id is not None:
            _note(say("proposal.is_answer"))
        elif stage in (Stage.DRAFT, Stage.RETURNED):
            _of_draft(at, is_overtaken=is_overtaken)
        elif stage is Stage.SUBMITTED:
            _of_submitted(at, is_overtaken=is_overtaken)
        elif stage is Stage.APPROVED:
            _note(_in_force(at.proposal))
            _lead_to_overview(at)
            batch = at.proposal.steps[-1].batch_id
            why_not = refusal(data.engine(), person(), batch)
            tell_why_not(why_not, at.header.municipality)
            if not why_not and st.button(say("proposal.undo"), key="proposal-undo"):
                _ask_back(at)
        else:
            _note(say(f"proposal.ended.{stage}"))


def _note(words: str) -> None:
    tell(words, key="proposal-note")


def _lead_to_overview(at: LookedAt) -> None:
    """Lead to what an approved proposal has made of the plan."""
    name = at.header.plan.name
    if st.button(plain(say("imports.see", plan=name)), type="tertiary", key="proposal-see"):
        place = data.municipality_names()[at.header.municipality.code]
        query = {**choices.shared_query(), "municipality": place, "plan": name}
        st.switch_page("pages/overview.py", query_params=query)


def _of_draft(at: LookedAt, *, is_overtaken: bool) -> None:
    who, place = person(), at.header.municipality
    if refused := steps.refusal(who, Step.SUBMIT, place):
        _note(say("proposal.waits_for_planner", why=refused))
        return
    may_confirm = steps.may_confirm(who, place) and not is_overtaken
    day = _ask_day(at) if may_confirm else None
    comment = _ask_comment(at, say("proposal.comment"))
    with st.container(horizontal=True):
        if may_confirm:
            confirm = partial(steps.confirm, comment=comment, day=day)
            _button(at, "confirm", confirm, is_primary=True)
        submit = partial(steps.submit, comment=comment)
        _button(at, "submit", submit, is_primary=not may_confirm, is_barred=is_overtaken)
        _button(at, "withdraw", partial(steps.withdraw, comment=comment))
    if st.button(say("proposal.go_on"), type="tertiary", key="go-on"):
        query = {**choices.shared_query(), "draft": str(at.proposal.id)}
        st.switch_page("pages/target_editing.py", query_params=query)


def _of_submitted(at: LookedAt, *, is_overtaken: bool) -> None:
    who, place = person(), at.header.municipality
    refused = steps.refusal(who, Step.APPROVE, place, at.proposal)
    may_return, may_withdraw = (
        not steps.refusal(who, step, place) for step in (Step.RETURN, Step.WITHDRAW)
    )
    if refused:
        _note(say("proposal.waits_for_approver", why=refused))
    may_approve = not refused and not is_overtaken
    day = _ask_day(at) if may_approve else None
    label = say("proposal.comment_or_why" if may_return else "proposal.comment")
    comment = _ask_comment(at, label) if may_return or may_withdraw else ""
    with st.container(horizontal=True):
        if may_approve:
            approve = partial(steps.approve, comment=comment, day=day)
            _button(at, "approve", approve, is_primary=True)
        if may_return:
            _button(at, "return", partial(steps.give_back, comment=comment))
        if may_withdraw:
            _button(at, "withdraw", partial(steps.withdraw, comment=comment))


# Each step empties the boxes: those of the next have other keys.


def _ask_day(at: LookedAt) -> date:
    today = datetime.now(JAPAN).date()
    return st.date_input(
        say("proposal.day"),
        value=today,
        min_value=today,
        format="YYYY-MM-DD",
        key=f"proposal-day-{at.step_mark}",
    )


def _ask_comment(at: LookedAt, label: str) -> str:
    return st.text_area(
        label,
        key=f"proposal-comment-{at.step_mark}",
        max_chars=400,
        height=80,
    )


def _button(
    at: LookedAt,
    step: str,
    take: Callable[..., object],
    *,
    is_primary: bool = False,
    is_barred: bool = False,
) -> None:
    if st.button(
        say(f"proposal.act.{step}"),
        type="primary" if is_primary else "secondary",
        key=f"proposal-{step}",
        disabled=is_barred,
    ):
        _take(at, take, say(f"proposal.done.{step}"))


def _take(at: LookedAt, take: Callable[..., object], done: str) -> None:
    """Take a step and say so on the next run; where it is not taken, why."""
    let_go()
    try:
        take(
            data.engine(),
            person(),
            at.header.municipality,
            at.proposal,
            now=datetime.now(UTC),
        )
    except (NotAllowed, steps.StepRefused) as refused:
        refuse([str(refused)])
        return
    except WrongStage as moved:
        stage = say(f"proposal.stage.{moved.stage}")
        keep(say("proposal.moved_on", stage=stage), "error")
    except Overtaken:
        # What came first stands on the page from now on.
        keep(say("proposal.overtaken_now"), "error")
    else:
        keep(done)
    st.rerun()


def _in_force(proposal: Proposal) -> str:
    """Return since when a proposal is in force, or from when it will be."""
    step = proposal.steps[-1]
    since = step.in_force_from or step.recorded_at
    is_later = since > datetime.now(UTC)
    return say("proposal.will_be_in_force" if is_later else "proposal.in_force", day=day_of(since))


def overtaken(at: LookedAt) -> bool:
    """Show what has changed in the plan under the proposal, and let the planner decide each.

    Returns whether there is anything to decide.
    """
    if not at.is_open or at.proposal.round_id is not None:
        return False
    found = tell_clashes(at.base, clashes(data.engine(), at.header.municipality, at.proposal))
    if not found:
        return False
    show("proposal_clashes.html", key="clashes", clashes=found, moment=moment)
    if at.proposal.stage is Stage.SUBMITTED:
        _clash_note(say("proposal.return_to_decide"))
    elif refused := steps.refusal(person(), Step.SAVE, at.header.municipality):
        _clash_note(refused)
    else:
        _decide(at, found)
    return True


def _clash_note(words: str) -> None:
    tell(words, key="clash-note")


def _decide(at: LookedAt, found: list[ToldClash]) -> None:
    _clash_note(say("proposal.decide"))
    answers = {
        told.clash.edit.identity: st.radio(
            told.mine.sentence,
            ("mine", "theirs"),
            index=None,
            format_func=lambda answer: say(f"proposal.keep_{answer}"),
            horizontal=True,
            # Who comes first anew has to be decided anew.
            key=f"decide-{at.step_mark}-{told.clash.recorded_at}-{number}",
        )
        for number, told in enumerate(found)
    }
    is_open = None in answers.values()
    words = say("proposal.save_decided")
    if not st.button(words, type="primary", key="save-decided", disabled=is_open):
        return
    mine = [identity for identity, answer in answers.items() if answer == "mine"]
    save = partial(steps.decide, clashes=[told.clash for told in found], mine=mine)
    _take(at, save, say("proposal.decided"))


@dialog("proposal.undo")
def _ask_back(at: LookedAt) -> None:
    title = at.proposal.title
    done = say("proposal.undone", title=title)

    def undo() -> None:
        batch = at.proposal.steps[-1].batch_id
        take_back(data.engine(), person(), batch, now=datetime.now(UTC))
        keep(done)
        st.rerun()

    ask_back(say("proposal.undo_question", title=title), undo)
