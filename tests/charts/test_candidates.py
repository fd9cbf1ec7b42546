"""Which series are proposed for comparison: by name and unit, never the same one twice."""

from __future__ import annotations

import pandas as pd
import pytest

from kpi.charts import propose, search
from kpi.store import known_series, open_database

KAWASAKI = "141305"
RATE = "就労支援事業等に参加可能な人の事業参加率"
ROADMAP = "新経済・財政再生計画 改革工程表2023"
MINISTRY = "生活保護行政の指標（平成31年3月）"


def known(*series):
    """Series as the store returns them: (municipality, plan, indicator[, series[, unit]])."""
    plans = {}
    rows = []
    for number, (municipality, plan, indicator, *more) in enumerate(series, 1):
        part, unit = [*more, "", "％"][:2] if len(more) < 2 else more
        rows.append(
            {
                "municipality": municipality,
                "municipality_name": municipality,
                "plan_id": plans.setdefault((municipality, plan), len(plans) + 1),
                "plan": plan,
                "series_id": number,
                "indicator": indicator,
                "series": part,
                "unit": unit,
            }
        )
    return pd.DataFrame(rows)


def titles(candidates):
    return [(one.municipality_name, one.title) for one in candidates.shown]


@pytest.fixture(scope="module")
def samples_known(sample_file):
    engine = open_database(f"sqlite:///{sample_file}")
    yield known_series(engine)
    engine.dispose()


def id_of(frame, municipality, indicator):
    rows = frame[(frame["municipality"] == municipality) & (frame["indicator"] == indicator)]
    return int(rows["series_id"].iloc[0])


def test_kawasakis_rate_finds_the_roadmap_and_the_ministry_first(samples_known):
    found = propose(samples_known, KAWASAKI, id_of(samples_known, KAWASAKI, RATE), set())
    assert [(one.municipality_name, one.plan, one.title) for one in found.shown[:3]] == [
        ("国", ROADMAP, "就労支援事業等に参加可能な者の事業参加率"),
        ("国", MINISTRY, "就労支援事業等に参加可能な者の事業参加率"),
        ("国", MINISTRY, "就労支援事業等の参加率"),
    ]
    # The same but for 人 and 者.
    assert 0.8 < found.shown[0].likeness < 1


def test_what_was_decided_once_is_not_proposed_again(samples_known):
    series_id = id_of(samples_known, KAWASAKI, RATE)
    first, second, *_ = propose(samples_known, KAWASAKI, series_id, set()).shown
    again = propose(samples_known, KAWASAKI, series_id, {first.key})
    assert again.shown[0] == second
    assert first not in again.shown


def test_a_table_by_area_is_proposed_for_the_prefecture_alone(samples_known):
    series_id = id_of(samples_known, KAWASAKI, "都道府県・指定都市・中核市別保護率")
    found = propose(samples_known, KAWASAKI, series_id, set())
    assert [one.municipality_name for one in found.shown] == ["神奈川県"]
    assert found.more > 100


def test_a_column_of_a_table_by_area_is_found_by_its_own_name(samples_known):
    own = known(("141500", "相模原市計画", "保護率"))
    everywhere = pd.concat([own, samples_known])
    assert [one.municipality_name for one in propose(everywhere, "141500", 1, set()).shown] == [
        "神奈川県"
    ]


def test_a_series_in_another_unit_is_not_proposed():
    frame = known(
        ("A市", "計画", "受診率"), ("B市", "計画", "受診率", "", "人"), ("C市", "計画", "受診率")
    )
    assert titles(propose(frame, "A市", 1, set())) == [("C市", "受診率")]
    assert titles(search(frame, "A市", 1, "受診率", set())) == [("C市", "受診率")]


def test_a_series_of_the_same_plan_is_not_proposed_and_one_of_an_older_plan_is():
    frame = known(
        ("A市", "第2次計画", "受診率"),
        ("A市", "第2次計画", "受診率", "男"),
        ("A市", "第1次計画", "受診率"),
    )
    assert [one.plan for one in propose(frame, "A市", 1, set()).shown] == ["第1次計画"]


def test_names_typed_otherwise_are_the_same_name():
    frame = known(
        ("A市", "計画", "ＩＣＴを使う　学級の割合"), ("B市", "計画", "ICTを使う学級の割合")
    )
    [found] = propose(frame, "A市", 1, set()).shown
    assert found.likeness == 1


def test_names_that_share_little_are_not_proposed():
    frame = known(("A市", "計画", "市民バスの利用者数"), ("B市", "計画", "ごみの排出量"))
    assert propose(frame, "A市", 1, set()).shown == ()


def test_a_name_of_one_letter_has_no_pairs_and_is_like_itself_alone():
    frame = known(("A市", "計画", "橋"), ("B市", "計画", "橋"), ("C市", "計画", "川"))
    assert titles(propose(frame, "A市", 1, set())) == [("B市", "橋")]


def test_of_names_equally_alike_the_nearest_comes_first():
    names = ["C市", "B市", "国", "東京都", "神奈川県"]
    frame = known(("141305", "計画", "受診率"), *((name, "計画", "受診率") for name in names))
    found = propose(frame, "141305", 1, set()).shown
    # Two other cities and a prefecture that is not one's own are few enough to be proposed.
    assert [one.municipality_name for one in found] == ["神奈川県", "国", "B市", "C市", "東京都"]


def test_a_search_finds_what_holds_all_of_the_words():
    frame = known(
        ("A市", "計画", "受診率"),
        ("横浜市", "健康計画", "検診の受診率"),
        ("横浜市", "総合計画", "進学率"),
        ("B市", "健康計画", "検診の受診率"),
    )
    assert titles(search(frame, "A市", 1, "横浜　受診率", set())) == [("横浜市", "検診の受診率")]
    assert titles(search(frame, "A市", 1, "健康計画", {("B市", 4)})) == [("横浜市", "検診の受診率")]
    assert titles(search(frame, "A市", 1, "図書館", set())) == []


def test_a_search_that_finds_too_much_says_how_much_more():
    frame = known(("A市", "計画", "受診率"), *((f"{n}町", "計画", "受診率") for n in range(30)))
    found = search(frame, "A市", 1, "町", set())
    assert (len(found.shown), found.more) == (20, 10)
