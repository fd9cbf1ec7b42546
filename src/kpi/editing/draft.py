"""The edits of a draft: one for each thing, collected, taken back, and settled with others'."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from kpi.editing.clashes import upon
from kpi.model import (
    Clash,
    Edit,
    FactEdit,
    Identity,
    Indicator,
    Part,
    PartEdit,
    Period,
    PolicyNode,
    Proposal,
    Series,
    part_identity,
)
from kpi.store import PlanSnapshot

#: One edit of each thing, by what it is about.
Edits = dict[Identity, Edit]


def merged(base: PlanSnapshot, edits: Mapping[Identity, Edit], new: Iterable[Edit]) -> Edits:
    """Return edits of a plan with further ones made upon them; those that change nothing drop out.

    ``base`` is the plan that all of them are held against.
    """
    parts = _parts(base)
    result = dict(edits)
    for edit in new:
        own = _upon(base, parts, edit)
        if own.changes_nothing:
            result.pop(own.identity, None)
        else:
            result[own.identity] = own
    return result


def _parts(base: PlanSnapshot) -> dict[Identity, Part]:
    parts: list[Part] = [
        *([base.plan] if base.plan.id > 0 else []),
        *base.periods.values(),
        *base.policies,
        *base.indicators,
        *base.series,
    ]
    return {part_identity(part): part for part in parts}


def _upon(base: PlanSnapshot, parts: Mapping[Identity, Part], edit: Edit) -> Edit:
    """Return an edit as a change of what the plan says."""
    if isinstance(edit, FactEdit):
        return replace(edit, before=base.facts.get(edit.key))
    return replace(edit, before=parts.get(edit.identity))


def without(edits: Mapping[Identity, Edit], taken_back: Collection[Identity]) -> Edits:
    """Return edits without some of them, nor what they gave a new part to."""
    result = {identity: edit for identity, edit in edits.items() if identity not in taken_back}
    gone = {identity for identity in edits.keys() - result.keys() if _is_new(edits[identity])}
    hanging = [identity for identity, edit in result.items() if not gone.isdisjoint(_needs(edit))]
    return without(result, hanging) if hanging else result


def _is_new(edit: Edit) -> bool:
    return isinstance(edit, PartEdit) and edit.before is None


def _needs(edit: Edit) -> Iterable[tuple[str, int | None]]:
    """Yield the parts an edit names, each by its kind and id."""
    if isinstance(edit, FactEdit):
        yield "series", edit.key.series_id
        return
    part = edit.after
    if isinstance(part, Series):
        yield "indicator", part.indicator_id
    elif isinstance(part, Indicator):
        yield from (("plan", part.plan_id), ("policy", part.policy_id))
        yield "indicator", part.successor_id
    elif isinstance(part, PolicyNode):
        yield from (("plan", part.plan_id), ("policy", part.parent_id))
    elif isinstance(part, Period):
        yield "plan", part.plan_id


def to_save(
    saved: Proposal | None, edits: Mapping[Identity, Edit]
) -> tuple[list[Edit], list[Identity]]:
    """Return what a draft says otherwise than it did when saved: edits, and what it dropped."""
    before = {edit.identity: edit for edit in saved.edits} if saved else {}
    changed = [edit for identity, edit in edits.items() if before.get(identity) != edit]
    return changed, [identity for identity in before if identity not in edits]


def settled(
    base: PlanSnapshot,
    saved: Proposal | None,
    theirs: Proposal | None,
    edits: Mapping[Identity, Edit],
    clashes: Sequence[Clash],
    mine: Collection[Identity],
) -> Edits:
    """Return our edits made upon what others have saved meanwhile.

    ``base`` is the plan and ``theirs`` the draft as they stand now, ``saved`` the draft as we read
    it. Of the ``clashes`` our change counts where ``mine`` names it, elsewhere theirs.
    """
    changed, dropped = to_save(saved, edits)
    kept = {clash.edit.identity: upon(clash) for clash in clashes}
    given_up = kept.keys() - set(mine)
    start = {edit.identity: edit for edit in theirs.edits} if theirs else {}
    start = without(start, [identity for identity in dropped if identity not in given_up])
    own = [kept.get(edit.identity, edit) for edit in changed if edit.identity not in given_up]
    return merged(base, start, own)
