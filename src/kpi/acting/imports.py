"""Accepting what an import would change, and keeping by name how files are read."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from kpi.access import Act, Person, require
from kpi.importing.layouts import saved
from kpi.importing.matching import Preview
from kpi.importing.memory import uncollected
from kpi.store import commit


class Refused(Exception):
    """The import has findings that forbid it."""


@uncollected()
def accept(
    engine: Engine, person: Person, preview: Preview, *, reason: str, now: datetime
) -> str | None:
    """Record what a preview shows and return the batch's id, None where nothing changes.

    Raises `kpi.access.NotAllowed` where the files are about a municipality in which the person may
    not import, `Refused` where a finding forbids it, `kpi.store.Conflict` where the database has
    changed since the preview was made.
    """
    for municipality in preview.municipalities:
        require(person, Act.IMPORT, municipality.code)
    if preview.has_errors:
        raise Refused
    if not preview.changes:
        return None
    return commit(engine, preview.changes, author=person.name, reason=reason, now=now)


def keep_layout(person: Person, layout: saved.SavedLayout) -> Path:
    """Keep how files are read, for all municipalities of this server, and return where.

    Raises `kpi.access.NotAllowed`, and as `kpi.importing.layouts.saved.save` does.
    """
    require(person, Act.SAVE_LAYOUT, None)
    return saved.save(layout)
