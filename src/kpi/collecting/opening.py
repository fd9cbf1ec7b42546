"""Opening a round: for which series which department can be asked, and putting it on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Engine

from kpi.access import Act, Person, require
from kpi.collecting.form import actual_key, in_order
from kpi.importing.remarks import without_controls
from kpi.model import FiscalYear, Indicator, Municipality, Plan, Round, RoundItem, Series, Status
from kpi.notation import PERCENT
from kpi.store import Conflict, PlanSnapshot, RoundEntry, next_round_id, record, rounds
from kpi.words import DEFAULT, say, speaking
from kpi.written import era_year


class RoundRefused(Exception):
    """A round lacks what it needs; the message says so in words. Nothing was written."""


@dataclass(frozen=True)
class Askable:
    """A series that can be asked for, and how."""

    series: Series
    indicator: Indicator
    #: Whom to ask; empty where the plan does not say whose it is.
    department: str
    #: Whether 分子・分母 are asked for: of a rate, where they were given before.
    asks_fraction: bool
    #: Whether the year's actual is on record as 確定 already.
    is_final: bool

    @property
    def title(self) -> str:
        """Return what is asked for."""
        return f"{self.indicator.name} {self.series.name}".strip()


def askable(snapshot: PlanSnapshot, year: FiscalYear) -> list[Askable]:
    """Return the series of a plan that are still measured, in its order."""
    indicators = {one.id: one for one in snapshot.indicators if not one.is_retired}
    had = {
        fraction.series_id
        for fraction in snapshot.fractions
        if fraction.numerator is not None or fraction.denominator is not None
    }
    found = []
    for series in in_order(snapshot):
        if series.indicator_id not in indicators:
            continue
        fact = snapshot.facts.get(actual_key(series.id, year))
        indicator = indicators[series.indicator_id]
        found.append(
            Askable(
                series,
                indicator,
                indicator.department.strip(),
                series.unit == PERCENT and series.id in had,
                fact is not None and fact.status is Status.FINAL,
            )
        )
    return found


def open_round(
    engine: Engine,
    person: Person,
    municipality: Municipality,
    plan: Plan,
    year: FiscalYear,
    *,
    due: date,
    wording: str,
    asked: Sequence[Askable],
    now: datetime,
) -> RoundEntry:
    """Put a round on record and return it.

    Raises `kpi.access.NotAllowed`; `RoundRefused` where nothing is asked for, something is asked of
    no department, or a round of the same plan and year is open; `kpi.store.Conflict` where somebody
    was faster.
    """
    require(person, Act.OPEN_ROUND, municipality.code)
    _require_complete(asked)
    for entry in rounds(engine, municipality):
        same = (entry.round.plan_id, entry.round.fiscal_year) == (plan.id, year)
        if same and not entry.round.is_closed:
            raise RoundRefused(say("round.refused.is_open", year=era_year(year)))
    number = next_round_id(engine, municipality)
    new = Round(number, plan.id, year, due, without_controls(wording).strip())
    items = _items(number, asked)
    with speaking(DEFAULT):
        reason = say("round.reason.open", year=era_year(year))
    record(engine, municipality, [new, *items], author=person.name, reason=reason, now=now)
    return next(entry for entry in rounds(engine, municipality) if entry.round.id == number)


def as_asked(known: Sequence[Askable], entry: RoundEntry) -> list[Askable]:
    """Return what can be asked for as a round asks for it, with the departments it asks."""
    items = {item.series_id: item for item in entry.items}
    return [
        replace(one, department=item.department, asks_fraction=item.asks_fraction)
        if (item := items.get(one.series.id))
        else one
        for one in known
    ]


def change_round(
    engine: Engine,
    person: Person,
    municipality: Municipality,
    entry: RoundEntry,
    *,
    due: date,
    wording: str,
    known: Sequence[Askable],
    asked: Sequence[Askable],
    now: datetime,
) -> None:
    """Put on record what a round asks for from now on, and until when.

    Of the ``known`` series those that are not ``asked`` for any more are let go; what the round
    asks for besides stays. Answers that came stay as they are. Raises `kpi.access.NotAllowed`;
    `RoundRefused`, also where the round is closed; `kpi.store.Conflict` where it is another by now
    than ``entry``.
    """
    require(person, Act.CHANGE_ROUND, municipality.code)
    _require_complete(asked)
    standing = open_on_record(engine, municipality, entry.round.id)
    if (standing.round, standing.items) != (entry.round, entry.items):
        raise Conflict(municipality.code)
    before = {item.series_id: item for item in entry.items}
    after = {item.series_id: item for item in _items(entry.round.id, asked)}
    dropped = before.keys() & {one.series.id for one in known} - after.keys()
    changed = replace(entry.round, due=due, wording=without_controls(wording).strip())
    acts: list[Round | RoundItem] = [
        changed,
        *(item for item in after.values() if item != before.get(item.series_id)),
        *(replace(before[series_id], is_asked=False) for series_id in sorted(dropped)),
    ]
    if acts == [entry.round]:
        return
    with speaking(DEFAULT):
        reason = say("round.reason.change", year=era_year(changed.fiscal_year))
    record(engine, municipality, acts, author=person.name, reason=reason, now=now)


def on_record(engine: Engine, municipality: Municipality, round_id: int) -> RoundEntry:
    """Return a round as it stands; raises `RoundRefused` where it was taken back."""
    for entry in rounds(engine, municipality):
        if entry.round.id == round_id:
            return entry
    raise RoundRefused(say("answer.gone"))


def open_on_record(engine: Engine, municipality: Municipality, round_id: int) -> RoundEntry:
    """Return an open round as it stands; raises `RoundRefused` where it is closed or gone."""
    entry = on_record(engine, municipality, round_id)
    if entry.round.is_closed:
        raise RoundRefused(say("round.refused.is_closed", year=era_year(entry.round.fiscal_year)))
    return entry


def _require_complete(asked: Sequence[Askable]) -> None:
    """Raise `RoundRefused` where nothing is asked for, or something of no department."""
    if not asked:
        raise RoundRefused(say("round.refused.nothing_asked"))
    nobodys = [one.title for one in asked if not one.department.strip()]
    if nobodys:
        raise RoundRefused(say("round.refused.no_department", titles=_some(nobodys)))


def _items(number: int, asked: Sequence[Askable]) -> list[RoundItem]:
    return [
        RoundItem(
            number,
            one.series.id,
            without_controls(one.department).strip(),
            one.asks_fraction,
        )
        for one in asked
    ]


def _some(titles: Sequence[str], most: int = 5) -> str:
    named = say("list.comma").join(titles[:most])
    more = len(titles) - most
    return say("round.and_more", titles=named, count=more) if more > 0 else named
