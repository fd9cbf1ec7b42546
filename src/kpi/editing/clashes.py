"""Two changes of one thing: what a person decides, cell by cell, becomes edits again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields, replace

from kpi.model import Clash, Edit, Fact, FactEdit, Identity, Part, PartEdit


def decided(
    clashes: Sequence[Clash], mine: Collection[Identity]
) -> tuple[list[Edit], list[Identity]]:
    """Return the edits to save into a proposal, and what it is to say nothing of any more.

    ``clashes`` are with the plan as it stands, ``mine`` names those of which one's own value is to
    stay. It is then an edit of what stands now. Of a part only what was edited stays one's own.
    """
    kept = [upon(clash) for clash in clashes if clash.edit.identity in mine]
    dropped = [clash.edit.identity for clash in clashes if clash.edit.identity not in mine]
    return kept, dropped


def upon(clash: Clash) -> Edit:
    """Return one's own edit of what came first; of a part only what one had changed of it."""
    edit, theirs = clash.edit, clash.theirs
    if isinstance(edit, FactEdit):
        assert theirs is None or isinstance(theirs, Fact)  # noqa: S101  of the same thing
        return replace(edit, before=theirs)
    if edit.before is None or theirs is None:
        return edit
    assert not isinstance(theirs, Fact)  # noqa: S101  of the same thing
    return replace(edit, before=theirs, after=_rebased(edit, edit.before, theirs))


def _rebased(edit: PartEdit, before: Part, theirs: Part) -> Part:
    """Return a part as it stands with what an edit changes of it."""
    names = [field.name for field in fields(before)]
    changed = {name: getattr(edit.after, name) for name in names}
    return replace(
        theirs, **{name: value for name, value in changed.items() if value != getattr(before, name)}
    )
