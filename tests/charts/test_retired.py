"""A retired indicator keeps all that was known of it, and nobody has to answer for it any more."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from acts import import_bytes, preview_of

from kpi.charts import (
    assess,
    describe,
    differences,
    plan_remarks,
    policy_lines,
    progress_table,
    succession,
    verdict,
)
from kpi.charts.structure import consequences, next_plan_told
from kpi.editing import applied
from kpi.editing.structure import NewSeries, next_plan, reinstate, replace_by_new, retire
from kpi.importing.findings import IndicatorRetired
from kpi.model import Direction, FiscalYear, HandRating
from kpi.store import (
    Changes,
    commit,
    plans,
    read_parts,
    read_plan,
    read_retirement,
    read_snapshot,
    record,
)

APRIL = datetime(2025, 4, 1, tzinfo=UTC)
MAY = datetime(2025, 5, 1, tzinfo=UTC)
JUNE = datetime(2025, 6, 1, tzinfo=UTC)
JULY = datetime(2025, 7, 1, tzinfo=UTC)
PLAN = """自治体,計画,政策,指標,単位,方向,種別,計画期,年度,値,条件
見本町,総合計画,健康,受診率,％,高いほど良い,基準,,2020,30,
見本町,総合計画,健康,受診率,％,高いほど良い,目標,1,2025,50,>=
見本町,総合計画,健康,受診率,％,高いほど良い,実績,,2022,33,
見本町,総合計画,健康,受診率,％,高いほど良い,実績,,2023,38,
見本町,総合計画,福祉,相談件数,件,高いほど良い,基準,,2020,10,
見本町,総合計画,福祉,相談件数,件,高いほど良い,目標,1,2025,20,>=
見本町,総合計画,福祉,相談件数,件,高いほど良い,実績,,2023,18,
"""
ACTUAL = "自治体,計画,指標,種別,年度,値\n見本町,総合計画,受診率,実績,{},{}\n"
WHY = "検診の方法が変わったため"


@pytest.fixture
def engine(empty):
    import_bytes(empty, ("計画.csv", PLAN.encode()), now=APRIL)
    return empty


def header_of(engine):
    [header] = plans(engine)
    return header


def named(plan, name):
    return next(one for one in plan.indicators if one.name == name)


def change(engine, edits, reason, now):
    """Bring edits of indicators into force."""
    code = header_of(engine).municipality
    marks = read_snapshot(engine, code.code, code.name).marks
    changes = Changes(code, marks, indicators=[edit.after for edit in edits])
    return commit(engine, [changes], author="課長", reason=reason, now=now)


def retire_one(engine, successor=None, now=JUNE):
    plan = read_parts(engine, header_of(engine))
    to = successor and named(plan, successor).id
    change(engine, retire(plan, named(plan, "受診率").id, WHY, to), WHY, now)


def assessed(engine, as_of=None, year=2023):
    return assess(read_plan(engine, header_of(engine), as_of), year)


def series_id(assessment, name):
    return next(key for key, title in assessment.titles.items() if title == name)


def test_an_overview_does_not_count_it_and_as_of_a_day_before_it_still_does(engine):
    retire_one(engine)
    now, then = assessed(engine), assessed(engine, MAY)
    assert [summary.total for summary in now.summaries] == [1]
    assert [line.title for line in now.lines(1)] == ["相談件数"]
    assert [line.title for line in policy_lines(now, 1)] == ["福祉"]
    assert [summary.total for summary in then.summaries] == [2]
    assert {line.title for line in then.lines(1)} == {"受診率", "相談件数"}
    assert not then.retired


def test_kpi_progress_has_its_row_with_what_was_measured_and_why_it_is_not_rated(engine):
    retire_one(engine)
    table = progress_table(assessed(engine)).set_index("indicator")
    row = table.loc["受診率"]
    assert (row["actual"], row["target"], row["attainment"]) == (38, 50, 0.76)
    assert (row["rating"], row["rating_label"]) == ("", "")
    assert row["reason"] == "指標が廃止されたため、評価しません。"
    assert row[["projected", "required_per_year"]].isna().all()
    assert table.loc["相談件数", "rating"] != ""


def test_its_page_shows_its_course_and_says_that_it_is_not_rated(engine):
    retire_one(engine)
    assessment = assessed(engine)
    one = series_id(assessment, "受診率")
    line, [target] = assessment.line(one, 1), assessment.targets[one]
    told = verdict(assessment, line, target)
    assert told.mark.label == "廃止"
    assert told.sentence == "令和7年度の目標50％以上は、指標が廃止されたため、評価しません。"
    assert told.outlook == ""
    assert [point.value for point in line.course] == [30, 33, 38]
    assert describe(assessment, line, 1).projection is None


def test_it_is_told_since_when_by_whom_and_why_it_is_retired(engine):
    retire_one(engine)
    one = named(read_parts(engine, header_of(engine)), "受診率")
    town = header_of(engine).municipality
    found = read_retirement(engine, town, one.id)
    assert (found.since, found.author, found.reason) == (JUNE, "課長", WHY)
    assert read_retirement(engine, town, one.id, MAY) is None
    # What is changed of it later leaves it retired since then.
    later = replace(named(read_parts(engine, header_of(engine)), "受診率"), department="健康課")
    commit_one(engine, later, JULY)
    assert read_retirement(engine, town, one.id).since == JUNE
    plan = read_parts(engine, header_of(engine))
    change(engine, reinstate(plan, one.id, "戻す"), "戻す", JULY)
    assert read_retirement(engine, town, one.id) is None


def test_what_another_servers_clock_dates_ahead_is_told_as_soon_as_it_counts(engine):
    one = named(read_parts(engine, header_of(engine)), "受診率")
    ahead = datetime.now(UTC) + timedelta(hours=1)
    commit_one(engine, replace(one, is_retired=True), ahead)
    town = header_of(engine).municipality
    assert named(read_parts(engine, header_of(engine)), "受診率").is_retired
    assert read_retirement(engine, town, one.id).since == ahead


def commit_one(engine, indicator, now):
    town = header_of(engine).municipality
    marks = read_snapshot(engine, town.code, town.name).marks
    changes = Changes(town, marks, indicators=[indicator])
    commit(engine, [changes], author="係長", reason="所管課の変更", now=now)


def test_it_leads_to_its_successor_and_that_one_back(engine):
    retire_one(engine, successor="相談件数")
    assessment = assessed(engine)
    old = succession(assessment, series_id(assessment, "受診率"))
    new = succession(assessment, series_id(assessment, "相談件数"))
    assert (old.successors, old.predecessors) == (("相談件数",), ())
    assert (new.successors, new.predecessors) == ((), ("受診率",))


def test_the_plan_check_remarks_on_what_is_in_use_only(engine):
    wrong = PLAN.replace("2025,50,>=", "2025,30,>=")
    import_bytes(engine, ("計画.csv", wrong.encode()), now=MAY)
    told = [r.indicator for r in plan_remarks(read_plan(engine, header_of(engine)))]
    assert "受診率" in told
    retire_one(engine)
    told = [r.indicator for r in plan_remarks(read_plan(engine, header_of(engine)))]
    assert "受診率" not in told


def test_a_rating_set_by_hand_neither_counts_nor_is_told_to_have_lapsed(engine):
    header, before = header_of(engine), assessed(engine)
    one = series_id(before, "受診率")
    by_hand = HandRating(one, 1, "", FiscalYear(2025), "standard", "A", FiscalYear(2023), 38)
    record(engine, header.municipality, [by_hand], author="課長", reason="災害", now=MAY)
    assert len(assessed(engine).by_hand) + len(assessed(engine).lapsed) == 1
    retire_one(engine)
    after = assessed(engine)
    assert (after.by_hand, after.lapsed) == ({}, {})


def test_a_year_that_was_fixed_before_tells_that_it_was_retired_since(engine):
    before = assessed(engine, MAY)
    retire_one(engine)
    [difference] = differences(before, assessed(engine), MAY)
    assert (difference.title, difference.now_label) == ("受診率", "廃止")
    assert [one.what for one in difference.changes] == ["指標の廃止"]


def test_an_actual_for_it_is_imported_with_a_warning_and_it_stays_retired(engine):
    retire_one(engine, successor="相談件数")
    rows = ACTUAL.format(2024, 41) + ACTUAL.format(2022, 34).splitlines()[1] + "\n"
    preview, batch = import_bytes(engine, ("実績.csv", rows.encode()), now=JULY)
    assert batch
    [finding] = preview.findings
    assert isinstance(finding, IndicatorRetired)
    assert "「受診率」は廃止された指標です（後継は「相談件数」）" in finding.message
    plan = read_parts(engine, header_of(engine))
    assert named(plan, "受診率").is_retired
    assert assessed(engine, year=2024).retired


def test_what_is_known_of_it_already_is_imported_again_without_a_warning(engine):
    retire_one(engine)
    assert preview_of(engine, ("実績.csv", ACTUAL.format(2023, 38).encode())).findings == []


def test_a_name_that_went_over_to_another_indicator_is_that_ones(engine):
    retire_one(engine)
    plan = read_parts(engine, header_of(engine))
    moved = replace(named(plan, "相談件数"), name="受診率")
    commit_one(engine, moved, JUNE)
    preview, _ = import_bytes(engine, ("実績.csv", ACTUAL.format(2024, 41).encode()), now=JULY)
    assert preview.findings == []
    assert {fact.key.series_id for change in preview.changes for fact in change.added} == {
        next(one.id for one in plan.series if one.indicator_id == moved.id)
    }


def test_what_a_change_comes_to_is_told_before_it_joins_a_draft(engine):
    plan = read_parts(engine, header_of(engine))
    own = named(plan, "受診率").id
    edits = replace_by_new(plan, own, "検診の受診率", [NewSeries("", "％", Direction.HIGHER)], WHY)
    under, new, old = consequences(plan, edits)
    assert under == "「検診の受診率」は「健康」の下に入ります。"
    assert new == "「検診の受診率」の基準値と目標は、「目標」の表で入れてください。"
    assert old.startswith("「受診率」の目標1件と実績2件は残り、")
    retired = applied(plan, edits)
    assert consequences(retired, reinstate(retired, own, WHY)) == [
        "「受診率」は、ふたたび概況の集計と計画点検に入ります。"
    ]
    successor = named(retired, "検診の受診率")
    standing = applied(retired, [])
    assert [one.successor_id for one in standing.indicators if one.id == own] == [successor.id]


def test_what_a_next_plan_takes_over_and_what_it_does_not_is_told(engine):
    retire_one(engine)
    bare = "自治体,計画,政策,指標,単位,方向,種別,計画期,年度,値,条件\n"
    bare += "見本町,総合計画,福祉,面談件数,件,高いほど良い,目標,1,2025,9,>=\n"
    import_bytes(engine, ("追加.csv", bare.encode()), now=JULY)
    plan = read_parts(engine, header_of(engine))
    edits = next_plan(plan, "次期計画", [(FiscalYear(2026), FiscalYear(2030))], WHY)
    assert next_plan_told(plan, edits) == [
        "「次期計画」を新しく作り、指標2、系列2を引き継ぎます。今の計画は変わりません。",
        "基準値は各系列の最新の実績です（1件）。どの年度の実績かを備考に書きます。目標は空です。",
        "実績がないため基準値のない系列が1あります：面談件数",
        "廃止した指標1件は引き継ぎません：受診率",
    ]
