"""An import that is killed, at whatever moment, has happened as a whole or not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from acts import NOW, import_bytes, planner
from sqlalchemy import text

from kpi.acting.imports import accept
from kpi.charts import values_table
from kpi.importing.draft import Context
from kpi.importing.matching import prepare
from kpi.importing.reading import read_files
from kpi.settings import ROOT
from kpi.store import migrate, open_database, plans, read_plan

HEADINGS = "自治体,計画,指標,単位,年度,実績値\n"
#: What is known before, and two files of one import: they add, change, and bring a new city.
BEFORE = ("前.csv", f"{HEADINGS}見本町,計画,受診率,％,R4,37.7\n".encode())
FILES = {
    "訂正.csv": f"{HEADINGS}見本町,計画,受診率,％,R4,37.9\n見本町,計画,受診率,％,R5,38.2\n",
    "新しい.csv": f"{HEADINGS}見本町,計画,相談件数,件,R5,12\n隣町,計画,相談件数,件,R5,8\n",
}


#: PostgreSQL is another process, which the end of this one does not reach.
pytestmark = pytest.mark.sqlite

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="runs are forked off")


def contents(files):
    return [(path.name, path.read_bytes()) for path in files]


def state(engine):
    """All facts with the cells they lead to, and how many files are kept."""
    tables = [values_table(read_plan(engine, header)) for header in plans(engine)]
    with engine.connect() as connection:
        kept = connection.scalar(text("SELECT count(*) FROM source_content"))
    return [table.drop(columns="recorded_at").to_csv() for table in tables], kept


def left_behind(path: Path):
    """What a killed import left, looked at as the next program would."""
    engine = open_database(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    return engine


@pytest.fixture
def database(empty):
    """A database that knows something, no other file beside it."""
    import_bytes(empty, BEFORE)
    with empty.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    empty.dispose()
    return Path(empty.url.database)


@pytest.fixture
def files(tmp_path):
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return [tmp_path / name for name in FILES]


@pytest.fixture
def outcomes(database, files, tmp_path):
    """The state before an import and after it."""
    engine = open_database(f"sqlite:///{shutil.copy(database, tmp_path / 'whole.db')}")
    before = state(engine)
    _, batch = import_bytes(engine, *contents(files))
    assert batch
    after = state(engine)
    engine.dispose()
    assert before != after
    return before, after


def kill_at_moments(start, files, folder, step):
    """What killed imports left, in the order of their moments; last of one that came through."""
    folder.mkdir()
    driver = Path(__file__).with_name("killed.py")
    subprocess.run(
        [sys.executable, driver, start, folder, str(step), *files],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        check=True,
        capture_output=True,
        timeout=300,
    )
    return sorted(folder.glob("*.db"), key=lambda path: int(path.stem))


@needs_fork
def test_a_killed_import_leaves_all_or_nothing_and_can_be_made_again(
    database, files, outcomes, tmp_path
):
    before, after = outcomes
    draft = read_files(contents(files), Context())
    seen = []
    for path in kill_at_moments(database, files, tmp_path / "killed", step=5):
        engine = left_behind(path)
        seen.append(state(engine))
        accept(engine, planner("planner"), prepare(engine, draft), reason="again", now=NOW)
        assert state(engine) == after, path
        engine.dispose()
    assert len(seen) > 8
    assert seen == [before] * (len(seen) - 1) + [after]


@needs_fork
def test_a_first_import_killed_while_the_tables_are_made_can_be_made_again(files, tmp_path):
    draft = read_files(contents(files), Context())
    for path in kill_at_moments(tmp_path / "none.db", files, tmp_path / "killed", step=11):
        engine = left_behind(path)
        migrate(engine)
        added = 0 if plans(engine) else 4
        assert len(prepare(engine, draft).added) == added, path
        engine.dispose()


def test_an_import_that_stops_within_its_last_write_leaves_all_or_nothing(
    database, files, outcomes, tmp_path
):
    """SQLite writes a transaction to its log, and nowhere else before the log is whole."""
    before, after = outcomes
    untouched = database.read_bytes()
    engine = open_database(f"sqlite:///{database}")
    with engine.connect():  # As long as somebody reads, the log stays.
        import_bytes(engine, *contents(files))
        log = Path(f"{database}-wal").read_bytes()
        assert database.read_bytes() == untouched
    engine.dispose()
    header, frame = 32, 24 + 4096
    assert len(log) % frame == header
    seen = []
    for end in range(header, len(log) + 1, frame // 2):
        path = tmp_path / f"{end}.db"
        path.write_bytes(untouched)
        Path(f"{path}-wal").write_bytes(log[:end])
        cut = left_behind(path)
        seen.append(state(cut))
        cut.dispose()
    assert len(seen) > 20
    assert seen == [before] * (len(seen) - 1) + [after]
