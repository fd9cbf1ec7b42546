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
)
from kpi.store import PlanSnapshot

#: One edit of each thing, by what it is about.
Edits = dict[Identity, Edit]


def merged(base: PlanSnapshot, edits: Mapping[Identity, Edit], new: Iterable[Edit]) -> Edits:
    """Return edits of a plan with further ones made upon them; those that change nothing drop out.

    ``base`` is the plan that all of them are held against.
    """
    result = dict(edits)
    parts = base.parts()
    for edit in new:
        earlier = result.get(edit.identity)
        own = edit if earlier is None else _further(earlier, edit)
        _put(base, parts, result, own)
    return result


def _further(earlier: Edit, edit: Edit) -> Edit:
    """Return one edit for two, of which the second was made upon what the first left.

    What it changes was read in the plan when the first was made, or else with the second.
    """
    if isinstance(earlier, FactEdit):
        assert isinstance(edit, FactEdit)  # noqa: S101  of the same thing
        return replace(edit, before=earlier.before)
    assert isinstance(edit, PartEdit)  # noqa: S101  of the same thing
    before = earlier.before
    if before is not None and edit.before is not None:
        fresh = set(edit.changed) - set(earlier.changed)
        before = replace(before, **{name: getattr(edit.before, name) for name in fresh})
    return replace(edit, before=before, after=edit.upon(earlier.after))


def _put(base: PlanSnapshot, parts: Mapping[Identity, Part], edits: Edits, edit: Edit) -> None:
    """Put an edit among others, unless it leaves the plan as it stands."""
    if isinstance(edit, FactEdit):
        is_idle = replace(edit, before=base.facts.get(edit.key)).changes_nothing
    else:
        standing = parts.get(edit.identity)
        is_idle = standing is not None and edit.upon(standing) == standing
    if is_idle:
        edits.pop(edit.identity, None)
    else:
        edits[edit.identity] = edit


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
    clashing = {clash.edit.identity: clash for clash in clashes}
    given_up = clashing.keys() - set(mine)
    start = {edit.identity: edit for edit in theirs.edits} if theirs else {}
    start = without(start, [identity for identity in dropped if identity not in given_up])
    own: list[Edit] = []
    for edit in changed:
        clash, other = clashing.get(edit.identity), start.get(edit.identity)
        if edit.identity in given_up:
            continue
        if clash is None or (other is not None and isinstance(edit, FactEdit)):
            # What moved in the plan under it was not asked here: saving tells of it.
            own.append(edit)
        else:
            own.append(upon(clash) if other is None else _further(other, edit))
    again = {identity: edit for identity, edit in edits.items() if identity not in given_up}
    result, parts = dict(start), base.parts()
    for edit in (*_named(own, again, start), *own):
        _put(base, parts, result, edit)
    return result


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
