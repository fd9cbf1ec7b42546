"""Our own form (評価調書) as a Word file with placeholders: one sheet of A4 for an indicator.

A city that wants another takes this one, changes it in Word and hands it back as its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from kpi.charts import Theme
from kpi.reports.word_form.fields import name
from kpi.reports.word_form.filling import packed
from kpi.words import DEFAULT, say, speaking

#: Of Windows and of Office for Mac; elsewhere the nearest takes its place.
_FONT = "Yu Gothic"
_WIDTH = 182.0
_LABEL = 24.0
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_CHECKBOX = (
    f'<w:sdt {_W} xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"><w:sdtPr>'
    '<w14:checkbox><w14:checked w14:val="0"/><w14:checkedState w14:val="2611" '
    'w14:font="MS Gothic"/><w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/>'
    '</w14:checkbox></w:sdtPr><w:sdtContent><w:r><w:rPr><w:rFonts w:ascii="MS Gothic" '
    'w:hAnsi="MS Gothic" w:eastAsia="MS Gothic" w:hint="eastAsia"/></w:rPr><w:t>☐</w:t></w:r>'
    "</w:sdtContent></w:sdt>"
)


@speaking(DEFAULT)
def own_form(theme: Theme) -> bytes:
    """Return the form, its lines and grounds in the colours of a theme."""
    return _OwnForm(theme).to_bytes()


def _tag(key: str) -> str:
    return f"{{{{ {name(key)} }}}}"


def _of_row(key: str, of: str) -> str:
    return f"{{{{ {say('report.docx.row.word')}.{name(key, of)} }}}}"


class _OwnForm:
    """The form while it is put together, from the top down."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._document = Document()
        self._set_up()
        self._head()
        self._figures()
        self._rating()
        self._department()
        self._second_rating()
        self._foot()

    def to_bytes(self) -> bytes:
        return packed(self._document)

    def _set_up(self) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(14)
        section.top_margin, section.bottom_margin = Mm(12), Mm(11)
        section.header_distance = section.footer_distance = Mm(6)
        for grid in section._sectPr.findall(qn("w:docGrid")):
            section._sectPr.remove(grid)
        normal = self._document.styles["Normal"]
        normal.font.name, normal.font.size = _FONT, Pt(9)
        fonts = normal.element.rPr.rFonts
        for script in ("w:eastAsia", "w:cs"):
            fonts.set(qn(script), _FONT)
        fonts.set(qn("w:hint"), "eastAsia")
        # Figures too are Japanese: else another font takes the place of one that is missing.
        normal.element.rPr.append(parse_xml(f'<w:lang {_W} w:val="ja-JP" w:eastAsia="ja-JP"/>'))
        for between in ("autoSpaceDE", "autoSpaceDN"):
            no_gap = parse_xml(f'<w:{between} {_W} w:val="0"/>')
            normal.element.get_or_add_pPr().append(no_gap)
        for style in (normal, *self._headings()):
            spacing = style.paragraph_format
            spacing.space_before = spacing.space_after = Pt(0)
            spacing.line_spacing = 1.0
        for setting in self._document.settings.element.iter(qn("w:compatSetting")):
            if setting.get(qn("w:name")) == "compatibilityMode":
                # Of Word 2013 and later; with a lower one Word speaks of a compatibility mode.
                setting.set(qn("w:val"), "15")
        about = self._document.core_properties
        about.title, about.author, about.comments = say("report.docx.title"), "", ""
        about.created = about.modified = datetime(2000, 1, 1)

    def _headings(self) -> Iterator[Any]:
        for title, size in (("Heading 1", 15), ("Heading 2", 10)):
            style = self._document.styles[title]
            style.font.name, style.font.size, style.font.bold = _FONT, Pt(size), True
            style.font.color.rgb = RGBColor.from_string(self._colour("ink"))
            fonts = style.element.rPr.rFonts
            # Fonts of a theme would go before those named.
            for script in ("ascii", "hAnsi", "eastAsia", "cs"):
                fonts.attrib.pop(qn(f"w:{script}Theme"), None)
                fonts.set(qn(f"w:{script}"), _FONT)
            yield style

    def _colour(self, token: str) -> str:
        return self._theme[token].removeprefix("#").upper()

    def _head(self) -> None:
        top = self._paragraph(_tag("municipality") + "\t")
        top.paragraph_format.tab_stops.add_tab_stop(Mm(_WIDTH), 2)  # to the right
        code = name("code")
        self._words(top, f"{{% if {code} %}}{say('report.docx.number')}{_tag('code')}{{% endif %}}")
        title = self._document.add_paragraph(say("report.docx.title"), style="Heading 1")
        title.alignment = WD_ALIGN_PARAGRAPH.CENTER
        title.paragraph_format.space_after = Pt(3)
        table = self._table((_LABEL, 92, 20, 46))
        lines = (
            (("plan", _tag("plan")), ("year", _tag("year"))),
            (("path", _tag("path")), ("department", _tag("department"))),
            (("title", ""), ("day", _tag("day"))),
        )
        for line in lines:
            row = table.add_row().cells
            for at, (key, text) in zip((0, 2), line, strict=True):
                self._label(row[at], name(key))
                self._words(row[at + 1].paragraphs[0], text)
        self._words(row[1].paragraphs[0], _tag("title"), bold=True)
        unit = f"{{% if {name('unit')} %}}{_tag('unit')}{say('list.comma')}{{% endif %}}"
        self._words(
            row[1].paragraphs[0],
            say("report.docx.unit", unit=unit, direction=_tag("direction")),
        )
        row = table.add_row().cells
        self._label(row[0], name("origin"))
        self._words(row[1].merge(row[3]).paragraphs[0], _tag("origin"))

    def _figures(self) -> None:
        self._heading(1, say("report.docx.part.figures"), _tag("unit"))
        table = self._table((18, 4, _WIDTH - 26, 4))
        row_word = say("report.docx.row.word")
        rows = say("report.docx.row.block")
        self._repeated(table, f"{{%tr for {rows} in {name('year_rows')} %}}")
        for key in ("label", "short_target", "actual", "state", "mark"):
            cells = table.add_row().cells
            self._label(cells[0], say(f"report.docx.line.{key}"))
            for cell, words in zip(
                cells[1:],
                (
                    f"{{%tc for {row_word} in {rows}.{name('years')} %}}",
                    _of_row(key, "years"),
                    "{%tc endfor %}",
                ),
                strict=True,
            ):
                paragraph = cell.paragraphs[0]
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
                self._words(paragraph, words, size=8)
                if key == "label":
                    self._shade(cell)
                _close(cell)
        self._repeated(table, "{%tr endfor %}")
        self._repeated(table, f"{{%tr if {name('long_targets')} %}}")
        cells = table.add_row().cells
        self._label(cells[0], say("report.docx.line.long_targets"))
        self._words(cells[1].merge(cells[3]).paragraphs[0], _tag("long_targets"), size=8)
        self._repeated(table, "{%tr endif %}")
        self._gap()
        table = self._table((134, _WIDTH - 134))
        chart, beside = table.add_row().cells
        self._words(chart.paragraphs[0], _tag("chart"))
        chart.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        beside.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
        self._measures(beside)

    def _measures(self, cell: Any) -> None:
        """List the measures, a paragraph each: name, value and what it means."""
        paragraphs = [cell.paragraphs[0], cell.add_paragraph(), cell.add_paragraph()]
        row_word = say("report.docx.row.word")
        self._words(paragraphs[0], f"{{%p for {row_word} in {name('measures')} %}}")
        line = paragraphs[1]
        line.paragraph_format.space_after = Pt(5)
        line.paragraph_format.tab_stops.add_tab_stop(Mm(16))
        self._words(line, _of_row("name", "measures") + "\t")
        self._words(line, _of_row("value", "measures"), bold=True, size=10)
        line.add_run().add_break()
        self._words(line, _of_row("meaning", "measures"), size=7.5, colour="ink-2")
        self._words(paragraphs[2], "{%p endfor %}")

    def _rating(self) -> None:
        self._heading(2, say("report.docx.part.rating"), _tag("judged_by"))
        table = self._table((4, _WIDTH - 8, 4))
        row_word = say("report.docx.row.word")
        cells = table.add_row().cells
        box, letter, mark = (_of_row(key, "ratings") for key in ("box", "letter", "mark"))
        for cell, words in zip(
            cells,
            (
                f"{{%tc for {row_word} in {name('ratings')} %}}",
                f"{box} {letter}　{mark}",
                "{%tc endfor %}",
            ),
            strict=True,
        ):
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
            self._words(cell.paragraphs[0], words)
            _close(cell)
        self._gap()
        table = self._table((_LABEL, _WIDTH - _LABEL))
        row = table.add_row().cells
        self._label(row[0], name("reason"))
        self._words(row[1].paragraphs[0], _tag("reason"))

    def _department(self) -> None:
        self._heading(3, say("report.docx.part.department"), _tag("department"))
        table = self._table((_LABEL, _WIDTH - _LABEL))
        for key, height in (("cause", 17), ("action", 18)):
            row = table.add_row()
            row.height = Mm(height)
            self._label(row.cells[0], name(key))
            paragraph = row.cells[1].paragraphs[0]
            if key == "action":
                self._boxes(paragraph, say("report.docx.actions").split("／"))
                paragraph = row.cells[1].add_paragraph()
            self._words(paragraph, _tag(key))

    def _second_rating(self) -> None:
        self._heading(4, say("report.docx.part.second"), "")
        table = self._table((_LABEL, 92, 20, 46))
        row = table.add_row()
        row.height = Mm(15)
        self._label(row.cells[0], say("report.docx.line.opinion"))
        row.cells[1].merge(row.cells[3])
        row = table.add_row()
        self._label(row.cells[0], say("report.docx.line.fixed"))
        self._boxes(row.cells[1].paragraphs[0], say("report.docx.fixed").split("／"))
        self._label(row.cells[2], say("report.docx.line.checked"))
        self._words(row.cells[3].paragraphs[0], say("report.docx.blank_day"))
        row.cells[3].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def _foot(self) -> None:
        foot = self._paragraph("")
        foot.paragraph_format.space_before = Pt(4)
        lines = (
            _tag("source"),
            _tag("chart_notes"),
            f"{{% if {name('provisional')} %}}"
            + say("report.docx.provisional", years=_tag("provisional"))
            + "{% endif %}",
            say("report.docx.made", day=_tag("day")),
        )
        self._words(foot, "　".join(lines), size=7.5, colour="ink-2")

    def _heading(self, number: int, words: str, beside: str) -> None:
        heading = self._document.add_paragraph(f"{number}　{words}", style="Heading 2")
        heading.paragraph_format.space_before = Pt(6)
        heading.paragraph_format.space_after = Pt(2)
        if beside:
            self._words(heading, f"　{beside}", size=8, colour="ink-2", bold=False)

    def _paragraph(self, words: str) -> Any:
        paragraph = self._document.add_paragraph()
        self._words(paragraph, words)
        return paragraph

    def _words(
        self,
        paragraph: Any,
        words: str,
        *,
        bold: bool | None = None,
        size: float | None = None,
        colour: str = "",
    ) -> None:
        run = paragraph.add_run(words)
        run.bold = bold
        if size is not None:
            run.font.size = Pt(size)
        if colour:
            run.font.color.rgb = RGBColor.from_string(self._colour(colour))

    def _boxes(self, paragraph: Any, words: Sequence[str]) -> None:
        """Put boxes to tick, each before its words."""
        for one in words:
            paragraph._p.append(parse_xml(_CHECKBOX))
            self._words(paragraph, f" {one}　　")

    def _repeated(self, table: Any, tag: str) -> None:
        """Add a row that holds but what repeats the rows after it; it is not in the document."""
        cells = table.add_row().cells
        self._words(cells[0].merge(cells[-1]).paragraphs[0], tag)

    def _label(self, cell: Any, words: str) -> None:
        self._shade(cell)
        cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
        self._words(cell.paragraphs[0], words, size=8.5)

    def _shade(self, cell: Any) -> None:
        fill = self._colour("surface-2")
        shade = parse_xml(f'<w:shd {_W} w:val="clear" w:color="auto" w:fill="{fill}"/>')
        cell._tc.get_or_add_tcPr().append(shade)

    def _gap(self) -> None:
        """Part two tables, which would be one without a paragraph between them."""
        gap = self._paragraph("")
        gap.paragraph_format.line_spacing = Pt(1)
        gap.paragraph_format.space_after = Pt(0)
        gap.runs[0].font.size = Pt(1)

    def _table(self, widths: Sequence[float]) -> Any:
        """Add a table without rows, its columns as wide as given in mm."""
        table = self._document.add_table(0, len(widths))
        table.alignment = WD_TABLE_ALIGNMENT.LEFT
        table.autofit = False
        colour = self._colour("line-strong")
        sides = ("top", "left", "bottom", "right", "insideH", "insideV")
        lines = "".join(
            f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{colour}"/>' for side in sides
        )
        properties = table._tbl.tblPr
        margins = parse_xml(
            f'<w:tblCellMar {_W}><w:top w:w="28" w:type="dxa"/><w:left w:w="85" w:type="dxa"/>'
            '<w:bottom w:w="28" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar>'
        )
        # In the order of the standard, which Word insists on.
        layout = properties.find(qn("w:tblLayout"))
        layout.addprevious(parse_xml(f"<w:tblBorders {_W}>{lines}</w:tblBorders>"))
        layout.addnext(margins)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        return table


def _close(cell: Any) -> None:
    """Let a narrow cell have hardly any margin at its sides."""
    cell._tc.get_or_add_tcPr().append(
        parse_xml(
            f'<w:tcMar {_W}><w:left w:w="15" w:type="dxa"/>'
            '<w:right w:w="15" w:type="dxa"/></w:tcMar>'
        )
    )
