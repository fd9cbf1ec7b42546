"""Targets in words: what a phrase says of years, of change, of everyone, of several figures.

A phrase is taken apart into the years it names, the figures it names and the words between. The
words before a figure say what it is of; behind the last figure every word must be known, or the
phrase is not read.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from kpi.model import Comparator
from kpi.notation.named_years import (
    BARE_YEAR,
    BEFORE,
    CHANGE,
    FALL,
    GAP,
    OPEN_SPAN,
    RISE,
    NamedYear,
    Role,
    named_years,
    only_year,
)
from kpi.notation.promise import label_of, read_words
from kpi.notation.text import Unreadable
from kpi.notation.threshold import TargetKind, TargetReading, read_threshold, together
from kpi.notation.unit import PERCENT

# Stands for what must not be taken for a figure, sign for sign.
_MASK = "〓"

_DIGITS = r"[\d,.]*\d"
# Figures that say of whom or how often, not how much: 200床以上の病院, 1,000人当たり, ３～５か月児,
# 第７期, 過去５年, 10年間, 40代, 1日1回.
_ASIDE = re.compile(
    r"(?:第|過去|直近の?|最近)\d+"
    r"|\d+(?:~\d+)?(?:歳|[かカヶ]月|年)(?:\d+[かカヶ]月)?[児生]"
    rf"|{_DIGITS}[兆億万千]*[^\d、。()]{{0,6}}?(?:当たり|あたり|につき)"
    rf"|人口{_DIGITS}[億万千]*人?対"
    rf"|{_DIGITS}[^\d、。()]{{1,6}}?(?:以上|以下|未満|超|以内)"
    rf"(?:の(?!{CHANGE})|人口|世帯|高齢者|者|児)"
    r"|\d+(?:年間|[かカヶ]年|代)|\d+(?:日|週間?|[かカヶ]月|年)に?(?=\d+回)"
)
_FOOTNOTE = re.compile(r"[※*]\d{1,2}")
_NO_UNIT = f"以上|以下|以内|未満|超|程度|前後|達成|実施|維持|延伸|{CHANGE}"
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
    rf"(?:[)\]。、.{GAP}]|\([^()]*\)|とする(?:こと)?|となる|とし|する|を?目標(?:とする)?|を?目指す"
    rf"|[をで]?(?:達成|実施|維持|確保)(?:する)?|[にへ](?:{CHANGE}|抑制|抑える)?(?:させる|する)?|を|まで)*"
)
_CHANGED = re.compile(rf"^の?(?:(?P<rise>{RISE})|(?P<fall>{FALL}))(?!させない|しない)")
_COMPARED_FIGURE = re.compile(
    rf"^\)?(?:と比べて?|に比べて?|より|から)(?:(?P<rise>{RISE})|(?P<fall>{FALL}))(?:させる|する)?。?$"
)
# 前年度より100件, 2020年度比105％: an amount more, or the whole?
_UNSURE = re.compile(rf"(?:{BEFORE}|{GAP})[^、。{GAP}]*(?:比|より|から|対)[^、。{GAP}]*$")
# 前年度の2倍, 2倍に増加; 2倍 alone is a level, as a ratio of jobs to applicants is.
_REFERS = re.compile(rf"(?:{BEFORE}|基準値).*(?:比|の|より|から)$")
_MULTIPLIED = re.compile(rf"^[にへ](?:{RISE}|する)")

# 現状50％, 未設定（参考：50％）: a figure, but not the one that is promised.
_NOT_PROMISED = re.compile(
    rf"(?:参考|現状|現在|実績|見込み?|基準)(?:値|年?度)?[はがの:()\[{GAP}]*$|未設定|設定せず|設定しない|未定"
)


def read_phrase(text: str, plain: str) -> TargetReading | None:
    """Read a target phrase that is more than one figure; None where it is no phrase either.

    ``text`` is what was printed, ``plain`` the same folded and without spaces.

    Raises `Unreadable` where the phrase could be understood in two ways.
    """
    if GAP in plain:
        return None
    # A quoted name (「全ゲノム解析等実行計画2022」) has years and figures of its own.
    plain = _QUOTED.sub("", plain)
    plain = _BRACKETED_LEVEL.sub(r"\g<figure>", plain)
    years = named_years(plain)
    body = plain
    for year in years:
        body = body[: year.start] + GAP * (year.end - year.start) + body[year.end :]
    if OPEN_SPAN.search(body):
        raise Unreadable(text, "no_span")
    if BARE_YEAR.search(body):
        raise Unreadable(text, "no_era")
    masked = _ASIDE.sub(lambda match: _MASK * len(match.group()), body)
    masked = _FOOTNOTE.sub(lambda match: "※" * len(match.group()), masked)
    figures = list(_NUMBER.finditer(masked))
    if not figures:
        return read_words(text, plain, body, years)
    if len(figures) == 1:
        return _one_figure(text, plain, body, figures[0].span(), years)
    return _several(text, plain, body, [figure.span() for figure in figures], years)


def _one_figure(
    text: str, plain: str, body: str, span: tuple[int, int], years: list[NamedYear]
) -> TargetReading | None:
    before, after = body[: span[0]], body[span[1] :]
    by, reference = only_year(years, Role.BY, text), only_year(years, Role.REFERENCE, text)
    reading = replace(
        read_threshold(text, plain[slice(*span)]), target_year=by, reference_year=reference
    )
    if reading.kind is TargetKind.RANGE and not _ENDING.fullmatch(after):
        # 5～10％減: a change has one figure here.
        return None
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


_REMARK = re.compile(r"^\((?P<words>[^()]*)\)")
# 50％から60％へ, 50％→60％: the first is where it stands.
_STARTING = re.compile(r"^(?:から|→|⇒|->)")
_DONE = re.compile(r"^(?P<deed>[^\W\dぁ-ん]+)し、")
_SAID_AT_THE_END = re.compile(r"(?:以上|以下|以内|未満|超)$")


def _several(
    text: str,
    plain: str,
    body: str,
    spans: list[tuple[int, int]],
    years: list[NamedYear],
) -> TargetReading:
    """Read several figures, each with the words that say what it is of."""
    if any(year.role is Role.REFERENCE for year in years):
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
        label = label_of(body[done:start])
        done = end
        if match := _REMARK.match(after):
            label = f"{label} {match['words']}".strip()
            done += match.end()
        elif match := _DONE.match(after):
            label = match["deed"]
        by = [year for year in years if year.role is Role.BY and year.start < start]
        part = plain[start:end]
        parts.append(
            replace(
                read_threshold(part, part),
                label=label,
                target_year=by[-1].year if by else only_year(years, Role.BY, text),
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
    return together(text, TargetKind.THRESHOLD, parts)


def _in_two_units(body: str, spans: list[tuple[int, int]], parts: list[TargetReading]) -> bool:
    """Whether one promise is printed in two units: 1,741自治体(100％), ３年延伸し、75歳以上."""
    if len(parts) != 2 or not all(part.unit for part in parts):
        return False
    (_, end), (start, _) = spans
    beside = body[end:start] == "(" or bool(parts[0].label)
    return beside and parts[0].unit != parts[1].unit
