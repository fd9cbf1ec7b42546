"""冊子: the whole report as a PDF to be printed, searched and read aloud, set by typst.

Its text can be searched, its fonts are embedded, and it is tagged as PDF/UA-1 asks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime, time
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

from kpi.charts import Style
from kpi.reports.content import NotMade, Report
from kpi.reports.telling import Told, shapes, tell
from kpi.reports.typesetting import NO_FONT
from kpi.words import DEFAULT, say, speaking


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
#: Japanese fonts of systems that have none of those of the screen.
_ALSO = (
    "Yu Gothic", "MS Gothic", "Hiragino Sans", "Hiragino Kaku Gothic ProN", "IPAexGothic",
    "IPAGothic", "TakaoGothic", "VL Gothic",
)  # fmt: skip
#: Who waits is asked this often, in seconds, whether to go on.
_ASKED_EVERY = 0.2


class FontMissing(NotMade):
    """No Japanese font: a booklet cannot be set. The message says so; all else goes on working."""


@speaking(DEFAULT)
def booklet(
    report: Report, style: Style, *, on_step: Callable[[float], None] = lambda _: None
) -> bytes:
    """Return the report as a PDF; the same report gives the same bytes.

    ``on_step`` is told the share done, and may raise to give up. Raises `FontMissing`.
    """
    pages = _set(_told(report, style, on_step), lambda: on_step(_DRAWING))
    on_step(1.0)
    return pages


@speaking(DEFAULT)
def pictures(report: Report, style: Style, most: int) -> list[bytes]:
    """Return the first pages as PNG, at most so many. Raises `FontMissing`."""
    told = _told(report, style, lambda _: None) | {"pictures": most}
    return [b64decode(page) for page in json.loads(_set(told, lambda: None))]


def _told(report: Report, style: Style, on_step: Callable[[float], None]) -> Told:
    """Return all that the typesetter is told."""
    measures = _LARGE if style is Style.LARGE else _MEASURES
    return {
        "fonts": _fonts(style),
        "letter": measures.letter,
        "years_wide": measures.years_wide,
        "colours": style.theme.colours,
        "shapes": shapes(style.theme),
        "moment": int(datetime.combine(report.day, time(), UTC).timestamp()),
        **tell(report, style, style.theme, measures.plot, lambda share: on_step(share * _DRAWING)),
    }


def _fonts(style: Style) -> list[str]:
    """Return the fonts to be set in, the best first."""
    return [*(name.strip() for name in style.theme.font.split(",")), *_ALSO]


def _set(told: Told, on_wait: Callable[[], None]) -> bytes:
    """Return what the typesetter made of it; it is ended where ``on_wait`` raises."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("KPI_")}
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    command = [sys.executable, "-P", "-m", "kpi.reports.typesetting"]
    # From a file: what a pipe has not taken when the first wait is over would never be sent.
    with TemporaryFile() as asked:
        asked.write(json.dumps(told, ensure_ascii=False).encode())
        asked.seek(0)
        process = subprocess.Popen(  # noqa: S603
            command,
            stdin=asked,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    with process:
        try:
            while True:
                try:
                    pages, complaints = process.communicate(timeout=_ASKED_EVERY)
                    break
                except subprocess.TimeoutExpired:
                    on_wait()
        except BaseException:
            process.kill()
            raise
    if process.returncode == NO_FONT:
        raise FontMissing(say("report.booklet.no_font"))
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, stderr=complaints)
    return pages
