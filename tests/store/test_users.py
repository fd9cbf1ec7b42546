"""Who may sign in, on record: who changed whom, when and why, and nothing written over."""

from datetime import UTC, datetime

import pytest
from acts import import_bytes
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kpi.model import Municipality, Role, User
from kpi.store import (
    Conflict,
    batches,
    municipalities,
    record_user,
    undo,
    user_history,
    users,
    users_called,
    verify_audit,
    version,
)

MAY = datetime(2025, 5, 1, tzinfo=UTC)
JUNE = datetime(2025, 6, 1, tzinfo=UTC)
HEADINGS = "自治体コード,自治体,計画,指標,年度,実績値\n"
FILE = HEADINGS + "202096,見本市,P,受診率,R5,40\n142051,隣市,P,受診率,R5,41\n"
CITY, OTHER = Municipality("202096", "見本市"), Municipality("142051", "隣市")
HANAKO = User(
    "hanako@city.example.jp",
    "企画 花子",
    frozenset({Role.PLANNER, Role.VIEWER}),
    frozenset({"企画課", "健康・福祉課"}),
)


@pytest.fixture
def cities(empty):
    import_bytes(empty, ("a.csv", FILE.encode()), now=MAY)
    return empty


def put(engine, user, built_on=None, of=CITY, reason="異動", now=JUNE):
    return record_user(engine, of, user, built_on=built_on, author="管理者", reason=reason, now=now)


def test_a_user_is_read_as_they_were_put_on_the_list(cities):
    batch = put(cities, HANAKO)
    [stored] = users(cities, CITY)
    assert stored.user == HANAKO
    assert (stored.author, stored.reason, stored.recorded_at) == ("管理者", "異動", JUNE)
    assert (stored.batch_id, batches(cities)[0].act) == (batch, "user")
    assert users(cities, OTHER) == []


def test_somebody_is_found_by_login_wherever_they_are_listed(cities):
    put(cities, HANAKO)
    viewer = User(HANAKO.login, "花子", frozenset({Role.VIEWER}), is_disabled=True)
    put(cities, viewer, of=OTHER)
    assert users_called(cities, HANAKO.login) == {CITY.code: HANAKO, OTHER.code: viewer}
    assert users_called(cities, "taro") == {}
    assert municipalities(cities) == [OTHER, CITY]


def test_a_change_stands_above_what_was_before_and_keeps_it(cities):
    put(cities, HANAKO)
    before, mark = users(cities, CITY)[0], version(cities)
    disabled = User(HANAKO.login, HANAKO.name, HANAKO.roles, HANAKO.departments, is_disabled=True)
    put(cities, disabled, before.revision, reason="退職")
    [now] = users(cities, CITY)
    assert now.user.is_disabled
    assert version(cities) != mark
    assert [state.reason for state in user_history(cities, CITY)] == ["退職", "異動"]


def test_who_changes_what_another_has_changed_meanwhile_is_told(cities):
    put(cities, HANAKO)
    read = users(cities, CITY)[0].revision
    put(cities, HANAKO, read)
    with pytest.raises(Conflict):
        put(cities, HANAKO, read)
    with pytest.raises(Conflict):
        put(cities, HANAKO)
    assert len(user_history(cities, CITY)) == 2


def test_what_was_taken_back_does_not_count(cities):
    put(cities, HANAKO)
    read = users(cities, CITY)[0].revision
    wrong = put(cities, User(HANAKO.login, "誤り", frozenset()), read)
    undo(cities, wrong, author="管理者", now=JUNE)
    assert [state.user for state in users(cities, CITY)] == [HANAKO]
    assert len(user_history(cities, CITY)) == 1


def test_the_audit_log_tells_of_users_and_sees_a_change_from_outside(cities):
    put(cities, HANAKO)
    assert not any(state.broken for state in verify_audit(cities))
    with pytest.raises(DBAPIError, match="kept as they are"), cities.begin() as connection:
        connection.execute(text("UPDATE user_revision SET roles = '[\"administrator\"]'"))
    with cities.begin() as connection:
        drop = "DROP TRIGGER keep_user_revision_from_update"
        if cities.dialect.name == "postgresql":
            drop = "DROP TRIGGER keep_user_revision ON user_revision"
        connection.execute(text(drop))
        connection.execute(text("UPDATE user_revision SET roles = '[\"administrator\"]'"))
    broken = {state.municipality.code: state.broken for state in verify_audit(cities)}
    assert [misfit.code for misfit in broken[CITY.code]] == ["rows"]
