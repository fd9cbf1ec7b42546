"""The ledger of a series: every fact, newest first, and the cell each one leads back to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kpi.charts.assessment import (
    Assessment,
    SeriesLine,
    is_plottable,
    period_title,
    rows_of,
)
from kpi.charts.display import Display, comparator_word, subtract, year_of_fact
from kpi.model import FactKey, FiscalYear, Fraction, Kind
from kpi.store import JAPAN, FactVersion
from kpi.words import called, say, together


@dataclass(frozen=True)
class LedgerRow:
    """One fact as the table under a chart shows it."""

    year: str
    kind: str
    value: str
    #: As printed in the source, where that says more than the number.
    printed: str
    state: str
    since_last_year: str
    to_target: str
    source: str
    recorded: str
    #: What the fact was before, if it was anything else: 改定1：速報37.7から.
    before: str
    #: The batch that recorded what it was before; empty where it was nothing else.
    batch_before: str
    is_target: bool
    key: FactKey
    batch_id: str
    #: 分子 500／分母 1,000; empty where nothing is known of it.
    fraction: str

    @property
    def mark(self) -> str:
        """Return what sets the fact, in the state shown, apart from all others of its series."""
        return self._mark(self.batch_id)

    @property
    def mark_before(self) -> str:
        """Return the same for the state before."""
        return self._mark(self.batch_before)

    def _mark(self, batch_id: str) -> str:
        _, *key = self.key
        return " ".join(map(str, (batch_id, *key)))


def ledger(
    assessment: Assessment,
    line: SeriesLine,
    history: list[FactVersion],
    fractions: Sequence[Fraction] = (),
) -> list[LedgerRow]:
    """Return all facts of a series, those of later years first, those of no year last.

    ``fractions`` are what its actuals were worked out from, as far as that was said.
    """
    of_year = {int(one.fiscal_year): one for one in fractions if one.series_id == line.series_id}
    display = assessment.displays[line.series_id]
    facts = assessment.facts_of(line.series_id)
    course = assessment.whole_courses.get(line.series_id, ())
    actuals = {point.year: point.value for point in course if point.kind == Kind.ACTUAL}
    order = {Kind.TARGET: 0, Kind.ACTUAL: 1, Kind.BASELINE: 2}
    rows = sorted(
        rows_of(facts), key=lambda r: (-r.fiscal_year, order[Kind(r.kind)], r.period, r.label)
    )
    stated = {int(row.fiscal_year) for row in rows if row.kind == Kind.BASELINE}
    bases: dict[int, list[str]] = {}
    for target in assessment.targets.get(line.series_id, []):
        if not pd.isna(target.baseline) and target.baseline_year not in stated:
            titles = bases.setdefault(int(target.baseline_year), [])
            titles += [] if period_title(target.period) in titles else [period_title(target.period)]
    return [
        _row(assessment, line, display, row, actuals, bases, _earlier(row, history), of_year)
        for row in rows
    ]


def _row(
    assessment: Assessment,
    line: SeriesLine,
    display: Display,
    row: Any,
    actuals: dict[int, float],
    bases: dict[int, list[str]],
    earlier: list[FactVersion],
    fractions: Mapping[int, Fraction],
) -> LedgerRow:
    year = int(row.fiscal_year)
    is_target = row.kind == Kind.TARGET
    since = to_target = ""
    has_number = not pd.isna(row.value)
    if row.kind == Kind.ACTUAL and has_number:
        if year - 1 in actuals:
            since = display.signed(subtract(row.value, actuals[year - 1]))
        target = _target_of(assessment, line, year)
        if target is not None:
            to_target = display.signed(subtract(row.value, target))
    kind = say(f"kind.{row.kind}")
    if row.period:
        kind += say("ledger.of_period", n=row.period)
    day = row.recorded_at.astimezone(JAPAN)
    value = _value(row, display)
    return LedgerRow(
        year_of_fact(year),
        kind,
        value,
        "" if row.value_text.replace(",", "") == value.replace(",", "") else row.value_text,
        _state(row, bases.get(year, []) if has_number else []),
        since,
        to_target,
        " › ".join(filter(None, (row.source_file, row.source_sheet, row.source_cell))),
        f"{day:%Y-%m-%d}",
        _revised(earlier, display),
        earlier[-1].batch_id if earlier else "",
        is_target,
        FactKey(line.series_id, Kind(row.kind), int(row.period), row.label, FiscalYear(year)),
        row.batch_id,
        fraction_text(fractions.get(year)) if row.kind == Kind.ACTUAL else "",
    )


def fraction_text(fraction: Fraction | None) -> str:
    """Return from which two numbers an actual was worked out, as written."""
    if fraction is None or not (fraction.numerator_text or fraction.denominator_text):
        return ""
    unknown = say("ledger.unknown")
    return say(
        "ledger.fraction",
        numerator=fraction.numerator_text or unknown,
        denominator=fraction.denominator_text or unknown,
    )


def _value(row: Any, display: Display) -> str:
    """Return a fact's number in the unit shown; the printed text where it states none."""
    if pd.isna(row.value):
        return str(row.value_text)
    if row.kind != Kind.TARGET:
        return display.number(row.value)
    high = None if pd.isna(row.value_high) else float(row.value_high)
    return display.target(row.value, high, "", row.value_text, unit=False)


def _state(row: Any, base_of: list[str]) -> str:
    """Return status and note; of an actual that stands in for a baseline, whose base it is."""
    if row.kind != Kind.TARGET:
        base = ""
        if base_of:
            base = say("ledger.is_base", title=say("list.comma").join(base_of))
        return "　".join(filter(None, (called("status", row.status), base, row.note)))
    label = called("label", row.label)
    return "　".join(filter(None, (comparator_word(row.comparator).strip(), label, row.note)))


def _target_of(assessment: Assessment, line: SeriesLine, year: int) -> float | None:
    """Return the target of the period a year lies in; None for a range or without one."""
    for target in assessment.targets.get(line.series_id, []):
        if target.label or not is_plottable(target) or not pd.isna(target.target_high):
            continue
        if assessment.first_year(target) <= year <= target.target_year:
            return float(target.target)
    return None


def _earlier(row: Any, history: list[FactVersion]) -> list[FactVersion]:
    """Return the states a fact was in before the one shown, oldest first."""
    key = (row.kind, row.period, row.label, row.fiscal_year)
    known = [v for v in history if v.undone_at is None and not v.is_withdrawn]
    known.sort(key=lambda version: version.since)
    own = [v for v in known if (v.kind, v.period, v.label, v.fiscal_year) == key]
    return own[: next((n for n, v in enumerate(own) if v.batch_id == row.batch_id), 0)]


def _revised(earlier: list[FactVersion], display: Display) -> str:
    """Say what a fact was before, if it was anything else."""
    if not earlier:
        return ""
    last = earlier[-1]
    value = last.value_text if last.value is None else display.number(last.value)
    return say(
        "ledger.revised", count=len(earlier), before=together(called("status", last.status), value)
    )
