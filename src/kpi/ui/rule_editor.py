"""Changing a rule: as a form or as text, always beside what it would make of the plan.

What is at hand is kept for the session; nothing is written before a person saves it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import streamlit as st

from kpi.acting.judging import Judgement
from kpi.charts import assess, refusal
from kpi.charts.rule_change import RuleChange, rule_change, with_rule
from kpi.charts.rule_form import (
    BandForm,
    Condition,
    FormRefused,
    RuleForm,
    form_of,
    text_of,
)
from kpi.model import PlanRule, RuleVersion
from kpi.progress import RuleRefused, parse_rule
from kpi.store import Conflict, PlanHeader, last_rule_versions
from kpi.ui import data
from kpi.ui.html import show
from kpi.ui.judging import effect, record_acts, refuse
from kpi.ui.rule_boxes import rule_boxes
from kpi.ui.rule_shelf import Shelved, plan_rule, read_shelf
from kpi.words import say

_WORK = "rule-work"
#: As the column of a rule's name in the database.
_LONGEST_NAME = 60


@dataclass
class Work:
    """The rule a person is changing."""

    code: str
    #: The rule whose next version this becomes; empty for a new rule.
    name: str
    #: The version it is saved as, unless somebody else saves one meanwhile.
    version: int
    #: What the boxes say; None while the text itself is changed.
    form: RuleForm | None
    #: The text that is changed where there are no boxes.
    text: str
    #: The band whose boxes are shown.
    at: int = 0
    #: Counts what moves boxes: others take their place with other keys.
    round: int = 0
    #: What somebody else saved meanwhile, in a sentence; empty for nothing.
    conflict: str = ""
    #: What was compared last, and what came of it.
    compared: object = None
    change: RuleChange = field(default_factory=lambda: RuleChange((), 0))

    def written(self) -> str:
        """Return the text of the rule; raises `FormRefused`."""
        return self.text if self.form is None else text_of(self.form, self.version)


def work(header: PlanHeader) -> Work | None:
    """Return the rule the person is changing for this municipality, if any."""
    found: Work | None = st.session_state.get(_WORK)
    return found if found is not None and found.code == header.municipality.code else None


def begin(header: PlanHeader, text: str, name: str = "") -> None:
    """Open a rule's text to be changed: the next version of ``name``, or a new rule."""
    try:
        form: RuleForm | None = form_of(text)
    except FormRefused:
        # It says more than boxes can.
        form = None
    if form is not None and not name:
        # The words of the rule it is copied from would soon be untrue.
        form = replace(form, title=say("rule_editor.copy_of", title=form.title), summary="")
    version = _next_version(header, name)
    st.session_state[_WORK] = Work(header.municipality.code, name, version, form, text)
    st.rerun()


def _next_version(header: PlanHeader, name: str) -> int:
    return last_rule_versions(data.engine(), header.municipality).get(name, 0) + 1


def edit(header: PlanHeader, year: int, at: Work) -> None:
    """Show the boxes of a rule, what it would change, and how to save it."""
    shelf = read_shelf(header)
    _head(header, at, shelf)
    boxes, beside = st.columns([1.5, 1], gap="medium")
    with boxes:
        if at.form is None:
            key = f"rule-text-{at.round}"
            with st.container(key="rule-text"):
                at.text = st.text_area(say("rule_editor.text"), at.text, height=560, key=key)
        elif asked := rule_boxes(at.form, at.at, f"rule-{at.round}"):
            _move(at, at.form, asked)
            st.rerun()
    with beside:
        try:
            text = at.written()
            name = _name(at, text, shelf)
        except FormRefused as refused:
            refuse(refused.sentences)
            return
        is_chosen = _choose(header, name, is_new=not at.name)
        change = _compared(header, year, at, (name, text, is_chosen))
        effect(change, say("rule_editor.effect", plan=header.plan.name))
        _save(header, at, RuleVersion(name, at.version, text), is_chosen=is_chosen)


def _head(header: PlanHeader, at: Work, shelf: Mapping[str, Shelved]) -> None:
    """Show what is being changed, the way to its other view, and the way back."""
    title, turn, back = st.columns([3, 1, 1], vertical_alignment="bottom")
    plans = shelf[at.name].plans if at.name in shelf else ()
    others = [plan for plan in plans if plan != header.plan.name]
    with title:
        show("rule_editor_title.html", key="editor-title", at=at, others=others)
    words = say("rule_editor.as_text") if at.form is not None else say("rule_editor.as_form")
    if turn.button(words, key="rule-turn", width="stretch"):
        try:
            _turn(at)
        except FormRefused as refused:
            refuse(refused.sentences)
        else:
            st.rerun()
    if back.button(say("rule_editor.back"), key="rule-back", width="stretch"):
        del st.session_state[_WORK]
        st.rerun()


def _turn(at: Work) -> None:
    """Go from boxes to text or back. Raises `FormRefused` where what is there cannot be read."""
    if at.form is not None:
        at.text, at.form = at.written(), None
    else:
        try:
            at.form = form_of(at.text)
        except RuleRefused as refused:
            raise FormRefused([refusal(refused)]) from refused
    at.at, at.round = 0, at.round + 1


def _move(at: Work, form: RuleForm, asked: str) -> None:
    """Do what a link or button asks: show a band, move or drop it, add one; or a condition."""
    deed, _, number = asked.partition(" ")
    here = int(number or 0)
    bands = form.bands
    if deed == "add-condition":
        bands[at.at].conditions.append(Condition("progress", "at_least"))
    elif deed == "drop-condition":
        del bands[at.at].conditions[here]
    elif deed == "add":
        bands.append(BandForm(conditions=[Condition("progress", "at_least")]))
        at.at = len(bands) - 1
    elif deed == "drop":
        del bands[here]
        at.at = 0
    elif deed == "show":
        at.at = here
    else:
        at.at = here - 1 if deed == "up" else here + 1
        bands[here], bands[at.at] = bands[at.at], bands[here]
    at.round += 1


def _name(at: Work, text: str, shelf: Mapping[str, Shelved]) -> str:
    """Return the name the rule is saved by; raises `FormRefused` where another is called so."""
    try:
        title = parse_rule(at.name, text).title.strip()
    except RuleRefused as refused:
        raise FormRefused([refusal(refused)]) from refused
    others = [(name, other.rule.title) for name, other in shelf.items() if name != at.name]
    if not title:
        raise FormRefused([say("rule_form.no_title")])
    if any(title in names for names in others):
        raise FormRefused([say("rule_editor.name_taken", title=title)])
    if len(title) > _LONGEST_NAME:
        raise FormRefused([say("rule_editor.name_too_long", limit=_LONGEST_NAME)])
    return at.name or title


def _choose(header: PlanHeader, name: str, *, is_new: bool) -> bool:
    """Ask whether the plan is to be judged by the rule; whether it is, then."""
    if plan_rule(data.content(header)) == name:
        return True
    question = say("rule_editor.choose", plan=header.plan.name)
    return st.checkbox(question, value=is_new, key="rule-is-chosen")


def _compared(header: PlanHeader, year: int, at: Work, asked: tuple[str, str, bool]) -> RuleChange:
    """Return what saving would change in the plan; worked out anew where something is new."""
    mark = (data.version_mark(), header, year, asked)
    if at.compared != mark:
        name, text, is_chosen = asked
        drafted = with_rule(data.content(header), name, text)
        if is_chosen:
            drafted = replace(drafted, rule=name)
        at.change = rule_change(data.assessment(header, year), assess(drafted, year))
        at.compared = mark
    return at.change


def _save(header: PlanHeader, at: Work, version: RuleVersion, *, is_chosen: bool) -> None:
    """Let the person save the rule as its next version, and perhaps choose it for the plan."""
    reason = st.text_input(say("rules.reason"), key="rule-reason")
    if at.conflict:
        refuse([at.conflict])
    words = say("rule_editor.save", version=version.version)
    if not st.button(words, type="primary", key="rule-save"):
        return
    acts: list[Judgement] = [version]
    if is_chosen and plan_rule(data.content(header)) != version.name:
        acts.append(PlanRule(header.plan.id, version.name))
    done = say("rule_editor.saved", name=version.name, version=version.version)
    try:
        is_recorded = record_acts(header, acts, reason, done)
    except Conflict:
        at.version = _next_version(header, version.name)
        at.conflict = say("rule_editor.conflict", taken=version.version, next=at.version)
        st.rerun()
    if is_recorded:
        del st.session_state[_WORK]
        st.query_params["rule"] = version.name
        st.rerun()
