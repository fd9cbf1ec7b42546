"""Remarks: the findings of an import as comments in a copy of the file they are about.

Whoever keeps the table then reads what is wrong at the very cell where it is put right. A workbook
of Excel stays what it is in every other part (`kpi.importing.package`); of any other file a new
workbook is made that holds its cells.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any
from xml.parsers.expat import ExpatError

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.workbook.child import INVALID_TITLE_REGEX

from kpi.importing.comments import MAX_COLUMNS, MAX_ROWS, comment_sheet
from kpi.importing.findings import Finding
from kpi.importing.package import Package, elements
from kpi.importing.readers import Cell, Sheet, read_books
from kpi.words import DEFAULT, say, speaking

_NOT_IN_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Excel reads _x0041_ in a text as A, and _x005F_x0041_ as what was meant.
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FIRST_CELL = re.compile(r"[A-Z]{1,3}[1-9]\d{0,6}")

#: Signs a cell of Excel may hold.
_LONGEST_CELL = 32_767
#: Signs of one finding, whose message may quote a whole cell.
_LONGEST = 2_000


class CopyRefused(Exception):
    """There can be no copy: the file is damaged, protected or too large to unpack."""


@speaking(DEFAULT)
def with_remarks(name: str, data: bytes, findings: Sequence[Finding]) -> bytes:
    """Return a copy of a file as a workbook, each finding a comment on its cell.

    A finding without a cell stands on A1 of its sheet, one without a sheet on A1 of the first
    visible one. Comments that are there already stay; what is found on their cells follows below.
    A workbook with macros keeps them, so that its copy too must be named .xlsm.

    Raises CopyRefused where the file cannot be unpacked or read.
    """
    try:
        if zipfile.is_zipfile(io.BytesIO(data)):
            package = Package(data)
            if workbook := _workbook_part(package):
                return _commented(package, workbook, findings)
    except (
        zipfile.BadZipFile,
        zlib.error,
        ExpatError,
        EOFError,
        LookupError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise CopyRefused from error
    sheets = read_books([(name, data)])[0].sheets
    if not sheets or any(_too_large(sheet.rows) for sheet in sheets):
        raise CopyRefused
    made, titles = _new_workbook(sheets)
    package = Package(made)
    named = [replace(f, sheet=titles.get(f.sheet, f.sheet)) for f in findings]
    return _commented(package, _workbook_part(package), named)


def has_macros(data: bytes) -> bool:
    """Whether a copy is a workbook with macros, which Excel opens only under the name .xlsm."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "xl/vbaProject.bin" in archive.namelist()


def without_controls(text: str) -> str:
    """Return a text with one kind of line break, without the signs that no workbook can hold."""
    return _NOT_IN_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def writable(text: str) -> str:
    """Return a text as it is written for a cell or comment to hold it."""
    return _ESCAPED.sub("_x005F_", without_controls(text))


def _placed(
    findings: Iterable[Finding], sheets: Collection[str], first: str
) -> dict[str, dict[str, list[str]]]:
    """Return the texts of findings by sheet and cell."""
    placed: dict[str, dict[str, list[str]]] = {}
    for finding in findings:
        sheet, cell, place = first, "A1", ""
        if finding.sheet in sheets:
            found = _FIRST_CELL.match(finding.cell)
            sheet, cell = finding.sheet, found[0] if found else "A1"
        elif finding.sheet or finding.cell:
            place = say("remark.place", place=f"{finding.sheet} {finding.cell}".strip())
        text = say(
            "remark.text",
            title=finding.title,
            severity=say(f"severity.{finding.severity}"),
            place=place,
            message=finding.message,
            hint=finding.hint,
        )
        text = writable(text)
        if len(text) > _LONGEST:
            text = text[:_LONGEST] + "…"
        placed.setdefault(sheet, {}).setdefault(cell, []).append(text)
    return placed


def _workbook_part(package: Package) -> str:
    """Return the name of the workbook's part, empty where it is none in XML (xlsb, ods)."""
    for relationship in package.relationships(""):
        if relationship.purpose == "officeDocument" and relationship.target.endswith(".xml"):
            return relationship.target
    return ""


def _commented(package: Package, workbook: str, findings: Sequence[Finding]) -> bytes:
    """Return a package with the findings as comments on its sheets."""
    parts = {
        relationship.id: relationship.target
        for relationship in package.relationships(workbook)
        if relationship.purpose == "worksheet"
    }
    sheets: dict[str, str] = {}
    visible: list[str] = []
    for element in elements(package.read(workbook)):
        if element.local == "sheet" and element.parent and element.parent.local == "sheets":
            id_ = next((v for key, v in element.attributes.items() if key.endswith(" id")), "")
            if id_ in parts:
                sheets[element.attributes["name"]] = parts[id_]
                if element.attributes.get("state", "visible") == "visible":
                    visible.append(element.attributes["name"])
    first = [*visible, *sheets][0]
    for name, remarks in _placed(findings, sheets, first).items():
        number = list(sheets).index(name) + 1
        comment_sheet(package, sheets[name], remarks, say("app.name"), number)
    return package.to_bytes()


def _too_large(rows: list[list[Cell]]) -> bool:
    return len(rows) > MAX_ROWS or max(map(len, rows), default=0) > MAX_COLUMNS


def _new_workbook(sheets: Iterable[Sheet]) -> tuple[bytes, dict[str, str]]:
    """Return a workbook of cells, and what each sheet is called in it."""
    book = Workbook(write_only=True)
    titles: dict[str, str] = {}
    for sheet in sheets:
        made = book.create_sheet(INVALID_TITLE_REGEX.sub("_", sheet.name)[:31] or "Sheet1")
        titles[sheet.name] = made.title
        for row in sheet.rows:
            made.append([_cell(made, value) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue(), titles


def _cell(sheet: Any, value: Cell) -> Any:
    """Return a cell of a new workbook: what was text is no formula, no number and no error."""
    if value == "":
        return None
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    if len(value) > _LONGEST_CELL:
        raise CopyRefused
    cell = WriteOnlyCell(sheet, writable(value))
    cell.data_type = "s"
    # Excel keeps it text when somebody edits it, too.
    cell.quotePrefix = value.startswith(tuple("=+-@"))
    return cell
