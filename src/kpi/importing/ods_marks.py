"""The marks of an OpenDocument sheet (`kpi.importing.marks`), from its content.xml."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass

from kpi.importing.marks import Marks, Shown, guarded_parser


@dataclass
class _Style:
    """What a style of a cell says itself; None where its parent decides."""

    parent: str
    format: str
    struck: bool | None = None


@dataclass
class _Cell:
    """What is kept of a cell until it ends."""

    column: int
    repeated: int
    shown: Shown | None = None
    struck: bool = False
    filled: bool = False
    text: str = ""
    is_error: bool = False


def ods_marks(archive: zipfile.ZipFile) -> dict[str, Marks]:
    """Return the marks of every sheet by its name.

    Raises EntitiesRefused or ExpatError where a part is no such XML.
    """
    reader = _Reader()
    for part in ("styles.xml", "content.xml"):
        if part in archive.namelist():
            parser = guarded_parser()
            parser.buffer_text = True
            parser.StartElementHandler = reader.start
            parser.EndElementHandler = reader.end
            parser.CharacterDataHandler = reader.text
            with archive.open(part) as stream:
                parser.ParseFile(stream)
    return reader.sheets


class _Reader:
    def __init__(self) -> None:
        self.sheets: dict[str, Marks] = {}
        self._styles: dict[str, _Style] = {}
        self._factors: dict[str, Shown] = {}
        self._style = self._format = ""
        self._columns: list[tuple[int, str]] = []
        self._marks = Marks()
        self._row = self._rows = self._column = 0
        self._hidden = False
        self._row_style = ""
        self._cells: list[_Cell] = []
        self._cell: _Cell | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "table:table":
                self._marks = self.sheets.setdefault(attributes.get("table:name", ""), Marks())
                self._columns, self._row = [], 0
            case "table:table-column":
                repeated = int(attributes.get("table:number-columns-repeated", 1))
                before = self._columns[-1][0] if self._columns else 0
                style = attributes.get("table:default-cell-style-name", "")
                self._columns.append((before + repeated, style))
            case "table:table-row":
                self._rows = int(attributes.get("table:number-rows-repeated", 1))
                self._hidden = attributes.get("table:visibility", "visible") != "visible"
                self._row_style = attributes.get("table:default-cell-style-name", "")
                self._cells, self._column = [], 0
            case "table:table-cell" | "table:covered-table-cell":
                self._start_cell(attributes)
            case "style:style":
                self._style = attributes.get("style:name", "")
                self._styles[self._style] = _Style(
                    attributes.get("style:parent-style-name", ""),
                    attributes.get("style:data-style-name", ""),
                )
            case "style:text-properties" if self._style in self._styles:
                line = attributes.get("style:text-line-through-style")
                if line is not None:
                    self._styles[self._style].struck = line != "none"
            case "number:number-style" | "number:currency-style":
                self._format = attributes.get("style:name", "")
            case "number:number":
                factor = float(attributes.get("number:display-factor", 1))
                if factor >= 1000:
                    self._factors[self._format] = Shown(thousands=len(f"{factor:.0f}") // 3)

    def end(self, name: str) -> None:
        match name:
            case "style:style":
                self._style = ""
            case "table:table-cell" | "table:covered-table-cell":
                self._cell = None
            case "table:table-row":
                self._end_row()

    def text(self, text: str) -> None:
        if self._cell is not None and self._cell.is_error:
            self._cell.text += text

    def _start_cell(self, attributes: dict[str, str]) -> None:
        kind = attributes.get("office:value-type", "")
        cell = _Cell(self._column, int(attributes.get("table:number-columns-repeated", 1)))
        self._column += cell.repeated
        cell.filled = kind != ""
        style = self._styles.get(attributes.get("table:style-name") or self._default(cell.column))
        factor = self._factors.get(style.format) if style else None
        if kind == "percentage":
            cell.shown = Shown(percent=True)
        elif kind in ("float", "currency") and factor:
            cell.shown = factor
        elif kind == "boolean":
            cell.text = attributes.get("office:boolean-value", "").upper()
        cell.is_error = attributes.get("calcext:value-type") == "error"
        cell.struck = cell.filled and self._is_struck(style)
        if "table:formula" in attributes and not kind:
            self._marks.uncached.append((self._row, cell.column))
        right = int(attributes.get("table:number-columns-spanned", 1)) - 1
        down = int(attributes.get("table:number-rows-spanned", 1)) - 1
        if right or down:
            first = (self._row, cell.column)
            self._marks.merges.append((first, (first[0] + down, first[1] + right)))
        self._cells.append(cell)
        self._cell = cell

    def _default(self, column: int) -> str:
        if self._row_style:
            return self._row_style
        return next((style for end, style in self._columns if column < end), "")

    def _is_struck(self, style: _Style | None) -> bool:
        for _ in range(20):  # A style may name itself as its parent.
            if style is None or style.struck is not None:
                break
            style = self._styles.get(style.parent)
        return bool(style and style.struck)

    def _end_row(self) -> None:
        filled = [cell for cell in self._cells if cell.filled]
        if filled:
            for row in range(self._row, self._row + self._rows):
                self._mark_row(row, filled)
        self._row += self._rows

    def _mark_row(self, row: int, filled: list[_Cell]) -> None:
        marks = self._marks
        if self._hidden:
            marks.hidden.add(row)
        if all(cell.struck for cell in filled):
            marks.struck_rows.add(row)
        for cell in filled:
            columns = range(cell.column, cell.column + cell.repeated)
            if cell.shown:
                marks.shown[row].extend((column, cell.shown) for column in columns)
            if cell.text:
                marks.texts[row].extend((column, cell.text) for column in columns)
            if cell.struck and row not in marks.struck_rows:
                marks.struck_cells[row].extend(columns)
