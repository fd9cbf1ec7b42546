"""Figures as the plan prints them: its unit, its decimals, 億 and 万 where money is large.

For readers of another language the same figures stand in the units of that language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Context, Decimal

from kpi.model import Comparator, Fact
from kpi.notation import (
    PERCENT,
    Unreadable,
    decimals,
    difference_unit,
    format_number,
    read_unit,
)
from kpi.words import is_spoken, say, speaking
from kpi.written import full_year, limited, reader_factor, scaled, unit_words, with_unit, yen

#: Room for every digit between the largest and the smallest double; as it comes Decimal has 28.
_WIDE = Context(prec=700)
_YEN_SCALES = (("億円", Decimal(10) ** 8), ("万円", Decimal(10) ** 4))
# A figure as printed, with nothing but a limit behind it.
_LIMITS = {
    "以上": Comparator.AT_LEAST,
    "以下": Comparator.AT_MOST,
    "未満": Comparator.LESS,
    "超": Comparator.MORE,
}
_BARE = re.compile(r"(約?)([△▲−-]?)([\d,.]*\d)(以上|以下|未満|超)?")


@dataclass(frozen=True)
class Display:
    """How the figures of one series are shown.

    ``unit`` is the unit shown, ``factor`` what the base unit is divided by for it, ``places`` the
    decimal places the source prints. A figure never shows fewer places than it has.
    """

    base_unit: str
    unit: str
    factor: Decimal
    places: int
    #: How many decimal places of the source the unit shown takes in: 2 for 億円 told in millions.
    taken_in: int = 0

    @property
    def _is_yen(self) -> bool:
        """Whether an amount is told to the last yen: 30億7,700万円 beside a column of 億円."""
        is_plain = self.unit in ("円", "万円", "億円") or not is_spoken("ja")
        return self.base_unit == "円" and is_plain

    def shown(self, value: float) -> float:
        """Return a value in the unit shown."""
        return float(Decimal(repr(value)) / self.factor)

    def number(self, value: float, places: int | None = None) -> str:
        """Return 94.5 or 30.77, without its unit."""
        return format_number(self.shown(value), self.places if places is None else places)

    def figure(self, value: float, places: int | None = None) -> str:
        """Return 94.5％ or 30億7,700万円."""
        if self._is_yen:
            return yen(value)
        return with_unit(self.number(value, places), self.unit)

    @property
    def _difference_unit(self) -> str:
        # A city may print its per cent in half width, or no unit at all beside 65％.
        return unit_words(difference_unit(PERCENT)) if self.base_unit == PERCENT else self.unit

    def forecast(self, value: float) -> float:
        """Return a projected value rounded to the decimals the source prints, in the base unit."""
        step = Decimal(1).scaleb(-self.places)
        exact = Decimal(repr(float(value))) / self.factor
        return float(exact.quantize(step, ROUND_HALF_UP, _WIDE) * self.factor)

    def signed(self, value: float) -> str:
        """Return a change with its sign, without its unit: +1.8, −13, 0."""
        return f"{'+' if value > 0 else ''}{self.number(value)}"

    def signed_like(self, change: float, value: float) -> str:
        """Return a change with the decimals of the value beside it; with 約 where it has more.

        A change that has none of its digits there keeps its first.
        """
        exact = Decimal(repr(change)) / self.factor
        places = max(self.places, decimals(self.number(value)))
        step = Decimal(1).scaleb(min(-places, exact.adjusted() if exact else 0))
        rounded = exact.quantize(step, ROUND_HALF_UP, _WIDE)
        about = "" if rounded == exact else say("display.about")
        sign = "+" if change > 0 else ""
        return f"{about}{sign}{format_number(float(rounded), self.places)}"

    def gap(self, value: float) -> str:
        """Return the size of a difference in the unit of its row: 3.1ポイント, 5.77億円."""
        return with_unit(self.number(abs(value)), self._difference_unit)

    def difference(self, value: float) -> str:
        """Return the size of a difference with its unit: 3.1ポイント, 7,700万円."""
        if self._is_yen:
            return yen(abs(value))
        return with_unit(self.number(abs(value)), self._difference_unit)

    def rate(self, value: float) -> str:
        """Return a difference a year; one that does not come out even is 約 and rounded."""
        exact = Decimal(repr(abs(value))) / self.factor
        # One digit more than is printed, and more where that would leave nothing of it.
        step = Decimal(1).scaleb(min(-(self.places + 1), exact.adjusted()))
        rounded = exact.quantize(step, ROUND_HALF_UP, _WIDE)
        about = "" if abs(exact - rounded) < Decimal("1e-9") else say("display.about")
        if self._is_yen:
            return f"{about}{yen(float(rounded * self.factor))}"
        number = format_number(float(rounded), self.places)
        return f"{about}{with_unit(number, self._difference_unit)}"

    def target(
        self, value: float, high: float | None, comparator: str, printed: str, *, unit: bool
    ) -> str:
        """Return 42.0以上, or 42.0％以上 with ``unit``, with the decimals it was printed with."""
        places = decimals(printed) - self.taken_in
        show = self.figure if unit else self.number
        if high is not None:
            low = self.number(value, places)
            return say("display.range", low=low, high=show(high, places))
        if comparator == Comparator.ABOUT:
            return f"{say('display.about')}{show(value, places)}"
        return limited(show(value, places), comparator)


def comparator_word(comparator: str) -> str:
    """Return 以上 for >=; nothing for = or where the source gives none."""
    if comparator in ("", Comparator.EQUAL):
        return ""
    return say(f"comparator.{Comparator(comparator).name.lower()}")


def fact_text(fact: Fact, unit: str) -> str:
    """Return a fact as printed, 95.0％以上, with its unit and limit where none was printed at it.

    821 printed in a table of 百万円 is told in 円 too: both are what is kept. ``unit`` is the base
    unit of its series.
    """
    text = fact.value_text.strip()
    if not text and fact.value is not None:
        text = format_number(fact.value)
    comparator = fact.comparator or ""
    with speaking("ja"):
        is_said = comparator_word(comparator) in text
    text = _with_unit(text, fact, unit)
    return text if is_said else limited(text, comparator)


def _with_unit(text: str, fact: Fact, base_unit: str) -> str:
    match = _BARE.fullmatch(text)
    if match is None or fact.value is None or not base_unit:
        return text
    own = Decimal(match[3].replace(",", ""))
    if own != abs(Decimal(repr(fact.value))):
        told = with_unit(format_number(fact.value), unit_words(base_unit))
        return say("display.kept", printed=text, kept=told)
    if is_spoken("ja"):
        return f"{match[1]}{match[2]}{match[3]}{base_unit}{match[4] or ''}"
    about = say("display.about") if match[1] else ""
    figure = f"{about}{'−' if match[2] else ''}{with_unit(match[3], unit_words(base_unit))}"
    return limited(figure, _LIMITS[match[4]] if match[4] else "")


def year_of_fact(year: int) -> str:
    """Return 令和7（2025）年度; for 0 that the source names no year."""
    return full_year(year) if year else say("ledger.no_year")


def subtract(value: float, other: float) -> float:
    """Return the difference of two printed figures as printed: 95.2 - 94.76 is 0.44."""
    return float(Decimal(repr(value)) - Decimal(repr(other)))


def display_of(unit: str, unit_text: str, values: Iterable[float], texts: Iterable[str]) -> Display:
    """Return how a series is shown.

    ``values`` are its figures in the base unit, ``texts`` those figures as printed. Amounts whose
    unit is plain 円 are shown in the largest of 億円 and 万円 in which none is below one.
    """
    places = max((decimals(text) for text in texts), default=0)
    if unit_text == "円":
        smallest = min((abs(value) for value in values if value), default=0.0)
        for name, factor in _YEN_SCALES:
            if Decimal(repr(smallest)) >= factor:
                return _for_reader(Display(unit, name, factor, 0))
        return _for_reader(Display(unit, "円", Decimal(1), places))
    try:
        factor = read_unit(unit_text).factor
    except Unreadable:
        factor = Decimal(1)
    return _for_reader(Display(unit, unit_text or unit, factor, places))


def _for_reader(printed: Display) -> Display:
    """Return how figures are shown in the language spoken: the same ones, in its own units."""
    if is_spoken("ja"):
        return printed
    factor, called = reader_factor(printed.factor), unit_words(printed.base_unit)
    if printed.factor == 1 or called == printed.base_unit:
        return replace(printed, unit=unit_words(printed.unit))
    taken_in = (printed.factor / factor).adjusted()
    return replace(
        printed,
        unit=scaled(called, factor),
        factor=factor,
        places=printed.places - taken_in,
        taken_in=taken_in,
    )


def percent(ratio: float, places: int = 0) -> str:
    """Return 67.7％ for 0.677.

    What is short of 100 ％ is never shown as 100 ％, and what is below 0 never as 0 ％.
    """
    step = Decimal(1).scaleb(-places)
    exact = Decimal(repr(ratio)) * 100
    rounded = exact.quantize(step, ROUND_HALF_UP, _WIDE)
    if rounded == 100 and exact < 100:
        rounded -= step
    if rounded == 0 and exact < 0:
        rounded = exact.quantize(Decimal(1).scaleb(exact.adjusted()), ROUND_HALF_UP, _WIDE)
    return with_unit(format_number(float(rounded), places), unit_words(PERCENT))
