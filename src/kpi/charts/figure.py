"""Draws a described chart with plotly: for the screen, or as a picture with title and source."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from kpi.charts.arrangement import (
    Place,
    Words,
    arrange,
    heights,
    mark_words,
    period_words,
    projected_word,
    year_words,
)
from kpi.charts.assessment import Mark
from kpi.charts.labels import HEIGHT, WIDTH, words_width, wrapped
from kpi.charts.spec import Calendar, ChartSpec, Other, Point, Step
from kpi.charts.tokens import Look, Style, Theme, looks, type_sizes
from kpi.words import say

#: What is measured beside letters 14 high is so many times as large beside others.
_LETTER = type_sizes()["text"]
_SCREEN_HEIGHT = 402
_SCREEN_MARGIN = {"l": 52, "r": 16, "t": 4, "b": 44}
_SYMBOLS = {"stroke": "line-ns-open", "triangle": "triangle-up"}


def draw(spec: ChartSpec, theme: Theme) -> go.Figure:
    """Return the chart for the screen: 402 px high, as wide as its place."""
    drawing = _Drawing(spec, theme, Style.COLOUR, _LETTER, WIDTH, HEIGHT)
    margin = _SCREEN_MARGIN
    return drawing.figure(0.86, {"height": _SCREEN_HEIGHT, "margin": margin})


def picture(spec: ChartSpec, style: Style = Style.COLOUR) -> go.Figure:
    """Return the chart with title and source around it, so that it can stand in a document alone.

    It is 1200 px wide. Title and source are wrapped at that width, and the height grows with them.
    """
    letters, theme = style.letters, style.theme
    scale = letters.text / _LETTER
    left, right = round(56 * scale), 24
    width, plot, strip = 1200 - left - right, 390, 54 * scale
    unit = say("chart.unit", unit=spec.unit) if spec.unit else ""
    title = wrapped(spec.title + unit, 1150 / letters.title * _LETTER)
    notes = [
        line
        for text in (spec.axis_note + spec.notes, *spec.source.split("\n"))
        for line in wrapped(text, width / letters.note * _LETTER)
    ]
    above = round(49 + 1.25 * letters.title * len(title) + 1.6 * letters.note)
    under_axis = 51 * scale
    below = round(under_axis + 1.36 * letters.note * max(3, len(notes)) + 5)
    height = round(above + strip + plot + below)
    drawing = _Drawing(spec, theme, style, letters.text, width / scale, plot / scale)
    drawing.write(
        "<br>".join(map(_plain, notes)),
        {"xref": "paper", "yref": "paper", "x": 0, "y": 0, "yshift": -under_axis},
        colour="ink-3",
        size=letters.note,
        xanchor="left",
        yanchor="top",
        align="left",
    )
    layout = {
        "height": height,
        "width": 1200,
        "margin": {"l": left, "r": right, "t": above, "b": below},
        "title": {
            "text": "<br>".join(f"<b>{_plain(line)}</b>" for line in title),
            "subtitle": {
                "text": _plain(spec.subtitle),
                "font": {"size": letters.note, "color": theme["ink-2"]},
            },
            "font": {"size": letters.title, "color": theme["ink"]},
            "x": 0.02,
            "xanchor": "left",
            "y": 1 - 16 / height,
            "yanchor": "top",
        },
        # What it is and what it shows, for those who do not see it.
        "meta": {"title": "".join(title), "description": spec.sentence + "".join(notes)},
    }
    return drawing.figure(plot / (plot + strip), layout)


def _plain(text: str) -> str:
    """Return text from a file so that plotly shows it as it is, tags and all."""
    return escape(text, quote=False)


class _Drawing:
    """What is drawn of one chart: gathered, then handed to plotly at once."""

    def __init__(
        self,
        spec: ChartSpec,
        theme: Theme,
        style: Style,
        letter: float,
        width: float,
        height: float,
    ) -> None:
        """Draw everything; ``width`` and ``height`` of the plot are beside letters 14 high."""
        self._spec, self._theme, self._style = spec, theme, style
        self._letter, self._scale, self._width = letter, letter / _LETTER, width
        #: What the widths of lines are multiplied with.
        self._weight = self._scale * theme.weight
        self._traces: list[dict[str, Any]] = []
        self._shapes: list[dict[str, Any]] = []
        self._annotations: list[dict[str, Any]] = []
        #: First and last year of what is hatched.
        self._hatched: list[tuple[float, float]] = []
        words = arrange(spec, width, height, style)
        self._periods()
        if spec.path is not None:
            years, values = zip(*spec.path, strict=True)
            self._line(years, values, looks()["path"], name=say("chart.path"))
        for step in spec.replaced:
            self._replaced(step)
        for step in spec.steps:
            self._step(step)
        for number, other in enumerate(spec.others, start=1):
            self._other(other, looks()[f"other-{number}"])
        self._projection()
        self._points(spec.points, looks()["actual"], say("chart.actual"))
        self._write_all(words)
        if not spec.has_figures:
            self.write(
                say("chart.nothing"), {"xref": "paper", "yref": "paper", "x": 0.5, "y": 0.43}
            )

    def figure(self, plot: float, layout: dict[str, Any]) -> go.Figure:
        """Return what was drawn; the plot has that share of the height, the periods the rest."""
        return go.Figure(
            self._traces,
            {
                **self._axes(plot),
                "shapes": self._shapes,
                "annotations": self._annotations,
                **layout,
            },
        )

    def _write_all(self, words: Words) -> None:
        if words.path is not None:
            self._word(*words.path, "ink-3", size=self._letter - 1)
        for label, place in words.replaced + words.others:
            self._word(label, place, "ink-2")
        for label, place in words.steps:
            self._word(label, place, "ink", is_bold=True)
        if words.projection is not None:
            label, place = words.projection
            name, value = map(_plain, label.split("\n"))
            self._tied(f"{name}<br><b>{value}</b>", place, "accent")
        for number, (label, place) in words.points.items():
            self._word(label, place, "ink", is_bold=number == len(self._spec.points) - 1)

    def _axes(self, plot: float) -> dict[str, Any]:
        spec, theme, scale = self._spec, self._theme, self._scale
        first, last = spec.years
        years = range(first, last + 1)
        widest = max(words_width(line) for label in spec.year_labels for line in label.split("\n"))
        every = math.ceil(len(years) * (widest + _LETTER) / self._width)
        return {
            "template": "none",
            "font": {"family": theme.font, "size": self._letter, "color": theme["ink-2"]},
            "paper_bgcolor": theme["surface"],
            "plot_bgcolor": theme["surface"],
            "showlegend": False,
            "hoverlabel": {"font": {"family": theme.font, "size": _LETTER}},
            "xaxis": {
                "range": [first - 0.5, last + 0.5],
                "tickvals": list(years[::every]),
                "ticktext": [label.replace("\n", "<br>") for label in spec.year_labels[::every]],
                "showgrid": False,
                "zeroline": False,
                "linecolor": theme["line-strong"],
                "linewidth": self._weight,
                "fixedrange": True,
                "anchor": "y",
                "visible": spec.has_figures,
            },
            "yaxis": {
                "range": list(spec.axis),
                "domain": [0, plot],
                "gridcolor": theme["line-soft"],
                "gridwidth": scale,
                "zeroline": spec.axis[0] < 0 < spec.axis[1],
                "zerolinecolor": theme["line-strong"],
                "nticks": 6,
                "tickformat": ",~f",
                "tickfont": {"color": theme["ink-3"]},
                "fixedrange": True,
                # 1,500,000 takes more room than the margin has.
                "automargin": True,
                "visible": spec.has_figures,
            },
            "yaxis2": {
                "range": [0, 1],
                "domain": [plot, 1],
                "visible": False,
                "fixedrange": True,
                "anchor": "x",
            },
            "separators": ".,",
        }

    def write(self, text: str, where: dict[str, Any], colour: str = "ink-2", **look: Any) -> None:
        """Write text, in which plotly's marks of bold and line breaks count."""
        size = look.pop("size", self._letter)
        font = {"color": self._theme[colour], "size": size}
        self._annotations.append({"text": text, "showarrow": False, "font": font, **where, **look})

    def _tied(self, text: str, place: Place, colour: str, **look: Any) -> None:
        where = place._asdict()
        where["xshift"] *= self._scale
        where["yshift"] *= self._scale
        if any(first <= place.x <= last for first, last in self._hatched):
            # Words are not read through a hatch.
            look = {"bgcolor": self._theme["surface"], "borderpad": 0, **look}
        self.write(text, where, colour, **look)

    def _word(
        self, label: str, place: Place, colour: str, *, is_bold: bool = False, **look: Any
    ) -> None:
        text = _plain(label)
        self._tied(f"<b>{text}</b>" if is_bold else text, place, colour, **look)

    def _line(
        self,
        years: Sequence[float],
        values: Sequence[float],
        look: Look,
        *,
        name: str = "",
        hover: str = "",
        **more: Any,
    ) -> None:
        line = {
            "color": self._theme[look.colour],
            "width": look.width * self._weight,
            "dash": look.dash,
        }
        look_of_it = {"mode": "lines", "line": line, "name": name, **more}
        self._trace(years, values, hover, **look_of_it)

    def _trace(
        self, years: Sequence[float], values: Sequence[float], hover: str, **look: Any
    ) -> None:
        told = {"hovertemplate": f"{hover}<extra></extra>"} if hover else {"hoverinfo": "skip"}
        # Named by its number, else plotly names it by chance.
        uid = f"t{len(self._traces)}"
        self._traces.append(
            {"type": "scatter", "uid": uid, "x": list(years), "y": list(values), **told, **look}
        )

    def _area(self, years: Sequence[float], values: Sequence[float], fill: str, hatch: str) -> None:
        """Fill what lies between the corners: with a colour, in monochrome with a hatch."""
        look: dict[str, Any] = {"fillcolor": self._theme[fill]}
        if self._style is Style.MONOCHROME:
            self._hatched.append((min(years), max(years)))
            look["fillpattern"] = {
                "shape": hatch,
                "fgcolor": self._theme["ink-3"],
                "bgcolor": self._theme["surface"],
                "size": 7 * self._scale,
                "solidity": 0.12,
            }
        self._trace(years, values, "", mode="lines", fill="toself", line={"width": 0}, **look)

    def _shape(self, **look: Any) -> None:
        self._shapes.append(look)

    def _periods(self) -> None:
        """Shade every other period and write its name, years and mark over it.

        A target that belongs to no period has its name and mark over its year.
        """
        theme, spec = self._theme, self._spec
        for step in spec.steps:
            if step.mark is None:
                continue
            x0, x1 = step.first_year - 0.5, step.last_year + 0.5
            whole = {"y0": 0, "y1": 1, "yref": "paper", "layer": "below"}
            if step.period % 2:
                fill = {"fillcolor": theme["surface-3"], "line": {"width": 0}}
                self._shape(type="rect", x0=x0, x1=x1, **fill, **whole)
            for x in (x0, x1) if step.period else ():
                line = {"color": theme["line"], "width": self._scale}
                self._shape(type="line", x0=x, x1=x, line=line, **whole)
            middle = (step.first_year + step.last_year) / 2
            words = period_words(step, spec.calendar, self._style)
            self.write(_plain(words), {"x": middle, "y": 0.82, "yref": "y2"})
            self._mark(step.mark, middle)

    def _mark(self, mark: Mark, x: float) -> None:
        """Write the mark and its word under the name of a period, centred together."""
        scale = self._scale
        label = mark_words(mark, self._spec.calendar, self._style)
        where = {"x": x, "y": 0.28, "yref": "y2", "xshift": 9 * scale}
        self.write(f"<b>{_plain(label)}</b>", where, "ink")
        centre = 9 - words_width(label) / 2 - 12
        colour = self._theme[f"st-{mark.colour}"]
        place = {
            "xref": "x",
            "yref": "y2",
            "xsizemode": "pixel",
            "ysizemode": "pixel",
            "xanchor": x,
            "yanchor": 0.28,
        }

        def outlined(width: float, colour: str = colour) -> dict[str, Any]:
            return {"line": {"color": colour, "width": width * self._weight}}

        def circle(radius: float, **look: Any) -> None:
            ends = {"x0": centre - radius, "x1": centre + radius, "y0": -radius, "y1": radius}
            scaled = {name: end * scale for name, end in ends.items()}
            self._shape(type="circle", **scaled, **look, **place)

        def path(*corners: tuple[float, float], **look: Any) -> None:
            told = "L".join(f"{(centre + a) * scale},{b * scale}" for a, b in corners)
            self._shape(type="path", path=f"M{told}Z", **look, **place)

        solid = {"fillcolor": colour, "line": {"width": 0}}
        match mark.shape:
            case "ring-dot":
                circle(6, **outlined(1.8))
                circle(3, **solid)
            case "ring":
                circle(5.6, **outlined(2.4))
            case "star":
                tips = [(0, 7), (2, 2), (7, 2), (3, -2), (4.5, -7), (0, -4)]
                tips += [(-a, b) for a, b in reversed(tips[1:-1])]
                path(*tips, **outlined(1.8))
            case "diamond":
                path((0, 7), (7, 0), (0, -7), (-7, 0), **outlined(2.2))
            case "triangle-down":
                path((0, -7), (7, 6), (-7, 6), **solid)
            case "triangle":
                path((0, 7), (7, -6), (-7, -6), **solid)
            case "cross":
                path(*_box(6.6, 6.6), **solid)
                for end in (3, -3):
                    path((-3, -end), (3, end), **outlined(2, self._theme["surface"]))
            case _:
                path(*_box(6.6, 2), **solid)

    def _step(self, step: Step) -> None:
        look = looks()["stretch" if step.is_stretch else "target"]
        ends = step.first_year - 0.5, step.last_year + 0.5
        if step.value_high is not None:
            low, high = step.value, step.value_high
            self._area((*ends, *reversed(ends)), (low, low, high, high), "line-soft", "/")
        for height in heights(step):
            self._line(
                ends,
                (height, height),
                look,
                name=say("chart.target"),
                hover=_plain(f"{step.title} {step.text}"),
                # An upright stroke ends the step: the target is for the last year.
                **self._strokes(look, 0, look.size),
            )

    def _strokes(self, look: Look, *sizes: float) -> dict[str, Any]:
        colour = self._theme[look.colour]
        marker = {
            "symbol": [_SYMBOLS["stroke"]] * len(sizes),
            "size": [size * self._scale for size in sizes],
            "color": colour,
            "line": {"width": look.width * self._weight, "color": colour},
        }
        return {"mode": "lines+markers", "marker": marker, "cliponaxis": False}

    def _replaced(self, step: Step) -> None:
        """Draw a target as it is before the proposal: thin and dashed."""
        ends = step.first_year - 0.5, step.last_year + 0.5
        name = say("chart.replaced")
        for height in heights(step):
            self._line(
                ends,
                (height, height),
                looks()["replaced"],
                name=name,
                hover=_plain(f"{step.title} {name} {step.text}"),
            )

    def _projection(self) -> None:
        ahead = self._spec.projection
        if ahead is None:
            return
        look, word = looks()["projected"], projected_word(ahead)
        years = (ahead.from_year, ahead.year, ahead.year, ahead.from_year)
        values = (ahead.from_value, ahead.high, ahead.low, ahead.from_value)
        self._area(years, values, "accent-tint", "\\")
        course = (ahead.from_year, ahead.year), (ahead.from_value, ahead.value)
        self._line(*course, look)
        band = (ahead.year, ahead.year), (ahead.low, ahead.high)
        self._line(*band, look._replace(dash="solid"), name=word, hover=f"{word} %{{y}}")

    def _points(self, points: tuple[Point, ...], look: Look, name: str) -> None:
        """Draw known values: joined between neighbouring years, thinly across years without one."""
        theme, scale = self._theme, self._scale
        base, gap = looks()["base"], looks()["gap"]._replace(colour=look.colour)
        for a, b in pairwise(points):
            joined = look if b.year - a.year == 1 else gap
            self._line((a.year, b.year), (a.value, b.value), joined)
        own = [base if point.is_base else look for point in points]
        hollow = [point.is_base or point.is_provisional for point in points]
        self._trace(
            [point.year for point in points],
            [point.value for point in points],
            say("chart.hover", year="%{customdata[0]}", text="%{customdata[1]}"),
            mode="markers",
            marker={
                "symbol": [_SYMBOLS.get(one.symbol, one.symbol) for one in own],
                "size": [one.size * scale for one in own],
                "opacity": 1,
                "color": [
                    theme["surface" if is_hollow else one.colour]
                    for is_hollow, one in zip(hollow, own, strict=True)
                ],
                "line": {"width": 2 * self._weight, "color": [theme[one.colour] for one in own]},
            },
            customdata=[[self._hover_year(point.year), _plain(point.text)] for point in points],
            name=name,
            cliponaxis=False,
        )

    def _hover_year(self, year: int) -> str:
        words = year_words(year, self._spec.calendar)
        if self._spec.calendar is not Calendar.BOTH:
            return words
        return say("chart.both_years", japanese=words, western=year)

    def _other(self, other: Other, look: Look) -> None:
        """Draw a series of another plan: its course, and each target over its own year alone."""
        name = _plain(other.mark + other.name)
        for target in other.targets:
            for height in heights(target):
                self._line(
                    (target.first_year - 0.4, target.last_year + 0.4),
                    (height, height),
                    look,
                    name=name,
                    hover=f"{name} {say('chart.target')} {_plain(target.text)}",
                    # Strokes at both ends, to be seen on a line of one's own too.
                    **self._strokes(look, 9, 9),
                )
        self._points(other.points, look, name)


def _box(width: float, height: float) -> tuple[tuple[float, float], ...]:
    return (-width, -height), (width, -height), (width, height), (-width, height)
