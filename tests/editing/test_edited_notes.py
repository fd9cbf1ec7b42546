"""Notes and the state of projects: recorded in one go, their history kept, others' words told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from acts import import_bytes

from kpi.access import Person, Role
from kpi.acting.undoing import take_back
from kpi.editing.notes import (
    NoteRefused,
    note_asked,
    standing,
    write_milestone,
    write_note,
)
from kpi.model import FiscalYear, Note, NoteKind, ProjectState, Stage
from kpi.store import (
    Overtaken,
    StillNeeded,
    batches,
    note_history,
    notes,
    plans,
    projects,
    proposals,
    undo,
)

MAY = datetime(2025, 5, 1, 3, tzinfo=UTC)
DAY = timedelta(days=1)
YEAR = FiscalYear(2024)
SATO = Person("佐藤", frozenset({Role.EDITOR}), frozenset({"健康課"}))
MORI = Person("森", frozenset({Role.EDITOR}), frozenset({"健康課"}))
CAUSE = Note(1, YEAR, NoteKind.CAUSE, 0, "周知の不足")


@pytest.fixture
def town(empty):
    plan = (
        "自治体,計画,指標,単位,計画期,年度,目標値,所管課\n見本町,P,受診率,％,1,R8,60％以上,健康課\n"
    )
    table = "自治体,計画,施策,事務事業,所管課,令和6年度\n見本町,P,1-1 健康,勧奨,健康課,通知を送る\n"
    files = (("plan.csv", plan.encode()), ("projects.csv", table.encode()))
    import_bytes(empty, *files, now=MAY - DAY)
    return empty, plans(empty)[0]


def texts(engine, header, as_of=None):
    return [(e.note.kind, e.note.text, e.author) for e in notes(engine, header, as_of)]


def test_a_note_counts_at_once_with_its_author_and_the_day_it_was_written(town):
    engine, header = town
    batch = write_note(engine, SATO, header, None, replace(CAUSE, text=" 周知の不足\n"), now=MAY)
    [entry] = notes(engine, header)
    assert (entry.note, entry.author, entry.recorded_at) == (CAUSE, "佐藤", MAY)
    assert entry.batch_id == batch
    assert texts(engine, header, MAY - DAY) == []
    assert [one.act for one in batches(engine) if one.batch_id == batch] == ["note"]
    # It is no amendment of the plan, and so in no list of them.
    [proposal] = proposals(engine, header.municipality)
    assert (proposal.stage, proposal.is_amendment) == (Stage.APPROVED, False)


def test_every_state_of_a_note_is_kept_with_who_and_when(town):
    engine, header = town
    write_note(engine, SATO, header, None, CAUSE, now=MAY)
    changed = replace(CAUSE, text="通知の遅れ")
    later = write_note(engine, MORI, header, CAUSE, changed, now=MAY + DAY)
    take_back(engine, SATO, later, now=MAY + 2 * DAY)
    cleared = replace(CAUSE, text="")
    write_note(engine, SATO, header, CAUSE, cleared, now=MAY + 3 * DAY)
    history = note_history(engine, header.municipality, 1)
    assert [(v.note.text, v.author, v.recorded_at, v.undone_at, v.undone_by) for v in history] == [
        ("周知の不足", "佐藤", MAY, None, ""),
        ("通知の遅れ", "森", MAY + DAY, MAY + 2 * DAY, "佐藤"),
        ("", "佐藤", MAY + 3 * DAY, None, ""),
    ]
    assert [v.note for v in standing(history).values()] == [cleared]
    then = note_history(engine, header.municipality, 1, MAY + DAY)
    assert [(v.note.text, v.undone_at) for v in then] == [
        ("周知の不足", None),
        ("通知の遅れ", None),
    ]
    assert [text for _, text, _ in texts(engine, header, MAY + DAY)] == ["通知の遅れ"]
    assert texts(engine, header) == []


def test_who_wrote_the_same_note_first_is_told_and_nothing_is_written_over(town):
    engine, header = town
    write_note(engine, SATO, header, None, CAUSE, now=MAY)
    other = replace(CAUSE, text="制度の変更")
    with pytest.raises(Overtaken) as overtaken:
        write_note(engine, MORI, header, None, other, now=MAY + DAY)
    [clash] = overtaken.value.clashes
    assert (clash.theirs, clash.author, clash.recorded_at) == (CAUSE, "佐藤", MAY)
    assert [text for _, text, _ in texts(engine, header)] == ["周知の不足"]
    # What changed nothing leaves no trace.
    assert len(proposals(engine, header.municipality)) == 1


def test_nothing_is_recorded_where_nothing_changes_or_too_much_is_written(town):
    engine, header = town
    for text in ("", " ", "長" * 4001):
        with pytest.raises(NoteRefused):
            write_note(engine, SATO, header, None, replace(CAUSE, text=text), now=MAY)
    assert proposals(engine, header.municipality) == []


def test_free_notes_are_numbered_and_keep_their_numbers():
    first, second = (Note(1, YEAR, NoteKind.FREE, number, "a") for number in (1, 2))
    assert note_asked([], 1, YEAR, NoteKind.FREE) == (None, replace(first, text=""))
    taken_away = replace(second, text="")
    third = replace(first, number=3, text="")
    assert note_asked([first, taken_away], 1, YEAR, NoteKind.FREE) == (None, third)
    assert note_asked([first], 1, YEAR, NoteKind.FREE, 1) == (first, first)
    assert note_asked([first], 1, YEAR, NoteKind.CAUSE) == (None, replace(CAUSE, text=""))


def test_how_a_project_stands_is_recorded_over_what_was_planned(town):
    engine, header = town
    [entry] = projects(engine, header)
    said = {"text": "通知を送る", "state": ProjectState.DELAYED, "note": "印刷の遅れ"}
    [before] = entry.milestones
    write_milestone(engine, SATO, header, entry.project, before, YEAR, **said, now=MAY)
    [after] = projects(engine, header)[0].milestones
    assert (after.text, after.state, after.note) == tuple(said.values())
    with pytest.raises(NoteRefused):
        write_milestone(engine, SATO, header, entry.project, after, YEAR, **said, now=MAY)
    with pytest.raises(Overtaken):
        write_milestone(
            engine, MORI, header, entry.project, before, YEAR, **{**said, "note": "x"}, now=MAY
        )


def test_an_import_stays_as_long_as_something_is_said_of_what_it_brought(town):
    engine, header = town
    [first] = batches(engine)
    written = write_note(engine, SATO, header, None, CAUSE, now=MAY)
    with pytest.raises(StillNeeded) as refused:
        undo(engine, first.batch_id, author="企画課", now=MAY)
    assert refused.value.batch_ids == (written,)
