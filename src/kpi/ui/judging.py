"""Acts of judging as pages do them: recording, refusing, telling the effect, taking back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import streamlit as st

from kpi.access import Act, NotAllowed
from kpi.acting.judging import Judgement, judge
from kpi.acting.undoing import take_back
from kpi.charts import told_act
from kpi.charts.rule_change import RuleChange
from kpi.model import Municipality
from kpi.store import (
    JAPAN,
    BatchEntry,
    PlanHeader,
    StillNeeded,
    UnknownBatch,
)
from kpi.ui import data
from kpi.ui.choices import shared_query
from kpi.ui.dialogs import dialog
from kpi.ui.html import show
from kpi.ui.person import person, refused
from kpi.ui.told import keep, tell
from kpi.ui.turns import aside, let_go
from kpi.words import say

#: The acts that can be taken back here.
_ACTS = ("rule", "plan-rule", "setting")


def refuse(sentences: Sequence[str]) -> None:
    """Show why something was not done."""
    show("refused.html", key="refused", sentences=sentences)


def record_acts(header: PlanHeader, acts: Sequence[Judgement], reason: str, words: str) -> bool:
    """Record what was decided and keep ``words`` for the next run; where not, say why.

    Raises `Conflict` as `kpi.store.record` does.
    """
    if not record_now(header.municipality, acts, reason):
        return False
    keep(words)
    return True


def record_now(municipality: Municipality, acts: Sequence[Judgement], reason: str) -> bool:
    """Record what was decided, by the person who is here; where not, say why.

    Raises `Conflict` as `kpi.store.record` does.
    """
    if not reason.strip():
        refuse([say("act.no_reason")])
        return False
    let_go()
    try:
        judge(
            data.engine(),
            person(),
            municipality,
            acts,
            reason=reason.strip(),
            now=datetime.now(UTC),
        )
    except NotAllowed as not_allowed:
        refuse([str(not_allowed)])
        return False
    return True


def effect(change: RuleChange, title: str) -> None:
    """Show who would stand otherwise, each with a way to its indicator."""
    shared = shared_query()
    followed = show("rule_effect.html", key="rule-effect", change=change, title=title, query=shared)
    for one in change.changes:
        if followed == one.mark:
            query = {**shared, "period": str(one.period), "series": one.title}
            st.switch_page("pages/indicator.py", query_params=query)


def history(header: PlanHeader) -> None:
    """Show what was decided about judging, newest first, each with a way to take it back."""
    entries = [
        entry for entry in data.known_batches([header.municipality.code]) if entry.act in _ACTS
    ]
    if not entries:
        return
    acts = [(entry, told_act(entry)) for entry in entries]
    can_undo = not refused(Act.RULE, header.municipality)
    followed = show("rule_acts.html", key="rule-acts", acts=acts, zone=JAPAN, can_undo=can_undo)
    if followed:
        _ask_back(next(entry for entry in entries if entry.batch_id == followed))


@dialog("imports.undo")
def _ask_back(entry: BatchEntry) -> None:
    def undo() -> None:
        take_back(data.engine(), person(), entry.batch_id, now=datetime.now(UTC))
        keep(say("rules.undone", act=told_act(entry)))
        # The rule looked at may be gone.
        st.query_params.pop("rule", None)
        st.rerun()

    ask_back(say("rules.undo_question", act=told_act(entry), reason=entry.reason), undo)


def ask_back(question: str, undo: Callable[[], None]) -> None:
    """Ask whether an act is to be taken back, and do it; where it cannot be, say why.

    ``undo`` raises as `kpi.acting.undoing.take_back` does.
    """
    tell(question, key="undo")
    if not st.button(say("imports.undo_yes"), type="primary", key="undo-yes"):
        return
    try:
        with aside(say("imports.undoing")):
            undo()
    except NotAllowed as not_allowed:
        refuse([str(not_allowed)])
    except UnknownBatch:
        refuse([say("act.gone")])
    except StillNeeded as needed:
        refuse([say("rules.undo_needed", acts=in_the_way(needed))])


def in_the_way(needed: StillNeeded) -> str:
    """Return the later acts for which one is still needed, in words."""
    later = [one for one in data.known_batches() if one.batch_id in needed.batch_ids]
    return say("list.comma").join(
        say("undo.later", files=told_act(one), when=moment(one.recorded_at)) for one in later
    )


def moment(when: datetime) -> str:
    """Return a moment as the clocks of Japan showed it."""
    return f"{when.astimezone(JAPAN):%Y-%m-%d %H:%M}"
