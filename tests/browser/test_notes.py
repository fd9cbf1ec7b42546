"""要因分析・今後の対応 and 事務事業 in a real browser: written, changed, looked up, taken back."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from acts import import_bytes
from playwright.sync_api import expect

from kpi.importing.draft import Context
from kpi.store import open_database

pytestmark = pytest.mark.xdist_group("browser")

PLAN = (
    "施策,指標,単位,年度,種別,計画期,値,所管課\n"
    "1-1 健康づくり,受診率,％,R8,目標,1,42％以上,健康課\n"
    "1-1 健康づくり,受診率,％,R6,実績,,37.7,健康課\n"
)
PROJECTS = (
    "施策,事務事業番号,事務事業,所管課,目標,令和6年度,令和7年度\n"
    "1-1 健康づくり,1,健診の勧奨,健康課,受診が当たり前に,通知を送る,電話をかける\n"
    "1-1 健康づくり,2,出前講座,市民課,,10回,12回\n"
)


@pytest.fixture(scope="module")
def address(start_server, empty_file, tmp_path_factory) -> str:
    path = shutil.copy(empty_file, tmp_path_factory.mktemp("notes") / "kpi.db")
    engine = open_database(f"sqlite:///{path}")
    context = Context(municipality="見本町", plan="健康計画")
    files = [("計画.csv", PLAN.encode()), ("事務事業.csv", PROJECTS.encode())]
    when = datetime(2025, 4, 1, 3, tzinfo=UTC)
    _, batch = import_bytes(engine, *files, context=context, now=when)
    assert batch
    engine.dispose()
    return start_server(Path(path), KPI_AUTHOR="山田").url


def write(page, text):
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("内容").fill(text)
    dialog.get_by_role("button", name="この内容で記録する").click()
    expect(dialog).to_be_hidden()


def test_a_note_is_written_changed_looked_up_and_taken_back(address, open_page):
    page = open_page(f"{address}/indicator?series=受診率")
    notes = page.locator(".kpi-notes")
    expect(notes).to_contain_text("まだ書かれていません")
    page.get_by_role("button", name="書く", exact=True).click()
    write(page, "周知の不足")
    row = notes.locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("令和6年度")
    expect(row).to_contain_text("要因分析")
    expect(row.locator(".text")).to_have_text("周知の不足")
    expect(row.locator(".who")).to_contain_text("山田")
    expect(row.locator(".who")).to_contain_text(f"{datetime.now(UTC):%Y-}")
    page.get_by_role("link", name="令和6年度の要因分析を書き直す").click()
    write(page, "通知の遅れ")
    expect(row.locator(".text")).to_have_text("通知の遅れ")
    page.get_by_role("link", name="令和6年度の要因分析の履歴").click()
    states = page.locator(".kpi-note-history tbody tr")
    expect(states.locator(".text")).to_have_text(["通知の遅れ", "周知の不足"])
    page.get_by_role("button", name="最後の記載を取り消す").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(row.locator(".text")).to_have_text("周知の不足")
    page.get_by_role("link", name="令和6年度の要因分析の履歴").click()
    expect(states.first).to_have_class("undone")
    expect(states.first).to_contain_text("山田が取消")
    # On a day before they are not there, and nothing is written then.
    page.goto(f"{address}/indicator?series=受診率&as_of=2025-05-01")
    expect(page.locator(".kpi-notes")).to_contain_text("まだ書かれていません")
    expect(page.get_by_role("button", name="書く", exact=True)).to_have_count(0)


def test_a_project_is_found_by_its_policy_and_its_state_is_set(address, open_page):
    page = open_page(f"{address}/indicator?series=受診率")
    page.get_by_role("link", name="「1-1 健康づくり」の事務事業 2件").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("事務事業")
    page.goto(f"{page.url}&project_year=2024")
    rows = page.locator(".kpi-projects tr:has(td)")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("目標：受診が当たり前に")
    expect(rows.first).to_contain_text("通知を送る")
    expect(page.locator(".kpi-projects th.path")).to_have_text("1-1 健康づくり")
    page.get_by_role("link", name="健診の勧奨の進み具合を書く").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="遅れ").click()
    dialog.get_by_label("状況").fill("印刷が遅れている")
    dialog.get_by_role("button", name="この内容で記録する").click()
    expect(dialog).to_be_hidden()
    expect(rows.first.locator(".kpi-course")).to_have_text("遅れ")
    expect(rows.first).to_contain_text("印刷が遅れている")
    expect(rows.first.locator(".who")).to_contain_text("山田")
    page.get_by_role("link", name="健診の勧奨の記載の履歴").click()
    states = dialog.locator("tbody tr")
    expect(states).to_have_count(2)
    expect(states.first).to_contain_text("印刷が遅れている")
    dialog.get_by_role("button", name="最後の記載を取り消す").click()
    expect(dialog).to_be_hidden()
    expect(rows.first.locator(".kpi-course")).to_have_count(0)
    expect(rows.first).to_contain_text("通知を送る")
    page.get_by_label("所管").click()
    page.get_by_role("option", name="市民課").click()
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("出前講座")
    page.goto(f"{address}/proposals")
    expect(page.get_by_text("改定案はまだありません")).to_be_visible()
