"""Text on slides: runs with a Japanese typeface, measured before they are set, so none overflows.

PowerPoint shrinks what is too long only when somebody edits it; other programs never do. So sizes
are chosen here, a little on the safe side.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import NamedTuple

from kpi.charts import Theme
from kpi.importing.remarks import without_controls
from kpi.reports.native_chart import FONT
from kpi.reports.slide_master import PIXEL, points

#: Of a line to its letters: the most that a Japanese typeface takes.
LEADING = 1.45
#: Between the text of a cell and its edges, in pixels.
_ACROSS, _UPRIGHT = 9, 4
#: From here on letters are as wide as high; others are at most so wide, whatever the typeface.
_JAPANESE, _OTHERS = 0x2E80, 0.64
_SENTENCE = re.compile(r"(?<=[。\n])")


class Run(NamedTuple):
    """Words in one look; ``size`` in pixels of the mock-up."""

    text: str
    size: float
    ink: str = "ink"
    is_bold: bool = False


Paragraph = tuple[Run, ...]


@dataclass(frozen=True)
class Block:
    """A text under its heading."""

    heading: str
    text: str
    ink: str = "ink"


@dataclass(frozen=True)
class Cell:
    """A cell of a table; its text is wrapped at its width."""

    paragraphs: tuple[Paragraph, ...]
    is_right: bool = False


Row = tuple[Cell, ...]


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Return a text in the lines it takes in a box; room is left for what may not begin a line."""
    room = width / size - 0.7
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line, used = "", 0.0
        for letter in paragraph:
            wide = 1 if ord(letter) > _JAPANESE else _OTHERS
            if line and used + wide > room:
                lines.append(line)
                line, used = "", 0.0
            line += letter
            used += wide
        lines.append(line)
    return lines


def fitting(text: str, width: float, ways: Sequence[tuple[float, int]]) -> float | None:
    """Return the first size in which a text has at most so many lines; None where there is none."""
    return next((size for size, most in ways if len(wrapped(text, width, size)) <= most), None)


def sentences(text: str) -> list[str]:
    """Return a text in its sentences."""
    return [sentence for sentence in _SENTENCE.split(text) if sentence]


def height_of(paragraphs: Sequence[Paragraph], width: float) -> float:
    """Return how high paragraphs stand, in pixels."""
    return sum(
        len(wrapped("".join(run.text for run in paragraph), width, paragraph[0].size))
        * max(run.size for run in paragraph)
        * LEADING
        for paragraph in paragraphs
        if paragraph
    )


def set_blocks(blocks: Sequence[Block], size: float) -> list[Paragraph]:
    """Return blocks as paragraphs: heading, then text."""
    paragraphs: list[Paragraph] = []
    for block in blocks:
        if block.heading:
            paragraphs.append((Run(block.heading, size, is_bold=True),))
        paragraphs += [(Run(line, size, block.ink),) for line in block.text.split("\n") if line]
    return paragraphs


def take(
    blocks: Sequence[Block], width: float, height: float, size: float
) -> tuple[list[Block], list[Block]]:
    """Return the blocks that fit in a box, and those left; one may be parted between sentences."""
    taken: list[Block] = []
    for number, block in enumerate(blocks):
        if height_of(set_blocks([*taken, block], size), width) <= height:
            taken.append(block)
            continue
        used = height_of(set_blocks(taken, size), width)
        room = int((height - used) / (size * LEADING)) - bool(block.heading)
        here, left = _parted(block.text, width, size, room)
        if here:
            taken.append(replace(block, text=here))
            return taken, [replace(block, text=left), *blocks[number + 1 :]]
        return taken, list(blocks[number:])
    return taken, []


def _parted(text: str, width: float, size: float, most: int) -> tuple[str, str]:
    """Return as much of a text as has so many lines, and what is left of it."""
    here = ""
    for sentence in sentences(text):
        if len(wrapped((here + sentence).rstrip("\n"), width, size)) > most:
            break
        here += sentence
    if not here and most > 2:
        # One sentence longer than the room there is.
        here = "".join(wrapped(sentences(text)[0].rstrip("\n"), width, size)[:most])
    return here.rstrip("\n"), text[len(here) :]


def paragraphs_xml(paragraphs: Sequence[Paragraph], theme: Theme, align: str = "") -> str:
    """Return paragraphs as DrawingML."""
    if not any(run.text for paragraph in paragraphs for run in paragraph):
        return '<a:p><a:endParaRPr lang="ja-JP"/></a:p>'
    side = f' algn="{align}"' if align else ""
    return "".join(
        f'<a:p><a:pPr{side} eaLnBrk="1" hangingPunct="1"/>'
        + "".join(_run(run, theme) for run in paragraph)
        + "</a:p>"
        for paragraph in paragraphs
    )


def _run(run: Run, theme: Theme) -> str:
    return (
        f'<a:r><a:rPr lang="ja-JP" altLang="en-US" sz="{points(run.size)}" b="{int(run.is_bold)}">'
        f'<a:solidFill><a:srgbClr val="{theme[run.ink].removeprefix("#")}"/></a:solidFill>'
        f'<a:latin typeface="{FONT}"/><a:ea typeface="{FONT}"/></a:rPr>'
        f"<a:t>{plain(run.text)}</a:t></a:r>"
    )


def plain(text: str) -> str:
    """Return a text as it may stand in XML, shown as it is."""
    return escape(without_controls(text).replace("\n", " "), quote=True)


def row_height(row: Row, widths: Sequence[float]) -> float:
    """Return how high a row of a table stands, in pixels."""
    return 2 * _UPRIGHT + max(
        height_of(cell.paragraphs, width - 2 * _ACROSS)
        for cell, width in zip(row, widths, strict=True)
    )


def pages(
    rows: Sequence[Row], widths: Sequence[float], heading: Row, room: float
) -> list[list[Row]]:
    """Return the rows as they fit on pages of so many pixels; the heading stands on each."""
    used = row_height(heading, widths)
    found: list[list[Row]] = [[]]
    height = used
    for row in rows:
        high = row_height(row, widths)
        if found[-1] and height + high > room:
            found.append([])
            height = used
        found[-1].append(row)
        height += high
    return found


def table_xml(
    heading: Row, rows: Sequence[Row], widths: Sequence[float], theme: Theme
) -> tuple[str, float]:
    """Return a table as DrawingML, and its height in pixels."""
    columns = "".join(f'<a:gridCol w="{round(width * PIXEL)}"/>' for width in widths)
    lines, total = [], 0.0
    for number, row in enumerate((heading, *rows)):
        high = row_height(row, widths)
        total += high
        line = ("ink", 2) if number == 0 else ("line-strong", 1)
        cells = "".join(_cell(cell, theme, *line) for cell in row)
        lines.append(f'<a:tr h="{round(high * PIXEL)}">{cells}</a:tr>')
    return (
        f'<a:tbl><a:tblPr firstRow="1"/><a:tblGrid>{columns}</a:tblGrid>{"".join(lines)}</a:tbl>',
        total,
    )


def _cell(cell: Cell, theme: Theme, ink: str, width: float) -> str:
    colour = theme[ink].removeprefix("#")
    none = "".join(f'<a:{side} w="0"><a:noFill/></a:{side}>' for side in ("lnL", "lnR", "lnT"))
    text = paragraphs_xml(cell.paragraphs, theme, "r" if cell.is_right else "l")
    return (
        f"<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>{text}</a:txBody>"
        f'<a:tcPr marL="{_ACROSS * PIXEL}" marR="{_ACROSS * PIXEL}" marT="{_UPRIGHT * PIXEL}"'
        f' marB="{_UPRIGHT * PIXEL}" anchor="ctr">{none}'
        f'<a:lnB w="{round(width * PIXEL)}"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>'
        "</a:lnB><a:noFill/></a:tcPr></a:tc>"
    )
