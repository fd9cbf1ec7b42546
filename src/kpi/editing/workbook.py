"""The plan taken to one's desk: 目標編集用 workbooks, out.

A workbook holds the grid of a plan as its page shows it, locked but for the cells to edit. A hidden
sheet beside it, the mark, keeps what every cell said and when; `kpi.editing.brought_back` tells by
it what was changed at the desk, and what on the server meanwhile.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation

from kpi.editing.desk import DeskColumn, RowId, desk_columns, desk_texts
from kpi.editing.grid import NOTE, Grid
from kpi.editing.taken_out import FIRST_TEXTS, ID_KEY, TakenOut, mark_rows
from kpi.importing.desk_copies import MARK_SHEET
from kpi.importing.remarks import without_controls, writable
from kpi.model import Municipality
from kpi.store import JAPAN
from kpi.words import say

# Rows of the sheet: keys of the columns (hidden), title, what to do, groups, headings; the series.
_KEYS, _TITLE, _HOW, _GROUPS, _HEADINGS, _FIRST = range(1, 7)

_FONT = "BIZ UDPゴシック"
_PLAIN = Font(_FONT, 10)
_UNLOCKED = Protection(locked=False)
_LINE = Side(style="thin", color="FFB8BFC7")
_BOX = Border(_LINE, _LINE, _LINE, _LINE)
_HEADING = PatternFill("solid", fgColor="FFE3E8ED")
_LOCKED = PatternFill("solid", fgColor="FFF3F4F6")
_CHANGED = PatternFill("solid", bgColor="FFFFF2B3")
_TOP = Alignment(vertical="top", wrap_text=True)
_MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
#: Widths of columns in half-width signs.
_NARROWEST, _ROOM_FOR_NOTES, _WIDEST = 8, 24, 36
#: Of one line of text, in points.
_LINE_HEIGHT = 14
#: The first columns that name a row stay in sight, up to this width.
_IN_SIGHT = 60
_A3 = 8


def take_out(grid: Grid, municipality: Municipality, now: datetime) -> bytes:
    """Return the grid of a plan, but for retired indicators, as a workbook to edit, as xlsx."""
    grid = grid.in_use
    columns = desk_columns(grid)
    keys = tuple(column.key for column in columns)
    plan = grid.snapshot.plan
    name = without_controls(plan.name)
    taken = TakenOut(municipality.code, plan.id, name, now, keys, desk_texts(grid))
    book = Workbook()
    sheet: Any = book.worksheets[0]
    sheet.title = say("edit_workbook.sheet")
    _head(sheet, columns, municipality, taken)
    for number, (row, texts) in enumerate(taken.texts.items(), _FIRST):
        _row(sheet, number, row, texts, columns)
    widths = _set_sizes(sheet, columns, taken)
    last = max(_FIRST, sheet.max_row)
    _guide(sheet, columns, last)
    _protect(sheet)
    _print_well(sheet, taken, widths)
    mark = book.create_sheet(MARK_SHEET)
    for number, cells in enumerate(mark_rows(taken), 1):
        for at, text in enumerate(cells, 1):
            _write(mark.cell(number, at), text)
    # Not even offered where Excel lists the sheets that are hidden.
    mark.sheet_state = "veryHidden"
    book.security = WorkbookProtection(lockStructure=True)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _write(cell: Any, text: str) -> None:
    """Write a text that stays one: neither = nor 1-2 becomes anything else, now or when edited."""
    if not text:
        return
    cell.value = writable(text)
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(tuple("=+-@"))


def _head(
    sheet: Any, columns: Sequence[DeskColumn], municipality: Municipality, taken: TakenOut
) -> None:
    """Write what stands above the series, and which column is which."""
    _write(sheet.cell(_KEYS, 1), ID_KEY)
    when = f"{taken.moment.astimezone(JAPAN):%Y-%m-%d %H:%M}"
    title = say("edit_workbook.title", municipality=municipality.name, plan=taken.plan, when=when)
    for row, text, font in (
        (_TITLE, title, Font(_FONT, 14, bold=True)),
        (_HOW, say("edit_workbook.how"), Font(_FONT, 10)),
    ):
        _write(sheet.cell(row, 2), text)
        sheet.cell(row, 2).font = font
    for at, column in enumerate(columns, 2):
        _write(sheet.cell(_KEYS, at), column.key)
        for row, text in ((_GROUPS, column.group), (_HEADINGS, column.heading)):
            cell = sheet.cell(row, at)
            _write(cell, text)
            cell.font, cell.fill, cell.border = Font(_FONT, 10, bold=True), _HEADING, _BOX
            cell.alignment = _MIDDLE
    for group, members in groupby(enumerate(columns, 2), key=lambda numbered: numbered[1].group):
        ats = [at for at, _ in members]
        if group:
            sheet.merge_cells(None, _GROUPS, ats[0], _GROUPS, ats[-1])
            continue
        for at in ats:
            _write(sheet.cell(_GROUPS, at), str(sheet.cell(_HEADINGS, at).value))
            sheet.cell(_HEADINGS, at).value = None
            sheet.merge_cells(None, _GROUPS, at, _HEADINGS, at)


def _row(
    sheet: Any, number: int, row: RowId, texts: dict[str, str], columns: Sequence[DeskColumn]
) -> None:
    """Write one row: its id, what is locked, what may be edited."""
    _write(sheet.cell(number, 1), str(row))
    for at, column in enumerate(columns, 2):
        cell = sheet.cell(number, at)
        _write(cell, texts[column.key])
        cell.font, cell.border, cell.alignment = _PLAIN, _BOX, _TOP
        cell.number_format = "@"
        if column.is_editable:
            cell.protection = _UNLOCKED
        else:
            cell.fill = _LOCKED


def _set_sizes(sheet: Any, columns: Sequence[DeskColumn], taken: TakenOut) -> list[int]:
    """Make the columns as wide as their texts, within bounds, and the rows high enough for them.

    Return the widths, in half-width signs.
    """
    widths = []
    for at, column in enumerate(columns, 2):
        texts = [column.heading, *(row[column.key] for row in taken.texts.values())]
        longest = max((_width(line) for text in texts for line in text.splitlines()), default=0)
        least = _ROOM_FOR_NOTES if column.column == NOTE else _NARROWEST
        width = min(max(least, longest + 2), _WIDEST)
        sheet.column_dimensions[get_column_letter(at)].width = width
        widths.append(width)
    for number, row in enumerate(taken.texts.values(), _FIRST):
        lines = [
            sum(1 + _width(line) // width for line in row[column.key].splitlines())
            for column, width in zip(columns, widths, strict=True)
        ]
        sheet.row_dimensions[number].height = _LINE_HEIGHT * max(1, *lines) + 4
    sheet.row_dimensions[_GROUPS].height = 2 * _LINE_HEIGHT + 4
    sheet.row_dimensions[_HEADINGS].height = _LINE_HEIGHT + 4
    sheet.column_dimensions["A"].hidden = True
    sheet.row_dimensions[_KEYS].hidden = True
    return widths


def _width(line: str) -> int:
    return sum(2 if east_asian_width(sign) in "WFA" else 1 for sign in line)


def _guide(sheet: Any, columns: Sequence[DeskColumn], last: int) -> None:
    """Offer the words that may be chosen, mark what was changed, let rows be filtered."""
    for at, column in enumerate(columns, 2):
        letter = get_column_letter(at)
        cells = f"{letter}{_FIRST}:{letter}{last}"
        if column.words:
            words = DataValidation(
                "list",
                formula1=f'"{",".join(column.words)}"',
                allow_blank=True,
                showErrorMessage=True,
                errorTitle=say("edit_workbook.choose_title"),
                error=say("edit_workbook.choose"),
            )
            words.add(cells)
            sheet.add_data_validation(words)
        if column.is_editable:
            # Looked up by the row's id, so that it holds for sorted rows too.
            ids, texts = (
                f"'{MARK_SHEET}'!${of}${FIRST_TEXTS}:${of}${FIRST_TEXTS + last}"
                for of in ("A", letter)
            )
            taken = f"INDEX({texts},MATCH($A{_FIRST},{ids},0))"
            differs = f"NOT(EXACT({letter}{_FIRST},{taken}))"
            rule = Rule("expression", formula=[differs], dxf=DifferentialStyle(fill=_CHANGED))
            sheet.conditional_formatting.add(cells, rule)
    sheet.auto_filter.ref = f"A{_HEADINGS}:{get_column_letter(len(columns) + 1)}{last}"


def _protect(sheet: Any) -> None:
    """Lock all but the cells to edit; no password, for it keeps nobody out who means it."""
    protection = sheet.protection
    protection.sheet = True
    # These say what is locked.
    protection.formatColumns = protection.formatRows = protection.autoFilter = False


def _print_well(sheet: Any, taken: TakenOut, widths: Sequence[int]) -> None:
    """Keep headings and names in sight, on the screen and on paper."""
    in_sight = total = 0
    for width in widths:
        total += width
        if total > _IN_SIGHT:
            break
        in_sight += 1
    sheet.freeze_panes = sheet.cell(_FIRST, 2 + in_sight)
    sheet.sheet_view.zoomScale = 90
    sheet.print_title_rows = f"{_GROUPS}:{_HEADINGS}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A3
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    # In a footer & begins a code.
    sheet.oddFooter.left.text = taken.plan.replace("&", "&&")
    sheet.oddFooter.right.text = "&P / &N"
