"""The language of the screens. It stands in the address, so that a page sent on reads the same."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import parse_qs

from streamlit.runtime.scriptrunner import get_script_run_ctx

from kpi.words import DEFAULT, LANGUAGES, ask

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


ask(of_session)
