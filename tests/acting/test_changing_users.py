"""Changing the list of users: who may, what is refused, and what is on record afterwards."""

from datetime import UTC, datetime

import pytest
from acts import import_bytes

from kpi.access import NotAllowed, Person, Role, person_of
from kpi.acting.users import UserRefused, change_user
from kpi.model import Municipality, User
from kpi.store import Conflict, batches, user_history, users, users_called

NOW = datetime(2025, 6, 1, tzinfo=UTC)
CITY, OTHER = Municipality("202096", "見本市"), Municipality("142051", "隣市")
CODES = [CITY.code, OTHER.code]
HEADINGS = "自治体コード,自治体,計画,指標,年度,実績値\n"
FILE = HEADINGS + "202096,見本市,P,受診率,R5,40\n142051,隣市,P,受診率,R5,41\n"


def root(login="root"):
    return person_of(login, "管理 者", {}, CODES, is_administrator=True)


def one(*roles, login="hanako", name="企画 花子", disabled=False):
    return User(login, name, frozenset(roles or {Role.PLANNER}), is_disabled=disabled)


@pytest.fixture
def cities(empty):
    import_bytes(empty, ("a.csv", FILE.encode()))
    return empty


def change(engine, person, user, of=CITY, built_on=None, reason="異動", administrators=()):
    return change_user(
        engine,
        person,
        of,
        user,
        built_on=built_on,
        administrators=administrators,
        reason=reason,
        now=NOW,
    )


def revision(engine, login="hanako"):
    return next(stored.revision for stored in users(engine, CITY) if stored.user.login == login)


def test_an_administrator_puts_somebody_on_the_list_under_their_own_name(cities):
    change(cities, root(), one(login=" Hanako "), reason=" 4月の異動 ")
    [stored] = users(cities, CITY)
    assert (stored.user.login, stored.author, stored.reason) == (
        "hanako",
        "管理 者（root）",
        "4月の異動",
    )


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_changes_the_list(cities, role):
    with pytest.raises(NotAllowed, match="管理者の役割の人"):
        change(cities, Person("花子", frozenset({role})), one())
    assert users(cities, CITY) == []


def test_an_administrator_of_one_municipality_is_none_of_another(cities):
    change(cities, root(), one(Role.ADMINISTRATOR))
    hanako = person_of("hanako", "", users_called(cities, "hanako"), CODES)
    change(cities, hanako, one(login="taro"))
    with pytest.raises(NotAllowed):
        change(cities, hanako, one(login="taro"), OTHER)


@pytest.mark.parametrize(
    ("user", "reason", "said"),
    [
        (one(), " ", "理由を書いてください"),
        (one(login="花子"), "異動", "英数字と記号"),
        (one(name=" "), "異動", "氏名を書いてください"),
        (User("hanako", "花子", frozenset()), "異動", "役割を1つ以上"),
    ],
)
def test_what_is_not_whole_is_refused_and_nothing_recorded(cities, user, reason, said):
    before = len(batches(cities))
    with pytest.raises(UserRefused, match=said):
        change(cities, root(), user, reason=reason)
    assert len(batches(cities)) == before


def test_nobody_locks_themselves_out(cities):
    change(cities, root(), one(Role.ADMINISTRATOR))
    hanako = person_of("hanako", "", users_called(cities, "hanako"), CODES)
    for shut in (one(Role.ADMINISTRATOR, disabled=True), one(Role.PLANNER)):
        with pytest.raises(UserRefused, match="自分の利用"):
            change(cities, hanako, shut, built_on=revision(cities))
    # The settings make them an administrator whatever the list says.
    change(cities, hanako, one(Role.PLANNER), built_on=revision(cities), administrators=["hanako"])
    assert len(user_history(cities, CITY)) == 2


def test_who_is_disabled_has_lost_everything_by_the_next_question(cities):
    change(cities, root(), one())
    assert person_of("hanako", "", users_called(cities, "hanako"), CODES).roles == {Role.PLANNER}
    change(cities, root(), one(disabled=True), built_on=revision(cities))
    assert users_called(cities, "hanako")[CITY.code].is_disabled


def test_of_two_administrators_the_second_is_told_that_the_first_was_faster(cities):
    change(cities, root(), one())
    read = revision(cities)
    change(cities, root(), one(Role.VIEWER), built_on=read)
    with pytest.raises(Conflict):
        change(cities, root("boss"), one(Role.APPROVER), built_on=read)
    with pytest.raises(Conflict):
        change(cities, root("boss"), one(Role.APPROVER))
