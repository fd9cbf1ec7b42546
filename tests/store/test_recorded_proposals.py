from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from acts import import_bytes
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kpi.charts import values_table
from kpi.model import (
    Comparator,
    Fact,
    FactEdit,
    FactKey,
    FiscalYear,
    Indicator,
    Kind,
    PartEdit,
    Period,
    Plan,
    PolicyNode,
    Series,
    Stage,
    Step,
)
from kpi.model.facts import Direction
from kpi.store import (
    Overtaken,
    WrongStage,
    audit_entries,
    batches,
    clashes,
    fact_history,
    plans,
    proposals,
    read_parts,
    read_plan,
    read_proposal,
    save_proposal,
    step_proposal,
    undo,
    verify_audit,
)

MAY = datetime(2025, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)
PLAN = "自治体,計画,指標,区分,単位,計画期,年度,目標値\n" + "".join(
    f"見本町,P,指標{n},,％,1,R8,{50 + n}％以上\n" for n in range(1, 25)
)


@pytest.fixture
def town(empty):
    import_bytes(empty, ("plan.csv", PLAN.encode()), now=MAY)
    return empty, plans(empty)[0]


def key(series):
    return FactKey(series, Kind.TARGET, 1, "", FiscalYear(2026))


def target(engine, header, series, value):
    """The edit of who reads the plan as it stands and wants another target for a series."""
    before = read_parts(engine, header).facts[key(series)]
    wanted = before._replace(value=float(value), value_text=f"{value}％以上")
    return FactEdit(key(series), before, wanted)


def save(engine, header, edits, author="甲", **more):
    more = {"title": "見直し", "reason": "社会情勢の変化", "now": MAY + DAY} | more
    return save_proposal(engine, header.municipality, header.plan.id, edits, author=author, **more)


def step(engine, header, proposal, which, author="甲", **more):
    more = {"version": proposal.version, "now": MAY + 2 * DAY} | more
    return step_proposal(engine, header.municipality, proposal.id, which, author=author, **more)


def approve(engine, header, proposal, **more):
    step(engine, header, proposal, Step.SUBMIT)
    submitted = read_proposal(engine, header.municipality, proposal.id)
    return step(engine, header, submitted, Step.APPROVE, author="部長", **more)


def targets(engine, header, as_of=None):
    facts = read_plan(engine, header, as_of).facts
    return dict(zip(facts["series_id"], facts["value"], strict=True))


def test_a_draft_changes_nothing_until_it_is_approved(town):
    engine, header = town
    proposal = save(engine, header, [target(engine, header, 1, 70)])
    assert proposal.stage is Stage.DRAFT
    assert targets(engine, header)[1] == 51
    approve(engine, header, proposal)
    assert targets(engine, header)[1] == 70
    assert targets(engine, header, MAY + DAY)[1] == 51


def test_what_was_saved_is_read_again_as_it_was(town):
    engine, header = town
    edits = (
        target(engine, header, 1, 70.123456789012345),
        FactEdit(key(2), read_parts(engine, header).facts[key(2)], None),
        FactEdit(key(-1), None, Fact(key(-1), 1e-300, 2.5, Comparator.ABOUT, "約", None, "注")),
        PartEdit(None, Plan(-1, "次期"), "更新"),
        PartEdit(None, Period(1, 2, None, FiscalYear(2030)), "次の期"),
        PartEdit(None, Period(1, 3, FiscalYear(2031), FiscalYear(2034)), "次の次"),
        PartEdit(None, PolicyNode(-1, 1, None, "施策", "1", "健康", 1), "新設"),
        PartEdit(None, Indicator(-1, 1, -1, "", "新", "課", "", 99, True, 3), "新設"),
        PartEdit(None, Series(-1, -1, "", "人", "千人", Direction.LOWER, 1), "新設"),
    )
    saved = save(engine, header, edits)
    assert saved.edits == edits
    assert read_proposal(engine, header.municipality, saved.id) == saved


def test_a_list_of_proposals_tells_of_each_how_far_it_is_and_how_much_it_changes(town):
    engine, header = town
    own = header.municipality
    first = save(engine, header, [target(engine, header, 1, 70.0), target(engine, header, 2, 80.0)])
    # What was dropped is no change any more.
    first = save(engine, header, [], proposal_id=first.id, version=first.version, dropped=[key(2)])
    plan = PartEdit(None, Plan(-1, "次期"), "更新")
    second = save_proposal(engine, own, -1, [plan], title="次", author="甲", now=MAY + 2 * DAY)
    renamed = replace(plan, after=Plan(-1, "第4期計画"))
    save_proposal(
        engine,
        own,
        -1,
        [renamed],
        proposal_id=second.id,
        version=1,
        title="次の計画",
        author="乙",
        now=MAY + 2 * DAY,
    )
    step_proposal(engine, own, second.id, Step.SUBMIT, version=2, author="乙", now=MAY + 2 * DAY)
    newest, oldest = proposals(engine, own)
    assert (newest.id, newest.plan_id, newest.new_plan) == (second.id, -1, "第4期計画")
    assert (newest.title, newest.author) == ("次の計画", "甲")
    assert (newest.stage, newest.count) == (Stage.SUBMITTED, 1)
    assert newest.since == read_proposal(engine, own, second.id).steps[-1].recorded_at
    assert (oldest.id, oldest.new_plan, oldest.stage, oldest.count) == (
        first.id,
        "",
        Stage.DRAFT,
        1,
    )


def test_new_parts_get_numbers_of_their_own_when_they_come_into_the_plan(town):
    engine, header = town
    edits = [
        PartEdit(None, PolicyNode(-1, 1, None, "施策", "1", "健康", 1), "新設"),
        PartEdit(None, Indicator(-1, 1, -1, "", "健診", "健康課", "", 99), "新設"),
        PartEdit(None, Series(-7, -1, "", "人", "人", Direction.HIGHER, 1), "新設"),
        FactEdit(key(-7), None, Fact(key(-7), 12.0, value_text="12人")),
    ]
    approve(engine, header, save(engine, header, edits))
    row = read_plan(engine, header).series.iloc[-1]
    assert (row["indicator"], row["policy"], row["unit"]) == ("健診", "健康", "人")
    assert targets(engine, header)[row["series_id"]] == 12


def test_a_plan_made_anew_stands_beside_the_old_one(town):
    engine, header = town
    edits = [
        PartEdit(None, Plan(-1, "次期計画"), "更新"),
        PartEdit(None, Period(-1, 1, FiscalYear(2027), FiscalYear(2030)), "更新"),
        PartEdit(None, Indicator(-1, -1, None, "", "指標1", "", "", 1), "引き継ぐ"),
        PartEdit(None, Series(-1, -1, "", "％", "％", Direction.HIGHER, 1), "引き継ぐ"),
    ]
    proposal = save_proposal(
        engine, header.municipality, -1, edits, title="次期", author="甲", now=MAY + DAY
    )
    approve(engine, header, proposal)
    old, new = plans(engine)
    assert (old.plan.name, new.plan.name) == ("P", "次期計画")
    assert [period.last_year for period in new.periods] == [2030]
    assert read_plan(engine, new).series["indicator"].tolist() == ["指標1"]


def test_a_target_that_is_taken_out_is_gone_and_was_there_the_day_before(town):
    engine, header = town
    gone = FactEdit(key(1), read_parts(engine, header).facts[key(1)], None)
    batch = approve(engine, header, save(engine, header, [gone]))
    assert 1 not in targets(engine, header)
    assert targets(engine, header, MAY + DAY)[1] == 51
    assert "指標1," not in values_table(read_plan(engine, header)).to_csv()
    # A file that states it again brings it back, as something new.
    preview, again = import_bytes(engine, ("plan.csv", PLAN.encode()), now=MAY + 3 * DAY)
    assert (len(preview.added), len(preview.changed)) == (1, 0)
    assert targets(engine, header)[1] == 51
    undo(engine, again, author="甲", now=MAY + 4 * DAY)
    undo(engine, batch, author="甲", now=MAY + 4 * DAY)
    assert targets(engine, header)[1] == 51
    assert read_proposal(engine, header.municipality, 1).stage is Stage.UNDONE


def test_what_is_approved_for_a_later_day_counts_from_that_day(town):
    engine, header = town
    april = datetime(2126, 4, 1, tzinfo=UTC)
    proposal = save(engine, header, [target(engine, header, 1, 70)])
    approve(engine, header, proposal, in_force_from=april)
    assert targets(engine, header)[1] == 51
    assert targets(engine, header, april - timedelta(microseconds=1))[1] == 51
    assert targets(engine, header, april)[1] == 70
    # Also over what is written between.
    again = PLAN.replace("指標1,,％,1,R8,51", "指標1,,％,1,R8,55")
    import_bytes(engine, ("plan.csv", again.encode()), now=MAY + 9 * DAY)
    assert targets(engine, header)[1] == 55
    assert targets(engine, header, april)[1] == 70


def test_who_saves_over_another_s_change_is_told_who_was_first(town):
    engine, header = town
    proposal = save(engine, header, [target(engine, header, 1, 70)])
    edit = target(engine, header, 1, 80)
    save(
        engine,
        header,
        [target(engine, header, 1, 75)],
        author="乙",
        proposal_id=proposal.id,
        version=proposal.version,
    )
    with pytest.raises(Overtaken) as overtaken:
        save(engine, header, [edit], proposal_id=proposal.id, version=proposal.version)
    [clash] = overtaken.value.clashes
    assert (clash.author, clash.theirs.value, clash.edit.after.value) == ("乙", 75, 80)
    assert read_proposal(engine, header.municipality, proposal.id).edits[0].after.value == 75


def test_who_takes_out_what_another_has_changed_meanwhile_is_told(town):
    engine, header = town
    first = save(engine, header, [target(engine, header, 1, 70), target(engine, header, 2, 70)])
    save(
        engine,
        header,
        [target(engine, header, 1, 75)],
        author="乙",
        proposal_id=first.id,
        version=first.version,
    )
    own = {"proposal_id": first.id, "version": first.version}
    with pytest.raises(Overtaken) as overtaken:
        save(engine, header, [], dropped=[key(1)], **own)
    (clash,) = overtaken.value.clashes
    assert (clash.author, clash.theirs.value, clash.edit.after.value) == ("乙", 75, 51)
    # The other one nobody has touched.
    saved = save(engine, header, [], dropped=[key(2)], **own)
    assert [edit.after.value for edit in saved.edits] == [75]


def test_two_who_save_different_cells_into_one_draft_keep_both(town):
    engine, header = town
    proposal = save(engine, header, [target(engine, header, 1, 70)])
    for series, author in ((2, "乙"), (3, "丙")):
        save(
            engine,
            header,
            [target(engine, header, series, 90)],
            author=author,
            proposal_id=proposal.id,
            version=proposal.version,
        )
    saved = read_proposal(engine, header.municipality, proposal.id)
    assert [edit.key.series_id for edit in saved.edits] == [1, 2, 3]


def test_who_changes_a_cell_leaves_the_words_another_gave_the_draft_meanwhile(town):
    engine, header = town
    first = save(engine, header, [target(engine, header, 1, 70)])
    own = {"proposal_id": first.id, "version": first.version}
    save(engine, header, [], author="乙", title="第3期の見直し", **own)
    save(engine, header, [], author="丙", reason="国の計画の改定", **own)
    saved = save(engine, header, [target(engine, header, 2, 70)], **own)
    assert (saved.title, saved.reason) == ("第3期の見直し", "国の計画の改定")


def new_indicator(header):
    """The edits of who brings an indicator of one series."""
    return [
        PartEdit(None, Indicator(-1, header.plan.id, None, "", "新しい指標", "", "", 99), "新設"),
        PartEdit(None, Series(-1, -1, "", "％", "％", Direction.HIGHER, 0), "新設"),
    ]


def first_target(series):
    return FactEdit(key(series), None, Fact(key(series), 70.0, value_text="70％"))


def test_a_target_of_a_new_series_that_another_has_taken_out_meanwhile_is_not_saved(town):
    engine, header = town
    new = new_indicator(header)
    first = save(engine, header, new)
    own = {"proposal_id": first.id, "version": first.version}
    save(engine, header, [], author="乙", dropped=[edit.identity for edit in new], **own)
    with pytest.raises(Overtaken) as overtaken:
        save(engine, header, [first_target(-1)], **own)
    [clash] = overtaken.value.clashes
    assert (clash.edit.identity, clash.theirs, clash.author) == (key(-1), None, "乙")


def test_a_new_series_is_not_taken_out_under_a_target_that_another_gave_it_meanwhile(town):
    engine, header = town
    new = new_indicator(header)
    first = save(engine, header, new)
    own = {"proposal_id": first.id, "version": first.version}
    save(engine, header, [first_target(-1)], author="乙", **own)
    with pytest.raises(Overtaken) as overtaken:
        save(engine, header, [], dropped=[edit.identity for edit in new], **own)
    assert {clash.edit.identity for clash in overtaken.value.clashes} == {
        ("series", -1),
        ("indicator", -1),
    }
    assert len(read_proposal(engine, header.municipality, first.id).edits) == 3


def test_nothing_new_is_approved_under_a_plan_or_policy_that_was_taken_back(town):
    engine, header = town
    policy = PartEdit(None, PolicyNode(-1, header.plan.id, None, "施策", "1", "健康", 0), "新設")
    brought = save(engine, header, [policy])
    batch = approve(engine, header, brought)
    [node] = read_parts(engine, header).policies
    below, plain = new_indicator(header), new_indicator(header)
    below[0] = replace(below[0], after=replace(below[0].after, policy_id=node.id))
    drafts = [save(engine, header, edits) for edits in (below, plain)]
    undo(engine, batch, author="丙", now=MAY + 5 * DAY)
    with pytest.raises(Overtaken) as overtaken:
        approve(engine, header, drafts[0])
    [clash] = overtaken.value.clashes
    assert (clash.edit.identity, clash.theirs, clash.author) == (("indicator", -1), None, "丙")
    [imported] = [entry for entry in batches(engine) if entry.act == "import"]
    undo(engine, imported.batch_id, author="丁", now=MAY + 6 * DAY)
    with pytest.raises(Overtaken) as overtaken:
        approve(engine, header, drafts[1])
    assert [clash.author for clash in overtaken.value.clashes] == ["丁"]


def test_a_plan_is_renamed_as_any_other_part_of_it_is_changed(town):
    engine, header = town
    renamed = PartEdit(header.plan, replace(header.plan, name="P 改定版"), "名称の変更")
    approve(engine, header, save(engine, header, [renamed]))
    assert [known.plan.name for known in plans(engine)] == ["P 改定版"]


def test_a_proposal_made_upon_what_has_changed_since_is_not_approved(town):
    engine, header = town
    first = save(engine, header, [target(engine, header, 1, 70)])
    second = save(engine, header, [target(engine, header, 1, 80), target(engine, header, 2, 80)])
    approve(engine, header, first)
    with pytest.raises(Overtaken) as overtaken:
        approve(engine, header, second)
    [clash] = overtaken.value.clashes
    assert (clash.theirs.value, clash.edit.after.value) == (70, 80)
    now = read_proposal(engine, header.municipality, second.id)
    assert clashes(engine, header.municipality, now) == [clash]
    assert (targets(engine, header)[1], targets(engine, header)[2]) == (70, 52)


def test_an_edit_to_what_another_has_made_already_is_no_clash(town):
    engine, header = town
    first = save(engine, header, [target(engine, header, 1, 70)])
    second = save(engine, header, [target(engine, header, 1, 70), target(engine, header, 2, 80)])
    approve(engine, header, first)
    approve(engine, header, second)
    assert (targets(engine, header)[1], targets(engine, header)[2]) == (70, 80)
    assert len(fact_history(engine, header.municipality, 1)) == 2


def test_two_who_change_different_sides_of_an_indicator_keep_both(town):
    engine, header = town
    known = read_parts(engine, header).indicators[0]
    named = PartEdit(known, replace(known, name="受診率"), "明確化")
    moved = PartEdit(known, replace(known, department="健康課"), "組織改正")
    other = PartEdit(known, replace(known, department="福祉課"), "組織改正")
    first, second, third = (save(engine, header, [edit]) for edit in (named, moved, other))
    approve(engine, header, first)
    approve(engine, header, second)
    now = read_parts(engine, header).indicators[0]
    assert (now.name, now.department) == ("受診率", "健康課")
    with pytest.raises(Overtaken):
        approve(engine, header, third)


def test_a_step_is_taken_once_and_only_from_where_it_begins(town):
    engine, header = town
    proposal = save(engine, header, [target(engine, header, 1, 70)])
    with pytest.raises(WrongStage):
        step(engine, header, proposal, Step.APPROVE)
    step(engine, header, proposal, Step.SUBMIT)
    with pytest.raises(WrongStage):
        step(engine, header, proposal, Step.SUBMIT)
    with pytest.raises(WrongStage):
        save(engine, header, [], proposal_id=proposal.id, version=proposal.version)
    submitted = read_proposal(engine, header.municipality, proposal.id)
    step(engine, header, submitted, Step.RETURN, author="部長", comment="根拠を")
    returned = read_proposal(engine, header.municipality, proposal.id)
    assert (returned.stage, returned.steps[-1].comment) == (Stage.RETURNED, "根拠を")
    step(engine, header, returned, Step.WITHDRAW)
    assert targets(engine, header)[1] == 51


def test_twenty_at_once_lose_nothing(town):
    engine, header = town
    known = read_parts(engine, header).facts

    def work(writer):
        """Change a cell of one's own and one that all change; decide again until it is in."""
        mine, shared = key(writer), key(21)
        base = dict(known)
        for _ in range(100):
            edits = [
                FactEdit(k, base[k], base[k]._replace(value=v, value_text=str(v)))
                for k, v in ((mine, 100.0 + writer), (shared, base[shared].value + writer))
            ]
            try:
                approve(engine, header, save(engine, header, edits, author=f"係{writer}"))
            except Overtaken as overtaken:
                for clash in overtaken.clashes:
                    base[clash.edit.key] = clash.theirs
            else:
                return True
        return False

    with ThreadPoolExecutor(20) as pool:
        assert all(pool.map(work, range(1, 21)))
    values = targets(engine, header)
    assert [values[n] for n in range(1, 21)] == [100.0 + n for n in range(1, 21)]
    # Each added a number of their own to what all share, upon what the one before had left.
    assert values[21] == 71 + sum(range(1, 21))
    history = fact_history(engine, header.municipality, 21)
    assert sorted(version.author for version in history[1:]) == sorted(
        f"係{n}" for n in range(1, 21)
    )
    [state] = verify_audit(engine)
    assert state.broken == ()


def test_every_step_is_in_the_audit_log(town):
    engine, header = town
    approve(engine, header, save(engine, header, [target(engine, header, 1, 70)]))
    entries = audit_entries(engine, header.municipality)
    assert [(e.act, e.author) for e in entries] == [
        ("approve", "部長"),
        ("submit", "甲"),
        ("save", "甲"),
        ("import", "planner"),
    ]
    [state] = verify_audit(engine)
    assert (state.entries, state.hash, state.broken) == (4, entries[0].hash, ())


@pytest.mark.parametrize("table", ["audit", "fact", "batch", "proposal_edit", "undone"])
def test_the_database_refuses_to_change_or_delete_what_was_recorded(town, table):
    engine, header = town
    batch = approve(engine, header, save(engine, header, [target(engine, header, 1, 70)]))
    undo(engine, batch, author="甲", now=MAY + 3 * DAY)
    for statement in (f"UPDATE {table} SET municipality = 'x'", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError, match="kept as they are"), engine.begin() as connection:
            connection.execute(text(statement))
