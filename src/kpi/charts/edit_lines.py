"""What was changed in a plan, cell by cell, in words: before, as typed, and as it is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kpi.charts.display import Display, year_of_fact
from kpi.charts.edits import tell_edits
from kpi.collecting.form import in_order
from kpi.editing.cells import Slot, slot_of, year_text
from kpi.editing.grid import Column, Grid, Part, Place, placed, read_grid, remarks
from kpi.importing.findings import Finding
from kpi.model import (
    Edit,
    Fact,
    FactEdit,
    Fraction,
    Identity,
    Kind,
    Milestone,
    Note,
    PartEdit,
    Period,
    Series,
    Severity,
)
from kpi.store import PlanSnapshot
from kpi.words import called, say


@dataclass(frozen=True)
class EditLine:
    """One change as a table shows it."""

    #: Indicator and series, or the part that was changed.
    title: str
    column: str
    before: str
    after: str
    #: How the text is understood; empty where it cannot be.
    reading: str
    findings: Sequence[Finding] = ()
    #: The edits it is made of; empty where the cell makes none.
    identities: tuple[Identity, ...] = ()
    #: The cells that make no edit: a figure, its year, or both.
    places: tuple[Place, ...] = ()

    @property
    def severity(self) -> str:
        """Return the gravest of what is to be said of it; empty for nothing."""
        found = {finding.severity for finding in self.findings}
        return next((severity for severity in Severity if severity in found), "")


def said_fact(fact: Fact, series: Series) -> str:
    """Return how a fact is understood: 65％以上・令和7（2025）年度."""
    display = Display(series.unit, series.unit, Decimal(1), 0)
    if fact.value is None:
        said = say("editing.in_words")
    else:
        comparator = fact.comparator or ""
        said = display.target(fact.value, fact.value_high, comparator, "", unit=True)
    parts = (
        said,
        year_of_fact(fact.key.fiscal_year),
        called("status", fact.status or ""),
        fact.note,
    )
    return say("editing.joint").join(filter(None, parts))


def edit_lines(plan: PlanSnapshot, edits: Iterable[Edit]) -> list[EditLine]:
    """Return the changes of a draft, parts first, then facts in the plan's order.

    ``plan`` is the plan as the draft would leave it.
    """
    known = list(edits)
    parts = [edit for edit in known if isinstance(edit, PartEdit)]
    told = {
        one.edit.identity: one.words for group in tell_edits(plan, parts) for one in group.edits
    }
    lines = [_of_part(plan, edit, told[edit.identity]) for edit in parts]
    groups: dict[tuple[int, Slot], list[FactEdit]] = {}
    for edit in known:
        if isinstance(edit, FactEdit):
            groups.setdefault((edit.key.series_id, slot_of(edit.key)), []).append(edit)
    titles = _titles(plan)
    order = {series_id: number for number, series_id in enumerate(titles)}
    series = {one.id: one for one in plan.series}
    # A series may be gone with the import that brought it: its edits come last.
    last = len(order)
    for (series_id, slot), group in sorted(
        groups.items(), key=lambda g: (order.get(g[0][0], last), g[0])
    ):
        title, one = titles.get(series_id, say("edit.gone_series")), series.get(series_id)
        lines += [_of_fact(plan, title, one, slot, members) for members in _moves(group)]
    return lines


def refused_lines(grid: Grid, typed: Mapping[Place, str]) -> list[EditLine]:
    """Return the typed cells that make no edit: unread ones, and those that change nothing."""
    typed = placed(grid, typed)
    reading = read_grid(grid, typed)
    rows = {(row.series.id, row.line): row for row in grid.rows}
    # A figure and its year are read together: what is to be said of both is said once.
    cells: dict[object, list[Place]] = {}
    for place in sorted(
        (*reading.refused, *reading.unchanged), key=lambda place: place.column.part is Part.YEAR
    ):
        cells.setdefault((place[:2], place.column.slot), []).append(place)
    lines = []
    for places in cells.values():
        row, first = rows[places[0][:2]], places[0]
        findings = reading.findings.get(first, [])
        lines.append(
            EditLine(
                row.title,
                column_title(first.column),
                _joined([grid.text(row, place.column) for place in places]),
                _joined([typed[place] for place in places]),
                "" if findings else say("editing.unchanged"),
                findings,
                places=tuple(places),
            )
        )
    return lines


def _joined(texts: Sequence[str]) -> str:
    """Return the text of one cell as it is, those of a figure and its year as 65％以上（R7）."""
    if len(texts) == 1 or not any(texts):
        return texts[0]
    figure, year = texts
    figure = figure or say("editing.nothing")
    return say("editing.printed", text=figure, year=year) if year else figure


def column_title(column: Column) -> str:
    """Return what the column of a cell is called: 第3期目標の年度."""
    slot = column.slot
    if slot is None:
        return say("editing.note")
    if column.part is Part.YEAR:
        return say("editing.year_of", column=slot.title)
    return slot.title


def _titles(plan: PlanSnapshot) -> dict[int, str]:
    """Return what each series is called, in the plan's order."""
    indicators = {one.id: one for one in plan.indicators}
    return {s.id: f"{indicators[s.indicator_id].name} {s.name}".strip() for s in in_order(plan)}


def _moves(group: list[FactEdit]) -> Iterable[tuple[FactEdit, ...]]:
    """Yield edits of one slot; what went from one year to another is one of two."""
    gone = [edit for edit in group if edit.after is None]
    come = [edit for edit in group if edit.before is None]
    if len(gone) == len(come) == 1:
        yield gone[0], come[0]
        group = [edit for edit in group if edit not in (gone[0], come[0])]
    yield from ((edit,) for edit in group)


def _of_fact(
    plan: PlanSnapshot,
    title: str,
    series: Series | None,
    slot: Slot,
    edits: tuple[FactEdit, ...],
) -> EditLine:
    before, after = edits[0].before, edits[-1].after
    identities = tuple(edit.identity for edit in edits)
    if series is None:
        return EditLine(title, slot.title, printed(before), printed(after), "", (), identities)
    nothing = say("editing.no_target" if slot.kind is Kind.TARGET else "editing.no_value")
    return EditLine(
        title,
        slot.title,
        printed(before),
        printed(after) or say("editing.nothing"),
        said_fact(after, series) if after else nothing,
        remarks(plan, before, after),
        identities,
    )


def printed(fact: Fact | None) -> str:
    """Return a fact as its cells show it: 65％以上（R7）. Empty where there is none."""
    if fact is None:
        return ""
    year = year_text(fact.key.fiscal_year)
    return say("editing.printed", text=fact.value_text, year=year) if year else fact.value_text


def _of_part(plan: PlanSnapshot, edit: PartEdit, told: str) -> EditLine:
    part = edit.after
    if isinstance(part, Period):
        title = say("period.ordinal", n=part.ordinal)
    elif isinstance(part, Series):
        title = _titles(plan).get(part.id, part.name)
    elif isinstance(part, Fraction):
        title = _titles(plan).get(part.series_id, "")
    elif isinstance(part, Note):
        title = next((one.name for one in plan.indicators if one.id == part.indicator_id), "")
    elif isinstance(part, Milestone):
        title = next((one.name for one in plan.projects if one.id == part.project_id), "")
    else:
        title = part.name
    return EditLine(
        title,
        say(f"editing.part.{type(part).__name__.lower()}"),
        "" if edit.before is None else say("editing.part_known"),
        say("editing.part_new") if edit.before is None else say("editing.part_changed"),
        say("editing.part_told", told=told, reason=edit.reason),
        (),
        (edit.identity,),
    )
