"""資料作成 in a real browser: chosen, ordered, looked at, made, and kept for the next time."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Page, expect
from pptx import Presentation

pytestmark = pytest.mark.xdist_group("browser")

RATE, HELD = "大腸がん検診の受診率", "要介護認定率（75～84歳）"


@pytest.fixture(scope="module")
def address(start_server, sample_file, tmp_path_factory) -> str:
    path = shutil.copy(sample_file, tmp_path_factory.mktemp("reports") / "kpi.db")
    server = start_server(Path(path), KPI_AUTHOR="山田")
    return f"{server.url}/reports?municipality=見本市（架空のデータ）&plan=見本市総合計画"


@pytest.fixture
def page(address, open_page) -> Page:
    return open_page(address)


def chosen(page):
    return page.locator(".kpi-report-list").nth(1).locator("tbody tr td.src")


def take(page, *titles):
    page.get_by_role("link", name="すべて外す").click()
    expect(page.get_by_text("まだ入っていません")).to_be_visible()
    for count, title in enumerate(titles, 1):
        page.get_by_role("link", name=f"「{title}」を資料に入れる").click()
        expect(chosen(page)).to_have_count(count)


def downloaded(page, name):
    page.get_by_role("button", name="資料を作る").click()
    button = page.get_by_role("button", name="ダウンロード：")
    expect(button).to_contain_text(name)
    with page.expect_download() as waiting:
        button.click()
    assert waiting.value.suggested_filename == name
    return Path(waiting.value.path()).read_bytes()


def titles_in(slides):
    """The titles of the slides that have a chart."""
    return [
        slide.shapes.title.text
        + " ".join(s.text_frame.text for s in slide.shapes if s.has_text_frame)
        for slide in Presentation(io.BytesIO(slides)).slides
        if any(shape.has_chart for shape in slide.shapes)
    ]


def test_two_indicators_are_chosen_ordered_looked_at_made_and_kept(page):
    expect(chosen(page)).to_have_count(40)
    take(page, RATE, HELD)
    page.get_by_role("link", name=f"「{HELD}」を1つ上へ").click()
    expect(chosen(page)).to_have_text([HELD, RATE])

    page.get_by_role("button", name="プレビュー").click()
    seen = page.frame_locator("iframe[title='プレビュー']")
    expect(seen.get_by_role("heading", name=re.compile(RATE)).first).to_be_visible()

    slides = titles_in(downloaded(page, "見本市総合計画_令和6年度_議会資料.pptx"))
    assert len(slides) == 2
    assert HELD in slides[0]
    assert RATE in slides[1]

    page.get_by_text("所管課ごとに分けて").click()
    expect(page.get_by_role("button", name="ダウンロード")).to_have_count(0)
    parcel = downloaded(page, "見本市総合計画_令和6年度_議会資料.zip")
    assert zipfile.ZipFile(io.BytesIO(parcel)).namelist() == [
        f"見本市総合計画_令和6年度_議会資料_{name}.pptx" for name in ("健康推進課", "高齢福祉課")
    ]

    page.get_by_role("radio", name="一覧（Excel）").click()
    page.get_by_role("button", name="名前を付けて保存").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("資料の組の名前").fill("9月議会")
    dialog.get_by_role("button", name="この名前で保存する").click()
    expect(page.get_by_text("資料の組「9月議会」を保存しました")).to_be_visible()
    expect(dialog).to_be_hidden()
    page.reload()
    expect(chosen(page)).to_have_text([HELD, RATE])
    expect(page.get_by_role("radio", name="一覧（Excel）")).to_be_checked()


def test_pages_of_the_booklet_are_seen_before_it_is_made(page):
    take(page, RATE)
    page.get_by_role("radio", name="冊子（PDF）").click()
    page.get_by_role("button", name="プレビュー").click()
    pictures = page.locator(".st-key-report-pages img")
    # They come one after the other.
    expect(pictures.nth(1)).to_be_visible()


def form(*paragraphs: str) -> dict[str, str | bytes]:
    """A Word form of the city's own, as it is put into the box."""
    document, file = Document(), io.BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(file)
    mime = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return {"name": "様式.docx", "mimeType": mime, "buffer": file.getvalue()}


def test_the_city_s_own_form_is_looked_at_first_and_what_is_being_made_is_given_up(page):
    page.get_by_role("radio", name="評価調書（Word）").click()
    page.get_by_role("button", name="資料を作る").click()
    page.get_by_role("button", name="やめる").click()
    expect(page.get_by_text("作成をやめました。")).to_be_visible()
    expect(page.get_by_role("button", name="ダウンロード：")).to_have_count(0)

    take(page, RATE)
    page.get_by_text("自分たちのWordの様式を使う").click()
    box = page.locator("input[type=file]")
    box.set_input_files([form("{{ 指標 }}", "{{ 所管 }}")])
    wrong = page.locator(".st-key-report-template-refused")
    expect(wrong).to_contain_text("2番目の段落")
    expect(wrong).to_contain_text("「所管課」ではありませんか")
    expect(page.get_by_role("button", name="資料を作る")).to_have_count(0)
    box.set_input_files([form("様式1　{{ 指標 }}", "所管は{{ 所管課 }}")])
    made = Document(io.BytesIO(downloaded(page, "見本市総合計画_令和6年度_評価調書.docx")))
    told = [paragraph.text for paragraph in made.paragraphs if paragraph.text]
    assert told == [f"様式1　{RATE}", "所管は健康推進課"]
