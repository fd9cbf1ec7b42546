"""The database of this server, and a mark that tells whether something else counts in it now."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from sqlalchemy import Connection, Engine, event

from kpi import settings
from kpi.store import Mark, open_database, version

_page = threading.local()


@cache
def engine_at(url: str) -> Engine:
    """Return the one engine of this server for an address."""
    engine = open_database(url)
    event.listen(engine, "commit", _ask_again)
    return engine


def engine() -> Engine:
    """Return the database of this server."""
    return engine_at(settings.database_url())


@contextmanager
def one_state() -> Iterator[None]:
    """Work out a page from one state of the database, until the page itself writes."""
    _page.mark = None
    try:
        yield
    finally:
        del _page.mark


def version_mark() -> Mark:
    """Return a mark that differs after every accepted or taken back batch."""
    mark: Mark | None = getattr(_page, "mark", None)
    if mark is None:
        mark = version(engine())
        if hasattr(_page, "mark"):
            _page.mark = mark
    return mark


def _ask_again(_connection: Connection) -> None:
    if hasattr(_page, "mark"):
        _page.mark = None
