"""Opening a database and bringing its tables up to date."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, inspect, select, text

from kpi.store import audit, tables

#: The migration the tables of `kpi.store.tables` stand at.
HEAD = "0004"
#: The migration that brought the audit log.
_AUDITED = "0004"


class DatabaseMissing(Exception):
    """There is no database at the address, or its tables are of another version."""


class DatabaseOutdated(DatabaseMissing):
    """There is a database, and its tables are of another version."""


def open_database(url: str) -> Engine:
    """Return an engine for the database at ``url``.

    SQLite runs in WAL mode with foreign keys on; a writer takes the lock when it begins, so that
    what it read stays true until it commits.
    """
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # SQLAlchemy begins transactions itself, see below.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "busy_timeout=15000",
        "synchronous=NORMAL",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def migrate(engine: Engine) -> None:
    """Create the tables, or bring those of an older version up to date."""
    # Alembic costs a third of a second to import; reading commands do without it.
    from alembic import command
    from alembic.config import Config

    if engine.dialect.name == "sqlite" and engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with (
        engine.connect().execution_options(writing=True) as connection,
        connection.begin(),
    ):
        config.attributes["connection"] = connection
        before = _revision(connection)
        command.upgrade(config, "head")
        if before is not None and before < _AUDITED:
            audit.begin(connection)


def _revision(connection: Connection) -> str | None:
    """Return the migration the tables stand at; None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def require(engine: Engine) -> None:
    """Raise `DatabaseMissing` unless the tables are there and up to date; create nothing."""
    file = engine.url.database
    if engine.dialect.name == "sqlite" and file and not Path(file).exists():
        raise DatabaseMissing(file)
    with engine.connect() as connection:
        revision = _revision(connection)
        if revision is None:
            raise DatabaseMissing(str(engine.url))
        if revision != HEAD:
            raise DatabaseOutdated(str(engine.url))


def is_empty(engine: Engine) -> bool:
    """Whether nothing was ever recorded. The tables must be there."""
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(tables.batch)) == 0
