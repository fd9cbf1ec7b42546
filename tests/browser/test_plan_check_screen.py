"""計画点検 in a real browser: what is remarked, filtered, followed to its cell and taken along."""

from __future__ import annotations

import csv
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hands import settled
from playwright.sync_api import expect

pytestmark = pytest.mark.xdist_group("browser")

MIHON = "municipality=見本市（架空のデータ）&plan=見本市総合計画"
SATISFACTION = "社会保障制度に基づく市の取組"


def test_a_remark_leads_to_its_cell_and_to_its_indicator(dashboard, open_page):
    page = open_page(f"{dashboard}/plan-check?municipality=川崎市")
    expect(page.locator(".kpi-lead")).to_have_text(
        "確かめたいことが1件、知っておきたいことが2件あります。"
    )
    row = page.locator(".kpi-remarks tr").filter(has_text=SATISFACTION)
    expect(row).to_contain_text(
        "第3期が始まる前の令和元年度の22.9％が、すでに目標20％以上を満たして"
    )
    row.get_by_role("link", name="川崎市総合計画.xlsx › 市民の実感指標 › K4").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".kpi-piece td.asked")).to_have_text("20％以上＜25％以上＞")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    row.get_by_role("link", name=SATISFACTION).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(SATISFACTION)
    query = parse_qs(urlsplit(page.url).query)
    assert (query["period"], query["municipality"]) == (["3"], ["川崎市"])
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("計画点検")


def test_kind_policy_and_department_leave_what_they_say(dashboard, open_page):
    page = open_page(f"{dashboard}/plan-check?{MIHON}")
    rows = page.locator(".kpi-remarks tbody tr:not(.kind)")
    expect(rows).to_have_count(20)
    page.get_by_role("link", name="立てたときに達成済みの目標").click()
    expect(rows).to_have_count(3)
    assert parse_qs(urlsplit(page.url).query)["remark"] == ["already-met"]
    page.get_by_label("所管").click()
    page.get_by_role("option", name="財政課").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("経常収支比率")
    page.get_by_role("link", name="すべて", exact=False).first.click()
    # As many rows as before: that the answer has come is seen in the address alone.
    page.wait_for_function("!location.search.includes('already-met')")
    settled(page)
    expect(rows).to_have_count(1)
    page.get_by_label("所管").click()
    page.get_by_role("option", name="健康推進課").click()
    expect(rows).to_have_count(2)
    page.get_by_label("政策・施策").click()
    page.get_by_role("option", name="財政").first.click()
    expect(page.locator(".kpi-remarks")).to_contain_text("この条件に合う指摘はありません")


def test_what_is_shown_can_be_taken_along_as_csv(dashboard, open_page):
    page = open_page(f"{dashboard}/plan-check?{MIHON}&remark=never-improved")
    with page.expect_download() as downloading:
        page.get_by_role("button", name="CSVで保存").click()
    download = downloading.value
    assert download.suggested_filename == "見本市総合計画_計画点検.csv"
    written = Path(download.path()).read_bytes()
    assert written.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(written.decode("utf-8-sig").splitlines()))
    assert [row["indicator"] for row in rows] == ["不登校児童生徒の割合", "消防団員の充足率"]
