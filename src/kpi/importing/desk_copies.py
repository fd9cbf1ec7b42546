"""Workbooks for editing (目標編集用): how one is told from all others.

One is a plan taken to a desk and brought back (`kpi.editing.workbook`). Its figures are those the
database gave, so that it is no file to be imported; its filter may hide rows that count.
"""

from __future__ import annotations

from kpi.importing.findings import SheetPassedOver
from kpi.importing.grids import Book

#: The hidden sheet that says which plan was taken out, when, and what every cell held.
MARK_SHEET = "_道しるべ"


def is_for_editing(book: Book) -> bool:
    """Whether a file is a workbook for editing, in whatever format it was saved since."""
    return any(sheet.name == MARK_SHEET for sheet in book.sheets) or any(
        isinstance(finding, SheetPassedOver) and finding.sheet == MARK_SHEET
        for finding in book.findings
    )
