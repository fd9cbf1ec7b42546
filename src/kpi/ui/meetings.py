"""会議 around the meeting itself: the list, what is prepared, what was decided, the minutes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from kpi.access import Act, NotAllowed
from kpi.acting.meetings import (
    MOST,
    MeetingRefused,
    bring_back,
    end_meeting,
    keep_meeting,
    known_meetings,
    known_words,
    put_away,
    reopen_meeting,
)
from kpi.charts import Assessment
from kpi.model import FiscalYear, Meeting, Municipality, WordKind
from kpi.notation import file_part
from kpi.reports.minutes import MIME, minutes
from kpi.store import (
    JAPAN,
    Conflict,
    FrozenEntry,
    PlanHeader,
    StoredMeeting,
    WordVersion,
    end_of_day,
    standing,
    undecided,
)
from kpi.ui import as_of, data, report_choice
from kpi.ui.choices import shared_query
from kpi.ui.html import show
from kpi.ui.judging import moment, refuse
from kpi.ui.person import may, person, refused
from kpi.ui.told import keep, tell, tell_kept
from kpi.ui.turns import let_go
from kpi.words import say
from kpi.written import full_date

#: In the address: the meeting's number, or `_NEW`; and whether it is being changed.
NAME = "meeting"
_NEW, _CHANGE = "new", "change"
_WORK = "meeting-work"
#: The meeting that was put away last, as long as it can be brought back by a click.
_GONE = "meeting-gone"


@dataclass(frozen=True)
class Told:
    """The plan as it is put to a meeting."""

    assessment: Assessment
    #: How the year was fixed; None where it was not.
    entry: FrozenEntry | None
    #: What sets it apart from every other telling of the same plan.
    mark: tuple[datetime | None, str, int]


def asked_number(asked: str) -> int:
    """Return a number as an address names it; 0, which nothing has, where it names none."""
    return int(asked) if re.fullmatch("[0-9]{1,9}", asked) else 0


def known(place: Municipality, meeting_id: int) -> StoredMeeting | None:
    """Return a meeting of a municipality; None where there is none of that number."""
    meetings = known_meetings(data.engine(), person(), place)
    return next((one for one in meetings if one.id == meeting_id), None)


def plan_of(place: Municipality, stored: StoredMeeting) -> PlanHeader | None:
    """Return the plan a meeting is on; None where it is not known on the day looked at."""
    plans = (one for one in data.known_plans() if one.municipality == place)
    return next((one for one in plans if one.plan.id == stored.meeting.plan_id), None)


def shown(header: PlanHeader, stored: StoredMeeting) -> Told | None:
    """Return the plan as a meeting sees it: one that is over as its own day knew it.

    None where the plan was not known yet on that day.
    """
    meeting = stored.meeting
    when = end_of_day(meeting.day) if meeting.is_ended else as_of.moment()
    found = data.told_then(header, int(meeting.fiscal_year), when)
    if found is None:
        return None
    assessment, entry = found
    mark = when, "" if entry is None else entry.batch_id, int(meeting.fiscal_year)
    return Told(assessment, entry, mark)


def page(header: PlanHeader, year: int) -> None:
    """Show the meetings of a municipality, or the one the address names."""
    asked = st.query_params.get(NAME, "")
    _tell(header.municipality)
    if asked == _NEW:
        if may(Act.PREPARE_MEETING, header.municipality):
            _form(header, year, None)
        return
    if not asked:
        _list(header)
        return
    stored = known(header.municipality, asked_number(asked))
    own = None if stored is None else plan_of(header.municipality, stored)
    if stored is None or own is None:
        st.warning(say("meeting.unknown"))
        _list(header)
    elif st.query_params.get(_CHANGE) and _can_change(own, stored):
        _form(own, int(stored.meeting.fiscal_year), stored)
    else:
        _one(own, stored)


def _go(meeting: str = "", **more: str) -> None:
    """Lead to a meeting, or to the list of all."""
    for name in (NAME, _CHANGE, "item"):
        st.query_params.pop(name, None)
    if meeting:
        st.query_params[NAME] = meeting
    for name, value in more.items():
        st.query_params[name] = value
    st.rerun()


def _tell(place: Municipality) -> None:
    """Say once what was just done; of a meeting put away, with the way back, until another act."""
    tell_kept()
    gone: tuple[PlanHeader, StoredMeeting] | None = st.session_state.get(_GONE)
    if gone is None or gone[0].municipality != place:
        return
    header, stored = gone
    title = stored.meeting.title
    with st.container(horizontal=True, vertical_alignment="center"):
        words = say("meeting.gone_away", title=title)
        tell(words, key="meeting-told", severity="done")
        is_wanted_back = st.button(say("meeting.bring_back"), key="meeting-bring-back")
    if is_wanted_back:
        _do(
            header,
            lambda: bring_back(data.engine(), person(), header, stored, now=datetime.now(UTC)),
            say("meeting.brought_back", title=title),
        )


def _list(header: PlanHeader) -> None:
    plans = {one.plan.id: one.plan.name for one in data.known_plans()
             if one.municipality == header.municipality}  # fmt: skip
    rows = [
        (stored, plans[stored.meeting.plan_id])
        for stored in known_meetings(data.engine(), person(), header.municipality)
        if stored.meeting.plan_id in plans
    ]
    followed = show(
        "meeting_list.html",
        key="meeting-list",
        rows=rows,
        query=urlencode(shared_query()),
        full_date=full_date,
    )
    if followed:
        _go(followed)
    if (
        as_of.day() is None
        and may(Act.PREPARE_MEETING, header.municipality)
        and st.button(say("meeting.new"), type="primary", key="meeting-new")
    ):
        _go(_NEW)


@dataclass
class _Work:
    """The agenda somebody is putting together, as long as they are at it."""

    of: str
    agenda: list[int]
    turn: int = 0


def _form(header: PlanHeader, year: int, stored: StoredMeeting | None) -> None:
    """Ask for all of a meeting, the agenda chosen from the plan, and keep it."""
    assessment = data.assessment(header, year)
    before = stored.meeting if stored else None
    of = f"{header.municipality.code} {header.plan.id} {year} {stored.id if stored else _NEW}"
    work = _work(of, before)
    today = datetime.now(JAPAN).date()
    show("meeting_form.html", key="meeting-form", is_new=stored is None)
    left, middle, right = st.columns([2, 1, 1.4])
    title = left.text_input(
        say("meeting.title"),
        before.title if before else "",
        max_chars=MOST,
        placeholder=say("meeting.title_example"),
        key=f"meeting-title {of}",
    )
    day = middle.date_input(
        say("meeting.day"),
        before.day if before else today,
        min_value=date(2000, 1, 1),
        format="YYYY-MM-DD",
        key=f"meeting-day {of}",
    )
    place = right.text_input(
        say("meeting.place"), before.place if before else "", key=f"meeting-place {of}"
    )
    present = st.text_area(
        say("meeting.present_box"),
        "\n".join(before.present) if before else "",
        height=96,
        key=f"meeting-present {of}",
    )
    aim = report_choice.Aim(
        say("meeting.agenda"),
        say("meeting.all_in"),
        lambda title: say("meeting.add_one", title=title),
        lambda title: say("meeting.out_one", title=title),
    )
    known_ids = [series_id for series_id in work.agenda if series_id in assessment.titles]
    if len(known_ids) < len(work.agenda):
        st.info(say("meeting.items_gone", count=len(work.agenda) - len(known_ids)))
    chosen = report_choice.choose(assessment, known_ids, f"meeting {of} {work.turn}", aim)
    if chosen != known_ids:
        work.agenda = chosen
        st.rerun()
    with st.container(horizontal=True):
        if st.button(say("meeting.keep"), type="primary", key="meeting-keep"):
            meeting = Meeting(
                title, header.plan.id, FiscalYear(year), day, place,
                tuple(present.splitlines()), tuple(work.agenda),
            )  # fmt: skip
            words = say("meeting.kept", title=title.strip())
            _do(header, lambda: _kept(header, meeting, stored), words)
        if st.button(say("meeting.leave_form"), key="meeting-leave-form"):
            st.session_state.pop(_WORK, None)
            _go(str(stored.id) if stored else "")


def _work(of: str, before: Meeting | None) -> _Work:
    work: _Work | None = st.session_state.get(_WORK)
    if work is None or work.of != of:
        turn = 0 if work is None else work.turn + 1
        work = _Work(of, list(before.agenda) if before else [], turn)
        st.session_state[_WORK] = work
    return work


def _kept(header: PlanHeader, meeting: Meeting, before: StoredMeeting | None) -> StoredMeeting:
    now = datetime.now(UTC)
    return keep_meeting(data.engine(), person(), header, meeting, before=before, now=now)


def _do(header: PlanHeader, act: Callable[[], StoredMeeting], words: str = "") -> None:
    """Do something with a meeting, and show it as it is then; where it cannot be, say why.

    Of a meeting put away `_tell` has words of its own.
    """
    let_go()
    try:
        stored = act()
    except (NotAllowed, MeetingRefused) as error:
        refuse([str(error)])
    except Conflict:
        refuse([say("meeting.conflict")])
    else:
        if words:
            keep(words)
        for name in (_WORK, _GONE):
            st.session_state.pop(name, None)
        if stored.meeting.is_withdrawn:
            st.session_state[_GONE] = header, stored
        _go("" if stored.meeting.is_withdrawn else str(stored.id))


def _can_change(header: PlanHeader, stored: StoredMeeting) -> bool:
    is_open = not stored.meeting.is_ended and as_of.day() is None
    return is_open and not refused(Act.PREPARE_MEETING, header.municipality)


def _one(header: PlanHeader, stored: StoredMeeting) -> None:
    """Show a meeting: who and what, what was decided, and the ways on."""
    meeting = stored.meeting
    told = shown(header, stored)
    words = known_words(data.engine(), person(), header.municipality, stored)
    query = urlencode(shared_query())
    if show(
        "meeting_head.html",
        key="meeting-head",
        meeting=meeting,
        plan=header.plan.name,
        is_known=told is not None,
        query=query,
        full_date=full_date,
    ):
        _go()
    with st.container(horizontal=True, key="meeting-ways"):
        _ways(header, stored, told, words)
    followed = show(
        "meeting_one.html",
        key="meeting-one",
        id=stored.id,
        items=_items(meeting, told, words),
        query=query,
        moment=moment,
    )
    if followed:
        _go(str(stored.id), item=followed)
    if words:
        with st.expander(say("meeting.history")):
            titles = told.assessment.titles if told else {}
            in_order = sorted(words, key=lambda word: word.recorded_at, reverse=True)
            show("meeting_history.html", key="meeting-history", words=in_order, titles=titles,
                 moment=moment)  # fmt: skip


def _items(meeting: Meeting, told: Told | None, words: list[WordVersion]) -> list[tuple[Any, ...]]:
    """Return a row for each item: title, department, mark, what was written, how much waits."""
    stands, waiting = standing(words), undecided(words)
    kinds = (WordKind.DECISION, WordKind.MEMO, WordKind.CHARGE, WordKind.DUE)
    rows = []
    for series_id in meeting.agenda:
        title, department, mark = say("meeting.gone"), "", None
        if told is not None and series_id in told.assessment.titles:
            assessment = told.assessment
            target = assessment.next_target(series_id)
            line = assessment.line(series_id, 0 if target is None else target.period)
            title, department = line.title, line.department
            if target is not None:
                mark = assessment.mark(target, assessment.displays[series_id])
        written = [stands.get((series_id, kind)) for kind in kinds]
        late = sum(word.series_id == series_id for word in waiting)
        rows.append((title, department, mark, written, late))
    return rows


def _ways(
    header: PlanHeader, stored: StoredMeeting, told: Told | None, words: list[WordVersion]
) -> None:
    meeting, place = stored.meeting, header.municipality
    now = datetime.now(UTC)
    can_hold = as_of.day() is None and not refused(Act.HOLD_MEETING, place)
    if meeting.agenda and st.button(
        say("meeting.look" if meeting.is_ended or not can_hold else "meeting.begin"),
        type="secondary" if meeting.is_ended else "primary",
        key="meeting-begin",
    ):
        _go(str(stored.id), item="1")
    if _can_change(header, stored) and st.button(say("meeting.change"), key="meeting-change"):
        _go(str(stored.id), change="1")
    if can_hold and meeting.is_ended:
        if st.button(say("meeting.reopen"), key="meeting-reopen"):
            _do(
                header,
                lambda: reopen_meeting(data.engine(), person(), place, stored, now=now),
                say("meeting.reopened", title=meeting.title),
            )
    elif can_hold and meeting.agenda and st.button(say("meeting.end"), key="meeting-end"):
        _do(
            header,
            lambda: end_meeting(data.engine(), person(), place, stored, now=now),
            say("meeting.ended", title=meeting.title),
        )
    if meeting.agenda and told is not None:
        _download(header, stored, told, words)
    if _can_change(header, stored) and st.button(say("meeting.put_away"), key="meeting-put-away"):
        _do(header, lambda: put_away(data.engine(), person(), header, stored, now=now))


def _download(
    header: PlanHeader, stored: StoredMeeting, told: Told, words: list[WordVersion]
) -> None:
    meeting = stored.meeting
    today = as_of.day() or datetime.now(JAPAN).date()
    # One may be ended before its day has come.
    day = min(meeting.day, today) if meeting.is_ended else today
    st.download_button(
        say("meeting.minutes"),
        data=lambda: minutes(
            told.assessment, meeting, words, day=day, plan=header.plan.name, fixed=told.entry
        ),
        file_name=say("meeting.minutes_name", title=file_part(meeting.title)),
        mime=MIME,
        # What is left to do once it is over.
        type="primary" if meeting.is_ended else "secondary",
        key="meeting-minutes",
        on_click="ignore",
    )
