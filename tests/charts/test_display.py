from decimal import Decimal

import pytest

from kpi.charts.display import Display, display_of, percent, subtract


def display(unit, unit_text, values, texts=()):
    return display_of(unit, unit_text, values, texts)


@pytest.mark.parametrize(
    ("values", "unit"),
    [
        ([6753190000, 3077000000, 2500000000], "億円"),
        ([97370000, 83770000, 89000000], "万円"),
        ([5000000000, 50000000], "万円"),
        ([5000], "円"),
        ([0, 3000000000], "億円"),
    ],
)
def test_amounts_are_shown_in_the_largest_unit_none_of_them_falls_below(values, unit):
    assert display("円", "円", values).unit == unit


def test_a_unit_the_city_prints_is_kept():
    shown = display("円", "百万円", [821000000], ["821"])
    assert (shown.unit, shown.number(821000000), shown.figure(821000000)) == (
        "百万円",
        "821",
        "821百万円",
    )


def test_decimals_are_those_of_the_source_and_none_is_dropped():
    shown = display("％", "％", [94.5, 100], ["94.5", "100"])
    assert shown.number(100) == "100.0"
    assert shown.number(94.55) == "94.55"
    yen = display("円", "円", [6753190000])
    assert yen.number(6753190000) == "67.5319"
    assert yen.figure(3077000000) == "30億7,700万円"


def test_differences_are_those_of_the_printed_figures():
    assert subtract(95.2, 94.76) == 0.44
    assert subtract(0.3, 0.1) == 0.2
    shown = display("％", "％", [94.76], ["94.76"])
    assert shown.difference(0.44) == "0.44ポイント"
    assert shown.signed(-0.44) == "−0.44"
    assert shown.signed(1.8) == "+1.80"


def test_a_rate_that_does_not_come_out_even_is_said_to_be_about():
    shown = Display("％", "％", Decimal(1), 1)
    assert shown.rate(2.4) == "2.4ポイント"
    assert shown.rate(1 / 3) == "約0.33ポイント"
    assert Display("円", "億円", Decimal(10) ** 8, 0).rate(-577000000 / 5) == "約1億2,000万円"


def test_percentages_differ_by_points_however_the_city_writes_per_cent():
    for printed in ("%", "％", "パーセント", ""):
        assert display("％", printed, [94.5], ["94.5"]).difference(3.1) == "3.1ポイント"
        assert display("％", printed, [94.5], ["94.5"]).rate(3.1) == "3.1ポイント"


def test_a_small_rate_never_becomes_nothing():
    yen = Display("円", "円", Decimal(1), 0)
    assert yen.rate(0.5) == "0.5円"
    assert yen.rate(0.03) == "0.03円"
    assert yen.rate(1 / 30) == "約0.03円"
    assert yen.rate(1234) == "1,234円"
    assert Display("人", "人", Decimal(1), 0).rate(1 / 300) == "約0.003人"
    assert Display("人", "人", Decimal(1), 0).rate(0) == "0人"


def test_a_projection_is_rounded_to_what_the_source_prints():
    assert Display("％", "％", Decimal(1), 1).forecast(40.4567) == 40.5
    assert Display("円", "億円", Decimal(10) ** 8, 0).forecast(2549999999.7) == 2500000000
    assert Display("人", "千人", Decimal(1000), 1).forecast(12345.6) == 12300


def test_what_is_below_nothing_never_shows_as_nothing():
    assert percent(-0.001) == "−0.1％"
    assert percent(-0.0004, 1) == "−0.04％"
    assert percent(-0.004) == "−0.4％"
    assert percent(-0.006) == "−1％"
    assert percent(0.0) == "0％"


def test_what_is_short_of_a_hundred_per_cent_never_shows_as_a_hundred():
    assert percent(0.9996) == "99％"
    assert percent(0.99996, 1) == "99.9％"
    assert percent(1.0) == "100％"
    assert percent(1.004) == "100％"
    assert percent(-0.31) == "−31％"


@pytest.mark.parametrize(
    ("value", "high", "comparator", "printed", "text"),
    [
        (42, None, ">=", "42.0以上", "42.0％以上"),
        (65, None, ">=", "65％以上", "65％以上"),
        (100, None, "", "100％", "100％"),
        (10, 15, "", "10.0～15.0", "10.0～15.0％"),
        (30, None, "~", "約3割", "約30％"),
    ],
)
def test_a_target_is_shown_with_the_decimals_it_was_printed_with(
    value, high, comparator, printed, text
):
    shown = Display("％", "％", Decimal(1), 2)
    assert shown.target(value, high, comparator, printed, unit=True) == text


def test_figures_as_far_apart_as_any_that_are_read_are_shown_with_all_their_digits():
    shown = display("％", "％", [1e22, 1e-22], ["1e22", f"{Decimal('1e-22'):f}"])
    assert shown.signed_like(1e22, 1e22) == f"+10,000,000,000,000,000,000,000.{'0' * 22}"
    assert shown.rate(1e22) == f"10,000,000,000,000,000,000,000.{'0' * 22}ポイント"
    assert shown.forecast(1e22) == 1e22
