"""Draws a described chart with plotly: for the screen, or framed with title and source."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from kpi.charts.assessment import Mark
from kpi.charts.spec import ChartSpec, Point, Projection, Step
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
    """Return the chart as a figure of 402 px height, or framed for an image of 1200 x 675."""
    figure = go.Figure()
    size = 16 if framed else 14
    _periods(figure, spec, size, theme)
    _path(figure, spec, theme)
    for step in spec.steps:
        _step(figure, spec, step, theme)
    _projection(figure, spec, theme)
    _course(figure, spec, theme)
    _axes(figure, spec, size, theme)
    if framed:
        _frame(figure, spec, theme)
    return figure


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
    """Put title and source around the chart, so that it can stand in a document alone."""
    figure.update_layout(
        height=675,
        width=1200,
        margin=_MARGIN_FRAMED,
        title={
            "text": f"<b>{_plain(spec.title)}</b>"
            + (f"（{_plain(spec.unit)}）" if spec.unit else ""),
            "subtitle": {"text": _plain(spec.subtitle)},
            "font": {"size": 24, "color": theme["ink"]},
            "x": 0.02,
            "xanchor": "left",
            "y": 0.95,
        },
    )
    below = [text for text in (spec.axis_note + spec.notes, spec.source) if text]
    figure.add_annotation(
        text="<br>".join(_plain(text) for text in below),
        xref="paper",
        yref="paper",
        x=0,
        y=-0.14,
        xanchor="left",
        yanchor="top",
        align="left",
        showarrow=False,
        font={"size": 14, "color": theme["ink-3"]},
    )


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
    # Japanese letters are as wide as they are high.
    left = 9 - len(label) * size / 2 - 12
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


def _path(figure: go.Figure, spec: ChartSpec, theme: Theme) -> None:
    if spec.path is None:
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
    places = [(share, side) for share in (0.3, 0.45, 0.6, 0.72, 0.85) for side in (1, -1)]
    at, side = max(places, key=lambda place: _room(spec, *place))
    falls = y1 < y0
    figure.add_annotation(
        x=x0 + (x1 - x0) * at,
        y=y0 + (y1 - y0) * at,
        text=say("chart.path"),
        showarrow=False,
        xanchor="right" if (side > 0) != falls else "left",
        yanchor="bottom" if side > 0 else "top",
        font={"color": theme["ink-3"], "size": 13},
    )


def _room(spec: ChartSpec, share: float, side: int) -> float:
    """Return how far the words of the path would be from points and steps, in parts of the axis.

    ``side`` is 1 above the path, -1 below it.
    """
    (x0, y0), (x1, y1) = spec.path or ((0, 0.0), (0, 0.0))
    height = spec.axis[1] - spec.axis[0]
    x = x0 + (x1 - x0) * share
    y = y0 + (y1 - y0) * share + side * 0.04 * height
    to_left = (side > 0) == (y1 >= y0)
    words = (x - 1.9, x + 0.2) if to_left else (x - 0.2, x + 1.9)
    near = []
    for number, point in enumerate(spec.points):
        if words[0] <= point.year <= words[1]:
            label = 0.05 * height * (1 if _position(spec, number) == "top center" else -1)
            near += [point.value, point.value + label]
    near += [
        height_of_step
        for step in spec.steps
        if step.first_year - 0.5 <= words[1] and step.last_year + 0.5 >= words[0]
        for height_of_step in (step.value, step.value + 0.04 * height)
    ]
    return min((abs(value - y) / height for value in near), default=1.0)


def _step(figure: go.Figure, spec: ChartSpec, step: Step, theme: Theme) -> None:
    x0, x1 = step.first_year - 0.5, step.last_year + 0.5
    dash = "dot" if step.is_stretch else "solid"
    heights = [step.value] if step.value_high is None else [step.value, step.value_high]
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
    for height in heights:
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
        x=_words_span(spec, step)[0] + 0.06,
        y=heights[-1],
        text=f"<b>{_plain(_step_words(spec, step))}</b>",
        showarrow=False,
        xanchor="left",
        yanchor="bottom",
        yshift=2,
        font={"color": theme["ink"]},
    )


def _step_words(spec: ChartSpec, step: Step) -> str:
    """Return what is written on a step: 目標 42.0以上, in a short period only 42.0以上."""
    words = f"{say('chart.stretch' if step.is_stretch else 'chart.target')} {step.text}"
    return words if _years_wide(spec, words) <= step.last_year - step.first_year + 1 else step.text


def _words_span(spec: ChartSpec, step: Step) -> tuple[float, float]:
    """Return from where to where on the year axis the words of a step stand.

    At its beginning, or as many years later as frees them from a point.
    """
    width = _years_wide(spec, _step_words(spec, step))
    top = (step.value_high or step.value) + 0.04 * (spec.axis[1] - spec.axis[0])

    taken = [(point.year, point.value) for point in spec.points]
    if spec.projection is not None:
        taken.append((spec.projection.year, spec.projection.value))

    def crowded(left: float) -> bool:
        return any(
            left - 0.2 < year < left + width + 0.2
            and abs(value - top) < 0.05 * (spec.axis[1] - spec.axis[0])
            for year, value in taken
        )

    begin = step.first_year - 0.5
    room = step.last_year - step.first_year + 1 - width
    places = [begin + later for later in range(int(room) + 1)] if room > 0 else [begin]
    left = next((place for place in places if not crowded(place)), begin)
    return left, left + width


def _years_wide(spec: ChartSpec, words: str) -> float:
    """Return about how many years of the axis a text takes, at 750 px for the whole axis."""
    width = sum(14 if ord(letter) > 0x2E80 else 8.5 for letter in words)
    return width / 750 * (spec.years[1] - spec.years[0] + 1)


def _projection(figure: go.Figure, spec: ChartSpec, theme: Theme) -> None:
    ahead = spec.projection
    if ahead is None:
        return
    near_floor = _is_near_floor(spec, ahead.low, 0.12)
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
        x=ahead.year,
        y=ahead.high if near_floor else ahead.low,
        text=f"{_projected_word(ahead)}<br><b>{ahead.text}</b>",
        showarrow=False,
        yanchor="bottom" if near_floor else "top",
        font={"color": theme["accent"]},
    )


def _projected_word(ahead: Projection) -> str:
    """Return what the end of the line is called: an outlook only where the band is of one mind."""
    return say("chart.projected" if ahead.is_sure else "chart.projected_open")


def _course(figure: go.Figure, spec: ChartSpec, theme: Theme) -> None:
    """Draw the actuals: solid between neighbouring years, thin across years without a value."""
    points = spec.points
    for a, b in pairwise(points):
        neighbours = b.year - a.year == 1
        figure.add_trace(
            go.Scatter(
                x=[a.year, b.year],
                y=[a.value, b.value],
                mode="lines",
                line={
                    "color": theme["accent"],
                    "width": 2.8 if neighbours else 1.3,
                    "dash": "solid" if neighbours else "dot",
                },
                hoverinfo="skip",
            )
        )
    labelled = _labelled(points)
    figure.add_trace(
        go.Scatter(
            x=[point.year for point in points],
            y=[point.value for point in points],
            mode="markers+text",
            marker={
                "symbol": ["diamond" if point.is_base else "circle" for point in points],
                "size": [11 if point.is_base else 9 for point in points],
                "opacity": 1,
                "color": [
                    theme["surface"] if point.is_base or point.is_provisional else theme["accent"]
                    for point in points
                ],
                "line": {
                    "width": 2,
                    "color": [
                        theme["ink"] if point.is_base else theme["accent"] for point in points
                    ],
                },
            },
            text=[
                _label(point, point is points[-1]) if number in labelled else ""
                for number, point in enumerate(points)
            ],
            textposition=[_position(spec, number) for number in range(len(points))],
            textfont={"color": theme["ink"]},
            customdata=[[short_year(point.year), point.text] for point in points],
            name=say("chart.actual"),
            cliponaxis=False,
            hovertemplate="%{customdata[0]}年度 %{customdata[1]}<extra></extra>",
        )
    )


def _label(point: Point, is_last: bool) -> str:
    text = _plain(point.text)
    if point.is_base:
        text = f"{say('chart.base')} {text}"
    return f"<b>{text}</b>" if is_last else text


def _labelled(points: tuple[Point, ...]) -> set[int]:
    """Return which points get their value written: all if there is room, else the telling ones."""
    if sum(len(point.text) for point in points) <= _ROOM:
        return set(range(len(points)))
    by_value = sorted(range(len(points)), key=lambda number: points[number].value)
    return {0, len(points) - 1, by_value[0], by_value[-1]}


def _is_near_floor(spec: ChartSpec, value: float, share: float) -> bool:
    """Whether words below a value would run into the years below the axis."""
    return value - spec.axis[0] < share * (spec.axis[1] - spec.axis[0])


def _position(spec: ChartSpec, number: int) -> str:
    """Return on which side of a point its value stands: away from the line and from step words."""
    points, point = spec.points, spec.points[number]
    if _is_near_floor(spec, point.value, 0.06):
        return "top center"
    near = [points[at].value for at in (number - 1, number + 1) if 0 <= at < len(points)]
    if near and point.value < sum(near) / len(near):
        return "bottom center"
    height = spec.axis[1] - spec.axis[0]
    for step in spec.steps:
        left, right = step.first_year - 0.5, step.last_year + 0.5
        words = _words_span(spec, step)
        # Words and values are each about 6 % of the axis high.
        above_step = (point.value - (step.value_high or step.value)) / height
        over_words = words[0] - 0.4 < point.year < words[1] + 0.4 and abs(above_step) < 0.07
        under_line = left < point.year < right and -0.08 < above_step < 0
        if over_words or under_line:
            return "bottom center"
    return "top center"
