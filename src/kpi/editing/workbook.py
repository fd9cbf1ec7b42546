"""The plan taken to one's desk: 目標編集用 workbooks, out.

A workbook holds the grid of a plan as its page shows it, locked but for the cells to edit. A hidden
sheet beside it, the mark, keeps what every cell said and when; `kpi.editing.brought_back` tells by
it what was changed at the desk, and what on the server meanwhile.
"""

from __future__ import annotations

from datetime import datetime

from kpi.editing.desk import desk_columns, desk_texts
from kpi.editing.desk_sheet import DeskSheet, desk_workbook
from kpi.editing.grid import Grid
from kpi.editing.taken_out import FIRST_TEXTS, TakenOut, mark_rows
from kpi.importing.desk_copies import MARK_SHEET
from kpi.importing.remarks import without_controls
from kpi.model import Municipality
from kpi.store import JAPAN
from kpi.words import DEFAULT, say, speaking


@speaking(DEFAULT)
def take_out(grid: Grid, municipality: Municipality, now: datetime) -> bytes:
    """Return the grid of a plan, but for retired indicators, as a workbook to edit, as xlsx."""
    grid = grid.in_use
    columns = desk_columns(grid)
    keys = tuple(column.key for column in columns)
    plan = grid.snapshot.plan
    name = without_controls(plan.name)
    taken = TakenOut(municipality.code, plan.id, name, now, keys, desk_texts(grid))
    when = f"{taken.moment.astimezone(JAPAN):%Y-%m-%d %H:%M}"
    title = say("edit_workbook.title", municipality=municipality.name, plan=name, when=when)
    desk = DeskSheet(
        say("edit_workbook.sheet"),
        (title, say("edit_workbook.how")),
        columns,
        taken.texts,
        lambda _, column: column.is_editable,
        foot=name,
    )

    def changed(_: str, letter: str) -> str:
        # Looked up by the row's id, so that it holds for sorted rows too.
        ids, texts = (
            f"'{MARK_SHEET}'!${of}${FIRST_TEXTS}:${of}${FIRST_TEXTS + desk.last}"
            for of in ("A", letter)
        )
        return f"NOT(EXACT({letter}{desk.first},INDEX({texts},MATCH($A{desk.first},{ids},0))))"

    return desk_workbook(desk, (MARK_SHEET, mark_rows(taken)), changed, now)
