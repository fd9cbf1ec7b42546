"""Acts of judging on record: what was decided, by whom, as of any day, and taken back."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from acts import import_bytes

from kpi.model import (
    Comparison,
    FiscalYear,
    FrozenRating,
    FrozenYear,
    HandRating,
    Municipality,
    PlanRule,
    RuleVersion,
    SeriesSetting,
    Verdict,
)
from kpi.progress.rating import LONGEST_LETTER
from kpi.store import (
    Conflict,
    StillNeeded,
    batches,
    comparisons,
    frozen_years,
    known_series,
    last_rule_versions,
    plans,
    read_frozen,
    read_plan,
    read_series,
    record,
    rule_history,
    undo,
)
from kpi.store import tables as t

MAY = datetime(2025, 5, 1, tzinfo=UTC)
JUNE = datetime(2025, 6, 1, tzinfo=UTC)
JULY = datetime(2025, 7, 1, tzinfo=UTC)
FILE = "自治体,計画,指標,単位,年度,種別,計画期,値\n見本町,P,受診率,％,R5,実績,,40\n"
TOWN = Municipality("見本町", "見本町")


@pytest.fixture
def town(empty):
    """A database with one plan and one series, and the batch that brought them."""
    _, batch = import_bytes(empty, ("a.csv", FILE.encode()), now=MAY)
    return empty, batch


def done(engine, *acts, now=JUNE, reason="会議で決めた"):
    return record(engine, TOWN, acts, author="planner", reason=reason, now=now)


def content(engine, as_of=None):
    [header] = plans(engine, as_of)
    return read_plan(engine, header, as_of)


def test_a_plan_has_the_rule_that_was_chosen_for_it_on_that_day(town):
    engine, _ = town
    done(engine, PlanRule(1, "nagano"), now=JUNE)
    done(engine, PlanRule(1, "tama"), now=JULY)
    assert content(engine).rule == "tama"
    assert content(engine, JUNE).rule == "nagano"
    assert content(engine, MAY).rule == ""


def test_a_series_without_settings_is_judged_as_its_plan_is(town):
    engine, _ = town
    [row] = content(engine).series.itertuples()
    assert (row.rule, row.is_cumulative) == ("", False)
    assert row.tolerance != row.tolerance
    assert row.limit != row.limit


def test_settings_of_a_series_come_with_the_plan_and_go_when_taken_back(town):
    engine, _ = town
    batch = done(engine, SeriesSetting(1, "four-band", 0.05, 30.0, is_cumulative=True))
    [row] = content(engine).series.itertuples()
    assert (row.rule, row.tolerance, row.limit, row.is_cumulative) == (
        "four-band",
        0.05,
        30.0,
        True,
    )
    undo(engine, batch, author="planner", now=JULY)
    assert content(engine).series["rule"].tolist() == [""]
    assert content(engine, JUNE).series["rule"].tolist() == ["four-band"]


def test_every_version_of_a_rule_is_kept_and_the_latest_counts(town):
    engine, _ = town
    done(engine, RuleVersion("町のルール", 1, "一"))
    done(engine, RuleVersion("町のルール", 2, "二"), now=JULY)
    assert [(r.version, r.text) for r in content(engine).rules] == [(2, "二")]
    assert [(r.version, r.text) for r in content(engine, JUNE).rules] == [(1, "一")]
    history = rule_history(engine, TOWN)
    assert [(r.version, r.author, r.reason) for r in history] == [
        (2, "planner", "会議で決めた"),
        (1, "planner", "会議で決めた"),
    ]


def test_the_longest_letter_of_a_band_can_be_recorded():
    columns = t.hand_rating_revision.c.letter, t.frozen_rating.c.rating
    assert {column.type.length for column in columns} == {LONGEST_LETTER}


def test_two_people_cannot_save_the_same_version_of_a_rule(town):
    engine, _ = town
    done(engine, RuleVersion("町のルール", 1, "一"))
    with pytest.raises(Conflict):
        done(engine, RuleVersion("町のルール", 1, "別"))
    assert [rule.text for rule in content(engine).rules] == ["一"]


@pytest.mark.parametrize("act", [PlanRule(1, "市の基準"), SeriesSetting(1, "市の基準")])
def test_a_rule_somebody_else_has_taken_back_meanwhile_is_not_followed(town, act):
    engine, _ = town
    batch = done(engine, RuleVersion("市の基準", 1, "title = '市の基準'"))
    undo(engine, batch, author="someone", now=JULY)
    with pytest.raises(Conflict):
        done(engine, act, now=JULY + timedelta(days=1))
    assert content(engine).rule != "市の基準"


def test_the_number_of_a_version_taken_back_is_not_used_again(town):
    engine, _ = town
    batch = done(engine, RuleVersion("町のルール", 1, "一"))
    undo(engine, batch, author="planner", now=JULY)
    assert content(engine).rules == ()
    assert last_rule_versions(engine, TOWN) == {"町のルール": 1}
    with pytest.raises(Conflict):
        done(engine, RuleVersion("町のルール", 1, "別"))


def test_a_rule_stays_as_long_as_a_plan_is_judged_by_it(town):
    engine, _ = town
    rule = done(engine, RuleVersion("町のルール", 1, "一"))
    chosen = done(engine, PlanRule(1, "町のルール"))
    with pytest.raises(StillNeeded) as refused:
        undo(engine, rule, author="planner", now=JULY)
    assert refused.value.batch_ids == (chosen,)
    undo(engine, chosen, author="planner", now=JULY)
    undo(engine, rule, author="planner", now=JULY)


@pytest.mark.parametrize(
    "act",
    [
        PlanRule(1, "nagano"),
        SeriesSetting(1, "nagano"),
        HandRating(1, 0, "", FiscalYear(2025), "standard", "B", FiscalYear(2023), 40.0),
        Comparison(1, "国", 7, Verdict.CONFIRMED),
    ],
)
def test_an_import_stays_as_long_as_something_was_decided_about_what_it_brought(town, act):
    engine, batch = town
    decided = done(engine, act)
    with pytest.raises(StillNeeded) as refused:
        undo(engine, batch, author="planner", now=JULY)
    assert refused.value.batch_ids == (decided,)


def test_a_rating_by_hand_stands_with_its_reason_until_it_is_withdrawn(town):
    engine, _ = town
    rating = HandRating(1, 3, "", FiscalYear(2025), "standard", "B", FiscalYear(2023), 40.0)
    done(engine, rating, reason="調査の方法が変わった")
    [entry] = content(engine).hand_ratings
    assert (entry.rating, entry.author, entry.reason) == (rating, "planner", "調査の方法が変わった")
    withdrawn = HandRating(1, 3, "", FiscalYear(2025), "standard", "", None, None)
    done(engine, withdrawn, now=JULY)
    assert content(engine).hand_ratings == ()
    assert len(content(engine, JUNE).hand_ratings) == 1


def test_what_was_said_of_a_comparison_can_be_withdrawn(town):
    engine, _ = town
    [header] = plans(engine)
    done(engine, Comparison(1, "国", 7, Verdict.CONFIRMED))
    assert [e.comparison.verdict for e in comparisons(engine, header)] == [Verdict.CONFIRMED]
    done(engine, Comparison(1, "国", 7, Verdict.WITHDRAWN), now=JULY)
    assert comparisons(engine, header) == []
    assert len(comparisons(engine, header, JUNE)) == 1


def test_a_fixed_year_says_for_good_what_it_said_and_a_later_one_stands_beside_it(town):
    engine, _ = town
    [header] = plans(engine)
    rule = RuleVersion("standard", 1, "title = 'x'")
    rating = FrozenRating(
        series_id=1,
        period=3,
        label="",
        target_year=FiscalYear(2025),
        rule="standard",
        comparator=">=",
        target=42.0,
        target_high=None,
        target_text="42.0％以上",
        baseline_year=FiscalYear(2014),
        baseline=32.4,
        actual_year=FiscalYear(2023),
        actual=0.0,
        actual_status="",
        is_reference=False,
        met=False,
        attainment=None,
        progress=-3.375,
        elapsed=9 / 11,
        pace=None,
        projected=41.5,
        projected_low=None,
        projected_high=None,
        required_per_year=None,
        rating="D",
        rating_label="後退",
        reason="",
    )
    done(engine, FrozenYear(1, FiscalYear(2023), (rule,), (rating,)), reason="議会に報告")
    [entry] = frozen_years(engine, header)
    assert (entry.fiscal_year, entry.author, entry.reason) == (2023, "planner", "議会に報告")
    frozen = read_frozen(engine, header, entry)
    assert frozen.rules == (rule,)
    [row] = frozen.ratings.itertuples()
    assert (row.actual, row.target, row.rating_label, row.met) == (0.0, 42.0, "後退", False)
    assert row.attainment != row.attainment
    done(engine, FrozenYear(1, FiscalYear(2023), (rule,), ()), now=JULY, reason="訂正後")
    again, first = frozen_years(engine, header)
    assert (again.reason, first.reason) == ("訂正後", "議会に報告")
    assert read_frozen(engine, header, again).ratings.empty
    assert frozen_years(engine, header, JUNE) == [first]
    assert len(read_frozen(engine, header, first).ratings) == 1
    undo(engine, again.batch_id, author="planner", now=JULY)
    assert frozen_years(engine, header) == [first]


def test_what_was_decided_at_once_is_one_act_with_its_name(town):
    engine, _ = town
    batch = done(engine, RuleVersion("町のルール", 1, "一"), PlanRule(1, "町のルール"))
    [entry] = [entry for entry in batches(engine) if entry.batch_id == batch]
    assert (entry.act, entry.files, entry.added) == ("rule", (), 0)
    undo(engine, batch, author="planner", now=JULY)
    assert (content(engine).rule, content(engine).rules) == ("", ())


def test_every_series_of_every_plan_is_known_for_comparison(town):
    engine, _ = town
    import_bytes(engine, ("b.csv", FILE.replace("見本町,P", "国,Q").encode()))
    found = known_series(engine)[["municipality", "plan", "series_id", "indicator", "unit"]]
    assert found.to_numpy().tolist() == [
        ["国", "Q", 1, "受診率", "％"],
        ["見本町", "P", 1, "受診率", "％"],
    ]


def test_a_few_series_are_read_without_the_rest_of_their_municipality(town):
    engine, _ = town
    more = FILE + "見本町,P,参加率,％,R5,実績,,7\n国,Q,受診率,％,R4,目標,,60\n"
    import_bytes(engine, ("b.csv", more.encode()), now=JULY)
    [found] = read_series(engine, "見本町", [2])
    assert (found.municipality, found.plan.name, found.indicator, found.unit) == (
        TOWN,
        "P",
        "参加率",
        "％",
    )
    assert found.facts["value"].tolist() == [7.0]
    assert read_series(engine, "見本町", [2], JUNE) == []
    assert [one.facts["value"].tolist() for one in read_series(engine, "見本町", [1, 2, 3])] == [
        [40.0],
        [7.0],
    ]
    assert read_series(engine, "ほかの町", [1]) == []


def test_the_facts_of_a_few_series_are_those_the_plan_has(samples, plan_named):
    content = read_plan(samples, plan_named(samples, "川崎市総合計画"))
    [found] = read_series(samples, content.municipality.code, [2])
    own = content.facts[content.facts["series_id"] == 2].reset_index(drop=True)
    pd.testing.assert_frame_equal(found.facts.reset_index(drop=True), own)
