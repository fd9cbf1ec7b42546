"""Facts kept for good: SQLAlchemy tables, Alembic migrations, the plan as of any day.

All SQL of the project is here.
"""

from kpi.store.engine import (
    DatabaseMissing,
    DatabaseOutdated,
    is_empty,
    migrate,
    open_database,
    require,
)
from kpi.store.reading import (
    JAPAN,
    BatchEntry,
    FactVersion,
    PlanContent,
    PlanHeader,
    batches,
    end_of_day,
    fact_history,
    plans,
    promising,
    read_plan,
    version,
)
from kpi.store.snapshot import PlanSnapshot, Snapshot, read_snapshot
from kpi.store.writing import (
    Changes,
    Conflict,
    SourceFile,
    StillNeeded,
    UnknownBatch,
    commit,
    undo,
)

__all__ = [
    "JAPAN",
    "BatchEntry",
    "Changes",
    "Conflict",
    "DatabaseMissing",
    "DatabaseOutdated",
    "FactVersion",
    "PlanContent",
    "PlanHeader",
    "PlanSnapshot",
    "Snapshot",
    "SourceFile",
    "StillNeeded",
    "UnknownBatch",
    "batches",
    "commit",
    "end_of_day",
    "fact_history",
    "is_empty",
    "migrate",
    "open_database",
    "plans",
    "promising",
    "read_plan",
    "read_snapshot",
    "require",
    "undo",
    "version",
]
