"""Our own form (評価調書) as a Word file with placeholders: one sheet of A4 for an indicator.

A city that wants another takes this one, changes it in Word and hands it back as its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.enum.table import WD_ALIGN_VERTICAL
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.shared import Mm, Pt

from kpi.charts import Theme
from kpi.reports.word_form.fields import name
from kpi.reports.word_form.paper import NAMESPACE, WIDTH, Paper
from kpi.words import DEFAULT, say, speaking

_LABEL = 24.0
_CHECKBOX = (
    f'<w:sdt {NAMESPACE} xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"><w:sdtPr>'
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


class _OwnForm(Paper):
    """The form while it is put together, from the top down."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, say("report.docx.title"))
        self._head()
        self._figures()
        self._rating()
        self._department()
        self._second_rating()
        self._foot()

    def _head(self) -> None:
        top = self.paragraph(_tag("municipality") + "\t")
        top.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH), 2)  # to the right
        code = name("code")
        self.words(top, f"{{% if {code} %}}{say('report.docx.number')}{_tag('code')}{{% endif %}}")
        title = self.document.add_paragraph(say("report.docx.title"), style="Heading 1")
        title.alignment = WD_ALIGN_PARAGRAPH.CENTER
        title.paragraph_format.space_after = Pt(3)
        table = self.table((_LABEL, 92, 20, 46))
        lines = (
            (("plan", _tag("plan")), ("year", _tag("year"))),
            (("path", _tag("path")), ("department", _tag("department"))),
            (("title", ""), ("day", _tag("day"))),
        )
        for line in lines:
            row = table.add_row().cells
            for at, (key, text) in zip((0, 2), line, strict=True):
                self.label(row[at], name(key))
                self.words(row[at + 1].paragraphs[0], text)
        self.words(row[1].paragraphs[0], _tag("title"), bold=True)
        unit = f"{{% if {name('unit')} %}}{_tag('unit')}{say('list.comma')}{{% endif %}}"
        self.words(
            row[1].paragraphs[0],
            say("report.docx.unit", unit=unit, direction=_tag("direction")),
        )
        row = table.add_row().cells
        self.label(row[0], name("origin"))
        self.words(row[1].merge(row[3]).paragraphs[0], _tag("origin"))

    def _figures(self) -> None:
        self._heading(1, say("report.docx.part.figures"), _tag("unit"))
        table = self.table((18, 4, WIDTH - 26, 4))
        row_word = say("report.docx.row.word")
        rows = say("report.docx.row.block")
        self._repeated(table, f"{{%tr for {rows} in {name('year_rows')} %}}")
        for key in ("label", "short_target", "actual", "state", "mark"):
            cells = table.add_row().cells
            self.label(cells[0], say(f"report.docx.line.{key}"))
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
                self.words(paragraph, words, size=8)
                if key == "label":
                    self.shade(cell)
                _close(cell)
        self._repeated(table, "{%tr endfor %}")
        self._repeated(table, f"{{%tr if {name('long_targets')} %}}")
        cells = table.add_row().cells
        self.label(cells[0], say("report.docx.line.long_targets"))
        self.words(cells[1].merge(cells[3]).paragraphs[0], _tag("long_targets"), size=8)
        self._repeated(table, "{%tr endif %}")
        self.gap()
        table = self.table((134, WIDTH - 134))
        chart, beside = table.add_row().cells
        self.words(chart.paragraphs[0], _tag("chart"))
        chart.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        beside.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
        self._measures(beside)

    def _measures(self, cell: Any) -> None:
        """List the measures, a paragraph each: name, value and what it means."""
        paragraphs = [cell.paragraphs[0], cell.add_paragraph(), cell.add_paragraph()]
        row_word = say("report.docx.row.word")
        self.words(paragraphs[0], f"{{%p for {row_word} in {name('measures')} %}}")
        line = paragraphs[1]
        line.paragraph_format.space_after = Pt(5)
        line.paragraph_format.tab_stops.add_tab_stop(Mm(16))
        self.words(line, _of_row("name", "measures") + "\t")
        self.words(line, _of_row("value", "measures"), bold=True, size=10)
        line.add_run().add_break()
        self.words(line, _of_row("meaning", "measures"), size=7.5, colour="ink-2")
        self.words(paragraphs[2], "{%p endfor %}")

    def _rating(self) -> None:
        self._heading(2, say("report.docx.part.rating"), _tag("judged_by"))
        table = self.table((4, WIDTH - 8, 4))
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
            self.words(cell.paragraphs[0], words)
            _close(cell)
        self.gap()
        table = self.table((_LABEL, WIDTH - _LABEL))
        row = table.add_row().cells
        self.label(row[0], name("reason"))
        self.words(row[1].paragraphs[0], _tag("reason"))

    def _department(self) -> None:
        self._heading(3, say("report.docx.part.department"), _tag("department"))
        table = self.table((_LABEL, WIDTH - _LABEL))
        for key, height in (("cause", 17), ("action", 18)):
            row = table.add_row()
            row.height = Mm(height)
            self.label(row.cells[0], name(key))
            paragraph = row.cells[1].paragraphs[0]
            if key == "action":
                self._boxes(paragraph, say("report.docx.actions").split("／"))
                paragraph = row.cells[1].add_paragraph()
            self.words(paragraph, _tag(key))

    def _second_rating(self) -> None:
        self._heading(4, say("report.docx.part.second"), "")
        table = self.table((_LABEL, 92, 20, 46))
        row = table.add_row()
        row.height = Mm(15)
        self.label(row.cells[0], say("report.docx.line.opinion"))
        row.cells[1].merge(row.cells[3])
        row = table.add_row()
        self.label(row.cells[0], say("report.docx.line.fixed"))
        self._boxes(row.cells[1].paragraphs[0], say("report.docx.fixed").split("／"))
        self.label(row.cells[2], say("report.docx.line.checked"))
        self.words(row.cells[3].paragraphs[0], say("report.docx.blank_day"))
        row.cells[3].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def _foot(self) -> None:
        foot = self.paragraph("")
        foot.paragraph_format.space_before = Pt(4)
        lines = (
            _tag("source"),
            _tag("chart_notes"),
            f"{{% if {name('provisional')} %}}"
            + say("report.docx.provisional", years=_tag("provisional"))
            + "{% endif %}",
            say("report.docx.made", day=_tag("day")),
        )
        self.words(foot, "　".join(lines), size=7.5, colour="ink-2")

    def _heading(self, number: int, words: str, beside: str) -> None:
        heading = self.document.add_paragraph(f"{number}　{words}", style="Heading 2")
        heading.paragraph_format.space_before = Pt(6)
        heading.paragraph_format.space_after = Pt(2)
        if beside:
            self.words(heading, f"　{beside}", size=8, colour="ink-2", bold=False)

    def _boxes(self, paragraph: Any, words: Sequence[str]) -> None:
        """Put boxes to tick, each before its words."""
        for one in words:
            paragraph._p.append(parse_xml(_CHECKBOX))
            self.words(paragraph, f" {one}　　")

    def _repeated(self, table: Any, tag: str) -> None:
        """Add a row that holds but what repeats the rows after it; it is not in the document."""
        cells = table.add_row().cells
        self.words(cells[0].merge(cells[-1]).paragraphs[0], tag)


def _close(cell: Any) -> None:
    """Let a narrow cell have hardly any margin at its sides."""
    cell._tc.get_or_add_tcPr().append(
        parse_xml(
            f'<w:tcMar {NAMESPACE}><w:left w:w="15" w:type="dxa"/>'
            '<w:right w:w="15" w:type="dxa"/></w:tcMar>'
        )
    )
