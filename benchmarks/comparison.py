"""A machine slows down and speeds up while it is measured: ours and peers take turns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One line of the table: what was measured of ours and of one peer, run by run."""

    what: str
    ours: list[float]
    peer_name: str
    peer: list[float]
    unit: str


def take_turns(measures: list[Callable[[], float]], runs: int) -> list[list[float]]:
    """Return the figures of each measure, all of them taken once in every round."""
    rounds = [[measure() for measure in measures] for _ in range(runs)]
    return [list(figures) for figures in zip(*rounds, strict=True)]
