"""What calamine does not tell of a workbook: number formats, strike-out, hidden rows, errors.

calamine gives values; but 0.125 shown as 12.5% is another figure than 0.125, a row that is struck
out no longer counts, and a cell in error is not an empty cell. The sheets of an xlsx are searched
as bytes for the few cells that matter; taking every cell through an XML parser and Python would
take longer than reading the values. The small parts are parsed.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, lru_cache
from xml.parsers import expat

from kpi.importing.desk_copies import ANSWER_MARK_SHEET, MARK_SHEET


class EntitiesRefused(Exception):
    """An XML part declares a document type."""


@dataclass
class Marks:
    """What matters of one sheet besides its values. Rows and columns are counted from 0."""

    #: How a number is shown, by row: column and format.
    shown: dict[int, list[tuple[int, Shown]]] = field(default_factory=lambda: defaultdict(list))
    #: What stands in cells of which calamine gives nothing or something else.
    texts: dict[int, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    hidden: set[int] = field(default_factory=set)
    struck_rows: set[int] = field(default_factory=set)
    struck_cells: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    uncached: list[tuple[int, int]] = field(default_factory=list)
    #: Cells with a formula. They are looked for in workbooks for editing only.
    formulas: list[tuple[int, int]] = field(default_factory=list)
    #: Merged ranges, where calamine gives none: first row and column, last row and column.
    merges: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)


@dataclass(frozen=True)
class Shown:
    """A number format that shows another figure than the cell holds."""

    percent: bool = False
    #: Decimal places of a per cent format.
    places: int = 0
    #: Powers of a thousand that are left out.
    thousands: int = 0

    @lru_cache(maxsize=10_000)  # noqa: B019 - there are but a handful of formats
    def read(self, value: float) -> str | float:
        """Return a value as a person sees it, with all the digits it has."""
        exact = Decimal(f"{value:.15g}")
        if not self.percent:
            return float(exact.scaleb(-3 * self.thousands))
        exact = (exact * 100).normalize()
        exponent = exact.as_tuple().exponent
        own = -exponent if isinstance(exponent, int) and exponent < 0 else 0
        return f"{exact:.{max(self.places, own)}f}%"


# Parts of a format that are no placeholders: "literal", \x, _x (a space as wide), *x, [Red].
_LITERAL = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]')
_SCALED = re.compile(r"[0#?](,+)(?![0#?,])")


def shown_by(code: str) -> Shown | None:
    """Return what a number format does to the figure, or None where it leaves it as it is."""
    for section in _LITERAL.sub("", code).split(";"):
        if "%" in section:
            places = re.search(r"\.([0#?]+)", section)
            return Shown(percent=True, places=places[1].count("0") if places else 0)
        if scaled := _SCALED.search(section):
            return Shown(thousands=len(scaled[1]))
    return None


#: Number formats of Excel that stand in no file: 9 is 0%, 10 is 0.00%.
_BUILT_IN = {9: Shown(percent=True), 10: Shown(percent=True, places=2)}


def _elements(data: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the path (without namespaces) and attributes of every element of a small part.

    Raises EntitiesRefused where it declares a document type, ExpatError where it is no XML.
    """
    found: list[tuple[str, dict[str, str]]] = []
    path: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        path.append(name.rpartition(":")[2])
        found.append(("/".join(path[-3:]), attributes))

    parser = guarded_parser()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: path.pop()
    parser.Parse(data, True)
    yield from found


def guarded_parser() -> expat.XMLParserType:
    """Return a parser that raises EntitiesRefused at the first sign of a document type."""

    def refuse(*_: object) -> None:
        raise EntitiesRefused

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    return parser


@dataclass(frozen=True)
class _Styles:
    """Which cell formats (by their number, as written in the sheets) matter."""

    shown: dict[bytes, Shown]
    struck: frozenset[bytes]


def _read_styles(data: bytes) -> _Styles:
    formats = dict(_BUILT_IN)
    struck_fonts: set[int] = set()
    shown: dict[bytes, Shown] = {}
    struck: set[bytes] = set()
    fonts = cells = 0
    for path, attributes in _elements(data):
        match path:
            case "styleSheet/numFmts/numFmt":
                effect = shown_by(attributes.get("formatCode", ""))
                number = int(attributes["numFmtId"])
                formats.pop(number, None)
                if effect:
                    formats[number] = effect
            case "styleSheet/fonts/font":
                fonts += 1
            case "fonts/font/strike":
                if attributes.get("val", "1") not in ("0", "false"):
                    struck_fonts.add(fonts - 1)
            case "styleSheet/cellXfs/xf":
                name = str(cells).encode()
                effect = formats.get(int(attributes.get("numFmtId", 0)))
                if effect:
                    shown[name] = effect
                if int(attributes.get("fontId", 0)) in struck_fonts:
                    struck.add(name)
                cells += 1
    return _Styles(shown, frozenset(struck))


class XlsxMarks:
    """The marks of an xlsx, a sheet at a time."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        names = {name.lower(): name for name in archive.namelist()}
        book = names["xl/workbook.xml"]
        folder = posixpath.dirname(book)
        relations = names.get(f"{folder.lower()}/_rels/workbook.xml.rels", "")
        self._parts: dict[str, str] = {}
        targets: dict[str, str] = {}
        styles = ""
        for _, attributes in _elements(archive.read(relations)) if relations else ():
            target = posixpath.normpath(posixpath.join("/" + folder, attributes.get("Target", "")))
            part = names.get(target.lstrip("/").lower(), "")
            targets[attributes.get("Id", "")] = part
            if attributes.get("Type", "").endswith("/styles"):
                styles = part
        for path, attributes in _elements(archive.read(book)):
            if path == "workbook/sheets/sheet":
                relation = next(
                    (v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), ""
                )
                self._parts[attributes.get("name", "")] = targets.get(relation, "")
        self._styles = _read_styles(archive.read(styles)) if styles else _Styles({}, frozenset())
        #: Whether it went out to a desk, and all of it counts.
        self.is_desk_copy = not self._parts.keys().isdisjoint((MARK_SHEET, ANSWER_MARK_SHEET))

    def of(self, sheet: str) -> Marks:
        """Return the marks of a sheet; none where it has no cells of its own (a chart)."""
        marks = Marks()
        if part := self._parts.get(sheet):
            with self._archive.open(part) as stream:
                search = _Search(marks, self._styles, formulas=self.is_desk_copy)
                for piece in _pieces(stream.read):
                    search.look(piece)
        return marks


#: How much of a sheet is searched at once.
_PIECE = 4_000_000
_COMMENT = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>", re.DOTALL)
_ROOT = re.compile(rb"<(?:([\w.-]+):)?worksheet[\s>]")


def _pieces(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """Yield a sheet in pieces that end where a row ends, in the one form that is searched.

    That form has no prefixes, no comments, and attributes in double quotation marks. How a sheet
    differs from it is told by its beginning: one program wrote it all.
    """
    rest = read(_PIECE)
    if b"<!DOCTYPE" in rest:
        raise EntitiesRefused
    root = _ROOT.search(rest)
    prefix = root[1] if root else None
    has_comments, has_other_quotes = b"<!" in rest, b"='" in rest
    begin = b"<" + prefix + b":row" if prefix else b"<row"
    more = rest
    while more:
        more = read(_PIECE)
        piece = rest + more
        cut = piece.rfind(begin) if more else len(piece)
        if cut <= 0:
            rest = piece
            continue
        piece, rest = piece[:cut], piece[cut:]
        if has_comments:
            piece = _COMMENT.sub(b"", piece)
        if prefix:
            piece = piece.replace(b"<" + prefix + b":", b"<").replace(b"</" + prefix + b":", b"</")
        if has_other_quotes:
            piece = piece.replace(b"'", b'"')
        yield piece


_HIDDEN_ROW = re.compile(rb'<row\s(?:[^>]*?\s)?hidden="(?:1|true)"[^>]*>')
_REFERENCE = re.compile(rb'\sr="([A-Z]{1,3})(\d{1,7})"')
_ROW_NUMBER = re.compile(rb'\sr="(\d{1,7})"')
_PLACE_IN_TAG = rb'[^>]*?\sr="([A-Z]{1,3})(\d{1,7})"[^>]*(?<!/)>'
_IN_ERROR = re.compile(rb'<c\b(?=[^>]*?\st="e")' + _PLACE_IN_TAG + rb"(.*?)</c>", re.DOTALL)
_ERROR = re.compile(rb"<v>([^<]{1,40})</v>")
_FORMULA = re.compile(rb"<f")
_UNCACHED = re.compile(
    rb"<c(\s[^>]*)?(?<!/)>\s*<f(?:\s[^>]*?)?(?:/>|>[^<]*</f>)\s*(<v\s*/>|<v>\s*</v>)?\s*</c>"
)
_CALCULATED = re.compile(rb"<c\s[^>]*(?<!/)>\s*<f[\s/>]")
_FILLED = re.compile(rb"<c\s[^>]*(?<!/)>")
_UNNUMBERED = re.compile(rb'<(?:c|row)(?![^>]*\sr=")[\s/>]')
_TAG = re.compile(rb"<(c|row)(?=[\s/>])([^>]*)>")


def _filled_cell(styles: Collection[bytes]) -> re.Pattern[bytes] | None:
    """Return what finds the filled cells of some styles: style, column and row."""
    if not styles:
        return None
    return re.compile(rb'<c\b(?=[^>]*\ss="(' + b"|".join(styles) + rb')")' + _PLACE_IN_TAG)


class _Search:
    """Looks through the pieces of one sheet for the cells that matter."""

    def __init__(self, marks: Marks, styles: _Styles, *, formulas: bool) -> None:
        self._marks, self._styles, self._formulas = marks, styles, formulas
        self._shown = _filled_cell(styles.shown)
        self._struck = _filled_cell(styles.struck)
        self._numbers: bool | None = None
        self._row, self._column = -1, -1

    def look(self, piece: bytes) -> None:
        """Note what matters in some rows."""
        if self._numbers is None and b"<c" in piece:
            self._numbers = _UNNUMBERED.search(piece) is not None
        if self._numbers:
            piece = _TAG.sub(self._numbered, piece)
        if b"hidden=" in piece:
            for match in _HIDDEN_ROW.finditer(piece):
                if number := _ROW_NUMBER.search(match[0]):
                    self._marks.hidden.add(int(number[1]) - 1)
        # A pattern finds two bytes in half the time that ``in`` takes.
        if _FORMULA.search(piece):
            for match in _UNCACHED.finditer(piece):
                # An empty text is the result of many a formula; it says so.
                if not (match[2] and b't="str"' in (match[1] or b"")):
                    self._marks.uncached.append(_place(match[0]))
            if self._formulas:
                self._marks.formulas += [_place(m[0]) for m in _CALCULATED.finditer(piece)]
        if b't="e"' in piece:
            for letters, row, content in _IN_ERROR.findall(piece):
                error = _ERROR.search(content)
                text = error[1].decode("ascii", "replace") if error else "#VALUE!"
                self._marks.texts[int(row) - 1].append((_column(letters), text))
        self._look_at_styles(piece)

    def _look_at_styles(self, piece: bytes) -> None:
        shown = self._styles.shown
        if self._shown:
            for name, letters, row in self._shown.findall(piece):
                self._marks.shown[int(row) - 1].append((_column(letters), shown[name]))
        if self._struck:
            self._look_for_struck(self._struck.finditer(piece), piece)

    def _look_for_struck(self, cells: Iterator[re.Match[bytes]], piece: bytes) -> None:
        struck: dict[int, tuple[int, list[int]]] = {}
        for match in cells:
            row, column = int(match[3]) - 1, _column(match[2])
            struck.setdefault(row, (match.start(), []))[1].append(column)
        for row, (start, columns) in struck.items():
            first, last = piece.rfind(b"<row", 0, start), piece.find(b"</row", start)
            filled = sum(1 for _ in _FILLED.finditer(piece, first, last))
            if filled == len(columns):
                self._marks.struck_rows.add(row)
            else:
                self._marks.struck_cells[row] = columns

    def _numbered(self, match: re.Match[bytes]) -> bytes:
        """Write the place into a tag that relies on being the next one."""
        tag, attributes = match[1], match[2]
        if tag == b"row":
            number = _ROW_NUMBER.search(attributes)
            self._row = int(number[1]) - 1 if number else self._row + 1
            self._column = -1
            return match[0] if number else b'<row r="%d"%b>' % (self._row + 1, attributes)
        if _REFERENCE.search(attributes):
            self._column = _place(attributes)[1]
            return match[0]
        self._column += 1
        return b'<c r="%b%d"%b>' % (_letters(self._column), self._row + 1, attributes)


def _place(tag: bytes) -> tuple[int, int]:
    reference = _REFERENCE.search(tag)
    if reference is None:
        raise ValueError("a cell without a place")
    return int(reference[2]) - 1, _column(reference[1])


@cache
def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


@cache
def _letters(column: int) -> bytes:
    letters = b""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = bytes([65 + letter]) + letters
    return letters
