"""Edits of a draft are one for each thing, made upon the plan as it was read."""

from dataclasses import replace
from datetime import UTC, datetime

from kpi.editing import applied
from kpi.editing.draft import merged, settled, to_save, without
from kpi.model import (
    Clash,
    Direction,
    Fact,
    FactEdit,
    FactKey,
    FiscalYear,
    Indicator,
    Kind,
    PartEdit,
    Plan,
    Proposal,
    ProposalStep,
    Series,
    Stage,
    Step,
)
from kpi.store import PlanSnapshot

KEY = FactKey(1, Kind.TARGET, 3, "", FiscalYear(2025))
OTHER = KEY._replace(period=2, fiscal_year=FiscalYear(2021))


def fact(value, key=KEY):
    return Fact(key, float(value), value_text=str(value))


def plan(*facts):
    return PlanSnapshot(Plan(1, "計画"), facts={one.key: one for one in facts})


def change(before, after, key=KEY):
    return FactEdit(key, before and fact(before, key), after and fact(after, key))


def draft(*edits, version=1):
    at = datetime(2025, 6, 1, tzinfo=UTC)
    steps = tuple(ProposalStep(n + 1, Step.SAVE, "企画課", at, "") for n in range(version))
    return Proposal(1, 1, "改定", "", "企画課", Stage.DRAFT, edits, steps)


def clash(edit, theirs):
    return Clash(edit, theirs, "福祉課", datetime(2025, 7, 1, tzinfo=UTC), "意見")


def by_identity(*edits):
    return {edit.identity: edit for edit in edits}


def test_a_second_change_of_a_cell_takes_the_place_of_the_first():
    base = plan(fact(65))
    edits = merged(base, {}, [change(65, 70)])
    # The grid shows 70 by now, and that is what it says was there.
    assert merged(base, edits, [change(70, 75)]) == by_identity(change(65, 75))


def test_a_change_back_to_what_the_plan_says_drops_out():
    base = plan(fact(65))
    edits = merged(base, {}, [change(65, 70)])
    assert merged(base, edits, [change(70, 65)]) == {}
    added = merged(base, {}, [change(None, 60, OTHER)])
    assert merged(base, added, [change(60, None, OTHER)]) == {}


def test_with_a_new_indicator_all_goes_that_hangs_on_it():
    indicator = PartEdit(None, Indicator(-1, 1, None, "", "新指標", "", "", 9), "新設")
    series = PartEdit(None, Series(-2, -1, "", "人", "人", Direction.HIGHER, 1), "新設")
    target = change(None, 100, KEY._replace(series_id=-2))
    edits = by_identity(indicator, series, target, change(65, 70))
    assert without(edits, [series.identity]) == by_identity(indicator, change(65, 70))
    assert without(edits, [indicator.identity]) == by_identity(change(65, 70))


def test_only_what_differs_from_the_saved_draft_is_saved():
    saved = draft(change(65, 70), change(60, 61, OTHER))
    assert to_save(saved, by_identity(*saved.edits)) == ([], [])
    now = by_identity(change(65, 71))
    assert to_save(saved, now) == ([change(65, 71)], [OTHER])
    assert to_save(None, now) == ([change(65, 71)], [])


def test_beside_anothers_draft_each_cell_counts_as_was_decided():
    base = plan(fact(65), fact(60, OTHER))
    saved = draft()
    theirs = draft(change(65, 70), change(60, 61, OTHER), version=2)
    mine = by_identity(change(65, 75))
    clashes = [clash(change(65, 75), fact(70))]
    assert settled(base, saved, theirs, mine, clashes, [KEY]) == by_identity(
        change(65, 75), change(60, 61, OTHER)
    )
    assert settled(base, saved, theirs, mine, clashes, []) == by_identity(*theirs.edits)


def test_what_we_took_out_and_another_changed_stays_or_goes_as_was_decided():
    base = plan(fact(65))
    saved, theirs = draft(change(65, 70)), draft(change(65, 75), version=2)
    clashes = [clash(change(65, 65), fact(75))]
    assert settled(base, saved, theirs, {}, clashes, [KEY]) == {}
    assert settled(base, saved, theirs, {}, clashes, []) == by_identity(change(65, 75))


def test_an_edit_kept_is_made_upon_what_the_plan_says_by_now():
    moved = plan(fact(68))
    mine = by_identity(change(65, 75))
    clashes = [clash(change(65, 75), fact(68))]
    assert settled(moved, None, None, mine, clashes, [KEY]) == by_identity(change(68, 75))
    assert settled(moved, None, None, mine, clashes, []) == {}
    # They made the same change.
    same = plan(fact(75))
    assert settled(same, None, None, mine, [], []) == {}


def test_a_plan_that_is_new_itself_is_an_edit_too():
    base = PlanSnapshot(Plan(-1, "次期計画"))
    new = PartEdit(None, Plan(-1, "次期計画"), "次の期間")
    assert merged(base, {}, [new]) == by_identity(new)
    assert merged(base, by_identity(new), [replace(new, after=Plan(-1, "第4期計画"))]) == (
        by_identity(replace(new, after=Plan(-1, "第4期計画")))
    )


KNOWN = Indicator(1, 1, None, "", "受診率", "健康課", "報告", 1)


def part_change(before, **to):
    return PartEdit(before, replace(before, **to), "見直し")


def indicators(*known):
    return replace(plan(), indicators=list(known))


def test_of_a_part_that_both_changed_ours_is_only_what_we_changed_of_it():
    ours, theirs = part_change(KNOWN, name="健診受診率"), replace(KNOWN, department="保険課")
    base = indicators(theirs)
    found = settled(base, None, None, by_identity(ours), [clash(ours, theirs)], [ours.identity])
    assert found == by_identity(part_change(theirs, name="健診受診率"))


def test_what_another_changed_of_a_part_in_the_draft_stays_beside_ours():
    ours, theirs = part_change(KNOWN, name="健診受診率"), part_change(KNOWN, department="保険課")
    clashes = [clash(ours, theirs.after)]
    found = settled(
        indicators(KNOWN), draft(), draft(theirs), by_identity(ours), clashes, [ours.identity]
    )
    assert found == by_identity(part_change(KNOWN, name="健診受診率", department="保険課"))


def test_settling_one_cell_puts_back_nothing_that_another_changed_of_a_part():
    ours, moved = part_change(KNOWN, name="健診受診率"), replace(KNOWN, department="保険課")
    base = replace(plan(fact(68)), indicators=[moved])
    mine = by_identity(change(65, 75), ours)
    found = settled(base, None, None, mine, [clash(change(65, 75), fact(68))], [KEY])
    assert found[KEY] == change(68, 75)
    (after,) = applied(base, list(found.values())).indicators
    assert after == replace(moved, name="健診受診率")


def test_what_moved_while_the_clashes_were_decided_is_not_taken_for_read():
    mine = by_identity(change(65, 75), change(60, 61, OTHER))
    base = plan(fact(68), fact(55, OTHER))
    found = settled(base, None, None, mine, [clash(change(65, 75), fact(68))], [KEY])
    # The store still sees that somebody else came first there.
    assert found == by_identity(change(68, 75), change(60, 61, OTHER))


def test_typing_over_ones_own_draft_does_not_take_what_moved_under_it_for_read():
    saved, moved = by_identity(change(65, 70)), plan(fact(68))
    assert merged(moved, saved, [change(70, 72)]) == by_identity(change(65, 72))
    assert merged(moved, saved, [change(70, 68)]) == {}


def test_a_further_change_of_a_part_puts_back_nothing_the_plan_says_by_now():
    moved = replace(KNOWN, department="保険課", source="年報")
    base = indicators(moved)
    saved = by_identity(part_change(KNOWN, name="健診受診率"))
    (shown,) = applied(base, list(saved.values())).indicators
    assert shown == replace(moved, name="健診受診率")
    edits = merged(base, saved, [part_change(shown, source="統計書")])
    (after,) = applied(base, list(edits.values())).indicators
    assert after == replace(moved, name="健診受診率", source="統計書")
    # And that change says it was made upon what the person saw.
    assert edits["indicator", 1].before.source == "年報"


def test_what_we_keep_brings_back_the_new_parts_it_hangs_on():
    indicator = PartEdit(None, Indicator(-1, 1, None, "", "新指標", "", "", 9), "新設")
    series = PartEdit(None, Series(-2, -1, "", "人", "人", Direction.HIGHER, 1), "新設")
    target = change(None, 100, KEY._replace(series_id=-2))
    saved, theirs = draft(indicator, series), draft(version=2)
    mine, clashes = by_identity(indicator, series, target), [clash(target, None)]
    assert settled(plan(), saved, theirs, mine, clashes, [target.identity]) == mine
    assert settled(plan(), saved, theirs, mine, clashes, []) == {}
