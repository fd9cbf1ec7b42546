"""Sheets that people fill in at their desks: locked but for some cells, headings kept in sight.

Every such sheet has its columns' keys in a hidden first row and its rows' ids in a hidden first
column, so that both can be moved; its workbook has a mark in a sheet of its own that says what it
was made of.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Generic, Protocol, TypeVar
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.xml.constants import ARC_CORE
from openpyxl.xml.functions import tostring

from kpi.archive import with_fixed_times
from kpi.editing.taken_out import ID_KEY
from kpi.importing.remarks import writable
from kpi.words import say

_FONT = "BIZ UDPゴシック"
_PLAIN = Font(_FONT, 10)
_BOLD = Font(_FONT, 10, bold=True)
_TITLE = Font(_FONT, 14, bold=True)
_UNLOCKED = Protection(locked=False)
_LINE = Side(style="thin", color="FFB8BFC7")
_BOX = Border(_LINE, _LINE, _LINE, _LINE)
_HEADING = PatternFill("solid", fgColor="FFE3E8ED")
_LOCKED = PatternFill("solid", fgColor="FFF3F4F6")
_MARKED = PatternFill("solid", bgColor="FFFFF2B3")
_TOP = Alignment(vertical="top", wrap_text=True)
_MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
#: The widest column, in half-width signs.
_WIDEST = 36
#: Of one line of text, in points.
_LINE_HEIGHT = 14
#: The first columns that name a row stay in sight, up to this width.
_IN_SIGHT = 60
_A3 = 8


class SheetColumn(Protocol):
    """A column of such a sheet."""

    @property
    def key(self) -> str:
        """Return what tells the column from all others."""

    @property
    def group(self) -> str:
        """Return the heading above those of several columns; empty where it stands alone."""

    @property
    def heading(self) -> str:
        """Return the column's own heading."""

    @property
    def is_editable(self) -> bool:
        """Return whether there are cells to write in."""

    @property
    def words(self) -> tuple[str, ...]:
        """Return the words there are to choose from; empty where anything may be typed."""

    @property
    def least(self) -> int:
        """Return the least width, in half-width signs."""


ColumnT = TypeVar("ColumnT", bound=SheetColumn)


@dataclass(frozen=True)
class DeskSheet(Generic[ColumnT]):
    """What a sheet says and where one may write."""

    name: str
    #: Stand above the columns; the first is the title.
    lines: Sequence[str]
    columns: Sequence[ColumnT]
    #: What the cells say, by the row and the key of the column.
    texts: Mapping[Any, Mapping[str, str]]
    is_open: Callable[[Any, ColumnT], bool]
    #: Printed at the foot of every page.
    foot: str
    #: Lines there is room for in every row.
    lines_of_row: int = 1

    @property
    def groups(self) -> int:
        """Return the row of the groups; the headings follow, counted from 1."""
        return len(self.lines) + 2

    @property
    def first(self) -> int:
        """Return the first row of texts."""
        return self.groups + 2

    @property
    def last(self) -> int:
        """Return the last row of texts; the first where there is none."""
        return max(self.first, self.first + len(self.texts) - 1)


def desk_workbook(
    desk: DeskSheet[Any],
    mark: tuple[str, Sequence[Sequence[str]]],
    marked: Callable[[str, str], str],
    now: datetime,
) -> bytes:
    """Return a sheet as a workbook made at a moment, as xlsx; the same bytes for the same.

    ``mark`` names the hidden sheet and has its rows. ``marked`` returns, for the key and the letter
    of a column, the formula by which its cells are marked, as that of the first row.
    """
    book = Workbook()
    sheet: Any = book.worksheets[0]
    sheet.title = desk.name
    _head(sheet, desk)
    for number, (row, texts) in enumerate(desk.texts.items(), desk.first):
        _row(sheet, number, row, texts, desk)
    widths = _set_sizes(sheet, desk)
    _guide(sheet, desk, marked)
    _protect(sheet)
    _print_well(sheet, desk, widths)
    name, rows = mark
    hidden: Any = book.create_sheet(name)
    for number, cells in enumerate(rows, 1):
        for at, text in enumerate(cells, 1):
            _write(hidden.cell(number, at), text)
    # Not even offered where Excel lists the sheets that are hidden.
    hidden.sheet_state = "veryHidden"
    book.security = WorkbookProtection(lockStructure=True)
    file = io.BytesIO()
    book.save(file)
    # The moment of saving is written into it whatever one says.
    book.properties.created = book.properties.modified = now.astimezone(UTC).replace(tzinfo=None)
    return with_fixed_times(file.getvalue(), {ARC_CORE: tostring(book.properties.to_tree())})


def _write(cell: Any, text: str) -> None:
    """Write a text that stays one: neither = nor 1-2 becomes anything else, now or when edited."""
    if not text:
        return
    cell.value = writable(text)
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(tuple("=+-@"))


def _head(sheet: Any, desk: DeskSheet[Any]) -> None:
    """Write what stands above the rows, and which column is which."""
    _write(sheet.cell(1, 1), ID_KEY)
    for row, text in enumerate(desk.lines, 2):
        _write(sheet.cell(row, 2), text)
        sheet.cell(row, 2).font = _TITLE if row == 2 else _PLAIN
    groups, headings = desk.groups, desk.groups + 1
    for at, column in enumerate(desk.columns, 2):
        _write(sheet.cell(1, at), column.key)
        for row, text in ((groups, column.group), (headings, column.heading)):
            cell = sheet.cell(row, at)
            _write(cell, text)
            cell.font, cell.fill, cell.border = _BOLD, _HEADING, _BOX
            cell.alignment = _MIDDLE
    for group, members in groupby(enumerate(desk.columns, 2), key=lambda one: one[1].group):
        ats = [at for at, _ in members]
        if group:
            sheet.merge_cells(None, groups, ats[0], groups, ats[-1])
            continue
        for at in ats:
            _write(sheet.cell(groups, at), str(sheet.cell(headings, at).value))
            sheet.cell(headings, at).value = None
            sheet.merge_cells(None, groups, at, headings, at)


def _row(
    sheet: Any, number: int, row: Hashable, texts: Mapping[str, str], desk: DeskSheet[Any]
) -> None:
    """Write one row: its id, what is locked, what may be edited."""
    _write(sheet.cell(number, 1), str(row))
    for at, column in enumerate(desk.columns, 2):
        cell = sheet.cell(number, at)
        _write(cell, texts[column.key])
        cell.font, cell.border, cell.alignment = _PLAIN, _BOX, _TOP
        cell.number_format = "@"
        if desk.is_open(row, column):
            cell.protection = _UNLOCKED
        else:
            cell.fill = _LOCKED


def _set_sizes(sheet: Any, desk: DeskSheet[Any]) -> list[int]:
    """Make the columns as wide as their texts, within bounds, and the rows high enough for them.

    Return the widths, in half-width signs.
    """
    widths = []
    for at, column in enumerate(desk.columns, 2):
        texts = [column.heading, *(row[column.key] for row in desk.texts.values())]
        longest = max((_width(line) for text in texts for line in text.splitlines()), default=0)
        width = min(max(column.least, longest + 2), _WIDEST)
        sheet.column_dimensions[get_column_letter(at)].width = width
        widths.append(width)
    for number, row in enumerate(desk.texts.values(), desk.first):
        lines = [
            sum(1 + _width(line) // width for line in row[column.key].splitlines())
            for column, width in zip(desk.columns, widths, strict=True)
        ]
        sheet.row_dimensions[number].height = _LINE_HEIGHT * max(desk.lines_of_row, *lines) + 4
    for number, text in enumerate(desk.lines, 2):
        if text.count("\n"):
            # Over the whole width, so that each of its lines is one.
            sheet.merge_cells(None, number, 2, number, len(desk.columns) + 1)
            sheet.cell(number, 2).alignment = _TOP
            sheet.row_dimensions[number].height = _LINE_HEIGHT * (1 + text.count("\n")) + 4
    sheet.row_dimensions[desk.groups].height = 2 * _LINE_HEIGHT + 4
    sheet.row_dimensions[desk.groups + 1].height = _LINE_HEIGHT + 4
    sheet.column_dimensions["A"].hidden = True
    sheet.row_dimensions[1].hidden = True
    return widths


def _width(line: str) -> int:
    return sum(2 if east_asian_width(sign) in "WFA" else 1 for sign in line)


def _guide(sheet: Any, desk: DeskSheet[Any], marked: Callable[[str, str], str]) -> None:
    """Offer the words that may be chosen, mark cells, let rows be filtered."""
    for at, column in enumerate(desk.columns, 2):
        letter = get_column_letter(at)
        cells = f"{letter}{desk.first}:{letter}{desk.last}"
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
        if column.is_editable and (formula := marked(column.key, letter)):
            rule = Rule("expression", formula=[formula], dxf=DifferentialStyle(fill=_MARKED))
            sheet.conditional_formatting.add(cells, rule)
    last = get_column_letter(len(desk.columns) + 1)
    sheet.auto_filter.ref = f"A{desk.groups + 1}:{last}{desk.last}"


def _protect(sheet: Any) -> None:
    """Lock all but the cells to edit; no password, for it keeps nobody out who means it."""
    protection = sheet.protection
    protection.sheet = True
    # These say what is locked.
    protection.formatColumns = protection.formatRows = protection.autoFilter = False


def _print_well(sheet: Any, desk: DeskSheet[Any], widths: Sequence[int]) -> None:
    """Keep headings and names in sight, on the screen and on paper."""
    in_sight = total = 0
    for width in widths:
        total += width
        if total > _IN_SIGHT:
            break
        in_sight += 1
    sheet.freeze_panes = sheet.cell(desk.first, 2 + in_sight)
    sheet.sheet_view.zoomScale = 90
    sheet.print_title_rows = f"{desk.groups}:{desk.groups + 1}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A3
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    # In a footer & begins a code.
    sheet.oddFooter.left.text = desk.foot.replace("&", "&&")
    sheet.oddFooter.right.text = "&P / &N"
