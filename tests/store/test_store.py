from datetime import UTC, date, datetime, timedelta

import pytest
from acts import import_bytes
from sqlalchemy import insert, inspect, text
from sqlalchemy.exc import IntegrityError

from kpi.charts import values_table
from kpi.model import Fact, FactKey, FiscalYear, Kind, Municipality, Plan
from kpi.store import (
    Changes,
    Conflict,
    DatabaseMissing,
    StillNeeded,
    UnknownBatch,
    batches,
    commit,
    end_of_day,
    fact_history,
    is_empty,
    migrate,
    open_database,
    plans,
    promising,
    read_plan,
    read_snapshot,
    require,
    undo,
    version,
)
from kpi.store import tables as t
from kpi.store.engine import HEAD

HEADINGS = "自治体,計画,指標,年度,実績値\n"
MAY = datetime(2025, 5, 1, tzinfo=UTC)
JUNE = datetime(2025, 6, 1, tzinfo=UTC)
JULY = datetime(2025, 7, 1, tzinfo=UTC)


def actual(value, year="R5", indicator="A"):
    return ("a.csv", f"{HEADINGS}見本町,P,{indicator},{year},{value}\n".encode())


def known(engine, as_of=None):
    [header] = plans(engine, as_of)
    return read_plan(engine, header, as_of).facts["value"].tolist()


def everything(engine):
    """All plans of a database, with all that can be seen of those that have periods."""
    headers = plans(engine)
    content = [read_plan(engine, header) for header in headers if header.periods]
    return [str(header) for header in headers] + [values_table(c).to_csv() for c in content]


def test_what_was_known_on_any_day_can_be_read_again(empty):
    import_bytes(empty, actual("37.7"), now=MAY)
    import_bytes(empty, actual("37.9"), now=JULY)
    assert known(empty) == [37.9]
    assert known(empty, JUNE) == [37.7]
    assert plans(empty, MAY - timedelta(days=1)) == []


def test_a_day_ends_at_midnight_in_japan():
    last = end_of_day(date(2025, 6, 30))
    assert last < datetime(2025, 6, 30, 15, tzinfo=UTC)
    assert last + timedelta(microseconds=1) == datetime(2025, 6, 30, 15, tzinfo=UTC)


def test_taking_an_import_back_brings_exactly_the_state_before(samples):
    before = everything(samples)
    file = "自治体,計画,指標,区分,年度,実績値\n"
    file += "川崎市,川崎市総合計画,国民健康保険料収入率等,現年度分,R2,90％\n"
    file += "川崎市,川崎市総合計画,新しい指標,,R2,1\n"
    preview, batch = import_bytes(samples, ("a.csv", file.encode()))
    assert (len(preview.changed), len(preview.added)) == (1, 1)
    assert everything(samples) != before
    undo(samples, batch, author="planner", now=JULY)
    assert everything(samples) == before


def test_what_was_taken_back_is_still_known_as_of_the_days_between(empty):
    import_bytes(empty, actual("1"), now=MAY)
    _, batch = import_bytes(empty, actual("2"), now=JUNE)
    undo(empty, batch, author="a", now=JULY)
    assert known(empty) == [1]
    assert known(empty, JUNE + timedelta(days=1)) == [2]


def test_a_municipality_promises_something_while_a_target_of_it_is_not_taken_back(empty):
    import_bytes(empty, actual("1"), now=MAY)
    assert promising(empty) == set()
    target = ("b.csv", "自治体,計画,指標,年度,目標値\n見本町,P,A,R8,2\n".encode())
    _, batch = import_bytes(empty, target, now=JUNE)
    assert promising(empty) == {"見本町"}
    undo(empty, batch, author="a", now=JULY)
    assert promising(empty) == set()


def test_an_import_can_be_made_again_after_it_was_taken_back(empty):
    import_bytes(empty, actual("1"), now=MAY)
    _, batch = import_bytes(empty, actual("2"), now=JUNE)
    undo(empty, batch, author="a", now=JUNE)
    import_bytes(empty, actual("2"), now=JULY)
    assert known(empty) == [2]


def test_an_import_others_build_on_cannot_be_taken_back_before_them(empty):
    _, first = import_bytes(empty, actual("1"), now=MAY)
    _, second = import_bytes(empty, actual("2", "R6"), now=JUNE)
    with pytest.raises(StillNeeded) as refused:
        undo(empty, first, author="a", now=JULY)
    assert refused.value.batch_ids == (second,)
    undo(empty, second, author="a", now=JULY)
    undo(empty, first, author="a", now=JULY)
    assert plans(empty) == []


def test_an_indicator_added_under_a_plan_keeps_the_plan_from_going(empty):
    _, first = import_bytes(empty, actual("1"), now=MAY)
    _, second = import_bytes(empty, actual("2", indicator="B"), now=JUNE)
    with pytest.raises(StillNeeded) as refused:
        undo(empty, first, author="a", now=JULY)
    assert refused.value.batch_ids == (second,)


def test_taking_back_twice_or_something_unknown_is_refused(empty):
    _, batch = import_bytes(empty, actual("1"))
    undo(empty, batch, author="a", now=JULY)
    for unknown in (batch, "20250101-000000-ffff"):
        with pytest.raises(UnknownBatch):
            undo(empty, unknown, author="a", now=JULY)


def test_the_list_of_imports_says_who_when_and_what(empty):
    import_bytes(empty, actual("1"), now=MAY)
    import_bytes(empty, actual("2"), now=JUNE)
    newest, oldest = batches(empty)
    assert (newest.recorded_at, newest.author, newest.files) == (JUNE, "planner", ("a.csv",))
    assert [(e.added, e.changed) for e in (oldest, newest)] == [(1, 0), (0, 1)]
    undo(empty, newest.batch_id, author="a", now=JULY)
    assert [entry.undone_at for entry in batches(empty)] == [JULY, None]


def test_the_history_of_a_fact_has_every_state_it_was_in(empty):
    for value, moment in (("1", MAY), ("2", JUNE), ("3", JULY)):
        import_bytes(empty, actual(value), now=moment)
    history = fact_history(empty, plans(empty)[0].municipality, 1)
    assert [(v.value, v.recorded_at) for v in history] == [(1, MAY), (2, JUNE), (3, JULY)]


def test_changes_built_on_an_older_state_are_refused(empty):
    import_bytes(empty, actual("1"))
    code = plans(empty)[0].municipality.code
    snapshot = read_snapshot(empty, code, "")
    key = FactKey(1, Kind.ACTUAL, 0, "", FiscalYear(2023))
    change = Changes(snapshot.municipality, snapshot.marks, changed=[Fact(key, 9.0)])
    import_bytes(empty, actual("2"))
    with pytest.raises(Conflict):
        commit(empty, [change], author="a", reason="", now=JULY)
    assert known(empty) == [2]


def test_an_act_that_fails_half_way_leaves_nothing(empty):
    municipality = Municipality("990001", "見本町")
    orphan = Fact(FactKey(99, Kind.ACTUAL, 0, "", FiscalYear(2020)), 1.0)
    change = Changes(municipality, (0, 0), plans=[Plan(1, "P")], added=[orphan])
    with pytest.raises(IntegrityError):
        commit(empty, [change], author="a", reason="", now=MAY)
    assert is_empty(empty)
    assert plans(empty) == []


def test_two_municipalities_number_their_rows_independently(empty):
    for name in ("甲市", "乙市"):
        rows = f"{HEADINGS}{name},P,A,R5,1\n".encode()
        import_bytes(empty, ("a.csv", rows))
    assert [header.plan.id for header in plans(empty)] == [1, 1]
    assert {header.municipality.name for header in plans(empty)} == {"甲市", "乙市"}


def test_the_mark_for_caches_moves_with_every_act(empty):
    marks = [version(empty)]
    _, batch = import_bytes(empty, actual("1"))
    marks.append(version(empty))
    undo(empty, batch, author="a", now=JULY)
    marks.append(version(empty))
    assert len(set(marks)) == 3


def test_the_migrations_make_the_tables_the_code_speaks_of(empty):
    made = inspect(empty)
    assert set(made.get_table_names()) == {*t.metadata.tables, "alembic_version"}
    for name, table in t.metadata.tables.items():
        columns = {
            c["name"]: (c["type"].compile(empty.dialect), c["nullable"])
            for c in made.get_columns(name)
        }
        wanted = {c.name: (c.type.compile(empty.dialect), bool(c.nullable)) for c in table.columns}
        assert columns == wanted, name
        assert made.get_pk_constraint(name)["constrained_columns"] == [
            column.name for column in table.primary_key
        ]
        assert {
            (tuple(key["constrained_columns"]), key["referred_table"])
            for key in made.get_foreign_keys(name)
        } == {
            (tuple(c.name for c in key.columns), key.referred_table.name)
            for key in table.foreign_key_constraints
        }, name


def test_every_key_begins_with_the_municipality():
    for table in t.metadata.tables.values():
        assert next(iter(table.primary_key)).name == "municipality"
        for key in table.foreign_key_constraints:
            assert key.column_keys[0] == "municipality"


def test_the_version_the_code_expects_is_the_newest_migration(empty):
    with empty.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == HEAD
    migrate(empty)
    require(empty)


@pytest.mark.sqlite
def test_sqlite_runs_in_wal_mode_with_foreign_keys_on(empty):
    with empty.connect() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_looking_for_a_database_does_not_make_one(tmp_path):
    with pytest.raises(DatabaseMissing):
        require(open_database(f"sqlite:///{tmp_path / 'none.db'}"))
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_another_version_is_not_read(empty):
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(DatabaseMissing):
        require(empty)


def test_a_moment_without_its_time_zone_is_refused(empty):
    row = {"municipality": "990001", "name": "見本町"}
    with empty.begin() as connection:
        connection.execute(insert(t.municipality), row)
        with pytest.raises(Exception, match="time zone"):
            connection.execute(
                insert(t.batch),
                {
                    "municipality": "990001",
                    "revision": 1,
                    "batch_id": "x",
                    "recorded_at": datetime(2025, 1, 1),
                    "author": "",
                    "reason": "",
                    "added": 0,
                    "changed": 0,
                },
            )


def test_words_may_be_long_and_keep_the_order_of_their_code_points(empty):
    """The name of a city without a code is its key."""
    names = ["亜市", "ア市", "ｱ市", "Z市", "a市", "あ市", "い" * 200]
    for name in names:
        rows = f"{HEADINGS}{name},P,{'長い指標' * 100},R5,1\n".encode()
        import_bytes(empty, ("a.csv", rows))
    assert [header.municipality.code for header in plans(empty)] == sorted(
        header.municipality.code for header in plans(empty)
    )
    assert max(len(header.municipality.name) for header in plans(empty)) == 200
