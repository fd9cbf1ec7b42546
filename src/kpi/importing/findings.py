"""Findings: what an import has to say about a file, a class each.

The words (a title, the message, what to do) stand in the catalogue under ``finding.<code>``; the
fields of a class are the values its words may name. An error refuses the import, a warning asks
for a second look, an info only tells.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar

from kpi.model import Severity
from kpi.words import say
from kpi.written import era_span, era_year

# Control characters steer a terminal, and the bidirectional ones turn the text around them.
_UNSEEN = {code: f"[U+{code:04X}]" for code in (*range(32), *range(0x7F, 0xA0))}
_UNSEEN |= {code: f"[U+{code:04X}]" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
_UNSEEN |= {code: f"[U+{code:04X}]" for code in (0x200E, 0x200F, 0x061C)}
del _UNSEEN[ord("\n")], _UNSEEN[ord("\t")]


def visible(text: str) -> str:
    """Return a text from a file with each character that would steer the screen spelt out."""
    return text.translate(_UNSEEN)


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
        if "really" in values:
            values["really"] = say(f"file_kind.{values['really']}")
        if direction := values.get("direction"):
            values["direction"] = say(f"direction.{direction}")
        if successor := values.get("successor"):
            values["successor"] = say("retired.by", name=successor)
        if isinstance(year := values.get("year"), int):
            values["year"] = era_year(year) if year else say("editing.no_year")
        if isinstance(span := values.get("span"), tuple) and all(span):
            values["span"] = era_year(span[0]) if span[0] == span[1] else era_span(*span)
        return {name: visible(v) if isinstance(v, str) else v for name, v in values.items()}


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
    """The content is nothing that is read."""

    code = "file-type-unknown"
    suffix: str = ""
    #: A key of the words ``file_kind``.
    really: str = "unknown"


@dataclass(frozen=True)
class FileTooLarge(Finding):
    """More bytes than the limit."""

    code = "file-too-large"
    size: int = 0
    limit: int = 0


@dataclass(frozen=True)
class FileEmpty(Finding):
    """A file of 0 bytes."""

    code = "file-empty"


@dataclass(frozen=True)
class FileTypeDiffers(Finding):
    """The content is of another kind than the name says; it was read as what it is."""

    code = "file-type-differs"
    severity = Severity.WARNING
    suffix: str = ""
    #: A key of the words ``file_kind``.
    really: str = "unknown"


@dataclass(frozen=True)
class FileUnpacksTooLarge(Finding):
    """The parts of the file, unpacked, are larger than the limit."""

    code = "file-unpacks-too-large"
    size: int = 0
    limit: int = 0


@dataclass(frozen=True)
class FileHasEntities(Finding):
    """An XML part declares a document type, as no spreadsheet program does."""

    code = "file-has-entities"


@dataclass(frozen=True)
class ReadingTooLong(Finding):
    """Reading was stopped at the limit of time."""

    code = "reading-too-long"
    limit: int = 0


@dataclass(frozen=True)
class ReadingTooLarge(Finding):
    """Reading was stopped at the limit of memory."""

    code = "reading-too-large"
    limit: int = 0


@dataclass(frozen=True)
class ReadingBrokeOff(Finding):
    """The process that read the file ended before it was through."""

    code = "reading-broke-off"


@dataclass(frozen=True)
class SheetTooLarge(Finding):
    """More cells between the first and the last than the limit, filled or not."""

    code = "sheet-too-large"
    rows: int = 0
    columns: int = 0
    limit: int = 0


@dataclass(frozen=True)
class SheetUnreadable(Finding):
    """One sheet of a workbook cannot be read."""

    code = "sheet-unreadable"


@dataclass(frozen=True)
class MergesTooMany(Finding):
    """Merged ranges that overlap or are too many to be filled."""

    code = "merges-too-many"
    limit: int = 0


@dataclass(frozen=True)
class FormulaUncached(Finding):
    """Formulas without the value they had when the file was saved."""

    code = "formula-uncached"
    count: int = 0
    cells: str = ""


@dataclass(frozen=True)
class EncodingUnknown(Finding):
    """A CSV in none of the known encodings."""

    code = "encoding-unknown"


@dataclass(frozen=True)
class EncodingMixed(Finding):
    """A CSV with lines in UTF-8 among lines in cp932."""

    code = "encoding-mixed"
    line: int = 0


@dataclass(frozen=True)
class NulInText(Finding):
    """A CSV with a byte of 0 in it."""

    code = "nul-in-text"
    line: int = 0


@dataclass(frozen=True)
class QuoteOpen(Finding):
    """A field of a CSV whose quotation marks do not match."""

    code = "quote-open"
    line: int = 0


@dataclass(frozen=True)
class FieldTooLong(Finding):
    """A field of a CSV longer than any cell, as after a quotation mark that was never closed."""

    code = "field-too-long"
    line: int = 0
    limit: int = 0


@dataclass(frozen=True)
class LineTooLong(Finding):
    """Lines of a CSV with more fields than the lines above them: a comma that divides a number."""

    code = "line-too-long"
    count: int = 0
    lines: str = ""


@dataclass(frozen=True)
class RowHidden(Finding):
    """Rows that are hidden, by hand, by a filter or by grouping."""

    code = "row-hidden"
    severity = Severity.WARNING
    count: int = 0
    lines: str = ""


@dataclass(frozen=True)
class RowStruckOut(Finding):
    """Rows of which every filled cell is struck out."""

    code = "row-struck-out"
    severity = Severity.WARNING
    count: int = 0
    lines: str = ""


@dataclass(frozen=True)
class CellStruckOut(Finding):
    """Single cells that are struck out."""

    code = "cell-struck-out"
    severity = Severity.WARNING
    count: int = 0
    cells: str = ""


@dataclass(frozen=True)
class PercentUnseen(Finding):
    """Fractions in a kind of workbook whose number formats are not read: per cent or not."""

    code = "percent-unseen"
    severity = Severity.WARNING
    count: int = 0
    cells: str = ""


@dataclass(frozen=True)
class FormatsUnseen(Finding):
    """A kind of workbook of which only the values are read."""

    code = "formats-unseen"
    severity = Severity.INFO
    #: A key of the words ``file_kind``.
    really: str = "unknown"


@dataclass(frozen=True)
class NumberScaled(Finding):
    """Numbers whose format shows them in thousands or millions; they are read as shown."""

    code = "number-scaled"
    severity = Severity.INFO
    count: int = 0
    cells: str = ""


@dataclass(frozen=True)
class LayoutUnknown(Finding):
    """No sheet of the file has headings that are understood."""

    code = "layout-unknown"


@dataclass(frozen=True)
class WorkbookForEditing(Finding):
    """A plan taken out for editing, which is brought back where it was taken out."""

    code = "workbook-for-editing"


@dataclass(frozen=True)
class WorkbookOfRound(Finding):
    """An answer form of a round; its answers are brought in on a page of their own."""

    code = "workbook-of-round"


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
class HeadingsFitNothing(Finding):
    """The rows a person named as headings make no table."""

    code = "headings-fit-nothing"
    rows: str = ""


@dataclass(frozen=True)
class SavedYear(Finding):
    """A year that was typed for an earlier file counts for this one too."""

    code = "saved-year"
    severity = Severity.WARNING
    name: str = ""
    #: A fiscal year; of all rows of a sheet as it was typed.
    year: int | str = 0


@dataclass(frozen=True)
class SavedHeadingDiffers(Finding):
    """The column a saved layout speaks of has another heading here, so it was not used for it."""

    code = "saved-heading-differs"
    severity = Severity.WARNING
    name: str = ""
    heading: str = ""


@dataclass(frozen=True)
class SavedFitsNothing(Finding):
    """No sheet of the file is one of the saved layout."""

    code = "saved-fits-nothing"
    name: str = ""
    sheets: str = ""


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
    #: A fiscal year; 0 where there is none.
    year: int = 0
    span: tuple[int, int] = (0, 0)


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
class IndicatorRetired(Finding):
    """A figure for an indicator that was retired: it is kept, and the indicator stays retired."""

    code = "indicator-retired"
    severity = Severity.WARNING
    indicator: str = ""
    #: Name of what took its place; empty where nothing did.
    successor: str = ""


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
class ProjectColumnPassedOver(Finding):
    """A column of a table of projects whose heading says nothing that is kept of a project."""

    code = "project-column-passed-over"
    severity = Severity.WARNING
    heading: str = ""


@dataclass(frozen=True)
class ProjectNameMissing(Finding):
    """A row of a table of projects that names none."""

    code = "project-name-missing"
    severity = Severity.WARNING


@dataclass(frozen=True)
class YearsSpread(Finding):
    """A column about several years, or one and all after it; each year gets what stands there."""

    code = "years-spread"
    severity = Severity.INFO
    heading: str = ""
    span: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class StepTwice(Finding):
    """A file says two things of the same year of a project."""

    code = "step-twice"
    what: str = ""
    text: str = ""


@dataclass(frozen=True)
class ProjectRenamed(Finding):
    """A project is known by its number, under another name."""

    code = "project-renamed"
    severity = Severity.WARNING
    project: str = ""
    before: str = ""


@dataclass(frozen=True)
class PolicyNew(Finding):
    """A project stands under a policy or measure the plan does not have yet."""

    code = "policy-new"
    severity = Severity.WARNING
    policy: str = ""


@dataclass(frozen=True)
class RowPassedOver(Finding):
    """A row that is a note or a heading, not data."""

    code = "row-passed-over"
    severity = Severity.INFO
    text: str = ""


@dataclass(frozen=True)
class FactUndated(Finding):
    """A figure was typed without a year, and nothing else says which; it is kept without one."""

    code = "fact-undated"
    severity = Severity.WARNING
    text: str = ""


@dataclass(frozen=True)
class YearAlone(Finding):
    """A year was typed where there is no figure."""

    code = "year-alone"
    text: str = ""


@dataclass(frozen=True)
class NoteAlone(Finding):
    """A note was typed in a row without a figure."""

    code = "note-alone"
    text: str = ""


@dataclass(frozen=True)
class YearTaken(Finding):
    """Two cells of a series state the same for the same year."""

    code = "year-taken"
    what: str = ""
    text: str = ""
    #: A fiscal year; 0 where there is none.
    year: int = 0


@dataclass(frozen=True)
class NotForEditing(Finding):
    """A file brought back for editing that was never taken out."""

    code = "not-for-editing"


@dataclass(frozen=True)
class EditSavedOtherwise(Finding):
    """A workbook for editing saved in another format, which lost what is needed of it."""

    code = "edit-saved-otherwise"


@dataclass(frozen=True)
class EditMarkDamaged(Finding):
    """A workbook for editing that does not say any more what was taken out."""

    code = "edit-mark-damaged"


@dataclass(frozen=True)
class EditVersion(Finding):
    """A workbook for editing of another version of the program."""

    code = "edit-version"


@dataclass(frozen=True)
class EditOfAnother(Finding):
    """A workbook for editing of another plan."""

    code = "edit-of-another"
    plan: str = ""
    chosen: str = ""


@dataclass(frozen=True)
class EditRowAdded(Finding):
    """Rows of a workbook for editing that are no series of the plan."""

    code = "edit-row-added"
    count: int = 0
    cells: str = ""


@dataclass(frozen=True)
class EditRowTwice(Finding):
    """Rows of a workbook for editing that were copied."""

    code = "edit-row-twice"
    count: int = 0
    cells: str = ""


@dataclass(frozen=True)
class EditRowMissing(Finding):
    """Rows that are not in the workbook any more; their series stay as they are."""

    code = "edit-row-missing"
    severity = Severity.WARNING
    count: int = 0


@dataclass(frozen=True)
class EditColumnMissing(Finding):
    """Columns that are not in the workbook any more; what they say stays as it is."""

    code = "edit-column-missing"
    severity = Severity.WARNING
    count: int = 0


@dataclass(frozen=True)
class EditCellGone(Finding):
    """Changed cells whose series or column the plan does not have any more."""

    code = "edit-cell-gone"
    count: int = 0
    cells: str = ""


@dataclass(frozen=True)
class EditCellLocked(Finding):
    """Changed cells that are not for editing: a name, a unit, or rows that were mixed up."""

    code = "edit-cell-locked"
    count: int = 0
    cells: str = ""


@dataclass(frozen=True)
class EditFormula(Finding):
    """Formulas in a workbook for editing."""

    code = "edit-formula"
    count: int = 0
    cells: str = ""


@dataclass(frozen=True)
class EditSpelling(Finding):
    """Cells that differ from what was taken out in width or blanks alone."""

    code = "edit-spelling"
    severity = Severity.INFO
    count: int = 0
    cells: str = ""


@dataclass(frozen=True)
class EditOutside(Finding):
    """Texts beside the table of a workbook for editing."""

    code = "edit-outside"
    severity = Severity.WARNING
    count: int = 0
    cells: str = ""


@dataclass(frozen=True)
class NothingStated(Finding):
    """A figure that says there is none (未集計)."""

    code = "nothing-stated"
    severity = Severity.INFO
    text: str = ""


@dataclass(frozen=True)
class AnswerWithoutFigure(Finding):
    """A status or a note of a figure that is not there."""

    code = "answer-without-figure"
    severity = Severity.WARNING
    text: str = ""


@dataclass(frozen=True)
class AnswerStatusTwice(Finding):
    """A figure that says another status than the column beside it."""

    code = "answer-status-twice"
    figure: str = ""
    text: str = ""


@dataclass(frozen=True)
class AnswerNotAsked(Finding):
    """A text in a cell of an answer form where nothing is asked."""

    code = "answer-not-asked"
    heading: str = ""
    text: str = ""


@dataclass(frozen=True)
class AnswerTooLong(Finding):
    """A text in a cell of an answer form that is longer than what can be recorded."""

    code = "answer-too-long"
    heading: str = ""
    length: int = 0
    most: int = 0


@dataclass(frozen=True)
class NotAnAnswer(Finding):
    """A file brought in as an answer that is no answer form."""

    code = "not-an-answer"


@dataclass(frozen=True)
class AnswerElsewhere(Finding):
    """An answer form of another municipality."""

    code = "answer-elsewhere"
    chosen: str = ""


@dataclass(frozen=True)
class AnswerRoundUnknown(Finding):
    """An answer form of a round that there is not, or not any more."""

    code = "answer-round-unknown"
    #: A fiscal year; 0 where there is none.
    year: int = 0


@dataclass(frozen=True)
class AnswerDepartmentUnknown(Finding):
    """An answer form of a department that its round does not ask."""

    code = "answer-department-unknown"
    department: str = ""


@dataclass(frozen=True)
class AnswerTwice(Finding):
    """A second answer form of a department among the files brought in."""

    code = "answer-twice"
    department: str = ""
    first: str = ""


def catalogue() -> list[type[Finding]]:
    """Return every kind of finding, errors first, for the documentation."""
    order = list(Severity)
    return sorted(Finding.__subclasses__(), key=lambda kind: order.index(kind.severity))
