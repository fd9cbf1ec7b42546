import pytest

from kpi.progress import load_rule, rule_names
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


def test_the_last_band_of_the_standard_rule_takes_what_is_left():
    assert load_rule("standard").bands[-1].when == {}


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


def test_an_unknown_rule_is_not_found():
    with pytest.raises(FileNotFoundError):
        load_rule("none")
