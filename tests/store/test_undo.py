"""An import taken back leaves no trace in what is known, and nothing without its footing."""

from __future__ import annotations

import csv
import io
import shutil
from datetime import UTC, datetime

import pytest
from acts import import_bytes
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from kpi.cli import cli
from kpi.settings import SAMPLES
from kpi.store import StillNeeded, open_database, plans, undo

MAY = datetime(2025, 5, 1, tzinfo=UTC)
JUNE = datetime(2025, 6, 1, tzinfo=UTC)
JULY = datetime(2025, 7, 1, tzinfo=UTC)


def values(engine: Engine, *options: str) -> bytes:
    """What `kpi values --csv` writes, byte for byte."""
    url = engine.url.render_as_string(hide_password=False)
    result = CliRunner().invoke(cli, ["--db", url, "values", *options, "--csv"])
    assert result.exit_code == 0, result.output
    return result.stdout_bytes


SHAPES = {
    "new indicator": "自治体,計画,指標,年度,実績値\n川崎市,川崎市総合計画,新しい指標,R2,1\n",
    "changed value": "自治体,計画,指標,区分,年度,実績値\n"
    "川崎市,川崎市総合計画,国民健康保険料収入率等,現年度分,R2,90％\n",
    "changed status and note": "自治体,計画,指標,区分,年度,実績値,状態,備考\n"
    "川崎市,川崎市総合計画,国民健康保険料収入率等,現年度分,R2,94.76％,速報,見込みを含む\n",
    "another unit of the same": "自治体,計画,指標,区分,単位,年度,実績値\n"
    "川崎市,川崎市総合計画,国民健康保険料収入率等,収入未済額,百万円,R3,2987\n",
    "another plan": "自治体,計画,指標,年度,実績値\n川崎市,別の計画,指標,R2,1\n",
    "another city": "自治体,計画,指標,年度,実績値\n三鷹市,基本計画,指標,R2,1\n",
    "a department": "自治体,計画,指標,区分,所管課,年度,実績値\n"
    "川崎市,川崎市総合計画,国民健康保険料収入率等,現年度分,国保課,R3,95％\n",
    "several cities": "自治体,計画,指標,区分,年度,実績値\n"
    "川崎市,川崎市総合計画,国民健康保険料収入率等,現年度分,R2,90％\n三鷹市,基本計画,指標,,R2,1\n",
    "a target moved": "自治体,計画,指標,区分,種別,計画期,年度,値\n"
    "川崎市,川崎市総合計画,国民健康保険料収入率等,現年度分,目標,3,R7,96％以上\n",
}


@pytest.fixture
def city(empty) -> Engine:
    """The plan of one city and what it measured."""
    for path in (SAMPLES[0] / "川崎市総合計画.xlsx", SAMPLES[1] / "川崎市_実績.csv"):
        _, batch = import_bytes(empty, (path.name, path.read_bytes()), now=MAY)
        assert batch
    return empty


@pytest.mark.parametrize("shape", SHAPES)
def test_taking_back_brings_the_same_table_byte_for_byte(city, shape):
    before = values(city)
    preview, batch = import_bytes(city, ("a.csv", SHAPES[shape].encode()), now=JULY)
    assert batch, [finding.message for finding in preview.findings]
    after = values(city)
    assert (after != before) == bool(preview.added or preview.changed)
    undo(city, batch, author="planner", now=JULY)
    assert values(city) == before


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_file_twice_changes_nothing(city, shape):
    file = ("a.csv", SHAPES[shape].encode())
    import_bytes(city, file, now=JULY)
    after = values(city)
    preview, batch = import_bytes(city, file, now=JULY)
    assert (batch, preview.added, preview.changed) == (None, [], [])
    assert preview.unchanged > 0
    assert values(city) == after


ROW = st.tuples(
    st.sampled_from(["見本町", "隣町"]),
    st.sampled_from(["受診率", "相談件数"]),
    st.sampled_from(["R3", "R4", "R5"]),
    st.integers(0, 3),
    st.sampled_from(["", "速報", "確定"]),
    st.sampled_from(["", "国保のみ"]),
)
#: A file has each fact once.
FILE = st.lists(ROW, min_size=1, max_size=6, unique_by=lambda row: row[:3])


def as_file(rows) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow("自治体 計画 指標 年度 実績値 状態 備考".split())
    for city, indicator, year, value, status, note in rows:
        writer.writerow([city, f"{city}の計画", indicator, year, value, status, note])
    return text.getvalue().encode()


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(files=st.lists(FILE, min_size=1, max_size=4))
def test_whatever_was_imported_goes_back_step_by_step(files, empty_file, tmp_path_factory):
    path = shutil.copy(empty_file, tmp_path_factory.mktemp("undo") / "kpi.db")
    engine = open_database(f"sqlite:///{path}")
    states = []
    for number, rows in enumerate(files):
        before = values(engine)
        _, batch = import_bytes(engine, (f"{number}.csv", as_file(rows)), now=MAY)
        states += [(batch, before)] if batch else []
    for batch, before in reversed(states):
        undo(engine, batch, author="planner", now=JULY)
        assert values(engine) == before
    assert plans(engine) == []
    engine.dispose()


HEADINGS = "自治体,計画,指標,単位,種別,計画期,年度,値\n"


def rows(*lines: str) -> tuple[str, bytes]:
    return "a.csv", (HEADINGS + "".join(f"見本町,P,{line}\n" for line in lines)).encode()


def named(name: str, file: tuple[str, bytes]) -> tuple[str, bytes]:
    return name, file[1]


def test_a_unit_that_later_figures_were_read_with_stays_as_long_as_they_do(empty):
    """A file names the series, another says it is in 千円, the next has bare figures."""
    import_bytes(empty, rows("収入,,実績,,R3,－", "他,件,実績,,R3,1"), now=MAY)
    _, unit = import_bytes(empty, rows("収入,千円,実績,,R4,5"), now=JUNE)
    _, bare = import_bytes(empty, named("R5.csv", rows("収入,,実績,,R5,7")), now=JULY)
    assert ",7000," in values(empty).decode()
    before = values(empty)
    with pytest.raises(StillNeeded) as refused:
        undo(empty, unit, author="a", now=JULY)
    assert refused.value.batch_ids == (bare,)
    assert values(empty) == before
    undo(empty, bare, author="a", now=JULY)
    undo(empty, unit, author="a", now=JULY)
    assert ",5000," not in values(empty).decode()


def test_a_unit_is_free_to_go_where_nobody_read_with_it(empty):
    import_bytes(empty, rows("収入,,実績,,R3,－", "他,件,実績,,R3,1"), now=MAY)
    _, unit = import_bytes(empty, rows("収入,千円,実績,,R4,5"), now=JUNE)
    import_bytes(empty, rows("他,,実績,,R5,7"), now=JULY)
    undo(empty, unit, author="a", now=JULY)
    assert "収入" not in values(empty).decode()


def test_a_period_stays_as_long_as_later_targets_lie_in_it(empty):
    import_bytes(empty, rows("収入,円,実績,,R3,5"), now=MAY)
    _, period = import_bytes(empty, rows("収入,円,目標,2,R7,9"), now=JUNE)
    _, target = import_bytes(empty, named("b.csv", rows("他,件,目標,2,R6,3")), now=JULY)
    with pytest.raises(StillNeeded) as refused:
        undo(empty, period, author="a", now=JULY)
    assert refused.value.batch_ids == (target,)
    undo(empty, target, author="a", now=JULY)
    undo(empty, period, author="a", now=JULY)
    [header] = plans(empty)
    assert header.periods == ()


def test_a_period_that_only_became_longer_goes_back_under_targets_it_still_holds(empty):
    import_bytes(empty, rows("収入,円,目標,2,R6,9"), now=MAY)
    _, longer = import_bytes(empty, rows("収入,円,目標,2,R7,9"), now=JUNE)
    import_bytes(empty, rows("他,件,目標,2,R6,3"), now=JULY)
    undo(empty, longer, author="a", now=JULY)
    [header] = plans(empty)
    assert [period.last_year for period in header.periods] == [2024]


def test_a_misspelt_city_is_forgotten_with_its_only_import(empty):
    file = "自治体,団体コード,計画,指標,年度,実績値\n{},132047,P,A,R5,1\n"
    _, batch = import_bytes(empty, ("a.csv", file.format("三廌市").encode()), now=MAY)
    undo(empty, batch, author="a", now=JUNE)
    import_bytes(empty, ("a.csv", file.format("三鷹市").encode()), now=JULY)
    assert [header.municipality.name for header in plans(empty)] == ["三鷹市"]


def test_a_refusal_names_the_imports_in_the_way_with_their_files(empty):
    _, first = import_bytes(empty, rows("収入,円,実績,,R3,5"), now=MAY)
    _, second = import_bytes(
        empty,
        named("R4実績.csv", rows("収入,円,実績,,R4,6")),
        named("R5実績.csv", rows("収入,円,実績,,R5,7")),
        now=JUNE,
    )
    url = empty.url.render_as_string(hide_password=False)
    result = CliRunner().invoke(cli, ["--db", url, "undo", first])
    assert result.exit_code == 1
    assert f"{second}：R4実績.csv・R5実績.csv" in result.stderr
