"""A rating set by hand stands as long as the actual counts that it was set for."""

from dataclasses import replace

import pytest
from made import judged, plan_of

from kpi.charts import progress_table
from kpi.model import FiscalYear, HandRating
from kpi.progress import Standing, TargetKey
from kpi.store import HandEntry

KEY = TargetKey(1, 0, "", 2025)
BASE = {"kind": "baseline", "fiscal_year": 2020, "value": 50.0}
TARGET = {"kind": "target", "fiscal_year": 2025, "value": 60.0, "comparator": ">="}
RATING = HandRating(1, 0, "", FiscalYear(2025), "standard", "B", FiscalYear(2023), 51.0)


def actual(year, value, **more):
    return {"kind": "actual", "fiscal_year": year, "value": value, **more}


def assessed(*facts, rating=RATING, year=2024):
    """A plan of one series judged, with a rating by hand; by itself it is late."""
    content = plan_of(*facts)
    entry = HandEntry(rating, "課長", "調査の方法が変わった", content.facts["recorded_at"][0], "h")
    return judged(replace(content, hand_ratings=(entry,)), year)


def rating_of(assessment):
    [row] = assessment.measures.itertuples()
    return row.rating, row.rating_label


def test_a_rating_by_hand_takes_the_place_of_the_computed_one():
    assessment = assessed(BASE, TARGET, actual(2023, 51.0))
    assert rating_of(assessment) == ("B", "順調")
    assert assessment.computed_label(assessment.main_targets(1)[0]) == "遅れ"
    [summary] = assessment.summaries
    assert summary.counts == {"B": 1}
    mark = assessment.line(1, 0).marks[0]
    assert (mark.label, mark.by_hand) == (
        "順調",
        "課長が2025-06-30に手で付けた評価。理由：調査の方法が変わった",
    )


def test_kpi_progress_says_that_it_was_set_by_hand_and_why():
    [row] = progress_table(assessed(BASE, TARGET, actual(2023, 51.0))).itertuples()
    assert (row.rating, row.rating_label, row.met) == ("B", "順調", False)
    assert "手で付けた評価。理由：調査の方法が変わった" in row.reason


@pytest.mark.parametrize(
    "facts",
    [
        [actual(2023, 51.0), actual(2024, 52.0)],
        [actual(2023, 51.5)],
    ],
    ids=["of another year", "of another value"],
)
def test_it_lapses_once_another_actual_counts(facts):
    assessment = assessed(BASE, TARGET, *facts)
    assert rating_of(assessment) == ("C", "遅れ")
    assert assessment.by_hand == {}
    assert assessment.lapsed[KEY].told.startswith(
        "手で付けた評価は、新しい実績が入ったため外れました。"
    )
    assert assessment.line(1, 0).marks[0].by_hand == ""


@pytest.mark.parametrize(
    "fact",
    [
        actual(2022, 50.5),
        actual(2023, 51.0, status="確定"),
        {"kind": "target", "fiscal_year": 2030, "value": 70.0, "comparator": ">="},
    ],
    ids=["an older actual", "only its state changed", "another target"],
)
def test_it_does_not_lapse_by_anything_else(fact):
    facts = [BASE, TARGET, actual(2023, 51.0, recorded_at=plan_of(BASE).facts["recorded_at"][0])]
    assessment = assessed(*facts, fact)
    assert KEY in assessment.by_hand
    assert assessment.lapsed == {}


def test_where_the_page_looks_at_an_earlier_year_it_is_not_there_and_has_not_lapsed():
    assessment = assessed(BASE, TARGET, actual(2022, 50.5), actual(2023, 51.0), year=2022)
    assert rating_of(assessment) == ("C", "遅れ")
    assert (assessment.by_hand, assessment.lapsed) == ({}, {})


def test_it_lapses_when_its_actual_is_taken_back():
    assessment = assessed(BASE, TARGET, actual(2022, 50.5))
    assert assessment.lapsed[KEY].standing is Standing.NO_ACTUAL


def test_it_lapses_when_the_series_is_judged_by_another_rule():
    other = replace(RATING, rule="nagano")
    assert assessed(BASE, TARGET, actual(2023, 51.0), rating=other).lapsed[KEY].standing is (
        Standing.OTHER_RULE
    )


def test_a_band_the_rule_no_longer_has_is_not_given():
    gone = replace(RATING, letter="Z")
    assessment = assessed(BASE, TARGET, actual(2023, 51.0), rating=gone)
    assert rating_of(assessment) == ("C", "遅れ")
    assert assessment.lapsed[KEY].standing is Standing.OTHER_RULE


def test_it_is_told_when_its_target_is_gone():
    assert assessed(BASE, actual(2023, 51.0)).lapsed[KEY].standing is Standing.NO_TARGET


def milestone(*facts):
    said = {**TARGET, "value": float("nan"), "comparator": "", "value_text": "運用開始"}
    rating = replace(RATING, letter="A", actual_year=None, actual=None)
    return assessed(said, *facts, rating=rating)


def test_a_target_in_words_can_be_rated_and_counts_as_reached():
    assessment = milestone()
    [summary] = assessment.summaries
    assert (summary.reached, summary.counts) == (1, {"A": 1})
    [row] = progress_table(assessment).itertuples()
    assert (row.rating, row.met) == ("A", None)
    assert assessment.computed_label(assessment.main_targets(1)[0]) == "評価不能"


def test_a_rating_set_without_an_actual_lapses_with_the_first_one():
    assert milestone(actual(2024, 1.0)).lapsed[KEY].standing is Standing.NEW_ACTUAL
