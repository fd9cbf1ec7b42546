"""Reading: files to one draft, sheet by sheet, table by table."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kpi.importing.draft import Context, Draft, FileReport, SheetReport
from kpi.importing.findings import FileUnreadable, LayoutUnknown, SheetPassedOver
from kpi.importing.layouts import Outline, Table, read_outline, recognise
from kpi.importing.memory import uncollected
from kpi.importing.readers import Book, Sheet, read_books, text_of
from kpi.importing.rows import Rows
from kpi.importing.tidy import TidyRows


@uncollected()
def read_files(
    files: Sequence[tuple[str, bytes]],
    context: Context,
    on_step: Callable[[float], None] = lambda _: None,
) -> Draft:
    """Read files, given as names and bytes, into one draft.

    ``on_step`` is told the share that is done, 0 to 1.
    """
    draft = Draft()
    for book in read_books(files, on_step):
        report = FileReport(book.name, book.sha256, book.encoding, findings=list(book.findings))
        draft.files.append(report)
        _read_sheets(book, context, draft, report)
    return draft


def _read_sheets(book: Book, context: Context, draft: Draft, report: FileReport) -> None:
    outline = Outline(context.municipality, context.municipality_code, context.plan)
    read: list[tuple[Sheet, list[Table]]] = []
    for sheet in book.sheets:
        tables = recognise(sheet)
        if tables:
            read.append((sheet, tables))
        elif (found := read_outline(sheet)) is not None:
            outline = found
            draft.outlines.append(found)
            report.findings.extend(found.findings)
        elif any(text_of(cell).strip() for row in sheet.rows for cell in row):
            report.findings.append(SheetPassedOver(sheet.name))
    if not read and not report.has_errors:
        report.findings.append(LayoutUnknown() if book.sheets else FileUnreadable())
    for sheet, tables in read:
        report.layout = report.layout or tables[0].layout
        report.layout_title = report.layout_title or tables[0].title
        report.why = report.why or tables[0].why
        count = SheetReport(sheet.name)
        report.sheets.append(count)
        for table in tables:
            report.findings.extend(table.findings)
            reader = TidyRows if table.layout == "tidy" else Rows
            reader(book, sheet, table, outline, draft, report, count, context.plan).read()
