"""Goals written as prose, on the sentences of a real department's goals."""

import pytest
from acts import NOW, planner

from kpi.acting.imports import accept
from kpi.charts import values_table
from kpi.importing.draft import Context
from kpi.importing.layouts import Correction, propose
from kpi.importing.matching import prepare
from kpi.importing.readers import read_books
from kpi.importing.reading import read_tables
from kpi.settings import ROOT
from kpi.store import plans, read_plan

FILE = ROOT / "data" / "plans" / "八王子市生活福祉目標.xlsx"
PROSE = "重要度が高い事務事業"


@pytest.fixture(scope="module")
def book():
    return read_books([(FILE.name, FILE.read_bytes())])[0]


@pytest.fixture(scope="module")
def sheet(book):
    return next(sheet for sheet in book.sheets if sheet.name == PROSE)


# Indicator, figure, kind and year as a person wrote them down from the same sentences; a year that
# only the document's title tells is not found in them.
READ_BY_A_PERSON = [
    ("新規相談件数", "1722件", "actual", 2019),
    ("新規相談件数", "3411件", "actual", 2024),
    ("就労による生活保護廃止件数", "年間300件以上", "target", 2030),
    ("就労による生活保護廃止件数", "230件", "target", None),
    ("稼働収入の増加による生活保護廃止件数", "約200件", "actual", None),
    ("訪問予定数", "70%を超える", "target", None),
    ("受診勧奨数", "1,200件", "target", 2030),
    ("各種健診受診率", "60%", "target", 2030),
    ("窓口現金支給(平均)", "290件", "target", None),
    ("代理納付 都営", "3.0%", "target", None),
    ("代理納付 市営", "40.0%", "target", None),
    ("代理納付 民間", "25%", "target", None),
    ("弁償金現年納付率", "50.0%", "target", None),
    ("新規受給者", "100件/月", "actual", None),
]


def test_the_figures_of_the_sentences_are_proposed_with_what_they_are_of(sheet):
    proposed = [(p.indicator, p.figure, p.kind.value, p.fiscal_year) for p in propose(sheet)]
    assert proposed == READ_BY_A_PERSON


def test_every_proposal_leads_back_to_its_sentence(sheet):
    for proposal in propose(sheet):
        cell = sheet.rows[proposal.row][proposal.column]
        assert proposal.sentence[:12] in " ".join(cell.split())


def draft_of(book, accepted):
    said = {PROSE: Correction(accepted=frozenset(accepted))}
    said |= {
        other.name: Correction(layout="none") for other in book.sheets if "採った" in other.name
    }
    return read_tables([book], Context(), [said])


def test_nothing_of_prose_is_read_unasked(book, empty):
    assert prepare(empty, draft_of(book, [])).added == []


def test_an_accepted_sentence_becomes_a_target_with_the_sentence_as_its_note(book, sheet, empty):
    [goal] = [p for p in propose(sheet) if p.figure == "年間300件以上"]
    preview = prepare(empty, draft_of(book, [goal.key]))
    assert not preview.has_errors, [finding.message for finding in preview.findings]
    accept(empty, planner(), preview, reason="test", now=NOW)
    [row] = values_table(read_plan(empty, plans(empty)[0])).to_dict("records")
    assert (row["indicator"], row["comparator"], row["value"], row["unit"]) == (
        "就労による生活保護廃止件数",
        ">=",
        300.0,
        "件",
    )
    assert (row["kind"], row["fiscal_year"], row["note"]) == ("target", 2030, goal.sentence)
    assert (row["source_sheet"], row["source_cell"]) == (PROSE, goal.cell)
