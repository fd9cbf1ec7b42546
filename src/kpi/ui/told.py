"""Sentences about what was done, or why it was not: said at once, or on the page's next run.

They are shown as they are. Streamlit's own boxes read Markdown, and make a link of every address
that somebody wrote into a name.
"""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from kpi.ui.html import show

_KEPT = "told-kept"


def tell(words: str, *, key: str, severity: str = "") -> None:
    """Say something; as ``done`` or as an ``error`` it stands out, and is read out."""
    show("told.html", key=key, words=words, severity=severity)


def keep(words: str, severity: str = "done") -> None:
    """Keep what was just done, to be said on the next run of the page."""
    st.session_state.setdefault(_KEPT, {}).setdefault(_page(), []).append((words, severity))


def tell_kept() -> None:
    """Say once what was kept on this page.

    Whoever went on to another page at once is told when they come back, not there.
    """
    kept = st.session_state.get(_KEPT, {}).pop(_page(), [])
    for number, (words, severity) in enumerate(kept):
        tell(words, key=f"told-{number}", severity=severity)


def _page() -> str:
    """Return what Streamlit calls the page; nothing outside of a run."""
    run = get_script_run_ctx(suppress_warning=True)
    return "" if run is None else run.page_script_hash
