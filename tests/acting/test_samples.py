"""The sample city comes and goes as a whole, and nothing else with it."""

from datetime import UTC, datetime, timedelta

import pytest
from acts import import_bytes, planner
from two_towns import HERE, THERE

from kpi.access import NotAllowed, Person, Role
from kpi.acting import samples as acting
from kpi.acting.judging import judge
from kpi.acting.samples import CITY, at_hand, is_sample, put_in, take_out
from kpi.model import PlanRule, User
from kpi.store import batches, plans, read_parts, record_user, users, verify_audit

NOW = datetime(2025, 7, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def contents(engine, *, of_sample):
    """All plans with all they are made of."""
    return {
        header.plan.name: read_parts(engine, header)
        for header in plans(engine)
        if (header.municipality == CITY) is of_sample
    }


def try_something(engine):
    header = next(header for header in plans(engine) if header.municipality == CITY)
    rule = PlanRule(header.plan.id, "standard")
    judge(engine, planner(), CITY, [rule], reason="試す", now=NOW)


def test_all_of_the_sample_city_goes_with_what_was_tried_on_it_and_nothing_else(samples):
    others = contents(samples, of_sample=False)
    try_something(samples)
    clerk = User("hanako", "花子", frozenset({Role.EDITOR}))
    told = {"author": "管理者", "reason": "試験", "now": NOW}
    record_user(samples, CITY, clerk, built_on=None, **told)

    take_out(samples, planner(), now=LATER)

    assert contents(samples, of_sample=True) == {}
    assert contents(samples, of_sample=False) == others
    assert at_hand(samples) == []
    assert [stored.user for stored in users(samples, CITY)] == [clerk]
    assert [state.broken for state in verify_audit(samples) if state.broken] == []


def test_whatever_can_be_done_in_a_city_goes_with_it(town, monkeypatch):
    monkeypatch.setattr(acting, "CITY", HERE)
    [there] = [one for one in plans(town.engine) if one.municipality == THERE]
    before = read_parts(town.engine, there)
    everyone = Person("みんな", frozenset(Role))
    acts = {entry.act for entry in at_hand(town.engine)}
    assert len(acts) > 6
    take_out(town.engine, everyone, now=datetime(2030, 1, 1, tzinfo=UTC))
    assert plans(town.engine) == [there]
    assert read_parts(town.engine, there) == before
    assert [state.broken for state in verify_audit(town.engine) if state.broken] == []


def test_it_can_be_put_in_again_as_it_was(samples):
    def named(parts):
        return [
            (sorted(one.name for one in plan.indicators), sorted(plan.periods), len(plan.facts))
            for plan in parts.values()
        ]

    before = named(contents(samples, of_sample=True))
    take_out(samples, planner(), now=LATER)
    put_in(samples, planner(), now=lambda: LATER)
    assert named(contents(samples, of_sample=True)) == before
    assert all(is_sample(entry) for entry in at_hand(samples))


def test_an_import_that_is_about_others_too_is_not_touched_by_it(samples):
    table = (
        "自治体,計画,指標,単位,良い方向,種別,年度,値\n"
        "見本市（架空のデータ）,もう一つの計画,受診率,％,高いほど良い,実績,令和5年度,40\n"
        "ほか市,もう一つの計画,受診率,％,高いほど良い,実績,令和5年度,41\n"
    )
    _, batch = import_bytes(samples, ("両市.csv", table.encode()), now=NOW)
    before = batches(samples)
    assert {one.municipality.name for one in before if one.batch_id == batch} >= {"ほか市"}
    with pytest.raises(NotAllowed, match=batch):
        take_out(samples, planner(), now=LATER)
    assert batches(samples) == before


def test_whoever_may_not_import_may_do_neither(samples):
    viewer = Person("閲覧", frozenset({Role.VIEWER}))
    before = batches(samples)
    with pytest.raises(NotAllowed):
        put_in(samples, viewer, now=lambda: NOW)
    with pytest.raises(NotAllowed):
        take_out(samples, viewer, now=NOW)
    assert batches(samples) == before
