"""Every rule that ships at every edge of its bands, as a person reads its source; and refusals."""

from __future__ import annotations

import math
import random
import tomllib

import pandas as pd
import pytest
from scalar_rating import letter_of

from kpi.progress import Reason, RuleRefused, load_rule, parse_rule, rate, rule_names, rule_text
from kpi.progress.rating import COLOURS, NUMBERS, SHAPES, YES_NO

NAN = math.nan
BAND = """
[[band]]
letter = "A"
label = "達成"
colour = "a"
shape = "ring-dot"
spoken = "目標を満たしている"
"""
HEAD = 'title = "t"\nversion = 1\nsummary = "s"\n'


def table(*rows, reason=""):
    """Measures of targets; what a row does not name is unknown."""
    blank = dict.fromkeys(YES_NO) | dict.fromkeys(NUMBERS, NAN)
    years = {"reason": reason, "target_year": 2025.0, "actual_year": 2024.0, "actual": 1.0}
    frame = pd.DataFrame([blank | years | row for row in rows])
    return frame.astype(dict.fromkeys(YES_NO, object) | dict.fromkeys(NUMBERS, float))


def way(progress, elapsed=0.5, *, met=False):
    return {
        "met": met,
        "progress": progress,
        "elapsed": elapsed,
        "pace": progress / elapsed,
        "worse_than_base": progress < 0,
    }


def rated(rule, *rows, reason=""):
    rule = load_rule(rule) if isinstance(rule, str) else rule
    return list(rate(table(*rows, reason=reason), rule)["rating_label"])


#: The base already satisfied the target: there is no way, only kept or lost.
KEPT = {"met": True, "worse_than_base": False}
LOST = {"met": False, "worse_than_base": True}

CASES = {
    "standard": [
        # The comparator is satisfied, whatever the way was.
        (way(1.2, 0.9, met=True), "達成"),
        (way(-0.1, 0.9, met=True), "達成"),
        (KEPT, "達成"),
        # As far as it should be: pace, progress / elapsed, is one or more.
        (way(0.5), "順調"),
        (way(0.6), "順調"),
        (way(0.499), "遅れ"),
        (way(0.0), "遅れ"),
        # Worse than the base is shown as such.
        (way(-0.01), "後退"),
        (LOST, "後退"),
        # Neither met nor lost, and no way to measure: ">" with the base on the target itself.
        ({"met": False, "worse_than_base": False}, ""),
    ],
    "nagayo": [
        ({"beyond": 0.1, "improvement": 0.3}, "目標を上回る"),
        ({"beyond": 0.1, "improvement": -0.3}, "目標を上回る"),
        # Exactly on the target is not above it.
        ({"beyond": 0.0, "improvement": 0.3}, "基準を上回る"),
        ({"beyond": -1, "improvement": 0.001}, "基準を上回る"),
        # A base of 0 has no share; that 50 of 100 is more than 0 can be said all the same.
        ({"beyond": -50, "progress": 0.5, "worse_than_base": False}, "基準を上回る"),
        ({"beyond": -1, "improvement": 0.0}, "基準から1割以内"),
        ({"beyond": -1, "improvement": -0.1}, "基準から1割以内"),
        ({"beyond": -100, "progress": 0.0, "worse_than_base": False}, "基準から1割以内"),
        ({"beyond": -1, "improvement": -0.101}, "基準を下回る"),
        ({"beyond": -110, "progress": -0.1, "worse_than_base": True}, ""),
    ],
    "tama": [
        (way(0.2, 0.2), "着実"),
        (way(0.199, 0.2), "概ね"),
        (way(0.12, 0.2), "概ね"),
        (way(0.119, 0.2), "改善"),
        (way(-0.5, 0.2), "改善"),
        (way(1.0, 1.0, met=True), "着実"),
        (way(0.6, 1.0), "概ね"),
        # After the five years the share stays at 100 %.
        (way(0.6, 1.4), "概ね"),
        (way(0.599, 1.4), "改善"),
        (way(1.0, 1.4, met=True), "着実"),
        (KEPT, "着実"),
        (LOST, "改善"),
    ],
    "nagano": [
        (way(1.0, met=True), "順調"),
        (way(0.8), "おおむね順調"),
        (way(0.799), "努力を要する"),
        (way(-1.0), "努力を要する"),
        (KEPT, "順調"),
        (LOST, "努力を要する"),
    ],
    "sano": [
        *(
            ({"attainment": share}, f"{points}点")
            for share, points in [
                (1.3, 7),
                (1.0, 7),
                (0.999, 6),
                (0.9, 6),
                (0.899, 5),
                (0.8, 5),
                (0.799, 4),
                (0.7, 4),
                (0.699, 3),
                (0.6, 3),
                (0.599, 2),
                (0.5, 2),
                (0.499, 1),
                (0.0, 1),
                (-0.5, 1),
            ]
        ),
        # A range has no share of a level.
        ({"met": True}, ""),
    ],
    "ino": [
        ({"beyond": 0.1, "progress": 1.1}, "目標を上回る"),
        ({"beyond": 0.0, "progress": 1.0}, "目標と同じ"),
        ({"beyond": -0.1, "progress": 0.01}, "目標を下回る"),
        ({"beyond": -1.0, "progress": 0.0}, "進みがない"),
        ({"beyond": -2.0, "progress": -1.0}, "進みがない"),
        ({"beyond": -0.1} | LOST, "進みがない"),
    ],
    "four-band": [
        ({"met": True, "worse_than_base": False}, "目標達成"),
        ({"met": True, "worse_than_base": True, "within_limit": False}, "目標達成"),
        # At the base is not worse than it.
        ({"met": False, "worse_than_base": False}, "基準以上"),
        ({"met": False, "worse_than_base": False, "within_limit": False}, "基準以上"),
        ({"met": False, "worse_than_base": True, "within_limit": True}, "限度の内"),
        ({"met": False, "worse_than_base": True, "within_limit": False}, "限度より悪い"),
        # Nobody has set the limit yet.
        ({"met": False, "worse_than_base": True}, ""),
        # Within the limit, but nothing says whether it is worse than it was.
        ({"met": False, "within_limit": True}, ""),
    ],
    "open-sdg": [
        ({"met": True, "growth_to_target": -1, "growth_score": 5}, "目標達成"),
        ({"met": True}, ""),
        *(
            ({"met": False, "growth_to_target": ratio, "growth_score": 0}, label)
            for ratio, label in [
                (0.95, "大きく前進"),
                (0.949, "前進"),
                (0.6, "前進"),
                (0.599, "わずかに前進"),
                (0.0, "わずかに前進"),
                (-0.001, "後退"),
            ]
        ),
        *(
            ({"growth_without_target": rate, "growth_score": 0}, label)
            for rate, label in [
                (0.015, "大きく前進"),
                (0.0149, "前進"),
                (0.005, "前進"),
                (0.0049, "わずかに前進"),
                (0.0, "わずかに前進"),
                (-0.0001, "後退"),
            ]
        ),
    ],
    # A template: nothing is rated before its limits are set.
    "national-evaluation": [(way(1.5, met=True), ""), (way(0.5), ""), (way(-0.5), "")],
}


@pytest.mark.parametrize(
    ("rule", "measures", "label"),
    [(rule, measures, label) for rule, cases in CASES.items() for measures, label in cases],
)
def test_a_rule_rates_as_its_source_says(rule, measures, label):
    assert rated(rule, measures) == [label]


def test_every_rule_that_ships_has_its_table_of_cases():
    assert set(CASES) == set(rule_names())


def filled_in():
    text = rule_text("national-evaluation")
    for limit in ("1.2", "0.5"):
        text = text.replace("= nan", f"= {limit}", 1)
    return parse_rule("own", text)


@pytest.mark.parametrize(
    ("measures", "label"),
    [
        (way(1.2, met=True), "目標超過達成"),
        (way(1.199, met=True), "目標達成"),
        (KEPT, "目標達成"),
        # Past the limit of progress, yet a target of "more than" is not met.
        (way(1.2), "相当程度進展あり"),
        (way(0.5), "相当程度進展あり"),
        (way(0.499), "進展が大きくない"),
        (way(0.0), "目標に向かっていない"),
        (way(-0.1), "目標に向かっていない"),
        (LOST, "目標に向かっていない"),
    ],
)
def test_the_template_of_the_state_rates_once_its_limits_are_filled_in(measures, label):
    assert load_rule("national-evaluation").unset_limits == (
        "超過達成とする進捗率",
        "相当程度の進展とする進捗率",
    )
    assert filled_in().unset_limits == ()
    assert rated(filled_in(), measures) == [label]


def test_a_template_says_that_its_limits_are_missing():
    row = rate(table(way(1.0)), load_rule("national-evaluation")).iloc[0]
    assert (row["rating"], row["reason"]) == ("", Reason.NO_LIMIT)


def test_a_target_cannot_be_late_any_more_once_its_year_is_over():
    measures = table(way(0.1), way(0.6)).assign(actual_year=2025.0)
    assert list(rate(measures, load_rule("standard"))["rating_label"]) == ["未達", "順調"]


@pytest.mark.parametrize(
    ("rule", "measures", "why", "missing"),
    [
        ("sano", {"met": True}, "no_measure", "attainment"),
        ("four-band", {"met": False, "worse_than_base": True}, "no_measure", "within_limit"),
        ("nagayo", {"beyond": -1, "worse_than_base": True}, "no_measure", "improvement"),
        ("standard", {"met": False, "worse_than_base": False}, "no_measure", "pace"),
    ],
)
def test_where_no_band_fits_the_reason_names_the_measure_that_is_missing(
    rule, measures, why, missing
):
    row = rate(table(measures), load_rule(rule)).iloc[0]
    assert (row["rating"], row["reason"], row["missing"]) == ("", why, missing)


def test_a_rule_with_a_hole_says_that_no_band_fits():
    hole = parse_rule("own", HEAD + BAND + "when = { pace = { at_least = 1 } }")
    row = rate(table(way(0.1)), hole).iloc[0]
    assert (row["rating"], row["reason"], row["missing"]) == ("", Reason.NO_BAND, "")


def test_without_a_base_only_a_rule_that_needs_none_gives_a_mark():
    level = {"met": False, "attainment": 0.85, "beyond": -0.1}
    assert rated("sano", level, reason="no_base") == ["5点"]
    assert rated("standard", level, reason="no_base") == [""]
    assert rate(table(level, reason="no_base"), load_rule("standard"))["reason"][0] == "no_base"
    # Missing here is no base but a share: the target is a range.
    ranged = rate(table({"met": False}, reason="no_base"), load_rule("sano")).iloc[0]
    assert (ranged["reason"], ranged["missing"]) == ("no_measure", "attainment")


@pytest.mark.parametrize("reason", [r for r in Reason if r and r != "no_base"])
@pytest.mark.parametrize("rule", rule_names())
def test_what_cannot_be_judged_gets_no_mark_from_any_rule(rule, reason):
    known = way(2.0, met=True) | {"attainment": 2.0, "beyond": 1.0, "improvement": 1.0}
    row = rate(table(known, reason=reason), load_rule(rule)).iloc[0]
    assert row["rating"] == ""
    if rule != "open-sdg" or reason != "no_number":
        assert row["reason"] == reason


def test_a_band_that_tests_nothing_takes_only_what_is_fully_known():
    rest = parse_rule("own", HEAD + BAND)
    assert rated(rest, way(0.1)) == ["達成"]
    assert rated(rest, way(0.1), reason="no_base") == [""]


def random_rows(count, seed):
    """Measures of which many are unknown and many lie on the edge of a band or right beside it."""
    draw = random.Random(seed)
    edges = [-0.1, 0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1, 1.2, 5]
    return [
        {name: draw.choice([True, False, None]) for name in YES_NO}
        | {
            name: draw.choice(
                [NAN, draw.uniform(-1, 2), draw.choice(edges), draw.choice(edges) + 1e-15, 0.0]
            )
            for name in NUMBERS
        }
        | {"reason": draw.choice(["", "", "", "", "no_base", "no_number", *Reason])}
        for _ in range(count)
    ]


@pytest.mark.parametrize("name", [*rule_names(), "own"])
def test_random_measures_are_rated_as_by_a_second_rater(name):
    rule = filled_in() if name == "own" else load_rule(name)
    parsed = tomllib.loads(rule_text("national-evaluation" if name == "own" else name))
    if name == "own":
        parsed["limits"] = dict(rule.limits)
    rows = random_rows(3000, seed=name)
    letters = list(rate(table(*rows), rule)["rating"])
    assert letters == [letter_of(row, parsed) for row in rows]
    # The cases reach every band.
    assert set(letters) >= {band.letter for band in rule.bands if not rule.unset_limits}


@pytest.mark.parametrize("name", rule_names())
def test_a_rule_that_ships_can_be_told_apart_in_black_and_white(name):
    rule = load_rule(name)
    assert len({band.shape for band in rule.bands}) == len(rule.bands)
    assert len({band.label for band in rule.bands}) == len(rule.bands)
    # A heavier mark never stands for something better.
    weights = [SHAPES.index(band.shape) for band in rule.ranking]
    assert weights == sorted(weights)
    assert [COLOURS.index(band.colour) for band in rule.ranking] == sorted(
        COLOURS.index(band.colour) for band in rule.bands
    )


def test_every_rule_that_ships_names_its_source_and_is_called_by_its_name():
    for name in rule_names():
        rule = load_rule(name)
        assert (rule.name, rule.version, bool(rule.source)) == (name, 1, True)


LOCATED = [
    # The text, the line it is refused for, why.
    (HEAD + "title = ", 4, "not_toml"),
    (HEAD + 'title = "twice"', 4, "not_toml"),
    (HEAD + BAND + 'mood = "good"', 11, "unknown_key"),
    (HEAD + BAND.replace('"A"', "1"), 6, "wrong_kind"),
    (HEAD + BAND.replace('"A"', '"N"'), 6, "letter_taken"),
    (HEAD + BAND.replace('"a"', '"purple"'), 8, "not_one_of"),
    (HEAD + BAND.replace('"ring-dot"', '"heart"'), 9, "not_one_of"),
    (HEAD + BAND + "when = { luck = true }", 11, "unknown_measure"),
    (HEAD + BAND + "when = { met = 1 }", 11, "not_yes_no"),
    (HEAD + BAND + "when = { pace = 1.0 }", 11, "no_bounds"),
    (HEAD + BAND + "when = { pace = {} }", 11, "no_bounds"),
    (HEAD + BAND + "when = { pace = { around = 1 } }", 11, "not_one_of"),
    (HEAD + BAND + "when = { pace = { above = true } }", 11, "wrong_kind"),
    (HEAD + BAND + "when = { pace = { above = nan } }", 11, "wrong_kind"),
    (HEAD + BAND + 'when = { pace = { above = "x" } }', 11, "unknown_limit"),
    (HEAD + BAND + "when = { pace = { above = 1, at_most = 1 } }", 11, "nothing_between"),
    (HEAD + BAND + "when = { pace = { at_least = 2, at_most = 1 } }", 11, "nothing_between"),
    (HEAD + BAND + "when = []", 11, "wrong_kind"),
    (HEAD + BAND + "when = [1]", 11, "wrong_kind"),
    (HEAD + BAND + "when = { growth = { above = 0 } }", 11, "no_growth"),
    (HEAD + BAND + "when = { met = true }\n" + BAND, 14, "letter_taken"),
    (HEAD + BAND + BAND.replace('"A"', '"B"'), 12, "never_reached"),
    (HEAD + '[options]\nactual = "first"\n' + BAND, 5, "not_one_of"),
    (HEAD + "[options]\ntolerance = -1\n" + BAND, 5, "wrong_kind"),
    (HEAD + "[options]\nluck = 1\n" + BAND, 5, "unknown_key"),
    (HEAD + '[growth]\nbase_year = "2015"\n' + BAND, 5, "wrong_kind"),
    (HEAD + "[limits]\nx = true\n" + BAND, 5, "wrong_kind"),
    (HEAD + "band = []", 4, "missing_key"),
    (HEAD + "band = [1]", 4, "wrong_kind"),
    (HEAD.replace("1", "true") + BAND, 2, "wrong_kind"),
    ('mood = "good"\n' + HEAD + BAND, 1, "unknown_key"),
    # An empty letter would pass for what cannot be judged.
    (HEAD + BAND.replace('"A"', '""'), 6, "bad_letter"),
    (HEAD + BAND.replace('"A"', '" "'), 6, "bad_letter"),
    (HEAD + BAND.replace('"A"', '"A "'), 6, "bad_letter"),
    (HEAD + BAND.replace('"A"', '"ABCDEFGHI"'), 6, "bad_letter"),
    (HEAD + BAND.replace('label = "', 'label = "\\u0000'), 7, "control_sign"),
    (HEAD.replace('title = "', 'title = "\\u0007') + BAND, 1, "control_sign"),
    (HEAD + BAND + f"when = {{ pace = {{ above = {'9' * 400} }} }}", 11, "wrong_kind"),
    (HEAD + BAND + f"when = {{ pace = {{ above = {'9' * 5000} }} }}", 1, "too_much"),
    (HEAD + f"source = {'[' * 3000}{']' * 3000}\n" + BAND, 1, "too_much"),
    (HEAD + f"[limits]\nx = {'9' * 400}\n" + BAND, 5, "wrong_kind"),
    (HEAD + "[limits]\nx = inf\n" + BAND, 5, "wrong_kind"),
    (HEAD + f"[options]\ntolerance = {'9' * 400}\n" + BAND, 5, "too_large"),
    (HEAD + f"[growth]\nbase_year = {'9' * 40}\n" + BAND, 5, "too_large"),
    (HEAD.replace("1", "9" * 40) + BAND, 2, "too_large"),
]


@pytest.mark.parametrize(("text", "line", "why"), LOCATED)
def test_a_rule_that_says_what_it_cannot_mean_is_refused_with_the_line(text, line, why):
    with pytest.raises(RuleRefused) as refused:
        parse_rule("x", text)
    assert (refused.value.line, refused.value.why) == (line, why)


@pytest.mark.parametrize("key", ["letter", "label", "colour", "shape", "spoken"])
def test_a_band_that_leaves_out_a_key_is_refused_at_its_heading(key):
    lines = [line for line in BAND.splitlines() if not line.startswith(key)]
    with pytest.raises(RuleRefused) as refused:
        parse_rule("x", HEAD + "\n".join(lines))
    assert (refused.value.why, refused.value.line) == ("missing_key", 5)
    assert refused.value.values == {"key": key}


@pytest.mark.parametrize("key", ["title", "version", "summary"])
def test_a_rule_that_leaves_out_a_key_is_refused_by_its_name(key):
    lines = [line for line in HEAD.splitlines() if not line.startswith(key)]
    for text in ("\n".join(lines) + BAND, "\n".join(lines)):
        with pytest.raises(RuleRefused) as refused:
            parse_rule("x", text)
        assert refused.value.values == {"key": key}
    with pytest.raises(RuleRefused) as refused:
        parse_rule("x", HEAD)
    assert refused.value.values == {"key": "band"}


def test_bands_may_be_written_with_their_conditions_under_a_heading_of_their_own():
    text = HEAD + BAND + "[band.when]\npace = { above = 1 }\n" + BAND.replace('"A"', '"B"')
    rule = parse_rule("x", text)
    assert [band.when for band in rule.bands] == [({"pace": {"above": 1}},), ({},)]
    with pytest.raises(RuleRefused) as refused:
        parse_rule("x", text.replace("above", "around"))
    assert refused.value.line == 12


def test_settings_of_how_to_measure_are_read():
    text = '[options]\nattainment_when_lower = "mirror"\ntolerance = 0.05\nactual = "final"\n'
    options = parse_rule("x", HEAD + text + BAND).options
    assert (options.attainment_when_lower, options.tolerance, options.actual) == (
        "mirror",
        0.05,
        "final",
    )


def test_an_unknown_rule_is_not_found():
    with pytest.raises(FileNotFoundError):
        load_rule("none")
