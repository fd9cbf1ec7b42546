"""Facts: what a figure says once its series is known, and what is to be said of it then.

Files and cells typed into the program are read alike: both come through here.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from kpi.importing.draft import FactDraft
from kpi.importing.findings import Finding, ScaleJump, ScaleUnclear, UnitDiffers
from kpi.model import Fact, FactKey, FiscalYear, Period, Series
from kpi.notation import UnitReading, format_number, read_unit


def bare_unit(series: Series) -> UnitReading:
    """Return the unit of a series' figures that have none beside them."""
    if series.unit_text:
        return read_unit(series.unit_text)
    return UnitReading(series.unit, Decimal(1))


def fact_of(
    draft: FactDraft,
    series_id: int,
    around: UnitReading,
    registered: str,
    known: Mapping[FactKey, Fact],
) -> Fact | Finding:
    """Return a figure as a fact in the base unit, or the finding that its unit does not fit.

    ``around`` is the unit of bare figures where it stands, ``registered`` the base unit of its
    series, ``known`` what the plan says already.
    """
    place = draft.place
    written = draft.unit or around.unit
    if written != registered:
        return UnitDiffers(place.sheet, place.cell, written, registered)
    if draft.scaled and not draft.unit and around.factor != 1:
        text = f"{around.unit}×{around.factor:,}"
        return ScaleUnclear(place.sheet, place.cell, draft.text, text)
    factor = Decimal(1) if draft.unit or draft.scaled else around.factor
    key = FactKey(series_id, draft.kind, draft.period, draft.label, draft.fiscal_year)
    before = known.get(key)
    fact = Fact(
        key,
        None if draft.value is None else float(draft.value * factor),
        None if draft.value_high is None else float(draft.value_high * factor),
        draft.comparator,
        draft.text,
        draft.status or None,
        draft.note or "",
        place,
    )
    if before is not None and before.value == fact.value:
        # A file without a column for it says nothing of status or note: they stay.
        fact = fact._replace(
            status=before.status if draft.status is None else fact.status,
            note=before.note if draft.note is None else fact.note,
        )
    return fact


def is_outside(period: Period, year: FiscalYear) -> bool:
    """Whether a target's year lies outside its period; not where nobody says when that begins."""
    return period.first_year is not None and not period.first_year <= year <= period.last_year


def scale_jump(
    what: str, unit: str, before: Fact, after: Fact, sheet: str = "", cell: str = ""
) -> ScaleJump | None:
    """Return the finding that a value became a thousand times what it was, or a thousandth."""
    if not before.value or not after.value:
        return None
    ratio = abs(after.value / before.value)
    if 1 / 500 < ratio < 500:
        return None
    old, new = (format_number(fact.value or 0) + unit for fact in (before, after))
    return ScaleJump(sheet, cell, what, old, new)
