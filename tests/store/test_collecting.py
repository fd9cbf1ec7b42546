from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from acts import import_bytes

from kpi.model import (
    Fact,
    FactEdit,
    FactKey,
    FiscalYear,
    Fraction,
    Kind,
    Milestone,
    Note,
    NoteKind,
    PartEdit,
    Project,
    ProjectState,
    Round,
    RoundItem,
    Step,
    part_identity,
)
from kpi.store import (
    fractions,
    next_round_id,
    notes,
    parts_beside,
    plans,
    projects,
    proposals,
    proposals_of_round,
    read_history,
    read_plan,
    read_proposal,
    record,
    rounds,
    save_proposal,
    step_proposal,
    verify_audit,
)

MAY = datetime(2025, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)
YEAR = FiscalYear(2024)


@pytest.fixture
def town(empty):
    plan = "自治体,計画,指標,単位,計画期,年度,目標値\n見本町,P,受診率,％,1,R8,60％以上\n"
    import_bytes(empty, ("plan.csv", plan.encode()), now=MAY)
    return empty, plans(empty)[0]


def opened(engine, header, **more):
    number = next_round_id(engine, header.municipality)
    asked = Round(number, 1, YEAR, date(2025, 6, 30), "ご回答ください。", **more)
    return asked, [asked, RoundItem(number, 1, "健康課", asks_fraction=True)]


def decide(engine, header, acts, now=MAY):
    record(engine, header.municipality, acts, author="企画課", reason="照会", now=now)


def test_a_round_is_kept_with_what_it_asks_and_is_closed_later(town):
    engine, header = town
    asked, acts = opened(engine, header)
    decide(engine, header, acts)
    [entry] = rounds(engine, header.municipality)
    assert (entry.round, entry.items) == (asked, (acts[1],))
    closed = replace(asked, is_closed=True)
    decide(engine, header, [closed], MAY + DAY)
    assert rounds(engine, header.municipality)[0].round == closed
    assert rounds(engine, header.municipality, MAY)[0].round == asked
    assert next_round_id(engine, header.municipality) == 2


def test_an_answer_brings_figures_notes_and_fractions_together(town):
    engine, header = town
    decide(engine, header, opened(engine, header)[1])
    key = FactKey(1, Kind.ACTUAL, 0, "", YEAR)
    said = (
        FactEdit(key, None, Fact(key, 50.0, value_text="50％")),
        PartEdit(None, Note(1, YEAR, NoteKind.CAUSE, 0, "周知の不足"), ""),
        PartEdit(None, Fraction(1, YEAR, 500.0, 1000.0, "500", "1,000"), ""),
    )
    answer = save_proposal(
        engine,
        header.municipality,
        1,
        said,
        title="回答",
        author="健康課",
        round_id=1,
        department="健康課",
        now=MAY,
    )
    assert (answer.round_id, answer.department, answer.edits) == (1, "健康課", said)
    assert proposals_of_round(engine, header.municipality, 1) == [answer]
    assert proposals_of_round(engine, header.municipality, 2) == []
    # What departments answer is no proposal of the planners.
    assert proposals(engine, header.municipality) == []
    for number, step in enumerate((Step.SUBMIT, Step.APPROVE), 1):
        step_proposal(
            engine, header.municipality, 1, step, version=number, author="健康課", now=MAY + DAY
        )
    assert 50 in read_plan(engine, header).facts["value"].tolist()
    [entry] = notes(engine, header)
    assert (entry.note, entry.author) == (said[1].after, "健康課")
    assert fractions(engine, header) == [said[2].after]
    assert notes(engine, header, MAY) == []
    assert verify_audit(engine)[0].broken == ()


def test_projects_and_their_milestones_are_edited_as_the_plan_is(town):
    engine, header = town
    project = Project(-1, 1, None, "1", "健診の勧奨", "健康課", "受診が当たり前に", 1)
    milestone = Milestone(-1, YEAR, "勧奨通知を送る", ProjectState.DONE, "3,000通")
    edits = [PartEdit(None, project, "計画書から"), PartEdit(None, milestone, "計画書から")]
    save_proposal(engine, header.municipality, 1, edits, title="事業", author="企画課", now=MAY)
    for number, step in enumerate((Step.SUBMIT, Step.APPROVE), 1):
        step_proposal(
            engine, header.municipality, 1, step, version=number, author="企画課", now=MAY
        )
    [entry] = projects(engine, header)
    assert (entry.project.id, entry.project.name) == (1, "健診の勧奨")
    assert [(m.project_id, m.state, m.note) for m in entry.milestones] == [
        (1, ProjectState.DONE, "3,000通")
    ]
    [listed] = proposals(engine, header.municipality)
    assert read_proposal(engine, header.municipality, listed.id).edits == tuple(edits)


def test_every_state_of_what_is_said_beside_a_plan_is_in_its_history(town):
    engine, header = town
    project = Project(-1, 1, None, "1", "健診の勧奨", "健康課", "", 1)
    said = (
        Note(1, YEAR, NoteKind.CAUSE, 0, "周知の不足"),
        Fraction(1, YEAR, 500.0, None, "500", ""),
        project,
        Milestone(-1, YEAR, "通知を送る", None, ""),
    )
    edits = [PartEdit(None, part, "") for part in said]
    save_proposal(engine, header.municipality, 1, edits, title="記載", author="健康課", now=MAY)
    for number, step in enumerate((Step.SUBMIT, Step.APPROVE), 1):
        step_proposal(
            engine, header.municipality, 1, step, version=number, author="健康課", now=MAY + DAY
        )
    recorded = [*said[:2], replace(project, id=1), replace(said[3], project_id=1)]
    assert parts_beside(engine, header) == recorded
    assert parts_beside(engine, header, MAY) == []
    known = read_history(engine, header).parts
    assert [[one.part for one in known[part_identity(part)]] for part in recorded] == [
        [part] for part in recorded
    ]
