"""実績照会 from its opening to the assessment, by people who signed in, each as who they are."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from at_rounds import bring, row_of, written
from hands import press, settled
from openpyxl import load_workbook
from playwright.sync_api import expect
from signed_in import Dashboard, sidebar, sign_in

from kpi.collecting.form import actual_key
from kpi.model import FiscalYear, Kind, Role, Stage, Status, Step, User
from kpi.store import fact_history, plans, proposals_of_round, read_parts, rounds, verify_audit

pytestmark = pytest.mark.xdist_group("browser")

YEAR = FiscalYear(2025)
INSURANCE, HEALTH = "国保年金課", "健康推進課"
HANAKO, TARO, SHIRO = "企画 花子（hanako）", "国保 太郎（taro）", "健康 四郎（shiro）"
#: The series of 国保年金課: two rates and two sums that are not paid yet.
RATE, UNPAID, ELDERS_RATE, ELDERS_UNPAID = 4, 5, 6, 7
#: What departments call their workbooks.
SENT, CORRECTED = "R7国保【提出用】 - コピー (2).xlsx", "R7国保【提出用】訂正.xlsx"
LATE = "健康推進課（遅れてすみません）.xlsx"
#: What does something; boxes to choose from have buttons too.
BUTTONS = ":is([data-testid=stButton], [data-testid=stDownloadButton]) button:enabled"
FULL_WIDTH = str.maketrans("0123456789.%", "０１２３４５６７８９．％")


class Round(Dashboard):
    """The dashboard with what is on record of its one round."""

    @property
    def header(self):
        return next(h for h in plans(self.engine) if h.municipality == self.city)

    @property
    def entry(self):
        [entry] = rounds(self.engine, self.city)
        return entry

    @property
    def snapshot(self):
        return read_parts(self.engine, self.header)

    @property
    def answers(self):
        known = proposals_of_round(self.engine, self.city, self.entry.round.id)
        return sorted((one for one in known if one.department), key=lambda one: one.id)

    def actual(self, series_id):
        return self.snapshot.facts.get(actual_key(series_id, YEAR))

    def history(self, series_id):
        """Return what was said of the year one after another, by whom and in which file."""
        return [
            (one.value_text, one.status, one.author, one.source_file)
            for one in fact_history(self.engine, self.city, series_id)
            if (one.kind, one.fiscal_year) == (Kind.ACTUAL, YEAR)
        ]


@pytest.fixture
def round_(start_server, sample_file, tmp_path, provider):
    made = Round(start_server, sample_file, tmp_path, provider)
    made.put(User("hanako", "企画 花子", frozenset({Role.PLANNER})))
    made.put(User("taro", "国保 太郎", frozenset({Role.EDITOR}), frozenset({INSURANCE})))
    made.put(User("shiro", "健康 四郎", frozenset({Role.EDITOR}), frozenset({HEALTH})))
    made.put(User("jiro", "閲覧 次郎", frozenset({Role.VIEWER})))
    yield made
    made.engine.dispose()


def as_last_year(data):
    """Fill in what is known of the year before, in wide letters."""
    book = load_workbook(io.BytesIO(data))
    sheet = book["実績照会"]
    keys = {cell.value: cell.column - 1 for cell in sheet[1]}
    texts = {}
    for row in sheet.iter_rows(min_row=2):
        before = row[keys[f"actual {YEAR - 1}"]].value
        if str(row[0].value).isdigit() and before is not None:
            is_rate = row[keys["unit"]].value == "％"
            figure = before.removesuffix("（速報）") + ("%" if is_rate else "")
            texts |= {
                (int(row[0].value), "figure"): figure.translate(FULL_WIDTH),
                (int(row[0].value), "status"): "確定",
            }
    return written(data, texts)


def at(page, path):
    """Follow the link of the navigation to a page."""
    settled(page)
    sidebar(page).get_by_role("link", name=path, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(path)
    settled(page)


def told(page):
    return page.locator(".kpi-told.done")


def test_a_round_from_its_opening_to_the_assessment(round_, visit):
    # The planner asks, and has a workbook for each department.
    planner = visit(round_.url)
    sign_in(planner, "1")
    at(planner, "照会状況")
    expect(planner.locator(".kpi-round-preview")).to_contain_text(
        "19の所管課に、40項目を照会します"
    )
    press(planner, "照会を開く")
    expect(told(planner)).to_contain_text("19の所管課への照会を開きました")
    assert (round_.entry.author, round_.entry.round.fiscal_year) == (HANAKO, YEAR)
    settled(planner)
    with planner.expect_download() as download:
        planner.get_by_role("button", name="照会用のブックをまとめて保存").click()
    with zipfile.ZipFile(Path(download.value.path())) as archive:
        forms = {
            Path(name).stem.rpartition("_")[2]: archive.read(name) for name in archive.namelist()
        }
    assert len(forms) == 19

    # A department answers; one sum is in thousands of yen where it is to be in millions.
    editor = visit(round_.url)
    sign_in(editor, "2")
    at(editor, "実績入力")
    expect(editor.get_by_label("回答する課")).to_have_value(INSURANCE)
    answered = {
        (RATE, "figure"): "９４．８％",
        (RATE, "status"): "確定",
        (UNPAID, "figure"): "８０３，０００",
        (UNPAID, "status"): "確定",
        (ELDERS_RATE, "figure"): "99.55 %",
        (ELDERS_RATE, "status"): "確定",
        (ELDERS_UNPAID, "figure"): "1,905万円",
        (ELDERS_UNPAID, "status"): "速報",
        (RATE, "cause"): "口座振替の勧奨が遅れ、目標に届かなかった。",
        (ELDERS_RATE, "cause"): "滞納整理の着手が遅れた。",
    }
    first = written(forms[INSURANCE], answered)
    rows = bring(editor, (SENT, first))
    expect(row_of(rows, "R7国保")).to_contain_text("821百万円の約1,000倍です")
    press(editor, "1件のブックで回答する")
    expect(told(editor)).to_contain_text("国保年金課の回答を入れました")
    # The question is asked of the planner too, who asks the department.
    planner.reload()
    board = planner.locator(".kpi-round")
    expect(board.get_by_role("row", name=INSURANCE)).to_contain_text("確認事項 1件")
    board.get_by_role("link", name=INSURANCE).click()
    expect(planner.get_by_role("dialog")).to_contain_text("確認をお願いしたい項目（1件）")
    planner.keyboard.press("Escape")
    # What was wrong is corrected where it was written; the cell says who was there before.
    answered[UNPAID, "figure"] = "８０３"
    rows = bring(editor, (CORRECTED, written(forms[INSURANCE], answered)))
    row_of(rows, "訂正").get_by_role("link").click()
    question = editor.get_by_role("radiogroup").filter(has_text="あなたの値：８０３")
    question.get_by_text("あなたの値：８０３").click()
    press(editor, "選んだとおりにする")
    press(editor, "回答する")
    expect(told(editor)).to_contain_text("回答しました（1件）")

    # All others but one come by mail, and the planner brings them in together.
    at(planner, "実績入力")
    others = {name: data for name, data in forms.items() if name not in (INSURANCE, HEALTH)}
    rows = bring(
        planner,
        *(
            (f"{number:02}_{name}より.xlsx", as_last_year(data))
            for number, (name, data) in enumerate(others.items(), 1)
        ),
    )
    expect(rows.filter(has_text="このまま回答できます。")).to_have_count(17)
    press(planner, "17件のブックで回答する")
    expect(told(planner)).to_have_count(17)

    # What the planner confirms at the close becomes 確定, and the assessment can be fixed.
    at(planner, "照会状況")
    expect(board.get_by_role("row", name=HEALTH)).to_contain_text("未回答")
    expect(board.get_by_role("row", name="生活福祉課")).to_contain_text("一部回答")
    expect(board.get_by_text("回答済み")).to_have_count(17)
    press(planner, "締め切る")
    dialog = planner.get_by_role("dialog")
    expect(dialog).to_contain_text("実績のない項目：4件")
    dialog.get_by_text("後期高齢者医療保険料収入率等 収入未済額　1,905").click()
    settled(planner)
    dialog.get_by_role("button", name="締め切る", exact=True).click()
    expect(told(planner)).to_contain_text("1項目を速報から確定にしました")
    press(planner, "この年度の評価を確定する")
    expect(planner).to_have_url(re.compile(f"year={YEAR}"))
    expect(planner.get_by_role("button", name="評価を確定")).to_be_visible()

    # Who comes late is told so, and waits for the planner's yes.
    late = visit(round_.url)
    sign_in(late, "5")
    at(late, "実績入力")
    expect(late.locator(".kpi-answer")).to_contain_text("この照会は締め切られています。")
    bring(late, (LATE, as_last_year(forms[HEALTH])))
    press(late, "1件のブックで回答する")
    expect(told(late)).to_contain_text("企画担当が認めると計画に入ります")
    assert round_.actual(1) is None
    at(planner, "照会状況")
    expect(board.get_by_role("row", name=HEALTH)).to_contain_text("受取待ち")
    press(planner, "受け取る")
    expect(told(planner)).to_contain_text("回答を受け取りました。")

    # The log of all acts tells of answers as answers.
    at(planner, "履歴")
    planner.get_by_text("操作記録", exact=True).click()
    told_last = planner.locator("tbody tr", has_text="令和7年度の実績　健康推進課").first
    expect(told_last).to_contain_text("回答・記載の承認")

    # On record: every figure as it was written and where, who said it, and what was said before.
    figures = [round_.actual(item.series_id) for item in round_.entry.items]
    assert sum(fact is None for fact in figures) == 1
    assert {fact.status for fact in figures if fact} == {Status.FINAL}
    assert round_.history(RATE) == [("９４．８％", "確定", TARO, SENT)]
    assert round_.history(UNPAID) == [
        ("８０３，０００", "確定", TARO, SENT),
        ("８０３", "確定", TARO, CORRECTED),
    ]
    assert round_.history(ELDERS_RATE) == [("99.55 %", "確定", TARO, SENT)]
    assert round_.history(ELDERS_UNPAID) == [
        ("1,905万円", "速報", TARO, SENT),
        ("1,905万円", "確定", HANAKO, ""),
    ]
    assert round_.history(1) == [("３８．９％", "確定", SHIRO, LATE)]
    assert [round_.actual(one).value for one in (RATE, UNPAID, ELDERS_RATE, ELDERS_UNPAID, 1)] == [
        94.8,
        803_000_000,
        99.55,
        19_050_000,
        38.9,
    ]
    assert sorted(note.text for note in round_.snapshot.notes) == [
        "口座振替の勧奨が遅れ、目標に届かなかった。",
        "滞納整理の着手が遅れた。",
    ]
    assert {answer.stage for answer in round_.answers} == {Stage.APPROVED}
    assert {answer.department: answer.author for answer in round_.answers} == dict.fromkeys(
        others, HANAKO
    ) | {INSURANCE: TARO, HEALTH: SHIRO}
    [of_health] = [answer for answer in round_.answers if answer.department == HEALTH]
    assert [(one.step, one.author) for one in of_health.steps] == [
        (Step.SAVE, SHIRO),
        (Step.SUBMIT, SHIRO),
        (Step.APPROVE, HANAKO),
    ]
    assert [state for state in verify_audit(round_.engine) if state.broken] == []

    # Who may only look is told for whom the pages are, and finds nothing to press.
    viewer = visit(round_.url)
    sign_in(viewer, "3")
    expect(sidebar(viewer)).to_contain_text("閲覧 次郎（jiro）")
    settled(viewer)
    for name in ("照会状況", "実績入力"):
        expect(sidebar(viewer).get_by_role("link", name=name)).to_have_count(0)
    for path, landmark in (("rounds", ".kpi-round"), ("actuals", ".kpi-answer")):
        viewer.goto(f"{round_.url}/{path}")
        expect(viewer.locator(landmark)).to_be_visible()
        settled(viewer)
        expect(viewer.locator(BUTTONS)).to_have_count(0)
        expect(viewer.locator("input[type=file]")).to_have_count(0)
