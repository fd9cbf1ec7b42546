"""Acts of a user that many tests begin with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Engine

from kpi.access import Person, Role
from kpi.acting.imports import accept
from kpi.importing.draft import Context
from kpi.importing.matching import Preview, prepare
from kpi.importing.readers import read_book
from kpi.importing.reading import read_tables
from kpi.model import Municipality
from kpi.store import batches, undo

NOW = datetime(2025, 6, 30, 3, 0, tzinfo=UTC)


def planner(name: str = "企画課") -> Person:
    """Return somebody of the planning department."""
    return Person(name, frozenset({Role.PLANNER}))


def editor(department: str) -> Person:
    """Return somebody of another department, called after it."""
    return Person(department, frozenset({Role.EDITOR}), frozenset({department}))


def import_bytes(
    engine: Engine, *files: tuple[str, bytes], context: Context | None = None, now: datetime = NOW
) -> tuple[Preview, str | None]:
    """Import files as a user would who accepts what is shown."""
    preview = preview_of(engine, *files, context=context)
    return preview, accept(engine, planner("planner"), preview, reason="test", now=now)


@contextmanager
def taken_back_afterwards(engine: Engine, municipality: Municipality) -> Iterator[None]:
    """Take back in the end whatever has been recorded of a municipality meanwhile."""
    known = {entry.batch_id for entry in batches(engine, [municipality.code])}
    yield
    for entry in batches(engine, [municipality.code]):
        if entry.batch_id not in known and entry.undone_at is None:
            undo(engine, entry.batch_id, author="planner", now=datetime.now(UTC))


def preview_of(
    engine: Engine, *files: tuple[str, bytes], context: Context | None = None
) -> Preview:
    """Look at what files would change.

    They are the tests' own, so that no other process has to be started to open them.
    """
    books = [read_book(name, data) for name, data in files]
    return prepare(engine, read_tables(books, context or Context()))
