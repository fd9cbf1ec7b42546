"""Access to the one set of colours and type, `tokens.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files


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
        return theme("mono" if self is Style.MONOCHROME else "light")


@dataclass(frozen=True)
class Theme:
    """The colours of one appearance, by token name, and the font family."""

    name: str
    font: str
    colours: dict[str, str]

    def __getitem__(self, token: str) -> str:
        """Return a colour as ``#rrggbb``."""
        return self.colours[token]


@cache
def theme(name: str) -> Theme:
    """Return the theme ``light``, ``dark`` or ``mono``, which has greys alone."""
    data = tomllib.loads((files(__package__) / "tokens.toml").read_text(encoding="utf-8"))
    return Theme(name, data["font"], data[name])


def css_variables(name: str) -> str:
    """Return a theme's colours as CSS custom properties."""
    return "".join(f"--{token}:{colour};" for token, colour in theme(name).colours.items())
