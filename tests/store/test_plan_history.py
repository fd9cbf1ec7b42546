"""What became of a plan: every state of its parts, who brought it, who took it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from acts import import_bytes

from kpi.model import FactEdit, FactKey, FiscalYear, Kind, PartEdit, Step
from kpi.store import (
    Approval,
    fact_history,
    plans,
    read_history,
    read_parts,
    save_proposal,
    step_proposal,
    undo,
)

MAY = datetime(2025, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)
PLAN = (
    "自治体,計画,政策,指標,単位,年度,種別,計画期,値\n"
    "見本町,P,健康,受診率,％,R8,目標,1,50\n見本町,P,健康,受診率,％,R6,実績,,40\n"
)
TARGET = FactKey(1, Kind.TARGET, 1, "", FiscalYear(2026))


@pytest.fixture
def town(empty):
    import_bytes(empty, ("計画.csv", PLAN.encode()), now=MAY)
    return empty, plans(empty)[0]


def approve(engine, header, edit, when, title="見直し"):
    """Have an edit approved and return its batch."""
    said = {"title": title, "reason": f"{title}のため", "author": "計画係"}
    town, plan = header.municipality, header.plan.id
    proposal = save_proposal(engine, town, plan, [edit], now=when, **said)
    for number, (step, author) in enumerate(((Step.SUBMIT, "計画係"), (Step.APPROVE, "部長"))):
        known = {"version": proposal.version + number, "author": author, "now": when}
        batch = step_proposal(engine, town, proposal.id, step, **known)
    return batch


def rename(engine, header, name, when):
    [indicator] = read_parts(engine, header).indicators
    edit = PartEdit(indicator, replace(indicator, name=name), "国の名称に合わせる")
    return approve(engine, header, edit, when, "名称変更")


def test_every_state_of_a_part_is_there_with_the_act_that_brought_it(town):
    engine, header = town
    renamed = rename(engine, header, "特定健診受診率", MAY + DAY)
    undo(engine, renamed, author="課長", now=MAY + 2 * DAY)
    known = read_history(engine, header)
    states = known.parts["indicator", 1]
    assert [version.part.name for version in states] == ["受診率", "特定健診受診率"]
    first, second = (known.acts[version.batch_id] for version in states)
    assert (first.files, first.stands(MAY), first.stands(MAY - DAY)) == (("計画.csv",), True, False)
    assert (second.undone_by, second.reason) == ("課長", "名称変更のため")
    assert [second.stands(MAY + n * DAY) for n in (0, 1, 2)] == [False, True, False]
    assert known.approvals == {renamed: Approval(1, "名称変更", "部長")}
    assert {*known.parts} == {
        ("plan", 1),
        ("period", 1, 1),
        ("policy", 1),
        ("indicator", 1),
        ("series", 1),
    }


def test_a_fact_taken_out_names_the_act_that_took_it_out(town):
    engine, header = town
    before = read_parts(engine, header).facts[TARGET]
    batch = approve(engine, header, FactEdit(TARGET, before, None), MAY + DAY)
    assert read_history(engine, header).withdrawn == {TARGET: [batch]}
    versions = fact_history(engine, header.municipality, 1)
    assert [v.is_withdrawn for v in versions if v.kind == Kind.TARGET] == [False, True]


def test_the_history_of_one_plan_knows_nothing_of_another(town):
    engine, header = town
    other = PLAN.replace(",P,", ",Q,").replace("受診率", "相談率")
    import_bytes(engine, ("別.csv", other.encode()), now=MAY + DAY)
    names = {
        version.part.name
        for identity, versions in read_history(engine, header).parts.items()
        if identity[0] in ("plan", "indicator")
        for version in versions
    }
    assert names == {"P", "受診率"}
