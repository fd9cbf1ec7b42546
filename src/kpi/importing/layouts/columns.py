"""Tables with headings above their columns: tidy rows, a column a period or a year, pairs.

Headings may take up to three rows (令和3年度 over 目標 and 実績), be repeated down the sheet, and
stand side by side. What is written above them (a policy, a unit) holds for the rows below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from kpi.importing.findings import (
    ColumnPassedOver,
    Finding,
    HeadingYearMissing,
    KindMissing,
    RoleTwice,
    YearUnreadable,
)
from kpi.importing.headings import (
    YEAR_OF_ROW,
    Role,
    ValueHeading,
    kind_of,
    read_value_heading,
    role_of,
    split_unit,
)
from kpi.importing.layouts.surroundings import lone_text, read_above
from kpi.importing.layouts.table import Table
from kpi.importing.readers import Sheet, address, text_of
from kpi.notation import Unreadable, find_fiscal_year, normal

#: The first headings are looked for in this many rows from the top.
DEPTH = 30
#: Rows one heading may take.
_MOST_ROWS = 3
_ERAS = ("明治", "大正", "昭和", "平成", "令和")
_BARE_YEAR = re.compile(r"(?:元|\d{1,2})(?:年度|年)?")
_VALUE_WORDS = re.compile(
    r"実績|目標|現状|現況|基準|策定時|当初|第.期|年度|令和|平成|速報|確定|推計"
)


def read_columns(sheet: Sheet) -> list[Table]:
    """Return all tables of the sheet that have a column of indicators, in order."""
    found: list[Table] = []
    # Row below the last heading: what stands between it and the next heading is that one's title.
    begin = 0
    for row in _indicator_rows(sheet):
        if row < begin or (not found and row >= DEPTH):
            continue
        before = found[-1].common if found else {}
        tables = _tables_at(sheet, row, begin, before)
        if not tables:
            continue
        if found:
            found = [_ended(table, tables[0].headings.start) for table in found]
        found += tables
        begin = tables[0].headings.stop
        if tables[0].layout == "tidy":
            # A row a fact: such tables are long, and there is one of them.
            break
    return found


def _ended(table: Table, before: int) -> Table:
    """Return a table cut where the next heading begins."""
    return replace(table, rows=range(table.rows.start, min(table.rows.stop, before)))


def _indicator_rows(sheet: Sheet) -> Iterator[int]:
    for row, cells in enumerate(sheet.rows):
        if any(
            isinstance(cell, str) and len(cell) < 20 and role_of(cell) is Role.INDICATOR
            for cell in cells
        ):
            yield row


def _tables_at(sheet: Sheet, row: int, begin: int, before: dict[Role, str]) -> list[Table]:
    """Return the tables whose heading includes this row; side by side there may be several."""
    texts = [text_of(cell).strip() for cell in sheet.rows[row]]
    at = next(c for c, text in enumerate(texts) if role_of(text) is Role.INDICATOR)
    headings = _heading_rows(sheet, row, at, begin)
    columns = heading_texts(sheet, headings)
    common = read_above(sheet, range(begin, headings.start), before)
    parts = ({c: columns[c] for c in part} for part in _side_by_side(columns))
    tables = (_table(sheet, headings, part, common) for part in parts)
    return [table for table in tables if table is not None]


def _heading_rows(sheet: Sheet, row: int, at: int, begin: int) -> range:
    """Return all rows of the heading that has 指標 in this row and column."""

    def cells(number: int) -> list[str]:
        return [text_of(cell).strip() for cell in sheet.rows[number]]

    first = last = row
    while (
        last + 1 < len(sheet.rows)
        and last + 1 - first < _MOST_ROWS
        and _continues(cells(last + 1), heading_texts(sheet, range(first, last + 1)), at)
    ):
        last += 1
    while first > begin and last - (first - 1) < _MOST_ROWS and _stands_over(cells(first - 1), at):
        first -= 1
    return range(first, last + 1)


def _continues(cells: list[str], above: dict[int, str], at: int) -> bool:
    """Whether a row below belongs to the heading: no name of its own, but words over values."""
    if _at(cells, at) not in ("", above[at]):
        return False
    new = {c: text for c, text in enumerate(cells) if text and text not in above.get(c, "").split()}
    return bool(new) and all(
        _speaks_of_values(text)
        or role_of(text)
        # 令和 over 元, 2, 3.
        or (_BARE_YEAR.fullmatch(normal(text)) and above.get(c, "").endswith(_ERAS))
        for c, text in new.items()
    )


def _stands_over(cells: list[str], at: int) -> bool:
    """Whether a row above belongs to the heading: words over the values, nothing over the names."""
    if _at(cells, at) or lone_text(cells):
        return False
    filled = [text for text in cells if text]
    return bool(filled) and all(_speaks_of_values(text) or role_of(text) for text in filled)


def _at(texts: list[str], column: int) -> str:
    return texts[column] if column < len(texts) else ""


def _speaks_of_values(text: str) -> bool:
    plain = normal(text)
    if len(plain) > 40:
        return False
    if kind_of(plain) is not None or _VALUE_WORDS.search(plain):
        return True
    try:
        return find_fiscal_year(plain) is not None or read_value_heading(plain) is not None
    except Unreadable:
        return True


def heading_texts(sheet: Sheet, headings: range) -> dict[int, str]:
    """Return the heading of each column, its rows joined from the top; merged cells count once."""
    width = max((len(sheet.rows[row]) for row in headings), default=0)
    columns: dict[int, str] = {}
    for column in range(width):
        parts = [
            text_of(sheet.rows[row][column]).strip()
            for row in headings
            if column < len(sheet.rows[row])
        ]
        text = " ".join(dict.fromkeys(part for part in parts if part))
        if text:
            columns[column] = text
    return columns


def _side_by_side(columns: dict[int, str]) -> list[list[int]]:
    """Split the columns where the headings begin again (番号 指標 R5 R6 番号 指標 R5 R6)."""
    names = [c for c, text in columns.items() if role_of(text) is Role.INDICATOR]
    if len(names) < 2:
        return [list(columns)]
    roles = {c: role_of(text) for c, text in columns.items()}
    first = min(c for c, role in roles.items() if role is not None)
    starts = [first]
    for name in names[1:]:
        start = name
        # The columns before the name that describe it begin the table: 番号, 施策.
        while start - 1 in roles and roles[start - 1] not in (None, Role.NOTE, Role.UNIT):
            start -= 1
        starts.append(start)
    ends = [*starts[1:], max(columns) + 1]
    return [[c for c in columns if s <= c < e] for s, e in zip(starts, ends, strict=True)]


def _table(
    sheet: Sheet, headings: range, columns: dict[int, str], common: dict[Role, str]
) -> Table | None:
    roles: dict[Role, int] = {}
    twice: dict[Role, list[int]] = {}
    for column, text in columns.items():
        role = role_of(text)
        if role is not None:
            twice.setdefault(role, []).append(column)
            roles.setdefault(role, column)
    rows = range(headings.stop, len(sheet.rows))
    if Role.INDICATOR not in roles:
        return None
    values, findings = _values(sheet, headings, columns, roles)
    if Role.FISCAL_YEAR in roles and (Role.VALUE in roles or Role.VALUE_TEXT in roles):
        return _tidy(sheet, headings, columns, roles, twice, common)
    if not values:
        return None
    for role, places in twice.items():
        if len(places) > 1 and role is not Role.NOTE:
            findings.append(_role_twice(sheet, headings, columns, places))
    known = {*roles.values(), *values}
    findings += _passed_over(sheet, headings, rows, columns, known)
    name = "periods" if any(heading.period for heading in values.values()) else "years"
    if {h.kind.value for h in values.values()} >= {"target", "actual"} and name == "years":
        name = "pairs"
    return Table(name, headings, rows, roles, values, None, common, findings=tuple(findings))


def _role_twice(
    sheet: Sheet, headings: range, columns: dict[int, str], places: list[int]
) -> Finding:
    cells = "・".join(address(headings[-1], column) for column in places)
    return RoleTwice(sheet.name, address(headings[-1], places[1]), columns[places[1]], cells)


def _tidy(
    sheet: Sheet,
    headings: range,
    columns: dict[int, str],
    roles: dict[Role, int],
    twice: dict[Role, list[int]],
    common: dict[Role, str],
) -> Table:
    findings: list[Finding] = []
    rows = range(headings.stop, len(sheet.rows))
    values: dict[int, ValueHeading] = {}
    for role, places in twice.items():
        kinds = [kind_of(columns[column]) for column in places]
        if role is Role.VALUE and len(places) > 1 and None not in kinds:
            # 年度, 目標値, 実績値: a row a year with both.
            values = {c: ValueHeading(k) for c, k in zip(places, kinds, strict=True) if k}
        elif len(places) > 1 and role is not Role.NOTE:
            findings.append(_role_twice(sheet, headings, columns, places))
    if values:
        roles = {role: column for role, column in roles.items() if role is not Role.VALUE}
        return Table(
            "year_rows", headings, rows, roles, values, None, common, findings=tuple(findings)
        )
    column = roles.get(Role.VALUE)
    kind = None if column is None else kind_of(columns[column])
    if kind is None and Role.KIND not in roles:
        place = address(headings[-1], roles[Role.INDICATOR])
        findings.append(KindMissing(sheet.name, place))
    return Table("tidy", headings, rows, roles, {}, kind, common, findings=tuple(findings))


def _values(
    sheet: Sheet, headings: range, columns: dict[int, str], roles: dict[Role, int]
) -> tuple[dict[int, ValueHeading], list[Finding]]:
    """Return the columns of values, and what is to be said of their headings."""
    values: dict[int, ValueHeading] = {}
    findings: list[Finding] = []
    for column, text in columns.items():
        role = role_of(text)
        if role is not None and (role is not Role.VALUE or Role.FISCAL_YEAR in roles):
            continue
        place = address(headings[-1], column)
        try:
            heading = read_value_heading(text)
        except Unreadable as unreadable:
            findings.append(YearUnreadable(sheet.name, place, text, unreadable.why))
            continue
        if heading is None:
            continue
        values[column] = heading
        roles.pop(Role.VALUE, None)
        if (
            heading.fiscal_year is None
            and not heading.year_in_cells
            and YEAR_OF_ROW.get(heading.kind) not in roles
        ):
            findings.append(HeadingYearMissing(sheet.name, place, " ".join(text.split())))
    return values, findings


def _passed_over(
    sheet: Sheet, headings: range, rows: range, columns: dict[int, str], known: set[int]
) -> list[Finding]:
    """Name the columns that hold numbers but whose heading says nothing to us."""
    return [
        ColumnPassedOver(sheet.name, address(headings[-1], column), split_unit(text)[0].strip())
        for column, text in columns.items()
        if column not in known
        and any(
            column < len(sheet.rows[row]) and not isinstance(sheet.rows[row][column], str)
            for row in rows
        )
    ]
