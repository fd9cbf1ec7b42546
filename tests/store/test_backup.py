"""All that is known goes into one file and comes back, into either kind of database."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from acts import import_bytes
from click.testing import CliRunner
from sqlalchemy import event, select

from kpi.cli import cli
from kpi.settings import SAMPLES
from kpi.store import (
    InUse,
    NotABackup,
    back_up,
    is_empty,
    migrate,
    open_database,
    plans,
    restore,
    undo,
    verify_audit,
)
from kpi.store import tables as t

HEADINGS = "自治体,計画,指標,年度,実績値\n"


def kpi(engine, *arguments):
    url = engine.url.render_as_string(hide_password=False)
    return CliRunner().invoke(cli, ["--db", url, *map(str, arguments)])


def everything(engine):
    """Every row of every table, as the program reads it."""
    with engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table))))
            for table in t.metadata.sorted_tables
        }


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request, tmp_path):
    """An address at which there is nothing yet, and on PostgreSQL no table."""
    if request.param == "sqlite":
        yield open_database(f"sqlite:///{tmp_path / 'other' / 'kpi.db'}")
    else:
        cluster = request.getfixturevalue("cluster")
        name = cluster.create()
        engine = open_database(cluster.url(name))
        yield engine
        engine.dispose()
        cluster.drop(name)


@pytest.fixture
def known(other, kind_of_database, copied):
    """All samples where the kind changes; where it stays, those of one city, with all it has."""
    if other.dialect.name != kind_of_database:
        return copied("sample")
    engine = copied("empty")
    for file in [file for folder in SAMPLES for file in sorted(folder.glob("見本市*"))]:
        import_bytes(engine, (file.name, file.read_bytes()))
    return engine


def test_what_was_backed_up_comes_back_as_it_was_into_either_kind(known, other, tmp_path):
    _, batch = import_bytes(known, ("a.csv", f"{HEADINGS}見本町,P,A,R5,37.7\n".encode()))
    undo(known, batch, author="a", now=plans_moment(known))
    file = tmp_path / "控え.db"
    assert kpi(known, "backup", file).exit_code == 0
    result = kpi(other, "restore", file)
    assert result.exit_code == 0, result.stderr
    assert everything(other) == everything(known)
    assert kpi(other, "values", "--csv").stdout == kpi(known, "values", "--csv").stdout
    states = verify_audit(other)
    assert states
    assert not any(state.broken for state in states)
    preview, again = import_bytes(other, ("a.csv", f"{HEADINGS}見本町,P,A,R5,37.8\n".encode()))
    assert again, preview.findings
    assert [path.name for path in tmp_path.glob(".*")] == []


def plans_moment(engine):
    with engine.connect() as connection:
        return connection.scalars(select(t.batch.c.recorded_at)).first()


def test_a_backup_taken_while_others_write_holds_whole_acts_only(empty, tmp_path):
    import_bytes(empty, ("a.csv", f"{HEADINGS}見本町,P,A,R5,1\n".encode()))
    before = everything(empty)
    second = open_database(empty.url.render_as_string(hide_password=False))
    done = []

    @event.listens_for(empty, "rollback")
    @event.listens_for(empty, "before_cursor_execute")
    def _(*_arguments):
        # Somebody accepts an import after the copy has begun.
        if not done and is_copying(_arguments):
            done.append(True)
            import_bytes(second, ("b.csv", f"{HEADINGS}隣町,P,A,R5,2\n".encode()))

    def is_copying(arguments):
        return empty.dialect.name == "postgresql" and "FROM batch" in str(arguments[2:3])

    file = tmp_path / "backup.db"
    writer = empty.connect().execution_options(writing=True)
    with writer, writer.begin():
        # An act that is not finished is none.
        writer.exec_driver_sql("INSERT INTO municipality VALUES ('990009', '途中町')")
        if empty.dialect.name == "postgresql":
            writer.rollback()
        back_up(empty, file)
    copy = open_database(f"sqlite:///{file}")
    assert everything(copy) == before
    assert bool(done) == (empty.dialect.name == "postgresql")
    copy.dispose()
    second.dispose()


def test_a_database_that_holds_something_takes_no_backup_and_stays_as_it_is(samples, tmp_path):
    file = tmp_path / "backup.db"
    back_up(samples, file)
    before = everything(samples)
    result = kpi(samples, "restore", file)
    assert result.exit_code == 1
    assert "すでにデータがあるため" in result.stderr
    assert everything(samples) == before


def test_somebody_faster_than_the_restore_keeps_what_is_theirs(sample_file, empty, monkeypatch):
    """Between the first look and the last, an import arrives."""
    monkeypatch.setattr("kpi.store.backup._refuse_if_used", lambda _engine: None)
    import_bytes(empty, ("a.csv", f"{HEADINGS}見本町,P,A,R5,1\n".encode()))
    before = everything(empty)
    with pytest.raises(InUse):
        restore(empty, sample_file)
    assert everything(empty) == before


def test_a_file_that_is_there_is_not_written_over(empty, tmp_path):
    file = tmp_path / "kpi.db"
    file.write_bytes(b"dear")
    result = kpi(empty, "backup", file)
    assert result.exit_code == 1
    assert "すでにあります" in result.stderr
    assert file.read_bytes() == b"dear"


def test_a_backup_that_fails_half_way_leaves_no_file(empty, tmp_path, monkeypatch):
    folder = tmp_path / "out"
    folder.mkdir()

    def full(*_arguments):
        raise OSError("No space left on device")

    monkeypatch.setattr("kpi.store.backup.os.fsync", full)
    result = kpi(empty, "backup", folder / "kpi.db")
    assert result.exit_code == 1
    assert "No space left" in result.stderr
    assert list(folder.iterdir()) == []


def test_a_folder_or_a_database_that_is_not_there_is_told(empty, tmp_path, other):
    assert "フォルダーがあるか" in kpi(empty, "backup", tmp_path / "no" / "kpi.db").stderr
    assert "控えは書いていません" in kpi(other, "backup", tmp_path / "kpi.db").stderr
    assert not (tmp_path / "kpi.db").exists()
    assert "読めません" in kpi(other, "restore", tmp_path / "none.db").stderr


def changed(statement):
    """A backup that somebody changed past the program."""

    def change(file: Path) -> None:
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            connection.executescript(statement)

    return change


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def scribbled(file: Path) -> None:
    content = bytearray(file.read_bytes())
    for page in range(4096 * 20, len(content), 4096 * 7):
        content[page : page + 200] = b"\xff" * 200
    file.write_bytes(content)


NO_TRIGGER = "DROP TRIGGER keep_fact_from_update;"
KEPT = (
    "CREATE TRIGGER keep_fact_from_update BEFORE UPDATE ON fact "
    "BEGIN SELECT RAISE(ABORT, 'rows of fact are kept as they are'); END;"
)

BAD = {
    "words": (lambda file: file.write_text("これは覚え書き", encoding="utf-8"), "foreign"),
    "nothing": (lambda file: file.write_bytes(b""), "foreign"),
    "another program's": (
        lambda file: (file.unlink(), changed("CREATE TABLE notes (words TEXT)")(file)),
        "foreign",
    ),
    "a table more": (changed("CREATE TABLE notes (words TEXT)"), "foreign"),
    "a view for a table": (
        changed(
            "PRAGMA foreign_keys=OFF; DROP TABLE proposal_edit;"
            "CREATE VIEW proposal_edit AS SELECT 1 AS municipality"
        ),
        "foreign",
    ),
    "a trigger that does more": (
        changed(
            f"{NO_TRIGGER} CREATE TRIGGER keep_fact_from_update BEFORE UPDATE ON fact "
            "BEGIN DELETE FROM plan; END"
        ),
        "foreign",
    ),
    "a column less": (changed("ALTER TABLE plan_rule_revision DROP COLUMN rule"), "foreign"),
    "two versions": (changed("INSERT INTO alembic_version VALUES ('0001')"), "foreign"),
    "no version": (changed("UPDATE alembic_version SET version_num = 'new'"), "foreign"),
    "a later version": (changed("UPDATE alembic_version SET version_num = '9999'"), "newer"),
    "words for a number": (
        changed(f"{NO_TRIGGER} UPDATE fact SET value = '多い' WHERE rowid = 1; {KEPT}"),
        "damaged",
    ),
    "a fact of no series": (
        changed(
            f"PRAGMA foreign_keys=OFF; {NO_TRIGGER} "
            f"UPDATE fact SET series_id = 9999 WHERE rowid = 1; {KEPT}"
        ),
        "damaged",
    ),
    "cut off": (cut, "damaged"),
    "scribbled over": (scribbled, "damaged"),
}


@pytest.mark.parametrize("how", BAD)
def test_a_file_that_is_no_whole_backup_is_refused_and_nothing_changes(
    how, sample_file, empty, tmp_path
):
    change, why = BAD[how]
    file = Path(shutil.copy(sample_file, tmp_path / "backup.db"))
    change(file)
    with pytest.raises(NotABackup) as refused:
        restore(empty, file)
    assert refused.value.why == why
    assert is_empty(empty)
    assert plans(empty) == []
    result = kpi(empty, "restore", file)
    assert result.exit_code == 1
    assert "何も変えていません" in result.stderr


@pytest.mark.parametrize("how", ["words", "cut off"])
def test_a_refused_file_makes_no_database(how, sample_file, tmp_path):
    file = Path(shutil.copy(sample_file, tmp_path / "backup.db"))
    BAD[how][0](file)
    new = tmp_path / "new" / "kpi.db"
    with pytest.raises(NotABackup):
        restore(open_database(f"sqlite:///{new}"), file)
    assert not new.parent.exists()


def test_a_change_past_the_program_is_restored_and_told(sample_file, empty, tmp_path):
    """Whoever has no other copy needs it all the same."""
    file = Path(shutil.copy(sample_file, tmp_path / "backup.db"))
    changed(f"{NO_TRIGGER} UPDATE fact SET value = value + 1 WHERE rowid = 1; {KEPT}")(file)
    result = kpi(empty, "restore", file)
    assert result.exit_code == 0, result.stderr
    assert "kpi doctor" in result.stderr


@pytest.mark.sqlite
def test_a_database_copied_with_its_log_beside_it_is_a_backup_too(samples, tmp_path):
    """So it was said to be done before there was `kpi backup`."""
    with samples.connect():
        import_bytes(samples, ("a.csv", f"{HEADINGS}見本町,P,A,R5,1\n".encode()))
        place = Path(samples.url.database)
        for end in ("", "-wal", "-shm"):
            shutil.copy(f"{place}{end}", tmp_path / f"copied.db{end}")
    new = open_database(f"sqlite:///{tmp_path / 'new.db'}")
    restore(new, tmp_path / "copied.db")
    assert everything(new) == everything(samples)
    new.dispose()


def test_a_backup_of_an_older_version_is_brought_up_to_date(empty, tmp_path):
    old = open_database(f"sqlite:///{tmp_path / 'old.db'}")
    migrate(old, "0001")
    with old.begin() as connection:
        connection.exec_driver_sql("INSERT INTO municipality VALUES ('990001', '見本町')")
    file = tmp_path / "backup.db"
    back_up(old, file)
    old.dispose()
    restore(empty, file)
    assert "見本町" in str(everything(empty)["municipality"])
