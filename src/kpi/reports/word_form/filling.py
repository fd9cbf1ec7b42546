"""A form filled for one indicator after the other, each on a page of its own.

docxtpl mends what Word makes of placeholders (it spreads them over runs) and jinja2 fills them; of
jinja2 nothing is at work but names, rows repeated and conditions, in its sandbox.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from copy import deepcopy
from datetime import date, datetime
from typing import Any

from docx.image.image import Image
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.oxml.shape import CT_Inline
from docx.parts.image import ImagePart
from docx.shared import Emu, Mm
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, nodes
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

from kpi.reports.word_form.fields import BEGIN, END, Values

#: What a form may say to jinja2, and nothing else.
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.For,
    nodes.If,
    nodes.Not,
)
_SPECIAL = re.compile(f"{BEGIN}([^{END}])([^{END}]*){END}")
#: Letters that a property of a file may have.
_LONGEST_PROPERTY = 255
_WIDEST = Mm(122)
#: Between the text of a cell and its sides, both together.
_CELL_MARGINS = 220
_TWIP = 635
#: What must be another in every sheet, or is of no use in a second one.
_ONCE = (
    "bookmarkStart",
    "bookmarkEnd",
    "commentRangeStart",
    "commentRangeEnd",
    "commentReference",
    "proofErr",
)
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
#: A zip knows no earlier day.
_NO_DAY = (1980, 1, 1, 0, 0, 0)
_DECLARED = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NEW_PAGE = (
    f'<w:p xmlns:w="{_W}"><w:pPr>'
    '<w:pageBreakBefore/><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
    '<w:rPr><w:sz w:val="2"/></w:rPr></w:pPr></w:p>'
)


class NotAllowed(ValueError):
    """A form says something to jinja2 that no form may say."""


class Form:
    """A form, and what it has been filled with so far."""

    def __init__(self, template: bytes, colours: dict[str, str]) -> None:
        """Open a form. ``colours`` are those of the marks, as RRGGBB.

        Raises as python-docx does where it is none, jinja2's TemplateError or `NotAllowed` where it
        cannot be filled.
        """
        self._tpl = DocxTemplate(io.BytesIO(template))
        self._tpl.render_init()
        self._colours = colours
        self._jinja = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
        self._jinja.globals.clear()
        body = self._tpl.docx.element.body
        section = self._tpl.docx.sections[-1]
        self._width = int(section.page_width - section.left_margin - section.right_margin)
        self._end = body.sectPr
        body.remove(self._end)
        for row in body.iter(qn("w:tr")):
            _free_repeated_cells(row)
        self._body = self._compiled(self._tpl.patch_xml(self._tpl.get_xml()))
        self._sheets: list[bytes] = []
        # How many drawings and pictures there are so far.
        self._drawings = self._pictures = 0

    def add(self, values: Values, picture: bytes | None, told: str, without: str) -> None:
        """Fill the form once more.

        ``picture`` is the chart as PNG and ``told`` what it shows; where there is none, the words
        ``without`` stand in its place. Raises jinja2's TemplateError or lxml's XMLSyntaxError.
        """
        filled = self._tpl.resolve_listing(self._body.render(values))
        body = parse_xml(filled)
        for run in list(body.iter(qn("w:r"))):
            self._set_apart(run, picture, told, without)
        for table in body.iter(qn("w:tbl")):
            _share_columns(table)
        if self._sheets:
            _begin_on_new_page(body)
            _drop_what_is_once(body)
        for drawing in body.iter(qn("wp:docPr")):
            self._drawings += 1
            drawing.set("id", str(self._drawings))
        text = etree.tostring(body, encoding="utf-8")
        self._sheets.append(text[text.index(b">") + 1 : text.rindex(b"</")])

    def to_bytes(self, shared: Values, title: str, day: date) -> bytes:
        """Return the document. Headers and footers know ``shared`` alone; its dates are ``day``."""
        for uri in (DocxTemplate.HEADER_URI, DocxTemplate.FOOTER_URI):
            for key, part in list(self._tpl.get_headers_footers(uri)):
                filled = self._compiled(self._tpl.patch_xml(self._tpl.get_part_xml(part)))
                text = self._tpl.resolve_listing(filled.render(shared))
                element = parse_xml(text)
                for run in list(element.iter(qn("w:r"))):
                    self._set_apart(run, None, "", "")
                self._tpl.map_headers_footers_xml(key, etree.tostring(element))
        document = self._tpl.docx
        about = document.core_properties
        about.title, about.language = title[:_LONGEST_PROPERTY], "ja-JP"
        about.created = about.modified = datetime(day.year, day.month, day.day)
        about.last_modified_by, about.revision = "", 1
        body = document.element.body
        body.clear()
        body.append(self._end)
        hollow = etree.tostring(document.element, encoding="utf-8")
        begin = hollow.index(b">", hollow.index(b"<w:body")) + 1
        return packed(document, [_DECLARED, hollow[:begin], *self._sheets, hollow[begin:]])

    def _compiled(self, source: str) -> Any:
        _look_over(self._jinja.parse(source), "")
        return self._jinja.from_string(source)

    def _set_apart(self, run: Any, picture: bytes | None, told: str, without: str) -> None:
        """Put what is more than text in runs of its own, set as the run it stood in."""
        if not any(BEGIN in (text.text or "") for text in run.iter(qn("w:t"))):
            return
        looks = run.find(qn("w:rPr"))
        for child in list(run):
            if child is looks:
                continue
            if child.tag != qn("w:t"):
                _run_before(run, looks).append(child)
                continue
            for text, kind in _pieces(child.text or ""):
                new = _run_before(run, looks)
                if kind == "#" and picture is not None:
                    new.append(self._drawing(picture, told, self._room(run)))
                    continue
                _set_look(new, kind, self._colours)
                part = etree.SubElement(new, qn("w:t"))
                part.text = without if kind == "#" else text
                part.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        run.getparent().remove(run)

    def _room(self, run: Any) -> int:
        """Return how wide a picture may be where a run stands, in EMU."""
        for cell in run.iterancestors(qn("w:tc")):
            width = cell.find(f"{qn('w:tcPr')}/{qn('w:tcW')}")
            if width is not None and width.get(qn("w:type")) == "dxa":
                return (int(float(width.get(qn("w:w")))) - _CELL_MARGINS) * _TWIP
        return min(self._width, _WIDEST)

    def _drawing(self, png: bytes, told: str, room: int) -> Any:
        """Return a picture for a run, and keep it with the document."""
        document = self._tpl.docx.part
        image = Image.from_blob(png)
        # python-docx would hold every picture against all the others.
        self._pictures += 1
        place = PackURI(f"/word/media/chart{self._pictures}.png")
        relation = document.relate_to(ImagePart.from_image(image, place), RELATIONSHIP_TYPE.IMAGE)
        height = Emu(room * image.px_height // image.px_width)
        inline = CT_Inline.new_pic_inline(0, relation, place.filename, Emu(room), height)
        inline.docPr.set("descr", told)
        drawing = parse_xml(f'<w:drawing xmlns:w="{_W}"/>')
        drawing.append(inline)
        return drawing


def _look_over(node: nodes.Node, row: str) -> None:
    """Raise `NotAllowed` where anything is said that no form may say.

    Within a repetition a list of its ``row`` alone is repeated, so that no form grows by more than
    what is to be told.
    """
    for child in node.iter_child_nodes():
        if not isinstance(child, _ALLOWED):
            raise NotAllowed(type(child).__name__)
        if not isinstance(child, nodes.For):
            _look_over(child, row)
            continue
        of = child.iter.node if isinstance(child.iter, nodes.Getattr) else child.iter
        if not (isinstance(of, nodes.Name) and isinstance(child.target, nodes.Name)):
            raise NotAllowed("For")
        if row and not (isinstance(child.iter, nodes.Getattr) and of.name == row):
            raise NotAllowed("For")
        _look_over(child, child.target.name)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a text, each with what it is to be: nothing for plain text."""
    begin = 0
    for match in _SPECIAL.finditer(text):
        if match.start() > begin:
            yield text[begin : match.start()], ""
        yield match[2], match[1]
        begin = match.end()
    if begin < len(text):
        yield text[begin:], ""


def _run_before(run: Any, looks: Any) -> Any:
    """Return a new run before another, set as that one is."""
    new = run.makeelement(qn("w:r"))
    run.addprevious(new)
    if looks is not None:
        new.append(deepcopy(looks))
    return new


def _set_look(run: Any, kind: str, colours: dict[str, str]) -> None:
    """Set a run in bold or in the colour of a mark."""
    if kind == "*":
        run.get_or_add_rPr().get_or_add_b().val = True
    elif kind in colours:
        colour = run.get_or_add_rPr().get_or_add_color()
        colour.attrib.clear()
        colour.set(qn("w:val"), colours[kind])


def _free_repeated_cells(row: Any) -> None:
    """Let the cells that a row repeats have no width of their own."""
    within = False
    for cell in row.findall(qn("w:tc")):
        text = "".join(part.text or "" for part in cell.iter(qn("w:t")))
        if re.search(r"\{%tc\s+(end)?for\b", text):
            within = "endfor" not in text
        elif within:
            width = cell.get_or_add_tcPr().get_or_add_tcW()
            width.set(qn("w:type"), "auto")
            width.set(qn("w:w"), "0")


def _share_columns(table: Any) -> None:
    """Where repeated cells made rows longer than the table has columns, let them share the room."""
    grid = table.tblGrid
    rows = table.findall(qn("w:tr"))
    lengths = [sum(cell.grid_span for cell in row.findall(qn("w:tc"))) for row in rows]
    longest = max(lengths, default=0)
    if not longest or longest == len(grid.gridCol_lst):
        return
    total = sum(int(float(column.get(qn("w:w"), 0))) for column in grid.gridCol_lst)
    cells = rows[lengths.index(longest)].findall(qn("w:tc"))
    fixed = sum(0 if _is_free(cell) else _twips(cell) for cell in cells)
    free = sum(cell.grid_span for cell in cells if _is_free(cell))
    share = (total - fixed) // free if free else 0
    for column in list(grid.gridCol_lst):
        grid.remove(column)
    for cell in cells:
        width = share if _is_free(cell) else _twips(cell) // cell.grid_span
        for _ in range(cell.grid_span):
            grid.add_gridCol().set(qn("w:w"), str(width))
    for row, length in zip(rows, lengths, strict=True):
        own = row.findall(qn("w:tc"))
        for cell in own:
            if _is_free(cell):
                width = cell.tcPr.tcW
                width.set(qn("w:type"), "dxa")
                width.set(qn("w:w"), str(share))
        if own and length < longest:
            own[-1].grid_span = own[-1].grid_span + longest - length


def _is_free(cell: Any) -> bool:
    properties = cell.tcPr
    width = None if properties is None else properties.tcW
    return width is None or width.get(qn("w:type")) == "auto"


def _twips(cell: Any) -> int:
    return int(float(cell.tcPr.tcW.get(qn("w:w"))))


def _begin_on_new_page(body: Any) -> None:
    """Let the first paragraph begin a page; before a table, one too small to be seen."""
    first = body[0] if len(body) else None
    if first is not None and first.tag == qn("w:p"):
        first.get_or_add_pPr().get_or_add_pageBreakBefore()
    else:
        body.insert(0, parse_xml(_NEW_PAGE))


def _drop_what_is_once(body: Any) -> None:
    for local in _ONCE:
        for element in list(body.iter(qn(f"w:{local}"))):
            element.getparent().remove(element)
    for element in list(body.iter(qn("w:sdtPr"))):
        for id_ in element.findall(qn("w:id")):
            element.remove(id_)
    for element in body.iter(qn("w:p"), qn("w:tr")):
        for attribute in ("paraId", "textId"):
            element.attrib.pop(_W14 + attribute, None)


def packed(document: Any, body: Sequence[bytes] = ()) -> bytes:
    """Return a document's package, perhaps with another body; always the same bytes."""
    saved, file = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(file, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _NO_DAY)
            entry.compress_type = (
                zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            )
            is_other = body and name == "word/document.xml"
            with target.open(entry, "w") as part:
                # Piece by piece: a thousand sheets are not put together twice.
                part.writelines(body if is_other else [source.read(name)])
    return file.getvalue()
