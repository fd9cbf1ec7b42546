"""The check of the plan itself: remarks a good planner would make, before anybody else does.

Each is a small class with its code, its weight and the values its words name. The checks look at
columns, know no database, and never change a figure. How often a remark would be wrong weighs more
here than how much it would find: what is only unusual is an info, what is said of many series at
once is said of the plan.
"""

from __future__ import annotations

from kpi.progress.plan_check.courses import BaseMissing, BaseUndated, NoRecentActual, UnitSlip
from kpi.progress.plan_check.indicators import (
    ActualsMissing,
    BasesMissing,
    BaseYearsDiffer,
    FiguresDiffer,
    ManyIndicators,
    PutOff,
    Renamed,
)
from kpi.progress.plan_check.plan import CheckedPlan
from kpi.progress.plan_check.remark import Figure, Rate, Remark, Tally, Year
from kpi.progress.plan_check.targets import (
    AlreadyMet,
    CeilingReached,
    DirectionUnknown,
    EqualToStart,
    FasterThanEver,
    NeverImproved,
    WeakerThanBefore,
    WrongSide,
)

__all__ = [
    "REMARKS",
    "CheckedPlan",
    "Figure",
    "Rate",
    "Remark",
    "Tally",
    "Year",
    "check_plan",
]

#: Every kind of remark, those first that weigh most.
REMARKS: tuple[type[Remark], ...] = (
    WrongSide,
    AlreadyMet,
    EqualToStart,
    WeakerThanBefore,
    DirectionUnknown,
    NeverImproved,
    UnitSlip,
    FiguresDiffer,
    PutOff,
    NoRecentActual,
    BaseUndated,
    FasterThanEver,
    CeilingReached,
    BaseMissing,
    Renamed,
    BasesMissing,
    BaseYearsDiffer,
    ActualsMissing,
    ManyIndicators,
)


def check_plan(plan: CheckedPlan) -> list[Remark]:
    """Return what there is to say about a plan, in the order of `REMARKS`, then of its series."""
    return [remark for kind in REMARKS for remark in kind.find(plan)]
