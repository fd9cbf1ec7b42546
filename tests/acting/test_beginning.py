"""A plan of which there is no table begins with its name and periods."""

from datetime import UTC, datetime

import pytest
from acts import planner

from kpi.access import NotAllowed, Person, Role
from kpi.acting.beginning import begin_plan
from kpi.acting.undoing import take_back
from kpi.editing.structure import StructureRefused
from kpi.model import FiscalYear, Municipality, Period
from kpi.store import batches, plans, verify_audit

NOW = datetime(2025, 7, 1, tzinfo=UTC)
CITY = Municipality("202100", "駒ヶ根市")
SPANS = [(FiscalYear(2022), FiscalYear(2025)), (FiscalYear(2026), FiscalYear(2029))]


def test_a_plan_begins_with_its_periods_and_its_city(empty):
    batch = begin_plan(empty, planner(), CITY, " 第5次総合計画 ", SPANS, now=NOW)
    [header] = plans(empty)
    assert header.municipality == CITY
    assert header.plan.name == "第5次総合計画"
    assert header.periods == tuple(
        Period(header.plan.id, number, *span) for number, span in enumerate(SPANS, start=1)
    )
    assert [state.broken for state in verify_audit(empty)] == [()]
    take_back(empty, planner(), batch, now=NOW)
    assert plans(empty) == []


@pytest.mark.parametrize(
    ("name", "spans", "said"),
    [
        ("", SPANS, "名前を入れてください"),
        ("計画", [], "計画期を1つ以上"),
        ("計画", [SPANS[1], SPANS[0]], "次の年度から"),
        ("計画", [(FiscalYear(2025), FiscalYear(2022))], "始まり"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_in_words(empty, name, spans, said):
    with pytest.raises(StructureRefused, match=said):
        begin_plan(empty, planner(), CITY, name, spans, now=NOW)
    assert batches(empty) == []


def test_no_plan_begins_under_the_code_of_a_municipality_of_another_name(empty):
    begin_plan(empty, planner(), CITY, "計画", SPANS, now=NOW)
    other = Municipality(CITY.code, "隣市")
    with pytest.raises(StructureRefused, match="「駒ヶ根市」として登録されています"):
        begin_plan(empty, planner(), other, "次の計画", SPANS, now=NOW)
    assert [header.plan.name for header in plans(empty)] == ["計画"]


def test_a_second_plan_of_the_same_name_is_refused_and_another_is_not(empty):
    begin_plan(empty, planner(), CITY, "計画", SPANS, now=NOW)
    with pytest.raises(StructureRefused, match="計画"):
        begin_plan(empty, planner(), CITY, "計 画", SPANS, now=NOW)
    begin_plan(empty, planner(), CITY, "別の計画", SPANS, now=NOW)
    assert [header.plan.name for header in plans(empty)] == ["計画", "別の計画"]


def test_whoever_may_not_import_begins_no_plan(empty):
    viewer = Person("閲覧", frozenset({Role.VIEWER}))
    with pytest.raises(NotAllowed):
        begin_plan(empty, viewer, CITY, "計画", SPANS, now=NOW)
    assert plans(empty) == []
