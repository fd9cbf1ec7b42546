"""The mark of an answer form: which round it is of, whose it is, and what every cell said.

It stands in a hidden sheet of the workbook as rows of texts, as that of a workbook for editing
does. Nothing is believed for its sake: an answer is held against the round and the plan as they
stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kpi.collecting.form import form_columns
from kpi.editing.taken_out import ID_KEY, FormatUnknown, MarkDamaged
from kpi.importing.desk_copies import ANSWER_MARK_SHEET
from kpi.importing.grids import Book, text_of
from kpi.model import FiscalYear

#: The hidden sheet. It differs from that of workbooks for editing, which another page reads.
MARK_SHEET = ANSWER_MARK_SHEET
#: What a mark begins with, and the version of its form.
_MAGIC, FORMAT = "michishirube round", "1"


@dataclass(frozen=True)
class FormMark:
    """What an answer form was made of."""

    #: Code of the municipality.
    municipality: str
    plan_id: int
    round_id: int
    fiscal_year: FiscalYear
    department: str
    moment: datetime
    #: Keys of the columns.
    columns: tuple[str, ...]
    #: What the cells said, by the series of the row and the key of the column.
    texts: dict[int, dict[str, str]]


def mark_rows(mark: FormMark) -> list[list[str]]:
    """Return the rows of a mark."""
    return [
        [_MAGIC, FORMAT],
        ["municipality", mark.municipality],
        ["plan", str(mark.plan_id)],
        ["round", str(mark.round_id), str(mark.fiscal_year)],
        ["department", mark.department],
        ["moment", mark.moment.isoformat()],
        [ID_KEY, *mark.columns],
        *(
            [str(series_id), *(texts[key] for key in mark.columns)]
            for series_id, texts in mark.texts.items()
        ),
    ]


def read_mark(book: Book) -> FormMark | None:
    """Return what an answer form was made of; None where the book is none.

    Raises `kpi.editing.taken_out.FormatUnknown` for a form of another version of the program, and
    `kpi.editing.taken_out.MarkDamaged` where the mark is not what `mark_rows` wrote.
    """
    sheet = next((sheet for sheet in book.sheets if sheet.name == MARK_SHEET), None)
    if sheet is None:
        return None
    rows = [_without_end([text_of(cell) for cell in row]) for row in sheet.rows]
    if not rows or rows[0][:1] != [_MAGIC]:
        raise MarkDamaged
    if rows[0] != [_MAGIC, FORMAT]:
        raise FormatUnknown
    try:
        _, (_, code), (_, plan_id), (_, round_id, year), (_, department), (_, moment), *table = rows
        (_, *columns), *texts = table
        own = [column.key for column in form_columns(FiscalYear(int(year)))]
        # Each row gets a text for each column, which a file with many of both must not choose.
        if not set(columns) <= set(own) or len(columns) > len(own):
            raise MarkDamaged
        return FormMark(
            code,
            int(plan_id),
            int(round_id),
            FiscalYear(int(year)),
            department,
            datetime.fromisoformat(moment),
            tuple(columns),
            {
                int(series_id): dict.fromkeys(columns, "") | dict(zip(columns, cells, strict=False))
                for series_id, *cells in texts
            },
        )
    except ValueError as error:
        raise MarkDamaged from error


def _without_end(texts: Sequence[str]) -> list[str]:
    """Return the cells of a row without the empty ones behind its last."""
    last = max((at for at, text in enumerate(texts, 1) if text), default=0)
    return list(texts[:last])
