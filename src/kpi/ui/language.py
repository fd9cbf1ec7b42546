"""The language of the screens. It stands in the address, so that a page sent on reads the same."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import parse_qs, urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from kpi.ui.html import show
from kpi.words import DEFAULT, LANGUAGES, ask, language

#: What the language is called in the address.
NAME = "lang"


def of_session() -> str:
    """Return the language of the session that asks; outside of one, that of everybody.

    Asked at every word, so it looks at the address as the run has it, not at `st.query_params`.
    """
    run = get_script_run_ctx(suppress_warning=True)
    return DEFAULT if run is None else of_address(run.query_string)


@lru_cache(maxsize=1024)
def of_address(query: str) -> str:
    """Return the language an address asks for in its query, whatever languages a browser names."""
    asked = parse_qs(query).get(NAME, [DEFAULT])[-1]
    return asked if asked in LANGUAGES else DEFAULT


def choose() -> None:
    """Show the languages, each as it calls itself; the page stays the same in another one."""
    here = st.query_params.to_dict()
    followed = show(
        "language.html",
        key="language",
        languages=LANGUAGES,
        spoken=language(),
        queries={name: urlencode({**here, NAME: name}) for name in LANGUAGES},
    )
    if followed and followed != language():
        st.query_params[NAME] = followed
        st.rerun()


ask(of_session)
