"""Answers of departments: forms filled in at a desk, brought back, and taken in."""

import hashlib
import io
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import streamlit
from acts import editor, planner
from openpyxl import load_workbook

from kpi.collecting.answering import (
    AnswerRefused,
    accept_answer,
    answer_at_hand,
    give,
    places_of,
    return_answer,
    save_answer,
)
from kpi.collecting.answers import bring_back, read_answer
from kpi.collecting.board import board
from kpi.collecting.filled import Filled, Place, read_form, typed_of
from kpi.collecting.form import actual_key, form_rows, missing
from kpi.collecting.mark import MARK_SHEET
from kpi.collecting.questions import Code, questions
from kpi.collecting.workbook import form_workbook
from kpi.editing import applied
from kpi.importing.draft import Context
from kpi.importing.readers import read_book, read_books
from kpi.importing.reading import read_files
from kpi.model import (
    FactEdit,
    FiscalYear,
    Fraction,
    Kind,
    Note,
    NoteKind,
    PartEdit,
    Stage,
    Status,
)
from kpi.store import (
    Overtaken,
    SourceFile,
    batches,
    fact_history,
    notes,
    read_proposal,
    record,
    verify_audit,
    version,
)
from kpi.ui import answer_books
from kpi.ui.actuals import Work

YEAR = FiscalYear(2024)
MAY = datetime(2025, 5, 1, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
HEALTH, TAX = "健康課", "税務課/収納係"
CHECKUPS, RATE, UNPAID = "受診率", "国民健康保険料 収入率", "国民健康保険料 収入未済額"


@pytest.fixture
def asked(town):
    """The town with an open round in which 健康課 is asked for 分子・分母, too."""
    entry = town.open()
    items = [replace(item, asks_fraction=True) for item in entry.items if item.department == HEALTH]
    record(
        town.engine, town.header.municipality, items, author="企画課", reason="分子・分母", now=MAY
    )
    return town


@pytest.fixture
def typed(asked, series_of):
    """Read texts typed in the form of a department: by what the row is about and the column."""

    def read(texts, department=HEALTH, snapshot=None):
        plan = snapshot or asked.snapshot
        rows = form_rows(plan, asked.entry, department)
        cells = {Place(series_of(title), column): text for (title, column), text in texts.items()}
        return read_form(plan, YEAR, rows, cells)

    return read


def out(asked, department=HEALTH, now=MAY):
    place = asked.header.municipality
    return form_workbook(planner(), asked.snapshot, asked.entry, place, department, now)


def at_desk(data, change):
    """The form after somebody has opened, changed and saved it."""
    book = load_workbook(io.BytesIO(data))
    change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def cell(book, title, key):
    """The cell of what a row is about under a column."""
    sheet = book["実績照会"]
    columns = {c.value: c.column for c in sheet[1]}
    for number in range(2, sheet.max_row + 1):
        names = (sheet.cell(number, columns[name]).value or "" for name in ("indicator", "series"))
        if " ".join(names).strip() == title and sheet.cell(number, columns["#id"]).value:
            return sheet.cell(number, columns[key])
    raise LookupError(title)


def written(data, texts):
    def change(book):
        for (title, key), text in texts.items():
            cell(book, title, key).value = text

    return at_desk(data, change)


def back(asked, *files):
    """Bring in files, each of them a form or a name with a form."""
    named = [file if isinstance(file, tuple) else ("回答.xlsx", file) for file in files]
    books = [read_book(name, data) for name, data in named]
    rounds = [asked.entry]
    plan = asked.snapshot
    return bring_back(books, asked.header.municipality, rounds, {plan.plan.id: plan})


def codes(found):
    return [finding.code for finding in found.findings]


def facts(filled):
    return {
        edit.key.series_id: edit.after and (edit.after.value, edit.after.status)
        for edit in filled.edits
        if isinstance(edit, FactEdit)
    }


def parts(filled):
    return [edit.after for edit in filled.edits if isinstance(edit, PartEdit)]


def answer(asked, filled, department=HEALTH, now=MAY, at_hand=None, **more):
    return give(
        asked.engine,
        editor(department),
        asked.header.municipality,
        asked.entry,
        department,
        filled,
        answer=at_hand,
        now=now,
        **more,
    )


def on_record(asked, series_id):
    fact = asked.snapshot.facts.get(actual_key(series_id, YEAR))
    return fact and (fact.value, fact.status, fact.value_text, fact.note)


# What is typed in a form.


def test_what_is_typed_is_read_as_an_import_reads_it(typed, series_of):
    filled = typed({(CHECKUPS, "figure"): "６０．１％", (CHECKUPS, "status"): "速報"})
    assert not filled.findings
    assert facts(filled) == {series_of(CHECKUPS): (60.1, Status.PROVISIONAL)}
    filled = typed({(UNPAID, "figure"): "58.4", (RATE, "figure"): "93.9（確定値）"}, TAX)
    # Bare figures count in the unit beside the cell, 百万円.
    assert facts(filled) == {
        series_of(UNPAID): (58_400_000.0, None),
        series_of(RATE): (93.9, Status.FINAL),
    }


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        ({"figure": "たくさん"}, "number-unreadable"),
        ({"figure": "60.1人"}, "unit-differs"),
        ({"figure": "60.1（R5）"}, "year-unreadable"),
        ({"figure": "60.1", "status": "だいたい"}, "word-unknown"),
        ({"figure": "60.1（速報）", "status": "確定"}, "answer-status-twice"),
        ({"figure": "60.1", "numerator": "百人ほど?"}, "number-unreadable"),
    ],
)
def test_what_cannot_be_read_is_found_at_its_cell_and_makes_no_edit(typed, texts, code):
    filled = typed({(CHECKUPS, key): text for key, text in texts.items()})
    assert [one.code for found in filled.findings.values() for one in found] == [code]
    (place,) = filled.refused
    assert place.column in texts
    said = {"fraction"} if place.column == "numerator" else {"figure"}
    kinds = {"figure" if isinstance(edit, FactEdit) else "fraction" for edit in filled.edits}
    assert kinds.isdisjoint(said)


@pytest.mark.parametrize("column", ["note", "cause"])
def test_a_text_longer_than_can_be_recorded_is_found_and_not_cut(typed, series_of, column):
    whole = typed({(CHECKUPS, "figure"): "60.1", (CHECKUPS, column): "あ" * 4000})
    assert whole.findings == {}
    assert len(whole.edits) == (1 if column == "note" else 2)
    filled = typed({(CHECKUPS, column): "あ" * 4001})
    ((place, (finding,)),) = filled.findings.items()
    assert (place, finding.code) == (Place(series_of(CHECKUPS), column), "answer-too-long")
    assert "4001字" in finding.message
    assert filled.edits == []


def test_none_is_no_value_and_never_zero(typed):
    filled = typed({(CHECKUPS, "figure"): "未集計", (CHECKUPS, "note"): "7月に公表"})
    assert filled.edits == []
    assert not filled.refused
    found = [one.code for found in filled.findings.values() for one in found]
    assert found == ["nothing-stated", "answer-without-figure"]
    assert facts(typed({(CHECKUPS, "figure"): "0"})) != {}


def test_numerator_and_denominator_stand_beside_the_rate(typed, series_of):
    filled = typed(
        {
            (CHECKUPS, "figure"): "60.1",
            (CHECKUPS, "numerator"): "1,202人",
            (CHECKUPS, "denominator"): "２千人",
        }
    )
    assert parts(filled) == [
        Fraction(series_of(CHECKUPS), YEAR, 1202.0, 2000.0, "1,202人", "２千人")
    ]
    (half,) = parts(typed({(CHECKUPS, "numerator"): "1,202人"}))
    assert (half.numerator, half.denominator) == (1202.0, None)


def test_notes_are_of_the_indicator_and_the_year(typed):
    filled = typed({(RATE, "cause"): "滞納が増えた。", (UNPAID, "action"): "催告を強める。"}, TAX)
    (note,) = parts(filled)
    assert (note.kind, note.fiscal_year, note.text) == (NoteKind.CAUSE, YEAR, "滞納が増えた。")
    # The second row of the indicator has no room for notes, and says so.
    (place,) = filled.refused
    assert (place.column, filled.findings[place][0].code) == ("action", "answer-not-asked")


def test_the_board_stands_whatever_numerator_and_denominator_were_typed(asked, typed):
    texts = {"figure": "50", "numerator": "999999999999999", "denominator": "0.000000000000001"}
    answer(asked, typed({(CHECKUPS, column): text for column, text in texts.items()}))
    lines = board(asked.snapshot, asked.entry, asked.proposals, MAY.date())
    (line,) = (one for one in lines if one.department == HEALTH)
    assert Code.FRACTION in [question.code for _, question in line.questions]


def test_what_stands_there_already_is_no_change(typed, asked):
    first = typed({(CHECKUPS, "figure"): "60.1", (CHECKUPS, "status"): "速報"})
    answer(asked, first)
    assert typed({(CHECKUPS, "figure"): "60.1", (CHECKUPS, "status"): "速報"}).edits == []
    (edit,) = typed({(CHECKUPS, "status"): "確定"}).edits
    assert (edit.before.status, edit.after.status) == (Status.PROVISIONAL, Status.FINAL)
    assert edit.after.value_text == "60.1"
    (edit,) = typed({(CHECKUPS, "figure"): ""}).edits
    assert edit.after is None


def test_a_draft_stands_in_the_form_as_it_was_typed(typed, asked, series_of):
    texts = {
        (CHECKUPS, "figure"): "６０．１",
        (CHECKUPS, "numerator"): "1,202",
        (CHECKUPS, "cause"): "周知が進んだ。",
    }
    plan = asked.snapshot
    rows = form_rows(plan, asked.entry, HEALTH)
    after = form_rows(applied(plan, typed(texts).edits), asked.entry, HEALTH)
    assert typed_of(rows, after) == {
        Place(series_of(title), column): text for (title, column), text in texts.items()
    }


# Forms brought back.


def test_a_form_nobody_filled_in_says_nothing(asked):
    for data in (out(asked), at_desk(out(asked), lambda _: None)):
        (found,) = back(asked, data)
        assert (found.changed, found.clashing, found.findings) == ([], [], [])


def test_what_was_written_leads_back_to_its_cell(asked, series_of):
    texts = {
        (CHECKUPS, "figure"): "60.1",
        (CHECKUPS, "status"): "確定",
        (CHECKUPS, "numerator"): 1202,
        (CHECKUPS, "denominator"): 2000,
        (CHECKUPS, "cause"): "周知が進んだ。",
    }
    data = written(out(asked), texts)
    (found,) = back(asked, ("コピー ～ 健康課（最終）2.xlsx", data))
    filled = read_answer(found, asked.snapshot)
    assert not found.findings
    assert not filled.findings
    (edit,) = [edit for edit in filled.edits if isinstance(edit, FactEdit)]
    place = edit.after.provenance
    assert (place.file, place.sha256) == ("コピー ～ 健康課（最終）2.xlsx", found.book.sha256)
    assert load_workbook(io.BytesIO(data))[place.sheet][place.cell].value == "60.1"
    assert edit.after.status is Status.FINAL
    assert parts(filled) == [
        Fraction(series_of(CHECKUPS), YEAR, 1202.0, 2000.0, "1202", "2000"),
        Note(edit_indicator(asked, CHECKUPS), YEAR, NoteKind.CAUSE, 0, "周知が進んだ。"),
    ]


def edit_indicator(asked, name):
    return next(one.id for one in asked.snapshot.indicators if one.name == name)


def test_a_share_formatted_as_per_cent_is_that_many_per_cent(asked, series_of):
    def change(book):
        figure = cell(book, CHECKUPS, "figure")
        figure.value, figure.number_format = 0.601, "0.0%"

    (found,) = back(asked, at_desk(out(asked), change))
    assert facts(read_answer(found, asked.snapshot)) == {series_of(CHECKUPS): (60.1, None)}


def test_what_cannot_be_read_is_found_at_its_cell_of_the_file(asked):
    data = written(out(asked), {(CHECKUPS, "figure"): "およそ6割か7割"})
    (found,) = back(asked, data)
    filled = read_answer(found, asked.snapshot)
    ((finding,),) = filled.findings.values()
    at = cell(load_workbook(io.BytesIO(data)), CHECKUPS, "figure").coordinate
    assert (finding.code, finding.sheet, finding.cell) == ("number-unreadable", "実績照会", at)


def test_what_contradicts_a_cell_that_nobody_touched_leads_to_that_cell(asked, typed):
    answer(asked, typed({(CHECKUPS, "figure"): "60速報"}))
    data = written(out(asked), {(CHECKUPS, "figure"): "60推計"})
    (found,) = back(asked, data)
    filled = read_answer(found, asked.snapshot)
    ((finding,),) = filled.findings.values()
    at = cell(load_workbook(io.BytesIO(data)), CHECKUPS, "status").coordinate
    assert (finding.code, finding.sheet, finding.cell) == ("answer-status-twice", "実績照会", at)


@pytest.mark.sqlite
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_form_saved_by_libreoffice_reads_the_same(asked, series_of, tmp_path):
    data = written(out(asked), {(CHECKUPS, "figure"): "60.1", (CHECKUPS, "cause"): "注 1-2"})
    path = tmp_path / "in" / "a.xlsx"
    path.parent.mkdir()
    path.write_bytes(data)

    def saved_as(kind):
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", tmp_path]
        subprocess.run([*command, path], check=True, capture_output=True, timeout=120)
        return Path(tmp_path / f"a.{kind}").read_bytes()

    (found,) = back(asked, saved_as("xlsx"))
    assert codes(found) == []
    filled = read_answer(found, asked.snapshot)
    assert facts(filled) == {series_of(CHECKUPS): (60.1, None)}
    assert [note.text for note in parts(filled)] == ["注 1-2"]
    (other,) = back(asked, ("a.ods", saved_as("ods")))
    assert codes(other) == ["edit-saved-otherwise"]


def test_rows_may_be_sorted_filtered_and_moved(asked, series_of):
    def change(book):
        sheet = book["実績照会"]
        cell(book, UNPAID, "figure").value = "58.4"
        first, second = (cell(book, title, "#id").row for title in (RATE, UNPAID))
        for column in range(1, sheet.max_column + 1):
            one, other = sheet.cell(first, column), sheet.cell(second, column)
            one.value, other.value = other.value, one.value
        sheet.row_dimensions[second].hidden = True
        sheet.insert_rows(1, 2)
        sheet.insert_cols(1)

    (found,) = back(asked, at_desk(out(asked, TAX), change))
    assert codes(found) == []
    assert facts(read_answer(found, asked.snapshot)) == {series_of(UNPAID): (58_400_000.0, None)}


def test_rows_that_were_deleted_stay_unanswered_and_are_told(asked, series_of):
    def change(book):
        cell(book, UNPAID, "figure").value = "58.4"
        book["実績照会"].delete_rows(cell(book, RATE, "#id").row)

    (found,) = back(asked, at_desk(out(asked, TAX), change))
    assert codes(found) == ["edit-row-missing"]
    assert not found.is_refused
    assert facts(read_answer(found, asked.snapshot)) == {series_of(UNPAID): (58_400_000.0, None)}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda book: setattr(cell(book, CHECKUPS, "unit"), "value", "人"), "edit-cell-locked"),
        (lambda book: setattr(cell(book, CHECKUPS, "figure"), "value", "=1+2"), "edit-formula"),
        (lambda book: book["実績照会"].append([None, None, "新しい指標"]), "edit-row-added"),
        (lambda book: book.remove(book["_道しるべ照会"]), "not-an-answer"),
        (lambda book: setattr(book["_道しるべ照会"]["A1"], "value", "?"), "edit-mark-damaged"),
        (lambda book: setattr(book["_道しるべ照会"]["B1"], "value", "99"), "edit-version"),
        (lambda book: setattr(book["_道しるべ照会"]["B2"], "value", "999999"), "answer-elsewhere"),
        (lambda book: setattr(book["_道しるべ照会"]["B4"], "value", "7"), "answer-round-unknown"),
        (
            lambda book: setattr(book["_道しるべ照会"]["B5"], "value", "旧健康課"),
            "answer-department-unknown",
        ),
    ],
)
def test_what_is_in_the_way_is_told_in_a_sentence(asked, change, code):
    (found,) = back(asked, at_desk(out(asked), change))
    assert codes(found) == [code]
    assert found.is_refused
    assert all((f.title, f.message, f.hint) for f in found.findings)


def test_any_other_file_is_no_answer(asked):
    (csv, broken) = back(
        asked, ("a.csv", "指標,値\n受診率,60\n".encode()), ("b.xlsx", b"PK\3\4 no")
    )
    assert codes(csv) == ["not-an-answer"]
    assert broken.is_refused
    assert "not-an-answer" not in codes(broken)


def test_forms_are_read_by_the_process_that_reads_every_upload(asked, series_of):
    data = written(out(asked), {(CHECKUPS, "figure"): "60.1"})
    plan = asked.snapshot
    books = read_books([("a.xlsx", data)])
    (found,) = bring_back(books, asked.header.municipality, [asked.entry], {plan.plan.id: plan})
    assert facts(read_answer(found, plan)) == {series_of(CHECKUPS): (60.1, None)}


def test_forms_of_several_departments_come_back_together(asked, series_of):
    health = written(out(asked), {(CHECKUPS, "figure"): "60.1"})
    tax = written(out(asked, TAX), {(RATE, "figure"): "93.9"})
    again = written(out(asked), {(CHECKUPS, "figure"): "61"})
    first, second, third = back(
        asked, ("健康.xlsx", health), ("税務.xlsx", tax), ("健康 (2).xlsx", again)
    )
    assert [found.mark.department for found in (first, second)] == [HEALTH, TAX]
    assert facts(read_answer(second, asked.snapshot)) == {series_of(RATE): (93.9, None)}
    assert codes(third) == ["answer-twice"]
    assert "健康.xlsx" in third.findings[0].message
    assert third.changed == []


def test_an_old_form_changes_only_the_cells_that_were_written_in(asked, typed):
    old = out(asked)
    answer(asked, typed({(CHECKUPS, "figure"): "60.1", (CHECKUPS, "cause"): "周知"}))
    (found,) = back(asked, written(old, {(CHECKUPS, "action"): "続ける。"}))
    assert not found.clashing
    assert [note.text for note in parts(read_answer(found, asked.snapshot))] == ["続ける。"]


def test_a_cell_that_was_answered_meanwhile_is_for_a_person_to_decide(asked, typed):
    old = out(asked)
    answer(asked, typed({(CHECKUPS, "figure"): "60.1"}))
    (found,) = back(asked, written(old, {(CHECKUPS, "figure"): "61"}))
    (clash,) = found.clashing
    assert (clash.taken, clash.typed, clash.now) == ("", "61", "60.1")
    assert read_answer(found, asked.snapshot).edits == []
    (edit,) = read_answer(found, asked.snapshot, [clash]).edits
    assert (edit.before.value, edit.after.value) == (60.1, 61.0)


def test_a_column_that_the_file_brought_itself_is_told_and_not_read(asked, series_of):
    def change(book):
        figure = cell(book, CHECKUPS, "figure")
        figure.value = "60.1"
        end = book["実績照会"].max_column + 1
        book["実績照会"].cell(1, end).value = "自分の列"
        book["実績照会"].cell(figure.row, end).value = "要確認"

    (found,) = back(asked, at_desk(out(asked), change))
    assert codes(found) == ["edit-outside"]
    assert facts(read_answer(found, asked.snapshot)) == {series_of(CHECKUPS): (60.1, None)}


def test_a_mark_with_columns_that_no_form_has_is_no_mark(asked):
    def change(book):
        sheet = book[MARK_SHEET]
        keys = next(row for row in sheet.iter_rows() if row[0].value == "#id")
        sheet.cell(keys[0].row, sheet.max_column + 1).value = "k1"

    (found,) = back(asked, at_desk(out(asked), change))
    assert codes(found) == ["edit-mark-damaged"]


@pytest.mark.sqlite
def test_files_on_the_screen_are_held_against_the_plan_anew_only_once_it_is_another(
    asked, typed, monkeypatch
):
    books = [read_book("回答.xlsx", written(out(asked), {(CHECKUPS, "figure"): "60.1"}))]
    work = Work(
        header=asked.header, entry=asked.entry, department=HEALTH, base=asked.snapshot, mark=0
    )
    monkeypatch.setattr(streamlit, "session_state", {"answer-brought": books})
    monkeypatch.setattr(answer_books.data, "engine", lambda: asked.engine)
    monkeypatch.setattr(answer_books.data, "version_mark", lambda: version(asked.engine))
    (first,) = answer_books._brought(work)
    assert answer_books._brought(work)[0] is first
    assert first.state == "ready"
    answer(asked, typed({(CHECKUPS, "figure"): "61"}))
    (anew,) = answer_books._brought(work)
    assert anew.state == "clashing"


def test_a_form_brought_to_the_import_is_sent_where_it_belongs(asked):
    draft = read_files([("a.xlsx", out(asked))], Context())
    assert codes(draft.files[0]) == ["workbook-of-round"]


# Taken in.


def test_an_answer_in_time_counts_at_once(asked, typed, series_of):
    filled = typed({(CHECKUPS, "figure"): "60.1", (CHECKUPS, "cause"): "周知が進んだ。"})
    data = b"the form"
    file = SourceFile("a.xlsx", hashlib.sha256(data).hexdigest(), "answer", data)
    given = answer(asked, filled, files=[file], now=MAY + HOUR)
    assert given.batch_id is not None
    assert on_record(asked, series_of(CHECKUPS)) == (60.1, None, "60.1", "")
    batch = batches(asked.engine)[0]
    assert (batch.act, batch.author, batch.reason) == (
        "answer",
        HEALTH,
        "令和6年度の実績照会への回答",
    )
    assert [entry.note.text for entry in notes(asked.engine, asked.header)] == ["周知が進んだ。"]
    proposal = asked.proposals[0]
    assert (proposal.stage, proposal.department) == (Stage.APPROVED, HEALTH)
    assert verify_audit(asked.engine)[0].broken == ()


def test_an_answer_with_a_cell_that_cannot_be_read_is_not_taken_in(asked, typed):
    filled = typed({(CHECKUPS, "figure"): "たくさん", (CHECKUPS, "cause"): "周知"})
    with pytest.raises(AnswerRefused):
        answer(asked, filled)
    assert asked.proposals == []


def test_an_answer_after_the_close_waits_for_the_planner(asked, typed, series_of):
    filled = typed({(CHECKUPS, "figure"): "60.1"})
    record_closed(asked)
    given = answer(asked, filled, now=MAY + HOUR)
    assert given.batch_id is None
    assert on_record(asked, series_of(CHECKUPS)) is None
    (waiting,) = asked.proposals
    assert waiting.stage is Stage.SUBMITTED
    assert answer_at_hand(asked.entry, HEALTH, asked.proposals) == waiting
    # The planner sends it back, the department corrects it, the planner takes it.
    decide(asked, return_answer, waiting, comment="確定値をお願いします")
    returned = answer_at_hand(asked.entry, HEALTH, asked.proposals)
    corrected = typed({(CHECKUPS, "figure"): "60.3", (CHECKUPS, "status"): "確定"})
    again = answer(asked, corrected, now=MAY + 2 * HOUR, at_hand=returned)
    assert again.proposal_id == waiting.id
    sent = answer_at_hand(asked.entry, HEALTH, asked.proposals)
    assert sent.stage is Stage.SUBMITTED
    decide(asked, accept_answer, sent)
    assert on_record(asked, series_of(CHECKUPS)) == (60.3, Status.FINAL, "60.3", "")


def record_closed(asked):
    closed = replace(asked.entry.round, is_closed=True)
    place = asked.header.municipality
    record(asked.engine, place, [closed], author="企画課", reason="締切", now=MAY)


def decide(asked, act, answer, **more):
    act(asked.engine, planner(), asked.header.municipality, answer, now=MAY + HOUR, **more)


def test_who_answers_again_while_the_first_waits_puts_another_in_its_place(asked, typed):
    record_closed(asked)
    first = answer(asked, typed({(CHECKUPS, "figure"): "60.1"}))
    at_hand = answer_at_hand(asked.entry, HEALTH, asked.proposals)
    second = answer(asked, typed({(CHECKUPS, "figure"): "60.2"}), at_hand=at_hand)
    stages = {one.id: one.stage for one in asked.proposals}
    assert stages == {
        first.proposal_id: Stage.WITHDRAWN,
        second.proposal_id: Stage.SUBMITTED,
    }


def test_an_answer_given_twice_is_a_revision_and_both_are_kept(asked, typed, series_of):
    answer(asked, typed({(CHECKUPS, "figure"): "60.1", (CHECKUPS, "status"): "速報"}))
    filled = typed({(CHECKUPS, "figure"): "60.4", (CHECKUPS, "status"): "確定"})
    (edit,) = filled.edits
    assert (edit.before.value, edit.after.value) == (60.1, 60.4)
    answer(asked, filled, now=MAY + HOUR)
    own = fact_history(asked.engine, asked.header.municipality, series_of(CHECKUPS))
    told = [v.value_text for v in own if (v.kind, v.fiscal_year) == (Kind.ACTUAL, YEAR)]
    assert told == ["60.1", "60.4"]
    (question,) = questions(asked.entry.items, YEAR, asked.snapshot, filled.edits)
    assert question.code == "revised"


def test_what_others_said_first_is_decided_cell_by_cell(asked, typed, series_of):
    mine = typed({(CHECKUPS, "figure"): "60.1", (CHECKUPS, "cause"): "周知"})
    answer(asked, typed({(CHECKUPS, "figure"): "61"}), now=MAY + HOUR)
    with pytest.raises(Overtaken) as overtaken:
        answer(asked, mine, now=MAY + 2 * HOUR)
    (clash,) = overtaken.value.clashes
    assert (clash.edit.after.value, clash.theirs.value) == (60.1, 61.0)
    rows = form_rows(asked.snapshot, asked.entry, HEALTH)
    assert places_of(clash.edit.identity, rows) == [
        Place(series_of(CHECKUPS), column) for column in ("figure", "status", "note")
    ]
    cause = next(edit for edit in mine.edits if isinstance(edit, PartEdit))
    assert places_of(cause.identity, rows) == [Place(series_of(CHECKUPS), "cause")]
    assert len(asked.proposals) == 1


def test_a_draft_is_kept_and_goes_on(asked, typed, series_of):
    def save(filled, at_hand=None):
        return save_answer(
            asked.engine,
            editor(HEALTH),
            asked.header.municipality,
            asked.entry,
            HEALTH,
            filled,
            answer=at_hand,
            now=MAY,
        )

    first = save(typed({(CHECKUPS, "figure"): "60.1", (CHECKUPS, "cause"): "周知"}))
    second = save(typed({(CHECKUPS, "figure"): "60.2"}), first)
    assert second.id == first.id
    assert [edit.after.value_text for edit in second.edits] == ["60.2"]
    assert on_record(asked, series_of(CHECKUPS)) is None
    answer(asked, typed({(CHECKUPS, "figure"): "60.2"}), at_hand=second)
    assert read_proposal(asked.engine, asked.header.municipality, first.id).stage is Stage.APPROVED
    assert answer_at_hand(asked.entry, HEALTH, asked.proposals) is None


def test_what_stands_already_can_be_answered_as_it_is(asked, typed, series_of):
    answer(asked, typed({(CHECKUPS, "figure"): "60.1"}))
    given = answer(asked, Filled(), now=MAY + HOUR)
    assert given.batch_id is not None
    assert on_record(asked, series_of(CHECKUPS)) == (60.1, None, "60.1", "")


def test_what_is_still_missing_is_known(asked, typed):
    plan = asked.snapshot
    rows = form_rows(plan, asked.entry, TAX)
    after = applied(plan, typed({(RATE, "figure"): "93.9"}, TAX).edits)
    assert [row.title for row in missing(rows, after, YEAR)] == [UNPAID]
