"""A year's assessment stands as it was fixed; what would be otherwise now stands beside it."""

from datetime import UTC, datetime

import pytest
from acts import import_bytes

from kpi.charts import as_fixed, assess, differences, fix, progress_table
from kpi.model import FiscalYear, HandRating, PlanRule, RuleVersion
from kpi.progress import rule_text
from kpi.store import frozen_years, plans, read_frozen, read_plan, record, undo

MAY = datetime(2025, 5, 1, tzinfo=UTC)
JUNE = datetime(2025, 6, 1, tzinfo=UTC)
JULY = datetime(2025, 7, 1, tzinfo=UTC)
AUGUST = datetime(2025, 8, 1, tzinfo=UTC)
PLAN = """自治体,計画,指標,単位,方向,種別,計画期,年度,値,条件
見本町,総合計画,受診率,％,高いほど良い,基準,,2020,30,
見本町,総合計画,受診率,％,高いほど良い,目標,1,2025,50,>=
見本町,総合計画,受診率,％,高いほど良い,実績,,2023,38,
見本町,総合計画,相談件数,件,高いほど良い,基準,,2020,10,
見本町,総合計画,相談件数,件,高いほど良い,目標,1,2025,20,>=
見本町,総合計画,相談件数,件,高いほど良い,実績,,2023,18,
"""
CORRECTION = "自治体,計画,指標,種別,年度,値\n見本町,総合計画,受診率,実績,2023,44\n"


@pytest.fixture
def engine(empty):
    """A plan whose first series is late and whose second is on its way."""
    import_bytes(empty, ("計画.csv", PLAN.encode()), now=MAY)
    return empty


def header_of(engine):
    [header] = plans(engine)
    return header


def now(engine):
    return assess(read_plan(engine, header_of(engine)), 2023)


def decide(engine, *acts, reason="議会に報告", when=JUNE):
    code = header_of(engine).municipality
    return record(engine, code, acts, author="課長", reason=reason, now=when)


def fix_it(engine, when=JUNE):
    content = read_plan(engine, header_of(engine))
    return decide(engine, fix(content, assess(content, 2023)), when=when)


def fixed(engine, at=0):
    header = header_of(engine)
    return as_fixed(read_frozen(engine, header, frozen_years(engine, header)[at]))


def labels(assessment):
    return assessment.measures["rating_label"].to_list()


def differing(engine, since=JUNE):
    return differences(fixed(engine), now(engine), since)


def test_what_was_fixed_is_what_was_seen(engine):
    fix_it(engine)
    assert labels(fixed(engine)) == ["遅れ", "順調"]
    assert progress_table(fixed(engine)).equals(progress_table(now(engine)))
    assert differing(engine) == []


def test_a_correction_stands_beside_what_was_fixed_with_the_import_that_brought_it(engine):
    fix_it(engine)
    import_bytes(engine, ("訂正.csv", CORRECTION.encode()), now=JULY)
    then = fixed(engine)
    assert labels(then) == ["遅れ", "順調"]
    assert then.line(1, 1).latest == "38"
    assert labels(now(engine)) == ["順調", "順調"]
    [difference] = differing(engine)
    assert (difference.title, difference.fixed.label, difference.now_label) == (
        "受診率",
        "遅れ",
        "順調",
    )
    [change] = difference.changes
    assert (change.what, change.before, change.after, change.by) == (
        "実績",
        "令和5（2023）年度 38％",
        "令和5（2023）年度 44％",
        "訂正.csvの取込（2025-07-01）",
    )


def test_a_correction_that_changes_no_mark_is_told_too(engine):
    fix_it(engine)
    import_bytes(engine, ("訂正.csv", CORRECTION.replace("44", "39").encode()), now=JULY)
    [difference] = differing(engine)
    assert not difference.is_rated_otherwise
    assert difference.changes[0].after == "令和5（2023）年度 39％"


def test_a_correction_taken_back_before_and_after(engine):
    _, batch = import_bytes(engine, ("訂正.csv", CORRECTION.encode()), now=MAY)
    fix_it(engine)
    undo(engine, batch, author="planner", now=JULY)
    assert labels(fixed(engine)) == ["順調", "順調"]
    [difference] = differing(engine)
    assert difference.now_label == "遅れ"
    assert difference.changes[0].by == "取込の取消しか、設定の変更"


def test_a_revised_target_and_a_new_one_are_told(engine):
    fix_it(engine)
    more = PLAN.splitlines()[0] + "\n見本町,総合計画,受診率,％,高いほど良い,目標,1,2025,40,>=\n"
    more += "見本町,総合計画,相談件数,件,高いほど良い,目標,2,2029,30,>=\n"
    import_bytes(engine, ("改定.csv", more.encode()), now=JULY)
    first, second = differing(engine)
    assert [(c.what, c.before, c.after) for c in first.changes] == [
        ("目標", "50％以上", "40％以上"),
    ]
    assert (second.title, second.fixed, second.changes[0].what) == (
        "相談件数",
        None,
        "目標が加わった",
    )


def test_a_rule_changed_later_judges_only_what_is_not_fixed(engine):
    own = rule_text("standard").replace('"遅れ"', '"要努力"')
    decide(engine, RuleVersion("町", 1, rule_text("standard")), PlanRule(1, "町"), when=MAY)
    fix_it(engine)
    decide(engine, RuleVersion("町", 2, own), when=JULY)
    assert labels(now(engine)) == ["要努力", "順調"]
    assert labels(fixed(engine)) == ["遅れ", "順調"]
    assert fixed(engine).rule.version == 1
    [difference] = differing(engine)
    [change] = difference.changes
    assert (difference.title, change.before, change.after) == (
        "受診率",
        "標準ルール 第1版",
        "標準ルール 第2版",
    )


def test_fixing_again_keeps_the_earlier_one(engine):
    fix_it(engine)
    import_bytes(engine, ("訂正.csv", CORRECTION.encode()), now=JULY)
    fix_it(engine, when=AUGUST)
    assert labels(fixed(engine)) == ["順調", "順調"]
    assert labels(fixed(engine, at=1)) == ["遅れ", "順調"]
    assert differing(engine, since=AUGUST) == []


def test_a_fixing_taken_back_is_as_if_it_had_not_been_since_then(engine):
    batch = fix_it(engine)
    undo(engine, batch, author="planner", now=JULY)
    header = header_of(engine)
    assert frozen_years(engine, header) == []
    assert len(frozen_years(engine, header, JUNE)) == 1


def test_as_of_a_day_before_a_year_was_fixed_it_was_not(engine):
    fix_it(engine)
    header = header_of(engine)
    assert frozen_years(engine, header, MAY) == []
    assert len(frozen_years(engine, header, JULY)) == 1


def test_a_rating_by_hand_is_fixed_with_its_reason_and_stays_when_it_lapses(engine):
    rating = HandRating(1, 1, "", FiscalYear(2025), "standard", "B", FiscalYear(2023), 38.0)
    decide(engine, rating, reason="調査の方法が変わった", when=MAY)
    fix_it(engine)
    import_bytes(engine, ("訂正.csv", CORRECTION.replace("44", "37").encode()), now=JULY)
    assert labels(fixed(engine)) == ["順調", "順調"]
    assert "調査の方法が変わった" in progress_table(fixed(engine))["reason"][0]
    assert labels(now(engine)) == ["遅れ", "順調"]
    [difference] = differing(engine)
    assert [change.what for change in difference.changes] == ["実績", "手で付けた評価"]
    assert difference.changes[1].after == ""


def test_figures_that_are_unknown_stay_unknown(engine):
    rows = PLAN.splitlines()[0] + "\n見本町,総合計画,開館,,,目標,1,2024,2024年度中に運用開始,\n"
    import_bytes(engine, ("文.csv", rows.encode()), now=MAY)
    fix_it(engine)
    row = progress_table(fixed(engine)).iloc[-1]
    assert (row["target_text"], row["rating"]) == ("2024年度中に運用開始", "")
    assert row["target"] != row["target"]
    assert progress_table(fixed(engine)).equals(progress_table(now(engine)))


def test_a_target_revised_in_mid_period_is_judged_as_it_stood_on_each_day(engine):
    # 30 → 38 by FY2023, 3 of 5 years: of the way to 50 two fifths, of that to 40 four fifths.
    revision = "自治体,計画,指標,種別,計画期,年度,値\n見本町,総合計画,受診率,目標,1,2025,40\n"
    import_bytes(engine, ("改定.csv", revision.encode()), now=JULY)
    for day, *figures in ((JUNE, 50, 0.4, 12, 6, "遅れ"), (None, 40, 0.8, 2, 1, "順調")):
        then = assess(read_plan(engine, header_of(engine), day), 2023)
        [row] = then.measures[then.measures["series_id"] == 1].itertuples()
        measured = [row.target, row.progress, row.gap, row.required_per_year, row.rating_label]
        assert measured == figures
