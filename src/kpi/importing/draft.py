"""Drafts: what files say, before it is held against what is known.

A draft knows names, not ids, and figures as they were read: whether 821 is 円 or 百万円 is settled
when its series is known (`kpi.importing.matching`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple

from kpi.importing.findings import Finding
from kpi.importing.layouts import Outline, Table
from kpi.model import (
    Comparator,
    Direction,
    FiscalYear,
    Kind,
    ProjectState,
    Provenance,
    Severity,
    Status,
)

#: What a plan calls the level between a measure and its projects.
ACTION = "取組"


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


@dataclass(frozen=True)
class ProjectName:
    """Which project a row is about, as written."""

    municipality: str
    municipality_code: str
    plan: str
    policies: tuple[PolicyName, ...]
    code: str
    name: str


@dataclass
class StepDraft:
    """What a file says of a year of a project; empty where it does not."""

    text: str = ""
    state: ProjectState | None = None
    note: str = ""


@dataclass
class ProjectDraft:
    """A project as a file describes it; empty where it does not."""

    name: ProjectName
    #: Where the project is first mentioned.
    place: Provenance
    department: str = ""
    goal: str = ""
    steps: dict[FiscalYear, StepDraft] = field(default_factory=dict)


class FactDraft(NamedTuple):
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
    #: How the sheet was read.
    tables: list[Table] = field(default_factory=list)


@dataclass
class FileReport:
    """What became of one file."""

    name: str
    sha256: str
    encoding: str
    content: bytes = field(repr=False)
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
    projects: dict[ProjectName, ProjectDraft] = field(default_factory=dict)
