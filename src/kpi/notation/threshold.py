"""A promise of one figure as written: 65％以上, 50億円以下, 最低限１箇所, 10～15％."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kpi.model import Comparator
from kpi.notation.number import NumberReading, read_number
from kpi.notation.text import Unreadable
from kpi.notation.unit import PERCENT


class TargetKind(StrEnum):
    """What sort of promise a phrase is."""

    THRESHOLD = "threshold"
    RANGE = "range"
    #: So much more or less than in another year: 2008年度と比べて25％減少.
    RELATIVE = "relative"
    #: More, less or the same, without saying how much: 2019年度実績から増加.
    DIRECTION = "direction"
    #: Something done by a day: 2024年度中に運用開始.
    MILESTONE = "milestone"
    #: Everyone there is, without a number: 全自治体.
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class TargetReading:
    """A target phrase as read; values in the base unit."""

    text: str
    kind: TargetKind
    #: How an actual is held against ``value``, or its change against ``change_pct``.
    comparator: Comparator | None = None
    #: None where the phrase has no figure, or several (then they stand in ``parts``).
    value: Decimal | None = None
    value_high: Decimal | None = None
    unit: str = ""
    approximate: bool = False
    #: Whether a power stood in the figure itself: 50億.
    scaled: bool = False
    #: The year by which, as printed in the phrase: 2025年３月末 is 2025.
    target_year: int | None = None
    #: The year the target is held against, as printed.
    reference_year: int | None = None
    #: Change in per cent, negative for less: 25％減少 is -25, 倍増 is 100.
    change_pct: Decimal | None = None
    #: The harder target printed in ＜ ＞ beside the main one.
    stretch: TargetReading | None = None
    #: What a part is of: 男性, ３歳児. Empty for a whole phrase.
    label: str = ""
    #: The several promises of one phrase: 男性 13％、女性6.4％以下.
    parts: tuple[TargetReading, ...] = ()


_BEHIND = {
    "以上": Comparator.AT_LEAST,
    "以下": Comparator.AT_MOST,
    "以内": Comparator.AT_MOST,
    "未満": Comparator.LESS,
    "超": Comparator.MORE,
    "超過": Comparator.MORE,
    "を超える": Comparator.MORE,
    "を上回る": Comparator.MORE,
    "を下回る": Comparator.LESS,
    "を下回らない": Comparator.AT_LEAST,
    "を上回らない": Comparator.AT_MOST,
    "を超えない": Comparator.AT_MOST,
}
_BEFORE = {
    ">=": Comparator.AT_LEAST,
    "≧": Comparator.AT_LEAST,
    "≥": Comparator.AT_LEAST,
    "最低限": Comparator.AT_LEAST,
    "最低": Comparator.AT_LEAST,
    "少なくとも": Comparator.AT_LEAST,
    "<=": Comparator.AT_MOST,
    "≦": Comparator.AT_MOST,
    "≤": Comparator.AT_MOST,
    "最大": Comparator.AT_MOST,
    "最高": Comparator.AT_MOST,
    "多くとも": Comparator.AT_MOST,
}
_FOOTNOTE = r"(?:\(?(?:※|\*|注)\d{0,2}\)?)?"
_COMPARED = re.compile(
    f"(?P<before>{'|'.join(_BEFORE)})(.+)|(.+?)(?P<behind>{'|'.join(_BEHIND)}){_FOOTNOTE}"
)


def read_threshold(text: str, plain: str) -> TargetReading:
    """Read a figure with or without a comparator, or a range.

    ``text`` is what was printed, ``plain`` the same folded and without spaces.

    Raises `Unreadable` for anything else.
    """
    if plain == "過半数":
        half = Decimal(50)
        return TargetReading(text, TargetKind.THRESHOLD, Comparator.MORE, half, unit=PERCENT)
    if plain.count("~") == 1 and not plain.startswith("~"):
        return _range(text, *plain.split("~"))
    if match := _COMPARED.fullmatch(plain):
        comparator = _BEFORE.get(match["before"]) or _BEHIND[match["behind"]]
        return _threshold(text, read_number(match[2] or match[3]), comparator)
    number = read_number(plain)
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
        approximate=low.approximate or high.approximate,
        scaled=high.scaled,
    )


def together(text: str, kind: TargetKind, parts: list[TargetReading]) -> TargetReading:
    """Return the whole of several parts: filled only in what they have in common."""
    first = parts[0]
    return TargetReading(
        text,
        kind,
        first.comparator if len({part.comparator for part in parts}) == 1 else None,
        unit=first.unit if len({part.unit for part in parts}) == 1 else "",
        approximate=all(part.approximate for part in parts),
        target_year=first.target_year if len({part.target_year for part in parts}) == 1 else None,
        parts=tuple(parts),
    )
