"""Everything in one file, and back: for the day a disk breaks, and the way to another database.

A backup is an SQLite database with the same tables, whatever kind of database it was taken from and
is put back into.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    LargeBinary,
    MetaData,
    Table,
    event,
    exists,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError, OperationalError

from kpi.store import tables as t
from kpi.store.engine import (
    HEAD,
    DatabaseMissing,
    is_missing,
    migrate,
    open_database,
    revision,
    shown_url,
)
from kpi.store.writing import write


class NotABackup(Exception):
    """The file cannot be put back; nothing was changed.

    ``why`` is ``foreign`` (it is no database, or one of something else), ``newer`` (a newer version
    of the program wrote it) or ``damaged``.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class InUse(Exception):
    """There is data already where a backup was to be put; nothing was changed."""


def back_up(engine: Engine, file: Path) -> None:
    """Write all that is known at one moment to a new file, while others read and write.

    The tables may be of an older version. The file is there as a whole or not at all. Raises
    FileExistsError where there is one, OSError where it cannot be written, `DatabaseMissing` where
    there is nothing to take or its tables are of a newer version.
    """
    if is_missing(engine):
        raise DatabaseMissing(shown_url(engine))
    if file.exists():
        raise FileExistsError(file)
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.parent)
    os.close(handle)
    part = Path(name)
    try:
        if engine.dialect.name == "sqlite":
            _copy_pages(engine, part)
        else:
            _copy_rows(engine, part)
        with closing(sqlite3.connect(part)) as connection:
            # One file, with no log beside it.
            connection.execute("PRAGMA journal_mode=DELETE")
        with part.open("rb") as written:
            os.fsync(written.fileno())
        if file.exists():
            raise FileExistsError(file)
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)


def _copy_pages(engine: Engine, part: Path) -> None:
    """Copy an SQLite database by its own means."""
    with (
        engine.connect() as connection,
        closing(sqlite3.connect(part, isolation_level=None)) as target,
    ):
        _require_known(connection)
        source: Any = connection.connection.driver_connection
        # All pages at once: nobody's change comes in between.
        connection.rollback()
        try:
            source.backup(target)
        except sqlite3.Error as error:
            raise OSError(str(error)) from error


def _copy_rows(engine: Engine, part: Path) -> None:
    """Copy the tables of any other database as one transaction sees them."""
    unchanging = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with ExitStack() as stack:
        source = stack.enter_context(engine.connect().execution_options(**unchanging))
        stamp = _require_known(source)
        file = open_database(f"sqlite:///{part}")
        stack.callback(file.dispose)
        try:
            migrate(file, stamp)
            with file.connect().execution_options(writing=True) as target, target.begin():
                for table in _tables(target):
                    rows = source.execution_options(yield_per=_at_once(table)).execute(
                        select(table)
                    )
                    for some in rows.mappings().partitions():
                        target.execute(insert(table), [dict(row) for row in some])
        except OperationalError as error:
            if isinstance(error.orig, sqlite3.Error):
                raise OSError(str(error.orig)) from error
            raise


def _require_known(connection: Connection) -> str:
    """Return the version of the tables, which this program must know."""
    stamp = revision(connection)
    if stamp is None or stamp > HEAD:
        raise DatabaseMissing(shown_url(connection.engine))
    return stamp


def _tables(connection: Connection) -> list[Table]:
    """Return the tables as a database has them, those first that others refer to."""
    made = MetaData()

    @event.listens_for(made, "column_reflect")
    def _(_inspector: Any, _table: Table, column: Any) -> None:
        # Types that mean the same to every kind of database.
        column["type"] = column["type"].as_generic()

    made.reflect(connection)
    return [table for table in made.sorted_tables if table.name != "alembic_version"]


def _at_once(table: Table) -> int:
    """Return how many rows are held in memory; whole files stand in some."""
    return 10 if any(isinstance(column.type, LargeBinary) for column in table.columns) else 10_000


def restore(engine: Engine, file: Path) -> None:
    """Put a backup into a database that holds nothing; one that is not there is made.

    Raises `NotABackup`, `InUse`, and OSError where the file cannot be read.
    """
    _refuse_if_used(engine)
    with _examined(file) as source:
        migrate(engine)
        with engine.connect().execution_options(writing=True) as target, target.begin():
            if target.dialect.name == "postgresql":
                # Who wants to bring a municipality meanwhile waits, and finds it taken.
                target.execute(text("LOCK TABLE municipality IN EXCLUSIVE MODE"))
            if any(
                target.scalar(select(exists(select(table)))) for table in t.metadata.sorted_tables
            ):
                raise InUse(shown_url(engine))
            try:
                for table in t.metadata.sorted_tables:
                    _put_back(source, target, table)
            except DBAPIError as error:
                raise NotABackup("damaged") from error


def _refuse_if_used(engine: Engine) -> None:
    """Leave a database that holds something as it is, however old its tables are."""
    if is_missing(engine):
        return
    with engine.connect() as connection:
        is_made = revision(connection) is not None
        if is_made and connection.scalar(select(exists(select(t.municipality)))):
            raise InUse(shown_url(engine))


def _put_back(source: sqlite3.Connection, target: Connection, table: Table) -> None:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    rows = source.execute(f'SELECT {columns} FROM "{table.name}"')  # noqa: S608  our own names
    while some := rows.fetchmany(_at_once(table)):
        write(target, table, some)


@contextmanager
def _examined(file: Path) -> Iterator[sqlite3.Connection]:
    """Give a backup as it is now read, in a copy that was brought up to date.

    Raises `NotABackup` where anything about it is not as the program would have written it.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "backup.db")
        shutil.copyfile(file, copy)
        # A database that was copied while it was used has its last changes beside it.
        log = file.with_name(f"{file.name}-wal")
        if log.exists():
            shutil.copyfile(log, f"{copy}-wal")
        with ExitStack() as stack:
            stamp = _stamp(copy)
            engine = open_database(f"sqlite:///{copy}")
            stack.callback(engine.dispose)
            fresh = open_database(f"sqlite:///{folder}/fresh.db")
            stack.callback(fresh.dispose)
            migrate(fresh, stamp)
            try:
                _require_same_shape(engine, fresh)
                migrate(engine)
            except DBAPIError as error:
                raise NotABackup("damaged") from error
            yield stack.enter_context(closing(sqlite3.connect(copy)))


def _stamp(copy: Path) -> str:
    """Return the version of the tables of a file that may be anything."""
    try:
        with closing(sqlite3.connect(copy)) as connection:
            [[stamp]] = connection.execute("SELECT version_num FROM alembic_version").fetchall()
            is_whole = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            is_linked = connection.execute("PRAGMA foreign_key_check").fetchall() == []
    except (sqlite3.OperationalError, ValueError) as error:
        raise NotABackup("foreign") from error
    except sqlite3.DatabaseError as error:
        is_database = copy.read_bytes()[:16] == b"SQLite format 3\0"
        raise NotABackup("damaged" if is_database else "foreign") from error
    if not (isinstance(stamp, str) and stamp.isdecimal() and len(stamp) == len(HEAD)):
        raise NotABackup("foreign")
    if stamp > HEAD:
        raise NotABackup("newer")
    if not (is_whole and is_linked):
        raise NotABackup("damaged")
    return stamp


#: What a value of a type is to SQLite, which takes anything anywhere; of all other types, text.
_HELD = {"INTEGER": "integer", "BOOLEAN": "integer", "DOUBLE": "real", "BLOB": "blob"}


def _require_same_shape(engine: Engine, fresh: Engine) -> None:
    """Refuse a file whose tables are not those of its version, or hold other kinds of values."""
    shape = text(
        "SELECT type, name, CASE type WHEN 'trigger' THEN sql END FROM sqlite_master "
        "ORDER BY type, name"
    )
    with engine.connect() as connection, fresh.connect() as model:
        made = connection.execute(shape).all()
        if made != model.execute(shape).all():
            raise NotABackup("foreign")
        for table in (name for kind, name, _ in made if kind == "table"):
            columns = text(f'PRAGMA table_info("{table}")')
            described = model.execute(columns).all()
            if connection.execute(columns).all() != described:
                raise NotABackup("foreign")
            strange = " OR ".join(
                f"typeof(\"{column.name}\") NOT IN ('{_HELD.get(column.type, 'text')}', 'null')"
                for column in described
            )
            if connection.scalar(text(f'SELECT EXISTS (SELECT 1 FROM "{table}" WHERE {strange})')):  # noqa: S608
                raise NotABackup("damaged")
