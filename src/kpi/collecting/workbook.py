"""The answer form as a workbook, and those of all departments in one ZIP."""

from __future__ import annotations

from datetime import datetime

from kpi.access import Act, Person, require
from kpi.archive import zipped
from kpi.collecting.form import FIGURE, form_columns, form_rows
from kpi.collecting.mark import MARK_SHEET, FormMark, mark_rows
from kpi.editing.desk_sheet import DeskSheet, desk_workbook
from kpi.importing.remarks import without_controls
from kpi.model import Municipality
from kpi.notation import file_parts
from kpi.store import JAPAN, PlanSnapshot, RoundEntry
from kpi.words import DEFAULT, say, speaking
from kpi.written import era_year, full_day


@speaking(DEFAULT)
def form_workbook(
    person: Person,
    snapshot: PlanSnapshot,
    entry: RoundEntry,
    municipality: Municipality,
    department: str,
    now: datetime,
) -> bytes:
    """Return the answer form of a department as xlsx; raises `kpi.access.NotAllowed`."""
    require(person, Act.TAKE_FORM, municipality.code, department=department)
    year = entry.round.fiscal_year
    columns = form_columns(year)
    rows = {row.series.id: row for row in form_rows(snapshot, entry, department)}
    texts = {series_id: row.texts for series_id, row in rows.items()}
    keys = tuple(column.key for column in columns)
    mark = FormMark(
        municipality.code, snapshot.plan.id, entry.round.id, year, department, now, keys, texts
    )
    named = {
        "municipality": municipality.name,
        "plan": snapshot.plan.name,
        "year": era_year(year),
        "department": department,
    }
    title = without_controls(say("round.form.title", **named))
    due = say("round.form.due", day=full_day(entry.round.due))
    told = [without_controls(entry.round.wording).strip()] if entry.round.wording.strip() else []
    desk = DeskSheet(
        say("round.form.sheet"),
        (title, due, *told, say("round.form.how")),
        columns,
        texts,
        lambda series_id, column: rows[series_id].is_open(column),
        foot=title,
        # Notes are sentences.
        lines_of_row=3,
    )

    def empty(key: str, letter: str) -> str:
        return f'TRIM({letter}{desk.first})=""' if key == FIGURE else ""

    return desk_workbook(desk, (MARK_SHEET, mark_rows(mark)), empty, now)


@speaking(DEFAULT)
def parcel(
    person: Person,
    snapshot: PlanSnapshot,
    entry: RoundEntry,
    municipality: Municipality,
    now: datetime,
) -> bytes:
    """Return the answer forms of all departments of a round as one ZIP.

    Raises `kpi.access.NotAllowed`.
    """
    require(person, Act.TAKE_FORMS, municipality.code)
    files = {
        name: form_workbook(person, snapshot, entry, municipality, department, now)
        for department, name in file_names(entry).items()
    }
    return zipped(files, now.astimezone(JAPAN).date())


def departments(entry: RoundEntry) -> list[str]:
    """Return the departments a round asks, in the order of the series it asks them for."""
    items = sorted(entry.items, key=lambda item: item.series_id)
    return list(dict.fromkeys(item.department for item in items))


@speaking(DEFAULT)
def file_names(entry: RoundEntry) -> dict[str, str]:
    """Return what the form of each department is called; never two alike, whatever the system."""
    year = era_year(entry.round.fiscal_year)
    return {
        department: say("round.form.file_name", year=year, department=name)
        for department, name in file_parts(departments(entry)).items()
    }
