"""Workbooks and CSVs as city halls make them, from rows of cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from openpyxl import Workbook

Rows = Sequence[Sequence[Any]]


@pytest.fixture
def xlsx() -> Callable[..., bytes]:
    """Make a workbook; ``formats`` are by cell, ``merge`` ranges of the last sheet."""

    def make(
        sheets: dict[str, Rows] | Rows,
        formats: dict[str, str] | None = None,
        merge: Sequence[str] = (),
    ) -> bytes:
        book = Workbook()
        book.remove(book.active)
        named = sheets if isinstance(sheets, dict) else {"Sheet1": sheets}
        for name, rows in named.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(list(row))
            for cell, number_format in (formats or {}).items():
                sheet[cell].number_format = number_format
        for cells in merge:
            sheet.merge_cells(cells)
        file = io.BytesIO()
        book.save(file)
        return file.getvalue()

    return make


@pytest.fixture
def table() -> Callable[..., bytes]:
    """Make a CSV."""

    def make(rows: Rows, encoding: str = "utf-8-sig") -> bytes:
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        return text.getvalue().encode(encoding)

    return make
