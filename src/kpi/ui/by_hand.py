"""手で付ける評価: the rating of one target set by a person, and withdrawn again."""

from __future__ import annotations

import streamlit as st

from kpi.access import Act
from kpi.charts import Assessment
from kpi.model import FiscalYear, HandRating
from kpi.progress import JudgedTarget, key_of
from kpi.ui import as_of
from kpi.ui.dialogs import dialog
from kpi.ui.fixing import ask_reason
from kpi.ui.html import show
from kpi.ui.judging import record_now, refuse
from kpi.ui.person import may
from kpi.words import say


def buttons(assessment: Assessment, target: JudgedTarget) -> None:
    """Offer to set a target's rating by hand, and to withdraw the one there; not in the past."""
    if as_of.day() is not None or not may(Act.HAND_RATING, assessment.municipality):
        return
    key = key_of(target)
    is_set = key in assessment.by_hand
    with st.container(horizontal=True, key="by-hand-acts"):
        words = say("hand.set_anew") if is_set else say("hand.set")
        if st.button(words, key="by-hand-set"):
            _ask(assessment, target)
        if (is_set or key in assessment.lapsed) and st.button(
            say("hand.withdraw"), key="by-hand-withdraw"
        ):
            _ask_withdraw(assessment, target)


@dialog("hand.set")
def _ask(assessment: Assessment, target: JudgedTarget) -> None:
    rule = assessment.told_rules[target.rule]
    bands = {band.letter: band for band in rule.ranking}
    ended = bool(target.actual_year >= target.target_year)
    show(
        "by_hand_ask.html",
        key="by-hand-told",
        computed=assessment.computed_label(target),
        rule=rule.title,
        bands=[(b.label_of(ended=ended), b.spoken_of(ended=ended), b) for b in bands.values()],
    )
    letter = st.selectbox(
        say("hand.band"),
        list(bands),
        format_func=lambda letter: bands[letter].label_of(ended=ended),
        index=None,
        placeholder=say("choice.pick"),
        key="by-hand-letter",
    )
    reason = ask_reason(say("hand.reason_example"))
    if not st.button(say("hand.set_yes"), type="primary", key="by-hand-yes"):
        return
    if letter is None:
        refuse([say("hand.no_band")])
    else:
        _record(assessment, target, letter, reason)


@dialog("hand.withdraw")
def _ask_withdraw(assessment: Assessment, target: JudgedTarget) -> None:
    show("by_hand_withdraw.html", key="by-hand-told", computed=assessment.computed_label(target))
    reason = ask_reason(say("hand.withdraw_example"))
    if st.button(say("hand.withdraw_yes"), type="primary", key="by-hand-withdraw-yes"):
        _record(assessment, target, "", reason)


def _record(assessment: Assessment, target: JudgedTarget, letter: str, reason: str) -> None:
    """Record a rating for the actual that counts now; without a letter, withdraw the one there."""
    key = key_of(target)
    has_actual = target.actual_year == target.actual_year
    rating = HandRating(
        key.series_id,
        key.period,
        key.label,
        FiscalYear(key.year),
        target.rule,
        letter,
        FiscalYear(int(target.actual_year)) if has_actual else None,
        float(target.actual) if has_actual else None,
    )
    if record_now(assessment.municipality, [rating], reason):
        st.rerun()
