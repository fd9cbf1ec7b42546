"""Notes, fractions, projects and milestones in the words in which edits are told."""

from dataclasses import replace

import pytest

from kpi.charts.edit_lines import edit_lines
from kpi.charts.edits import tell_edits
from kpi.model import (
    Direction,
    FiscalYear,
    Fraction,
    Indicator,
    Milestone,
    Note,
    NoteKind,
    PartEdit,
    Plan,
    PolicyNode,
    Project,
    ProjectState,
    Series,
)
from kpi.store import PlanSnapshot

YEAR = FiscalYear(2024)
CAUSE = Note(1, YEAR, NoteKind.CAUSE, 0, "周知の不足")
MEMO = Note(1, YEAR, NoteKind.FREE, 2, "国へ照会中")
PARTS = Fraction(1, YEAR, 500.0, 1000.0, "500", "1,000")
PROJECT = Project(1, 1, 1, "1", "健診の勧奨", "健康課", "受診が当たり前に", 1)
STEP = Milestone(1, YEAR, "勧奨通知を送る", ProjectState.ON_TRACK, "")


@pytest.fixture
def plan():
    return PlanSnapshot(
        Plan(1, "計画"),
        policies=[PolicyNode(1, 1, None, "施策", "1-1", "健康づくり", 1)],
        indicators=[Indicator(1, 1, 1, "", "受診率", "健康課", "", 1)],
        series=[Series(1, 1, "", "％", "％", Direction.HIGHER, 1)],
        projects=[PROJECT],
    )


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (None, CAUSE, "受診率：令和6年度の要因分析を「周知の不足」とする"),
        (
            CAUSE,
            replace(CAUSE, text="通知の遅れ"),
            "受診率：令和6年度の要因分析を「周知の不足」から「通知の遅れ」に",
        ),
        (MEMO, replace(MEMO, text=""), "受診率：令和6年度のメモ2「国へ照会中」を消す"),
        (None, PARTS, "受診率：令和6年度の分子を「500」とする、令和6年度の分母を「1,000」とする"),
        (
            PARTS,
            replace(PARTS, numerator=510.0, numerator_text="510"),
            "受診率：令和6年度の分子を「500」から「510」に",
        ),
        (None, replace(PROJECT, id=-1), "事務事業「健診の勧奨」を加える（所管 健康課）"),
        (
            PROJECT,
            replace(PROJECT, department="保健課", policy_id=None),
            (
                "事務事業「健診の勧奨」：所管を「健康課」から「保健課」に、"
                "「1-1 健康づくり」から「政策・施策なし」へ移す"
            ),
        ),
        (
            None,
            STEP,
            (
                "事務事業「健診の勧奨」：令和6年度の計画を「勧奨通知を送る」とする、"
                "令和6年度の進み具合を「順調」とする"
            ),
        ),
        (
            STEP,
            replace(STEP, state=ProjectState.DELAYED, note="印刷の遅れ"),
            (
                "事務事業「健診の勧奨」：令和6年度の進み具合を「順調」から「遅れ」に、"
                "令和6年度の状況を「印刷の遅れ」とする"
            ),
        ),
    ],
)
def test_each_kind_of_change_is_a_sentence(plan, before, after, sentence):
    [group] = tell_edits(plan, [PartEdit(before, after, "理由")])
    assert [one.sentence for one in group.edits] == [sentence]


def test_notes_stand_with_their_indicator_and_projects_behind_under_their_policy(plan):
    edits = [PartEdit(None, part, "") for part in (STEP, MEMO, PARTS, CAUSE)]
    groups = tell_edits(plan, edits)
    assert [(g.policy, g.indicator, len(g.edits)) for g in groups] == [
        ("1-1 健康づくり", "受診率", 3),
        ("1-1 健康づくり", "", 1),
    ]
    assert [one.edit.after for group in groups for one in group.edits] == [CAUSE, MEMO, PARTS, STEP]


def test_the_lines_of_a_draft_name_what_they_are_of(plan):
    edits = [PartEdit(None, part, "") for part in (CAUSE, PARTS, PROJECT, STEP)]
    assert [(line.title, line.column) for line in edit_lines(plan, edits)] == [
        ("受診率", "記載"),
        ("受診率", "分子・分母"),
        ("健診の勧奨", "事務事業"),
        ("健診の勧奨", "事務事業の年度計画"),
    ]
