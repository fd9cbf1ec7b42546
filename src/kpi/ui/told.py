"""Sentences about what was done, or why it was not: said at once, or on the page's next run.

They are shown as they are. Streamlit's own boxes read Markdown, and make a link of every address
that somebody wrote into a name.
"""

from __future__ import annotations

import streamlit as st

from kpi.ui.html import show

_KEPT = "told-kept"


def tell(words: str, *, key: str, severity: str = "") -> None:
    """Say something; as ``done`` or as an ``error`` it stands out, and is read out."""
    show("told.html", key=key, words=words, severity=severity)


def keep(words: str, severity: str = "done") -> None:
    """Keep what was just done, to be said on the next run."""
    st.session_state.setdefault(_KEPT, []).append((words, severity))


def tell_kept() -> None:
    """Say once what was kept."""
    for number, (words, severity) in enumerate(st.session_state.pop(_KEPT, [])):
        tell(words, key=f"told-{number}", severity=severity)
