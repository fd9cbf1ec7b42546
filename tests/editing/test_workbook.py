"""A plan taken to a desk as a workbook, and what comes back: each change, told by its cell."""

import io
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from acts import preview_of
from openpyxl import load_workbook

from kpi.editing import applied
from kpi.editing.brought_back import bring_back, is_refused, read_desk
from kpi.editing.cells import Slot
from kpi.editing.grid import NOTE, Column, Part, Place, grid_of, read_grid
from kpi.editing.workbook import take_out
from kpi.importing.desk_copies import MARK_SHEET
from kpi.importing.readers import read_book, read_books
from kpi.model import (
    Direction,
    FactEdit,
    FiscalYear,
    Indicator,
    Kind,
    Municipality,
    PartEdit,
    Period,
    Plan,
    PolicyNode,
    Series,
)
from kpi.store import PlanSnapshot, plans, read_snapshot
from kpi.words import speaking

NOW = datetime(2025, 6, 30, 3, 0, tzinfo=UTC)
CITY = Municipality("132047", "三鷹市")
BASE, SECOND, THIRD = Slot(Kind.BASELINE), Slot(Kind.TARGET, 2), Slot(Kind.TARGET, 3)
HARDER = Slot(Kind.TARGET, 3, "チャレンジ目標")
#: Headings of the columns, as a person finds them.
FIGURE_3, YEAR_3, NOTES, DIRECTION = "figure target 3", "year target 3", "note", "direction"


def typed_in(snapshot, texts):
    """The plan after somebody has typed these texts into its grid: by series, slot or note."""
    cells = {
        Place(series, 0, Column(Part.FIGURE, slot) if slot else NOTE): text
        for (series, slot), text in texts.items()
    }
    return applied(snapshot, read_grid(grid_of(snapshot), cells).edits)


@pytest.fixture
def plan():
    """A plan of three series and two periods."""
    return typed_in(
        PlanSnapshot(
            Plan(7, "健康計画"),
            {
                2: Period(7, 2, FiscalYear(2018), FiscalYear(2021)),
                3: Period(7, 3, FiscalYear(2022), FiscalYear(2025)),
            },
            [PolicyNode(1, 7, None, "施策", "1-1", "健康づくり", 1)],
            [
                Indicator(1, 7, 1, "", "受診率", "健康課", "", 1),
                Indicator(2, 7, 1, "", "保険料の収入", "保険課", "", 2),
            ],
            [
                Series(1, 1, "", "％", "％", Direction.HIGHER, 1),
                Series(2, 2, "収入率", "％", "％", Direction.HIGHER, 1),
                Series(3, 2, "未収額", "円", "円", Direction.LOWER, 2),
            ],
        ),
        {
            (1, BASE): "58.2％",
            (1, SECOND): "60％以上",
            (1, THIRD): "65.0％以上",
            (1, None): "＝注　=1+1 と\n書いてある _x0041_",
            (2, THIRD): "20％以上＜25％以上＞",
            (3, BASE): "67億5,319万円",
            (3, THIRD): "50億円以下",
        },
    )


def out(plan):
    return take_out(grid_of(plan), CITY, NOW)


def at_desk(data, change):
    """The workbook after somebody has opened, changed and saved it."""
    book = load_workbook(io.BytesIO(data))
    change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def cell(book, series, key, line=0):
    """The cell of a series under a column."""
    sheet = book.worksheets[0]
    column = next(c.column for c in sheet[1] if c.value == key)
    row = next(c.row for c in sheet["A"] if c.value == f"{series} {line}")
    return sheet.cell(row, column)


def written(data, texts):
    """The workbook with other values in some cells."""

    def change(book):
        for (series, key), value in texts.items():
            cell(book, series, key).value = value

    return at_desk(data, change)


def back(data, now, name="目標編集用.xlsx"):
    return bring_back(read_book(name, data), grid_of(now), CITY)


def said(cells):
    return [(c.row.series_id, c.column, c.taken, c.typed, c.now) for c in cells]


def codes(found):
    return [finding.code for finding in found.findings]


def read(found, now, cells=None):
    return read_desk(found, grid_of(now), found.changed if cells is None else cells)


def facts(edits):
    """What facts are before and after, as printed."""
    return [
        (
            edit.key.series_id,
            edit.before.value_text if edit.before else None,
            edit.after.value_text if edit.after else None,
        )
        for edit in edits
        if isinstance(edit, FactEdit)
    ]


def nothing(found):
    return (found.changed, found.clashing, found.findings) == ([], [], [])


# Out and in.


def test_retired_indicators_are_left_at_the_office(plan):
    first, second = plan.indicators
    retired = replace(plan, indicators=[replace(first, is_retired=True), second])
    sheet = load_workbook(io.BytesIO(out(retired))).worksheets[0]
    assert [c.value for c in sheet["A"] if c.row > 5] == ["2 0", "3 0"]
    # What was written for one that was retired meanwhile is not lost.
    found = back(written(out(plan), {(1, FIGURE_3): "66.0％以上"}), retired)
    assert facts(read(found, retired).edits) == [(1, "65.0％以上", "66.0％以上")]


def test_a_workbook_nobody_touched_changes_nothing(plan):
    assert nothing(back(out(plan), plan))
    assert nothing(back(at_desk(out(plan), lambda _: None), plan, "改名.xlsx"))


def test_every_plan_of_the_samples_comes_back_as_it_went(samples):
    for header in plans(samples):
        if header.periods or header.plan.name.startswith("八王子市"):
            owner = header.municipality
            snapshot = next(
                plan
                for plan in read_snapshot(samples, owner.code, owner.name).plans
                if plan.plan == header.plan
            )
            data = take_out(grid_of(snapshot), owner, NOW)
            found = bring_back(read_book("a.xlsx", data), grid_of(snapshot), owner)
            assert nothing(found), header.plan.name
            assert len(found.rows) >= len(snapshot.series)


def test_what_was_written_becomes_edits_that_lead_back_to_their_cells(plan):
    data = written(
        out(plan),
        {
            (1, FIGURE_3): "70％以上",
            (3, FIGURE_3): "４８億円以下",
            (2, "figure target 2"): "18％",
            (3, "figure baseline 0"): None,
        },
    )
    found = back(data, plan)
    assert not found.findings
    reading = read(found, plan)
    assert not reading.findings
    assert sorted(facts(reading.edits), key=str) == [
        (1, "65.0％以上", "70％以上"),
        (2, None, "18％"),
        (3, "50億円以下", "４８億円以下"),
        (3, "67億5,319万円", None),
    ]
    book = load_workbook(io.BytesIO(data))
    for edit in reading.edits:
        if edit.after is not None:
            place = edit.after.provenance
            assert (place.file, place.sha256) == ("目標編集用.xlsx", found.book.sha256)
            assert book[place.sheet][place.cell].value == edit.after.value_text
    assert applied(plan, reading.edits).facts != plan.facts


def test_a_number_typed_as_one_is_read_in_the_unit_of_its_series(plan):
    def change(book):
        cell(book, 1, FIGURE_3).value = 70
        share = cell(book, 2, FIGURE_3)
        share.value, share.number_format = 0.125, "0.0%"
        cell(book, 3, FIGURE_3).value = 1234567890

    reading = read(back(at_desk(out(plan), change), plan), plan)
    assert {edit.key.series_id: edit.after.value for edit in reading.edits if edit.after} == {
        1: 70,
        2: 12.5,
        3: 1234567890,
    }


def test_another_year_takes_the_figure_there_from_its_own_cell(plan):
    data = written(out(plan), {(1, YEAR_3): "R6"})
    found = back(data, plan)
    reading = read(found, plan)
    assert sorted((e.key.fiscal_year, e.after is None) for e in reading.edits) == [
        (2024, False),
        (2025, True),
    ]
    moved = next(edit.after for edit in reading.edits if edit.after)
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert sheet[moved.provenance.cell].value == "65.0％以上" == moved.value_text


def test_two_lines_of_a_series_may_change_places(plan):
    def stated(year, text):
        return {
            Place(2, 0, Column(Part.FIGURE, BASE)): text,
            Place(2, 0, Column(Part.YEAR, BASE)): year,
        }

    first = read_grid(grid_of(plan), stated("H30", "15％")).edits
    other = [
        replace(
            edit,
            key=edit.key._replace(fiscal_year=FiscalYear(2020)),
            after=edit.after._replace(
                key=edit.key._replace(fiscal_year=FiscalYear(2020)), value_text="17％", value=17.0
            ),
        )
        for edit in first
    ]
    double = applied(plan, [*first, *other])

    def change(book):
        for line, year in ((0, "R2"), (1, "H30")):
            cell(book, 2, "year baseline 0", line).value = year

    data = at_desk(out(double), change)
    reading = read(back(data, double), double)
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert sorted(facts(reading.edits)) == [(2, "15％", "17％"), (2, "17％", "15％")]
    for edit in reading.edits:
        assert sheet[edit.after.provenance.cell].value == edit.after.value_text


def test_a_harder_target_typed_behind_the_main_one_leads_to_the_same_cell(plan):
    data = written(out(plan), {(1, FIGURE_3): "66％以上＜70％以上＞"})
    reading = read(back(data, plan), plan)
    places = {edit.key.label: edit.after.provenance.cell for edit in reading.edits}
    own = cell(load_workbook(io.BytesIO(data)), 1, FIGURE_3).coordinate
    assert places == {"": own, "チャレンジ目標": own}


def test_a_direction_is_chosen_from_a_list_and_becomes_an_edit_of_its_series(plan):
    book = load_workbook(io.BytesIO(out(plan)))
    (words,) = book.worksheets[0].data_validations.dataValidation
    assert cell(book, 1, DIRECTION).coordinate in words.sqref
    assert "低いほど良い" in words.formula1.strip('"').split(",")
    found = back(written(out(plan), {(1, DIRECTION): "低いほど良い"}), plan)
    (edit,) = read(found, plan).edits
    assert isinstance(edit, PartEdit)
    assert (edit.before.direction, edit.after.direction) == (Direction.HIGHER, Direction.LOWER)
    assert "高いほど良い" in edit.reason
    assert "低いほど良い" in edit.reason
    found = back(written(out(plan), {(1, DIRECTION): "どちらでも"}), plan)
    assert codes(read(found, plan)) == ["word-unknown"]


def test_what_cannot_be_read_is_found_at_its_cell(plan):
    data = written(out(plan), {(1, FIGURE_3): "たくさん", (3, FIGURE_3): "45億円以下"})
    found = back(data, plan)
    reading = read(found, plan)
    (finding,) = reading.findings
    place = cell(load_workbook(io.BytesIO(data)), 1, FIGURE_3).coordinate
    assert (finding.code, finding.sheet, finding.cell) == ("target-unreadable", "目標", place)
    assert is_refused(reading.findings)


def test_a_date_that_excel_made_of_a_figure_is_found(plan):
    found = back(written(out(plan), {(1, FIGURE_3): datetime(2025, 1, 2)}), plan)
    assert codes(read(found, plan)) == ["target-unreadable"]


# Meanwhile on the server.


def test_what_changed_on_the_server_alone_stays_as_it_is_there(plan):
    now = typed_in(plan, {(1, THIRD): "66％以上", (3, BASE): "60億円"})
    assert nothing(back(out(plan), now))
    found = back(written(out(plan), {(3, FIGURE_3): "45億円以下"}), now)
    assert said(found.changed) == [(3, FIGURE_3, "50億円以下", "45億円以下", "50億円以下")]
    assert facts(read(found, now).edits) == [(3, "50億円以下", "45億円以下")]


def test_a_cell_changed_in_both_places_is_for_a_person_to_decide(plan):
    now = typed_in(plan, {(1, THIRD): "66％以上"})
    found = back(written(out(plan), {(1, FIGURE_3): "70％以上", (1, NOTES): "改定"}), now)
    assert said(found.clashing) == [(1, FIGURE_3, "65.0％以上", "70％以上", "66％以上")]
    assert [c.column for c in found.changed] == [NOTES]
    ours = read(found, now, found.clashing)
    assert facts(ours.edits) == [(1, "66％以上", "70％以上")]


def test_a_target_whose_year_or_harder_target_moved_is_no_more_the_one_taken_out(plan):
    moved = read_grid(grid_of(plan), {Place(1, 0, Column(Part.YEAR, THIRD)): "R6"}).edits
    found = back(written(out(plan), {(1, FIGURE_3): "70％以上"}), applied(plan, moved))
    assert [c.column for c in found.clashing] == [FIGURE_3]
    harder = read_grid(grid_of(plan), {Place(2, 0, Column(Part.FIGURE, HARDER)): "30％以上"}).edits
    found = back(written(out(plan), {(2, FIGURE_3): "22％以上"}), applied(plan, harder))
    assert [c.column for c in found.clashing] == [FIGURE_3]


def test_the_same_change_in_both_places_is_none(plan):
    now = typed_in(plan, {(1, THIRD): "70％以上"})
    assert nothing(back(written(out(plan), {(1, FIGURE_3): "70％以上"}), now))


def test_a_series_the_plan_lost_is_found_only_where_its_row_was_changed(plan):
    now = replace(plan, series=plan.series[1:], facts={})
    data = written(out(plan), {(1, FIGURE_3): "70％以上"})
    assert nothing(back(out(plan), now))
    assert codes(back(data, now)) == ["edit-cell-gone"]


def test_a_new_series_of_another_draft_is_not_taken_for_that_of_this_one(plan):
    def with_new(name):
        new = Indicator(-1, 7, 1, "", name, "健康課", "", 3)
        series = Series(-1, -1, "", "人", "人", Direction.HIGHER, 1)
        return replace(plan, indicators=[*plan.indicators, new], series=[*plan.series, series])

    data = written(out(with_new("参加者数")), {(-1, FIGURE_3): "100人"})
    assert facts(read(back(data, with_new("参加者数")), with_new("参加者数")).edits) == [
        (-1, None, "100人")
    ]
    assert codes(back(data, with_new("登録者数"))) == ["edit-cell-gone"]


# What people do to a sheet.


def test_rows_may_be_sorted_filtered_and_columns_hidden_or_moved(plan):
    def change(book):
        sheet = book.worksheets[0]
        rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=6)]
        for number, row in enumerate(reversed(rows), 6):
            for column, value in enumerate(row, 1):
                sheet.cell(number, column).value = value
        sheet.row_dimensions[6].hidden = True
        sheet.column_dimensions["C"].hidden = True
        cell(book, 3, FIGURE_3).value = "45億円以下"
        sheet.insert_cols(1)
        sheet.insert_rows(1, 2)

    found = back(at_desk(out(plan), change), plan)
    assert not found.findings
    assert said(found.changed) == [(3, FIGURE_3, "50億円以下", "45億円以下", "50億円以下")]


def test_rows_that_were_added_or_copied_refuse_the_workbook(plan):
    def add(book):
        book.worksheets[0].append([None, "施策", "新しい指標"])

    def copy(book):
        sheet = book.worksheets[0]
        sheet.append([c.value for c in sheet[6]])

    for change, code in ((add, "edit-row-added"), (copy, "edit-row-twice")):
        found = back(at_desk(out(plan), change), plan)
        assert codes(found) == [code]
        assert found.findings[0].cells == "B9"
        assert is_refused(found.findings)


def test_rows_and_columns_that_were_removed_stay_as_they_are(plan):
    def change(book):
        sheet = book.worksheets[0]
        sheet.delete_rows(6)
        sheet.delete_cols(cell(book, 2, NOTES).column)
        cell(book, 3, FIGURE_3).value = "45億円以下"

    found = back(at_desk(out(plan), change), plan)
    assert codes(found) == ["edit-row-missing", "edit-column-missing"]
    assert not is_refused(found.findings)
    assert [c.typed for c in found.changed] == ["45億円以下"]


def test_a_year_beside_a_figure_that_was_removed_is_a_change_still(plan):
    def change(book):
        cell(book, 1, YEAR_3).value = "R6"
        book.worksheets[0].delete_cols(cell(book, 1, FIGURE_3).column)

    found = back(at_desk(out(plan), change), plan)
    reading = read(found, plan)
    assert len(reading.edits) == 2
    assert {*reading.cells.values()} == {found.changed[0].cell}


def test_what_is_locked_was_not_to_be_changed(plan):
    found = back(written(out(plan), {(1, "indicator"): "検診率", (3, "unit"): "千円"}), plan)
    assert codes(found) == ["edit-cell-locked"]
    assert found.findings[0].count == 2
    assert is_refused(found.findings)


def test_names_that_were_sorted_apart_from_their_rows_are_noticed(plan):
    def change(book):
        one, other = cell(book, 1, "indicator"), cell(book, 2, "indicator")
        one.value, other.value = other.value, one.value

    assert codes(back(at_desk(out(plan), change), plan)) == ["edit-cell-locked"]


def test_a_formula_is_no_target_whatever_it_gave_when_it_was_saved(plan):
    for formula in ("='[1]外の表'!A1", "=60+10"):
        data = written(out(plan), {(1, FIGURE_3): formula})
        found = back(data, plan)
        assert codes(found) == ["edit-formula"]
        assert is_refused(found.findings)
    # With the value Excel keeps beside it, too.
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = (
        parts[sheet]
        .replace(b"<v /></c>", b"<v>70</v></c>")
        .replace(b"<v></v></c>", b"<v>70</v></c>")
    )
    assert b"<f>60+10</f><v>70</v>" in parts[sheet]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert codes(back(file.getvalue(), plan)) == ["edit-formula"]


def test_notes_beside_the_table_are_not_read_and_not_lost_in_silence(plan):
    def change(book):
        sheet = book.worksheets[0]
        sheet.cell(7, sheet.max_column + 2).value = "要確認"

    found = back(at_desk(out(plan), change), plan)
    assert codes(found) == ["edit-outside"]
    assert not is_refused(found.findings)


def test_cells_merged_over_several_rows_say_nothing_of_the_others(plan):
    def change(book):
        first, last = cell(book, 1, FIGURE_3), cell(book, 2, FIGURE_3)
        book.worksheets[0].merge_cells(f"{first.coordinate}:{last.coordinate}")

    found = back(at_desk(out(plan), change), plan)
    assert codes(found) == ["value-merged"]
    assert not found.changed


def test_a_spreadsheet_that_makes_numbers_of_texts_changes_nothing(plan):
    plain = typed_in(plan, {(1, THIRD): "1,234", (1, SECOND): "61.0％"})

    def change(book):
        cell(book, 1, FIGURE_3).value = 1234
        share = cell(book, 1, "figure target 2")
        share.value, share.number_format = 0.61, "0.0%"

    found = back(at_desk(out(plain), change), plain)
    assert not found.changed
    assert codes(found) == ["edit-spelling"]
    assert not is_refused(found.findings)


# What a workbook is made like.


def test_only_the_cells_to_edit_are_open_and_text_stays_text(plan):
    book = load_workbook(io.BytesIO(out(plan)))
    sheet = book.worksheets[0]
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    keys = [c.value for c in sheet[1]]
    for row in sheet.iter_rows(min_row=6):
        for at, one in zip(keys, row, strict=True):
            is_open = at in (DIRECTION, NOTES) or at.startswith(("figure", "year"))
            assert one.protection.locked is not is_open, one.coordinate
            if is_open:
                assert one.number_format == "@"
    assert cell(book, 1, NOTES).data_type == "s"
    assert all(c.data_type != "f" for s in book.worksheets for row in s.iter_rows() for c in row)
    assert book[MARK_SHEET].sheet_state == "veryHidden"
    assert book.security.lockStructure


def test_headings_stay_in_sight_on_the_screen_and_on_paper(plan):
    sheet = load_workbook(io.BytesIO(out(plan))).worksheets[0]
    assert sheet.freeze_panes.endswith("6")
    assert sheet.print_title_rows == "$4:$5"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 8)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.row_dimensions[1].hidden
    assert sheet.column_dimensions["A"].hidden
    assert [c.value for c in sheet[4]][1:6] == ["施策", "指標", "内訳", "所管", "単位"]
    assert "第3期目標\n令和4〜7年度" in [c.value for c in sheet[4]]
    assert {c.font.name for row in sheet.iter_rows(min_row=6, min_col=2) for c in row} == {
        "BIZ UDPゴシック"
    }


def test_a_text_that_looks_like_a_formula_is_none(plan):
    evil = typed_in(plan, {(1, None): '=HYPERLINK("http://例.jp")'})
    named = replace(
        evil, indicators=[replace(evil.indicators[0], name="=1+1"), *evil.indicators[1:]]
    )
    book = load_workbook(io.BytesIO(out(named)))
    for key, text in ((NOTES, '=HYPERLINK("http://例.jp")'), ("indicator", "=1+1")):
        one = cell(book, 1, key)
        assert (one.value, one.data_type, one.quotePrefix) == (text, "s", True)
    assert nothing(back(out(named), named))


# Files of other kinds.


def test_a_file_that_was_never_taken_out_is_refused(plan, tmp_path):
    book = load_workbook(io.BytesIO(out(plan)))
    book.remove(book[MARK_SHEET])
    book.save(tmp_path / "a.xlsx")
    assert codes(back((tmp_path / "a.xlsx").read_bytes(), plan)) == ["not-for-editing"]
    assert codes(back(b"a,b\n1,2\n", plan, "a.csv")) == ["not-for-editing"]
    assert codes(back(b"PK\x03\x04 no zip", plan)) == ["file-type-unknown"]


def test_a_workbook_of_another_plan_or_municipality_is_refused(plan):
    other = replace(plan, plan=Plan(8, "環境計画"))
    found = back(out(plan), other)
    assert codes(found) == ["edit-of-another"]
    assert "健康計画" in found.findings[0].message
    assert "環境計画" in found.findings[0].message
    elsewhere = bring_back(
        read_book("a.xlsx", out(plan)), grid_of(plan), Municipality("131041", "新宿区")
    )
    assert codes(elsewhere) == ["edit-of-another"]


@pytest.mark.parametrize(
    ("row", "column", "value", "code"),
    [
        (1, 1, "michishirube", "edit-mark-damaged"),
        (1, 2, "0", "edit-version"),
        (1, 2, "2", "edit-version"),
        (3, 2, "seven", "edit-mark-damaged"),
        (4, 2, "きのう", "edit-mark-damaged"),
        (6, 1, "1", "edit-mark-damaged"),
        (2, 3, "x", "edit-mark-damaged"),
    ],
)
def test_a_damaged_mark_is_refused(plan, row, column, value, code):
    def change(book):
        book[MARK_SHEET].cell(row, column).value = value

    found = back(at_desk(out(plan), change), plan)
    assert codes(found) == [code]
    assert not found.changed


def test_a_workbook_whose_sheet_was_replaced_is_refused(plan):
    def change(book):
        book.worksheets[0].delete_rows(1)

    assert codes(back(at_desk(out(plan), change), plan)) == ["edit-mark-damaged"]


def test_a_hostile_workbook_is_read_apart_and_ends(plan):
    def far(book):
        book.worksheets[0]["XFD1048576"] = "x"

    (book,) = read_books([("a.xlsx", at_desk(out(plan), far))])
    assert codes(bring_back(book, grid_of(plan), CITY)) == ["reading-too-large"]

    def many(book):
        mark = book[MARK_SHEET]
        for number in range(20_000):
            mark.append([f"{number + 10} 0", "x"])

    (book,) = read_books([("a.xlsx", at_desk(out(plan), many))])
    assert codes(bring_back(book, grid_of(plan), CITY)) == ["edit-row-missing"]


def test_an_import_refers_to_the_page_where_it_belongs(plan, empty):
    preview = preview_of(empty, ("目標編集用.xlsx", out(plan)))
    assert [finding.code for finding in preview.findings] == ["workbook-for-editing"]
    assert "目標編集" in preview.findings[0].hint
    assert not preview.changes


# LibreOffice.


@pytest.fixture(scope="module")
def by_libreoffice(tmp_path_factory):
    """Open and save a workbook with LibreOffice."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("needs LibreOffice (tests/system.sh)")
    folder = tmp_path_factory.mktemp("libreoffice")

    def save(data, ending="xlsx"):
        (folder / "in.xlsx").write_bytes(data)
        subprocess.run(
            [
                program,
                "--headless",
                f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                "--convert-to",
                ending,
                "--outdir",
                str(folder / "out"),
                str(folder / "in.xlsx"),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
        return Path(folder / "out" / f"in.{ending}").read_bytes()

    return save


def test_libreoffice_saves_it_as_it_is(plan, by_libreoffice):
    saved = by_libreoffice(out(plan))
    assert nothing(back(saved, plan))
    found = back(by_libreoffice(written(saved, {(1, FIGURE_3): 70})), plan)
    assert said(found.changed) == [(1, FIGURE_3, "65.0％以上", "70", "65.0％以上")]
    sheet = load_workbook(io.BytesIO(saved)).worksheets[0]
    assert sheet.protection.sheet


def test_saved_as_another_kind_of_workbook_it_is_refused_in_a_sentence(plan, by_libreoffice):
    found = back(by_libreoffice(out(plan), "ods"), plan, "目標編集用.ods")
    assert codes(found) == ["edit-saved-otherwise"]


def test_the_workbook_is_japanese_and_is_read_so_whatever_the_screen_is(plan):
    """Two colleagues edit one file, one of them with an English screen."""
    japanese = out(plan)
    data = written(japanese, {(1, FIGURE_3): "70％以上", (2, DIRECTION): "低いほど良い"})

    def read():
        found = back(data, plan)
        return found.changed, read_desk(found, grid_of(plan), found.changed).edits

    expected = read()
    assert len(expected[1]) == 2
    with speaking("en"):
        assert out(plan) == japanese
        assert read() == expected
