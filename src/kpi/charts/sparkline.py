"""The small line of a table row: course and target steps, as an SVG without text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup, escape

from kpi.charts.assessment import SeriesLine

#: Size in CSS pixels.
WIDTH, HEIGHT = 132, 38
_MARGIN = 5.0


def sparkline(
    line: SeriesLine, years: tuple[int, int], bounds: Sequence[int], label: str
) -> Markup:
    """Return the SVG of one series.

    ``years`` are the ends of the common axis, ``bounds`` the last years of the periods (a faint
    upright line after each), ``label`` is what a screen reader says. Colours are the custom
    properties of the page.
    """
    first, last = years
    values = [point.value for point in line.course] + [step[2] for step in line.steps]
    low, high = min(values, default=0.0), max(values, default=0.0)

    def x(year: float) -> float:
        return _MARGIN + (year - first + 0.5) / (last - first + 1) * (WIDTH - 2 * _MARGIN)

    def y(value: float) -> float:
        share = 0.5 if high == low else (value - low) / (high - low)
        return HEIGHT - 6.5 - share * (HEIGHT - 13)

    upright = "".join(f"M{x(bound + 0.5):.1f} 0V{HEIGHT}" for bound in bounds[:-1])
    steps = "".join(
        f"M{x(start - 0.5):.1f} {y(value):.1f}H{x(end + 0.5) - 1:.1f}m0 -3v6"
        for start, end, value in line.steps
    )
    parts = [
        f'<path d="{upright}" stroke="var(--line-soft)"/>',
        f'<path d="{steps}" fill="none" stroke="var(--ink-3)" stroke-width="1.6"/>',
    ]
    # One path for all that is drawn alike: a page holds hundreds of these.
    for width, is_thick in ((1.9, True), (1.1, False)):
        segments, at_end = "", None
        for a, b in pairwise(line.course):
            if (b.year - a.year == 1) is is_thick:
                begun = f"M{x(a.year):.1f} {y(a.value):.1f}L" if at_end != a.year else " "
                segments += f"{begun}{x(b.year):.1f} {y(b.value):.1f}"
                at_end = b.year
        if segments:
            parts.append(
                f'<path d="{segments}" stroke="var(--accent)" stroke-width="{width}" '
                'fill="none" stroke-linecap="round" stroke-linejoin="round"/>'
            )
    for point in line.course:
        at = f'cx="{x(point.year):.1f}" cy="{y(point.value):.1f}"'
        if point is line.course[0]:
            parts.append(
                f'<circle {at} r="2.6" '
                'fill="var(--surface)" stroke="var(--accent)" stroke-width="1.4"/>'
            )
        if point is line.course[-1]:
            parts.append(f'<circle {at} r="3.6" fill="var(--accent)"/>')
    # Nothing but numbers went into the parts; the label is escaped here.
    return Markup(  # noqa: S704
        f'<svg class="spark" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )
