"""Grids of cells: what every kind of file becomes before anything in it is interpreted.

Nothing heavy is imported here: the process that opens files starts with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from kpi.importing.findings import Finding

Cell = str | float


@dataclass(frozen=True)
class Sheet:
    """One table of cells. ``rows[0][0]`` is A1; the name of a CSV's only sheet is empty."""

    name: str
    rows: list[list[Cell]]
    #: Merged ranges: first row, first column, last row, last column. Each repeats its first cell.
    merged: list[list[int]] = field(default_factory=list)
    #: Cells with a formula, row and column; told of a workbook for editing only.
    formulas: list[list[int]] = field(default_factory=list)

    @cached_property
    def filled(self) -> frozenset[tuple[int, int]]:
        """Return the cells that are empty in the file and repeat the first one of their range."""
        return frozenset(
            (row, column)
            for top, left, bottom, right in self.merged
            for row in range(top, min(bottom + 1, len(self.rows)))
            for column in range(left, min(right + 1, len(self.rows[row])))
            if (row, column) != (top, left)
        )


@dataclass(frozen=True)
class Book:
    """A file as read."""

    name: str
    sha256: str
    #: Encoding of a CSV; empty for workbooks.
    encoding: str
    sheets: list[Sheet]
    findings: list[Finding] = field(default_factory=list)
    #: The file's bytes, kept beside what was read from them.
    content: bytes = field(default=b"", repr=False)


def address(row: int, column: int) -> str:
    """Return the spreadsheet's name of a cell, both counted from 0: (0, 0) is A1."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"


def position(name: str) -> tuple[int, int]:
    """Return row and column of a cell by its name, both counted from 0: A1 is (0, 0)."""
    letters = name.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(name[len(letters) :]) - 1, column - 1


def text_of(cell: Cell) -> str:
    """Return a cell as text; numbers with the 15 digits Excel itself keeps, never as 1e-05."""
    if isinstance(cell, str):
        return cell
    text = f"{cell:.15g}"
    return f"{Decimal(text):f}" if "e" in text else text
