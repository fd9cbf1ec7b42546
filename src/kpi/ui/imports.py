"""Pieces of the import page: choose files, see what would change, accept, take back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from kpi import settings
from kpi.importing.draft import Context
from kpi.importing.matching import Preview, Refused, accept, prepare
from kpi.importing.reading import read_files
from kpi.store import (
    JAPAN,
    BatchEntry,
    Conflict,
    PlanHeader,
    StillNeeded,
    UnknownBatch,
    batches,
    undo,
)
from kpi.ui import data
from kpi.ui.changes import change_lines
from kpi.ui.html import show
from kpi.words import say


def choose_files() -> list[UploadedFile]:
    """Show where files are dropped, and return those that are there."""
    # A new key empties the box once its files are recorded.
    round_ = st.session_state.setdefault("import-round", 0)
    return st.file_uploader(
        say("imports.choose"),
        type=["xlsx", "xlsm", "xls", "xlsb", "ods", "csv", "tsv", "txt"],
        accept_multiple_files=True,
        key=f"import-files-{round_}",
    )


def choose_plan() -> PlanHeader | None:
    """Show which plan files belong to that name none themselves."""
    plans = {
        say("imports.plan_of", plan=h.plan.name, municipality=h.municipality.name): h
        for h in data.known_plans()
    }
    nothing = say("imports.plan_in_file")
    chosen = st.selectbox(say("imports.plan"), [nothing, *plans], key="import-plan")
    return plans.get(chosen)


def look(files: Sequence[UploadedFile], plan: PlanHeader | None) -> Preview:
    """Read files and hold them against the database, telling how far it has come."""
    mark = (data.version_mark(), plan, tuple(file.file_id for file in files))
    kept = st.session_state.get("import-preview")
    if kept is not None and kept[0] == mark:
        preview: Preview = kept[1]
        return preview
    bar = st.progress(0.0, say("imports.reading"))

    def told(share: float, doing: str) -> None:
        bar.progress(share, say(f"imports.{doing}"))

    context = Context()
    if plan is not None:
        owner = plan.municipality
        code = owner.code if owner.code.isdecimal() else ""
        context = Context(owner.name, code, plan.plan.name)
    draft = read_files(
        [(file.name, file.getvalue()) for file in files],
        context,
        lambda share: told(share * 0.6, "reading"),
    )
    preview = prepare(
        data.engine(),
        draft,
        lambda share: told(0.6 + share * 0.4, "comparing"),
    )
    bar.empty()
    st.session_state["import-preview"] = (mark, preview)
    return preview


def report(preview: Preview) -> None:
    """Show how each file was read, the findings, and what would change."""
    show(
        "preview.html",
        key="preview",
        preview=preview,
        added=change_lines(preview.added),
        changed=change_lines(preview.changed),
    )


def decide(preview: Preview) -> None:
    """Let the person accept what is shown, or say why it cannot be accepted."""
    if preview.has_errors:
        st.error(say("imports.has_errors"))
        return
    if not preview.changes:
        st.info(say("imports.nothing_changes"))
        return
    if preview.has_warnings:
        st.warning(say("imports.has_warnings"))
    if st.button(say("imports.accept"), type="primary", key="import-accept"):
        try:
            batch = accept(
                data.engine(),
                preview,
                author=settings.author(),
                reason=say("import.reason_screen"),
                now=datetime.now(UTC),
            )
        except (Conflict, Refused):
            st.session_state.pop("import-preview", None)
            st.error(say("import.conflict"))
            return
        st.session_state["import-round"] += 1
        st.session_state["import-done"] = say("imports.done", batch=batch)
        st.rerun()


def done() -> None:
    """Say once what was just done."""
    if words := st.session_state.pop("import-done", None):
        st.success(words)


def history() -> None:
    """Show all accepted imports, newest first, each with a way to take it back."""
    entries = batches(data.engine())
    if not entries:
        return
    followed = show("batches.html", key="batches", entries=entries, zone=JAPAN)
    if followed:
        _ask_back(next(entry for entry in entries if entry.batch_id == followed))


@st.dialog(say("imports.undo"))
def _ask_back(entry: BatchEntry) -> None:
    st.write(
        say(
            "imports.undo_question",
            files="、".join(entry.files),
            added=entry.added,
            changed=entry.changed,
        )
    )
    if not st.button(say("imports.undo_yes"), type="primary", key="undo-yes"):
        return
    try:
        undo(data.engine(), entry.batch_id, author=settings.author(), now=datetime.now(UTC))
    except UnknownBatch:
        st.error(say("undo.unknown", batch=entry.batch_id))
    except StillNeeded as needed:
        later = [
            say("undo.batch", batch=batch_id, files="・".join(files))
            for batch_id, files in needed.files.items()
        ]
        st.error(say("undo.needed", batches="、".join(later)))
    else:
        st.session_state["import-done"] = say("undo.done", batch=entry.batch_id)
        st.rerun()
