"""冊子: the whole report as a PDF to be printed, searched and read aloud, set by typst.

Its text can be searched, its fonts are embedded, and it is tagged as PDF/UA-1 asks.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, time
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import typst

from kpi.charts import Style
from kpi.reports.content import NotMade, Report
from kpi.reports.telling import shapes, tell
from kpi.words import say


class _Measures(NamedTuple):
    #: Height of letters in points.
    letter: float
    #: How many years stand side by side.
    years_wide: int
    #: Height of a plot, low enough for an indicator to stand on one page.
    plot: float


_MEASURES = _Measures(9.5, 12, 220)
_LARGE = _Measures(12.5, 8, 320)
#: Share of the time that the charts take; the rest is setting the pages.
_DRAWING = 0.3
#: Dots to the inch of a page as a picture.
_PPI = 90


class FontMissing(NotMade):
    """No Japanese font: a booklet cannot be set. The message says so; all else goes on working."""


def booklet(
    report: Report, style: Style, *, on_step: Callable[[float], None] = lambda _: None
) -> bytes:
    """Return the report as a PDF; the same report gives the same bytes.

    ``on_step`` is told the share done, and may raise to give up. Raises `FontMissing`.
    """
    options = _options(report, style, on_step) | {"format": "pdf"}
    try:
        pages: bytes = typst.compile(pdf_standards="ua-1", **options)
    except typst.TypstError:
        # The standard refuses letters that no font has; they are better shown as boxes than not.
        pages = typst.compile(**options)
    on_step(1.0)
    return pages


def pictures(report: Report, style: Style, most: int) -> list[bytes]:
    """Return the first pages as PNG, at most so many; raises `FontMissing`."""
    pages = typst.compile(**_options(report, style, lambda _: None), format="png", ppi=_PPI)
    return (pages if isinstance(pages, list) else [pages])[:most]


def _options(report: Report, style: Style, on_step: Callable[[float], None]) -> dict[str, Any]:
    """Return what typst is asked, but for the format."""
    measures = _LARGE if style is Style.LARGE else _MEASURES
    told = {
        "fonts": _families(style),
        "letter": measures.letter,
        "years_wide": measures.years_wide,
        "colours": style.theme.colours,
        "shapes": shapes(style.theme),
        **tell(report, style, style.theme, measures.plot, lambda share: on_step(share * _DRAWING)),
    }
    return {
        "input": (files(__package__) / "booklet.typ").read_bytes(),
        "font_paths": _fonts(),
        "sys_inputs": {"report": json.dumps(told, ensure_ascii=False)},
        "timestamp": datetime.combine(report.day, time(), UTC),
    }


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts()


def _families(style: Style) -> list[str]:
    """Return which of the fonts of the style there are, the first the one to use."""
    known = {family.lower() for family in _fonts().families()}
    asked = [name.strip() for name in style.theme.font.split(",")]
    found = [name for name in asked if name.lower() in known]
    if not found:
        raise FontMissing(say("report.booklet.no_font"))
    return found
