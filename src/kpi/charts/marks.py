"""The shapes of the marks, as SVG: told by word, then shape, then colour. The better, the lighter.

In a box of 16 by 16, drawn in ``currentColor``.
"""

from __future__ import annotations

from functools import cache

from markupsafe import Markup

_LINE = 'fill="none" stroke="currentColor"'
_ROUND = 'stroke-linejoin="round"'
_SOLID = f'fill="currentColor" stroke="currentColor" stroke-width="1" {_ROUND}'
_SHAPES = {
    "ring-dot": (
        f'<circle cx="8" cy="8" r="6.7" {_LINE} stroke-width="1.9"/>'
        '<circle cx="8" cy="8" r="3.5" fill="currentColor"/>'
    ),
    "ring": f'<circle cx="8" cy="8" r="6.3" {_LINE} stroke-width="2.6"/>',
    "star": (
        '<path d="M8 1.4 9.9 6.1 14.9 6.4 11 9.7 12.3 14.6 8 11.9 3.7 14.6 5 9.7 1.1 6.4 6.1 6.1Z" '
        f'{_LINE} stroke-width="1.8" {_ROUND}/>'
    ),
    "diamond": f'<path d="M8 1.6 14.4 8 8 14.4 1.6 8Z" {_LINE} stroke-width="2.4" {_ROUND}/>',
    "triangle-down": f'<path d="M8 15 15.4 1.4H.6Z" {_SOLID}/>',
    "triangle": f'<path d="M8 1 15.4 14.6H.6Z" {_SOLID}/>',
    "cross": (
        '<rect x=".8" y=".8" width="14.4" height="14.4" rx="1.2" fill="currentColor"/>'
        '<path d="M4.6 4.6 11.4 11.4M11.4 4.6 4.6 11.4" stroke="{ground}" stroke-width="2.2" '
        'stroke-linecap="round"/>'
    ),
}
_DASH = '<rect x=".9" y="5.7" width="14.2" height="4.6" rx="1" fill="currentColor"/>'


@cache
def mark_shape(name: str, ground: str = "var(--surface)") -> Markup:
    """Return the drawing of a shape; ``ground`` is the colour of what lies behind it."""
    return Markup(_SHAPES.get(name, _DASH).format(ground=ground))  # noqa: S704 - all ours
