"""A sheet's comments in its package: texts added to the cells, the comments of others kept.

A comment is an entry of the sheet's part of comments and a box in its VML drawing, which the sheet
names as <legacyDrawing>. What is missing of these is made, what is there is extended in place.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable
from typing import NamedTuple
from xml.sax.saxutils import escape

from openpyxl.utils.cell import coordinate_to_tuple, get_column_letter, range_boundaries

from kpi.importing.package import Edit, Element, Package, edited, elements, parser, sign_width
from kpi.words import say

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384

#: Signs of a comment. Excel takes 32,767, a reader far fewer.
_LONGEST = 15_000

#: Of a comment's box: pixels it is wide, signs a line holds in it.
_BOX_WIDTH = 300
_BOX_SIGNS = 22

#: Relationships of a workbook's parts, by the namespace of its sheets (transitional and strict).
_OFFICE = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main": (
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    ),
    "http://purl.oclc.org/ooxml/spreadsheetml/main": (
        "http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
}
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"

#: What the schema of a sheet puts after <legacyDrawing>.
_AFTER_DRAWING = frozenset(
    """
    legacyDrawingHF drawingHF picture oleObjects controls webPublishItems tableParts extLst
    """.split()
)
_ALTERNATIVES = "http://schemas.openxmlformats.org/markup-compatibility/2006 AlternateContent"

_VML = "urn:schemas-microsoft-com:vml"
_OFFICE_VML = "urn:schemas-microsoft-com:office:office"
_EXCEL_VML = "urn:schemas-microsoft-com:office:excel"
_SPACES = f'xmlns:v="{_VML}" xmlns:o="{_OFFICE_VML}" xmlns:x="{_EXCEL_VML}"'


def comment_sheet(
    package: Package, part: str, remarks: dict[str, list[str]], author: str, number: int
) -> None:
    """Add remarks, given by cell, to the sheet in a part, the ``number``-th of its workbook.

    Raises ExpatError, LookupError or ValueError where the parts are not as a workbook has them.
    """
    sheet = package.read(part)
    outline = _Outline(sheet)
    office = _OFFICE[outline.namespace]
    related = package.relationships(part)
    texts: dict[str, list[str]] = {}
    for cell, anchor in outline.anchors(remarks).items():
        texts.setdefault(anchor, []).extend(remarks[cell])

    listed = next((r.target for r in related if r.purpose == "comments"), "")
    if not listed:
        empty = f'<comments xmlns="{outline.namespace}"><authors/><commentList/></comments>'
        listed = package.add("xl/comments{}.xml", empty.encode(), _COMMENTS_TYPE)
        package.relate(part, listed, f"{office}/comments")
    comments = _Comments(package.read(listed))
    package.change(listed, comments.with_texts(texts, author))

    if outline.drawing:
        drawing = {r.id: r.target for r in related}[outline.drawing]
        shapes = _with_shapes(package.read(drawing), comments, outline, number)
        package.change(drawing, shapes)
        return
    empty = f'<xml xmlns:v="{_VML}" xmlns:o="{_OFFICE_VML}" xmlns:x="{_EXCEL_VML}"></xml>'
    shapes = _with_shapes(empty.encode(), comments, outline, number)
    drawing = package.add("xl/drawings/vmlDrawing{}.vml", shapes, _DRAWING_TYPE)
    id_ = package.relate(part, drawing, f"{office}/vmlDrawing")
    element = f'<legacyDrawing xmlns="{outline.namespace}" xmlns:r="{office}" r:id="{id_}"/>'
    package.change(part, edited(sheet, [Edit(outline.place, outline.place, element)]))


def _joined(texts: Iterable[str], above: str = "") -> str:
    """Return the texts of one comment, those left out that stand ``above`` them already."""
    missing = [text for text in dict.fromkeys(texts) if text not in above]
    room = _LONGEST - len(above)
    fitting: list[str] = []
    for text in missing:
        room -= len(text) + 2
        if room < 0:
            break
        fitting.append(text)
    if left := len(missing) - len(fitting):
        fitting.append(say("remark.more", count=left))
    return "\n\n".join(fitting)


class _Columns(NamedTuple):
    """Columns of one width, counted from 1, in pixels."""

    first: int
    last: int
    width: float


class _Outline:
    """What of a sheet decides where its comments go. Cells are passed over quickly."""

    def __init__(self, data: bytes) -> None:
        self.namespace = ""
        #: Offset where <legacyDrawing> belongs, 0 until it is found.
        self.place = 0
        #: Id of the relationship to the drawing there is.
        self.drawing = ""
        self.merged: list[str] = []
        self.columns: list[_Columns] = []
        self.column_width: float = 64
        self._depth = 0
        self._top, self._top_name = 0, ""
        self._parser = parser()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.Parse(data, True)

    def anchors(self, cells: Iterable[str]) -> dict[str, str]:
        """Return for each cell the one that shows its comment: the first of a merged range."""
        places = sorted((*coordinate_to_tuple(cell), cell) for cell in cells)
        anchors = {cell: cell for _, _, cell in places}
        for merged in self.merged:
            left, top, right, bottom = (side or 0 for side in range_boundaries(merged))
            for _, column, cell in places[bisect(places, (top,)) : bisect(places, (bottom + 1,))]:
                if left <= column <= right:
                    anchors[cell] = f"{get_column_letter(left)}{top}"
        return anchors

    def across(self, column: int) -> int:
        """Return the last column, from 1, of a box that starts at ``column``."""
        room: float = _BOX_WIDTH
        # Sheets laid out on squared paper have narrow columns; hidden ones have no end.
        for last in range(column, min(column + 40, MAX_COLUMNS + 1)):
            before = self.columns[: bisect(self.columns, (last + 1,))][-1:]
            room -= before[0].width if before and last <= before[0].last else self.column_width
            if room <= 0:
                break
        return last

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        namespace, _, local = name.rpartition(" ")
        if self._depth == 1:
            self.namespace = namespace
        elif self._depth == 2:
            self._top, self._top_name = self._parser.CurrentByteIndex, name
        # Of what only newer programs know, the elements stand two levels further in.
        own = self._depth == 2 or (self._depth == 4 and self._top_name == _ALTERNATIVES)
        if own and not self.place and local in _AFTER_DRAWING:
            self.place = self._top
        match local:
            case "sheetData" if self._depth == 2:
                self._parser.StartElementHandler = None
                self._parser.EndElementHandler = self._end_of_cells
            case "legacyDrawing" if self._depth == 2:
                self.drawing = next((v for k, v in attributes.items() if k.endswith(" id")), "")
            case "sheetFormatPr" if "defaultColWidth" in attributes:
                self.column_width = _pixels(attributes["defaultColWidth"])
            case "col":
                hidden = attributes.get("hidden") in ("1", "true")
                width = 0 if hidden else _pixels(attributes.get("width", "8.43"))
                first, last = int(attributes["min"]), int(attributes["max"])
                self.columns.append(_Columns(first, last, width))
            case "mergeCell":
                self.merged.append(attributes["ref"])

    def _end(self, _: str) -> None:
        self._depth -= 1
        if self._depth == 0 and not self.place:
            self.place = self._parser.CurrentByteIndex

    def _end_of_cells(self, name: str) -> None:
        if name == self._top_name:
            self._depth -= 1
            self._parser.StartElementHandler = self._start
            self._parser.EndElementHandler = self._end


def _pixels(width: str) -> float:
    """Return the width of a column, given in digits, in pixels."""
    return float(width) * 7 + 5


class _Comments:
    """A sheet's part of comments, read and extended."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._authors: list[str] = []
        self._lists: dict[str, Element] = {}
        # Of each comment there is: what it says, and the element that holds the last of it.
        self._said: dict[str, str] = {}
        self._last: dict[str, Element] = {}
        cell = ""
        for element in elements(data):
            match element.local:
                case "authors" | "commentList":
                    self._lists[element.local] = element
                case "author":
                    self._authors.append(element.text)
                case "comment":
                    cell = element.attributes["ref"]
                    self._said[cell] = ""
                case "text":
                    self._last[cell] = element
                # A reading aid (rPh) is no part of what is said.
                case "t" if element.parent and element.parent.local != "rPh":
                    self._said[cell] += element.text
                    self._last[cell] = element
        #: What was added by cell: as comments of their own, or below those there were.
        self.new: dict[str, str] = {}
        self.below: dict[str, str] = {}

    def with_texts(self, texts: dict[str, list[str]], author: str) -> bytes:
        """Return the part with texts added, those left out that their comment already says."""
        for cell, findings in texts.items():
            if text := _joined(findings, self._said.get(cell, "")):
                (self.below if cell in self._said else self.new)[cell] = text
        namespace = self._lists["commentList"].name.rpartition(" ")[0]
        width = sign_width(self._data)
        known = author in self._authors
        number = self._authors.index(author) if known else len(self._authors)
        edits = []
        if self.new and not known:
            name = f'<author xmlns="{namespace}">{escape(author)}</author>'
            edits.append(self._lists["authors"].append(name, width))
        comments = [
            f'<comment xmlns="{namespace}" ref="{cell}" authorId="{number}">'
            f'<text><t xml:space="preserve">{escape(text)}</t></text></comment>'
            for cell, text in self.new.items()
        ]
        if comments:
            edits.append(self._lists["commentList"].append("".join(comments), width))
        for cell, text in self.below.items():
            held = escape(f"\n\n{text}" if self._said[cell] else text)
            if self._last[cell].local == "text":
                held = f'<t xmlns="{namespace}" xml:space="preserve">{held}</t>'
            edits.append(self._last[cell].append(held, width))
        return edited(self._data, edits)


def _with_shapes(data: bytes, comments: _Comments, outline: _Outline, number: int) -> bytes:
    """Return a VML drawing with a box for each new comment, and higher ones where text came below.

    Excel's own VML need not be well-formed XML, so it is not parsed.
    """
    grown = {
        (row - 1, column - 1): _lines(text) + 1
        for cell, text in comments.below.items()
        for row, column in [coordinate_to_tuple(cell)]
    }
    head, *shapes = data.split(b"<v:shape ")
    data = b"<v:shape ".join([head, *(_higher(shape, grown) for shape in shapes)])
    # Each sheet numbers its shapes in a block of 1024 of its own.
    ids = [int(id_) for id_ in re.findall(rb"_x0000_s(\d{1,9})", data)]
    id_ = max(ids, default=1024 * number)
    new: list[str] = []
    if comments.new and b'id="_x0000_t202"' not in data:
        new.append(
            f'<v:shapetype {_SPACES} id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
            'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
            '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
        )
    for cell, text in comments.new.items():
        id_ += 1
        new.append(_shape(id_, cell, text, outline))
    end = data.rindex(b"</xml>")
    return edited(data, [Edit(end, end, "".join(new))])


def _higher(shape: bytes, grown: dict[tuple[int, int], int]) -> bytes:
    """Return a shape (from its name on) as many rows higher as its cell has lines to gain."""
    row = re.search(rb"<x:Row>\s*(\d{1,7})", shape)
    column = re.search(rb"<x:Column>\s*(\d{1,7})", shape)
    if not (row and column):
        return shape
    lines = grown.get((int(row[1]), int(column[1])), 0)
    # Left, top, right, bottom, each a column or row and the pixels into it.
    return re.sub(
        rb"(<x:Anchor>(?:[^,<]*,){6}\s*)(\d{1,7})",
        lambda anchor: anchor[1] + b"%d" % (int(anchor[2]) + lines),
        shape,
        count=1,
    )


def _shape(id_: int, cell: str, text: str, outline: _Outline) -> str:
    row, column = coordinate_to_tuple(cell)
    top, left = max(row - 2, 0), min(column, MAX_COLUMNS - 4)
    right, bottom = outline.across(left + 1) - 1, min(top + _lines(text) + 1, MAX_ROWS - 1)
    return (
        f'<v:shape {_SPACES} id="_x0000_s{id_}" type="#_x0000_t202" '
        'style="position:absolute;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
        '<v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/>'
        '<v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto;mso-fit-shape-to-text:t">'
        '<div style="text-align:left"></div></v:textbox>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{left},15,{top},4,{right},15,{bottom},4</x:Anchor>"
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row - 1}</x:Row><x:Column>{column - 1}</x:Column>"
        "</x:ClientData></v:shape>"
    )


def _lines(text: str) -> int:
    """Return how many lines of a box a text fills."""
    return sum(1 + len(line) // _BOX_SIGNS for line in text.split("\n"))
