"""The marks of an old workbook, .xls (`kpi.importing.marks`), which xlrd reads beside calamine."""

from __future__ import annotations

import io
from typing import Any

from kpi.importing.marks import Marks, shown_by


def xls_marks(data: bytes) -> dict[str, Marks] | None:
    """Return the marks of every sheet by its name; None where xlrd cannot tell them."""
    # Few files are old, and every file would wait for it.
    import xlrd

    try:
        # Its remarks must go somewhere: standard output belongs to what is sent back.
        book = xlrd.open_workbook(
            file_contents=data, logfile=io.StringIO(), formatting_info=True, ragged_rows=True
        )
        return {sheet.name: _of(book, sheet) for sheet in book.sheets()}
    except Exception:  # It has no one error for what is damaged, or older than it knows.
        return None


#: Types of cells, as xlrd numbers them.
_EMPTY, _NUMBER, _ERROR, _BLANK = 0, 2, 5, 6
_ERRORS = {
    0: "#NULL!",
    7: "#DIV/0!",
    15: "#VALUE!",
    23: "#REF!",
    29: "#NAME?",
    36: "#NUM!",
    42: "#N/A",
}


def _of(book: Any, sheet: Any) -> Marks:
    marks = Marks()
    formats = [shown_by(book.format_map[xf.format_key].format_str) for xf in book.xf_list]
    struck = [bool(book.font_list[xf.font_index].struck_out) for xf in book.xf_list]
    marks.hidden = {row for row, info in sheet.rowinfo_map.items() if info.hidden}
    for row in range(sheet.nrows):
        filled = struck_here = 0
        for column, kind in enumerate(sheet.row_types(row)):
            if kind in (_EMPTY, _BLANK):
                continue
            style = sheet.cell_xf_index(row, column)
            filled += 1
            if kind == _ERROR:
                error = _ERRORS.get(sheet.cell_value(row, column), "#VALUE!")
                marks.texts[row].append((column, error))
            elif kind == _NUMBER and (effect := formats[style]) is not None:
                marks.shown[row].append((column, effect))
            if struck[style]:
                struck_here += 1
                marks.struck_cells[row].append(column)
        if struck_here and struck_here == filled:
            marks.struck_rows.add(row)
            del marks.struck_cells[row]
    return marks
