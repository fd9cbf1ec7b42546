"""目標編集: typed and pasted as in Excel, read at once, kept, saved, and nobody overwritten."""

import re
import shutil
from datetime import UTC, datetime

import pytest
from hands import click_cell, type_into
from playwright.sync_api import expect

from kpi.model import Kind, Step
from kpi.store import open_database, plans, proposals, read_parts, read_proposal, step_proposal

pytestmark = pytest.mark.xdist_group("editing")

BLOCK = ["１２", "▲5", "12.5％", "1,234", "67億5,319万円", "65％以上", "50億円以下", "ー"]
READ = {
    "１２": "12％",
    "▲5": "−5％",
    "12.5％": "12.5％",
    "1,234": "1,234％",
    "67億5,319万円": "67億5,319万円",
    "65％以上": "65％以上",
    "50億円以下": "50億円以下",
    "ー": "目標を置かない",
}


@pytest.fixture(scope="module")
def city(start_server, sample_file, tmp_path_factory):
    """A dashboard with drafts alone: none goes into the plan. Its address and its database."""
    database = tmp_path_factory.mktemp("editing") / "kpi.db"
    shutil.copy(sample_file, database)
    engine = open_database(f"sqlite:///{database}")
    yield start_server(database).url, engine
    engine.dispose()


def mihon(engine):
    return next(header for header in plans(engine) if header.plan.name == "見本市総合計画")


def editor(open_page, address, query=""):
    page = open_page(f"{address}/target-editing?municipality=見本市（架空のデータ）{query}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(page.get_by_test_id("stDataFrame").locator("#glide-cell-4-0")).to_have_count(1)
    settled(page)
    return page


def settled(page):
    """Wait until the page is drawn and the server has nothing more to say."""
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    expect(page.locator(".kpi-edits")).to_be_visible()


#: Where the columns of the sample plan stand, from the left of the table.
WIDTH = {"indicator": 214, "series": 84, "unit": 62, "figure": 102, "year": 74}
_PAIR = WIDTH["figure"] + WIDTH["year"]
_FIXED = WIDTH["indicator"] + WIDTH["series"] + WIDTH["unit"]
THIRD = _FIXED + 3 * _PAIR + 40
THIRD_YEAR = _FIXED + 3 * _PAIR + WIDTH["figure"] + 20


def paste(page, text):
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+v")


def line(page, title):
    return page.locator(".kpi-edits tbody tr").filter(has_text=title)


def fill(page, label, text):
    box = page.get_by_label(label, exact=True)
    box.fill(text)
    box.press("Tab")


def save(page, title="第3期目標の見直し", reason="実績を踏まえる"):
    fill(page, "改定案の題名", title)
    fill(page, "改定の理由", reason)
    page.get_by_role("button", name="下書きを保存する").click()


def newest(engine):
    """The draft saved last."""
    municipality = mihon(engine).municipality
    return read_proposal(engine, municipality, proposals(engine, municipality)[0].id)


def texts_of(proposal):
    return {edit.after.value_text if edit.after else "ー" for edit in proposal.edits}


def test_a_block_from_excel_is_read_cell_by_cell_and_saved_as_typed(city, open_page):
    address, engine = city
    page = editor(open_page, address)
    click_cell(page, THIRD, 0)
    paste(page, "\n".join(BLOCK))
    rows = page.locator(".kpi-edits tbody tr")
    expect(rows).to_have_count(len(BLOCK))
    for text, reading in READ.items():
        row = rows.filter(
            has=page.locator("b", has_text=re.compile(f"^{re.escape(text)}(（R7）)?$"))
        )
        expect(row).to_have_count(1)
        expect(row).to_contain_text(reading)
    save(page)
    expect(page.locator(".kpi-told.done")).to_contain_text(
        "「第3期目標の見直し」を保存しました（変更8件）。"
    )
    proposal = newest(engine)
    assert texts_of(proposal) == set(BLOCK)
    assert {edit.key.period for edit in proposal.edits} == {3}
    # Nothing is in force yet.
    assert read_parts(engine, mihon(engine)).facts[proposal.edits[0].key].value_text == "42.0以上"
    # Who opens the page anew finds the draft as it was saved.
    again = editor(open_page, address, f"&draft={proposal.id}")
    expect(again.locator(".kpi-edits tbody tr")).to_have_count(len(BLOCK))
    expect(again.get_by_label("改定案の題名", exact=True)).to_have_value("第3期目標の見直し")
    cell = again.get_by_test_id("stDataFrame").locator("#glide-cell-9-0")
    expect(cell).to_have_text("１２")


def test_what_cannot_be_read_is_named_kept_in_sight_and_not_saved(city, open_page):
    address, engine = city
    known = proposals(engine, mihon(engine).municipality)
    page = editor(open_page, address)
    click_cell(page, THIRD, 0)
    paste(page, "六割くらい\n12人")
    expect(line(page, "特定健康診査の受診率")).to_contain_text("「六割くらい」は")
    expect(line(page, "特定保健指導の実施率")).to_contain_text(
        "「人」の単位で書かれていますが、この系列の単位は「％」です。"
    )
    type_into(page, THIRD, 2, "31.5以上")
    expect(line(page, "大腸がん検診の受診率")).to_contain_text("31.5％以上")
    save(page)
    expect(page.locator(".kpi-refused")).to_contain_text("読めないセルが2件あるため")
    assert proposals(engine, mihon(engine).municipality) == known
    # Another view and back: it is still there, in the cell and in the panel.
    page.get_by_text("変更した行だけ").click()
    grid = page.get_by_test_id("stDataFrame")
    expect(grid.locator("#glide-cell-9-1")).to_have_text("12人")
    expect(grid.locator("#glide-cell-9-3")).to_have_count(0)
    page.get_by_role("link", name="評価ルール").click()
    expect(page.get_by_role("heading", name="評価ルール")).to_be_visible()
    page.get_by_role("link", name="目標編集").click()
    expect(line(page, "特定健康診査の受診率")).to_contain_text("「六割くらい」は")
    expect(line(page, "大腸がん検診の受診率")).to_contain_text("31.5％以上")
    expect(grid.locator("#glide-cell-9-0")).to_have_text("六割くらい")
    # One taken back, one mended.
    line(page, "特定健康診査の受診率").get_by_role("link").click()
    expect(line(page, "特定健康診査の受診率")).to_have_count(0)
    expect(grid.locator("#glide-cell-9-0")).to_have_text("42.0以上")
    settled(page)
    type_into(page, THIRD, 1, "12％")
    expect(line(page, "特定保健指導の実施率")).to_contain_text("12％・令和7（2025）年度")
    save(page)
    expect(page.locator(".kpi-told.done")).to_contain_text("変更2件")


def test_the_menu_and_the_buttons_of_the_table_are_in_japanese(city, open_page):
    address, _ = city
    page = editor(open_page, address)
    box = page.get_by_test_id("stDataFrame").locator("canvas").first.bounding_box()
    # The menu of a column opens at the right end of its heading.
    right = box["x"] + _FIXED + WIDTH["figure"] - 8
    page.mouse.move(right, box["y"] + 17)
    page.mouse.click(right, box["y"] + 17)
    items = page.get_by_role("menu", name="列のメニュー").get_by_role("menuitem")
    expect(items.nth(0)).to_contain_text("昇順に並べる")
    expect(page.get_by_role("menuitem", name="列を隠す")).to_be_visible()
    expect(page.get_by_role("menuitem", name=re.compile("Sort|Autosize|Pin|Hide"))).to_have_count(0)
    page.keyboard.press("Escape")
    buttons = page.get_by_test_id("stElementToolbar").first.get_by_role("button")
    expect(buttons.nth(0)).to_have_attribute("aria-label", "出す列を選ぶ")


def test_another_year_moves_a_target_and_one_outside_its_period_is_refused(city, open_page):
    address, _ = city
    page = editor(open_page, address)
    type_into(page, THIRD_YEAR, 0, "令和６年度")
    expect(line(page, "特定健康診査の受診率")).to_contain_text("42.0以上（R6）")
    type_into(page, THIRD_YEAR, 1, "R9")
    expect(line(page, "特定保健指導の実施率")).to_contain_text(
        "第3期の目標が令和9年度になっていますが、第3期は令和4〜7年度です。"
    )


def test_the_second_to_save_a_cell_sees_who_was_first_and_decides(city, open_page):
    address, engine = city
    page = editor(open_page, address)
    type_into(page, THIRD, 0, "43.0以上")
    expect(line(page, "特定健康診査の受診率")).to_contain_text("43％以上")
    save(page)
    expect(page.locator(".kpi-told.done")).to_contain_text("保存しました")
    draft = f"&draft={newest(engine).id}"
    first, second = (editor(open_page, address, draft) for _ in range(2))
    type_into(first, THIRD, 0, "44.0以上")
    type_into(first, THIRD, 1, "31.0以上")
    expect(line(first, "特定保健指導の実施率")).to_contain_text("31％以上")
    save(first, reason="福祉課の意見")
    expect(first.locator(".kpi-told.done")).to_contain_text("保存しました")

    type_into(second, THIRD, 0, "45.0以上")
    type_into(second, THIRD, 1, "32.0以上")
    expect(line(second, "特定保健指導の実施率")).to_contain_text("32％以上")
    save(second, reason="財政課の意見")
    expect(second.locator(".kpi-refused")).to_contain_text(
        "2件のセルを、ほかの人が先に変えています"
    )
    choices = second.get_by_role("radiogroup").filter(has_text="先の値")
    expect(choices).to_have_count(2)
    expect(choices.nth(0)).to_contain_text("あなたの値：45.0以上")
    expect(choices.nth(0)).to_contain_text("先の値：44.0以上（R7）")
    expect(second.get_by_text("福祉課の意見")).to_have_count(2)
    second.get_by_text("あなたの値：45.0以上").click()
    second.get_by_text("先の値：31.0以上").click()
    second.get_by_role("button", name="選んだとおりに保存する").click()
    expect(second.locator(".kpi-told.done")).to_contain_text("保存しました")
    proposal = newest(engine)
    assert texts_of(proposal) == {"45.0以上", "31.0以上"}
    assert all(edit.key.kind is Kind.TARGET for edit in proposal.edits)


def test_what_of_a_pasted_block_has_no_cell_is_named(city, open_page):
    address, _ = city
    page = editor(open_page, address, "&search=特定健康診査")
    click_cell(page, THIRD, 0)
    paste(page, "43.0以上\n31.0以上")
    expect(line(page, "特定健康診査の受診率")).to_contain_text("43％以上")
    expect(page.locator(".kpi-refused")).to_contain_text(
        "貼り付けたうち1件は、表の外か直せない欄にあたり、入っていません（31.0以上）。"
    )
    click_cell(page, 40, 0)
    paste(page, "特定健康診査の受診率\t\t人")
    expect(page.locator(".kpi-refused")).to_contain_text("入っていません（人）。")


def test_drafts_of_others_are_read_anew_and_a_submitted_one_is_left_alone(city, open_page):
    address, engine = city
    page = editor(open_page, address)
    type_into(page, THIRD, 0, "43.0以上")
    expect(line(page, "特定健康診査の受診率")).to_contain_text("43％以上")
    save(page)
    expect(page.locator(".kpi-told.done")).to_contain_text("保存しました")
    other = editor(open_page, address, f"&draft={newest(engine).id}")
    type_into(page, THIRD, 1, "31.0以上")
    expect(line(page, "特定保健指導の実施率")).to_contain_text("31％以上")
    save(page)
    expect(page.locator(".kpi-told.done")).to_contain_text("変更2件")
    # Nothing was typed there: it goes on from what is on record.
    other.get_by_text("変更した行だけ").click()
    expect(line(other, "特定保健指導の実施率")).to_contain_text("31％以上")
    proposal = newest(engine)
    type_into(other, THIRD, 0, "44.0以上")
    expect(line(other, "特定健康診査の受診率")).to_contain_text("44％以上")
    step_proposal(
        engine,
        mihon(engine).municipality,
        proposal.id,
        Step.SUBMIT,
        version=proposal.version,
        author="企画課",
        now=datetime(2026, 11, 30, tzinfo=UTC),
    )
    other.get_by_role("button", name="下書きを保存する").click()
    expect(other.locator(".kpi-refused")).to_contain_text("申請か決裁に進んだため")
    as_new = other.get_by_role("button", name="変更を新しい下書きに移す")
    as_new.click()
    expect(as_new).to_have_count(0)
    settled(other)
    expect(line(other, "特定健康診査の受診率")).to_contain_text("44％以上")
    save(other, title="第3期目標の再見直し")
    expect(other.locator(".kpi-told.done")).to_contain_text("「第3期目標の再見直し」")
