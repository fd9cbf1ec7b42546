"""Fiscal years as written: 令和元年度, H27 [2015], 平成31年3月末, R7.3.31, 2018年度以降の毎年度."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from kpi.model import FiscalYear
from kpi.notation.text import Unreadable, normal

# First Western year of each era, and the letter it is abbreviated by.
_ERAS = {"明治": 1868, "大正": 1912, "昭和": 1926, "平成": 1989, "令和": 2019}
_LETTERS = {"S": "昭和", "H": "平成", "R": "令和"}
_ERA = r"(?P<era>明治|大正|昭和|平成|令和|[SHR])\.?(?P<n>元|\d{1,2})"
_WEST = r"(?P<west>(?:19|20)\d{2})"
_BARE = r"(?P<n>元|\d{1,2})"
# 平成27(2015)年度, H27[2015], 令和2年度(2020年度)
_BRACKET = r"(?:年度?)?[(\[](?P<beside>(?:19|20)\d{2})(?:年度?)?[)\]]"
# 31年3月末, 30年7月時点
_MONTH = r"年(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})日)?"
# 2021/4/1, R7.3.31. Two parts only where they can be nothing else: R5-7 may be a span.
_DATE = r"[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"
# As of when, or until when: neither changes the year that is named.
_AS_OF = r"(?:末日?)?(?:現在|時点|までに?|以降の毎年度)?"

_ERA_YEAR = re.compile(rf"{_ERA}(?:{_BRACKET})?(?:年度|年)?{_AS_OF}")
_WEST_ERA = re.compile(rf"{_WEST}(?:年度?)?[(\[]{_ERA}(?:年度?)?[)\]](?:年度|年)?{_AS_OF}")
_WEST_YEAR = re.compile(rf"(?:FY)?{_WEST}(?:年度|年)?{_AS_OF}")
_BARE_YEAR = re.compile(rf"{_BARE}(?:年度|年)?{_AS_OF}")
_ERA_DATES = (
    re.compile(rf"{_ERA}(?:{_BRACKET})?{_MONTH}{_AS_OF}"),
    re.compile(rf"{_ERA}{_DATE}{_AS_OF}"),
    re.compile(rf"{_ERA}\.(?P<month>\d{{1,2}}){_AS_OF}"),
)
_WEST_DATES = (
    re.compile(rf"{_WEST}(?:[(\[]{_ERA}[)\]])?{_MONTH}{_AS_OF}"),
    re.compile(rf"{_WEST}{_DATE}{_AS_OF}"),
    re.compile(rf"{_WEST}[-/](?P<month>\d{{1,2}})"),
)
_BARE_DATE = re.compile(rf"{_BARE}{_MONTH}{_AS_OF}")
_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")

_ANY_ERA = r"(?:明治|大正|昭和|平成|令和|[SHR])\.?(?:元|\d{1,2})"
_ANY_WEST = r"(?:19|20)\d{2}"
_ANY_BRACKET = rf"(?:(?:年度?)?[(\[](?:{_ANY_ERA}|{_ANY_WEST})(?:年度?)?[)\]])?"
_ANY_MONTH = r"年\d{1,2}月(?:\d{1,2}日|末)?"
_ANY_DATE = r"([-/.])\d{1,2}\1\d{1,2}(?!\d)"
# A year within other words; what follows must not make it a decimal or a longer number.
_ANYWHERE = re.compile(
    rf"(?<![A-Za-z\d])(?:{_ANY_ERA}|(?:FY)?{_ANY_WEST}){_ANY_BRACKET}"
    rf"(?:{_ANY_MONTH}|{_ANY_DATE}|年度|年|(?![\d.,]))"
)
# A year in a sentence with figures: 2000 alone may be a figure, so 年 must follow it.
_IN_SENTENCE = re.compile(
    rf"(?<![A-Za-z\d.,])(?:(?:FY)?{_ANY_WEST}|{_ANY_ERA}){_ANY_BRACKET}(?:{_ANY_MONTH}|年度|年)"
    rf"|(?<![A-Za-z\d.,])(?:{_ANY_WEST}(?=まで|末|[~-]{_ANY_WEST}年)|[SHR](?:元|\d{{1,2}}){_ANY_BRACKET}"
    r"(?![\w.,%])|[SHR](?:元|\d{1,2})(?=まで|末|に|、|の|か|比|と|で))"
)


class YearBasis(StrEnum):
    """What the text names: a fiscal year, a calendar year (年), a date, or just a number."""

    FISCAL = "fiscal"
    CALENDAR = "calendar"
    DATE = "date"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class YearReading:
    """A year as read. A calendar year is taken as the fiscal year of the same number."""

    fiscal_year: FiscalYear
    basis: YearBasis
    #: The year that is printed, of which a date in January to March lies in the fiscal year before.
    year: int
    month: int | None = None
    day: int | None = None


def _western(era: str, number: str, text: str) -> int:
    if number in ("0", "00"):
        raise Unreadable(text, "year_zero")
    return _ERAS[_LETTERS.get(era, era)] + (1 if number == "元" else int(number)) - 1


def _named(match: re.Match[str], text: str, era: str = "") -> int:
    """Return the Western year a match names, by era, in Western numbers or both."""
    named = match.groupdict()
    years = {int(west) for west in (named.get("west"), named.get("beside")) if west}
    if named.get("n"):
        years.add(_western(named.get("era") or era, match["n"], text))
    if len(years) > 1:
        raise Unreadable(text, "years_differ")
    return years.pop()


def _year(plain: str, year: int) -> YearReading:
    if "年度" in plain or plain.startswith("FY"):
        basis = YearBasis.FISCAL
    else:
        basis = YearBasis.CALENDAR if "年" in plain else YearBasis.PLAIN
    return YearReading(FiscalYear(year), basis, year)


def _date(match: re.Match[str], year: int, text: str) -> YearReading:
    month = int(match["month"])
    day = match.groupdict().get("day")
    if not 1 <= month <= 12:
        raise Unreadable(text, "no_month")
    try:
        date(year, month, int(day or 1))
    except ValueError:
        raise Unreadable(text, "no_day") from None
    fiscal_year = FiscalYear(year if month >= 4 else year - 1)
    return YearReading(fiscal_year, YearBasis.DATE, year, month, int(day) if day else None)


@lru_cache(maxsize=4096)
def read_fiscal_year(text: str, era: str = "") -> YearReading:
    """Read one year or date.

    ``era`` is the era a bare number stands under (a heading 令和 above "7"); without it a bare
    number of one or two digits is not a year.

    Raises `Unreadable` where the text is no year, names two years that differ, or a date that is
    in no calendar.
    """
    plain = normal(text).upper()
    if match := _IN_BRACKETS.fullmatch(plain):
        plain = match[1]
    for pattern in (*_ERA_DATES, *_WEST_DATES):
        if match := pattern.fullmatch(plain):
            return _date(match, _named(match, text), text)
    for pattern in (_ERA_YEAR, _WEST_ERA, _WEST_YEAR):
        if match := pattern.fullmatch(plain):
            return _year(plain, _named(match, text))
    if era:
        if normal(era) not in _ERAS and normal(era).upper() not in _LETTERS:
            raise Unreadable(text, "no_year")
        era = normal(era).upper()
        if match := _BARE_DATE.fullmatch(plain):
            return _date(match, _named(match, text, era), text)
        if match := _BARE_YEAR.fullmatch(plain):
            return _year(plain, _named(match, text, era))
    raise Unreadable(text, "no_year")


def find_fiscal_year(text: str) -> YearReading | None:
    """Return the one year named within a longer text (第1期目標（平成29（2017）年度）).

    None where the text names no year; raises `Unreadable` where it names several that differ.
    """
    found = {
        read_fiscal_year(match.group()).fiscal_year: read_fiscal_year(match.group())
        for match in _ANYWHERE.finditer(normal(text).upper())
    }
    if len(found) > 1:
        raise Unreadable(text, "years_differ")
    return next(iter(found.values()), None)


def years_in_sentence(plain: str) -> list[tuple[int, int, YearReading]]:
    """Return the years a folded sentence names, each with where it begins and ends.

    Raises `Unreadable` where one of them cannot be.
    """
    return [
        (match.start(), match.end(), read_fiscal_year(match.group()))
        for match in _IN_SENTENCE.finditer(plain)
    ]


def read_year_span(text: str) -> tuple[FiscalYear, FiscalYear]:
    """Read 平成28（2016）年度～平成29（2017）年度; the end may leave out its era (平成28～29年度).

    So may an end with both years (令和4（2022）～7（2025）年度). Raises `Unreadable` where
    there are not two years, the first before or equal to the second.
    """
    halves = re.split(r"~|から|-(?=[昭平令SHR\d])", normal(text).removesuffix("まで"))
    if len(halves) != 2:
        raise Unreadable(text, "no_span")
    first = read_fiscal_year(halves[0]).fiscal_year
    era = re.match(r"明治|大正|昭和|平成|令和|[SHR]", halves[0])
    name = era.group() if era else ""
    end = f"{name}{halves[1]}" if re.match(r"\d{1,2}\(", halves[1]) else halves[1]
    last = read_fiscal_year(end, name).fiscal_year
    if first > last:
        raise Unreadable(text, "span_backwards")
    return first, last


def _era_of(year: int) -> tuple[str, str]:
    for name, begin in reversed(_ERAS.items()):
        if year >= begin:
            number = year - begin + 1
            return name, "元" if number == 1 else str(number)
    raise ValueError(f"no era is known for {year}")


def era_year(year: FiscalYear | int) -> str:
    """Return 令和元年度 for 2019."""
    name, number = _era_of(int(year))
    return f"{name}{number}年度"


def era_span(first: FiscalYear | int, last: FiscalYear | int) -> str:
    """Return 平成28〜29年度, 平成30〜令和3年度."""
    start, end = _era_of(int(first)), _era_of(int(last))
    return f"{''.join(start)}〜{'' if start[0] == end[0] else end[0]}{end[1]}年度"


def full_year(year: FiscalYear | int) -> str:
    """Return 令和元（2019）年度 for 2019."""
    name, number = _era_of(int(year))
    return f"{name}{number}（{int(year)}）年度"


def full_date(day: date) -> str:
    """Return 2025年6月30日."""
    return f"{day.year}年{day.month}月{day.day}日"


def short_year(year: FiscalYear | int) -> str:
    """Return R元 for 2019, H26 for 2014."""
    name, number = _era_of(int(year))
    # Eras without a letter in use keep their name: 大正9.
    letter = next((letter for letter, era in _LETTERS.items() if era == name), name)
    return f"{letter}{number}"
