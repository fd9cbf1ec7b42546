"""Pieces of the page of rules: all rules in words, who is judged by them, which one to choose."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from kpi.access import Act
from kpi.charts import assess
from kpi.charts.rule_change import rule_change
from kpi.charts.rule_words import condition_words, option_words
from kpi.model import PlanRule
from kpi.progress import RatingRule
from kpi.store import JAPAN, Conflict, PlanHeader, rule_history
from kpi.ui import as_of, data, rule_editor
from kpi.ui.choices import remember, restore
from kpi.ui.dialogs import dialog
from kpi.ui.html import show
from kpi.ui.judging import effect, record_acts, refuse
from kpi.ui.person import refused
from kpi.ui.rule_shelf import Shelved
from kpi.ui.told import tell
from kpi.words import say

_VIEWS = ("rules", "series")


def why_not(header: PlanHeader) -> str:
    """Return why nothing can be decided here now; empty where it can."""
    if as_of.day() is not None:
        return say("rules.only_now")
    return refused(Act.RULE, header.municipality) or refused(
        Act.SERIES_SETTING, header.municipality
    )


def choose_view() -> str:
    """Show the choice between the rules and the settings of single series."""
    chosen = st.segmented_control(
        say("rules.view"),
        _VIEWS,
        format_func=lambda view: say(f"rules.view_{view}"),
        required=True,
        label_visibility="collapsed",
        key=restore("view", _VIEWS, _VIEWS[0], ""),
    )
    view = str(chosen or _VIEWS[0])
    remember("view", view, _VIEWS[0])
    return view


def choose_rule(shelf: dict[str, Shelved]) -> str:
    """Show all rules as a list and return the one looked at: at first that of the plan."""
    asked = st.query_params.get("rule")
    if asked is not None and asked not in shelf:
        tell(say("rules.unknown", name=asked), key="rule-unknown", severity="error")
    plans = next(name for name, shelved in shelf.items() if shelved.is_plans)
    name = asked if asked in shelf else plans
    followed = show("rules_list.html", key="rules-list", shelf=shelf, chosen=name)
    if followed:
        st.query_params["rule"] = followed
        st.rerun()
    return name


def rule(header: PlanHeader, year: int, shelf: dict[str, Shelved], name: str, why_not: str) -> None:
    """Show a rule in words, what it would make of the plan, and what can be done with it.

    ``why_not`` says why nothing can be; empty where it can.
    """
    shelved = shelf[name]
    show(
        "rule.html",
        key="rule",
        shelved=shelved,
        bands=[(band, condition_words(band)) for band in shelved.rule.bands],
        options=list(option_words(shelved.rule)),
        zone=JAPAN,
    )
    if why_not:
        tell(why_not, key="rule-why-not")
    else:
        _actions(header, shelved, name)
    if not shelved.is_plans:
        chosen = assess(replace(data.content(header), rule=name), year)
        words = say("rules.if_chosen", title=shelved.rule.title)
        effect(rule_change(data.assessment(header, year), chosen), words)
    if shelved.stored and not why_not:
        _versions(header, name)


def _actions(header: PlanHeader, shelved: Shelved, name: str) -> None:
    with st.container(key="rule-actions", horizontal=True):
        if shelved.stored and st.button(say("rules.change"), type="primary", key="rule-change"):
            rule_editor.begin(header, shelved.text, name)
        if st.button(say("rules.copy"), key="rule-copy"):
            rule_editor.begin(header, shelved.text)
        if not shelved.is_plans and st.button(say("rules.choose"), key="rule-choose"):
            _ask_choice(header, shelved.rule)


def _versions(header: PlanHeader, name: str) -> None:
    """Show every version of a rule; an earlier one opens as it was, to be saved anew."""
    history = rule_history(data.engine(), header.municipality)
    versions = [version for version in history if version.name == name]
    followed = show("rule_versions.html", key="rule-versions", versions=versions, zone=JAPAN)
    for version in versions:
        if followed == str(version.version):
            rule_editor.begin(header, version.text, name)


@dialog("rules.choose")
def _ask_choice(header: PlanHeader, rule: RatingRule) -> None:
    names = {"title": rule.title, "plan": header.plan.name}
    question = say("rules.choose_question", **names)
    tell(question, key="choose-told")
    reason = st.text_input(say("rules.reason"), key="choose-reason")
    if st.button(say("rules.choose_yes"), type="primary", key="choose-yes"):
        acts = [PlanRule(header.plan.id, rule.name)]
        try:
            is_recorded = record_acts(header, acts, reason, say("rules.chosen", **names))
        except Conflict:
            refuse([say("frozen.conflict")])
            return
        if is_recorded:
            st.rerun()
