"""Changing a rule: as a form or as text, always beside what it would make of the plan.

What is at hand is kept for the session; nothing is written before a person saves it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import streamlit as st

from kpi.charts import assess
from kpi.charts.rule_change import RuleChange, rule_change, with_rule
from kpi.charts.rule_form import (
    BandForm,
    Condition,
    FormRefused,
    RuleForm,
    form_of,
    text_of,
)
from kpi.charts.rule_words import refusal
from kpi.model import Act, PlanRule, RuleVersion
from kpi.progress import RuleRefused, load_rule, parse_rule, rule_names
from kpi.store import Conflict, PlanHeader, last_rule_versions
from kpi.ui import data
from kpi.ui.html import show
from kpi.ui.judging import effect, plan_rule, record_acts, refuse
from kpi.ui.rule_boxes import rule_boxes
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
    #: What the boxes say; None while the text cannot be shown in boxes.
    form: RuleForm | None
    #: What the rule is as text; what was typed there last where the text is changed itself.
    text: str
    is_text: bool = False
    #: The band whose boxes are shown.
    at: int = 0
    #: Counts what moves boxes: others take their place with other keys.
    round: int = 0
    #: What was compared last, and what came of it.
    compared: object = None
    change: RuleChange = field(default_factory=lambda: RuleChange((), 0))


def work(header: PlanHeader) -> Work | None:
    """Return the rule the person is changing for this municipality, if any."""
    found: Work | None = st.session_state.get(_WORK)
    return found if found is not None and found.code == header.municipality.code else None


def begin(header: PlanHeader, text: str, name: str = "") -> None:
    """Open a rule's text to be changed: the next version of ``name``, or a new rule."""
    version = _next_version(header, name)
    try:
        form: RuleForm | None = form_of(text)
    except FormRefused:
        # Its text says more than boxes can.
        form = None
    if form is not None and not name:
        # The words of the rule it is copied from would soon be untrue.
        form = replace(form, title=say("rule_editor.copy_of", title=form.title), summary="")
    opened = Work(header.municipality.code, name, version, form, text, is_text=form is None)
    st.session_state[_WORK] = opened
    st.rerun()


def _next_version(header: PlanHeader, name: str) -> int:
    return last_rule_versions(data.engine(), header.municipality).get(name, 0) + 1


def edit(header: PlanHeader, year: int, at: Work) -> None:
    """Show the boxes of a rule, what it would change, and how to save it."""
    _head(at)
    boxes, beside = st.columns([1.5, 1], gap="medium")
    with boxes:
        if at.form is not None and not at.is_text:
            asked = rule_boxes(at.form, at.at, f"rule-{at.round}")
            if asked:
                _move(at, at.form, asked)
                st.rerun()
        else:
            key = f"rule-text-{at.round}"
            at.text = st.text_area(say("rule_editor.text"), at.text, height=560, key=key)
    with beside:
        try:
            name, text = _written(at, header)
        except FormRefused as refused:
            refuse(refused.sentences)
            return
        is_chosen = _choose(header, name, is_new=not at.name)
        change = _compared(header, year, at, (name, text, is_chosen))
        effect(change, say("rule_editor.effect", plan=header.plan.name))
        _save(header, at, RuleVersion(name, at.version, text), is_chosen=is_chosen)


def _head(at: Work) -> None:
    """Show what is being changed, the way to its other view, and the way back."""
    title, text, back = st.columns([3, 1, 1], vertical_alignment="bottom")
    with title:
        show("rule_editor_title.html", key="editor-title", name=at.name, version=at.version)
    other = say("rule_editor.as_form") if at.is_text else say("rule_editor.as_text")
    if text.button(other, key="rule-turn", width="stretch"):
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
    if at.form is not None and not at.is_text:
        at.text = text_of(at.form, at.version)
    else:
        try:
            at.form = form_of(at.text)
        except RuleRefused as refused:
            raise FormRefused([refusal(refused)]) from refused
    at.is_text, at.at, at.round = not at.is_text, 0, at.round + 1


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


def _written(at: Work, header: PlanHeader) -> tuple[str, str]:
    """Return name and text of the rule as it would be saved; raises `FormRefused`."""
    text = at.text if at.is_text or at.form is None else text_of(at.form, at.version)
    try:
        title = parse_rule("", text).title.strip()
    except RuleRefused as refused:
        raise FormRefused([refusal(refused)]) from refused
    others = [stored for stored in data.content(header).rules if stored.name != at.name]
    taken = {title for name in rule_names() for title in (name, load_rule(name).title)}
    taken |= {title for o in others for title in (o.name, parse_rule(o.name, o.text).title)}
    if title in taken:
        raise FormRefused([say("rule_editor.name_taken", title=title)])
    if len(title) > _LONGEST_NAME:
        raise FormRefused([say("rule_editor.name_too_long", limit=_LONGEST_NAME)])
    return at.name or title, text


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
        content = data.content(header)
        drafted = with_rule(content, name, text)
        if is_chosen:
            drafted = replace(drafted, rule=name)
        at.change = rule_change(assess(content, year), assess(drafted, year))
        at.compared = mark
    return at.change


def _save(header: PlanHeader, at: Work, version: RuleVersion, *, is_chosen: bool) -> None:
    """Let the person save the rule as its next version, and perhaps choose it for the plan."""
    reason = st.text_input(say("rules.reason"), key="rule-reason")
    words = say("rule_editor.save", version=at.version)
    if not st.button(words, type="primary", key="rule-save"):
        return
    acts: list[Act] = [version]
    if is_chosen and plan_rule(data.content(header)) != version.name:
        acts.append(PlanRule(header.plan.id, version.name))
    done = say("rule_editor.saved", name=version.name, version=version.version)
    try:
        is_recorded = record_acts(header, acts, reason, done)
    except Conflict:
        taken = at.version
        at.version = _next_version(header, version.name)
        refuse([say("rule_editor.conflict", taken=taken, next=at.version)])
        return
    if is_recorded:
        del st.session_state[_WORK]
        st.query_params["rule"] = version.name
        st.rerun()
