"""A changed structure on its way: saved in a proposal, approved, and read again as the plan."""

from datetime import UTC, datetime

import pytest

from kpi.charts import assess, succession, values_table
from kpi.editing import applied
from kpi.editing.structure import (
    NewSeries,
    move_indicators,
    new_policy,
    next_plan,
    reorganise,
    replace_by_new,
    split,
)
from kpi.model import Direction, FiscalYear, Step
from kpi.store import (
    plans,
    read_parts,
    read_plan,
    read_retirement,
    save_proposal,
    step_proposal,
)

JULY = datetime(2025, 7, 1, tzinfo=UTC)
AUGUST = datetime(2025, 8, 1, tzinfo=UTC)
APRIL = datetime(2026, 4, 1, tzinfo=UTC)
WHY = "第4期実施計画の策定"
SCHOOL = "学習支援・居場所づくり事業利用者の高校等進学率"
LEFT_WELFARE = "生活保護から経済的に自立（収入増による保護廃止）した世帯の数"
PERCENT = NewSeries("", "％", Direction.HIGHER)


@pytest.fixture
def city(samples):
    """The database, Kawasaki, and its plan."""
    header = next(header for header in plans(samples) if header.plan.name == "川崎市総合計画")
    return samples, header, read_parts(samples, header)


def approve(engine, town, plan_id, edits, since=None):
    """Bring edits into force by a proposal that has a reason of its own."""
    told = {"title": "改定案", "reason": "毎年度の見直し", "author": "係長"}
    saved = save_proposal(engine, town, plan_id, edits, now=JULY, **told)
    step_proposal(
        engine, town, saved.id, Step.SUBMIT, version=saved.version, author="係長", now=JULY
    )
    step_proposal(
        engine,
        town,
        saved.id,
        Step.APPROVE,
        version=saved.version + 1,
        author="部長",
        in_force_from=since,
        now=AUGUST,
    )


def named(plan, name):
    return next(one for one in plan.indicators if one.name == name)


def test_an_approved_next_plan_stands_beside_the_old_one(city):
    engine, header, plan = city
    edits = next_plan(plan, "次期川崎市総合計画", [(FiscalYear(2026), FiscalYear(2029))], WHY)
    approve(engine, header.municipality, -1, edits)
    new = next(other for other in plans(engine) if other.plan.name == "次期川崎市総合計画")
    assert new.municipality == header.municipality
    assert [(p.first_year, p.last_year) for p in new.periods] == [(2026, 2029)]
    table = values_table(read_plan(engine, new))
    assert set(table["kind"]) == {"baseline"}
    one = table[(table["indicator"] == "国民健康保険料収入率等") & (table["series"] == "現年度分")]
    [row] = one.to_dict("records")
    assert (row["fiscal_year"], row["value"], row["value_text"]) == (2020, 94.76, "94.76％")
    assert row["policy_code"] == "1-5-1"
    assert row["note"] == "「川崎市総合計画」の令和2（2020）年度の実績"
    old = read_parts(engine, header)
    assert (old.indicators, old.facts) == (plan.indicators, plan.facts)


def test_an_approved_successor_is_linked_by_the_ids_it_got(city):
    engine, header, plan = city
    old = named(plan, LEFT_WELFARE)
    edits = replace_by_new(plan, old.id, "自立した世帯の割合", [PERCENT], "数では増減が分からない")
    approve(engine, header.municipality, plan.plan.id, edits)
    after = read_parts(engine, header)
    assert named(after, LEFT_WELFARE).successor_id == named(after, "自立した世帯の割合").id > 0
    assessment = assess(read_plan(engine, header), 2020)
    one = next(key for key, title in assessment.titles.items() if title == LEFT_WELFARE)
    assert one in assessment.retired
    assert succession(assessment, one).successors == ("自立した世帯の割合",)
    found = read_retirement(engine, header.municipality, old.id)
    assert (found.since, found.reason) == (AUGUST, "数では増減が分からない")


def test_what_is_retired_from_a_later_day_is_in_use_until_then(city):
    engine, header, plan = city
    old = named(plan, LEFT_WELFARE)
    edits = replace_by_new(plan, old.id, "自立した世帯の割合", [PERCENT], WHY)
    approve(engine, header.municipality, plan.plan.id, edits, since=APRIL)
    town = header.municipality
    assert read_retirement(engine, town, old.id, AUGUST) is None
    assert not assess(read_plan(engine, header, AUGUST), 2020).retired
    assert read_retirement(engine, town, old.id, APRIL).since == APRIL
    assert len(assess(read_plan(engine, header, APRIL), 2020).retired) == 1


def test_a_split_a_move_below_a_new_policy_and_a_reorganisation_are_approved_together(city):
    engine, header, plan = city
    own = named(plan, SCHOOL)
    edits = new_policy(plan, plan.policies[0].id, "施策", "1-5-3", "子どもの学びの支援", WHY)
    drafted = applied(plan, edits)
    edits += reorganise(drafted, {"健康福祉局": "福祉保健局"}, WHY)
    drafted = applied(plan, edits)
    moved = move_indicators(drafted, [own.id], drafted.policies[-1].id, WHY)
    edits = [edit for edit in edits if edit.identity != moved[0].identity] + moved
    edits += split(drafted, own.id, "全体", [NewSeries("中学3年生", "％", Direction.HIGHER)], WHY)
    # Each edit is held against what was read, whatever was drafted before it.
    read = {("indicator", one.id): one for one in plan.indicators}
    edits = [
        type(edit)(read[edit.identity], edit.after, edit.reason) if edit.identity in read else edit
        for edit in edits
    ]
    approve(engine, header.municipality, plan.plan.id, edits)
    table = read_plan(engine, header).series
    of_school = table[table["indicator"] == SCHOOL]
    assert of_school["series"].to_list() == ["全体", "中学3年生"]
    assert set(of_school["policy_code"]) == {"1-5-3"}
    assert set(table["department"]) == {"福祉保健局", ""}
