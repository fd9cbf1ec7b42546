"""Access to the one set of colours, type, space, lines and marks, `tokens.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple


class Style(StrEnum):
    """How a chart or a report is to be looked at."""

    #: On paper or a screen, in colour.
    COLOUR = "colour"
    #: From a copier: greys, told apart by pattern, mark and words.
    MONOCHROME = "monochrome"
    #: From the back row of a room.
    LARGE = "large"

    @property
    def theme(self) -> Theme:
        """Return the colours of the style."""
        return theme(_tokens()["style"][self]["theme"])

    @property
    def letters(self) -> Letters:
        """Return how high its letters are."""
        heights = _tokens()["style"][self]
        return Letters(heights["title"], heights["text"], heights["note"])


class Letters(NamedTuple):
    """Heights of letters in pixels of an image 1200 wide."""

    title: int
    text: int
    note: int


class Look(NamedTuple):
    """How a line is drawn, beside letters 14 high: no two that stand together alike."""

    #: A token of the theme.
    colour: str
    width: float
    #: solid, dash, dot, dashdot or longdash.
    dash: str
    #: Of its points: circle, diamond, square, triangle, cross; a stroke ends a line upright.
    symbol: str
    size: float


@dataclass(frozen=True)
class Theme:
    """The colours of one appearance, by token name, and the font family."""

    name: str
    font: str
    colours: dict[str, str]
    #: How many times as thick as elsewhere its lines are.
    weight: float = 1

    def __getitem__(self, token: str) -> str:
        """Return a colour as ``#rrggbb``."""
        return self.colours[token]


@cache
def theme(name: str) -> Theme:
    """Return the theme ``light``, ``dark``, ``contrast``, ``contrast-dark`` or ``mono``.

    ``mono`` has greys alone.
    """
    return Theme(name, _tokens()["font"], _tokens()[name], _tokens()["weight"].get(name, 1))


@cache
def looks() -> dict[str, Look]:
    """Return what every line of a chart looks like: actual, base, gap, target …, other-3."""
    return {name: Look(**look) for name, look in _tokens()["line"].items()}


@cache
def marks() -> dict[str, dict[str, str]]:
    """Return the drawings of every mark, ``alone`` and ``filled``, as SVG in a box of 16 by 16."""
    drawings: dict[str, dict[str, str]] = _tokens()["mark"]
    return drawings


def type_sizes() -> dict[str, int]:
    """Return the heights of letters on the screens, in pixels, by their names."""
    sizes: dict[str, int] = _tokens()["type"]
    return sizes


@cache
def _tokens() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "tokens.toml").read_text(encoding="utf-8"))


def css_variables(name: str, dark: str = "") -> str:
    """Return a theme's colours as CSS custom properties.

    With ``dark`` each is the colour of that theme wherever the page's color-scheme is dark.
    """
    colours = dict(theme(name).colours)
    if dark:
        other = theme(dark)
        colours = {token: f"light-dark({own},{other[token]})" for token, own in colours.items()}
    return "".join(f"--{token}:{colour};" for token, colour in colours.items())


def css_scale() -> str:
    """Return heights of letters (``--t-note`` …) and room between things (``--s-4`` …) for CSS."""
    letters = "".join(f"--t-{name}:{size}px;" for name, size in type_sizes().items())
    return letters + "".join(f"--s-{step}:{step}px;" for step in _tokens()["space"]["steps"])
