"""Boxes in which a person says how a sheet is to be read; each returns what is then said.

What is typed is text and is parsed by `kpi.notation`; a number box would clip and round it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from kpi.importing.findings import HeadingYearMissing
from kpi.importing.headings import Role, ValueHeading, period_named
from kpi.importing.layouts import Column, Correction, Table
from kpi.importing.layouts.columns import heading_texts
from kpi.importing.layouts.correction import LAYOUTS, Meaning, bare, year_named
from kpi.importing.readers import Sheet
from kpi.model import FiscalYear, Kind
from kpi.notation import Unreadable, normal, read_fiscal_year
from kpi.ui.html import show
from kpi.ui.sheets import column_of, letters
from kpi.ui.told import tell
from kpi.words import say
from kpi.written import era_year

_AUTOMATIC = "auto"
_SKIP = "skip"
#: Rows a person may choose headings from.
_DEPTH = 40
#: Roles in the order people look for them.
_ROLES = [
    Role.INDICATOR,
    Role.SERIES,
    Role.UNIT,
    Role.FISCAL_YEAR,
    Role.INDICATOR_CODE,
    Role.POLICY,
    Role.MEASURE,
    Role.KIND,
    Role.PERIOD,
    Role.TARGET_YEAR,
    Role.BASELINE_YEAR,
    Role.STATUS,
    Role.NOTE,
    Role.DEPARTMENT,
    Role.SOURCE,
    Role.DIRECTION,
    Role.MUNICIPALITY,
    Role.PLAN,
]


def choose_layout(sheet: Sheet, said: Correction, saved: Sequence[str]) -> str | None:
    """Show the other ways a sheet can be read; return the one that was just chosen."""
    now = said.saved or said.layout or _AUTOMATIC
    options = list(dict.fromkeys([_AUTOMATIC, *saved, *LAYOUTS, now]))

    def shown(option: str) -> str:
        if option in saved or option == said.saved:
            return say("imports.saved_layout", name=option)
        return say(f"way.{option}")

    chosen: str = st.selectbox(
        say("imports.other_layout"),
        options,
        index=options.index(now),
        format_func=shown,
        key=f"import-layout {sheet.name} {now}",
    )
    return None if chosen == now else chosen


def with_layout(said: Correction, way: str) -> Correction:
    """Return a correction that has a sheet read in another way; automatic forgets all."""
    return Correction() if way == _AUTOMATIC else replace(said, layout=way, saved="")


def ask_years(sheet: Sheet, tables: Sequence[Table], said: Correction) -> Correction | None:
    """Ask the year of each column whose heading names none; return what is then said."""
    asked: dict[int, Table] = {}
    for table in tables:
        for finding in table.findings:
            if isinstance(finding, HeadingYearMissing) and not table.spots:
                asked.setdefault(column_of(finding.cell), table)
    if not asked:
        return None
    with st.form(f"import-years {sheet.name}"):
        show("import_ask.html", key="ask")
        boxes = st.columns(min(len(asked), 4))
        typed = {
            column: boxes[number % len(boxes)].text_input(
                say("imports.ask_year", column=letters(column)),
                key=f"import-year {sheet.name} {column}",
                placeholder=say("imports.year_example"),
            )
            for number, column in enumerate(asked)
        }
        if not st.form_submit_button(say("imports.answer_years")):
            return None
    columns = dict(said.columns)
    for column, text in typed.items():
        if not text.strip():
            continue
        year = _year(text)
        if year is None:
            return None
        table = asked[column]
        heading = replace(table.values[column], fiscal_year=year)
        columns[column] = Column(heading, bare(_heading(sheet, table.headings, column)))
    return replace(said, columns=columns) if columns != said.columns else None


def correct(sheet: Sheet, tables: Sequence[Table], said: Correction) -> Correction | None:
    """Show the boxes for headings, end of data and columns; return what is then said."""
    with st.expander(
        say("imports.correct"), key="import-correct", expanded=not tables or bool(said)
    ):
        headings = _headings(sheet, tables, said)
        column = _column(sheet, tables, said)
        common = _common(sheet, tables, said)
        if said and st.button(say("imports.forget"), key="import-forget", width="stretch"):
            return Correction()
    return headings or column or common


def _headings(sheet: Sheet, tables: Sequence[Table], said: Correction) -> Correction | None:
    """Let the person say which rows are headings and where the data ends."""
    now = said.headings or (tables[0].headings if tables else range(1))
    depth = max(1, min(len(sheet.rows), max(_DEPTH, now.stop)))
    with st.form(f"import-headings {sheet.name} {now} {said.end}", border=False):
        boxes = st.columns(2)
        numbers = list(range(1, depth + 1))
        first = boxes[0].selectbox(
            say("imports.first_heading"), numbers, index=min(now.start, depth - 1)
        )
        last = boxes[1].selectbox(
            say("imports.last_heading"), numbers, index=min(now.stop, depth) - 1
        )
        end = st.text_input(
            say("imports.last_row"),
            value="" if said.end is None else str(said.end),
            placeholder=say("imports.last_row_example", n=len(sheet.rows)),
        )
        if not st.form_submit_button(say("imports.correct_headings"), width="stretch"):
            return None
    plain = normal(end).removesuffix("行").removesuffix("行目")
    if plain and not (plain.isdecimal() and last < int(plain) <= len(sheet.rows)):
        _refuse(say("imports.bad_last_row", text=end, first=last + 1, last=len(sheet.rows)))
        return None
    if last < first:
        _refuse(say("imports.bad_headings"))
        return None
    wanted = range(first - 1, last)
    is_same = bool(tables) and wanted == tables[0].headings and said.headings is None
    return replace(
        said,
        headings=None if is_same else wanted,
        end=int(plain) if plain else None,
    )


def _column(sheet: Sheet, tables: Sequence[Table], said: Correction) -> Correction | None:
    """Let the person say what a column means."""
    table = tables[0] if tables else None
    rows = said.headings or (table.headings if table else range(0))
    texts = heading_texts(sheet, rows)
    width = max((len(cells) for cells in sheet.rows), default=0)
    if not width or (table and table.spots):
        return None
    column: int = st.selectbox(
        say("imports.column"),
        range(width),
        format_func=lambda at: " ".join(filter(None, (letters(at), _short(texts.get(at, ""))))),
        key=f"import-column {sheet.name} {rows}",
    )
    now = _meaning(column, table, said)
    kinds = [kind.value for kind in (Kind.ACTUAL, Kind.TARGET, Kind.BASELINE)]
    options = [_SKIP, *kinds, *(role.value for role in _ROLES)]
    if isinstance(now, Role) and now.value not in options:
        options.append(now.value)
    key = now.kind if isinstance(now, ValueHeading) else _SKIP if now is None else now
    own = now if isinstance(now, ValueHeading) else None
    with st.form(f"import-meaning {sheet.name} {column} {now}", border=False):
        chosen = st.selectbox(
            say("imports.meaning", column=letters(column)),
            options,
            index=options.index(key),
            format_func=lambda option: _word(option, kinds),
        )
        boxes = st.columns(2)
        typed = boxes[0].text_input(
            say("imports.year"),
            value=_typed_year(own, texts.get(column, "")),
            placeholder=say("imports.year_from_heading"),
        )
        period = boxes[1].text_input(
            say("imports.period"),
            value=str(own.period) if own and own.period else "",
            placeholder=say("imports.period_example"),
        )
        words = say("imports.correct_column", column=letters(column))
        if not st.form_submit_button(words, width="stretch"):
            return None
    meaning: Meaning = None
    if chosen in kinds:
        read = _values(chosen, typed, period, texts.get(column, ""), own)
        if read is None:
            return None
        meaning = read
    elif chosen != _SKIP:
        meaning = Role(chosen)
    heading = bare(texts.get(column, ""))
    return replace(said, columns={**said.columns, column: Column(meaning, heading)})


def _common(sheet: Sheet, tables: Sequence[Table], said: Correction) -> Correction | None:
    """Let the person say what holds for every row of a sheet of statistics."""
    if not tables or Role.INDICATOR in tables[0].roles or not tables[0].rows:
        return None
    found = tables[0].common
    with st.form(f"import-common {sheet.name} {said.common}", border=False):
        typed = {
            role: st.text_input(
                say("imports.for_all", what=say(f"role.{role}")),
                value=said.common.get(role, ""),
                placeholder=found.get(role, say("imports.nothing_for_all")),
            ).strip()
            for role in (Role.INDICATOR, Role.UNIT, Role.FISCAL_YEAR)
        }
        if not st.form_submit_button(say("imports.correct_common"), width="stretch"):
            return None
    if typed[Role.FISCAL_YEAR]:
        year = _year(typed[Role.FISCAL_YEAR])
        if year is None:
            return None
        typed[Role.FISCAL_YEAR] = era_year(year)
    kept = {role: text for role, text in said.common.items() if role not in typed}
    wanted = kept | {role: text for role, text in typed.items() if text}
    return replace(said, common=wanted, saved="") if wanted != said.common else None


def _typed_year(own: ValueHeading | None, heading: str) -> str:
    """Return the year of a column where its heading does not say it itself."""
    if own is None or own.fiscal_year in (None, year_named(heading)):
        return ""
    return era_year(own.fiscal_year)


def _meaning(column: int, table: Table | None, said: Correction) -> Meaning:
    if table is not None:
        if column in table.values:
            return table.values[column]
        for role, at in table.roles.items():
            if at == column:
                if role is Role.VALUE and table.kind:
                    return ValueHeading(table.kind)
                return role
    return said.columns[column].meaning if column in said.columns else None


def _values(
    kind: str, typed: str, period: str, heading: str, own: ValueHeading | None
) -> ValueHeading | None:
    """Return a column of figures as the person describes it; None where that cannot be read."""
    year = None
    if typed.strip():
        year = _year(typed)
        if year is None:
            return None
        if year == year_named(heading):
            # The heading says so itself, and next year's will say its own.
            year = None
    ordinal = 0
    if plain := normal(period):
        ordinal = int(plain) if plain.isdecimal() else period_named(plain)
        if not ordinal:
            _refuse(say("imports.bad_period", text=period))
            return None
    return ValueHeading(
        Kind(kind),
        ordinal,
        fiscal_year=year,
        status=own.status if own and own.kind == kind else None,
        series=own.series if own else "",
        unit=own.unit if own else "",
    )


def _year(text: str) -> FiscalYear | None:
    try:
        return read_fiscal_year(text).fiscal_year
    except Unreadable as unreadable:
        why = say(f"unreadable.{unreadable.why}")
        _refuse(say("imports.bad_year", text=text, why=why))
        return None


def _refuse(words: str) -> None:
    tell(words, key="correct-told", severity="error")


def _word(option: str, kinds: Sequence[str]) -> str:
    if option == _SKIP:
        return say("imports.skip")
    return (
        say("imports.values_of", kind=say(f"kind.{option}"))
        if option in kinds
        else say(f"role.{option}")
    )


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 20 else plain[:20] + "…"


def _heading(sheet: Sheet, rows: range, column: int) -> str:
    return heading_texts(sheet, rows).get(column, "")
