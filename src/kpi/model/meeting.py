"""会議: an agenda of series, gone through one by one, and what is said and decided of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kpi.model.facts import FiscalYear


class WordKind(StrEnum):
    """What is written down of an item of the agenda."""

    #: 決定事項
    DECISION = "decision"
    MEMO = "memo"
    #: 担当 and 期限, as they are said in the room: 健康課長, 9月議会まで.
    CHARGE = "charge"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting on a plan: when it is, who is there, and which series are looked at."""

    title: str
    plan_id: int
    #: The reporting year it looks at.
    fiscal_year: FiscalYear
    day: date
    #: Empty where nobody says.
    place: str
    #: Names of those present.
    present: tuple[str, ...]
    #: Ids of the series, in their order.
    agenda: tuple[int, ...]
    is_ended: bool = False
    #: Whether it was put away and is listed no more.
    is_withdrawn: bool = False
