"""The years a target phrase names: by which one, against which, from which on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from kpi.notation.fiscal_year import years_in_sentence
from kpi.notation.text import Unreadable

#: Stands for a named year in what is left of a phrase, as often as the year had signs: a place in
#: the one is the same place in the other.
GAP = "\0"
RISE = "増加|上昇|向上|増大|拡大|改善|増"
FALL = "減少|低下|縮減|縮小|削減|短縮|減"
CHANGE = f"{RISE}|{FALL}"
LEVEL = "(?:の?(?:実績値?|決算値?|現状値?|目標値?|数値|水準|値))*"
#: Another time without its year: 前年度, 現状.
BEFORE = "前年度?|昨年度?|前回|前期|現状|現在|基準年?度?"


class Role(StrEnum):
    """What a year is in a phrase."""

    BY = "by"
    REFERENCE = "reference"
    FROM = "from"


@dataclass(frozen=True, slots=True)
class NamedYear:
    """A year and where its words begin and end in the phrase; the year as printed."""

    start: int
    end: int
    year: int
    role: Role


_COMPARED = re.compile(
    rf"^{LEVEL}(?:(?:と|に)(?:比|対|同)|比(?!率)|より|以上|以下|を上回|を下回|並)"
    r"|^の?[\d.]+倍"
    rf"|^{LEVEL}から約?(?:[\d.]+(?:%|割)(?:程度|以上)?)?の?(?:{CHANGE})"
)
_BY = re.compile(r"^末?(?:までの?|に|中|時点|を目[途処標]|において|における)")
# 平成28年度の9.4％に比べて, 2021年度決算(674億)より, 2020年医療施設調査からの増加
_COMPARED_LATER = re.compile(
    rf"^[^、。]{{1,15}}?(?:(?:と|に)(?:比|対)|より|から(?:の)?(?:{CHANGE}))"
)
_SINCE = re.compile(r"^(?:以降|以後|から順次)")
_UNTIL = re.compile(r"^(?:から|~|-)$")
# The words that tie a year to its phrase go with it: までに, の期間に, を目途に.
_TIES = re.compile(
    r"(?:末|中|時点|頃)*"
    r"(?:までの早期に|までに?は?|にかけて|において|における|には|に(?!比|対)|の期間に|を目[途処標]に?"
    r"|目[途処標]|以降|以後|で|:|、)*"
)
# 令和6年度～8: where the span ends is not read.
OPEN_SPAN = re.compile(rf"{GAP}[~-](?!{GAP})")
# 7年度 without an era: neither a year nor a figure.
BARE_YEAR = re.compile(r"(?<![\d元])\d{1,2}年度(?!分)")


def named_years(plain: str) -> list[NamedYear]:
    """Return the years in a phrase with the part each plays in it."""
    found = years_in_sentence(plain)
    years = []
    for number, (start, end, reading) in enumerate(found):
        following = found[number + 1][0] if number + 1 < len(found) else len(plain)
        words = plain[end:following]
        if _UNTIL.match(words):
            # 令和６年度～令和８年度: the last year of the span is the one by which.
            role = Role.FROM
        elif _COMPARED.match(words):
            role = Role.REFERENCE
        elif _BY.match(words):
            role = Role.BY
        elif _SINCE.match(words):
            role = Role.FROM
        else:
            role = Role.REFERENCE if _COMPARED_LATER.match(words) else Role.BY
        if role is not Role.REFERENCE and (ties := _TIES.match(plain, end)):
            end = min(ties.end(), following)
        years.append(NamedYear(start, end, reading.year, role))
    return years


def only_year(years: list[NamedYear], role: Role, text: str) -> int | None:
    """Return the one year of a role, None where the phrase names none.

    Raises `Unreadable` where it names several.
    """
    named = {year.year for year in years if year.role is role}
    if len(named) > 1:
        raise Unreadable(text, "years_differ")
    return next(iter(named), None)
