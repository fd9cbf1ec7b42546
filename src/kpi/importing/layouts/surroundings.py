"""What stands around a table and holds for all of it: title, unit, policy, year."""

from __future__ import annotations

import re

from kpi.importing.headings import Role
from kpi.importing.readers import Sheet, text_of
from kpi.model import FiscalYear
from kpi.notation import Unreadable, YearBasis, find_fiscal_year, fold, normal, read_unit

_UNIT = re.compile(r"[(\[]?単位[:：]?\s*([^)\]]+)[)\]]?")
#: 政策1-5 確かな暮らしを支える; without the word only codes of several parts (5-1-1 …).
SECTION = re.compile(
    r"(?:(?P<level>政策|施策|基本目標|基本政策|目標)\s*(?P<code>\d+(?:[-.]\d+)*)"
    r"|(?P<bare>\d+(?:-\d+)+))[\s.:、]*(?P<name>\D.*)",
    re.DOTALL,
)
#: A sentence of a list is no title: ○全国平均保護率：1.66％.
_POINT = re.compile(r"^[○●◯◎◇◆□■・]")
_ERA = re.compile(r"[RHS]\d|昭和|平成|令和")
_BRACKETED = re.compile(r"\s*[(（][^()（）]*[)）]")
#: A row that begins like this is a note, not an indicator: 出典：…, but not 出典明記率.
NOTE = re.compile(r"^[※＊*]|^[(（]?注[)）:：\d]|^(?:備考|出典|資料)(?:[:：\s]|$)")


def lone_text(texts: list[str]) -> str:
    """Return the one text of a row, merged or not; empty where there are several or none."""
    filled = list(dict.fromkeys(text for text in texts if text))
    return filled[0] if len(filled) == 1 else ""


def unit_named(text: str) -> str:
    """Return the unit of （単位：千円）; empty where the text names none."""
    match = _UNIT.search(fold(text))
    if match is None:
        return ""
    try:
        read_unit(match[1])
    except Unreadable:
        return ""
    return match[1].strip()


def read_above(sheet: Sheet, rows: range, before: dict[Role, str] | None = None) -> dict[Role, str]:
    """Return what the rows above a heading say for the table below it.

    ``INDICATOR`` is the title, for tables that have no column of indicators. ``before`` is what
    held for the table above: its policy and unit go on until others are named.
    """
    carried = (Role.POLICY, Role.MEASURE, Role.UNIT)
    common = {role: text for role, text in (before or {}).items() if role in carried}
    for row in rows:
        texts = [text_of(cell).strip() for cell in sheet.rows[row]]
        for text in dict.fromkeys(text for text in texts if text):
            if unit := unit_named(text):
                common[Role.UNIT] = unit
        lone = lone_text(texts)
        if (
            not lone
            or NOTE.match(lone)
            or _POINT.match(lone)
            or normal(lone).startswith(("(単位", "単位"))
        ):
            continue
        if SECTION.fullmatch(fold(lone)):
            place_section(common, lone)
            continue
        # Next year's table has the same title but for its year: 保護率（平成30年11月時点）.
        common[Role.INDICATOR] = " ".join(_BRACKETED.sub(_unless_year, lone).split())
        if year := _year_in(lone):
            common[Role.FISCAL_YEAR] = str(year)
    return common


def _unless_year(bracket: re.Match[str]) -> str:
    return "" if _year_in(bracket.group()) else bracket.group()


def _year_in(text: str) -> FiscalYear | None:
    try:
        year = find_fiscal_year(text)
    except Unreadable:
        return None
    # 改革工程表2023 is a name, 実績一覧 R5 has a year.
    if year is None or (year.basis is YearBasis.PLAIN and not _ERA.search(fold(text))):
        return None
    return year.fiscal_year


def place_section(common: dict[Role, str], text: str) -> None:
    """Note a heading of a policy or measure; a policy ends the measure before it."""
    match = SECTION.fullmatch(fold(text))
    if match is None:
        return
    measure = match["level"] == "施策" or (match["bare"] or "").count("-") > 1
    common[Role.MEASURE if measure else Role.POLICY] = " ".join(text.split())
    if not measure:
        common.pop(Role.MEASURE, None)
