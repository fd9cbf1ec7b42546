"""Arranges the words of a described chart: what is written, and where; every engine draws it so."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from kpi.charts.assessment import Mark
from kpi.charts.labels import HEIGHT, WIDTH, Box, Places, box_at, words_width
from kpi.charts.spec import Calendar, ChartSpec, Other, Point, Projection, Step
from kpi.charts.tokens import Style
from kpi.words import say
from kpi.written import short_year

# More characters than this on all points together, and only the telling ones are labelled.
_ROOM = 72


class Place(NamedTuple):
    """Where an annotation is tied to, and by which of its edges."""

    #: Fiscal year and value.
    x: float
    y: float
    xanchor: str
    yanchor: str
    #: Pixels away from there, upwards.
    xshift: float = 0
    yshift: float = 0


class Words(NamedTuple):
    """What is written on a plot and where; lines of words are parted by line breaks."""

    steps: list[tuple[str, Place]]
    replaced: list[tuple[str, Place]]
    #: By the number of the point, for those that are labelled.
    points: dict[int, tuple[str, Place]]
    #: What the end of the line is called, and below it the value.
    projection: tuple[str, Place] | None
    path: tuple[str, Place] | None
    #: Of the series of other plans.
    others: list[tuple[str, Place]]


def arrange(
    spec: ChartSpec,
    width: float = WIDTH,
    height: float = HEIGHT,
    style: Style = Style.COLOUR,
) -> Words:
    """Find places for all words: of the steps, the projection, the points and the path.

    ``width`` and ``height`` are those of the plot in pixels, where letters are 14 high.
    """
    arrangement = _Arrangement(spec, width, height)
    put = arrangement.put
    steps = [put(arrangement.step_ways(step)) for step in spec.steps]
    replaced = [put(arrangement.step_ways(step, say("chart.replaced"))) for step in spec.replaced]
    projection = path = None
    if spec.projection is not None:
        projection = put(_projection_ways(spec.projection))
    # The first and the last are looked for, so they choose first.
    labelled = _labelled(spec.points, _ROOM * width / WIDTH, style)
    order = sorted(labelled, key=lambda n: (0 < n < len(spec.points) - 1, n))
    points = {number: put(_point_ways(spec, number, style)) for number in order}
    if spec.path is not None:
        path = put(_path_ways(spec.path))
    others = [
        put([(words, Place(year, value, *way)) for way in _ways_around(is_dip=False)])
        for other in spec.others
        for words, year, value in _told(other)
    ]
    return Words(steps, replaced, points, projection, path, others)


def heights(step: Step) -> list[float]:
    """Return where a target is drawn: at its value, for a range at both ends."""
    return [step.value] if step.value_high is None else [step.value, step.value_high]


def projected_word(ahead: Projection) -> str:
    """Return what the end of the line is called: an outlook only where the band is of one mind."""
    return say("chart.projected" if ahead.is_sure else "chart.projected_open")


def period_words(step: Step, calendar: Calendar, style: Style = Style.COLOUR) -> str:
    """Return what stands over a period: 第3期　R4〜7; from afar 第3期."""
    if style is Style.LARGE and step.period:
        return step.title
    span = year_words(step.first_year, calendar)
    if step.first_year != step.last_year:
        end = year_words(step.last_year, calendar)
        # The years of an era or of a century: R4〜7, 2022〜25.
        shared = 2 if end.isdecimal() else 1
        end = end[shared:] if span[:shared] == end[:shared] else end
        span = say("display.years", first=span, last=end)
    return say("chart.period", title=step.title, span=span)


def mark_words(mark: Mark, calendar: Calendar, style: Style = Style.COLOUR) -> str:
    """Return the word of a mark, and whether it is held against another year's actual."""
    if not mark.is_reference or mark.judged_year is None:
        return mark.label
    if style is Style.LARGE:
        return mark.label + say("chart.reference_short")
    return mark.label + say("chart.reference", year=year_words(mark.judged_year, calendar))


def year_words(year: int, calendar: Calendar) -> str:
    """Return a year as it stands in a line: R7, or 2025 where only Western years are written."""
    return str(year) if calendar is Calendar.WESTERN else short_year(year)


_OPPOSITE = {
    "left": "right", "right": "left", "center": "center", "top": "bottom", "bottom": "top",
    "middle": "middle",
}  # fmt: skip


class _Arrangement:
    """The words of one chart finding their places."""

    def __init__(self, spec: ChartSpec, width: float, height: float) -> None:
        self._spec = spec
        self._width, self._height = width, height
        self._places = Places(width, height)
        self._take_lines()

    def _at(self, year: float, value: float) -> tuple[float, float]:
        first, last = self._spec.years
        low, high = self._spec.axis
        x = (year - first + 0.5) / (last - first + 1) * self._width
        return x, (value - low) / (high - low) * self._height

    def _take_lines(self) -> None:
        spec, at, line = self._spec, self._at, self._places.line
        for a, b in pairwise(spec.points):
            line(at(a.year, a.value), at(b.year, b.value))
        for step in spec.steps + spec.replaced:
            for height in heights(step):
                line(at(step.first_year - 0.5, height), at(step.last_year + 0.5, height))
        for other in spec.others:
            for a, b in pairwise(other.points):
                line(at(a.year, a.value), at(b.year, b.value))
            for target in other.targets:
                ends = target.first_year - 0.4, target.last_year + 0.4
                for height in heights(target):
                    line(at(ends[0], height), at(ends[1], height))
        if spec.path is not None:
            line(at(*spec.path[0]), at(*spec.path[1]))
        if (ahead := spec.projection) is not None:
            line(at(ahead.from_year, ahead.from_value), at(ahead.year, ahead.value))
            line(at(ahead.year, ahead.low), at(ahead.year, ahead.high))
        for point in (*spec.points, *(p for other in spec.others for p in other.points)):
            x, y = at(point.year, point.value)
            self._places.take(Box(x - 6, y - 6, x + 6, y + 6))

    def put(self, ways: list[tuple[str, Place]]) -> tuple[str, Place]:
        """Take the best of several ways to write something: words and their place."""
        return ways[self._places.put([self._box(*way) for way in ways])]

    def _box(self, words: str, place: Place) -> Box:
        x, y = self._at(place.x, place.y)
        # Words tied by their left edge stand to the right of that place.
        return box_at(
            x + place.xshift,
            y + place.yshift,
            words,
            across=_OPPOSITE[place.xanchor],
            upright=_OPPOSITE[place.yanchor],
        )

    def step_ways(self, step: Step, name: str = "") -> list[tuple[str, Place]]:
        """Return how a step may be labelled: above it from its beginning on, in short, or below.

        It is never without its ``name``, where it has one besides being a target.
        """
        word = say("chart.stretch" if step.is_stretch else "chart.target")
        full = f"{name or word} {step.text}"
        begin, end = step.first_year - 0.44, step.last_year + 0.44
        top = step.value if step.value_high is None else step.value_high
        above, below = [], []
        # A stretch goal is never without its name: it is another target than the period's.
        is_named = step.is_stretch or bool(name)
        for words in (full,) if is_named else (full, step.text):
            room = end - begin - self._years_wide(words)
            if room < 0 and words != step.text and not is_named:
                continue
            for n in range(max(0, int(room / 0.25)) + 1):
                left = begin + 0.25 * n
                above.append((words, Place(left, top, "left", "bottom", 0, 2)))
                below.append((words, Place(left, step.value, "left", "top", 0, -2)))
            above.append((words, Place(end, top, "right", "bottom", 0, 2)))
        return above + below

    def _years_wide(self, words: str) -> float:
        """Return about how many years of the axis a text takes."""
        return words_width(words) / self._width * (self._spec.years[1] - self._spec.years[0] + 1)


def _label(spec: ChartSpec, number: int, style: Style) -> str:
    point = spec.points[number]
    if point.is_base:
        return f"{say('chart.base')} {point.text}"
    # Where others stand beside it, the course is named once.
    is_named = spec.name and number == len(spec.points) - 1
    # A hollow point needs no looking up where it may be hard to see.
    is_told = point.is_provisional and style is not Style.COLOUR
    named = (spec.name if is_named else "", say("chart.provisional") if is_told else "")
    return " ".join(filter(None, (*named, point.text)))


def _labelled(points: tuple[Point, ...], room: float, style: Style) -> set[int]:
    """Return which points get their value written: all if there is room, else the telling ones.

    From afar the first and the last.
    """
    if style is Style.LARGE:
        return {0, len(points) - 1} if points else set()
    if sum(len(point.text) for point in points) <= room:
        return set(range(len(points)))
    by_value = sorted(range(len(points)), key=lambda number: points[number].value)
    return {0, len(points) - 1, by_value[0], by_value[-1]}


def _told(other: Other) -> list[tuple[str, int, float]]:
    """Return what is written of another plan's series: its last value and its last target.

    Whose it is stands at the first of these, the mark at both.
    """
    told = [(point.text, point.year, point.value) for point in other.points[-1:]]
    for target in other.targets[-1:]:
        word = say("chart.stretch" if target.is_stretch else "chart.target")
        told.append((f"{word} {target.text}", target.last_year, max(heights(target))))
    return [
        (f"{other.mark}{'' if number else other.name} {text}", year, value)
        for number, (text, year, value) in enumerate(told)
    ]


def _projection_ways(ahead: Projection) -> list[tuple[str, Place]]:
    words = f"{projected_word(ahead)}\n{ahead.text}"
    return [
        (words, Place(ahead.year, ahead.low, "center", "top")),
        (words, Place(ahead.year, ahead.high, "center", "bottom")),
        (words, Place(ahead.year, ahead.low, "right", "top", -6)),
        (words, Place(ahead.year, ahead.high, "right", "bottom", -6)),
    ]


def _point_ways(spec: ChartSpec, number: int, style: Style) -> list[tuple[str, Place]]:
    """Return where the value of a point may stand: first away from the course, then farther."""
    points, point = spec.points, spec.points[number]
    near = [points[n].value for n in (number - 1, number + 1) if 0 <= n < len(points)]
    is_dip = bool(near) and point.value < sum(near) / len(near)
    label = _label(spec, number, style)
    return [(label, Place(point.year, point.value, *way)) for way in _ways_around(is_dip=is_dip)]


def _ways_around(*, is_dip: bool) -> list[tuple[str, str, float, float]]:
    """Return where words may stand around a point, as anchors and pixels: below first in a dip."""
    edges = [("top", -1), ("bottom", 1)] if is_dip else [("bottom", 1), ("top", -1)]
    ways: list[tuple[str, str, float, float]] = []
    for away in (6, 14, 23, 32, 44):
        for edge, up in edges:
            ways += [("center", edge, 0, up * away)]
        for edge, up in edges:
            ways += [("left", edge, 4, up * away), ("right", edge, -4, up * away)]
    ways += [("left", "middle", 9, 0), ("right", "middle", -9, 0)]
    return ways


def _path_ways(path: tuple[tuple[int, float], tuple[int, float]]) -> list[tuple[str, Place]]:
    """Return where the words of the path may stand: beside it, above or below."""
    (x0, y0), (x1, y1) = path
    falls = y1 < y0
    return [
        (
            say("chart.path"),
            Place(
                x0 + (x1 - x0) * share,
                y0 + (y1 - y0) * share,
                "right" if is_above != falls else "left",
                "bottom" if is_above else "top",
            ),
        )
        for share in (0.6, 0.5, 0.7, 0.4, 0.8, 0.3, 0.9, 0.2)
        for is_above in (False, True)
    ]
