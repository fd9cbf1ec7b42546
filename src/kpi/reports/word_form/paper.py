"""A sheet of A4 as Word has it, and what stands on it: one look for all that we set ourselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from kpi.charts import Theme
from kpi.reports.word_form.filling import packed

#: Of Windows and of Office for Mac; elsewhere the nearest takes its place.
_FONT = "Yu Gothic"
#: Of the lines, in mm.
WIDTH = 182.0
NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


class Paper:
    """A document while it is put together, from the top down."""

    def __init__(self, theme: Theme, title: str) -> None:
        """Begin a document, its lines and grounds in the colours of a theme."""
        self._theme = theme
        self.document = Document()
        self._set_up()
        about = self.document.core_properties
        about.title, about.author, about.comments = title, "", ""
        about.created = about.modified = datetime(2000, 1, 1)

    def to_bytes(self) -> bytes:
        """Return the document, always the same bytes."""
        return packed(self.document)

    def _set_up(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(14)
        section.top_margin, section.bottom_margin = Mm(12), Mm(11)
        section.header_distance = section.footer_distance = Mm(6)
        for grid in section._sectPr.findall(qn("w:docGrid")):
            section._sectPr.remove(grid)
        normal = self.document.styles["Normal"]
        normal.font.name, normal.font.size = _FONT, Pt(9)
        fonts = normal.element.rPr.rFonts
        for script in ("w:eastAsia", "w:cs"):
            fonts.set(qn(script), _FONT)
        fonts.set(qn("w:hint"), "eastAsia")
        # Figures too are Japanese: else another font takes the place of one that is missing.
        normal.element.rPr.append(
            parse_xml(f'<w:lang {NAMESPACE} w:val="ja-JP" w:eastAsia="ja-JP"/>')
        )
        for between in ("autoSpaceDE", "autoSpaceDN"):
            no_gap = parse_xml(f'<w:{between} {NAMESPACE} w:val="0"/>')
            normal.element.get_or_add_pPr().append(no_gap)
        for style in (normal, *self._headings()):
            spacing = style.paragraph_format
            spacing.space_before = spacing.space_after = Pt(0)
            spacing.line_spacing = 1.0
        for setting in self.document.settings.element.iter(qn("w:compatSetting")):
            if setting.get(qn("w:name")) == "compatibilityMode":
                # Of Word 2013 and later; with a lower one Word speaks of a compatibility mode.
                setting.set(qn("w:val"), "15")

    def _headings(self) -> Iterator[Any]:
        for title, size in (("Heading 1", 15), ("Heading 2", 10)):
            style = self.document.styles[title]
            style.font.name, style.font.size, style.font.bold = _FONT, Pt(size), True
            style.font.color.rgb = RGBColor.from_string(self.colour("ink"))
            fonts = style.element.rPr.rFonts
            # Fonts of a theme would go before those named.
            for script in ("ascii", "hAnsi", "eastAsia", "cs"):
                fonts.attrib.pop(qn(f"w:{script}Theme"), None)
                fonts.set(qn(f"w:{script}"), _FONT)
            yield style

    def colour(self, token: str) -> str:
        """Return a colour as Word writes it."""
        return self._theme[token].removeprefix("#").upper()

    def paragraph(self, words: str) -> Any:
        """Add a paragraph."""
        paragraph = self.document.add_paragraph()
        self.words(paragraph, words)
        return paragraph

    def words(
        self,
        paragraph: Any,
        words: str,
        *,
        bold: bool | None = None,
        size: float | None = None,
        colour: str = "",
    ) -> None:
        """Add words to a paragraph; ``size`` in points, ``colour`` a token."""
        run = paragraph.add_run(words)
        run.bold = bold
        if size is not None:
            run.font.size = Pt(size)
        if colour:
            run.font.color.rgb = RGBColor.from_string(self.colour(colour))

    def label(self, cell: Any, words: str) -> None:
        """Write what a row or column is in a shaded cell."""
        self.shade(cell)
        cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
        self.words(cell.paragraphs[0], words, size=8.5)

    def shade(self, cell: Any) -> None:
        """Give a cell a ground."""
        fill = self.colour("surface-2")
        shade = parse_xml(f'<w:shd {NAMESPACE} w:val="clear" w:color="auto" w:fill="{fill}"/>')
        cell._tc.get_or_add_tcPr().append(shade)

    def gap(self) -> None:
        """Part two tables, which would be one without a paragraph between them."""
        gap = self.paragraph("")
        gap.paragraph_format.line_spacing = Pt(1)
        gap.paragraph_format.space_after = Pt(0)
        gap.runs[0].font.size = Pt(1)

    def table(self, widths: Sequence[float]) -> Any:
        """Add a table without rows, its columns as wide as given in mm."""
        table = self.document.add_table(0, len(widths))
        table.alignment = WD_TABLE_ALIGNMENT.LEFT
        table.autofit = False
        colour = self.colour("line-strong")
        sides = ("top", "left", "bottom", "right", "insideH", "insideV")
        lines = "".join(
            f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{colour}"/>' for side in sides
        )
        properties = table._tbl.tblPr
        margins = parse_xml(
            f'<w:tblCellMar {NAMESPACE}><w:top w:w="28" w:type="dxa"/>'
            '<w:left w:w="85" w:type="dxa"/>'
            '<w:bottom w:w="28" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar>'
        )
        # In the order of the standard, which Word insists on.
        layout = properties.find(qn("w:tblLayout"))
        layout.addprevious(parse_xml(f"<w:tblBorders {NAMESPACE}>{lines}</w:tblBorders>"))
        layout.addnext(margins)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        return table
