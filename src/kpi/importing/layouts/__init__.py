"""Layouts: recognising where in a sheet the figures are, and what each of them is."""

from dataclasses import replace

from kpi.importing.headings import Role, ValueHeading
from kpi.importing.layouts.blocks import read_blocks
from kpi.importing.layouts.columns import heading_texts, read_columns
from kpi.importing.layouts.correction import Column, Correction, said_of, said_of_all
from kpi.importing.layouts.crosstabs import read_areas, read_crosstabs, read_year_rows
from kpi.importing.layouts.forms import read_form
from kpi.importing.layouts.outline import Outline, read_outline
from kpi.importing.layouts.projects import read_projects
from kpi.importing.layouts.prose import Proposal, propose, tables_of
from kpi.importing.layouts.table import Spot, Table
from kpi.importing.readers import Sheet, address


def recognise(sheet: Sheet, correction: Correction | None = None) -> list[Table]:
    """Return the tables of a sheet, from the top; empty where nothing is known.

    What a person says of the sheet counts before what is recognised.
    """
    said = correction or Correction()
    tables = _found(sheet, said)
    if said.end is not None:
        tables = [
            replace(table, rows=range(table.rows.start, min(table.rows.stop, said.end)))
            for table in tables
            if table.headings.start < said.end
        ]
    return tables + tables_of(sheet, said.accepted) if said.accepted else tables


def _found(sheet: Sheet, said: Correction) -> list[Table]:
    if said.layout == "none":
        return []
    if said.layout == "year_rows":
        return [_corrected(sheet, table, said) for table in read_year_rows(sheet)]
    if said.layout == "areas":
        return [_corrected(sheet, table, said) for table in read_areas(sheet)]
    if said.layout == "form":
        form = read_form(sheet)
        return [form] if form else []
    tables: list[Table] = []
    for table in read_columns(sheet, said):
        tables += read_blocks(sheet, table) or [table]
    if tables or said.layout == "columns":
        return tables
    if (projects := read_projects(sheet)) is not None:
        return [projects]
    if (form := read_form(sheet)) is not None:
        return [form]
    # A sheet that describes the plan looks like a table by area: 自治体 | 川崎市.
    if read_outline(sheet) is not None:
        return []
    return [_corrected(sheet, table, said) for table in read_crosstabs(sheet)]


def _corrected(sheet: Sheet, table: Table, said: Correction) -> Table:
    """Return a table of statistics with what a person says of its columns and its title."""
    texts = heading_texts(sheet, table.headings)
    meanings, findings = said_of(sheet.name, table.headings[-1], texts, said)
    place = address(table.headings[-1], min(table.values, default=0))
    common, of_year = said_of_all(sheet.name, place, said)
    # What names the rows stays: without its years or areas it would be no such table.
    naming = (Role.FISCAL_YEAR, Role.MUNICIPALITY)
    roles = {role: at for role, at in table.roles.items() if at not in meanings or role in naming}
    values = {at: heading for at, heading in table.values.items() if at not in meanings}
    for at, meaning in meanings.items():
        if isinstance(meaning, Role):
            roles[meaning] = at
        elif isinstance(meaning, ValueHeading):
            values[at] = meaning
    answered = {
        address(table.headings[-1], at)
        for at, heading in values.items()
        if heading.fiscal_year or Role.FISCAL_YEAR in common
    }
    kept = [f for f in table.findings if f.cell not in answered]
    return replace(
        table,
        roles=roles,
        values=dict(sorted(values.items())),
        common=table.common | common,
        findings=(*of_year, *findings, *kept),
    )


__all__ = [
    "Column",
    "Correction",
    "Outline",
    "Proposal",
    "Spot",
    "Table",
    "propose",
    "read_outline",
    "recognise",
]
