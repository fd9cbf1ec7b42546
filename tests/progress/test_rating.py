import math

import pandas as pd
import pytest

from kpi.progress import load_rule, rate, rule_names
from kpi.progress.rating import parse_rule

BAND = """
[[band]]
letter = "A"
label = "達成"
colour = "a"
shape = "ring-dot"
spoken = "目標を満たしている"
"""
HEAD = 'title = "t"\nversion = 1\nsummary = "s"\n'


def test_every_rule_that_ships_can_be_read():
    assert "standard" in rule_names()
    for name in rule_names():
        rule = load_rule(name)
        assert (rule.name, rule.version >= 1, bool(rule.bands)) == (name, True, True)


@pytest.mark.parametrize(
    ("met", "progress", "elapsed", "label"),
    [
        # The comparator is satisfied, whatever the way was.
        (True, 1.2, 0.9, "達成"),
        (True, -0.1, 0.9, "達成"),
        # As far as it should be: pace, progress / elapsed, is one or more.
        (False, 0.5, 0.5, "順調"),
        (False, 0.6, 0.5, "順調"),
        (False, 0.499, 0.5, "遅れ"),
        (False, 0.0, 0.5, "遅れ"),
        # Worse than the base is shown as such.
        (False, -0.01, 0.5, "後退"),
        # The base satisfied the target, so that there is no ratio: lost.
        (False, math.nan, 0.5, "後退"),
    ],
)
def test_the_standard_rule_rates_as_the_methods_say(met, progress, elapsed, label):
    measures = pd.DataFrame(
        {
            "met": [met],
            "pace": [progress / elapsed],
            "worse_than_base": [not progress >= 0],
            "reason": [""],
            "target_year": [2025.0],
            "actual_year": [2024.0],
        }
    )
    assert list(rate(measures, load_rule("standard"))["rating_label"]) == [label]
    ended = rate(measures.assign(actual_year=2025.0), load_rule("standard"))["rating_label"]
    # A target cannot be late any more once its year is over.
    assert list(ended) == ["未達" if label == "遅れ" else label]


@pytest.mark.parametrize(
    "band",
    [
        BAND + "when = { luck = true }",
        BAND + "when = { met = 1 }",
        BAND + "when = { pace = { around = 1 } }",
        BAND + "when = { pace = 1.0 }",
        BAND + 'mood = "good"',
    ],
)
def test_a_band_that_says_what_it_cannot_mean_is_refused(band):
    with pytest.raises(ValueError, match="band 1"):
        parse_rule("x", HEAD + band)


@pytest.mark.parametrize("key", ["letter", "label", "colour", "shape", "spoken"])
def test_a_band_that_leaves_out_a_key_is_refused_by_its_name(key):
    lines = [line for line in BAND.splitlines() if not line.startswith(key)]
    with pytest.raises(ValueError, match=f"band 1: the key {key} is missing"):
        parse_rule("x", HEAD + "\n".join(lines))


@pytest.mark.parametrize("key", ["title", "version", "summary"])
def test_a_rule_that_leaves_out_a_key_is_refused_by_its_name(key):
    lines = [line for line in HEAD.splitlines() if not line.startswith(key)]
    with pytest.raises(ValueError, match=f"the rule: the key {key} is missing"):
        parse_rule("x", "\n".join(lines) + BAND)
    with pytest.raises(ValueError, match="the rule: the key band is missing"):
        parse_rule("x", HEAD)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (BAND.replace('"a"', '"purple"'), "colour is purple"),
        (BAND.replace('"ring-dot"', '"star"'), "shape is star"),
        (BAND.replace('"A"', "1"), "letter is no str"),
        (BAND.replace('"A"', '"N"'), "the letter N is taken"),
    ],
)
def test_a_band_that_cannot_be_drawn_or_named_is_refused(text, why):
    with pytest.raises(ValueError, match=f"band 1: {why}"):
        parse_rule("x", HEAD + text)


def test_two_bands_of_one_letter_are_refused():
    with pytest.raises(ValueError, match="band 2: the letter A is taken"):
        parse_rule("x", HEAD + BAND + BAND)


def test_an_unknown_rule_is_not_found():
    with pytest.raises(FileNotFoundError):
        load_rule("none")
