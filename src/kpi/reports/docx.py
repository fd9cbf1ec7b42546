"""評価調書: a Word document with a sheet for each indicator, in our form or in a city's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import cast

import typst

from kpi.charts import ChartSpec, Style, svg
from kpi.reports.content import Report
from kpi.reports.word_form.apart import FormApart, FormRefused
from kpi.reports.word_form.fields import Field, fields, plain
from kpi.reports.word_form.filling import Form
from kpi.reports.word_form.own_form import own_form
from kpi.reports.word_form.values import shared_values, values
from kpi.words import DEFAULT, say, speaking

__all__ = ["Field", "FormRefused", "check_template", "fields", "forms", "own_form"]

_PICTURE = b"#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.chart))"
#: Of the plot in pixels, beside 728 of the width: so flat that all of a sheet goes on one page.
_PLOT_HEIGHT = 250
#: Of a chart set some 130 mm wide: 280 to the inch on paper.
_FINENESS = 144
#: The compiler is one for all, and refuses who comes while it is at work.
_one_at_a_time = Lock()


@speaking(DEFAULT)
def forms(
    report: Report,
    style: Style,
    template: bytes | None = None,
    *,
    on_step: Callable[[float], None] = lambda _: None,
) -> bytes:
    """Return the document. ``template`` is a city's own form as a Word file; None is ours.

    ``on_step`` is told the share that is done, and may raise to give up. Raises `FormRefused`.
    """
    if template is None:
        return _filled(Form(own_form(style.theme), _colours(style)), report, style, on_step)
    with FormApart(template, _colours(style)) as form:
        return _filled(form, report, style, on_step)


def check_template(data: bytes) -> list[str]:
    """Return why a Word file cannot be filled, in sentences; nothing where it can."""
    try:
        with FormApart(data, _colours(Style.COLOUR)):
            return []
    except FormRefused as refused:
        return refused.faults


def _filled(
    form: Form | FormApart, report: Report, style: Style, on_step: Callable[[float], None]
) -> bytes:
    for number, sheet in enumerate(report.sheets, 1):
        picture = picture_of(sheet.spec, style)
        told = plain(sheet.spec.sentence)
        form.add(values(report, sheet), picture, told, say("report.docx.no_chart"))
        on_step(number / len(report.sheets))
    return form.to_bytes(shared_values(report), plain(report.title), report.day)


def _colours(style: Style) -> dict[str, str]:
    """Return the colours of marks as Word writes them."""
    return {band: style.theme[f"st-{band}-text"].removeprefix("#").upper() for band in "abcdn"}


def picture_of(spec: ChartSpec, style: Style) -> bytes | None:
    """Return a chart as PNG; None where there is no Japanese font to write on it."""
    families = {family.casefold() for family in _fonts().families()}
    if not any(name.strip().casefold() in families for name in style.theme.font.split(",")):
        return None
    drawn = {"chart": str(svg(spec, style, height=_PLOT_HEIGHT))}
    with _one_at_a_time:
        picture = _compiler().compile(_PICTURE, format="png", ppi=_FINENESS, sys_inputs=drawn)
    # One page, so bytes and no list of them.
    return cast("bytes", picture)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts()


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(font_paths=_fonts())
