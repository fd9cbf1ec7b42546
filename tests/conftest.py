"""What several tests start from: an empty database, and one with the sample municipalities."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from acts import import_bytes
from hypothesis import settings
from sqlalchemy import Engine

from kpi.settings import SAMPLES
from kpi.store import PlanHeader, migrate, open_database, plans

# How long an example takes says more of the machine's other work than of the code.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "kpi.db"
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def sample_file(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("samples") / "kpi.db"
    shutil.copy(empty_file, path)
    engine = open_database(f"sqlite:///{path}")
    for folder in SAMPLES:
        for file in sorted(folder.iterdir()):
            preview, batch = import_bytes(engine, (file.name, file.read_bytes()))
            assert batch, [finding.message for finding in preview.findings]
    engine.dispose()
    return path


@pytest.fixture
def empty(empty_file: Path, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of the test's own."""
    engine = open_database(f"sqlite:///{shutil.copy(empty_file, tmp_path / 'empty.db')}")
    yield engine
    engine.dispose()


@pytest.fixture
def samples(sample_file: Path, tmp_path: Path) -> Iterator[Engine]:
    """A database of the test's own with the sample municipalities."""
    engine = open_database(f"sqlite:///{shutil.copy(sample_file, tmp_path / 'samples.db')}")
    yield engine
    engine.dispose()


@pytest.fixture
def plan_named() -> Callable[[Engine, str], PlanHeader]:
    def find(engine: Engine, name: str) -> PlanHeader:
        return next(header for header in plans(engine) if header.plan.name == name)

    return find
