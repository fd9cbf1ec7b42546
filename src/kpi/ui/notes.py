"""記載: what is said of an indicator's years beside the figures, who said it, and what before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from kpi.access import Act, NotAllowed
from kpi.acting.undoing import take_back
from kpi.charts import Assessment, SeriesLine
from kpi.charts.edits import milestone_words
from kpi.editing.notes import (
    MOST,
    NoteRefused,
    note_asked,
    standing,
    write_note,
)
from kpi.model import FiscalYear, Kind, Milestone, Note, NoteKind, part_identity
from kpi.store import NoteVersion, Overtaken, PlanHeader, UnknownBatch, note_history
from kpi.ui import as_of, data
from kpi.ui.dialogs import dialog
from kpi.ui.html import show
from kpi.ui.judging import moment, refuse
from kpi.ui.person import may, person
from kpi.words import say
from kpi.written import era_year


def section(
    header: PlanHeader, assessment: Assessment, line: SeriesLine, known_at: datetime | None
) -> None:
    """Show the notes of an indicator, newest year first, with the ways to write and change them.

    ``known_at`` is when they were known; None is now. The past is only shown.
    """
    row = assessment.rows[line.series_id]
    indicator_id = int(row.indicator_id)
    history = data.asked(note_history, header.municipality, indicator_id, known_at)
    is_now = known_at is None and as_of.day() is None
    can_write = is_now and may(Act.NOTE, header.municipality, str(row.department).strip())
    entries = sorted(standing(history).values(), key=lambda one: _place(one.note))
    head, button = st.columns([4, 0.7], vertical_alignment="bottom")
    with head:
        show("notes_title.html", key="notes-title", count=len(entries))
    with button:
        if can_write and st.button(say("note.write"), key="note-write", width="stretch"):
            years = _years(assessment, line, entries)
            _ask(header, indicator_id, [one.note for one in entries], years, None)
    if not entries:
        return
    followed = show(
        "notes.html",
        key="notes",
        notes=[(one, _mark(one.note), _earlier(history, one)) for one in entries],
        can_write=can_write,
        moment=moment,
    )
    for one in entries:
        if followed == f"write {_mark(one.note)}":
            notes = [entry.note for entry in entries]
            _ask(header, indicator_id, notes, [one.note.fiscal_year], one.note)
        if followed == f"history {_mark(one.note)}":
            own = [v for v in history if part_identity(v.note) == part_identity(one.note)]
            _tell_history(own, can_write)


def _place(note: Note) -> tuple[int, int, int]:
    return -note.fiscal_year, list(NoteKind).index(note.kind), note.number


def _mark(note: Note) -> str:
    return f"{int(note.fiscal_year)} {note.kind} {note.number}"


def _earlier(history: Sequence[NoteVersion], one: NoteVersion) -> int:
    """Return how many other states a note was in."""
    return sum(part_identity(v.note) == part_identity(one.note) for v in history) - 1


def _years(
    assessment: Assessment, line: SeriesLine, entries: Sequence[NoteVersion]
) -> list[FiscalYear]:
    """Return the years a note may be about: the one looked at first, then those with figures."""
    facts = assessment.facts
    own = facts[(facts["series_id"] == line.series_id) & (facts["kind"] == Kind.ACTUAL)]
    years = {int(year) for year in own["fiscal_year"] if year}
    years |= {int(one.note.fiscal_year) for one in entries} | {assessment.reporting_year + 1}
    others = sorted(years - {assessment.reporting_year}, reverse=True)
    return [FiscalYear(year) for year in (assessment.reporting_year, *others)]


@dialog("note.dialog", width="medium")
def _ask(
    header: PlanHeader,
    indicator_id: int,
    known: Sequence[Note],
    years: Sequence[FiscalYear],
    asked: Note | None,
) -> None:
    """Ask for the text of a note; ``known`` are the notes as the person sees them."""
    if asked is None:
        year = st.selectbox(say("note.year"), years, format_func=era_year, key="note-year")
        kinds = {say(f"note.kind.{kind}"): kind for kind in NoteKind}
        kind = kinds[st.selectbox(say("note.kind_label"), list(kinds), key="note-kind")]
        number = 0
    else:
        year, kind, number = asked.fiscal_year, asked.kind, asked.number
        st.markdown(f"**{era_year(year)}　{say(f'note.kind.{kind}')}**")
    before, note = note_asked(known, indicator_id, year, kind, number)
    text = st.text_area(
        say("note.text"),
        note.text,
        key=f"note-text {_mark(note)}",
        # What stands there already is not cut.
        max_chars=max(MOST, len(note.text)),
        height=160,
    )
    st.caption(say("note.empty_hint"))
    if not st.button(say("note.record"), type="primary", key="note-record"):
        return
    written = Note(indicator_id, year, kind, note.number, text)
    try:
        write_note(data.engine(), person(), header, before, written, now=datetime.now(UTC))
    except (NotAllowed, NoteRefused) as refused:
        refuse([str(refused)])
    except Overtaken as overtaken:
        refuse([told_first(overtaken)])
    else:
        st.rerun()


def told_first(overtaken: Overtaken) -> str:
    """Return who wrote the same first, and what stands now."""
    clash = overtaken.clashes[0]
    if isinstance(clash.theirs, Milestone):
        theirs = milestone_words(clash.theirs)
    else:
        theirs = getattr(clash.theirs, "text", "")
    return say(
        "note.overtaken",
        author=clash.author,
        when=moment(clash.recorded_at),
        theirs=theirs or say("note.cleared"),
    )


@dialog("note.history", width="large")
def _tell_history(versions: Sequence[NoteVersion], can_write: bool) -> None:
    show("note_history.html", key="note-history", versions=versions[::-1], moment=moment)
    last = [one for one in versions if one.undone_at is None][-1]
    if can_write:
        offer_undo(last.batch_id, "note-undo")


def offer_undo(batch_id: str, key: str) -> None:
    """Offer to take back what was last written, and do it; where it cannot be, say why."""
    if not st.button(say("note.undo"), key=key):
        return
    try:
        take_back(data.engine(), person(), batch_id, now=datetime.now(UTC))
    except NotAllowed as refused:
        refuse([str(refused)])
    except UnknownBatch:
        refuse([say("act.gone")])
    else:
        st.rerun()
