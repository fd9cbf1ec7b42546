"""The import in a real browser: read, corrected, kept by name, accepted, taken back."""

from __future__ import annotations

import io
import shutil
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hands import press, settled
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Error, Page, expect
from raw_workbooks import zipped

pytestmark = pytest.mark.xdist_group("browser")

OUTLINE = [["自治体", "見本町"], ["計画", "見本町計画"]]
HEADINGS = "計画,指標,区分,年度,実績値\n"
RATE = "川崎市総合計画,国民健康保険料収入率等,現年度分,{},{}\n"


def workbook(rows, merge=()):
    book = Workbook()
    outline = book.active
    outline.title = "計画の概要"
    sheet = book.create_sheet("一覧")
    for row in OUTLINE:
        outline.append(row)
    for row in rows:
        sheet.append(row)
    for cells in merge:
        sheet.merge_cells(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.fixture(scope="module")
def own(start_server, empty_file, tmp_path_factory):
    """A dashboard with nothing on record at first; its address, and where layouts are kept."""
    folder = tmp_path_factory.mktemp("import")
    url = start_server(Path(shutil.copy(empty_file, folder / "kpi.db"))).url
    return url, folder / "layouts"


def look_at(page: Page, *files: tuple[str, str | bytes]) -> None:
    """Choose files and go on to how they are read."""
    page.locator("input[type=file]").set_input_files(
        [
            {
                "name": name,
                "mimeType": "application/octet-stream",
                "buffer": content.encode() if isinstance(content, str) else content,
            }
            for name, content in files
        ]
    )
    press(page, f"{len(files)}件のファイルの読み方を確かめる")
    expect(page.locator(".kpi-effect")).to_be_visible()


def choose(page: Page, label: str, option: str) -> None:
    """Choose as a person does, who opens a list again that closed while the page was drawn."""
    box = page.get_by_label(label, exact=True).first
    expect(box).to_be_visible()
    # At the very bottom of the window there is no room for the list.
    box.evaluate("box => box.scrollIntoView({block: 'center'})")
    for _ in range(3):
        settled(page)
        box.click()
        with suppress(Error):
            page.get_by_role("option", name=option, exact=True).click(timeout=5_000)
        settled(page)
        if box.input_value() == option:
            return
    expect(box).to_have_value(option)


def counts(page: Page):
    return page.locator(".kpi-effect .counts dt")


def accept(page: Page) -> None:
    press(page, "登録へ進む")
    press(page, "この内容で登録する")
    expect(page.get_by_text("登録しました")).to_be_visible()


def rate_on_overview(open_page, dashboard: str):
    rows = open_page(dashboard).locator(".kpi-table tbody tr:visible")
    return rows.filter(has_text="国民健康保険料").filter(has_text="現年度分").locator(".v b")


def test_files_are_looked_at_accepted_seen_and_taken_back(dashboard, open_page):
    page = open_page(f"{dashboard}/imports")
    look_at(
        page,
        ("R3実績.csv", HEADINGS + RATE.format("R3", "95.12")),
        ("R2訂正.csv", HEADINGS + RATE.format("R2", "94.80％")),
    )
    expect(counts(page)).to_have_text(["1", "1", "0"])
    expect(page.locator(".kpi-effect")).to_contain_text("94.76％ → 94.80％")
    press(page, "登録へ進む")
    changes = page.locator(".kpi-changes")
    expect(changes.nth(0)).to_contain_text("94.80％")
    expect(changes.nth(1)).to_contain_text("95.12％")
    changes.nth(0).get_by_role("link", name="R2訂正.csv › E2").click()
    piece = page.get_by_role("dialog")
    expect(piece.locator(".kpi-piece td.asked")).to_have_text("94.80％")
    expect(piece.locator("dl")).not_to_contain_text("登録")
    page.keyboard.press("Escape")
    expect(piece).to_have_count(0)
    press(page, "この内容で登録する")
    expect(page.get_by_text("登録しました")).to_be_visible()
    newest = page.locator(".kpi-ledger tbody tr").first
    expect(newest).to_contain_text("R3実績.csv、R2訂正.csv")
    expect(rate_on_overview(open_page, dashboard)).to_have_text("95.12")

    page.get_by_role("link", name="この取込を取り消す").click()
    press(page, "取り消して元に戻す")
    expect(page.get_by_text("の取込を取り消しました")).to_be_visible()
    expect(newest).to_contain_text("に取消")
    expect(rate_on_overview(open_page, dashboard)).to_have_text("94.76")

    # What others build on stays, and says which.
    plan = page.locator(".kpi-ledger tbody tr").filter(has_text="川崎市総合計画.xlsx")
    plan.get_by_role("link", name="取り消す").click()
    press(page, "取り消して元に戻す")
    refused = page.get_by_text("新しいものから順に取り消してください")
    expect(refused).to_contain_text("川崎市_実績.csv")


def test_the_sheet_is_shown_as_it_was_read(dashboard, open_page):
    page = open_page(f"{dashboard}/imports")
    rows = [
        ["令和6年度　成果指標実績一覧"],
        ["番号", "指標名", "単位", "実績値", None, "目標"],
        [None, None, None, "R5", "R6（速報）", "R7"],
        ["01", "世帯の数", "世帯", 52, "29（4）", "70以上"],
    ]
    merge = ["A2:A3", "B2:B3", "C2:C3", "D2:E2"]
    look_at(page, ("R6.xlsx", workbook(rows, merge)))
    readings = page.locator(".kpi-sheet .reading > *")
    expect(readings).to_have_text(
        ["道しるべの読み方", "番号", "指標名", "単位", "実績2023", "実績2024速報", "目標2025"]
    )
    expect(page.locator(".kpi-sheet td.heading").filter(has_text="実績値")).to_have_attribute(
        "colspan", "2"
    )
    expect(page.locator(".kpi-sheet td.found.error")).to_have_text("129（4）")
    expect(page.locator(".kpi-layout")).to_contain_text("2～3行")
    finding = page.locator(".kpi-findings tbody tr").first
    expect(finding).to_contain_text("要修正")
    expect(finding).to_contain_text("E4")
    expect(page.get_by_role("button", name="登録へ進む")).to_be_disabled()

    press(page, "指摘を書き込んだExcelを作る")
    with page.expect_download() as download:
        press(page, "指摘を書き込んだExcelを保存")
    assert download.value.suggested_filename == "R6_指摘.xlsx"
    copy = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert "29（4）" in copy["一覧"]["E4"].comment.text


WRONG = [
    ["KPI", "令和５年度の一覧"],
    ["事業の名前", "単位", "これまで", "R5の値"],
    ["受診率", "％", 35, 36],
    ["利用者数", "人", 1200, 1300],
    ["作成　企画課", "", 9, 9],
]
NEXT = [
    ["KPI", "令和６年度の一覧"],
    ["事業の名前", "単位", "これまで", "R6の値"],
    ["受診率", "％", 36, 37],
    ["利用者数", "人", 1300, 1400],
]


def correct_column(page: Page, column: str, meaning: str, year: str = "") -> None:
    choose(page, "列", column)
    choose(page, f"列 {column[0]} の読み方", meaning)
    page.get_by_label("年度（値の列）").fill(year)
    press(page, f"列 {column[0]} を直す")
    reading = page.locator(".kpi-sheet .reading > *").nth(ord(column[0]) - ord("A") + 1)
    expect(reading).to_contain_text(meaning.removeprefix("値："))


def test_a_wrong_heading_is_corrected_kept_by_name_and_used_on_next_years_file(own, open_page):
    url, layouts = own
    page = open_page(f"{url}/imports")
    look_at(page, ("R5.xlsx", workbook(WRONG)))
    choose(page, "シート", "R5.xlsx › 一覧　2／2")
    # For a moment the sheet shown before stands beside the one that was chosen.
    expect(page.locator(".kpi-sheet-head", has_text="5行4列")).to_be_visible()
    expect(page.locator(".kpi-layout")).to_contain_text("表が見つかりません")
    choose(page, "見出しの最初の行", "2")
    choose(page, "見出しの最後の行", "2")
    page.get_by_label("データの最後の行").fill("4")
    press(page, "見出しの行を直す")
    expect(page.locator(".kpi-findings")).to_contain_text("見出しに指定した2行目に")
    correct_column(page, "A 事業の名前", "指標名")
    correct_column(page, "C これまで", "値：実績", "令和4年度")
    correct_column(page, "D R5の値", "値：実績")
    expect(counts(page)).to_have_text(["4", "0", "0"])

    page.get_by_text("この読み方を次回も使う").click()
    page.get_by_label("読み方の名前").fill("../企画課")
    press(page, "読み方を保存する")
    expect(page.get_by_text("レイアウトの名前にできません")).to_be_visible()
    page.get_by_label("読み方の名前").fill("企画課の一覧")
    press(page, "読み方を保存する")
    expect(page.get_by_text("「企画課の一覧」として保存しました")).to_be_visible()
    (kept,) = layouts.iterdir()
    assert kept.name == "企画課の一覧.toml"
    # A year stands in it only where the person had to type it.
    assert "令和4年度" in kept.read_text(encoding="utf-8")
    assert "令和5年度" not in kept.read_text(encoding="utf-8")
    accept(page)

    press(page, "続けて取り込む")
    look_at(page, ("R6.xlsx", workbook(NEXT)))
    choose(page, "シート", "R6.xlsx › 一覧　2／2")
    choose(page, "ほかのレイアウトで読む", "保存した読み方：企画課の一覧")
    readings = page.locator(".kpi-sheet .reading > *")
    expect(readings.nth(4)).to_have_text("実績2024")
    warning = page.locator(".kpi-findings").first
    expect(warning).to_contain_text("「企画課の一覧」を保存したときの令和4年度としました")
    correct_column(page, "C これまで", "値：実績", "令和5年度")
    expect(warning).to_have_count(0)
    expect(counts(page)).to_have_text(["2", "0", "2"])


def test_the_year_of_a_heading_without_one_is_asked(dashboard, open_page):
    page = open_page(f"{dashboard}/imports")
    rows = [["指標", "単位", "実績値", "目標値"], ["受診率", "％", 35, "40以上"]]
    look_at(page, ("a.xlsx", workbook(rows)))
    page.get_by_label("列 C はどの年度ですか").fill("いつか")
    press(page, "この年度で読む")
    expect(page.get_by_text("「いつか」は年度として読めない")).to_be_visible()
    page.get_by_label("列 C はどの年度ですか").fill("R6")
    page.get_by_label("列 D はどの年度ですか").fill("2026年度")
    press(page, "この年度で読む")
    expect(page.locator(".kpi-sheet .reading > *").nth(3)).to_have_text("実績2024")
    expect(page.locator(".kpi-sheet .reading > *").nth(4)).to_have_text("目標2026")
    expect(counts(page)).to_have_text(["2", "0", "0"])


def test_a_broken_file_changes_nothing_and_where_no_copy_can_be_made_a_sentence_says_so(
    dashboard, open_page
):
    page = open_page(f"{dashboard}/imports")
    before = page.locator(".kpi-ledger tbody tr")
    expect(before.first).to_be_visible()
    count = before.count()
    look_at(page, ("壊れた表.xlsx", b"PK\x03\x04 broken"))
    findings = page.locator(".kpi-findings")
    expect(findings).to_contain_text("表としては読めません")
    expect(findings).to_contain_text("保存し直してください")
    expect(page.get_by_text("まだ登録できません")).to_be_visible()
    expect(page.get_by_role("button", name="登録へ進む")).to_be_disabled()
    press(page, "ファイルを選び直す")
    expect(before).to_have_count(count)

    data = workbook([["指標", "単位", "R5"], ["受診率", "％", "29（4）"]])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    # Nobody needs this part to read the cells, but the copy lists its own parts in it.
    parts["[Content_Types].xml"] = b"<Types>"
    look_at(page, ("a.xlsx", zipped(parts)))
    press(page, "指摘を書き込んだExcelを作る")
    expect(page.get_by_text("控えは作れませんでした")).to_be_visible()


def test_nothing_from_a_file_is_ever_markup(own, open_page):
    page = open_page(f"{own[0]}/imports")
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    name = "<img src=x onerror=alert(1)><b>指標</b>![x](http://example.invalid/x.png)"
    file = "![a](http:example.invalid) <img src=x onerror=alert(1)>.csv"
    rows = "自治体,計画,指標,単位,種別,計画期,年度,値\n"
    rows += f"{name},{name},{name},％,実績,,R2,5\n{name},{name},{name},％,目標,1,R7,6以上\n"
    look_at(page, (file, rows))
    expect(page.locator(".kpi-sheet-head h2")).to_have_text(file)
    accept(page)
    expect(page.locator("main img, section img")).to_have_count(0)
    page.get_by_role("link", name="この取込を取り消す").click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text(f"{file} の取込")
    expect(question.locator("img, b")).to_have_count(0)
    page.keyboard.press("Escape")
    # What was accepted is a click away.
    page.get_by_role("link", name="概況で「").click()
    expect(page.locator(".kpi-table tbody th")).to_contain_text(name)
    page.locator(".kpi-table tbody th a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.locator(".js-plotly-plot")).to_contain_text("6以上")


def test_a_figure_in_a_sentence_is_read_only_once_it_is_taken(dashboard, open_page):
    sentence = "就労支援を進め、就労による生活保護廃止件数が年間300件以上となっている。"
    page = open_page(f"{dashboard}/imports")
    look_at(page, ("目標.xlsx", workbook([["【目標（2030年のあるべき姿）】"], [sentence]])))
    row = page.get_by_role("row").filter(has_text="年間300件以上")
    expect(row.filter(has_text="令和12年度")).to_be_visible()
    expect(page.locator(".kpi-effect")).to_contain_text("0")
    settled(page)
    row.get_by_role("link", name="採る").click()
    expect(row.get_by_role("link", name="外す")).to_be_visible()
    expect(page.locator(".kpi-effect")).to_contain_text("目標 令和12（2030）年度")
    row.get_by_role("link", name="外す").click()
    expect(row.get_by_role("link", name="採る")).to_be_visible()
