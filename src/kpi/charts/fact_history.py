"""The facts of a series with every state each was in: who, when, why and from where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kpi.charts.display import Display, year_of_fact
from kpi.charts.plan_difference import moment_text, since_text, source_of, stated
from kpi.model import FactKey, FiscalYear, Kind
from kpi.store import FactVersion
from kpi.words import called, say


class Standing(StrEnum):
    """What became of one state of a fact."""

    COUNTS = "counts"
    #: A later one counts.
    PAST = "past"
    #: Counts from a day that is still to come.
    AHEAD = "ahead"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True)
class FactState:
    """One state a fact was in, as a table shows it."""

    key: FactKey
    batch_id: str
    standing: Standing
    #: 65％以上, with status and note; that the fact was taken out.
    words: str
    #: As printed in the source, where that says more.
    printed: str
    author: str
    when: str
    why: str
    #: file › sheet › cell; empty where it was read from no file.
    source: str
    #: The proposal that brought it; None where it was another act.
    proposal_id: int | None
    #: From when it counts, or when it was taken back; else empty.
    remark: str

    @property
    def mark(self) -> str:
        """Return what sets the state apart from all others of its series."""
        _, *key = self.key
        return " ".join(map(str, (self.batch_id, *key)))


@dataclass(frozen=True)
class FactStates:
    """One fact with all its states, the one that counts or is to count last first."""

    #: 令和7（2025）年度.
    year: str
    #: 目標（第3期）.
    kind: str
    states: tuple[FactState, ...]

    @property
    def is_revised(self) -> bool:
        """Whether it ever had more than one state."""
        return len(self.states) > 1


def fact_states(
    series_id: int, versions: Sequence[FactVersion], display: Display, moment: datetime
) -> list[FactStates]:
    """Return the facts of a series, those of later years first, those of no year last.

    ``versions`` are those known at ``moment``, of which what counts then is told.
    """
    by_key: dict[FactKey, list[FactVersion]] = {}
    for version in versions:
        year = FiscalYear(version.fiscal_year)
        key = FactKey(series_id, Kind(version.kind), version.period, version.label, year)
        by_key.setdefault(key, []).append(version)
    order = (Kind.TARGET, Kind.ACTUAL, Kind.BASELINE)
    keys = sorted(by_key, key=lambda k: (-k.fiscal_year, order.index(k.kind), k.period, k.label))
    return [_states(key, by_key[key], display, moment) for key in keys]


def _states(
    key: FactKey, versions: Sequence[FactVersion], display: Display, moment: datetime
) -> FactStates:
    # What counts from later on stands above what was recorded after it.
    in_order = sorted(versions, key=lambda version: version.since)
    counting = [v for v in in_order if v.undone_at is None and v.since <= moment]
    kind = say(f"kind.{key.kind}")
    if key.period:
        kind += say("ledger.of_period", n=key.period)
    return FactStates(
        year_of_fact(key.fiscal_year),
        f"{kind} {called('label', key.label)}" if key.label else kind,
        tuple(
            _state(key, version, _standing(version, counting, moment), display)
            for version in reversed(in_order)
        ),
    )


def _standing(version: FactVersion, counting: list[FactVersion], moment: datetime) -> Standing:
    if version.undone_at is not None:
        return Standing.TAKEN_BACK
    if version.since > moment:
        return Standing.AHEAD
    return Standing.COUNTS if version is counting[-1] else Standing.PAST


def _state(key: FactKey, version: FactVersion, standing: Standing, display: Display) -> FactState:
    said = stated(version, display)
    words = say("history.withdrawn") if version.is_withdrawn else said.words
    remark = ""
    if version.undone_at is not None:
        remark = say("history.undone_at", when=moment_text(version.undone_at))
    elif version.in_force_from is not None:
        remark = say("history.in_force_from", when=since_text(version.in_force_from))
    return FactState(
        key,
        version.batch_id,
        standing,
        words,
        said.original,
        version.author,
        moment_text(version.recorded_at),
        version.reason,
        source_of(version),
        version.proposal_id,
        remark,
    )
