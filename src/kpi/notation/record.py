"""Readings as records of plain values, for programs that have texts and want what they say."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from kpi.notation.fiscal_year import YearReading, read_fiscal_year
from kpi.notation.number import read_nothing, read_number
from kpi.notation.target import read_target
from kpi.notation.threshold import TargetReading
from kpi.notation.unit import read_unit

Record = dict[str, Any]


def year_record(text: str, era: str = "") -> Record:
    """Return fiscal_year, basis (fiscal, calendar, date, plain) and the date as far as printed.

    Raises `Unreadable`.
    """
    reading = read_fiscal_year(text, era)
    return {"fiscal_year": reading.fiscal_year, "basis": reading.basis, "date": _date(reading)}


def _date(reading: YearReading) -> str | None:
    if reading.month is None:
        return None
    month = f"{reading.year}-{reading.month:02}"
    return month if reading.day is None else f"{month}-{reading.day:02}"


def number_record(text: str, _era: str = "") -> Record:
    """Return value and unit (base unit), and what stood around; or why there is no number.

    Raises `Unreadable`.
    """
    if (nothing := read_nothing(text)) is not None:
        return NO_RECORD["number"] | {"nothing": nothing}
    reading = read_number(text)
    return {
        "value": _number(reading.value),
        "unit": reading.unit,
        "approximate": reading.approximate,
        "status": reading.status,
        "marks": reading.marks,
        "nothing": None,
    }


def target_record(text: str, _era: str = "") -> Record:
    """Return a target phrase; ``stretch`` and ``parts`` hold such records with their ``text``.

    Raises `Unreadable`.
    """
    return _target(read_target(text))


def _target(reading: TargetReading) -> Record:
    record: Record = {
        "kind": reading.kind,
        "comparator": reading.comparator,
        "value": _number(reading.value),
        "value_high": _number(reading.value_high),
        "unit": reading.unit,
        "approximate": reading.approximate,
        "target_year": reading.target_year,
        "reference_year": reading.reference_year,
        "change_pct": _number(reading.change_pct),
        "stretch": None,
    }
    if (stretch := reading.stretch) is not None:
        record["stretch"] = {"text": stretch.text} | _target(stretch)
    if reading.parts:
        record["parts"] = [
            {"label": part.label, "text": part.text} | _target(part) for part in reading.parts
        ]
    return record


def unit_record(text: str, _era: str = "") -> Record:
    """Return the base unit and the factor that leads to it.

    Raises `Unreadable`.
    """
    reading = read_unit(text)
    return {"unit": reading.unit, "factor": _number(reading.factor)}


def _number(value: Decimal | None) -> int | float | None:
    """Return a number that JSON prints with the digits it was read from."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


#: What can be read, by the word for it, and how. The second argument is the era a bare year
#: stands under.
RECORDS: dict[str, Callable[[str, str], Record]] = {
    "fiscal-year": year_record,
    "number": number_record,
    "target": target_record,
    "unit": unit_record,
}
#: The same keys where the text cannot be read.
NO_RECORD: dict[str, Record] = {
    "fiscal-year": dict.fromkeys(("fiscal_year", "basis", "date")),
    "number": dict.fromkeys(("value", "unit", "approximate", "status", "marks", "nothing")),
    "target": {"kind": None},
    "unit": dict.fromkeys(("unit", "factor")),
}
