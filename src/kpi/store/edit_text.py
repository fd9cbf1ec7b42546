"""Edits as text, the way proposals keep them: JSON, by the names of the model's classes and fields.

Doubles come back as they were.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from enum import StrEnum
from typing import Any

from kpi.model import (
    Comparator,
    Direction,
    Edit,
    Fact,
    FactEdit,
    FactKey,
    FiscalYear,
    Fraction,
    Identity,
    Indicator,
    Kind,
    Milestone,
    Note,
    NoteKind,
    Part,
    PartEdit,
    Period,
    Plan,
    PolicyNode,
    Project,
    ProjectState,
    Provenance,
    Series,
    Status,
)

_PARTS: dict[str, type[Part]] = {
    "plan": Plan,
    "period": Period,
    "policy": PolicyNode,
    "indicator": Indicator,
    "series": Series,
    "note": Note,
    "fraction": Fraction,
    "project": Project,
    "milestone": Milestone,
}


def identity_text(identity: Identity) -> str:
    """Return what an edit is about as text, the same for the same thing."""
    return json.dumps(identity, ensure_ascii=False)


def read_identity(text: str) -> Identity:
    """Return what `identity_text` tells of."""
    first, *rest = json.loads(text)
    if isinstance(first, str):
        return (first, *rest)
    kind, period, label, year = rest
    return FactKey(first, Kind(kind), period, label, FiscalYear(year))


def edit_text(edit: Edit) -> str:
    """Return an edit as text."""
    if isinstance(edit, FactEdit):
        said: dict[str, Any] = {
            "key": list(edit.key),
            "before": _fact_said(edit.before),
            "after": _fact_said(edit.after),
        }
    else:
        kind = next(name for name, part in _PARTS.items() if isinstance(edit.after, part))
        said = {
            "part": kind,
            "before": None if edit.before is None else asdict(edit.before),
            "after": asdict(edit.after),
            "reason": edit.reason,
        }
    return json.dumps(said, ensure_ascii=False)


def _fact_said(fact: Fact | None) -> dict[str, Any] | None:
    return None if fact is None else {k: v for k, v in fact._asdict().items() if k != "key"}


def read_edit(text: str) -> Edit:
    """Return the edit that `edit_text` wrote."""
    said = json.loads(text)
    if "part" not in said:
        series_id, kind, *rest = said["key"]
        key = FactKey(series_id, Kind(kind), *rest)
        return FactEdit(key, _fact(key, said["before"]), _fact(key, said["after"]))
    kind = _PARTS[said["part"]]
    before = None if said["before"] is None else _part(kind, said["before"])
    return PartEdit(before, _part(kind, said["after"]), said["reason"])


def _fact(key: FactKey, said: Mapping[str, Any] | None) -> Fact | None:
    if said is None:
        return None
    return Fact(
        key,
        said["value"],
        said["value_high"],
        Comparator(said["comparator"]) if said["comparator"] else None,
        said["value_text"],
        Status(said["status"]) if said["status"] else None,
        said["note"],
        Provenance(*said["provenance"]) if said["provenance"] else None,
    )


def _part(kind: type[Part], said: Mapping[str, Any]) -> Part:
    words = {name: _WORDS[name](said[name]) for name in _WORDS if said.get(name) is not None}
    return kind(**{**said, **words})


#: Fields whose words are those of an enumeration.
_WORDS: dict[str, type[StrEnum]] = {
    "direction": Direction,
    "kind": NoteKind,
    "state": ProjectState,
}
