"""The same years, days and amounts for readers of English: FY2020 (Reiwa 2), ¥3.077 billion."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from kpi.model import FiscalYear
from kpi.notation.fiscal_year import era_of
from kpi.notation.number import format_number

_ERAS = {"明治": "Meiji", "大正": "Taisho", "昭和": "Showa", "平成": "Heisei", "令和": "Reiwa"}
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_SCALES = ((12, "trillion"), (9, "billion"), (6, "million"))
#: With more decimals than this behind a scale, the amount is easier to read in a smaller one.
_MOST_PLACES = 3


def english_year(year: FiscalYear | int) -> str:
    """Return FY2019 for 2019."""
    return f"FY{int(year)}"


def english_full_year(year: FiscalYear | int) -> str:
    """Return FY2019 (Reiwa 1) for 2019."""
    name, number = era_of(int(year))
    return f"FY{int(year)} ({_ERAS[name]} {number})"


def english_span(first: FiscalYear | int, last: FiscalYear | int) -> str:
    """Return FY2016–2017."""
    return f"FY{int(first)}–{int(last)}"


def english_day(day: date, *, named: bool = False) -> str:
    """Return 1 September 2025; Monday 1 September 2025 where its name is asked for."""
    name = f"{_DAYS[day.weekday()]} " if named else ""
    return f"{name}{day.day} {_MONTHS[day.month - 1]} {day.year}"


def english_yen(value: float) -> str:
    """Print an amount exactly: ¥3.077 billion, ¥6,753.19 million, ¥1,234,567."""
    whole = Decimal(repr(value))
    sign = "−" if whole < 0 else ""
    amount = abs(whole)
    for power, name in _SCALES:
        scaled = amount.scaleb(-power).normalize()
        exponent = scaled.as_tuple().exponent
        if scaled >= 1 and isinstance(exponent, int) and -exponent <= _MOST_PLACES:
            return f"{sign}¥{scaled:,f} {name}"
    return f"{sign}¥{format_number(float(amount))}"
