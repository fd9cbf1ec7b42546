"""A table to download as a workbook: text stays text, figures stay figures."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from kpi.words import say

#: Signs a cell of Excel may hold.
_LONGEST_CELL = 32_767
#: How wide a column is drawn, in half-width signs.
_NARROWEST, _WIDEST = 6, 48


def spreadsheet_xlsx(table: pd.DataFrame, title: str) -> bytes:
    """Return a table as a workbook with one sheet, its headings fixed and ready to filter by.

    What begins as a formula would is text all the same. A text longer than a cell may hold ends
    with words that say so.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    rows = [list(table.columns), *table.itertuples(index=False)]
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(rows)}"
    for number, column in enumerate(zip(*rows, strict=True), 1):
        sheet.column_dimensions[get_column_letter(number)].width = _width(column)
    for number, row in enumerate(rows):
        sheet.append([_cell(sheet, value, is_heading=number == 0) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _width(column: Sequence[Any]) -> int:
    longest = max(
        sum(2 if unicodedata.east_asian_width(sign) in "FWA" else 1 for sign in str(value))
        for value in column
        if value is not None
    )
    return min(_WIDEST, max(_NARROWEST, longest + 2))


def _cell(sheet: Any, value: Any, *, is_heading: bool) -> Any:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    text = ILLEGAL_CHARACTERS_RE.sub("", value)
    if len(text) > _LONGEST_CELL:
        end = say("history.too_long")
        text = text[: _LONGEST_CELL - len(end)] + end
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    # Excel keeps it text when somebody edits it, too.
    cell.quotePrefix = text.startswith(tuple("=+-@"))
    cell.alignment = Alignment(vertical="top", wrap_text=not is_heading)
    if is_heading:
        cell.font = Font(bold=True)
    return cell
