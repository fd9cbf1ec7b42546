"""Opening a database and bringing its tables up to date."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    ExceptionContext,
    ExecutionContext,
    create_engine,
    event,
    func,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError

from kpi.store import audit, tables

#: The migration the tables of `kpi.store.tables` stand at.
HEAD = "0010"
#: The migration that brought the audit log.
_AUDITED = "0004"


class DatabaseMissing(Exception):
    """There is no database at the address, or its tables are of another version."""


class DatabaseOutdated(DatabaseMissing):
    """There is a database, and its tables are of another version."""


class DatabaseUnavailable(Exception):
    """The database cannot be asked now; nothing was changed, unless the connection was cut.

    ``why`` is ``unreachable`` (the server does not answer or knows no such database or user),
    ``password`` (it refuses the one given), ``busy`` (somebody else held it for too long), ``cut``
    (the connection broke on the way) or ``encoding`` (it could not hold every sign of Japanese).
    The message is the database's own.
    """

    def __init__(self, why: str, message: object = "") -> None:
        super().__init__(" ".join(str(message).split()))
        self.why = why


#: How long a person waits for somebody else's change, in milliseconds.
_PATIENCE = 15_000

#: What a session on PostgreSQL asks for. Moments are stored in UTC without a zone, so that the
#: server's own zone does not matter; no statement and no forgotten transaction holds others up
#: for ever.
_POSTGRESQL_SESSION = {
    "lock_timeout": _PATIENCE,
    "statement_timeout": 300_000,
    "idle_in_transaction_session_timeout": 300_000,
    "timezone": "UTC",
}


def open_database(url: str) -> Engine:
    """Return an engine for the database at ``url``; nothing is asked of it yet.

    SQLite runs in WAL mode with foreign keys on; a writer takes the lock when it begins, so that
    what it read stays true until it commits. Whatever is asked of the engine raises
    `DatabaseUnavailable` where the server cannot be reached or others are in the way too long. No
    error names what was to be written: a log keeps it, and that may not be public yet.

    Raises SQLAlchemy's ``ArgumentError`` where the address cannot be read.
    """
    address = make_url(url)
    if "@" in (address.host or ""):
        raise ArgumentError("a sign of the password stands for itself only as %40, %2F or %3A")
    if address.get_backend_name() == "sqlite":
        engine = create_engine(address, hide_parameters=True)
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        asked = (f"-c {name}={value}" for name, value in _POSTGRESQL_SESSION.items())
        session = {
            "client_encoding": "utf8",
            "connect_timeout": 10,
            "application_name": "kpi",
            "options": " ".join(asked),
        }
        # A connection that a restart of the server has cut is noticed before it is used.
        engine = create_engine(
            address, hide_parameters=True, pool_pre_ping=True, connect_args=session
        )
        event.listen(engine, "do_execute", _copy)
        event.listen(engine, "handle_error", _leave_rows_out)
    event.listen(engine, "handle_error", _in_the_way, retval=True)
    return engine


def _copy(cursor: Any, statement: str, parameters: Any, _context: ExecutionContext) -> bool:
    """Hand the rows of a ``COPY … FROM STDIN`` over; everything else is left to SQLAlchemy."""
    if not statement.startswith("COPY "):
        return False
    [rows] = parameters
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
    return True


def shown_url(engine: Engine) -> str:
    """Return the address of a database as people may see it, without a password."""
    query = {name: part for name, part in engine.url.query.items() if name != "password"}
    return engine.url.set(query=query).render_as_string(hide_password=True)


#: What PostgreSQL and SQLite call it when others are in the way: a wait that took too long, one
#: that would have had no end, a server with too many people on it.
_BUSY_STATES = {"55P03", "57014", "40P01", "40001", "53300"}
_BUSY_CODES = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def _leave_rows_out(context: ExceptionContext) -> None:
    """Keep of what PostgreSQL says the sentence alone: behind it, it quotes rows."""
    error, wrapped = context.original_exception, context.sqlalchemy_exception
    sentence = getattr(getattr(error, "diag", None), "message_primary", None)
    if sentence and isinstance(wrapped, DBAPIError):
        error.args = (sentence,)
        wrapped.args = (f"({type(error).__name__}) {sentence}",)


def _in_the_way(context: ExceptionContext) -> BaseException | None:
    """Return what to raise instead where the place is at fault, not the program."""
    error = context.original_exception
    if context.is_pre_ping:
        return None
    state, code = getattr(error, "sqlstate", None), getattr(error, "sqlite_errorcode", 0)
    # The lowest byte is the kind of an error, the others tell more of it.
    if state in _BUSY_STATES or code & 0xFF in _BUSY_CODES:
        return DatabaseUnavailable("busy", error)
    if context.is_disconnect and context.connection is not None:
        return DatabaseUnavailable("cut", error)
    if context.connection is None and context.dialect.name == "postgresql":
        server = getattr(error, "pgconn", None)
        is_known = server is not None and server.used_password
        return DatabaseUnavailable("password" if is_known else "unreachable", error)
    return None


def _configure_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # SQLAlchemy begins transactions itself, see below.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        f"busy_timeout={_PATIENCE}",
        "synchronous=NORMAL",
        # REPLACE, too, then asks the triggers that keep rows from being deleted.
        "recursive_triggers=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def migrate(engine: Engine, to: str = HEAD) -> None:
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
        if connection.dialect.name == "postgresql":
            _prepare_postgresql(connection)
        config.attributes["connection"] = connection
        before = revision(connection)
        command.upgrade(config, to)
        if before is not None and before < _AUDITED <= to:
            audit.begin(connection)


def revision(connection: Connection) -> str | None:
    """Return the migration the tables stand at; None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def _prepare_postgresql(connection: Connection) -> None:
    """Let one program migrate at a time; refuse a database that cannot hold what plans say."""
    encoding = connection.scalar(text("SHOW server_encoding"))
    if encoding != "UTF8":
        raise DatabaseUnavailable("encoding", encoding)
    connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))


#: The lock of those who migrate: a number that no other program on the server should take.
_MIGRATING = 0x6D696368


def require(engine: Engine) -> None:
    """Raise `DatabaseMissing` unless the tables are there and up to date; create nothing."""
    if is_missing(engine):
        raise DatabaseMissing(shown_url(engine))
    with engine.connect() as connection:
        stands_at = revision(connection)
        if stands_at is None:
            raise DatabaseMissing(shown_url(engine))
        if stands_at != HEAD:
            raise DatabaseOutdated(shown_url(engine))


def is_missing(engine: Engine) -> bool:
    """Whether there is no SQLite file at the address, which SQLite would make when it looks."""
    file = engine.url.database
    return engine.dialect.name == "sqlite" and bool(file) and not Path(str(file)).exists()


def is_empty(engine: Engine) -> bool:
    """Whether nothing was ever recorded. The tables must be there."""
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(tables.batch)) == 0
