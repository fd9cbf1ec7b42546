"""Whose a thing is stands on record: what a screen holds or a caller claims moves nothing."""

from dataclasses import replace

import pytest
from acts import editor, import_bytes, planner, preview_of
from two_towns import CHECKUPS, HEALTH, HERE, MAY, RATE, TAX, THERE, actual, target

from kpi.access import Grant, NotAllowed, Person, Role
from kpi.acting.imports import accept
from kpi.acting.judging import judge
from kpi.acting.undoing import take_back
from kpi.collecting.answering import AnswerRefused, accept_answer, give, save_answer
from kpi.collecting.filled import Filled
from kpi.editing import steps
from kpi.editing.notes import write_milestone, write_note
from kpi.model import (
    Comparison,
    FiscalYear,
    Fraction,
    Note,
    NoteKind,
    PartEdit,
    ProjectState,
    Stage,
    Verdict,
)
from kpi.store import audit_entries, batches

YEAR = FiscalYear(2024)
CHIEF = Person("課長", frozenset({Role.APPROVER}))


@pytest.fixture(autouse=True)
def _several_people(monkeypatch):
    monkeypatch.setenv("KPI_SELF_APPROVAL", "no")


def answer(town, person, department, *edits, act=give, at_hand=None, entry=None):
    entry = entry or town.round(YEAR)
    said = Filled(list(edits))
    return act(town.engine, person, HERE, entry, department, said, answer=at_hand, now=MAY)


def refused(town, error, do):
    before = audit_entries(town.engine, HERE)
    with pytest.raises(error) as told:
        do()
    assert audit_entries(town.engine, HERE) == before
    return str(told.value)


@pytest.mark.parametrize("act", [give, save_answer])
def test_figures_of_another_department_are_in_no_answer_of_ones_own(town, act):
    said = (actual(CHECKUPS, YEAR, 60), actual(RATE, YEAR, 91))
    words = refused(
        town,
        NotAllowed,
        lambda: answer(town, editor(HEALTH), HEALTH, *said, act=act),
    )
    assert "税務課の所管課" in words
    # Nor does a planner answer for one department what another was asked.
    words = refused(town, AnswerRefused, lambda: answer(town, planner(), HEALTH, *said, act=act))
    assert "健康課に聞いていない" in words


def test_an_answer_brings_in_nothing_but_what_was_asked(town):
    plan = town.plan
    indicator = plan.indicators[0]
    others = [
        target(plan, CHECKUPS, 1),
        actual(CHECKUPS, 2023, 60),
        PartEdit(indicator, replace(indicator, department=TAX), "異動"),
        PartEdit(None, Note(CHECKUPS, FiscalYear(2023), NoteKind.CAUSE, 0, "去年"), ""),
        PartEdit(None, Fraction(CHECKUPS, FiscalYear(2023), 1.0, 2.0, "1", "2"), ""),
        # Of the year that is asked for, and in no cell of the form.
        PartEdit(None, Fraction(CHECKUPS, YEAR, 1.0, 2.0, "1", "2"), ""),
        PartEdit(None, Note(CHECKUPS, YEAR, NoteKind.FREE, 77, "自由に"), ""),
        PartEdit(None, Note(CHECKUPS, YEAR, NoteKind.CAUSE, 1, "もう一つ"), ""),
    ]
    for edit in others:
        for person in (editor(HEALTH), planner()):
            refused(
                town,
                AnswerRefused,
                lambda edit=edit, person=person: answer(town, person, HEALTH, edit),
            )


@pytest.mark.parametrize("act", [give, save_answer])
def test_an_answer_writes_no_more_into_a_cell_than_the_screen_lets_anybody(town, act):
    own = actual(CHECKUPS, YEAR, 60)
    long = "あ" * 4001
    for edit in (
        replace(own, after=own.after._replace(note=long)),
        replace(own, after=own.after._replace(value_text=long)),
        PartEdit(None, Note(CHECKUPS, YEAR, NoteKind.CAUSE, 0, long), ""),
    ):
        words = refused(
            town,
            AnswerRefused,
            lambda edit=edit: answer(town, editor(HEALTH), HEALTH, edit, act=act),
        )
        assert "4000字まで" in words


def test_a_figure_is_not_slipped_in_under_another_key(town):
    own = actual(CHECKUPS, YEAR, 60)
    forged = replace(own, after=target(town.plan, CHECKUPS, 1).after)
    refused(town, AnswerRefused, lambda: answer(town, editor(HEALTH), HEALTH, forged))


def test_an_answer_goes_into_no_other_departments_and_into_no_proposal(town):
    own = actual(CHECKUPS, YEAR, 60)
    (others,) = town.answers(YEAR)
    into = {"at_hand": others}
    refused(town, AnswerRefused, lambda: answer(town, editor(HEALTH), HEALTH, own, **into))
    into = {"at_hand": town.proposal("案")}
    refused(town, LookupError, lambda: answer(town, editor(HEALTH), HEALTH, own, **into))


def test_a_screen_that_still_shows_the_round_open_does_not_open_it(town):
    shown = town.round(2022)
    stale = replace(shown, round=replace(shown.round, is_closed=False))
    mine = next(one for one in town.answers(2022) if one.department == HEALTH)
    said = actual(CHECKUPS, 2022, 99)
    given = answer(town, editor(HEALTH), HEALTH, said, at_hand=mine, entry=stale)
    assert given.batch_id is None


def test_what_answers_a_round_has_steps_of_its_own(town):
    (waiting,) = [one for one in town.answers(2022) if one.stage is Stage.SUBMITTED]
    refused(town, LookupError, lambda: steps.approve(town.engine, CHIEF, HERE, waiting, now=MAY))
    asked = town.proposal("申請")
    refused(town, LookupError, lambda: accept_answer(town.engine, planner(), HERE, asked, now=MAY))


def test_whose_a_project_is_is_asked_of_the_record(town):
    project = next(one for one in town.plan.projects if one.department == TAX)
    forged = replace(project, department=HEALTH)
    said = {"text": "やめる", "state": ProjectState.STOPPED, "note": ""}
    refused(
        town,
        NotAllowed,
        lambda: write_milestone(
            town.engine, editor(HEALTH), town.header, forged, None, YEAR, **said, now=MAY
        ),
    )


def test_an_indicator_that_has_moved_is_the_new_departments(town):
    def write(person, text):
        note = Note(CHECKUPS, YEAR, NoteKind.ACTION, 0, text)
        return write_note(town.engine, person, town.header, None, note, now=MAY)

    with pytest.raises(NotAllowed):
        write(editor(TAX), "税務課から")
    indicator = town.plan.indicators[0]
    moved = PartEdit(indicator, replace(indicator, department=TAX), "組織の改正")
    words = {"title": "異動", "reason": "組織の改正"}
    saved = steps.save(town.engine, planner(), HERE, 1, [moved], **words, now=MAY)
    steps.submit(town.engine, planner(), HERE, saved, now=MAY)
    steps.approve(town.engine, CHIEF, HERE, town.proposal("異動"), now=MAY)
    with pytest.raises(NotAllowed):
        write(editor(HEALTH), "健康課から")
    assert write(editor(TAX), "税務課から")


def test_who_answered_does_not_take_the_answer_back_as_if_it_were_a_note(town):
    why = PartEdit(None, Note(CHECKUPS, YEAR, NoteKind.CAUSE, 0, "別の理由"), "")
    known = next(one for one in town.plan.notes if one.kind is NoteKind.CAUSE)
    why = replace(why, before=known)
    given = answer(town, editor(HEALTH), HEALTH, actual(CHECKUPS, YEAR, 60), why)
    refused(
        town,
        NotAllowed,
        lambda: take_back(town.engine, editor(HEALTH), given.batch_id, now=MAY),
    )
    take_back(town.engine, planner(), given.batch_id, now=MAY)


def of(place, role=Role.PLANNER):
    roles = frozenset({role})
    return Person("花子", roles, frozenset(), frozenset({place.code}), (Grant(place.code, roles),))


def test_what_reaches_into_two_municipalities_is_done_by_who_may_in_both(town):
    both = "自治体コード,自治体,計画,指標,単位,年度,実績値\n" + "".join(
        f"{place.code},{place.name},計画,受診率,％,R2,49\n" for place in (HERE, THERE)
    )
    preview = preview_of(town.engine, ("both.csv", both.encode()))
    for place in (HERE, THERE):
        with pytest.raises(NotAllowed):
            accept(town.engine, of(place), preview, reason="試験", now=MAY)
    assert not [one for one in batches(town.engine) if "both.csv" in one.files]
    _, batch = import_bytes(town.engine, ("both.csv", both.encode()), now=MAY)
    for place in (HERE, THERE):
        with pytest.raises(NotAllowed):
            take_back(town.engine, of(place), batch, now=MAY)
    assert {one.undone_at for one in batches(town.engine) if one.batch_id == batch} == {None}
    take_back(town.engine, planner(), batch, now=MAY)


def test_nothing_is_compared_with_what_one_may_not_see(town):
    act = Comparison(CHECKUPS, THERE.code, CHECKUPS, Verdict.CONFIRMED)
    judged = {"reason": "同じ指標", "now": MAY}
    refused(
        town,
        NotAllowed,
        lambda: judge(town.engine, of(HERE), HERE, [act], **judged),
    )
