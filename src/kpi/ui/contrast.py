"""How strong the colours of the screens are. It stands in the address, as the language does.

Whether they are light or dark is the browser's to say; what the reader's system asks for in
contrast, the server's page writes into the address (`kpi.ui.server`).
"""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from kpi.ui.html import show

#: What the contrast is called in the address.
NAME = "contrast"
#: The contrasts there are, each with its light and its dark theme of the tokens.
THEMES = {"standard": ("light", "dark"), "high": ("contrast", "contrast-dark")}


def chosen() -> str:
    """Return the contrast of the session: standard or high."""
    asked = st.query_params.get(NAME)
    return asked if asked in THEMES else next(iter(THEMES))


def shown_theme() -> str:
    """Return the theme the page is shown in, for what cannot follow a custom property."""
    light, dark = THEMES[chosen()]
    return dark if st.context.theme.type == "dark" else light


def choose() -> None:
    """Show the contrasts; the page stays the same in another one."""
    here = st.query_params.to_dict()
    followed = show(
        "contrast.html",
        key="contrast",
        contrasts=THEMES,
        chosen=chosen(),
        queries={name: urlencode({**here, NAME: name}) for name in THEMES},
    )
    if followed and followed != chosen():
        st.query_params[NAME] = followed
        st.rerun()
