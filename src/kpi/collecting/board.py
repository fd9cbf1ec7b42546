"""照会状況: who has answered, who is late, what is still missing or questionable."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kpi.collecting.form import form_rows, missing
from kpi.collecting.questions import Question, questions
from kpi.collecting.workbook import departments
from kpi.model import Proposal, Stage, Step
from kpi.store import JAPAN, PlanSnapshot, RoundEntry
from kpi.words import DEFAULT, say, speaking
from kpi.written import era_year, full_day


class Standing(StrEnum):
    """How far a department has come."""

    NOTHING = "nothing"
    #: 入力中: begun, not sent.
    BEGUN = "begun"
    #: Sent after the close: the planner has to say yes.
    WAITING = "waiting"
    #: 差戻し: the planner has said no.
    RETURNED = "returned"
    #: Answered, but not for all series.
    PARTLY = "partly"
    ANSWERED = "answered"


@dataclass(frozen=True)
class BoardLine:
    """How one department stands."""

    department: str
    standing: Standing
    #: How many series are asked for.
    asked: int
    #: Those of them without an actual of the year on record, by their titles.
    missing: tuple[str, ...]
    #: When the first answer and the last came that were taken in; None where none was.
    first_at: datetime | None
    last_at: datetime | None
    #: Days after the due date: of the first answer, or until today where there is none.
    days_late: int
    #: Answers that wait for the planner.
    waiting: tuple[Proposal, ...]
    #: What is still to be asked of its answers: the title of the series, and the question.
    questions: tuple[tuple[str, Question], ...]

    @property
    def is_due(self) -> bool:
        """Whether something is still expected of the department."""
        return self.standing not in (Standing.ANSWERED, Standing.WAITING)

    @property
    def is_overdue(self) -> bool:
        """Whether that is expected since the due date."""
        return self.is_due and self.days_late > 0


def needs_yes(entry: RoundEntry) -> bool:
    """Whether an answer sent now waits for the planner's yes: once the round is closed.

    Until then an answer is taken in at once, after the due date too; the board calls it late.
    """
    return entry.round.is_closed


def answers_of(entry: RoundEntry, proposals: Collection[Proposal]) -> list[Proposal]:
    """Return the answers of departments to a round, oldest first."""
    own = [one for one in proposals if one.round_id == entry.round.id and one.department]
    return sorted(own, key=lambda one: one.id)


def board(
    snapshot: PlanSnapshot,
    entry: RoundEntry,
    proposals: Collection[Proposal],
    today: date,
) -> list[BoardLine]:
    """Return how each department of a round stands, in the order of `departments`."""
    answers = answers_of(entry, proposals)
    edits = [edit for answer in answers if answer.stage is Stage.APPROVED for edit in answer.edits]
    asked = questions(entry.items, entry.round.fiscal_year, snapshot, edits)
    return [
        _line(
            snapshot,
            entry,
            department,
            [answer for answer in answers if answer.department == department],
            [one for one in asked if one.department == department and not one.is_settled],
            today,
        )
        for department in departments(entry)
    ]


def _line(
    snapshot: PlanSnapshot,
    entry: RoundEntry,
    department: str,
    answers: Sequence[Proposal],
    asked: Sequence[Question],
    today: date,
) -> BoardLine:
    rows = form_rows(snapshot, entry, department)
    without = tuple(row.title for row in missing(rows, snapshot, entry.round.fiscal_year))
    titles = {row.series.id: row.title for row in rows}
    taken = [answer for answer in answers if answer.stage is Stage.APPROVED]
    # A late answer came when it was sent, not when the planner said yes.
    sent = [_sent_at(answer) for answer in taken]
    reference = min(sent).astimezone(JAPAN).date() if sent else today
    return BoardLine(
        department,
        _standing(answers, without),
        len(rows),
        without,
        min(sent, default=None),
        max(sent, default=None),
        max(0, (reference - entry.round.due).days),
        tuple(answer for answer in answers if answer.stage is Stage.SUBMITTED),
        tuple((titles[one.series_id], one) for one in asked),
    )


def _sent_at(answer: Proposal) -> datetime:
    return max(step.recorded_at for step in answer.steps if step.step is Step.SUBMIT)


def _standing(answers: Sequence[Proposal], missing: Collection[str]) -> Standing:
    """Return how far a department has come; what was done last counts."""
    stages = {answer.stage for answer in answers}
    if Stage.SUBMITTED in stages:
        return Standing.WAITING
    taken = [answer.id for answer in answers if answer.stage is Stage.APPROVED]
    later = [answer for answer in answers if answer.id > max(taken, default=0)]
    if any(answer.stage is Stage.RETURNED for answer in later):
        return Standing.RETURNED
    if taken:
        return Standing.PARTLY if missing else Standing.ANSWERED
    return Standing.BEGUN if Stage.DRAFT in stages else Standing.NOTHING


@dataclass(frozen=True)
class Letter:
    """What is sent to a department."""

    subject: str
    text: str


@speaking(DEFAULT)
def invitation(entry: RoundEntry, department: str, municipality: str) -> Letter:
    """Return the letter that goes with a form."""
    year, due = era_year(entry.round.fiscal_year), full_day(entry.round.due)
    count = sum(item.department == department for item in entry.items)
    return Letter(
        say("round.mail.subject", municipality=municipality, year=year, due=due),
        say(
            "round.mail.text",
            department=department,
            wording=entry.round.wording,
            year=year,
            count=count,
            due=due,
        ).strip(),
    )


@speaking(DEFAULT)
def reminder(entry: RoundEntry, line: BoardLine, municipality: str, today: date) -> Letter:
    """Return the letter that asks a department once more: what is missing, what is in question."""
    year, due = era_year(entry.round.fiscal_year), full_day(entry.round.due)
    is_over = today > entry.round.due
    key = "over" if is_over else "coming"
    parts = [say(f"round.reminder.{key}", department=line.department, year=year, due=due)]
    if line.missing:
        named = "\n".join(say("round.reminder.item", words=title) for title in line.missing)
        parts.append(say("round.reminder.missing", count=len(line.missing), named=named))
    if line.questions:
        named = "\n".join(
            say("round.reminder.question", title=title, words=one.words)
            for title, one in line.questions
        )
        parts.append(say("round.reminder.questions", count=len(line.questions), named=named))
    parts.append(say("round.reminder.end"))
    subject = say("round.reminder.subject", municipality=municipality, year=year, due=due)
    return Letter(subject, "\n\n".join(parts))
