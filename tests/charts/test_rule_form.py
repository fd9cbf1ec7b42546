"""A rule as a form: what stands in the boxes is what the rule means, and nothing else is saved."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.charts.rule_form import (
    BandForm,
    Condition,
    FormRefused,
    form_of,
    read_limit,
    text_of,
)
from kpi.charts.rule_words import limit_words, option_words, summary_words
from kpi.notation import Unreadable
from kpi.progress import load_rule, parse_rule, rule_names, rule_text


def meaning(rule):
    """All a rule says; a limit not set is equal to itself."""
    return repr(rule)


def band(text, label):
    return next(band for band in form_of(text).bands if band.label == label)


@pytest.mark.parametrize("name", rule_names())
def test_a_rule_goes_through_the_form_unchanged(name):
    text = rule_text(name)
    assert meaning(parse_rule("x", text_of(form_of(text), 1))) == meaning(parse_rule("x", text))


def test_limits_stand_in_the_boxes_as_people_write_them():
    [pace] = band(rule_text("standard"), "順調").conditions
    assert (pace.measure, pace.test, pace.limit) == ("pace", "at_least", "1")
    [share] = band(rule_text("nagano"), "おおむね順調").conditions
    assert (share.measure, share.test, share.limit) == ("progress", "at_least", "80％")
    worse, kept = band(rule_text("nagayo"), "基準から1割以内").conditions
    assert (worse.limit, worse.is_alternative) == ("−10％", False)
    assert (kept.measure, kept.test, kept.is_alternative) == ("worse_than_base", "fails", True)


@pytest.mark.parametrize(
    ("measure", "typed", "limit"),
    [
        ("progress", "80％", 0.8),
        ("progress", "８０%", 0.8),
        ("progress", "8割", 0.8),
        ("progress", "12.5％", 0.125),
        ("improvement", "△10％", -0.1),
        ("pace", "１．０", 1.0),
        ("pace", "5000", 5000.0),
        ("gap", "1,200", 1200.0),
    ],
)
def test_a_limit_is_read_as_city_halls_write_numbers(measure, typed, limit):
    assert read_limit(measure, typed) == limit


@pytest.mark.parametrize(
    ("measure", "typed", "why"),
    [
        ("progress", "80", "no_percent"),
        ("progress", "0.8", "no_percent"),
        ("progress", "約80％", "not_exact"),
        ("progress", "80％（速報値）", "not_exact"),
        ("pace", "1.0％", "has_unit"),
        ("gap", "3人", "has_unit"),
        ("pace", "1.0 2.0", "two_numbers"),
        ("pace", "", "no_number"),
    ],
)
def test_a_limit_that_can_mean_two_things_is_refused(measure, typed, why):
    with pytest.raises(Unreadable) as refused:
        read_limit(measure, typed)
    assert refused.value.why == why


# Nearer to 0 than a cell may say, no box may either.
@given(
    st.floats(-1e6, 1e6)
    .filter(lambda value: value == 0 or abs(value) > 1e-18)
    .map(lambda value: float(f"{value:.6g}"))
)
def test_a_limit_shown_is_the_limit_read(limit):
    for measure in ("progress", "pace"):
        assert read_limit(measure, limit_words(measure, limit)) == limit


def test_what_cannot_be_read_is_told_with_its_place_all_at_once():
    form = form_of(rule_text("standard"))
    form.title = " "
    form.bands[2].conditions[0].limit = "1.0くらい"
    form.bands[3].conditions.append(Condition("progress", "below", "80"))
    with pytest.raises(FormRefused) as refused:
        text_of(form, 2)
    title, pace, share = refused.value.sentences
    assert title == "ルールの名前を書いてください。"
    assert pace.startswith("上から3番目の段「順調」の条件1：「1.0くらい」は")
    assert share.startswith("上から4番目の段「遅れ」の条件2：「80」に％がありません。")


def test_a_form_that_is_no_rule_names_the_band():
    form = form_of(rule_text("standard"))
    form.bands.append(BandForm("A", "もう一つ", conditions=[Condition("met", "fails")]))
    with pytest.raises(FormRefused) as refused:
        text_of(form, 2)
    [sentence] = refused.value.sentences
    assert sentence.startswith("上から5番目の段「もう一つ」：「A」は、ほかの段か評価不能（N）が")


def test_the_same_condition_twice_is_not_the_last_of_them():
    form = form_of(rule_text("standard"))
    form.bands[2].conditions.append(Condition("pace", "at_least", "2"))
    with pytest.raises(FormRefused, match="同じ形の条件が2つ"):
        text_of(form, 2)
    form.bands[2].conditions[1].is_alternative = True
    rule = parse_rule("x", text_of(form, 2))
    assert rule.bands[2].when == ({"pace": {"at_least": 1.0}}, {"pace": {"at_least": 2.0}})


def test_words_cannot_break_out_of_their_box():
    form = form_of(rule_text("standard"))
    form.title = 'a"\n[[band]]\\'
    form.bands[0].label = '"""'
    rule = parse_rule("x", text_of(form, 2))
    assert (rule.title, rule.bands[0].label) == (form.title, '"""')


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\x7f"])
def test_a_sign_that_is_not_seen_is_refused_with_the_band(sign):
    form = form_of(rule_text("standard"))
    form.bands[1].label += sign
    with pytest.raises(FormRefused, match=r"上から2番目の段.*制御文字"):
        text_of(form, 2)


def test_a_rule_without_words_of_its_own_is_told_from_its_bands():
    form = form_of(rule_text("standard"))
    form.summary = ""
    form.bands[2].conditions[0].limit = "0.9"
    form.bands[2].spoken = ""
    rule = parse_rule("x", text_of(form, 2))
    assert rule.summary == (
        "達成＝目標を満たす。後退＝基準より悪い。順調＝ペースが0.9以上。"
        "遅れ＝進捗率が経過率未満（ペース1.0未満）。"
    )
    assert rule.bands[2].spoken == "順調"
    again = form_of(text_of(form, 2))
    assert (again.summary, again.bands[2].spoken) == ("", "")


def test_a_limit_named_in_bands_is_set_once_and_until_then_open():
    form = form_of(rule_text("national-evaluation"))
    name = "超過達成とする進捗率"
    assert form.limits == {name: "", "相当程度の進展とする進捗率": ""}
    assert form.bands[0].conditions[1].limit == name
    assert math.isnan(parse_rule("x", text_of(form, 2)).limits[name])
    form.limits[name] = "120％"
    rule = parse_rule("x", text_of(form, 2))
    assert rule.limits[name] == 1.2
    assert dict(option_words(rule))[name] == "120％"
    form.limits[name] = "120"
    with pytest.raises(
        FormRefused, match="境の値「超過達成とする進捗率」：「120」に％がありません"
    ):
        text_of(form, 2)


def test_rules_are_told_in_short():
    assert summary_words(load_rule("nagano")) == (
        "順調＝目標を満たす。おおむね順調＝進捗率が80％以上。"
        "努力を要する＝進捗率が80％未満、または基準より悪い。"
    )
    assert "進捗率が経過率以上（ペース1.0以上）" in summary_words(load_rule("standard"))
