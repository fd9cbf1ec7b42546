"""The plan as a grid of text: everything is in it, and what is typed becomes edits or a finding."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.editing import applied
from kpi.editing.cells import Slot
from kpi.editing.grid import NOTE, Column, Part, Place, grid_of, read_grid, remarks
from kpi.importing.draft import FactDraft
from kpi.importing.facts import bare_unit, fact_of
from kpi.importing.figures import read_figure
from kpi.model import (
    Direction,
    Fact,
    FactKey,
    FiscalYear,
    Indicator,
    Kind,
    PartEdit,
    Period,
    Plan,
    PolicyNode,
    Provenance,
    Series,
)
from kpi.notation import Unreadable
from kpi.store import PlanSnapshot, plans, read_snapshot

BASE = Slot(Kind.BASELINE)
SECOND, THIRD = Slot(Kind.TARGET, 2), Slot(Kind.TARGET, 3)
HARDER = Slot(Kind.TARGET, 3, "チャレンジ目標")


def fact(text, slot=THIRD, year=2025, note="", series=1, unit="％"):
    """What an import makes of a printed text."""
    figure = read_figure(text, slot.kind)
    one = Series(series, 1, "", unit, unit, Direction.UNKNOWN, 1)
    draft = FactDraft(
        slot.kind,
        slot.period,
        slot.label,
        FiscalYear(year),
        figure.value,
        figure.value_high,
        figure.unit,
        "",
        figure.scaled,
        figure.comparator,
        text,
        figure.status,
        note,
        Provenance("", "", "", ""),
    )
    return fact_of(draft, series, bare_unit(one), unit, {})._replace(provenance=None)


def plan(*facts, series=None, periods=True):
    """A plan of one indicator with one series, unless other series are given."""
    spans = {1: (2016, 2017), 2: (2018, 2021), 3: (2022, 2025)} if periods else {}
    return PlanSnapshot(
        Plan(1, "計画"),
        {n: Period(1, n, FiscalYear(a), FiscalYear(b)) for n, (a, b) in spans.items()},
        [PolicyNode(1, 1, None, "政策", "1", "健康", 1)],
        [Indicator(1, 1, 1, "", "受診率", "健康課", "", 1)],
        series or [Series(1, 1, "", "％", "％", Direction.HIGHER, 1)],
        {one.key: one for one in facts},
    )


def figure(slot=THIRD, line=0, series=1):
    return Place(series, line, Column(Part.FIGURE, slot))


def year(slot=THIRD, line=0, series=1):
    return Place(series, line, Column(Part.YEAR, slot))


def note(line=0, series=1):
    return Place(series, line, NOTE)


def shown(grid):
    return [[grid.text(row, column) for column in grid.columns] for row in grid.rows]


def changes(reading):
    """What each edit makes of which figure of which year."""
    return [
        (
            edit.key.fiscal_year,
            edit.before and edit.before.value_text,
            edit.after and edit.after.value_text,
        )
        for edit in reading.edits
    ]


def codes(reading):
    return {place: [f.code for f in found] for place, found in reading.findings.items()}


def test_a_row_shows_base_and_targets_as_printed_each_with_its_year():
    grid = grid_of(
        plan(
            fact("51.3", BASE, 2014),
            fact("60％以上", SECOND, 2021),
            fact("65％以上"),
            fact("＜70％以上＞", HARDER),
        )
    )
    assert [column.slot for column in grid.columns[::2]] == [
        BASE,
        Slot(Kind.TARGET, 1),
        SECOND,
        THIRD,
        HARDER,
        None,
    ]
    assert shown(grid) == [
        ["51.3", "H26", "", "", "60％以上", "R3", "65％以上", "R7", "＜70％以上＞", "R7", ""]
    ]


def test_facts_that_have_no_room_in_their_row_stand_in_further_rows():
    grid = grid_of(
        plan(
            fact("65％", year=2025, note="改定"),
            fact("60％", year=2023),
            fact("51.3", BASE, 2014, note="調査票"),
        )
    )
    rows = [
        (row.line, {s: f.value_text for s, f in row.facts.items()}, row.note) for row in grid.rows
    ]
    assert rows == [(0, {BASE: "51.3", THIRD: "60％"}, "調査票"), (1, {THIRD: "65％"}, "改定")]


def test_every_baseline_and_target_of_the_samples_has_its_cell(samples):
    for owner in {header.municipality for header in plans(samples)}:
        for snapshot in read_snapshot(samples, owner.code, owner.name).plans:
            grid = grid_of(snapshot)
            in_cells = [fact for row in grid.rows for fact in row.facts.values()]
            expected = [f for f in snapshot.facts.values() if f.key.kind is not Kind.ACTUAL]
            assert sorted(f.key for f in in_cells) == sorted(f.key for f in expected)
            notes = [(f.note, row.note) for row in grid.rows for f in row.facts.values()]
            assert all(own in ("", of_row) for own, of_row in notes)
            assert {row.series.id for row in grid.rows} == {one.id for one in snapshot.series}


def test_typing_what_stands_there_changes_nothing_in_the_samples(samples):
    for owner in {header.municipality for header in plans(samples)}:
        for snapshot in read_snapshot(samples, owner.code, owner.name).plans:
            grid = grid_of(snapshot)
            typed = {
                Place(row.series.id, row.line, column): grid.text(row, column)
                for row in grid.rows
                for column in grid.columns
            }
            reading = read_grid(grid, typed)
            assert (reading.edits, reading.findings) == ([], {})


TEXTS = st.one_of(
    st.sampled_from(["65％以上", "１２", "▲5", "12.5％", "1,234", "10～15％", "増加", "約３割"]),
    st.decimals(-(10**9), 10**9, places=2, allow_nan=False).map(str),
)
CELLS = st.tuples(
    st.sampled_from([BASE, SECOND, THIRD, HARDER]),
    st.sampled_from([2018, 2020, 2021, 2022, 2025]),
    TEXTS,
    st.sampled_from(["", "調査票", "改定"]),
)


@given(st.lists(CELLS, max_size=8))
def test_what_is_typed_is_shown_as_typed_and_read_back_to_the_same_plan(cells):
    facts = {}
    for slot, at, text, noted in cells:
        try:
            one = fact(text, slot, at, noted)
        except Unreadable:
            continue
        facts[one.key] = one
    start = plan(*facts.values())
    grid = grid_of(start)
    # Typed into an empty plan of as many rows, it gives the same plan; typed again, no edit.
    typed = {
        Place(row.series.id, row.line, column): grid.text(row, column)
        for row in grid.rows
        for column in grid.columns
    }
    assert read_grid(grid, typed).edits == []
    assert {f.key: f for row in grid.rows for f in row.facts.values()} == facts
    if len(grid.rows) == 1 and not any(f.note for f in facts.values()):
        blank = plan()
        reading = read_grid(grid_of(blank), typed)
        # A target outside its period is the one thing an empty plan refuses.
        outside = {p.column.slot for p in reading.refused}
        expected = {
            key: f
            for key, f in facts.items()
            if Slot(key.kind, key.period, key.label) not in outside
        }
        assert applied(blank, reading.edits).facts == expected


def test_a_changed_figure_is_one_edit_with_what_was_read():
    start = plan(fact("65％以上"))
    reading = read_grid(grid_of(start), {figure(): "70％以上"})
    (edit,) = reading.edits
    assert edit.before == start.facts[edit.key]
    assert (edit.after.value, edit.after.comparator, edit.after.value_text) == (
        70,
        ">=",
        "70％以上",
    )
    # Another spelling is another text of the plan.
    assert changes(read_grid(grid_of(start), {figure(): "６５％以上"})) == [
        (2025, "65％以上", "６５％以上")
    ]


@pytest.mark.parametrize("text", ["", "ー"])
def test_an_emptied_cell_takes_the_fact_out_of_the_plan(text):
    start = plan(fact("65％以上"))
    assert changes(read_grid(grid_of(start), {figure(): text})) == [(2025, "65％以上", None)]
    # Where there was none, it changes nothing, and that is said.
    empty = read_grid(grid_of(plan()), {figure(): "ー"})
    assert (empty.edits, empty.unchanged) == ([], [figure()])


def test_another_year_takes_the_fact_there():
    start = plan(fact("65％以上", note="改定"))
    reading = read_grid(grid_of(start), {year(): "令和6年度"})
    assert changes(reading) == [(2025, "65％以上", None), (2024, None, "65％以上")]
    assert reading.edits[1].after.note == "改定"


def test_two_rows_may_change_their_years_with_each_other():
    start = plan(fact("60％", year=2023), fact("65％", year=2025))
    reading = read_grid(grid_of(start), {year(): "R7", year(line=1): "R5"})
    assert changes(reading) == [(2023, "60％", "65％"), (2025, "65％", "60％")]


def test_one_year_cannot_have_two_targets():
    start = plan(fact("60％", year=2023), fact("65％", year=2025))
    reading = read_grid(grid_of(start), {year(): "R7"})
    assert reading.edits == []
    assert codes(reading) == {year(): ["year-taken"]}


def test_a_chain_of_moves_falls_together_where_its_end_is_refused():
    start = plan(*(fact(f"{n}％", year=n) for n in (2022, 2023, 2024)))
    moves = {year(line=0): "R5", year(line=1): "R6", year(line=2): "いつか"}
    reading = read_grid(grid_of(start), moves)
    assert reading.edits == []
    assert codes(reading) == {
        year(line=0): ["year-taken"],
        year(line=1): ["year-taken"],
        year(line=2): ["year-unreadable"],
    }


def test_what_cannot_be_read_makes_no_edit_and_hinders_no_other():
    start = plan(fact("65％以上"), fact("60％以上", SECOND, 2021))
    reading = read_grid(grid_of(start), {figure(): "六割くらい", figure(SECOND): "61％以上"})
    assert changes(reading) == [(2021, "60％以上", "61％以上")]
    assert codes(reading) == {figure(): ["target-unreadable"]}
    assert reading.refused == [figure()]


def test_a_harder_target_typed_behind_the_main_one_replaces_that_of_its_own_cell():
    start = plan(fact("20％以上"), fact("＜25％以上＞", HARDER))
    reading = read_grid(grid_of(start), {figure(): "20％以上＜30％以上＞"})
    assert changes(reading) == [(2025, "＜25％以上＞", "＜30％以上＞")]
    both = read_grid(grid_of(start), {figure(): "21％＜30％＞", figure(HARDER): "＜31％＞"})
    assert changes(both) == [(2025, "＜25％以上＞", "＜31％＞")]
    assert codes(both) == {figure(): ["year-taken"]}


def test_a_note_is_that_of_the_facts_that_have_one_else_of_the_whole_row():
    start = plan(fact("51.3", BASE, 2014), fact("65％", note="改定"))
    reading = read_grid(grid_of(start), {note(): "令和6年改定"})
    assert [(edit.key.kind, edit.after.note) for edit in reading.edits] == [
        (Kind.TARGET, "令和6年改定")
    ]
    bare = plan(fact("51.3", BASE, 2014), fact("65％"))
    reading = read_grid(grid_of(bare), {note(): "抽出調査", figure(SECOND): "60％"})
    assert sorted((edit.key.fiscal_year, edit.after.note) for edit in reading.edits) == [
        (2014, "抽出調査"),
        (2021, "抽出調査"),
        (2025, "抽出調査"),
    ]
    assert codes(read_grid(grid_of(plan()), {note(): "抽出調査"})) == {note(): ["note-alone"]}


def test_the_first_unit_typed_is_that_of_a_series_without_one():
    series = Series(1, 1, "", "", "", Direction.UNKNOWN, 1)
    start = plan(series=[series], periods=False)
    slot = Slot(Kind.TARGET)
    reading = read_grid(grid_of(start), {figure(slot): "65％", year(slot): "R7"})
    (part,) = [edit for edit in reading.edits if isinstance(edit, PartEdit)]
    assert (part.before, part.after) == (series, replace(series, unit="％", unit_text="％"))


def test_a_jump_of_a_thousand_times_is_asked_about_and_hinders_nothing():
    start = plan(fact("821"))
    (edit,) = read_grid(grid_of(start), {figure(): "821,000"}).edits
    (found,) = remarks(start, edit.before, edit.after)
    assert found.code == "scale-jump"
    assert "821％から821,000％" in found.message


def test_a_series_of_a_draft_can_be_given_targets():
    new = replace(plan().series[0], id=-1, name="女性", unit="人", unit_text="千人", position=2)
    start = plan(series=[*plan().series, new])
    (edit,) = read_grid(grid_of(start), {figure(series=-1): "1.5"}).edits
    assert edit.key == FactKey(-1, Kind.TARGET, 3, "", FiscalYear(2025))
    assert edit.after == Fact(edit.key, 1500.0, value_text="1.5")
