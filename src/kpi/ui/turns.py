"""Pages are worked out one after another, each in a moment.

Python works at one of them at a time anyway. Fifty people who come at once to a server that has
just started would have it go to and fro between fifty pages, and every one of them would be late.
A dialog, or another fragment that is worked out anew by itself, waits for nobody.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import streamlit as st

#: Seconds after which a page waits no longer for another that keeps its turn.
_PATIENCE = 10.0
_turn = threading.Semaphore()
_own = threading.local()
#: When the turn last went from one page to the next.
_passed = [monotonic()]


@contextmanager
def in_turn() -> Iterator[None]:
    """Work out a page when those before it are done."""
    # However long the row is: only where it stands still would all who wait go ahead.
    while not (is_held := _turn.acquire(timeout=_PATIENCE)):
        if monotonic() - _passed[0] >= _PATIENCE:
            break
    _own.is_held = is_held
    if is_held:
        _passed[0] = monotonic()
    try:
        yield
    finally:
        let_go()


def let_go() -> None:
    """Let other pages go on while this one waits: for others that write, or what takes long."""
    if getattr(_own, "is_held", False):
        _own.is_held = False
        _turn.release()


@contextmanager
def aside(words: str) -> Iterator[None]:
    """Do what takes a while, saying what it is; other pages go on meanwhile.

    What came of it is kept within: where another click has come, Streamlit ends the run as soon as
    the words are taken away.
    """
    let_go()
    with st.spinner(words):
        yield
