"""はじめに: the own municipality, its first plan, its first actuals, and where to look at them.

One question at a time. What was answered and is not on record yet stands in the address; all else
is on record, so that after a reload, or another day, the page goes on where one stood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, NoReturn

import streamlit as st

from kpi.access import Act, NotAllowed
from kpi.acting import samples
from kpi.acting.beginning import begin_plan
from kpi.acting.imports import Refused
from kpi.editing.structure import Span, StructureRefused
from kpi.model import Kind, Municipality, Plan
from kpi.notation import Unreadable, normal, read_local_code, read_year_span
from kpi.store import (
    IMPORT,
    PROPOSAL,
    Conflict,
    PlanHeader,
    StillNeeded,
    UnknownBatch,
    municipalities,
)
from kpi.ui import data
from kpi.ui.dialogs import dialog
from kpi.ui.html import plain, show
from kpi.ui.judging import in_the_way, refuse
from kpi.ui.person import end_unless, person, refused
from kpi.ui.told import keep, tell, tell_kept
from kpi.ui.turns import aside
from kpi.words import say

#: The steps, in their order.
STEPS = ("municipality", "plan", "actuals", "look")
#: The municipality and the plan one is about to begin, in the address of this page and of the
#: import.
_CODE, _NAME, _PLAN, _STEP = "own", "own_name", "own_plan", "step"
#: Letters the name of a municipality may have.
_LONGEST = 60


@dataclass(frozen=True)
class Standing:
    """How far the own municipality is."""

    municipality: Municipality | None
    #: Its first plan that is on record.
    plan: PlanHeader | None = None
    has_actuals: bool = False

    @property
    def next_step(self) -> int:
        """Return the number of the first step that is not done, from 0."""
        done = (self.municipality, self.plan, self.has_actuals)
        return next((number for number, one in enumerate(done) if not one), len(done))


def asked() -> PlanHeader | None:
    """Return the plan the address says is about to begin; its name may be left to the file."""
    name = st.query_params.get(_NAME, "").strip()
    if not 0 < len(name) <= _LONGEST:
        return None
    code = st.query_params.get(_CODE, "")
    owner = Municipality(code if re.fullmatch("[0-9]{5,6}", code) else name, name)
    return PlanHeader(owner, Plan(0, st.query_params.get(_PLAN, "")), ())


def query_of(header: PlanHeader) -> dict[str, str]:
    """Return the address of a plan that is about to begin."""
    code = header.municipality.code
    query = {_NAME: header.municipality.name, _PLAN: header.plan.name}
    return {**query, _CODE: code} if code.isdecimal() else query


def page() -> None:
    """Show where one stands, the question of the step, and the sample beside it."""
    if refused(Act.IMPORT, None):
        show("title.html", key="title", page="first_steps")
    end_unless(Act.IMPORT, None)
    at = standing()
    wanted = st.query_params.get(_STEP, "")
    step = STEPS.index(wanted) if wanted in STEPS else at.next_step
    # Nothing can be asked that builds on what is not there.
    step = min(step, at.next_step)
    show("first_steps.html", key="steps", steps=STEPS, step=step, at=at)
    tell_kept()
    left, right = st.columns([2, 1], gap="large")
    with left:
        (_municipality, _plan, _actuals, _look)[step](at)
    with right:
        _sample()


def standing() -> Standing:
    """Return how far one is: with the municipality in the address, else the one begun before."""
    about = asked()
    known = data.known_plans()
    if about is not None:
        own = about.municipality
        plans = [h for h in known if _is_same(h.municipality, own)]
    else:
        codes = {
            entry.municipality.code
            for entry in data.known_batches()
            if entry.act in (IMPORT, PROPOSAL) and entry.undone_at is None
            if not samples.is_sample(entry) and entry.municipality.code != samples.CITY.code
        }
        plans = [h for h in known if h.municipality.code in codes]
        if not plans:
            return Standing(None)
        own = plans[0].municipality
        plans = [h for h in plans if h.municipality == own]
    if not plans:
        return Standing(own)
    named = (h for h in plans if about and normal(h.plan.name) == normal(about.plan.name))
    plan = next(named, plans[0])
    has_actuals = bool((data.content(plan).facts["kind"] == Kind.ACTUAL).any())
    return Standing(own, plan, has_actuals)


def _is_same(known: Municipality, own: Municipality) -> bool:
    if known.code.isdecimal() and own.code.isdecimal():
        return known.code == own.code
    return normal(known.name) == normal(own.name)


def _municipality(_at: Standing) -> None:
    """Ask for the own municipality by its name and code."""
    before = asked()
    show("first_question.html", key="question", step="municipality")
    name = st.text_input(
        say("first.name"),
        before.municipality.name if before else "",
        placeholder=say("first.name_example"),
        key="first-name",
        max_chars=_LONGEST,
    )
    looked_up = _code_on_record(name)
    code = before.municipality.code if before else ""
    typed = st.text_input(
        say("first.code"),
        looked_up or (code if code.isdecimal() else ""),
        placeholder=say("first.code_example"),
        key=f"first-code-{looked_up}",
    )
    told = say("first.looked_up", name=plain(name.strip()), code=looked_up)
    st.caption(told if looked_up else say("first.code_help"))
    if not st.button(say("first.next"), type="primary", key="first-next"):
        return
    if not name.strip():
        refuse([say("first.no_name")])
        return
    try:
        code = read_local_code(typed) if typed.strip() else ""
    except Unreadable as unreadable:
        why = say(f"unreadable.{unreadable.why}")
        refuse([say("first.bad_code", text=typed, why=why)])
        return
    owner = next((one for one in municipalities(data.engine()) if code and one.code == code), None)
    if owner is not None and normal(owner.name) != normal(name) and owner.name != code:
        refuse([say("first.code_of_another", code=code, name=owner.name)])
        return
    if code:
        where = say(f"prefecture.p{code[:2]}")
        keep(say("first.told", name=name.strip(), code=code, where=where))
    _go("plan", Municipality(code or name.strip(), name.strip()))


def _code_on_record(name: str) -> str:
    """Return the code under which a municipality of that name is known, of a national table."""
    who = person()
    found = {
        one.code
        for one in municipalities(data.engine())
        if normal(one.name) == normal(name) and one.code.isdecimal() and who.may_see(one.code)
    }
    return found.pop() if len(found) == 1 else ""


def _plan(at: Standing) -> None:
    """Ask for the first plan: from a table the city has, or by hand."""
    own = at.municipality or Municipality("", "")
    show("first_question.html", key="question", step="plan", name=own.name)
    way = st.radio(
        say("first.way.ask"),
        ("file", "hand"),
        format_func=lambda one: say(f"first.way.{one}"),
        captions=[say("first.way.file_words"), say("first.way.hand_words")],
        key="first-way",
    )
    before = asked()
    name = st.text_input(
        say("first.plan_name"),
        before.plan.name if before else "",
        placeholder=say("first.plan_example"),
        key="first-plan",
        max_chars=120,
    )
    spans = ""
    if way == "file":
        st.caption(say("first.plan_help"))
    else:
        spans = st.text_area(
            say("first.spans"),
            placeholder=say("first.spans_example"),
            height=110,
            key="first-spans",
        )
        st.caption(say("first.spans_help"))
    with st.container(horizontal=True):
        if st.button(say("first.back"), key="first-back"):
            _go("municipality", own, name)
        is_on = st.button(say(f"first.way.{way}_go"), type="primary", key="first-go")
    if not is_on:
        return
    header = PlanHeader(own, Plan(0, name.strip()), ())
    if way == "file":
        st.switch_page("pages/imports.py", query_params=query_of(header))
    if not name.strip():
        refuse([say("first.no_plan_name")])
        return
    try:
        begin_plan(data.engine(), person(), own, name, _spans(spans), now=datetime.now(UTC))
    except (NotAllowed, StructureRefused) as not_begun:
        refuse([str(not_begun)])
    except Conflict:
        refuse([say("first.conflict")])
    else:
        keep(say("first.begun", plan=name.strip()))
        _go("actuals", own, name.strip())


def _spans(text: str) -> list[Span]:
    lines = [line for line in text.splitlines() if line.strip()]
    spans = []
    for line in lines:
        try:
            spans.append(read_year_span(line))
        except Unreadable as unreadable:
            raise StructureRefused(say("structure.refused.no_span", text=line)) from unreadable
    return spans


def _actuals(at: Standing) -> None:
    """Lead to the first actuals, or first to the indicators of a plan that has none."""
    if at.plan is None:
        return
    plan, own = at.plan, at.plan.municipality
    is_bare = data.content(plan).series.empty
    show("first_question.html", key="question", step="structure" if is_bare else "actuals")
    query = {"municipality": data.municipality_names()[own.code], "plan": plan.plan.name}
    about = query_of(PlanHeader(own, plan.plan, ()))
    with st.container(horizontal=True):
        if st.button(say("first.back"), key="first-back"):
            _go("plan", own, plan.plan.name)
        if is_bare and st.button(
            say("first.to_structure"), type="primary", key="first-to-structure"
        ):
            query |= {"section": "structure"}
            st.switch_page("pages/target_editing.py", query_params=query)
        kind: Literal["primary", "secondary"] = "secondary" if is_bare else "primary"
        if st.button(say("first.to_actuals"), type=kind, key="first-to-actuals"):
            st.switch_page("pages/imports.py", query_params=about)
    st.caption(say("first.actuals_later"))


def _look(at: Standing) -> None:
    """Lead to the overview, and to what comes after it."""
    if at.plan is None:
        return
    show("first_question.html", key="question", step="look", plan=at.plan.plan.name)
    names = data.municipality_names()
    query = {
        "municipality": names[at.plan.municipality.code],
        "plan": at.plan.plan.name,
    }
    with st.container(horizontal=True):
        if st.button(say("first.back"), key="first-back"):
            _go("actuals", at.plan.municipality, at.plan.plan.name)
        if st.button(say("first.to_overview"), type="primary", key="first-to-overview"):
            st.switch_page("pages/overview.py", query_params=query)
        if st.button(say("first.to_tour"), key="first-to-tour"):
            st.switch_page("pages/overview.py", query_params={**query, "tour": "1"})


def _go(step: str, own: Municipality, plan: str = "") -> NoReturn:
    header = PlanHeader(own, Plan(0, plan), ())
    st.query_params.from_dict({**query_of(header), _STEP: step})
    st.rerun()


def is_way_back(*, is_done: bool) -> bool:
    """Say, on the page of the import, for whom it is; whether the link back was followed."""
    about = asked()
    if about is None:
        return False
    name = about.municipality.name
    words = say("first.imported" if is_done else "first.importing", name=name)
    query = query_of(about)
    return bool(show("first_way_back.html", key="first-way-back", words=words, query=query))


def go_on() -> NoReturn:
    """Lead from the page of the import back to the first steps."""
    about = asked()
    st.switch_page("pages/first_steps.py", query_params=query_of(about) if about else {})


# The sample city.


def _sample() -> None:
    """Show whether the sample city is there, with the way to put it in or to take it out."""
    entries = samples.at_hand(data.engine()) if person().may_see(samples.CITY.code) else []
    followed = show("sample.html", key="sample", count=len(entries), city=samples.CITY.name)
    if followed:
        st.switch_page("pages/overview.py", query_params={"municipality": samples.CITY.name})
    words = refused(Act.UNDO_IMPORT if entries else Act.IMPORT, samples.CITY)
    if words:
        st.caption(plain(words))
    elif entries:
        if st.button(say("sample.take_out"), key="sample-out"):
            _ask_out()
    elif st.button(say("sample.put_in"), key="sample-in"):
        _put_in()


def _put_in() -> None:
    who = person()
    try:
        # Streamlit ends a run where it is told something, as soon as another click has come: half
        # of the city would be in.
        with aside(say("sample.reading")):
            samples.put_in(data.engine(), who, now=lambda: datetime.now(UTC))
            keep(say("sample.is_in", city=samples.CITY.name))
            st.rerun()
    except NotAllowed as not_allowed:
        refuse([str(not_allowed)])
    except (Conflict, Refused):
        refuse([say("sample.not_put_in")])


@dialog("sample.take_out")
def _ask_out() -> None:
    count = len(samples.at_hand(data.engine()))
    words = say("sample.question", city=samples.CITY.name, count=count)
    tell(words, key="sample-question")
    if not st.button(say("sample.yes"), type="primary", key="sample-yes"):
        return
    try:
        with aside(say("imports.undoing")):
            samples.take_out(data.engine(), person(), now=datetime.now(UTC))
            keep(say("sample.is_out", city=samples.CITY.name))
            st.rerun()
    except NotAllowed as not_allowed:
        refuse([str(not_allowed)])
    except UnknownBatch:
        refuse([say("undo.gone")])
    except StillNeeded as needed:
        refuse([say("undo.needed", batches=in_the_way(needed))])
