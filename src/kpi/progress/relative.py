"""Targets held against another year's value: 2008年度と比べて25％減少, 前年度以上, 倍増, 現状維持.

Such a target is a number as soon as the value it refers to is known, and none before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from kpi.model import Comparator, Direction
from kpi.notation import TargetKind, TargetReading, Unreadable, read_target


class Against(IntEnum):
    """What a target is held against."""

    #: Nothing: it states its number, or none at all.
    NOTHING = 0
    #: The value of a year it names.
    YEAR = 1
    #: The value of the year before the target's own.
    YEAR_BEFORE = 2
    #: The base: 倍増, 現状維持.
    BASE = 3


@dataclass(frozen=True)
class Promise:
    """What is to become of the value referred to."""

    against: Against
    #: The year it names, 0 where it names none.
    year: int
    #: Share of that value which is promised: 0.75 for 25％減少, 1 where it is to rise or fall.
    factor: float
    #: Empty where only the direction of the series says what would satisfy it: 維持.
    comparator: Comparator | None


# From a year on, year by year, or two conditions at once: no one number would satisfy that.
_COURSE = re.compile("以降|以後|順次|年々|毎年|かつ")
# 2021年度の実績を維持: the year is meant as a reference, and is not read as one.
_LEVEL_OF_YEAR = re.compile("年度?末?の?(?:実績|決算|水準|数値|値)")
_YEAR_BEFORE = re.compile("前年|昨年")
# 前回調査, 前期: of a year that is not named.
_TIME_BEFORE = re.compile("前回|前期")
_RISE = re.compile("増|上昇|向上|拡大|上回")
_FALL = re.compile("減|低下|縮|削|短|下回")
_BETTER = "改善"
_TURNED = {Comparator.AT_LEAST: Comparator.AT_MOST, Comparator.MORE: Comparator.LESS}


@lru_cache(maxsize=65536)
def read_promise(text: str, direction: str) -> Promise | None:
    """Read a target without a number of its own, of a series of the given direction.

    None where it does not say what a later value would have to be: a milestone, a yearly rise.
    """
    try:
        reading = read_target(text)
    except Unreadable:
        return None
    kinds = (TargetKind.RELATIVE, TargetKind.DIRECTION)
    if reading.kind not in kinds or reading.value is not None or _COURSE.search(text):
        return None
    if reading.reference_year is not None:
        against = Against.YEAR
    elif _YEAR_BEFORE.search(text):
        against = Against.YEAR_BEFORE
    elif _TIME_BEFORE.search(text) or _LEVEL_OF_YEAR.search(text):
        return None
    else:
        against = Against.BASE
    year = reading.reference_year or 0
    sense = {Direction.HIGHER: 1, Direction.LOWER: -1}.get(Direction(direction), 0)
    if reading.change_pct is None:
        return Promise(against, year, 1.0, _towards(reading, text, sense))
    change, comparator = reading.change_pct, reading.comparator
    if _BETTER in text and not (_RISE.search(text) or _FALL.search(text)):
        if not sense:
            return None
        change *= sense
        comparator = _TURNED.get(comparator, comparator) if comparator and sense < 0 else comparator
    if comparator is None:
        comparator = Comparator.AT_LEAST if change > 0 else Comparator.AT_MOST
    return Promise(against, year, float(1 + change / 100), comparator)


def _towards(reading: TargetReading, text: str, sense: int) -> Comparator | None:
    """Return what would satisfy a rise, a fall or a level without a figure."""
    if reading.comparator is Comparator.EQUAL:
        # To keep a level is to keep it or do better, where the series says what is better.
        return None
    if reading.comparator is not None:
        return reading.comparator
    if _RISE.search(text):
        return Comparator.MORE
    return {1: Comparator.MORE, -1: Comparator.LESS}.get(sense)
