"""Pages of what was made in the program, and of which nothing or little is known yet."""

import shutil
from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from kpi.editing.structure import NewSeries, next_plan, replace_by_new
from kpi.model import Direction, FiscalYear, Step
from kpi.settings import ROOT
from kpi.store import open_database, plans, read_parts, save_proposal, step_proposal

NOW = datetime(2025, 7, 1, tzinfo=UTC)
LEFT_WELFARE = "生活保護から経済的に自立（収入増による保護廃止）した世帯の数"


@pytest.fixture(scope="module")
def database(sample_file, tmp_path_factory):
    """Kawasaki with a next plan, and with an indicator replaced by one without a figure."""
    path = shutil.copy(sample_file, tmp_path_factory.mktemp("made") / "kpi.db")
    engine = open_database(f"sqlite:///{path}")
    header = next(header for header in plans(engine) if header.plan.name == "川崎市総合計画")
    plan, town = read_parts(engine, header), header.municipality
    old = next(one for one in plan.indicators if one.name == LEFT_WELFARE)
    percent = NewSeries("", "％", Direction.HIGHER)
    for plan_id, edits in (
        (-1, next_plan(plan, "次期計画", [(FiscalYear(2026), FiscalYear(2029))], "策定")),
        (plan.plan.id, replace_by_new(plan, old.id, "自立した世帯の割合", [percent], "見直し")),
    ):
        saved = save_proposal(engine, town, plan_id, edits, title="案", author="係長", now=NOW)
        for step in (Step.SUBMIT, Step.APPROVE):
            version = saved.version + (step is Step.APPROVE)
            step_proposal(engine, town, saved.id, step, version=version, author="部長", now=NOW)
    engine.dispose()
    return path


@pytest.fixture
def open_page(monkeypatch, database):
    def opened(path, **query):
        monkeypatch.setenv("KPI_DATABASE_URL", f"sqlite:///{database}")
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        app.query_params["municipality"] = "川崎市"
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        app.switch_page(f"pages/{path}.py").run()
        assert not app.exception
        return app

    return opened


@pytest.mark.parametrize("path", ["overview", "indicator", "plan_check", "rules"])
def test_a_next_plan_of_which_only_baselines_are_known_is_shown(open_page, path):
    app = open_page(path, plan="次期計画")
    assert app.selectbox(key="choice-plan").value == "次期計画"


@pytest.mark.parametrize("series", ["自立した世帯の割合", LEFT_WELFARE])
def test_a_retired_indicator_and_its_successor_without_a_figure_are_shown(open_page, series):
    app = open_page("indicator", series=series)
    assert app.selectbox(key="choice-series").value == series


def test_the_choice_of_indicators_marks_what_is_retired(open_page):
    options = open_page("indicator").selectbox(key="choice-series").options
    assert f"（廃止）{LEFT_WELFARE}" in options
    assert "自立した世帯の割合" in options
