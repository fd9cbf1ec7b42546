"""Looking at where a value was read: a file of several municipalities shows each only its own."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from kpi.access import Act, Person, require
from kpi.importing.excerpt import Excerpt, read_excerpt
from kpi.importing.findings import Finding
from kpi.model import FactKey, Municipality
from kpi.store import FactSource, fact_source


@dataclass(frozen=True)
class Looked:
    """Where a value was read, as far as somebody may see it."""

    source: FactSource
    #: What stands there; a finding where it cannot be read, None where the file was not kept.
    piece: Excerpt | Finding | None
    #: Whether the rows around are left out: they may be of municipalities one may not see.
    is_alone: bool


def look(
    engine: Engine, person: Person, municipality: Municipality, key: FactKey, batch_id: str
) -> Looked | None:
    """Return where a batch read a fact; None where it did not read it from a file.

    Raises `kpi.access.NotAllowed` where the person may not see what the municipality has.
    """
    require(person, Act.VIEW, municipality.code)
    source = fact_source(engine, municipality, key, batch_id)
    if source is None:
        return None
    may_see_all = all(map(person.may_see, source.municipalities))
    piece = None
    if source.content is not None:
        piece = read_excerpt(
            source.file, source.content, source.sheet, source.cell, around=may_see_all
        )
    return Looked(source, piece, not may_see_all)
