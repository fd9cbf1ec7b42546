"""Structure is changed on Kawasaki's plan, as its own document prints it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kpi.editing import applied
from kpi.editing.structure import (
    NewSeries,
    StructureRefused,
    change_departments,
    move_indicators,
    move_policy,
    new_indicator,
    new_policy,
    new_series,
    next_period,
    next_plan,
    reinstate,
    rename_indicator,
    rename_plan,
    rename_policy,
    rename_series,
    reorganise,
    replace_by_new,
    retire,
    split,
    with_reasons,
)
from kpi.model import (
    Direction,
    Fact,
    FactKey,
    FiscalYear,
    Kind,
    PartEdit,
    Period,
    Plan,
    Status,
)
from kpi.store import PlanSnapshot, read_snapshot

WHY = "第4期実施計画の策定"
PREMIUMS = "国民健康保険料収入率等"
LEFT_WELFARE = "生活保護から経済的に自立（収入増による保護廃止）した世帯の数"
SCHOOL = "学習支援・居場所づくり事業利用者の高校等進学率"
PERCENT = NewSeries("", "％", Direction.HIGHER)


@pytest.fixture
def kawasaki(samples):
    plans = read_snapshot(samples, "141305", "川崎市").plans
    return next(plan for plan in plans if plan.plan.name == "川崎市総合計画")


def indicator(snapshot, name):
    return next(one for one in snapshot.indicators if one.name == name)


def policy(snapshot, code):
    return next(one for one in snapshot.policies if one.code == code)


def series(snapshot, name, part=""):
    of = indicator(snapshot, name).id
    return next(one for one in snapshot.series if (one.indicator_id, one.name) == (of, part))


def baseline(snapshot, name, part=""):
    of = series(snapshot, name, part).id
    found = [f for f in snapshot.facts.values() if f.key.series_id == of]
    return [f for f in found if f.key.kind is Kind.BASELINE]


def span(first, last):
    return FiscalYear(first), FiscalYear(last)


def new_plan(snapshot, **options):
    edits = next_plan(snapshot, "川崎市総合計画（次期）", [span(2026, 2029)], WHY, **options)
    return applied(PlanSnapshot(Plan(-1, "")), edits)


def test_a_next_plan_begins_where_the_latest_actual_left_off(kawasaki):
    plan = new_plan(kawasaki)
    [base] = baseline(plan, PREMIUMS, "現年度分")
    assert base.key.fiscal_year == 2020
    assert (base.value, base.value_text) == (94.76, "94.76％")
    assert base.note == "「川崎市総合計画」の令和2（2020）年度の実績"
    [unpaid] = baseline(plan, PREMIUMS, "収入未済額")
    assert (unpaid.value, unpaid.value_text) == (3_077_000_000, "30億7,700万円")


def test_a_next_plan_has_the_old_ones_policies_and_series_and_no_target(kawasaki):
    plan = new_plan(kawasaki)
    assert plan.plan == Plan(-1, "川崎市総合計画（次期）")
    assert plan.periods == {1: Period(-1, 1, FiscalYear(2026), FiscalYear(2029))}
    by_name = {node.id: node.name for node in plan.policies}
    assert [(node.code, by_name.get(node.parent_id)) for node in plan.policies] == [
        ("1-5", None),
        ("1-5-1", "確かな暮らしを支える"),
        ("1-5-2", "確かな暮らしを支える"),
        ("", "確かな暮らしを支える"),
    ]
    assert [one.name for one in plan.indicators] == [one.name for one in kawasaki.indicators]
    assert [(s.name, s.unit, s.direction) for s in plan.series] == [
        (s.name, s.unit, s.direction) for s in kawasaki.series
    ]
    assert {fact.key.kind for fact in plan.facts.values()} == {Kind.BASELINE}


def test_the_parts_of_a_next_plan_are_all_new_and_hang_together(kawasaki):
    edits = next_plan(kawasaki, "次期計画", [span(2026, 2029), span(2030, 2033)], WHY)
    assert all(edit.before is None for edit in edits)
    assert all(edit.reason == WHY for edit in edits if isinstance(edit, PartEdit))
    assert len({edit.identity for edit in edits}) == len(edits)
    plan = applied(PlanSnapshot(Plan(-1, "")), edits)
    ids = [part.id for part in (plan.plan, *plan.policies, *plan.indicators, *plan.series)]
    assert max(ids) < 0
    assert len(set(ids)) == len(ids)
    assert {one.indicator_id for one in plan.series} == {one.id for one in plan.indicators}
    assert {one.policy_id for one in plan.indicators} <= {one.id for one in plan.policies}
    assert {key.series_id for key in plan.facts} <= {one.id for one in plan.series}


def test_a_retired_indicator_does_not_go_over_into_the_next_plan(kawasaki):
    retired = applied(kawasaki, retire(kawasaki, indicator(kawasaki, LEFT_WELFARE).id, WHY))
    plan = new_plan(retired)
    assert LEFT_WELFARE not in {one.name for one in plan.indicators}
    assert len(plan.series) == len(kawasaki.series) - 1


def with_actual(snapshot, name, year, value, **said):
    key = FactKey(series(snapshot, name).id, Kind.ACTUAL, 0, "", FiscalYear(year))
    fact = Fact(key, value, **said)
    return replace(snapshot, facts={**snapshot.facts, key: fact})


def test_a_year_of_which_nothing_is_known_is_no_baseline(kawasaki):
    [known] = baseline(new_plan(kawasaki), SCHOOL)
    unknown = with_actual(kawasaki, SCHOOL, 2023, None, value_text="－")
    assert baseline(new_plan(unknown), SCHOOL)[0] == known
    undated = with_actual(kawasaki, SCHOOL, 0, 99.0, value_text="99.0％")
    assert baseline(new_plan(undated), SCHOOL)[0] == known


def test_a_baseline_tells_that_its_actual_is_provisional_and_what_was_noted_on_it(kawasaki):
    said = {"value_text": "0％", "status": Status.PROVISIONAL, "note": "調査を中止"}
    [base] = baseline(new_plan(with_actual(kawasaki, SCHOOL, 2024, 0.0, **said)), SCHOOL)
    assert base.value == 0.0
    assert base.note == "「川崎市総合計画」の令和6（2024）年度の実績、速報、調査を中止"


def test_a_series_without_an_actual_gets_no_baseline(kawasaki):
    facts = {key: fact for key, fact in kawasaki.facts.items() if key.kind is not Kind.ACTUAL}
    assert new_plan(replace(kawasaki, facts=facts)).facts == {}


def test_the_next_period_follows_the_last_one(kawasaki):
    [edit] = next_period(kawasaki, span(2026, 2029), WHY)
    assert edit.after == Period(kawasaki.plan.id, 4, FiscalYear(2026), FiscalYear(2029))
    with pytest.raises(StructureRefused, match="前の計画期は令和7（2025）年度まで"):
        next_period(kawasaki, span(2025, 2028), WHY)
    with pytest.raises(StructureRefused, match="始まり"):
        next_period(kawasaki, span(2029, 2026), WHY)


def test_a_new_indicator_stands_under_its_policy_with_its_first_series(kawasaki):
    of = policy(kawasaki, "1-5-2")
    money = NewSeries("", "百万円", Direction.LOWER)
    edits = new_indicator(kawasaki, of.id, "生活保護費", [money], WHY, department="健康福祉局")
    plan = applied(kawasaki, edits)
    added, own = indicator(plan, "生活保護費"), series(plan, "生活保護費")
    assert (added.policy_id, added.department, added.is_retired) == (of.id, "健康福祉局", False)
    assert (own.unit, own.unit_text, own.direction) == ("円", "百万円", Direction.LOWER)
    assert 0 > added.id > own.id
    again = new_indicator(plan, of.id, "もう一つ", [PERCENT], WHY)
    assert {edit.after.id for edit in again}.isdisjoint({added.id, own.id})


def test_an_indicator_is_split_and_what_was_measured_stays_with_the_series_that_is_named(kawasaki):
    of, before = indicator(kawasaki, SCHOOL), series(kawasaki, SCHOOL)
    others = [
        NewSeries("中学3年生", "％", Direction.HIGHER),
        NewSeries("利用者", "人", Direction.HIGHER),
    ]
    plan = applied(kawasaki, split(kawasaki, of.id, "全体", others, WHY))
    assert series(plan, SCHOOL, "全体").id == before.id
    assert series(plan, SCHOOL, "利用者").unit == "人"
    positions = [one.position for one in plan.series if one.indicator_id == of.id]
    assert positions == [1, 2, 3]
    more = applied(plan, new_series(plan, of.id, [NewSeries("辞退者", "人", Direction.LOWER)], WHY))
    assert len([one for one in more.series if one.indicator_id == of.id]) == 4


def test_an_indicator_is_retired_with_a_link_to_the_one_that_takes_its_place(kawasaki):
    old, new = indicator(kawasaki, LEFT_WELFARE), indicator(kawasaki, SCHOOL)
    plan = applied(kawasaki, retire(kawasaki, old.id, WHY, new.id))
    retired = indicator(plan, LEFT_WELFARE)
    assert (retired.is_retired, retired.successor_id) == (True, new.id)
    assert plan.facts == kawasaki.facts
    back = applied(plan, reinstate(plan, old.id, "廃止は誤り"))
    assert indicator(back, LEFT_WELFARE) == old


def test_an_indicator_is_replaced_by_a_new_one_of_its_policy_and_department(kawasaki):
    old = indicator(kawasaki, LEFT_WELFARE)
    plan = applied(kawasaki, replace_by_new(kawasaki, old.id, "自立した世帯の割合", [PERCENT], WHY))
    new = indicator(plan, "自立した世帯の割合")
    assert indicator(plan, LEFT_WELFARE).successor_id == new.id
    assert (new.policy_id, new.department) == (old.policy_id, old.department)


def test_indicators_and_policies_move_in_the_tree_with_all_below_them(kawasaki):
    own, to = indicator(kawasaki, SCHOOL), policy(kawasaki, "1-5-1")
    plan = applied(kawasaki, move_indicators(kawasaki, [own.id], to.id, WHY))
    assert indicator(plan, SCHOOL).policy_id == to.id
    plan = applied(plan, new_policy(plan, None, "政策", "2-1", "子どもを育てる", WHY))
    top = policy(plan, "2-1")
    plan = applied(plan, move_policy(plan, to.id, top.id, WHY))
    assert policy(plan, "1-5-1").parent_id == top.id
    assert indicator(plan, SCHOOL).policy_id == to.id
    plan = applied(plan, rename_policy(plan, top.id, "2-2", "子どもを育てる", WHY))
    assert policy(plan, "2-2").id == top.id


def test_names_are_changed_and_nothing_else(kawasaki):
    own, part = indicator(kawasaki, PREMIUMS), series(kawasaki, PREMIUMS, "現年度分")
    plan = applied(kawasaki, rename_indicator(kawasaki, own.id, "国保料の収入率等", WHY))
    assert indicator(plan, "国保料の収入率等").id == own.id
    plan = applied(plan, rename_series(plan, part.id, "当年度分", WHY))
    assert series(plan, "国保料の収入率等", "当年度分").id == part.id
    plan = applied(plan, rename_plan(plan, "川崎市総合計画（改定版）", WHY))
    assert plan.plan.name == "川崎市総合計画（改定版）"
    assert plan.facts == kawasaki.facts


def test_a_reorganisation_changes_the_department_of_all_its_indicators_at_once(kawasaki):
    edits = reorganise(kawasaki, {"健康福祉局": "福祉保健局", "": ""}, "組織改正")
    assert len(edits) == 6
    plan = applied(kawasaki, edits)
    assert {one.department for one in plan.indicators} == {"福祉保健局", ""}
    one = indicator(kawasaki, SCHOOL).id
    plan = applied(kawasaki, change_departments(kawasaki, {one: "教育委員会"}, "移管"))
    assert [i.name for i in plan.indicators if i.department == "教育委員会"] == [SCHOOL]


def test_what_is_changed_twice_keeps_both_reasons(kawasaki):
    own, to = indicator(kawasaki, SCHOOL), policy(kawasaki, "1-5-1")
    [renamed] = rename_indicator(kawasaki, own.id, "進学率", "名前を短く")
    drafted, plan = {renamed.identity: renamed}, applied(kawasaki, [renamed])
    moving = move_indicators(plan, [own.id], to.id, "施策の見直し")
    [moved] = with_reasons(drafted, moving)
    assert (moved.after.name, moved.after.policy_id) == ("進学率", to.id)
    assert moved.reason == "名前を短く／施策の見直し"
    [again] = with_reasons(drafted, [replace(moved, reason="名前を短く")])
    assert again.reason == "名前を短く"


def chosen(plan):
    """What the refusals below are about."""
    return {
        "premiums": indicator(plan, PREMIUMS).id,
        "left": indicator(plan, LEFT_WELFARE).id,
        "school": indicator(plan, SCHOOL).id,
        "health": policy(plan, "1-5-1").id,
        "welfare": policy(plan, "1-5-2").id,
        "top": policy(plan, "1-5").id,
        "current": series(plan, PREMIUMS, "現年度分").id,
    }


REFUSED = {
    "a name that is there already, however it is typed": (
        lambda p, c: new_indicator(p, c["health"], "国民 健康保険料 収入率等", [PERCENT], WHY),
        "もうあります",
    ),
    "an empty name": (
        lambda p, c: new_indicator(p, c["health"], "　", [PERCENT], WHY),
        "名前を入れ",
    ),
    "a sign nobody sees": (
        lambda p, _: new_indicator(p, None, "a\x00b", [PERCENT], WHY),
        "目に見えない",
    ),
    "no reason": (lambda p, c: retire(p, c["left"], " "), "理由を書いて"),
    "an indicator without series": (
        lambda p, _: new_indicator(p, None, "新", [], WHY),
        "系列を1つ",
    ),
    "a sentence for a unit": (
        lambda p, _: new_indicator(
            p, None, "新", [NewSeries("", "10％以上", Direction.HIGHER)], WHY
        ),
        "単位として読めません",
    ),
    "a unit nobody could print": (
        lambda p, _: new_indicator(
            p, None, "新", [NewSeries("", "件" * 61, Direction.HIGHER)], WHY
        ),
        "60文字まで",
    ),
    "two series of one name": (
        lambda p, c: split(
            p, c["school"], "全体", [NewSeries("全 体", "％", Direction.HIGHER)], WHY
        ),
        "もうあります",
    ),
    "splitting what is split": (
        lambda p, c: split(
            p, c["premiums"], "全体", [NewSeries("他", "％", Direction.HIGHER)], WHY
        ),
        "もう系列に分かれています",
    ),
    "splitting into one": (lambda p, c: split(p, c["school"], "全体", [], WHY), "系列を1つ"),
    "a series beside one without a name": (
        lambda p, c: new_series(p, c["school"], [NewSeries("他", "％", Direction.HIGHER)], WHY),
        "先に「指標を系列（内訳）に分ける・系列を加える」",
    ),
    "an indicator as its own successor": (
        lambda p, c: retire(p, c["left"], WHY, c["left"]),
        "自分自身の後継",
    ),
    "bringing back what is in use": (
        lambda p, c: reinstate(p, c["left"], WHY),
        "廃止されていません",
    ),
    "moving to where it is": (
        lambda p, c: move_indicators(p, [c["premiums"]], c["health"], WHY),
        "もう「確かな安心を支える医療保険制度等の運営」にあります",
    ),
    "moving nothing": (
        lambda p, c: move_indicators(p, [], c["health"], WHY),
        "変わる指標がありません",
    ),
    "a policy below itself": (lambda p, c: move_policy(p, c["top"], c["top"], WHY), "自分自身"),
    "a policy below its own child": (
        lambda p, c: move_policy(p, c["top"], c["health"], WHY),
        "自分自身",
    ),
    "a policy to where it is": (
        lambda p, c: move_policy(p, c["health"], c["top"], WHY),
        "もうそこにあります",
    ),
    "a code that is in use": (
        lambda p, _: new_policy(p, None, "施策", "1-5-1", "新しい施策", WHY),
        "1-5-1",
    ),
    "a policy's name beside the same": (
        lambda p, c: new_policy(p, c["top"], "施策", "", "自立生活に向けた取組の推進", WHY),
        "もうあります",
    ),
    "a name that does not change": (
        lambda p, c: rename_indicator(p, c["school"], SCHOOL, WHY),
        "変わっていません",
    ),
    "the name of the series beside it": (
        lambda p, c: rename_series(p, c["current"], "収入未済額", WHY),
        "もうあります",
    ),
    "the name of another plan": (
        lambda p, _: rename_plan(p, "被保護者調査", WHY, ["被保護者調査"]),
        "もうあります",
    ),
    "the same department": (
        lambda p, c: change_departments(p, {c["school"]: "健康福祉局"}, WHY),
        "変わる指標がありません",
    ),
    "a next plan of the same name": (
        lambda p, _: next_plan(p, "川崎市 総合計画", [span(2026, 2029)], WHY),
        "もうあります",
    ),
    "a next plan without periods": (lambda p, _: next_plan(p, "次期", [], WHY), "計画期を1つ"),
    "a next plan whose periods overlap": (
        lambda p, _: next_plan(p, "次期", [span(2026, 2029), span(2029, 2032)], WHY),
        "前の計画期は令和11（2029）年度まで",
    ),
    "what is no longer there": (
        lambda p, _: rename_indicator(p, -99, "新", WHY),
        "もう改定案にありません",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_makes_no_sense_is_refused_in_a_sentence(kawasaki, what):
    act, says = REFUSED[what]
    with pytest.raises(StructureRefused, match=says):
        act(kawasaki, chosen(kawasaki))


def test_a_retired_indicator_is_no_successor_and_is_not_retired_again(kawasaki):
    of = chosen(kawasaki)
    plan = applied(kawasaki, retire(kawasaki, of["left"], WHY))
    with pytest.raises(StructureRefused, match="後継にはできません"):
        retire(plan, of["school"], WHY, of["left"])
    with pytest.raises(StructureRefused, match="廃止されています"):
        retire(plan, of["left"], WHY)
    with pytest.raises(StructureRefused, match="廃止されたものを含みます"):
        new_indicator(plan, of["welfare"], LEFT_WELFARE, [PERCENT], WHY)


def test_what_only_the_draft_has_is_taken_out_of_it_instead_of_retired(kawasaki):
    edits = new_indicator(kawasaki, None, "新指標", [PERCENT], WHY)
    plan = applied(kawasaki, edits)
    with pytest.raises(StructureRefused, match="改定案から取り除いて"):
        retire(plan, indicator(plan, "新指標").id, WHY)


def test_two_who_add_parts_to_one_draft_do_not_take_them_for_each_others(kawasaki):
    ours, theirs = (
        new_policy(kawasaki, None, "施策", code, "新しい施策", WHY) for code in ("9-1", "9-2")
    )
    assert ours[0].identity != theirs[0].identity
