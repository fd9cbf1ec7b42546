"""Facts: what a plan promised and what was measured, each with the cell it came from."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, NewType

#: April to March, named by the year it begins in: 平成31年度 and 令和元年度 are both 2019.
FiscalYear = NewType("FiscalYear", int)
#: Where the source names no year. Only ever part of a key, never a year to reckon with.
UNDATED = FiscalYear(0)


class Kind(StrEnum):
    """What a fact says."""

    BASELINE = "baseline"
    TARGET = "target"
    ACTUAL = "actual"


class Comparator(StrEnum):
    """How an actual is held against a target. A plan that prints only a number gives none."""

    AT_LEAST = ">="
    AT_MOST = "<="
    MORE = ">"
    LESS = "<"
    EQUAL = "="
    ABOUT = "~"


class Direction(StrEnum):
    """Which way a series is meant to go."""

    HIGHER = "higher"
    LOWER = "lower"
    MAINTAIN = "maintain"
    RANGE = "range"
    UNKNOWN = "unknown"


class Status(StrEnum):
    """How certain an actual is. None on a fact: its source does not say."""

    PROVISIONAL = "速報"
    FINAL = "確定"
    ESTIMATE = "推計"


class Provenance(NamedTuple):
    """The cell a value was read from."""

    #: Name of the file as the user called it.
    file: str
    #: Hexadecimal SHA-256 of the file's bytes.
    sha256: str
    #: Sheet name; empty for CSV.
    sheet: str
    #: Address in the manner of spreadsheets: ``H14``.
    cell: str


class FactKey(NamedTuple):
    """What makes two facts the same fact, so that the later one is a revision of the earlier."""

    series_id: int
    kind: Kind
    #: Ordinal of the plan period, 0 where the fact belongs to none.
    period: int
    #: Name that sets a target apart from the period's main one (チャレンジ目標); usually empty.
    label: str
    fiscal_year: FiscalYear


class Fact(NamedTuple):
    """One number of one series: a baseline, a target or an actual.

    ``value`` is in the series' base unit (円, 人; 65 for 65 %). It is None where the source
    states something that is no number; unknown is never 0.
    """

    key: FactKey
    value: float | None
    #: Upper end where the target is a range; None otherwise.
    value_high: float | None = None
    comparator: Comparator | None = None
    #: The value as printed in the source: ``67億5,319万円``.
    value_text: str = ""
    status: Status | None = None
    note: str = ""
    provenance: Provenance | None = None

    def same_statement(self, other: Fact) -> bool:
        """Whether both say the same, wherever and in whatever spelling they were read."""
        return (
            self.value == other.value
            and self.value_high == other.value_high
            and self.comparator == other.comparator
            and self.status == other.status
            and self.note == other.note
            # Of a statement without a number (増加) the words are all there is.
            and (self.value is not None or self.value_text == other.value_text)
        )

    def reads_as(self, other: Fact) -> bool:
        """Whether both say the same in the same words, wherever they were read."""
        return self._replace(provenance=None) == other._replace(provenance=None)


#: The tidy table of all facts: what `kpi values` writes and an import reads back.
TIDY_COLUMNS = (
    "municipality",
    "plan",
    "policy_code",
    "policy",
    "indicator_code",
    "indicator",
    "series",
    "unit",
    "direction",
    "kind",
    "period",
    "label",
    "fiscal_year",
    "comparator",
    "value",
    "value_high",
    "value_text",
    "status",
    "note",
    "source_file",
    "source_sheet",
    "source_cell",
    "recorded_at",
)
