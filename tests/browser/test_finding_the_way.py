"""From many series to one and back: addresses, the back button, the keyboard, the search."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hands import settled
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.xdist_group("browser")

CITY = "見本市（架空のデータ）"


def query(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def heading(page: Page):
    return page.get_by_role("heading", level=1)


def test_views_filters_and_the_place_stand_as_they_were_left(dashboard, open_page):
    page = open_page(f"{dashboard}/?municipality={CITY}")
    page.get_by_text("分布", exact=True).click()
    marks = page.locator(".kpi-map a.tile")
    expect(marks.last).to_be_visible()
    page.get_by_text("× 後退 6").click()
    # Six series, in up to three periods each.
    expect(page.locator(".kpi-cap").filter(has_text="6系列を、計画の順に")).to_be_visible()
    expect(page.locator(".kpi-map a.tile[aria-label*='第3期 後退']")).to_have_count(6)
    settled(page)
    there = page.url
    assert (query(page)["view"], query(page)["rating"]) == ("map", "D")
    mark = page.get_by_role("link", name="消防団員の充足率 第2期 後退")
    mark.click()
    expect(heading(page)).to_have_text("消防団員の充足率")
    assert query(page)["period"] == "2"
    page.go_back()
    expect(heading(page)).to_have_text("概況")
    expect(mark).to_be_focused()
    expect(page.locator(".kpi-map a.tile[aria-label*='第3期 後退']")).to_have_count(6)
    assert page.url == there

    other = open_page(there)
    expect(other.locator(".kpi-map a.tile[aria-label*='第3期 後退']")).to_have_count(6)
    other.get_by_text("注意リスト", exact=True).click()
    expect(other.locator(".kpi-lead").nth(1)).to_contain_text("40系列のうち23系列")
    expect(other.locator(".kpi-table tbody tr:visible")).to_have_count(23)
    other.get_by_role("link", name="評価できない2系列を見る").click()
    expect(other.locator(".kpi-table tbody tr:visible")).to_have_count(2)
    other.get_by_text("前回からの変化", exact=True).click()
    expect(other.locator(".kpi-moved").first).to_contain_text("悪くなった 2、良くなった 6")
    other.go_back()
    expect(other.locator(".kpi-table tbody tr:visible")).to_have_count(2)


def test_the_tree_is_gone_down_by_keyboard_and_found_again_as_it_was(dashboard, open_page):
    page = open_page(f"{dashboard}/policy-tree?municipality={CITY}")
    top = page.locator(".kpi-tree summary").filter(has_text="4 安全で快適なまち")
    expect(top).to_contain_text("8系列")
    top.focus()
    page.keyboard.press("Enter")
    measure = page.locator(".kpi-tree summary").filter(has_text="環境にやさしい暮らし")
    expect(measure).to_be_visible()
    measure.focus()
    page.keyboard.press("Space")
    link = page.locator(".kpi-tree").get_by_role("link", name="1人1日当たりごみ排出量")
    expect(link).to_be_visible()
    link.focus()
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("1人1日当たりごみ排出量")
    page.go_back()
    expect(heading(page)).to_have_text("体系")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.go_forward()
    expect(heading(page)).to_have_text("1人1日当たりごみ排出量")
    # Upwards, to the measure it hangs under.
    page.get_by_role("link", name="4-3 環境にやさしい暮らし").click()
    expect(heading(page)).to_have_text("体系")
    expect(page.locator(".kpi-tree summary.on")).to_contain_text("環境にやさしい暮らし")
    expect(link).to_be_visible()


def test_an_indicator_is_found_from_any_page_by_a_part_of_its_name(dashboard, open_page):
    page = open_page(f"{dashboard}/rules?municipality={CITY}")
    box = page.get_by_role("searchbox", name="指標を探す")
    box.fill("ｺﾞﾐ　はいしゅつ")
    expect(box).to_have_css("outline-style", "solid")
    box.press("Enter")
    expect(heading(page)).to_have_text("指標を探す")
    expect(page.get_by_role("status").first).to_contain_text("はありません")
    expect(page.get_by_role("heading", name="見つからないときは")).to_be_visible()
    box.fill("ｺﾞﾐ")
    box.press("Enter")
    found = page.locator(".kpi-found li").first
    expect(found).to_contain_text("見本市総合計画 › 4 安全で快適なまち › 4-3 環境にやさしい暮らし")
    there = page.url
    found.get_by_role("link").click()
    expect(heading(page)).to_have_text("1人1日当たりごみ排出量")
    expect(box).to_have_value("")
    page.go_back()
    expect(heading(page)).to_have_text("指標を探す")
    expect(box).to_have_value("ｺﾞﾐ")
    assert page.url == there
