"""A database that cannot be asked says so in a sentence, and never its password."""

from __future__ import annotations

import threading
import traceback
from datetime import UTC, datetime

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, insert, make_url, select, text
from sqlalchemy.exc import IntegrityError

from kpi.cli import cli
from kpi.store import DatabaseUnavailable, batches, migrate, open_database, shown_url
from kpi.store import tables as t

SECRET = "秘密@/:b"
NOON = datetime(2025, 6, 30, 3, 0, tzinfo=UTC)


def told(url, command="values"):
    """What a person is told who runs the command, which is refused."""
    result = CliRunner().invoke(cli, [command, "--db", str(url)])
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    return result.stderr


@pytest.fixture
def database(cluster):
    name = cluster.create()
    yield name
    cluster.drop(name)


@pytest.fixture
def careful(cluster, database):
    """The address of a database whose server asks for a password."""
    server = {"host": str(cluster.folder), "user": "kpi", "dbname": database}
    with psycopg.connect(**server, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE careful LOGIN PASSWORD '{SECRET}'")
        connection.execute(f"ALTER DATABASE {database} OWNER TO careful")
    address = make_url(cluster.url(database, "careful"))
    yield address.set(password=SECRET)
    with psycopg.connect(**server, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {database} OWNER TO kpi")
        connection.execute("DROP OWNED BY careful")
        connection.execute("DROP ROLE careful")


def test_an_ordinary_user_with_its_password_makes_the_tables_and_reads(careful):
    url = careful.render_as_string(hide_password=False)
    runner = CliRunner()
    made = runner.invoke(cli, ["init", "--empty", "--db", url])
    assert made.exit_code == 0, made.output
    assert "careful:***@" in made.stderr
    read = runner.invoke(cli, ["values", "--csv", "--db", url])
    assert read.exit_code == 0
    assert SECRET not in made.stderr + read.stderr


def test_a_wrong_password_is_told_without_it(careful):
    wrong = careful.set(password="まちがい").render_as_string(hide_password=False)
    words = told(wrong)
    assert "パスワードではつながりません" in words
    assert "まちがい" not in words
    assert "%E3%81%BE" not in words


def test_a_server_a_database_and_a_user_that_are_not_there_are_told(cluster):
    for url in (
        "postgresql+psycopg://kpi:geheim@127.0.0.1:1/kpi",
        f"postgresql+psycopg://kpi:geheim@/kpi?host={cluster.folder}/none",
        cluster.url("no_such_database"),
        cluster.url("postgres", "no_such_user"),
    ):
        words = told(url)
        assert "つながりません" in words, words
        assert "geheim" not in words


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://kpi:ge@heim@server/kpi",
        "postgresql+psycopg://kpi:geheim@server:port/kpi",
        "postgresql+nothing://kpi:geheim@server/kpi",
    ],
)
def test_an_address_that_cannot_be_read_is_told_without_its_password(url):
    result = CliRunner().invoke(cli, ["values", "--db", url])
    assert result.exit_code == 2
    assert "***" in result.stderr
    assert "heim" not in result.stderr


def test_a_password_among_the_options_of_an_address_is_not_shown():
    engine = open_database("postgresql+psycopg://kpi@server/kpi?password=geheim&sslmode=require")
    assert shown_url(engine) == "postgresql+psycopg://kpi@server/kpi?sslmode=require"


def test_a_database_that_cannot_hold_every_sign_is_refused_before_anything_is_made(cluster):
    with psycopg.connect(
        host=str(cluster.folder), user="kpi", dbname="postgres", autocommit=True
    ) as server:
        server.execute(
            "CREATE DATABASE old ENCODING 'EUC_JP' LOCALE_PROVIDER libc LOCALE 'C' "
            "TEMPLATE template0"
        )
    try:
        assert "EUC_JP" in told(cluster.url("old"), "init")
        plain = create_engine(cluster.url("old"))
        with plain.connect() as connection:
            tables = text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            assert connection.scalar(tables) == 0
        plain.dispose()
    finally:
        cluster.drop("old")


def test_who_waits_too_long_for_somebody_elses_change_is_told(empty, kind_of_database):
    """The wait is a quarter of a minute for people and none for this test."""
    row = {"municipality": "990001", "name": "見本町"}
    with empty.begin() as connection:
        connection.execute(insert(t.municipality), row)
    mine = select(t.municipality).with_for_update()
    no_patience = "PRAGMA busy_timeout=0"
    if kind_of_database == "postgresql":
        no_patience = "SET LOCAL lock_timeout = '1ms'"
    writing = {"writing": True}
    with (
        empty.connect().execution_options(**writing) as first,
        first.begin(),
        empty.connect() as second,
    ):
        first.execute(mine)
        if kind_of_database == "sqlite":
            second.exec_driver_sql(no_patience)
            second.rollback()
        second = second.execution_options(**writing)

        def wait():
            with second.begin():
                if kind_of_database == "postgresql":
                    second.exec_driver_sql(no_patience)
                second.execute(mine)

        with pytest.raises(DatabaseUnavailable) as refused:
            wait()
    assert refused.value.why == "busy"


def test_a_connection_cut_by_the_server_is_noticed_before_it_is_used(cluster, database):
    engine = open_database(cluster.url(database))
    migrate(engine)
    assert batches(engine) == []
    with psycopg.connect(
        host=str(cluster.folder), user="kpi", dbname="postgres", autocommit=True
    ) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s",
            [database],
        )
    assert batches(engine) == []
    with engine.connect() as connection, pytest.raises(DatabaseUnavailable) as refused:
        connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
    assert refused.value.why == "cut"
    engine.dispose()


def test_two_who_make_the_tables_at_once_both_find_them_made(cluster, database):
    faults = []

    def make():
        engine = open_database(cluster.url(database))
        try:
            migrate(engine)
        except Exception as fault:
            faults.append(fault)
        engine.dispose()

    both = [threading.Thread(target=make) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert faults == []


def test_the_zone_of_the_server_moves_no_moment(cluster, database):
    with psycopg.connect(
        host=str(cluster.folder), user="kpi", dbname="postgres", autocommit=True
    ) as server:
        server.execute(f"ALTER DATABASE {database} SET timezone TO 'Asia/Tokyo'")
    engine = open_database(cluster.url(database))
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(insert(t.municipality), {"municipality": "990001", "name": "見本町"})
        batch = {"municipality": "990001", "revision": 1, "batch_id": "x", "recorded_at": NOON}
        told_of = {"author": "", "reason": "", "added": 0, "changed": 0}
        connection.execute(insert(t.batch), batch | told_of)
        stored = connection.scalar(text("SELECT recorded_at::text FROM batch"))
    assert stored == "2025-06-30 03:00:00"
    [entry] = batches(engine)
    assert entry.recorded_at == NOON
    engine.dispose()


def test_no_error_says_what_was_to_be_written(empty):
    note = {"municipality": "990001", "revision": 1, "indicator_id": 1, "fiscal_year": 2024}
    note |= {"kind": "cause", "number": 0, "text": "まだ公表していない所見"}
    with pytest.raises(IntegrityError) as refused, empty.begin() as connection:
        connection.execute(insert(t.note_revision), note)
    told = "".join(traceback.format_exception(refused.value))
    assert "990001" not in told
    assert "所見" not in told
