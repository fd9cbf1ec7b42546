"""Drafts: what a file says, row by row, before it is held against what is known.

A draft knows names, not ids, and figures as they were read: whether 821 is 円 or 百万円 is settled
when its series is known (`kpi.importing.matching`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from typing import Literal, NamedTuple

from kpi.importing.findings import (
    CellsBeyondHeadings,
    CellsBlank,
    FileUnreadable,
    Finding,
    IndicatorMissing,
    KindContradicts,
    LayoutUnknown,
    NothingThere,
    NumberUnreadable,
    PlanContradicts,
    PlanUnknown,
    RangeBackwards,
    RowPassedOver,
    Severity,
    SheetPassedOver,
    TargetInWords,
    TargetUnreadable,
    TotalPassedOver,
    ValueContradicts,
    ValueMerged,
    WordUnknown,
    YearNotGiven,
    YearUnreadable,
)
from kpi.importing.headings import (
    FIXED_WORDS,
    STRETCH_LABEL,
    YEAR_OF_ROW,
    Role,
    ValueHeading,
    period_named,
)
from kpi.importing.layouts import Outline, Spot, Table, read_outline, recognise
from kpi.importing.layouts.crosstabs import years_down
from kpi.importing.layouts.surroundings import NOTE, SECTION, place_section, unit_named
from kpi.importing.readers import Book, Cell, Sheet, address, read_book, text_of
from kpi.model import UNDATED, Comparator, Direction, FiscalYear, Kind, Provenance, Status
from kpi.notation import (
    TargetKind,
    TargetReading,
    Unreadable,
    fold,
    normal,
    read_fiscal_year,
    read_nothing,
    read_number,
    read_target,
    read_unit,
)


class PolicyName(NamedTuple):
    """One node of a policy path as written."""

    level: str
    code: str
    name: str


@dataclass(frozen=True)
class SeriesName:
    """Which series a row is about, as written."""

    municipality: str
    municipality_code: str
    plan: str
    policies: tuple[PolicyName, ...]
    indicator_code: str
    indicator: str
    series: str


@dataclass
class SeriesDraft:
    """A series as a file describes it; empty where it does not."""

    name: SeriesName
    #: Where the series is first mentioned.
    place: Provenance
    direction: Direction | None = None
    department: str = ""
    source: str = ""
    facts: list[FactDraft] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FactDraft:
    """A figure as read. ``unit`` is the one written at the figure itself; empty where none was."""

    kind: Kind
    period: int
    label: str
    fiscal_year: FiscalYear
    #: None where the source states something that is no number (増加).
    value: Decimal | None
    value_high: Decimal | None
    unit: str
    #: The unit written for its row, column or table; empty where none was.
    unit_around: str
    #: Whether the figure itself held a power (5千), so that no other may be applied to it.
    scaled: bool
    comparator: Comparator | None
    text: str
    #: None where nothing is said of it; "" or ``Status`` where something is.
    status: Status | Literal[""] | None
    note: str | None
    place: Provenance


@dataclass
class SheetReport:
    """How much of a sheet was read."""

    name: str
    rows: int = 0
    facts: int = 0
    skipped: int = 0


@dataclass
class FileReport:
    """What became of one file."""

    name: str
    sha256: str
    encoding: str
    layout: str = ""
    layout_title: str = ""
    why: str = ""
    sheets: list[SheetReport] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def has_errors(self) -> bool:
        """Whether the file cannot be imported as it is."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


@dataclass(frozen=True)
class Context:
    """What is known of a file before it is opened: chosen on the screen or given by option."""

    municipality: str = ""
    municipality_code: str = ""
    plan: str = ""


@dataclass
class Draft:
    """All files of one import."""

    files: list[FileReport] = field(default_factory=list)
    outlines: list[Outline] = field(default_factory=list)
    series: dict[SeriesName, SeriesDraft] = field(default_factory=dict)


def read_files(
    files: Sequence[tuple[str, bytes]],
    context: Context,
    on_step: Callable[[float], None] = lambda _: None,
) -> Draft:
    """Read files, given as names and bytes, into one draft.

    ``on_step`` is told the share that is done, 0 to 1.
    """
    draft = Draft()
    for number, (name, data) in enumerate(files):
        book = read_book(name, data)
        report = FileReport(book.name, book.sha256, book.encoding, findings=list(book.findings))
        draft.files.append(report)
        _read_sheets(book, context, draft, report)
        on_step((number + 1) / len(files))
    return draft


def _read_sheets(book: Book, context: Context, draft: Draft, report: FileReport) -> None:
    outline = Outline(context.municipality, context.municipality_code, context.plan)
    read: list[tuple[Sheet, list[Table]]] = []
    for sheet in book.sheets:
        tables = recognise(sheet)
        if tables:
            read.append((sheet, tables))
        elif (found := read_outline(sheet)) is not None:
            outline = found
            draft.outlines.append(found)
            report.findings.extend(found.findings)
        elif any(text_of(cell).strip() for row in sheet.rows for cell in row):
            report.findings.append(SheetPassedOver(sheet.name))
    if not read and not report.has_errors:
        report.findings.append(LayoutUnknown() if book.sheets else FileUnreadable())
    for sheet, tables in read:
        report.layout = report.layout or tables[0].layout
        report.layout_title = report.layout_title or tables[0].title
        report.why = report.why or tables[0].why
        count = SheetReport(sheet.name)
        report.sheets.append(count)
        for table in tables:
            report.findings.extend(table.findings)
            _Rows(book, sheet, table, outline, draft, report, count, context.plan).read()


#: What a row of totals is called.
_TOTALS = {"合計", "総計", "小計", "計", "平均"}
# 施策1-5-1 確かな安心, 1-5-1 確かな安心, 3．健康: but 2040年に向けて and 3R推進 are names.
_NUMBERED = re.compile(
    r"(?:(?P<level>政策|施策|基本目標|基本政策|目標)\s*(?P<code>\d+(?:[-.]\d+)*)[\s.:、]*"
    r"|(?P<bare>\d+(?:[-.]\d+)+)[\s.:、]*|(?P<single>\d+)[\s.:、]+)(?P<name>\D.*)",
    re.DOTALL,
)


def policy_name(text: str, level: str) -> PolicyName:
    """Split 政策1-5 確かな暮らしを支える into level, code and name."""
    plain = " ".join(fold(text).split())
    if match := _NUMBERED.fullmatch(plain):
        code = match["code"] or match["bare"] or match["single"]
        return PolicyName(match["level"] or level, code, match["name"].strip())
    return PolicyName(level, "", " ".join(text.split()))


#: What describes a series, in the order `_Rows` reads it.
_DESCRIBED = (
    Role.MUNICIPALITY,
    Role.MUNICIPALITY_CODE,
    Role.PLAN,
    Role.POLICY,
    Role.POLICY_CODE,
    Role.MEASURE,
    Role.INDICATOR_CODE,
    Role.INDICATOR,
    Role.SERIES,
    Role.UNIT,
    Role.DIRECTION,
    Role.DEPARTMENT,
    Role.SOURCE,
)


class _Rows:
    """Reads one table into a draft."""

    def __init__(
        self,
        book: Book,
        sheet: Sheet,
        table: Table,
        outline: Outline,
        draft: Draft,
        report: FileReport,
        count: SheetReport,
        chosen: str,
    ) -> None:
        self.book, self.sheet, self.table, self.outline = book, sheet, table, outline
        #: Name of the plan the person chose, if any: a file may not say otherwise.
        self.chosen = chosen
        self.draft, self.report, self.count = draft, report, count
        self.common = dict(table.common)
        self.nothing: list[tuple[str, str]] = []
        self.blank: list[str] = []
        self.undated: list[str] = []
        self.width = max((len(sheet.rows[row]) for row in table.headings), default=0)
        self.columns = [table.roles.get(role) for role in _DESCRIBED]
        self.known: dict[tuple[object, ...], SeriesDraft | None] = {}
        self.years: dict[int, FiscalYear] = {}
        if table.layout == "year_rows" and table.values:
            column = table.roles[Role.FISCAL_YEAR]
            self.years = years_down(
                [text_of(c[column]) if column < len(c) else "" for c in sheet.rows]
            )

    def read(self) -> None:
        """Read every row, or every single cell, of the table."""
        if self.table.spots:
            self.count.rows += 1
            for spot in self.table.spots:
                self._spot(spot)
        else:
            for row in self.table.rows:
                cells = self.sheet.rows[row]
                if any(cell != "" for cell in cells):
                    self._read_row(row, cells)
        if self.nothing:
            signs = "・".join(dict.fromkeys(sign for _, sign in self.nothing))
            self._find(NothingThere(self.sheet.name, self.nothing[0][0], len(self.nothing), signs))
        if self.blank:
            self._find(CellsBlank(self.sheet.name, self.blank[0], len(self.blank)))
        if self.undated:
            self._find(YearNotGiven(self.sheet.name, self.undated[0], len(self.undated)))

    def _find(self, finding: Finding) -> None:
        self.report.findings.append(finding)

    def _text(self, cells: list[Cell], role: Role) -> str:
        column = self.table.roles.get(role)
        if column is None or column >= len(cells):
            return self.common.get(role, "")
        return text_of(cells[column]).strip() or self.common.get(role, "")

    def _place(self, row: int, column: int) -> Provenance:
        return Provenance(self.book.name, self.book.sha256, self.sheet.name, address(row, column))

    def _heading(self, column: int) -> str:
        rows = self.table.headings
        return text_of(self.sheet.rows[rows[-1]][column]) if rows else ""

    def _read_row(self, row: int, cells: list[Cell]) -> None:
        if not self.sheet.name and any(cell != "" for cell in cells[self.width :]):
            # 1,234 without quotes in a CSV would be read as 1.
            place = address(row, self.width)
            self._find(CellsBeyondHeadings(cell=place, text=text_of(cells[self.width])))
            return
        if self._passed_over(row, cells):
            self.count.skipped += 1
            return
        self.count.rows += 1
        if self.table.layout == "tidy":
            series = self._series(row, cells)
            if series is not None:
                self._tidy_row(row, cells, series)
            return
        for column, heading in self.table.values.items():
            if column < len(cells):
                series = self._series(row, cells, heading)
                if series is not None:
                    self._value(row, column, cells[column], heading, series)

    def _passed_over(self, row: int, cells: list[Cell]) -> bool:
        """Whether a row is none of data; where that is worth a word, it is said."""
        at = self.table.roles.get(Role.INDICATOR)
        if at is None:
            # Tables of statistics: the row is named by its year or its area.
            named = self._text(cells, Role.MUNICIPALITY)
            if row in self.years or (named and not NOTE.match(named)):
                return False
        else:
            name = text_of(cells[at]).strip() if at < len(cells) else ""
            if self._is_name(name, cells):
                return False
        filled = list(dict.fromkeys(text_of(cell).strip() for cell in cells if cell != ""))
        place = address(row, at or 0)
        first = next((text for text in filled if text), "")
        if normal(first) in _TOTALS:
            self._find(TotalPassedOver(self.sheet.name, place, first))
        elif len(filled) == 1 and SECTION.fullmatch(fold(first)):
            place_section(self.common, first)
            self.known.clear()
        elif self._has_value(cells) and not NOTE.match(first):
            self._find(IndicatorMissing(self.sheet.name, place))
        elif first:
            self._find(RowPassedOver(self.sheet.name, place, first))
        return True

    def _is_name(self, name: str, cells: list[Cell]) -> bool:
        if not name or NOTE.match(name) or normal(name) in _TOTALS:
            return False
        return any(cell != "" and text_of(cell).strip() != name for cell in cells)

    def _has_value(self, cells: list[Cell]) -> bool:
        columns = self.table.values or [self.table.roles.get(Role.VALUE, len(cells))]
        return any(c < len(cells) and any(map(str.isdigit, text_of(cells[c]))) for c in columns)

    def _series(
        self, row: int, cells: list[Cell], heading: ValueHeading | None = None
    ) -> SeriesDraft | None:
        """Return the series a row is about, or None (with a finding) where it cannot be told."""
        within = heading.series if heading else ""
        key = (
            within,
            *[cells[c] if c is not None and c < len(cells) else "" for c in self.columns],
        )
        if key not in self.known:
            self.known[key] = self._new_series(row, cells, heading)
        return self.known[key]

    def _new_series(
        self, row: int, cells: list[Cell], heading: ValueHeading | None
    ) -> SeriesDraft | None:
        said = {role: self._text(cells, role) for role in _DESCRIBED}
        if heading and heading.series:
            free = Role.SERIES if said[Role.INDICATOR] else Role.INDICATOR
            said[free] = heading.series
        at = self.table.roles.get(Role.INDICATOR, self.table.roles.get(Role.MUNICIPALITY, 0))
        place = self._place(row, at)
        plan = said[Role.PLAN] or self.outline.plan
        if self.chosen and plan and normal(plan) != normal(self.chosen):
            if not any(isinstance(f, PlanContradicts) for f in self.report.findings):
                self._find(PlanContradicts(self.sheet.name, place.cell, plan, self.chosen))
            return None
        if not plan:
            if not any(isinstance(f, PlanUnknown) for f in self.report.findings):
                self._find(PlanUnknown(self.sheet.name, place.cell))
            return None
        municipality, code = said[Role.MUNICIPALITY], fold(said[Role.MUNICIPALITY_CODE])
        if not municipality:
            municipality = self.outline.municipality
            code = code or fold(self.outline.municipality_code)
        policies = []
        if said[Role.POLICY] or said[Role.POLICY_CODE]:
            read = policy_name(said[Role.POLICY], "政策")
            number = said[Role.POLICY_CODE] or read.code
            policies.append(PolicyName(read.level, number, read.name))
        if said[Role.MEASURE]:
            policies.append(policy_name(said[Role.MEASURE], "施策"))
        name = SeriesName(
            municipality,
            code,
            plan,
            tuple(policies),
            said[Role.INDICATOR_CODE],
            " ".join(said[Role.INDICATOR].split()),
            " ".join(said[Role.SERIES].strip("【】").split()),
        )
        found = self.draft.series.setdefault(name, SeriesDraft(name, place))
        found.department = found.department or said[Role.DEPARTMENT]
        found.source = found.source or said[Role.SOURCE]
        if said[Role.DIRECTION]:
            direction = self._word(row, cells, Role.DIRECTION)
            if isinstance(direction, Direction):
                found.direction = direction
        return found

    def _unit(self, cells: list[Cell], heading: ValueHeading | None = None) -> str:
        """Return the unit written for a figure: over its column, in its row, above the table."""
        text = (heading.unit if heading else "") or self._text(cells, Role.UNIT)
        return unit_named(text) or text

    def _word(self, row: int, cells: list[Cell], role: Role) -> object | None:
        """Read a cell of fixed words; an unknown one is a finding."""
        text = self._text(cells, role)
        if not text:
            return None
        known = FIXED_WORDS[role]
        word = known.get(normal(text))
        if word is None:
            column = self.table.roles.get(role, 0)
            some = "・".join(list(known)[:4])
            heading = self._heading(column)
            self._find(WordUnknown(self.sheet.name, address(row, column), heading, text, some))
        return word

    def _spot(self, spot: Spot) -> None:
        """Read a single cell, or one line of it."""
        series = self._series(spot.row, [], spot.heading)
        if series is None:
            return
        cell = self.sheet.rows[spot.row][spot.column]
        if spot.line is not None and isinstance(cell, str):
            cell = cell.splitlines()[spot.line]
        self._value(spot.row, spot.column, cell, spot.heading, series)

    def _value(
        self,
        row: int,
        column: int,
        cell: Cell,
        heading: ValueHeading,
        series: SeriesDraft,
    ) -> None:
        """Read a cell of a column of values."""
        place = address(row, column)
        if cell == "":
            self.blank.append(place)
            return
        if (row, column) in self.sheet.filled and not self.table.spots:
            self._find(ValueMerged(self.sheet.name, place, text_of(cell)))
            return
        figure = self._figure(row, column, cell, heading.kind)
        if figure is None:
            return
        cells = [] if self.table.spots else self.sheet.rows[row]
        for label, part in figure.parts or (("", figure),):
            of_part = series
            if label:
                own = self._series(row, cells, replace(heading, series=label))
                of_part = own if own is not None else series
            self._add_value(row, column, heading, of_part, part)

    def _add_value(
        self, row: int, column: int, heading: ValueHeading, series: SeriesDraft, figure: Figure
    ) -> None:
        place = address(row, column)
        year = self._year_of(row, column, heading, figure.fiscal_year)
        if year is None:
            return
        if figure.value is None:
            self._find(TargetInWords(self.sheet.name, place, figure.text))
        cells = [] if self.table.spots else self.sheet.rows[row]
        note, unit = self._said(cells, Role.NOTE), self._unit(cells, heading)
        for label, reading in ((heading.label, figure), (STRETCH_LABEL, figure.stretch)):
            if reading is not None:
                self._add(
                    series,
                    FactDraft(
                        heading.kind,
                        heading.period if heading.kind is Kind.TARGET else 0,
                        label,
                        year,
                        reading.value,
                        reading.value_high,
                        reading.unit,
                        unit,
                        reading.scaled,
                        reading.comparator,
                        reading.text,
                        reading.status or heading.status,
                        note,
                        self._place(row, column),
                    ),
                )

    def _year_of(
        self, row: int, column: int, heading: ValueHeading, own: FiscalYear | None
    ) -> FiscalYear | None:
        """Return the year of a cell: its own, its heading's, its row's; 0 where it has none."""
        if own is not None:
            if heading.kind is Kind.TARGET and heading.fiscal_year not in (None, own):
                # A figure must not be held against another year than it was promised for.
                self._find_other_year(row, column)
                return None
            return own
        if heading.fiscal_year is not None:
            return heading.fiscal_year
        if row in self.years:
            return self.years[row]
        cells = self.sheet.rows[row]
        for role in (YEAR_OF_ROW.get(heading.kind), Role.FISCAL_YEAR):
            if role is not None and (text := self._text(cells, role)):
                return self._read_year(row, self.table.roles.get(role, column), text)
        if heading.year_in_cells:
            self.undated.append(address(row, column))
            return UNDATED
        # The heading without a year is a finding of its own; its column waits for an answer.
        return None

    def _find_other_year(self, row: int, column: int) -> None:
        text = text_of(self.sheet.rows[row][column])
        place = address(row, column)
        self._find(YearUnreadable(self.sheet.name, place, text, "years_differ"))

    def _read_year(self, row: int, column: int, text: str) -> FiscalYear | None:
        try:
            return read_fiscal_year(text).fiscal_year
        except Unreadable as unreadable:
            place = address(row, column)
            self._find(YearUnreadable(self.sheet.name, place, text, unreadable.why))
            return None

    def _tidy_row(self, row: int, cells: list[Cell], series: SeriesDraft) -> None:
        """Read a row that holds one fact."""
        roles = self.table.roles
        kind = self._kind(row, cells)
        column = roles.get(Role.VALUE, roles.get(Role.VALUE_TEXT, 0))
        cell = cells[column] if column < len(cells) else ""
        printed = self._text(cells, Role.VALUE_TEXT)
        if cell == "" and printed:
            column, cell = roles[Role.VALUE_TEXT], printed
        if kind is None:
            return
        if cell == "":
            self.blank.append(address(row, column))
            return
        figure = self._figure(row, column, cell, kind)
        if figure is None:
            return
        if figure.parts:
            place, text = address(row, column), text_of(cell)
            self._find(TargetUnreadable(self.sheet.name, place, text, "several_figures"))
            return
        if figure.value is None and not printed:
            self._find(TargetInWords(self.sheet.name, address(row, column), figure.text))
        year = self._tidy_year(row, cells, figure)
        if year is None:
            return
        high = self._number(row, cells, Role.VALUE_HIGH)
        comparator = self._word(row, cells, Role.COMPARATOR)
        if printed and Role.COMPARATOR not in roles:
            comparator = _comparator_of(printed)
        status = self._status(row, cells, figure)
        fact = FactDraft(
            kind,
            self._period(row, cells) if kind is Kind.TARGET else 0,
            self._text(cells, Role.LABEL),
            year,
            figure.value,
            figure.value_high if high is None else high,
            figure.unit,
            self._unit(cells),
            figure.scaled,
            comparator if isinstance(comparator, Comparator) else figure.comparator,
            printed or figure.text,
            status,
            self._said(cells, Role.NOTE),
            self._place(row, column),
        )
        said = self._text(cells, Role.COMPARATOR)
        if not self._is_consistent(fact, figure, said, printed, text_of(cell)):
            return
        self._add(series, fact)
        if figure.stretch is not None:
            beyond = figure.stretch
            self._add(
                series,
                replace(
                    fact,
                    label=STRETCH_LABEL,
                    value=beyond.value,
                    value_high=beyond.value_high,
                    comparator=beyond.comparator,
                    text=beyond.text,
                ),
            )

    def _is_consistent(
        self, fact: FactDraft, figure: Figure, comparator: str, printed: str, value: str
    ) -> bool:
        """Whether the columns of a tidy row say one thing; where not, it is found."""
        sheet, cell = self.sheet.name, fact.place.cell
        if not _is_range(fact):
            self._find(RangeBackwards(sheet, cell, fact.text))
        elif figure.comparator not in (None, fact.comparator):
            self._find(ValueContradicts(sheet, cell, value, comparator))
        elif printed and not _agree(fact, printed):
            self._find(ValueContradicts(sheet, cell, value, printed))
        else:
            return True
        return False

    def _said(self, cells: list[Cell], role: Role) -> str | None:
        """Return the text of a column; None where the table has no such column."""
        return self._text(cells, role) if role in self.table.roles else self.common.get(role)

    def _status(self, row: int, cells: list[Cell], figure: Figure) -> Status | Literal[""] | None:
        if figure.status is not None or Role.STATUS not in self.table.roles:
            return figure.status
        status = self._word(row, cells, Role.STATUS)
        return status if isinstance(status, Status) else ""

    def _kind(self, row: int, cells: list[Cell]) -> Kind | None:
        """Return what the value of a tidy row is; heading and row must not disagree."""
        said = self._word(row, cells, Role.KIND)
        if isinstance(said, Kind) and self.table.kind not in (None, said):
            column = self.table.roles[Role.KIND]
            heading = self._heading(self.table.roles[Role.VALUE])
            text = text_of(cells[column])
            self._find(KindContradicts(self.sheet.name, address(row, column), heading, text))
            return None
        return said if isinstance(said, Kind) else self.table.kind

    def _tidy_year(self, row: int, cells: list[Cell], figure: Figure) -> FiscalYear | None:
        text = self._text(cells, Role.FISCAL_YEAR)
        column = self.table.roles[Role.FISCAL_YEAR]
        if text:
            year = self._read_year(row, column, text)
            if year is not None and figure.fiscal_year not in (None, year):
                self._find_other_year(row, self.table.roles[Role.VALUE])
                return None
            return year
        if figure.fiscal_year is None:
            self.undated.append(address(row, column))
        return figure.fiscal_year or UNDATED

    def _add(self, series: SeriesDraft, fact: FactDraft) -> None:
        series.facts.append(fact)
        self.count.facts += 1

    def _period(self, row: int, cells: list[Cell]) -> int:
        text = self._text(cells, Role.PERIOD)
        if not text:
            return 0
        plain = normal(text).removesuffix(".0")
        if ordinal := int(plain) if plain.isdecimal() else period_named(plain):
            return ordinal
        column = self.table.roles[Role.PERIOD]
        place = address(row, column)
        heading = self._heading(column)
        self._find(WordUnknown(self.sheet.name, place, heading, text, "1・2・3・第1期"))
        return 0

    def _number(self, row: int, cells: list[Cell], role: Role) -> Decimal | None:
        text = self._text(cells, role)
        if not text:
            return None
        try:
            return read_number(text).value
        except Unreadable as unreadable:
            place = address(row, self.table.roles[role])
            self._find(NumberUnreadable(self.sheet.name, place, text, unreadable.why))
            return None

    def _figure(self, row: int, column: int, cell: Cell, kind: Kind) -> Figure | None:
        """Read the figure in a cell; None (and a finding where due) if it holds none."""
        place = address(row, column)
        if not isinstance(cell, str):
            text = text_of(cell)
            if not isfinite(cell):
                self._find(NumberUnreadable(self.sheet.name, place, text, "not_finite"))
                return None
            return Figure(Decimal(text), text)
        try:
            figure = read_figure(cell, kind)
        except Unreadable as unreadable:
            unreadable_kind = TargetUnreadable if kind is Kind.TARGET else NumberUnreadable
            text = " ".join(cell.split())
            self._find(unreadable_kind(self.sheet.name, place, text, unreadable.why))
            return None
        if figure is None:
            self.nothing.append((place, cell.strip()))
        return figure


@dataclass(frozen=True, slots=True)
class Figure:
    """A target phrase or a number, in one form."""

    #: None where the target is one of words (増加) or of several figures.
    value: Decimal | None
    text: str
    value_high: Decimal | None = None
    unit: str = ""
    scaled: bool = False
    comparator: Comparator | None = None
    status: Status | None = None
    stretch: Figure | None = None
    #: The year the cell itself names: 73.9％（2011）, 2025年度までに65％.
    fiscal_year: FiscalYear | None = None
    #: The figures of a phrase that has several, by what each is of: 男性 13％、女性 6.4％.
    parts: tuple[tuple[str, Figure], ...] = ()


_DATED = re.compile(r"(?P<rest>.*\d.*?)\s*[(（](?P<year>[^()（）]+)[)）]", re.DOTALL)


@lru_cache(maxsize=65536)
def read_figure(text: str, kind: Kind) -> Figure | None:
    """Read the text of a cell as a fact of the given kind; None where it says there is none.

    Raises `kpi.notation.Unreadable`.
    """
    if match := _DATED.fullmatch(text.strip()):
        try:
            year = read_fiscal_year(match["year"]).fiscal_year
        except Unreadable:
            pass
        else:
            figure = read_figure(match["rest"], kind)
            return figure and replace(figure, text=text.strip(), fiscal_year=year)
    if kind is Kind.TARGET:
        return _of_target(read_target(text))
    if read_nothing(text) is not None:
        return None
    try:
        number = read_number(text)
    except Unreadable:
        if _says_none(text):
            return None
        raise
    return Figure(number.value, text.strip(), None, number.unit, number.scaled, None, number.status)


def _says_none(text: str) -> bool:
    try:
        return read_target(text).kind is TargetKind.NONE
    except Unreadable:
        return False


def _of_target(target: TargetReading) -> Figure | None:
    if target.kind is TargetKind.NONE and not target.parts:
        return None
    return Figure(
        target.value,
        target.text.strip(),
        target.value_high,
        target.unit,
        target.scaled,
        target.comparator,
        None,
        _of_target(target.stretch) if target.stretch else None,
        _year_of_target(target),
        tuple((part.label, figure) for part in target.parts if (figure := _of_target(part))),
    )


def _year_of_target(target: TargetReading) -> FiscalYear | None:
    """Return the fiscal year of a phrase: 2025年３月末 is 2024, 2025年 and 2025年度 are 2025."""
    if target.target_year is None:
        return None
    early = re.search(rf"{target.target_year}年[1-3]月", normal(target.text))
    return FiscalYear(target.target_year - 1 if early else target.target_year)


# 円, 百人, 千円, 万円, 十万人, 百万円, 千万円, 億円, 十億円, 百億円, 兆円.
_FACTORS = [Decimal(10) ** power for power in (0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12)]


def _comparator_of(printed: str) -> Comparator | None:
    try:
        return read_target(printed).comparator
    except Unreadable:
        return None


def _is_range(fact: FactDraft) -> bool:
    return fact.value is None or fact.value_high is None or fact.value <= fact.value_high


def _agree(fact: FactDraft, printed: str) -> bool:
    """Whether a row and the text printed for it say the same, as far as it can be read.

    "821" may have been printed under a heading in 百万円, so a bare figure agrees with any scale.
    """
    try:
        figure = read_figure(printed, fact.kind)
        factor = read_unit(fact.unit_around).factor
    except Unreadable:
        return True
    if figure is None or figure.value is None or fact.value is None:
        return (figure.value if figure else None) == fact.value
    if figure.comparator not in (None, fact.comparator):
        return False
    own = fact.value if fact.scaled else fact.value * factor
    if figure.scaled or figure.unit:
        ratio = Decimal(1) if figure.value == own else None
    else:
        ratio = next((f for f in _FACTORS if figure.value * f == own), None)
    if ratio is None:
        return False
    if figure.value_high is None or fact.value_high is None:
        return figure.value_high == fact.value_high
    return figure.value_high * ratio == (
        fact.value_high if fact.scaled else fact.value_high * factor
    )
