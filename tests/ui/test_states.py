"""A page with nothing to show says what is missing, and where it comes from or who brings it."""

import re
import shutil
from datetime import UTC, datetime

import pytest
from acts import planner
from shown import shown
from streamlit.testing.v1 import AppTest

from kpi.acting.beginning import begin_plan
from kpi.model import FiscalYear, Municipality
from kpi.settings import ROOT
from kpi.store import open_database

#: Of the import and of the list of users there is always something to do.
PAGES = sorted(
    path.stem
    for path in ROOT.glob("pages/*.py")
    if path.stem not in ("imports", "first_steps", "help", "search", "users")
)


@pytest.fixture
def pages(monkeypatch):
    """Open every page of a database; yield each with what it shows."""

    def opened(file, **settings):
        monkeypatch.setenv("KPI_DATABASE_URL", f"sqlite:///{file}")
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
        for page in PAGES:
            if page != "overview":
                app.switch_page(f"pages/{page}.py").run()
            assert not app.exception, page
            yield page, shown(app)

    return opened


def test_before_anything_is_recorded_every_page_leads_to_the_first_steps(pages, empty_file):
    for page, html in pages(empty_file):
        assert "まだ何も登録されていません" in html, page
        assert 'data-go="first_steps"' in html, page


def test_whoever_may_only_look_is_told_who_brings_it(pages, empty_file):
    for page, html in pages(empty_file, KPI_ROLES="viewer"):
        assert "企画の担当者がします" in html, page
        assert 'data-go="first_steps"' not in html, page


def test_a_plan_of_which_only_the_periods_are_known_leads_on_from_every_page(
    pages, empty_file, tmp_path
):
    file = shutil.copy(empty_file, tmp_path / "kpi.db")
    engine = open_database(f"sqlite:///{file}")
    spans = [(FiscalYear(2022), FiscalYear(2025))]
    city = Municipality("202100", "駒ヶ根市")
    begin_plan(engine, planner(), city, "計画", spans, now=datetime.now(UTC))
    engine.dispose()
    for page, html in pages(file):
        assert "kpi-empty" in html, page
        assert re.search(r'data-go="(imports|structure|rounds|target_editing)"', html), page
