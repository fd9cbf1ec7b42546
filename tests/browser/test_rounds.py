"""A round in a real browser: opened, its forms saved, followed on the board, closed."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from datetime import UTC, datetime

import pytest
from acts import import_bytes
from mail_server import Post, listen
from openpyxl import load_workbook
from playwright.sync_api import expect

from kpi.collecting.form import actual_key
from kpi.model import Fact, FactEdit, Status, Step
from kpi.store import (
    open_database,
    plans,
    read_parts,
    rounds,
    save_proposal,
    step_proposal,
)

pytestmark = pytest.mark.xdist_group("browser")

HEALTH, TAX = "健康課", "税務課/収納係"
PLAN = """\
自治体,計画,施策,指標番号,指標,区分,単位,所管課,計画期,年度,目標値
見本町,健康計画,健康づくり,1,受診率,,％,健康課,1,R8,65％以上
見本町,健康計画,保険,2,保険料,収入率,％,税務課/収納係,1,R8,95％以上
見本町,健康計画,保険,3,相談件数,,件,,1,R8,100件
"""


class Town:
    """A database of the test's own with a small plan, and a dashboard on it."""

    def __init__(self, database, start_server, **settings):
        self.engine = open_database(f"sqlite:///{database}")
        preview, batch = import_bytes(self.engine, ("計画.csv", PLAN.encode()))
        assert batch, preview.findings
        self.url = start_server(database, KPI_AUTHOR="企画 花子", **settings).url

    @property
    def header(self):
        return plans(self.engine)[0]

    @property
    def entry(self):
        return rounds(self.engine, self.header.municipality)[0]

    def answer(self, department, value, status, steps=(Step.SUBMIT, Step.APPROVE)):
        """Answer the first series that a department is asked for."""
        municipality, round_ = self.header.municipality, self.entry.round
        item = next(one for one in self.entry.items if one.department == department)
        key = actual_key(item.series_id, round_.fiscal_year)
        after = Fact(key, value, value_text=f"{value:g}", status=status)
        before = read_parts(self.engine, self.header).facts.get(key)
        saved = save_proposal(
            self.engine,
            municipality,
            self.header.plan.id,
            [FactEdit(key, before, after)],
            title="回答",
            author=department,
            round_id=round_.id,
            department=department,
            now=datetime.now(UTC),
        )
        for version, step in enumerate(steps, 1):
            step_proposal(
                self.engine,
                municipality,
                saved.id,
                step,
                version=version,
                author=department,
                now=datetime.now(UTC),
            )

    def actuals(self):
        facts = read_parts(self.engine, self.header).facts.values()
        year = self.entry.round.fiscal_year
        return sorted(
            (fact.value, fact.status) for fact in facts if fact.key == actual_key(fact.key[0], year)
        )


@pytest.fixture
def post():
    """What the departments got by mail."""
    return Post()


@pytest.fixture
def town(empty_file, tmp_path, start_server, post):
    server = listen(post)
    made = Town(
        shutil.copy(empty_file, tmp_path / "kpi.db"),
        start_server,
        KPI_SMTP_HOST="127.0.0.1",
        KPI_SMTP_PORT=str(server.port),
        KPI_SMTP_FROM="kikaku@city.example.jp",
    )
    yield made
    made.engine.dispose()
    server.stop()


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def open_round(town, open_page):
    """Open a round on its page; return the page."""
    page = open_page(f"{town.url}/rounds")
    expect(page.locator(".kpi-round-preview")).to_contain_text("2の所管課に、2項目を照会します")
    button(page, "照会を開く").click()
    expect(page.get_by_text("2の所管課への照会を開きました")).to_be_visible()
    return page


def test_a_round_is_opened_its_forms_are_saved_sent_and_its_words_changed(town, open_page, post):
    page = open_round(town, open_page)
    assert {item.department for item in town.entry.items} == {HEALTH, TAX}
    assert town.entry.author == "企画 花子"
    board = page.locator(".kpi-round")
    expect(board.get_by_role("row")).to_have_count(3)
    expect(board.get_by_text("未回答")).to_have_count(2)
    with page.expect_download() as download:
        button(page, "照会用のブックをまとめて保存").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        names = archive.namelist()
        book = load_workbook(io.BytesIO(archive.read(names[0])))
    assert [name.rpartition("_")[2] for name in names] == ["健康課.xlsx", "税務課／収納係.xlsx"]
    assert "受診率" in [cell.value for row in book["実績照会"].iter_rows() for cell in row]

    # Who has no address is named.
    button(page, "メールで送る").click()
    dialog = page.get_by_role("dialog")
    box = dialog.get_by_role("textbox")
    box.fill(f"所管課,メール\n{HEALTH},kenko@city.example.jp\n福祉課,x@city.example.jp")
    box.press("Control+Enter")
    expect(dialog).to_contain_text("3行目：福祉課 は、この照会の所管課にありません")
    expect(dialog).to_contain_text(f"アドレスのない課が1あります：{TAX}")
    button(dialog, "1課に送る").click()
    expect(page.get_by_text("1課に送りました。")).to_be_visible()
    expect(dialog).to_be_hidden()
    [letter] = post.received
    assert letter["To"] == "kenko@city.example.jp"
    [form] = letter.iter_attachments()
    assert "健康課" in form.get_filename()
    book = load_workbook(io.BytesIO(form.get_content()))
    assert "受診率" in [cell.value for row in book["実績照会"].iter_rows() for cell in row]

    button(page, "期限や対象を変える").click()
    words = dialog.get_by_role("textbox", name="所管課への文面")
    words.fill("至急お願いします。")
    words.press("Control+Enter")
    button(dialog, "変える").click()
    expect(page.get_by_text("照会の内容を変えました。")).to_be_visible()
    assert town.entry.round.wording == "至急お願いします。"
    assert len(town.entry.items) == 2


def test_a_round_is_followed_on_the_board_closed_and_opened_again(town, open_page):
    page = open_round(town, open_page)
    town.answer(HEALTH, 60.4, Status.PROVISIONAL)
    page.reload()
    board, dialog = page.locator(".kpi-round"), page.get_by_role("dialog")
    expect(board.get_by_role("row", name=HEALTH)).to_contain_text("回答済み")
    expect(board.get_by_role("row", name=HEALTH)).to_contain_text("1 / 1")
    expect(board.get_by_role("row", name=TAX)).to_contain_text("未回答")
    # What a department said leads to its indicator.
    board.get_by_role("link", name=HEALTH).click()
    expect(dialog.get_by_role("row", name="受診率")).to_contain_text("60.4")
    dialog.get_by_role("link", name="受診率").click()
    expect(page.get_by_role("row", name="60.4").first).to_be_visible()
    page.go_back()
    # Who has said nothing is reminded, or answered for.
    board.get_by_role("link", name=TAX).click()
    expect(dialog).to_contain_text("税務課/収納係　ご担当者様")
    expect(dialog).to_contain_text("・保険料 収入率")
    button(dialog, "この課の実績入力を開く").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("実績入力")
    expect(page.get_by_label("回答する課")).to_have_value(TAX)
    page.go_back()

    button(page, "締め切る").click()
    expect(dialog).to_contain_text("実績のない項目：1件")
    dialog.get_by_text("健康課　受診率　60.4（速報）").click()
    button(dialog, "締め切る").click()
    expect(page.get_by_text("1項目を速報から確定にしました")).to_be_visible()
    assert town.actuals() == [(60.4, Status.FINAL)]
    # The close leads to the assessment of the year.
    button(page, "この年度の評価を確定する").click()
    expect(page).to_have_url(re.compile(f"year={town.entry.round.fiscal_year}"))
    expect(page.get_by_role("button", name="評価を確定")).to_be_visible()
    page.go_back()

    town.answer(TAX, 94.0, Status.FINAL, steps=(Step.SUBMIT,))
    page.reload()
    expect(page.get_by_role("row", name=TAX)).to_contain_text("受取待ち")
    assert len(town.actuals()) == 1
    button(page, "差し戻す").click()
    expect(page.get_by_role("alert")).to_be_visible()
    button(page, "受け取る").click()
    expect(page.get_by_text("回答を受け取りました。")).to_be_visible()
    assert town.actuals() == [(60.4, Status.FINAL), (94.0, Status.FINAL)]

    button(page, "もう一度開く").click()
    button(dialog, "開く").click()
    expect(page.get_by_text("もう一度開きました")).to_be_visible()
    assert not town.entry.round.is_closed
    assert town.actuals() == [(60.4, Status.PROVISIONAL), (94.0, Status.FINAL)]
