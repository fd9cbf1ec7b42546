"""The reports on the sample plans, each put together once for all formats."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest
from reports.office import DAY

from kpi.charts import Calendar
from kpi.reports.content import Report, compose
from kpi.store import open_database, plans


@pytest.fixture(scope="session")
def report_of(sample_file) -> Iterator[Callable[..., Report]]:
    """The report on a sample plan by its name, and by how its years are written."""
    engine = open_database(f"sqlite:///{sample_file}")
    known = {header.plan.name: header for header in plans(engine)}

    @cache
    def report(plan: str, calendar: Calendar = Calendar.BOTH) -> Report:
        return compose(engine, known[plan], day=DAY, calendar=calendar)

    yield report
    engine.dispose()


@pytest.fixture(scope="session")
def kawasaki(report_of) -> Report:
    return report_of("川崎市総合計画")


@pytest.fixture(scope="session")
def mihon(report_of) -> Report:
    return report_of("見本市総合計画")
