"""The growth ratio against the values a national government published, and its formula by hand."""

from __future__ import annotations

import csv
import math
import random
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from kpi.progress import judge, load_rule

#: Series of Canada's own site for the goals (github.com/sdg-data-canada-odd-donnees), with the
#: progress value, score and status published there.
FILE = Path(__file__).parent / "open_sdg_cases.csv"
PUBLISHED = list(csv.DictReader(FILE.read_text(encoding="utf-8").splitlines()))
STATUS = {
    "target_achieved": "A",
    "substantial_progress": "B",
    "moderate_progress": "C",
    "limited_progress": "D",
    "deterioration": "E",
    "not_available": "",
}
RECORDED = datetime(2026, 6, 30, tzinfo=UTC)


def judged(cases):
    """Judge series from (points, base, target, target year, direction, limit)."""
    series, facts = [], []
    for number, (points, base, target, target_year, direction, limit) in enumerate(cases, 1):
        series.append((number, "", direction, limit))
        facts += [(number, "actual", year, value) for year, value in points.items()]
        if base is not None:
            facts.append((number, "baseline", *base))
        if target is not None:
            facts.append((number, "target", target_year, target))
    table = pd.DataFrame(facts, columns=["series_id", "kind", "fiscal_year", "value"]).assign(
        period=0,
        label="",
        value_high=math.nan,
        comparator="",
        value_text="",
        status="",
        recorded_at=RECORDED,
    )
    names = ["series_id", "unit", "direction", "limit"]
    frame = pd.DataFrame(series, columns=names)
    return judge(frame, table, (), 2030, {"open-sdg": load_rule("open-sdg")}, "open-sdg")


def one(points, *, base=None, target=None, year=2030, direction="higher", limit=math.nan):
    [row] = judged([(points, base, target, year, direction, limit)]).itertuples()
    return row


def published(case):
    """One case of the file as `judged` takes it; figures that it repeats exactly are exact."""
    points = {}
    for point in filter(None, case["series"].split(";")):
        year, _, value = point.partition(":")
        points[int(year[:4])] = float(value)
    for end in ("base", "current"):
        points[int(case[f"{end}_year"])] = float(case[f"{end}_value"])
    # Where the publisher set another base than the first year from 2015 on, the plan states it.
    base_year = int(case["base_year"])
    is_own = base_year != min(year for year in points if year >= 2015)
    return (
        points,
        (base_year, points[base_year]) if is_own else None,
        float(case["target"]) if case["target"] else None,
        int(case["target_year"]),
        {"up": "higher", "down": "lower"}[case["direction"]],
        float(case["limit"]) if case["limit"] else math.nan,
    )


@pytest.fixture(scope="module")
def canada():
    table = judged([published(case) for case in PUBLISHED])
    return dict(zip([case["case_id"] for case in PUBLISHED], table.itertuples(), strict=True))


def test_the_file_is_whole():
    assert len(PUBLISHED) == 131


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case["case_id"])
def test_every_published_series_gets_the_published_value_score_and_status(canada, case):
    row = canada[case["case_id"]]
    assert row.rating == STATUS[case["expected_status"]]
    value = row.growth_to_target if case["target"] else row.growth
    if not case["expected_progress_value"]:
        assert math.isnan(value)
        assert math.isnan(row.growth_score)
        assert (row.reason, row.missing) == ("no_measure", "growth_score")
        return
    assert value == pytest.approx(float(case["expected_progress_value"]), rel=1e-9, abs=0)
    assert row.growth_score == pytest.approx(float(case["expected_score"]), rel=1e-9, abs=0)
    assert row.reason == ""


@pytest.mark.parametrize(
    ("points", "settings", "letter", "score"),
    [
        # 100 to 103.03 in two years is 1.5 % a year: the lower bound belongs to the band.
        ({2015: 100, 2017: 103.0225}, {}, "B", 2.5),
        ({2015: 100, 2017: 101.0025}, {}, "C", 0.0),
        ({2015: 100, 2017: 100}, {}, "D", -2.5),
        ({2015: 100, 2017: 99.8001}, {}, "E", -2.625),
        ({2015: 100, 2017: 99.8001}, {"direction": "lower"}, "D", -2.0),
        # Of a negative base the rate says how far from 0 it goes: -100 to -90 is going up.
        ({2015: -100, 2017: -90.25}, {}, "B", 5.0),
        # The base year has no value: the next that has one. What is before it is not looked at.
        ({2010: 1, 2016: 100, 2018: 103.0225}, {}, "B", 2.5),
        # A base the plan states comes first.
        ({2010: 100, 2015: 1, 2012: 103.0225}, {"base": (2010, 100)}, "E", -5.0),
        # At the limit itself nothing can grow: staying there is all there is.
        ({2015: 100, 2017: 100}, {"limit": 100}, "B", 5.0),
        ({2015: 100, 2017: 99.8001}, {"limit": 100}, "E", -2.625),
        # Twice the limit and beyond is far from it.
        ({2015: 200, 2017: 206.045}, {"limit": 100}, "B", 2.5),
        # Met, whatever the trend.
        ({2015: 100, 2017: 60}, {"target": 50}, "A", 5.0),
        # 0 is never reached by a rate: it counts as 0.001.
        ({2015: 100, 2018: 1}, {"target": 0, "direction": "lower"}, "B", 5.0),
    ],
)
def test_growth_at_the_edges_of_its_bands(points, settings, letter, score):
    row = one(points, **settings)
    assert (row.rating, row.growth_score) == (letter, pytest.approx(score, abs=1e-9))


@pytest.mark.parametrize(
    "points",
    [{}, {2020: 5.0}, {2014: 5.0, 2013: 4.0}, {2015: -1.0, 2020: 1.0}, {2015: 0.0, 2020: 1.0}],
)
@pytest.mark.parametrize("target", [None, 0.5])
def test_where_there_is_no_growth_there_is_no_mark_and_a_reason(points, target):
    row = one(points, target=target)
    assert row.rating == ""
    assert row.reason in ("no_measure", "no_number", "no_actual")


def test_a_series_without_direction_and_target_is_not_judged():
    assert judged([({2015: 1, 2020: 2}, None, None, 2030, "unknown", math.nan)]).empty


def test_a_limit_is_not_looked_at_where_there_is_a_target():
    near = one({2015: 90, 2020: 91}, target=95, limit=100)
    assert near.growth_score == one({2015: 90, 2020: 91}, target=95).growth_score


def by_the_published_formula(points, target, year, direction, limit):
    """Status and score as the documentation of Open SDG tells them, for one series."""
    first = min((y for y in points if y >= 2015), default=None)
    last = max(points, default=None)
    if first is None or last <= first:
        return "", None

    def rate(value, at):
        ratio = value / points[first]
        return None if ratio < 0 else ratio ** (1 / (at - first)) - 1

    now = rate(points[last], last)
    if now is None:
        return "", None
    way = (1 if direction == "higher" else -1) * now * (-1 if points[first] < 0 else 1)
    if target is not None:
        if points[last] >= target if direction == "higher" else points[last] <= target:
            return "A", 5
        needed = rate(target or 0.001, year) if year > first else None
        if not needed:
            return "", None
        ratio = way / abs(needed)
        letter = "BCDE"[sum(ratio < bound for bound in (0.95, 0.6, 0))]
        if ratio >= 0.6:
            return letter, min(7.1429 * ratio - 4.2857, 5)
        return letter, max(4.1667 * ratio - 2.5, -5)
    return alone(way, abs(points[first]), limit)


def alone(way, size, limit):
    """The same without a target."""
    room = 1.0
    if limit is not None and size < 2 * limit:
        room = 1 - ((size if size <= limit else 2 * limit - size) / limit) ** 4.44
    if way < 0:
        return "E", max(125 * way - 2.5, -5)
    if room == 0:
        return "B", 5
    if way >= 0.015 * room:
        return "B", min(500 * way / room - 5, 5)
    if way >= 0.005 * room:
        return "C", 250 * way / room - 1.25
    return "D", 500 * way / room - 2.5


def random_case(draw):
    """A series with few points around zero, about half of them with a target."""

    def value():
        return draw.choice([-1, 1, 1, 1]) * draw.randint(1, 300) / 4

    points = {year: value() for year in draw.sample(range(2012, 2026), draw.randint(1, 5))}
    target = draw.choice([None, 0.0, value()])
    direction = draw.choice(["higher", "lower"])
    return points, target, draw.randint(2026, 2035), direction, draw.choice([None, 50.0, 100.0])


def test_random_series_are_judged_as_by_the_published_formula():
    draw = random.Random("growth")
    drawn = [random_case(draw) for _ in range(2000)]
    table = judged(
        [
            (points, None, target, year, direction, math.nan if limit is None else limit)
            for points, target, year, direction, limit in drawn
        ]
    )
    for row, case in zip(table.itertuples(), drawn, strict=True):
        letter, score = by_the_published_formula(*case)
        assert row.rating == letter
        if letter:
            assert row.growth_score == pytest.approx(score, rel=1e-9, abs=1e-9)
    assert set(table["rating"]) == {"", *"ABCDE"}
