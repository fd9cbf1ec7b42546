"""What a department has typed in its form, cell by cell, in words: before, as typed, as read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kpi.charts.edit_lines import said_fact
from kpi.collecting.filled import OF_FIGURE, Filled, Place
from kpi.collecting.form import FRACTION, FormRow, actual_key, form_columns
from kpi.importing.findings import Finding
from kpi.model import Edit, FactEdit, FiscalYear, Fraction, Identity, PartEdit, Severity
from kpi.notation import format_number
from kpi.words import say


@dataclass(frozen=True)
class AnswerLine:
    """One cell as a table shows it."""

    title: str
    column: str
    before: str
    after: str
    #: How the text is understood; empty where it cannot be.
    reading: str
    findings: Sequence[Finding]
    place: Place

    @property
    def severity(self) -> str:
        """Return the gravest of what is to be said of it; empty for nothing."""
        found = {finding.severity for finding in self.findings}
        return next((severity for severity in Severity if severity in found), "")


def answer_lines(
    rows: Sequence[FormRow], year: FiscalYear, typed: Mapping[Place, str], filled: Filled
) -> list[AnswerLine]:
    """Return the cells that say something else than the plan, row by row."""
    edits = {edit.identity: edit for edit in filled.edits}
    lines = []
    for row in rows:
        for column in form_columns(year):
            place = Place(row.series.id, column.key)
            text = typed.get(place)
            if text is None or text.strip() == row.texts[column.key].strip():
                continue
            findings = filled.findings.get(place, [])
            is_refused = any(finding.severity is Severity.ERROR for finding in findings)
            reading = "" if is_refused else _reading(row, column.key, year, edits)
            before = row.texts[column.key]
            lines.append(
                AnswerLine(
                    row.title, column.heading, before, text.strip(), reading, findings, place
                )
            )
    return lines


def _reading(row: FormRow, column: str, year: FiscalYear, edits: Mapping[Identity, Edit]) -> str:
    """Return how what was typed is understood, where the words alone do not say it."""
    if column in OF_FIGURE:
        edit = edits.get(actual_key(row.series.id, year))
        if not isinstance(edit, FactEdit):
            return ""
        return said_fact(edit.after, row.series) if edit.after else say("answer.withdrawn")
    if column in FRACTION:
        part = edits.get(("fraction", row.series.id, year))
        if isinstance(part, PartEdit) and isinstance(part.after, Fraction):
            value = getattr(part.after, column)
            return "" if value is None else format_number(value)
    return ""
