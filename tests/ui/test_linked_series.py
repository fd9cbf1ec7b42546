"""The section 比べる reads no more of others than was linked."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, event
from streamlit.testing.v1 import AppTest

from kpi.model import Comparison, Municipality, Verdict
from kpi.settings import ROOT
from kpi.store import record

KAWASAKI = Municipality("141305", "川崎市")
SERIES = "就労支援事業等に参加可能な人の事業参加率"


@pytest.fixture
def read(samples, monkeypatch, forget):
    """Open the indicator's page and return it with what was asked of the database meanwhile."""
    monkeypatch.setenv("KPI_DATABASE_URL", str(samples.url))
    asked = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        asked.append((statement, parameters))

    def open_page(act=lambda app: app):
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        app.query_params["municipality"] = "川崎市"
        app.query_params["series"] = SERIES
        app.run()
        app.switch_page("pages/indicator.py").run()
        asked.clear()
        forget()
        event.listen(Engine, "before_cursor_execute", note)
        try:
            act(app.run())
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        assert not app.exception
        return app, asked

    return open_page


def link(engine, *series_ids):
    acts = [Comparison(7, "国", series_id, Verdict.CONFIRMED) for series_id in series_ids]
    record(engine, KAWASAKI, acts, author="planner", reason="確認", now=datetime.now(UTC))


def of_series(asked):
    """The questions about series and figures."""
    return [(sql, told) for sql, told in asked if "series_revision" in sql or "fact" in sql]


def test_without_a_link_nothing_of_another_municipality_is_read(read):
    app, asked = read()
    assert of_series(asked)
    assert all(KAWASAKI.code in told for _, told in of_series(asked))
    assert not any("comparison-search" in box.key for box in app.text_input)


def test_of_a_linked_municipality_the_linked_series_alone_are_read(read, samples):
    link(samples, 203)
    _, asked = read()
    beyond = [told for _, told in of_series(asked) if KAWASAKI.code not in told]
    assert beyond
    assert all("国" in told and 203 in told for told in beyond)


def test_the_names_of_all_series_are_read_once_one_is_looked_for(read):
    app, asked = read(lambda app: app.toggle(key="comparison-choose").set_value(True).run())
    assert any(KAWASAKI.code not in told for _, told in of_series(asked))
    assert app.text_input[0].key == "comparison-search 7"


def test_a_linked_series_that_is_gone_or_has_another_unit_is_said(read, samples):
    # 204 has no unit, 9999 is not there.
    link(samples, 203, 204, 9999)
    app, _ = read()
    assert app.info[-1].value == (
        "ほかに選ばれている2つは、登録が取り消されたか単位が変わったため、いまは比べられません。"
    )
