"""The answer form as a department gets it: what it shows, where it can be filled in."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from acts import planner
from openpyxl import load_workbook

from kpi.collecting.board import board, invitation, reminder
from kpi.collecting.form import form_rows
from kpi.collecting.mark import MARK_SHEET, FormMark, read_mark
from kpi.collecting.workbook import file_names, form_workbook, parcel
from kpi.editing.taken_out import FormatUnknown, MarkDamaged
from kpi.importing.readers import read_book
from kpi.model import (
    Fact,
    FactKey,
    Fraction,
    Kind,
    Note,
    NoteKind,
    Period,
    Round,
    RoundItem,
    Status,
)
from kpi.store import RoundEntry
from kpi.words import speaking

NOW = datetime(2025, 5, 1, 3, 0, tzinfo=UTC)
YEAR = 2024


@pytest.fixture
def asked(town):
    town.open()
    return town


def sheet_of(asked, department):
    content = form_workbook(
        planner(), asked.snapshot, asked.entry, asked.header.municipality, department, NOW
    )
    return load_workbook(io.BytesIO(content))["実績照会"]


def cells(sheet):
    """The cells of each row of a series, by the key of their column and what the row is about."""
    keys = {cell.value: cell.column for cell in sheet[1] if cell.value}
    rows = [row for row in range(2, sheet.max_row + 1) if sheet.cell(row, keys["indicator"]).value]
    numbered = [row for row in rows if str(sheet.cell(row, 1).value or "").isdigit()]
    return {
        f"{sheet.cell(row, keys['indicator']).value} "
        f"{sheet.cell(row, keys['series']).value or ''}".strip(): {
            key: sheet.cell(row, column) for key, column in keys.items()
        }
        for row in numbered
    }


def test_a_department_sees_its_own_indicators_with_what_it_needs_beside_the_empty_cell(asked):
    sheet = sheet_of(asked, "健康課")
    [(title, row)] = cells(sheet).items()
    assert title == "受診率"
    assert {key: row[key].value for key in ("policy", "code", "unit")} == {
        "policy": "健康づくり",
        "code": "1",
        "unit": "％",
    }
    before = [row[f"actual {year}"].value for year in (2021, 2022, 2023)]
    assert before == [None, "58.2", "59.1（速報値）"]
    assert row["target"].value == "65％以上（令和8年度）"
    assert row["figure"].value is None
    assert row["unit"].column == row["figure"].column + 1
    told = [cell.value for cells in sheet["B2:B5"] for cell in cells]
    assert told[0] == "見本町　健康計画　令和6年度の実績照会　健康課"
    assert told[1] == "回答期限　2025年5月30日（金）"
    assert told[2] == "令和6年度の実績をお知らせください。"


def test_figures_counted_in_another_unit_than_the_one_beside_the_cell_say_theirs(asked):
    row = cells(sheet_of(asked, "税務課/収納係"))["国民健康保険料 収入未済額"]
    assert row["unit"].value == "百万円"
    assert row["actual 2023"].value == "61,234,000円"
    assert row["target"].value == "50以下（令和8年度）"


def test_all_is_locked_but_the_cells_to_answer_in(asked):
    sheet = sheet_of(asked, "税務課/収納係")
    assert sheet.protection.sheet
    open_cells = {
        title: {key for key, cell in row.items() if not cell.protection.locked}
        for title, row in cells(sheet).items()
    }
    figure = {"figure", "status", "note"}
    notes = {"cause", "action", "confirmation"}
    assert open_cells == {
        "国民健康保険料 収入率": figure | notes,
        # What is said of the indicator is said once.
        "国民健康保険料 収入未済額": figure,
    }
    everything = [cell for row in sheet.iter_rows() for cell in row]
    assert sum(not cell.protection.locked for cell in everything) == 9


def test_numerator_and_denominator_can_be_written_where_they_are_asked_for(asked):
    entry = asked.entry
    items = tuple(replace(item, asks_fraction=item.department == "健康課") for item in entry.items)
    [row] = form_rows(asked.snapshot, replace(entry, items=items), "健康課")
    assert row.item.asks_fraction
    content = form_workbook(
        planner(),
        asked.snapshot,
        replace(entry, items=items),
        asked.header.municipality,
        "健康課",
        NOW,
    )
    row = cells(load_workbook(io.BytesIO(content))["実績照会"])["受診率"]
    assert not row["numerator"].protection.locked
    assert not row["denominator"].protection.locked


def test_what_is_known_of_the_year_stands_in_its_cells_already(asked):
    snapshot, [series] = (
        asked.snapshot,
        [s for s in asked.snapshot.series if s.unit_text == "％"][:1],
    )
    key = FactKey(series.id, Kind.ACTUAL, 0, "", YEAR)
    snapshot.facts[key] = Fact(key, 60.4, None, None, "60.4", Status.PROVISIONAL, "再集計中")
    snapshot.fractions.append(Fraction(series.id, YEAR, 604.0, 1000.0, "604", "1,000"))
    snapshot.notes.append(Note(series.indicator_id, YEAR, NoteKind.CAUSE, 0, "周知の不足"))
    snapshot.notes.append(Note(series.indicator_id, YEAR - 1, NoteKind.ACTION, 0, "去年の話"))
    [row] = form_rows(snapshot, asked.entry, "健康課")
    assert {key: row.texts[key] for key in ("figure", "status", "note", "cause", "action")} == {
        "figure": "60.4",
        "status": "速報",
        "note": "再集計中",
        "cause": "周知の不足",
        "action": "",
    }
    assert (row.texts["numerator"], row.texts["denominator"]) == ("604", "1,000")


def test_no_text_of_the_plan_becomes_a_formula(asked):
    snapshot = asked.snapshot
    snapshot.indicators[:] = [replace(one, name="=1+1") for one in snapshot.indicators]
    entry = replace(asked.entry, round=replace(asked.entry.round, wording="=HYPERLINK(1)"))
    content = form_workbook(planner(), snapshot, entry, asked.header.municipality, "健康課", NOW)
    sheet = load_workbook(io.BytesIO(content))["実績照会"]
    texts = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in texts} == {"s"}
    assert {"=1+1", "=HYPERLINK(1)"} <= {cell.value for cell in texts}


def test_the_mark_says_which_round_it_is_whose_it_is_and_what_every_cell_said(asked):
    content = form_workbook(
        planner(), asked.snapshot, asked.entry, asked.header.municipality, "健康課", NOW
    )
    mark = read_mark(read_book("返ってきた（改）.xlsx", content))
    assert isinstance(mark, FormMark)
    assert (mark.round_id, mark.fiscal_year, mark.department) == (1, 2024, "健康課")
    assert (mark.municipality, mark.plan_id) == (asked.header.municipality.code, 1)
    assert mark.moment == NOW
    [row] = form_rows(asked.snapshot, asked.entry, "健康課")
    assert mark.texts == {row.series.id: row.texts}


def marked(content, change):
    book = load_workbook(io.BytesIO(content))
    change(book[MARK_SHEET])
    file = io.BytesIO()
    book.save(file)
    return read_book("a.xlsx", file.getvalue())


def test_a_mark_that_was_touched_is_told_from_one_of_another_version(asked):
    content = form_workbook(
        planner(), asked.snapshot, asked.entry, asked.header.municipality, "健康課", NOW
    )
    with pytest.raises(FormatUnknown):
        read_mark(marked(content, lambda mark: mark.__setitem__("B1", "2")))
    with pytest.raises(MarkDamaged):
        read_mark(marked(content, lambda mark: mark.delete_rows(4)))
    with pytest.raises(MarkDamaged):
        read_mark(marked(content, lambda mark: mark.__setitem__("A1", "x")))


def test_a_workbook_without_a_mark_is_no_form():
    assert read_mark(read_book("表.csv", "指標,実績\n受診率,60\n".encode())) is None


def test_the_parcel_has_a_workbook_a_department_under_names_every_system_takes(asked):
    content = parcel(planner(), asked.snapshot, asked.entry, asked.header.municipality, NOW)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        # UTF-8, and said to be.
        assert all(info.flag_bits & 0x800 for info in archive.infolist())
        sheets = [load_workbook(io.BytesIO(archive.read(name))) for name in names]
    assert names == [
        "令和6年度実績照会_健康課.xlsx",
        "令和6年度実績照会_税務課／収納係.xlsx",
    ]
    assert [len(cells(book["実績照会"])) for book in sheets] == [1, 2]


def test_departments_of_like_names_get_files_of_their_own():
    names = ["A/B", "A／B", "a／b", "課" * 200, "課" * 199, "CON.", 'x:*?"<>|\u202e']
    items = tuple(RoundItem(1, at, name) for at, name in enumerate(names))
    entry = RoundEntry(Round(1, 1, YEAR, date(2025, 5, 30), ""), items, "", NOW)
    files = list(file_names(entry).values())
    assert len({name.casefold() for name in files}) == len(names)
    assert not any(set(name) & set('\\/:*?"<>|\u202e') for name in files)
    assert max(len(name.encode()) for name in files) <= 255


def test_the_target_shown_is_the_one_that_is_due_next(asked):
    snapshot = asked.snapshot
    [series] = [one for one in snapshot.series if one.unit_text == "％"][:1]
    snapshot.periods[2] = Period(1, 2, None, 2024)
    key = FactKey(series.id, Kind.TARGET, 2, "", 0)
    snapshot.facts[key] = Fact(key, 61.0, value_text="61")
    [row] = form_rows(snapshot, asked.entry, "健康課")
    assert row.texts["target"] == "61（令和6年度）"
    old = FactKey(series.id, Kind.TARGET, 2, "", 2023)
    snapshot.facts = {old: Fact(old, 60.0, value_text="60")}
    [row] = form_rows(snapshot, asked.entry, "健康課")
    assert row.texts["target"] == ""


def test_forms_and_letters_are_japanese_whatever_the_screen_is(asked):
    """A department gets the same file, whoever took it out."""

    def made():
        place, line = (
            asked.header.municipality,
            board(asked.snapshot, asked.entry, [], NOW.date())[0],
        )
        return (
            parcel(planner(), asked.snapshot, asked.entry, place, NOW),
            invitation(asked.entry, line.department, place.name),
            reminder(asked.entry, line, place.name, NOW.date()),
            file_names(asked.entry),
        )

    japanese = made()
    with speaking("en"):
        assert made() == japanese
