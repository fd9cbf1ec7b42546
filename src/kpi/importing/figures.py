"""Figures: what one cell says, as a number or as a target phrase."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from kpi.model import Comparator, FiscalYear, Kind, Status
from kpi.notation import (
    TargetKind,
    TargetReading,
    Unreadable,
    normal,
    read_fiscal_year,
    read_nothing,
    read_number,
    read_target,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A target phrase or a number, in one form."""

    #: None where the target is one of words (増加) or of several figures.
    value: Decimal | None
    text: str
    value_high: Decimal | None = None
    unit: str = ""
    scaled: bool = False
    comparator: Comparator | None = None
    status: Status | None = None
    stretch: Figure | None = None
    #: The year the cell itself names: 73.9％（2011）, 2025年度までに65％.
    fiscal_year: FiscalYear | None = None
    #: The figures of a phrase that has several, by what each is of: 男性 13％、女性 6.4％.
    parts: tuple[tuple[str, Figure], ...] = ()


_DATED = re.compile(r"(?P<rest>.*\d.*?)\s*[(（](?P<year>[^()（）]+)[)）]", re.DOTALL)


@lru_cache(maxsize=65536)
def read_figure(text: str, kind: Kind) -> Figure | None:
    """Read the text of a cell as a fact of the given kind; None where it says there is none.

    Raises `kpi.notation.Unreadable`.
    """
    if match := _DATED.fullmatch(text.strip()):
        try:
            year = read_fiscal_year(match["year"]).fiscal_year
        except Unreadable:
            pass
        else:
            figure = read_figure(match["rest"], kind)
            return figure and replace(figure, text=text.strip(), fiscal_year=year)
    if kind is Kind.TARGET:
        return _of_target(read_target(text), text)
    if read_nothing(text) is not None:
        return None
    try:
        number = read_number(text)
    except Unreadable:
        # 10％以下, 第３期実施計画から新たに設定: no bare number, but a statement all the same.
        said = _read_if_target(text)
        if said is None or said.kind not in (TargetKind.NONE, TargetKind.THRESHOLD) or said.parts:
            raise
        return _of_target(said, text)
    about = Comparator.ABOUT if number.approximate else None
    return Figure(
        number.value, text.strip(), None, number.unit, number.scaled, about, number.status
    )


def _read_if_target(text: str) -> TargetReading | None:
    try:
        return read_target(text)
    except Unreadable:
        return None


def _of_target(target: TargetReading, phrase: str) -> Figure | None:
    """Return a target, or one part of it, as a figure; ``phrase`` is the whole that was printed."""
    if target.kind is TargetKind.NONE and not target.parts:
        return None
    parts = [(p.label, figure) for p in target.parts if (figure := _of_target(p, phrase))]
    if not any(label for label, _ in parts) and len({part.unit for _, part in parts}) > 1:
        # 1,741自治体(100％): nothing but the unit tells them apart.
        parts = [(part.unit, part) for _, part in parts]
    return Figure(
        target.value,
        target.text.strip(),
        target.value_high,
        target.unit,
        target.scaled,
        target.comparator,
        None,
        _of_target(target.stretch, phrase) if target.stretch else None,
        _year_of_target(target, phrase),
        tuple(parts),
    )


def _year_of_target(target: TargetReading, phrase: str) -> FiscalYear | None:
    """Return the fiscal year of a phrase: 2025年３月末 is 2024, 2025年 and 2025年度 are 2025."""
    if target.target_year is None:
        return None
    early = re.search(rf"{target.target_year}年[1-3]月", normal(phrase))
    return FiscalYear(target.target_year - 1 if early else target.target_year)
