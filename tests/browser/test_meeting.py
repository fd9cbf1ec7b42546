"""会議 in a real browser: prepared from a filter, held by keys, written down, told in Word."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.xdist_group("browser")

FIRST, SECOND, THIRD = (
    "特定健康診査の受診率",
    "大腸がん検診の受診率",
    "国民健康保険料収入率等 現年度分",
)
SCREEN = {"width": 1920, "height": 1080}
#: Whoever stops typing is waited for twice as long: 8 seconds.
PAUSES = """() => {
  const later = window.setTimeout;
  window.setTimeout = (what, ms, ...more) => later(what, ms === 4000 ? 8000 : ms, ...more);
}"""
#: Every text that is to be seen, with how high its letters are on the screen, whatever the drawing
#: around it is drawn in.
LETTERS = """() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const of = walk.currentNode.parentElement, text = walk.currentNode.data.trim();
    if (!text || !of.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true })) continue;
    // What is there for screen readers alone is a pixel wide, or lies beside the screen.
    const { width, right, bottom } = of.getBoundingClientRect();
    if (width <= 1 || right <= 0 || bottom <= 0) continue;
    if (of.closest("style, script, title, desc")) continue;
    const scale = of.getScreenCTM ? of.getScreenCTM().a : 1;
    found.push([text, parseFloat(getComputedStyle(of).fontSize) * scale]);
  }
  for (const of of document.querySelectorAll("textarea")) {
    found.push([of.value || of.placeholder, parseFloat(getComputedStyle(of).fontSize)]);
  }
  return found;
}"""
#: Goes on by the key, and waits until the next item is there. How long that takes is told by
#: `make bench`.
GO_ON = """(key) => new Promise((done) => {
  new MutationObserver((_, observer) => {
    observer.disconnect();
    done();
  }).observe(document.querySelector(".kpi-meeting .slide"), { childList: true });
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
})"""


@pytest.fixture(scope="module")
def address(start_server, sample_file, tmp_path_factory) -> str:
    path = shutil.copy(sample_file, tmp_path_factory.mktemp("meeting") / "kpi.db")
    server = start_server(Path(path), KPI_AUTHOR="山田")
    return f"{server.url}/meeting?municipality=見本市（架空のデータ）&plan=見本市総合計画"


def title(page: Page):
    return page.locator(".kpi-meeting h1")


def field(page: Page, name: str):
    return page.get_by_role("textbox", name=name, exact=True)


def test_a_meeting_is_prepared_held_by_keys_written_down_ended_and_told(address, open_page):
    page = open_page(address)
    page.get_by_role("button", name="新しい会議を準備する").click()
    page.get_by_label("会議の題名").fill("令和7年度 第1回 行政評価会議")
    page.get_by_label("出席者").fill("山田 花子\n佐藤 太郎")
    page.get_by_role("combobox", name="評価").click()
    page.get_by_role("option", name="遅れ").click()
    page.get_by_role("link", name="表示中の17件を入れる").click()
    chosen = page.locator(".kpi-report-list").nth(1).locator("tbody tr")
    expect(chosen).to_have_count(17)
    page.get_by_role("link", name=f"「{SECOND}」を1つ上へ").click()
    expect(chosen.first).to_contain_text(SECOND)
    page.get_by_role("link", name=f"「{FIRST}」を1つ上へ").click()
    expect(chosen.first).to_contain_text(FIRST)
    page.get_by_role("button", name="会議を保存する").click()
    page.get_by_role("button", name="会議を始める").click()

    # One item a screen, nothing around it, every letter to be read from the back row.
    page.set_viewport_size(SCREEN)
    expect(title(page)).to_have_text(FIRST)
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    for key, name in (("ArrowRight", SECOND), ("PageDown", THIRD), ("Home", FIRST)):
        letters = page.evaluate(LETTERS)
        assert len(letters) > 40
        assert [one for one in letters if one[1] < 28] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= SCREEN["width"]
        page.keyboard.press(key)
        expect(title(page)).to_have_text(name)
    page.keyboard.press("End")
    expect(page.get_by_text("議題 17 / 17")).to_be_visible()
    page.keyboard.press("Home")
    expect(title(page)).to_have_text(FIRST)
    for key in ["ArrowRight"] * 5 + ["PageUp"] * 4:
        page.evaluate(GO_ON, key)
    expect(title(page)).to_have_text(SECOND)
    page.go_back()
    expect(title(page)).to_have_text(THIRD)
    page.keyboard.press("ArrowLeft")
    expect(title(page)).to_have_text(SECOND)

    # Within a field the keys are the field's own; what nobody has left is there after a reload.
    field(page, "決定事項").fill("はがきで再勧奨する")
    expect(field(page, "決定事項")).to_have_css("outline-style", "solid")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(title(page)).to_have_text(SECOND)
    with page.expect_websocket() as connected:
        page.reload()
    expect(field(page, "決定事項")).to_have_value("はがきで再勧奨する")
    expect(page.get_by_text("山田", exact=False).first).to_be_visible()
    # What is left is sent at once, and not only when somebody pauses.
    page.evaluate(PAUSES)
    field(page, "担当").fill("健康推進課長")
    sent = connected.value.expect_event(
        "framesent", lambda frame: "健康推進課長".encode() in frame, timeout=6_000
    )
    with sent:
        field(page, "期限").focus()
    page.get_by_role("link", name="次の議題へ").click()
    expect(title(page)).to_have_text(THIRD)

    # Two people at once: both are told who was first, and both texts are kept.
    other = open_page(page.url)
    other.set_viewport_size(SCREEN)
    texts = ["口座振替を勧める", "窓口を夜も開く"]
    for window, words in zip((other, page), texts, strict=True):
        field(window, "決定事項").fill(words)
    for window in (other, page):
        field(window, "メモ").focus()
    told = page.get_by_text("履歴に残してあります")
    expect(told).to_be_visible()
    expect(other.get_by_text("履歴に残してあります")).to_be_visible()
    first = field(page, "決定事項").input_value()
    [late] = [words for words in texts if words != first]
    expect(told).to_contain_text(f"先に「{first}」")
    expect(told).to_contain_text(f"「{late}」は、履歴に")
    page.get_by_role("link", name="両方を並べる").click()
    expect(field(page, "決定事項")).to_have_value(f"{first}\n{late}")
    expect(told).to_have_count(0)

    # On a phone all of it stands below each other, nothing beside the screen.
    page.set_viewport_size({"width": 320, "height": 640})
    wide = page.evaluate("document.querySelector('.kpi-meeting').scrollWidth")
    assert wide <= 320
    page.set_viewport_size(SCREEN)

    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="会議を終了する").click()
    expect(page.get_by_text("この会議は終了しています")).to_be_visible()
    expect(page.get_by_role("cell", name="はがきで再勧奨する")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="議事録").click()
    assert waiting.value.suggested_filename == "令和7年度 第1回 行政評価会議_議事録.docx"
    document = Document(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "山田 花子、佐藤 太郎" in cells
    assert any(cell.startswith("はがきで再勧奨する　山田 ") for cell in cells)
    assert any(cell.startswith(f"{first}\n{late}") for cell in cells)
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 2"]
    assert headings[:3] == [f"1　{FIRST}", f"2　{SECOND}", f"3　{THIRD}"]
    assert len(document.inline_shapes) == 17
