"""Which targets of a period ask for attention, and which could not be judged at all, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kpi.charts.assessment import ATTENTION, Assessment, SeriesLine
from kpi.progress.rating import UNRATED

#: Colours of the bands that ask for attention: what has gone back, and what lags behind.
ASKING = frozenset(ATTENTION[: ATTENTION.index("n")])


@dataclass(frozen=True)
class Attention:
    """What of a period asks for attention, of the series that were asked about."""

    #: In the order of `Assessment.lines`.
    lines: tuple[SeriesLine, ...]
    #: How many are in which band, those that ask most first.
    counts: dict[str, int]
    #: Why targets could not be judged, in words, and how many; what is most frequent first.
    unrated: tuple[tuple[str, int], ...]
    #: How many targets were held against another year's actual, and are in no count.
    references: int
    #: How many targets count.
    total: int


def attention(assessment: Assessment, lines: Sequence[SeriesLine], focus: int) -> Attention:
    """Return which of the lines ask for attention in a period.

    The same targets count as in the period's summary.
    """
    summary = assessment.summary_of(focus)
    marked = [(line, mark) for line in lines if (mark := line.marks.get(focus))]
    counted = [pair for pair in marked if summary.counts_mark(pair[1])]
    asking = [(line, mark.band) for line, mark in counted if mark.colour in ASKING]
    bands = Counter(band for _, band in asking)
    reasons = Counter(line.why[0] for line, mark in counted if mark.band == UNRATED)
    return Attention(
        tuple(line for line, _ in asking),
        {band: bands[band] for band in assessment.bands_by_attention if bands[band]},
        tuple(reasons.most_common()),
        len(marked) - len(counted),
        len(counted),
    )
