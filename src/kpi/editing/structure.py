"""Changing what a plan is made of, so that its history stays: nothing is deleted or overwritten.

Each function takes a plan as it stands, drafted changes included, and what somebody chose, and
returns the edits that do it. Parts that are new get ids below zero that no other part of the plan
has. What makes no sense raises `StructureRefused`.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count, pairwise
from typing import TypeVar

from kpi.editing.applied import applied
from kpi.model import (
    Direction,
    Edit,
    Fact,
    FactEdit,
    FactKey,
    FiscalYear,
    Identity,
    Indicator,
    Kind,
    Part,
    PartEdit,
    Period,
    Plan,
    PolicyNode,
    Series,
    part_identity,
)
from kpi.notation import Unreadable, normal, read_unit
from kpi.store import PlanSnapshot
from kpi.words import DEFAULT, say, speaking
from kpi.written import full_year

#: Signs that a code, a level's name and a unit may have in the database.
LONGEST_CODE = LONGEST_LEVEL = 40
LONGEST_UNIT = 60

#: First and last fiscal year of a period.
Span = tuple[FiscalYear, FiscalYear]


class StructureRefused(ValueError):
    """A change that makes no sense; ``str()`` of it says why, in a sentence."""


@dataclass(frozen=True, slots=True)
class NewSeries:
    """A series as somebody describes it."""

    #: Empty for the only series of its indicator.
    name: str
    #: As the city prints it: 百万円.
    unit_text: str
    direction: Direction


# The plan and its periods.


def new_plan(
    plan_id: int, name: str, spans: Sequence[Span], taken: Collection[str] = ()
) -> tuple[Plan, list[Period]]:
    """Return a plan with periods one after the other, of which nothing else is known.

    ``taken`` are the names of the municipality's plans. Raises `StructureRefused`.
    """
    plan = Plan(plan_id, _new_name(name, taken))
    if not spans:
        raise _refused("no_period")
    for (_, end), (begin, _) in pairwise(spans):
        if begin <= end:
            raise _refused("period_overlaps", ended=full_year(end))
    return plan, [
        Period(plan_id, ordinal, *_in_order(span)) for ordinal, span in enumerate(spans, start=1)
    ]


def next_plan(
    snapshot: PlanSnapshot,
    name: str,
    spans: Sequence[Span],
    reason: str,
    taken: Collection[str] = (),
) -> list[Edit]:
    """Return the edits that make a new plan out of an old one; they apply to an empty plan.

    Periods are as given, policies, indicators and series those of the old plan but the retired
    ones. The baseline of a series is its latest actual that is a number, as it was printed, with a
    note that tells whose it is. There are no targets. ``taken`` are the names of the municipality's
    plans.
    """
    why = _reason(reason)
    plan, periods = new_plan(-1, name, spans, [snapshot.plan.name, *taken])
    ids = count(-2, -1)
    new_ids = {part_identity(part): next(ids) for part in _numbered(snapshot)}

    def id_of(kind: str, old: int) -> int:
        return new_ids[kind, old]

    parts: list[Part] = [plan, *periods]
    parts += [
        replace(
            node,
            id=id_of("policy", node.id),
            plan_id=plan.id,
            parent_id=None if node.parent_id is None else id_of("policy", node.parent_id),
        )
        for node in snapshot.policies
    ]
    kept = {one.id: one for one in snapshot.indicators if not one.is_retired}
    parts += [
        replace(
            one,
            id=id_of("indicator", one.id),
            plan_id=plan.id,
            policy_id=None if one.policy_id is None else id_of("policy", one.policy_id),
        )
        for one in kept.values()
    ]
    series = [one for one in snapshot.series if one.indicator_id in kept]
    parts += [
        replace(
            one,
            id=id_of("series", one.id),
            indicator_id=id_of("indicator", one.indicator_id),
        )
        for one in series
    ]
    latest = latest_actuals(snapshot)
    bases = (
        _base(latest[one.id], id_of("series", one.id), snapshot.plan)
        for one in series
        if one.id in latest
    )
    return [
        *(PartEdit(None, part, why) for part in parts),
        *(FactEdit(base.key, None, base) for base in bases),
    ]


def latest_actuals(snapshot: PlanSnapshot) -> dict[int, Fact]:
    """Return the latest actual of each series, by its id; what is no number or of no year is none.

    That of the plan itself before one with a label or of a period.
    """
    found: dict[int, Fact] = {}
    for fact in snapshot.facts.values():
        key = fact.key
        if key.kind is not Kind.ACTUAL or fact.value is None or not key.fiscal_year:
            continue
        before = found.get(key.series_id)
        if before is None or _recency(key) > _recency(before.key):
            found[key.series_id] = fact
    return found


def _recency(key: FactKey) -> tuple[int, bool, bool]:
    return key.fiscal_year, not key.label, not key.period


def _base(actual: Fact, series_id: int, plan: Plan) -> Fact:
    """Return an actual as the baseline of the series in a new plan."""
    year = actual.key.fiscal_year
    with speaking(DEFAULT):
        told = say("structure.base_note", plan=plan.name, year=full_year(year))
        note = say("list.comma").join(filter(None, (told, actual.status, actual.note)))
    key = FactKey(series_id, Kind.BASELINE, 0, "", year)
    return actual._replace(key=key, comparator=None, status=None, note=note, provenance=None)


def next_period(snapshot: PlanSnapshot, span: Span, reason: str) -> list[Edit]:
    """Return the edits that add the period after the last one."""
    why, (first, last) = _reason(reason), _in_order(span)
    ended = max((period.last_year for period in snapshot.periods.values()), default=None)
    if ended is not None and first <= ended:
        raise _refused("period_overlaps", ended=full_year(ended))
    period = Period(snapshot.plan.id, max(snapshot.periods, default=0) + 1, first, last)
    return [PartEdit(None, period, why)]


# Indicators and their series.


def new_indicator(
    snapshot: PlanSnapshot,
    policy_id: int | None,
    name: str,
    series: Sequence[NewSeries],
    reason: str,
    *,
    department: str = "",
    source: str = "",
    code: str = "",
) -> list[Edit]:
    """Return the edits that add an indicator with its series, behind the others of its policy."""
    why, ids = _reason(reason), _new_ids(snapshot)
    if policy_id is not None:
        _found(snapshot.policies, policy_id)
    indicator = Indicator(
        next(ids),
        snapshot.plan.id,
        policy_id,
        _short(code, LONGEST_CODE),
        _new_name(name, [one.name for one in snapshot.indicators if one.policy_id == policy_id]),
        _plain(department),
        _plain(source),
        _behind(snapshot, policy_id),
    )
    if not series:
        raise _refused("no_series")
    return [PartEdit(None, indicator, why), *_added(indicator.id, [], series, ids, why)]


def new_series(
    snapshot: PlanSnapshot, indicator_id: int, series: Sequence[NewSeries], reason: str
) -> list[Edit]:
    """Return the edits that add series to an indicator whose series all have names."""
    why, indicator = _reason(reason), _standing(snapshot, indicator_id)
    known = series_of(snapshot, indicator.id)
    if any(not one.name for one in known):
        raise _refused("not_split", indicator=indicator.name)
    if not series:
        raise _refused("no_series")
    return _added(indicator.id, known, series, _new_ids(snapshot), why)


def split(
    snapshot: PlanSnapshot,
    indicator_id: int,
    name: str,
    others: Sequence[NewSeries],
    reason: str,
) -> list[Edit]:
    """Return the edits that name an indicator's one series and add others beside it.

    What was promised and measured so far stays with the one that gets the name.
    """
    why, indicator = _reason(reason), _standing(snapshot, indicator_id)
    known = series_of(snapshot, indicator.id)
    if len(known) != 1 or known[0].name:
        raise _refused("already_split", indicator=indicator.name)
    if not others:
        raise _refused("no_series")
    first = replace(known[0], name=_new_name(name, []))
    added = _added(indicator.id, [first], others, _new_ids(snapshot), why)
    return [PartEdit(known[0], first, why), *added]


def _added(
    indicator_id: int,
    known: Sequence[Series],
    series: Sequence[NewSeries],
    ids: Iterator[int],
    why: str,
) -> list[Edit]:
    """Return the edits that add series behind those an indicator has."""
    names = [one.name for one in known]
    position = max((one.position for one in known), default=0)
    edits: list[Edit] = []
    for number, one in enumerate(series, start=1):
        is_only = not known and len(series) == 1
        name = _plain(one.name) if is_only else _new_name(one.name, names)
        names.append(name)
        text = _short(one.unit_text, LONGEST_UNIT)
        try:
            unit = read_unit(text).unit
        except Unreadable as unreadable:
            raise _refused("no_unit", text=text) from unreadable
        new = Series(next(ids), indicator_id, name, unit, text, one.direction, position + number)
        edits.append(PartEdit(None, new, why))
    return edits


def retire(
    snapshot: PlanSnapshot, indicator_id: int, reason: str, successor_id: int | None = None
) -> list[Edit]:
    """Return the edits that retire an indicator, where there is one with a link to its successor.

    All that was promised and measured stays.
    """
    why, indicator = _reason(reason), _standing(snapshot, indicator_id)
    if indicator.id < 0:
        raise _refused("not_yet_there", indicator=indicator.name)
    if successor_id is not None:
        successor = _found(snapshot.indicators, successor_id)
        if successor.id == indicator.id:
            raise _refused("own_successor")
        if successor.is_retired:
            raise _refused("successor_retired", indicator=successor.name)
    retired = replace(indicator, is_retired=True, successor_id=successor_id)
    return [PartEdit(indicator, retired, why)]


def replace_by_new(
    snapshot: PlanSnapshot,
    indicator_id: int,
    name: str,
    series: Sequence[NewSeries],
    reason: str,
) -> list[Edit]:
    """Return the edits that retire an indicator for a new one of its policy and department."""
    old = _standing(snapshot, indicator_id)
    added = new_indicator(
        snapshot, old.policy_id, name, series, reason, department=old.department, source=old.source
    )
    drafted = applied(snapshot, added)
    successor_id = drafted.indicators[-1].id
    return [*added, *retire(drafted, indicator_id, reason, successor_id)]


def reinstate(snapshot: PlanSnapshot, indicator_id: int, reason: str) -> list[Edit]:
    """Return the edits that bring a retired indicator back."""
    why, indicator = _reason(reason), _found(snapshot.indicators, indicator_id)
    if not indicator.is_retired:
        raise _refused("not_retired", indicator=indicator.name)
    return [PartEdit(indicator, replace(indicator, is_retired=False, successor_id=None), why)]


def move_indicators(
    snapshot: PlanSnapshot, indicator_ids: Sequence[int], policy_id: int, reason: str
) -> list[Edit]:
    """Return the edits that put indicators under another policy; all keep their order."""
    why, policy = _reason(reason), _found(snapshot.policies, policy_id)
    names = [one.name for one in snapshot.indicators if one.policy_id == policy.id]
    edits: list[Edit] = []
    for indicator in (_found(snapshot.indicators, one) for one in indicator_ids):
        if indicator.policy_id == policy.id:
            raise _refused("already_there", name=indicator.name, policy=policy.name)
        names.append(_new_name(indicator.name, names))
        edits.append(PartEdit(indicator, replace(indicator, policy_id=policy.id), why))
    if not edits:
        raise _refused("none_chosen")
    return edits


def change_departments(
    snapshot: PlanSnapshot, departments: Mapping[int, str], reason: str
) -> list[Edit]:
    """Return the edits that give indicators, by id, to other departments."""
    why = _reason(reason)
    edits: list[Edit] = []
    for indicator_id, department in departments.items():
        indicator = _found(snapshot.indicators, indicator_id)
        after = replace(indicator, department=_new_name(department, []))
        if after != indicator:
            edits.append(PartEdit(indicator, after, why))
    if not edits:
        raise _refused("none_chosen")
    return edits


def reorganise(snapshot: PlanSnapshot, renamed: Mapping[str, str], reason: str) -> list[Edit]:
    """Return the edits that give all indicators in use from old departments to new ones.

    A department that is to become an empty name stays as it is.
    """
    wanted = {old: new for old, new in renamed.items() if new.strip()}
    departments = {
        indicator.id: wanted[indicator.department]
        for indicator in snapshot.indicators
        if indicator.department in wanted and not indicator.is_retired
    }
    return change_departments(snapshot, departments, reason)


# Policies, and names.


def new_policy(
    snapshot: PlanSnapshot, parent_id: int | None, level: str, code: str, name: str, reason: str
) -> list[Edit]:
    """Return the edits that add a policy below another, or at the top."""
    why = _reason(reason)
    if parent_id is not None:
        _found(snapshot.policies, parent_id)
    node = PolicyNode(
        next(_new_ids(snapshot)),
        snapshot.plan.id,
        parent_id,
        _short(level, LONGEST_LEVEL),
        _new_code(snapshot, code),
        _new_name(name, _names_under(snapshot, parent_id)),
        max((one.position for one in snapshot.policies), default=0) + 1,
    )
    return [PartEdit(None, node, why)]


def move_policy(
    snapshot: PlanSnapshot, policy_id: int, parent_id: int | None, reason: str
) -> list[Edit]:
    """Return the edits that put a policy, and all below it, under another or at the top."""
    why, node = _reason(reason), _found(snapshot.policies, policy_id)
    if node.parent_id == parent_id:
        raise _refused("policy_already_there", policy=node.name)
    above = parent_id
    while above is not None:
        if above == node.id:
            raise _refused("below_itself", policy=node.name)
        above = _found(snapshot.policies, above).parent_id
    _new_name(node.name, _names_under(snapshot, parent_id))
    return [PartEdit(node, replace(node, parent_id=parent_id), why)]


def rename_policy(
    snapshot: PlanSnapshot, policy_id: int, code: str, name: str, reason: str
) -> list[Edit]:
    """Return the edits that give a policy another name, another code or both."""
    why, node = _reason(reason), _found(snapshot.policies, policy_id)
    names = _names_under(snapshot, node.parent_id)
    renamed = replace(
        node,
        code=_new_code(snapshot, code, of=node.code),
        name=_new_name(name, names, of=node.name),
    )
    return _changed(node, renamed, why)


def rename_indicator(
    snapshot: PlanSnapshot, indicator_id: int, name: str, reason: str
) -> list[Edit]:
    """Return the edits that give an indicator another name."""
    why, one = _reason(reason), _found(snapshot.indicators, indicator_id)
    names = [other.name for other in snapshot.indicators if other.policy_id == one.policy_id]
    return _changed(one, replace(one, name=_new_name(name, names, of=one.name)), why)


def rename_series(snapshot: PlanSnapshot, series_id: int, name: str, reason: str) -> list[Edit]:
    """Return the edits that give a series another name."""
    why, one = _reason(reason), _found(snapshot.series, series_id)
    names = [other.name for other in series_of(snapshot, one.indicator_id)]
    return _changed(one, replace(one, name=_new_name(name, names, of=one.name)), why)


def rename_plan(
    snapshot: PlanSnapshot, name: str, reason: str, taken: Collection[str] = ()
) -> list[Edit]:
    """Return the edits that give the plan another name; ``taken`` are those of the others."""
    why, plan = _reason(reason), snapshot.plan
    return _changed(plan, replace(plan, name=_new_name(name, taken, of=plan.name)), why)


def series_of(snapshot: PlanSnapshot, indicator_id: int) -> list[Series]:
    """Return the series of an indicator in their order."""
    own = [one for one in snapshot.series if one.indicator_id == indicator_id]
    return sorted(own, key=lambda one: one.position)


def with_reasons(drafted: Mapping[Identity, Edit], edits: Iterable[Edit]) -> list[Edit]:
    """Return edits upon a draft, each with the reason its part was changed for before, too."""
    found: list[Edit] = []
    with speaking(DEFAULT):
        joint = say("structure.reasons")
    for edit in edits:
        earlier = drafted.get(edit.identity)
        if isinstance(edit, PartEdit) and isinstance(earlier, PartEdit):
            reasons = dict.fromkeys([earlier.reason, edit.reason])
            edit = replace(edit, reason=joint.join(reasons))
        found.append(edit)
    return found


_Named = TypeVar("_Named", PolicyNode, Indicator, Series)


def _found(parts: Sequence[_Named], part_id: int) -> _Named:
    """Return a part by its id; it may have been taken out of the draft meanwhile."""
    for part in parts:
        if part.id == part_id:
            return part
    raise _refused("gone")


def _standing(snapshot: PlanSnapshot, indicator_id: int) -> Indicator:
    """Return an indicator that is not retired."""
    indicator = _found(snapshot.indicators, indicator_id)
    if indicator.is_retired:
        raise _refused("retired", indicator=indicator.name)
    return indicator


def _changed(before: Part, after: Part, why: str) -> list[Edit]:
    if before == after:
        raise _refused("same_name")
    return [PartEdit(before, after, why)]


def _new_ids(snapshot: PlanSnapshot) -> Iterator[int]:
    """Return ids for parts that are new: below zero, and below any that stands.

    How far below is left to chance: somebody else may be adding parts to the same draft just now.
    """
    lowest = min(0, *(part.id for part in _numbered(snapshot)))
    return count(lowest - 1 - secrets.randbelow(2**24), -1)


def _numbered(snapshot: PlanSnapshot) -> list[Plan | PolicyNode | Indicator | Series]:
    """Return all parts of a plan that have an id."""
    return [snapshot.plan, *snapshot.policies, *snapshot.indicators, *snapshot.series]


def _behind(snapshot: PlanSnapshot, policy_id: int | None) -> int:
    """Return the position of the last indicator of a policy; of an empty one, behind all others.

    Of two that have the same position, the one that is newer stands behind.
    """
    own = [one.position for one in snapshot.indicators if one.policy_id == policy_id]
    every = [one.position for one in snapshot.indicators]
    return max(own) if own else max(every, default=0) + 1


def _names_under(snapshot: PlanSnapshot, parent_id: int | None) -> list[str]:
    return [node.name for node in snapshot.policies if node.parent_id == parent_id]


def _in_order(span: Span) -> Span:
    first, last = span
    if last < first:
        raise _refused("period_backwards", first=full_year(first), last=full_year(last))
    return first, last


def _reason(text: str) -> str:
    if not text.strip():
        raise _refused("no_reason")
    return _plain(text)


def _new_name(text: str, taken: Iterable[str], of: str = "") -> str:
    """Return a name that is not empty and none of those taken, but for that the part has itself."""
    name = _plain(text)
    if not name:
        raise _refused("no_name")
    own = normal(of)
    for other in taken:
        if normal(other) == normal(name) != own:
            raise _refused("name_taken", name=other)
    return name


def _new_code(snapshot: PlanSnapshot, text: str, of: str = "") -> str:
    """Return a code no other policy of the plan has; a plan may number nothing."""
    code = _short(text, LONGEST_CODE)
    owner = next((node for node in snapshot.policies if code and node.code == code != of), None)
    if owner is not None:
        raise _refused("code_taken", code=code, policy=owner.name)
    return code


def _short(text: str, most: int) -> str:
    plain = _plain(text)
    if len(plain) > most:
        raise _refused("too_long", text=plain, most=most)
    return plain


def _plain(text: str) -> str:
    """Return a text as it was typed, without spaces around it; signs nobody sees are refused."""
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text.strip()):
        raise _refused("unseen")
    return text.strip()


def _refused(why: str, **values: object) -> StructureRefused:
    return StructureRefused(say(f"structure.refused.{why}", **values))
