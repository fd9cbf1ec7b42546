"""Tidy tables: a row a fact. The one layout that comes with hundreds of thousands of rows.

What stands beside the figure of a row stands beside many others too, so it is read once for each
combination; per row there is little more than the figure.
"""

from __future__ import annotations

from decimal import Decimal
from operator import itemgetter
from typing import Literal, NamedTuple

from kpi.importing.draft import FactDraft, SeriesDraft
from kpi.importing.figures import Figure, read_figure
from kpi.importing.findings import (
    KindContradicts,
    NumberUnreadable,
    RangeBackwards,
    TargetInWords,
    TargetUnreadable,
    ValueContradicts,
    WordUnknown,
)
from kpi.importing.headings import STRETCH_LABEL, Role, period_named
from kpi.importing.readers import Cell, address, text_of
from kpi.importing.rows import Rows
from kpi.model import UNDATED, Comparator, FiscalYear, Kind, Provenance, Status
from kpi.notation import Unreadable, is_kept, normal, read_number, read_target, read_unit


class _Beside(NamedTuple):
    """What the cells beside a figure say of it."""

    kind: Kind
    period: int
    label: str
    #: None where the row names no year.
    fiscal_year: FiscalYear | None
    comparator: Comparator | None
    high: Decimal | None
    status: Status | Literal[""] | None
    note: str | None
    unit: str


class TidyRows(Rows):
    """Reads a tidy table into a draft."""

    def _read_rows(self) -> None:
        roles = self.table.roles
        printed_at = roles.get(Role.VALUE_TEXT, -1)
        value_at = roles.get(Role.VALUE, printed_at)
        described_at = {column for column in self.columns if column is not None}
        beside_at = set(roles.values()) - described_at - {value_at, printed_at}
        # The unit describes a series, and also how its bare figures are meant.
        beside_at |= {column for role, column in roles.items() if role is Role.UNIT}
        described, beside = itemgetter(*described_at), itemgetter(*beside_at)
        width = max(roles.values()) + 1
        letters = address(0, value_at)[:-1]
        name, sha256, sheet = self.book.name, self.book.sha256, self.sheet.name
        series_of: dict[object, SeriesDraft] = {}
        beside_of: dict[object, _Beside] = {}
        rows = facts = 0
        for row in self.table.rows:
            cells = self.sheet.rows[row]
            if len(cells) < width:
                cells = [*cells, *[""] * (width - len(cells))]
            series = series_of.get(key := described(cells))
            if series is None:
                series = self._new(row, cells)
                if series is None:
                    continue
                series_of[key] = series
            rows += 1
            said = beside_of.get(key := beside(cells))
            if said is None:
                said = self._beside(row, cells)
                if said is None:
                    continue
                beside_of[key] = said
            cell = cells[value_at]
            printed = cells[printed_at] if printed_at >= 0 else ""
            if (
                isinstance(cell, str)
                or printed != ""
                or said.high is not None
                or said.fiscal_year is None
                or not is_kept(cell)
            ):
                self._read_fact(row, cells, series, said)
                continue
            text = text_of(cell)
            series.facts.append(
                FactDraft(
                    said.kind,
                    said.period,
                    said.label,
                    said.fiscal_year,
                    Decimal(text),
                    None,
                    "",
                    said.unit,
                    False,
                    said.comparator,
                    text,
                    said.status,
                    said.note,
                    Provenance(name, sha256, sheet, f"{letters}{row + 1}"),
                )
            )
            facts += 1
        self.count.rows += rows
        self.count.facts += facts

    def _new(self, row: int, cells: list[Cell]) -> SeriesDraft | None:
        """Return the series of a row whose description has not been met; None if it is no data."""
        if all(cell == "" for cell in cells):
            return None
        if self._passed_over(row, cells):
            self.count.skipped += 1
            return None
        return self._series(row, cells)

    def _beside(self, row: int, cells: list[Cell]) -> _Beside | None:
        """Read what stands beside a figure; None (with a finding) where it cannot be read."""
        kind = self._kind(row, cells)
        text = self._text(cells, Role.FISCAL_YEAR)
        year = self._read_year(row, self.table.roles[Role.FISCAL_YEAR], text) if text else None
        if kind is None or (text and year is None):
            return None
        comparator = self._word(row, cells, Role.COMPARATOR)
        status = self._word(row, cells, Role.STATUS)
        return _Beside(
            kind,
            # An actual belongs to its year, whatever period it is printed with.
            self._period(row, cells) if kind is Kind.TARGET else 0,
            self._text(cells, Role.LABEL) if kind is Kind.TARGET else "",
            year,
            comparator if isinstance(comparator, Comparator) else None,
            self._number(row, cells, Role.VALUE_HIGH),
            None
            if Role.STATUS not in self.table.roles
            else status
            if isinstance(status, Status)
            else "",
            self._said(cells, Role.NOTE),
            self._unit(cells),
        )

    def _kind(self, row: int, cells: list[Cell]) -> Kind | None:
        """Return what the value of a row is; heading and row must not disagree."""
        said = self._word(row, cells, Role.KIND)
        if isinstance(said, Kind) and self.table.kind not in (None, said):
            column = self.table.roles[Role.KIND]
            heading = self._heading(self.table.roles[Role.VALUE])
            text = text_of(cells[column])
            self._find(KindContradicts(self.sheet.name, address(row, column), heading, text))
            return None
        return said if isinstance(said, Kind) else self.table.kind

    def _period(self, row: int, cells: list[Cell]) -> int:
        text = self._text(cells, Role.PERIOD)
        if not text:
            return 0
        plain = normal(text).removesuffix(".0")
        if ordinal := int(plain) if plain.isdecimal() else period_named(plain):
            return ordinal
        column = self.table.roles[Role.PERIOD]
        place, heading = address(row, column), self._heading(column)
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

    def _read_fact(self, row: int, cells: list[Cell], series: SeriesDraft, said: _Beside) -> None:
        """Read a row whose figure is more than a plain number of a named year."""
        roles = self.table.roles
        printed = self._text(cells, Role.VALUE_TEXT)
        column = roles.get(Role.VALUE, -1)
        if column < 0 or cells[column] == "":
            column = roles.get(Role.VALUE_TEXT, column)
        cell, place = cells[column], address(row, column)
        if cell == "":
            self.blank.append(place)
            return
        figure = self._figure(row, column, cell, said.kind)
        if figure is None:
            return
        if figure.parts:
            text = text_of(cell)
            self._find(TargetUnreadable(self.sheet.name, place, text, "several_figures"))
            return
        if figure.value is None and not printed:
            self._find(TargetInWords(self.sheet.name, place, figure.text))
        if said.fiscal_year and figure.fiscal_year not in (None, said.fiscal_year):
            self._find_other_year(row, column)
            return
        if not (year := said.fiscal_year or figure.fiscal_year):
            self.undated.append(place)
        comparator = said.comparator or figure.comparator
        if printed and Role.COMPARATOR not in roles:
            comparator = _comparator_of(printed)
        fact = FactDraft(
            said.kind,
            said.period,
            said.label,
            year or UNDATED,
            figure.value,
            figure.value_high if said.high is None else said.high,
            figure.unit,
            said.unit,
            figure.scaled,
            comparator,
            printed or figure.text,
            figure.status or said.status,
            said.note,
            self._place(row, column),
        )
        if not self._is_consistent(fact, figure, cells, printed):
            return
        self._add(series, fact)
        if (beyond := figure.stretch) is not None:
            self._add(
                series,
                fact._replace(
                    label=STRETCH_LABEL,
                    value=beyond.value,
                    value_high=beyond.value_high,
                    comparator=beyond.comparator,
                    text=beyond.text,
                ),
            )

    def _is_consistent(
        self, fact: FactDraft, figure: Figure, cells: list[Cell], printed: str
    ) -> bool:
        """Whether the columns of a row say one thing; where not, it is found."""
        sheet, cell = self.sheet.name, fact.place.cell
        if fact.value is not None and fact.value_high is not None and fact.value > fact.value_high:
            self._find(RangeBackwards(sheet, cell, fact.text))
        elif figure.comparator not in (None, fact.comparator):
            said = self._text(cells, Role.COMPARATOR)
            self._find(ValueContradicts(sheet, cell, figure.text, said))
        elif printed and not _agree(fact, printed):
            self._find(ValueContradicts(sheet, cell, figure.text, printed))
        else:
            return True
        return False


# 円, 百人, 千円, 万円, 十万人, 百万円, 千万円, 億円, 十億円, 百億円, 兆円.
_FACTORS = [Decimal(10) ** power for power in (0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12)]


def _comparator_of(printed: str) -> Comparator | None:
    try:
        return read_target(printed).comparator
    except Unreadable:
        return None


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
    own_high = fact.value_high if fact.scaled else fact.value_high * factor
    return figure.value_high * ratio == own_high
