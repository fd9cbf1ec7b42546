"""What the headings of a table mean: the words city halls put above their columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from kpi.model import Comparator, Direction, FiscalYear, Kind, Status
from kpi.notation import (
    KNOWN,
    Unreadable,
    find_fiscal_year,
    fold,
    normal,
    read_fiscal_year,
    read_unit,
)


class Role(StrEnum):
    """What a column says of its row. The values are the columns of the tidy table."""

    MUNICIPALITY = "municipality"
    MUNICIPALITY_CODE = "municipality_code"
    PREFECTURE = "prefecture"
    PLAN = "plan"
    POLICY = "policy"
    POLICY_CODE = "policy_code"
    MEASURE = "measure"
    INDICATOR_CODE = "indicator_code"
    INDICATOR = "indicator"
    SERIES = "series"
    UNIT = "unit"
    DIRECTION = "direction"
    KIND = "kind"
    PERIOD = "period"
    LABEL = "label"
    FISCAL_YEAR = "fiscal_year"
    ERA_YEAR = "era_year"
    BASELINE_YEAR = "baseline_year"
    TARGET_YEAR = "target_year"
    COMPARATOR = "comparator"
    VALUE = "value"
    VALUE_HIGH = "value_high"
    VALUE_TEXT = "value_text"
    STATUS = "status"
    NOTE = "note"
    DEPARTMENT = "department"
    SOURCE = "source"
    MEASURE_CODE = "measure_code"
    ACTION = "action_name"
    ACTION_CODE = "action_no"
    PROJECT = "project_name"
    PROJECT_CODE = "project_no"
    GOAL = "goal"


_HEADINGS: dict[Role, str] = {
    Role.MUNICIPALITY: "自治体 自治体名 団体名 市町村 市町村名 市区町村 市区町村名 指定都市 中核市",
    Role.PREFECTURE: "都道府県 都道府県名",
    Role.MUNICIPALITY_CODE: "団体コード 自治体コード 市町村コード 全国地方公共団体コード",
    Role.PLAN: "計画 計画名",
    Role.POLICY: "政策 政策名 基本政策 基本目標 章",
    Role.POLICY_CODE: "政策コード 施策コード",
    Role.MEASURE: "施策 施策名 基本施策 工程",
    Role.INDICATOR_CODE: "指標コード 指標番号 整理番号 番号 No No.",
    Role.INDICATOR: "指標 指標名 指標名称 指標の名称 成果指標 成果指標名 主な成果指標 評価指標 "
    "KPI 名称",
    Role.SERIES: "区分 系列 内訳",
    Role.UNIT: "単位",
    Role.DIRECTION: "方向 望ましい方向",
    Role.KIND: "種別",
    Role.PERIOD: "計画期 期",
    Role.LABEL: "呼び名 目標の呼び名",
    Role.FISCAL_YEAR: "年度 対象年度 西暦 西暦（年）",
    # The year said a second time beside 西暦.
    Role.ERA_YEAR: "元号 和暦 和暦（年）",
    Role.BASELINE_YEAR: "基準年度 基準年",
    Role.TARGET_YEAR: "目標年度 目標最終年度 最終目標年度 最終年度 目標年",
    Role.COMPARATOR: "比較 条件",
    Role.VALUE: "値 数値 実績 実績値 目標 目標値",
    Role.VALUE_HIGH: "上限 上限値",
    Role.VALUE_TEXT: "原文 表記",
    Role.STATUS: "状態",
    Role.NOTE: "備考 注 注記",
    Role.DEPARTMENT: "所管課 所管 担当課 主管課 所管部署",
    Role.SOURCE: "出典 指標の出典",
}
_ROLE_OF = {normal(word): role for role, words in _HEADINGS.items() for word in words.split()} | {
    role.value: role for role in Role
}


def role_of(heading: str) -> Role | None:
    """Return what a heading says, or None where it is no known one."""
    return _ROLE_OF.get(normal(heading))


# The fixed words of single columns, Japanese and as written by `kpi values`.
_KINDS = {
    "実績": Kind.ACTUAL,
    "実績値": Kind.ACTUAL,
    "現状": Kind.ACTUAL,
    "現状値": Kind.ACTUAL,
    "目標": Kind.TARGET,
    "目標値": Kind.TARGET,
    "基準": Kind.BASELINE,
    "基準値": Kind.BASELINE,
    "計画策定時": Kind.BASELINE,
}
_DIRECTIONS = {
    "高いほど良い": Direction.HIGHER,
    "高い": Direction.HIGHER,
    "増加": Direction.HIGHER,
    "低いほど良い": Direction.LOWER,
    "低い": Direction.LOWER,
    "減少": Direction.LOWER,
    "維持": Direction.MAINTAIN,
    "範囲": Direction.RANGE,
    "不明": Direction.UNKNOWN,
}
_STATUSES = {
    "速報": Status.PROVISIONAL,
    "速報値": Status.PROVISIONAL,
    "暫定": Status.PROVISIONAL,
    "確定": Status.FINAL,
    "確定値": Status.FINAL,
    "推計": Status.ESTIMATE,
    "推計値": Status.ESTIMATE,
    "見込": Status.ESTIMATE,
    "見込み": Status.ESTIMATE,
}
_COMPARATORS = {
    "以上": Comparator.AT_LEAST,
    "以下": Comparator.AT_MOST,
    "超": Comparator.MORE,
    "未満": Comparator.LESS,
    "約": Comparator.ABOUT,
}
#: The words each such column understands.
FIXED_WORDS: dict[Role, dict[str, StrEnum]] = {
    Role.KIND: {**_KINDS, **{kind.value: kind for kind in Kind}},
    Role.DIRECTION: {
        **_DIRECTIONS,
        **{direction.value: direction for direction in Direction},
    },
    Role.STATUS: {**_STATUSES},
    Role.COMPARATOR: {
        **_COMPARATORS,
        **{normal(comparator.value): comparator for comparator in Comparator},
    },
}


def kind_of(heading: str) -> Kind | None:
    """Return what the values under a heading such as 実績値 are, or None where it does not say."""
    return _KINDS.get(normal(heading))


@dataclass(frozen=True)
class ValueHeading:
    """What a heading says of the values below it."""

    kind: Kind
    period: int = 0
    label: str = ""
    #: None where the heading names no year.
    fiscal_year: FiscalYear | None = None
    status: Status | None = None
    #: Series the values are of, where it stands above them and not beside them.
    series: str = ""
    #: Unit in the heading, as written: 千円.
    unit: str = ""
    #: Whether the year stands in the cells, as the heading says (目標（年度は文中）).
    year_in_cells: bool = False


STRETCH_LABEL = "チャレンジ目標"
#: Where a row says itself which year its target or baseline is for.
YEAR_OF_ROW = {Kind.TARGET: Role.TARGET_YEAR, Kind.BASELINE: Role.BASELINE_YEAR}

_DIGITS = {sign: number for number, sign in enumerate("一二三四五六七八九十", 1)}
_PERIOD = re.compile(r"第(\d{1,2}|[一二三四五六七八九十])期")
_BASELINE = re.compile(r"計画策定時|策定時|基準値|当初(?!予算)|基準年")
# 平成31年度当初予算（案）: what the figure is of, with its year.
_BUDGET = re.compile(r"(?:(?:当初|補正後?|最終)?予算|決算)(?:現?額)?(?:\(案\))?$")
_ACTUAL = re.compile(r"実績|現状|現況")
_TARGET_ALONE = re.compile(r"(?:最終|中間)?目標値?(?:\(最終年度\))?")
_YEAR_IN_CELLS = re.compile(r"\(年度?は(?:文中|各欄|セル内|欄内)[^)]*\)")
# A year that only the reader of the day knew.
_RELATIVE_YEAR = re.compile(r"(?:前々|前|今|本|昨|翌|来)年度|\d年目")
_STATUS_IN_HEADING = re.compile("|".join(sorted(_STATUSES, key=len, reverse=True)))
_YEAR_HEADING_WORDS = re.compile(
    r"実績値?|目標値?|速報値?|確定値?|推計値?|見込み?|暫定|\(\)|年度末?|現在"
)
_UNIT_WORDS = r"[^()\[\]\d]{1,8}"
_UNIT_IN_HEADING = re.compile(rf"\((?:単位:?)?({_UNIT_WORDS})\)$|[\[]({_UNIT_WORDS})[\]]$")


def period_named(text: str) -> int:
    """Return the ordinal of the plan period a text names (第3期, 第三期); 0 where it names none."""
    match = _PERIOD.search(normal(text))
    if match is None:
        return 0
    return _DIGITS.get(match[1]) or int(match[1])


def split_unit(heading: str) -> tuple[str, str]:
    """Split 収入未済額（千円） into the heading and the unit; the unit is empty where none is."""
    plain = fold(heading)
    match = _UNIT_IN_HEADING.search(plain)
    if match is None:
        return heading, ""
    unit = match[1] or match[2]
    if not _is_unit(unit):
        return heading, ""
    return plain[: match.start()], unit


def _is_unit(text: str) -> bool:
    try:
        return read_unit(text).unit in KNOWN
    except Unreadable:
        return False


def read_value_heading(heading: str) -> ValueHeading | None:
    """Read 第1期目標（平成29（2017）年度）, 計画策定時（H27）, R6（速報）, 令和5年度実績.

    None where the heading is not one of values. Raises `kpi.notation.Unreadable` where it names
    years that differ.
    """
    rest, unit = split_unit(heading)
    plain, within = _YEAR_IN_CELLS.subn("", normal(rest))
    if within:
        kind = kind_of(plain)
        return None if kind is None else ValueHeading(kind, unit=unit, year_in_cells=True)
    year = find_fiscal_year(plain)
    status_word = _STATUS_IN_HEADING.search(plain)
    status = _STATUSES[status_word.group()] if status_word else None
    period = period_named(plain)
    fiscal_year = year.fiscal_year if year else None
    relative = bool(_RELATIVE_YEAR.search(plain))
    if _BASELINE.search(plain):
        return ValueHeading(Kind.BASELINE, period, "", fiscal_year, None, unit=unit)
    if "目標" in plain and (period or year or relative or _TARGET_ALONE.fullmatch(plain)):
        label = STRETCH_LABEL if "チャレンジ" in plain else ""
        return ValueHeading(Kind.TARGET, period, label, fiscal_year, None, unit=unit)
    if _ACTUAL.search(plain) and (year or relative or kind_of(plain) is not None):
        return ValueHeading(Kind.ACTUAL, 0, "", fiscal_year, status, unit=unit)
    if year and (budget := _BUDGET.search(plain)):
        own = budget.group()
        return ValueHeading(Kind.ACTUAL, 0, "", fiscal_year, status, own, unit)
    if (year and _is_year_alone(plain)) or _RELATIVE_YEAR.fullmatch(plain):
        return ValueHeading(Kind.ACTUAL, 0, "", fiscal_year, status, unit=unit)
    return None


def _is_year_alone(plain: str) -> bool:
    """Whether a heading is a year and nothing else but the words that go with one."""
    bare = re.sub(r"\((?:" + _STATUS_IN_HEADING.pattern + r")\)", "", plain)
    for text in (bare, _YEAR_HEADING_WORDS.sub("", bare)):
        try:
            read_fiscal_year(text)
        except Unreadable:
            continue
        return True
    return False
