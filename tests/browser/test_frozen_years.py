"""時点, 確定 and ratings set by hand, as their users go through them."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from acts import import_bytes
from playwright.sync_api import Page, expect

from kpi.store import open_database

pytestmark = pytest.mark.xdist_group("browser")

MAY = datetime(2025, 5, 1, 3, tzinfo=UTC)
JULY = datetime(2025, 7, 1, 3, tzinfo=UTC)
#: A name as only an attacker gives it.
MARKUP = "<img src=x onerror=alert(1)>"
PLAN = f"""自治体,計画,指標,単位,方向,種別,計画期,年度,値,条件
見本町,総合計画,受診率,％,高いほど良い,基準,,2020,30,
見本町,総合計画,受診率,％,高いほど良い,目標,1,2025,50,>=
見本町,総合計画,受診率,％,高いほど良い,実績,,2023,38,
見本町,総合計画,{MARKUP},件,高いほど良い,基準,,2020,10,
見本町,総合計画,{MARKUP},件,高いほど良い,目標,1,2025,20,>=
見本町,総合計画,{MARKUP},件,高いほど良い,実績,,2023,18,
"""
CORRECTION = f"""自治体,計画,指標,種別,年度,値
見本町,総合計画,受診率,実績,2023,44
見本町,総合計画,{MARKUP},実績,2023,9
"""


@pytest.fixture
def address(start_server, empty_file, tmp_path) -> tuple[str, Path]:
    path = Path(shutil.copy(empty_file, tmp_path / "kpi.db"))
    import_(path, "計画.csv", PLAN, MAY)
    return start_server(path).url, path


def import_(path: Path, name: str, text: str, when: datetime | None = None) -> None:
    engine = open_database(f"sqlite:///{path}")
    _, batch = import_bytes(engine, (name, text.encode()), now=when or datetime.now(UTC))
    engine.dispose()
    assert batch


def row_of(page: Page, name: str):
    return page.locator(".kpi-table tbody tr:visible").filter(has_text=name)


def fill_reason(page: Page, reason: str, button: str) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("理由").fill(reason)
    dialog.get_by_role("button", name=button).click()
    expect(dialog).to_have_count(0)


def test_a_year_is_fixed_and_a_correction_stands_beside_it(address, open_page):
    url, path = address
    page = open_page(url)
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    page.get_by_role("button", name="令和5年度の評価を確定する").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("2系列の2個の目標の評価")
    expect(dialog).to_contain_text("第1期：順調 1、遅れ 1")
    expect(dialog).to_contain_text("標準ルール 第1版")
    dialog.get_by_role("button", name="この内容で確定する").click()
    expect(dialog).to_contain_text("理由を書いてください")
    fill_reason(page, "議会に報告", "この内容で確定する")
    banner = page.locator(".kpi-fixed")
    expect(banner).to_contain_text("令和5年度の評価は確定しています。")
    expect(banner).to_contain_text("標準ルール 第1版　理由：議会に報告")
    expect(banner).to_contain_text("いまの内容で評価しても同じです。")

    import_(path, "訂正.csv", CORRECTION)
    page.reload()
    expect(banner).to_contain_text("2個の目標で違いがあり、そのうち2個は評価が変わります。")
    expect(row_of(page, "受診率").locator("td.mark")).to_contain_text("遅れ（いまは 順調）")
    expect(row_of(page, "受診率").locator(".v b")).to_have_text("38")
    banner.locator("summary").first.click()
    first = banner.locator("tbody tr").first
    expect(first).to_contain_text("令和5（2023）年度 38％ → 令和5（2023）年度 44％")
    expect(first).to_contain_text("訂正.csvの取込")
    expect(banner).to_contain_text(MARKUP)

    row_of(page, "受診率").get_by_role("link", name="受診率").click()
    expect(page.locator(".kpi-verdict")).to_contain_text("確定：遅れ（いまは 順調）")
    expect(page.locator(".kpi-say")).to_contain_text("令和5年度は38％")
    page.get_by_role("link", name="いまの内容での評価を見る").click()
    expect(page.locator(".kpi-say")).to_contain_text("令和5年度は44％")
    expect(banner).to_contain_text("確定したものではなく、いまの内容での評価を示しています。")

    page.get_by_role("link", name="もう一度確定する").click()
    fill_reason(page, "訂正を報告", "この内容で確定する")
    expect(banner).to_contain_text("理由：訂正を報告")
    expect(page.locator(".kpi-verdict")).to_contain_text("順調")
    banner.locator("summary").last.click()
    page.get_by_role("link", name="に確定した評価を見る").click()
    expect(banner).to_contain_text("理由：議会に報告 これより後に確定し直しています。")
    expect(page.locator(".kpi-say")).to_contain_text("令和5年度は38％")

    page.get_by_role("link", name="最後の確定を見る").click()
    expect(banner).to_contain_text("理由：訂正を報告")
    banner.locator("summary").last.click()
    page.get_by_role("link", name="の確定を取り消す").first.click()
    page.get_by_role("dialog").get_by_role("button", name="確定を取り消す").click()
    expect(banner).to_contain_text("理由：議会に報告")


def test_a_rating_by_hand_stands_until_another_actual_counts(address, open_page):
    url, path = address
    page = open_page(f"{url}/indicator?series=受診率")
    expect(page.locator(".kpi-verdict")).to_contain_text("遅れ")
    page.get_by_role("button", name="評価を手で付ける").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("計算では「遅れ」です。")
    dialog.get_by_label("評価", exact=True).click()
    page.get_by_role("option", name="達成").click()
    fill_reason(page, "調査の方法が変わった", "この評価を付ける")
    verdict = page.locator(".st-key-verdict")
    expect(verdict).to_contain_text("手で付けた評価。理由：調査の方法が変わった")
    expect(verdict).to_contain_text("計算による評価は「遅れ」です。")
    page.get_by_role("link", name="概況").click()
    expect(page.locator(".kpi-lead")).to_contain_text("2系列のうち1系列、順調は1系列。")
    mark = row_of(page, "受診率").locator("td.mark")
    expect(mark.locator(".kpi-tag")).to_have_text("手")

    import_(path, "訂正.csv", CORRECTION)
    page.reload()
    expect(page.locator(".kpi-note:not(.kpi-offer)")).to_contain_text(
        "手で付けた評価は、新しい実績が入ったため外れました。"
    )
    expect(mark).to_contain_text("順調")
    expect(mark.locator(".kpi-tag")).to_have_count(0)
    page.locator(".kpi-note:not(.kpi-offer)").get_by_role("link", name="受診率").click()
    expect(verdict).to_contain_text("新しい実績が入ったため外れました。")
    page.get_by_role("button", name="手で付けた評価を取り下げる").click()
    fill_reason(page, "もう要らない", "取り下げて計算に戻す")
    expect(verdict).not_to_contain_text("外れました")


def test_a_day_in_the_past_goes_along_and_nothing_is_done_there(address, open_page):
    url, path = address
    import_(path, "訂正.csv", CORRECTION, JULY)
    page = open_page(url)
    value = row_of(page, "受診率").locator(".v b")
    expect(value).to_have_text("44")
    page.get_by_role("spinbutton", name="year").click()
    page.keyboard.type("20250630")
    page.keyboard.press("Escape")
    expect(page.get_by_text("2025年6月30日に分かっていた内容です。")).to_be_visible()
    expect(value).to_have_text("38")
    expect(page.get_by_role("button", name="評価を確定する")).to_have_count(0)
    row_of(page, "受診率").get_by_role("link", name="受診率").click()
    expect(page.locator(".kpi-say")).to_contain_text("令和5年度は38％")
    expect(page.get_by_role("button", name="評価を手で付ける")).to_have_count(0)
    page.get_by_role("link", name="取込", exact=True).click()
    expect(page.get_by_text("過ぎた日の内容には取り込めません。")).to_be_visible()
    page.get_by_role("link", name="概況").click()
    expect(value).to_have_text("38")
    page.get_by_role("link", name="いまの内容に戻る").click()
    expect(value).to_have_text("44")
    assert "as_of" not in page.url
    page.goto(f"{url}/?as_of=2025-06-30")
    expect(value).to_have_text("38")
    page.get_by_role("button", name="日付を消す").click()
    page.keyboard.press("Escape")
    expect(value).to_have_text("44")
