"""Every act by every role, of one's own department and another's, here and in another municipality.

Each is done by the function that does it in the program, upon what there is to be acted upon: it is
either done, or refused with nothing changed.
"""

from datetime import date

import pytest
from acts import preview_of
from mail_server import Post, listen
from two_towns import (
    CHECKUPS,
    HEALTH,
    HERE,
    MAY,
    RATE,
    TAX,
    THERE,
    UNPAID,
    actual,
    meeting,
    target,
)

from kpi.access import ACTS, Act, Grant, NotAllowed, Person, Role, require
from kpi.acting.imports import accept, keep_layout
from kpi.acting.judging import judge
from kpi.acting.meetings import (
    decide,
    end_meeting,
    keep_meeting,
    put_away,
    reopen_meeting,
    write_down,
)
from kpi.acting.undoing import take_back
from kpi.acting.users import change_user
from kpi.collecting.answering import accept_answer, give, return_answer, save_answer
from kpi.collecting.board import Letter
from kpi.collecting.closing import close_round, reopen_round
from kpi.collecting.filled import Filled
from kpi.collecting.mail import Outgoing, send
from kpi.collecting.opening import as_asked, askable, change_round, open_round
from kpi.collecting.workbook import form_workbook, parcel
from kpi.editing import steps
from kpi.editing.notes import write_milestone, write_note
from kpi.importing.layouts import Correction
from kpi.importing.layouts.saved import SavedLayout, names
from kpi.model import (
    Comparison,
    FiscalYear,
    FrozenYear,
    HandRating,
    Note,
    NoteKind,
    PlanRule,
    ProjectState,
    RuleVersion,
    SeriesSetting,
    Stage,
    User,
    Verdict,
    WordKind,
)
from kpi.progress import rule_text
from kpi.settings import MailServer
from kpi.store import (
    audit_entries,
    batches,
    meeting_words,
    meetings,
    proposals,
    proposals_of_round,
    rounds,
    undecided,
    users,
)

YEAR = FiscalYear(2024)
FILE = "自治体コード,自治体,計画,指標,単位,年度,実績値\n202096,見本市,計画,受診率,％,R4,52\n"


def imports(town, person):
    preview = preview_of(town.engine, ("new.csv", FILE.encode()))
    return accept(town.engine, person, preview, reason="試験", now=MAY)


def keeps_layout(_town, person):
    return keep_layout(person, SavedLayout("表", {"": Correction(end=3)}))


def judges(act):
    def do(town, person):
        return judge(town.engine, person, HERE, [act], reason="会議", now=MAY)

    return do


def takes_back(act, files=()):
    def do(town, person):
        return take_back(town.engine, person, town.batch(act, files).batch_id, now=MAY)

    return do


def takes_back_milestone(town, person):
    """The batch before that of the note."""
    found = [one for one in batches(town.engine, [HERE.code]) if one.act == "note"]
    return take_back(town.engine, person, found[-1].batch_id, now=MAY)


def saves_proposal(town, person):
    edits, words = [target(town.plan, CHECKUPS, 65)], {"title": "新", "reason": "見直し"}
    return steps.save(town.engine, person, HERE, town.plan.plan.id, edits, **words, now=MAY)


def steps_on(step, title, **more):
    def do(town, person):
        return step(town.engine, person, HERE, town.proposal(title), **more, now=MAY)

    return do


def opens_round(town, person):
    year, plan = FiscalYear(2023), town.plan
    words = {"due": date(2025, 5, 30), "wording": "", "asked": askable(plan, year)}
    return open_round(town.engine, person, HERE, plan.plan, year, **words, now=MAY)


def changes_round(town, person):
    entry = town.round(YEAR)
    known = as_asked(askable(town.plan, YEAR), entry)
    words = {"due": date(2025, 6, 30), "wording": "延長", "known": known, "asked": known}
    return change_round(town.engine, person, HERE, entry, **words, now=MAY)


def closes_round(town, person):
    return close_round(town.engine, person, HERE, town.round(YEAR), [], now=MAY)


def reopens_round(town, person):
    return reopen_round(town.engine, person, HERE, town.round(2022), now=MAY)


def sends_letters(_town, person):
    post = Post()
    server = listen(post)
    try:
        to = MailServer("127.0.0.1", server.port, "kikaku@city.example.jp")
        letters = {HEALTH: Outgoing(("a@example.jp",), Letter("照会", "本文"))}
        assert send(person, HERE, to, letters) == {}
    finally:
        server.stop()
        assert len(post.received) == may_send(person)
    return post.received


def may_send(person):
    return Role.PLANNER in person.at(HERE.code).roles


def takes_forms(town, person):
    return parcel(person, town.plan, town.round(YEAR), HERE, MAY)


def takes_form(town, person):
    return form_workbook(person, town.plan, town.round(YEAR), HERE, HEALTH, MAY)


def answers(act):
    def do(town, person):
        said = Filled([actual(CHECKUPS, YEAR, 60.5)])
        entry = town.round(YEAR)
        return act(town.engine, person, HERE, entry, HEALTH, said, answer=None, now=MAY)

    return do


def late(act, **more):
    def do(town, person):
        (waiting,) = [one for one in town.answers(2022) if one.stage is Stage.SUBMITTED]
        return act(town.engine, person, HERE, waiting, **more, now=MAY)

    return do


def writes_note(town, person):
    note = Note(CHECKUPS, YEAR, NoteKind.ACTION, 0, "電話をかける")
    return write_note(town.engine, person, town.header, None, note, now=MAY)


def writes_milestone(town, person):
    project, year = town.plan.projects[0], FiscalYear(2025)
    said = {"text": "電話", "state": ProjectState.PLANNED, "note": ""}
    return write_milestone(town.engine, person, town.header, project, None, year, **said, now=MAY)


def prepares_meeting(town, person):
    return keep_meeting(town.engine, person, town.header, meeting("新しい会議"), now=MAY)


def puts_meeting_away(town, person):
    [known] = meetings(town.engine, HERE)
    return put_away(town.engine, person, town.header, known, now=MAY)


def in_meeting(act):
    """Do something with the one meeting there is."""

    def do(town, person):
        [known] = meetings(town.engine, HERE)
        return act(town.engine, person, HERE, known, now=MAY)

    return do


def writes_down(engine, person, place, known, *, now):
    told = {"built_on": 0, "now": now}
    return write_down(engine, person, place, known, RATE, WordKind.MEMO, "税務課から", **told)


def decides(engine, person, place, known, *, now):
    [late] = undecided(meeting_words(engine, place, known.id))
    return decide(engine, person, place, known, late, "both", now=now)


def changes_user(town, person):
    user = User("jiro", "次郎", frozenset({Role.VIEWER}))
    told = {"built_on": None, "administrators": (), "reason": "異動"}
    return change_user(town.engine, person, HERE, user, **told, now=MAY)


def looks(_town, person):
    require(person, Act.VIEW, HERE.code)
    return "見える"


BY_HAND = HandRating(CHECKUPS, 1, "", FiscalYear(2026), "standard", "A", None, None)
# What is done, which act that is, and who may as it was agreed: "x" whatever their department,
# "own" only where what it is about is their department's, "-" not at all. A column a role: viewer,
# editor, planner, approver, administrator. Everything is about 見本市, and where it is about a
# department, about 健康課.
TABLE = [
    (looks, "view", "x x x x x"),
    (imports, "import", "- - x - -"),
    (takes_back("import", ("later.csv",)), "undo-import", "- - x - -"),
    (keeps_layout, "save-layout", "- - x - -"),
    (judges(RuleVersion("市の新しい", 1, rule_text("standard"))), "rule", "- - x - -"),
    (judges(PlanRule(1, "standard")), "rule", "- - x - -"),
    (takes_back("rule"), "rule", "- - x - -"),
    (takes_back("plan-rule"), "rule", "- - x - -"),
    (judges(SeriesSetting(CHECKUPS, tolerance=0.2)), "series-setting", "- - x - -"),
    (takes_back("setting"), "series-setting", "- - x - -"),
    (judges(BY_HAND), "hand-rating", "- - x - -"),
    (takes_back("hand-rating"), "hand-rating", "- - x - -"),
    (
        judges(Comparison(CHECKUPS, HERE.code, UNPAID, Verdict.CONFIRMED)),
        "comparison",
        "- - x - -",
    ),
    (takes_back("comparison"), "comparison", "- - x - -"),
    (judges(FrozenYear(1, FiscalYear(2023), (), ())), "fix-year", "- - x - -"),
    (takes_back("frozen-year"), "fix-year", "- - x - -"),
    (saves_proposal, "save-proposal", "- - x - -"),
    (steps_on(steps.decide, "案", clashes=[], mine=[]), "save-proposal", "- - x - -"),
    (steps_on(steps.submit, "案"), "submit-proposal", "- - x - -"),
    (steps_on(steps.withdraw, "案"), "withdraw-proposal", "- - x - -"),
    (steps_on(steps.give_back, "申請", comment="根拠を"), "return-proposal", "- - - x -"),
    (steps_on(steps.approve, "申請"), "approve-proposal", "- - - x -"),
    # It takes both roles at once.
    (steps_on(steps.confirm, "案"), "approve-proposal", "- - - - -"),
    (takes_back("proposal"), "undo-proposal", "- - - x -"),
    (opens_round, "open-round", "- - x - -"),
    (changes_round, "change-round", "- - x - -"),
    (takes_back("round"), "change-round", "- - x - -"),
    (closes_round, "close-round", "- - x - -"),
    (reopens_round, "close-round", "- - x - -"),
    (sends_letters, "send-round", "- - x - -"),
    (takes_forms, "take-forms", "- - x - -"),
    (takes_form, "take-form", "- own x - -"),
    (answers(save_answer), "answer", "- own x - -"),
    (answers(give), "answer", "- own x - -"),
    (late(accept_answer), "accept-answer", "- - x - -"),
    (takes_back("answer"), "accept-answer", "- - x - -"),
    (late(return_answer, comment="確定値を"), "return-answer", "- - x - -"),
    (writes_note, "note", "- own x - -"),
    (takes_back("note"), "note", "- own x - -"),
    (writes_milestone, "milestone", "- own x - -"),
    (takes_back_milestone, "milestone", "- own x - -"),
    (prepares_meeting, "prepare-meeting", "- - x x -"),
    (puts_meeting_away, "prepare-meeting", "- - x x -"),
    (in_meeting(writes_down), "hold-meeting", "- - x x -"),
    (in_meeting(decides), "hold-meeting", "- - x x -"),
    (in_meeting(end_meeting), "hold-meeting", "- - x x -"),
    (in_meeting(reopen_meeting), "hold-meeting", "- - x x -"),
    (changes_user, "change-user", "- - - - x"),
    (takes_back("user"), "change-user", "- - - - x"),
]
#: Of no municipality, so that a planner of any may.
NOBODYS = {keeps_layout}
#: What leaves no trace in the database.
TRACELESS = {looks, keeps_layout, sends_letters, takes_forms, takes_form}


def one(role, department, *places):
    """Somebody with a role in municipalities, for a department."""
    roles, departments = frozenset({role}), frozenset({department})
    grants = tuple(Grant(place.code, roles, departments) for place in places)
    codes = frozenset(place.code for place in places)
    return Person("別の 人（betsu）", roles, departments, codes, grants, "betsu")


def cells():
    """Each act with the people who may do it, and those who may not."""
    for number, (do, act, marks) in enumerate(TABLE):
        allowed, refused = [], []
        for role, mark in zip(Role, marks.split(), strict=True):
            for department in (HEALTH, TAX):
                may = mark == "x" or (mark == "own" and department == HEALTH)
                (allowed if may else refused).append(one(role, department, HERE))
                elsewhere = one(role, department, THERE)
                (allowed if may and do in NOBODYS else refused).append(elsewhere)
        yield f"{number}-{act}", do, allowed, refused


DONE = [
    pytest.param(
        do, person, id=f"{name}-{next(iter(person.roles))}-{next(iter(person.departments))}"
    )
    for name, do, allowed, _ in cells()
    for person in allowed
]
REFUSED = [pytest.param(do, refused, id=name) for name, do, _, refused in cells() if refused]


@pytest.fixture(autouse=True)
def _nobody_approves_their_own(monkeypatch, tmp_path):
    monkeypatch.setenv("KPI_SELF_APPROVAL", "no")
    monkeypatch.setenv("KPI_LAYOUTS", str(tmp_path / "layouts"))


def everything(town):
    """All that is on record, as it can be read."""
    engine, places = town.engine, (HERE, THERE)
    of_rounds = [
        (entry, proposals_of_round(engine, place, entry.round.id))
        for place in places
        for entry in rounds(engine, place)
    ]
    known = [(audit_entries(engine, p), proposals(engine, p), users(engine, p)) for p in places]
    held = [(one, meeting_words(engine, place, one.id)) for place in places
            for one in meetings(engine, place)]  # fmt: skip
    return batches(engine), known, of_rounds, names(), held


def test_the_table_written_here_is_about_every_act():
    assert {act for _, act, _ in TABLE} == set(Act) == set(ACTS)


@pytest.mark.parametrize(("do", "person"), DONE)
def test_whoever_may_does_it_and_that_is_on_record_under_their_name(town, do, person):
    before, elsewhere = (audit_entries(town.engine, place) for place in (HERE, THERE))
    result = do(town, person)
    if do in TRACELESS:
        assert result
        return
    new = audit_entries(town.engine, HERE)[: -len(before)]
    assert new
    assert {entry.author for entry in new} == {person.name}
    assert audit_entries(town.engine, THERE) == elsewhere


@pytest.mark.parametrize(("do", "people"), REFUSED)
def test_whoever_may_not_is_refused_and_nothing_changes(town, do, people):
    before = everything(town)
    for person in people:
        with pytest.raises(NotAllowed, match=person.name):
            do(town, person)
    assert everything(town) == before


def test_a_viewer_can_look_and_nothing_else():
    assert {act for act, allowed in ACTS.items() if Role.VIEWER in allowed.everywhere} == {Act.VIEW}
    assert not any(Role.VIEWER in allowed.own for allowed in ACTS.values())


def test_an_administrator_alone_changes_no_figures():
    own = {act for act, allowed in ACTS.items() if Role.ADMINISTRATOR in allowed.everywhere}
    assert own == {Act.VIEW, Act.CHANGE_USER}
