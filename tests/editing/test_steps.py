"""From draft to plan: who may take which step, what it needs, and when it counts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from acts import import_bytes

from kpi.access import NotAllowed, Person, Role
from kpi.acting.undoing import take_back
from kpi.editing import steps
from kpi.editing.clashes import decided
from kpi.editing.signs import unseen
from kpi.model import Clash, FactEdit, FactKey, FiscalYear, Kind, PartEdit, Stage, Step
from kpi.store import (
    JAPAN,
    Overtaken,
    WrongStage,
    batches,
    clashes,
    end_of_day,
    plans,
    proposals,
    read_parts,
    read_plan,
    read_proposal,
    verify_audit,
)

PLAN = "自治体,計画,指標,単位,計画期,年度,目標値,所管\n" + "".join(
    f"見本町,計画,指標{n},％,1,R8,{50 + n}％以上,福祉課\n" for n in (1, 2, 3)
)
# An afternoon in Japan.
NOW = datetime(2026, 4, 1, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)

HANAKO = Person("企画 花子", frozenset({Role.PLANNER}))
TARO = Person("企画 太郎", frozenset({Role.PLANNER}))
CHIEF = Person("課長", frozenset({Role.APPROVER}))


@pytest.fixture(autouse=True)
def _roles_are_set(monkeypatch):
    """Several people: nobody approves their own proposal."""
    monkeypatch.setenv("KPI_ROLES", "viewer")
    monkeypatch.delenv("KPI_SELF_APPROVAL", raising=False)


@pytest.fixture
def town(empty):
    import_bytes(empty, ("plan.csv", PLAN.encode()), now=NOW - 10 * HOUR)
    return empty, plans(empty)[0]


def key(series):
    return FactKey(series, Kind.TARGET, 1, "", FiscalYear(2026))


def target(parts, series, value):
    before = parts.facts[key(series)]
    after = before._replace(value=float(value), value_text=f"{value}％以上")
    return FactEdit(key(series), before, after)


def save(town, person=HANAKO, values=((1, 60),), **more):
    engine, header = town
    parts = read_parts(engine, header)
    edits = [target(parts, series, value) for series, value in values]
    more = {"title": "見直し", "reason": "社会情勢の変化", "now": NOW} | more
    return steps.save(engine, person, header.municipality, header.plan.id, edits, **more)


def take(town, person, step, proposal, **more):
    engine, header = town
    more = {"now": NOW + HOUR} | more
    return step(engine, person, header.municipality, proposal, **more)


def again(town, proposal):
    engine, header = town
    return read_proposal(engine, header.municipality, proposal.id)


def submitted(town, person=HANAKO, **more):
    proposal = save(town, person, **more)
    take(town, person, steps.submit, proposal)
    return again(town, proposal)


def targets(town, as_of=None):
    engine, header = town
    facts = read_plan(engine, header, as_of).facts
    return facts[facts["kind"] == Kind.TARGET]["value"].tolist()


# Each step, how far the proposal is before it, and who may take it, on one's own and on another's:
# the columns of roles are viewer, editor, planner, approver, administrator.
AGREED = """
save      draft      own  - - x - -
save      draft      other  - - x - -
submit    draft      own  - - x - -
submit    draft      other  - - x - -
withdraw  submitted  own  - - x - -
withdraw  submitted  other  - - x - -
give_back submitted  own  - - - x -
give_back submitted  other  - - - x -
approve   submitted  own  - - - - -
approve   submitted  other  - - - x -
"""
CELLS = [
    pytest.param(step, stage, whose == "own", marks, id=f"{step} {whose}")
    for step, stage, whose, *marks in map(str.split, AGREED.strip().splitlines())
]


@pytest.mark.parametrize(("step", "stage", "is_own", "marks"), CELLS)
def test_every_role_is_held_against_every_step_below_the_screens(town, step, stage, is_own, marks):
    maker = HANAKO if stage == "draft" else TARO
    proposal = save(town, maker) if stage == "draft" else submitted(town, maker)

    def act(role):
        person = Person(maker.name if is_own else "別の人", frozenset({role}))
        if step == "save":
            save(town, person, [(2, 70)], proposal_id=proposal.id, version=proposal.version)
        elif step == "give_back":
            take(town, person, steps.give_back, proposal, comment="根拠を書いてください。")
        else:
            take(town, person, getattr(steps, step), proposal)

    may = {role: mark == "x" for role, mark in zip(Role, marks, strict=True)}
    for role in [role for role in Role if not may[role]]:
        with pytest.raises(NotAllowed):
            act(role)
    assert again(town, proposal) == proposal
    assert targets(town) == [51, 52, 53]
    for role in [role for role in Role if may[role]]:
        act(role)
        assert len(again(town, proposal).steps) == len(proposal.steps) + 1


def test_only_an_approver_takes_an_approved_change_back(town):
    proposal = submitted(town)
    take(town, CHIEF, steps.approve, proposal)
    batch = again(town, proposal).steps[-1].batch_id
    for role in set(Role) - {Role.APPROVER}:
        with pytest.raises(NotAllowed):
            take_back(town[0], Person("別の人", frozenset({role})), batch, now=NOW + HOUR)
    assert targets(town) == [60, 52, 53]
    take_back(town[0], Person("別の人", frozenset({Role.APPROVER})), batch, now=NOW + HOUR)
    assert targets(town) == [51, 52, 53]
    assert again(town, proposal).stage is Stage.UNDONE


def both(name):
    return Person(name, frozenset({Role.PLANNER, Role.APPROVER}))


def test_nobody_approves_what_they_have_had_a_hand_in(town):
    proposal = save(town, HANAKO)
    # Begun by one, gone on with by another, submitted by a third.
    proposal = save(town, TARO, [(2, 70)], proposal_id=proposal.id, version=proposal.version)
    take(town, both("次郎"), steps.submit, proposal)
    proposal = again(town, proposal)
    for name in (HANAKO.name, TARO.name, "次郎"):
        with pytest.raises(NotAllowed, match=f"{name}さんが作った改定案"):
            take(town, both(name), steps.approve, proposal)
    take(town, both("三郎"), steps.approve, proposal)
    assert targets(town) == [60, 70, 53]


def test_what_a_screen_still_holds_does_not_hide_who_had_a_hand_in_it(town):
    proposal = submitted(town)
    forged = replace(proposal, author="だれか", steps=proposal.steps[-1:])
    with pytest.raises(NotAllowed):
        take(town, both(HANAKO.name), steps.approve, forged)


def test_one_approves_ones_own_where_the_setting_says_so(town, monkeypatch):
    proposal = submitted(town)
    monkeypatch.setenv("KPI_SELF_APPROVAL", "yes")
    take(town, both(HANAKO.name), steps.approve, proposal)
    assert again(town, proposal).stage is Stage.APPROVED


def test_a_person_alone_confirms_in_one_act_and_both_steps_are_on_record(town, monkeypatch):
    monkeypatch.delenv("KPI_ROLES")
    alone = Person("担当", frozenset(Role))
    proposal = save(town, alone)
    assert steps.may_confirm(alone, town[1].municipality)
    batch = take(town, alone, steps.confirm, proposal, comment="市長決裁済み")
    done = again(town, proposal)
    assert [(step.step, step.author) for step in done.steps] == [
        (Step.SAVE, "担当"),
        (Step.SUBMIT, "担当"),
        (Step.APPROVE, "担当"),
    ]
    assert (done.steps[-1].batch_id, done.steps[-1].comment) == (batch, "市長決裁済み")
    assert targets(town) == [60, 52, 53]
    engine, _ = town
    assert not any(state.broken for state in verify_audit(engine))


@pytest.mark.parametrize("person", [HANAKO, CHIEF, both("花子")])
def test_nobody_else_confirms_in_one_act(town, person):
    proposal = save(town)
    assert not steps.may_confirm(person, town[1].municipality)
    with pytest.raises(NotAllowed):
        take(town, person, steps.confirm, proposal)
    assert again(town, proposal) == proposal


def test_a_return_needs_a_comment_and_leads_back_to_the_draft(town):
    proposal = submitted(town)
    with pytest.raises(steps.StepRefused, match="どこを直せばよいか"):
        take(town, CHIEF, steps.give_back, proposal, comment=" \n")
    take(town, CHIEF, steps.give_back, proposal, comment="根拠を書いてください。\n")
    returned = again(town, proposal)
    assert (returned.stage, returned.steps[-1].comment) == (
        Stage.RETURNED,
        "根拠を書いてください。",
    )
    changed = save(town, values=[(1, 58)], proposal_id=returned.id, version=returned.version)
    take(town, HANAKO, steps.submit, changed)
    take(town, CHIEF, steps.approve, again(town, changed))
    assert targets(town) == [58, 52, 53]


def test_what_is_submitted_has_a_name_a_reason_and_something_to_change(town):
    with pytest.raises(steps.StepRefused, match="名前を書いてください"):
        save(town, title="　")
    with pytest.raises(steps.StepRefused, match="理由がない"):
        submitted(town, reason="")
    with pytest.raises(steps.StepRefused, match="変えるところがない"):
        submitted(town, values=())


def test_from_a_day_on_means_its_first_moment_in_japan(town):
    engine, header = town
    day = date(2027, 4, 1)
    take(town, CHIEF, steps.approve, submitted(town), day=day)
    assert targets(town) == [51, 52, 53]
    midnight = datetime(2027, 4, 1, tzinfo=JAPAN)
    assert targets(town, midnight - timedelta(seconds=1)) == [51, 52, 53]
    assert targets(town, midnight) == [60, 52, 53]
    assert targets(town, end_of_day(date(2027, 3, 31))) == [51, 52, 53]
    [entry, _] = batches(engine, [header.municipality.code])
    assert entry.in_force_from == midnight


def test_today_is_at_once_and_a_day_that_is_over_is_refused(town):
    # In Japan it is the second of April already.
    late = datetime(2026, 4, 1, 20, tzinfo=UTC)
    proposal = submitted(town)
    with pytest.raises(steps.StepRefused, match="施行日が過ぎた日"):
        take(town, CHIEF, steps.approve, proposal, day=date(2026, 4, 1), now=late)
    take(town, CHIEF, steps.approve, proposal, day=date(2026, 4, 2), now=late)
    assert targets(town, late) == [60, 52, 53]


def test_a_step_from_a_screen_that_is_not_fresh_is_not_taken(town):
    stale = submitted(town)
    take(town, CHIEF, steps.give_back, stale, comment="直してください。")
    with pytest.raises(WrongStage):
        take(town, CHIEF, steps.approve, stale)
    newer = save(town, TARO, [(1, 99)], proposal_id=stale.id, version=again(town, stale).version)
    take(town, TARO, steps.submit, newer)
    # It is submitted again, and is not what was looked at.
    with pytest.raises(WrongStage):
        take(town, CHIEF, steps.approve, stale)
    assert targets(town) == [51, 52, 53]


def moved_under(town, mine=((1, 60), (2, 70), (3, 80))):
    """A submitted proposal, and another that came first for two of its three targets."""
    proposal = submitted(town, HANAKO, values=mine)
    other = submitted(town, TARO, values=[(1, 65), (2, 75)], reason="国の基準")
    take(town, CHIEF, steps.approve, other)
    with pytest.raises(Overtaken) as overtaken:
        take(town, CHIEF, steps.approve, proposal)
    assert targets(town) == [65, 75, 53]
    found = overtaken.value.clashes
    assert [(clash.theirs.value, clash.author) for clash in found] == [
        (65, TARO.name),
        (75, TARO.name),
    ]
    take(town, CHIEF, steps.give_back, proposal, comment="決め直してください。")
    return again(town, proposal), found


def test_who_comes_second_decides_cell_by_cell(town):
    engine, header = town
    proposal, found = moved_under(town)
    take(town, HANAKO, steps.decide, proposal, clashes=found, mine=[key(1)])
    settled = again(town, proposal)
    assert clashes(engine, header.municipality, settled) == []
    assert sorted((edit.key.series_id, edit.after.value) for edit in settled.edits) == [
        (1, 60),
        (3, 80),
    ]
    assert (settled.title, settled.reason) == ("見直し", "社会情勢の変化")
    take(town, HANAKO, steps.submit, settled)
    take(town, CHIEF, steps.approve, again(town, settled))
    assert targets(town) == [60, 75, 80]


def test_a_draft_that_was_overtaken_is_not_confirmed_and_stays_a_draft(town, monkeypatch):
    monkeypatch.delenv("KPI_ROLES")
    alone = Person("担当", frozenset(Role))
    draft = save(town, alone)
    take(town, alone, steps.confirm, save(town, alone, [(1, 65)]))
    with pytest.raises(Overtaken):
        take(town, alone, steps.confirm, draft)
    assert again(town, draft) == draft


def test_of_a_part_only_what_was_edited_stays_ones_own(town):
    engine, header = town
    first = read_parts(engine, header).indicators[0]
    mine = PartEdit(first, replace(first, name="受診率", department="健康課"), "改称")
    theirs = replace(first, name="健診の受診率", source="保健所")
    clash = Clash(mine, theirs, TARO.name, NOW, "")
    [kept], dropped = decided([clash], [mine.identity])
    assert kept == PartEdit(theirs, replace(theirs, name="受診率", department="健康課"), "改称")
    assert dropped == []
    assert decided([clash], []) == ([], [mine.identity])


def test_proposals_are_listed_with_the_newest_first(town):
    engine, header = town
    first, second = save(town, title="一"), save(town, TARO, [(2, 70)], title="二")
    assert [one.id for one in proposals(engine, header.municipality)] == [second.id, first.id]


def test_signs_nobody_sees_that_no_file_and_not_every_database_can_hold_are_left_out(town):
    engine, header = town
    words = {"title": "見\x00直\ud800し", "reason": "社会\x1b情勢\x00"}
    saved = steps.save(engine, HANAKO, header.municipality, header.plan.id, [], **words, now=NOW)
    assert (saved.title, saved.reason) == ("見直し", "社会情勢")
    steps.withdraw(engine, HANAKO, header.municipality, saved, comment="取り\x00下げ", now=NOW)
    withdrawn = read_proposal(engine, header.municipality, saved.id)
    assert withdrawn.steps[-1].comment == "取り下げ"


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\ud800"])
def test_a_cell_with_a_sign_nobody_sees_is_refused_with_the_words_beside_it(town, sign):
    engine, header = town
    edit = target(read_parts(engine, header), 1, 70)
    for words in ({"value_text": f"70％{sign}以上"}, {"note": f"70％{sign}以上"}):
        typed = replace(edit, after=edit.after._replace(**words))
        with pytest.raises(steps.StepRefused, match="「70％以上」のところに、目に見えない文字"):
            steps.save(
                engine, HANAKO, header.municipality, header.plan.id, [typed], title="案", now=NOW
            )
    assert proposals(engine, header.municipality) == []


def test_signs_that_came_with_a_file_are_in_nobodys_way(town):
    engine, header = town
    edit = target(read_parts(engine, header), 1, 70)
    before = edit.before._replace(note="表の\x0b注")
    kept = replace(edit, before=before, after=edit.after._replace(note="表の\x0b注"))
    assert unseen([kept]) == ""
