"""Targets in words: what a phrase says of years, of change, of everyone, of several figures.

A phrase is taken apart into the years it names, the figures it names and the words between. What
the words say must be known to the last one: a phrase with words left over is not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from kpi.model import Comparator
from kpi.notation.fiscal_year import years_in_sentence
from kpi.notation.text import Unreadable
from kpi.notation.threshold import TargetKind, TargetReading, read_threshold
from kpi.notation.unit import PERCENT

# Stands for a year, and for what must not be taken for a figure: both keep their length, so that
# a place in one string is the same place in the other.
_GAP = "\0"
_MASK = "〓"

_RISE = "増加|上昇|向上|増大|拡大|改善|増"
_FALL = "減少|低下|縮減|縮小|削減|短縮|減"
_CHANGE = f"{_RISE}|{_FALL}"
_LEVEL = "(?:の?(?:実績値?|決算値?|現状値?|目標値?|数値|水準|値))*"
# Another time without its year: 前年度, 現状.
_BEFORE = "前年度?|昨年度?|前回|前期|現状|現在|基準年?度?"

# ------------------------------------------------------------------------------------- years


class _Role(StrEnum):
    """What a year is in a phrase."""

    BY = "by"
    REFERENCE = "reference"
    FROM = "from"


@dataclass(frozen=True, slots=True)
class _Year:
    start: int
    end: int
    year: int
    role: _Role


_COMPARED = re.compile(
    rf"^{_LEVEL}(?:(?:と|に)(?:比|対|同)|比(?!率)|より|以上|以下|を上回|を下回|並)"
    r"|^の?[\d.]+倍"
    rf"|^{_LEVEL}から約?(?:[\d.]+(?:%|割)(?:程度|以上)?)?の?(?:{_CHANGE})"
)
_BY = re.compile(r"^末?(?:までの?|に|中|時点|を目[途処標]|において|における)")
# 平成28年度の9.4％に比べて, 2021年度決算(674億)より, 2020年医療施設調査からの増加
_COMPARED_LATER = re.compile(
    rf"^[^、。]{{1,15}}?(?:(?:と|に)(?:比|対)|より|から(?:の)?(?:{_CHANGE}))"
)
_SINCE = re.compile(r"^(?:以降|以後|から順次)")
_UNTIL = re.compile(r"^(?:から|~|-)$")
# The words that tie a year to its phrase go with it: までに, の期間に, を目途に.
_TIES = re.compile(
    r"(?:末|中|時点|頃)*"
    r"(?:までの早期に|までに?は?|にかけて|において|における|には|に(?!比|対)|の期間に|を目[途処標]に?"
    r"|目[途処標]|以降|以後|で|:|、)*"
)
# 令和6年度～8: where the span ends is not read.
_OPEN_SPAN = re.compile(rf"{_GAP}[~-](?!{_GAP})")
# 7年度 without an era: neither a year nor a figure.
_BARE_YEAR = re.compile(r"(?<![\d元])\d{1,2}年度(?!分)")


def _years(plain: str) -> list[_Year]:
    """Return the years in a phrase with the part each plays in it."""
    found = years_in_sentence(plain)
    years = []
    for number, (start, end, reading) in enumerate(found):
        following = found[number + 1][0] if number + 1 < len(found) else len(plain)
        words = plain[end:following]
        if _UNTIL.match(words):
            # 令和６年度～令和８年度: the last year of the span is the one by which.
            role = _Role.FROM
        elif _COMPARED.match(words):
            role = _Role.REFERENCE
        elif _BY.match(words):
            role = _Role.BY
        elif _SINCE.match(words):
            role = _Role.FROM
        else:
            role = _Role.REFERENCE if _COMPARED_LATER.match(words) else _Role.BY
        if role is not _Role.REFERENCE and (ties := _TIES.match(plain, end)):
            end = min(ties.end(), following)
        years.append(_Year(start, end, reading.year, role))
    return years


def _only(years: list[_Year], role: _Role, text: str) -> int | None:
    named = {year.year for year in years if year.role is role}
    if len(named) > 1:
        raise Unreadable(text, "years_differ")
    return next(iter(named), None)


# ------------------------------------------------------------------------------------- figures

_DIGITS = r"[\d,.]*\d"
# Figures that say of whom or how often, not how much: 200床以上の病院, 1,000人当たり, ３～５か月児,
# 第７期, 過去５年, 10年間, 40代, 1日1回.
_ASIDE = re.compile(
    r"(?:第|過去|直近の?|最近)\d+"
    r"|\d+(?:~\d+)?(?:歳|[かカヶ]月|年)(?:\d+[かカヶ]月)?[児生]"
    rf"|{_DIGITS}[兆億万千]*[^\d、。()]{{0,6}}?(?:当たり|あたり|につき)"
    rf"|人口{_DIGITS}[億万千]*人?対"
    rf"|{_DIGITS}[^\d、。()]{{1,6}}?(?:以上|以下|未満|超|以内)"
    rf"(?:の(?!{_CHANGE})|人口|世帯|高齢者|者|児)"
    r"|\d+(?:年間|[かカヶ]年|代)|\d+(?:日|週間?|[かカヶ]月|年)に?(?=\d+回)"
)
_FOOTNOTE = re.compile(r"[※*]\d{1,2}")
_NO_UNIT = f"以上|以下|以内|未満|超|程度|前後|達成|実施|維持|延伸|{_CHANGE}"
_UNIT = rf"(?:(?!{_NO_UNIT})(?:か所|つ|[^\W\d_ぁ-ん〓]|[/%°]))*"
_FIGURE = rf"(?:{_DIGITS}(?:[兆億万千百十]+(?:{_DIGITS}[億万千百十]*)*)?|ゼロ|半数)"
_NUMBER = re.compile(
    r"(?<![A-Za-z\d.,])"
    r"(?:約|およそ|概ね|おおむね|ほぼ)?(?:最低限?|少なくとも|最大|多くとも)?(?:[-△▲+]|マイナス)?"
    rf"{_FIGURE}(?:分の\d+|/\d+)?(?:割(?:\d分)?|%ポイント|%|{_UNIT})(?:~{_FIGURE}(?:割|%|{_UNIT}))?"
    r"(?:\(※+\)|※+)?(?:程度|前後)?"
    r"(?:以上|以下|以内|未満|超過?|を超える|を上回る|を下回る)?"
)
_QUOTED = re.compile(r"「[^「」]*」|『[^『』]*』")
# 目標値(325.3日)以上: the comparator stands behind the bracket.
_BRACKETED_LEVEL = re.compile(r"目標値?\((?P<figure>[^()]+)\)(?=以上|以下|未満|超)")
# What may stand behind the last figure without changing what it says.
_ENDING = re.compile(
    rf"(?:[)\]。、.{_GAP}]|\([^()]*\)|とする(?:こと)?|となる|とし|する|を?目標(?:とする)?|を?目指す"
    rf"|[をで]?(?:達成|実施|維持|確保)(?:する)?|[にへ](?:{_CHANGE}|抑制|抑える)?(?:させる|する)?|を|まで)*"
)
_CHANGED = re.compile(rf"^の?(?:(?P<rise>{_RISE})|(?P<fall>{_FALL}))(?!させない|しない)")
_COMPARED_FIGURE = re.compile(
    rf"^\)?(?:と比べて?|に比べて?|より|から)(?:(?P<rise>{_RISE})|(?P<fall>{_FALL}))(?:させる|する)?。?$"
)
# 前年度より100件, 2020年度比105％: an amount more, or the whole?
_UNSURE = re.compile(rf"(?:{_BEFORE}|{_GAP})[^、。{_GAP}]*(?:比|より|から|対)[^、。{_GAP}]*$")
# 前年度の2倍, 2倍に増加; 2倍 alone is a level, as a ratio of jobs to applicants is.
_REFERS = re.compile(rf"(?:{_BEFORE}|基準値).*(?:比|の|より|から)$")
_MULTIPLIED = re.compile(rf"^[にへ](?:{_RISE}|する)")

# 現状50％, 未設定（参考：50％）: a figure, but not the one that is promised.
_NOT_PROMISED = re.compile(
    rf"(?:参考|現状|現在|実績|見込み?|基準)(?:値|年?度)?[はがの:()\[{_GAP}]*$|未設定|設定せず|設定しない|未定"
)


def read_phrase(text: str, plain: str) -> TargetReading | None:
    """Read a target phrase that is more than one figure; None where it is no phrase either.

    ``text`` is what was printed, ``plain`` the same folded and without spaces.

    Raises `Unreadable` where the phrase could be understood in two ways.
    """
    # A quoted name (「全ゲノム解析等実行計画2022」) has years and figures of its own.
    plain = _QUOTED.sub("", plain)
    plain = _BRACKETED_LEVEL.sub(r"\g<figure>", plain)
    years = _years(plain)
    body = plain
    for year in years:
        body = body[: year.start] + _GAP * (year.end - year.start) + body[year.end :]
    if _OPEN_SPAN.search(body):
        raise Unreadable(text, "no_span")
    if _BARE_YEAR.search(body):
        raise Unreadable(text, "no_era")
    masked = _ASIDE.sub(lambda match: _MASK * len(match.group()), body)
    masked = _FOOTNOTE.sub(lambda match: "※" * len(match.group()), masked)
    figures = list(_NUMBER.finditer(masked))
    if not figures:
        return _in_words(text, body, years)
    if len(figures) == 1:
        return _one_figure(text, plain, body, figures[0].span(), years)
    return _several(text, plain, body, [figure.span() for figure in figures], years)


def _one_figure(
    text: str, plain: str, body: str, span: tuple[int, int], years: list[_Year]
) -> TargetReading | None:
    before, after = body[: span[0]], body[span[1] :]
    by, reference = _only(years, _Role.BY, text), _only(years, _Role.REFERENCE, text)
    reading = replace(
        read_threshold(text, plain[slice(*span)]), target_year=by, reference_year=reference
    )
    if match := _CHANGED.match(after):
        if reading.unit != PERCENT or reading.value is None:
            raise Unreadable(text, "change_amount")
        return _relative(reading, -reading.value if match["fall"] else reading.value)
    if (
        reading.unit == "倍"
        and reading.value is not None
        and (reference or _REFERS.search(before) or _MULTIPLIED.match(after))
    ):
        return _relative(reading, (reading.value - 1) * 100)
    if match := _COMPARED_FIGURE.match(after):
        # 平成28年度の9.4％に比べて減少: the figure is what is to be left behind.
        comparator = Comparator.LESS if match["fall"] else Comparator.MORE
        return replace(reading, kind=TargetKind.DIRECTION, comparator=comparator)
    if not _ENDING.fullmatch(after):
        return None
    if _NOT_PROMISED.search(before):
        raise Unreadable(text, "not_promised")
    if _UNSURE.search(before):
        raise Unreadable(text, "change_or_level")
    return reading


_TURNED = {
    Comparator.AT_LEAST: Comparator.AT_MOST,
    Comparator.AT_MOST: Comparator.AT_LEAST,
    Comparator.MORE: Comparator.LESS,
    Comparator.LESS: Comparator.MORE,
}


def _relative(reading: TargetReading, change: Decimal) -> TargetReading:
    comparator = reading.comparator
    if change < 0 and comparator is not None:
        # 25％以上の減少: a change of -25 or below.
        comparator = _TURNED.get(comparator, comparator)
    return replace(
        reading,
        kind=TargetKind.RELATIVE,
        comparator=comparator,
        value=None,
        value_high=None,
        unit="",
        change_pct=change,
    )


# The last words before a figure that belong to it alone, with whole brackets.
_LAST_CLAUSE = re.compile(rf"((?:[^{_GAP}、。:()]|\([^()]*\))*)$")
_REMARK = re.compile(r"^\((?P<words>[^()]*)\)")
# 50％から60％へ, 50％→60％: the first is where it stands.
_STARTING = re.compile(r"^(?:から|→|⇒|->)")
_DONE = re.compile(r"^(?P<deed>[^\W\dぁ-ん]+)し、")
_SAID_AT_THE_END = re.compile(r"(?:以上|以下|以内|未満|超)$")
_PARTICLES = re.compile(r"^(?:それぞれ|かつ|の)|(?:それぞれ|とも|[がはをでのにも])$")


def _several(
    text: str,
    plain: str,
    body: str,
    spans: list[tuple[int, int]],
    years: list[_Year],
) -> TargetReading:
    """Read several figures, each with the words that say what it is of."""
    if any(year.role is _Role.REFERENCE for year in years):
        raise Unreadable(text, "change_or_level")
    ends = [start for start, _ in spans[1:]] + [len(body)]
    parts = []
    done = 0
    for (start, end), next_start in zip(spans, ends, strict=True):
        after = body[end:next_start]
        if _CHANGED.match(after) or _COMPARED_FIGURE.match(after):
            raise Unreadable(text, "two_numbers")
        if _NOT_PROMISED.search(body[done:start]) or _STARTING.match(after):
            raise Unreadable(text, "not_promised")
        words = _LAST_CLAUSE.search(body[done:start])
        label = _label(words[1] if words else "")
        done = end
        if match := _REMARK.match(after):
            label = f"{label} {match['words']}".strip()
            done += match.end()
        elif match := _DONE.match(after):
            label = match["deed"]
        by = [year for year in years if year.role is _Role.BY and year.start < start]
        part = plain[start:end]
        parts.append(
            replace(
                read_threshold(part, part),
                label=label,
                target_year=by[-1].year if by else _only(years, _Role.BY, text),
            )
        )
    labels = [part.label for part in parts]
    by_year = {part.target_year for part in parts if part.target_year}
    told_apart = all(labels) or len(by_year) == len(parts) or _in_two_units(body, spans, parts)
    if not told_apart or not _ENDING.fullmatch(body[done:]):
        raise Unreadable(text, "two_numbers")
    last = parts[-1]
    if (
        _SAID_AT_THE_END.search(last.text)
        and not any(part.comparator for part in parts[:-1])
        and len({(part.unit, part.target_year) for part in parts}) == 1
    ):
        # 男性 13％、女性6.4％以下: the one 以下 is said of both.
        parts = [replace(part, comparator=last.comparator) for part in parts]
    return _together(text, TargetKind.THRESHOLD, parts)


def _in_two_units(body: str, spans: list[tuple[int, int]], parts: list[TargetReading]) -> bool:
    """Whether one promise is printed in two units: 1,741自治体(100％), ３年延伸し、75歳以上."""
    if len(parts) != 2 or not all(part.unit for part in parts):
        return False
    (_, end), (start, _) = spans
    beside = body[end:start] == "(" or bool(parts[0].label)
    return beside and parts[0].unit != parts[1].unit


def _label(words: str) -> str:
    while (shorter := _PARTICLES.sub("", words.strip("・,"))) != words:
        words = shorter
    return words


def _together(text: str, kind: TargetKind, parts: list[TargetReading]) -> TargetReading:
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


# ------------------------------------------------------------------------------------- words

_NOT_SET = re.compile(
    r"^(?:第.期.*から)?新たに設定$|^新規(?:設定)?$|^目標値?(?:なし|無し|設定なし)$"
    r"|(?:指標|目標)(?!を達成).*検討|検討中$|(?:今後|別途)(?:設定|検討)|設定予定"
)
_HALVED = re.compile(
    rf"(?P<word>半減|倍増)(?:を目指して年々(?:{_CHANGE})|させる|する|を目指す)?。?$"
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
_TOWARDS = re.compile(rf"に向けて(?:{_CHANGE})")
_SAME = re.compile(
    r"(?:維持|同水準|同程度|同数|同じ|並み?|横ばい|現状のまま)(?:する|とする|を維持|を目指す)?[。)]*$"
)
_KEPT_OR_BETTER = re.compile(
    rf"維持(?:・|又は|または|もしくは|ないし|、|か)(?:(?P<rise>{_RISE})|(?P<fall>{_FALL}))(?:する)?[。)]*$"
)
_NOT_BELOW = re.compile(
    rf"(?:{_BEFORE}|{_GAP}){_LEVEL}(?P<than>以上|以下|未満|を上回る|を下回る|を超える)(?:こと)?[。)]*$"
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
    rf"(?:(?P<better>改善)|(?P<rise>{_RISE})|(?P<fall>{_FALL}))"
    r"(?:させる|する|を図る|を目指す|傾向)?[。)]*$"
)
_DEEDS = (
    "開始|実施|策定|開設|達成|決定|整備|設定|完了|完成|公表|発出|導入|構築|設置|作成|供用|着手|施行"
    "|制定|改定|見直し|試行|移行|締結|措置|検証|実現|確立|提供|稼働|目[途処]|[春夏秋冬]"
)
_MILESTONE = re.compile(rf"(?<![未非不])(?:{_DEEDS})(?:する|した|を?予定|を?目指す)?[。)]*$")


def _in_words(text: str, body: str, years: list[_Year]) -> TargetReading | None:
    """Read a phrase without a figure."""
    words = body.replace(_GAP, "")
    if _NOT_SET.search(words):
        return TargetReading(text, TargetKind.NONE)
    if match := _HALVED.search(body):
        halved = match["word"] == "半減"
        return TargetReading(
            text,
            TargetKind.RELATIVE,
            Comparator.LESS if "年々" in match.group() else None,
            target_year=_only(years, _Role.BY, text),
            reference_year=_only(years, _Role.REFERENCE, text),
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
            target_year=_only(years, _Role.BY, text),
        )
    return _direction(text, body, years) or _milestone(text, body, years)


def _direction(text: str, body: str, years: list[_Year]) -> TargetReading | None:
    """Read more, less or the same, and than when."""
    by, reference = _compared_years(text, years)
    if _SAME.search(body):
        comparator: Comparator | None = Comparator.EQUAL
    elif match := _KEPT_OR_BETTER.search(body):
        comparator = Comparator.AT_MOST if match["fall"] else Comparator.AT_LEAST
    elif match := _NOT_BELOW.search(body):
        comparator = _THAN[match["than"]]
    elif match := _MOVING.search(body):
        if match["fall"]:
            comparator = Comparator.LESS
        elif match["rise"] and (by or reference or re.search(_BEFORE, body)):
            comparator = Comparator.MORE
        else:
            # 増加 alone names nothing to be above of, and 改善 not which way is better.
            comparator = None
    else:
        return None
    return TargetReading(
        text, TargetKind.DIRECTION, comparator, target_year=by, reference_year=reference
    )


def _compared_years(text: str, years: list[_Year]) -> tuple[int | None, int | None]:
    """Return by when, and than when."""
    named = sorted({year.year for year in years if year.role is _Role.BY})
    reference = _only(years, _Role.REFERENCE, text)
    if reference is None and len(named) == 2:
        # 2019年時点で平均を上回る県において2029年度時点で減少: from the earlier to the later.
        return named[1], named[0]
    return _only(years, _Role.BY, text), reference


def _milestone(text: str, body: str, years: list[_Year]) -> TargetReading | None:
    """Read what is to be done, and by when; a year alone is a milestone too."""
    words = body.replace(_GAP, "").strip("()")
    if not _MILESTONE.search(words) and (words or not years):
        return None
    named = [year for year in years if year.role is _Role.BY] or years
    if len({year.year for year in named}) < 2:
        by = named[0].year if named else None
        return TargetReading(text, TargetKind.MILESTONE, target_year=by)
    # 事業主健診は2023年度、学校健診は2024年度: each year belongs to the words before it.
    parts = []
    done = 0
    for year in named:
        before = _LAST_CLAUSE.search(body[done : year.start])
        label = _label(before[1] if before else "")
        if not label:
            raise Unreadable(text, "years_differ")
        parts.append(TargetReading(label, TargetKind.MILESTONE, target_year=year.year, label=label))
        done = year.end
    return _together(text, TargetKind.MILESTONE, parts)
