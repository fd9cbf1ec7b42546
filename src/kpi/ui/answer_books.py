"""Answer forms brought back on the screen: the department's own, or those of many at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import streamlit as st

from kpi import settings
from kpi.access import Act, NotAllowed
from kpi.collecting.answering import AnswerRefused, answer_at_hand, give
from kpi.collecting.answers import AnswerBook, bring_back, read_answer
from kpi.collecting.filled import Filled
from kpi.collecting.questions import Question, questions
from kpi.collecting.workbook import file_names, form_workbook
from kpi.editing import applied
from kpi.importing.findings import Finding, visible
from kpi.importing.readers import Book, read_books
from kpi.model import Severity
from kpi.store import Overtaken, SourceFile, WrongStage, proposals_of_round, read_parts, rounds
from kpi.ui import actuals, data
from kpi.ui.actuals import Work
from kpi.ui.html import show
from kpi.ui.person import person, refused
from kpi.ui.told import keep
from kpi.ui.turns import aside
from kpi.words import say

_BOOKS, _TURN = "answer-brought", "answer-brought-turn"
#: What the files say, with the files, the plan and the mark of the database it was told from.
_TOLD = "answer-brought-told"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: What can be done with a file: nothing was written in it, it has to be corrected, somebody has to
#: decide where others were first, or it can be taken in.
State = Literal["empty", "refused", "clashing", "ready"]


@dataclass(frozen=True)
class Brought:
    """A file that was brought in, with what it says."""

    number: int
    answer: AnswerBook
    filled: Filled
    questions: list[Question]

    @property
    def name(self) -> str:
        """Return the file's name."""
        return visible(self.answer.book.name)

    @property
    def department(self) -> str:
        """Return whose it is; empty where that cannot be told."""
        return self.answer.mark.department if self.answer.mark else ""

    @property
    def findings(self) -> list[Finding]:
        """Return what is to be said of it, gravest first."""
        of_cells = [one for found in self.filled.findings.values() for one in found]
        weights = list(Severity)
        found = [*self.answer.findings, *of_cells]
        return sorted(found, key=lambda finding: weights.index(finding.severity))

    @property
    def titles(self) -> dict[int, str]:
        """Return what its rows are about, by their series."""
        return {row.series.id: row.title for row in self.answer.form}

    @property
    def state(self) -> State:
        """Return what can be done with it."""
        if self.answer.is_refused or self.filled.refused:
            return "refused"
        if self.answer.clashing:
            return "clashing"
        return "ready" if self.filled.edits else "empty"


def section(at: Work) -> None:
    """Offer the form as a workbook, and take in those that come back."""
    who, place = person(), at.header.municipality
    if refused(Act.TAKE_FORM, place, at.department) or refused(Act.ANSWER, place, at.department):
        return
    out, back = st.columns([1, 2], gap="large")
    with out:
        st.download_button(
            say("answer.form"),
            data=lambda: form_workbook(
                who, at.base, at.entry, place, at.department, datetime.now(UTC)
            ),
            file_name=file_names(at.entry)[at.department],
            mime=_XLSX,
            key="answer-form",
            on_click="ignore",
        )
    with back:
        files = st.file_uploader(
            say("answer.bring"),
            type=["xlsx", "xlsm", "xlsb", "xls", "ods", "csv"],
            accept_multiple_files=True,
            key=f"answer-files {st.session_state.setdefault(_TURN, 0)}",
        )
    if files:
        with aside(say("edit_workbook.reading")):
            books = read_books([(file.name, file.getvalue()) for file in files])
        st.session_state[_BOOKS] = books
        st.session_state[_TURN] += 1
        st.rerun()
    if st.session_state.get(_BOOKS):
        _show(at)


def _show(at: Work) -> None:
    """Show what each file says, and what can be done with it."""
    brought = _brought(at)
    own = {
        one.number
        for one in brought
        if one.answer.entry is not None and one.answer.entry.round.id == at.entry.round.id
        if one.department == at.department
    }
    followed = show("answer_books.html", key="answer-books", brought=brought, own=own)
    if followed:
        _put(at, brought[int(followed)])
    ready = [one for one in brought if one.state == "ready"]
    with st.container(horizontal=True, key="answer-books-acts"):
        if ready and st.button(
            say("answer.take_all", count=len(ready)), type="primary", key="answer-books-take"
        ):
            with aside(say("imports.accepting")):
                _take(at, ready)
        if st.button(say("answer.put_away"), key="answer-books-away"):
            _drop(brought)
            st.rerun()


def _brought(at: Work) -> list[Brought]:
    """Return the files held against the rounds and the plan as they stand; kept while they do."""
    books: list[Book] = st.session_state[_BOOKS]
    stands = (at.header, data.version_mark())
    of_books, of_stands, told = st.session_state.get(_TOLD, (None, None, []))
    if of_books is not books or of_stands != stands:
        told = _held(at, books)
        st.session_state[_TOLD] = (books, stands, told)
    return list(told)


def _held(at: Work, books: list[Book]) -> list[Brought]:
    """Hold the files against the rounds and the plan as they stand."""
    plan = read_parts(data.engine(), at.header)
    place = at.header.municipality
    known = rounds(data.engine(), place)
    answers = bring_back(books, place, known, {plan.plan.id: plan})
    found = []
    for number, answer in enumerate(answers):
        if answer.entry is None:
            found.append(Brought(number, answer, Filled(), []))
            continue
        filled = read_answer(answer, plan)
        year = answer.entry.round.fiscal_year
        items = [row.item for row in answer.form]
        after = applied(plan, filled.edits)
        asked = questions(items, year, after, filled.edits)
        found.append(Brought(number, answer, filled, [one for one in asked if not one.is_settled]))
    return found


def _put(at: Work, one: Brought) -> None:
    """Take what a file of this department says into the form on the screen."""
    actuals.put(at, one.answer.typed(), one.answer.origins(), _source(one), one.answer.clashing)
    _drop([one])
    st.rerun()


def _take(at: Work, ready: list[Brought]) -> None:
    """Answer for each department whose file needs no second look."""
    engine, place = data.engine(), at.header.municipality
    taken = []
    for one in ready:
        entry, department = one.answer.entry, one.department
        assert entry is not None  # noqa: S101  else it were not ready
        known = proposals_of_round(engine, place, entry.round.id)
        try:
            given = give(
                engine,
                person(),
                place,
                entry,
                department,
                one.filled,
                answer=answer_at_hand(entry, department, known),
                files=[_source(one)],
                now=datetime.now(UTC),
            )
        except NotAllowed as not_allowed:
            keep(say("answer.not_allowed", name=one.name, why=not_allowed), "error")
            continue
        except (AnswerRefused, Overtaken, WrongStage):
            keep(say("answer.not_taken", name=one.name), "error")
            continue
        taken.append(one)
        told = {"department": department, "count": len(one.filled.edits)}
        waits = given.batch_id is None
        keep(say("answer.taken_waiting", **told) if waits else say("answer.taken", **told))
    _drop(taken)
    if any(one.department == at.department for one in taken):
        actuals.forget(at)
    st.rerun()


def _drop(done: list[Brought]) -> None:
    """Put files away."""
    books: list[Book] = st.session_state[_BOOKS]
    numbers = {one.number for one in done}
    st.session_state[_BOOKS] = [book for number, book in enumerate(books) if number not in numbers]
    st.session_state.pop(_TOLD, None)


def _source(one: Brought) -> SourceFile:
    """Return a workbook as it is kept beside the figures that were read from it."""
    book = one.answer.book
    is_kept = len(book.content) <= settings.kept_file_mb() * 1_000_000
    return SourceFile(book.name, book.sha256, "answer", book.content if is_kept else None)
