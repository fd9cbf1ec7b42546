"""実績入力: a department's form on the screen, kept for the session, saved as a draft, answered.

The grid is one of texts, as that of targets is (`kpi.ui.target_grid`): it stays as it is while
somebody types in it, and is given anew where the texts come from elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kpi.access import Act, NotAllowed
from kpi.charts.answer_lines import answer_lines
from kpi.collecting.answering import (
    AnswerRefused,
    answer_at_hand,
    give,
    places_of,
    save_answer,
)
from kpi.collecting.board import answers_of, needs_yes
from kpi.collecting.filled import Filled, Place, read_form, typed_of
from kpi.collecting.form import FRACTION, NOTES, FormRow, form_columns, form_rows, missing
from kpi.collecting.questions import Code, Question, questions
from kpi.collecting.workbook import departments
from kpi.editing import applied
from kpi.editing.desk_difference import DeskCell
from kpi.editing.notes import MOST
from kpi.model import Clash, FactEdit, Proposal, Provenance, Stage
from kpi.store import (
    JAPAN,
    Overtaken,
    PlanHeader,
    PlanSnapshot,
    RoundEntry,
    SourceFile,
    WrongStage,
    clashes,
    proposals_of_round,
    read_parts,
    rounds,
)
from kpi.ui import data
from kpi.ui.choices import choose
from kpi.ui.html import plain, show
from kpi.ui.judging import moment, refuse
from kpi.ui.pasting import left_out
from kpi.ui.person import person, refused
from kpi.ui.told import keep, tell
from kpi.ui.turns import let_go
from kpi.words import say
from kpi.written import era_year, full_day

_WORKS, _TURN = "actuals-works", "actuals-turn"
_HEIGHT, _ROW = 460, 35
_NAMED = 5
#: Widths of the columns, by their keys.
_WIDTHS = {"indicator": 214, "series": 84, "unit": 62, "target": 156, "note": 180}
_WIDTH, _WIDTH_BEFORE = 104, 90
_numbers = count()


@dataclass
class Mounted:
    """The grid as it was given to the screen, which sends back what was typed into that."""

    key: str
    #: The series of its rows.
    rows: list[int]
    #: What had been typed by then.
    typed: dict[Place, str]


@dataclass
class Undecided:
    """A cell of which two said another thing."""

    place: Place
    mine: str
    theirs: str
    #: Who was first and when, in words.
    who: str
    #: Where the own text stands, if it came in a file.
    origin: Provenance | None = None


@dataclass
class Work:
    """The form of a department that a person is at."""

    header: PlanHeader
    entry: RoundEntry
    department: str
    #: The plan as read when the form was opened, or last answered.
    base: PlanSnapshot
    #: What of the database that was.
    mark: object
    #: What of it is on record and does not count yet.
    answer: Proposal | None = None
    #: Texts that differ from those of the plan.
    typed: dict[Place, str] = field(default_factory=dict)
    origins: dict[Place, Provenance] = field(default_factory=dict)
    files: tuple[SourceFile, ...] = ()
    undecided: list[Undecided] = field(default_factory=list)
    mounted: Mounted | None = None
    #: Texts of the block pasted last that have no cell.
    left_out: Sequence[str] = ()
    #: Tells the boxes of one form from those of another, and of itself before.
    number: int = field(default_factory=lambda: next(_numbers))

    @property
    def rows(self) -> list[FormRow]:
        """Return the rows of the form, with what the plan says."""
        return form_rows(self.base, self.entry, self.department)

    @property
    def filled(self) -> Filled:
        """Return what is typed, read."""
        year = self.entry.round.fiscal_year
        return read_form(self.base, year, self.rows, self.typed, self.origins)

    @property
    def year(self) -> str:
        """Return the year that is asked for."""
        return era_year(self.entry.round.fiscal_year)


# Which form.


def choose_round(header: PlanHeader, box: DeltaGenerator) -> RoundEntry | None:
    """Show the choice of a round of a plan, open ones first; None where there is none."""
    own = [
        entry
        for entry in rounds(data.engine(), header.municipality)
        if entry.round.plan_id == header.plan.id
    ]
    own.sort(key=lambda entry: entry.round.is_closed)
    if not own:
        return None
    known = {str(entry.round.id): entry for entry in own}

    def shown(number: str) -> str:
        asked = known[number].round
        key = "closed" if asked.is_closed else "open"
        return say(f"answer.round_{key}", year=era_year(asked.fiscal_year), due=f"{asked.due}")

    of = f"{header.municipality.code} {header.plan.id}"
    return known[choose(box, "round", list(known), shown, of)]


def choose_department(header: PlanHeader, entry: RoundEntry, box: DeltaGenerator) -> str:
    """Show the choice of a department that a round asks, one's own first, and return it."""
    of = f"{header.municipality.code} {entry.round.id}"
    own = person().at(header.municipality.code).departments
    options = sorted(departments(entry), key=lambda name: name not in own)
    return choose(box, "answerer", options, of=of)


def work(header: PlanHeader, entry: RoundEntry, department: str) -> Work:
    """Return the form of a department as it was left, or as it is on record."""
    works = st.session_state.setdefault(_WORKS, {})
    key = (header.municipality.code, entry.round.id, department)
    found: Work | None = works.get(key)
    if found is None:
        works[key] = found = _open(header, entry, department)
    found.entry = entry
    _absorb(found)
    if found.mark != data.version_mark() and not found.undecided and _is_as_saved(found):
        works[key] = found = _open(header, entry, department)
    return found


def _own(header: PlanHeader, entry: RoundEntry, department: str) -> list[Proposal]:
    """Return the answers of a department to a round, oldest first."""
    known = proposals_of_round(data.engine(), header.municipality, entry.round.id)
    return [one for one in answers_of(entry, known) if one.department == department]


def _open(header: PlanHeader, entry: RoundEntry, department: str) -> Work:
    """Return a form as it is on record, with what was begun or is waiting."""
    at = Work(header, entry, department, read_parts(data.engine(), header), data.version_mark())
    answer = answer_at_hand(entry, department, _own(header, entry, department))
    if answer is None:
        return at
    at.answer = answer
    at.typed = _typed_in(at, answer)
    for edit in answer.edits:
        if isinstance(edit, FactEdit) and edit.after and edit.after.provenance:
            for place in places_of(edit.identity, at.rows):
                at.origins[place] = edit.after.provenance
    moved = clashes(data.engine(), header.municipality, answer)
    _ask_about(at, moved, at.typed)
    return at


def _typed_in(at: Work, answer: Proposal) -> dict[Place, str]:
    after = form_rows(applied(at.base, answer.edits), at.entry, at.department)
    return typed_of(at.rows, after)


def _is_as_saved(at: Work) -> bool:
    return at.typed == (_typed_in(at, at.answer) if at.answer else {})


def _absorb(at: Work) -> None:
    """Take what was typed into the grid on the screen; first of all in a run."""
    mounted = at.mounted
    if mounted is None or mounted.key not in st.session_state:
        return
    kept = {place: text for place, text in at.typed.items() if place.column in NOTES}
    typed = {p: text for p, text in mounted.typed.items() if p.column not in NOTES} | kept
    edited: Mapping[int, Mapping[str, object]] = st.session_state[mounted.key]["edited_rows"]
    for number, cells in edited.items():
        for name, text in cells.items():
            typed[Place(mounted.rows[int(number)], name)] = "" if text is None else str(text)
    _set_typed(at, typed)


def _set_typed(at: Work, typed: Mapping[Place, str]) -> None:
    """Keep texts that differ from what the plan says; what is typed anew came from no file."""
    said = {row.series.id: row.texts for row in at.rows}
    before = at.typed
    at.typed = {
        place: text
        for place, text in typed.items()
        if place.series_id in said and text.strip() != said[place.series_id][place.column].strip()
    }
    for place in [place for place in at.origins if at.typed.get(place) != before.get(place)]:
        del at.origins[place]


def put(
    at: Work,
    typed: Mapping[Place, str],
    origins: Mapping[Place, Provenance],
    file: SourceFile,
    clashing: Sequence[DeskCell],
) -> None:
    """Take what was written in a workbook into the form; of cells that clash a person is asked."""
    _set_typed(at, {**at.typed, **typed})
    at.origins |= {place: origin for place, origin in origins.items() if place in at.typed}
    at.files = tuple({one.sha256: one for one in (*at.files, file)}.values())
    who = say("answer.on_record")
    at.undecided = [
        Undecided(place, cell.typed, cell.now, who, origins.get(place))
        for cell in clashing
        for place in [Place(cell.row.series_id, cell.column)]
    ]
    at.mounted, at.number = None, next(_numbers)


def _ask_about(at: Work, moved: Sequence[Clash], typed: Mapping[Place, str]) -> None:
    """Have a person decide, cell by cell, where somebody else was first."""
    said = {row.series.id: row.texts for row in at.rows}
    at.undecided = [
        Undecided(
            place,
            typed[place],
            said[place.series_id][place.column],
            say("answer.who", author=clash.author, when=moment(clash.recorded_at)),
            at.origins.get(place),
        )
        for clash in moved
        for place in places_of(clash.edit.identity, at.rows)
        if place in typed and typed[place].strip() != said[place.series_id][place.column].strip()
    ]


def forget(at: Work) -> None:
    """Drop a form that is kept, so that it is read anew."""
    works = st.session_state.setdefault(_WORKS, {})
    works.pop((at.header.municipality.code, at.entry.round.id, at.department), None)


# What is shown of it.


def heading(at: Work) -> None:
    """Show what is asked until when, and what became of it so far."""
    own = _own(at.header, at.entry, at.department)
    rows = at.rows
    show(
        "answer_title.html",
        key="answer-title",
        round=at.entry.round,
        asked=len(rows),
        missing=len(missing(rows, at.base, at.entry.round.fiscal_year)),
        is_over=datetime.now(JAPAN).date() > at.entry.round.due,
        needs_yes=needs_yes(at.entry),
        answers=[one for one in reversed(own) if one.stage is not Stage.WITHDRAWN],
        full_day=full_day,
        moment=moment,
    )


def _why_not(at: Work) -> str:
    """Return why whoever is at work may not answer for the department; empty where they may."""
    return refused(Act.ANSWER, at.header.municipality, at.department)


def grid(at: Work) -> None:
    """Show the form as a table of texts, and take in what is typed."""
    rows = at.rows
    if at.mounted is None or at.mounted.key not in st.session_state:
        turn = st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
        key = f"actuals-grid {at.number} {turn}"
        at.mounted = Mounted(key, [row.series.id for row in rows], dict(at.typed))
    mounted, text = at.mounted, st.column_config.TextColumn
    has_fraction = any(row.item.asks_fraction for row in rows)
    has_series = any(row.series.name for row in rows)
    columns = [
        column
        for column in form_columns(at.entry.round.fiscal_year)
        if column.key not in ("policy", "code", *NOTES)
        if has_fraction or column.key not in FRACTION
        if has_series or column.key != "series"
    ]
    table = pd.DataFrame(
        [
            {
                column.key: mounted.typed.get(
                    Place(row.series.id, column.key), row.texts[column.key]
                )
                for column in columns
            }
            for row in rows
        ],
        columns=[column.key for column in columns],
        dtype="str",
    )
    st.data_editor(
        table,
        column_config={
            column.key: text(
                column.heading,
                width=_WIDTHS.get(column.key, _WIDTH if column.is_editable else _WIDTH_BEFORE),
                disabled=not column.is_editable,
                pinned=column.key in ("indicator", "series"),
                help=plain(column.group.replace("\n", " ")) or None,
            )
            for column in columns
        },
        hide_index=True,
        num_rows="fixed",
        height=min(_HEIGHT, _ROW * (len(rows) + 1) + 3),
        key=mounted.key,
        disabled=bool(_why_not(at)),
    )
    fixed = [number for number, column in enumerate(columns) if not column.is_editable]
    lost = left_out(table.to_numpy().tolist(), fixed)
    if lost is not None:
        at.left_out = lost
    if at.left_out:
        named = say("list.comma").join(at.left_out[:_NAMED])
        refuse([say("editing.left_out", count=len(at.left_out), texts=named)])
    if not _why_not(at):
        tell(say("answer.how"), key="actuals-how")


def note_fields(at: Work) -> None:
    """Show the notes of one indicator, those of which something is asked first."""
    firsts = [row for row in at.rows if row.is_first]
    told = {question.series_id for question in _questions(at) if not question.is_settled}
    of_indicator = {row.series.id: row.indicator.id for row in at.rows}
    wanting = {of_indicator[series_id] for series_id in told}
    names = {row.indicator.id: row for row in firsts}

    def shown(indicator_id: int) -> str:
        name = names[indicator_id].indicator.name
        return say("answer.wanting", name=name) if indicator_id in wanting else name

    chosen = st.selectbox(
        say("answer.notes_of"),
        list(names),
        format_func=shown,
        key=f"actuals-notes-of {at.number}",
    )
    row = names[chosen]
    columns = {column.key: column for column in form_columns(at.entry.round.fiscal_year)}
    for box, key in zip(st.columns(len(NOTES), gap="medium"), NOTES, strict=True):
        place = Place(row.series.id, key)
        said = at.typed.get(place, row.texts[key])
        text = box.text_area(
            columns[key].heading,
            said,
            # What stands there already, from a file or a form, is not cut.
            max_chars=max(MOST, len(said)),
            height=96,
            disabled=bool(_why_not(at)),
            key=f"actuals-note {at.number} {chosen} {key}",
        )
        _set_typed(at, at.typed | {place: text})


def _questions(at: Work, filled: Filled | None = None) -> list[Question]:
    """Return what is to be asked of the form as it is typed."""
    edits = (filled or at.filled).edits
    items = [row.item for row in at.rows]
    return questions(items, at.entry.round.fiscal_year, applied(at.base, edits), edits)


def panel(at: Work) -> None:
    """Show what is read and what is asked, let the person decide, save and answer."""
    filled, rows, year = at.filled, at.rows, at.entry.round.fiscal_year
    titles = {row.series.id: row.title for row in rows}
    asked = [(titles[one.series_id], one) for one in _questions(at, filled)]
    show(
        "answer_lines.html",
        key="answer-lines",
        lines=answer_lines(rows, year, at.typed, filled),
        questions=asked,
        cause=Code.CAUSE,
        open=sum(not one.is_settled for _, one in asked),
        is_unsaved=not _is_as_saved(at),
    )
    if at.undecided:
        _decide(at)
        return
    still = missing(rows, applied(at.base, filled.edits), year)
    _acts(at, filled, still, sum(not one.is_settled for _, one in asked))


def _decide(at: Work) -> None:
    """Show who was first with which text, and let the person decide cell by cell."""
    show("answer_clashes.html", key="answer-clashes", count=len(at.undecided))
    titles = {row.series.id: row.title for row in at.rows}
    headings = {column.key: column.heading for column in form_columns(at.entry.round.fiscal_year)}
    chosen = []
    for number, one in enumerate(at.undecided):
        options = {
            True: say("editing.clash_mine", value=one.mine or say("editing.nothing")),
            False: say("editing.clash_theirs", value=one.theirs or say("editing.nothing")),
        }
        name = f"{titles[one.place.series_id]}　{headings[one.place.column]}　{one.who}"
        chosen.append(
            st.radio(
                plain(name),
                [True, False],
                format_func=_plainly(options),
                index=None,
                horizontal=True,
                key=f"actuals-clash {at.number} {number}",
            )
        )
    if st.button(
        say("answer.decide"), type="primary", disabled=None in chosen, key="actuals-decide"
    ):
        typed = dict(at.typed)
        for one, is_mine in zip(at.undecided, chosen, strict=True):
            typed[one.place] = one.mine if is_mine else one.theirs
        _set_typed(at, typed)
        for one, is_mine in zip(at.undecided, chosen, strict=True):
            if is_mine and one.origin is not None:
                at.origins[one.place] = one.origin
        at.undecided, at.mounted, at.number = [], None, next(_numbers)
        st.rerun()


def _plainly(options: Mapping[bool, str]) -> Callable[[bool], str]:
    return lambda choice: plain(options[choice])


def _acts(at: Work, filled: Filled, still: Sequence[FormRow], open_questions: int) -> None:
    """Let the person save the form, or answer."""
    words = []
    if filled.refused:
        words.append(say("answer.unread", count=len(filled.refused)))
    elif not filled.edits and still:
        words.append(say("answer.nothing"))
    else:
        if still:
            words.append(say("answer.missing", count=len(still)))
        if open_questions:
            words.append(say("answer.open_questions", count=open_questions))
    can_answer = not filled.refused and (filled.edits or not still)
    if why_not := _why_not(at):
        tell(why_not, key="actuals-why-not")
        return
    with st.container(horizontal=True, vertical_alignment="center", key="actuals-acts"):
        is_saved = st.button(say("answer.save"), key="actuals-save", disabled=not at.typed)
        is_given = st.button(
            say("answer.give_late" if needs_yes(at.entry) else "answer.give"),
            type="primary",
            key="actuals-give",
            disabled=not can_answer,
        )
        tell("".join(words), key="actuals-state")
    if is_saved:
        _do(at, filled, save=True)
    elif is_given:
        _do(at, filled, save=False)


def _do(at: Work, filled: Filled, *, save: bool) -> None:
    """Save or answer, and say so on the next run; where others were first, ask about that."""
    act: Any = save_answer if save else give
    let_go()
    try:
        done = act(
            data.engine(),
            person(),
            at.header.municipality,
            at.entry,
            at.department,
            filled,
            answer=at.answer,
            files=at.files,
            now=datetime.now(UTC),
        )
    except Overtaken as overtaken:
        typed = dict(at.typed)
        at.base, at.mark = read_parts(data.engine(), at.header), data.version_mark()
        _set_typed(at, typed)
        _ask_about(at, overtaken.clashes, typed)
        at.mounted = None
    except (NotAllowed, AnswerRefused) as not_done:
        refuse([str(not_done)])
        return
    except WrongStage:
        keep(say("answer.moved_on"), "error")
        forget(at)
    else:
        if save:
            keep(say("answer.saved", count=len(filled.edits)))
        elif done.batch_id is None:
            keep(say("answer.waiting", count=len(filled.edits)))
        else:
            keep(say("answer.given", count=len(filled.edits)))
        forget(at)
    st.rerun()
