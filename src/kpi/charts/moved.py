"""How a period's ratings moved from one reporting year to another: who rose, who fell."""

from __future__ import annotations

from enum import StrEnum

from kpi.charts.assessment import ATTENTION, Assessment, Mark
from kpi.charts.rule_change import BandChange, rule_change


class Move(StrEnum):
    """Where to a rating moved, what asks for attention first."""

    WORSE = "worse"
    #: It can no longer be judged.
    UNRATED = "unrated"
    BETTER = "better"
    #: It can be judged for the first time.
    RATED = "rated"
    #: As good as before, and called otherwise: 遅れ is 未達 once the period has ended.
    RENAMED = "renamed"
    #: The target was not there before.
    NEW = "new"
    GONE = "gone"


def moves(before: Assessment, after: Assessment, focus: int) -> dict[Move, list[BandChange]]:
    """Return what of a period is rated otherwise than before, in the order of the plan."""
    found: dict[Move, list[BandChange]] = {move: [] for move in Move}
    ranking = list(after.bands)
    for change in rule_change(before, after).changes:
        if change.period == focus and change.series_id not in after.retired:
            found[_move(change.before, change.after, ranking)].append(change)
    return {move: changes for move, changes in found.items() if changes}


def _move(before: Mark | None, after: Mark | None, ranking: list[str]) -> Move:
    """Return where to a mark moved; ``ranking`` names the bands, best first."""
    if before is None or after is None:
        return Move.NEW if before is None else Move.GONE
    if "n" in (before.colour, after.colour) and before.colour != after.colour:
        return Move.UNRATED if after.colour == "n" else Move.RATED
    if before.colour != after.colour:
        is_worse = ATTENTION.index(after.colour) < ATTENTION.index(before.colour)
    elif before.band != after.band and before.band in ranking:
        # A rule may have several bands of one colour.
        is_worse = ranking.index(after.band) > ranking.index(before.band)
    else:
        return Move.RENAMED
    return Move.WORSE if is_worse else Move.BETTER
