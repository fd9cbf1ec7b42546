"""How strong the colours of the screens are. It stands in the address, as the language does.

Whether they are light or dark is the browser's to say; what the reader's system asks for in
contrast, the server's page writes into the address (`kpi.ui.server`).
"""

from __future__ import annotations

import streamlit as st

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
