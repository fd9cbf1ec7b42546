from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest
from sqlalchemy import Engine

from kpi.charts import Assessment, assess
from kpi.progress import load_rule
from kpi.store import open_database, plans, read_plan


@pytest.fixture(scope="session")
def assessed(sample_file) -> Iterator[Callable[[str, int], Assessment]]:
    """The sample plans judged, by name and reporting year, each once for all tests."""
    engine: Engine = open_database(f"sqlite:///{sample_file}")

    @cache
    def of(plan: str, year: int) -> Assessment:
        header = next(h for h in plans(engine) if h.plan.name == plan)
        return assess(read_plan(engine, header), year, load_rule("standard"))

    yield of
    engine.dispose()


@pytest.fixture(scope="session")
def kawasaki(assessed) -> Assessment:
    return assessed("川崎市総合計画", 2020)


@pytest.fixture(scope="session")
def mihon(assessed) -> Assessment:
    return assessed("見本市総合計画", 2024)
