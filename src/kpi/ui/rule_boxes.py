"""The boxes of a rule's form: its name and bands, the conditions of one band, how it measures.

What is typed stays text here; `kpi.charts.rule_form` reads it.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kpi.charts.rule_form import NO, YES, BandForm, Condition, RuleForm, bands_of
from kpi.charts.rule_words import condition_words
from kpi.progress.rating import (
    BOUNDS,
    CHOICES,
    COLOURS,
    LONGEST_LETTER,
    NUMBERS,
    SHAPES,
    YES_NO,
)
from kpi.ui.html import show
from kpi.words import say


def rule_boxes(form: RuleForm, at: int, own: str) -> str | None:
    """Show a rule with the boxes of band ``at``; return what a link or button asks for.

    ``own`` begins the keys of the boxes. What is typed goes into the form.
    """
    title, summary = st.columns([1, 2])
    form.title = title.text_input(say("rule_editor.title"), form.title, key=f"{own}-title")
    form.summary = summary.text_input(
        say("rule_editor.summary"),
        form.summary,
        placeholder=say("rule_editor.summary_told"),
        key=f"{own}-summary",
    )
    table = st.container()
    for name, limit in form.limits.items():
        form.limits[name] = st.text_input(
            say("rule_form.limit", name=name),
            limit,
            placeholder=say("rule.unset"),
            key=f"{own}-limit {name}",
        )
    asked = None
    if at < len(form.bands):
        with st.container(border=True, key="rule-band"):
            asked = _band(form, form.bands[at], f"{own}-{at}")
    with st.expander(say("rule_editor.options")):
        _options(form, own)
    with table:
        bands = [(band, condition_words(band)) for band in bands_of(form)]
        alike = len({band.shape for band in form.bands}) < len(form.bands)
        return show("rule_bands.html", key="rule-bands", bands=bands, at=at, alike=alike) or asked


def _band(form: RuleForm, band: BandForm, own: str) -> str | None:
    """Show the boxes of one band; return what a button asks for."""
    letter, label, colour, shape = st.columns([0.5, 1.5, 1.2, 1.2])
    band.letter = letter.text_input(
        say("rules.letter"), band.letter, max_chars=LONGEST_LETTER, key=f"{own}-letter"
    )
    band.label = label.text_input(say("rule_editor.label"), band.label, key=f"{own}-label")
    band.colour = _choice(colour, "colour", COLOURS, band.colour, own)
    band.shape = _choice(shape, "shape", SHAPES, band.shape, own)
    measures = [m for m in (*YES_NO, *NUMBERS) if form.growth or not m.startswith("growth")]
    asked = None
    for number, condition in enumerate(band.conditions):
        asked = _condition(condition, number, measures, f"{own}-{number}") or asked
    if st.button(say("rule_editor.add_condition"), key=f"{own}-add", type="tertiary"):
        asked = "add-condition"
    spoken, label_ended, spoken_ended = st.columns([1.2, 1, 1.2])
    band.spoken = spoken.text_input(
        say("rule_editor.spoken"), band.spoken, placeholder=band.label, key=f"{own}-spoken"
    )
    band.label_ended = label_ended.text_input(
        say("rule_editor.label_ended"), band.label_ended, placeholder=band.label, key=f"{own}-ended"
    )
    band.spoken_ended = spoken_ended.text_input(
        say("rule_editor.spoken_ended"),
        band.spoken_ended,
        placeholder=band.spoken,
        key=f"{own}-spoken-ended",
    )
    return asked


def _condition(condition: Condition, number: int, measures: Sequence[str], own: str) -> str | None:
    """Show one condition in a row; return what its button asks for."""
    joined, measure, test, limit, drop = st.columns(
        [0.8, 2, 1.25, 1.1, 0.35], vertical_alignment="bottom"
    )
    if number:
        word = "or" if condition.is_alternative else "and"
        condition.is_alternative = _choice(joined, "joiner", ("and", "or"), word, own) == "or"
    condition.measure = measure.selectbox(
        say("rule_editor.measure"),
        measures,
        index=measures.index(condition.measure),
        format_func=lambda measure: say(f"measure.{measure}.name"),
        key=f"{own}-measure",
    )
    is_number = condition.measure in NUMBERS
    tests = BOUNDS if is_number else (YES, NO)
    if condition.test not in tests:
        condition.test, condition.limit = tests[0], ""
    condition.test = test.selectbox(
        say("rule_editor.test"),
        tests,
        index=tests.index(condition.test),
        format_func=lambda said: say(
            f"rule.test.{said}" if is_number else f"measure.{condition.measure}.{said}"
        ),
        # A box for yes or no is another box than that for bounds.
        key=f"{own}-test-{condition.measure}",
    )
    if is_number:
        condition.limit = limit.text_input(
            say("rule_editor.limit"), condition.limit, key=f"{own}-limit"
        )
    label = say("rule_editor.drop_condition", number=number + 1)
    return f"drop-condition {number}" if drop.button("×", key=f"{own}-drop", help=label) else None


def _options(form: RuleForm, own: str) -> None:
    """Show how the rule measures and where it comes from."""
    lower, actual, tolerance = st.columns([1, 1.4, 0.8])
    lowers, actuals = CHOICES["attainment_when_lower"], CHOICES["actual"]
    form.attainment_when_lower = _choice(lower, "lower", lowers, form.attainment_when_lower, own)
    form.actual = _choice(actual, "actual", actuals, form.actual, own)
    form.tolerance = tolerance.text_input(
        say("rule.option.tolerance"), form.tolerance, placeholder="0％", key=f"{own}-tolerance"
    )
    form.source = st.text_input(say("rules.source"), form.source, key=f"{own}-source")
    form.left_open = st.text_area(
        say("rules.left_open"), form.left_open, height=90, key=f"{own}-open"
    )


def _choice(box: DeltaGenerator, name: str, options: Sequence[str], chosen: str, own: str) -> str:
    picked: str = box.selectbox(
        say(f"rule.option.{name}"),
        options,
        index=options.index(chosen),
        format_func=lambda option: say(f"rule.{name}.{option}"),
        key=f"{own}-{name}",
    )
    return picked
