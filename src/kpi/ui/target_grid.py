"""The grid of targets on the screen: typed and pasted as text, read at once, nothing lost.

Streamlit sends back what was typed into the table it was given, and forgets that when the table
changes. So a table stays as it is while it is typed into, and is given anew, with all that was
typed in it, where other rows are to be shown or a change came from elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kpi.charts.edit_lines import column_title
from kpi.charts.labels import words_width
from kpi.charts.parts import policy_title
from kpi.editing.draft import merged
from kpi.editing.grid import Column, Grid, Part, Place, Row, grid_of, placed, read_grid
from kpi.model import FactEdit, Indicator, Series
from kpi.notation import is_found
from kpi.ui import states
from kpi.ui.choices import filter_box, remember, restore, shared_query
from kpi.ui.editing import Mounted, Work, snapshot_now
from kpi.ui.judging import refuse
from kpi.ui.pasting import left_out
from kpi.ui.told import tell
from kpi.words import called, say

_HEIGHT, _ROW = 388, 35
#: Columns that cannot be edited.
_FIXED = ("indicator", "series", "unit", "policy")
#: Texts of a pasted block that are named where they have no cell.
_NAMED = 5
#: The sign that a column can be edited, and the margins.
_BESIDE_HEADING = 46
#: Width of a figure in a plan of few columns, where targets are often sentences.
_ROOMY, _FEW = 190, 3
_WIDTHS = {Part.FIGURE: 102, Part.YEAR: 74, Part.NOTE: 160}


def section(at: Work) -> None:
    """Show the grid of a draft, with its filters, and take in what is typed."""
    grid = grid_of(snapshot_now(at))
    if not grid.rows:
        states.tell(say("indicator.none"), "structure", "imports", query=shared_query())
        return
    row = st.container(horizontal=True, vertical_alignment="bottom")
    wanted, filters = _filtered(row, at, grid)
    mounted = at.mounted
    if mounted is None or mounted.filters != filters or mounted.key not in st.session_state:
        at.round += 1
        rows = [(row.series.id, row.line) for row in grid.rows if row.series.id in wanted]
        key = f"target-grid {at.number} {at.round}"
        at.unread = placed(grid, at.unread)
        mounted = Mounted(key, filters, grid, rows, dict(at.edits), dict(at.unread))
        at.mounted = mounted
    _table(at, mounted)
    words = say("editing.how") + _not_shown(mounted)
    tell(words, key="grid-how")


def _not_shown(mounted: Mounted) -> str:
    """Return in words how many rows the filters hide, and how many retired indicators are out."""
    shown, hidden = set(mounted.rows), mounted.grid.rows
    hidden = tuple(row for row in hidden if (row.series.id, row.line) not in shown)
    retired = {row.indicator.id for row in hidden if row.indicator.is_retired}
    total = len(shown) + sum(not row.indicator.is_retired for row in hidden)
    words = ""
    if len(shown) < total:
        words += say("editing.shown", count=len(shown), total=total)
    if retired:
        words += say("editing.retired_out", count=len(retired))
    return words


def absorb(at: Work) -> None:
    """Take what was typed into the grid on the screen into the draft; first of all in a run."""
    mounted = at.mounted
    if mounted is None or mounted.key not in st.session_state:
        return
    typed = dict(mounted.unread)
    columns = {column.name: column for column in mounted.grid.columns}
    edited: Mapping[int, Mapping[str, object]] = st.session_state[mounted.key]["edited_rows"]
    for number, cells in edited.items():
        for name, text in cells.items():
            place = Place(*mounted.rows[int(number)], columns[name])
            typed[place] = "" if text is None else str(text)
    reading = read_grid(mounted.grid, typed)
    at.edits = merged(at.base, mounted.edits, reading.edits)
    at.unread = {place: typed[place] for place in reading.refused}
    at.unchanged = {place: typed[place] for place in reading.unchanged}


def _filtered(row: DeltaGenerator, at: Work, grid: Grid) -> tuple[set[int], object]:
    """Show the filters; return the series they leave, and what the filters are set to."""
    of = f"{at.header.municipality.code} {at.header.plan.id}"
    policies = {"": say("filter.any")} | {
        str(one.policy.id): _policy(one) for one in grid.rows if one.policy is not None
    }
    policy = filter_box(row, "policy", policies, 240, of)
    departments = sorted({one.indicator.department for one in grid.rows} - {""})
    names = {"": say("filter.any")} | {name: name for name in departments}
    department = filter_box(row, "department", names, 140, of)
    search = row.text_input(say("filter.search"), width=160, key=restore("search", (), "", of))
    remember("search", search, "")
    is_changed = row.checkbox(say("editing.only_changed"), key="grid-only-changed")
    touched = _touched(at, grid)
    wanted = {
        one.series.id
        for one in grid.rows
        if policy in ("", str(one.indicator.policy_id))
        if department in ("", one.indicator.department)
        if is_found(search, one.title)
        if one.series.id in touched or not (is_changed or one.indicator.is_retired)
    }
    return wanted, (policy, department, search, is_changed)


def _touched(at: Work, grid: Grid) -> set[int]:
    """Return the series a draft changes, or would if all that was typed could be read."""
    touched = {place.series_id for place in at.unread}
    for edit in at.edits.values():
        if isinstance(edit, FactEdit):
            touched.add(edit.key.series_id)
        elif isinstance(edit.after, Series):
            touched.add(edit.after.id)
        elif isinstance(edit.after, Indicator):
            touched |= {r.series.id for r in grid.rows if r.indicator.id == edit.after.id}
    return touched


def _policy(row: Row) -> str:
    policy = row.policy
    return policy_title(policy) if policy else ""


def _indicator(row: Row) -> str:
    name = row.indicator.name
    return say("retired.marked", title=name) if row.indicator.is_retired else name


def _table(at: Work, mounted: Mounted) -> None:
    """Show the grid as a table of texts; a column of numbers would clip and drop what is pasted."""
    grid, small = mounted.grid, st.column_config.TextColumn
    shown = set(mounted.rows)
    rows = [row for row in grid.rows if (row.series.id, row.line) in shown]
    columns = grid.columns
    table = pd.DataFrame(
        [
            {
                "policy": _policy(row),
                "indicator": _indicator(row),
                "series": row.series.name,
                "unit": row.series.unit_text,
                **{column.name: _text(mounted, row, column) for column in columns},
            }
            for row in rows
        ],
        columns=["indicator", "series", "unit", *(column.name for column in columns), "policy"],
        dtype="str",
    )
    config = {
        "indicator": small(say("report_page.indicator"), width=214, disabled=True, pinned=True),
        "series": small(say("editing.part.series"), width=84, disabled=True, pinned=True),
        "unit": small(say("overview.table.unit"), width=62, disabled=True, pinned=True),
        "policy": small(say("filter.policy"), width=120, disabled=True),
    }
    for column in columns:
        words = _heading(column)
        width = max(_WIDTHS[column.part], int(words_width(words)) + _BESIDE_HEADING)
        if column.part is Part.FIGURE and len(grid.slots) <= _FEW:
            width = _ROOMY
        config[column.name] = small(words, width=width, help=column_title(column))
    if not any(row.series.name for row in grid.rows):
        table = table.drop(columns="series")
    st.data_editor(
        table,
        column_config=config,
        hide_index=True,
        num_rows="fixed",
        height=min(_HEIGHT, _ROW * (len(rows) + 1) + 3),
        key=mounted.key,
    )
    fixed = [number for number, name in enumerate(table.columns) if name in _FIXED]
    lost = left_out(table.to_numpy().tolist(), fixed)
    if lost is not None:
        at.left_out = lost
    if at.left_out:
        named = say("list.comma").join(at.left_out[:_NAMED])
        refuse([say("editing.left_out", count=len(at.left_out), texts=named)])


def _heading(column: Column) -> str:
    """Return the heading of a column: 第3期, and for a harder target beside it its own name."""
    slot = column.slot
    if column.part is Part.YEAR:
        return say("editing.year")
    if slot is not None and slot.label:
        return called("label", slot.label)
    if slot is not None and slot.period:
        return say("period.ordinal", n=slot.period)
    return column_title(column)


def _text(mounted: Mounted, row: Row, column: Column) -> str:
    place = Place(row.series.id, row.line, column)
    return mounted.unread.get(place, mounted.grid.text(row, column))
