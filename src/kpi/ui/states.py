"""What a page says that has nothing to show: what is missing, and where it would come from."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import NoReturn

import streamlit as st

from kpi.access import Act
from kpi.store import DatabaseUnavailable, shown_url
from kpi.ui import as_of
from kpi.ui.database import engine
from kpi.ui.html import plain, show
from kpi.ui.person import person
from kpi.words import say

#: The pages to lead to, each with the act it is there for.
_WAYS = {
    "first_steps": Act.IMPORT,
    "imports": Act.IMPORT,
    "target_editing": Act.SAVE_PROPOSAL,
    "structure": Act.SAVE_PROPOSAL,
    "rounds": Act.OPEN_ROUND,
    "overview": Act.VIEW,
}
#: The way to the page as things are now.
_NOW = "now"
#: Ways to a part of a page, with what its address says more.
_PARTS = {"structure": ("target_editing", {"section": "structure"})}


def nothing_yet() -> NoReturn:
    """End a page before anything is recorded."""
    end(say("app.nothing_yet"), "first_steps", "imports")


def end(
    sentence: str, *ways: str, query: Mapping[str, str] | None = None, more: str = ""
) -> NoReturn:
    """Say what is missing and lead to where it is brought; the page ends here.

    ``query`` goes along, ``more`` is said below. Whoever may use none of the ways is told who can.
    """
    tell(sentence, *ways, query=query, more=more)
    st.stop()


def tell(sentence: str, *ways: str, query: Mapping[str, str] | None = None, more: str = "") -> None:
    """Say what is missing as `end` does; the page goes on."""
    asked = dict(query or {})
    open_ways = [way for way in ways if way == _NOW or person().may_anywhere(_WAYS[way])]
    if ways and not open_ways:
        more = more or say("empty.ask")
    places = {way: _place(way, asked) for way in open_ways}
    followed = show("empty.html", key="empty", sentence=sentence, more=more, places=places)
    if followed == _NOW:
        as_of.back_to_now()
    elif followed:
        page, wanted = places[followed]
        st.switch_page(f"pages/{page}.py", query_params=wanted)


def _place(way: str, query: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Return the page a way leads to, and its address."""
    page, more = _PARTS.get(way, (way, {}))
    return page, {**query, **more}


def trouble(words: str, details: str = "") -> None:
    """Say what went wrong, and offer to try again without losing what was typed elsewhere.

    ``details`` are for whoever runs the program.
    """
    st.error(words)
    if details:
        with st.expander(say("app.details")):
            st.caption(plain(details))
    # Whoever presses it has the page run again; the button itself has nothing to tell.
    st.button(say("app.again"), key=f"again-{secrets.token_hex(4)}")


def away(error: DatabaseUnavailable) -> None:
    """Say that the database cannot be asked, and what to do."""
    details = say(f"database.{error.why}", url=shown_url(engine()), error=error)
    trouble(say(f"app.away.{error.why}"), details)
