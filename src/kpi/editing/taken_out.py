"""The mark of a workbook for editing: whose plan was taken out, when, and what every cell said.

It stands in a hidden sheet of the workbook as rows of texts. Nothing is believed for its sake: what
a workbook changes is held against the plan as it stands, and shown to a person, before it counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kpi.editing.desk import RowId

#: What a mark begins with, and the version of its form.
_MAGIC, FORMAT = "michishirube target editing", "1"
#: Stands over the ids of the rows; the other columns have their key there.
ID_KEY = "#id"
#: The row of the mark, counted from 1, in which the texts begin.
FIRST_TEXTS = 6


class MarkDamaged(Exception):
    """A mark is not what `mark_rows` wrote."""


class FormatUnknown(Exception):
    """A mark has another form than this version of the program writes."""


@dataclass(frozen=True)
class TakenOut:
    """What a workbook was made of."""

    #: Code of the municipality.
    municipality: str
    plan_id: int
    plan: str
    moment: datetime
    #: Keys of the columns.
    columns: tuple[str, ...]
    #: What the cells said, by the row and the key of the column.
    texts: dict[RowId, dict[str, str]]


def mark_rows(taken: TakenOut) -> list[list[str]]:
    """Return the rows of a mark."""
    return [
        [_MAGIC, FORMAT],
        ["municipality", taken.municipality],
        ["plan", str(taken.plan_id), taken.plan],
        ["moment", taken.moment.isoformat()],
        [ID_KEY, *taken.columns],
        *([str(row), *(texts[key] for key in taken.columns)] for row, texts in taken.texts.items()),
    ]


def read_mark(rows: Sequence[Sequence[str]]) -> TakenOut:
    """Read the rows of a mark, without the empty cells behind the last one of each.

    Raises FormatUnknown or MarkDamaged.
    """
    if not rows or list(rows[0][:1]) != [_MAGIC]:
        raise MarkDamaged
    if list(rows[0]) != [_MAGIC, FORMAT]:
        raise FormatUnknown
    try:
        (_, municipality), (_, plan_id, plan), (_, moment), (_, *columns), *texts = rows[1:]
        return TakenOut(
            municipality,
            int(plan_id),
            plan,
            datetime.fromisoformat(moment),
            tuple(columns),
            {
                RowId.read(row): dict.fromkeys(columns, "")
                | dict(zip(columns, cells, strict=False))
                for row, *cells in texts
            },
        )
    except ValueError as error:
        raise MarkDamaged from error
