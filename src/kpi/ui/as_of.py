"""The day a screen is about: what was known at its end is shown. It stands in the address."""

from __future__ import annotations

from datetime import date, datetime
from typing import NoReturn

import streamlit as st

from kpi.notation import full_date
from kpi.store import JAPAN, end_of_day
from kpi.ui.html import show
from kpi.words import say

_NAME = "as_of"
_FIRST = date(2000, 1, 1)


def day() -> date | None:
    """Return the day in the past that is looked at; None is now."""
    asked = _asked()
    return asked if asked is not None and asked < _today() else None


def moment() -> datetime | None:
    """Return the last moment of that day in Japan, as the store takes it; None is now."""
    chosen = day()
    return None if chosen is None else end_of_day(chosen)


def said() -> str:
    """Return the day as people write it, 2025年9月1日; empty where it is now."""
    chosen = day()
    return "" if chosen is None else full_date(chosen)


def choose() -> None:
    """Show the box with the day; empty is now."""
    shown = day()
    # Another address is another box, which begins with its own day; it can be emptied, as it would
    # not be could it not begin empty.
    key = f"as-of {shown}"
    st.session_state.setdefault(key, shown)
    chosen: date | None = st.date_input(
        say("as_of.label"),
        value=None,
        min_value=_FIRST,
        max_value=_today(),
        format="YYYY-MM-DD",
        key=key,
    )
    if chosen == shown:
        return
    if chosen is None:
        back_to_now()
    st.query_params[_NAME] = chosen.isoformat()
    st.rerun()


def banner() -> None:
    """Say which day the page below is about and lead back to now; nothing where it is now.

    Where the address names no day that has been, the page says so and ends here.
    """
    if _NAME in st.query_params and _asked() is None:
        st.warning(say("as_of.unknown"))
        st.stop()
    if day() is not None and show("as_of.html", key="as-of-banner", day=said()):
        back_to_now()


def back_to_now() -> NoReturn:
    """Show the page as things are now."""
    st.query_params.pop(_NAME, None)
    st.rerun()


def _asked() -> date | None:
    """Return the day the address names; None where it names none, or one the box does not have."""
    try:
        asked = date.fromisoformat(st.query_params.get(_NAME, ""))
    except ValueError:
        return None
    return asked if _FIRST <= asked <= _today() else None


def _today() -> date:
    return datetime.now(JAPAN).date()
