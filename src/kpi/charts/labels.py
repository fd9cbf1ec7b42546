"""Finds places for the words of a chart, so that none lies on another or on a line.

All in pixels, y upwards, where letters are 14 high. Words are placed one after the other, the
telling ones first: each where it touches least, the first of equally good places.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

#: Size of the plot on a small laptop, without margins and without the strip of periods.
WIDTH, HEIGHT = 660.0, 304.0
_LINE_HEIGHT = 18.0
#: A line is known to the places by points this far apart.
_STEP = 3.0
#: What it costs to lie on other words, per square pixel, and on a line, per point of it.
_ON_WORDS, _ON_LINE, _OUTSIDE = 1.0, 4.0, 50.0


class Box(NamedTuple):
    """Where words stand, or might."""

    left: float
    bottom: float
    right: float
    top: float


def words_width(words: str) -> float:
    """Return about how wide words are: Japanese letters are as wide as high, others half."""
    return sum(14.0 if ord(letter) > 0x2E80 else 8.3 for letter in words)


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
        costs = [self._cost(box) + number for number, box in enumerate(boxes)]
        best = costs.index(min(costs))
        self._boxes.append(boxes[best])
        return best

    def take(self, box: Box) -> None:
        """Take a box that something else than words fills, as the mark of a point."""
        self._boxes.append(box)

    def _cost(self, box: Box) -> float:
        crossed = sum(
            box.left < x < box.right and box.bottom + 2 < y < box.top - 2 for x, y in self._points
        )
        covered = sum(
            max(0.0, min(box.right, other.right) - max(box.left, other.left))
            * max(0.0, min(box.top, other.top) - max(box.bottom, other.bottom))
            for other in self._boxes
        )
        outside = (
            max(0.0, -box.bottom) + max(0.0, box.right - self._width - 12) + max(0.0, -box.left)
        )
        outside += max(0.0, box.top - self._height)
        return crossed * _ON_LINE + covered * _ON_WORDS + outside * _OUTSIDE
