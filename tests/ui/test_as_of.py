"""Every page as of a day: what was known then is shown, and nothing can be changed from there."""

import shutil
from datetime import UTC, datetime

import pytest
from acts import import_bytes
from shown import shown
from streamlit.testing.v1 import AppTest

from kpi.settings import ROOT
from kpi.store import JAPAN, open_database

MAY = datetime(2025, 5, 1, 3, tzinfo=UTC)
#: One minute to midnight in Japan.
JULY = datetime(2025, 7, 31, 14, 59, tzinfo=UTC)
PLAN = """自治体,計画,指標,単位,方向,種別,計画期,年度,値
見本町,総合計画,受診率,％,高いほど良い,基準,,2020,30
見本町,総合計画,受診率,％,高いほど良い,目標,1,2025,50
見本町,総合計画,受診率,％,高いほど良い,実績,,2023,38
"""
CORRECTION = """自治体,計画,指標,種別,年度,値
見本町,総合計画,受診率,実績,2023,44
見本町,総合計画,受診率,実績,2024,45
"""
OTHER = """自治体,計画,指標,単位,方向,種別,計画期,年度,値
見本町,環境計画,ごみ,トン,低いほど良い,実績,,2023,9
"""


@pytest.fixture
def open_page(monkeypatch, empty_file, tmp_path):
    """Open a page of a dashboard in which figures were corrected in July, and a plan added."""
    path = shutil.copy(empty_file, tmp_path / "kpi.db")
    engine = open_database(f"sqlite:///{path}")
    import_bytes(engine, ("計画.csv", PLAN.encode()), now=MAY)
    import_bytes(engine, ("訂正.csv", CORRECTION.encode()), now=JULY)
    import_bytes(engine, ("環境.csv", OTHER.encode()), now=JULY)
    engine.dispose()
    monkeypatch.setenv("KPI_DATABASE_URL", f"sqlite:///{path}")

    def opened(page="", **query) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        if page:
            app.run()
            app.switch_page(f"pages/{page}.py")
        app.run()
        assert not app.exception
        return app

    return opened


def years(app):
    return app.selectbox(key="choice-year").options


def test_a_day_shows_what_was_known_at_its_end_in_japan(open_page):
    assert years(open_page(as_of="2025-07-30")) == ["令和5（2023）年度まで"]
    assert len(years(open_page(as_of="2025-07-31"))) == 2
    assert len(years(open_page())) == 2


def test_a_day_before_anything_was_known_says_so(open_page):
    told = shown(open_page(as_of="2025-04-30"))
    assert "2025年4月30日には、まだ何も登録されていません。" in told
    assert "いまの内容を見る" in told


def test_a_plan_that_was_not_yet_known_is_said_and_not_replaced(open_page):
    app = open_page(as_of="2025-07-30", municipality="見本町", plan="環境計画")
    assert "計画「環境計画」は、2025年7月30日にはまだ登録されていません" in shown(app)
    assert not app.segmented_control


@pytest.mark.parametrize("text", ["2999-01-01", "きのう", "2025-02-30", "0001-01-01"])
def test_what_is_no_day_that_has_been_is_said(open_page, text):
    [told] = open_page(as_of=text).warning
    assert "これまでの日付として読めません" in told.value


def test_today_is_now(open_page):
    app = open_page("imports", as_of=datetime.now(JAPAN).date().isoformat())
    assert not app.info


def test_nothing_is_imported_into_the_past(open_page):
    app = open_page("imports", as_of="2025-07-30")
    assert "過ぎた日の内容には取り込めません" in shown(app)
    assert not app.button


def test_rules_are_looked_at_in_the_past_and_not_changed(open_page):
    assert open_page("rules").button
    assert not open_page("rules", as_of="2025-07-30").button
