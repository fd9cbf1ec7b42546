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
from typing import NamedTuple

from kpi.importing.findings import (
    FileUnreadable,
    Finding,
    IndicatorMissing,
    LayoutUnknown,
    NothingThere,
    NumberUnreadable,
    PlanUnknown,
    RowPassedOver,
    Severity,
    SheetPassedOver,
    TargetUnreadable,
    ValueContradicts,
    WordUnknown,
    YearUnreadable,
)
from kpi.importing.headings import FIXED_WORDS, STRETCH_LABEL, Role, ValueHeading
from kpi.importing.layouts import Layout, Outline, read_outline, recognise
from kpi.importing.readers import Book, Cell, Sheet, address, read_books, text_of
from kpi.model import Comparator, Direction, FiscalYear, Kind, Provenance, Status
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
    unit: str = ""
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
    value: Decimal
    value_high: Decimal | None
    unit: str
    #: Whether the figure itself held a power (5千), so that no other may be applied to it.
    scaled: bool
    comparator: Comparator | None
    text: str
    status: Status | None
    note: str
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
    for book in read_books(files, on_step):
        report = FileReport(book.name, book.sha256, book.encoding, findings=list(book.findings))
        draft.files.append(report)
        _read_sheets(book, context, draft, report)
    return draft


def _read_sheets(book: Book, context: Context, draft: Draft, report: FileReport) -> None:
    outline = Outline(context.municipality, context.municipality_code, context.plan)
    tables: list[tuple[Sheet, Layout]] = []
    for sheet in book.sheets:
        layout = recognise(sheet)
        if layout is not None:
            tables.append((sheet, layout))
        elif (found := read_outline(sheet)) is not None:
            outline = found
            draft.outlines.append(found)
            report.findings.extend(found.findings)
        elif any(text_of(cell).strip() for row in sheet.rows for cell in row):
            report.findings.append(SheetPassedOver(sheet.name))
    if not tables and not report.has_errors:
        report.findings.append(LayoutUnknown() if book.sheets else FileUnreadable())
    for sheet, layout in tables:
        report.layout = report.layout or layout.name
        report.layout_title = report.layout_title or layout.title
        report.why = report.why or layout.why
        report.findings.extend(layout.findings)
        _Rows(book, sheet, layout, outline, draft, report).read()


_NOTE = re.compile(r"^[※＊*]|^[(（]?注[)）:：\d]|^備考|^出典")
_PERIOD_CELL = re.compile(r"第?(\d)(?:\.0)?期?")
_NUMBERED = re.compile(
    r"(?P<level>政策|施策|基本目標|基本政策|目標)?\s*(?P<code>\d+(?:[-.]\d+)*)[\s.:、]*(?P<name>\D.*)",
    re.DOTALL,
)


def policy_name(text: str, level: str) -> PolicyName:
    """Split 政策1-5 確かな暮らしを支える into level, code and name."""
    plain = " ".join(fold(text).split())
    if match := _NUMBERED.fullmatch(plain):
        return PolicyName(match["level"] or level, match["code"], match["name"].strip())
    return PolicyName(level, "", " ".join(text.split()))


class _Rows:
    """Reads the rows of one sheet into a draft."""

    def __init__(
        self,
        book: Book,
        sheet: Sheet,
        layout: Layout,
        outline: Outline,
        draft: Draft,
        report: FileReport,
    ) -> None:
        self.book, self.sheet, self.layout, self.outline = book, sheet, layout, outline
        self.draft, self.report = draft, report
        self.count = SheetReport(sheet.name)
        self.nothing: list[tuple[str, str]] = []
        self.names: dict[tuple[str, ...], SeriesDraft] = {}

    def read(self) -> None:
        """Read every row below the headings."""
        self.report.sheets.append(self.count)
        head = self.layout.heading_row
        for row, cells in enumerate(self.sheet.rows[head + 1 :], head + 1):
            if any(cell != "" for cell in cells):
                self._read_row(row, cells)
        if self.nothing:
            signs = "・".join(dict.fromkeys(sign for _, sign in self.nothing if sign)) or "空欄"
            self._find(NothingThere(self.sheet.name, self.nothing[0][0], len(self.nothing), signs))

    def _find(self, finding: Finding) -> None:
        self.report.findings.append(finding)

    def _text(self, cells: list[Cell], role: Role) -> str:
        column = self.layout.roles.get(role)
        if column is None or column >= len(cells):
            return ""
        return text_of(cells[column]).strip()

    def _place(self, row: int, column: int) -> Provenance:
        return Provenance(self.book.name, self.book.sha256, self.sheet.name, address(row, column))

    def _read_row(self, row: int, cells: list[Cell]) -> None:
        filled = list(dict.fromkeys(text_of(cell).strip() for cell in cells if cell != ""))
        indicator = self._text(cells, Role.INDICATOR)
        if not indicator or filled == [indicator] or _NOTE.match(indicator):
            self._without_indicator(row, cells, filled)
            return
        self.count.rows += 1
        series = self._series(row, cells)
        if series is None:
            return
        if self.layout.name == "tidy":
            self._tidy_row(row, cells, series)
        else:
            for column, heading in self.layout.values.items():
                if column < len(cells):
                    self._value(row, column, cells[column], heading, series)

    def _without_indicator(self, row: int, cells: list[Cell], filled: list[str]) -> None:
        self.count.skipped += 1
        has_value = any(
            column < len(cells) and any(c.isdigit() for c in text_of(cells[column]))
            for column in (self.layout.values or [self.layout.roles.get(Role.VALUE, len(cells))])
        )
        place = address(row, self.layout.roles[Role.INDICATOR])
        if has_value and not _NOTE.match(filled[0]):
            self._find(IndicatorMissing(self.sheet.name, place))
        elif any(filled):
            self._find(RowPassedOver(self.sheet.name, place, filled[0]))

    def _series(self, row: int, cells: list[Cell]) -> SeriesDraft | None:
        """Return the series a row is about, or None (with a finding) where it cannot be told."""
        described = tuple(
            self._text(cells, role)
            for role in (
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
        )
        if described in self.names:
            return self.names[described]
        (
            municipality,
            municipality_code,
            plan,
            policy,
            policy_code,
            measure,
            indicator_code,
            indicator,
            series,
            unit,
            direction_text,
            department,
            source,
        ) = described
        place = self._place(row, self.layout.roles[Role.INDICATOR])
        plan = plan or self.outline.plan
        if not plan:
            if not any(isinstance(f, PlanUnknown) for f in self.report.findings):
                self._find(PlanUnknown(self.sheet.name, place.cell))
            return None
        if not municipality:
            municipality = self.outline.municipality
            municipality_code = municipality_code or self.outline.municipality_code
        policies = []
        if policy or policy_code:
            read = policy_name(policy, "政策")
            policies.append(PolicyName(read.level, policy_code or read.code, read.name))
        if measure:
            policies.append(policy_name(measure, "施策"))
        name = SeriesName(
            municipality,
            municipality_code,
            plan,
            tuple(policies),
            indicator_code,
            " ".join(indicator.split()),
            " ".join(series.strip("【】").split()),
        )
        found = self.draft.series.setdefault(name, SeriesDraft(name, place))
        found.unit = found.unit or unit
        found.department = found.department or department
        found.source = found.source or source
        if direction_text:
            direction = self._word(row, cells, Role.DIRECTION)
            if isinstance(direction, Direction):
                found.direction = direction
        self.names[described] = found
        return found

    def _word(self, row: int, cells: list[Cell], role: Role) -> object | None:
        """Read a cell of fixed words; an unknown one is a finding."""
        text = self._text(cells, role)
        if not text:
            return None
        known = FIXED_WORDS[role]
        word = known.get(normal(text))
        if word is None:
            column = self.layout.roles[role]
            self._find(
                WordUnknown(
                    self.sheet.name,
                    address(row, column),
                    text_of(self.sheet.rows[self.layout.heading_row][column]),
                    text,
                    "・".join(list(known)[:4]),
                )
            )
        return word

    def _value(
        self,
        row: int,
        column: int,
        cell: Cell,
        heading: ValueHeading,
        series: SeriesDraft,
    ) -> None:
        """Read a cell of a column of values."""
        if heading.fiscal_year is None or cell == "":
            return
        figure = self._figure(row, column, cell, heading.kind)
        if figure is None:
            return
        note = self._text(self.sheet.rows[row], Role.NOTE)
        for label, reading in (
            (heading.label, figure),
            (STRETCH_LABEL, figure.stretch),
        ):
            if reading is not None:
                self._add(
                    series,
                    FactDraft(
                        heading.kind,
                        heading.period,
                        label,
                        heading.fiscal_year,
                        reading.value,
                        reading.value_high,
                        reading.unit,
                        reading.scaled,
                        reading.comparator,
                        reading.text,
                        reading.status or heading.status,
                        note,
                        self._place(row, column),
                    ),
                )

    def _tidy_row(self, row: int, cells: list[Cell], series: SeriesDraft) -> None:
        """Read a row that holds one fact."""
        roles = self.layout.roles
        kind = self.layout.kind or self._word(row, cells, Role.KIND)
        year = self._year(row, cells)
        if not isinstance(kind, Kind) or year is None:
            return
        column = roles.get(Role.VALUE, roles.get(Role.VALUE_TEXT, 0))
        cell = cells[column] if column < len(cells) else ""
        printed = self._text(cells, Role.VALUE_TEXT)
        if cell == "" and printed:
            column, cell = roles[Role.VALUE_TEXT], printed
        if cell == "":
            self.nothing.append((address(row, column), ""))
            return
        figure = self._figure(row, column, cell, kind)
        if figure is None:
            return
        high = self._number(row, cells, Role.VALUE_HIGH)
        comparator = self._word(row, cells, Role.COMPARATOR)
        status = self._word(row, cells, Role.STATUS)
        fact = FactDraft(
            kind,
            self._period(row, cells),
            self._text(cells, Role.LABEL),
            year,
            figure.value,
            figure.value_high if high is None else high,
            figure.unit,
            figure.scaled,
            comparator if isinstance(comparator, Comparator) else figure.comparator,
            printed or figure.text,
            status if isinstance(status, Status) else figure.status,
            self._text(cells, Role.NOTE),
            self._place(row, column),
        )
        if printed and not _agree(fact, printed, self._text(cells, Role.UNIT)):
            place = address(row, column)
            self._find(ValueContradicts(self.sheet.name, place, text_of(cell), printed))
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

    def _add(self, series: SeriesDraft, fact: FactDraft) -> None:
        series.facts.append(fact)
        self.count.facts += 1

    def _year(self, row: int, cells: list[Cell]) -> FiscalYear | None:
        text = self._text(cells, Role.FISCAL_YEAR)
        try:
            return read_fiscal_year(text).fiscal_year
        except Unreadable as unreadable:
            column = self.layout.roles[Role.FISCAL_YEAR]
            self._find(YearUnreadable(self.sheet.name, address(row, column), text, unreadable.why))
            return None

    def _period(self, row: int, cells: list[Cell]) -> int:
        text = self._text(cells, Role.PERIOD)
        if not text:
            return 0
        match = _PERIOD_CELL.fullmatch(normal(text))
        if match:
            return int(match[1])
        column = self.layout.roles[Role.PERIOD]
        heading = text_of(self.sheet.rows[self.layout.heading_row][column])
        self._find(
            WordUnknown(self.sheet.name, address(row, column), heading, text, "1・2・3・第1期")
        )
        return 0

    def _number(self, row: int, cells: list[Cell], role: Role) -> Decimal | None:
        text = self._text(cells, role)
        if not text:
            return None
        try:
            return read_number(text).value
        except Unreadable as unreadable:
            place = address(row, self.layout.roles[role])
            self._find(NumberUnreadable(self.sheet.name, place, text, unreadable.why))
            return None

    def _figure(self, row: int, column: int, cell: Cell, kind: Kind) -> Figure | None:
        """Read the figure in a cell; None (and a finding where due) if it holds none."""
        if not isinstance(cell, str):
            return Figure(Decimal(text_of(cell)), text_of(cell))
        place = address(row, column)
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

    value: Decimal
    text: str
    value_high: Decimal | None = None
    unit: str = ""
    scaled: bool = False
    comparator: Comparator | None = None
    status: Status | None = None
    stretch: Figure | None = None


@lru_cache(maxsize=65536)
def read_figure(text: str, kind: Kind) -> Figure | None:
    """Read the text of a cell as a fact of the given kind; None where it says there is none.

    Raises `kpi.notation.Unreadable`.
    """
    if kind is not Kind.TARGET:
        if read_nothing(text) is not None:
            return None
        try:
            number = read_number(text)
        except Unreadable:
            if _says_none(text):
                return None
            raise
        return Figure(
            number.value,
            text.strip(),
            None,
            number.unit,
            number.scaled,
            None,
            number.status,
        )
    return _of_target(read_target(text))


def _says_none(text: str) -> bool:
    try:
        return read_target(text).kind is TargetKind.NONE
    except Unreadable:
        return False


def _of_target(target: TargetReading) -> Figure | None:
    if target.value is None:
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
    )


# 円, 千円, 万円, 百万円, 億円, 兆円.
_FACTORS = [Decimal(10) ** power for power in (0, 3, 4, 6, 8, 12)]


def _agree(fact: FactDraft, printed: str, unit: str) -> bool:
    """Whether a value and the text printed for it say the same number, as far as it can be read.

    "821" may have been printed under a heading in 百万円, so a bare figure agrees with any scale.
    """
    try:
        figure = read_figure(printed, fact.kind)
        factor = read_unit(unit).factor
    except Unreadable:
        return True
    if figure is None:
        return False
    if figure.scaled:
        return figure.value == (fact.value if fact.scaled else fact.value * factor)
    return any(figure.value * factor == fact.value for factor in _FACTORS)
