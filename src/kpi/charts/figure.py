"""Draws a described chart with plotly: for the screen, or framed with title and source."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import Any, NamedTuple

import plotly.graph_objects as go

from kpi.charts.assessment import Mark
from kpi.charts.labels import HEIGHT, WIDTH, Box, Places, box_at, words_width
from kpi.charts.spec import ChartSpec, Other, Point, Projection, Step
from kpi.charts.tokens import Theme
from kpi.notation import short_year
from kpi.words import say

# The plot, and above it the strip with the periods and their marks.
_PLOT, _STRIP = (0.0, 0.86), (0.86, 1.0)
_MARGIN = {"l": 52, "r": 16, "t": 4, "b": 44}
_MARGIN_FRAMED = {"l": 64, "r": 24, "t": 118, "b": 118}
# More characters than this on all points together, and only the telling ones are labelled.
_ROOM = 72


def draw(spec: ChartSpec, theme: Theme, *, framed: bool = False) -> go.Figure:
    """Return the chart as a figure of 402 px height, or framed for an image 1200 wide."""
    figure = go.Figure()
    size = 16 if framed else 14
    words = _arrange(spec)
    _periods(figure, spec, size, theme)
    _path(figure, spec, words, theme)
    for step, (label, place) in zip(spec.replaced, words.replaced, strict=True):
        _replaced(figure, step, label, place, theme)
    for step, (label, place) in zip(spec.steps, words.steps, strict=True):
        _step(figure, step, label, place, theme)
    for look, other in zip(_OTHERS, spec.others, strict=False):
        _other(figure, other, look, theme)
    _projection(figure, spec, words, theme)
    _course(figure, spec, words, theme)
    for label, place in words.others:
        _word(figure, label, place, theme["ink-2"])
    _axes(figure, spec, size, theme)
    if _is_empty(spec):
        figure.add_annotation(
            text=say("chart.nothing"), xref="paper", yref="paper", x=0.5, y=0.43, showarrow=False
        )
    if framed:
        _frame(figure, spec, theme)
    return figure


def _is_empty(spec: ChartSpec) -> bool:
    """Whether no fact has both a number and a year; there is no scale then either."""
    return not (spec.points or spec.steps or spec.replaced)


def _plain(text: str) -> str:
    """Return text from a file so that plotly shows it as it is, tags and all."""
    return escape(text, quote=False)


def _axes(figure: go.Figure, spec: ChartSpec, size: int, theme: Theme) -> None:
    first, last = spec.years
    years = list(range(first, last + 1))
    # Beyond 14 years every second label would touch its neighbour.
    every = 1 if len(years) <= 14 else 2
    figure.update_layout(
        template="none",
        font={"family": theme.font, "size": size, "color": theme["ink-2"]},
        paper_bgcolor=theme["surface"],
        plot_bgcolor=theme["surface"],
        height=402,
        margin=_MARGIN,
        showlegend=False,
        hoverlabel={"font": {"family": theme.font, "size": 14}},
        xaxis={
            "range": [first - 0.5, last + 0.5],
            "tickvals": years[::every],
            "ticktext": [label.replace("\n", "<br>") for label in spec.year_labels[::every]],
            "showgrid": False,
            "zeroline": False,
            "linecolor": theme["line-strong"],
            "linewidth": 1,
            "fixedrange": True,
            "anchor": "y",
            "visible": not _is_empty(spec),
        },
        yaxis={
            "range": list(spec.axis),
            "domain": list(_PLOT),
            "gridcolor": theme["line-soft"],
            "zeroline": spec.axis[0] < 0 < spec.axis[1],
            "zerolinecolor": theme["line-strong"],
            "nticks": 6,
            "tickformat": ",~f",
            "tickfont": {"color": theme["ink-3"]},
            "fixedrange": True,
            # 1,500,000 takes more room than the margin has.
            "automargin": True,
            "visible": not _is_empty(spec),
        },
        yaxis2={
            "range": [0, 1],
            "domain": list(_STRIP),
            "visible": False,
            "fixedrange": True,
            "anchor": "x",
        },
        separators=".,",
    )


def _frame(figure: go.Figure, spec: ChartSpec, theme: Theme) -> None:
    """Put title and source around the chart, so that it can stand in a document alone.

    Both are wrapped at the width of the image, which grows with them.
    """
    unit = f"（{spec.unit}）" if spec.unit else ""
    title = _wrapped(f"{spec.title}{unit}", 1150 / 24 * 14)
    notes = [
        line
        for text in (spec.axis_note + spec.notes, *spec.source.split("\n"))
        for line in _wrapped(text, 1100)
    ]
    above, below = 30 * (len(title) - 1), 19 * max(0, len(notes) - 3)
    height = 675 + above + below
    figure.update_layout(
        height=height,
        width=1200,
        margin={
            **_MARGIN_FRAMED,
            "t": _MARGIN_FRAMED["t"] + above,
            "b": _MARGIN_FRAMED["b"] + below,
        },
        title={
            "text": "<br>".join(f"<b>{_plain(line)}</b>" for line in title),
            "subtitle": {"text": _plain(spec.subtitle)},
            "font": {"size": 24, "color": theme["ink"]},
            "x": 0.02,
            "xanchor": "left",
            "y": 1 - 34 / height,
            "yanchor": "top" if above else "auto",
        },
    )
    figure.add_annotation(
        text="<br>".join(map(_plain, notes)),
        xref="paper",
        yref="paper",
        x=0,
        y=0,
        yshift=-58,
        xanchor="left",
        yanchor="top",
        align="left",
        showarrow=False,
        font={"size": 14, "color": theme["ink-3"]},
    )


def _wrapped(text: str, width: float) -> list[str]:
    """Return a text in lines of at most so many pixels at a size of 14; none for no text."""
    lines: list[str] = []
    for letter in text:
        if not lines or words_width(lines[-1] + letter) > width:
            lines.append("")
        lines[-1] += letter
    return lines


def _periods(figure: go.Figure, spec: ChartSpec, size: int, theme: Theme) -> None:
    """Shade every other period and write its name, years and mark over it.

    A target that belongs to no period has its name and mark over its year.
    """
    for step in spec.steps:
        if step.mark is None:
            continue
        x0, x1 = step.first_year - 0.5, step.last_year + 0.5
        if step.period % 2:
            figure.add_shape(
                type="rect",
                x0=x0,
                x1=x1,
                y0=0,
                y1=1,
                yref="paper",
                fillcolor=theme["surface-3"],
                line_width=0,
                layer="below",
            )
        for x in (x0, x1) if step.period else ():
            figure.add_shape(
                type="line",
                x0=x,
                x1=x,
                y0=0,
                y1=1,
                yref="paper",
                line={"color": theme["line"], "width": 1},
                layer="below",
            )
        middle = (step.first_year + step.last_year) / 2
        figure.add_annotation(
            x=middle,
            y=0.82,
            yref="y2",
            text=f"{step.title}　{_span(step.first_year, step.last_year)}",
            showarrow=False,
            font={"color": theme["ink-2"]},
        )
        _mark(figure, step.mark, middle, size, theme)


def _mark(figure: go.Figure, mark: Mark, x: float, size: int, theme: Theme) -> None:
    """Write the mark and its word under the name of a period, centred together."""
    label = mark.label
    if mark.is_reference and mark.judged_year is not None:
        label += say("chart.reference", year=short_year(mark.judged_year))
    figure.add_annotation(
        x=x,
        y=0.28,
        yref="y2",
        xshift=9,
        text=f"<b>{_plain(label)}</b>",
        showarrow=False,
        font={"color": theme["ink"]},
    )
    left = 9 - words_width(label) * size / 14 / 2 - 12
    colour = theme[f"st-{mark.colour}"]
    place = {
        "xref": "x",
        "yref": "y2",
        "xsizemode": "pixel",
        "ysizemode": "pixel",
        "xanchor": x,
        "yanchor": 0.28,
    }

    def circle(radius: float, **look: Any) -> None:
        figure.add_shape(
            type="circle",
            x0=left - radius,
            x1=left + radius,
            y0=-radius,
            y1=radius,
            **look,
            **place,
        )

    def path(d: str, **look: Any) -> None:
        figure.add_shape(type="path", path=d, **look, **place)

    def box(width: float, height: float) -> str:
        return (
            f"M{left - width},{-height}L{left + width},{-height}"
            f"L{left + width},{height}L{left - width},{height}Z"
        )

    solid = {"fillcolor": colour, "line": {"width": 0}}
    match mark.shape:
        case "ring-dot":
            circle(6, line={"color": colour, "width": 1.8})
            circle(3, **solid)
        case "ring":
            circle(5.6, line={"color": colour, "width": 2.4})
        case "star":
            tips = [(0, 7), (2, 2), (7, 2), (3, -2), (4.5, -7), (0, -4)]
            tips += [(-x, y) for x, y in reversed(tips[1:-1])]
            outline = "L".join(f"{left + x},{y}" for x, y in tips)
            path(f"M{outline}Z", line={"color": colour, "width": 1.8})
        case "diamond":
            outline = f"M{left},7L{left + 7},0L{left},-7L{left - 7},0Z"
            path(outline, line={"color": colour, "width": 2.2})
        case "triangle-down":
            path(f"M{left},-7L{left + 7},6L{left - 7},6Z", **solid)
        case "triangle":
            path(f"M{left},7L{left + 7},-6L{left - 7},-6Z", **solid)
        case "cross":
            path(box(6.6, 6.6), **solid)
            line = {"color": theme["surface"], "width": 2}
            path(f"M{left - 3},-3L{left + 3},3M{left + 3},-3L{left - 3},3", line=line)
        case _:
            path(box(6.6, 2), **solid)


def _span(first: int, last: int) -> str:
    start, end = short_year(first), short_year(last)
    if first == last:
        return start
    return f"{start}〜{end[1:] if start[0] == end[0] else end}"


def _path(figure: go.Figure, spec: ChartSpec, words: _Words, theme: Theme) -> None:
    if spec.path is None or words.path is None:
        return
    (x0, y0), (x1, y1) = spec.path
    figure.add_trace(
        go.Scatter(
            x=[x0, x1],
            y=[y0, y1],
            mode="lines",
            line={"color": theme["ink-3"], "width": 1.4, "dash": "dash"},
            name=say("chart.path"),
            hoverinfo="skip",
        )
    )
    figure.add_annotation(
        **words.path._asdict(),
        text=say("chart.path"),
        showarrow=False,
        font={"color": theme["ink-3"], "size": 13},
    )


def _step(figure: go.Figure, step: Step, label: str, place: _Place, theme: Theme) -> None:
    x0, x1 = step.first_year - 0.5, step.last_year + 0.5
    dash = "dot" if step.is_stretch else "solid"
    if step.value_high is not None:
        figure.add_shape(
            type="rect",
            x0=x0,
            x1=x1,
            y0=step.value,
            y1=step.value_high,
            fillcolor=theme["line-soft"],
            opacity=0.6,
            line_width=0,
            layer="below",
        )
    for height in _heights(step):
        figure.add_trace(
            go.Scatter(
                x=[x0, x1],
                y=[height, height],
                mode="lines+markers",
                line={"color": theme["ink-2"], "width": 2.4, "dash": dash},
                # An upright stroke ends the step: the target is for the last year.
                marker={
                    "symbol": ["line-ns-open"] * 2,
                    "size": [0, 12],
                    "color": theme["ink-2"],
                    "line": {"width": 2.4, "color": theme["ink-2"]},
                },
                name=say("chart.target"),
                cliponaxis=False,
                hovertemplate=f"{step.title} {_plain(step.text)}<extra></extra>",
            )
        )
    figure.add_annotation(
        **place._asdict(),
        text=f"<b>{_plain(label)}</b>",
        showarrow=False,
        font={"color": theme["ink"]},
    )


def _replaced(figure: go.Figure, step: Step, label: str, place: _Place, theme: Theme) -> None:
    """Draw a target as it is before the proposal: thin and dashed, and named so."""
    for height in _heights(step):
        figure.add_trace(
            go.Scatter(
                x=[step.first_year - 0.5, step.last_year + 0.5],
                y=[height, height],
                mode="lines",
                line={"color": theme["ink-3"], "width": 1.4, "dash": "dash"},
                name=say("chart.replaced"),
                hovertemplate=f"{step.title} {_plain(label)}<extra></extra>",
            )
        )
    _word(figure, _plain(label), place, theme["ink-2"])


def _heights(step: Step) -> list[float]:
    """Return where a target is drawn: at its value, for a range at both ends."""
    return [step.value] if step.value_high is None else [step.value, step.value_high]


def _years_wide(spec: ChartSpec, words: str) -> float:
    """Return about how many years of the axis a text takes."""
    return words_width(words) / WIDTH * (spec.years[1] - spec.years[0] + 1)


def _projection(figure: go.Figure, spec: ChartSpec, words: _Words, theme: Theme) -> None:
    ahead = spec.projection
    if ahead is None or words.projection is None:
        return
    figure.add_trace(
        go.Scatter(
            x=[ahead.from_year, ahead.year, ahead.year, ahead.from_year],
            y=[ahead.from_value, ahead.high, ahead.low, ahead.from_value],
            fill="toself",
            fillcolor=theme["accent-tint"],
            line={"width": 0},
            mode="lines",
            hoverinfo="skip",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=[ahead.from_year, ahead.year],
            y=[ahead.from_value, ahead.value],
            mode="lines",
            line={"color": theme["accent"], "width": 2, "dash": "dot"},
            hoverinfo="skip",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=[ahead.year, ahead.year],
            y=[ahead.low, ahead.high],
            mode="lines",
            line={"color": theme["accent"], "width": 2},
            name=_projected_word(ahead),
            hovertemplate=f"{_projected_word(ahead)} %{{y}}<extra></extra>",
        )
    )
    figure.add_annotation(
        **words.projection._asdict(),
        text=f"{_projected_word(ahead)}<br><b>{ahead.text}</b>",
        showarrow=False,
        font={"color": theme["accent"]},
    )


def _projected_word(ahead: Projection) -> str:
    """Return what the end of the line is called: an outlook only where the band is of one mind."""
    return say("chart.projected" if ahead.is_sure else "chart.projected_open")


class _Look(NamedTuple):
    """How a course is drawn. Others than one's own differ in line and mark, not in colour alone."""

    colour: str
    width: float
    dash: str
    symbol: str
    size: int


_OWN = _Look("accent", 2.8, "solid", "circle", 9)
_OTHERS = (
    _Look("ink-3", 1.6, "solid", "square", 7),
    _Look("ink-3", 1.6, "dash", "triangle-up", 8),
    _Look("ink-3", 1.6, "dashdot", "cross", 7),
)


def _course(figure: go.Figure, spec: ChartSpec, words: _Words, theme: Theme) -> None:
    _points(figure, spec.points, _OWN, theme, say("chart.actual"))
    for number, place in words.points.items():
        label = _label(spec, number)
        is_last = number == len(spec.points) - 1
        _word(figure, f"<b>{label}</b>" if is_last else label, place, theme["ink"])


def _word(figure: go.Figure, text: str, place: _Place, colour: str) -> None:
    figure.add_annotation(**place._asdict(), text=text, showarrow=False, font={"color": colour})


def _points(
    figure: go.Figure, points: tuple[Point, ...], look: _Look, theme: Theme, name: str
) -> None:
    """Draw known values: joined between neighbouring years, thinly across years without one."""
    colour = theme[look.colour]
    for a, b in pairwise(points):
        neighbours = b.year - a.year == 1
        figure.add_trace(
            go.Scatter(
                x=[a.year, b.year],
                y=[a.value, b.value],
                mode="lines",
                line={
                    "color": colour,
                    "width": look.width if neighbours else 1.3,
                    "dash": look.dash if neighbours else "dot",
                },
                hoverinfo="skip",
            )
        )
    figure.add_trace(
        go.Scatter(
            x=[point.year for point in points],
            y=[point.value for point in points],
            mode="markers",
            marker={
                "symbol": ["diamond" if point.is_base else look.symbol for point in points],
                "size": [11 if point.is_base else look.size for point in points],
                "opacity": 1,
                "color": [
                    theme["surface"] if point.is_base or point.is_provisional else colour
                    for point in points
                ],
                "line": {
                    "width": 2,
                    "color": [theme["ink"] if point.is_base else colour for point in points],
                },
            },
            customdata=[[short_year(point.year), point.text] for point in points],
            name=name,
            cliponaxis=False,
            hovertemplate="%{customdata[0]}年度 %{customdata[1]}<extra></extra>",
        )
    )


def _other(figure: go.Figure, other: Other, look: _Look, theme: Theme) -> None:
    """Draw a series of another plan: its course, and each target over its own year alone."""
    colour, name = theme[look.colour], _plain(other.mark + other.name)
    for target in other.targets:
        told = f"{name} {say('chart.target')} {_plain(target.text)}"
        for height in _heights(target):
            figure.add_trace(
                go.Scatter(
                    x=[target.first_year - 0.4, target.last_year + 0.4],
                    y=[height, height],
                    mode="lines+markers",
                    line={"color": colour, "width": look.width, "dash": look.dash},
                    # Strokes at both ends, to be seen on a line of one's own too.
                    marker={
                        "symbol": "line-ns-open",
                        "size": 9,
                        "line": {"width": look.width, "color": colour},
                    },
                    name=name,
                    hovertemplate=f"{told}<extra></extra>",
                )
            )
    _points(figure, other.points, look, theme, name)


def _label(spec: ChartSpec, number: int) -> str:
    point = spec.points[number]
    text = _plain(point.text)
    if point.is_base:
        return f"{say('chart.base')} {text}"
    # Where others stand beside it, the course is named once.
    is_named = spec.name and number == len(spec.points) - 1
    return f"{_plain(spec.name)} {text}" if is_named else text


def _labelled(points: tuple[Point, ...]) -> set[int]:
    """Return which points get their value written: all if there is room, else the telling ones."""
    if sum(len(point.text) for point in points) <= _ROOM:
        return set(range(len(points)))
    by_value = sorted(range(len(points)), key=lambda number: points[number].value)
    return {0, len(points) - 1, by_value[0], by_value[-1]}


class _Place(NamedTuple):
    """Where an annotation is tied to, and by which of its edges."""

    x: float
    y: float
    xanchor: str
    yanchor: str
    #: Pixels away from there.
    xshift: float = 0
    yshift: float = 0


class _Words(NamedTuple):
    """Where the words of a chart stand."""

    steps: list[tuple[str, _Place]]
    replaced: list[tuple[str, _Place]]
    #: By the number of the point, for those that are labelled.
    points: dict[int, _Place]
    projection: _Place | None
    path: _Place | None
    #: Of the series of other plans.
    others: list[tuple[str, _Place]]


_OPPOSITE = {
    "left": "right", "right": "left", "center": "center", "top": "bottom", "bottom": "top",
    "middle": "middle",
}  # fmt: skip


class _Arrangement:
    """The words of one chart finding their places."""

    def __init__(self, spec: ChartSpec) -> None:
        self._spec = spec
        self._places = Places()
        self._take_lines()

    def _at(self, year: float, value: float) -> tuple[float, float]:
        first, last = self._spec.years
        low, high = self._spec.axis
        x = (year - first + 0.5) / (last - first + 1) * WIDTH
        return x, (value - low) / (high - low) * HEIGHT

    def _take_lines(self) -> None:
        spec, at, line = self._spec, self._at, self._places.line
        for a, b in pairwise(spec.points):
            line(at(a.year, a.value), at(b.year, b.value))
        for step in spec.steps + spec.replaced:
            for height in _heights(step):
                line(at(step.first_year - 0.5, height), at(step.last_year + 0.5, height))
        for other in spec.others:
            for a, b in pairwise(other.points):
                line(at(a.year, a.value), at(b.year, b.value))
            for target in other.targets:
                ends = target.first_year - 0.4, target.last_year + 0.4
                for height in _heights(target):
                    line(at(ends[0], height), at(ends[1], height))
        if spec.path is not None:
            line(at(*spec.path[0]), at(*spec.path[1]))
        if (ahead := spec.projection) is not None:
            line(at(ahead.from_year, ahead.from_value), at(ahead.year, ahead.value))
            line(at(ahead.year, ahead.low), at(ahead.year, ahead.high))
        for point in (*spec.points, *(p for other in spec.others for p in other.points)):
            x, y = at(point.year, point.value)
            self._places.take(Box(x - 6, y - 6, x + 6, y + 6))

    def put(self, ways: list[tuple[str, _Place]]) -> tuple[str, _Place]:
        """Take the best of several ways to write something: words and their place."""
        return ways[self._places.put([self._box(*way) for way in ways])]

    def _box(self, words: str, place: _Place) -> Box:
        x, y = self._at(place.x, place.y)
        # Words tied by their left edge stand to the right of that place.
        return box_at(
            x + place.xshift,
            y + place.yshift,
            words,
            across=_OPPOSITE[place.xanchor],
            upright=_OPPOSITE[place.yanchor],
        )


def _arrange(spec: ChartSpec) -> _Words:
    """Find places for all words: of the steps, the projection, the points and the path."""
    arrangement = _Arrangement(spec)
    steps = [arrangement.put(_step_ways(spec, step)) for step in spec.steps]
    replaced = [
        arrangement.put(_step_ways(spec, step, say("chart.replaced"))) for step in spec.replaced
    ]
    projection = path = None
    if spec.projection is not None:
        _, projection = arrangement.put(_projection_ways(spec.projection))
    # The first and the last are looked for, so they choose first.
    order = sorted(_labelled(spec.points), key=lambda n: (0 < n < len(spec.points) - 1, n))
    points = {number: arrangement.put(_point_ways(spec, number))[1] for number in order}
    if spec.path is not None:
        _, path = arrangement.put(_path_ways(spec.path))
    others = [
        arrangement.put([(words, _Place(year, value, *way)) for way in _ways_around(is_dip=False)])
        for other in spec.others
        for words, year, value in _told(other)
    ]
    return _Words(steps, replaced, points, projection, path, others)


def _told(other: Other) -> list[tuple[str, int, float]]:
    """Return what is written of another plan's series: its last value and its last target.

    Whose it is stands at the first of these, the mark at both.
    """
    told = [(point.text, point.year, point.value) for point in other.points[-1:]]
    for target in other.targets[-1:]:
        word = say("chart.stretch" if target.is_stretch else "chart.target")
        told.append((f"{word} {target.text}", target.last_year, max(_heights(target))))
    return [
        (_plain(f"{other.mark}{'' if number else other.name} {text}"), year, value)
        for number, (text, year, value) in enumerate(told)
    ]


def _projection_ways(ahead: Projection) -> list[tuple[str, _Place]]:
    words = f"{_projected_word(ahead)}<br>{ahead.text}"
    return [
        (words, _Place(ahead.year, ahead.low, "center", "top")),
        (words, _Place(ahead.year, ahead.high, "center", "bottom")),
        (words, _Place(ahead.year, ahead.low, "right", "top", -6)),
        (words, _Place(ahead.year, ahead.high, "right", "bottom", -6)),
    ]


def _step_ways(spec: ChartSpec, step: Step, name: str = "") -> list[tuple[str, _Place]]:
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
        room = end - begin - _years_wide(spec, words)
        if room < 0 and words != step.text and not is_named:
            continue
        for n in range(max(0, int(room / 0.25)) + 1):
            left = begin + 0.25 * n
            above.append((words, _Place(left, top, "left", "bottom", 0, 2)))
            below.append((words, _Place(left, step.value, "left", "top", 0, -2)))
        above.append((words, _Place(end, top, "right", "bottom", 0, 2)))
    return above + below


def _point_ways(spec: ChartSpec, number: int) -> list[tuple[str, _Place]]:
    """Return where the value of a point may stand: first away from the course, then farther."""
    points, point = spec.points, spec.points[number]
    near = [points[n].value for n in (number - 1, number + 1) if 0 <= n < len(points)]
    is_dip = bool(near) and point.value < sum(near) / len(near)
    label = _label(spec, number)
    return [(label, _Place(point.year, point.value, *way)) for way in _ways_around(is_dip=is_dip)]


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


def _path_ways(path: tuple[tuple[int, float], tuple[int, float]]) -> list[tuple[str, _Place]]:
    """Return where the words of the path may stand: beside it, above or below."""
    (x0, y0), (x1, y1) = path
    falls = y1 < y0
    return [
        (
            say("chart.path"),
            _Place(
                x0 + (x1 - x0) * share,
                y0 + (y1 - y0) * share,
                "right" if is_above != falls else "left",
                "bottom" if is_above else "top",
            ),
        )
        for share in (0.6, 0.5, 0.7, 0.4, 0.8, 0.3, 0.9, 0.2)
        for is_above in (False, True)
    ]
