"""Which series of other plans may measure the same: a person is asked, nothing is linked unasked.

Names are compared in their normal form, by the pairs of neighbouring letters they share (Dice).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Any

import pandas as pd

from kpi.charts.assessment import rows_of
from kpi.notation import is_found, normal

#: How alike names have to be to be proposed, and how many candidates a person sees at once.
LEAST, MOST = 0.5, 5
#: A name that stands in more other places than this is not proposed for any of them.
_FEW = 3
#: How many series a search shows.
_FOUND = 20
_NATION = "国"
# In the order of the first two digits of their municipalities' codes, from 01 on.
_PREFECTURES = (
    "北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 "
    "神奈川県 新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 "
    "大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 "
    "福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県"
).split()


class Distance(IntEnum):
    """Whose series it is, seen from one's own."""

    OWN = 0
    PREFECTURE = 1
    NATION = 2
    ELSEWHERE = 3


@dataclass(frozen=True)
class Candidate:
    """A series of another plan in the same unit."""

    #: Code of its municipality.
    municipality: str
    municipality_name: str
    plan: str
    series_id: int
    title: str
    unit: str
    #: From 0 to 1; 1 where the names differ in nothing but how they are typed.
    likeness: float
    distance: Distance

    @property
    def key(self) -> tuple[str, int]:
        """Return what sets the series apart from all others."""
        return self.municipality, self.series_id


@dataclass(frozen=True)
class Candidates:
    """What was found, best first, and how many more there are than are shown."""

    shown: tuple[Candidate, ...]
    more: int


def propose(
    known: pd.DataFrame, municipality: str, series_id: int, decided: Collection[tuple[str, int]]
) -> Candidates:
    """Return the series whose names are like that of one's own.

    ``known`` is what `kpi.store.known_series` returns, ``decided`` are the series a person has
    said yes or no to, as `Candidate.key`. What a table says of a hundred areas is proposed for the
    prefecture and the nation alone.
    """
    found = [
        candidate
        for candidate in _comparable(known, municipality, series_id)
        if candidate.likeness >= LEAST and candidate.key not in decided
    ]
    elsewhere = Counter(normal(p.title) for p in found if p.distance is Distance.ELSEWHERE)
    near = [
        candidate
        for candidate in found
        if candidate.distance is not Distance.ELSEWHERE
        or elsewhere[normal(candidate.title)] <= _FEW
    ]
    return Candidates(tuple(near[:MOST]), len(found) - len(near[:MOST]))


def search(
    known: pd.DataFrame,
    municipality: str,
    series_id: int,
    words: str,
    confirmed: Collection[tuple[str, int]],
) -> Candidates:
    """Return the series in whose municipality, plan and name all of the words stand."""
    found = [
        candidate
        for candidate in _comparable(known, municipality, series_id)
        if candidate.key not in confirmed
        and is_found(words, f"{candidate.municipality_name}{candidate.plan}{candidate.title}")
    ]
    return Candidates(tuple(found[:_FOUND]), len(found[_FOUND:]))


def _comparable(known: pd.DataFrame, municipality: str, series_id: int) -> list[Candidate]:
    """Return all series of other plans in the same unit, those most alike first, then nearest."""
    is_here = known["municipality"] == municipality
    own: Any = next(rows_of(known[is_here & (known["series_id"] == series_id)]))
    is_of_plan = is_here & (known["plan_id"] == own.plan_id)
    likeness: dict[tuple[str, str], float] = {}
    found = []
    for row in rows_of(known[(known["unit"] == own.unit) & ~is_of_plan]):
        name = (row.indicator, row.series)
        if name not in likeness:
            likeness[name] = max(
                _dice(one, other)
                for one in _names(own.indicator, own.series)
                for other in _names(*name)
            )
        found.append(
            Candidate(
                row.municipality,
                row.municipality_name,
                row.plan,
                int(row.series_id),
                " ".join(filter(None, name)),
                row.unit,
                likeness[name],
                _distance(municipality, row.municipality, row.municipality_name),
            )
        )
    return sorted(found, key=lambda one: (-one.likeness, one.distance, one.key))


def _names(indicator: str, series: str) -> list[str]:
    """Return what a series may be called.

    A table by area is titled 都道府県・指定都市別保護率 and has a column 保護率: the column's name
    alone says what is measured, as the title says it again.
    """
    whole, part = normal(indicator + series), normal(series)
    return [whole, part] if part and part in normal(indicator) else [whole]


def _dice(one: str, other: str) -> float:
    """Return the share of pairs of neighbouring letters two names have in common."""
    if one == other:
        return 1.0
    pairs, others = set(pairwise(one)), set(pairwise(other))
    return 2 * len(pairs & others) / ((len(pairs) + len(others)) or 1)


def _distance(own: str, other: str, other_name: str) -> Distance:
    if other == own:
        return Distance.OWN
    if other_name == _NATION:
        return Distance.NATION
    if other_name in _PREFECTURES and own[:2] == f"{_PREFECTURES.index(other_name) + 1:02}":
        return Distance.PREFECTURE
    return Distance.ELSEWHERE
