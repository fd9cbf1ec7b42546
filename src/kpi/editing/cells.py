"""One cell of the grid: what is typed there, read as an import would read it in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from kpi.importing.draft import FactDraft
from kpi.importing.facts import bare_unit, fact_of, is_outside
from kpi.importing.figures import Figure, read_figure
from kpi.importing.findings import (
    FactUndated,
    Finding,
    NumberUnreadable,
    PeriodYearOutside,
    TargetInWords,
    TargetUnreadable,
    YearAlone,
    YearUnreadable,
)
from kpi.importing.headings import STRETCH_LABEL
from kpi.model import (
    UNDATED,
    Fact,
    FactKey,
    FiscalYear,
    Kind,
    Period,
    Provenance,
    Series,
    Severity,
)
from kpi.notation import Unreadable, read_fiscal_year, short_year
from kpi.words import say


class Slot(NamedTuple):
    """Where in a row a fact stands: 基準値, 第3期目標, 第3期チャレンジ目標."""

    kind: Kind
    #: Ordinal of the plan period, 0 where the fact belongs to none.
    period: int = 0
    #: As in `FactKey`.
    label: str = ""

    @property
    def title(self) -> str:
        """Return what the column is called."""
        if self.kind is Kind.BASELINE:
            name = say("editing.baseline")
        elif self.kind is Kind.ACTUAL:
            name = say("kind.actual")
        elif self.period:
            name = say("editing.target", period=self.period)
        else:
            name = say("editing.target_alone")
        return f"{name} {self.label}".strip()

    def key(self, series_id: int, year: FiscalYear) -> FactKey:
        """Return the key of the fact that stands here in the row of a series."""
        return FactKey(series_id, self.kind, self.period, self.label, year)


def slot_of(key: FactKey) -> Slot:
    """Return where a fact stands."""
    return Slot(key.kind, key.period, key.label)


def year_text(year: FiscalYear) -> str:
    """Return a year as its cell shows it: R7; nothing where no source names one."""
    # What is typed is compared with it, so it stands as the city writes it.
    return short_year(year) if year != UNDATED else ""


@dataclass(frozen=True)
class Cell:
    """A fact's place in the grid, and what the plan around it says."""

    series: Series
    slot: Slot
    #: The fact that stands there now.
    fact: Fact | None
    #: The period of the slot, where the plan has it.
    period: Period | None
    #: Base unit of the series; None while no fact has settled it.
    unit: str | None

    @property
    def text(self) -> str:
        """Return the figure as printed."""
        return self.fact.value_text if self.fact else ""

    @property
    def year(self) -> str:
        """Return the year as shown."""
        return year_text(self.fact.key.fiscal_year) if self.fact else ""


@dataclass(frozen=True)
class CellReading:
    """What is typed in a cell: the facts it states, or why it states none."""

    #: The main one, and with it the harder one where it is printed behind in ＜ ＞.
    facts: tuple[Fact, ...] = ()
    findings: tuple[Finding, ...] = ()
    #: Unit the cell gives its series, which has none so far.
    unit: str | None = None

    @property
    def is_refused(self) -> bool:
        """Whether a finding forbids it."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


class _Refused(Exception):
    """The cell cannot be read; the finding says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


def read_cell(cell: Cell, text: str, year: str, known: Mapping[FactKey, Fact]) -> CellReading:
    """Read figure and year as typed; ``known`` are the facts of the plan.

    An empty figure and one of the signs for "no value" (ー) state nothing. A year left empty is
    the last one of the period, for which its targets are, or the one the figure itself names.
    """
    try:
        return _read(cell, text.strip(), year.strip(), known)
    except _Refused as refused:
        return CellReading(findings=(refused.finding,))


def _read(cell: Cell, text: str, year: str, known: Mapping[FactKey, Fact]) -> CellReading:
    title = cell.slot.title
    if not text:
        if year and year != cell.year:
            raise _Refused(YearAlone(cell=title, text=year))
        return CellReading()
    figure = _figure(cell, text)
    if figure is None:
        return CellReading()
    at = _year(cell, figure, year)
    findings: list[Finding] = []
    if at == UNDATED:
        findings.append(FactUndated(cell=title, text=text))
    if figure.value is None:
        findings.append(TargetInWords(cell=title, text=text))
    if cell.fact is not None and text == cell.text:
        # Only its year was typed anew: the fact moves there as it is.
        moved = cell.fact._replace(key=cell.slot.key(cell.series.id, at), provenance=None)
        return CellReading((moved,), tuple(findings))
    around = bare_unit(cell.series)
    unit = cell.unit if cell.unit is not None else figure.unit or around.unit
    facts = []
    for label, reading in ((cell.slot.label, figure), (STRETCH_LABEL, figure.stretch)):
        if reading is None:
            continue
        draft = FactDraft(
            cell.slot.kind,
            cell.slot.period,
            label,
            at,
            reading.value,
            reading.value_high,
            reading.unit,
            "",
            reading.scaled,
            reading.comparator,
            reading.text,
            reading.status,
            None,
            Provenance("", "", "", title),
        )
        fact = fact_of(draft, cell.series.id, around, unit, known)
        if isinstance(fact, Finding):
            raise _Refused(fact)
        before = cell.fact if reading is figure else known.get(fact.key)
        note = before.note if before is not None else ""
        facts.append(fact._replace(note=note, provenance=None))
    return CellReading(tuple(facts), tuple(findings), unit if cell.unit is None else None)


def _figure(cell: Cell, text: str) -> Figure | None:
    refusal = TargetUnreadable if cell.slot.kind is Kind.TARGET else NumberUnreadable
    try:
        figure = read_figure(text, cell.slot.kind)
    except Unreadable as unreadable:
        finding = refusal(cell=cell.slot.title, text=text, why=unreadable.why)
        raise _Refused(finding) from unreadable
    is_main = cell.slot.kind is Kind.TARGET and not cell.slot.label
    if figure is not None and (figure.parts or (figure.stretch and not is_main)):
        raise _Refused(refusal(cell=cell.slot.title, text=text, why="several_figures"))
    return figure


def _year(cell: Cell, figure: Figure, year: str) -> FiscalYear:
    """Return the year of a figure: as typed, as the figure names it, as its period ends."""
    title = cell.slot.title
    if cell.fact is not None and year == cell.year:
        at = cell.fact.key.fiscal_year
    elif year:
        try:
            at = read_fiscal_year(year).fiscal_year
        except Unreadable as unreadable:
            finding = YearUnreadable(cell=title, text=year, why=unreadable.why)
            raise _Refused(finding) from unreadable
    elif figure.fiscal_year is not None:
        at = figure.fiscal_year
    elif cell.slot.kind is Kind.TARGET and cell.period is not None:
        at = cell.period.last_year
    else:
        at = UNDATED
    if figure.fiscal_year not in (None, at):
        # A figure must not be held against another year than it was promised for.
        raise _Refused(YearUnreadable(cell=title, text=figure.text, why="years_differ"))
    period = cell.period
    if cell.slot.kind is Kind.TARGET and period is not None and at != UNDATED:
        begin = period.first_year
        if begin is not None and is_outside(period, at):
            span = begin, period.last_year
            ordinal = str(period.ordinal)
            raise _Refused(PeriodYearOutside("", title, ordinal, at, span))
    return at
