# ruff: noqa: E501  A row is read best in one line.
"""A database of every earlier version is brought up to date and says what it said."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from acts import import_bytes

from kpi.model import Municipality
from kpi.settings import ROOT
from kpi.store import (
    audit_entries,
    batches,
    migrate,
    open_database,
    plans,
    read_plan,
    report_sets,
    require,
    undo,
    verify_audit,
)
from kpi.store.engine import HEAD

VERSIONS = ROOT / "src" / "kpi" / "store" / "migrations" / "versions"

#: What a version had new, as rows of its own tables: an import, and one that was taken back.
ROWS = {
    "0001": """
        INSERT INTO municipality (municipality, name) VALUES ('202096', '見本市')
        INSERT INTO batch (municipality, revision, batch_id, recorded_at, author, reason, added, changed) VALUES ('202096', 1, '20240501-120000-0001', '2024-05-01 03:00:00.000000', '企画課', '取込', 2, 0)
        INSERT INTO batch (municipality, revision, batch_id, recorded_at, author, reason, added, changed) VALUES ('202096', 2, '20240601-120000-0002', '2024-06-01 03:00:00.000000', '企画課', '取込', 0, 1)
        INSERT INTO undone (municipality, revision, recorded_at, author) VALUES ('202096', 2, '2024-06-02 03:00:00.000000', '企画課')
        INSERT INTO source_file (municipality, revision, file_no, name, sha256, layout) VALUES ('202096', 1, 1, '計画.xlsx', 'fcab7fcc2b4cffd9bb45003bfc2e468a04ef6f77ca8200a7341f027631584d25', 'table')
        INSERT INTO plan (municipality, plan_id) VALUES ('202096', 1)
        INSERT INTO plan_revision (municipality, plan_id, revision, name) VALUES ('202096', 1, 1, '総合計画')
        INSERT INTO period_revision (municipality, plan_id, ordinal, revision, first_year, last_year) VALUES ('202096', 1, 1, 1, 2024, 2028)
        INSERT INTO policy (municipality, policy_id, plan_id) VALUES ('202096', 1, 1)
        INSERT INTO policy_revision (municipality, policy_id, revision, parent_id, level, code, name, position) VALUES ('202096', 1, 1, NULL, '政策', '1', '健康', 1)
        INSERT INTO indicator (municipality, indicator_id, plan_id) VALUES ('202096', 1, 1)
        INSERT INTO indicator_revision (municipality, indicator_id, revision, policy_id, code, name, department, source, position) VALUES ('202096', 1, 1, 1, '1-1', '受診率', '健康課', '調査', 1)
        INSERT INTO series (municipality, series_id, indicator_id) VALUES ('202096', 1, 1)
        INSERT INTO series_revision (municipality, series_id, revision, name, unit, unit_text, direction, position) VALUES ('202096', 1, 1, '', '％', '％', 'higher', 1)
        INSERT INTO fact (municipality, series_id, kind, period, label, fiscal_year, revision, value, value_high, comparator, value_text, status, note, file_no, sheet, cell) VALUES ('202096', 1, 'actual', 0, '', 2023, 1, 37.7, NULL, '', '37.7％', '', '', 1, '表', 'C3')
        INSERT INTO fact (municipality, series_id, kind, period, label, fiscal_year, revision, value, value_high, comparator, value_text, status, note, file_no, sheet, cell) VALUES ('202096', 1, 'target', 1, '', 2028, 1, 60, NULL, '>=', '60％以上', '', '', 1, '表', 'D3')
        INSERT INTO fact (municipality, series_id, kind, period, label, fiscal_year, revision, value, value_high, comparator, value_text, status, note, file_no, sheet, cell) VALUES ('202096', 1, 'actual', 0, '', 2023, 2, 73.7, NULL, '', '73.7％', '', '', NULL, '', '')
    """,
    "0002": """
        INSERT INTO source_content (municipality, sha256, compressed, content) VALUES ('202096', 'fcab7fcc2b4cffd9bb45003bfc2e468a04ef6f77ca8200a7341f027631584d25', FALSE, X'504B')
    """,
    "0003": """
        INSERT INTO batch (municipality, revision, batch_id, act, recorded_at, author, reason, added, changed) VALUES ('202096', 3, '20240701-120000-0003', 'plan-rule', '2024-07-01 03:00:00.000000', '企画課', '決定', 0, 0)
        INSERT INTO plan_rule_revision (municipality, plan_id, revision, rule) VALUES ('202096', 1, 3, 'four-band')
        INSERT INTO series_setting_revision (municipality, series_id, revision, rule, tolerance, "limit", is_cumulative) VALUES ('202096', 1, 3, '', 0.5, NULL, TRUE)
    """,
    "0004": """
        INSERT INTO batch (municipality, revision, batch_id, act, recorded_at, author, reason, added, changed, in_force_from) VALUES ('202096', 4, '20240801-120000-0004', 'proposal', '2024-08-01 03:00:00.000000', '企画課', '改定', 0, 0, '2024-09-01 03:00:00.000000')
        INSERT INTO indicator_revision (municipality, indicator_id, revision, policy_id, code, name, department, source, position, is_retired, successor_id) VALUES ('202096', 1, 4, 1, '1-1', '受診率', '健康課', '調査', 1, TRUE, NULL)
        INSERT INTO proposal (municipality, proposal_id, plan_id) VALUES ('202096', 1, 1)
        INSERT INTO proposal_step (municipality, proposal_id, number, step, author, recorded_at, title, comment, in_force_from, revision) VALUES ('202096', 1, 1, 'save', '企画課', '2024-08-01 03:00:00.000000', '改定', '', NULL, NULL)
    """,
    "0005": "",
    "0006": """
        INSERT INTO batch (municipality, revision, batch_id, act, recorded_at, author, reason, added, changed, in_force_from) VALUES ('202096', 5, '20240901-120000-0005', 'user', '2024-09-01 03:00:00.000000', '管理者', '着任', 0, 0, NULL)
        INSERT INTO user_revision (municipality, login, revision, name, roles, departments, is_disabled) VALUES ('202096', 'hanako', 5, '花子', 'editor', '健康課', FALSE)
    """,
    "0007": """
        INSERT INTO batch (municipality, revision, batch_id, act, recorded_at, author, reason, added, changed) VALUES ('202096', 6, '20241101-120000-0006', 'note', '2024-11-01 03:00:00.000000', '健康課', '', 1, 0)
        INSERT INTO note_revision (municipality, indicator_id, fiscal_year, kind, number, revision, text) VALUES ('202096', 1, 2023, 'cause', 0, 6, '周知の不足')
    """,
    "0008": """
        INSERT INTO report_set (municipality, set_id, number, owner, author, recorded_at, plan_id, name, series, format, style, calendar, is_withdrawn) VALUES ('202096', 1, 1, 'hanako', '花子', '2024-12-01 03:00:00.000000', 1, '議会', '[1]', 'pptx', 'colour', 'both', FALSE)
    """,
    "0009": """
        INSERT INTO meeting (municipality, meeting_id, number, author, recorded_at, plan_id, fiscal_year, title, day, place, present, agenda, is_ended, is_withdrawn) VALUES ('202096', 1, 1, '花子', '2025-01-01 03:00:00.000000', 1, 2023, '評価会議', '2025-01-10', '', '[]', '[1]', FALSE, FALSE)
        INSERT INTO meeting_word (municipality, meeting_id, series_id, kind, number, meeting_number, author, recorded_at, built_on, text) VALUES ('202096', 1, 1, 'decision', 1, 1, '花子', '2025-01-10 03:00:00.000000', 0, '周知を増やす')
    """,
}


@pytest.fixture
def bare(kind_of_database, tmp_path, request):
    """A database of the test's own without any table."""
    if kind_of_database == "sqlite":
        engine = open_database(f"sqlite:///{tmp_path / 'kpi.db'}")
        yield engine
        engine.dispose()
    else:
        cluster = request.getfixturevalue("cluster")
        name = cluster.create()
        engine = open_database(cluster.url(name))
        yield engine
        engine.dispose()
        cluster.drop(name)


def filled(engine, version):
    """Make a database as the program of that version did, with rows of all its tables."""
    migrate(engine, version)
    with engine.begin() as connection:
        for added, rows in ROWS.items():
            for row in rows.strip().splitlines() if added <= version else ():
                if engine.dialect.name == "postgresql":
                    row = row.replace("X'504B'", "'PK'::bytea")
                connection.exec_driver_sql(row)


@pytest.mark.parametrize("version", ROWS)
def test_a_database_of_an_earlier_version_says_after_the_update_what_it_said(bare, version):
    filled(bare, version)
    migrate(bare)
    require(bare)
    [header] = plans(bare)
    assert (header.plan.name, header.periods[0].last_year) == ("総合計画", 2028)
    content = read_plan(bare, header)
    facts = content.facts[["kind", "fiscal_year", "value", "value_text", "source_file"]]
    assert facts.values.tolist() == [
        ["actual", 2023, 37.7, "37.7％", "計画.xlsx"],
        ["target", 2028, 60.0, "60％以上", "計画.xlsx"],
    ]
    [series] = content.series.to_dict("records")
    assert (series["indicator"], series["policy"], series["direction"]) == (
        "受診率",
        "健康",
        "higher",
    )
    assert series["is_retired"] == (version >= "0004")
    kept = report_sets(bare, header, "hanako")
    assert [(one.kept.name, one.kept.is_split) for one in kept] == (
        [("議会", False)] if version >= "0008" else []
    )
    assert content.rule == ("four-band" if version >= "0003" else "")
    assert series["is_cumulative"] == (version >= "0003")
    between = read_plan(bare, header, datetime(2024, 6, 1, 12, tzinfo=UTC))
    assert between.facts["value"].tolist() == [73.7, 60.0]


@pytest.mark.parametrize("version", [version for version in ROWS if version < "0004"])
def test_the_audit_log_tells_of_what_is_older_than_itself_and_goes_on(bare, version):
    filled(bare, version)
    migrate(bare)
    acts = ["import", "import", "undo", *(["plan-rule"] if version >= "0003" else [])]
    entries = audit_entries(bare, Municipality("202096", ""))
    assert [entry.act for entry in reversed(entries)] == acts
    csv = "自治体コード,自治体,計画,指標,年度,実績値\n202096,見本市,総合計画,受診率,R6,38％\n"
    _, batch = import_bytes(bare, ("R6.csv", csv.encode()))
    assert batch
    undo(bare, batch, author="企画課", now=datetime(2025, 7, 1, tzinfo=UTC))
    assert batches(bare)[0].undone_at
    assert not any(state.broken for state in verify_audit(bare))


def test_every_earlier_version_is_among_those_tried():
    scripts = sorted(path.name[:4] for path in VERSIONS.glob("0*.py"))
    assert scripts == [*ROWS, HEAD]
