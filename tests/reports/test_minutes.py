"""議事録: who met, what was looked at, what was decided by whom, as of which day."""

import io
from datetime import UTC, date, datetime

import pytest
from docx import Document
from docx.oxml.ns import qn

from kpi.charts import assess
from kpi.model import FiscalYear, Meeting, WordKind
from kpi.reports.minutes import minutes
from kpi.store import WordVersion, open_database, plans, read_plan

DAY = date(2025, 6, 20)
WHEN = datetime(2025, 6, 20, 1, 32, tzinfo=UTC)
CHECKUPS, SCREENING = "特定健康診査の受診率", "大腸がん検診の受診率"
AUTHOR = "花子（hanako）"


@pytest.fixture(scope="module")
def assessment(sample_file):
    engine = open_database(f"sqlite:///{sample_file}")
    [header] = [one for one in plans(engine) if one.plan.name == "見本市総合計画"]
    yield assess(read_plan(engine, header), 2024)
    engine.dispose()


@pytest.fixture(scope="module")
def ids(assessment):
    return {title: series_id for series_id, title in assessment.titles.items()}


@pytest.fixture(scope="module")
def meeting(ids):
    agenda = (ids[SCREENING], ids[CHECKUPS], 9999)
    present = ("山田 花子", "佐藤 太郎")
    return Meeting("第1回 行政評価会議", 1, FiscalYear(2024), DAY, "第1会議室", present, agenda)


@pytest.fixture(scope="module")
def words(ids):
    def word(kind, number, text, *, is_late=False):
        return WordVersion(ids[SCREENING], kind, number, text, AUTHOR, WHEN, is_late)

    return [
        word(WordKind.DECISION, 1, "はがきで\n再勧奨する <b>"),
        word(WordKind.DECISION, 2, "休日に開く", is_late=True),
        word(WordKind.CHARGE, 1, "健康推進課長"),
        word(WordKind.DUE, 1, "9月末"),
        word(WordKind.MEMO, 1, "消した"),
        word(WordKind.MEMO, 2, ""),
    ]


@pytest.fixture(scope="module")
def made(assessment, meeting, words):
    return minutes(assessment, meeting, words, day=DAY, plan="見本市総合計画")


@pytest.fixture(scope="module")
def document(made):
    return Document(io.BytesIO(made))


def rows(document):
    return [[cell.text for cell in row.cells] for t in document.tables for row in t.rows]


def test_they_say_what_meeting_it_was_and_who_was_there(document):
    assert document.paragraphs[1].text == "議事録　第1回 行政評価会議"
    assert rows(document)[:4] == [
        ["日", "2025年6月20日（金）"],
        ["場所", "第1会議室"],
        ["出席者", "山田 花子、佐藤 太郎"],
        ["計画", "見本市総合計画（令和6（2024）年度まで）"],
    ]


def test_each_item_is_told_in_the_order_of_the_agenda_with_its_chart(document):
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 2"]
    assert headings == [f"1　{SCREENING}", f"2　{CHECKUPS}", "3　いまの計画にない指標"]
    told = next(row[0] for row in rows(document) if row[0].startswith("実績"))
    for said in (
        "22.4％　令和6年度（速報）",
        "△ 遅れ",
        "30.0％以上（令和7年度）",
        "あと 7.6ポイント",
    ):
        assert said in told
    assert len(document.inline_shapes) == 2
    assert document.inline_shapes[0]._inline.docPr.get("descr").startswith(f"{SCREENING}の推移")


def test_what_was_decided_stands_with_who_wrote_it_and_when(document):
    written = f"{AUTHOR} 2025-06-20 10:32"
    own = [
        row for row in rows(document) if row[0] in ("決定事項", "メモ", "担当", "期限", "採否未定")
    ]
    assert own[:5] == [
        ["決定事項", f"はがきで\n再勧奨する <b>　{written}"],
        ["メモ", "（なし）"],
        ["担当", f"健康推進課長　{written}"],
        ["期限", f"9月末　{written}"],
        ["採否未定", f"決定事項：休日に開く　{written}"],
    ]


def test_they_end_with_the_day_the_figures_are_of_and_the_rule(document):
    end = document.paragraphs[-1].text
    assert end.startswith("数値は2025年6月20日（金）時点です。　評価：")
    assert "版。" in end


def test_every_letter_is_set_in_a_japanese_font(document):
    fonts = document.styles["Normal"].element.rPr.rFonts
    assert {fonts.get(qn(f"w:{script}")) for script in ("ascii", "eastAsia")} == {"Yu Gothic"}


def test_the_same_meeting_gives_the_same_bytes(assessment, meeting, words, made):
    assert minutes(assessment, meeting, words, day=DAY, plan="見本市総合計画") == made


def test_a_name_with_signs_that_no_document_takes_stands_without_them(assessment, meeting, ids):
    said = WordVersion(
        ids[SCREENING], WordKind.MEMO, 1, "検診車", "山田\x0b 花\x00子", WHEN, is_late=False
    )
    made = minutes(assessment, meeting, [said], day=DAY, plan="見本市総合計画")
    assert "検診車　山田 花子 2025-06-20 10:32" in [
        row[1] for row in rows(Document(io.BytesIO(made)))
    ]
