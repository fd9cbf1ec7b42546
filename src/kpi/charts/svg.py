"""Draws a described chart as SVG without a browser: for web pages, and for documents of typst."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from markupsafe import Markup, escape

from kpi.charts.arrangement import Place, arrange, heights, mark_words, period_words
from kpi.charts.assessment import Mark
from kpi.charts.labels import HEIGHT, words_width
from kpi.charts.marks import mark_shape
from kpi.charts.spec import ChartSpec, Other, Point, Step
from kpi.charts.tokens import Look, Style, Theme, looks, type_sizes
from kpi.importing.remarks import without_controls
from kpi.notation import format_number
from kpi.words import say

#: Width of every drawing, in pixels, and height of its letters where the style has none larger.
_WIDTH, _LETTER = 728, type_sizes()["text"]
#: Room above, for the strip of the periods and for the years, where letters are 14 high.
_TOP, _STRIP, _YEARS, _RIGHT, _LEFT = 4, 50, 24, 16, 52
_LINE_HEIGHT = 18
#: How high letters stand in a line, from its middle down to their foot.
_FOOT = 4.9
_MOST_TICKS = 6


#: Lengths of strokes and of the gaps between them.
_DASHES = {"dash": "6 4.5", "dot": "1.6 4", "dashdot": "7 4 1.6 4", "longdash": "12 5"}
_GRID, _FRAME = Look("line-soft", 1, "solid", "", 0), Look("line-strong", 1, "solid", "", 0)


def svg(
    spec: ChartSpec, style: Style, theme: Theme | None = None, height: float = HEIGHT
) -> Markup:
    """Return a chart as an SVG 728 wide, which tells itself to those who do not see it.

    ``theme`` has the colours where they are not those of the style, as on a page that has its own;
    ``height`` is that of the plot alone.
    """
    drawing = _Drawing(spec, style, theme or style.theme, height)
    parts = [
        f"<title>{_plain(spec.title)}</title><desc>{_plain(spec.sentence)}</desc>",
        *(drawing.chart() if spec.has_figures else drawing.nothing()),
    ]
    # All words went through _plain, all else is numbers and names of ours.
    return Markup(  # noqa: S704
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_in(drawing.height)}" '
        f'width="{_WIDTH}" height="{_in(drawing.height)}" role="img" '
        f'font-family="{escape(drawing.theme.font)}" font-size="{_in(drawing.letter)}">'
        f"{''.join(parts)}</svg>"
    )


def ticks(low: float, high: float) -> list[float]:
    """Return round values of an axis, at most six, each a 1, 2 or 5 with zeros from the next."""
    power = math.floor(math.log10((high - low) / _MOST_TICKS))
    for step, digits in ((1, power), (2, power), (5, power), (1, power + 1), (2, power + 1)):
        unit = step * 10.0**digits
        first, last = math.ceil(low / unit - 1e-9), math.floor(high / unit + 1e-9)
        if last - first < _MOST_TICKS:
            break
    # Rounded, as 3 steps of 0.1 are 0.30000000000000004.
    return [round(n * unit, max(0, -digits)) for n in range(first, last + 1)]


class _Drawing:
    """One chart: where its years and values lie, and the parts drawn there."""

    def __init__(self, spec: ChartSpec, style: Style, theme: Theme, height: float) -> None:
        self.theme = theme
        self.letter = _LETTER * style.letters.text / Style.COLOUR.letters.text
        self._scale = self.letter / _LETTER
        self._style = style
        self._spec = spec
        self._ticks = ticks(*spec.axis) if spec.has_figures else []
        widest = max((words_width(format_number(tick)) for tick in self._ticks), default=0)
        self._left = max(_LEFT, widest * self._scale + 12)
        self._right = _WIDTH - _RIGHT * self._scale
        self._top = _TOP + _STRIP * self._scale
        self._bottom = self._top + height
        lines = max(label.count("\n") + 1 for label in spec.year_labels)
        self.height = self._bottom + (_YEARS + _LINE_HEIGHT * (lines - 1)) * self._scale

    def nothing(self) -> Iterator[str]:
        """Yield the words that there is nothing to draw."""
        self.height = 4 * _LINE_HEIGHT * self._scale
        yield self._text(say("chart.nothing"), _WIDTH / 2, self.height / 2, "ink-2")

    def chart(self) -> Iterator[str]:
        """Yield all parts, those below first."""
        spec = self._spec
        width = (self._right - self._left) / self._scale
        words = arrange(spec, width, (self._bottom - self._top) / self._scale, self._style)
        yield from self._periods()
        yield from self._axes()
        yield from self._band()
        if spec.path is not None:
            yield self._line([self._at(*end) for end in spec.path], looks()["path"])
        for step in spec.replaced:
            yield from self._step(step, looks()["replaced"])
        for step in spec.steps:
            yield from self._step(step, looks()["stretch" if step.is_stretch else "target"])
        for number, other in enumerate(spec.others, start=1):
            yield from self._other(other, looks()[f"other-{number}"])
        yield from self._projection()
        yield from self._course(spec.points, looks()["actual"])
        for label, place in words.steps:
            yield self._word(label, place, "ink", bold=True)
        for label, place in words.replaced + words.others:
            yield self._word(label, place, "ink-2")
        for number, (label, place) in sorted(words.points.items()):
            yield self._word(label, place, "ink", bold=number == len(spec.points) - 1)
        if words.path is not None:
            yield self._word(*words.path, "ink-3")
        if words.projection is not None:
            yield self._word(*words.projection, "accent")

    def _x(self, year: float) -> float:
        first, last = self._spec.years
        share = (year - first + 0.5) / (last - first + 1)
        return self._left + share * (self._right - self._left)

    def _y(self, value: float) -> float:
        low, high = self._spec.axis
        return self._bottom - (value - low) / (high - low) * (self._bottom - self._top)

    def _at(self, year: float, value: float) -> tuple[float, float]:
        return self._x(year), self._y(value)

    def _line(self, points: Sequence[tuple[float, float]], look: Look) -> str:
        ends = "L".join(f"{_in(x)} {_in(y)}" for x, y in points)
        dash = f' stroke-dasharray="{_DASHES[look.dash]}"' if look.dash in _DASHES else ""
        return (
            f'<path d="M{ends}" fill="none" stroke="{self.theme[look.colour]}" '
            f'stroke-width="{_in(look.width * self._scale)}"{dash}/>'
        )

    def _text(
        self,
        words: str,
        x: float,
        y: float,
        colour: str,
        anchor: str = "middle",
        *,
        bold: bool = False,
    ) -> str:
        """Return words whose middle is at a height."""
        weight = ' font-weight="700"' if bold else ""
        return (
            f'<text x="{_in(x)}" y="{_in(y + _FOOT * self._scale)}" text-anchor="{anchor}"'
            f' fill="{self.theme[colour]}"{weight}>{_plain(words)}</text>'
        )

    def _word(self, words: str, place: Place, colour: str, *, bold: bool = False) -> str:
        """Return words at the place found for them, line by line; of several the last is bold."""
        anchor = {"left": "start", "right": "end", "center": "middle"}[place.xanchor]
        lines = words.split("\n")
        height = _LINE_HEIGHT * self._scale
        above = {"top": 0, "middle": len(lines) / 2, "bottom": len(lines)}[place.yanchor] * height
        x, y = self._at(place.x, place.y)
        x, y = x + place.xshift * self._scale, y - place.yshift * self._scale - above
        return "".join(
            self._text(
                line,
                x,
                y + (number + 0.5) * height,
                colour,
                anchor,
                bold=bold or (number > 0 and line is lines[-1]),
            )
            for number, line in enumerate(lines)
        )

    def _box(self, left: float, right: float, top: float, bottom: float, colour: str) -> str:
        return (
            f'<rect x="{_in(left)}" y="{_in(top)}" width="{_in(right - left)}" '
            f'height="{_in(bottom - top)}" fill="{self.theme[colour]}"/>'
        )

    def _periods(self) -> Iterator[str]:
        """Shade every other period, and write its name, years and mark over it.

        A target that belongs to no period has its name and mark over its year.
        """
        edge = _GRID._replace(colour="line")
        for step in self._spec.steps:
            if step.mark is None:
                continue
            left, right = self._x(step.first_year - 0.5), self._x(step.last_year + 0.5)
            if step.period % 2:
                yield self._box(left, right, _TOP, self._bottom, "surface-3")
            for x in (left, right) if step.period else ():
                yield self._line([(x, _TOP), (x, self._bottom)], edge)
            yield from self._over(step, step.mark, (left + right) / 2, right - left)

    def _over(self, step: Step, mark: Mark, x: float, room: float) -> Iterator[str]:
        """Write what stands over a period, in short where it is too wide for it."""
        scale, style, calendar = self._scale, self._style, self._spec.calendar
        title = self._first_that_fits([period_words(step, calendar, style), step.title], room)
        yield self._text(title, x, _TOP + 12 * scale, "ink-2")
        label = self._first_that_fits(
            [mark_words(mark, calendar, style), mark.label], room - 20 * scale
        )
        wide = words_width(label) * scale
        y, size = _TOP + 34 * scale, 14 * scale
        yield self._text(label, x + size * 0.6, y, "ink", bold=True)
        colour, ground = self.theme[f"st-{mark.colour}"], self.theme["surface"]
        yield (
            f'<g transform="translate({_in(x - wide / 2 - size * 0.7)} {_in(y - size / 2)}) '
            f'scale({size / 16:.3f})" color="{colour}">{mark_shape(mark.shape, ground)}</g>'
        )

    def _first_that_fits(self, ways: Sequence[str], room: float) -> str:
        fitting = (words for words in ways if words_width(words) * self._scale <= room - 4)
        return next(fitting, ways[-1])

    def _axes(self) -> Iterator[str]:
        low = self._spec.axis[0]
        for tick in self._ticks:
            y = self._y(tick)
            # Zero within the axis stands out, its lower end is the line of the years.
            colour = "line-strong" if tick == 0 else "line-soft"
            if tick != low:
                yield self._line([(self._left, y), (self._right, y)], _GRID._replace(colour=colour))
            yield self._text(format_number(tick), self._left - 8, y, "ink-3", "end")
        foot = [(self._left, self._bottom), (self._right, self._bottom)]
        yield self._line(foot, _FRAME)
        for year, label in self._labelled_years():
            for number, line in enumerate(label.split("\n")):
                y = self._bottom + (13 + _LINE_HEIGHT * number) * self._scale
                yield self._text(line, self._x(year), y, "ink-3" if number else "ink-2")

    def _labelled_years(self) -> Iterable[tuple[int, str]]:
        first, last = self._spec.years
        labels = self._spec.year_labels
        widest = max(words_width(line) for label in labels for line in label.split("\n"))
        every = math.ceil((widest + 6) * self._scale / (self._x(first + 1) - self._x(first)))
        return list(zip(range(first, last + 1), labels, strict=True))[::every]

    def _step(self, step: Step, look: Look) -> Iterator[str]:
        left, right = self._x(step.first_year - 0.5), self._x(step.last_year + 0.5)
        if step.value_high is not None:
            top, bottom = self._y(step.value_high), self._y(step.value)
            if self._style is Style.MONOCHROME:
                yield self._line_set(
                    _slanting(left, right, top, bottom), _GRID._replace(colour="line")
                )
            else:
                yield self._box(left, right, top, bottom, "line-soft")
        for height in heights(step):
            y = self._y(height)
            yield self._line([(left, y), (right, y)], look)
            if look.symbol:
                # An upright stroke ends the step: the target is for the last year.
                half = look.size / 2 * self._scale
                ends = [(right, y - half), (right, y + half)]
                yield self._line(ends, look._replace(dash="solid"))

    def _line_set(self, lines: Iterable[Sequence[tuple[float, float]]], look: Look) -> str:
        return "".join(self._line(line, look) for line in lines)

    def _other(self, other: Other, look: Look) -> Iterator[str]:
        """Draw a series of another plan: its course, and each target over its own year alone."""
        for target in other.targets:
            left, right = self._x(target.first_year - 0.4), self._x(target.last_year + 0.4)
            for height in heights(target):
                y = self._y(height)
                yield self._line([(left, y), (right, y)], look)
                strokes = [[(x, y - 4.5), (x, y + 4.5)] for x in (left, right)]
                yield self._line_set(strokes, look._replace(dash="solid"))
        yield from self._course(other.points, look)

    def _band(self) -> Iterator[str]:
        ahead = self._spec.projection
        if ahead is None:
            return
        begin = self._at(ahead.from_year, ahead.from_value)
        low, high = self._at(ahead.year, ahead.low), self._at(ahead.year, ahead.high)
        if self._style is Style.MONOCHROME:
            yield self._line_set(_upright(begin, low, high), _FRAME)
        else:
            corners = " ".join(f"{_in(x)},{_in(y)}" for x, y in (begin, high, low))
            yield f'<polygon points="{corners}" fill="{self.theme["accent-tint"]}"/>'

    def _projection(self) -> Iterator[str]:
        ahead = self._spec.projection
        if ahead is None:
            return
        way = (ahead.from_year, ahead.from_value), (ahead.year, ahead.value)
        width = (ahead.year, ahead.low), (ahead.year, ahead.high)
        look = looks()["projected"]
        yield self._line([self._at(*end) for end in way], look)
        yield self._line([self._at(*end) for end in width], look._replace(dash="solid"))

    def _course(self, points: tuple[Point, ...], look: Look) -> Iterator[str]:
        """Draw known values: joined between neighbouring years, thinly across years without one."""
        gap = looks()["gap"]._replace(colour=look.colour)
        for a, b in pairwise(points):
            ends = [self._at(a.year, a.value), self._at(b.year, b.value)]
            yield self._line(ends, look if b.year - a.year == 1 else gap)
        for point in points:
            drawn = looks()["base"] if point.is_base else look
            is_hollow = point.is_base or point.is_provisional
            fill = self.theme["surface"] if is_hollow else self.theme[drawn.colour]
            path = _symbol(
                drawn.symbol, *self._at(point.year, point.value), drawn.size / 2 * self._scale
            )
            yield (
                f'<path d="{path}" fill="{fill}" stroke="{self.theme[drawn.colour]}" '
                f'stroke-width="{_in(2 * self._scale)}"/>'
            )


def _symbol(name: str, x: float, y: float, half: float) -> str:
    """Return the outline of a point's symbol around a place."""
    match name:
        case "circle":
            return (
                f"M{_in(x - half)} {_in(y)}a{half} {half} 0 1 0 {2 * half} 0"
                f"a{half} {half} 0 1 0 {-2 * half} 0Z"
            )
        case "square":
            corners = [(-half, -half), (half, -half), (half, half), (-half, half)]
        case "diamond":
            corners = [(0, -half), (half, 0), (0, half), (-half, 0)]
        case "triangle":
            corners = [(0, -half), (half, half), (-half, half)]
        case _:
            thin = half / 3
            corners = [
                (-thin, -half), (thin, -half), (thin, -thin), (half, -thin), (half, thin),
                (thin, thin), (thin, half), (-thin, half), (-thin, thin), (-half, thin),
                (-half, -thin), (-thin, -thin),
            ]  # fmt: skip
    return "M" + "L".join(f"{_in(x + dx)} {_in(y + dy)}" for dx, dy in corners) + "Z"


def _slanting(
    left: float, right: float, top: float, bottom: float
) -> Iterator[list[tuple[float, float]]]:
    """Yield the strokes that hatch a box."""
    height = bottom - top
    for start in range(int(left - height), int(right), 8):
        begin, end = max(left, start), min(right, start + height)
        if begin < end:
            yield [(begin, bottom - (begin - start)), (end, bottom - (end - start))]


def _upright(
    tip: tuple[float, float], low: tuple[float, float], high: tuple[float, float]
) -> Iterator[list[tuple[float, float]]]:
    """Yield the strokes that hatch a triangle with an upright side."""
    wide = low[0] - tip[0]
    for away in range(6, int(wide), 6):
        share = away / wide
        yield [(tip[0] + away, tip[1] + (end[1] - tip[1]) * share) for end in (low, high)]


def _plain(words: str) -> Markup:
    """Return words as XML has them, without the signs that it has no place for."""
    return escape(without_controls(words))


def _in(pixels: float) -> str:
    """Return a length, to a tenth of a pixel."""
    return f"{pixels:.1f}".removesuffix(".0")
