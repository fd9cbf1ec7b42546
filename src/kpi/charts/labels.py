"""Finds places for the words of a chart, so that none lies on another or on a line.

All in pixels, y upwards, where letters are 14 high. Words are placed one after the other, the
telling ones first: each where it touches least, the first of equally good places.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Size of the plot on a small laptop, without margins and without the strip of periods.
WIDTH, HEIGHT = 660.0, 304.0
_LINE_HEIGHT = 18.0
#: A line is known to the places by points this far apart.
_STEP = 3.0
#: What it costs to lie on other words, per square pixel, and on a line, per point of it.
_ON_WORDS, _ON_LINE, _OUTSIDE = 1.0, 4.0, 50.0

Table = NDArray[np.float64]


class Box(NamedTuple):
    """Where words stand, or might."""

    left: float
    bottom: float
    right: float
    top: float


def words_width(words: str) -> float:
    """Return about how wide words are: Japanese letters are as wide as high, others half."""
    return sum(14.0 if ord(letter) > 0x2E80 else 8.3 for letter in words)


# What is not broken: letters and figures of half width, with the brackets before and the signs
# after, which begin no line.
_TOGETHER = re.compile(
    r"[（「『【〔]*(?:[!-~]+|.)[、。，．：；）」』】〕％…ー〜～・々ぁぃぅぇぉっゃゅょァィゥェォッャュョ]*",
    re.DOTALL,
)


def wrapped(text: str, width: float) -> list[str]:
    """Return a text in lines of at most so many pixels at a size of 14; none for no text."""
    lines: list[str] = []
    for part in _TOGETHER.findall(text):
        # What is longer than a line is broken anywhere.
        for piece in part if words_width(part) > width else (part,):
            if not lines or words_width(lines[-1] + piece) > width:
                lines.append("")
            lines[-1] += piece
    return lines


def box_at(x: float, y: float, words: str, *, across: str, upright: str) -> Box:
    """Return the box of words at a point: ``left, center, right`` of it, ``top, middle, bottom``.

    Lines of words are parted by line breaks.
    """
    lines = words.split("\n")
    width, height = max(map(words_width, lines)), _LINE_HEIGHT * len(lines)
    left = {"left": x - width, "center": x - width / 2, "right": x}[across]
    bottom = {"top": y, "middle": y - height / 2, "bottom": y - height}[upright]
    return Box(left, bottom, left + width, bottom + height)


class Places:
    """What is taken on a plot: lines by their points, and words by their boxes."""

    def __init__(self, width: float, height: float) -> None:
        """Begin with an empty plot of this size."""
        self._width, self._height = width, height
        self._points: list[tuple[float, float]] = []
        self._boxes: list[Box] = []

    def line(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Take the places under a straight line."""
        (x0, y0), (x1, y1) = start, end
        count = max(1, int(max(abs(x1 - x0), abs(y1 - y0)) / _STEP))
        self._points += [
            (x0 + (x1 - x0) * n / count, y0 + (y1 - y0) * n / count) for n in range(count + 1)
        ]

    def put(self, boxes: Sequence[Box]) -> int:
        """Take the best of the boxes and return its number."""
        costs = self._costs(np.array(boxes)) + np.arange(len(boxes))
        best = int(costs.argmin())
        self._boxes.append(boxes[best])
        return best

    def take(self, box: Box) -> None:
        """Take a box that something else than words fills, as the mark of a point."""
        self._boxes.append(box)

    def _costs(self, boxes: Table) -> Table:
        """Return what each box costs: a row of left, bottom, right and top each."""
        left, bottom, right, top = boxes.T[:, :, None]
        x, y = np.array(self._points or np.empty((0, 2))).T
        crossed = ((left < x) & (x < right) & (bottom + 2 < y) & (y < top - 2)).sum(axis=1)
        others = np.array(self._boxes or np.empty((0, 4))).T
        wide = np.minimum(right, others[2]) - np.maximum(left, others[0])
        high = np.minimum(top, others[3]) - np.maximum(bottom, others[1])
        covered = (wide.clip(0) * high.clip(0)).sum(axis=1)
        beyond = -bottom, right - self._width - 12, -left, top - self._height
        outside = np.sum([over.clip(0)[:, 0] for over in beyond], axis=0)
        costs: Table = crossed * _ON_LINE + covered * _ON_WORDS + outside * _OUTSIDE
        return costs
