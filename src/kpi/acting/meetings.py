"""会議: preparing a meeting, writing down what is said in it, ending it and opening it again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine

from kpi.access import Act, Person, require
from kpi.model import Meeting, Municipality, WordKind
from kpi.store import (
    PlanHeader,
    StoredMeeting,
    WordVersion,
    meeting_words,
    meetings,
    record_meeting,
    record_word,
    standing,
    undecided,
)
from kpi.words import say

#: Letters a title may have, and whatever is written down at once.
MOST, MOST_WORDS = 80, 4000
#: What no keyboard types, and no document or database takes.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class MeetingRefused(Exception):
    """A meeting that makes no sense, or is over; the message says so in words."""


def known_meetings(engine: Engine, person: Person, place: Municipality) -> list[StoredMeeting]:
    """Return the meetings of a municipality, the latest day first, those put away left out.

    Raises `kpi.access.NotAllowed` where one may not see what it has.
    """
    require(person, Act.VIEW, place.code)
    return [one for one in meetings(engine, place) if not one.meeting.is_withdrawn]


def known_words(
    engine: Engine, person: Person, place: Municipality, meeting: StoredMeeting
) -> list[WordVersion]:
    """Return all that was ever written down in a meeting; raises as `known_meetings` does."""
    require(person, Act.VIEW, place.code)
    return meeting_words(engine, place, meeting.id)


def keep_meeting(
    engine: Engine,
    person: Person,
    header: PlanHeader,
    meeting: Meeting,
    *,
    before: StoredMeeting | None = None,
    now: datetime,
) -> StoredMeeting:
    """Keep a new meeting, or another state of one that was read as ``before``.

    Raises `kpi.access.NotAllowed`, `MeetingRefused`, and `kpi.store.Conflict` where somebody else
    has changed it meanwhile.
    """
    place = header.municipality
    require(person, Act.PREPARE_MEETING, place.code)
    title = _written(meeting.title)
    if not title:
        raise MeetingRefused(say("meeting.no_title"))
    if len(title) > MOST:
        raise MeetingRefused(say("meeting.long_title", most=MOST))
    if before is not None and before.meeting.is_ended:
        raise MeetingRefused(say("meeting.is_ended"))
    whole = replace(
        meeting,
        title=title,
        plan_id=header.plan.id,
        place=_written(meeting.place),
        present=tuple(filter(None, map(_written, meeting.present))),
        agenda=tuple(dict.fromkeys(meeting.agenda)),
        is_ended=False,
    )
    return record_meeting(engine, place, whole, before=before, author=person.name, now=now)


def put_away(
    engine: Engine, person: Person, header: PlanHeader, stored: StoredMeeting, *, now: datetime
) -> StoredMeeting:
    """Put a meeting away, so that it is listed no more; raises as `keep_meeting` does."""
    gone = replace(stored.meeting, is_withdrawn=True)
    return keep_meeting(engine, person, header, gone, before=stored, now=now)


def bring_back(
    engine: Engine, person: Person, header: PlanHeader, gone: StoredMeeting, *, now: datetime
) -> StoredMeeting:
    """List a meeting again as it was when it was put away; raises as `keep_meeting` does."""
    again = replace(gone.meeting, is_withdrawn=False)
    return keep_meeting(engine, person, header, again, before=gone, now=now)


def end_meeting(
    engine: Engine, person: Person, place: Municipality, stored: StoredMeeting, *, now: datetime
) -> StoredMeeting:
    """End a meeting: from now on it is told as its day knew it, and nothing more is written down.

    Raises `kpi.access.NotAllowed`, and `kpi.store.Conflict` where it has changed meanwhile.
    """
    require(person, Act.HOLD_MEETING, place.code)
    over = replace(stored.meeting, is_ended=True)
    return record_meeting(engine, place, over, before=stored, author=person.name, now=now)


def reopen_meeting(
    engine: Engine, person: Person, place: Municipality, stored: StoredMeeting, *, now: datetime
) -> StoredMeeting:
    """Open a meeting again that was ended; raises as `end_meeting` does."""
    require(person, Act.HOLD_MEETING, place.code)
    again = replace(stored.meeting, is_ended=False)
    return record_meeting(engine, place, again, before=stored, author=person.name, now=now)


def write_down(
    engine: Engine,
    person: Person,
    place: Municipality,
    meeting: StoredMeeting,
    series_id: int,
    kind: WordKind,
    text: str,
    *,
    built_on: int,
    now: datetime,
) -> WordVersion | None:
    """Keep what was typed of an item upon the text of that number, 0 where there was none.

    What stands already, or waits to be decided upon, is not written again: it is returned, None
    where nothing stands. Where another text stands by now, this one is kept too and does not count
    (`WordVersion.is_late`), until somebody says so (`decide`). Raises `kpi.access.NotAllowed`,
    `MeetingRefused`, and `kpi.store.Conflict` where the meeting was ended meanwhile.
    """
    require(person, Act.HOLD_MEETING, place.code)
    own = _written(text)
    _refuse_unwritable(meeting, series_id, own)
    words = meeting_words(engine, place, meeting.id)
    stands = standing(words).get((series_id, kind))
    if own == ("" if stands is None else stands.text):
        return stands
    said = series_id, kind, own, person.name
    for late in undecided(words):
        if (late.series_id, late.kind, late.text, late.author) == said:
            return late
    return record_word(
        engine,
        place,
        meeting,
        series_id,
        kind,
        own,
        built_on=built_on,
        author=person.name,
        now=now,
    )


def _written(text: str) -> str:
    """Return what was typed, its lines parted as everywhere."""
    return _CONTROL.sub("", text.replace("\r\n", "\n")).strip()


def _joined(stands: str, late: str) -> str:
    return "\n".join(filter(None, (stands, late)))


#: What may become of a text that came late.
DECISIONS: dict[str, Callable[[str, str], str]] = {
    "first": lambda stands, _late: stands,
    "late": lambda _stands, late: late,
    "both": _joined,
}


def decide(
    engine: Engine,
    person: Person,
    place: Municipality,
    meeting: StoredMeeting,
    late: WordVersion,
    decision: str,
    *,
    now: datetime,
) -> WordVersion | None:
    """Say what counts where a text came late: the ``first``, the ``late`` one, or ``both``.

    None where that was said already. Raises as `write_down` does.
    """
    require(person, Act.HOLD_MEETING, place.code)
    words = meeting_words(engine, place, meeting.id)
    if late not in undecided(words):
        return None
    stands = standing(words).get((late.series_id, late.kind))
    text = DECISIONS[decision]("" if stands is None else stands.text, late.text)
    _refuse_unwritable(meeting, late.series_id, text)
    return record_word(
        engine,
        place,
        meeting,
        late.series_id,
        late.kind,
        text,
        built_on=0 if stands is None else stands.number,
        author=person.name,
        now=now,
    )


def _refuse_unwritable(meeting: StoredMeeting, series_id: int, text: str) -> None:
    if meeting.meeting.is_ended:
        raise MeetingRefused(say("meeting.is_ended"))
    if series_id not in meeting.meeting.agenda:
        raise MeetingRefused(say("meeting.not_on_agenda"))
    if len(text) > MOST_WORDS:
        raise MeetingRefused(say("meeting.long_words", most=MOST_WORDS))
