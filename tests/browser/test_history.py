"""履歴 in a real browser: the states of a fact, two days beside each other, the log of all acts."""

from __future__ import annotations

import csv
import io
import shutil
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from acts import import_bytes
from openpyxl import load_workbook
from playwright.sync_api import expect

from kpi.importing.draft import Context
from kpi.model import FactEdit, Step
from kpi.store import open_database, plans, read_parts, save_proposal, step_proposal, undo

pytestmark = pytest.mark.xdist_group("browser")

HEADINGS = "指標,単位,年度,種別,計画期,値,状態,備考\n"
PLAN = HEADINGS + (
    "受診率,％,R7,目標,1,42％以上,,\n受診率,％,R6,実績,,37.7,速報,\n相談件数,件,R6,実績,,12,,\n"
)
CORRECTION = HEADINGS + "受診率,％,R6,実績,,37.9,確定,国の確報\n"
WRONG = HEADINGS + "受診率,％,R6,実績,,379,確定,\n"
NEW = HEADINGS + "受診率,％,R7,目標,1,45％以上,,\n待機者数,人,R6,実績,,8,,\n"


def day(month, number=1):
    return datetime(2025, month, number, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def address(start_server, empty_file, tmp_path_factory) -> str:
    path = shutil.copy(empty_file, tmp_path_factory.mktemp("history") / "kpi.db")
    engine = open_database(f"sqlite:///{path}")
    for name, content, when in (
        ("計画.csv", PLAN, day(4)),
        ("確報.csv", CORRECTION, day(6)),
        ("誤り.csv", WRONG, day(7)),
        ("改定.csv", NEW, day(9)),
    ):
        context = Context(municipality="見本町", plan="健康計画")
        _, batch = import_bytes(engine, (name, content.encode()), context=context, now=when)
        assert batch
        if name == "誤り.csv":
            undo(engine, batch, author="課長", now=day(8))
    propose(engine)
    engine.dispose()
    return start_server(Path(path)).url


def propose(engine):
    """Have a proposal approved that counts from a day still to come."""
    (header,) = plans(engine)
    facts = read_parts(engine, header).facts.values()
    before = next(fact for fact in facts if fact.value == 45)
    edit = FactEdit(before.key, before, before._replace(value=50.0, value_text="50％以上"))
    said = {"title": "中間見直し", "reason": "社会情勢の変化", "author": "計画係"}
    town = header.municipality
    saved = save_proposal(engine, town, header.plan.id, [edit], now=day(10), **said)
    submitted = {"version": saved.version, "author": "計画係", "now": day(11)}
    step_proposal(engine, town, saved.id, Step.SUBMIT, **submitted)
    approved = {"version": saved.version + 1, "author": "部長", "now": day(12)}
    april = datetime(2099, 3, 31, 15, tzinfo=UTC)
    step_proposal(engine, town, saved.id, Step.APPROVE, in_force_from=april, **approved)


def rows(page):
    return page.locator(".kpi-history tbody tr")


def test_the_facts_of_an_indicator_lead_to_every_state_they_were_in(address, open_page):
    page = open_page(f"{address}/indicator?series=受診率")
    page.get_by_role("link", name="すべての改定の履歴").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("履歴")
    assert parse_qs(urlsplit(page.url).query)["series"] == ["受診率"]
    expect(rows(page)).to_have_count(6)
    told = [row.locator("td").all_inner_texts() for row in rows(page).all()]
    assert [(value, state.split("\n")[0], when, who) for value, state, when, who, *_ in told] == [
        ("50％以上", "予定", "2025-12-01 12:00", "計画係"),
        ("45％以上", "いまの値", "2025-09-01 12:00", "planner"),
        ("42％以上", "前の値", "2025-04-01 12:00", "planner"),
        ("379.0％　確定", "取消済み", "2025-07-01 12:00", "planner"),
        ("37.9％　確定　国の確報", "いまの値", "2025-06-01 12:00", "planner"),
        ("37.7％　速報", "前の値", "2025-04-01 12:00", "planner"),
    ]
    expect(rows(page).nth(0)).to_contain_text("2099-04-01 から")
    expect(rows(page).nth(3)).to_contain_text("2025-08-01 12:00 に取消")
    page.get_by_role("link", name="確報.csv › F2 のまわりを開く").click()
    expect(page.get_by_role("dialog").locator("td.asked")).to_have_text("37.9")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="改定案 1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("改定案")


def test_the_history_ends_with_the_day_looked_at(address, open_page):
    page = open_page(f"{address}/history?series=受診率&as_of=2025-07-15")
    expect(rows(page)).to_have_count(4)
    expect(rows(page).nth(1)).to_contain_text("379％　確定")
    expect(rows(page).nth(1)).to_contain_text("いまの値")
    page.get_by_text("改定のあった値だけ").click()
    expect(rows(page)).to_have_count(3)


def downloaded(page, button):
    with page.expect_download() as downloading:
        page.get_by_role("button", name=button).click()
    download = downloading.value
    return download.suggested_filename, Path(download.path()).read_bytes()


def test_two_days_are_compared_and_the_difference_is_taken_along(address, open_page):
    page = open_page(f"{address}/history?show=days&from=2025-04-30&to=2025-09-30")
    expect(page.locator(".kpi-lead")).to_have_text(
        "2025年4月30日から2025年9月30日までに、4件が変わりました。"
    )
    expect(rows(page)).to_have_count(4)
    for row, wanted in zip(
        rows(page).all(),
        (
            ["受診率", "実績値", "37.7％　速報", "37.9％　確定　国の確報", "planner"],
            ["受診率", "目標値", "42％以上", "45％以上", "planner"],
            ["待機者数", "指標の新設", "なし", "人　方向不明", "planner"],
            ["待機者数", "実績値", "なし", "8人", "planner"],
        ),
        strict=True,
    ):
        cells = row.locator("td").all_inner_texts()
        assert [cell[: len(words)] for cell, words in zip(cells, wanted, strict=False)] == wanted
    name, written = downloaded(page, "CSVで保存")
    assert name == "健康計画_差_2025-04-30_2025-09-30.csv"
    table = list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"))))
    assert [
        (row["年度"], row["変更前の値"], row["変更後の値"], row["変更後の単位"], row["どこから"])
        for row in table
    ] == [
        ("令和6（2024）年度", "37.7", "37.9", "％", "確報.csv › F2"),
        ("令和7（2025）年度", "42", "45", "％", "改定.csv › F2"),
        ("", "", "", "", "改定.csv"),
        ("令和6（2024）年度", "", "8", "人", "改定.csv › F3"),
    ]
    name, written = downloaded(page, "Excelで保存")
    assert name == "健康計画_差_2025-04-30_2025-09-30.xlsx"
    sheet = load_workbook(io.BytesIO(written)).active
    assert (sheet.max_row, sheet["I2"].value, sheet["N2"].value) == (5, 37.7, 37.9)
    page.get_by_label("何が").click()
    page.get_by_role("option", name="目標値 1件").click()
    expect(rows(page)).to_have_count(1)
    rows(page).get_by_role("link", name="受診率").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("受診率")


def test_the_days_are_chosen_in_boxes_and_stand_in_the_address(address, open_page):
    page = open_page(f"{address}/history?show=days&from=2025-12-31&to=2099-05-01")
    # What is to come is told with the proposal and who approved it.
    expect(rows(page)).to_have_count(1)
    for words in ("45％以上", "50％以上", "計画係", "社会情勢の変化", "2099-04-01 から"):
        expect(rows(page)).to_contain_text(words)
    expect(rows(page)).to_contain_text("改定案1「中間見直し」（承認 部長）")
    page.goto(f"{address}/history?show=days&from=2025-06-30&to=2025-08-31")
    expect(page.locator(".kpi-lead")).to_have_text(
        "2025年6月30日と2025年8月31日で、違うところはありません。"
    )
    page.goto(f"{address}/history?show=days&from=2025-03-31&to=2025-07-31")
    expect(page.locator(".kpi-lead")).to_contain_text("まだ登録されていませんでした")
    page.goto(f"{address}/history?show=days&from=2025-09-01&to=2025-07-31")
    expect(page.get_by_text("後の日を、前の日より後にしてください。")).to_be_visible()
    page.get_by_role("link", name="前々年度末から").click()
    expect(page.locator(".kpi-lead")).to_be_visible()
    query = parse_qs(urlsplit(page.url).query)
    assert query["from"][0].endswith("-03-31")


def test_every_act_stands_in_the_log_and_is_found_in_it(address, open_page):
    page = open_page(f"{address}/history?show=acts")
    expect(rows(page)).to_have_count(8)
    expect(rows(page).nth(0)).to_contain_text("改定案1「中間見直し」を承認しました。")
    expect(rows(page).nth(4)).to_contain_text("課長")
    expect(rows(page).nth(4)).to_contain_text("「誤り.csv」")
    expect(rows(page).nth(5)).to_contain_text("2025-08-01 12:00 に取消")
    page.get_by_label("言葉で探す").fill("確報")
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(1)
    name, written = downloaded(page, "CSVで保存")
    assert name == "見本町_操作記録.csv"
    (row,) = csv.DictReader(io.StringIO(written.decode("utf-8-sig")))
    assert (row["番号"], row["したこと"]) == (
        "2",
        "「確報.csv」を取り込みました。追加0件、変更1件。",
    )
    assert len(row["照合用の値"]) == 64
    page.get_by_label("言葉で探す").fill("")
    page.keyboard.press("Enter")
    page.get_by_label("操作", exact=True).click()
    page.get_by_role("option", name="取消").click()
    expect(rows(page)).to_have_count(1)
