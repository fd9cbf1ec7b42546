"""What is asked of an answer before it is believed: figures that look wrong, and what is missing.

Nothing here refuses a figure. A question counts as settled once a note of kind confirmation, of the
indicator and the year, says why the figure is right; one about a missing note once it is there.

- ``outside``: the figure moved, from the one before it, more than twice as far as the largest move
  of the years before, a year each; asked from three earlier figures on. Moves are read as those of
  a random walk (`kpi.progress.projection`): over g years one of them counts by 1 / √g. On the
  series of the samples this asks of 3 in 100 figures, where the 80 % band of the projection would
  ask of 16. ``beyond``: it lies past an end of its unit (0, 100 %) that no earlier figure has left.
- ``scale``: it is about 10, 100 or 1,000 times the one before, or such a part of it, and a figure
  so much smaller or larger would not be outside.
- ``fraction``: numerator and denominator give another rate than the figure, by more than the
  rounding of the digits it is printed with.
- ``cause``: the target of the year was missed, and there is no 要因分析.
- ``revised``: what is 確定 now differs from the 速報 given before.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import MAX_PREC, Decimal, localcontext
from enum import StrEnum
from itertools import pairwise

import numpy as np
import pandas as pd

from kpi.collecting.form import actual_key
from kpi.importing.facts import bare_unit
from kpi.model import (
    Comparator,
    Edit,
    Fact,
    FactEdit,
    FiscalYear,
    Indicator,
    Kind,
    NoteKind,
    RoundItem,
    Series,
    Status,
)
from kpi.notation import PERCENT, decimals, difference_unit, fold, format_number
from kpi.progress import measure
from kpi.progress.exact import exact
from kpi.progress.projection import FEWEST, ends_known, held_ends
from kpi.store import PlanSnapshot
from kpi.words import say
from kpi.written import era_year

#: How many times as far as the largest move before a figure may move.
_MOVES = 2
#: By how much a figure may differ from ten, a hundred or a thousand times the one before.
_ABOUT = 1.5
_POWERS = (1, 2, 3, -1, -2, -3)
_DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?")
#: Per cent and per mille, and what rates are counted per: 人口10万対.
_RATE_POWERS = range(6)


class Code(StrEnum):
    """What a question is about."""

    OUTSIDE = "outside"
    BEYOND = "beyond"
    SCALE = "scale"
    FRACTION = "fraction"
    CAUSE = "cause"
    REVISED = "revised"


@dataclass(frozen=True)
class Question:
    """One thing to ask a department about a series."""

    series_id: int
    department: str
    code: Code
    #: In a sentence or two.
    words: str
    #: Whether a confirmation says why.
    is_settled: bool = False


@dataclass(frozen=True)
class _Asked:
    """A series that is asked for, with its figures."""

    series: Series
    indicator: Indicator
    year: FiscalYear
    #: The actual of the year.
    fact: Fact
    value: float
    #: Earlier figures by year, ascending; a baseline where there is no actual.
    past: dict[int, float]

    @property
    def unit(self) -> str:
        """Return the base unit."""
        return self.series.unit

    def number(self, value: float) -> str:
        """Return a figure as the department writes it: 821 of 百万円."""
        return format_number(float(Decimal(repr(value)) / bare_unit(self.series).factor))

    def said(self, value: float) -> str:
        """Return a figure with the unit the department writes it in."""
        return self.number(value) + (self.series.unit_text or self.unit)


def questions(
    items: Iterable[RoundItem],
    year: FiscalYear,
    snapshot: PlanSnapshot,
    edits: Sequence[Edit] = (),
) -> list[Question]:
    """Return what is to be asked of the answers to the ``items`` of a round, in their order.

    ``snapshot`` is the plan with the answers in it, ``edits`` are those of the answers. A series
    without a figure for the year is asked nothing: it is not answered yet.
    """
    series = {one.id: one for one in snapshot.series}
    indicators = {one.id: one for one in snapshot.indicators}
    wanted = [item for item in items if item.is_asked and item.series_id in series]
    missed = _missed(snapshot, [series[item.series_id] for item in wanted], year)
    notes = {
        (note.indicator_id, note.kind)
        for note in snapshot.notes
        if note.fiscal_year == year and note.text.strip()
    }
    found = []
    for item in wanted:
        one = series[item.series_id]
        fact = snapshot.facts.get(actual_key(one.id, year))
        if fact is None or fact.value is None:
            continue
        past = _past(snapshot, one.id, year)
        asked = _Asked(one, indicators[one.indicator_id], year, fact, fact.value, past)
        is_confirmed = (one.indicator_id, NoteKind.CONFIRMATION) in notes
        told = [
            *_of_past(asked),
            *_of_fraction(asked, snapshot),
            *_of_revision(asked, edits),
        ]
        if one.id in missed and (one.indicator_id, NoteKind.CAUSE) not in notes:
            words = say(
                "answer.question.cause", value=asked.said(fact.value), target=missed[one.id]
            )
            told.append((Code.CAUSE, words))
        found += [
            Question(one.id, item.department, code, words, is_confirmed) for code, words in told
        ]
    return found


def _past(snapshot: PlanSnapshot, series_id: int, year: FiscalYear) -> dict[int, float]:
    """Return the figures of a series before a year; of one year an actual before a baseline."""
    found: dict[int, tuple[bool, float]] = {}
    for key, fact in snapshot.facts.items():
        is_own = key.series_id == series_id and 0 < key.fiscal_year < year and not key.label
        if not is_own or key.kind is Kind.TARGET or fact.value is None:
            continue
        is_actual = key.kind is Kind.ACTUAL
        if is_actual or not found.get(key.fiscal_year, (False, 0.0))[0]:
            found[key.fiscal_year] = (is_actual, fact.value)
    return {at: found[at][1] for at in sorted(found)}


Told = tuple[Code, str]


def _of_past(asked: _Asked) -> Iterator[Told]:
    """Ask where a figure does not go on as the ones before it."""
    if not asked.past:
        return
    before_year = max(asked.past)
    before = asked.past[before_year]
    limit = _furthest(asked)
    is_outside = limit is not None and _differs(asked.value, before, limit)
    if is_outside or limit is None:
        power = _power(asked.value, before)
        if power is not None and not (
            limit is not None and _differs(asked.value / 10.0**power, before, limit)
        ):
            yield Code.SCALE, _scale_words(asked, before_year, power)
            return
    if end := _passed_end(asked):
        yield Code.BEYOND, say(f"answer.question.{end}", value=asked.said(asked.value))
    elif is_outside and limit is not None:
        unit = difference_unit(asked.series.unit_text or asked.unit)
        move = _printed(asked.value - before, before)
        yield (
            Code.OUTSIDE,
            say(
                "answer.question.outside",
                year=era_year(FiscalYear(before_year)),
                before=asked.said(before),
                value=asked.said(asked.value),
                move=("＋" if move > 0 else "") + asked.number(move) + unit,
                largest=asked.number(_largest_move(asked.past)) + unit,
            ),
        )


def _furthest(asked: _Asked) -> float | None:
    """Return how far from the last figure a new one may lie; None where too few say it."""
    if len(asked.past) < FEWEST:
        return None
    moves = [
        abs(other - one) / math.sqrt(to - at)
        for (at, one), (to, other) in pairwise(asked.past.items())
    ]
    return _MOVES * max(moves) * math.sqrt(asked.year - max(asked.past))


def _largest_move(past: dict[int, float]) -> float:
    moves = [_printed(abs(other - one), other) for one, other in pairwise(past.values())]
    return max(moves)


def _printed(difference: float, beside: float) -> float:
    """Return a difference of two printed figures as it would be printed."""
    return float(exact(np.array([difference]), np.array([max(abs(difference), abs(beside))]))[0])


def _differs(value: float, other: float, limit: float) -> bool:
    """Whether two figures are further apart than a limit, and not only in the last binary digit."""
    noise = 1e-9 * max(abs(value), abs(other))
    return abs(value - other) > limit + noise


def _power(value: float, before: float) -> int | None:
    """Return the power of ten by which a figure seems to be another than the one before."""
    if value * before <= 0:
        return None
    ratio = value / before
    for power in _POWERS:
        if 1 / _ABOUT <= ratio / 10.0**power <= _ABOUT:
            return power
    return None


def _scale_words(asked: _Asked, before_year: int, power: int) -> str:
    times = format_number(10.0 ** abs(power))
    if asked.unit == PERCENT and power == -2:
        key = "answer.question.scale_share"
    else:
        key = f"answer.question.scale_{'up' if power > 0 else 'down'}"
    return say(
        key,
        value=asked.said(asked.value),
        year=era_year(FiscalYear(before_year)),
        before=asked.said(asked.past[before_year]),
        times=times,
        unit=asked.series.unit_text or asked.unit or say("answer.no_unit"),
    )


def _passed_end(asked: _Asked) -> str:
    """Return which end of its unit a figure is past that no earlier one was; empty for none."""
    has_floor, has_ceiling = ends_known(np.array([asked.unit], dtype=object))
    values = np.array([list(asked.past.values())])
    floor, ceiling = held_ends(has_floor, has_ceiling, values)
    if asked.value < floor[0]:
        return "below_zero"
    return "over_hundred" if asked.value > ceiling[0] else ""


def _of_fraction(asked: _Asked, snapshot: PlanSnapshot) -> Iterator[Told]:
    """Ask where numerator and denominator give another rate than the figure."""
    own = (asked.series.id, asked.year)
    fraction = next((f for f in snapshot.fractions if (f.series_id, f.fiscal_year) == own), None)
    if fraction is None or fraction.numerator is None or fraction.denominator is None:
        return
    upper, lower = fraction.numerator_text, fraction.denominator_text
    if not fraction.denominator:
        yield Code.FRACTION, say("answer.question.no_denominator", upper=upper, lower=lower)
        return
    share = Decimal(repr(fraction.numerator)) / Decimal(repr(fraction.denominator))
    powers = [2] if asked.unit == PERCENT else _RATE_POWERS
    rates = [share * 10**power for power in powers]
    value = Decimal(repr(asked.value))
    if asked.fact.comparator is Comparator.ABOUT or any(
        abs(rate - value) <= _rounding(asked.fact) for rate in rates
    ):
        return
    nearest = min(rates, key=lambda rate: abs(rate - value))
    places = decimals(asked.fact.value_text)
    # A rate may have more digits before its point than decimals are reckoned with.
    with localcontext(prec=MAX_PREC):
        rate = asked.said(float(round(nearest, max(places, 1))))
    yield (
        Code.FRACTION,
        say(
            "answer.question.fraction",
            upper=upper,
            lower=lower,
            rate=rate,
            value=asked.said(asked.value),
        ),
    )


def _rounding(fact: Fact) -> Decimal:
    """Return half of the last digit a figure is printed with, in the base unit."""
    half = Decimal(5).scaleb(-decimals(fact.value_text) - 1)
    printed = [Decimal(n.replace(",", "")) for n in _DIGITS.findall(fold(fact.value_text))]
    if len(printed) != 1 or not printed[0]:
        return half
    # 12.5千円, or 12.5 under a heading that counts in 千円: the last digit is a hundred yen.
    return half * abs(Decimal(repr(fact.value)) / printed[0])


def _of_revision(asked: _Asked, edits: Sequence[Edit]) -> Iterator[Told]:
    """Ask where what is 確定 differs from the 速報 given before."""
    for edit in edits:
        if not isinstance(edit, FactEdit) or edit.key != asked.fact.key:
            continue
        before, after = edit.before, edit.after
        if before is None or after is None or before.value is None:
            continue
        is_final = (before.status, after.status) == (Status.PROVISIONAL, Status.FINAL)
        if is_final and before.value != after.value:
            yield (
                Code.REVISED,
                say(
                    "answer.question.revised",
                    before=asked.said(before.value),
                    value=asked.said(asked.value),
                ),
            )


def _missed(snapshot: PlanSnapshot, series: Sequence[Series], year: FiscalYear) -> dict[int, str]:
    """Return the targets of a year that its actuals do not satisfy, as printed, by series."""
    own = {one.id for one in series}
    facts = [
        {**fact._asdict(), **key._asdict(), "recorded_at": _ANY}
        for key, fact in snapshot.facts.items()
        if key.series_id in own
    ]
    if not any(fact["kind"] is Kind.TARGET for fact in facts):
        return {}
    table = pd.DataFrame(facts)
    for column, text in _TEXTS.items():
        table[column] = [text(value) for value in table[column]]
    for column in ("value", "value_high"):
        table[column] = table[column].astype("float64")
    shown = pd.DataFrame(
        [(one.id, one.unit, str(one.direction)) for one in series],
        columns=["series_id", "unit", "direction"],
    ).drop_duplicates("series_id")
    measured = measure(shown, table, list(snapshot.periods.values()), year)
    due = (measured["target_year"] == year) & (measured["actual_year"] == year)
    missed = measured[due & (measured["label"] == "") & measured["met"].eq(False)]
    return dict(zip(missed["series_id"].tolist(), missed["target_text"].tolist(), strict=True))


#: Every fact stands once here, so that nothing hangs on when it was recorded.
_ANY = datetime(2000, 1, 1, tzinfo=UTC)
_TEXTS: dict[str, Callable[[object], str]] = {
    "kind": str,
    "comparator": lambda value: str(value or ""),
    "status": lambda value: str(value or ""),
}
