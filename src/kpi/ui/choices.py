"""Choosing what is looked at. The choice stands in the address, so that it can be sent on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from kpi.store import PlanHeader
from kpi.ui import as_of, contrast, data, language, states
from kpi.ui.html import plain
from kpi.ui.told import tell
from kpi.words import say
from kpi.written import full_year

#: What of an address is the same question on every page.
_SHARED = (
    language.NAME,
    contrast.NAME,
    "as_of",
    "municipality",
    "plan",
    "year",
    "period",
    "fixing",
    "tour",
)

#: What the browser's address may still say of a name, having not heard yet of what was chosen.
_BEHIND = "address-behind"

#: What the address says of a switch that is on.
_ON = "yes"

#: Letters of a plan's name that its box shows on a small laptop.
_FITS = 11


def shared_query() -> dict[str, str]:
    """Return what of the address goes along to another page."""
    return {name: value for name, value in st.query_params.items() if name in _SHARED}


def begun(query: Mapping[str, str]) -> str:
    """Return a query as an address has it, so that one more name can be written behind it."""
    return "".join(f"{name}={quote(value)}&" for name, value in query.items())


def hear() -> None:
    """Take note of what the browser has heard of; where a run begins, before anything is chosen."""
    for name in list(st.session_state.get(_BEHIND, ())):
        _asked(name, None)


def _asked(name: str, chosen: str | None) -> str | None:
    """Return what the address asks for under a name, which was last set to what was chosen.

    A click made before the browser has heard of a choice comes with the address from before it,
    and would undo the choice: such an address asks for nothing but what was chosen.
    """
    behind = st.session_state.setdefault(_BEHIND, {})
    said = st.query_params.get(name)
    run = get_script_run_ctx()
    if said in behind.get(name, ()) and not (run and run.is_history_navigation):
        return chosen
    behind.pop(name, None)
    return said


def _write(name: str, before: str | None, chosen: str | None) -> None:
    """Set a name of the address to what was chosen, or take it out of the address."""
    behind = st.session_state[_BEHIND]
    said = st.query_params.get(name)
    if said == chosen and name not in behind:
        return
    behind[name] = (behind.get(name, set()) | {said, before}) - {chosen}
    if chosen is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = chosen


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
    options of something else (``of``): the year of one plan is not the year of another. Where the
    address names what there is not, the page says so and ends here: nothing else is shown for it.
    """
    key, written = f"choice-{name}", f"chosen-{name}"
    owner, unknown = f"owner-{name}", f"unknown-{name}"
    before = st.session_state.get(written)
    asked = _asked(name, before)
    is_new_address = asked in options and asked != before
    is_other_owner = st.session_state.get(owner, of) != of
    is_unknown = asked is not None and asked not in options and not is_other_owner
    if is_unknown:
        # On the first run the box is empty; on the next it holds what was chosen instead.
        in_box = st.session_state.get(key) if st.session_state.get(unknown) == asked else None
        wanted = in_box if in_box in options else None
        st.session_state[unknown] = asked
    elif is_new_address:
        wanted = asked
    elif is_other_owner:
        wanted = options[0]
    else:
        in_box = st.session_state.get(key)
        wanted = next((value for value in (in_box, before) if value in options), options[0])
    st.session_state[owner] = of
    # Written even where it is the same: a box of another page does not carry its value over.
    st.session_state[key] = wanted
    label = say(f"choice.{name}")
    chosen = box.selectbox(
        label,
        options,
        # A box that can be empty can be emptied: only where nothing stands in it yet.
        index=0 if wanted else None,
        format_func=shown,
        key=key,
        placeholder=say("choice.pick"),
        help=_in_full(wanted) if wanted and name == "plan" else None,
    )
    if chosen is None:
        day = as_of.said()
        then = say("choice.unknown_then", box=label, name=asked, day=day)
        words = then if day else say("choice.unknown", box=label, name=asked)
        tell(words, key=f"choice-unknown-{name}", severity="error")
        st.stop()
    if name != "series" and asked != chosen and asked in options:
        # Another plan or year has its own period to look at first.
        st.query_params.pop("period", None)
    st.session_state[written] = chosen
    _write(name, before, chosen)
    return str(chosen)


def _in_full(name: str) -> str | None:
    """Return a name that its box cuts, for where the box is touched; else nothing."""
    return plain(name) if len(name) > _FITS else None


def restore(name: str, options: Sequence[str], default: str, of: str) -> str:
    """Set a filter to what the address says, and return the key of its widget.

    Whoever comes back to a page finds the filter as it was left, unless it is now about something
    else (``of``). `remember` writes the address.
    """
    key, kept, owner = f"filter-{name}", f"kept-{name}", f"owner-{name}"
    is_back = key not in st.session_state and st.session_state.get(owner) == of
    before = st.session_state.get(kept, default)
    asked = _asked(name, before)
    if asked is None:
        asked = before if is_back else default
    if key not in st.session_state or asked != before:
        st.session_state[key] = asked if asked in options or not options else default
    else:
        # A filter of another page with the same name does not carry its value over.
        st.session_state[key] = st.session_state[key]
    st.session_state[owner] = of
    return key


def remember(name: str, chosen: str, default: str) -> None:
    """Write what a filter is set to into the address; nothing where it filters nothing."""
    kept = f"kept-{name}"
    before = st.session_state.get(kept, default)
    st.session_state[kept] = chosen
    _write(name, *(None if value == default else value for value in (before, chosen)))


def put(filters: dict[str, str]) -> None:
    """Set filters for the next run, as an address does that asks for them."""
    for name, value in filters.items():
        st.session_state.get(_BEHIND, {}).pop(name, None)
        st.query_params[name] = value


def filter_box(row: DeltaGenerator, name: str, labels: dict[str, str], width: int, of: str) -> str:
    """Show a box that filters, and return its choice; nothing where there is nothing to choose."""
    if len(labels) == 1:
        return ""
    key = restore(name, list(labels), "", of)
    chosen = row.selectbox(
        say(f"filter.{name}"), list(labels), format_func=labels.__getitem__, width=width, key=key
    )
    remember(name, chosen, "")
    return chosen


def switch(row: DeltaGenerator, name: str, label: str, of: str) -> bool:
    """Show a switch that filters, which stands in the address where it is on; return its state."""
    key = restore(name, (_ON, ""), "", of)
    st.session_state[key] = st.session_state[key] in (True, _ON)
    is_on = bool(row.toggle(label, key=key))
    remember(name, _ON if is_on else "", "")
    return is_on


def choose_plan(boxes: Sequence[DeltaGenerator]) -> PlanHeader | None:
    """Show the choice of municipality and plan in two boxes; None while nothing is recorded."""
    plans = data.known_plans()
    if not plans:
        if day := as_of.said():
            states.end(say("app.nothing_then", day=day), "now")
        return None
    names = data.municipality_names()
    name = choose(boxes[0], "municipality", list(dict.fromkeys(names.values())))
    own = {h.plan.name: h for h in plans if names[h.municipality.code] == name}
    return own[choose(boxes[1], "plan", list(own), of=name)]


def choose_year(header: PlanHeader, box: DeltaGenerator) -> int:
    """Show the choice of the reporting year, the latest with an actual first, and return it."""
    years = [str(year) for year in data.content(header).actual_years]
    if not years:
        if day := as_of.said():
            states.end(say("app.no_facts_then", day=day), "now")
        states.end(say("app.no_facts"), "imports", "structure", query=shared_query())
    of = f"{header.municipality.code} {header.plan.id}"
    return int(
        choose(box, "year", years, lambda y: say("choice.up_to", year=full_year(int(y))), of)
    )
