"""Acts of judging: by which rule, with which settings, and what was fixed or decided by a person.

Each is recorded as an import is: with who, when and why, and can be taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kpi.model.collecting import Round, RoundItem
from kpi.model.facts import FiscalYear


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """評価ルール of a municipality's own: one version of it, as TOML."""

    name: str
    #: Ascending; a number is never used twice.
    version: int
    text: str


@dataclass(frozen=True, slots=True)
class PlanRule:
    """The rule a plan is judged by, unless a series has its own."""

    plan_id: int
    #: Name of a rule that comes with the program or of the municipality's own.
    rule: str


@dataclass(frozen=True, slots=True)
class SeriesSetting:
    """How one series is judged where that differs from its plan."""

    series_id: int
    #: Name of the series' own rule; empty for that of its plan.
    rule: str = ""
    #: Share of a level by which it may be missed and still counts as kept; None for the rule's.
    tolerance: float | None = None
    #: Value in the base unit beyond which a series is in the worst state, or its natural limit.
    limit: float | None = None
    #: Whether the actuals of the years add up to the target.
    is_cumulative: bool = False


@dataclass(frozen=True, slots=True)
class HandRating:
    """A rating a person has set. It lapses once another actual counts than the one it was for."""

    series_id: int
    period: int
    label: str
    #: Year of the target, `UNDATED` where no source says.
    target_year: FiscalYear
    #: The rule whose band it is.
    rule: str
    #: Letter of the band; empty where the rating was withdrawn.
    letter: str
    #: The actual it was set for; None where there was none.
    actual_year: FiscalYear | None
    actual: float | None


class Verdict(StrEnum):
    """What a person said of a proposed comparison."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A series of another plan that measures the same, perhaps of another municipality."""

    series_id: int
    other_municipality: str
    other_series_id: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class FrozenRating:
    """How one target stood when its year's assessment was fixed; None is unknown.

    Names and units are those of `kpi.progress.measures.JudgedTarget`.
    """

    series_id: int
    period: int
    label: str
    target_year: FiscalYear
    rule: str
    comparator: str
    target: float | None
    target_high: float | None
    target_text: str
    baseline_year: FiscalYear | None
    baseline: float | None
    actual_year: FiscalYear | None
    actual: float | None
    actual_status: str
    is_reference: bool
    met: bool | None
    attainment: float | None
    progress: float | None
    elapsed: float | None
    pace: float | None
    projected: float | None
    projected_low: float | None
    projected_high: float | None
    required_per_year: float | None
    rating: str
    rating_label: str
    reason: str


@dataclass(frozen=True, slots=True)
class FrozenYear:
    """確定: the assessment of a plan up to a fiscal year, as it is to stand."""

    plan_id: int
    fiscal_year: FiscalYear
    #: The text of every rule it was judged by, each with its version.
    rules: tuple[RuleVersion, ...]
    ratings: tuple[FrozenRating, ...]


Act = (
    RuleVersion
    | PlanRule
    | SeriesSetting
    | HandRating
    | Comparison
    | FrozenYear
    | Round
    | RoundItem
)
