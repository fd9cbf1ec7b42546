"""The plan as it lies on one's desk: the columns and rows of a workbook for editing.

They are those of the grid (`kpi.editing.grid`), after what names a row and may not be changed
there, and the direction of a series, which is a word of a list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from kpi.editing.grid import NOTE, Column, Grid, Row
from kpi.importing.remarks import without_controls
from kpi.model import Direction
from kpi.words import say
from kpi.written import era_span

#: Key of the column of directions.
DIRECTION = "direction"


class RowId(NamedTuple):
    """What tells a row from all others, wherever it is moved."""

    series_id: int
    #: As in `kpi.editing.grid.Row`.
    line: int

    def __str__(self) -> str:
        return f"{self.series_id} {self.line}"

    @classmethod
    def read(cls, text: str) -> RowId:
        """Read an id as it is written. Raises ValueError."""
        series_id, line = text.split(" ")
        return cls(int(series_id), int(line))


@dataclass(frozen=True)
class DeskColumn:
    """A column of the sheet."""

    #: What tells the column from all others, wherever it is moved.
    key: str
    #: The heading above those of several columns; empty where it stands alone.
    group: str
    heading: str
    text: Callable[[Row], str]
    is_editable: bool = False
    #: The words there are to choose from; empty where anything may be typed. Such a word is of the
    #: series, and stands in its first row alone.
    words: tuple[str, ...] = ()
    #: The column of the grid, where it is one.
    column: Column | None = None
    #: The least width, in half-width signs.
    least: int = 8

    def is_open(self, row: RowId) -> bool:
        """Whether the cell of a row may be edited."""
        return self.is_editable and (row.line == 0 or not self.words)

    @property
    def moves_with(self) -> str:
        """Return a mark that columns share of which one says what the other means.

        A target, its year and the harder target beside it are one promise.
        """
        slot = self.column.slot if self.column else None
        return f"{slot.kind} {slot.period}" if slot else self.key


def direction_words() -> dict[str, Direction]:
    """Return the words for directions."""
    return {say(f"direction.{direction}"): direction for direction in Direction}


def desk_columns(grid: Grid) -> list[DeskColumn]:
    """Return the columns from left to right."""
    columns = [
        DeskColumn(key, "", say(f"edit_workbook.{key}"), text) for key, text in _LOCKED.items()
    ]
    columns.append(
        DeskColumn(
            DIRECTION,
            "",
            say("edit_workbook.direction"),
            lambda row: "" if row.line else say(f"direction.{row.series.direction}"),
            is_editable=True,
            words=tuple(direction_words()),
        )
    )
    return columns + [_of_grid(grid, column) for column in grid.columns]


def desk_texts(grid: Grid) -> dict[RowId, dict[str, str]]:
    """Return what the cells say, by row and by the column's key, as a workbook can hold it."""
    columns = desk_columns(grid)
    return {
        RowId(row.series.id, row.line): {c.key: without_controls(c.text(row)) for c in columns}
        for row in grid.rows
    }


#: What is shown of a row and not changed at a desk.
_LOCKED: dict[str, Callable[[Row], str]] = {
    "policy": lambda row: f"{row.policy.code} {row.policy.name}".strip() if row.policy else "",
    "indicator": lambda row: row.indicator.name,
    "series": lambda row: row.series.name,
    "department": lambda row: row.indicator.department,
    "unit": lambda row: row.series.unit_text or row.series.unit,
}


def _of_grid(grid: Grid, column: Column) -> DeskColumn:
    heading, group = say(f"edit_workbook.{column.part}"), ""
    if column.slot is not None:
        group = column.slot.title
        period = grid.snapshot.periods.get(column.slot.period)
        if period is not None and period.first_year is not None and not column.slot.label:
            group += f"\n{era_span(period.first_year, period.last_year)}"
    return DeskColumn(
        column.name,
        group,
        heading,
        lambda row: grid.text(row, column),
        is_editable=True,
        column=column,
        least=24 if column == NOTE else 8,
    )
