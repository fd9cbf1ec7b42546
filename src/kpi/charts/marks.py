"""The marks of ratings as SVG, in a box of 16 by 16 and in ``currentColor``."""

from __future__ import annotations

from functools import cache

from markupsafe import Markup

from kpi.charts.tokens import marks


@cache
def mark_shape(name: str, ground: str = "var(--surface)") -> Markup:
    """Return the drawing of a mark; ``ground`` is the colour of what lies behind it."""
    return Markup(_drawing(name, "alone").format(ground=ground))  # noqa: S704 - all ours


@cache
def filled_shape(name: str) -> Markup:
    """Return the drawing of a mark on a ground that has its colour already."""
    return Markup(_drawing(name, "filled"))  # noqa: S704 - all ours


def _drawing(name: str, where: str) -> str:
    """Return a drawing; what has no mark of its own is a dash."""
    return marks().get(name, marks()["dash"])[where]
