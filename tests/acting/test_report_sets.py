"""What somebody keeps for their next report: theirs alone, every state kept, and on record."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from acts import import_bytes
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kpi.access import Grant, NotAllowed, Person, Role
from kpi.acting.report_sets import SetRefused, keep_set, own_sets, put_away, take_back
from kpi.charts.audit_log import audit_lines
from kpi.model import Municipality, ReportSet
from kpi.store import Conflict, audit_entries, plans, read_snapshot, verify_audit, version

NOW = datetime(2025, 7, 1, tzinfo=UTC)
CITY = Municipality("202096", "見本市")
FILE = (
    "自治体コード,自治体,計画,指標,年度,実績値\n"
    "202096,見本市,P,受診率,R5,40\n202096,見本市,P,待機者数,R5,3\n"
)
HANAKO = Person("花子（hanako）", frozenset({Role.VIEWER}), login="hanako")
TARO = Person("太郎（taro）", frozenset({Role.PLANNER}), login="taro")
COUNCIL = ReportSet("9月議会", 1, (2, 1), "pptx", "monochrome", "japanese")


@pytest.fixture
def city(empty):
    import_bytes(empty, ("a.csv", FILE.encode()))
    return empty


@pytest.fixture
def header(city):
    [known] = plans(city)
    return known


def names(engine, person, header):
    return [stored.kept.name for stored in own_sets(engine, person, header)]


def test_a_set_is_read_as_it_was_kept_by_its_owner_alone(city, header):
    kept = keep_set(city, HANAKO, header, replace(COUNCIL, name=" 9月議会 "), now=NOW)
    assert own_sets(city, HANAKO, header) == [kept]
    assert (kept.kept, kept.author, kept.number) == (COUNCIL, HANAKO.name, 1)
    assert own_sets(city, TARO, header) == []
    with pytest.raises(Conflict):
        keep_set(city, TARO, header, COUNCIL, before=kept, now=NOW)


def test_it_is_renamed_changed_put_away_and_each_of_these_taken_back(city, header):
    kept = keep_set(city, HANAKO, header, COUNCIL, now=NOW)
    other = replace(COUNCIL, name="12月議会", series=(1,), format="pdf")
    kept = keep_set(city, HANAKO, header, other, before=kept, now=NOW)
    assert names(city, HANAKO, header) == ["12月議会"]
    kept = take_back(city, HANAKO, header, kept, now=NOW)
    assert kept.kept == COUNCIL
    gone = put_away(city, HANAKO, header, kept, now=NOW)
    assert names(city, HANAKO, header) == []
    kept = take_back(city, HANAKO, header, gone, now=NOW)
    assert own_sets(city, HANAKO, header) == [kept]
    new = keep_set(city, HANAKO, header, replace(COUNCIL, name="委員会"), now=NOW)
    take_back(city, HANAKO, header, new, now=NOW)
    assert names(city, HANAKO, header) == ["9月議会"]


def test_who_changes_it_in_two_windows_is_told_in_the_second(city, header):
    read = keep_set(city, HANAKO, header, COUNCIL, now=NOW)
    keep_set(city, HANAKO, header, replace(COUNCIL, style="large"), before=read, now=NOW)
    with pytest.raises(Conflict):
        keep_set(city, HANAKO, header, COUNCIL, before=read, now=NOW)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": " "}, "名前を書いてください"),
        ({"name": "長" * 61}, "60字まで"),
        ({"name": "9月議会"}, "同じ名前"),
        ({"name": "別", "series": ()}, "指標を1つ以上"),
    ],
)
def test_what_is_not_whole_is_refused(city, header, change, said):
    keep_set(city, HANAKO, header, COUNCIL, now=NOW)
    with pytest.raises(SetRefused, match=said):
        keep_set(city, HANAKO, header, replace(COUNCIL, **change), now=NOW)
    assert names(city, HANAKO, header) == ["9月議会"]


def test_who_may_not_see_the_plan_keeps_nothing_of_it(city, header):
    elsewhere = Person(
        "隣の人（next）",
        frozenset({Role.PLANNER}),
        municipalities=frozenset({"142051"}),
        grants=(Grant("142051", frozenset({Role.PLANNER})),),
        login="next",
    )
    for act in (
        lambda: own_sets(city, elsewhere, header),
        lambda: keep_set(city, elsewhere, header, COUNCIL, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_nobody_elses_work_has_to_wait_for_it(city, header):
    before = version(city), read_snapshot(city, CITY.code, CITY.name).marks
    keep_set(city, HANAKO, header, COUNCIL, now=NOW)
    assert (version(city), read_snapshot(city, CITY.code, CITY.name).marks) == before


def test_the_audit_log_tells_of_it_and_sees_a_change_from_outside(city, header):
    keep_set(city, HANAKO, header, COUNCIL, now=NOW)
    assert not any(state.broken for state in verify_audit(city))
    [line, *_] = audit_lines(audit_entries(city, CITY), [])
    assert (line.author, line.kind) == (HANAKO.name, "資料の組の保存")
    assert "9月議会" in line.told
    with pytest.raises(DBAPIError, match="kept as they are"), city.begin() as connection:
        connection.execute(text("UPDATE report_set SET owner = 'taro'"))
    with city.begin() as connection:
        drop = "DROP TRIGGER keep_report_set_from_update"
        if city.dialect.name == "postgresql":
            drop = "DROP TRIGGER keep_report_set ON report_set"
        connection.execute(text(drop))
        connection.execute(text("UPDATE report_set SET owner = 'taro'"))
    [state] = verify_audit(city)
    assert [misfit.code for misfit in state.broken] == ["rows"]
    with city.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO report_set SELECT municipality, 2, number, owner, author, "
                "recorded_at, plan_id, name, series, format, style, calendar, is_withdrawn, "
                "is_split FROM report_set"
            )
        )
    [state] = verify_audit(city)
    assert ("set", 0, "2") in [(m.code, m.entry, m.about) for m in state.broken]
