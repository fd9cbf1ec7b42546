"""Layouts: recognising where in a sheet the figures are, and what each of them is."""

from kpi.importing.layouts.blocks import read_blocks
from kpi.importing.layouts.columns import read_columns
from kpi.importing.layouts.crosstabs import read_crosstabs
from kpi.importing.layouts.forms import read_form
from kpi.importing.layouts.outline import Outline, read_outline
from kpi.importing.layouts.table import Spot, Table
from kpi.importing.readers import Sheet


def recognise(sheet: Sheet) -> list[Table]:
    """Return the tables of a sheet, from the top; empty where nothing is known."""
    tables: list[Table] = []
    for table in read_columns(sheet):
        tables += read_blocks(sheet, table) or [table]
    if tables:
        return tables
    form = read_form(sheet)
    if form is not None:
        return [form]
    # A sheet that describes the plan looks like a table by area: 自治体 | 川崎市.
    return [] if read_outline(sheet) is not None else read_crosstabs(sheet)


__all__ = ["Outline", "Spot", "Table", "read_outline", "recognise"]
