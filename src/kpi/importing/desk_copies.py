"""Workbooks that go out to a desk and come back: how they are told from all others.

One for editing (目標編集用) is a plan taken to a desk (`kpi.editing.workbook`), an answer form is
what a department is asked in a round (`kpi.collecting`). Their figures are those the database gave,
so that they are no files to be imported; their filters may hide rows that count.
"""

from __future__ import annotations

from kpi.importing.findings import SheetPassedOver
from kpi.importing.grids import Book

#: The hidden sheet that says which plan was taken out, when, and what every cell held.
MARK_SHEET = "_道しるべ"
#: That of an answer form, which says of which round and department it is besides.
ANSWER_MARK_SHEET = "_道しるべ照会"


def is_for_editing(book: Book) -> bool:
    """Whether a file is a workbook for editing, in whatever format it was saved since."""
    return _has(book, MARK_SHEET)


def is_answer_form(book: Book) -> bool:
    """Whether a file is an answer form, in whatever format it was saved since."""
    return _has(book, ANSWER_MARK_SHEET)


def _has(book: Book, name: str) -> bool:
    return any(sheet.name == name for sheet in book.sheets) or any(
        isinstance(finding, SheetPassedOver) and finding.sheet == name for finding in book.findings
    )
