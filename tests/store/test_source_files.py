"""The files themselves are kept with what was read from them."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from acts import import_bytes, preview_of
from alembic import command
from alembic.config import Config
from openpyxl import Workbook
from sqlalchemy import func, insert, select

import kpi.store
from kpi.charts import values_table
from kpi.model import FactKey, FiscalYear, Kind
from kpi.store import (
    DatabaseOutdated,
    end_of_day,
    fact_source,
    migrate,
    open_database,
    plans,
    read_plan,
    require,
    undo,
)
from kpi.store import tables as t

HEADINGS = "自治体,計画,指標,年度,実績値\n"
MAY = datetime(2025, 5, 1, tzinfo=UTC)
JULY = datetime(2025, 7, 1, tzinfo=UTC)
KEY = FactKey(1, Kind.ACTUAL, 0, "", FiscalYear(2023))


def table(*rows: str) -> bytes:
    return (HEADINGS + "".join(f"{row}\n" for row in rows)).encode()


def workbook(value: float) -> bytes:
    book = Workbook()
    book.active.title = "実績"
    for row in (HEADINGS.strip().split(","), ["見本町", "P", "A", "R5", value]):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def kept(engine) -> list[tuple[str, int, bool]]:
    content = t.source_content
    with engine.connect() as connection:
        return connection.execute(
            select(content.c.municipality, func.length(content.c.content), content.c.compressed)
            .order_by(content.c.municipality)
        ).all()  # fmt: skip


def source(engine, batch, municipality=None):
    return fact_source(engine, municipality or plans(engine)[0].municipality, KEY, batch)


@pytest.mark.parametrize("data", [table("見本町,P,A,R5,1.20"), workbook(1.2)])
def test_the_file_a_fact_was_read_from_comes_back_byte_for_byte(empty, data):
    name = "実績.csv" if data.startswith(HEADINGS.encode()) else "実績.xlsx"
    _, batch = import_bytes(empty, (name, data), now=MAY)
    found = source(empty, batch)
    assert found.content == data
    assert (found.file, found.cell, found.recorded_at) == (name, "E2", MAY)
    assert (found.author, found.reason) == ("planner", "test")
    assert found.value_text in ("1.20", "1.2")


def test_a_long_text_is_kept_smaller_than_it_is(empty):
    data = table(*(f"見本町,P,指標{number},R5,1" for number in range(500)))
    import_bytes(empty, ("a.csv", data))
    [(_, size, compressed)] = kept(empty)
    assert compressed
    assert size < len(data) / 4


def test_what_is_an_archive_already_is_kept_as_it_is(empty):
    data = workbook(1.2)
    import_bytes(empty, ("a.xlsx", data))
    [(_, size, _)] = kept(empty)
    assert size <= len(data)


def test_each_state_of_a_fact_leads_to_its_own_file(empty):
    files = {"5月.csv": table("見本町,P,A,R5,1"), "7月.csv": table("", "見本町,P,A,R5,2")}
    batches = [import_bytes(empty, file)[1] for file in files.items()]
    found = [source(empty, batch) for batch in batches]
    assert {each.file: each.content for each in found} == files
    assert [each.cell for each in found] == ["E2", "E3"]


def test_a_file_is_kept_once_for_each_municipality(empty):
    data = table("見本町,P,A,R5,1", "隣町,Q,A,R5,2")
    _, batch = import_bytes(empty, ("a.csv", data))
    assert [code for code, _, _ in kept(empty)] == sorted(["見本町", "隣町"])
    for header in plans(empty):
        assert source(empty, batch, header.municipality).content == data
    undo(empty, batch, author="a", now=JULY)
    import_bytes(empty, ("b.csv", data))
    assert len(kept(empty)) == 2


def test_a_file_stays_when_its_batch_is_taken_back(empty):
    data = table("見本町,P,A,R5,1")
    _, batch = import_bytes(empty, ("a.csv", data))
    municipality = plans(empty)[0].municipality
    undo(empty, batch, author="a", now=JULY)
    assert source(empty, batch, municipality).content == data


def test_a_file_that_changed_nothing_is_not_kept(empty):
    import_bytes(empty, ("a.csv", table("見本町,P,A,R5,1")))
    import_bytes(empty, ("b.csv", table("", "見本町,P,A,R5,1")))
    assert len(kept(empty)) == 1


def test_a_file_above_the_limit_is_imported_and_not_kept(empty, monkeypatch):
    monkeypatch.setenv("KPI_KEEP_FILE_MB", "0")
    _, batch = import_bytes(empty, ("a.csv", table("見本町,P,A,R5,1")))
    found = source(empty, batch)
    assert (found.file, found.cell, found.content) == ("a.csv", "E2", None)
    assert kept(empty) == []


def test_a_file_of_many_municipalities_counts_once_for_each(empty, monkeypatch):
    monkeypatch.setenv("KPI_KEEP_FILE_MB", "1")
    filled = table("見本町,P,A,R5,1") + b"\n" * 600_000
    _, batch = import_bytes(empty, ("a.csv", filled))
    assert source(empty, batch).content == filled
    both = table("見本町,P,A,R5,2", "隣町,Q,A,R5,2") + b"\n" * 600_000
    _, batch = import_bytes(empty, ("b.csv", both))
    for header in plans(empty):
        assert source(empty, batch, header.municipality).content is None


def test_no_log_and_no_message_ever_holds_a_file(empty):
    preview = preview_of(empty, ("a.csv", table("見本町,P,A,R5,1")))
    _, batch = import_bytes(empty, ("a.csv", table("見本町,P,A,R5,1")))
    for told in (preview, preview.changes, source(empty, batch)):
        assert repr(HEADINGS.encode())[2:20] not in repr(told)


def test_a_fact_no_batch_read_has_no_source(empty):
    import_bytes(empty, ("a.csv", table("見本町,P,A,R5,1")))
    assert source(empty, "20250101-000000-ffff") is None


FACT = {
    "municipality": "見本町",
    "series_id": 1,
    "kind": "actual",
    "period": 0,
    "label": "",
    "fiscal_year": 2023,
    "comparator": "",
    "status": "",
    "note": "",
    "file_no": 1,
    "sheet": "",
    "cell": "E2",
}


@pytest.fixture
def first_version(tmp_path):
    """A database as the version before files were kept left it: one value, later corrected."""
    engine = open_database(f"sqlite:///{tmp_path / 'old.db'}")
    config = Config()
    folder = Path(kpi.store.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    head = {"municipality": "見本町"}
    batch = {**head, "author": "planner", "reason": "test", "added": 1, "changed": 0}
    with engine.begin() as connection:
        for table_, rows in (
            (t.municipality, [{**head, "name": "見本町"}]),
            (
                t.batch,
                [
                    {**batch, "revision": 1, "batch_id": "first", "recorded_at": MAY},
                    {**batch, "revision": 2, "batch_id": "second", "recorded_at": JULY},
                ],
            ),
            (
                t.source_file,
                [
                    {**head, "revision": n, "file_no": 1, "name": name, "sha256": 64 * str(n),
                     "layout": "tidy"}
                    for n, name in ((1, "5月.csv"), (2, "7月.csv"))
                ],
            ),
            (t.plan, [{**head, "plan_id": 1}]),
            (t.plan_revision, [{**head, "plan_id": 1, "revision": 1, "name": "P"}]),
            (t.indicator, [{**head, "indicator_id": 1, "plan_id": 1}]),
            (
                t.indicator_revision,
                [{**head, "indicator_id": 1, "revision": 1, "code": "", "name": "A",
                  "department": "", "source": "", "position": 1}],
            ),
            (t.series, [{**head, "series_id": 1, "indicator_id": 1}]),
            (
                t.series_revision,
                [{**head, "series_id": 1, "revision": 1, "name": "", "unit": "", "unit_text": "",
                  "direction": "unknown", "position": 1}],
            ),
            (
                t.fact,
                [
                    {**FACT, "revision": n, "value": value, "value_text": str(value)}
                    for n, value in ((1, 37.7), (2, 37.9))
                ],
            ),
        ):  # fmt: skip
            connection.execute(insert(table_), rows)
    yield engine
    engine.dispose()


def known(engine, as_of=None):
    [header] = plans(engine, as_of)
    shown = values_table(read_plan(engine, header, as_of))
    return shown[["indicator", "value", "source_file", "source_cell"]].values.tolist()


def test_a_database_of_the_version_before_is_brought_up_to_date_with_all_it_knows(first_version):
    with pytest.raises(DatabaseOutdated):
        require(first_version)
    migrate(first_version)
    require(first_version)
    assert known(first_version) == [["A", 37.9, "7月.csv", "E2"]]
    assert known(first_version, end_of_day(datetime(2025, 6, 1))) == [["A", 37.7, "5月.csv", "E2"]]
    found = source(first_version, "second")
    assert (found.file, found.cell, found.content) == ("7月.csv", "E2", None)


def test_imports_of_the_version_before_are_built_on_and_taken_back(first_version):
    migrate(first_version)
    data = table("見本町,P,A,R5,38.1")
    _, batch = import_bytes(first_version, ("8月.csv", data), now=JULY)
    assert source(first_version, batch).content == data
    undo(first_version, batch, author="a", now=JULY)
    undo(first_version, "second", author="a", now=JULY)
    assert known(first_version) == [["A", 37.7, "5月.csv", "E2"]]
