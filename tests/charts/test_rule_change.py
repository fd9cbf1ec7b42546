"""What another rule makes of a plan is told series by series, before anything is saved."""

from dataclasses import replace

import pytest
from made import plan_of

from kpi.charts import assess
from kpi.charts.rule_change import rule_change, with_rule, with_settings
from kpi.charts.rule_form import form_of, text_of
from kpi.model import SeriesSetting
from kpi.progress import rule_text
from kpi.store import read_plan

WAY = (
    {"kind": "baseline", "fiscal_year": 2020, "value": 0},
    {"fiscal_year": 2024, "value": 60},
    {"kind": "target", "fiscal_year": 2028, "value": 100, "period": 1},
)


def changed(content, other, year=2024):
    return rule_change(assess(content, year), assess(other, year))


def stricter():
    form = form_of(rule_text("standard"))
    form.title = "市のルール"
    form.bands[2].conditions[0].limit = "1.3"
    form.bands[3].conditions[0].limit = "1.3"
    return text_of(form, 1)


def test_a_stricter_limit_makes_a_series_late():
    content = plan_of(*WAY)
    # 60 of 100 after half of the time is a pace of 1.2.
    drafted = replace(with_rule(content, "市のルール", stricter()), rule="市のルール")
    change = changed(content, drafted)
    [one] = change.changes
    assert (one.title, one.period_title) == ("受診率", "第1期")
    assert (one.before.label, one.after.label, one.why) == ("順調", "遅れ", "")
    assert change.told() == [("第1期", "1系列が「順調」から「遅れ」へ")]
    assert (change.series, change.all_series) == (1, 1)


def test_saving_a_rule_nobody_uses_changes_nothing():
    content = plan_of(*WAY)
    change = changed(content, with_rule(content, "市のルール", stricter()))
    assert (change.changes, change.told(), change.series) == ((), [], 0)


def test_a_new_version_counts_for_the_series_whose_own_rule_it_is():
    content = with_rule(plan_of(*WAY), "市のルール", rule_text("standard"))
    content.series["rule"] = "市のルール"
    assert changed(content, with_rule(content, "市のルール", stricter())).series == 1


def test_a_series_that_is_not_rated_any_more_says_why():
    content = plan_of(*WAY)
    change = changed(content, replace(content, rule="national-evaluation"))
    [one] = change.changes
    assert one.after.label == "評価不能"
    assert "ひな形" in one.why


def test_a_rule_that_judges_without_a_target_brings_marks_where_there_were_none():
    content = plan_of(
        {"kind": "baseline", "fiscal_year": 2020, "value": 50}, {"fiscal_year": 2024, "value": 60}
    )
    change = changed(content, replace(content, rule="open-sdg"))
    [one] = change.changes
    assert (one.before, one.after.label) == (None, "大きく前進")
    assert change.told() == [("目標", "1系列が「評価の対象外」から「大きく前進」へ")]


def test_settings_of_one_series_change_only_that_one(samples, plan_named):
    content = read_plan(samples, plan_named(samples, "川崎市総合計画"))
    one = int(content.series["series_id"].iloc[0])
    change = changed(content, with_settings(content, {one: SeriesSetting(one, "sano")}), 2020)
    assert {c.series_id for c in change.changes} == {one}
    assert content.series["rule"].eq("").all()


@pytest.mark.parametrize("rule", ["nagano", "tama", "nagayo", "sano"])
def test_what_changes_is_what_a_person_sees_who_compares_two_overviews(samples, plan_named, rule):
    content = read_plan(samples, plan_named(samples, "見本市総合計画"))
    before = assess(content, 2024)
    after = assess(replace(content, rule=rule), 2024)
    change = rule_change(before, after)

    def seen(assessment):
        """What a person reads off the two overviews."""
        return {
            (line.series_id, period): mark.label
            for line in assessment.lines(3)
            for period, mark in line.marks.items()
        }

    was, now = seen(before), seen(after)
    differing = {key: (was[key], now[key]) for key in was if was[key] != now[key]}
    assert differing == {
        (c.series_id, c.period): (c.before.label, c.after.label) for c in change.changes
    }
    assert change.series == len({series_id for series_id, _ in differing})
