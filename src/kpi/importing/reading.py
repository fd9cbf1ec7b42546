"""Reading: files to one draft, sheet by sheet, table by table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kpi.importing.desk_copies import is_answer_form, is_for_editing
from kpi.importing.draft import Context, Draft, FileReport, SheetReport
from kpi.importing.findings import (
    FileUnreadable,
    LayoutUnknown,
    SavedFitsNothing,
    SheetPassedOver,
    WorkbookForEditing,
    WorkbookOfRound,
)
from kpi.importing.layouts import Correction, Outline, Table, read_outline, recognise
from kpi.importing.layouts.saved import SavedLayout
from kpi.importing.memory import uncollected
from kpi.importing.projects import ProjectRows
from kpi.importing.readers import Book, Sheet, read_books, text_of
from kpi.importing.rows import Rows
from kpi.importing.tidy import TidyRows

#: What reads the tables that are not of figures in rows.
_READERS: dict[str, type[TidyRows | Rows | ProjectRows]] = {
    "tidy": TidyRows,
    "projects": ProjectRows,
}


@uncollected()
def read_files(
    files: Sequence[tuple[str, bytes]],
    context: Context,
    on_step: Callable[[float], None] = lambda _: None,
    layout: SavedLayout | None = None,
) -> Draft:
    """Read files, given as names and bytes, into one draft.

    ``on_step`` is told the share that is done, 0 to 1. ``layout`` is held against every file; one
    it fits nowhere cannot be imported.
    """
    books = read_books(files, on_step)
    if layout is None:
        return read_tables(books, context)
    draft = read_tables(books, context, [layout.fit(book) for book in books])
    for book, report in zip(books, draft.files, strict=True):
        if book.sheets and not layout.fit(book):
            sheets = "・".join(filter(None, layout.sheets)) or "CSV"
            report.findings.append(SavedFitsNothing(name=layout.name, sheets=sheets))
    return draft


@uncollected()
def read_tables(
    books: Sequence[Book],
    context: Context,
    corrections: Sequence[Mapping[str, Correction]] = (),
) -> Draft:
    """Read the tables of files into one draft.

    ``corrections`` are what a person says of the sheets, a mapping by their names for each file.
    """
    draft = Draft()
    for number, book in enumerate(books):
        report = FileReport(
            book.name, book.sha256, book.encoding, book.content, findings=list(book.findings)
        )
        draft.files.append(report)
        if is_for_editing(book):
            report.findings[:] = [WorkbookForEditing()]
            continue
        if is_answer_form(book):
            report.findings[:] = [WorkbookOfRound()]
            continue
        _read_sheets(book, context, draft, report, corrections[number] if corrections else {})
    return draft


def _read_sheets(
    book: Book,
    context: Context,
    draft: Draft,
    report: FileReport,
    corrections: Mapping[str, Correction],
) -> None:
    outline = Outline(context.municipality, context.municipality_code, context.plan)
    read: list[tuple[Sheet, list[Table]]] = []
    unread = 0
    for sheet in book.sheets:
        said = corrections.get(sheet.name)
        tables = recognise(sheet, said)
        if tables:
            read.append((sheet, tables))
        elif (found := read_outline(sheet)) is not None:
            outline = found
            draft.outlines.append(found)
            report.findings.extend(found.findings)
        elif said and said.layout == "none":
            unread += 1
        elif any(text_of(cell).strip() for row in sheet.rows for cell in row):
            report.findings.append(SheetPassedOver(sheet.name))
    if not read and not unread and not report.has_errors:
        report.findings.append(LayoutUnknown() if book.sheets else FileUnreadable())
    for sheet, tables in read:
        report.layout = report.layout or tables[0].layout
        report.layout_title = report.layout_title or tables[0].title
        report.why = report.why or tables[0].why
        count = SheetReport(sheet.name, tables=tables)
        report.sheets.append(count)
        for table in tables:
            report.findings.extend(table.findings)
            reader = _READERS.get(table.layout, Rows)
            reader(book, sheet, table, outline, draft, report, count, context.plan).read()
