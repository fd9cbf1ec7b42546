"""Years, days, amounts and units as the language of the reader writes them.

In Japanese they stand as city halls write them; in English the same figure stands in the words of
that language. What a source prints is not written anew: it stays as it is printed.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from kpi import notation
from kpi.model import Comparator, FiscalYear
from kpi.notation import Unreadable, read_unit
from kpi.words import called, is_spoken, say

#: Powers of ten that English counts amounts in.
_ENGLISH_POWERS = (12, 9, 6, 3)
#: Units that stand at their number without a space.
_CLOSE = ("%", "‰", "°")


def era_year(year: FiscalYear | int) -> str:
    """Return 令和2年度, FY2020."""
    return notation.era_year(year) if is_spoken("ja") else notation.english_year(year)


def full_year(year: FiscalYear | int) -> str:
    """Return 令和2（2020）年度, FY2020 (Reiwa 2)."""
    return notation.full_year(year) if is_spoken("ja") else notation.english_full_year(year)


def short_year(year: FiscalYear | int) -> str:
    """Return R2, 2020."""
    return notation.short_year(year) if is_spoken("ja") else str(int(year))


def era_span(first: FiscalYear | int, last: FiscalYear | int) -> str:
    """Return 平成28〜29年度, FY2016–2017."""
    return notation.era_span(first, last) if is_spoken("ja") else notation.english_span(first, last)


def full_date(day: date) -> str:
    """Return 2025年9月1日, 1 September 2025."""
    return notation.full_date(day) if is_spoken("ja") else notation.english_day(day)


def full_day(day: date) -> str:
    """Return 2025年6月30日（月）, Monday 30 June 2025."""
    if is_spoken("ja"):
        return f"{full_date(day)}（{'月火水木金土日'[day.weekday()]}）"
    return notation.english_day(day, named=True)


def yen(value: float) -> str:
    """Return 30億7,700万円, ¥3.077 billion: an amount to its last digit."""
    return notation.format_yen(value) if is_spoken("ja") else notation.english_yen(value)


def unit_words(printed: str) -> str:
    """Return what a unit is called: 百万円, million yen; an unknown one as the city writes it."""
    if is_spoken("ja") or not printed:
        return printed
    if (words := called("unit", printed)) != printed:
        return words
    try:
        reading = read_unit(printed)
    except Unreadable:
        return printed
    words = called("unit", reading.unit)
    if words == reading.unit and (reading.factor == 1 or not words.isascii()):
        return printed
    return scaled(words, reading.factor)


def scaled(unit: str, factor: Decimal) -> str:
    """Return a unit that counts by a power of ten: million yen."""
    power = factor.adjusted()
    return say(f"scale.{power}", unit=unit) if power else unit


def reader_factor(factor: Decimal) -> Decimal:
    """Return the power of ten in which the reader counts what is printed in another: 億, million.

    That of the reader is the same or the next below.
    """
    power = factor.adjusted()
    if is_spoken("ja") or factor <= 1:
        return factor
    return Decimal(10) ** next((own for own in _ENGLISH_POWERS if own <= power), 0)


def with_unit(number: str, unit: str) -> str:
    """Return a number with its unit behind it: 94.5％, 120 people; ``unit`` as it is called."""
    if is_spoken("ja") or not unit or unit.startswith(_CLOSE):
        return f"{number}{unit}"
    return f"{number} {unit}"


def limited(figure: str, comparator: str) -> str:
    """Return a figure with the limit it is: 65％以上, 65% or more; as it is without one."""
    if comparator in ("", Comparator.EQUAL):
        return figure
    return say(f"limit.{Comparator(comparator).name.lower()}", figure=figure)
