"""What asks for attention, what moved since the year before, the tree of policies, the search."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from made import judged, plan_of

from kpi.charts import Assessment
from kpi.charts.attention import attention
from kpi.charts.found import alike, find, found_in
from kpi.charts.moved import Move, moves
from kpi.charts.policies import policy_tree, rows_of_tree
from kpi.model import FiscalYear, Period, PolicyNode
from kpi.store import open_database, plans, read_plan

PERIODS = [Period(1, 1, FiscalYear(2021), FiscalYear(2025))]


@pytest.fixture(scope="module")
def content(sample_file):
    engine = open_database(f"sqlite:///{sample_file}")
    header = next(h for h in plans(engine) if h.plan.name == "見本市総合計画")
    yield read_plan(engine, header)
    engine.dispose()


def going(*values, first=2020):
    """A rate with a target of 60 in 2025 and actuals from a year on, the first as its baseline."""
    facts = [{"kind": "target", "period": 1, "fiscal_year": 2025, "value": 60.0}]
    facts[0]["comparator"] = "以上"
    facts += [{"kind": "baseline", "fiscal_year": first, "value": values[0]}]
    facts += [
        {"fiscal_year": first + after, "value": value}
        for after, value in enumerate(values)
        if after
    ]
    return plan_of(*facts, periods=PERIODS)


def moved(content, before: int, after: int) -> list[Move]:
    return list(moves(judged(content, before), judged(content, after), 1))


def test_a_rating_moves_to_the_worse_and_to_the_better():
    # On the even path at first, then behind it, then below where it began, then met.
    course = going(50.0, 52.0, 52.5, 49.0, 61.0)
    assert moved(course, 2021, 2022) == [Move.WORSE]
    assert moved(course, 2022, 2023) == [Move.WORSE]
    assert moved(course, 2023, 2024) == [Move.BETTER]
    assert moved(course, 2021, 2021) == []


def test_what_is_rated_for_the_first_time_neither_rose_nor_fell():
    assert moved(going(50.0, 52.0), 2020, 2021) == [Move.RATED]


def test_the_same_band_under_its_name_at_the_end_is_only_called_otherwise():
    behind = going(50.0, 50.5, 51.0, 51.5, 52.0, 53.0)
    assert moved(behind, 2024, 2025) == [Move.RENAMED]


def test_a_target_that_was_not_there_is_new_and_one_that_is_not_there_any_more_gone():
    with_target = judged(going(50.0, 52.0), 2021)
    without = judged(replace(going(50.0, 52.0), facts=going(50.0, 52.0).facts.iloc[1:]), 2021)
    assert list(moves(without, with_target, 1)) == [Move.NEW]
    assert list(moves(with_target, without, 1)) == [Move.GONE]


def test_a_retired_indicator_moves_nowhere():
    after = going(50.0, 52.0, 52.5)
    retired = replace(after, series=after.series.assign(is_retired=True))
    assert moves(judged(after, 2021), judged(retired, 2022), 1) == {}


def sample(content, year=2024) -> Assessment:
    return judged(content, year)


def test_what_asks_for_attention_is_what_the_period_counts_as_behind_or_worse(content):
    assessment = sample(content)
    third = next(s for s in assessment.summaries if s.period == 3)
    asking = attention(assessment, assessment.lines(3), 3)
    assert asking.counts == {"D": third.counts["D"], "C": third.counts["C"]}
    assert [line.marks[3].letter for line in asking.lines] == ["D"] * 6 + ["C"] * 17
    assert sum(count for _, count in asking.unrated) == third.counts["N"]
    assert asking.total == third.total == 40


def test_a_target_held_against_another_year_is_told_apart(content):
    asking = attention(sample(content), sample(content).lines(2), 2)
    assert asking.references == 2
    assert asking.total == 35


def test_the_tree_counts_what_the_summary_counts_at_every_node(content):
    assessment = sample(content)
    root = policy_tree(assessment, assessment.lines(3), 3, is_whole=True)
    third = next(s for s in assessment.summaries if s.period == 3)
    assert root.counts == third.counts
    assert (root.series, root.total) == (40, 40)

    def adds_up(branch):
        own = sum(len(series) for _, series in branch.indicators)
        assert branch.series == own + sum(one.series for one in branch.branches)
        for one in branch.branches:
            adds_up(one)

    adds_up(root)
    first = root.branches[0]
    assert first.title == "1 健やかに暮らせるまち"
    assert [(one.title, one.series) for one in first.branches] == [
        ("1-1 生活習慣病の予防", 3),
        ("1-2 医療保険制度の安定した運営", 4),
        ("1-3 高齢者の元気づくり", 3),
    ]
    # Both series of an indicator hang together.
    assert [len(series) for _, series in first.branches[1].indicators] == [2, 2]


def test_a_filtered_tree_leaves_out_what_is_empty_and_a_whole_one_shows_it(content):
    extra = PolicyNode(999, content.plan.id, None, "政策", "9", "まだ指標のない政策", 999)
    assessment = sample(replace(content, policies={**content.policies, 999: extra}))
    lines = assessment.lines(3)
    whole = policy_tree(assessment, lines, 3, is_whole=True)
    assert [one.series for one in whole.branches][-1] == 0
    waste = [line for line in lines if "ごみ" in line.indicator]
    tree = policy_tree(assessment, waste, 3, is_whole=False)
    assert [(depth, branch.title) for depth, branch, _ in rows_of_tree(tree)] == [
        (0, "4 安全で快適なまち"),
        (1, "4-3 環境にやさしい暮らし"),
    ]


def test_what_hangs_under_no_policy_comes_last():
    assessment = judged(going(50.0, 52.0), 2021)
    tree = policy_tree(assessment, assessment.lines(1), 1, is_whole=True)
    ((depth, branch, lines),) = rows_of_tree(tree)
    assert (depth, branch.title, [line.title for line in lines]) == (0, "", ["受診率"])


def test_an_indicator_is_found_with_its_plan_and_measure(content):
    (waste,) = find(content, "ゴミ")
    assert (waste.plan, waste.title) == ("見本市総合計画", "1人1日当たりごみ排出量")
    assert waste.policies == ("4 安全で快適なまち", "4-3 環境にやさしい暮らし")
    assert waste.department == "環境課"
    assert find(content, "　") == []
    assert find(content, "ありえない名前") == []


def test_retired_indicators_are_found_after_those_in_use(content):
    retired = content.series["indicator"] == "後期高齢者医療保険料収入率等"
    found = find(replace(content, series=content.series.assign(is_retired=retired)), "保険料")
    assert [one.is_retired for one in found] == [False, False, True, True]


def test_elsewhere_plans_are_found_by_their_series():
    known = pd.DataFrame(
        [("A", 1, "ごみの量", ""), ("A", 1, "ゴミの量", "家庭"), ("B", 2, "人口", "")],
        columns=["municipality", "plan_id", "indicator", "series"],
    )
    assert found_in(known, "ごみ") == [("A", 1), ("A", 1)]


def test_names_that_are_like_the_words_are_offered():
    assert alike(["市民バスの利用者数", "ごみ排出量"], "市民バス乗車人数") == ["市民バスの利用者数"]
    assert alike(["市民バスの利用者数"], "税") == []
