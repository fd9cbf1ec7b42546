"""評価調書: a Word document with a sheet for each indicator, in our form or in a city's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from kpi.charts import BrowserMissing, Style, draw, render
from kpi.reports.content import IndicatorSheet, Report
from kpi.reports.word_form.fields import Field, Values, fields, shared_values, values
from kpi.reports.word_form.filling import Form
from kpi.reports.word_form.own_form import own_form
from kpi.words import say

__all__ = ["Field", "fields", "forms"]

#: Pixels of the chart; its words are as large as those of the table once it is set.
_CHART = {"width": 640, "height": 344}


def forms(
    report: Report,
    style: Style,
    template: bytes | None = None,
    on_step: Callable[[float], None] = lambda _: None,
) -> bytes:
    """Return the document. ``template`` is a city's own form; None is ours.

    ``on_step`` is told the share that is done. Raises `TemplateRefused`.
    """
    theme = style.theme
    colours = {band: theme[f"st-{band}-text"].removeprefix("#").upper() for band in "abcdn"}
    form = Form(own_form(theme), colours)
    for number, sheet in enumerate(report.sheets):
        form.add(
            values(report, sheet), _chart(sheet, style), sheet.spec.sentence, say("report.docx.no_chart")
        )
        on_step((number + 1) / len(report.sheets))
    return form.to_bytes(shared_values(report), report.title, report.day)


def _chart(sheet: IndicatorSheet, style: Style) -> bytes | None:
    """Return the chart as PNG; None where no browser draws it."""
    try:
        return render(draw(sheet.spec, style.theme).update_layout(_CHART), "png")
    except BrowserMissing:
        return None
