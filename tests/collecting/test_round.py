"""A round from its opening to its close, and what of it can be taken back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from acts import import_bytes, planner

from kpi.collecting.board import Standing, board, invitation, needs_yes, reminder
from kpi.collecting.closing import close_round, closing_of, reopen_round
from kpi.collecting.opening import (
    RoundRefused,
    as_asked,
    askable,
    change_round,
    open_round,
)
from kpi.collecting.questions import Code
from kpi.model import (
    Fact,
    FactEdit,
    FactKey,
    FiscalYear,
    Fraction,
    Kind,
    Note,
    NoteKind,
    PartEdit,
    RoundItem,
    Stage,
    Status,
    Step,
)
from kpi.store import (
    Conflict,
    Overtaken,
    batches,
    read_plan,
    record,
    rounds,
    step_proposal,
    undo,
    verify_audit,
)

YEAR = FiscalYear(2024)
MAY = datetime(2025, 5, 1, 3, 0, tzinfo=UTC)
#: Still the 30th, and already the 31st, in Japan.
LAST_MINUTE = datetime(2025, 5, 30, 14, 59, tzinfo=UTC)
TOO_LATE = datetime(2025, 5, 30, 15, 0, tzinfo=UTC)
RATE, HEALTH, TAX = "国民健康保険料 収入率", "健康課", "税務課/収納係"


def said(series_id, value, status=None, before=None):
    """An actual of the year as a department gives it."""
    key = FactKey(series_id, Kind.ACTUAL, 0, "", YEAR)
    return FactEdit(key, before, Fact(key, value, value_text=f"{value:g}", status=status))


def lines(town, today=date(2025, 5, 20)):
    return {
        line.department: line for line in board(town.snapshot, town.entry, town.proposals, today)
    }


def actuals(town):
    facts = read_plan(town.engine, town.header).facts
    of_year = facts[(facts["kind"] == "actual") & (facts["fiscal_year"] == YEAR)]
    return {row.series_id: (row.value, row.status) for row in of_year.itertuples()}


def test_what_is_still_measured_is_asked_for_and_what_is_nobodys_is_named(town):
    found = askable(town.snapshot, YEAR)
    assert [(one.title, one.department) for one in found] == [
        ("受診率", HEALTH),
        ("国民健康保険料 収入率", TAX),
        ("国民健康保険料 収入未済額", TAX),
        ("相談件数", ""),
    ]
    snapshot = town.snapshot
    snapshot.indicators[0] = replace(snapshot.indicators[0], is_retired=True)
    assert next(one.title for one in askable(snapshot, YEAR)) == RATE


def test_parts_of_a_rate_are_asked_for_where_they_were_given_before(town, series_of):
    snapshot = town.snapshot
    for title in ("受診率", "国民健康保険料 収入未済額"):
        snapshot.fractions.append(Fraction(series_of(title), YEAR - 1, 582.0, 1000.0, "", ""))
    snapshot.fractions.append(Fraction(series_of(RATE), YEAR - 1, None, None, "", ""))
    assert [one.title for one in askable(snapshot, YEAR) if one.asks_fraction] == ["受診率"]


def test_a_round_is_opened_for_what_was_chosen(town, series_of):
    entry = town.open()
    assert (entry.round.id, entry.round.fiscal_year, entry.round.due) == (
        1,
        YEAR,
        date(2025, 5, 30),
    )
    assert entry.items == (
        RoundItem(1, series_of("受診率"), HEALTH),
        RoundItem(1, series_of(RATE), TAX),
        RoundItem(1, series_of("国民健康保険料 収入未済額"), TAX),
    )
    assert entry.author == "企画課"
    assert verify_audit(town.engine)[0].broken == ()


def refused(town, asked):
    with pytest.raises(RoundRefused) as refusal:
        open_round(
            town.engine,
            planner(),
            town.header.municipality,
            town.header.plan,
            YEAR,
            due=date(2025, 5, 30),
            wording="",
            asked=asked,
            now=MAY,
        )
    return str(refusal.value)


def test_nothing_is_asked_of_nobody_and_no_year_twice_at_a_time(town):
    everything = askable(town.snapshot, YEAR)
    assert "選んでください" in refused(town, [])
    assert "相談件数" in refused(town, everything)
    assert rounds(town.engine, town.header.municipality) == []
    town.open()
    assert "令和6年度の照会はもう開いています" in refused(town, everything[:1])


def test_who_opens_a_round_under_a_number_that_was_given_meanwhile_is_told(town):
    entry = town.open()
    other = replace(entry.round, fiscal_year=FiscalYear(2023))
    with pytest.raises(Conflict):
        record(town.engine, town.header.municipality, [other], author="b", reason="照会", now=MAY)
    assert town.entry == entry


def change(town, asked, due=date(2025, 5, 30), wording="令和6年度の実績をお知らせください。"):
    known = as_asked(askable(town.snapshot, YEAR), town.entry)
    change_round(
        town.engine,
        planner(),
        town.header.municipality,
        town.entry,
        due=due,
        wording=wording,
        known=known,
        asked=[one for one in map(asked, known) if one],
        now=MAY,
    )


def test_the_due_date_can_be_moved(town):
    entry = town.open()
    change(town, lambda one: one if one.department else None, date(2025, 6, 13))
    assert town.entry.round.due == date(2025, 6, 13)
    assert town.entry.items == entry.items


def test_what_is_asked_for_can_be_changed_and_answers_stay(town, series_of):
    town.open()
    town.answer(HEALTH, [said(series_of("受診率"), 60.4)])

    def other(one):
        if one.title == "受診率":
            return None
        return replace(one, department="福祉課") if one.title == "相談件数" else one

    change(town, other)
    assert {(item.series_id, item.department) for item in town.entry.items} == {
        (series_of("相談件数"), "福祉課"),
        (series_of(RATE), TAX),
        (series_of("国民健康保険料 収入未済額"), TAX),
    }
    assert actuals(town) == {series_of("受診率"): (60.4, "")}
    before = town.entry
    change(town, lambda one: one if one.series.id != series_of("受診率") else None)
    assert town.entry == before
    assert verify_audit(town.engine)[0].broken == ()


def test_a_screen_from_before_changes_nothing_of_what_others_did_to_the_round_since(town):
    before = town.open()
    known = as_asked(askable(town.snapshot, YEAR), before)
    some = [one for one in known if one.department]

    def change_it(entry, due):
        change_round(
            town.engine,
            planner(),
            town.header.municipality,
            entry,
            due=due,
            wording="",
            known=known,
            asked=some,
            now=MAY,
        )

    change_it(before, date(2025, 6, 13))
    with pytest.raises(Conflict):
        change_it(before, date(2025, 5, 31))
    assert town.entry.round.due == date(2025, 6, 13)
    municipality = town.header.municipality
    close_round(town.engine, planner(), municipality, before, [], now=TOO_LATE)
    assert (town.entry.round.due, town.entry.round.is_closed) == (date(2025, 6, 13), True)
    for stale in (before, town.entry):
        with pytest.raises(RoundRefused, match="締め切られています"):
            change_it(stale, date(2025, 7, 1))
        with pytest.raises(RoundRefused, match="締め切られています"):
            close_round(town.engine, planner(), municipality, stale, [], now=TOO_LATE)
    reopen_round(town.engine, planner(), municipality, before, now=TOO_LATE)
    assert (town.entry.round.due, town.entry.round.is_closed) == (date(2025, 6, 13), False)


def test_a_round_that_was_taken_back_is_neither_changed_nor_closed(town):
    entry = town.open()
    [opened] = [one for one in batches(town.engine) if one.act == "round"]
    undo(town.engine, opened.batch_id, author="企画課", now=MAY)
    with pytest.raises(RoundRefused, match="取り消されています"):
        close_round(town.engine, planner(), town.header.municipality, entry, [], now=TOO_LATE)
    assert rounds(town.engine, town.header.municipality) == []


def test_what_a_round_asks_for_besides_stays_where_it_is_changed(town, series_of):
    entry = town.open()
    known = askable(town.snapshot, YEAR)
    change_round(
        town.engine,
        planner(),
        town.header.municipality,
        entry,
        due=entry.round.due,
        wording="",
        # The rate is measured no more.
        known=[one for one in known if one.title != RATE],
        asked=[one for one in known if one.title == "受診率"],
        now=MAY,
    )
    assert [item.series_id for item in town.entry.items] == [
        series_of("受診率"),
        series_of(RATE),
    ]


def test_nobody_has_answered_at_first(town):
    town.open()
    standing = lines(town)
    assert [line.standing for line in standing.values()] == [Standing.NOTHING] * 2
    assert (standing[TAX].asked, len(standing[TAX].missing)) == (2, 2)
    assert standing[TAX].is_due
    assert not standing[TAX].is_overdue
    assert lines(town, date(2025, 5, 30))[TAX].is_overdue is False
    assert lines(town, date(2025, 6, 2))[TAX].days_late == 3
    assert lines(town, date(2025, 6, 2))[TAX].is_overdue


def test_the_board_tells_begun_partly_and_whole_answers_apart(town, series_of):
    town.open()
    town.answer(HEALTH, [said(series_of("受診率"), 60.4)], steps=())
    assert lines(town)[HEALTH].standing is Standing.BEGUN
    town.answer(HEALTH, [said(series_of("受診率"), 60.4)], MAY + timedelta(days=1))
    town.answer(TAX, [said(series_of(RATE), 94.0)])
    standing = lines(town)
    assert standing[HEALTH].standing is Standing.ANSWERED
    assert standing[HEALTH].last_at == MAY + timedelta(days=1)
    assert standing[TAX].standing is Standing.PARTLY
    assert standing[TAX].missing == ("国民健康保険料 収入未済額",)
    assert standing[TAX].is_due


@pytest.mark.parametrize(("moment", "days"), [(LAST_MINUTE, 0), (TOO_LATE, 1)])
def test_an_answer_is_late_by_the_days_of_japan(town, series_of, moment, days):
    town.open()
    town.answer(HEALTH, [said(series_of("受診率"), 60.4)], moment)
    assert lines(town)[HEALTH].days_late == days
    assert not lines(town, date(2025, 7, 1))[HEALTH].is_overdue


def test_after_the_close_an_answer_waits_for_the_planner_and_stays_late_by_when_it_came(
    town, series_of
):
    entry = town.open()
    assert not needs_yes(entry)
    close_round(town.engine, planner(), town.header.municipality, entry, [], now=TOO_LATE)
    assert needs_yes(town.entry)
    sent = datetime(2025, 6, 3, 3, 0, tzinfo=UTC)
    late = town.answer(HEALTH, [said(series_of("受診率"), 60.4)], sent, steps=(Step.SUBMIT,))
    line = lines(town, date(2025, 6, 10))[HEALTH]
    assert line.standing is Standing.WAITING
    assert line.waiting == (late,)
    assert not line.is_overdue
    assert actuals(town) == {}
    step_proposal(
        town.engine,
        town.header.municipality,
        late.id,
        Step.APPROVE,
        version=late.version,
        author="企画課",
        now=sent + timedelta(days=6),
    )
    line = lines(town, date(2025, 6, 10))[HEALTH]
    assert (line.standing, line.first_at, line.days_late) == (Standing.ANSWERED, sent, 4)


def test_a_returned_answer_is_the_departments_turn_until_it_answers_anew(town, series_of):
    town.open()
    edits = [said(series_of("受診率"), 60.4)]
    town.answer(HEALTH, edits, steps=(Step.SUBMIT, Step.RETURN))
    assert lines(town)[HEALTH].standing is Standing.RETURNED
    assert lines(town)[HEALTH].is_due
    town.answer(HEALTH, edits)
    assert lines(town)[HEALTH].standing is Standing.ANSWERED


def test_a_reminder_names_what_is_missing_and_what_is_in_question(town, series_of):
    town.open()
    town.answer(TAX, [said(series_of(RATE), 9.4)])
    today = date(2025, 6, 2)
    line = lines(town, today)[TAX]
    [(title, question)] = line.questions
    assert (title, question.code) == (RATE, Code.SCALE)
    letter = reminder(town.entry, line, "見本町", today)
    assert letter.subject == "【見本町】令和6年度の実績照会について（期限 2025年5月30日（金））"
    assert "回答期限を過ぎました" in letter.text
    assert "・国民健康保険料 収入未済額" in letter.text
    assert f"・{RATE}：{question.words}" in letter.text
    before = reminder(town.entry, line, "見本町", date(2025, 5, 30))
    assert "過ぎました" not in before.text


def test_a_question_is_asked_no_more_once_somebody_has_said_why(town, series_of):
    town.open()
    indicator = next(one.id for one in town.snapshot.indicators if one.department == TAX)
    why = PartEdit(None, Note(indicator, YEAR, NoteKind.CONFIRMATION, 0, "算定を変えた"), "")
    town.answer(TAX, [said(series_of(RATE), 9.4), why])
    assert lines(town)[TAX].questions == ()


def test_the_letter_with_the_form_says_what_is_asked_until_when(town):
    letter = invitation(town.open(), TAX, "見本町")
    assert letter.text.startswith("税務課/収納係　ご担当者様")
    assert "（2項目）" in letter.text
    assert "2025年5月30日（金）" in letter.text


def test_what_was_confirmed_becomes_final_and_what_was_not_stays_and_is_named(town, series_of):
    town.open()
    town.answer(HEALTH, [said(series_of("受診率"), 60.4, Status.FINAL)])
    town.answer(TAX, [said(series_of(RATE), 94.0, Status.PROVISIONAL)])
    # A table of last week brings the 速報 back.
    again = "自治体,計画,指標,単位,年度,実績値\n見本町,健康計画,受診率,％,R6,60.4（速報値）\n"
    assert import_bytes(town.engine, ("先週.csv", again.encode()), now=MAY)[1]
    found = closing_of(town.snapshot, town.entry, town.proposals)
    assert [(one.title, one.is_confirmed) for one in found.unsettled] == [
        ("受診率", True),
        (RATE, False),
    ]
    assert found.missing == ((TAX, "国民健康保険料 収入未済額"),)
    assert found.final == 0
    confirmed = [one for one in found.unsettled if one.is_confirmed]
    close_round(
        town.engine, planner(), town.header.municipality, town.entry, confirmed, now=TOO_LATE
    )
    assert town.entry.round.is_closed
    assert actuals(town) == {
        series_of("受診率"): (60.4, "確定"),
        series_of(RATE): (94.0, "速報"),
    }
    assert closing_of(town.snapshot, town.entry, town.proposals).final == 1
    assert verify_audit(town.engine)[0].broken == ()


def test_a_figure_that_is_another_than_the_one_answered_is_not_confirmed(town, series_of):
    town.open()
    town.answer(HEALTH, [said(series_of("受診率"), 60.4, Status.FINAL)])
    again = "自治体,計画,指標,単位,年度,実績値\n見本町,健康計画,受診率,％,R6,59.0（速報値）\n"
    assert import_bytes(town.engine, ("先週.csv", again.encode()), now=MAY)[1]
    [one] = closing_of(town.snapshot, town.entry, town.proposals).unsettled
    assert not one.is_confirmed
    assert one.contradicts


def test_nothing_is_closed_where_a_figure_moved_under_the_planners_hands(town, series_of):
    town.open()
    town.answer(HEALTH, [said(series_of("受診率"), 60.4, Status.PROVISIONAL)])
    unsettled = closing_of(town.snapshot, town.entry, town.proposals).unsettled
    again = "自治体,計画,指標,単位,年度,実績値\n見本町,健康計画,受診率,％,R6,61.0（速報値）\n"
    assert import_bytes(town.engine, ("今日.csv", again.encode()), now=MAY)[1]
    with pytest.raises(Overtaken):
        close_round(
            town.engine, planner(), town.header.municipality, town.entry, unsettled, now=TOO_LATE
        )
    assert not town.entry.round.is_closed
    assert actuals(town) == {series_of("受診率"): (61.0, "速報")}


def test_a_round_opened_again_takes_back_what_its_close_made_final(town, series_of):
    town.open()
    town.answer(HEALTH, [said(series_of("受診率"), 60.4, Status.PROVISIONAL)])
    municipality = town.header.municipality
    unsettled = closing_of(town.snapshot, town.entry, town.proposals).unsettled
    for _ in range(2):
        close_round(town.engine, planner(), municipality, town.entry, unsettled, now=TOO_LATE)
        assert actuals(town) == {series_of("受診率"): (60.4, "確定")}
        # What closed it is no answer of a department.
        assert lines(town)[HEALTH].standing is Standing.ANSWERED
        reopen_round(town.engine, planner(), municipality, town.entry, now=TOO_LATE)
        assert not town.entry.round.is_closed
        assert actuals(town) == {series_of("受診率"): (60.4, "速報")}
    assert {one.stage for one in town.proposals} == {Stage.APPROVED, Stage.UNDONE}
