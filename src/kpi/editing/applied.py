"""A plan with edits made: how a draft would leave it, before anything is in force."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from kpi.model import (
    Edit,
    FactEdit,
    Indicator,
    PartEdit,
    Period,
    Plan,
    PolicyNode,
    Series,
    part_identity,
)
from kpi.store import PlanSnapshot

_Part = TypeVar("_Part", Plan, Period, PolicyNode, Indicator, Series)


def applied(snapshot: PlanSnapshot, edits: Sequence[Edit]) -> PlanSnapshot:
    """Return the plan as it would be; ``snapshot`` stays as it is.

    Of a part only what was edited becomes another: what the plan says otherwise by now stays.
    Parts that are new stand under their negative ids, at the end of their kind. Of a plan that is
    new itself the snapshot is empty.
    """
    known = snapshot.parts()
    parts = [edit.upon(known.get(edit.identity)) for edit in edits if isinstance(edit, PartEdit)]
    facts = dict(snapshot.facts)
    for edit in edits:
        if isinstance(edit, FactEdit):
            facts.pop(edit.key, None)
            if edit.after is not None:
                facts[edit.key] = edit.after
    periods = _with([*snapshot.periods.values()], _only(Period, parts))
    return PlanSnapshot(
        _with([snapshot.plan], _only(Plan, parts))[0],
        {period.ordinal: period for period in periods},
        _with(snapshot.policies, _only(PolicyNode, parts)),
        _with(snapshot.indicators, _only(Indicator, parts)),
        _with(snapshot.series, _only(Series, parts)),
        facts,
    )


def _only(kind: type[_Part], parts: Sequence[object]) -> list[_Part]:
    return [part for part in parts if isinstance(part, kind)]


def _with(known: Sequence[_Part], edited: Sequence[_Part]) -> list[_Part]:
    """Return the parts known, each as it was edited, and those that are new behind them."""
    parts = {part_identity(part): part for part in known}
    parts.update((part_identity(part), part) for part in edited)
    return list(parts.values())
