"""The tour: five places of the program, one after the other, told beside the page itself.

It is a panel and no wall: whoever does not want it goes on working or ends it. Where it stands is
in the address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

import streamlit as st

from kpi.ui.choices import shared_query
from kpi.ui.html import show

_NAME = "tour"


@dataclass(frozen=True)
class _Step:
    """A place: the page it is on, and what of it is framed."""

    #: Under which its words are in the catalogue.
    name: str
    page: str
    framed: str


STEPS = (
    _Step("overview", "overview", ".kpi-periods, .kpi-lead"),
    _Step("origin", "overview", ".kpi-table .v a"),
    _Step("search", "overview", '[class*="st-key-filter-"]'),
    _Step("targets", "indicator", ".st-key-chart"),
    _Step("slides", "reports", '[data-testid="stMain"] .kpi-title'),
)


def offer() -> None:
    """Offer the tour in a line that, once closed, stays closed in this browser."""
    if _at() is None and show("tour_offer.html", key="tour-offer"):
        begin()


def begin() -> NoReturn:
    """Begin with the first place."""
    _go(0)


def panel() -> None:
    """Show the place the address names, with the ways on, back and out; else nothing."""
    at = _at()
    if at is None:
        return
    followed = show("tour.html", key=_NAME, number=at, steps=STEPS)
    if followed == "end":
        st.query_params.pop(_NAME, None)
        st.rerun()
    elif followed:
        _go(int(followed))


def _at() -> int | None:
    """Return which place is shown; None where there is none, or none of that number."""
    asked = st.query_params.get(_NAME, "")
    return int(asked) - 1 if asked in [str(n) for n in range(1, len(STEPS) + 1)] else None


def _go(number: int) -> NoReturn:
    query = {**shared_query(), _NAME: str(number + 1)}
    st.switch_page(f"pages/{STEPS[number].page}.py", query_params=query)
