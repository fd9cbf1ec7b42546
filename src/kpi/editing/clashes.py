"""Two changes of one thing: what a person decides, cell by cell, becomes edits again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from kpi.model import Clash, Edit, Fact, FactEdit, Identity


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
    return replace(edit, before=theirs, after=edit.upon(theirs))
