"""Plans whose series follow different rules, and what that comes to for their policies."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pandas as pd
import pytest

from kpi.progress import judge, load_rule, rule_names, worst

RULES = {name: load_rule(name) for name in rule_names()}


def plan(*rules):
    """A series for each rule, from 50 in FY2020 by 56 in FY2022 to 60 in FY2025."""
    points = [("baseline", 2020, 50.0), ("actual", 2022, 56.0), ("target", 2025, 60.0)]
    facts = [
        (number, kind, year, value)
        for number in range(1, len(rules) + 1)
        for kind, year, value in points
    ]
    table = pd.DataFrame(facts, columns=["series_id", "kind", "fiscal_year", "value"]).assign(
        period=0,
        label="",
        value_high=math.nan,
        comparator="",
        value_text="",
        status="",
        recorded_at=datetime(2025, 6, 30, tzinfo=UTC),
    )
    series = pd.DataFrame({"series_id": range(1, len(rules) + 1), "rule": rules})
    return series.assign(unit="", direction="higher"), table


def test_each_series_is_judged_by_its_own_rule_and_the_others_by_the_default():
    series, facts = plan("tama", "", "sano", "nagano", "tama")
    table = judge(series, facts, (), 2022, RULES, "standard")
    assert list(table["series_id"]) == [1, 2, 3, 4, 5]
    assert list(table["rule"]) == ["tama", "standard", "sano", "nagano", "tama"]
    # 6 of 10 in 2 of 5 years; 56 of 60.
    assert list(table["rating_label"]) == ["着実", "順調", "6点", "努力を要する", "着実"]


def test_without_rules_of_their_own_all_series_follow_the_default():
    series, facts = plan("", "")
    with_column = judge(series, facts, (), 2022, RULES, "nagano")
    without = judge(series.drop(columns="rule"), facts, (), 2022, RULES, "nagano")
    pd.testing.assert_frame_equal(with_column, without)
    assert set(with_column["rule"]) == {"nagano"}


def test_only_a_rule_that_judges_by_growth_adds_series_without_a_target():
    series, facts = plan("open-sdg", "")
    aimless = facts[facts["kind"] != "target"]
    table = judge(series, aimless, (), 2022, RULES, "standard")
    assert list(table["series_id"]) == [1]
    # (56 / 50) ** (1 / 2) - 1 is 5.8 % a year.
    assert (table["rating_label"][0], table["reason"][0]) == ("大きく前進", "")


def test_a_plan_without_series_has_no_rows_and_all_columns():
    series, facts = plan()
    empty = judge(series, facts, (), 2022, RULES, "standard")
    assert empty.empty
    assert {"rule", "rating", "reason", "missing"} <= set(empty.columns)


def test_a_rule_nobody_knows_is_an_error():
    series, facts = plan("luck")
    with pytest.raises(KeyError):
        judge(series, facts, (), 2022, RULES, "standard")


@pytest.mark.parametrize(
    ("counts", "answer"),
    [
        ({"A": 9, "C": 1}, "C"),
        ({"A": 9, "C": 1, "D": 1}, "D"),
        ({"A": 1, "C": 0}, "A"),
        # What could not be judged is neither good nor bad.
        ({"A": 1, "N": 5}, "A"),
        ({"N": 5}, None),
        ({}, None),
    ],
)
def test_the_worst_wins_where_it_is_asked_for(counts, answer):
    assert worst(counts, ["A", "B", "C", "D"]) == answer
