"""What several tests start from: an empty database, and one with the sample municipalities.

The tests of the store, of the import and of editing have them on both kinds of database, all other
tests on SQLite.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from acts import import_bytes
from hypothesis import settings
from postgres import Cluster, running
from sqlalchemy import Engine

from kpi.settings import SAMPLES
from kpi.store import PlanHeader, migrate, open_database, plans

# How long an example takes says more of the machine's other work than of the code.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

# Cutting the fonts takes a minute of a core; what is about them asks for them.
os.environ["KPI_FONTS"] = ""


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
    import_samples(engine)
    engine.dispose()
    return path


def import_samples(engine: Engine) -> None:
    for folder in SAMPLES:
        for file in sorted(folder.iterdir()):
            preview, batch = import_bytes(engine, (file.name, file.read_bytes()))
            assert batch, [finding.message for finding in preview.findings]


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def empty_template(cluster: Cluster) -> str:
    """The name of a PostgreSQL database with the tables and nothing in them."""
    name = cluster.create()
    engine = open_database(cluster.url(name))
    migrate(engine)
    engine.dispose()
    return name


@pytest.fixture(scope="session")
def sample_template(cluster: Cluster, empty_template: str) -> str:
    name = cluster.create(empty_template)
    engine = open_database(cluster.url(name))
    import_samples(engine)
    engine.dispose()
    return name


#: Folders whose tests run on both kinds of database.
_BOTH = {"store", "importing", "editing", "collecting", "acting"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kind_of_database" in metafunc.fixturenames:
        folder = metafunc.definition.path.parent.name
        is_both = folder in _BOTH and not metafunc.definition.get_closest_marker("sqlite")
        kinds = ["sqlite", "postgresql"] if is_both else ["sqlite"]
        metafunc.parametrize("kind_of_database", kinds, indirect=True)


@pytest.fixture
def kind_of_database(request: pytest.FixtureRequest) -> str:
    """SQLite or PostgreSQL, as `pytest_generate_tests` says."""
    return request.param


#: Something done to an empty database, so that tests find it done.
Fill = Callable[[Engine], object]


@pytest.fixture(scope="session")
def _filled() -> dict[tuple[str, Fill], str]:
    return {}


@pytest.fixture
def copied(
    kind_of_database: str,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    _filled: dict[tuple[str, Fill], str],
) -> Iterator[Callable[..., Engine]]:
    """Give a database of the test's own, a copy of the empty one or of the samples.

    With ``fill``, a function of a module, it is what that makes of it, once for all tests.
    """
    is_sqlite = kind_of_database == "sqlite"
    with ExitStack() as stack:

        def copy(name: str, fill: Fill | None = None) -> Engine:
            of = request.getfixturevalue(f"{name}_{'file' if is_sqlite else 'template'}")
            if fill is not None:
                if (kind_of_database, fill) not in _filled:
                    _filled[kind_of_database, fill] = made = another(of)
                    engine = opened(made)
                    fill(engine)
                    engine.dispose()
                of = _filled[kind_of_database, fill]
            own = another(of)
            if not is_sqlite:
                stack.callback(request.getfixturevalue("cluster").drop, own)
            engine = opened(own)
            stack.callback(engine.dispose)
            return engine

        def another(of: str) -> str:
            if is_sqlite:
                return str(shutil.copy(of, tmp_path_factory.mktemp("copied") / "kpi.db"))
            return str(request.getfixturevalue("cluster").create(of))

        def opened(own: str) -> Engine:
            if is_sqlite:
                return open_database(f"sqlite:///{own}")
            return open_database(request.getfixturevalue("cluster").url(own))

        yield copy


@pytest.fixture
def empty(copied: Callable[[str], Engine]) -> Engine:
    """An empty database of the test's own."""
    return copied("empty")


@pytest.fixture
def samples(copied: Callable[[str], Engine]) -> Engine:
    """A database of the test's own with the sample municipalities."""
    return copied("sample")


@pytest.fixture
def plan_named() -> Callable[[Engine, str], PlanHeader]:
    def find(engine: Engine, name: str) -> PlanHeader:
        return next(header for header in plans(engine) if header.plan.name == name)

    return find
