"""Whoever comes first: from nothing to the own overview, the sample, the help and the tour."""

import re
import shutil

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.xdist_group("browser")

PLAN = (
    "指標,単位,良い方向,種別,計画期,年度,値,条件\n"
    "受診率,％,高いほど良い,基準,,令和3年度,30,\n"
    "受診率,％,高いほど良い,目標,第1期,令和7年度,40,以上\n"
)
ACTUALS = "指標,種別,年度,値\n受診率,実績,令和6年度,39\n"


def choose_file(page, name, text):
    chosen = {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    page.locator('input[type="file"]').set_input_files(chosen)
    page.get_by_role("button", name="確かめる").click()
    page.get_by_role("button", name="登録へ進む").click()
    page.get_by_role("button", name="登録する").click()
    expect(page.get_by_text("登録しました").first).to_be_visible()


def test_from_nothing_to_the_overview_of_the_own_city(
    start_server, empty_file, tmp_path, open_page
):
    server = start_server(shutil.copy(empty_file, tmp_path / "kpi.db"))
    page = open_page(server.url)
    page.get_by_role("link", name="はじめから順に進める").click()
    # The own city, by a code that is checked.
    page.get_by_label("自治体の名前").fill("駒ヶ根市")
    code = page.get_by_label("団体コード")
    code.fill("202101")
    code.press("Enter")
    page.get_by_role("button", name="次へ").click()
    expect(page.get_by_text("6桁目の検査数字が合わない")).to_be_visible()
    code.fill("20210")
    code.press("Enter")
    page.get_by_role("button", name="次へ").click()
    expect(page.get_by_text("長野県、団体コード 202100")).to_be_visible()
    # Nothing is on record yet, and yet a reload goes on where one stood.
    page.reload()
    expect(page.get_by_role("heading", name="駒ヶ根市の最初の計画は")).to_be_visible()
    page.get_by_label("計画の名前").fill("基本計画")
    page.get_by_label("計画の名前").press("Enter")
    page.get_by_role("button", name="ファイルを選ぶ").click()
    of = page.get_by_role("combobox", name="計画の名前がファイルにないとき")
    expect(of).to_have_value("駒ヶ根市　基本計画")
    choose_file(page, "計画.csv", PLAN)
    page.get_by_role("link", name="「はじめに」へ戻る").click()
    page.get_by_role("button", name="実績の表を選ぶ").click()
    choose_file(page, "実績.csv", ACTUALS)
    page.get_by_role("link", name="「はじめに」へ戻る").click()
    # On another day the address is forgotten; what is on record is not.
    page.goto(f"{server.url}/first-steps")
    expect(page.get_by_role("heading", name="「基本計画」を見てみましょう")).to_be_visible()
    # The sample comes, and goes again alone.
    page.get_by_role("button", name="見本市を入れる").click()
    expect(page.get_by_text("を入れました")).to_be_visible()
    page.get_by_role("button", name="見本市を取り除く").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("ほかの自治体のデータには触れません")
    dialog.get_by_role("button", name="見本市をまとめて取り除く").click()
    expect(page.get_by_text("を取り除きました")).to_be_visible()
    page.get_by_role("button", name="概況で見る").click()
    expect(page.get_by_role("row", name=re.compile("受診率"))).to_contain_text("39")
    assert "municipality=" in page.url


def test_words_are_explained_where_they_stand_and_the_tour_does_not_nag(dashboard, open_page):
    page = open_page(f"{dashboard}/?municipality=川崎市")
    offer = page.get_by_text("はじめての方へ")
    expect(offer).to_be_visible()
    # A word opens by keyboard and closes by Escape.
    page.get_by_role("button", name="参考", exact=True).press("Enter")
    meaning = page.get_by_text("別の年度の実績と比べたものです")
    expect(meaning).to_be_visible()
    page.keyboard.press("Escape")
    expect(meaning).to_be_hidden()
    # Five places, one after the other.
    page.get_by_role("link", name="案内を見る").click()
    for number, heading in enumerate(
        ["届いたか", "値から", "絞り込む", "計画期ごとの目標", "会議の資料"], start=1
    ):
        tour = page.get_by_role("dialog", name=re.compile(heading))
        expect(tour).to_contain_text(f"案内 {number}／5")
        expect(tour.get_by_role("heading")).to_be_focused()
        if number < 5:
            tour.get_by_role("button", name="次へ").click()
    tour.get_by_role("button", name="前へ").click()
    tour = page.get_by_role("dialog", name=re.compile("計画期ごとの目標"))
    expect(tour.get_by_role("heading")).to_be_focused()
    page.keyboard.press("Escape")
    expect(tour).to_be_hidden()
    assert "tour=" not in page.url
    # From the word beside a number to the glossary, found again by its reading.
    page.get_by_role("button", name="「進捗率」とは").click()
    page.get_by_role("link", name="用語集で見る").locator("visible=true").click()
    expect(page.get_by_role("heading", name="用語集")).to_be_visible()
    term = page.get_by_role("term").filter(has_text="しんちょくりつ")
    expect(term).to_be_focused()
    page.get_by_label("言葉を探す").fill("けいかりつ")
    page.get_by_label("言葉を探す").press("Enter")
    expect(page.get_by_role("term")).to_have_count(1)
    expect(page.get_by_role("term")).to_contain_text("経過率")
    # Closed once, the offer stays closed.
    page.goto(f"{dashboard}/?municipality=川崎市")
    page.get_by_role("button", name="閉じる").click()
    expect(offer).to_be_hidden()
    page.reload()
    expect(page.get_by_role("row", name=re.compile("国民健康保険料")).first).to_be_visible()
    expect(offer).to_be_hidden()
