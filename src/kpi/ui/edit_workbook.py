"""Excel of 目標編集: a draft taken to one's desk as a workbook, and what it brings back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import NoReturn

import streamlit as st

from kpi import settings
from kpi.charts.edit_lines import EditLine, column_title, edit_lines
from kpi.editing import applied
from kpi.editing.brought_back import (
    BroughtBack,
    DeskReading,
    bring_back,
    read_desk,
    taken_out,
)
from kpi.editing.desk import DeskColumn, desk_columns
from kpi.editing.desk_difference import DeskCell
from kpi.editing.grid import Grid, grid_of
from kpi.editing.taken_out import FormatUnknown, MarkDamaged, TakenOut
from kpi.editing.workbook import take_out
from kpi.importing.findings import Finding, visible
from kpi.importing.readers import Book, read_books
from kpi.model import FactEdit, Severity
from kpi.store import JAPAN, SourceFile, fact_history
from kpi.ui import data, editing
from kpi.ui.editing import Work
from kpi.ui.html import plain, show
from kpi.ui.judging import moment
from kpi.ui.told import tell
from kpi.ui.turns import aside
from kpi.words import DEFAULT, say, speaking

_BOOKS, _ROUND, _HANDED = "edit-workbooks", "edit-workbook-round", "edit-workbook-handed"
_SHOWN = 200


def section(at: Work) -> None:
    """Offer a draft as a workbook, and show what one that comes back would change in it."""
    out, back = st.columns(2, gap="large")
    with out:
        _offer(at)
    with back:
        _ask(at)
    if _HANDED in st.session_state:
        _books()[at.number] = st.session_state.pop(_HANDED)
    book = _books().get(at.number)
    if book is not None:
        _show_difference(at, book)


def hand_over(book: Book) -> NoReturn:
    """Open a workbook that came in elsewhere here, at the plan it was taken from."""
    st.session_state[_HANDED] = book
    query = {"section": "workbook"}
    with suppress(MarkDamaged, FormatUnknown):
        taken = taken_out(book)
        names = data.municipality_names()
        for header in data.known_plans():
            code = header.municipality.code
            if (code, header.plan.id) == (taken.municipality, taken.plan_id):
                query |= {"municipality": names[code], "plan": header.plan.name}
    st.switch_page("pages/target_editing.py", query_params=query)


def _books() -> dict[int, Book]:
    """Return the workbooks that are being looked at, by the number of their draft."""
    books: dict[int, Book] = st.session_state.setdefault(_BOOKS, {})
    return books


def _step(name: str) -> None:
    show(
        "edit_workbook_step.html",
        key=f"edit-workbook-{name}-step",
        title=say(f"edit_workbook.{name}_title"),
        hint=say(f"edit_workbook.{name}_hint"),
    )


def _offer(at: Work) -> None:
    _step("take")
    municipality, snapshot = at.header.municipality, editing.snapshot_now(at)
    now = datetime.now(UTC)
    with speaking(DEFAULT):
        file_name = say(
            "edit_workbook.file_name",
            municipality=municipality.name,
            plan=snapshot.plan.name,
            day=f"{now.astimezone(JAPAN):%Y%m%d}",
        )
    st.download_button(
        say("edit_workbook.take"),
        # Made when it is asked for: a plan of a thousand series takes a while.
        data=lambda: take_out(grid_of(snapshot), municipality, datetime.now(UTC)),
        file_name=file_name,
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        key="edit-workbook-take",
        on_click="ignore",
    )


def _ask(at: Work) -> None:
    _step("bring")
    file = st.file_uploader(
        say("edit_workbook.bring"),
        type=["xlsx", "xlsm", "xlsb", "xls", "ods", "csv"],
        # A new key empties the box once its file is put away.
        key=f"edit-workbook-file {at.number} {st.session_state.setdefault(_ROUND, 0)}",
    )
    if file is not None:
        with aside(say("edit_workbook.reading")):
            (book,) = read_books([(file.name, file.getvalue())])
        _books()[at.number] = book
        st.session_state[_ROUND] += 1
        st.rerun()


def _show_difference(at: Work, book: Book) -> None:
    """Show what a workbook changes, let the person decide where others did too, and take it in."""
    grid = grid_of(editing.snapshot_now(at))
    back = bring_back(book, grid, at.header.municipality)
    _show_title(back)
    decided = _decisions(at, grid, back)
    chosen = [cell for cell, is_mine in zip(back.clashing, decided, strict=True) if is_mine]
    reading = read_desk(back, grid, [*back.changed, *chosen])
    findings = [*back.findings, *reading.findings]
    if findings:
        weights = list(Severity)
        findings.sort(key=lambda finding: weights.index(finding.severity))
        show("import_findings.html", key="edit-workbook-findings", findings=findings, others=[])
    lines = edit_lines(applied(grid.snapshot, reading.edits), reading.edits)
    if lines:
        _show_lines(lines, reading)
    _show_acts(at, back, reading, findings, len(lines), decided.count(None))


def _show_title(back: BroughtBack) -> None:
    """Say which file it is and when it was taken out."""
    words = visible(back.book.name)
    if back.taken_out is not None:
        when = moment(back.taken_out.moment)
        words = say("edit_workbook.brought", name=words, when=when)
    tell(words, key="edit-workbook-title")


def _decisions(at: Work, grid: Grid, back: BroughtBack) -> list[bool | None]:
    """Show the cells that changed in both places; return which are to be as at the desk.

    None where nobody has decided yet.
    """
    if not back.clashing or back.taken_out is None:
        return []
    show("edit_workbook_clashes.html", key="edit-workbook-clashes", count=len(back.clashing))
    titles = {(row.series.id, row.line): row.title for row in grid.rows}
    columns = {column.key: column for column in desk_columns(grid)}
    decided: list[bool | None] = []
    for cell in back.clashing:
        column = columns[cell.column]
        who = _who(at, back.taken_out, cell, column)
        options = {
            True: say("edit_workbook.mine", text=_shown(cell.typed)),
            False: say("edit_workbook.theirs", text=_shown(cell.now), who=who),
        }
        label = say(
            "edit_workbook.clash",
            cell=cell.cell,
            title=plain(titles[cell.row]),
            column=column_title(column.column) if column.column else column.heading,
            taken=_shown(cell.taken),
        )
        decided.append(
            st.radio(
                label,
                [True, False],
                format_func=options.__getitem__,
                index=None,
                horizontal=True,
                key=f"edit-workbook-clash {back.book.sha256} {cell.cell} {cell.now}",
            )
        )
    return decided


def _shown(text: str) -> str:
    return plain(visible(text)) if text else say("edit_workbook.empty")


def _who(at: Work, taken: TakenOut, cell: DeskCell, column: DeskColumn) -> str:
    """Return who changed the promise of a cell since it was taken out, when and why."""
    slot = column.column.slot if column.column else None
    if slot is None:
        return ""
    promise = (slot.kind, slot.period)
    drafted = (edit.key for edit in at.edits.values() if isinstance(edit, FactEdit))
    if (cell.row.series_id, *promise) in {key[:3] for key in drafted}:
        return say("edit_workbook.by_draft")
    history = fact_history(data.engine(), at.header.municipality, cell.row.series_id)
    own = [version for version in history if (version.kind, version.period) == promise]
    if new := [version for version in own if version.recorded_at > taken.moment]:
        last = new[-1]
        return say(
            "edit_workbook.by_person",
            author=plain(last.author),
            when=moment(last.recorded_at),
            reason=plain(last.reason),
        )
    undone = [version.undone_at for version in own if version.undone_at is not None]
    return say("edit_workbook.by_undo", when=moment(max(undone))) if undone else ""


def _show_lines(lines: Sequence[EditLine], reading: DeskReading) -> None:
    """Show each change with its cell and how it is read."""
    placed = [(say("editing.joint").join(_cells(line, reading)), line) for line in lines[:_SHOWN]]
    more = len(lines) - len(placed)
    show("edit_workbook.html", key="edit-workbook-lines", lines=placed, more=more, count=len(lines))


def _cells(line: EditLine, reading: DeskReading) -> list[str]:
    """Return the cells a change was written in, each once."""
    cells = (reading.cells.get(identity) for identity in line.identities)
    return list(dict.fromkeys(filter(None, cells)))


def _show_acts(
    at: Work,
    back: BroughtBack,
    reading: DeskReading,
    findings: Sequence[Finding],
    count: int,
    undecided: int,
) -> None:
    """Let the person take the changes into the draft, or put the workbook away."""
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    words = ""
    if errors:
        words = say("edit_workbook.put_errors", count=errors)
    elif undecided:
        words = say("edit_workbook.put_undecided", count=undecided)
    elif not count:
        words = say("edit_workbook.nothing_changed")
    with st.container(key="edit-workbook-acts", horizontal=True, vertical_alignment="center"):
        if st.button(say("edit_workbook.away"), key="edit-workbook-away"):
            del _books()[at.number]
            st.rerun()
        tell(words, key="edit-workbook-told")
        if st.button(
            say("edit_workbook.put", count=count),
            type="primary",
            key="edit-workbook-put",
            disabled=bool(words),
        ):
            del _books()[at.number]
            editing.put(at, reading.edits, _source(back.book))


def _source(book: Book) -> SourceFile:
    """Return a workbook as it is kept beside the figures that were read from it."""
    is_kept = len(book.content) <= settings.kept_file_mb() * 1_000_000
    return SourceFile(book.name, book.sha256, "desk", book.content if is_kept else None)
