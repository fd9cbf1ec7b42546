"""Workbooks to grids: values from calamine, and what it does not tell from their marks.

Rows are given on in pieces as they are made, so that no more than one is held here at a time.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time
from math import isfinite
from typing import Any, NamedTuple, cast
from xml.parsers.expat import ExpatError

import python_calamine

from kpi.importing.csv_files import spans
from kpi.importing.findings import (
    CellStruckOut,
    FileHasEntities,
    FileProtected,
    FileUnpacksTooLarge,
    FileUnreadable,
    Finding,
    FormatsUnseen,
    FormulaUncached,
    MergesTooMany,
    NumberScaled,
    PercentUnseen,
    RowHidden,
    RowStruckOut,
    SheetPassedOver,
    SheetTooLarge,
    SheetUnreadable,
)
from kpi.importing.grids import Cell, address
from kpi.importing.kinds import FileKind
from kpi.importing.marks import EntitiesRefused, Marks, XlsxMarks
from kpi.importing.ods_marks import ods_marks
from kpi.importing.xls_marks import xls_marks
from kpi.settings import ImportLimits


class Merged(NamedTuple):
    """The merged ranges of a sheet: first row, first column, last row, last column."""

    ranges: list[list[int]]


class Formulas(NamedTuple):
    """The cells of a sheet that hold a formula: row and column."""

    cells: list[list[int]]


#: What reading yields: the name of a new sheet, what is of the sheet begun last, or a finding.
Piece = str | Merged | Formulas | list[list[Cell]] | Finding

_PLAIN = frozenset((str, float))
#: Cells given on at once.
_AT_ONCE = 12_000
#: Parts of a zip; a workbook of a thousand sheets has a few thousand.
_MAX_PARTS = 10_000
#: Cells that a finding names one by one.
_NAMED = 5
#: Cells of one sheet that are filled from merged ranges.
_MAX_MERGED = 5_000_000


class _Refused(Exception):
    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


def read_workbook(data: bytes, kind: FileKind, limits: ImportLimits) -> Iterator[Piece]:
    """Yield the sheets of a workbook as pieces; where it cannot be read, a finding without sheet.

    Rows of one sheet that were given before such a finding are worth nothing.
    """
    try:
        yield from _read(data, kind, limits)
    except _Refused as refused:
        yield refused.finding
    except EntitiesRefused:
        yield FileHasEntities()
    except python_calamine.PasswordError:
        yield FileProtected()
    except (
        python_calamine.CalamineError,
        zipfile.BadZipFile,
        zlib.error,
        ExpatError,
        OSError,
        EOFError,
        KeyError,
        ValueError,
        NotImplementedError,
    ):
        yield FileUnreadable()


def _read(data: bytes, kind: FileKind, limits: ImportLimits) -> Iterator[Piece]:
    if kind is FileKind.XLS:
        old = xls_marks(data)
        if old is None:
            yield FormatsUnseen(really=kind.value)
        yield from _sheets(data, _of_sheets(old) if old is not None else None, limits)
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        _refuse_bombs(archive, limits)
        if kind is FileKind.XLSB:
            yield FormatsUnseen(really=kind.value)
            yield from _sheets(data, None, limits)
        elif kind is FileKind.ODS:
            if b"encryption-data" in archive.read("META-INF/manifest.xml"):
                raise _Refused(FileProtected())
            yield from _sheets(data, _of_sheets(ods_marks(archive)), limits)
        else:
            marks = XlsxMarks(archive)
            yield from _sheets(data, marks.of, limits, whole=marks.is_desk_copy)


def _of_sheets(marks: dict[str, Marks]) -> Callable[[str], Marks]:
    return lambda name: marks.get(name, Marks())


def _refuse_bombs(archive: zipfile.ZipFile, limits: ImportLimits) -> None:
    """Refuse an archive for what its directory says, before anything is unpacked."""
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise _Refused(FileProtected())
    size = sum(part.file_size for part in parts) // 1_000_000
    if size > limits.unpacked_mb:
        raise _Refused(FileUnpacksTooLarge(size=size, limit=limits.unpacked_mb))
    if len(parts) > _MAX_PARTS:
        raise _Refused(FileUnreadable())


def _sheets(
    data: bytes,
    marks_of: Callable[[str], Marks] | None,
    limits: ImportLimits,
    *,
    whole: bool = False,
) -> Iterator[Piece]:
    """Yield all sheets; ``marks_of`` is None where the kind of workbook lets none be seen.

    Of a workbook that went out to a desk the ``whole`` is read: what is hidden there, by a filter
    or by us, counts, and a formula is refused where it was written.
    """
    workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    left = limits.cells
    # calamine lets the search for marks run beside it: together they take as long as it alone.
    with ThreadPoolExecutor(1) as beside:
        for meta in workbook.sheets_metadata:
            name = meta.name
            is_seen = whole or meta.visible is python_calamine.SheetVisibleEnum.Visible
            if not is_seen or meta.typ is not python_calamine.SheetTypeEnum.WorkSheet:
                yield SheetPassedOver(sheet=name)
                continue
            reading = beside.submit(workbook.get_sheet_by_name, name)
            marks = marks_of(name) if marks_of else Marks()
            try:
                sheet = reading.result()
            except python_calamine.PasswordError:
                raise
            except python_calamine.CalamineError:
                yield SheetUnreadable(sheet=name)
                continue
            rows, columns = (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)
            left -= rows * columns
            merges = marks.merges or sheet.merged_cell_ranges or []
            filled = sum(
                max(0, min(bottom + 1, rows) - top) * max(0, min(right + 1, columns) - first)
                for (top, first), (bottom, right) in merges
            )
            if left < 0:
                yield SheetTooLarge(sheet=name, rows=rows, columns=columns, limit=limits.cells)
            elif filled > _MAX_MERGED:
                yield MergesTooMany(sheet=name, limit=_MAX_MERGED)
            else:
                yield name
                if whole:
                    yield Formulas([list(place) for place in marks.formulas])
                    marks.hidden.clear()
                    marks.uncached.clear()
                yield Merged(
                    [[top, first, bottom, right] for (top, first), (bottom, right) in merges]
                )
                yield from _Grid(sheet, marks, merges, formats_unseen=marks_of is None).pieces()


class _Places:
    """Cells that one finding is about: all are counted, the first are named."""

    def __init__(self) -> None:
        self.count = 0
        self.named: list[str] = []

    def add(self, row: int, column: int) -> None:
        self.count += 1
        if self.count <= _NAMED:
            self.named.append(address(row, column))

    def say(self, kind: Callable[..., Finding], sheet: str) -> Iterator[Finding]:
        if self.count:
            cells = "・".join(self.named) + ("…" if self.count > _NAMED else "")
            yield kind(sheet=sheet, cell=self.named[0], count=self.count, cells=cells)


class _Grid:
    """Makes the rows of one sheet."""

    def __init__(
        self,
        sheet: python_calamine.CalamineSheet,
        marks: Marks,
        merges: list[tuple[tuple[int, int], tuple[int, int]]],
        *,
        formats_unseen: bool,
    ) -> None:
        self._sheet, self._marks, self._formats_unseen = sheet, marks, formats_unseen
        self._merges: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for (top, left), (bottom, right) in merges:
            self._merges[top].append((left, bottom, right))
        #: Merged ranges that reach into the row at hand: left, bottom, right and what they hold.
        self._open: list[tuple[int, int, int, Cell]] = []
        self._hidden: list[int] = []
        self._struck_rows: list[int] = []
        self._struck, self._scaled, self._fractions = _Places(), _Places(), _Places()

    def pieces(self) -> Iterator[Piece]:
        """Yield the rows from the first of the sheet on, then what is to be said of them."""
        marks = self._marks
        marked = {*marks.shown, *marks.texts, *marks.hidden, *marks.struck_rows}
        marked |= {*marks.struck_cells, *self._merges}
        rows: list[list[Cell]] = []
        size = 0
        # iter_rows gives the empty rows above the first filled cell, not the columns before it.
        margin: list[Cell] = [""] * self._sheet.start[1] if self._sheet.start else []
        for number, values in enumerate(self._sheet.iter_rows()):
            row = cast("list[Cell]", values)
            if not _PLAIN.issuperset(map(type, values)):
                row = _cells(values)
            if margin:
                row = margin + row
            if self._formats_unseen:
                self._look_for_fractions(number, row)
            if number in marked or self._open:
                row = self._as_seen(number, row)
            rows.append(row)
            size += len(row)
            if size >= _AT_ONCE:
                yield _shared(rows)
                rows, size = [], 0
        yield _shared(rows)
        yield from self._findings()

    def _as_seen(self, number: int, row: list[Cell]) -> list[Cell]:
        """Return a row as a person sees it."""
        marks = self._marks
        for column, text in marks.texts.get(number, ()):
            if column < len(row):
                row[column] = text
        for column, shown in marks.shown.get(number, ()):
            value = row[column] if column < len(row) else ""
            if isinstance(value, float):
                row[column] = shown.read(value)
                if shown.thousands:
                    self._scaled.add(number, column)
        for column in marks.struck_cells.get(number, ()):
            if column < len(row) and row[column] != "":
                row[column] = ""
                self._struck.add(number, column)
        self._fill_merged(number, row)
        for left_out, said in (
            (marks.hidden, self._hidden),
            (marks.struck_rows, self._struck_rows),
        ):
            if number in left_out and any(cell != "" for cell in row):
                said.append(number + 1)
                row = [""] * len(row)
        return row

    def _fill_merged(self, number: int, row: list[Cell]) -> None:
        self._open = [merge for merge in self._open if merge[1] >= number]
        for left, bottom, right in self._merges.get(number, ()):
            if left < len(row):
                value: Cell = "" if number in self._marks.struck_rows else row[left]
                self._open.append((left, bottom, min(right, len(row) - 1), value))
        for left, _, right, value in self._open:
            row[left : right + 1] = [value] * (right + 1 - left)

    def _look_for_fractions(self, number: int, row: list[Cell]) -> None:
        for column, cell in enumerate(row):
            if isinstance(cell, float) and -1 < cell < 1 and cell != 0:
                self._fractions.add(number, column)

    def _findings(self) -> Iterator[Finding]:
        name = self._sheet.name
        uncached = _Places()
        for row, column in self._marks.uncached:
            if row not in self._marks.hidden and row not in self._marks.struck_rows:
                uncached.add(row, column)
        yield from uncached.say(FormulaUncached, name)
        for kind, numbers in ((RowHidden, self._hidden), (RowStruckOut, self._struck_rows)):
            if numbers:
                first = address(numbers[0] - 1, 0)
                yield kind(sheet=name, cell=first, count=len(numbers), lines=spans(numbers))
        yield from self._struck.say(CellStruckOut, name)
        yield from self._scaled.say(NumberScaled, name)
        yield from self._fractions.say(PercentUnseen, name)


def _shared(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Return rows in which equal cells are one object: a plan's name stands in all its rows."""
    known: dict[Cell, Cell] = {}
    shared = [list(map(known.setdefault, row, row)) for row in rows]
    if any(isinstance(cell, float) and not isfinite(cell) for cell in known):
        # A number out of all bounds is no figure; as a text it will be refused as one.
        return [[cell if _is_bounded(cell) else str(cell) for cell in row] for row in shared]
    return shared


def _is_bounded(cell: Cell) -> bool:
    return isinstance(cell, str) or isfinite(cell)


def _cells(values: list[Any]) -> list[Cell]:
    return [value if type(value) in _PLAIN else _cell(value) for value in values]


def _cell(value: Any) -> Cell:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int):
        return float(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
