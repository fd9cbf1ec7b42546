"""The check of the plan against what a person finds reading the plans, and against plans by hand.

The readings are of the documents as published (tests/gold has their figures): Kawasaki's third
implementation plan, Komagane's basic plan, Hachioji's goals, the ministry's material of 2019 and
the reform schedule of 2023.
"""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime

import pandas as pd
import pytest

from kpi.model import FiscalYear, Period
from kpi.progress.plan_check import REMARKS, CheckedPlan, check_plan
from kpi.store import open_database, plans, read_plan

PERIODS = (
    Period(1, 1, FiscalYear(2016), FiscalYear(2017)),
    Period(1, 2, FiscalYear(2018), FiscalYear(2021)),
    Period(1, 3, FiscalYear(2022), FiscalYear(2025)),
)


@pytest.fixture(scope="module")
def remarks_on(sample_file):
    """What is remarked on a sample plan: code, beginning of the indicator, and the remark."""
    engine = open_database(f"sqlite:///{sample_file}")
    known = plans(engine)

    def checked(header, others=()):
        content = read_plan(engine, header)
        year = next(iter(content.actual_years), 0)
        frames = content.series, content.facts
        return CheckedPlan(content.plan.name, *frames, content.periods, year, others)

    def remarks(name):
        header = next(h for h in known if h.plan.name.startswith(name))
        others = [
            checked(other)
            for other in known
            if other.municipality == header.municipality and other.plan != header.plan
        ]
        plan = checked(header, others)
        names = plan.series.set_index("series_id")["indicator"]
        return [
            (remark.code, names[remark.about.series_id] if remark.about else "", remark)
            for remark in check_plan(plan)
        ]

    yield remarks
    engine.dispose()


def read(remarks):
    return [(code, indicator[:12]) for code, indicator, _ in remarks]


def test_kawasaki_asks_for_less_than_its_citizens_had_already_answered(remarks_on):
    remarks = remarks_on("川崎市総合計画")
    assert read(remarks) == [
        ("already-met", "社会保障制度に基づく市の"),
        ("ceiling-reached", "学習支援・居場所づくり事"),
        ("base-years-differ", ""),
    ]
    met, ceiling, bases = (remark for _, _, remark in remarks)
    assert (met.start, met.start_year) == (22.9, 2019)
    assert (met.about.period, met.about.label, met.about.fiscal_year) == (3, "", 2025)
    assert (ceiling.about.period, ceiling.reached_year) == (3, 2020)
    assert bases.years == ((2014, 6), (2015, 1))


def test_komagane_lets_rise_what_it_will_not_let_rise(remarks_on):
    remarks = remarks_on("駒ヶ根市")
    assert read(remarks) == [
        ("wrong-side", "要介護認定者出現率（認定"),
        ("equal-to-start", "介護保険新規申請時の平均"),
        # Those for which the plan prints a dash in the column 当初.
        ("base-missing", "特定保健指導実施率"),
        ("base-missing", "こまがね健康ステーション"),
        ("base-missing", "通いの場へ参加している高"),
        ("base-missing", "通いの場拠点が設置されて"),
        ("base-missing", "介護保険新規申請時の平均"),
        ("base-years-differ", ""),
    ]
    wrong = remarks[0][2]
    assert (wrong.start, wrong.start_year, wrong.direction) == (14.6, 2017, "lower")
    assert remarks[-1][2].years == ((2010, 1), (2011, 4), (2012, 6))


def test_hachioji_does_not_say_which_way_is_better(remarks_on):
    assert read(remarks_on("八王子市")) == [
        ("direction-unknown", "受診勧奨数"),
        ("direction-unknown", "各種健診受診率"),
        ("bases-missing", ""),
        ("actuals-missing", ""),
    ]


def test_the_ministry_renames_a_rate_and_puts_off_three_targets(remarks_on):
    old = {code: remark for code, _, remark in remarks_on("生活保護行政")}
    assert old["renamed"].old == "就労支援事業等の参加率"
    assert (old["renamed"].old_year, old["renamed"].year) == (2018, 2021)
    assert (old["no-recent-actual"].last_year, old["no-recent-actual"].years) == (2016, 3)

    remarks = remarks_on("新経済")
    assert Counter(code for code, _, _ in remarks) == {
        "figures-differ": 1,
        "put-off": 3,
        "bases-missing": 1,
        "actuals-missing": 1,
    }
    put_off = {
        indicator: (remark.other, remark.other_year, remark.year, remark.place)
        for code, indicator, remark in remarks
        if code == "put-off"
    }
    document = "生活保護行政の指標（平成31年3月）"
    assert put_off["就労支援事業等に参加可能な者の事業参加率"] == (65, 2021, 2025, document)


def test_the_reform_schedule_prints_two_figures_for_one_number_of_companies(remarks_on):
    [(_, indicator, remark)] = [r for r in remarks_on("新経済") if r[0] == "figures-differ"]
    assert indicator == "保険者とともに健康経営に取り組む企業数"
    assert (remark.figure, remark.other, remark.year) == (500_000, 100_000, 2025)
    assert "企業による保険者との連携" in remark.place


def test_the_invented_city_is_remarked_on_where_its_figures_ask_for_it(remarks_on):
    remarks = remarks_on("見本市")
    assert Counter(code for code, _, _ in remarks) == {
        "already-met": 3,
        "never-improved": 2,
        "faster-than-ever": 12,
        "ceiling-reached": 1,
        "base-missing": 2,
    }
    faster = next(remark for code, name, remark in remarks if name == "市民バスの利用者数")
    assert (faster.needed, faster.best, faster.best_year) == (278_000, 107_000, 2022)
    staff = next(remark for code, name, remark in remarks if name == "消防団員の充足率")
    assert staff.needed == pytest.approx(9.2)
    assert (staff.changes, staff.since) == (10, 2015)


# Plans by hand, for what the documents do not have.


def baseline(year, value, **more):
    return {"kind": "baseline", "fiscal_year": year, "value": value, **more}


def actual(year, value, **more):
    return {"kind": "actual", "fiscal_year": year, "value": value, **more}


def target(year, value, comparator=">=", **more):
    period = {2017: 1, 2021: 2, 2025: 3}.get(year, 0)
    known = {"kind": "target", "fiscal_year": year, "value": value, "comparator": comparator}
    return {"period": period, **known, **more}


def series(*facts, name="特定健康診査の受診率", direction="higher", unit="％", department=""):
    about = {"indicator": name, "direction": direction, "unit": unit, "department": department}
    return about, facts


def plan(*every, year=2024, periods=PERIODS, name="計画", others=(), first_id=1):
    """A plan of series and their facts, read from one file."""
    blank = {"period": 0, "label": "", "value": math.nan, "value_high": math.nan}
    blank |= {"comparator": "", "value_text": "", "status": "", "batch_id": "x"}
    blank["recorded_at"] = datetime(2025, 6, 30, tzinfo=UTC)
    rows, facts = [], []
    for number, (about, own) in enumerate(every, first_id):
        none = {"series": "", "policy_code": "", "policy": "", "is_cumulative": False}
        rows.append({"series_id": number, "indicator_id": number, **none, **about})
        facts += [{"series_id": number, **blank, **fact} for fact in own]
    table = pd.DataFrame(facts, columns=["series_id", "kind", "fiscal_year", *blank])
    return CheckedPlan(name, pd.DataFrame(rows), table, periods, year, others)


def codes(*args, **kwargs):
    return [remark.code for remark in check_plan(plan(*args, **kwargs))]


COURSE = [baseline(2014, 50), actual(2020, 60), actual(2022, 62), actual(2024, 66)]


def test_a_plan_that_asks_for_more_each_period_has_no_remark():
    assert codes(series(*COURSE, target(2017, 55), target(2021, 62), target(2025, 68))) == []


def test_a_target_weaker_than_that_of_the_period_before_is_named_with_both():
    facts = [baseline(2014, 50), actual(2020, 53), target(2021, 62), target(2025, 58)]
    [remark] = check_plan(plan(series(*facts), year=2020))
    assert (remark.code, remark.before, remark.before_year) == ("weaker-than-before", 62, 2021)
    assert (remark.about.period, remark.about.fiscal_year) == (3, 2025)
    lower = [baseline(2014, 50), actual(2020, 45), target(2021, 30, "<="), target(2025, 40, "<=")]
    assert codes(series(*lower, direction="lower"), year=2020) == ["weaker-than-before"]
    better = [baseline(2014, 50), actual(2020, 45), target(2021, 40, "<="), target(2025, 30, "<=")]
    assert codes(series(*better, direction="lower"), year=2020) == []


def test_what_is_over_is_not_remarked_on_while_the_plan_goes_on():
    over = [baseline(2014, 50), actual(2015, 60), target(2017, 55), target(2025, 68)]
    assert codes(series(*over, actual(2024, 66))) == []
    assert codes(series(*over[:3]), year=2017) == ["already-met"]


@pytest.mark.parametrize("comparator", ["", ">="])
def test_a_level_to_maintain_may_be_where_it_was(comparator):
    facts = [baseline(2014, 100), actual(2020, 100), target(2025, 100, comparator)]
    assert codes(series(*facts, direction="maintain"), year=2020) == []


def test_a_range_the_series_lies_in_is_no_target_met_too_early():
    facts = [baseline(2014, 12.4), actual(2020, 13), target(2025, 10, "", value_high=15)]
    assert codes(series(*facts, direction="range"), year=2020) == []


def test_of_what_is_to_vanish_nothing_less_than_none_can_be_asked():
    facts = [baseline(2014, 96), actual(2021, 0), target(2025, 0, "")]
    assert codes(series(*facts, direction="lower", unit="人"), year=2021) == []


def test_the_sum_of_a_period_is_not_held_against_a_single_year():
    years = [actual(year, 120 + year - 2016) for year in range(2016, 2025)]
    about, facts = series(*years, target(2025, 500), unit="件")
    assert codes(({**about, "is_cumulative": True}, facts)) == []


def test_a_table_of_results_does_not_say_what_was_known_when_its_target_was_set():
    results = [actual(year, 40 + 3 * (year - 2015)) for year in range(2015, 2025)]
    assert codes(series(*results, baseline(2015, 40), target(2030, 60)), periods=()) == []


def test_a_slip_of_the_unit_is_said_of_the_figure_that_stands_alone():
    yearly = [actual(year, 1_200_000 + 1000 * year) for year in range(2016, 2021)]
    slipped = [*yearly, actual(2021, 3_300), actual(2022, 3_250_000)]
    [remark] = check_plan(plan(series(*slipped, unit="円"), year=2022))
    assert remark.code == "unit-slip"
    assert (remark.about.fiscal_year, remark.figure, remark.neighbour) == (2021, 3_300, 3_220_000)


def test_a_share_for_a_percentage_is_a_slip_and_a_great_fall_of_a_count_is_none():
    assert codes(series(actual(2022, 37.9), actual(2023, 38.2), actual(2024, 0.389))) == [
        "unit-slip"
    ]
    assert codes(series(actual(2023, 96), actual(2024, 1), unit="人")) == []


def test_a_series_without_an_actual_for_three_years_is_no_longer_followed():
    followed = series(*COURSE, target(2025, 68))
    lost = series(*COURSE[:2], actual(2021, 61), target(2025, 68), name="大腸がん検診の受診率")
    biennial = series(*COURSE[:3], target(2025, 68), name="住み続けたい市民の割合")
    [remark] = check_plan(plan(followed, lost, biennial))
    assert (remark.code, remark.about.series_id) == ("no-recent-actual", 2)
    assert (remark.last_year, remark.years) == (2021, 3)


def test_a_base_without_its_year_is_said():
    assert codes(series(baseline(0, 50), *COURSE[1:], target(2025, 68))) == ["base-undated"]


def test_two_series_of_the_same_figures_are_one_whatever_they_are_called():
    old = series(
        actual(2019, 51), actual(2020, 53), target(2021, 55), name="満足している市民の割合"
    )
    new = series(actual(2019, 51), actual(2020, 53), target(2025, 60), name="暮らしやすさの評価")
    steps = series(*COURSE, target(2021, 62), target(2025, 68))
    [remark] = [r for r in check_plan(plan(old, new, steps)) if r.code == "renamed"]
    assert (remark.old, remark.about.series_id) == ("満足している市民の割合", 2)


def test_two_series_that_stay_at_a_hundred_have_nothing_in_common():
    full = [actual(2018, 100), actual(2019, 100), actual(2020, 100)]
    old = series(*full, target(2021, 100), name="乳幼児健診の受診率")
    new = series(*full, target(2025, 100), name="水道の普及")
    steps = series(*COURSE, target(2021, 62), target(2025, 68))
    assert "renamed" not in codes(old, new, steps)


def test_two_plans_with_other_figures_of_one_year_contradict_each_other():
    mine = series(*COURSE, target(2025, 68))
    theirs = series(actual(2022, 60), target(2025, 70), name="特定健康診査 の受診率")
    other = plan(theirs, name="健康計画", first_id=7)
    found = check_plan(plan(mine, others=[other]))
    assert [(r.code, r.kind, r.year, r.figure, r.other, r.place) for r in found] == [
        ("figures-differ", "actual", 2022, 62, 60, "健康計画"),
        ("figures-differ", "target", 2025, 68, 70, "健康計画"),
    ]


def test_a_plan_that_asks_more_by_a_later_year_goes_on_with_the_other():
    other = plan(series(target(2023, 64)), name="健康計画", first_id=7)
    assert codes(series(*COURSE, target(2025, 68)), others=[other]) == []


def test_a_name_that_many_policies_share_is_not_one_indicator():
    name = "施策に満足している市民の割合"
    every = [series(*COURSE, target(2025, 68 + n), name=name) for n in range(3)]
    assert codes(*every) == []
    assert codes(*every[:2]) == ["figures-differ"]


def test_names_that_tell_nothing_are_not_compared():
    other = plan(series(target(2025, 70), name="利用者数"), name="健康計画", first_id=7)
    assert codes(series(*COURSE, target(2025, 68), name="利用者数"), others=[other]) == []


def test_a_department_with_more_than_twenty_indicators_is_named():
    every = [
        series(*COURSE, target(2025, 68), name=f"指標{n}", department="健康課") for n in range(21)
    ]
    [remark] = check_plan(plan(*every))
    assert (remark.code, remark.department, remark.count) == ("many-indicators", "健康課", 21)
    assert codes(*every[1:]) == []


def test_the_unit_a_figure_is_kept_in_changes_no_remark():
    facts = [*COURSE, target(2021, 70), target(2025, 68)]
    scaled = [{**fact, "value": fact["value"] * 1000} for fact in facts]
    assert codes(series(*facts, unit="人")) == codes(series(*scaled, unit="人"))


def test_a_plan_of_names_alone_is_checked_too():
    assert codes(series()) == []


def test_every_remark_has_a_code_of_its_own():
    assert len({kind.code for kind in REMARKS}) == len(REMARKS)
