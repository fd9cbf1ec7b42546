"""The meeting itself: one item of the agenda a screen, in letters for the back row.

Streamlit knows no keys, and forgets what stands in a box that nobody has left yet. So the screen is
one component, whose part in the browser is `meeting.js`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from kpi import settings
from kpi.access import Act, NotAllowed
from kpi.acting.meetings import DECISIONS, MeetingRefused, decide, known_words, write_down
from kpi.charts import Assessment, Style, svg, theme
from kpi.charts.agenda import AgendaItem, agenda_item
from kpi.charts.labels import words_width, wrapped
from kpi.model import WordKind
from kpi.store import (
    Conflict,
    Mark,
    PlanHeader,
    StoredMeeting,
    WordVersion,
    standing,
    undecided,
)
from kpi.ui import as_of, data
from kpi.ui.choices import shared_query
from kpi.ui.contrast import shown_theme
from kpi.ui.html import render
from kpi.ui.judging import moment
from kpi.ui.meetings import NAME, asked_number, known, plan_of, shown
from kpi.ui.person import person, refused
from kpi.words import language, say

_KEY, _ITEM = "meeting-screen", "item"
#: What this session wrote upon what, so that who types on is not late to themselves.
_OWN = "meeting-own"
#: What came of the last things typed, and what could not be written down.
_ACKS, _REFUSED = "meeting-acks", "meeting-refused"
#: The places to type in, and how many lines each has.
_FIELDS = ((WordKind.DECISION, 3), (WordKind.MEMO, 3), (WordKind.CHARGE, 1), (WordKind.DUE, 1))
#: Of the drawing: its width on the screen of 1920, the letters below it, and the plot's height
#: where they take two lines, each line beyond taking from it.
_WIDE, _SMALL, _PLOT, _LINES, _LINE = 952, 28, 380, 2, 30
#: The most that the value and its unit take, beside letters 14 high.
_NARROW = 84

_component = st.components.v2.component(
    "kpi_meeting",
    html=(
        '<div class="kpi kpi-meeting"><p class="spoken kpi-hidden" role="status"></p>'
        '<div class="slide"></div><div class="notice" role="alert"></div>'
        '<div class="foot"></div></div>'
    ),
    js=files(__package__).joinpath("meeting.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def held() -> tuple[PlanHeader, int] | None:
    """Return plan and number of the meeting whose item the address names; None without any."""
    meeting_id = asked_number(st.query_params.get(NAME, ""))
    if _ITEM not in st.query_params:
        return None
    names = data.municipality_names()
    places = {names[one.municipality.code]: one.municipality for one in data.known_plans()}
    place = places.get(st.query_params.get("municipality", ""))
    stored = None if place is None else known(place, meeting_id)
    header = None if place is None or stored is None else plan_of(place, stored)
    return None if header is None else (header, meeting_id)


def whole_screen() -> None:
    """Leave the screen to the meeting alone: what is around pages is there again without it."""
    around = '[data-testid="stSidebar"], [data-testid="stHeader"]'
    st.html(f"<style>{around}, .st-key-as-of-banner, .kpi-skip {{ display: none; }}</style>")


# What others write meanwhile is seen without a click.
@st.fragment(run_every=5)
def screen(header: PlanHeader, meeting_id: int) -> None:
    """Show the item the address names; the page around it is run again when it is left."""
    stored = known(header.municipality, meeting_id)
    if stored is None or _ITEM not in st.query_params or not stored.meeting.agenda:
        st.query_params.pop(_ITEM, None)
        st.rerun()
    agenda = stored.meeting.agenda
    number = _number(len(agenda))
    words = known_words(data.engine(), person(), header.municipality, stored)
    slide = _Slide(header, stored, number, words)
    _component(key=_KEY, data=slide.told(), on_said_change=partial(_heard, header, meeting_id))
    # Whoever goes on finds it drawn.
    for near in (number + 1, number - 1):
        if 1 <= near <= len(agenda):
            _Slide(header, stored, near, words).item()


def _number(count: int) -> int:
    """Return the number of the item in the address, the nearest there is."""
    return min(max(asked_number(st.query_params.get(_ITEM, "")), 1), count)


@dataclass(frozen=True)
class _Slide:
    """One item as it is shown."""

    header: PlanHeader
    stored: StoredMeeting
    number: int
    words: Sequence[WordVersion]

    def item(self) -> tuple[AgendaItem, str, str] | None:
        """Return the item with its drawing and what stands below it; None where it is gone."""
        told = shown(self.header, self.stored)
        series_id = self.series_id
        if told is None or series_id not in told.assessment.titles:
            return None
        mark = data.version_mark()
        return _drawn(
            settings.database_url(), mark, told.mark, self.header, told.assessment, series_id,
            shown_theme(), language(),
        )  # fmt: skip

    @property
    def series_id(self) -> int:
        return self.stored.meeting.agenda[self.number - 1]

    def told(self) -> dict[str, Any]:
        """Return all that the component is given."""
        meeting, count = self.stored.meeting, len(self.stored.meeting.agenda)
        found = self.item()
        item, drawing, legend = found or (None, "", "")
        query = urlencode({**shared_query(), "meeting": self.stored.id})
        can_write = _can_write(self.header, self.stored)
        sentences = st.session_state.pop(_REFUSED, [])
        return {
            # Whoever signs in later in the same window is not to send on what another typed.
            "mark": f"{self.header.municipality.code} {self.stored.id} {person().login}",
            "item": self.number,
            "count": count,
            "series": self.series_id,
            "slide": render(
                "meeting_slide.html",
                meeting=meeting,
                municipality=self.header.municipality.name,
                number=self.number,
                count=count,
                item=item,
                drawing=drawing,
                legend=legend,
                width=0 if item is None else _width(item),
                query=query,
            ),
            "way": render(
                "meeting_way.html",
                number=self.number,
                next_title=self._title(self.number + 1) if self.number < count else None,
                query=query,
            ),
            "foot": render("meeting_foot.html", fields=_FIELDS, can_write=can_write),
            "notice": self._notice(sentences, can_write),
            "isRefused": bool(sentences),
            "words": self._words(),
            "spoken": say("meeting.spoken", number=self.number, title=self._title(self.number)),
            "unsaved": say("meeting.unsaved"),
            "acks": st.session_state.pop(_ACKS, []),
        }

    def _title(self, number: int) -> str:
        told = shown(self.header, self.stored)
        series_id = self.stored.meeting.agenda[number - 1]
        titles = {} if told is None else told.assessment.titles
        return titles.get(series_id) or say("meeting.gone")

    def _words(self) -> dict[str, dict[str, Any]]:
        """Return what stands in each place, with who wrote it and when."""
        stands = standing(self.words)
        told = {}
        for kind, _ in _FIELDS:
            word = stands.get((self.series_id, kind))
            said = "" if word is None else f"{word.author} {moment(word.recorded_at)[11:]}"
            told[str(kind)] = {
                "text": "" if word is None else word.text,
                "number": 0 if word is None else word.number,
                "said": said,
            }
        return told

    def _notice(self, sentences: list[str], can_write: bool) -> str:
        stands = standing(self.words)
        return render(
            "meeting_notice.html",
            refused=sentences,
            late=[
                (word, stands.get((word.series_id, word.kind)))
                for word in undecided(self.words)
                if word.series_id == self.series_id
            ],
            can_write=can_write,
            moment=moment,
        )


def _can_write(header: PlanHeader, stored: StoredMeeting) -> bool:
    is_over = stored.meeting.is_ended or as_of.day() is not None
    return not is_over and not refused(Act.HOLD_MEETING, header.municipality)


def _width(item: AgendaItem) -> float:
    """Return how many letters wide the value and its unit are, never less than what fits."""
    # The unit is less than half as high as the value.
    wide = words_width(item.value) + words_width(item.line.unit) * 0.4
    return round(max(wide, _NARROW) / _NARROW, 2)


@st.cache_resource(show_spinner=False, max_entries=256)
def _drawn(
    url: str,  # noqa: ARG001
    mark: Mark,  # noqa: ARG001
    then: object,  # noqa: ARG001
    header: PlanHeader,  # noqa: ARG001
    _assessment: Assessment,
    series_id: int,
    appearance: str,
    spoken: str,  # noqa: ARG001
) -> tuple[AgendaItem, str, str]:
    """Return an item, its chart as SVG, and what the lines of the chart are."""
    item = agenda_item(_assessment, series_id)
    legend = _legend(item)
    width = _WIDE / _SMALL * 14
    lines = sum(len(wrapped(text, width)) for text in (legend, item.source))
    plot = _PLOT - _LINE * max(0, lines - _LINES)
    return item, svg(item.spec, Style.LARGE, theme(appearance), plot), legend


def _legend(item: AgendaItem) -> str:
    """Return in a line what the lines of the chart are."""
    spec = item.spec
    parts = []
    if any(point.is_provisional for point in spec.points):
        parts.append(say("meeting.legend.provisional"))
    elif spec.points:
        parts.append(say("meeting.legend.actual"))
    if spec.projection is not None:
        parts.append(say("meeting.legend.band"))
    if spec.has_figures and spec.axis_note:
        parts.append(spec.axis_note)
    return "　".join(parts)


def _heard(header: PlanHeader, meeting_id: int) -> None:
    """Write down what was typed and go where somebody wants to go."""
    said = st.session_state[_KEY].get("said")
    stored = known(header.municipality, meeting_id)
    if not isinstance(said, dict) or stored is None:
        return
    drafts = list(_places(said.get("drafts")))
    if _can_write(header, stored):
        acks = (_typed(header, stored, *draft) for draft in drafts)
        st.session_state[_ACKS] = [ack for ack in acks if ack is not None]
        if said.get("decided") and stored.meeting.agenda:
            _decided(header, stored, str(said["decided"]))
    elif drafts:
        st.session_state[_REFUSED] = [say("meeting.not_written")]
    if said.get("go") == "out":
        st.query_params.pop(_ITEM, None)
    elif isinstance(said.get("go"), int):
        st.query_params[_ITEM] = str(said["go"])


def _places(drafts: object) -> Iterator[tuple[int, WordKind, str, int]]:
    """Yield what a browser says was typed: series, kind, text, and the number it is built on."""
    for place, draft in drafts.items() if isinstance(drafts, dict) else ():
        series_id, _, kind = str(place).partition("/")
        if not asked_number(series_id) or kind not in list(WordKind):
            continue
        match draft:
            case {"text": str(text), "on": int(on)} if asked_number(str(on)) == on:
                yield asked_number(series_id), WordKind(kind), text, on


def _typed(
    header: PlanHeader, stored: StoredMeeting, series_id: int, kind: WordKind, text: str, on: int
) -> dict[str, Any] | None:
    """Write down what was typed in one place; return what the browser is told of it.

    None where nothing was written: then it stays a draft in the browser, and the page says why.
    """
    place = stored.id, series_id, kind
    own: dict[tuple[tuple[int, int, WordKind], int], int] = st.session_state.setdefault(_OWN, {})
    while (place, on) in own:
        on = own[place, on]
    try:
        word = write_down(
            data.engine(), person(), header.municipality, stored, series_id, kind, text,
            built_on=on, now=datetime.now(UTC),
        )  # fmt: skip
    except (NotAllowed, MeetingRefused) as error:
        st.session_state[_REFUSED] = [str(error)]
        return None
    except Conflict:
        st.session_state[_REFUSED] = [say("meeting.not_written")]
        return None
    if word is not None and not word.is_late and word.number > on:
        own[place, on] = word.number
    return {
        "place": f"{series_id}/{kind}",
        "text": text,
        "number": 0 if word is None else word.number,
        "late": word is not None and word.is_late,
    }


def _decided(header: PlanHeader, stored: StoredMeeting, what: str) -> None:
    """Say what counts of two texts: ``first decision 3``."""
    way, _, place = what.partition(" ")
    words = known_words(data.engine(), person(), header.municipality, stored)
    series_id = stored.meeting.agenda[_number(len(stored.meeting.agenda)) - 1]
    late = next(
        (
            word
            for word in undecided(words)
            if (word.series_id, f"{word.kind} {word.number}") == (series_id, place)
        ),
        None,
    )
    if late is None or way not in DECISIONS:
        return
    try:
        decide(
            data.engine(), person(), header.municipality, stored, late, way, now=datetime.now(UTC)
        )
    except (NotAllowed, MeetingRefused) as error:
        st.session_state[_REFUSED] = [str(error)]
    except Conflict:
        st.session_state[_REFUSED] = [say("meeting.not_written")]
