"""Who may do what: the table itself, and the settings it is asked with."""

import pytest

from kpi import settings
from kpi.access import ACTS, Act, Grant, NotAllowed, Person, Role, read_roles, refusal, require

TOWN, CITY = "202096", "142051"
HEALTH, TAX = "健康課", "税務課"

# As it was agreed: a column a role, in the order viewer, editor, planner, approver, administrator;
# "own" is for the departments that are somebody's. Each is tried upon what there is in
# tests/acting/test_every_cell.py.
AGREED = """
view               x x   x x x
import             - -   x - -
undo-import        - -   x - -
save-layout        - -   x - -
rule               - -   x - -
series-setting     - -   x - -
hand-rating        - -   x - -
comparison         - -   x - -
fix-year           - -   x - -
save-proposal      - -   x - -
submit-proposal    - -   x - -
withdraw-proposal  - -   x - -
return-proposal    - -   - x -
approve-proposal   - -   - x -
undo-proposal      - -   - x -
open-round         - -   x - -
change-round       - -   x - -
close-round        - -   x - -
send-round         - -   x - -
take-forms         - -   x - -
take-form          - own x - -
answer             - own x - -
accept-answer      - -   x - -
return-answer      - -   x - -
note               - own x - -
milestone          - own x - -
change-user        - -   - - x
prepare-meeting    - -   x x -
hold-meeting       - -   x x -
"""
CELLS = [
    (Act(act), role, mark)
    for act, *marks in map(str.split, AGREED.strip().splitlines())
    for role, mark in zip(Role, marks, strict=True)
]


def one(*roles, name="企画 花子", departments=()):
    return Person(name, frozenset(roles), frozenset(departments))


def test_the_agreed_table_names_every_act():
    assert {act for act, _, _ in CELLS} == set(Act) == set(ACTS)


@pytest.mark.parametrize(("act", "role", "mark"), CELLS)
def test_each_role_may_do_what_was_agreed_and_nothing_else(act, role, mark):
    for department in (None, "", HEALTH, TAX):
        if mark == "x" or (mark == "own" and department == HEALTH):
            require(one(role, departments=[HEALTH]), act, TOWN, department=department)
        else:
            with pytest.raises(NotAllowed):
                require(one(role, departments=[HEALTH]), act, TOWN, department=department)


@pytest.mark.parametrize("act", Act)
def test_any_of_several_roles_is_enough_and_none_is_none(act):
    require(one(*Role), act, TOWN)
    assert refusal(one(departments=[HEALTH]), act, TOWN, department=HEALTH)


@pytest.mark.parametrize("act", Act)
def test_what_somebody_is_in_one_municipality_they_are_not_in_another(act):
    own = frozenset(Role), frozenset({HEALTH})
    person = Person("花子", *own, frozenset({TOWN}), (Grant(TOWN, *own),))
    require(person, act, TOWN, department=HEALTH)
    assert "（花子さんの役割：なし" in refusal(person, act, CITY, department=HEALTH)
    # Of no municipality is what may be done by whoever may do it in one.
    require(person, act, None, department=HEALTH)


@pytest.mark.parametrize("act", Act)
def test_only_an_approval_has_to_be_by_another(act):
    own = one(*Role)
    words = refusal(own, act, TOWN, owners=["別の人", own.name])
    assert bool(words) == (act is Act.APPROVE_PROPOSAL)
    assert not refusal(own, act, TOWN, owners=["別の人"])
    assert not refusal(own, act, TOWN, owners=[own.name], may_be_own=True)


def test_a_refusal_says_who_may_and_what_the_person_is():
    assert refusal(one(Role.VIEWER, Role.EDITOR), Act.APPROVE_PROPOSAL, TOWN) == (
        "改定案を承認することは、承認者の役割の人ができます（企画 花子さんの役割：閲覧、所管課）。"
    )
    assert "（企画 花子さんの役割：なし）" in refusal(one(), Act.SAVE_PROPOSAL, TOWN)
    own = refusal(one(Role.APPROVER), Act.APPROVE_PROPOSAL, TOWN, owners=["企画 花子"])
    assert own == "企画 花子さんが作った改定案は、ほかの承認者が承認します。"


def test_a_refusal_of_what_is_a_departments_names_it_and_those_that_are_ones_own():
    editor = one(Role.EDITOR, departments=[TAX])
    assert refusal(editor, Act.ANSWER, TOWN, department=HEALTH) == (
        "実績照会に回答することは、企画の役割の人と、健康課の所管課の役割の人ができます"
        "（企画 花子さんの役割：所管課、所管：税務課）。"
    )
    assert refusal(editor, Act.NOTE, TOWN, department="") == (
        "要因分析や今後の対応などを書くことは、所管課が決まっていないため、企画の役割の人ができます"
        "（企画 花子さんの役割：所管課）。"
    )


def test_a_page_is_named_to_whoever_may_act_there_were_it_for_one_department():
    assert one(Role.EDITOR, departments=[TAX]).may_anywhere(Act.ANSWER)
    assert not one(Role.EDITOR).may_anywhere(Act.ANSWER)
    assert not one(Role.VIEWER, departments=[TAX]).may_anywhere(Act.ANSWER)
    granted = Grant(TOWN, frozenset({Role.PLANNER}))
    somewhere = Person("花子", frozenset(), frozenset(), frozenset({TOWN, CITY}), (granted,))
    assert somewhere.may_anywhere(Act.IMPORT)


def test_roles_are_read_from_a_list_with_commas():
    assert read_roles("planner, approver") == {Role.PLANNER, Role.APPROVER}


@pytest.mark.parametrize("text", ["", "planner,", "planer", "企画", "Planner"])
def test_a_role_that_there_is_not_is_refused_in_words(text):
    with pytest.raises(ValueError, match="という役割はありません。viewer、editor、planner"):
        read_roles(text)


@pytest.mark.parametrize(
    ("roles", "self_approval", "may_do", "may_approve_own"),
    [
        (None, None, set(Role), True),
        (None, "no", set(Role), False),
        ("approver", None, {Role.APPROVER}, False),
        ("planner,approver", "yes", {Role.PLANNER, Role.APPROVER}, True),
    ],
)
def test_one_person_alone_is_everything_until_roles_are_set(
    monkeypatch, roles, self_approval, may_do, may_approve_own
):
    for name, value in (
        ("KPI_AUTHOR", "企画 花子"),
        ("KPI_ROLES", roles),
        ("KPI_SELF_APPROVAL", self_approval),
    ):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert settings.person() == Person("企画 花子", frozenset(may_do))
    assert settings.self_approval() is may_approve_own


def test_whose_the_departments_are_is_a_setting_where_nobody_signs_in(monkeypatch):
    monkeypatch.setenv("KPI_ROLES", "editor")
    monkeypatch.setenv("KPI_DEPARTMENTS", "健康課, 税務課/収納係,")
    assert settings.person().departments == {"健康課", "税務課/収納係"}
    assert not refusal(settings.person(), Act.ANSWER, TOWN, department=HEALTH)


def test_a_setting_that_says_neither_yes_nor_no_is_refused(monkeypatch):
    monkeypatch.setenv("KPI_SELF_APPROVAL", "はい")
    with pytest.raises(ValueError, match="yes か no"):
        settings.self_approval()
