"""Whom a login belongs to, by the lists of users, the claims and the settings."""

import pytest

from kpi.access import Act, Claimed, NotKnown, Person, Role, login_of, person_of, refusal
from kpi.model import User

CODES = ["141305", "202096"]
PLANNER, VIEWER, ADMINISTRATOR = Role.PLANNER, Role.VIEWER, Role.ADMINISTRATOR


def user(*roles, departments=(), disabled=False):
    return User("hanako", "企画 花子", frozenset(roles), frozenset(departments), disabled)


def who(listed, codes=CODES, **more):
    return person_of("hanako", "称する名", listed, codes, **more)


def test_somebody_on_one_list_is_what_it_says_and_sees_that_municipality_alone():
    person = who({"202096": user(PLANNER, departments=["企画課"])})
    assert person.name == "企画 花子（hanako）"
    assert person.login == "hanako"
    assert (person.roles, person.departments) == ({PLANNER}, {"企画課"})
    assert person.may_see("202096")
    assert not person.may_see("141305")
    assert person.at("141305").roles == set()


def test_a_role_in_one_municipality_is_none_in_another():
    person = who({"202096": user(PLANNER, VIEWER, departments=["A"]), "141305": user(VIEWER)})
    assert person.roles == {VIEWER}
    assert person.departments == set()
    assert person.at("202096").roles == {PLANNER, VIEWER}
    assert person.at("202096").departments == {"A"}
    assert person.at("141305").roles == {VIEWER}


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ({}, "登録されていません"),
        ({"202096": user()}, "登録されていません"),
        ({"202096": user(PLANNER, disabled=True)}, "止められています"),
    ],
)
def test_who_has_nothing_does_not_enter(listed, said):
    with pytest.raises(NotKnown, match=said):
        who(listed)


def test_claims_count_instead_of_the_lists():
    claimed = Claimed(frozenset({PLANNER}), frozenset({"健康課"}), frozenset({"202096", "999999"}))
    person = who({"141305": user(VIEWER)}, claimed=claimed)
    assert person.name == "称する名（hanako）"
    assert person.municipalities == {"202096"}
    assert (person.roles, person.departments) == ({PLANNER}, {"健康課"})
    assert who({}, claimed=Claimed(frozenset({PLANNER}))).municipalities == set(CODES)


@pytest.mark.parametrize(
    "claimed",
    [Claimed(frozenset()), Claimed(frozenset({PLANNER}), municipalities=frozenset())],
)
def test_claims_that_say_nothing_give_nothing_whatever_the_lists_say(claimed):
    with pytest.raises(NotKnown):
        who({"202096": user(PLANNER)}, claimed=claimed)


def test_who_is_disabled_on_a_list_has_nothing_there_wherever_it_might_come_from():
    listed = {"202096": user(VIEWER, disabled=True)}
    claimed = Claimed(frozenset({PLANNER}))
    assert who(listed, claimed=claimed).municipalities == {"141305"}
    assert who(listed, is_administrator=True).municipalities == {"141305"}
    with pytest.raises(NotKnown, match="止められています"):
        who(listed, ["202096"], claimed=claimed, is_administrator=True)


def test_an_administrator_of_the_settings_is_one_everywhere_besides_what_the_lists_say():
    person = who({"202096": user(PLANNER)}, is_administrator=True)
    assert person.roles == {ADMINISTRATOR}
    assert person.at("202096").roles == {ADMINISTRATOR, PLANNER}
    assert person.municipalities == set(CODES)


def test_an_administrator_of_the_settings_enters_before_there_is_anything():
    person = who({}, [], is_administrator=True)
    assert (person.roles, person.municipalities) == ({ADMINISTRATOR}, set())


def test_nobody_approves_their_own_under_another_name():
    approver = Person("花子（hanako）", frozenset({Role.APPROVER}), login="hanako")
    assert refusal(approver, Act.APPROVE_PROPOSAL, None, owners=["旧姓 花子（hanako）"])
    assert not refusal(
        approver, Act.APPROVE_PROPOSAL, None, owners=["花子（hanako2）", "hanako2", "hanako"[:-1]]
    )
    assert refusal(approver, Act.APPROVE_PROPOSAL, None, owners=["hanako"])


@pytest.mark.parametrize(
    ("text", "login"),
    [
        (" Hanako@City.example.jp ", "hanako@city.example.jp"),
        ("CITY\\0123", "city\\0123"),
        ("a" * 120, "a" * 120),
    ],
)
def test_a_login_is_the_same_in_any_case(text, login):
    assert login_of(text) == login


@pytest.mark.parametrize(
    "text", ["", " ", "企画", "ha na", "a" * 121, "\u212anox", "hanako\n2", "ha\u200bnako"]
)
def test_a_login_that_could_be_mistaken_is_refused(text):
    with pytest.raises(ValueError, match="英数字と記号"):
        login_of(text)
