"""Figures computed from printed ones, without the noise of binary fractions: 95.2 - 94.76 is 0.44.

A binary fraction holds a printed figure up to its sixteenth digit, and every step of a computation
blurs that last one. At the edge of a band this noise would decide.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Size of the noise, as a share of the figures computed from: a few units in the last place.
_NOISE = 2.0**-49
#: Binary digits of what is taken for a printed figure: twelve decimal ones.
_PRINTED = 40
_LOWEST, _HIGHEST = -1074, 1024
#: By binary exponent of a figure: the power of ten that moves its last digit before the point.
_SCALES = np.array(
    [
        10.0 ** min(max(math.floor((_PRINTED - exponent) * math.log10(2)), 0), 300)
        for exponent in range(_LOWEST, _HIGHEST + 1)
    ]
)


def exact(figures: Floats, beside: Floats | None = None) -> Floats:
    """Return figures, and for those within the noise of a figure of twelve digits that figure.

    ``beside`` is the size of what they were computed from; without it, of the figures themselves.
    """
    size = np.abs(figures if beside is None else beside)
    _, exponent = np.frexp(size)
    scale = _SCALES.take(exponent - _LOWEST, mode="clip")
    printed = np.rint(figures * scale) / scale
    return np.where(np.abs(printed - figures) <= size * _NOISE, printed, figures)


def difference(figures: Floats, others: Floats) -> Floats:
    """Return figures minus others as it would be printed."""
    return exact(figures - others, np.maximum(np.abs(figures), np.abs(others)))
