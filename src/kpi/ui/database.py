"""The database of this server, and a mark that tells whether something else counts in it now."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import ParamSpec, TypeVar, cast

import streamlit as st
from sqlalchemy import Connection, Engine, event

from kpi import settings
from kpi.store import Mark, open_database, version

P = ParamSpec("P")
T = TypeVar("T")

_page = threading.local()


def kept(most: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep the last answers of a function; who asks while one is worked out waits for it.

    Streamlit's cache does so, but takes each part of a question apart every time it is asked, for
    longer than all else of it; here that is done once.
    """

    def keep(function: Callable[P, T]) -> Callable[P, T]:
        once = st.cache_resource(show_spinner=False, max_entries=most)(function)
        return cast("Callable[P, T]", lru_cache(maxsize=most)(once))

    return keep


@kept(16)
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
