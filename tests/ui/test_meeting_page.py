"""会議: what is prepared is listed, held as its day knew it, and closed to who may only look."""

import shutil
from datetime import UTC, date, datetime

import pytest
from acts import import_bytes, planner
from shown import shown
from streamlit.testing.v1 import AppTest

from kpi.acting.meetings import end_meeting, keep_meeting, write_down
from kpi.model import FiscalYear, Meeting, Municipality, WordKind
from kpi.settings import ROOT
from kpi.store import open_database, plans
from kpi.ui.meeting_screen import _places

MAY = datetime(2025, 5, 1, 3, tzinfo=UTC)
JULY = datetime(2025, 7, 31, 3, tzinfo=UTC)
TOWN = Municipality("202096", "見本市")
PLAN = """自治体コード,自治体,計画,指標,単位,方向,種別,計画期,年度,値
202096,見本市,総合計画,受診率,％,高いほど良い,基準,,2020,30
202096,見本市,総合計画,受診率,％,高いほど良い,目標,1,2025,50
202096,見本市,総合計画,受診率,％,高いほど良い,実績,,2023,38
202096,見本市,総合計画,収納率,％,高いほど良い,実績,,2023,90
"""
CORRECTION = """自治体コード,自治体,計画,指標,種別,年度,値
202096,見本市,総合計画,受診率,実績,2023,44
"""
ON = {"municipality": "見本市", "plan": "総合計画", "year": "2023"}


@pytest.fixture
def engine(monkeypatch, empty_file, tmp_path):
    """A town whose figures were corrected after its meeting in May."""
    path = shutil.copy(empty_file, tmp_path / "kpi.db")
    engine = open_database(f"sqlite:///{path}")
    import_bytes(engine, ("計画.csv", PLAN.encode()), now=MAY)
    monkeypatch.setenv("KPI_DATABASE_URL", f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def meeting(engine):
    [header] = plans(engine)
    agenda = (1, 2, 77)
    asked = Meeting("第1回", 1, FiscalYear(2023), date(2025, 5, 1), "", ("山田",), agenda)
    stored = keep_meeting(engine, planner(), header, asked, now=MAY)
    told = {"built_on": 0, "now": MAY}
    write_down(engine, planner(), TOWN, stored, 1, WordKind.DECISION, "再勧奨する", **told)
    import_bytes(engine, ("訂正.csv", CORRECTION.encode()), now=JULY)
    return stored


def opened(**query):
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in (ON | query).items():
        app.query_params[name] = value
    app.run()
    app.switch_page("pages/meeting.py")
    app.run()
    assert not app.exception
    return app


@pytest.mark.usefixtures("engine")
def test_a_meeting_is_prepared_and_then_listed():
    app = opened()
    assert "会議は、まだありません" in shown(app)
    app.button(key="meeting-new").click().run()
    app.button(key="meeting-keep").click().run()
    assert "会議の題名を書いてください" in shown(app)
    app.text_input[0].set_value("第1回").run()
    app.text_area[0].set_value("山田\n\n佐藤").run()
    app.session_state["meeting-work"].agenda = [2, 1]
    app.button(key="meeting-keep").click().run()
    assert not app.exception
    assert "会議「第1回」を保存しました" in shown(app)
    assert app.query_params["meeting"] == "1"
    assert "第1回" in shown(opened())


def test_what_was_decided_stands_beside_each_item_those_that_are_gone_too(meeting):
    told = shown(opened(meeting=str(meeting.id)))
    assert told.index("受診率") < told.index("再勧奨する") < told.index("収納率")
    assert "いまの計画にない指標" in told
    assert "企画課　2025-05-01 12:00" in told


@pytest.mark.parametrize(
    ("item", "said"), [("1", "受診率"), ("3", "いまの計画にない"), ("9", "3 / 3")]
)
def test_the_address_names_the_item_that_is_shown(meeting, item, said):
    assert said in shown(opened(meeting=str(meeting.id), item=item)).replace("<b>3</b>", "3")


def test_a_meeting_that_is_over_is_told_as_its_day_knew_it(engine, meeting):
    assert "<b>44</b>" in shown(opened(meeting=str(meeting.id), item="1"))
    end_meeting(engine, planner(), TOWN, meeting, now=JULY)
    told = shown(opened(meeting=str(meeting.id), item="1"))
    assert "<b>38</b>" in told
    assert "<textarea" not in told
    assert "数値は、会議の日（2025年5月1日）の終わりに分かっていたもの" in shown(
        opened(meeting="1")
    )


def test_who_is_there_to_look_has_nothing_to_write_in(monkeypatch, meeting):
    monkeypatch.setenv("KPI_ROLES", "viewer")
    app = opened(meeting=str(meeting.id), item="1")
    assert "再勧奨する" in shown(app)
    assert "<textarea" not in shown(app)
    assert [button.label for button in opened(meeting="1").button] == ["議題を見る"]


def test_an_address_of_no_meeting_says_so(meeting):
    [told] = opened(meeting=str(meeting.id + 1), item="2").warning
    assert "登録されていません" in told.value


def test_of_what_a_browser_says_only_what_makes_sense_is_taken():
    drafts = {
        "1/decision": {"text": "ア", "on": 1},
        "1/other": {"text": "イ", "on": 0},
        "x/memo": {"text": "ウ", "on": 0},
        "1/memo": {"text": 5, "on": "0"},
        "2/memo": "エ",
        f"{'9' * 5000}/memo": {"text": "オ", "on": 0},
        "2/charge": {"text": "カ", "on": 10**30},
        "2/due": {"text": "キ", "on": -1},
    }
    assert list(_places(drafts)) == [(1, WordKind.DECISION, "ア", 1)]
    assert list(_places(["1/decision"])) == []
