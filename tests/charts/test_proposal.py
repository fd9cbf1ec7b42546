"""What a proposal would make of a plan: in words, in its figures, on the chart, in its ratings.

The expectations are read off Kawasaki's printed plan by hand.
"""

from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest

from kpi.charts import assess, describe, draw, plan_remarks, theme
from kpi.charts.edits import tell_edits
from kpi.charts.plan_check import new_remarks
from kpi.charts.proposed import proposed
from kpi.charts.rule_change import rule_change
from kpi.model import (
    Comparator,
    Direction,
    Fact,
    FactEdit,
    FactKey,
    FiscalYear,
    Indicator,
    Kind,
    PartEdit,
    Period,
    Plan,
    PolicyNode,
    Series,
)
from kpi.store import PlanSnapshot, read_parts, read_plan

NOW = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture
def kawasaki_plan(samples, plan_named):
    """Kawasaki's plan as it stands: for reading, and in its parts."""
    header = plan_named(samples, "川崎市総合計画")
    return read_plan(samples, header), read_parts(samples, header)


def named(parts, indicator, series=""):
    """The series of an indicator by their names."""
    of = next(one for one in parts.indicators if one.name.startswith(indicator))
    return next(
        one for one in parts.series if one.indicator_id == of.id and one.name.startswith(series)
    )


def target(parts, series, period, value, text, **other):
    """An edit of the target of a period to a number and its print."""
    last = parts.periods[period].last_year
    key = FactKey(series.id, Kind.TARGET, period, "", last)
    before = parts.facts.get(key)
    after = before or Fact(key, None, comparator=Comparator.AT_LEAST)
    return FactEdit(key, before, after._replace(value=value, value_text=text, **other))


def taken_out(parts, edit):
    return FactEdit(edit.key, parts.facts[edit.key], None)


def sentences(parts, *edits):
    return [one.sentence for group in tell_edits(parts, edits) for one in group.edits]


def test_a_target_is_told_before_and_after_as_printed(kawasaki_plan):
    _, parts = kawasaki_plan
    rate = named(parts, "国民健康保険料", "現年度")
    arrears = named(parts, "国民健康保険料", "収入未済")
    households = named(parts, "生活保護から")
    households_name = "生活保護から経済的に自立（収入増による保護廃止）した世帯の数"
    edits = [
        # As typed in a grid: a figure without its unit, and one without its limit.
        target(parts, households, 3, 700.0, "700"),
        target(parts, arrears, 2, 2.8e9, "28億円以下"),
        target(parts, rate, 2, 96.0, "96.0％以上"),
    ]
    assert sentences(parts, *edits) == [
        "国民健康保険料収入率等（現年度分）：第2期の目標を 95.0％以上 から 96.0％以上 に",
        "国民健康保険料収入率等（収入未済額）：第2期の目標を 30億円以下 から 28億円以下 に",
        f"{households_name}：第3期の目標を 650世帯以上 から 700世帯以上 に",
    ]
    first, second = tell_edits(parts, edits)
    assert first.policy == "1-5-1 確かな安心を支える医療保険制度等の運営"
    assert first.indicator == "国民健康保険料収入率等"
    assert (len(first.edits), len(second.edits)) == (2, 1)


def test_what_is_new_and_what_is_gone_is_told_with_its_year_where_that_is_not_the_periods_last(
    kawasaki_plan,
):
    _, parts = kawasaki_plan
    rate = named(parts, "国民健康保険料", "現年度")
    last = target(parts, rate, 3, 0.0, "")
    key = last.key._replace(fiscal_year=FiscalYear(2024))
    earlier = FactEdit(key, None, parts.facts[last.key]._replace(key=key, note="中間年度"))
    base = FactKey(rate.id, Kind.BASELINE, 3, "", FiscalYear(2020))
    stated = FactEdit(base, None, Fact(base, 94.76, value_text="94.76％"))
    stretch = last.key._replace(label="チャレンジ目標")
    beyond = FactEdit(stretch, None, parts.facts[last.key]._replace(key=stretch))
    told = sentences(parts, taken_out(parts, last), earlier, stated, beyond)
    assert [words.removeprefix("国民健康保険料収入率等（現年度分）：") for words in told] == [
        "第3期の基準値（令和2年度） 94.76％ を加える",
        "第3期の令和6年度の目標 95.2％以上 を加える、備考「中間年度」",
        "第3期の目標 95.2％以上 を削る",
        "第3期のチャレンジ目標 95.2％以上 を加える",
    ]


def test_a_note_alone_is_told_as_a_note_and_another_reading_as_such(kawasaki_plan):
    _, parts = kawasaki_plan
    rate = named(parts, "国民健康保険料", "現年度")
    as_it_is = target(parts, rate, 2, 95.0, "95.0％以上")
    noted = replace(as_it_is, after=as_it_is.after._replace(note="国の基準"))
    read_anew = target(parts, rate, 3, 0.952, "95.2％以上")
    told = sentences(parts, noted, read_anew)
    assert told == [
        "国民健康保険料収入率等（現年度分）：第2期の目標の備考を「国の基準」とする",
        # 95.2 was read as a share; the print is the same and the number is not.
        "国民健康保険料収入率等（現年度分）：第3期の目標 95.2％以上 を読み直す",
    ]


def test_changes_of_the_structure_are_told_with_their_reasons(kawasaki_plan):
    _, parts = kawasaki_plan
    plan, [period] = parts.plan, [p for p in parts.periods.values() if p.ordinal == 3]
    measure = next(node for node in parts.policies if node.code == "1-5-2")
    health = next(one for one in parts.indicators if one.name.startswith("国民健康保険料"))
    jobs = next(one for one in parts.indicators if one.name.startswith("就労支援"))
    rate = named(parts, "国民健康保険料", "現年度")
    new = Indicator(-1, plan.id, measure.id, "", "就労した人の割合", "健康福祉局", "", 99)
    part = Series(-2, -1, "", "％", "％", Direction.HIGHER, 1)
    edits = [
        PartEdit(jobs, replace(jobs, is_retired=True, successor_id=-1), "統合"),
        PartEdit(None, new, "統合"),
        PartEdit(None, part, "統合"),
        PartEdit(
            health, replace(health, department="市民文化局", policy_id=measure.id), "組織改正"
        ),
        PartEdit(rate, replace(rate, name="", direction=Direction.RANGE), "整理"),
        PartEdit(measure, replace(measure, name="自立の支援"), "整理"),
        PartEdit(period, replace(period, last_year=FiscalYear(2026)), "延長"),
        PartEdit(None, Period(plan.id, 4, None, FiscalYear(2029)), "延長"),
        PartEdit(None, PolicyNode(-3, plan.id, measure.id, "施策", "1-5-2-1", "就労", 9), "整理"),
        PartEdit(plan, replace(plan, name="川崎市総合計画（改定）"), "改称"),
    ]
    told = [one for group in tell_edits(parts, edits) for one in group.edits]
    of, above = "国民健康保険料収入率等", "1-5-1 確かな安心を支える医療保険制度等の運営"
    work, moved = "自立生活に向けた取組の推進", "「1-5-2 自立の支援」へ移す"
    assert [(one.sentence, one.reason) for one in told] == [
        ("計画の名前を「川崎市総合計画」から「川崎市総合計画（改定）」に", "改称"),
        ("第3期の年度を「令和4〜7年度」から「令和4〜8年度」に", "延長"),
        ("第4期（令和11年度まで）を加える", "延長"),
        (
            f"「1-5-2 {work}」名前を「{work}」から「自立の支援」に",
            "整理",
        ),
        ("「1-5-2-1 就労」を「1-5-2 自立の支援」の下に加える", "整理"),
        (
            f"{of}：所管を「健康福祉局」から「市民文化局」に、「{above}」から{moved}",
            "組織改正",
        ),
        (
            f"{of}：系列の名前「現年度分」を消す、良い方向を「高いほど良い」から「範囲内」に",
            "整理",
        ),
        (
            "就労支援事業等に参加可能な人の事業参加率：廃止する、後継を「就労した人の割合」とする",
            "統合",
        ),
        ("就労した人の割合：新しい指標として加える（所管 健康福祉局）", "統合"),
        ("就労した人の割合：系列を加える（単位 ％、高いほど良い）", "統合"),
    ]


def test_a_series_that_is_gone_is_called_so(kawasaki_plan):
    _, parts = kawasaki_plan
    edit = target(parts, named(parts, "国民健康保険料", "現年度"), 2, 96.0, "96.0％以上")
    told = sentences(PlanSnapshot(parts.plan), edit)
    assert told == ["いまはない系列：第2期の令和3年度の目標を 95.0％以上 から 96.0％以上 に"]


def test_a_series_edited_and_taken_back_since_is_not_in_the_plan(kawasaki_plan):
    content, parts = kawasaki_plan
    rate = named(parts, "国民健康保険料", "現年度")
    edit = PartEdit(rate, replace(rate, name="現年分"), "整理")
    empty = replace(content, series=content.series.head(0), facts=content.facts.head(0))
    assert proposed(empty, PlanSnapshot(parts.plan), [edit], NOW).series.empty


def test_a_proposal_without_edits_is_the_plan(kawasaki_plan):
    content, parts = kawasaki_plan
    same = proposed(content, parts, [], NOW)
    pd.testing.assert_frame_equal(same.facts, content.facts)
    pd.testing.assert_frame_equal(same.series, content.series)
    assert (same.plan, same.periods) == (content.plan, content.periods)
    assert list(same.policies.items()) == list(content.policies.items())


def test_the_plan_as_proposed_has_the_new_figures_and_the_plan_keeps_the_old(kawasaki_plan):
    content, parts = kawasaki_plan
    rate = named(parts, "国民健康保険料", "現年度")
    edits = [
        target(parts, rate, 2, 96.0, "96.0％以上"),
        taken_out(parts, target(parts, rate, 1, 0.0, "")),
    ]
    kept = content.facts.copy()
    after = proposed(content, parts, edits, NOW)
    own = after.facts[(after.facts["series_id"] == rate.id) & (after.facts["kind"] == "target")]
    rows = own[["period", "value", "comparator", "source_file", "recorded_at"]]
    assert rows.to_numpy().tolist() == [
        [2, 96.0, ">=", "", NOW],
        [3, 95.2, ">=", "川崎市総合計画.xlsx", kept["recorded_at"].iloc[0]],
    ]
    assert len(after.facts) == len(kept) - 1
    pd.testing.assert_frame_equal(content.facts, kept)


def test_a_plan_that_is_all_new_can_be_judged(samples, plan_named):
    header = replace(plan_named(samples, "川崎市総合計画"), plan=Plan(-1, "次の計画"), periods=())
    content = read_plan(samples, header)
    key = FactKey(-4, Kind.TARGET, 1, "", FiscalYear(2029))
    actual = FactKey(-4, Kind.ACTUAL, 0, "", FiscalYear(2026))
    edits = [
        PartEdit(None, Plan(-1, "次の計画"), ""),
        PartEdit(None, Period(-1, 1, FiscalYear(2026), FiscalYear(2029)), ""),
        PartEdit(None, PolicyNode(-2, -1, None, "政策", "1", "暮らし", 1), ""),
        PartEdit(None, Indicator(-3, -1, -2, "", "受診率", "", "", 1), ""),
        PartEdit(None, Series(-4, -3, "", "％", "％", Direction.HIGHER, 1), ""),
        FactEdit(key, None, Fact(key, 60.0, None, Comparator.AT_LEAST, "60％以上")),
        FactEdit(actual, None, Fact(actual, 61.0, None, None, "61％")),
    ]
    judged = assess(proposed(content, PlanSnapshot(Plan(-1, "次の計画")), edits, NOW), 2026)
    [line] = judged.lines(1)
    assert (line.title, line.marks[1].label) == ("受診率", "達成")


def test_who_changes_band_is_told_in_a_sentence(kawasaki_plan):
    content, parts = kawasaki_plan
    rate = named(parts, "国民健康保険料", "現年度")
    later = named(parts, "後期高齢者", "現年度")
    edits = [
        # 94.76 % in 2020, of 92.96 in 2014: 1.80 of 1.04 needed, and of 4.04.
        target(parts, rate, 2, 94.0, "94.0％以上"),
        # 99.62 % in 2020, of 99.31: reached at 99.48; of 100.0 it is 0.31 of 0.69 in 6 of 7 years.
        target(parts, later, 2, 100.0, "100.0％以上"),
    ]
    after = proposed(content, parts, edits, NOW)
    change = rule_change(assess(content, 2020), assess(after, 2020))
    assert change.told() == [
        ("第2期", "1系列が「順調」から「達成」へ、1系列が「達成」から「遅れ」へ")
    ]
    assert [(one.title, one.before.label, one.after.label) for one in change.changes] == [
        ("国民健康保険料収入率等 現年度分", "順調", "達成"),
        ("後期高齢者医療保険料収入率等 現年度分", "達成", "遅れ"),
    ]


def test_a_new_series_that_is_judged_was_judged_by_nothing(kawasaki_plan):
    content, parts = kawasaki_plan
    of = named(parts, "国民健康保険料", "現年度").indicator_id
    key = FactKey(-1, Kind.TARGET, 3, "", FiscalYear(2025))
    edits = [
        PartEdit(None, Series(-1, of, "滞納繰越分", "％", "％", Direction.HIGHER, 3), "分ける"),
        FactEdit(key, None, Fact(key, 40.0, None, Comparator.AT_LEAST, "40％以上")),
    ]
    change = rule_change(assess(content, 2020), assess(proposed(content, parts, edits, NOW), 2020))
    [one] = change.changes
    assert (one.title, one.before, one.after.label) == (
        "国民健康保険料収入率等 滞納繰越分",
        None,
        "評価不能",
    )
    assert change.all_series == len(content.series) + 1


def test_the_plan_check_says_only_what_is_new(kawasaki_plan):
    content, parts = kawasaki_plan
    rate = named(parts, "国民健康保険料", "現年度")
    # 94.76 % were reached before the third period began.
    edits = [target(parts, rate, 3, 94.5, "94.5％以上")]
    before, after = plan_remarks(content), plan_remarks(proposed(content, parts, edits, NOW))
    told = new_remarks(before, after)
    assert "already-met" in {one.code for one in told}
    assert {one.about.series_id for one in told} == {rate.id}
    assert new_remarks(before, before) == []


def test_the_chart_has_the_new_step_and_beside_it_the_old_one(kawasaki_plan):
    content, parts = kawasaki_plan
    rate = named(parts, "国民健康保険料", "現年度")
    edits = [target(parts, rate, 2, 94.0, "94.0％以上")]
    now = assess(content, 2020)
    after = assess(proposed(content, parts, edits, NOW), 2020)
    spec = describe(after, after.line(rate.id, 2), 2, before=now)
    assert [(step.period, step.value) for step in spec.steps] == [(1, 93.8), (2, 94.0), (3, 95.2)]
    [old] = spec.replaced
    assert (old.period, old.first_year, old.last_year, old.value) == (2, 2018, 2021, 95.0)
    assert spec.axis[0] < 92.96 < 95.2 < spec.axis[1]
    assert "変更前の目標は、第2期 95.0以上。" in spec.sentence
    assert "細い横の破線は変更前の目標。" in spec.notes
    # What is not registered yet has no day on which it was.
    assert "2025年6月30日登録" in spec.source

    figure = draw(spec, theme("light"))
    [dashed] = [trace for trace in figure.data if trace.name == "変更前"]
    assert (dashed.line.dash, list(dashed.y)) == ("dash", [95.0, 95.0])
    [solid] = [trace for trace in figure.data if trace.name == "目標" and trace.y[0] == 94.0]
    assert dashed.line.width < solid.line.width
    assert "変更前 95.0以上" in [note.text for note in figure.layout.annotations]


def test_a_chart_of_a_plan_as_it_is_has_no_old_steps(kawasaki_plan):
    content, parts = kawasaki_plan
    rate = named(parts, "国民健康保険料", "現年度")
    now = assess(content, 2020)
    spec = describe(now, now.line(rate.id, 2), 2, before=now)
    assert spec.replaced == ()
    assert "変更前" not in spec.sentence + spec.notes
