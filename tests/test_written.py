"""What is written for readers of English is the same figure, year and day as in Japanese."""

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import plan_of

from kpi.charts.assessment import displays_of
from kpi.notation import COUNTS, KNOWN, english_yen, read_fiscal_year, read_number
from kpi.progress import load_rule, rule_names
from kpi.words import called, speaking
from kpi.written import (
    era_span,
    era_year,
    full_date,
    full_day,
    full_year,
    limited,
    short_year,
    unit_words,
    with_unit,
    yen,
)

#: How many ones an English word for a power of ten counts.
POWERS = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
#: What a program keeps exactly of an amount: 15 digits.
amounts = st.integers(-(10**15) + 1, 10**15 - 1)


def read_english(text):
    """Read an English amount by its words, as a person would."""
    sign = -1 if text.startswith("−") else 1
    number, *power = text.removeprefix("−").removeprefix("¥").split(" ")
    return sign * Decimal(number.replace(",", "")).scaleb(POWERS[power[0]] if power else 0)


@given(amounts)
def test_an_amount_in_english_reads_back_to_the_last_yen(amount):
    assert read_english(english_yen(float(amount))) == amount


@given(amounts)
def test_an_amount_is_the_same_in_both_languages(amount):
    with speaking("en"):
        english = yen(float(amount))
    assert read_english(english) == read_number(yen(float(amount)).replace("−", "-")).value


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (3_077_000_000, "¥3.077 billion"),
        (5_000_000_000, "¥5 billion"),
        (6_753_190_000, "¥6,753.19 million"),
        (77_000_000, "¥77 million"),
        (1_234_567, "¥1,234,567"),
        (1_200_000_000_000, "¥1.2 trillion"),
        (500, "¥500"),
        (0, "¥0"),
        (-26_000_000, "−¥26 million"),
    ],
)
def test_an_amount_is_told_in_the_largest_word_that_keeps_it_short(amount, words):
    assert english_yen(float(amount)) == words


@given(st.integers(1926, 2080))
def test_years_in_english_are_the_same_years(year):
    with speaking("en"):
        assert read_fiscal_year(era_year(year)).fiscal_year == year
        whole = full_year(year)
    assert int(re.fullmatch(r"FY(\d{4}) \((?:Showa|Heisei|Reiwa) (\d+)\)", whole)[1]) == year
    # The year of the era is that of the Japanese, whose first is 元.
    number = re.search(r"\d+|元", full_year(year))[0].replace("元", "1")
    assert whole.endswith(f" {number})")


def test_years_and_days_as_each_language_writes_them():
    day = date(2025, 9, 1)
    assert (era_year(2020), full_year(2020), short_year(2020)) == (
        "令和2年度",
        "令和2（2020）年度",
        "R2",
    )
    assert (era_span(2016, 2017), full_date(day)) == ("平成28〜29年度", "2025年9月1日")
    assert full_day(day) == "2025年9月1日（月）"
    with speaking("en"):
        assert (era_year(2020), full_year(2020), short_year(2020)) == (
            "FY2020",
            "FY2020 (Reiwa 2)",
            "2020",
        )
        assert (era_span(2016, 2017), full_date(day)) == ("FY2016–2017", "1 September 2025")
        assert full_day(day) == "Monday 1 September 2025"


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ("％", "%"),
        ("人", "people"),
        ("百万円", "million yen"),
        ("億円", "100 million yen"),
        ("千t-CO₂", "thousand t-CO2"),
        ("", ""),
        ("みかん箱", "みかん箱"),
    ],
)
def test_a_unit_is_called_by_its_english_name_or_as_the_city_writes_it(unit, words):
    with speaking("en"):
        assert unit_words(unit) == words
    assert unit_words(unit) == unit


def test_a_figure_with_its_unit_and_its_limit():
    assert limited(with_unit("65", "％"), ">=") == "65％以上"
    with speaking("en"):
        assert limited(with_unit("65", "%"), ">=") == "65% or more"
        assert limited(with_unit("120", "people"), "<") == "less than 120 people"
        assert limited(yen(5e9), "<=") == "¥5 billion or less"


@given(
    st.integers(1, 10**9),
    st.sampled_from(["円", "千円", "万円", "百万円", "億円", "万人", "人", "％", "千t-CO₂"]),
)
def test_a_figure_shown_in_an_english_unit_is_the_same_figure(number, unit_text):
    reading = read_number(f"{number}{unit_text}")
    value = float(reading.value)
    fact = {"value": value, "value_text": f"{number:,}", "fiscal_year": 2024}
    content = plan_of(fact, unit=reading.unit, unit_text=unit_text)
    with speaking("en"):
        display = displays_of(content.series, content.facts)[1]
        shown = Decimal(display.number(value).replace(",", ""))
        power = next((p for word, p in POWERS.items() if word in display.unit), 0)
    assert shown.scaleb(power) == reading.value
    with speaking("en"):
        # A projection is rounded where it is in Japanese.
        english = display.forecast(value * 1.01)
    assert english == displays_of(content.series, content.facts)[1].forecast(value * 1.01)


def test_the_rules_that_come_with_the_program_are_told_in_english_whole():
    texts = set()
    for rule in map(load_rule, rule_names()):
        texts |= {rule.title, rule.summary, rule.source, rule.left_open}
        for band in rule.bands:
            texts |= {band.label, band.spoken, band.label_ended, band.spoken_ended}
    with speaking("en"):
        assert {text for text in texts - {""} if called("rule", text) == text} == set()


def test_every_unit_that_is_known_is_called_something_in_english():
    japanese = [unit for unit in COUNTS | KNOWN if not unit.isascii()]
    with speaking("en"):
        assert [unit for unit in japanese if called("unit", unit) == unit] == ["‰"]
