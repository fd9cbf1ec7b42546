"""The sample city, whose figures are all made up: put in to try things, taken out as a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from kpi import settings
from kpi.access import Act, NotAllowed, Person, require
from kpi.acting.imports import Refused, accept
from kpi.acting.undoing import refusal
from kpi.importing.draft import Context
from kpi.importing.matching import prepare
from kpi.importing.reading import read_files
from kpi.model import Municipality
from kpi.store import USER, BatchEntry, batches, undo
from kpi.words import say

#: No local government has a code that begins with 99.
CITY = Municipality("990001", "見本市（架空のデータ）")
#: How the names of its files begin.
_FILES = "見本市"


def files(of: str = "") -> list[Path]:
    """Return the files of all samples, or of those whose names begin so, in their order."""
    return [
        path for folder in settings.SAMPLES for path in sorted(folder.glob(f"{of or '[!.~]'}*"))
    ]


def is_sample(entry: BatchEntry) -> bool:
    """Whether an act brought nothing but samples."""
    names = {path.name for path in files()}
    return bool(entry.files) and names.issuperset(entry.files)


def put_in(engine: Engine, person: Person, *, now: Callable[[], datetime]) -> None:
    """Import the files of the sample city.

    Raises `kpi.access.NotAllowed`, and as `kpi.acting.imports.accept` does.
    """
    require(person, Act.IMPORT, CITY.code)
    for path in files(_FILES):
        preview = prepare(engine, read_files([(path.name, path.read_bytes())], Context()))
        if any(one.code != CITY.code for one in preview.municipalities):
            raise Refused
        accept(engine, person, preview, reason=say("import.reason_sample"), now=now())


def at_hand(engine: Engine) -> list[BatchEntry]:
    """Return what stands of the sample city, newest first; who may sign in is no part of it."""
    return [
        entry
        for entry in batches(engine, [CITY.code])
        if entry.undone_at is None and entry.act != USER
    ]


def take_out(engine: Engine, person: Person, *, now: datetime) -> None:
    """Take back whatever was recorded of the sample city, all of it or nothing, and only that.

    Raises `kpi.access.NotAllowed` where the person may not take one of the acts back, or one of
    them was about others as well.
    """
    entries = at_hand(engine)
    _require(engine, person, entries)
    undo(engine, *(entry.batch_id for entry in entries), author=person.name, now=now)


def _require(engine: Engine, person: Person, entries: Sequence[BatchEntry]) -> None:
    require(person, Act.UNDO_IMPORT, CITY.code)
    for entry in entries:
        if words := refusal(engine, person, entry.batch_id):
            raise NotAllowed(words)
        others = {one.municipality.name for one in batches(engine, batch_id=entry.batch_id)}
        if others - {entry.municipality.name}:
            raise NotAllowed(say("sample.with_others", batch=entry.batch_id))
