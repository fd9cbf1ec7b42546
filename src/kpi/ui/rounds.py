"""照会状況: pieces of the page of rounds: the board, answers that came late, letters, the close."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from typing import NoReturn

import streamlit as st

from kpi import settings
from kpi.access import Act, NotAllowed
from kpi.charts.assessment import titles_of
from kpi.charts.edits import tell_edits
from kpi.collecting.answering import AnswerRefused, accept_answer, return_answer
from kpi.collecting.board import BoardLine, Letter, Standing, board, invitation, reminder
from kpi.collecting.closing import Closing, Unsettled, close_round, closing_of, reopen_round
from kpi.collecting.form import FIGURE, figure_text, form_rows
from kpi.collecting.mail import AddressBook, MailRefused, Outgoing, pasted, read_addresses, send
from kpi.collecting.opening import RoundRefused, as_asked, askable, change_round
from kpi.collecting.workbook import departments, file_names, form_workbook, parcel
from kpi.importing.grids import text_of
from kpi.importing.readers import read_book
from kpi.model import Proposal
from kpi.store import (
    JAPAN,
    Conflict,
    Overtaken,
    PlanHeader,
    PlanSnapshot,
    RoundEntry,
    StillNeeded,
    UnknownBatch,
    WrongStage,
    proposals_of_round,
    read_parts,
)
from kpi.store import rounds as known_rounds
from kpi.ui import choices, data
from kpi.ui.dialogs import dialog
from kpi.ui.html import plain, show
from kpi.ui.judging import moment, refuse
from kpi.ui.person import may, person, refused
from kpi.ui.round_items import choose_items
from kpi.ui.told import keep, tell
from kpi.ui.turns import aside, let_go
from kpi.words import DEFAULT, say, speaking
from kpi.written import era_year, full_day

#: The round looked at, in the address: its number, or `_NEW`.
_NAME, _NEW = "round", "new"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class LookedAt:
    """A round with the plan it is about and the answers to it, as they stand."""

    header: PlanHeader
    entry: RoundEntry
    snapshot: PlanSnapshot
    proposals: list[Proposal]
    lines: list[BoardLine]
    today: date

    @property
    def year(self) -> str:
        """Return the year that is asked for."""
        return era_year(self.entry.round.fiscal_year)

    @property
    def mark(self) -> str:
        """Return what tells the round from all others."""
        return f"{self.header.municipality.code} {self.entry.round.id}"


def look_at_round(entry: RoundEntry) -> NoReturn:
    """Lead to a round."""
    st.query_params[_NAME] = str(entry.round.id)
    st.rerun()


def choose_round(header: PlanHeader) -> RoundEntry | None:
    """Show the rounds of a plan and return the one looked at; None for a new one."""
    known = {
        str(entry.round.id): entry
        for entry in known_rounds(data.engine(), header.municipality)
        if entry.round.plan_id == header.plan.id
    }
    if not known:
        return None
    asked = st.query_params.get(_NAME, next(iter(known)))
    chosen = asked if asked in (*known, _NEW) else next(iter(known))
    followed = show(
        "round_list.html",
        key="round-list",
        rounds=list(known.values()),
        chosen=chosen,
        new="" if refused(Act.OPEN_ROUND, header.municipality) else _NEW,
        full_day=full_day,
    )
    if followed and followed != chosen:
        st.query_params[_NAME] = followed
        st.rerun()
    return known.get(chosen)


def look_at(header: PlanHeader, entry: RoundEntry) -> LookedAt:
    """Return a round with all that its page is about."""
    snapshot = read_parts(data.engine(), header)
    own = proposals_of_round(data.engine(), header.municipality, entry.round.id)
    today = datetime.now(JAPAN).date()
    return LookedAt(header, entry, snapshot, own, board(snapshot, entry, own, today), today)


def heading(at: LookedAt) -> None:
    """Show what is asked until when, and how far it has come."""
    show(
        "round_title.html",
        key="round-title",
        round=at.entry.round,
        lines=at.lines,
        asked=sum(line.asked for line in at.lines),
        missing=sum(len(line.missing) for line in at.lines),
        is_over=at.today > at.entry.round.due,
        full_day=full_day,
    )


def buttons(at: LookedAt) -> None:
    """Show what can be done with the round as a whole; to others than planners, why nothing can."""
    if not may(Act.CHANGE_ROUND, at.header.municipality):
        return
    who = person()
    is_going_out = all(line.standing is Standing.NOTHING for line in at.lines)
    is_over = at.today > at.entry.round.due or not any(line.is_due for line in at.lines)
    with st.container(horizontal=True, key="round-acts"):
        st.download_button(
            say("round.parcel"),
            data=lambda: parcel(
                who, at.snapshot, at.entry, at.header.municipality, datetime.now(UTC)
            ),
            file_name=_parcel_name(at),
            mime="application/zip",
            key="round-parcel",
            on_click="ignore",
            type="primary" if is_going_out else "secondary",
        )
        if at.entry.round.is_closed:
            if st.button(say("round.fix"), type="primary", key="round-fix"):
                query = {**choices.shared_query(), "year": str(at.entry.round.fiscal_year)}
                st.switch_page("pages/overview.py", query_params=query)
            if st.button(say("round.reopen"), key="round-reopen"):
                _ask_reopen(at)
            return
        if st.button(say("round.letters"), key="round-letters"):
            _letters(at)
        if st.button(say("round.change"), key="round-change"):
            _ask_change(at)
        if st.button(
            say("round.close"),
            type="primary" if is_over and not is_going_out else "secondary",
            key="round-close",
        ):
            _ask_close(at)


def table(at: LookedAt) -> None:
    """Show how each department stands; its name leads to its form and letter."""
    followed = show("round_board.html", key="round-board", lines=at.lines, moment=moment)
    if followed:
        _of_department(at, next(line for line in at.lines if line.department == followed))


def waiting(at: LookedAt) -> None:
    """Show the answers that came after the close, each to be taken in or returned."""
    answers = [answer for line in at.lines for answer in line.waiting]
    if not answers:
        return
    show("round_waiting.html", key="round-waiting", count=len(answers))
    can_act = not refused(Act.ACCEPT_ANSWER, at.header.municipality)
    for answer in answers:
        with st.container(border=True, key=f"round-answer-{answer.id}"):
            show(
                "round_answer.html",
                key=f"round-answer-told-{answer.id}",
                answer=answer,
                groups=tell_edits(at.snapshot, answer.edits),
                moment=moment,
            )
            if not can_act:
                continue
            comment = st.text_input(
                say("round.comment"), key=f"round-comment {answer.id} {answer.version}"
            )
            with st.container(horizontal=True):
                if st.button(say("round.take"), type="primary", key=f"round-take-{answer.id}"):
                    _decide(at, accept_answer, answer, comment, say("round.taken"))
                if st.button(say("round.return"), key=f"round-return-{answer.id}"):
                    _decide(at, return_answer, answer, comment, say("round.returned"))


def _decide(
    at: LookedAt, act: Callable[..., object], answer: Proposal, comment: str, done: str
) -> None:
    _act(at, partial(act, answer=answer, comment=comment), done)


def _act(at: LookedAt, act: Callable[..., object], done: str) -> None:
    """Do something to the round and say so on the next run; where it is not done, why."""
    let_go()
    try:
        act(data.engine(), person(), at.header.municipality, now=datetime.now(UTC))
    except (NotAllowed, RoundRefused, AnswerRefused) as not_done:
        refuse([str(not_done)])
        return
    except (Conflict, WrongStage, UnknownBatch):
        keep(say("round.conflict"), "error")
    except Overtaken:
        keep(say("round.overtaken"), "error")
    except StillNeeded:
        keep(say("round.still_needed"), "error")
    else:
        keep(done)
    st.rerun()


@dialog("round.change", width="large")
def _ask_change(at: LookedAt) -> None:
    asked = at.entry.round
    due = st.date_input(say("round.box.due"), value=asked.due, format="YYYY-MM-DD")
    wording = st.text_area(say("round.box.wording"), value=asked.wording, height=100)
    known = as_asked(askable(at.snapshot, asked.fiscal_year), at.entry)
    before = {item.series_id for item in at.entry.items}
    chosen = choose_items(known, before, f"round-change-items {at.mark}")
    if st.button(say("round.change_yes"), type="primary", key="round-change-yes"):
        change = partial(
            change_round, entry=at.entry, due=due, wording=wording, known=known, asked=chosen
        )
        _act(at, change, say("round.changed"))


@dialog("round.reopen")
def _ask_reopen(at: LookedAt) -> None:
    tell(say("round.reopen_question"), key="reopen")
    if st.button(say("round.reopen_yes"), type="primary", key="round-reopen-yes"):
        act = partial(reopen_round, entry=at.entry)
        _act(at, act, say("round.reopened", year=at.year))


@dialog("round.close", width="large")
def _ask_close(at: LookedAt) -> None:
    """Show which figures would be 確定 and which stay, and let the planner confirm more."""
    found = closing_of(at.snapshot, at.entry, at.proposals)
    show("round_closing.html", key="round-closing", closing=found, departments=_missing(found))
    units = {one.id: one for one in at.snapshot.series}
    asked = {title for line in at.lines for title, _ in line.questions}
    confirmed = []
    for one in found.unsettled:
        label = say(
            "round.confirm",
            department=one.department,
            title=one.title,
            figure=figure_text(one.fact, units[one.fact.key.series_id]),
            status=one.fact.status or say("round.no_status"),
            said=_said(one) + (say("round.said.asked") if one.title in asked else ""),
        )
        key = f"confirm {at.mark} {one.fact.key.series_id} {one.fact.value}"
        if st.checkbox(plain(label), value=one.is_confirmed, key=key):
            confirmed.append(one)
    if st.button(say("round.close_yes"), type="primary", key="round-close-yes"):
        act = partial(close_round, entry=at.entry, confirmed=confirmed)
        _act(at, act, say("round.closed", year=at.year, count=len(confirmed)))


def _missing(found: Closing) -> dict[str, list[str]]:
    by_department: dict[str, list[str]] = {}
    for department, title in found.missing:
        by_department.setdefault(department, []).append(title)
    return by_department


def _said(one: Unsettled) -> str:
    if one.is_confirmed:
        return say("round.said.final")
    if one.contradicts:
        return say("round.said.other")
    return say("round.said.nothing")


@dialog("round.of_department", width="large")
def _of_department(at: LookedAt, line: BoardLine) -> None:
    """Show what a department has said and not said, its form, and the letter that reminds it."""
    rows = form_rows(at.snapshot, at.entry, line.department)
    answered = [row for row in rows if row.texts[FIGURE]]
    followed = show("round_department.html", key="round-department", line=line, answered=answered)
    if followed:
        title = titles_of(data.content(at.header).series)[int(followed)]
        query = {"year": str(at.entry.round.fiscal_year), "series": title}
        st.switch_page("pages/indicator.py", query_params={**choices.shared_query(), **query})
    letter = _reminder(at, line.department)
    who, place = person(), at.header.municipality
    if may(Act.TAKE_FORM, place, line.department):
        with st.container(horizontal=True):
            st.download_button(
                say("round.one_form"),
                data=lambda: form_workbook(
                    who, at.snapshot, at.entry, place, line.department, datetime.now(UTC)
                ),
                file_name=file_names(at.entry)[line.department],
                mime=_XLSX,
                key="round-one-form",
                on_click="ignore",
            )
            if st.button(say("round.to_form"), key="round-to-form"):
                query = {"round": str(at.entry.round.id), "answerer": line.department}
                st.switch_page("pages/actuals.py", query_params={**choices.shared_query(), **query})
    if line.is_due or line.questions:
        tell(letter.subject, key="round-subject")
        # A box whose text can be copied with one click.
        st.code(letter.text, language=None, wrap_lines=True)


@dialog("round.letters", width="large")
def _letters(at: LookedAt) -> None:
    """Send the forms, or reminders to those who are late; by hand where no server is set."""
    kind = st.radio(
        say("round.mail.kind"),
        ["form", "reminder"],
        format_func=lambda name: say(f"round.mail.{name}"),
        horizontal=True,
        key="round-mail-kind",
    )
    letters = _letters_of(at, is_reminder=kind == "reminder")
    if not letters:
        tell(say("round.mail.nobody"), key="no-letters")
        return
    try:
        server = settings.mail_server()
    except ValueError as error:
        refuse([str(error)])
        return
    if server is None:
        tell(say("round.mail.no_host"), key="no-host")
        return
    book = _addresses(at)
    reached = [name for name in letters if name in book.addresses]
    lost = [name for name in letters if name not in book.addresses]
    show("round_letters.html", key="round-letters-told", remarks=book.remarks, lost=lost)
    if not reached:
        return
    if st.button(say("round.mail.send", count=len(reached)), type="primary", key="round-send"):
        try:
            with aside(say("round.mail.sending")):
                outgoing = {
                    name: Outgoing(book.addresses[name], letters[name], _form(at, name))
                    for name in reached
                }
                failed = send(person(), at.header.municipality, server, outgoing)
                keep(say("round.mail.sent", count=len(outgoing) - len(failed)))
                for department, why in failed.items():
                    keep(say("round.mail.not_sent", department=department, why=why), "error")
        except (NotAllowed, MailRefused) as not_sent:
            refuse([str(not_sent)])
            return
        st.rerun()


@speaking(DEFAULT)
def _parcel_name(at: LookedAt) -> str:
    return say("round.parcel_name", year=at.year, name=at.header.municipality.name)


def _form(at: LookedAt, department: str) -> tuple[str, bytes]:
    """Return the form of a department with the name of its file."""
    now, place = datetime.now(UTC), at.header.municipality
    content = form_workbook(person(), at.snapshot, at.entry, place, department, now)
    return file_names(at.entry)[department], content


def _reminder(at: LookedAt, department: str) -> Letter:
    """Return the letter with what is to be asked in the words of letters, not of the screen."""
    with speaking(DEFAULT):
        lines = board(at.snapshot, at.entry, at.proposals, at.today)
        line = next(line for line in lines if line.department == department)
        return reminder(at.entry, line, at.header.municipality.name, at.today)


def _letters_of(at: LookedAt, *, is_reminder: bool) -> dict[str, Letter]:
    name = at.header.municipality.name
    if is_reminder:
        late = [line for line in at.lines if line.is_due or line.questions]
        return {line.department: _reminder(at, line.department) for line in late}
    return {one: invitation(at.entry, one, name) for one in departments(at.entry)}


def _addresses(at: LookedAt) -> AddressBook:
    """Show the table of addresses, to be pasted where the settings name none."""
    usual, remarks = "", list[str]()
    if file := settings.addresses_file():
        try:
            book = read_book(file.name, file.read_bytes())
        except OSError as error:
            remarks = [say("round.addresses.no_file", file=file, why=error.strerror)]
        else:
            rows = [[text_of(cell) for cell in row] for sheet in book.sheets for row in sheet.rows]
            usual = "\n".join("\t".join(row) for row in rows)
            remarks = [finding.message for finding in book.findings]
    text = st.text_area(
        say("round.mail.addresses"),
        value=usual,
        height=140,
        placeholder=say("round.mail.addresses_example"),
        key="round-addresses",
    )
    found = read_addresses(pasted(text), departments(at.entry))
    return replace(found, remarks=(*remarks, *found.remarks))
