"""議会資料: slides 16:9 with native charts, to be edited further in PowerPoint.

A cover, how every period stands, what changed within the year, then each measure with its table
and each of its indicators; what does not fit on a slide goes on upon the next.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from itertools import count
from typing import Any

import xlsxwriter
from pptx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.parts.embeddedpackage import EmbeddedXlsxPart
from pptx.parts.slide import SlidePart
from xlsxwriter.utility import xl_col_to_name

from kpi.archive import with_fixed_times
from kpi.charts import SIGNS, ChartSpec, DataSheet, Mark, PeriodSummary, Style, data_sheet
from kpi.charts.arrangement import mark_words, year_words
from kpi.importing.remarks import without_controls
from kpi.model import NoteKind
from kpi.reports.content import Change, IndicatorSheet, Report, Section, TargetLine
from kpi.reports.native_chart import INNER, Frame, Ranges, chart_xml
from kpi.reports.slide_master import (
    PIXEL,
    PLACES,
    SOURCE,
    Box,
    Layout,
    Slot,
    empty_slides,
    placeholder,
    set_theme,
    sizes,
    transform,
)
from kpi.reports.slide_text import (
    Block,
    Cell,
    Paragraph,
    Row,
    Run,
    fitting,
    pages,
    paragraphs_xml,
    plain,
    sentences,
    set_blocks,
    table_xml,
    take,
    wrapped,
)
from kpi.words import DEFAULT, say, speaking
from kpi.written import era_year

#: How the title may be set: size of the letters in pixels, and the lines there is room for.
_TITLES = ((34, 2), (30, 2), (27, 3), (24, 3), (22, 3))
_KICKERS = ((15, 1), (14, 2), (12.5, 2))
_FEET = ((12.5, 4), (11.5, 4), (10.5, 5))
#: Below it PowerPoint takes no number of a slide.
_FIRST_SLIDE = 256
#: Letters that a property of a file may have.
_LONGEST_PROPERTY = 255
_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_TABLE = "http://schemas.openxmlformats.org/drawingml/2006/table"


@speaking(DEFAULT)
def slides(
    report: Report, style: Style, on_step: Callable[[float], None] = lambda _: None
) -> bytes:
    """Return a report as slides, as pptx.

    ``on_step`` is told the share done; what it raises ends the making.
    """
    deck = _Deck(report, style)
    deck.cover()
    deck.summary()
    deck.changes()
    done = count(1)
    for section in report.sections:
        deck.section(section)
        for sheet in section.sheets:
            deck.indicator(sheet)
            on_step(next(done) / len(report.sheets))
    deck.about()
    return deck.saved()


class _Deck:
    """Slides in the making."""

    def __init__(self, report: Report, style: Style) -> None:
        self._report = report
        self._style = style
        self._theme = style.theme
        self._sizes = sizes(style)
        self._presentation, self._layouts = empty_slides(style)
        _number_parts(self._presentation.part.package)
        self._order = self._presentation.slides._sldIdLst
        self._numbers = count(1)

    # The slides, in their order.

    def cover(self) -> None:
        """Add the cover: what it is about, for which year and as of which day."""
        report = self._report
        slide = self._add(Layout.COVER)
        box = PLACES[Layout.COVER][Slot.TITLE]
        size = fitting(report.title, box.width, ((44, 2), (36, 3), (28, 4), (22, 6))) or 18
        self._text(slide, Slot.TITLE, [(Run(report.title, size, is_bold=True),)])
        year = era_year(report.reporting_year)
        lines = [
            say("report.pptx.cover_lead", year=year, day=report.as_of),
            *(
                [say("report.pptx.for_department", department=report.department)]
                if report.department
                else []
            ),
            "".join(report.rules),
        ]
        body = self._sizes.body + 3
        self._text(slide, Slot.SUBTITLE, [(Run(line, body, "ink-2"),) for line in lines])

    def summary(self) -> None:
        """Add how many targets of each period stand how."""
        report = self._report
        bands = {
            name: band
            for name, band in report.assessment.bands.items()
            if any(summary.counts.get(name) for summary in report.summaries)
        }
        size = self._sizes.cell
        heading = [
            self._heading(say(f"report.pptx.{word}"), is_right=word in ("total", "reached"))
            for word in ("period", "target_year", "total", "reached")
        ]
        heading += [
            Cell(
                (
                    (
                        Run(SIGNS[band.shape], size, f"st-{band.colour}-text", is_bold=True),
                        Run(f" {report.assessment.label(name, ended=False)}", size, "ink-2"),
                    ),
                ),
                is_right=True,
            )
            for name, band in bands.items()
        ]
        heading.append(self._heading(say("report.pptx.note")))
        rows = [self._summary_row(summary, list(bands)) for summary in report.summaries]
        widths = [166, 140, 76, 66, *[114] * len(bands)]
        widths.append(max(1168 - sum(widths), 180))
        self._table_slides(
            report.lead,
            [say("report.pptx.summary_table")],
            tuple(heading),
            rows,
            [width * 1168 / sum(widths) for width in widths],
        )

    def _summary_row(self, summary: PeriodSummary, bands: Sequence[str]) -> Row:
        size = self._sizes
        first = (Run(summary.title, size.cell, is_bold=True),)
        cells = [
            Cell((first, (Run(summary.span, size.small, "ink-2"),)) if summary.span else (first,)),
            self._cell(summary.target_year),
            self._cell(str(summary.total), is_right=True),
        ]
        if not summary.total:
            cells += [self._cell("")] * (1 + len(bands))
            return (*cells, self._cell(say("report.pptx.no_targets")))
        reached = "" if summary.is_unrated else str(summary.reached)
        cells.append(self._cell(reached, is_right=True))
        for name in bands:
            number = (Run(str(summary.counts.get(name, 0)), size.cell, is_bold=True),)
            lines: tuple[Paragraph, ...] = (number,)
            # 未達 where the others are 遅れ.
            label = summary.labels.get(name, "")
            if label and label != self._report.assessment.label(name, ended=False):
                lines = (number, (Run(label, size.small, "ink-2"),))
            cells.append(Cell(lines, is_right=True))
        return (*cells, Cell(((Run(summary.note, size.small, "ink-2"),),)))

    def changes(self) -> None:
        """Add which ratings changed within the year."""
        report = self._report
        period = next((s.title for s in report.summaries if s.period == report.focus), "")
        if not report.changes:
            none = say("report.pptx.changes_none", period=period)
            self._text_slides(none, [])
            return
        years = (era_year(report.reporting_year - 1), era_year(report.reporting_year))
        heading = (
            self._heading(say("report.pptx.indicator")),
            *(self._heading(say("report.pptx.before", year=year)) for year in years),
            self._heading(say("report.pptx.change")),
        )
        rows = [
            (
                self._cell(change.title),
                Cell((self._mark(change.before),)),
                Cell((self._mark(change.after),)),
                self._cell(_change_word(change)),
            )
            for change in report.changes
        ]
        title = say("report.pptx.changes", count=len(rows), period=period)
        self._table_slides(title, (), heading, rows, [568, 200, 200, 200])

    def section(self, section: Section) -> None:
        """Add a measure: its indicators and how they stand in each period, then its projects."""
        report = self._report
        periods = [summary for summary in report.summaries if summary.total]
        size = self._sizes
        heading = [
            self._heading(say("report.pptx.indicator")),
            self._heading(say("report.pptx.latest"), is_right=True),
        ]
        heading += [
            Cell(
                (
                    (Run(summary.title, size.cell, is_bold=True),),
                    (Run(summary.target_year, size.small, "ink-2"),),
                )
            )
            for summary in periods
        ]
        across = min(260, 560 / max(1, len(periods)))
        widths = [1168 - 190 - across * len(periods), 190, *[across] * len(periods)]
        title = say(
            "report.pptx.section",
            title=section.title or say("report.no_measure"),
            count=len(section.sheets),
        )
        rows = [self._section_row(sheet, periods) for sheet in section.sheets]
        self._table_slides(title, section.path[:-1], tuple(heading), rows, widths)
        if section.projects:
            self._projects(section)

    def _section_row(self, sheet: IndicatorSheet, periods: Sequence[PeriodSummary]) -> Row:
        size, line = self._sizes, sheet.line
        latest = f"{line.latest}{line.unit}" if line.latest else say("report.pptx.no_actual")
        latest_lines: list[Paragraph] = [(Run(latest, size.cell, is_bold=bool(line.latest)),)]
        if line.latest:
            latest_lines.append((Run(line.latest_year, size.small, "ink-2"),))
        cells = [self._cell(line.title), Cell(tuple(latest_lines), is_right=True)]
        for summary in periods:
            mark = line.marks.get(summary.period)
            if mark is None:
                cells.append(Cell(((Run(say("report.pptx.no_targets"), size.small, "ink-3"),),)))
                continue
            cells.append(Cell((self._mark(mark), (Run(mark.target, size.small, "ink-2"),))))
        return tuple(cells)

    def _projects(self, section: Section) -> None:
        year = self._report.reporting_year
        words = (
            say("report.pptx.project"),
            say("report.pptx.department"),
            say("report.pptx.milestone", year=era_year(year)),
            say("report.pptx.state"),
            say("report.pptx.state_note"),
        )
        rows = []
        for entry in section.projects:
            stone = entry.of_year(year)
            state = f"project.state.{stone.state}" if stone and stone.state else "project.unsaid"
            texts = (
                " ".join(filter(None, (entry.project.code, entry.project.name))),
                entry.project.department,
                stone.text if stone else "",
                say(state),
                stone.note if stone else "",
            )
            rows.append(tuple(self._cell(text) for text in texts))
        title = say("report.pptx.project_list", title=section.title, count=len(rows))
        self._table_slides(
            title,
            section.path[:-1],
            tuple(self._heading(word) for word in words),
            rows,
            [330, 170, 330, 108, 230],
        )

    def indicator(self, sheet: IndicatorSheet) -> None:
        """Add an indicator: the sentence, the chart, its targets, what the department says."""
        slide = self._add(Layout.INDICATOR)
        blocks = self._kickers(slide, sheet)
        title, left = self._fitted_title(sheet.headline)
        if left:
            blocks.append(Block(say("report.pptx.more"), left))
        self._title(slide, title)
        self._chart(slide, sheet.spec)
        bottom, rest = self._targets(slide, sheet)
        if not sheet.targets:
            blocks.append(Block(say("report.pptx.target"), say("report.pptx.no_target")))
        told = {kind: sheet.told(kind) for kind in (NoteKind.CAUSE, NoteKind.ACTION)}
        unwritten = [say(f"note.kind.{kind}") for kind, text in told.items() if not text]
        blocks += [Block(say(f"note.kind.{kind}"), text) for kind, text in told.items() if text]
        if unwritten:
            words = say("list.dot").join(unwritten)
            blocks.append(Block(words, say("project.unsaid"), "ink-3"))
        rule = sheet.verdict.rule if sheet.verdict else ""
        blocks += self._foot(slide, rule, sheet.spec.source, sheet.spec.notes)
        box = PLACES[Layout.INDICATOR][Slot.TEXT]
        room = box.top + box.height - bottom - 14
        here, left_blocks = (
            ([], blocks) if rest else take(blocks, box.width, room, self._sizes.body)
        )
        if here:
            place = Box(box.left, bottom + 14, box.width, room)
            self._text(slide, Slot.TEXT, set_blocks(here, self._sizes.body), place)
        self._speak(slide, sheet)
        again = title.removesuffix("。") + say("report.pptx.continued")
        name = _named(sheet)
        if rest:
            self._table_slides(
                again, sheet.path[-1:], self._targets_heading(sheet), rest, [380, 380, 408]
            )
        # A slide for what nobody has written yet would be for nothing.
        if any(block.ink == "ink" for block in left_blocks):
            self._text_slides(again, left_blocks, sheet.path[-1:], name)

    def about(self) -> None:
        """Add what all the figures rest upon."""
        report = self._report
        bands = (
            f"{SIGNS[band.shape]} {report.assessment.label(name, ended=False)}：{band.spoken}"
            for name, band in report.assessment.bands.items()
        )
        provisional = say("list.comma").join(report.provisional)
        blocks = [
            Block(say("report.pptx.as_of"), say("report.pptx.as_of_told", day=report.as_of)),
            Block(say("report.pptx.rules"), "\n".join(report.rules)),
            Block(say("report.pptx.marks"), "\n".join(bands)),
            Block(
                say("report.pptx.provisional"),
                provisional or say("report.no_provisional"),
            ),
            Block(say("report.pptx.sources"), "\n".join(report.sources)),
        ]
        self._text_slides(say("report.pptx.about"), blocks)

    def saved(self) -> bytes:
        """Return the slides as a file; it is the same for the same report."""
        presentation, report = self._presentation, self._report
        set_theme(presentation, self._theme)
        core = presentation.core_properties
        moment = datetime.combine(report.day, time())
        core.title, core.subject = _property(report.title), say("report.pptx.subject")
        core.author = core.last_modified_by = _property(report.municipality)
        core.created = core.modified = moment
        core.keywords, core.comments, core.language = "", report.as_of, "ja-JP"
        core.revision = 1
        file = io.BytesIO()
        presentation.save(file)
        return with_fixed_times(file.getvalue())

    # Parts of a slide.

    def _add(self, layout: Layout) -> Any:
        # Not `slides.add_slide`: that copies all placeholders, those that stay empty too, and looks
        # through all slides there are for every one it adds.
        presentation = self._presentation.part
        number = next(self._numbers)
        name = PackURI(f"/ppt/slides/slide{number}.xml")
        new: Any = SlidePart.new
        part = new(name, presentation.package, self._layouts[layout].part)
        relation = presentation._rels._add_relationship(RELATIONSHIP_TYPE.SLIDE, part)
        self._order._add_sldId(id=_FIRST_SLIDE + number, rId=relation)
        slide = part.slide
        if layout is not Layout.COVER:
            footer = (Run(self._report.as_of, self._sizes.foot, "ink-2"),)
            self._text(slide, Slot.FOOTER, [footer])
            self._append(slide, placeholder(_next(slide), Slot.NUMBER, None))
        return slide

    def _append(self, slide: Any, shape: str) -> Any:
        element = parse_xml(shape)
        slide.shapes._spTree.append(element)
        return element

    def _text(
        self, slide: Any, slot: Slot, paragraphs: Sequence[Paragraph], box: Box | None = None
    ) -> None:
        shape = placeholder(_next(slide), slot, box, text=paragraphs_xml(paragraphs, self._theme))
        self._append(slide, shape)

    def _fitted_title(self, text: str) -> tuple[str, str]:
        """Return as many sentences as fit in the title, and what is left."""
        width = PLACES[Layout.TEXT][Slot.TITLE].width
        if fitting(text, width, _TITLES):
            return text, ""
        told = ""
        parts = sentences(text)
        for number, part in enumerate(parts):
            if told and not fitting(told + part, width, _TITLES):
                return told, "".join(parts[number:])
            told += part
        return told, ""

    def _title(self, slide: Any, text: str) -> None:
        width = PLACES[Layout.TEXT][Slot.TITLE].width
        # A single sentence longer than any title is set small: it is nowhere else.
        size = fitting(text, width, (*_TITLES, (18, 4), (14, 5), (11, 7))) or 9
        self._text(slide, Slot.TITLE, [(Run(text, size, is_bold=True),)])

    def _kickers(self, slide: Any, sheet: IndicatorSheet) -> list[Block]:
        """Write plan, measure and indicator over the title; return the name if it was too long."""
        self._path(slide, sheet.path[-1:], Layout.INDICATOR)
        name = _named(sheet)
        if self._kicker(slide, Slot.NAME, name):
            return []
        return [Block(say("report.pptx.whole_name"), name)]

    def _path(self, slide: Any, path: Sequence[str], layout: Layout) -> None:
        """Write plan and measure over the title."""
        self._kicker(slide, Slot.PATH, "　".join((self._report.plan, *path)), layout)

    def _kicker(self, slide: Any, slot: Slot, text: str, layout: Layout = Layout.INDICATOR) -> bool:
        """Write what stands above the title, cut where room ends; return whether it is all."""
        width = PLACES[layout][slot].width
        size = fitting(text, width, _KICKERS)
        shown = text
        if size is None:
            size, most = _KICKERS[-1]
            lines = wrapped(text, width, size)[:most]
            shown = "".join(lines)[:-2] + "…"
        self._text(slide, slot, [(Run(shown, size, "ink-2"),)])
        return shown == text

    def _chart(self, slide: Any, spec: ChartSpec) -> None:
        size = self._sizes
        beside = say("list.dot").join(filter(None, (spec.unit, spec.axis_note.removesuffix("。"))))
        heading = [Run(say("report.pptx.heading"), size.body, is_bold=True)]
        if beside:
            heading.append(Run(f"　{beside}", size.small, "ink-2"))
        if not spec.has_figures:
            nothing = (Run(say("chart.nothing"), size.body, "ink-2"),)
            box = PLACES[Layout.INDICATOR][Slot.HEADING]._replace(height=110)
            self._text(slide, Slot.HEADING, [tuple(heading), nothing], box)
            return
        self._text(slide, Slot.HEADING, [tuple(heading)])
        box = PLACES[Layout.INDICATOR][Slot.CHART]
        self._bands(slide, spec, box)
        part = slide.part.relate_to(self._chart_part(spec, box), RELATIONSHIP_TYPE.CHART)
        self._append(
            slide,
            _frame(
                _next(slide),
                Slot.CHART,
                box,
                spec.sentence,
                _CHART,
                f'<c:chart xmlns:c="{_CHART}" r:id="{part}"/>',
            ),
        )

    def _chart_part(self, spec: ChartSpec, box: Box) -> Part:
        """Return the part of a chart, tied to the workbook in which its figures are edited."""
        package = self._presentation.part.package
        sheet = data_sheet(spec)
        last = len(sheet.years) + 1
        letters = [xl_col_to_name(number) for number in range(1, len(sheet.columns) + 1)]
        ranges = Ranges(
            f"Sheet1!$A$2:$A${last}",
            [f"Sheet1!${letter}$1" for letter in letters],
            [f"Sheet1!${letter}$2:${letter}${last}" for letter in letters],
        )
        name = package.next_partname("/ppt/charts/chart%d.xml")
        # Not parsed again: a thousand charts would take as many megabytes.
        part = Part(name, CONTENT_TYPE.DML_CHART, package)
        book = EmbeddedXlsxPart.new(_workbook(spec, sheet), package)
        relation = part.relate_to(book, RELATIONSHIP_TYPE.PACKAGE)
        frame = Frame(box.width, box.height, self._sizes.chart)
        part.blob = chart_xml(spec, self._style, ranges, frame, workbook=relation)
        return part

    def _bands(self, slide: Any, spec: ChartSpec, box: Box) -> None:
        """Shade every other period behind the chart, and write its name above the plot."""
        first, last = spec.years
        year = box.width * INNER.width / (last - first + 1)
        left, top = box.left + box.width * INNER.left, box.top + box.height * INNER.top
        shapes: list[str] = []
        for step in spec.steps:
            if step.mark is None or not step.period:
                continue
            x = left + (step.first_year - first) * year
            width = (step.last_year - step.first_year + 1) * year
            name = say("period.ordinal", n=step.period)
            fits = len(wrapped(name, width, self._sizes.small)) == 1
            shapes.append(
                _band(
                    len(shapes) + 1000 + _next(slide),
                    Box(x, top - 24, width, box.height * INNER.height + 24),
                    self._theme["surface-2" if step.period % 2 else "surface"],
                    self._theme["line"],
                    paragraphs_xml(
                        [(Run(name if fits else "", self._sizes.small, "ink-2"),)],
                        self._theme,
                        "ctr",
                    ),
                    step.title,
                )
            )
        for shape in shapes:
            self._append(slide, shape)

    def _targets_heading(self, sheet: IndicatorSheet) -> Row:
        year = year_words(sheet.reporting_year, sheet.spec.calendar)
        return (
            self._heading(say("report.pptx.period")),
            self._heading(say("report.pptx.target"), is_right=True),
            self._heading(say("report.pptx.rating", year=year)),
        )

    def _targets(self, slide: Any, sheet: IndicatorSheet) -> tuple[float, list[Row]]:
        """Write the targets and how they stand; return where the table ends, and rows left over."""
        box = PLACES[Layout.INDICATOR][Slot.TABLE]
        if not sheet.targets:
            return box.top, []
        widths = [box.width * share for share in (0.36, 0.26, 0.38)]
        heading = self._targets_heading(sheet)
        rows = [self._target_row(target) for target in sheet.targets]
        room = PLACES[Layout.INDICATOR][Slot.TEXT]
        height = room.top + room.height - box.top
        first, *others = pages(rows, widths, heading, height)
        xml, high = table_xml(heading, first, widths, self._theme)
        told = say("list.comma").join(
            f"{target.title} {target.text} {target.mark.label if target.mark else ''}".strip()
            for target in sheet.targets
        )
        self._append(
            slide,
            _frame(_next(slide), Slot.TABLE, box._replace(height=high), told, _TABLE, xml),
        )
        return box.top + high, [row for page in others for row in page]

    def _target_row(self, target: TargetLine) -> Row:
        size = self._sizes
        period: list[Paragraph] = [(Run(target.title, size.cell, is_bold=True),)]
        if target.year:
            period.append((Run(target.year, size.small, "ink-2"),))
        rating: list[Paragraph] = [self._mark(target.mark)] if target.mark else []
        if target.remark:
            rating.append((Run(target.remark, size.small, "ink-2"),))
        return (
            Cell(tuple(period)),
            Cell(((Run(target.text, size.cell, is_bold=True),),), is_right=True),
            Cell(tuple(rating) or ((Run("", size.small),),)),
        )

    def _foot(self, slide: Any, rule: str = "", source: str = "", notes: str = "") -> list[Block]:
        """Write source, rule and notes at the foot; return what there was no room for."""
        rule = rule or "".join(self._report.rules)
        lines = [line for line in (*source.split("\n"), rule) if line]
        for told in ([*lines, notes] if notes else lines), lines:
            size = fitting("\n".join(told), SOURCE.width, _FEET)
            if size is not None:
                runs = [(Run(line, size, "ink-2"),) for line in told]
                self._text(slide, Slot.SOURCE, runs)
                is_all = told is not lines or not notes
                return [] if is_all else [Block(say("report.pptx.chart_notes"), notes)]
        self._text(slide, Slot.SOURCE, [(Run(rule, _FEET[0][0], "ink-2"),)])
        blocks = [Block(say("report.pptx.chart_notes"), notes)] if notes else []
        return [*blocks, Block(say("report.pptx.sources"), source)]

    def _speak(self, slide: Any, sheet: IndicatorSheet) -> None:
        """Write into the notes what stands behind the slide: the outlook, and every cell."""
        lines = [sheet.spec.sentence]
        if sheet.verdict is not None and sheet.verdict.outlook:
            lines.append(f"{say('report.pptx.notes_outlook')}：{sheet.verdict.outlook}")
        lines.append(say("report.pptx.notes_facts"))
        for fact in sheet.facts:
            printed = say("report.pptx.notes_printed", text=fact.printed) if fact.printed else ""
            lines.append(
                say(
                    "report.pptx.notes_fact",
                    year=fact.year,
                    kind=fact.kind,
                    value=fact.value,
                    printed=printed,
                    state=fact.state,
                    source=fact.source,
                    day=fact.recorded,
                ).replace("　　", "　")
            )
        frame = slide.notes_slide.notes_text_frame
        body = frame._txBody
        for old in list(body)[2:]:
            body.remove(old)
        runs = [(Run(line, 16),) for line in lines]
        wrapper = parse_xml(
            '<p:txBody xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
            ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:bodyPr/>'
            f"{paragraphs_xml(runs, self._theme)}</p:txBody>"
        )
        body.extend(list(wrapper)[1:])

    # Slides that go on upon the next.

    def _table_slides(
        self,
        title: str,
        path: Sequence[str],
        heading: Row,
        rows: Sequence[Row],
        widths: Sequence[float],
    ) -> None:
        box = PLACES[Layout.TABLE][Slot.TABLE]
        parts = pages(rows, widths, heading, box.height)
        shown, left = self._fitted_title(title)
        for number, part in enumerate(parts, 1):
            slide = self._add(Layout.TABLE)
            self._path(slide, path, Layout.TABLE)
            many = say("report.pptx.of_pages", number=number, total=len(parts))
            self._title(slide, shown + (many if len(parts) > 1 else ""))
            xml, high = table_xml(heading, part, widths, self._theme)
            self._append(
                slide,
                _frame(_next(slide), Slot.TABLE, box._replace(height=high), title, _TABLE, xml),
            )
            self._foot(slide)
        if left:
            self._text_slides(shown + say("report.pptx.continued"), [Block("", left)], path)

    def _text_slides(
        self, title: str, blocks: Sequence[Block], path: Sequence[str] = (), name: str = ""
    ) -> None:
        box = PLACES[Layout.TEXT][Slot.TEXT]
        left = list(blocks)
        while True:
            slide = self._add(Layout.TEXT)
            self._path(slide, path, Layout.TEXT)
            if name:
                self._kicker(slide, Slot.NAME, name)
            self._title(slide, title)
            here, left = take(left, box.width, box.height, self._sizes.body)
            if here:
                self._text(slide, Slot.TEXT, set_blocks(here, self._sizes.body))
            self._foot(slide)
            if not left or not here:
                return

    # Pieces of text.

    def _heading(self, text: str, *, is_right: bool = False) -> Cell:
        return Cell(((Run(text, self._sizes.small, "ink-2"),),), is_right)

    def _cell(self, text: str, *, is_right: bool = False) -> Cell:
        lines = text.split("\n")
        return Cell(tuple((Run(line, self._sizes.cell),) for line in lines), is_right)

    def _mark(self, mark: Mark) -> Paragraph:
        size = self._sizes.cell
        return (
            Run(f"{mark.sign} ", size, f"st-{mark.colour}-text", is_bold=True),
            Run(mark_words(mark, self._report.calendar), size, is_bold=True),
        )


def _property(text: str) -> str:
    """Return a text as the properties of a file have it."""
    return without_controls(text)[:_LONGEST_PROPERTY]


def _workbook(spec: ChartSpec, sheet: DataSheet) -> bytes:
    """Return the data sheet of a chart as a workbook."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        # The same in all: as of which day the figures are stands on the slides.
        book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
        page = book.add_worksheet("Sheet1")
        page.set_column(1, len(sheet.columns), 16)
        for row, label in enumerate(spec.year_labels, 1):
            page.write_string(row, 0, label)
        for number, column in enumerate(sheet.columns, 1):
            page.write_string(0, number, without_controls(column.name))
            for row, value in enumerate(column.values, 1):
                if value is not None:
                    page.write_number(row, number, value)
    return file.getvalue()


def _number_parts(package: Any) -> None:
    """Have parts numbered as they come.

    python-pptx looks through all parts for the next number, which takes ten times as long for ten
    times as many.
    """
    begun = {"/ppt/theme/theme%d.xml": count(2)}

    def next_partname(pattern: str) -> PackURI:
        return PackURI(pattern % next(begun.setdefault(pattern, count(1))))

    package.next_partname = next_partname
    presentation = package.presentation_part
    # A thumbnail of python-pptx's own template, and the settings of somebody's printer.
    for source, kind in (
        (package, RELATIONSHIP_TYPE.THUMBNAIL),
        (presentation, RELATIONSHIP_TYPE.PRINTER_SETTINGS),
    ):
        for name, relation in list(source._rels.items()):
            if relation.reltype == kind:
                source._rels.pop(name)


def _next(slide: Any) -> int:
    """Return the number of the next shape."""
    return len(slide.shapes._spTree)


def _named(sheet: IndicatorSheet) -> str:
    """Return 指標：国民健康保険料収入率等 収入未済額（億円、低いほど良い）."""
    beside = say("list.comma").join(filter(None, (sheet.line.unit, sheet.direction)))
    name = say("report.pptx.name", title=sheet.line.title)
    return name + (say("report.pptx.beside", words=beside) if beside else "")


def _change_word(change: Change) -> str:
    if change.is_better is None:
        key = "newly" if change.before.colour == "n" else "no_longer"
    else:
        key = "better" if change.is_better else "worse"
    return say(f"report.pptx.{key}")


def _frame(number: int, slot: Slot, box: Box, told: str, kind: str, content: str) -> str:
    """Return a chart or a table in its placeholder, told in words for who does not see it."""
    name = say(f"report.pptx.part.{slot.name.lower()}")
    return (
        '<p:graphicFrame xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
        ' xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
        ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        f'<p:nvGraphicFramePr><p:cNvPr id="{number}" name="{plain(name)}" descr="{plain(told)}"/>'
        '<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr>'
        f'<p:ph type="{"chart" if slot is Slot.CHART else "tbl"}" idx="{int(slot)}"/></p:nvPr>'
        f"</p:nvGraphicFramePr>{transform('p:xfrm', box)}<a:graphic>"
        f'<a:graphicData uri="{kind}">{content}</a:graphicData></a:graphic></p:graphicFrame>'
    )


def _band(number: int, box: Box, fill: str, line: str, text: str, name: str) -> str:
    """Return the field of a period behind the chart."""
    return (
        '<p:sp xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
        ' xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main">'
        f'<p:nvSpPr><p:cNvPr id="{number}" name="{plain(name)}"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr>'
        f'<p:spPr>{transform("a:xfrm", box)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        f'<a:solidFill><a:srgbClr val="{fill.removeprefix("#")}"/></a:solidFill>'
        f'<a:ln w="{PIXEL}"><a:solidFill><a:srgbClr val="{line.removeprefix("#")}"/></a:solidFill>'
        '</a:ln></p:spPr><p:txBody><a:bodyPr lIns="0" tIns="18288" rIns="0" bIns="0" anchor="t"/>'
        f"<a:lstStyle/>{text}</p:txBody></p:sp>"
    )
