"""A draft told change by change, and what was typed and cannot be read, cell by cell."""

from kpi.charts.edit_lines import edit_lines, refused_lines
from kpi.editing.cells import Slot
from kpi.editing.grid import Column, Part, Place, grid_of
from kpi.model import Direction, Fact, FactEdit, FactKey, FiscalYear, Indicator, Kind, Plan, Series
from kpi.store import PlanSnapshot, read_snapshot

THIRD = Slot(Kind.TARGET, 3)


def typed(samples, figure, year):
    """Lines where a figure and a year are typed for the first series of 見本市's plan."""
    plan = next(p for p in read_snapshot(samples, "990001", "見本市（架空のデータ）").plans)
    row = grid_of(plan).rows[0]
    texts = {Part.YEAR: year, Part.FIGURE: figure}
    places = {Place(row.series.id, 0, Column(part, THIRD)): t for part, t in texts.items()}
    return refused_lines(grid_of(plan), places)


def test_what_is_wrong_with_a_figure_and_its_year_is_said_once(samples):
    [line] = typed(samples, "六割くらい", "R9")
    assert (line.column, line.before, line.after) == (
        "第3期目標",
        "42.0以上（R7）",
        "六割くらい（R9）",
    )
    assert [finding.code for finding in line.findings] == ["target-unreadable"]
    # Taken back as one, too.
    assert {place.column.part for place in line.places} == {Part.FIGURE, Part.YEAR}


def test_a_change_of_a_series_that_was_taken_back_is_told_last_and_can_be_taken_out():
    plan = PlanSnapshot(
        Plan(1, "計画"),
        indicators=[Indicator(2, 1, None, "", "受診率", "健康課", "", 1)],
        series=[Series(2, 2, "", "％", "％", Direction.HIGHER, 1)],
    )
    known, gone = (FactKey(n, Kind.TARGET, 1, "", FiscalYear(2025)) for n in (2, 1))
    edits = [FactEdit(key, None, Fact(key, 40.0, value_text="40％以上")) for key in (gone, known)]
    told = [(line.title, line.after, line.identities) for line in edit_lines(plan, edits)]
    assert told == [
        ("受診率", "40％以上（R7）", (known,)),
        ("いまはない系列", "40％以上（R7）", (gone,)),
    ]
