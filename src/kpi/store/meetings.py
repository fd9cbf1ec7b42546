"""Meetings and what is written down in them, every state and every text that was ever typed.

They say nothing of any plan's figures, so they are no batches: nobody's import has to wait for
them, and no page is read again because of them. The audit log tells of them all the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from kpi.model import FiscalYear, Meeting, Municipality, WordKind
from kpi.store import audit
from kpi.store import tables as t
from kpi.store.writing import Conflict, lock

#: What the entries of a meeting's state, and of what was written down in it, are called.
MEETING, MEETING_WORD = "meeting", "meeting-word"


@dataclass(frozen=True)
class StoredMeeting:
    """A meeting as it was left."""

    id: int
    #: How many states it had with this one; what the next is built on.
    number: int
    meeting: Meeting
    author: str
    recorded_at: datetime


@dataclass(frozen=True)
class WordVersion:
    """Something written down of an item of a meeting."""

    series_id: int
    kind: WordKind
    #: From 1 on, of all that was written in this place.
    number: int
    text: str
    author: str
    recorded_at: datetime
    #: Whether it was written upon what did not stand any more: it is kept, and does not count.
    is_late: bool


def record_meeting(
    engine: Engine,
    municipality: Municipality,
    meeting: Meeting,
    *,
    before: StoredMeeting | None,
    author: str,
    now: datetime,
) -> StoredMeeting:
    """Keep a new meeting, or another state of the one that was read as ``before``.

    Raises `Conflict` where that is not its last state any more.
    """
    table, code = t.meeting, municipality.code
    with (
        engine.connect().execution_options(writing=True) as connection,
        connection.begin(),
    ):
        lock(connection, code)
        if before is None:
            last = select(func.max(table.c.meeting_id)).where(table.c.municipality == code)
            stored = StoredMeeting((connection.scalar(last) or 0) + 1, 1, meeting, author, now)
        else:
            known = _states(connection, code, table.c.meeting_id == before.id)
            if not known or known[0].number != before.number:
                raise Conflict(code)
            stored = StoredMeeting(before.id, before.number + 1, meeting, author, now)
        row = {
            "municipality": code,
            "meeting_id": stored.id,
            "number": stored.number,
            "author": author,
            "recorded_at": now,
            "plan_id": meeting.plan_id,
            "fiscal_year": int(meeting.fiscal_year),
            "title": meeting.title,
            "day": meeting.day.isoformat(),
            "place": meeting.place,
            "present": json.dumps(meeting.present, ensure_ascii=False),
            "agenda": json.dumps(meeting.agenda),
            "is_ended": meeting.is_ended,
            "is_withdrawn": meeting.is_withdrawn,
        }
        told = {"meeting": stored.id, "title": meeting.title}
        audit.keep_state(connection, table, row, act=MEETING, told=told)
    return stored


def record_word(
    engine: Engine,
    municipality: Municipality,
    meeting: StoredMeeting,
    series_id: int,
    kind: WordKind,
    text: str,
    *,
    built_on: int,
    author: str,
    now: datetime,
) -> WordVersion:
    """Keep what was written down, upon the text of that number, 0 where there was none.

    It is kept even where another text stands by now, but it does not count then. Raises `Conflict`
    where the meeting is over or put away, whatever was read of it.
    """
    table, code = t.meeting_word, municipality.code
    with (
        engine.connect().execution_options(writing=True) as connection,
        connection.begin(),
    ):
        lock(connection, code)
        states = _states(connection, code, t.meeting.c.meeting_id == meeting.id)
        if not states or states[0].meeting.is_ended or states[0].meeting.is_withdrawn:
            raise Conflict(code)
        of = table.c.meeting_id == meeting.id, table.c.series_id == series_id, table.c.kind == kind
        row = {
            "municipality": code,
            "meeting_id": meeting.id,
            "series_id": series_id,
            "kind": str(kind),
            "number": len(_words(connection, code, *of)) + 1,
            "meeting_number": states[0].number,
            "author": author,
            "recorded_at": now,
            "built_on": built_on,
            "text": text,
        }
        told = {
            "meeting": meeting.id,
            "series": series_id,
            "kind": str(kind),
            "title": states[0].meeting.title,
        }
        audit.keep_state(connection, table, row, act=MEETING_WORD, told=told)
        return _words(connection, code, *of)[-1]


def meetings(engine: Engine, municipality: Municipality) -> list[StoredMeeting]:
    """Return the last state of every meeting, the latest day first, put away ones too."""
    with engine.connect() as connection:
        states = _states(connection, municipality.code)
    last = {state.id: state for state in reversed(states)}
    return sorted(last.values(), key=lambda state: (state.meeting.day, state.id), reverse=True)


def meeting_words(engine: Engine, municipality: Municipality, meeting_id: int) -> list[WordVersion]:
    """Return all that was ever written down in a meeting, place by place, oldest first."""
    with engine.connect() as connection:
        return _words(connection, municipality.code, t.meeting_word.c.meeting_id == meeting_id)


def standing(words: Iterable[WordVersion]) -> dict[tuple[int, WordKind], WordVersion]:
    """Return what counts of all that was written, by series and kind."""
    return {(word.series_id, word.kind): word for word in words if not word.is_late}


def undecided(words: Iterable[WordVersion]) -> list[WordVersion]:
    """Return what came late, and of which nobody has said since whether it counts."""
    known = list(words)
    counts = {place: word.number for place, word in standing(known).items()}
    return [
        word
        for word in known
        if word.is_late and word.number > counts.get((word.series_id, word.kind), 0)
    ]


def _states(connection: Connection, code: str, *where: Any) -> list[StoredMeeting]:
    """Return states, newest first."""
    table = t.meeting
    rows = select(table).where(table.c.municipality == code, *where).order_by(table.c.number.desc())
    return [_stored(row) for row in connection.execute(rows)]


def _stored(row: Any) -> StoredMeeting:
    meeting = Meeting(
        row.title,
        row.plan_id,
        FiscalYear(row.fiscal_year),
        date.fromisoformat(row.day),
        row.place,
        tuple(json.loads(row.present)),
        tuple(json.loads(row.agenda)),
        row.is_ended,
        row.is_withdrawn,
    )
    return StoredMeeting(row.meeting_id, row.number, meeting, row.author, row.recorded_at)


def _words(connection: Connection, code: str, *where: Any) -> list[WordVersion]:
    table = t.meeting_word
    rows = (
        select(table)
        .where(table.c.municipality == code, *where)
        .order_by(table.c.series_id, table.c.kind, table.c.number)
    )
    counts: dict[tuple[int, str], int] = {}
    words = []
    for row in connection.execute(rows):
        place = row.series_id, row.kind
        is_late = row.built_on != counts.get(place, 0)
        if not is_late:
            counts[place] = row.number
        words.append(
            WordVersion(
                row.series_id,
                WordKind(row.kind),
                row.number,
                row.text,
                row.author,
                row.recorded_at,
                is_late,
            )
        )
    return words
