"""Units: 千円 is 1,000 円, 百万円 a million; values are kept in the unit without such a factor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from kpi.notation.text import Unreadable, fold

#: The one spelling of per cent in the model. 65 ％ is stored as 65.
PERCENT = "％"
#: Units of what is counted one by one: there is never less than none.
COUNTS = frozenset(
    "人 名 世帯 戸 件 回 か所 箇所 ヶ所 カ所 団体 組織 事業者 社 企業 店 校 園 棟 室 床 台 両 隻 "
    "冊 本 枚 種 種類 施設 地区 区画 市町村 自治体 頭 匹 羽 品目 つ".split()
)
#: Units that a heading may name in brackets: 収入率（％）. Other words there are not taken for one.
KNOWN = COUNTS | frozenset(
    "％ 円 ポイント 点 倍 年 歳 日 時間 分 ha km km2 m m2 ㎡ 平方メートル t トン kg g kWh GJ t-CO2 "
    "‰ 都道府県 機関 医療機関 事業所 保険者 区 床 単位 講座 路線 便 票 問 語".split()
)

_PERCENT = {"%", "パーセント", "百分率"}
_SCALES = {
    "千": 3,
    "万": 4,
    "十万": 5,
    "百万": 6,
    "千万": 7,
    "億": 8,
    "十億": 9,
    "百億": 10,
    "兆": 12,
}
_SCALED = re.compile(f"({'|'.join(sorted(_SCALES, key=len, reverse=True))})(?=.)")
# A unit is a word: no digit but in the known names, no sentence. Hiragana only in counters.
_WORD = re.compile(
    r"(?:[^\W\d_ぁ-ん]|[/・･%‰°¥$·.²³₂-]|CO2|PM2\.5|m[23]|か所|か月|か国|ヶ|つ|ひと|ha)+",
    re.IGNORECASE,
)
# What is done with a figure is no part of its unit: 25％減少, 100件増, 100％達成.
_DEED = re.compile(
    "(?:増|減|増加|減少|上昇|低下|改善|向上|縮減|縮小|削減|短縮|延伸|拡大|抑制|超|超過"
    "|達成|実施|維持|程度|前後|目標)$|以上|以下|未満|以内"
)
_SIGNS_ONLY = re.compile(r"[-/.・]+")
# ％ is followed by nothing but ポイント, or by what it is counted over.
_PERCENT_AND_MORE = re.compile(r"%(?!$|/|ポイント)")


@dataclass(frozen=True, slots=True)
class UnitReading:
    """A unit as read: ``unit`` without its factor, and the factor (百万円: 円 and 10^6)."""

    unit: str
    factor: Decimal


@lru_cache(maxsize=4096)
def read_unit(text: str) -> UnitReading:
    """Read a unit. An empty text is the unit of plain numbers.

    Raises `Unreadable` where the text is no unit (a number, a sentence).
    """
    plain = fold(text).strip("()[]").removeprefix("単位:").strip()
    if plain in _PERCENT:
        return UnitReading(PERCENT, Decimal(1))
    if not plain:
        return UnitReading("", Decimal(1))
    if (
        not _WORD.fullmatch(plain)
        or _DEED.search(plain)
        or _SIGNS_ONLY.fullmatch(plain)
        or _PERCENT_AND_MORE.match(plain)
    ):
        raise Unreadable(text, "no_unit")
    if match := _SCALED.match(plain):
        return UnitReading(plain[match.end() :], Decimal(10) ** _SCALES[match[1]])
    return UnitReading(plain, Decimal(1))


def difference_unit(unit: str) -> str:
    """Return the unit of a difference: percentages differ by ポイント, all else by its own unit."""
    return "ポイント" if unit == PERCENT else unit
