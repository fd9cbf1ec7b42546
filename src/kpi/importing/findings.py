"""Findings: what an import has to say about a file, a class each.

The words (a title, the message, what to do) stand in the catalogue under ``finding.<code>``; the
fields of a class are the values its words may name. An error refuses the import, a warning asks
for a second look, an info only tells.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import ClassVar

from kpi.words import say


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Finding:
    """One thing to say about one place of a file."""

    code: ClassVar[str]
    severity: ClassVar[Severity] = Severity.ERROR

    sheet: str = ""
    #: Address in the manner of spreadsheets; empty where the finding is about the whole sheet.
    cell: str = ""

    @property
    def title(self) -> str:
        """Return the kind of finding in a few words."""
        return say(f"finding.{self.code}.title")

    @property
    def message(self) -> str:
        """Return what was found, in a sentence."""
        return say(f"finding.{self.code}.message", **self._values())

    @property
    def hint(self) -> str:
        """Return what to do, in a sentence."""
        return say(f"finding.{self.code}.hint", **self._values())

    def _values(self) -> dict[str, object]:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        if "why" in values:
            values["why"] = say(f"unreadable.{values['why']}")
        return values


@dataclass(frozen=True)
class FileUnreadable(Finding):
    """The bytes are no workbook, or a damaged one."""

    code = "file-unreadable"


@dataclass(frozen=True)
class FileProtected(Finding):
    """The workbook asks for a password."""

    code = "file-protected"


@dataclass(frozen=True)
class FileTypeUnknown(Finding):
    """The name ends in nothing that is read."""

    code = "file-type-unknown"
    suffix: str = ""


@dataclass(frozen=True)
class FileTooLarge(Finding):
    """More bytes than the limit."""

    code = "file-too-large"
    size: int = 0
    limit: int = 0


@dataclass(frozen=True)
class EncodingUnknown(Finding):
    """A CSV that is neither UTF-8 nor cp932."""

    code = "encoding-unknown"


@dataclass(frozen=True)
class LayoutUnknown(Finding):
    """No sheet of the file has headings that are understood."""

    code = "layout-unknown"


@dataclass(frozen=True)
class SheetPassedOver(Finding):
    """A sheet without known headings beside one that has them, or a hidden one."""

    code = "sheet-passed-over"
    severity = Severity.INFO


@dataclass(frozen=True)
class PlanUnknown(Finding):
    """Nothing says which plan the rows belong to."""

    code = "plan-unknown"


@dataclass(frozen=True)
class PlanContradicts(Finding):
    """The file names another plan than the one chosen for it."""

    code = "plan-contradicts"
    plan: str = ""
    chosen: str = ""


@dataclass(frozen=True)
class PlanNew(Finding):
    """A plan the municipality did not have: new, or a name mistyped."""

    code = "plan-new"
    severity = Severity.WARNING
    plan: str = ""
    municipality: str = ""


@dataclass(frozen=True)
class MunicipalityUnclear(Finding):
    """Several municipalities bear the name (府中市)."""

    code = "municipality-unclear"
    name: str = ""
    municipality_codes: str = ""


@dataclass(frozen=True)
class CodeOfAnother(Finding):
    """The code belongs to a municipality of another name."""

    code = "code-of-another"
    text: str = ""
    name: str = ""
    owner: str = ""


@dataclass(frozen=True)
class MunicipalityUnknown(Finding):
    """Nothing says whose plan it is."""

    code = "municipality-unknown"
    plan: str = ""


@dataclass(frozen=True)
class HeadingYearMissing(Finding):
    """A column of values whose heading names no year."""

    code = "heading-year-missing"
    heading: str = ""


@dataclass(frozen=True)
class YearUnreadable(Finding):
    """A year that cannot be read."""

    code = "year-unreadable"
    text: str = ""
    why: str = ""


@dataclass(frozen=True)
class NumberUnreadable(Finding):
    """A value that cannot be read as one number."""

    code = "number-unreadable"
    text: str = ""
    why: str = ""


@dataclass(frozen=True)
class TargetUnreadable(Finding):
    """A target phrase that cannot be read."""

    code = "target-unreadable"
    text: str = ""
    why: str = ""


@dataclass(frozen=True)
class TargetInWords(Finding):
    """A target without a figure (前年度より増); it is kept as its words."""

    code = "target-in-words"
    severity = Severity.WARNING
    text: str = ""


@dataclass(frozen=True)
class UnitUnreadable(Finding):
    """A unit that is none."""

    code = "unit-unreadable"
    text: str = ""


@dataclass(frozen=True)
class WordUnknown(Finding):
    """A cell of a column of fixed words holds another word."""

    code = "word-unknown"
    heading: str = ""
    text: str = ""
    known: str = ""


@dataclass(frozen=True)
class KindMissing(Finding):
    """Nothing says whether the values are targets, actuals or baselines."""

    code = "kind-missing"


@dataclass(frozen=True)
class KindContradicts(Finding):
    """The heading of the values and the row say different kinds (実績値, 目標)."""

    code = "kind-contradicts"
    heading: str = ""
    text: str = ""


@dataclass(frozen=True)
class RoleTwice(Finding):
    """Two columns have a heading of the same meaning; which of them counts nobody has said."""

    code = "heading-twice"
    heading: str = ""
    cells: str = ""


@dataclass(frozen=True)
class ColumnPassedOver(Finding):
    """A column of numbers whose heading means nothing to the program."""

    code = "column-passed-over"
    severity = Severity.WARNING
    heading: str = ""


@dataclass(frozen=True)
class ValueMerged(Finding):
    """One figure in a cell merged over several: it may be one year's or all of them."""

    code = "value-merged"
    text: str = ""


@dataclass(frozen=True)
class TotalPassedOver(Finding):
    """A row of totals."""

    code = "total-passed-over"
    severity = Severity.INFO
    text: str = ""


@dataclass(frozen=True)
class PeriodYearOutside(Finding):
    """A target's year lies outside the period it is for."""

    code = "period-year-outside"
    period: str = ""
    year: str = ""
    span: str = ""


@dataclass(frozen=True)
class UnitChanged(Finding):
    """The unit is written with another factor than before (円, now 千円)."""

    code = "unit-changed"
    severity = Severity.WARNING
    indicator: str = ""
    text: str = ""
    before: str = ""


@dataclass(frozen=True)
class ScaleJump(Finding):
    """A value is a thousand times the one known, or a thousandth."""

    code = "scale-jump"
    severity = Severity.WARNING
    what: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class IndicatorMissing(Finding):
    """A row has a value but no indicator."""

    code = "indicator-missing"


@dataclass(frozen=True)
class ValueContradicts(Finding):
    """Value and printed text of one row say different numbers."""

    code = "value-contradicts"
    value: str = ""
    text: str = ""


@dataclass(frozen=True)
class UnitDiffers(Finding):
    """The unit at a value is not the unit of its series."""

    code = "unit-differs"
    text: str = ""
    unit: str = ""


@dataclass(frozen=True)
class ScaleUnclear(Finding):
    """5千 under a column in 千人: a thousand twice, or once."""

    code = "scale-unclear"
    text: str = ""
    unit: str = ""


@dataclass(frozen=True)
class FactTwice(Finding):
    """The same fact stands in two places with different values."""

    code = "fact-twice"
    what: str = ""
    here: str = ""
    there: str = ""
    elsewhere: str = ""


@dataclass(frozen=True)
class SeriesUnclear(Finding):
    """The indicator has several series and the row names none of them."""

    code = "series-unclear"
    indicator: str = ""
    names: str = ""


@dataclass(frozen=True)
class IndicatorUnclear(Finding):
    """Several indicators of the plan bear the name."""

    code = "indicator-unclear"
    indicator: str = ""


@dataclass(frozen=True)
class CodeInvalid(Finding):
    """A municipality code whose check digit is wrong."""

    code = "code-invalid"
    text: str = ""


@dataclass(frozen=True)
class IndicatorNew(Finding):
    """An indicator the plan did not have: new, or a name mistyped."""

    code = "indicator-new"
    severity = Severity.WARNING
    indicator: str = ""


@dataclass(frozen=True)
class SeriesNew(Finding):
    """A series its indicator did not have: new, or a name mistyped."""

    code = "series-new"
    severity = Severity.WARNING
    indicator: str = ""
    series: str = ""


@dataclass(frozen=True)
class StatusGoesBack(Finding):
    """Final values would become provisional again, as an older file would have it."""

    code = "status-goes-back"
    severity = Severity.WARNING
    count: int = 0


@dataclass(frozen=True)
class UnitAssumed(Finding):
    """No unit in the file; the one registered for the series has a factor."""

    code = "unit-assumed"
    severity = Severity.WARNING
    indicator: str = ""
    unit: str = ""


@dataclass(frozen=True)
class DirectionDerived(Finding):
    """Which way the series should go was concluded from target and baseline."""

    code = "direction-derived"
    severity = Severity.INFO
    indicator: str = ""
    direction: str = ""


@dataclass(frozen=True)
class DirectionUnknown(Finding):
    """Nothing says which way the series should go."""

    code = "direction-unknown"
    severity = Severity.WARNING
    indicator: str = ""


@dataclass(frozen=True)
class NothingThere(Finding):
    """Cells that hold a sign for "no value"; they become no fact."""

    code = "nothing-there"
    severity = Severity.INFO
    count: int = 0
    signs: str = ""


@dataclass(frozen=True)
class CellsBeyondHeadings(Finding):
    """A row of a CSV has more cells than there are headings."""

    code = "cells-beyond-headings"
    text: str = ""


@dataclass(frozen=True)
class CellsBlank(Finding):
    """Empty cells in columns of values; they become no fact."""

    code = "cells-blank"
    severity = Severity.INFO
    count: int = 0


@dataclass(frozen=True)
class YearNotGiven(Finding):
    """Values for which the source names no year; they are kept without one."""

    code = "year-not-given"
    severity = Severity.WARNING
    count: int = 0


@dataclass(frozen=True)
class RangeBackwards(Finding):
    """The upper end of a range is below the lower one."""

    code = "range-backwards"
    text: str = ""


@dataclass(frozen=True)
class RowPassedOver(Finding):
    """A row that is a note or a heading, not data."""

    code = "row-passed-over"
    severity = Severity.INFO
    text: str = ""


def catalogue() -> list[type[Finding]]:
    """Return every kind of finding, errors first, for the documentation."""
    order = list(Severity)
    return sorted(Finding.__subclasses__(), key=lambda kind: order.index(kind.severity))
