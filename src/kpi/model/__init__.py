"""What a plan is: the words every other part of the program speaks in.

Frozen values, and what follows from them alone. Nothing here imports the rest of the project, and
nothing here knows of files, databases or screens.
"""

from kpi.model.editing import (
    STEPS,
    Clash,
    Edit,
    FactEdit,
    Identity,
    Part,
    PartEdit,
    Proposal,
    ProposalStep,
    Stage,
    Step,
    part_identity,
)
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
from kpi.model.users import Role, User

__all__ = [
    "STEPS",
    "TIDY_COLUMNS",
    "UNDATED",
    "Act",
    "Clash",
    "Comparator",
    "Comparison",
    "Direction",
    "Edit",
    "Fact",
    "FactEdit",
    "FactKey",
    "FiscalYear",
    "FrozenRating",
    "FrozenYear",
    "HandRating",
    "Identity",
    "Indicator",
    "Kind",
    "Municipality",
    "Part",
    "PartEdit",
    "Period",
    "Plan",
    "PlanRule",
    "PolicyNode",
    "Proposal",
    "ProposalStep",
    "Provenance",
    "Role",
    "RuleVersion",
    "Series",
    "SeriesSetting",
    "Severity",
    "Stage",
    "Status",
    "Step",
    "User",
    "Verdict",
    "first_years",
    "part_identity",
]
