"""資料の組: what one keeps for the next report, chosen, saved, renamed, deleted and taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import streamlit as st

from kpi.access import NotAllowed
from kpi.acting.report_sets import MOST, SetRefused, keep_set, own_sets, put_away, take_back
from kpi.model import ReportSet
from kpi.store import Conflict, PlanHeader, StoredReportSet
from kpi.ui import data
from kpi.ui.choices import remember, restore
from kpi.ui.dialogs import dialog
from kpi.ui.judging import refuse
from kpi.ui.person import person
from kpi.ui.told import tell
from kpi.ui.turns import let_go
from kpi.words import say

_NAME = "set"
#: The state that was saved last, with what to say of it.
_LAST = "report-set-last"


def choose(header: PlanHeader, of: str) -> StoredReportSet | None:
    """Show the box with one's sets of the plan, and return the one that is chosen."""
    known = {str(one.id): one for one in own_sets(data.engine(), person(), header)}
    if not known:
        return None
    names = {"": say("report_set.none")} | {id_: one.kept.name for id_, one in known.items()}
    chosen = st.selectbox(
        say("report_set.choose"),
        list(names),
        format_func=names.__getitem__,
        width=320,
        key=restore(_NAME, list(names), "", of),
    )
    remember(_NAME, chosen, "")
    return known.get(chosen)


def acts(header: PlanHeader, stored: StoredReportSet | None, now: ReportSet) -> None:
    """Show what can be done with the set that is chosen, and with what is chosen ``now``."""
    with st.container(horizontal=True, key="report-set-acts"):
        if st.button(say("report_set.save_as"), key="report-set-save-as"):
            _ask_name(header, None, now)
        if stored is None:
            return
        is_other = replace(stored.kept, name=now.name) != now
        if st.button(say("report_set.save"), key="report-set-save", disabled=not is_other):
            kept = replace(now, name=stored.kept.name)
            _do(lambda: _keep(header, kept, stored), say("report_set.saved", name=kept.name))
        if st.button(say("report_set.rename"), key="report-set-rename"):
            _ask_name(header, stored, stored.kept)
        if st.button(say("report_set.delete"), key="report-set-delete"):
            _do(
                lambda: put_away(data.engine(), person(), header, stored, now=datetime.now(UTC)),
                say("report_set.deleted", name=stored.kept.name),
            )


def tell_last(header: PlanHeader) -> None:
    """Say once what was just done with a set, with the way to take it back."""
    last: tuple[StoredReportSet, str] | None = st.session_state.get(_LAST)
    if last is None or last[0].kept.plan_id != header.plan.id:
        return
    stored, words = last
    with st.container(horizontal=True, vertical_alignment="center"):
        tell(words, key="report-set-told", severity="done")
        if st.button(say("report_set.take_back"), key="report-set-take-back"):
            _do(
                lambda: take_back(data.engine(), person(), header, stored, now=datetime.now(UTC)),
                say("report_set.taken_back", name=stored.kept.name),
            )


def _keep(header: PlanHeader, kept: ReportSet, before: StoredReportSet | None) -> StoredReportSet:
    return keep_set(data.engine(), person(), header, kept, before=before, now=datetime.now(UTC))


@dialog("report_set.one")
def _ask_name(header: PlanHeader, before: StoredReportSet | None, kept: ReportSet) -> None:
    """Ask for a name: of a new set, or another one for a set."""
    mark = f"{before.id} {before.number}" if before else "new"
    name = st.text_input(
        say("report_set.name"),
        before.kept.name if before else "",
        max_chars=MOST,
        key=f"report-set-name {mark}",
        placeholder=say("report_set.example"),
    )
    if st.button(say("report_set.keep"), type="primary", key="report-set-keep"):
        named = replace(kept, name=name)
        _do(lambda: _keep(header, named, before), say("report_set.saved", name=name.strip()))


def _do(act: Callable[[], StoredReportSet], words: str) -> None:
    """Do something with a set, and begin anew with the set as it is then."""
    let_go()
    try:
        stored = act()
    except (NotAllowed, SetRefused) as refused:
        refuse([str(refused)])
    except Conflict:
        refuse([say("report_set.conflict")])
    else:
        st.session_state[_LAST] = stored, words
        if stored.kept.is_withdrawn:
            st.query_params.pop(_NAME, None)
        else:
            st.query_params[_NAME] = str(stored.id)
        st.rerun()
