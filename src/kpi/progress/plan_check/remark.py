"""What every remark of the plan check has in common, and what its fields can be.

A remark is a small class: its code, how much it weighs, the values its words name, and how it is
found. The words stand in the catalogue under ``plan_check.<code>`` and are said above this package,
where the units of a city are known; so a field says what it is: a `Figure`, a `Rate`, a `Year`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import pandas as pd

from kpi.model import FactKey, FiscalYear, Kind, Severity
from kpi.progress.plan_check.plan import CheckedPlan


class Figure(float):
    """A value of the series, in its base unit."""


class Rate(float):
    """A change of the series from one year to the next, in its base unit."""


class Year(int):
    """A fiscal year."""


class Tally(tuple[tuple[int, int], ...]):
    """Fiscal years, each with how many series it is said of."""

    __slots__ = ()


@dataclass(frozen=True)
class Remark(ABC):
    """One thing a good planner would say about a plan."""

    code: ClassVar[str]
    severity: ClassVar[Severity] = Severity.WARNING

    #: The fact concerned, mostly a target; None where the remark is about the plan as a whole.
    about: FactKey | None

    @classmethod
    @abstractmethod
    def find(cls, plan: CheckedPlan) -> Iterator[Self]:
        """Yield the remark for every place of a plan that gives cause for it."""


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """Return the rows of a table, their columns as attributes."""
    return iter(frame.itertuples(index=False))


def key_of(row: Any, kind: str = Kind.TARGET) -> FactKey:
    """Return the key of a fact, or of a row of `CheckedPlan.targets`."""
    return FactKey(row.series_id, Kind(kind), row.period, row.label, FiscalYear(row.fiscal_year))
