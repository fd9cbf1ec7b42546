"""Tables of projects (事務事業): a row each, under policy and measure, with a column for each year.

So plans print them (事務事業名, 現状, 令和4年度 …), and so departments are asked for their state.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from kpi.importing.findings import Finding, ProjectColumnPassedOver, YearsSpread, YearUnreadable
from kpi.importing.headings import Role, ValueHeading, role_of
from kpi.importing.layouts.columns import DEPTH, heading_texts
from kpi.importing.layouts.surroundings import read_above
from kpi.importing.layouts.table import Table
from kpi.importing.readers import Sheet, address, text_of
from kpi.model import FiscalYear, Kind
from kpi.notation import Unreadable, find_fiscal_year, normal, read_year_span

_HEADINGS: dict[Role, str] = {
    Role.PROJECT: "事務事業 事務事業名 事業名 project_name",
    Role.PROJECT_CODE: "事務事業番号 事業番号 project_no",
    Role.POLICY: "policy_name",
    Role.POLICY_CODE: "政策番号",
    Role.MEASURE: "細施策名 measure_name",
    Role.MEASURE_CODE: "施策番号 細施策番号 measure_code",
    Role.ACTION: "取組 取組名 主な取組 action_name",
    Role.ACTION_CODE: "取組番号 action_no",
    Role.DEPARTMENT: "事業実施課 担当部署",
    Role.GOAL: "目標 最終目標 goal",
}
_ROLE_OF = {normal(word): role for role, words in _HEADINGS.items() for word in words.split()}
#: What else a row may say, in the words of every table.
_SHARED = (
    Role.MUNICIPALITY,
    Role.MUNICIPALITY_CODE,
    Role.PLAN,
    Role.POLICY,
    Role.POLICY_CODE,
    Role.MEASURE,
    Role.FISCAL_YEAR,
    Role.STATUS,
    Role.NOTE,
    Role.DEPARTMENT,
)
#: Without one of these a list of names is no table of projects.
_TELLING = (Role.POLICY, Role.MEASURE, Role.ACTION, Role.GOAL, Role.FISCAL_YEAR)
# 目標（2030年のあるべき姿）: it names a year, and is not one of the plan's steps.
_GOAL = re.compile(r"goal_\d{4}|目標\(\d{4}年(?:度)?のあるべき姿\)|\d{4}年(?:度)?のあるべき姿")
# The year is that of the plan itself.
_YEAR_END = re.compile(r"goal_year_end|目標\(年度末のあるべき姿\)|年度末のあるべき姿|年度末の目標")
_STEP_ALONE = re.compile(r"(?:取組|事業|実施)内容|年度計画|計画内容|事業内容・目標")
_STATE = re.compile(r"状態|進み具合")
_NOTE = re.compile(r"現状|状況|実績|備考|説明")


class StepPart(StrEnum):
    """What a column says of a project's year."""

    TEXT = "text"
    STATE = "state"
    NOTE = "note"


@dataclass(frozen=True)
class StepColumn:
    """A column of what is planned, or was said, for some years."""

    #: None where each row, or the plan, says the year.
    years: tuple[FiscalYear, ...] | None
    part: StepPart


@dataclass(frozen=True)
class ProjectColumns:
    """What the columns of a table of projects are."""

    roles: dict[Role, int]
    steps: dict[int, StepColumn]
    findings: tuple[Finding, ...]


def read_projects(sheet: Sheet) -> Table | None:
    """Return the table of projects of a sheet; None where it has none."""
    for row, cells in enumerate(sheet.rows[:DEPTH]):
        at = [c for c, cell in enumerate(cells) if _role(text_of(cell)) is Role.PROJECT]
        if not at:
            continue
        headings = _headings(sheet, row, at[0])
        if any(text.isdecimal() for text in heading_texts(sheet, headings).values()):
            # 事業番号 | 1 | 事業名 | …: a form, its labels beside what they say.
            continue
        columns = project_columns(sheet, headings)
        dated = any(step.years for step in columns.steps.values())
        if not dated and not any(role in columns.roles for role in _TELLING):
            continue
        values = {
            column: ValueHeading(Kind.TARGET, fiscal_year=step.years[0] if step.years else None)
            for column, step in columns.steps.items()
        }
        common = read_above(sheet, range(headings.start))
        rows = range(headings.stop, len(sheet.rows))
        found = columns.findings
        return Table(
            "projects", headings, rows, columns.roles, values, common=common, findings=found
        )
    return None


def project_columns(sheet: Sheet, headings: range) -> ProjectColumns:
    """Return what each column under the headings of a table of projects is."""
    roles: dict[Role, int] = {}
    steps: dict[int, StepColumn] = {}
    findings: list[Finding] = []
    for column, text in heading_texts(sheet, headings).items():
        place = address(headings[-1], column)
        role = _role(text)
        if role is not None and role not in roles:
            roles[role] = column
            continue
        try:
            step = _step(text)
        except Unreadable as unreadable:
            findings.append(YearUnreadable(sheet.name, place, text, unreadable.why))
            continue
        if step is None:
            findings += _passed_over(sheet, headings, column)
            continue
        steps[column] = step
        findings += _spread(sheet, place, text, step)
    if Role.FISCAL_YEAR not in roles:
        # Of which year a state or a note is, nothing says.
        for role in (Role.STATUS, Role.NOTE):
            if (undated := roles.pop(role, None)) is not None:
                findings += _passed_over(sheet, headings, undated)
    return ProjectColumns(roles, steps, tuple(findings))


def _passed_over(sheet: Sheet, headings: range, column: int) -> list[Finding]:
    """Say that a column is not read, where anything stands in it."""
    rows = range(headings.stop, len(sheet.rows))
    if not any(column < len(sheet.rows[row]) and sheet.rows[row][column] != "" for row in rows):
        return []
    text = " ".join(heading_texts(sheet, headings)[column].split())
    return [ProjectColumnPassedOver(sheet.name, address(headings[-1], column), text)]


def _role(heading: str) -> Role | None:
    plain = normal(heading)
    if role := _ROLE_OF.get(plain):
        return role
    if _GOAL.fullmatch(plain):
        return Role.GOAL
    role = role_of(heading)
    return role if role in _SHARED else None


def _step(heading: str) -> StepColumn | None:
    """Read 令和4年度, 現状 令和3（2021）年度, 令和4～7年度 事業内容・目標, 令和6年度の状態.

    None where it is nothing of the kind; raises `kpi.notation.Unreadable` where years differ.
    """
    plain = normal(heading)
    if _YEAR_END.fullmatch(plain) or _STEP_ALONE.fullmatch(plain):
        return StepColumn(None, StepPart.TEXT)
    part = StepPart.TEXT
    if _STATE.search(plain):
        part = StepPart.STATE
    elif _NOTE.search(plain):
        part = StepPart.NOTE
    years = _years(plain)
    return StepColumn(years, part) if years else None


def _years(plain: str) -> tuple[FiscalYear, ...]:
    if "~" in plain:
        # What stands before the first year and after 年度 is what the column is about.
        begin = re.search(r"明治|大正|昭和|平成|令和|[SHR]\d|\d{4}", plain)
        first, last = read_year_span(
            plain[begin.start() if begin else 0 : plain.rindex("年度") + 2]
            if "年度" in plain
            else plain
        )
        return tuple(FiscalYear(year) for year in range(first, last + 1))
    found = find_fiscal_year(plain.replace("以降", ""))
    return (found.fiscal_year,) if found else ()


def _spread(sheet: Sheet, place: str, text: str, step: StepColumn) -> Iterator[Finding]:
    """Say how a column is read that is about more than one year, or about all after one."""
    is_open = "以降" in text
    if step.years and (len(step.years) > 1 or is_open):
        heading = " ".join(text.split())
        yield YearsSpread(sheet.name, place, heading, (step.years[0], step.years[-1]))


def _headings(sheet: Sheet, row: int, at: int) -> range:
    """Return the rows of the heading: this one, and those that only say more of its columns."""
    first, last = row, row
    if row and _says_more(sheet, row - 1, row, at):
        first -= 1
    if row + 1 < len(sheet.rows) and _says_more(sheet, row + 1, row, at):
        last += 1
    return range(first, last + 1)


def _says_more(sheet: Sheet, row: int, heading: int, at: int) -> bool:
    cells = [text_of(cell).strip() for cell in sheet.rows[row]]
    above = [text_of(cell).strip() for cell in sheet.rows[heading]]
    if at < len(cells) and cells[at] not in ("", above[at]):
        return False
    new = [text for c, text in enumerate(cells) if text and (c >= len(above) or text != above[c])]
    return bool(new) and len(dict.fromkeys(cells)) > 1 and all(map(_is_of_heading, new))


def _is_of_heading(text: str) -> bool:
    plain = normal(text)
    if len(plain) > 30:
        return False
    if _role(text) or _STATE.search(plain) or _NOTE.search(plain) or plain in ("計画", "年度"):
        return True
    try:
        return _step(text) is not None
    except Unreadable:
        return True
