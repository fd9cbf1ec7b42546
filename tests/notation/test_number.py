from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.model import Status
from kpi.notation import (
    Nothing,
    Unreadable,
    decimals,
    format_number,
    format_yen,
    plain_number,
    read_nothing,
    read_number,
    read_target,
)

# Text, value in the base unit, base unit.
FORMS = [
    ("0", "0", ""),
    ("１２", "12", ""),
    ("1,234", "1234", ""),
    ("１，２３４人", "1234", "人"),
    ("94.76 ％", "94.76", "％"),
    ("22.9%", "22.9", "％"),
    ("12.5％", "12.5", "％"),
    ("67億5,319万円", "6753190000", "円"),
    ("30億7,700万 円", "3077000000", "円"),
    ("50億円", "5000000000", "円"),
    ("1兆2,000億円", "1200000000000", "円"),
    ("8,148万円", "81480000", "円"),
    ("821百万円", "821000000", "円"),
    ("97,370千円", "97370000", "円"),
    ("5千人", "5000", "人"),
    ("1千万円", "10000000", "円"),
    ("1億2千万円", "120000000", "円"),
    ("3千億円", "300000000000", "円"),
    ("5百人", "500", "人"),
    ("2万5千人", "25000", "人"),
    ("1.5億円", "150000000", "円"),
    ("3.5千t-CO₂", "3500", "t-CO2"),
    ("608世帯", "608", "世帯"),
    ("12か所", "12", "か所"),
    ("約3割", "30", "％"),
    ("3割5分", "35", "％"),
    ("半数", "50", "％"),
    ("約半分", "50", "％"),
    ("残りの半数", "50", "％"),
    ("４分の３", "75", "％"),
    ("凡そ 3/4", "75", "％"),
    ("ゼロ", "0", ""),
    ("ゼロ件", "0", "件"),
    ("6つの区", "6", "区"),
    ("29万世帯", "290000", "世帯"),
    ("100件/月", "100", "件/月"),
    ("２兆 8,637 億円", "2863700000000", "円"),
    ("マイナス5", "-5", ""),
    ("―5", "-5", ""),
    ("△5", "-5", ""),
    ("▲5", "-5", ""),
    ("－5", "-5", ""),
    ("−0.5ポイント", "-0.5", "ポイント"),
    ("‐13", "-13", ""),
    ("＋1.8", "1.8", ""),
    ("123456789012345", "123456789012345", ""),
]


@pytest.mark.parametrize(("text", "value", "unit"), FORMS)
def test_a_number_is_read_however_it_is_written(text, value, unit):
    reading = read_number(text)
    assert (reading.value, reading.unit) == (Decimal(value), unit)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("29（4）", "two_numbers"),
        ("1 2", "two_numbers"),
        ("10 000", "two_numbers"),
        ("5%6", "two_numbers"),
        ("1,23,4", "separators"),
        ("1.2.3", "two_numbers"),
        ("1e3", "two_numbers"),
        ("（5）", "no_number"),
        ("3/4", "two_numbers"),
        ("約１／３", "fraction"),
        ("3分の1", "fraction"),
        ("2024年", "a_year"),
        ("2024年度", "a_year"),
        ("25％減少", "no_unit"),
        ("２割減", "no_unit"),
        ("100件増加", "no_unit"),
        ("10数件", "no_unit"),
        ("100余人", "no_unit"),
        ("1,000人以上/年", "no_unit"),
        ("100％達成", "no_unit"),
        ("5-", "no_unit"),
        ("1,23", "separators"),
        ("12,34,567", "separators"),
        ("5億百万円", "two_scales"),
        ("3万4億円", "two_numbers"),
        ("abc", "no_number"),
        ("", "no_number"),
        ("前年度より増", "no_number"),
        ("100％を維持", "no_unit"),
        ("1234567890123456", "too_many_digits"),
        # Rounded to 28 digits, these would be a 1 with zeros behind it.
        ("9" * 29, "too_many_digits"),
        ("9" * 308, "too_many_digits"),
        # No double is a 1 with that many zeros behind or before it.
        ("1" + "0" * 23, "too_many_digits"),
        ("0." + "0" * 330 + "1", "too_many_digits"),
    ],
)
def test_what_is_not_one_number_is_refused_with_the_reason(text, why):
    with pytest.raises(Unreadable) as refused:
        read_number(text)
    assert refused.value.why == why


def test_what_stands_around_a_number_is_split_off_not_swallowed():
    reading = read_number("22.9%（速報値）※1")
    assert (reading.value, reading.status, reading.marks) == (
        Decimal("22.9"),
        Status.PROVISIONAL,
        "※1",
    )
    assert read_number("22.9％速報値").status is Status.PROVISIONAL
    assert read_number("約300件").approximate
    assert read_number("半数").approximate
    assert not read_number("300件").approximate


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("5件注1", "注1"),
        ("5件（注１）", "(注1)"),
        ("5件*1", "*1"),
        ("5件※１、2", "※1、2"),
        ("5※", "※"),
    ],
)
def test_a_footnote_mark_is_no_digit_of_the_figure(text, marks):
    assert (read_number(text).value, read_number(text).marks) == (5, marks)


def test_a_power_in_the_figure_is_remembered():
    assert read_number("5千").scaled
    assert read_number("821百万円").scaled
    assert not read_number("821").scaled


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("ー", Nothing.NO_VALUE),
        ("－", Nothing.NO_VALUE),
        ("―", Nothing.NO_VALUE),
        ("", Nothing.NO_VALUE),
        ("…", Nothing.NOT_YET),
        ("＿", Nothing.NO_VALUE),
        ("未公表", Nothing.NOT_YET),
        ("非公表", Nothing.SUPPRESSED),
        ("x", Nothing.SUPPRESSED),
        ("*", Nothing.SUPPRESSED),
        ("該当なし", Nothing.NOT_APPLICABLE),
        ("0", None),
        ("0.0％", None),
    ],
)
def test_signs_for_no_value_keep_their_meaning_and_zero_is_a_value(text, meaning):
    assert read_nothing(text) == meaning


def test_the_decimals_of_a_printed_figure_are_known():
    assert [decimals(t) for t in ("99.450％以上", "1,880以上", "65％", "0.5～1.25")] == [3, 0, 0, 1]


def test_figures_are_printed_with_all_their_digits():
    assert format_number(1234.5) == "1,234.5"
    assert format_number(100, 1) == "100.0"
    assert format_number(-36.7619, 2) == "−36.7619"
    assert format_yen(6753190000) == "67億5,319万円"
    assert format_yen(0) == "0円"
    assert format_yen(-12345) == "−1万2,345円"


@given(st.integers(-(10**14), 10**14))
def test_an_amount_printed_in_oku_and_man_reads_back_as_itself(amount):
    assert read_number(format_yen(float(amount))).value == amount


@given(st.decimals(-(10**9), 10**9, places=4, allow_nan=False))
def test_a_printed_number_reads_back_as_itself(number):
    assert read_number(format_number(float(number))).value == number


@given(st.integers(0, 10**9), st.sampled_from(["人", "円", "世帯", "件", "％"]))
def test_full_width_and_half_width_say_the_same(number, unit):
    plain = f"{number:,}{unit}"
    wide = plain.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789,"})
    assert read_number(wide) == read_number(plain)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.00001, "0.00001"),
        (1e15, "1000000000000000"),
        (-2.5e-7, "-0.00000025"),
        (65.0, "65"),
        (94.76, "94.76"),
    ],
)
def test_numbers_are_written_in_plain_decimals_which_the_import_reads(value, text):
    assert plain_number(value) == text
    assert float(read_number(plain_number(value)).value) == value


@pytest.mark.parametrize(
    ("text", "value", "marks"),
    [("94.7①", "94.7", "①"), ("94.7％²", "94.7", "²"), ("１２¹⁾", "12", "¹⁾"), ("8分", "8", "")],
)
def test_small_digits_behind_a_number_are_a_footnotes(text, value, marks):
    read = read_number(text)
    assert (read.value, read.marks) == (Decimal(value), marks)


@pytest.mark.parametrize("text", ["①94", "9①4", "10²人", "0,125", "1.2*10", "94.7*50", "12)"])
def test_digits_that_may_be_something_else_are_not_read(text):
    with pytest.raises(Unreadable):
        read_number(text)


def test_a_square_metre_is_a_unit_and_no_footnote():
    assert read_number("120m²").value == 120


@pytest.mark.parametrize("text", ["65％以上①", "65％以上²"])
def test_a_footnote_behind_a_target_is_no_part_of_it(text):
    assert read_target(text).value == Decimal(65)
