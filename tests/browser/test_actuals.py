"""実績入力 in a real browser: a round answered on the screen and with workbooks, wrong and late."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from acts import planner, taken_back_afterwards
from at_rounds import bring, row_of, written
from hands import press, settled, type_into
from playwright.sync_api import Locator, Page, expect

from kpi.collecting.form import actual_key
from kpi.collecting.opening import askable, open_round
from kpi.model import FiscalYear, Stage, Step
from kpi.store import (
    open_database,
    plans,
    proposals_of_round,
    read_parts,
    record,
    rounds,
    step_proposal,
)

pytestmark = pytest.mark.xdist_group("browser")

YEAR = FiscalYear(2025)


class City:
    """A dashboard, and its database."""

    def __init__(self, url: str, engine) -> None:
        self.url, self.engine = url, engine
        self.header = next(h for h in plans(engine) if h.plan.name == "見本市総合計画")
        self.municipality = self.header.municipality

    @property
    def snapshot(self):
        return read_parts(self.engine, self.header)

    @property
    def entry(self):
        return rounds(self.engine, self.municipality)[0]

    def actual(self, series_id):
        return self.snapshot.facts.get(actual_key(series_id, YEAR))

    def answers(self):
        known = proposals_of_round(self.engine, self.municipality, self.entry.round.id)
        return sorted(known, key=lambda one: one.id)


@pytest.fixture(scope="module")
def kept(start_server, sample_file, tmp_path_factory):
    database = tmp_path_factory.mktemp("actuals") / "kpi.db"
    shutil.copy(sample_file, database)
    engine = open_database(f"sqlite:///{database}")
    yield City(start_server(database, KPI_AUTHOR="担当").url, engine)
    engine.dispose()


@pytest.fixture
def city(kept):
    """The city with an open round; what a test does to it is taken back."""
    snapshot = kept.snapshot
    with taken_back_afterwards(kept.engine, kept.municipality):
        open_round(
            kept.engine,
            planner(),
            kept.municipality,
            snapshot.plan,
            YEAR,
            due=date(2026, 5, 29),
            wording="令和7年度の実績をお知らせください。",
            asked=[one for one in askable(snapshot, YEAR) if one.department],
            now=datetime.now(UTC),
        )
        yield kept


def at_form(open_page, city, department) -> Page:
    page = open_page(
        f"{city.url}/actuals?municipality=見本市（架空のデータ）&answerer={department}"
    )
    expect(page.locator(".kpi-answer")).to_be_visible()
    settled(page)
    return page


def form(page: Page) -> bytes:
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="回答用のExcelを保存", exact=True).click()
    return Path(download.value.path()).read_bytes()


#: Where the figures stand of a department whose series have no names, from the left of the table,
#: and how many columns to the right of them 速報・確定 is.
FIGURE = 214 + 3 * 90 + 156 + 40
STATUS = 2


def lines(page: Page) -> Locator:
    return page.locator(".kpi-edits tbody tr")


def test_a_department_answers_on_the_screen(open_page, city):
    page = at_form(open_page, city, "健康推進課")
    expect(page.locator(".kpi-answer")).to_contain_text("照会3件、うち実績のないもの3件")
    type_into(page, FIGURE, 0, "４０．１％")
    expect(lines(page).filter(has_text="特定健康診査の受診率")).to_contain_text("40.1％")
    type_into(page, FIGURE, 1, "たくさん")
    expect(lines(page).filter(has_text="たくさん")).to_contain_text("要修正")
    expect(page.get_by_role("button", name="回答する", exact=True)).to_be_disabled()
    # A tenth of what it was, and the target was missed: asked, not refused.
    type_into(page, FIGURE, 1, "2.95")
    asked = page.locator(".kpi-asked")
    expect(asked).to_contain_text("29.3％の約10分の1です")
    expect(asked).to_contain_text("目標（42.0以上）に届いていません（40.1％）")
    cause = page.get_by_label("要因分析", exact=True)
    cause.fill("未受診者への再勧奨が遅れた。")
    cause.press("Tab")
    expect(asked).not_to_contain_text("42.0以上")
    type_into(page, FIGURE, 1, "29.5")
    expect(asked).to_contain_text("目標（30.0以上）に届いていません（29.5％）")
    press(page, "途中まで保存する")
    told = page.locator(".kpi-told.done")
    expect(told).to_contain_text("途中までの入力を保存しました（3件）")
    assert [one.stage for one in city.answers()] == [Stage.DRAFT]
    assert city.actual(1) is None
    # Who comes back finds it, and goes on.
    page = at_form(open_page, city, "健康推進課")
    expect(lines(page)).to_have_count(3)
    press(page, "回答する")
    expect(page.locator(".kpi-told.done")).to_contain_text("回答しました（3件）")
    expect(page.locator(".kpi-answer")).to_contain_text("照会3件、うち実績のないもの1件")
    assert (city.actual(1).value, city.actual(1).value_text) == (40.1, "４０．１％")
    assert city.actual(2).value == 29.5
    assert [note.text for note in city.snapshot.notes] == ["未受診者への再勧奨が遅れた。"]
    (answer,) = city.answers()
    assert (answer.stage, answer.department) == (Stage.APPROVED, "健康推進課")


def test_workbooks_come_back_one_of_them_wrong_and_are_corrected(open_page, city):
    page = at_form(open_page, city, "国保年金課")
    insurance = form(page)
    page = at_form(open_page, city, "健康推進課")
    health = form(page)
    wrong = written(health, {(1, "figure"): "40.1", (2, "figure"): "３割くらいか４割"})
    right = written(
        insurance,
        {
            (4, "figure"): "94.8",
            (4, "status"): "確定",
            (4, "cause"): "収納の強化が遅れた。",
            (5, "figure"): 803,
        },
    )
    rows = bring(
        page,
        ("健康推進課 修正版(2).xlsx", wrong),
        ("国保_最終.xlsx", right),
        ("覚え書き.csv", b"a,b\n1,2\n"),
    )
    expect(row_of(rows, "健康推進課 修正版(2).xlsx")).to_contain_text("３割くらいか４割")
    expect(row_of(rows, "健康推進課 修正版(2).xlsx")).to_contain_text("要修正")
    expect(row_of(rows, "国保_最終.xlsx")).to_contain_text("このまま回答できます。")
    expect(row_of(rows, "覚え書き.csv")).to_contain_text("回答のブックではありません")
    press(page, "1件のブックで回答する")
    expect(page.locator(".kpi-told.done")).to_contain_text("国保年金課の回答を入れました（3件）。")
    # 803 under a heading that counts in 百万円.
    assert city.actual(5).value == 803_000_000
    place = city.answers()[0].edits[0].after.provenance
    assert place.file == "国保_最終.xlsx"
    # The wrong one is put into the table and corrected there.
    brought = row_of(page.locator(".kpi-brought tbody tr"), "健康推進課")
    brought.get_by_role("link").click()
    # The page is drawn twice: with what the book says in the table, and without the book.
    expect(brought).to_have_count(0)
    expect(lines(page).filter(has_text="３割くらいか４割")).to_contain_text("要修正")
    expect(page.get_by_role("button", name="回答する", exact=True)).to_be_disabled()
    type_into(page, FIGURE, 1, "30.2")
    expect(lines(page).filter(has_text="特定保健指導の実施率")).to_contain_text("30.2％")
    press(page, "回答する")
    expect(page.locator(".kpi-told.done")).to_contain_text("回答しました（2件）")
    assert (city.actual(1).value, city.actual(2).value) == (40.1, 30.2)


def test_a_late_answer_waits_is_returned_and_corrected(open_page, city):
    page = at_form(open_page, city, "健康推進課")
    data = form(page)
    closed = replace(city.entry.round, is_closed=True)
    record(
        city.engine,
        city.municipality,
        [closed],
        author="企画課",
        reason="締切",
        now=datetime.now(UTC),
    )
    page = at_form(open_page, city, "健康推進課")
    expect(page.locator(".kpi-answer")).to_contain_text("この照会は締め切られています。")
    bring(page, ("健康推進課.xlsx", written(data, {(1, "figure"): "40.1"})))
    press(page, "1件のブックで回答する")
    expect(page.locator(".kpi-told.done")).to_contain_text("健康推進課の回答を受け付けました")
    assert city.actual(1) is None
    (waiting,) = city.answers()
    assert waiting.stage is Stage.SUBMITTED
    step_proposal(
        city.engine,
        city.municipality,
        waiting.id,
        Step.RETURN,
        version=waiting.version,
        author="企画 太郎",
        comment="確定値でお願いします。",
        now=datetime.now(UTC),
    )
    page = at_form(open_page, city, "健康推進課")
    expect(page.locator(".kpi-answer [role=alert]")).to_contain_text("確定値でお願いします。")
    type_into(page, FIGURE, 0, "40.3")
    expect(lines(page)).to_contain_text("40.3％")
    type_into(page, FIGURE, 0, "確定", STATUS)
    expect(lines(page)).to_have_count(2)
    press(page, "回答する（企画の確認へ）")
    expect(page.locator(".kpi-told.done")).to_contain_text("企画担当が認めると計画に入ります")
    (again,) = city.answers()
    assert again.stage is Stage.SUBMITTED
    assert [edit.after.value_text for edit in again.edits] == ["40.3"]
    # It is an answer, and none of the proposals somebody makes.
    page = open_page(f"{city.url}/proposals?municipality=見本市（架空のデータ）")
    expect(page.get_by_role("heading", name="改定案", exact=True)).to_be_visible()
    settled(page)
    expect(page.get_by_text("令和7年度の実績　健康推進課")).to_have_count(0)


def test_where_another_was_first_each_cell_is_decided(open_page, city):
    page = at_form(open_page, city, "健康推進課")
    data = form(page)
    bring(page, ("先.xlsx", written(data, {(1, "figure"): "40.1"})))
    press(page, "1件のブックで回答する")
    expect(page.locator(".kpi-told.done")).to_contain_text("健康推進課の回答を入れました（1件）。")
    rows = bring(page, ("後.xlsx", written(data, {(1, "figure"): "41.0", (3, "figure"): "22.8"})))
    expect(row_of(rows, "後.xlsx")).to_contain_text("登録済みの値と重なるセルが1件あります")
    row_of(rows, "後.xlsx").get_by_role("link").click()
    question = page.get_by_role("radiogroup").filter(has_text="先の値：40.1")
    question.get_by_text("あなたの値：41.0").click()
    press(page, "選んだとおりにする")
    expect(lines(page)).to_have_count(2)
    expect(lines(page).filter(has_text="特定健康診査の受診率")).to_contain_text("40.1")
    press(page, "回答する")
    expect(page.locator(".kpi-told.done")).to_contain_text("回答しました（2件）")
    assert (city.actual(1).value, city.actual(3).value) == (41.0, 22.8)
    assert len(city.answers()) == 2
