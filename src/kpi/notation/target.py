"""Target phrases as written: 65％以上, 50億円以下, 10～15％, 20％以上＜25％以上＞, ー."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from kpi.model import Comparator
from kpi.notation.number import NumberReading, read_nothing, read_number
from kpi.notation.text import Unreadable, fold


class TargetKind(StrEnum):
    """What sort of promise a phrase is."""

    THRESHOLD = "threshold"
    RANGE = "range"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class TargetReading:
    """A target phrase as read; values in the base unit."""

    text: str
    kind: TargetKind
    comparator: Comparator | None = None
    value: Decimal | None = None
    value_high: Decimal | None = None
    unit: str = ""
    approximate: bool = False
    #: Whether a power stood in the figure itself: 50億.
    scaled: bool = False
    #: The harder target printed in ＜ ＞ beside the main one.
    stretch: TargetReading | None = None


_COMPARATORS = (
    (re.compile(r"^(.*\d.*?)以上$"), Comparator.AT_LEAST),
    (re.compile(r"^(.*\d.*?)(?:以下|以内)$"), Comparator.AT_MOST),
    (re.compile(r"^(.*\d.*?)未満$"), Comparator.LESS),
    (re.compile(r"^(.*\d.*?)(?:超|超過|を超える|を上回る)$"), Comparator.MORE),
    (re.compile(r"^(?:>=|≧|≥)(.*)$"), Comparator.AT_LEAST),
    (re.compile(r"^(?:<=|≦|≤)(.*)$"), Comparator.AT_MOST),
)
_STRETCH = re.compile(r"^.+?<[^<>]+>$", re.DOTALL)
_STRETCH_ALONE = re.compile(r"^<(?P<inside>[^<>]+)>$")
_NOT_SET = re.compile(r"^(?:第.期.*から)?新たに設定$|^新規(?:設定)?$|^目標(?:なし|無し|設定なし)$")


@lru_cache(maxsize=65536)
def read_target(text: str) -> TargetReading:
    """Read one target phrase.

    Raises `Unreadable` where the phrase is neither a number with or without a comparator, nor a
    range, nor a sign that there is no target.
    """
    plain = fold(text)
    if match := _STRETCH_ALONE.match(plain):
        return replace(read_target(match["inside"]), text=text)
    if _STRETCH.match(plain):
        # The printed text is kept: cut the original at its own brackets.
        cut = next(at for at, sign in enumerate(text) if sign in "<＜")
        main, stretch = text[:cut].strip(), text[cut:].strip()
        return replace(read_target(main), stretch=read_target(stretch))
    if re.search(r"\d\s+\d", plain):
        raise Unreadable(text, "two_numbers")
    squeezed = re.sub(r"\s+", "", plain)
    if read_nothing(squeezed) is not None or _NOT_SET.match(squeezed):
        return TargetReading(text, TargetKind.NONE)
    if squeezed.count("~") == 1 and not squeezed.startswith("~"):
        return _range(text, *squeezed.split("~"))
    for pattern, comparator in _COMPARATORS:
        if match := pattern.match(squeezed):
            return _threshold(text, read_number(match[1]), comparator)
    number = read_number(squeezed)
    return _threshold(text, number, Comparator.ABOUT if number.approximate else None)


def _threshold(text: str, number: NumberReading, comparator: Comparator | None) -> TargetReading:
    return TargetReading(
        text,
        TargetKind.THRESHOLD,
        comparator,
        number.value,
        unit=number.unit,
        approximate=number.approximate,
        scaled=number.scaled,
    )


def _range(text: str, low_text: str, high_text: str) -> TargetReading:
    high = read_number(high_text)
    low = read_number(low_text)
    if (
        not low.unit
        and re.search("[千万億兆]", high_text)
        and not re.search("[千万億兆]", low_text)
    ):
        # 3～5万円 may mean 3万円 or 3円: nobody has said.
        raise Unreadable(text, "range_scale")
    if low.unit and low.unit != high.unit:
        raise Unreadable(text, "units_differ")
    if low.value > high.value:
        raise Unreadable(text, "range_backwards")
    return TargetReading(
        text,
        TargetKind.RANGE,
        None,
        low.value,
        high.value,
        high.unit,
        scaled=high.scaled,
    )
