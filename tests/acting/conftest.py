"""Two municipalities with something of everything there is to act on, on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from postgres import Cluster
from sqlalchemy import Engine
from two_towns import Town, fill

from kpi.store import open_database


@pytest.fixture(scope="session")
def town_file(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("town") / "kpi.db"
    shutil.copy(empty_file, path)
    _fill(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def town_template(cluster: Cluster, empty_template: str) -> str:
    """The name of a PostgreSQL database with something of everything."""
    name = cluster.create(empty_template)
    _fill(cluster.url(name))
    return name


def _fill(url: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("KPI_ROLES", raising=False)
        patch.setenv("KPI_SELF_APPROVAL", "yes")
        engine = open_database(url)
        fill(engine)
        engine.dispose()


@pytest.fixture
def town(copied) -> Town:
    """A town of the test's own."""
    return Town(copied("town"))


@pytest.fixture(scope="session")
def _kept() -> Iterator[tuple[dict[str, Engine], ExitStack]]:
    with ExitStack() as stack:
        yield {}, stack


@pytest.fixture
def untouched(kind_of_database, request, tmp_path_factory, _kept) -> Town:
    """One town for all tests in which nothing happens."""
    engines, stack = _kept
    if kind_of_database not in engines:
        if kind_of_database == "sqlite":
            path = tmp_path_factory.mktemp("untouched") / "kpi.db"
            url = f"sqlite:///{shutil.copy(request.getfixturevalue('town_file'), path)}"
        else:
            template = request.getfixturevalue("town_template")
            cluster = request.getfixturevalue("cluster")
            url = cluster.url(cluster.create(template))
        engines[kind_of_database] = open_database(url)
        stack.callback(engines[kind_of_database].dispose)
    return Town(engines[kind_of_database])
