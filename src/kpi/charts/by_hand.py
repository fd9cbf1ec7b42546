"""What is said of ratings set by hand: who set one, why, and why one no longer counts."""

from __future__ import annotations

from dataclasses import dataclass

from kpi.progress import Standing
from kpi.store import JAPAN, HandEntry
from kpi.words import say


@dataclass(frozen=True)
class ByHand:
    """A rating set by hand that counts."""

    entry: HandEntry
    #: What the target is called by its rule; empty where that cannot judge it.
    computed: str


@dataclass(frozen=True)
class Lapsed:
    """A rating set by hand that no longer counts."""

    entry: HandEntry
    standing: Standing

    @property
    def told(self) -> str:
        """Why it was taken off, and who had set it."""
        return say(f"hand.lapsed.{self.standing}") + set_by(self.entry)


def set_by(entry: HandEntry) -> str:
    """Return who set a rating, when and why."""
    day = entry.recorded_at.astimezone(JAPAN)
    return say("hand.set_by", author=entry.author, day=f"{day:%Y-%m-%d}", reason=entry.reason)
