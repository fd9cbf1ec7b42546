"""Choosing what is looked at. The choice stands in the address, so that it can be sent on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kpi.notation import full_year
from kpi.store import PlanHeader
from kpi.ui import data
from kpi.words import say

#: What of an address is the same question on every page.
_SHARED = ("municipality", "plan", "year", "period")


def shared_query() -> dict[str, str]:
    """Return what of the address goes along to another page."""
    return {name: value for name, value in st.query_params.items() if name in _SHARED}


def choose(
    box: DeltaGenerator,
    name: str,
    options: Sequence[str],
    shown: Callable[[str], str] = str,
    of: str = "",
) -> str:
    """Show a box of choices that goes with one name of the address, and return the choice.

    A new address (a link, the browser's back button) sets the box; the box sets the address. Where
    the address says nothing, the choice made on another page stands, unless it was made among the
    options of something else (``of``): the year of one plan is not the year of another.
    """
    key, written, owner = f"choice-{name}", f"chosen-{name}", f"owner-{name}"
    asked = st.query_params.get(name)
    before = st.session_state.get(written)
    is_new_address = asked in options and asked != before
    is_other_owner = st.session_state.get(owner, of) != of
    if is_new_address:
        wanted = asked
    elif is_other_owner:
        wanted = options[0]
    else:
        in_box = st.session_state.get(key)
        wanted = next((value for value in (in_box, before) if value in options), options[0])
    st.session_state[owner] = of
    # Written even where it is the same: a box of another page does not carry its value over.
    st.session_state[key] = wanted
    chosen = box.selectbox(say(f"choice.{name}"), options, format_func=shown, key=key)
    st.session_state[written] = chosen
    if asked != chosen:
        st.query_params[name] = chosen
    return str(chosen)


def choose_plan(boxes: Sequence[DeltaGenerator]) -> PlanHeader | None:
    """Show the choice of municipality and plan in two boxes; None while nothing is recorded."""
    plans = data.known_plans()
    if not plans:
        return None
    names = list(dict.fromkeys(header.municipality.name for header in plans))
    name = choose(boxes[0], "municipality", names)
    own = {header.plan.name: header for header in plans if header.municipality.name == name}
    return own[choose(boxes[1], "plan", list(own))]


def choose_year(header: PlanHeader, box: DeltaGenerator) -> int:
    """Show the choice of the reporting year, the latest with an actual first, and return it."""
    years = [str(year) for year in data.content(header).actual_years()]
    if not years:
        st.info(say("app.no_facts"))
        st.stop()
    of = f"{header.municipality.code} {header.plan.id}"
    return int(
        choose(box, "year", years, lambda y: say("choice.up_to", year=full_year(int(y))), of)
    )
