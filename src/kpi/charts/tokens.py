"""Access to the one set of colours and type, `tokens.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


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
    """Return the theme ``light`` or ``dark``."""
    data = tomllib.loads((files(__package__) / "tokens.toml").read_text(encoding="utf-8"))
    return Theme(name, data["font"], data[name])


def css_variables(name: str) -> str:
    """Return a theme's colours as CSS custom properties."""
    return "".join(f"--{token}:{colour};" for token, colour in theme(name).colours.items())
