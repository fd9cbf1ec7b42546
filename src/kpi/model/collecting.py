"""What departments answer once a year, beside the figures: notes, fractions, the state of projects.

And the round (実績照会) in which they are asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kpi.model.facts import FiscalYear


class NoteKind(StrEnum):
    """What a note about an indicator's year is."""

    #: 要因分析
    CAUSE = "cause"
    #: 今後の対応
    ACTION = "action"
    #: Why a figure that looked wrong is right.
    CONFIRMATION = "confirmation"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Note:
    """A note about an indicator in a fiscal year."""

    indicator_id: int
    fiscal_year: FiscalYear
    kind: NoteKind
    #: Free notes are numbered from 1; of the other kinds there is one, with 0.
    number: int
    #: Empty where it was taken away.
    text: str


@dataclass(frozen=True, slots=True)
class Fraction:
    """分子・分母: from which an actual was worked out. None is unknown."""

    series_id: int
    fiscal_year: FiscalYear
    numerator: float | None
    denominator: float | None
    #: As written.
    numerator_text: str
    denominator_text: str


@dataclass(frozen=True, slots=True)
class Project:
    """事務事業: what is done for a measure."""

    id: int
    plan_id: int
    policy_id: int | None
    code: str
    name: str
    department: str
    #: What it is to have reached in the end, in words; empty where the plan does not say.
    goal: str
    position: int


class ProjectState(StrEnum):
    """How a project stands in a year."""

    PLANNED = "planned"
    ON_TRACK = "on-track"
    DELAYED = "delayed"
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Milestone:
    """What a project is to have done by the end of a fiscal year, and how it stands."""

    project_id: int
    fiscal_year: FiscalYear
    #: What was planned, in the plan's words; empty where it says nothing of the year.
    text: str
    #: None where nobody has said it yet.
    state: ProjectState | None
    note: str


@dataclass(frozen=True, slots=True)
class Round:
    """実績照会: departments are asked for the actuals of a fiscal year."""

    id: int
    plan_id: int
    fiscal_year: FiscalYear
    due: date
    #: What the departments are told.
    wording: str
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class RoundItem:
    """One series that a round asks a department for."""

    round_id: int
    series_id: int
    department: str
    #: Whether 分子・分母 are asked for beside the figure.
    asks_fraction: bool = False
    #: False where it is not asked for any more.
    is_asked: bool = True
