"""Pieces of the import page: choose files, see how they are read, put that right, accept them.

What is at hand (files, their cells, what a person said of them) is kept for the session, so that
going back and forth costs nothing; nothing is written before the last step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import PurePath

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kpi.access import Act, NotAllowed
from kpi.acting.imports import Refused, accept, keep_layout
from kpi.acting.undoing import take_back
from kpi.importing.draft import Context, FileReport
from kpi.importing.findings import Finding, PlanUnknown, WorkbookForEditing
from kpi.importing.kinds import FileKind, kind_of_file
from kpi.importing.layouts import Correction, Table, propose
from kpi.importing.layouts.saved import SavedLayout, SavedRefused, load, names
from kpi.importing.matching import Preview, prepare
from kpi.importing.readers import Book, Sheet, read_books
from kpi.importing.reading import read_tables
from kpi.importing.remarks import CopyRefused, with_remarks
from kpi.model import Severity
from kpi.store import (
    IMPORT,
    JAPAN,
    BatchEntry,
    Conflict,
    PlanHeader,
    StillNeeded,
    UnknownBatch,
)
from kpi.ui import corrections, data, edit_workbook, first_steps
from kpi.ui.changes import change_lines, project_lines, summary_of
from kpi.ui.dialogs import dialog
from kpi.ui.html import show
from kpi.ui.judging import in_the_way
from kpi.ui.person import end_unless, person, refused
from kpi.ui.sheets import facts, picture
from kpi.ui.source import open_place
from kpi.ui.told import tell
from kpi.ui.turns import aside, let_go
from kpi.words import DEFAULT, say, speaking

_WORK = "import-work"
#: The box of the sheet looked at, and the sheet a finding led to.
_SHEET, _WANTED = "import-sheet", "import-sheet-wanted"
#: How many of the imports so far stand open; those before are unfolded.
_LISTED = 20


@dataclass
class Work:
    """The files a person is working on."""

    files: list[tuple[str, bytes]]
    plan: PlanHeader | None
    books: list[Book]
    #: What the person said of the sheets, by their names, for each file.
    corrections: list[dict[str, Correction]]
    #: Whether the person has seen how the files are read and gone on.
    is_checked: bool = False
    #: The batch they became.
    batch: str = ""
    preview: Preview | None = None
    #: What the preview was made of.
    mark: object = None
    #: What was last done with a layout, in a sentence; its saved name or why it failed.
    told: str = ""
    #: The names of files that were left out.
    left_out: list[str] = field(default_factory=list)
    #: The copy with remarks, empty where there can be none, and what it was made of.
    copy: bytes = b""
    copied: object = None


def for_planners() -> None:
    """End the page for whoever may import nowhere."""
    if refused(Act.IMPORT, None):
        show("import_title.html", key="import-title", step=1)
    end_unless(Act.IMPORT, None)


def work() -> Work | None:
    """Return what the person is working on, if anything."""
    found: Work | None = st.session_state.get(_WORK)
    return found


def begin_again() -> None:
    """Put the files away."""
    st.session_state.pop(_WORK, None)
    st.rerun()


def way_back(at: Work | None) -> None:
    """Lead back to the first steps whoever came from there; what is on record is put away."""
    is_done = at is not None and bool(at.batch)
    if first_steps.is_way_back(is_done=is_done):
        if is_done:
            st.session_state.pop(_WORK, None)
        first_steps.go_on()


def head(at: Work | None) -> DeltaGenerator:
    """Show the title and which of the three steps this is; return the place beside the title."""
    step = 1 if at is None else 3 if at.is_checked else 2
    title, beside = st.columns([2, 1], gap="medium", vertical_alignment="bottom")
    with title:
        show("import_title.html", key="import-title", step=step)
    show("import_steps.html", key="import-steps", step=step)
    if at is not None and at.left_out:
        words = say("imports.left_out_files", files=say("list.comma").join(at.left_out))
        tell(words, key="left-out", severity="done")
    return beside


def choose_files() -> None:
    """Show where files are dropped and which plan they belong to; read them on request."""
    left, right = st.columns([2, 1], gap="medium")
    # A new key empties the box once its files are put away.
    files = left.file_uploader(
        say("imports.choose"),
        type=["xlsx", "xlsm", "xls", "xlsb", "ods", "csv", "tsv", "txt"],
        accept_multiple_files=True,
        key=f"import-files-{st.session_state.setdefault('import-round', 0)}",
    )
    with right:
        plan = _choose_plan(first_steps.asked())
    if not files:
        st.caption(say("imports.hint"))
        return
    if st.button(say("imports.check", count=len(files)), type="primary", key="import-check"):
        contents = [(file.name, file.getvalue()) for file in files]
        with _progress(say("imports.reading")) as told:
            books = read_books(contents, told)
        st.session_state[_WORK] = Work(contents, plan, books, [{} for _ in books])
        st.session_state["import-round"] += 1
        st.rerun()


@contextmanager
def _progress(words: str) -> Iterator[Callable[[float], None]]:
    """Show how far something has come, as long as it takes."""
    let_go()
    bar = st.progress(0.0, words)

    def told(share: float) -> None:
        bar.progress(share, words)

    yield told
    bar.empty()


def _choose_plan(before: PlanHeader | None) -> PlanHeader | None:
    """Show which plan files belong to that name none themselves, at first that of ``before``."""
    begun = first_steps.asked()
    known = data.known_plans()
    nothing = say("imports.plan_in_file")
    plans: dict[str, PlanHeader | None] = {nothing: None}
    if begun is not None and not any(_is_same_plan(begun, other) for other in known):
        plans[_named(begun)] = begun
    plans |= {_named(header): header for header in known}
    wanted = (name for name, one in plans.items() if one and before and _is_same_plan(one, before))
    options = list(plans)
    index = options.index(next(wanted, nothing))
    # What the first steps lead to is chosen already.
    key = f"import-plan {_named(begun)}" if begun else "import-plan"
    chosen = st.selectbox(say("imports.plan"), options, index=index, key=key)
    return plans[chosen]


def _named(header: PlanHeader) -> str:
    name, plan = header.municipality.name, header.plan.name
    if not plan:
        return say("imports.plan_of_file", municipality=name)
    return say("imports.plan_of", plan=plan, municipality=name)


def _is_same_plan(one: PlanHeader, other: PlanHeader) -> bool:
    return (one.municipality.name, one.plan.name) == (other.municipality.name, other.plan.name)


def previewed(at: Work) -> Preview:
    """Hold the files against the database, telling how far it has come."""
    mark = (data.version_mark(), [dict(said) for said in at.corrections])
    if at.preview is not None and at.mark == mark:
        return at.preview
    context = Context()
    if at.plan is not None:
        owner = at.plan.municipality
        code = owner.code if owner.code.isdecimal() else ""
        context = Context(owner.name, code, at.plan.plan.name)
    with _progress(say("imports.comparing")) as told:
        draft = read_tables(at.books, context, at.corrections)
        at.preview = prepare(data.engine(), draft, told)
    _require_seen(at.preview)
    at.mark = mark
    return at.preview


def _require_seen(preview: Preview) -> None:
    """End the run where files are about a municipality that is not to be seen, nor what it has."""
    who = person()
    others = [one.name for one in preview.municipalities if not who.may_see(one.code)]
    if others:
        names = say("list.comma").join(others)
        tell(say("imports.not_seen", names=names), key="not-seen", severity="error")
        st.stop()


def look(at: Work, beside: DeltaGenerator) -> None:
    """Show how each sheet is read and let the person put it right.

    ``beside`` is where the sheet is chosen.
    """
    preview = previewed(at)
    is_led_to = _WANTED in st.session_state
    with beside:
        number, name = _choose_sheet(at, preview)
    book, report = at.books[number], preview.files[number]
    sheet = next((sheet for sheet in book.sheets if sheet.name == name), None)
    own, others = _sorted_findings(preview, number, name)
    left, right = st.columns([820, 340], gap="medium")
    if at.plan is not None or any(isinstance(found, PlanUnknown) for found in preview.findings):
        with left:
            _ask_plan(at)
    # A workbook that belongs elsewhere has no reading to be put right.
    if sheet is not None and not _is_for_editing(report):
        _sheet(at, number, sheet, report, own, left, right, is_led_to=is_led_to)
    with left:
        followed = show(
            "import_findings.html",
            key="findings",
            findings=own,
            others=[(preview.files[of].name, finding) for of, finding in others],
        )
    if followed:
        of, finding = others[int(followed)]
        st.session_state[_WANTED] = of, finding.sheet
        st.rerun()
    with right:
        show("import_effect.html", key="effect", **_effect(preview))
    _actions(at, number, report, preview)


def _ask_plan(at: Work) -> None:
    """Let the person say which plan the files are of, where they do not say it themselves."""
    chosen = _choose_plan(at.plan)
    if chosen != at.plan:
        at.plan, at.preview = chosen, None
        st.rerun()


def _choose_sheet(at: Work, preview: Preview) -> tuple[int, str]:
    """Show the choice of a sheet; the first one that has something to read comes first.

    Whoever followed a finding is led to its sheet, or to the first of its file.
    """
    options = [
        (number, sheet.name)
        for number, book in enumerate(at.books)
        for sheet in book.sheets or [Sheet("", [])]
    ]
    read = {
        (number, count.name)
        for number, report in enumerate(preview.files)
        for count in report.sheets
    }
    # Where no sheet has a table, one whose sentences hold figures is looked at first.
    read |= (
        set()
        if read
        else {
            (number, sheet.name)
            for number, book in enumerate(at.books)
            for sheet in book.sheets
            if propose(sheet)
        }
    )
    first = next((n for n, option in enumerate(options) if option in read), 0)
    if _WANTED in st.session_state:
        wanted = st.session_state.pop(_WANTED)
        of_file = next(option for option in options if option[0] == wanted[0])
        st.session_state[_SHEET] = wanted if wanted in options else of_file
    elif st.session_state.get(_SHEET) not in options:
        st.session_state[_SHEET] = options[first]
    if len(options) == 1:
        return options[0]

    def shown(option: tuple[int, str]) -> str:
        number, name = option
        return say(
            "imports.sheet_of",
            file=at.books[number].name,
            sheet=name or say("imports.csv"),
            n=options.index(option) + 1,
            count=len(options),
        )

    chosen: tuple[int, str] = st.selectbox(
        say("imports.sheet_choice"), options, format_func=shown, key=_SHEET
    )
    return chosen


def _sorted_findings(
    preview: Preview, number: int, name: str
) -> tuple[list[Finding], list[tuple[int, Finding]]]:
    """Return the findings of a sheet, gravest first, and all others with their file's number."""
    weights = list(Severity)
    own: list[Finding] = []
    others: list[tuple[int, Finding]] = []
    for at, report in enumerate(preview.files):
        for finding in report.findings:
            if at == number and finding.sheet in ("", name):
                own.append(finding)
            else:
                others.append((at, finding))
    own.sort(key=lambda finding: weights.index(finding.severity))
    others.sort(key=lambda other: weights.index(other[1].severity))
    return own, others


def _sheet(
    at: Work,
    number: int,
    sheet: Sheet,
    report: FileReport,
    findings: Sequence[Finding],
    left: DeltaGenerator,
    right: DeltaGenerator,
    *,
    is_led_to: bool,
) -> None:
    """Show a sheet beside how it was read and what can be put right."""
    tables = next((count.tables for count in report.sheets if count.name == sheet.name), [])
    said = at.corrections[number].get(sheet.name, Correction())
    with left:
        show(
            "import_sheet.html",
            key="sheet",
            name=report.name,
            picture=picture(sheet, tables, findings),
            is_led_to=is_led_to,
        )
        answered = corrections.ask_years(sheet, tables, said) or _accepted(sheet, tables, said)
    with right:
        show(
            "import_layout.html",
            key="layout",
            tables=tables,
            facts=facts(sheet, tables, findings),
            is_corrected=bool(said),
        )
        chosen = _other_layout(at, number, sheet, said)
        corrected = corrections.correct(sheet, tables, said)
        _keep(at, number)
    for changed in (answered, chosen, corrected):
        if changed is not None:
            at.corrections[number][sheet.name] = changed
            at.told = ""
            st.rerun()


def _accepted(sheet: Sheet, tables: Sequence[Table], said: Correction) -> Correction | None:
    """Propose what stands in prose; return what is said once a figure is taken or dropped."""
    in_tables = any(table.layout not in ("prose", "projects") for table in tables)
    proposals = [] if in_tables else propose(sheet)
    if not proposals:
        return None
    followed = show("import_prose.html", key="prose", proposals=proposals, accepted=said.accepted)
    return replace(said, accepted=said.accepted ^ {followed}) if followed else None


def _other_layout(at: Work, number: int, sheet: Sheet, said: Correction) -> Correction | None:
    """Let the person have the sheet read in another way; return what is then said of it."""
    saved = names()
    way = corrections.choose_layout(sheet, said, saved)
    if way is None or way not in saved:
        return None if way is None else corrections.with_layout(said, way)
    try:
        fitting = load(way).fit(at.books[number])
    except SavedRefused as refused:
        tell(str(refused), key="layout-told", severity="error")
        return None
    if sheet.name not in fitting:
        words = say("imports.saved_fits_not", name=way)
        tell(words, key="layout-told", severity="error")
        return None
    at.corrections[number].update(fitting)
    return fitting[sheet.name]


def _keep(at: Work, number: int) -> None:
    """Let the person keep by name how the sheets of a file are read."""
    said = {name: correction for name, correction in at.corrections[number].items() if correction}
    if st.checkbox(say("imports.keep"), key="import-keep", disabled=not said) and said:
        name = st.text_input(say("imports.keep_name"), key="import-keep-name", max_chars=60)
        if st.button(say("imports.keep_now"), key="import-keep-now", width="stretch"):
            is_known = name.strip() in names()
            try:
                keep_layout(person(), SavedLayout(name.strip(), said))
            except (NotAllowed, SavedRefused) as not_kept:
                tell(str(not_kept), key="keep-told", severity="error")
                return
            at.told = say("imports.kept_anew" if is_known else "imports.kept", name=name.strip())
    if not said:
        tell(say("imports.keep_nothing"), key="keep-told")
    elif at.told:
        tell(at.told, key="keep-told", severity="done")


def _effect(preview: Preview) -> dict[str, object]:
    """Return what accepting would change, in numbers and a few examples."""
    return {
        "added": len(preview.added),
        "added_what": summary_of(preview.added),
        "changed": len(preview.changed),
        "changed_lines": change_lines(preview, preview.changed[:2]),
        "unchanged": preview.unchanged,
        "projects": len(preview.projects),
    }


def _is_for_editing(report: FileReport) -> bool:
    return any(isinstance(finding, WorkbookForEditing) for finding in report.findings)


def _actions(at: Work, number: int, report: FileReport, preview: Preview) -> None:
    """Show the buttons below: back, the copy with remarks, on to accepting."""
    errors = sum(finding.severity is Severity.ERROR for finding in preview.findings)
    with st.container(key="import-actions", horizontal=True, vertical_alignment="center"):
        if st.button(say("imports.choose_again"), key="import-choose-again"):
            begin_again()
        if (
            report.has_errors
            and len(at.files) > 1
            and st.button(say("imports.leave_out"), key="import-leave-out")
        ):
            _leave_out(at, number)
        if _is_for_editing(report):
            if st.button(say("imports.hand_over"), type="primary", key="import-hand-over"):
                edit_workbook.hand_over(at.books[number])
            return
        _offer_copy(at, number, report)
        words = ""
        if errors:
            words = say("imports.has_errors", count=errors)
        elif not preview.changes:
            words = say("imports.nothing_changes")
        elif preview.has_warnings:
            words = say("imports.has_warnings")
        tell(words, key="actions-told")
        if st.button(
            say("imports.go_on"),
            type="primary",
            key="import-go-on",
            disabled=bool(errors or not preview.changes),
        ):
            at.is_checked = True
            st.rerun()


def _leave_out(at: Work, number: int) -> None:
    """Go on without a file; the others stay as they were put right."""
    at.left_out.append(at.files[number][0])
    for of_files in (at.files, at.books, at.corrections):
        del of_files[number]
    at.preview = None
    st.session_state.pop(_SHEET, None)
    st.rerun()


def _offer_copy(at: Work, number: int, report: FileReport) -> None:
    """Make the copy with remarks on request and offer it, or say that there can be none."""
    name, content = at.files[number]
    of = (number, list(report.findings))
    if at.copied != of:
        disabled = not at.books[number].sheets
        if st.button(say("imports.make_copy"), key="import-make-copy", disabled=disabled):
            with aside(say("imports.making_copy")):
                try:
                    at.copy = with_remarks(name, content, report.findings)
                except CopyRefused:
                    at.copy = b""
            at.copied = of
            st.rerun()
    elif at.copy:
        ending = "xlsm" if kind_of_file(content) is FileKind.XLSM else "xlsx"
        with speaking(DEFAULT):
            stem = PurePath(report.name).stem
            name_of_copy = say("imports.copy_name", name=stem, ending=ending)
        st.download_button(
            say("imports.copy"),
            data=at.copy,
            file_name=name_of_copy,
            mime="application/octet-stream",
            key="import-copy",
            on_click="ignore",
        )
    else:
        words = say("cli.check.no_copy")
        tell(words, key="copy-told", severity="error")


def decide(at: Work) -> None:
    """Show all that would change, and let the person accept it."""
    preview = previewed(at)
    followed = show(
        "preview.html",
        key="preview",
        preview=preview,
        added=change_lines(preview, preview.added),
        changed=change_lines(preview, preview.changed),
        projects=project_lines(preview),
    )
    if followed:
        _open_line(at, preview, *followed.split())
    with st.container(key="import-actions", horizontal=True, vertical_alignment="center"):
        if st.button(say("imports.back"), key="import-back"):
            at.is_checked = False
            st.rerun()
        why_not = [refused(Act.IMPORT, one) for one in preview.municipalities]
        words = next(filter(None, why_not), "")
        tell(words, key="accept-told")
        if st.button(
            say("imports.accept"), type="primary", key="import-accept", disabled=bool(words)
        ):
            _accept(at, preview)


def _open_line(at: Work, preview: Preview, which: str, number: str) -> None:
    """Open the piece of sheet that one line of the difference was read from."""
    lines = {"added": preview.added, "changed": preview.changed}[which]
    fact = lines[int(number)].after
    place = fact.provenance
    for book in at.books:
        if place and (book.sha256, book.name) == (place.sha256, place.file):
            open_place(book, fact)
            return


def _accept(at: Work, preview: Preview) -> None:
    with speaking(DEFAULT):
        reason = say("import.reason_screen")
    try:
        with aside(say("imports.accepting")):
            batch = accept(data.engine(), person(), preview, reason=reason, now=datetime.now(UTC))
            at.batch = batch or ""
    except NotAllowed as not_allowed:
        tell(str(not_allowed), key="not-accepted", severity="error")
        return
    except (Conflict, Refused):
        at.preview, at.is_checked = None, False
        tell(say("import.conflict"), key="not-accepted", severity="error")
        return
    st.rerun()


def registered(at: Work) -> None:
    """Show what was recorded, with the way to it and the way back."""
    entries = [entry for entry in data.known_batches() if entry.batch_id == at.batch]
    if not entries or entries[0].undone_at is not None:
        begin_again()
    # What was accepted; the database has moved on since.
    preview = at.preview or Preview([])
    followed = show(
        "import_done.html",
        key="registered",
        entries=entries,
        added=len(preview.added),
        changed=len(preview.changed),
        projects=len(preview.projects),
        plans=_plans_of(entries, preview),
    )
    if followed == "undo":
        _ask_back(entries[0])
    elif followed:
        municipality, plan = followed.split("\n", 1)
        st.session_state.pop(_WORK, None)
        query = {"municipality": municipality, "plan": plan}
        st.switch_page("pages/overview.py", query_params=query)
    if st.button(say("imports.another"), key="import-another"):
        begin_again()


def _plans_of(entries: Sequence[BatchEntry], preview: Preview) -> list[tuple[str, str]]:
    """Return municipality and plan of everything that was recorded, each once."""
    touched = {line.plan for line in (*preview.added, *preview.changed)}
    touched |= {line.plan for line in preview.projects}
    owners = {entry.municipality.code for entry in entries}
    return [
        (header.municipality.name, header.plan.name)
        for header in data.known_plans()
        if header.municipality.code in owners and header.plan.name in touched
    ]


def done() -> None:
    """Say once what was just done."""
    if words := st.session_state.pop("import-done", None):
        tell(words, key="import-done", severity="done")


def history() -> None:
    """Show all accepted imports, newest first, each with a way to take it back."""
    entries = [entry for entry in data.known_batches() if entry.act == IMPORT]
    if not entries:
        return
    known = {entry.municipality for entry in entries}
    can_undo = {one.code for one in known if not refused(Act.UNDO_IMPORT, one)}
    followed = show(
        "batches.html", key="batches", entries=entries, most=_LISTED, zone=JAPAN, can_undo=can_undo
    )
    if followed:
        _ask_back(next(entry for entry in entries if entry.batch_id == followed))


@dialog("imports.undo")
def _ask_back(entry: BatchEntry) -> None:
    show("undo.html", key="undo", entry=entry)
    if not st.button(say("imports.undo_yes"), type="primary", key="undo-yes"):
        return
    try:
        with aside(say("imports.undoing")):
            take_back(data.engine(), person(), entry.batch_id, now=datetime.now(UTC))
            st.session_state.pop(_WORK, None)
            st.session_state["import-done"] = say(
                "undo.done_files", files=say("list.comma").join(entry.files)
            )
            st.rerun()
    except NotAllowed as not_allowed:
        words = str(not_allowed)
    except UnknownBatch:
        words = say("undo.gone")
    except StillNeeded as needed:
        words = say("undo.needed", batches=in_the_way(needed))
    tell(words, key="undo-told", severity="error")
