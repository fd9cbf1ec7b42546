"""一覧: a workbook of all series and periods, of all figures by year, with a native chart for each.

Texts stay texts, figures stay figures, and every chart draws from the cells of the sheet beside it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from itertools import groupby
from typing import Any
from unicodedata import east_asian_width

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from kpi.archive import with_fixed_times
from kpi.charts import SIGNS, Mark, PeriodSummary, Role, Style, data_sheet
from kpi.charts.arrangement import mark_words, year_words
from kpi.importing.remarks import without_controls
from kpi.model import Kind, NoteKind
from kpi.notation import format_number
from kpi.reports.content import IndicatorSheet, Report
from kpi.reports.native_chart import FONT, Frame, Ranges, chart_xml, number_code
from kpi.words import DEFAULT, say, speaking
from kpi.written import era_year

#: Signs a cell of Excel may hold.
_LONGEST_CELL = 32_767
_A3 = 8
#: The highest row of Excel, in points.
_HIGHEST = 409
#: A chart on its sheet: pixels, and the rows of 20 pixels it and its words take.
_WIDTH, _HEIGHT, _ROWS = 700, 380, 24
#: Beside each other on a page, and below each other.
_ACROSS, _DOWN = 2, 2
#: Lines that no source states; their cells show a place more than the figures beside them.
_DRAWN = (Role.PATH, Role.PROJECTED, Role.PROJECTED_LOW, Role.PROJECTED_HIGH)


@speaking(DEFAULT)
def workbook(
    report: Report, style: Style, on_step: Callable[[float], None] = lambda _: None
) -> bytes:
    """Return a report as a workbook, as xlsx.

    ``on_step`` is told the share done; what it raises ends the making.
    """
    file = io.BytesIO()
    book = _Book(report, style, file)
    book.overview()
    book.figures()
    charts = book.charts(on_step)
    book.sources()
    book.about()
    book.close()
    return with_fixed_times(file.getvalue(), charts)


class _Book:
    """The workbook in the making."""

    def __init__(self, report: Report, style: Style, file: io.BytesIO) -> None:
        self._report = report
        self._style = style
        self._theme = style.theme
        self._letters = 14 if style is Style.LARGE else 10
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._book = xlsxwriter.Workbook(
            file,
            {
                "in_memory": True,
                "default_format_properties": {"font_name": FONT, "font_size": self._letters},
            },
        )
        moment = datetime.combine(report.day, time(), UTC)
        self._book.set_properties(
            {
                "title": without_controls(report.title),
                "author": without_controls(report.municipality),
                "comments": report.as_of,
                "created": moment,
            }
        )
        self._sheets = [data_sheet(sheet.spec) for sheet in report.sheets]
        self._titles = {
            name: say(f"report.xlsx.sheet.{name}")
            for name in ("overview", "figures", "charts", "sources", "about")
        }
        years = {
            year: label
            for sheet, one in zip(report.sheets, self._sheets, strict=True)
            for year, label in zip(one.years, sheet.spec.year_labels, strict=True)
        }
        #: A column for every year of any series.
        self._years = {year: years[year] for year in sorted(years)}
        #: The first row of each series among the figures.
        self._rows: list[int] = []

    # The sheets, in their order.

    def overview(self) -> None:
        """Write a row a series: what is known, and how it stands in every period."""
        report = self._report
        page = self._page("overview")
        periods = [summary for summary in report.summaries if summary.total]
        columns = _columns(periods)
        title = self._format(bold=True, font_size=self._letters + 6)
        self._write(page, 0, 0, report.title, title)
        self._write(page, 1, 0, report.lead, self._format())
        told = (report.as_of, *report.rules, *filter(None, (report.department,)))
        self._write(page, 2, 0, "　".join(told), self._format(font_color=self._theme["ink-2"]))
        groups, first = 3, 5
        self._head(page, groups, columns)
        for number, sheet in enumerate(report.sheets, first):
            self._overview_row(page, number, sheet, periods, [width for *_, width in columns])
        last = first + len(report.sheets) - 1
        page.autofilter(first - 1, 0, last, len(columns) - 1)
        page.freeze_panes(first, 3)
        page.repeat_rows(groups, first - 1)
        page.print_area(0, 0, last, len(columns) - 1)

    def _head(self, page: Any, row: int, columns: Sequence[tuple[str, str, float]]) -> None:
        look = self._heading()
        for group, members in groupby(enumerate(columns), key=lambda one: one[1][0]):
            ats = [at for at, _ in members]
            if group:
                page.merge_range(row, ats[0], row, ats[-1], "", look)
                self._write(page, row, ats[0], group, look)
            for at in ats:
                _, heading, width = columns[at]
                page.set_column(at, at, width * self._letters / 10)
                if not group:
                    page.merge_range(row, at, row + 1, at, "", look)
                self._write(page, row + bool(group), at, heading, look)

    def _overview_row(
        self,
        page: Any,
        row: int,
        sheet: IndicatorSheet,
        periods: Sequence[PeriodSummary],
        widths: Sequence[float],
    ) -> None:
        line, calendar = sheet.line, sheet.spec.calendar
        texts = {0: sheet.code, 1: "\n".join(sheet.path[-1:]), 2: line.title, 3: line.department}
        texts |= {4: line.unit, 5: sheet.direction}
        display = self._report.assessment.displays[line.series_id]
        bases = [point for point in line.course if point.is_base]
        actuals = [point for point in line.course if point.kind == Kind.ACTUAL]
        told = ((6, bases[0] if bases else None), (8, actuals[-1] if actuals else None))
        for column, point in told:
            if point is None:
                self._write(page, row, column, "", self._cell())
                self._write(page, row, column + 1, "", self._cell())
                continue
            year = year_words(point.year, calendar)
            self._write(page, row, column, year, self._cell(align="center"))
            value = display.shown(point.value)
            page.write_number(row, column + 1, value, self._figure(sheet, value))
        state = actuals[-1].status if actuals else ""
        self._write(page, row, 10, state, self._cell(align="center"))
        column = 11
        for summary in periods:
            own = [target for target in sheet.targets if target.period == summary.period]
            targets = (
                # Of a stretch goal its label stays.
                (target.title.removeprefix(summary.title).strip(), target.text, target.year)
                for target in own
            )
            mark = line.marks.get(summary.period)
            texts[column] = "\n".join("\n".join(filter(None, words)) for words in targets)
            rated = f"{mark.sign} {mark_words(mark, calendar)}" if mark else ""
            self._write(page, row, column + 1, rated, self._mark(mark))
            texts[column + 2] = "\n".join(target.remark for target in own if target.remark)
            column += 3
        for kind in (NoteKind.CAUSE, NoteKind.ACTION):
            texts[column] = sheet.told(kind)
            column += 1
        for column, text in texts.items():
            self._write(page, row, column, text, self._cell())
        self._set_height(page, row, [(text, widths[column]) for column, text in texts.items()])

    def figures(self) -> None:
        """Write a row a line of a chart, a column a year: the figures the charts draw from."""
        page = self._page("figures")
        headings = {"number": 10, "indicator": 44, "unit": 9, "line": 20}
        for column, (word, width) in enumerate(headings.items()):
            page.set_column(column, column, width * self._letters / 10)
            self._write(page, 0, column, say(f"report.xlsx.{word}"), self._heading())
        page.set_column(4, 3 + len(self._years), 9 * self._letters / 10)
        for column, label in enumerate(self._years.values(), 4):
            self._write(page, 0, column, label, self._heading())
        self._set_height(page, 0, [(label, 9) for label in self._years.values()])
        column_of = {year: column for column, year in enumerate(self._years, 4)}
        row = 1
        for sheet, data in zip(self._report.sheets, self._sheets, strict=True):
            self._rows.append(row)
            for line in data.columns:
                names = (sheet.code, sheet.line.title, sheet.spec.unit, line.name)
                self._set_height(page, row, list(zip(names, headings.values(), strict=True)))
                for column, text in enumerate(names):
                    self._write(page, row, column, text, self._cell())
                for year, value in zip(data.years, line.values, strict=True):
                    if value is not None:
                        is_provisional = year in line.provisional
                        look = self._figure(sheet, value, line.role, is_provisional=is_provisional)
                        page.write_number(row, column_of[year], value, look)
                row += 1
        page.autofilter(0, 0, max(1, row - 1), 3 + len(self._years))
        page.freeze_panes(1, 4)
        page.repeat_rows(0)
        page.repeat_columns(0, 3)

    def charts(self, on_step: Callable[[float], None]) -> dict[str, bytes]:
        """Draw every series; return the chart parts by their place in the file.

        What XlsxWriter writes there itself has no label at one point, no dotted segment: it is only
        to have a chart in its place.
        """
        page = self._page("charts")
        parts: dict[str, bytes] = {}
        # One column of cells a chart, and a narrow one between them.
        for across in range(_ACROSS):
            page.set_column_pixels(2 * across, 2 * across, _WIDTH)
            page.set_column_pixels(2 * across + 1, 2 * across + 1, 24)
        frame = Frame(_WIDTH, _HEIGHT, 13 if self._style is not Style.LARGE else 17)
        sheets = self._report.sheets
        for number, sheet in enumerate(sheets):
            row, column = number // _ACROSS * _ROWS, number % _ACROSS * 2
            unit = f"（{sheet.spec.unit}）" if sheet.spec.unit else ""
            title = " ".join(filter(None, (sheet.code, f"{sheet.line.title}{unit}")))
            self._write(page, row, column, title, self._format(bold=True, text_wrap=False))
            look = self._format(valign="top", text_wrap=True)
            page.merge_range(row + 1, column, row + 2, column, "", look)
            self._write(page, row + 1, column, sheet.headline, look)
            if sheet.spec.has_figures:
                ranges = self._ranges(number)
                self._chart(page, row + 3, column, ranges.values[0], sheet.spec.sentence)
                part = f"xl/charts/chart{len(parts) + 1}.xml"
                parts[part] = chart_xml(sheet.spec, self._style, ranges, frame, named=True)
            else:
                self._write(page, row + 3, column, say("chart.nothing"), look)
            foot = sheet.spec.axis_note + sheet.spec.notes
            small = self._format(
                valign="top",
                text_wrap=True,
                font_size=self._letters - 2,
                font_color=self._theme["ink-2"],
            )
            page.merge_range(row + 22, column, row + 23, column, "", small)
            self._write(page, row + 22, column, foot, small)
            on_step((number + 1) / len(sheets))
        rows = -(-len(sheets) // _ACROSS) * _ROWS
        page.set_h_pagebreaks(range(_ROWS * _DOWN, rows, _ROWS * _DOWN))
        page.print_area(0, 0, max(rows - 1, 0), 2 * _ACROSS - 2)
        page.hide_gridlines(2)
        return parts

    def _chart(self, page: Any, row: int, column: int, values: str, told: str) -> None:
        chart = self._book.add_chart({"type": "line"})
        chart.add_series({"values": f"={values}"})
        chart.set_size({"width": _WIDTH, "height": _HEIGHT})
        page.insert_chart(row, column, chart, {"description": without_controls(told)})

    def _ranges(self, number: int) -> Ranges:
        """Return where the figures of a series stand among those by year."""
        sheet, years = self._sheets[number], list(self._years)
        first, last = (4 + years.index(year) for year in (sheet.years[0], sheet.years[-1]))
        name = f"'{self._titles['figures']}'!"

        def cell(row: int, column: int) -> str:
            return str(xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True))

        rows = [self._rows[number] + n for n in range(len(sheet.columns))]
        return Ranges(
            f"{name}{cell(0, first)}:{cell(0, last)}",
            [f"{name}{cell(row, 3)}" for row in rows],
            [f"{name}{cell(row, first)}:{cell(row, last)}" for row in rows],
        )

    def sources(self) -> None:
        """Write every fact with the cell it came from."""
        page = self._page("sources")
        words = (
            ("number", 10), ("indicator", 44), ("year", 18), ("kind", 14), ("value", 16),
            ("printed", 24), ("state", 24), ("source", 60), ("recorded", 13),
        )  # fmt: skip
        for column, (word, width) in enumerate(words):
            page.set_column(column, column, width * self._letters / 10)
            self._write(page, 0, column, say(f"report.xlsx.{word}"), self._heading())
        row = 1
        for sheet in self._report.sheets:
            for fact in sheet.facts:
                texts = (
                    sheet.code, sheet.line.title, fact.year, fact.kind, fact.value,
                    fact.printed, fact.state, fact.source, fact.recorded,
                )  # fmt: skip
                for column, text in enumerate(texts):
                    self._write(page, row, column, text, self._cell())
                widths = [width for _, width in words]
                self._set_height(page, row, list(zip(texts, widths, strict=True)))
                row += 1
        page.autofilter(0, 0, max(1, row - 1), len(words) - 1)
        page.freeze_panes(1, 2)
        page.repeat_rows(0)

    def about(self) -> None:
        """Write what all the figures rest upon."""
        report = self._report
        page = self._page("about")
        page.set_column(0, 0, 18 * self._letters / 10)
        page.set_column(1, 1, 120 * self._letters / 10)
        rows = [
            ("plan", f"{report.municipality} {report.plan}"),
            ("year", era_year(report.reporting_year)),
            ("as_of", report.as_of),
            ("rules", "\n".join(report.rules)),
            ("provisional", "\n".join(report.provisional) or say("report.no_provisional")),
            ("source", "\n".join(report.sources)),
            ("figures_note", say("report.xlsx.figures_told")),
        ]
        look = self._cell()
        for row, (word, text) in enumerate(rows):
            self._write(page, row, 0, say(f"report.xlsx.{word}"), self._heading())
            self._write(page, row, 1, text, look)
            self._set_height(page, row, [(text, 120)])
        for row, (name, band) in enumerate(report.assessment.bands.items(), len(rows)):
            label = f"{SIGNS[band.shape]} {report.assessment.label(name, ended=False)}"
            colour = self._theme[f"st-{band.colour}-text"]
            self._write(page, row, 0, label, self._cell(font_color=colour, bold=True))
            self._write(page, row, 1, band.spoken, look)

    def close(self) -> None:
        """Write the file."""
        self._book.close()

    # Cells.

    def _page(self, name: str) -> Any:
        page = self._book.add_worksheet(self._titles[name])
        page.set_paper(_A3)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        # In a footer & begins a code; there is room for 255 signs, and each may count twice.
        foot = without_controls(self._report.title)[:100].replace("&", "&&")
        page.set_footer(f"&L{foot}&C{self._titles[name]}&R{self._report.as_of}　&P / &N")
        return page

    def _write(self, page: Any, row: int, column: int, text: str, look: Any) -> None:
        """Write a text that stays one, whatever it begins with."""
        text = without_controls(text)
        if not text:
            page.write_blank(row, column, None, look)
            return
        # As Excel counts, a sign such as 𠮷 is two.
        counted = text.encode("utf-16-le")
        if len(counted) > 2 * _LONGEST_CELL:
            end = say("history.too_long")
            text = counted[: 2 * (_LONGEST_CELL - len(end))].decode("utf-16-le", "ignore") + end
        page.write_string(row, column, text, look)

    def _set_height(self, page: Any, row: int, texts: Sequence[tuple[str, float]]) -> None:
        """Make a row high enough for its texts, each with the width of its column."""
        lines = max(
            sum(1 + int(_wide(line) // (width - 1)) for line in text.split("\n"))
            for text, width in texts
        )
        page.set_row(row, min(lines * self._letters * 1.45 + 4, _HIGHEST))

    def _format(self, **look: Any) -> Any:
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            # Excel keeps a text one when somebody edits it, too.
            self._formats[key] = self._book.add_format({"quote_prefix": True, **look})
        return self._formats[key]

    def _heading(self) -> Any:
        return self._format(
            bold=True,
            text_wrap=True,
            valign="vcenter",
            bg_color=self._theme["surface-2"],
            border=1,
            border_color=self._theme["line-strong"],
        )

    def _cell(self, **look: Any) -> Any:
        line = self._theme["line"]
        return self._format(
            **{"valign": "top", "text_wrap": True, "border": 1, "border_color": line, **look}
        )

    def _mark(self, mark: Mark | None) -> Any:
        if mark is None:
            return self._cell()
        return self._cell(font_color=self._theme[f"st-{mark.colour}-text"], bold=True)

    def _figure(
        self,
        sheet: IndicatorSheet,
        value: float,
        role: Role = Role.ACTUAL,
        *,
        is_provisional: bool = False,
    ) -> Any:
        """Return the look of a figure: as many decimals as its source prints, and all it has."""
        places = self._report.assessment.displays[sheet.line.series_id].places
        if role in _DRAWN:
            code = number_code(f"{0:.{places + 1}f}")
        else:
            code = number_code(format_number(value, places))
        return self._cell(
            num_format=code, quote_prefix=False, text_wrap=False, italic=is_provisional
        )


def _columns(periods: Sequence[PeriodSummary]) -> list[tuple[str, str, float]]:
    """Return the columns of the overview: the heading above several, their own, their width."""
    plain = (
        ("number", 8), ("measure", 20), ("indicator", 28), ("department", 11), ("unit", 7),
        ("direction", 7),
    )  # fmt: skip
    columns: list[tuple[str, str, float]] = [
        ("", say(f"report.xlsx.{word}"), width) for word, width in plain
    ]
    for group, words in (("base", ("year", "value")), ("latest", ("year", "value", "state"))):
        columns += [
            (say(f"report.xlsx.{group}"), say(f"report.xlsx.{word}"), 8.5) for word in words
        ]
    for summary in periods:
        group = "　".join(filter(None, (summary.title, summary.span)))
        columns += [
            (group, say("report.xlsx.target"), 14),
            (group, say("report.xlsx.rating"), 11),
            (group, say("report.xlsx.remark"), 17),
        ]
    notes = say("report.xlsx.notes")
    columns += [(notes, say(f"note.kind.{kind}"), 26) for kind in (NoteKind.CAUSE, NoteKind.ACTION)]
    return columns


def _wide(line: str) -> int:
    """Return how wide a line is, in half-width signs."""
    return sum(2 if east_asian_width(sign) in "WFA" else 1 for sign in line)
