"""Who may do what: the table itself, and the settings it is asked with."""

import ast

import pytest

from kpi import settings
from kpi.access import ROLES, Act, NotAllowed, Person, Role, read_roles, refusal, require
from kpi.settings import ROOT
from kpi.words import say

# As it was agreed: a column a role, in the order viewer, editor, planner, approver, administrator.
AGREED = """
save-proposal      - - x - -
submit-proposal    - - x - -
withdraw-proposal  - - x - -
return-proposal    - - - x -
approve-proposal   - - - x -
undo-proposal      - - - x -
change-user        - - - - x
"""
CELLS = [
    (Act(act), role, mark == "x")
    for act, *marks in map(str.split, AGREED.strip().splitlines())
    for role, mark in zip(Role, marks, strict=True)
]


def one(*roles, name="企画 花子"):
    return Person(name, frozenset(roles))


def test_the_agreed_table_names_every_act():
    assert {act for act, _, _ in CELLS} == set(Act)


@pytest.mark.parametrize(("act", "role", "may"), CELLS)
def test_each_role_may_do_what_was_agreed_and_nothing_else(act, role, may):
    if may:
        require(one(role), act)
    else:
        with pytest.raises(NotAllowed):
            require(one(role), act)


def test_the_document_shows_the_same_table():
    lines = (ROOT / "docs" / "editing.md").read_text(encoding="utf-8").splitlines()
    rows = {cells[1]: cells[2:-1] for cells in (line.split("|") for line in lines if "|" in line)}
    table = {name.strip(): [cell.strip() for cell in cells] for name, cells in rows.items()}
    assert table["すること"] == [say(f"access.role.{role}") for role in Role]
    for act, roles in ROLES.items():
        shown = ["○" if role in roles else "" for role in Role]
        assert table[say(f"access.act.{act}")] == shown


@pytest.mark.parametrize("act", Act)
def test_any_of_several_roles_is_enough_and_none_is_none(act):
    require(one(*Role), act)
    assert refusal(one(), act)


@pytest.mark.parametrize("act", Act)
def test_only_an_approval_has_to_be_by_another(act):
    own = one(*Role)
    words = refusal(own, act, owners=["別の人", own.name])
    assert bool(words) == (act is Act.APPROVE_PROPOSAL)
    assert not refusal(own, act, owners=["別の人"])
    assert not refusal(own, act, owners=[own.name], may_be_own=True)


def test_a_refusal_says_who_may_and_what_the_person_is():
    assert refusal(one(Role.VIEWER, Role.EDITOR), Act.APPROVE_PROPOSAL) == (
        "改定案を承認することは、承認者の役割の人ができます（企画 花子さんの役割：閲覧、所管課）。"
    )
    assert "（企画 花子さんの役割：なし）" in refusal(one(), Act.SAVE_PROPOSAL)
    own = refusal(one(Role.APPROVER), Act.APPROVE_PROPOSAL, owners=["企画 花子"])
    assert own == "企画 花子さんが作った改定案は、ほかの承認者が承認します。"


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


def test_a_setting_that_says_neither_yes_nor_no_is_refused(monkeypatch):
    monkeypatch.setenv("KPI_SELF_APPROVAL", "はい")
    with pytest.raises(ValueError, match="yes か no"):
        settings.self_approval()


def test_nothing_goes_past_the_steps_to_the_store():
    """Every save and step of a proposal is asked for in one module, which asks who may."""
    acts = {"save_proposal", "step_proposal"}
    files = [*ROOT.glob("src/kpi/**/*.py"), *ROOT.glob("pages/*.py")]
    callers = {
        str(path.relative_to(ROOT))
        for path in files
        if "store" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name | ast.Attribute)
        and (node.id if isinstance(node, ast.Name) else node.attr) in acts
    }
    assert callers <= {"src/kpi/editing/steps.py"}
