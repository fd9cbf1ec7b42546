"""Files to grids of cells: workbooks through calamine, CSV by rule.

A cell is text or a number. A number shown as per cent becomes the text a person sees (0.125 with
format 0.0 % is "12.5%"); dates become ISO text. Nothing is interpreted further here.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePath
from typing import Any

import python_calamine
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from kpi.importing.findings import (
    EncodingUnknown,
    FileProtected,
    FileTooLarge,
    FileTypeUnknown,
    FileUnreadable,
    Finding,
    SheetPassedOver,
)

Cell = str | float

#: Larger files are refused unread.
MAX_BYTES = 50_000_000


@dataclass(frozen=True)
class Sheet:
    """One table of cells. ``rows[0][0]`` is A1; the name of a CSV's only sheet is empty."""

    name: str
    rows: list[list[Cell]]
    #: Cells that are empty in the file and repeat the first one of the range they are merged into.
    filled: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True)
class Book:
    """A file as read."""

    name: str
    sha256: str
    #: Encoding of a CSV; empty for workbooks.
    encoding: str
    sheets: list[Sheet]
    findings: list[Finding] = field(default_factory=list)


def address(row: int, column: int) -> str:
    """Return the spreadsheet's name of a cell, both counted from 0: (0, 0) is A1."""
    return f"{get_column_letter(column + 1)}{row + 1}"


def text_of(cell: Cell) -> str:
    """Return a cell as text; numbers with the 15 digits Excel itself keeps."""
    return cell if isinstance(cell, str) else f"{cell:.15g}"


def read_book(name: str, data: bytes) -> Book:
    """Read one file. A file that cannot be read has no sheets and says why in its findings."""
    sha256 = hashlib.sha256(data).hexdigest()

    def refused(finding: Finding) -> Book:
        return Book(name, sha256, "", [], [finding])

    if len(data) > MAX_BYTES:
        return refused(FileTooLarge(size=len(data) // 1_000_000, limit=MAX_BYTES // 1_000_000))
    suffix = PurePath(name).suffix.lower()
    if suffix == ".csv":
        decoded = _decode(data)
        if decoded is None:
            return refused(EncodingUnknown())
        text, encoding = decoded
        rows: list[list[Cell]] = [list(row) for row in csv.reader(io.StringIO(text, newline=""))]
        return Book(name, sha256, encoding, [Sheet("", rows)])
    if suffix != ".xlsx":
        return refused(FileTypeUnknown(suffix=suffix))
    try:
        return _read_workbook(name, sha256, data)
    except python_calamine.PasswordError:
        return refused(FileProtected())
    except (
        python_calamine.CalamineError,
        zipfile.BadZipFile,
        OSError,
        KeyError,
        ValueError,
    ):
        return refused(FileUnreadable())


def _decode(data: bytes) -> tuple[str, str] | None:
    """Decode by rule, never by statistics: short cp932 files look like Korean to a guesser."""
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8-sig" and not data.startswith(b"\xef\xbb\xbf"):
            return text, "utf-8"
        return text, encoding
    return None


def _read_workbook(name: str, sha256: str, data: bytes) -> Book:
    workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    percents = _percent_cells(data)
    sheets: list[Sheet] = []
    findings: list[Finding] = []
    for meta in workbook.sheets_metadata:
        if meta.visible is not python_calamine.SheetVisibleEnum.Visible:
            findings.append(SheetPassedOver(sheet=meta.name))
            continue
        sheet = workbook.get_sheet_by_name(meta.name)
        rows = [[_cell(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
        for (row, column), places in percents.get(meta.name, {}).items():
            value = rows[row][column]
            if isinstance(value, float):
                rows[row][column] = _as_percent(value, places)
        filled = set()
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
            for row in range(top, min(bottom + 1, len(rows))):
                for column in range(left, min(right + 1, len(rows[row]))):
                    rows[row][column] = rows[top][left]
                    filled.add((row, column))
            filled.discard((top, left))
        sheets.append(Sheet(meta.name, rows, frozenset(filled)))
    return Book(name, sha256, "", sheets, findings)


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _percent_cells(data: bytes) -> dict[str, dict[tuple[int, int], int]]:
    """Return, for each sheet, the cells formatted as per cent and their decimal places.

    calamine gives no number formats, so openpyxl reads the file a second time, but only where
    its styles know per cent at all.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if "xl/styles.xml" not in archive.namelist():
            return {}
        styles = archive.read("xl/styles.xml").decode("utf-8", "replace")
    cell_formats = styles.partition("<cellXfs")[2].partition("</cellXfs>")[0]
    if not re.search(r'formatCode="[^"]*%', styles) and not re.search(
        r'numFmtId="(?:9|10)"', cell_formats
    ):
        return {}
    found: dict[str, dict[tuple[int, int], int]] = {}
    workbook = load_workbook(io.BytesIO(data), read_only=True)
    for sheet in workbook.worksheets:
        cells = found.setdefault(sheet.title, {})
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None and "%" in (cell.number_format or ""):
                    places = re.search(r"\.(0+)", cell.number_format)
                    cells[cell.row - 1, cell.column - 1] = len(places[1]) if places else 0
    return found


def _as_percent(value: float, places: int) -> str:
    exact = (Decimal(f"{value:.15g}") * 100).normalize()
    exponent = exact.as_tuple().exponent
    own = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return f"{exact:.{max(places, own)}f}%"
