"""What a meeting is told of a series: as the drawing of its screen says, never more than known."""

from dataclasses import dataclass

import pytest

from kpi.charts import assess
from kpi.charts.agenda import agenda_item, short_outlook
from kpi.charts.display import Display
from kpi.progress import Reason
from kpi.store import open_database, plans, read_plan
from kpi.words import speaking

NAN = float("nan")


@pytest.fixture(scope="module")
def assessment_of(sample_file):
    engine = open_database(f"sqlite:///{sample_file}")
    known = {header.plan.name: header for header in plans(engine)}

    def judged(plan, year):
        return assess(read_plan(engine, known[plan]), year)

    yield judged
    engine.dispose()


def item(assessment, title):
    ids = {name: series_id for series_id, name in assessment.titles.items()}
    return agenda_item(assessment, ids[title])


def test_an_indicator_is_told_as_on_the_drawing_of_the_screen(assessment_of):
    told = item(assessment_of("見本市総合計画", 2024), "特定健康診査の受診率")
    assert (told.value, told.line.unit, told.when) == ("38.9", "％", "令和6年度（速報）")
    assert (told.target, told.target_year, told.gap) == (
        "42.0％以上",
        "令和7年度",
        "あと 3.1ポイント",
    )
    assert (told.mark.label, told.line.department) == ("遅れ", "健康推進課")
    assert told.source.startswith("出典：見本市_成果指標実績_令和6年度.xlsx ほか2件")


def test_for_readers_of_english_a_provisional_value_is_called_so(assessment_of):
    with speaking("en"):
        told = item(assessment_of("見本市総合計画", 2024), "特定健康診査の受診率")
    assert told.when == "FY2024 (provisional)"


def test_money_is_told_in_the_unit_of_the_plan(assessment_of):
    told = item(assessment_of("川崎市総合計画", 2020), "国民健康保険料収入率等 収入未済額")
    assert (told.value + told.line.unit, told.target) == ("30.77億円", "30億円以下")
    assert told.gap == "あと 0.77億円"


def test_every_series_of_the_samples_can_be_told(sample_file):
    engine = open_database(f"sqlite:///{sample_file}")
    for header in plans(engine):
        content = read_plan(engine, header)
        for year in list(content.actual_years)[:1]:
            assessment = assess(content, year)
            for series_id in assessment.titles:
                told = agenda_item(assessment, series_id)
                assert told.when
                assert "nan" not in f"{told.value}{told.target}{told.gap}{told.course}".lower()
    engine.dispose()


@dataclass
class Ahead:
    """A target with what is known of its future."""

    target: float = 60.0
    target_high: float = NAN
    target_year: float = 2026
    actual_year: float = 2024
    met: bool | None = False
    reason: Reason = Reason.NONE
    projected: float = 55.25
    projected_low: float = 50.0
    projected_high: float = 58.0
    projected_met: bool | None = False
    projected_sure: bool | None = True
    held_at_floor: bool = False
    held_at_ceiling: bool = False
    chance: float = 0.04


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, ("このままなら令和8年度は55.3％前後。", "目標に届かない見込みです。")),
        ({"projected_met": True}, "目標に届く見込みです。"),
        ({"projected_met": True, "met": True}, "目標を保つ見込みです。"),
        ({"projected_sure": False, "chance": 0.28}, "届く見込みは3割ほどです。"),
        ({"projected_sure": False, "chance": 0.93}, "届く見込みは9割超です。"),
        ({"projected_sure": False, "chance": 0.06}, "届く見込みは1割未満です。"),
        ({"projected_sure": False, "chance": 0.5, "met": True}, "目標を保つ見込みは5割ほどです。"),
        ({"projected_sure": False, "chance": NAN}, "届くかは、まだ分かりません。"),
        ({"projected": NAN}, ("", "見込みを示せるだけの実績がありません。")),
        ({"projected": NAN, "met": True}, ("", "いまは目標を満たしています。")),
        ({"actual_year": 2026}, ("", "目標に届きませんでした。")),
        ({"actual_year": 2026, "met": True}, ("", "目標を達成しました。")),
        ({"target_year": NAN, "met": None}, ("", "")),
        ({"reason": Reason.NO_ACTUAL}, ("", "まだ評価できません。")),
    ],
)
def test_what_follows_is_said_as_firmly_as_it_is_known(told, said):
    course, conclusion = short_outlook(Ahead(**told), Display("％", "％", 1, 1))
    assert (course, conclusion) == said if isinstance(said, tuple) else conclusion == said
