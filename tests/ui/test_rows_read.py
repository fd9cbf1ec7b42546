"""No page reads more because others have plans too, but for the lists a person chooses from."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from acts import import_bytes
from sqlalchemy import Engine, event
from streamlit.testing.v1 import AppTest

from kpi.model import Fact, FactEdit, FactKey, FiscalYear, Kind, PlanRule, SeriesSetting
from kpi.settings import ROOT
from kpi.store import open_database, plans, record, save_proposal
from kpi.ui import data

NOW = datetime(2025, 7, 1, 3, tzinfo=UTC)
HEADINGS = "自治体,計画,政策,指標,単位,方向,種別,計画期,年度,値\n"
PLAN = """健康,受診率,％,高いほど良い,基準,,2020,30
健康,受診率,％,高いほど良い,目標,1,2025,50
健康,受診率,％,高いほど良い,目標,2,2028,60
健康,受診率,％,高いほど良い,実績,,2023,38
健康,受診率,％,高いほど良い,実績,,2024,41
環境,ごみ,トン,低いほど良い,目標,1,2025,9
環境,ごみ,トン,低いほど良い,実績,,2024,11
"""
OURS = "見本市"
OTHERS = [f"第{number}町" for number in range(1, 13)]

#: The lists of all municipalities and plans that one is chosen from, and what has been taken back.
DIRECTORY = {"municipality", "plan_revision", "period_revision", "batch", "undone"}
#: These look through the imports of all: the one lists them with the names of their files, by which
#: the other tells a sample from what somebody has begun.
LISTED = {"imports": {"source_file"}, "first_steps": {"source_file"}}
#: These ask for no figure of a plan.
WITHOUT_FIGURES = {"actuals", "help", "imports", "projects", "proposals", "search", "users"}
PAGES = sorted(path.stem for path in ROOT.glob("pages/*.py"))


@pytest.fixture(scope="module")
def databases(cluster, empty_template):
    """The addresses of two databases: with our municipality alone, and with many others.

    With each the dashboard as somebody has opened it.
    """
    made = []
    for others in ([], OTHERS):
        name = cluster.create(empty_template)
        made.append(name)
        engine = open_database(cluster.url(name))
        for city in (OURS, *others):
            rows = "".join(f"{city},総合計画,{row}\n" for row in PLAN.splitlines())
            _, batch = import_bytes(engine, (f"{city}.csv", f"{HEADINGS}{rows}".encode()))
            assert batch
        for header in plans(engine):
            acts = [PlanRule(header.plan.id, "four-band"), SeriesSetting(1, "", None, None, False)]
            record(engine, header.municipality, acts, author="a", reason="b", now=NOW)
            key = FactKey(1, Kind.ACTUAL, 0, "", FiscalYear(2025))
            edits = [FactEdit(key, None, Fact(key, 44.0))]
            told = {"title": "改定", "author": "a", "now": NOW}
            save_proposal(engine, header.municipality, header.plan.id, edits, **told)
        # What is read is what the condition finds, not all there is, as in a large database.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"ALTER DATABASE {name} SET enable_seqscan = off")
            connection.exec_driver_sql("ANALYZE")
        engine.dispose()
    urls = [cluster.url(name) for name in made]
    yield {url: opened(url) for url in urls}
    for name in made:
        cluster.drop(name)


def opened(url):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KPI_DATABASE_URL", url)
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        app.query_params["municipality"] = OURS
        app.run()
        data.engine().dispose()
    return app


def rows_read(monkeypatch, forget, url, app, page):
    """Rows that the page's statements read, by table."""
    asked = []

    def hear(_connection, _cursor, statement, parameters, *_rest):
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    monkeypatch.setenv("KPI_DATABASE_URL", url)
    forget()
    event.listen(Engine, "before_cursor_execute", hear)
    try:
        app.switch_page(f"pages/{page}.py").run()
        assert not app.exception
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
        data.engine().dispose()
    engine, read = open_database(url), Counter()
    with engine.connect() as connection:
        for statement, parameters in asked:
            explained = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}"
            [plan] = connection.exec_driver_sql(explained, parameters).scalar_one()
            count(plan["Plan"], read)
    engine.dispose()
    return read


def count(node, read):
    """Add what a node of an execution plan, and those below it, took from tables."""
    if "Relation Name" in node:
        kept = node["Actual Rows"]
        thrown = sum(rows for name, rows in node.items() if name.startswith("Rows Removed"))
        read[node["Relation Name"]] += (kept + thrown) * node["Actual Loops"]
    for below in node.get("Plans", ()):
        count(below, read)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_reads_no_rows_of_other_municipalities(monkeypatch, forget, databases, page):
    alone, among_others = (
        rows_read(monkeypatch, forget, url, app, page) for url, app in databases.items()
    )
    exempt = DIRECTORY | LISTED.get(page, set())
    # A row or two may differ: so small a table is joined another way. Who reads those of others
    # reads at least one of each.
    more = {name: n for name, n in among_others.items() if n >= alone[name] + len(OTHERS)}
    assert more.keys() <= exempt, more
    assert "batch" in among_others
    assert ("fact" in among_others) == (page not in WITHOUT_FIGURES)


def test_the_count_would_find_a_page_that_reads_others(databases):
    """The lists one chooses from are read whole, and so they are counted."""
    read = []
    for url in databases:
        engine = open_database(url)
        found = Counter()
        with engine.connect() as connection:
            explained = "EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM fact WHERE value > 0"
            count(connection.exec_driver_sql(explained).scalar_one()[0]["Plan"], found)
        engine.dispose()
        read.append(found["fact"])
    assert read[1] == read[0] * (1 + len(OTHERS))
