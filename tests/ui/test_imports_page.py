"""取込 with several files: the one that is wrong is found, and the others go on without it."""

import shutil
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
import streamlit as st
from acts import import_bytes
from shown import shown
from streamlit.testing.v1 import AppTest

from kpi import settings
from kpi.importing.readers import read_books
from kpi.settings import ROOT
from kpi.store import open_database
from kpi.ui import imports
from kpi.ui.imports import Work

TABLE = "自治体,計画,指標,年度,実績値\n見本町,見本町計画,{},R5,{}\n"
FILES = [
    ("健康課.csv", TABLE.format("受診率", "53").encode()),
    ("税務課.csv", TABLE.format("収納率", "四割ほど").encode()),
    ("環境課.csv", TABLE.format("リサイクル率", "21").encode()),
]


@pytest.fixture
def page(monkeypatch, empty_file, tmp_path):
    path = shutil.copy(empty_file, tmp_path / "kpi.db")
    monkeypatch.setenv("KPI_DATABASE_URL", f"sqlite:///{path}")
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page("pages/imports.py")
    app.session_state["import-work"] = Work(list(FILES), None, read_books(FILES), [{}, {}, {}])
    app.run()
    assert not app.exception
    return app


def test_the_others_go_on_without_a_file_that_is_wrong(page):
    # On a file that is right there is nothing to leave out.
    assert page.button(key="import-go-on").disabled
    assert "import-leave-out" not in [button.key for button in page.button]
    page.selectbox(key="import-sheet").set_value((1, "")).run()
    page.button(key="import-leave-out").click().run()
    assert not page.exception
    assert "外したファイル：税務課.csv" in shown(page)
    assert [name for name, _ in page.session_state["import-work"].files] == [
        "健康課.csv",
        "環境課.csv",
    ]
    page.button(key="import-go-on").click().run()
    page.button(key="import-accept").click().run()
    assert not page.exception
    assert "健康課.csv、環境課.csv" in shown(page)


def test_a_finding_of_another_file_leads_to_its_sheet(page):
    assert "税務課.csv › " in shown(page)
    page.session_state["import-sheet-wanted"] = 1, ""
    page.run()
    assert page.selectbox(key="import-sheet").value == (1, "")


def test_the_plan_no_file_names_is_chosen_without_choosing_the_files_again(page):
    engine = open_database(settings.database_url())
    import_bytes(engine, FILES[0], now=datetime(2026, 5, 1, tzinfo=UTC))
    engine.dispose()
    bare = [("課.csv", "指標,年度,実績値\n受診率,R6,54\n".encode())]
    page.session_state["import-work"] = Work(bare, None, read_books(bare), [{}])
    page.run()
    assert page.button(key="import-go-on").disabled
    assert "どの計画の表かを、ファイルから読み取れません" in shown(page)
    page.selectbox(key="import-plan").set_value("見本町　見本町計画").run()
    assert not page.exception
    assert "どの計画の表か" not in shown(page)
    assert not page.button(key="import-go-on").disabled


def test_what_was_recorded_is_known_although_another_click_has_come_meanwhile(page, monkeypatch):
    @contextmanager
    def aside(_):
        yield
        # As Streamlit does where it takes the words away.
        st.rerun()

    page.selectbox(key="import-sheet").set_value((1, "")).run()
    page.button(key="import-leave-out").click().run()
    page.button(key="import-go-on").click().run()
    monkeypatch.setattr(imports, "aside", aside)
    page.button(key="import-accept").click().run()
    assert "健康課.csv、環境課.csv" in shown(page)
    assert "登録しました" in shown(page)
