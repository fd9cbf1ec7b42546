"""Targets without a figure: 2019年度実績から増加, 2024年度中に運用開始, 全自治体, 倍増."""

from __future__ import annotations

import re
from decimal import Decimal

from kpi.model import Comparator
from kpi.notation.named_years import (
    BEFORE,
    CHANGE,
    FALL,
    GAP,
    LEVEL,
    RISE,
    NamedYear,
    Role,
    only_year,
)
from kpi.notation.text import Unreadable
from kpi.notation.threshold import TargetKind, TargetReading, together

_NOT_SET = re.compile(
    r"^(?:第.期.*から)?新たに設定$|^新規(?:設定)?$|^目標値?(?:なし|無し|設定なし)$"
    r"|(?:指標|目標)(?!を達成).*検討|検討中$|(?:今後|別途)(?:設定|検討)|設定予定"
)
_HALVED = re.compile(
    rf"(?P<word>半減|倍増)(?:を目指して年々(?:{CHANGE})|させる|する|を目指す)?。?$"
)
_ABOUT_ALL = re.compile(r"概ね|おおむね|ほぼ")
_EVERYONE = (
    "自治体|市区?町村|区市町村|都道府県|市|町|村|区|校|学校|小中学校|地区|地域|施設|事業所|保険者"
    "|医療機関|部局|課|職員|社員|員|世帯|児童|生徒|館|園|団体|企業|薬局|対象者?"
)
_ALL = re.compile(
    rf"全国展開|全(?:{_EVERYONE})(?=$|[でにがのをへと、。()]|及び|並びに)|(?:全て|すべて)"
    rf"|各(?:{_EVERYONE})(?:が(?!目標)|及び|並びに)"
)
_TOWARDS = re.compile(rf"に向けて(?:{CHANGE})")
_SAME = re.compile(
    r"(?:維持|同水準|同程度|同数|同じ|並み?|横ばい|現状のまま)(?:する|とする|を維持|を目指す)?[。)]*$"
)
_KEPT_OR_BETTER = re.compile(
    rf"維持(?:・|又は|または|もしくは|ないし|、|か)(?:(?P<rise>{RISE})|(?P<fall>{FALL}))(?:する)?[。)]*$"
)
_NOT_BELOW = re.compile(
    rf"(?:{BEFORE}|{GAP}){LEVEL}(?P<than>以上|以下|未満|を上回る|を下回る|を超える)(?:こと)?[。)]*$"
)
_THAN = {
    "以上": Comparator.AT_LEAST,
    "以下": Comparator.AT_MOST,
    "未満": Comparator.LESS,
    "を上回る": Comparator.MORE,
    "を超える": Comparator.MORE,
    "を下回る": Comparator.LESS,
}
_MOVING = re.compile(
    rf"(?:(?P<better>改善)|(?P<rise>{RISE})|(?P<fall>{FALL}))"
    r"(?:させる|する|を図る|を目指す|傾向)?[。)]*$"
)
_DEEDS = (
    "開始|実施|策定|開設|達成|決定|整備|設定|完了|完成|公表|発出|導入|構築|設置|作成|供用|着手|施行"
    "|制定|改定|見直し|試行|移行|締結|措置|検証|実現|確立|提供|稼働|目[途処]|[春夏秋冬]"
)
_MILESTONE = re.compile(rf"(?<![未非不])(?:{_DEEDS})(?:する|した|を?予定|を?目指す)?[。)]*$")
# The last words that belong together, with whole brackets.
_LAST_CLAUSE = re.compile(rf"((?:[^{GAP}、。:()]|\([^()]*\))*)$")
_PARTICLES = re.compile(r"^(?:それぞれ|かつ|の)|(?:それぞれ|男女とも|[がはをでのに])$")


def label_of(words: str) -> str:
    """Return whom a figure or year is of, from the words before it: 民間 for 85％)、民間で."""
    clause = _LAST_CLAUSE.search(words)
    label = clause[1] if clause else ""
    while (shorter := _PARTICLES.sub("", label.strip("・,"))) != label:
        label = shorter
    return label


def read_words(text: str, plain: str, body: str, years: list[NamedYear]) -> TargetReading | None:
    """Read a phrase without a figure; None where it is none.

    ``plain`` is the phrase folded and without spaces, ``body`` the same with its years left blank.

    Raises `Unreadable` where it names more years than it can mean.
    """
    words = body.replace(GAP, "")
    if _NOT_SET.search(words):
        return TargetReading(text, TargetKind.NONE)
    if match := _HALVED.search(body):
        halved = match["word"] == "半減"
        return TargetReading(
            text,
            TargetKind.RELATIVE,
            Comparator.LESS if "年々" in match.group() else None,
            target_year=only_year(years, Role.BY, text),
            reference_year=only_year(years, Role.REFERENCE, text),
            change_pct=Decimal(-50 if halved else 100),
        )
    everyone = _ALL.search(body)
    if everyone and (_TOWARDS.search(body) or not _MOVING.search(body)):
        about = _ABOUT_ALL.search(body) is not None
        return TargetReading(
            text,
            TargetKind.ALL,
            Comparator.ABOUT if about else Comparator.EQUAL,
            approximate=about,
            target_year=only_year(years, Role.BY, text),
        )
    return _direction(text, body, years) or _milestone(text, plain, body, years)


def _direction(text: str, body: str, years: list[NamedYear]) -> TargetReading | None:
    """Read more, less or the same, and than when."""
    forms = (_SAME, _KEPT_OR_BETTER, _NOT_BELOW, _MOVING)
    same, kept, than, moving = (form.search(body) for form in forms)
    if not (same or kept or than or moving):
        return None
    by, reference = _compared_years(text, years)
    # 増加 alone names nothing to be above of, and 改善 not which way is better.
    comparator = None
    if same:
        comparator = Comparator.EQUAL
    elif kept:
        comparator = Comparator.AT_MOST if kept["fall"] else Comparator.AT_LEAST
    elif than:
        comparator = _THAN[than["than"]]
    elif moving and moving["fall"]:
        comparator = Comparator.LESS
    elif moving and moving["rise"] and (by or reference or re.search(BEFORE, body)):
        comparator = Comparator.MORE
    return TargetReading(
        text, TargetKind.DIRECTION, comparator, target_year=by, reference_year=reference
    )


def _compared_years(text: str, years: list[NamedYear]) -> tuple[int | None, int | None]:
    """Return by when, and than when."""
    named = sorted({year.year for year in years if year.role is Role.BY})
    reference = only_year(years, Role.REFERENCE, text)
    if reference is None and len(named) == 2:
        # 2019年時点で平均を上回る県において2029年度時点で減少: from the earlier to the later.
        return named[1], named[0]
    return only_year(years, Role.BY, text), reference


def _milestone(text: str, plain: str, body: str, years: list[NamedYear]) -> TargetReading | None:
    """Read what is to be done, and by when; a year alone is a milestone too."""
    words = body.replace(GAP, "").strip("()")
    if not _MILESTONE.search(words) and (words or not years):
        return None
    named = [year for year in years if year.role is Role.BY] or years
    if len({year.year for year in named}) < 2:
        by = named[0].year if named else None
        return TargetReading(text, TargetKind.MILESTONE, target_year=by)
    # 事業主健診は2023年度、学校健診は2024年度: each year belongs to the words before it.
    parts = []
    done = 0
    for year in named:
        label = label_of(body[done : year.start])
        if not label:
            raise Unreadable(text, "years_differ")
        own = plain[year.start : year.end].rstrip("、・")
        parts.append(TargetReading(own, TargetKind.MILESTONE, target_year=year.year, label=label))
        done = year.end
    return together(text, TargetKind.MILESTONE, parts)
