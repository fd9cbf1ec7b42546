"""Fiscal years as written: 令和元年度, 平成31年度, H27 [2015], 平成31年3月末, 2021年度."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from kpi.model import FiscalYear
from kpi.notation.text import Unreadable, normal

# First Western year of each era, and the letter it is abbreviated by.
_ERAS = {"昭和": 1926, "平成": 1989, "令和": 2019}
_LETTERS = {"S": "昭和", "H": "平成", "R": "令和"}
_ERA = r"(?P<era>昭和|平成|令和|[SHR])\.?(?P<n>元|\d{1,2})"
_WEST = r"(?P<west>(?:19|20)\d{2})"
# 平成27(2015)年度, H27[2015], 令和2年度(2020年度)
_BRACKET = r"(?:年度?)?[(\[](?P<beside>(?:19|20)\d{2})(?:年度?)?[)\]]"
_MONTH = r"年(?P<month>\d{1,2})月(?:末|(?P<day>\d{1,2})日|1日)?(?:現在|時点)?"

_ERA_YEAR = re.compile(rf"{_ERA}(?:{_BRACKET})?(?:年度|年)?(?:末|時点)?")
_WEST_ERA = re.compile(rf"{_WEST}(?:年度?)?[(\[]{_ERA}(?:年度?)?[)\]](?:年度|年)?")
_WEST_YEAR = re.compile(rf"(?:FY)?{_WEST}(?:年度|年)?(?:末|時点)?")
_ERA_MONTH = re.compile(_ERA + _MONTH)
_WEST_MONTH = re.compile(_WEST + _MONTH)
_ISO_DATE = re.compile(rf"{_WEST}[-/](?P<month>\d{{1,2}})(?:[-/](?P<day>\d{{1,2}}))?")
_BARE = re.compile(r"(?P<n>元|\d{1,2})(?:年度|年)?")

_ANY_ERA = r"(?:昭和|平成|令和|[SHR])\.?(?:元|\d{1,2})"
_ANY_WEST = r"(?:19|20)\d{2}"
# A year within other words; what follows must not make it a decimal or a longer number.
_ANYWHERE = re.compile(
    rf"(?<![A-Za-z\d])(?:{_ANY_ERA}|(?:FY)?{_ANY_WEST})"
    rf"(?:(?:年度?)?[(\[](?:{_ANY_ERA}|{_ANY_WEST})(?:年度?)?[)\]])?"
    r"(?:年\d{1,2}月(?:末|\d{1,2}日)?|年度|年|(?![\d.,]))"
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


def _western(era: str, number: str, text: str) -> int:
    name = _LETTERS.get(era, era)
    year = _ERAS[name] + (1 if number == "元" else int(number)) - 1
    if number in ("0", "00"):
        raise Unreadable(text, "year_zero")
    return year


def _basis(plain: str) -> YearBasis:
    if "年度" in plain or plain.startswith("FY"):
        return YearBasis.FISCAL
    return YearBasis.CALENDAR if "年" in plain else YearBasis.PLAIN


@lru_cache(maxsize=4096)
def read_fiscal_year(text: str, era: str = "") -> YearReading:
    """Read one year.

    ``era`` is the era a bare number stands under (a heading 令和 above "7"); without it a bare
    number of one or two digits is not a year.

    Raises `Unreadable` where the text is no year, or names two years that differ.
    """
    plain = normal(text).upper()
    if match := _ERA_MONTH.fullmatch(plain):
        return _of_date(_western(match["era"], match["n"], text), match, text)
    if match := _WEST_MONTH.fullmatch(plain) or _ISO_DATE.fullmatch(plain):
        return _of_date(int(match["west"]), match, text)
    if match := _ERA_YEAR.fullmatch(plain):
        year = _western(match["era"], match["n"], text)
        if match["beside"] and int(match["beside"]) != year:
            raise Unreadable(text, "years_differ")
        return YearReading(FiscalYear(year), _basis(plain))
    if match := _WEST_ERA.fullmatch(plain):
        if _western(match["era"], match["n"], text) != int(match["west"]):
            raise Unreadable(text, "years_differ")
        return YearReading(FiscalYear(int(match["west"])), _basis(plain))
    if match := _WEST_YEAR.fullmatch(plain):
        return YearReading(FiscalYear(int(match["west"])), _basis(plain))
    if era and (match := _BARE.fullmatch(plain)):
        return YearReading(FiscalYear(_western(era, match["n"], text)), _basis(plain))
    raise Unreadable(text, "no_year")


def _of_date(year: int, match: re.Match[str], text: str) -> YearReading:
    month = int(match["month"])
    if not 1 <= month <= 12:
        raise Unreadable(text, "no_month")
    return YearReading(FiscalYear(year if month >= 4 else year - 1), YearBasis.DATE)


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


def read_year_span(text: str) -> tuple[FiscalYear, FiscalYear]:
    """Read 平成28（2016）年度～平成29（2017）年度; the end may leave out its era (平成28～29年度).

    Raises `Unreadable` where there are not two years, the first before or equal to the second.
    """
    halves = re.split(r"~|から|-(?=[昭平令SHR\d])", normal(text).removesuffix("まで"))
    if len(halves) != 2:
        raise Unreadable(text, "no_span")
    first = read_fiscal_year(halves[0]).fiscal_year
    era = re.match(r"昭和|平成|令和|[SHR]", halves[0])
    last = read_fiscal_year(halves[1], era.group() if era else "").fiscal_year
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


def short_year(year: FiscalYear | int) -> str:
    """Return R元 for 2019, H26 for 2014."""
    name, number = _era_of(int(year))
    letter = next(letter for letter, era in _LETTERS.items() if era == name)
    return f"{letter}{number}"
