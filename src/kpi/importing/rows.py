"""Rows of a table, or its single cells, to series and facts of a draft."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from math import isfinite

from kpi.importing.draft import (
    Draft,
    FactDraft,
    FileReport,
    PolicyName,
    SeriesDraft,
    SeriesName,
    SheetReport,
)
from kpi.importing.figures import Figure, read_figure
from kpi.importing.findings import (
    CellsBlank,
    Finding,
    IndicatorMissing,
    NothingThere,
    NumberUnreadable,
    PlanContradicts,
    PlanUnknown,
    RowPassedOver,
    TargetInWords,
    TargetUnreadable,
    TotalPassedOver,
    ValueMerged,
    WordUnknown,
    YearNotGiven,
    YearUnreadable,
)
from kpi.importing.headings import FIXED_WORDS, STRETCH_LABEL, YEAR_OF_ROW, Role, ValueHeading
from kpi.importing.layouts import Outline, Spot, Table
from kpi.importing.layouts.crosstabs import years_down
from kpi.importing.layouts.surroundings import NOTE, SECTION, place_section, unit_named
from kpi.importing.readers import Book, Cell, Sheet, address, text_of
from kpi.model import UNDATED, Direction, FiscalYear, Kind, Provenance
from kpi.notation import Unreadable, fold, is_kept, normal, read_fiscal_year

#: What stands for no name.
_NOBODY = ("", "-")
#: What a row of totals is called.
_TOTALS = {"合計", "総計", "小計", "計", "平均"}
# 施策1-5-1 確かな安心, 1-5-1 確かな安心, 3．健康: but 2040年に向けて and 3R推進 are names.
_NUMBERED = re.compile(
    r"(?:(?P<level>政策|施策|基本目標|基本政策|目標)\s*(?P<code>\d+(?:[-.]\d+)*)[\s.:、]*"
    r"|(?P<bare>\d+(?:[-.]\d+)+)[\s.:、]*|(?P<single>\d+)[\s.:、]+)(?P<name>\D.*)",
    re.DOTALL,
)
# 19．がん対策の推進 ⅱ．がんの治療と就労の両立 is another than 19．がん対策の推進 ⅰ．…
_SUBNUMBER = re.compile(r"\s(?P<number>[ivx]+)\.")


def policy_name(text: str, level: str) -> PolicyName:
    """Split 政策1-5 確かな暮らしを支える into level, code and name."""
    plain = " ".join(fold(text).split())
    if match := _NUMBERED.fullmatch(plain):
        code = match["code"] or match["bare"] or match["single"]
        if within := _SUBNUMBER.search(match["name"]):
            code = f"{code}-{within['number']}"
        return PolicyName(match["level"] or level, code, match["name"].strip())
    return PolicyName(level, "", " ".join(text.split()))


#: What describes a series, in the order `_Rows` reads it.
_DESCRIBED = (
    Role.MUNICIPALITY,
    Role.MUNICIPALITY_CODE,
    Role.PREFECTURE,
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


def _area(said: dict[Role, str]) -> tuple[str, str]:
    """Return the name and code of the municipality of a row; a prefecture's row names no city.

    Cities of one name are told apart by their code, and where there is none by their prefecture.
    """
    code, prefecture = fold(said[Role.MUNICIPALITY_CODE]), said[Role.PREFECTURE]
    city = said[Role.MUNICIPALITY]
    if normal(city) in _NOBODY:
        return prefecture, code
    return (city if code else prefecture + city), code


@dataclass
class TableReader:
    """What is read of one table into a draft, and what is said of all of its rows."""

    book: Book
    sheet: Sheet
    table: Table
    outline: Outline
    draft: Draft
    report: FileReport
    count: SheetReport
    #: Name of the plan the person chose, if any: a file may not say otherwise.
    chosen: str

    def __post_init__(self) -> None:
        self.common = dict(self.table.common)

    def _find(self, finding: Finding) -> None:
        self.report.findings.append(finding)

    def _text(self, cells: list[Cell], role: Role) -> str:
        column = self.table.roles.get(role)
        if column is None or column >= len(cells):
            return self.common.get(role, "")
        return text_of(cells[column]).strip() or self.common.get(role, "")


class Rows(TableReader):
    """Reads one table into a draft."""

    def __post_init__(self) -> None:
        super().__post_init__()
        table, sheet = self.table, self.sheet
        self.nothing: list[tuple[str, str]] = []
        self.blank: list[str] = []
        self.undated: list[str] = []
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
            self._read_rows()
        if self.nothing:
            signs = "・".join(dict.fromkeys(sign for _, sign in self.nothing))
            self._find(NothingThere(self.sheet.name, self.nothing[0][0], len(self.nothing), signs))
        if self.blank:
            self._find(CellsBlank(self.sheet.name, self.blank[0], len(self.blank)))
        if self.undated:
            self._find(YearNotGiven(self.sheet.name, self.undated[0], len(self.undated)))

    def _read_rows(self) -> None:
        for row in self.table.rows:
            cells = self.sheet.rows[row]
            if any(cell != "" for cell in cells):
                self._read_row(row, cells)

    def _place(self, row: int, column: int) -> Provenance:
        return Provenance(self.book.name, self.book.sha256, self.sheet.name, address(row, column))

    def _heading(self, column: int) -> str:
        rows = self.table.headings
        return text_of(self.sheet.rows[rows[-1]][column]) if rows else ""

    def _read_row(self, row: int, cells: list[Cell]) -> None:
        if self._passed_over(row, cells):
            self.count.skipped += 1
            return
        self.count.rows += 1
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
            if normal(named) in _NOBODY:
                named = self._text(cells, Role.PREFECTURE)
            is_total = normal(named) in _TOTALS
            if row in self.years or (named and not NOTE.match(named) and not is_total):
                return False
            own = (*self.table.roles.values(), *self.table.values)
            if all(column >= len(cells) or cells[column] == "" for column in own):
                # Beside a longer table this one has ended.
                return True
        else:
            name = text_of(cells[at]).strip() if at < len(cells) else ""
            if self._is_name(name, cells):
                return False
        filled = list(dict.fromkeys(text_of(cell).strip() for cell in cells if cell != ""))
        place = address(row, at or 0)
        first = next((text for text in filled if normal(text) not in _NOBODY), "")
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
        municipality, code = _area(said)
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
        if spot.text:
            cell = spot.text
        elif spot.line is not None and isinstance(cell, str):
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
            if heading.year_in_cells and role not in self.table.roles:
                # The year in the table's title is not that of its targets.
                continue
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

    def _said(self, cells: list[Cell], role: Role) -> str | None:
        """Return the text of a column; None where the table has no such column."""
        return self._text(cells, role) if role in self.table.roles else self.common.get(role)

    def _add(self, series: SeriesDraft, fact: FactDraft) -> None:
        series.facts.append(fact)
        self.count.facts += 1

    def _figure(self, row: int, column: int, cell: Cell, kind: Kind) -> Figure | None:
        """Read the figure in a cell; None (and a finding where due) if it holds none."""
        place = address(row, column)
        if not isinstance(cell, str):
            text = text_of(cell)
            if not isfinite(cell):
                self._find(NumberUnreadable(self.sheet.name, place, text, "not_finite"))
                return None
            if not is_kept(cell):
                self._find(NumberUnreadable(self.sheet.name, place, repr(cell), "too_many_digits"))
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
