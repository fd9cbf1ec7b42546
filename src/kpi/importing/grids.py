"""Grids of cells: what every kind of file becomes before anything in it is interpreted.

Nothing heavy is imported here: the process that opens files starts with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kpi.importing.findings import Finding

Cell = str | float


@dataclass(frozen=True)
class Sheet:
    """One table of cells. ``rows[0][0]`` is A1; the name of a CSV's only sheet is empty."""

    name: str
    rows: list[list[Cell]]


@dataclass(frozen=True)
class Book:
    """A file as read."""

    name: str
    sha256: str
    #: Encoding of a CSV; empty for workbooks.
    encoding: str
    sheets: list[Sheet]
    findings: list[Finding] = field(default_factory=list)


def address(row: int, column: int) -> str:
    """Return the spreadsheet's name of a cell, both counted from 0: (0, 0) is A1."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"


def text_of(cell: Cell) -> str:
    """Return a cell as text; numbers with the 15 digits Excel itself keeps."""
    return cell if isinstance(cell, str) else f"{cell:.15g}"
