"""How strong the colours of the screens are. It stands in the address, as the language does.

Whether they are light or dark is the browser's to say; what the reader's system asks for in
contrast, the server's page writes into the address (`kpi.ui.server`).
"""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from kpi.charts import Theme, theme
from kpi.ui.html import show

#: What the contrast is called in the address.
NAME = "contrast"
CONTRASTS = ("standard", "high")


def chosen() -> str:
    """Return the contrast of the session, one of `CONTRASTS`."""
    asked = st.query_params.get(NAME)
    return asked if asked in CONTRASTS else CONTRASTS[0]


def shown_theme() -> Theme:
    """Return the colours the page is shown in."""
    is_dark = st.context.theme.type == "dark"
    if chosen() == "high":
        return theme("contrast-dark" if is_dark else "contrast")
    return theme("dark" if is_dark else "light")


def choose() -> None:
    """Show the contrasts; the page stays the same in another one."""
    here = st.query_params.to_dict()
    followed = show(
        "contrast.html",
        key="contrast",
        contrasts=CONTRASTS,
        chosen=chosen(),
        queries={name: urlencode({**here, NAME: name}) for name in CONTRASTS},
    )
    if followed and followed != chosen():
        st.query_params[NAME] = followed
        st.rerun()
