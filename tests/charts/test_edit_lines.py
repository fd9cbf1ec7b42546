"""What was typed in the grid of targets, told cell by cell."""

from kpi.charts.edit_lines import refused_lines
from kpi.editing.cells import Slot
from kpi.editing.grid import Column, Part, Place, grid_of
from kpi.model import Kind
from kpi.store import read_snapshot

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
