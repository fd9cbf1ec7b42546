"""The database of this server, and a mark that tells whether something else counts in it now."""

from __future__ import annotations

import streamlit as st
from sqlalchemy import Engine

from kpi import settings
from kpi.store import Mark, open_database, version


@st.cache_resource(show_spinner=False)
def engine_at(url: str) -> Engine:
    """Return the one engine of this server for an address."""
    return open_database(url)


def engine() -> Engine:
    """Return the database of this server."""
    return engine_at(settings.database_url())


def version_mark() -> Mark:
    """Return a mark that differs after every accepted or taken back batch."""
    return version(engine())
