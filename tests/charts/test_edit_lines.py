"""A draft is told change by change, whatever has become of the plan under it."""

from kpi.charts.edit_lines import edit_lines
from kpi.model import Direction, Fact, FactEdit, FactKey, FiscalYear, Indicator, Kind, Plan, Series
from kpi.store import PlanSnapshot


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
