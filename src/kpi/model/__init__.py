"""What a plan is: the words every other part of the program speaks in.

Frozen values, and what follows from them alone. Nothing here imports the rest of the project, and
nothing here knows of files, databases or screens.
"""

from kpi.model.facts import (
    TIDY_COLUMNS,
    UNDATED,
    Comparator,
    Direction,
    Fact,
    FactKey,
    FiscalYear,
    Kind,
    Provenance,
    Status,
)
from kpi.model.judging import (
    Act,
    Comparison,
    FrozenRating,
    FrozenYear,
    HandRating,
    PlanRule,
    RuleVersion,
    SeriesSetting,
    Verdict,
)
from kpi.model.plan import (
    Indicator,
    Municipality,
    Period,
    Plan,
    PolicyNode,
    Series,
    first_years,
)
from kpi.model.severity import Severity

__all__ = [
    "TIDY_COLUMNS",
    "UNDATED",
    "Act",
    "Comparator",
    "Comparison",
    "Direction",
    "Fact",
    "FactKey",
    "FiscalYear",
    "FrozenRating",
    "FrozenYear",
    "HandRating",
    "Indicator",
    "Kind",
    "Municipality",
    "Period",
    "Plan",
    "PlanRule",
    "PolicyNode",
    "Provenance",
    "RuleVersion",
    "Series",
    "SeriesSetting",
    "Severity",
    "Status",
    "Verdict",
    "first_years",
]
