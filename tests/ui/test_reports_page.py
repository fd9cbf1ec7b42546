"""資料作成: what is chosen, in which order, is what is made; a set brings it back."""

import json
import shutil
import sys
import types
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from kpi.acting.report_sets import keep_set, own_sets
from kpi.model import ReportSet
from kpi.reports import formats
from kpi.reports.content import NothingToReport
from kpi.settings import ROOT, person
from kpi.store import open_database, plans
from kpi.ui.making import Making
from kpi.ui.report_choice import moved, numbered

PLAN = {"municipality": "見本市（架空のデータ）", "plan": "見本市総合計画"}


@pytest.fixture
def database(monkeypatch, sample_file, tmp_path):
    """Samples of the test's own, and formats that write what they were given."""
    path = shutil.copy(sample_file, tmp_path / "kpi.db")
    monkeypatch.setenv("KPI_DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.setenv("KPI_AUTHOR", "山田")

    def setting(report, style, on_step):
        on_step(0.5)
        titles = [sheet.line.title for sheet in report.sheets]
        return json.dumps([style, report.reporting_year, titles], ensure_ascii=False).encode()

    module = types.ModuleType("kpi.reports.stub")
    module.setting = setting
    monkeypatch.setitem(sys.modules, "kpi.reports.stub", module)
    for name in formats.FORMATS:
        own = formats.Format(name, "stub", "setting", "application/x-stub")
        monkeypatch.setitem(formats.FORMATS, name, own)
    return path


@pytest.fixture
def page(database):  # noqa: ARG001  it is the one of the settings
    def open_page(**query) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for name, value in {**PLAN, **query}.items():
            app.query_params[name] = value
        app.run()
        app.switch_page("pages/reports.py")
        app.run()
        assert not app.exception
        return app

    return open_page


def work(app):
    return app.session_state["report-work"]


def test_at_first_the_whole_plan_is_in_it_in_its_order(page):
    app = page()
    assert len(work(app).series) == 40
    assert work(app).format == "pptx"
    assert app.button(key="report-make").label == "資料を作る"


def test_what_is_made_is_what_was_chosen_in_that_order(page):
    app = page(year="2022")
    first, second, *_ = work(app).series
    work(app).series = [second, first]
    app.segmented_control[1].set_value("monochrome")
    app.run()
    app.button(key="report-make").click().run()
    order, making = app.session_state["report-making"]
    making.wait()
    app.run()
    assert not app.exception
    style, year, titles = json.loads(making.data)
    assert (style, year, len(titles)) == ("monochrome", 2022, 2)
    assert (order.series, making.share) == ((second, first), 1.0)
    app.segmented_control[1].set_value("large").run()
    assert app.session_state["report-making"] is None


def test_a_set_is_brought_back_by_its_address_saved_anew_and_deleted(page, database):
    engine = open_database(f"sqlite:///{database}")
    [header] = [one for one in plans(engine) if one.plan.name == PLAN["plan"]]
    whole = work(page()).series
    look = "xlsx", "large", "western", True
    council = ReportSet("9月議会", header.plan.id, tuple(whole[4:1:-1]), *look)
    stored = keep_set(engine, person(), header, council, now=datetime(2026, 1, 1, tzinfo=UTC))

    def kept():
        return [one.kept for one in own_sets(engine, person(), header)]

    app = page(set=str(stored.id))
    assert work(app).as_set(header) == replace(council, name="")
    assert app.button(key="report-set-save").disabled
    app.segmented_control[0].set_value("pptx").run()
    app.button(key="report-set-save").click().run()
    assert kept() == [replace(council, format="pptx")]
    app.button(key="report-set-take-back").click().run()
    assert kept() == [council]
    assert work(app).format == "xlsx"
    app.button(key="report-set-delete").click().run()
    assert kept() == []
    app.button(key="report-set-take-back").click().run()
    assert kept() == [council]
    engine.dispose()


def test_nothing_is_offered_to_be_made_of_nothing(page):
    app = page()
    work(app).series = []
    app.run()
    assert "指標を1つ以上" in app.info[-1].value
    assert "report-make" not in [button.key for button in app.button]


def test_numbers_typed_say_the_order():
    assert numbered([11, 12, 13, 14], [1, 2, 3, 1]) == [14, 11, 12, 13]
    assert numbered([11, 12, 13], [3, 2, 1]) == [13, 12, 11]
    assert numbered([11, 12, 13], [None, 2, 3]) == [12, 13, 11]
    assert numbered([11, 12, 13], [1, 2, 1.5]) == [11, 13, 12]


@pytest.mark.parametrize(
    ("how", "after"),
    [
        ("up 3", [1, 3, 2]),
        ("up 1", [1, 2, 3]),
        ("down 1", [2, 1, 3]),
        ("down 3", [1, 2, 3]),
        ("first 3", [3, 1, 2]),
        ("out 2", [1, 3]),
        ("out all", []),
        ("out 9", [1, 2, 3]),
        ("order all", [3, 2, 1]),
    ],
)
def test_a_step_moves_one_and_leaves_the_others_in_their_order(how, after):
    assert moved([1, 2, 3], how, [3, 2, 1]) == after


def test_what_is_being_made_tells_its_share_and_ends_when_it_is_told_to():
    def endless(on_step):
        while True:
            on_step(0.25)

    making = Making(endless, lambda _: None)
    while not making.share:
        pass
    assert making.is_running
    making.end()
    making.wait()
    assert (making.data, making.is_ended, making.is_running) == (None, True, False)


def test_why_nothing_could_be_made_is_said_and_a_fault_is_told_from_it(caplog):
    def refused(_on_step):
        raise NothingToReport("ありません")

    def faulty(_on_step):
        raise KeyError("x")

    def told(error):
        return str(error) if isinstance(error, NothingToReport) else None

    making = Making(refused, told)
    making.wait()
    assert (making.refused, making.data, caplog.text) == ("ありません", None, "")
    making = Making(faulty, told)
    making.wait()
    assert (making.refused, making.data) == (None, None)
    assert "KeyError" in caplog.text
