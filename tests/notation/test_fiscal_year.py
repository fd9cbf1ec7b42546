from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.notation import (
    Unreadable,
    era_span,
    era_year,
    find_fiscal_year,
    full_year,
    read_fiscal_year,
    read_year_span,
    short_year,
)

WIDE = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789./"}

# Text, the fiscal year it names, and what sort of year it is. Read by hand: era years begin in
# 1926, 1989 and 2019; January to March belong to the year before.
FORMS = [
    ("令和元年度", 2019, "fiscal"),
    ("平成31年度", 2019, "fiscal"),
    ("令和2年度", 2020, "fiscal"),
    ("令和２年度", 2020, "fiscal"),
    ("平成32年度", 2020, "fiscal"),
    ("昭和64年度", 1989, "fiscal"),
    ("平成元年度", 1989, "fiscal"),
    ("㍻30年度", 2018, "fiscal"),
    ("R1", 2019, "plain"),
    ("R元", 2019, "plain"),
    ("Ｈ２７", 2015, "plain"),
    ("h27", 2015, "plain"),
    ("H.27", 2015, "plain"),
    ("H27 [2015]", 2015, "plain"),
    ("平成27（2015）年度", 2015, "fiscal"),
    ("令和2年度（2020年度）", 2020, "fiscal"),
    ("2020（令和2）年度", 2020, "fiscal"),
    ("2021", 2021, "plain"),
    ("2021年度", 2021, "fiscal"),
    ("FY2020", 2020, "fiscal"),
    ("2021年", 2021, "calendar"),
    ("平成30年", 2018, "calendar"),
    ("平成31年3月末", 2018, "date"),
    ("平成31年4月1日", 2019, "date"),
    ("2021年3月末", 2020, "date"),
    ("2019-04-01", 2019, "date"),
    ("2020/3/31", 2019, "date"),
    ("2021-03-31", 2020, "date"),
    ("2021.3.31", 2020, "date"),
    ("2021/4", 2021, "date"),
    ("R7.3.31", 2024, "date"),
    ("R7/4/1", 2025, "date"),
    ("H31.3末", 2018, "date"),
    ("㋿７年度", 2025, "fiscal"),
    ("S60", 1985, "plain"),
    ("平成40年", 2028, "calendar"),
    ("（2011）", 2011, "plain"),
    ("令和7（2025）年3月末", 2024, "date"),
    ("平成 30 年 7 月時点", 2018, "date"),
    ("平成 30 年３月末日時点", 2017, "date"),
    ("平成２９年６月１日現在", 2017, "date"),
    ("2021 年度までに", 2021, "fiscal"),
    ("2018年度以降の毎年度", 2018, "fiscal"),
]


@pytest.mark.parametrize(("text", "year", "basis"), FORMS)
def test_a_year_is_read_however_it_is_written(text, year, basis):
    reading = read_fiscal_year(text)
    assert (reading.fiscal_year, reading.basis) == (year, basis)


@pytest.mark.parametrize(
    ("text", "era", "year"),
    [
        ("7", "令和", 2025),
        ("7", "R", 2025),
        ("元年度", "令和", 2019),
        ("30", "平成", 2018),
        ("8年1月1日現在", "令和", 2025),
    ],
)
def test_a_bare_number_is_a_year_only_under_an_era(text, era, year):
    assert read_fiscal_year(text, era).fiscal_year == year
    with pytest.raises(Unreadable):
        read_fiscal_year(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("令和2（2021）年度", "years_differ"),
        ("2020（令和3）年度", "years_differ"),
        ("令和0年度", "year_zero"),
        ("平成31年13月", "no_month"),
        ("平成31年2月29日", "no_day"),
        ("R7.13.1", "no_month"),
        ("令和7（2024）年3月末", "years_differ"),
        ("平成30年6月25日公表", "no_year"),
        ("2021.3", "no_year"),
        ("R5-7", "no_year"),
        ("昨年", "no_year"),
        ("過去10年間", "no_year"),
        ("5か年", "no_year"),
        ("", "no_year"),
        ("12345", "no_year"),
        ("目標値", "no_year"),
    ],
)
def test_what_is_no_year_is_refused_with_the_reason(text, why):
    with pytest.raises(Unreadable) as refused:
        read_fiscal_year(text)
    assert refused.value.why == why


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("第１期目標\n（平成29（2017）年度）", 2017),
        ("計画策定時（H27）[2015]", 2015),
        ("R6（速報）", 2024),
        ("令和5年度実績", 2023),
        ("2018年度目標", 2018),
        ("実績（R7.3.31）", 2024),
        ("2021/3/31現在の値", 2020),
        ("目標値", None),
        ("CH4の濃度", None),
        ("10.5％", None),
    ],
)
def test_the_year_within_a_heading_is_found(text, year):
    found = find_fiscal_year(text)
    assert (found and found.fiscal_year) == year


def test_a_heading_with_two_different_years_is_refused():
    with pytest.raises(Unreadable):
        find_fiscal_year("令和4年度～令和7年度")


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("平成28（2016）年度～平成29（2017）年度", (2016, 2017)),
        ("平成28～29年度", (2016, 2017)),
        ("平成30〜令和3年度", (2018, 2021)),
        ("令和4年度から令和7年度まで", (2022, 2025)),
        ("H30-R3", (2018, 2021)),
        # As 川崎市 prints it.
        ("令和４（2022）〜７（2025）年度", (2022, 2025)),
    ],
)
def test_a_span_of_years_is_read(text, span):
    assert read_year_span(text) == span


@pytest.mark.parametrize("text", ["令和4年度", "令和7年度～令和4年度", ""])
def test_what_is_no_span_is_refused(text):
    with pytest.raises(Unreadable):
        read_year_span(text)


def test_a_year_is_printed_in_the_era_it_lies_in():
    assert era_year(2018) == "平成30年度"
    assert era_year(2019) == "令和元年度"
    assert full_year(2020) == "令和2（2020）年度"
    assert short_year(2019) == "R元"
    assert era_span(2016, 2017) == "平成28〜29年度"
    assert era_span(2018, 2021) == "平成30〜令和3年度"


def test_the_printed_year_and_day_are_kept_beside_the_fiscal_year():
    reading = read_fiscal_year("R7.3.31")
    assert (reading.fiscal_year, reading.year, reading.month, reading.day) == (2024, 2025, 3, 31)


def test_an_era_that_is_none_reads_nothing():
    with pytest.raises(Unreadable):
        read_fiscal_year("7", "慶応")


@given(st.dates(date(1930, 1, 1), date(2099, 12, 31)), st.booleans())
def test_a_printed_day_reads_back_as_itself_in_every_writing(day, wide):
    era = short_year(day.year)
    for text in (
        f"{era_year(day.year)[:-1]}{day.month}月{day.day}日",
        f"{day.year}年{day.month}月{day.day}日現在",
        f"{era}.{day.month}.{day.day}",
        f"{day.year}/{day.month}/{day.day}",
        day.isoformat(),
    ):
        reading = read_fiscal_year(text.translate(WIDE) if wide else text)
        assert (reading.year, reading.month, reading.day) == (day.year, day.month, day.day)
        assert reading.fiscal_year == (day.year if day.month >= 4 else day.year - 1)


@given(st.integers(1926, 2099))
def test_what_is_printed_reads_back_as_the_same_year(year):
    for text in (era_year(year), full_year(year), short_year(year), str(year)):
        assert read_fiscal_year(text).fiscal_year == year


def test_years_before_showa_are_printed_by_their_own_eras():
    assert read_fiscal_year("大正 9年").fiscal_year == 1920
    assert (era_year(1920), short_year(1912), full_year(1900)) == (
        "大正9年度",
        "大正元",
        "明治33（1900）年度",
    )
