"""比べる in a real browser: a series is proposed, confirmed, shown, withdrawn, found by name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.xdist_group("browser")

RATE = "就労支援事業等に参加可能な人の事業参加率"
ROADMAP = "新経済・財政再生計画 改革工程表2023"


@pytest.fixture(scope="module")
def own_dashboard(start_server, sample_file, tmp_path_factory) -> str:
    """A dashboard whose data these tests change."""
    database = tmp_path_factory.mktemp("comparison") / "kpi.db"
    shutil.copy(sample_file, database)
    return start_server(database).url


def choosing(page: Page) -> None:
    page.get_by_text("比べる指標を探す").click()
    expect(page.get_by_label("自治体・計画・指標の名前で探す")).to_be_visible()


def decide(page: Page, name: str, decision: str, reason: str = "") -> None:
    page.get_by_role("link", name=name).click()
    dialog = page.get_by_role("dialog")
    if reason:
        dialog.get_by_label("理由").fill(reason)
        page.keyboard.press("Enter")
    dialog.get_by_role("button", name=decision, exact=True).click()
    expect(dialog).to_have_count(0)


def test_a_series_is_proposed_confirmed_shown_and_withdrawn(own_dashboard, open_page):
    page = open_page(f"{own_dashboard}/indicator?municipality=川崎市&series={RATE}")
    expect(page.get_by_text("比べる指標は、まだ選ばれていません。")).to_be_visible()
    choosing(page)
    proposals = page.locator(".kpi-ledger").filter(has_text="名前の近さ").locator("tbody tr")
    expect(proposals).to_have_count(4)
    expect(proposals.first).to_contain_text(ROADMAP)
    decide(page, f"国「{ROADMAP}」", "同じものとして比べる", reason="計画書で確かめた")
    expect(page.locator(".kpi-beside")).to_contain_text(
        f"国「{ROADMAP}」の目標は令和7年度に65％で、川崎市の65％以上と同じ値です。"
    )
    expect(proposals).to_have_count(3)
    decide(page, "就労支援事業等の参加率 を確かめる", "同じものとして比べる")
    expect(page.locator(".kpi-beside")).to_contain_text(
        "国の実績は平成29年度36.5％、川崎市は令和2年度53％です。"
    )
    chart = page.locator(".js-plotly-plot").nth(1)
    for words in ("川崎市 53", "①国 目標 65", "②国 36.5", "② 目標 60"):
        expect(chart).to_contain_text(words)
    page.get_by_role("button", name="図を書き出す").nth(1).click()
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("button", name="SVGで保存").click()
    assert download.value.suggested_filename == f"{RATE}の比較.svg"
    assert Path(download.value.path()).read_bytes().startswith(b"<svg")
    page.get_by_role("link", name="H29 36.5％ の出所を開く").click()
    expect(page.get_by_role("dialog")).to_contain_text("国_生活保護行政の指標.xlsx")
    page.keyboard.press("Escape")
    for left in (1, 0):
        page.get_by_role("link", name="と比べるのをやめる").first.click()
        page.get_by_role("dialog").get_by_role("button", name="比べるのをやめる").click()
        if left:
            expect(page.locator(".kpi-compared tbody tr")).to_have_count(2)
    expect(page.get_by_text("比べる指標は、まだ選ばれていません。")).to_be_visible()


def test_what_is_rejected_does_not_come_back_and_is_still_found(own_dashboard, open_page):
    address = f"{own_dashboard}/indicator?municipality=駒ヶ根市&series=特定健康診査受診率"
    page = open_page(address)
    choosing(page)
    decide(page, "見本市総合計画", "比べない")
    expect(page.get_by_text("名前の近い系列はありません。")).to_be_visible()
    page = open_page(address)
    choosing(page)
    expect(page.get_by_text("名前の近い系列はありません。")).to_be_visible()
    page.get_by_label("自治体・計画・指標の名前で探す").fill("見本市 健康診査")
    page.keyboard.press("Enter")
    row = page.locator(".kpi-ledger tbody tr").filter(has_text="特定健康診査の受診率")
    expect(row).to_contain_text("比べないとした系列")
