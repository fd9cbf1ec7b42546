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
    Part,
    PartEdit,
    Proposal,
    named_parts,
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
    hanging = [
        identity for identity, edit in result.items() if not gone.isdisjoint(named_parts(edit))
    ]
    return without(result, hanging) if hanging else result


def _is_new(edit: Edit) -> bool:
    return isinstance(edit, PartEdit) and edit.before is None


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
    own = {
        edit.identity: kept.get(edit.identity, edit)
        for edit in changed
        if edit.identity not in given_up
    }
    again = {identity: edit for identity, edit in edits.items() if identity not in given_up}
    return merged(base, start, [*_named(own.values(), again, start), *own.values()])


def _named(
    own: Iterable[Edit], edits: Mapping[Identity, Edit], known: Collection[Identity]
) -> list[Edit]:
    """Return the edits of new parts that ours name and others have taken out of the draft."""
    lost = {
        identity
        for edit in own
        for identity in named_parts(edit)
        if identity in edits and identity not in known
    }
    parts = [edits[identity] for identity in lost if _is_new(edits[identity])]
    return [*_named(parts, edits, known), *parts] if parts else []
