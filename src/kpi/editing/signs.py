"""Signs that nobody sees, typed or pasted with a text: said before the database refuses them.

PostgreSQL keeps no NUL and no half of a sign, and no workbook a control character.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

from kpi.importing.remarks import without_controls
from kpi.model import Edit, Fact, Part
from kpi.words import say

#: Signs that show the place, on either side of it.
_AROUND = 10


def unseen(edits: Iterable[Edit]) -> str:
    """Return where edits bring in a sign that cannot be kept, in words; empty where none does."""
    for edit in edits:
        for text in _texts(edit.after):
            at = next((at for at, sign in enumerate(text) if not without_controls(sign)), None)
            if at is not None and text not in _texts(edit.before):
                around = without_controls(text[max(0, at - _AROUND) : at + _AROUND]).strip()
                return say("edit.unseen", around=around)
    return ""


def _texts(one: Fact | Part | None) -> list[str]:
    if one is None:
        return []
    if isinstance(one, Fact):
        return [one.key.label, one.value_text, one.note]
    return [text for f in fields(one) if isinstance(text := getattr(one, f.name), str)]
