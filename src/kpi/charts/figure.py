"""Draws a described chart with plotly: for the screen, or framed with title and source."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import Any, NamedTuple

import plotly.graph_objects as go

from kpi.charts.arrangement import (
    Place,
    Words,
    arrange,
    heights,
    mark_words,
    period_words,
    projected_word,
)
from kpi.charts.assessment import Mark
from kpi.charts.labels import words_width
from kpi.charts.spec import ChartSpec, Other, Point, Step
from kpi.charts.tokens import Theme
from kpi.notation import short_year
from kpi.words import say

# The plot, and above it the strip with the periods and their marks.
_PLOT, _STRIP = (0.0, 0.86), (0.86, 1.0)
_MARGIN = {"l": 52, "r": 16, "t": 4, "b": 44}
_MARGIN_FRAMED = {"l": 64, "r": 24, "t": 118, "b": 118}


def draw(spec: ChartSpec, theme: Theme, *, framed: bool = False) -> go.Figure:
    """Return the chart as a figure of 402 px height, or framed for an image 1200 wide."""
    figure = go.Figure()
    size = 16 if framed else 14
    words = arrange(spec)
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
        _word(figure, _plain(label), place, theme["ink-2"])
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
            text=period_words(step),
            showarrow=False,
            font={"color": theme["ink-2"]},
        )
        _mark(figure, step.mark, middle, size, theme)


def _mark(figure: go.Figure, mark: Mark, x: float, size: int, theme: Theme) -> None:
    """Write the mark and its word under the name of a period, centred together."""
    label = mark_words(mark)
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


def _path(figure: go.Figure, spec: ChartSpec, words: Words, theme: Theme) -> None:
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
    label, place = words.path
    figure.add_annotation(
        **place._asdict(),
        text=label,
        showarrow=False,
        font={"color": theme["ink-3"], "size": 13},
    )


def _step(figure: go.Figure, step: Step, label: str, place: Place, theme: Theme) -> None:
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
    for height in heights(step):
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


def _replaced(figure: go.Figure, step: Step, label: str, place: Place, theme: Theme) -> None:
    """Draw a target as it is before the proposal: thin and dashed, and named so."""
    for height in heights(step):
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


def _projection(figure: go.Figure, spec: ChartSpec, words: Words, theme: Theme) -> None:
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
            name=projected_word(ahead),
            hovertemplate=f"{projected_word(ahead)} %{{y}}<extra></extra>",
        )
    )
    label, place = words.projection
    name, value = label.split("\n")
    figure.add_annotation(
        **place._asdict(),
        text=f"{name}<br><b>{value}</b>",
        showarrow=False,
        font={"color": theme["accent"]},
    )


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


def _course(figure: go.Figure, spec: ChartSpec, words: Words, theme: Theme) -> None:
    _points(figure, spec.points, _OWN, theme, say("chart.actual"))
    for number, (label, place) in words.points.items():
        text, is_last = _plain(label), number == len(spec.points) - 1
        _word(figure, f"<b>{text}</b>" if is_last else text, place, theme["ink"])


def _word(figure: go.Figure, text: str, place: Place, colour: str) -> None:
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
        for height in heights(target):
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
