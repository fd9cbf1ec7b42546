"""Search for an indicator from anywhere: the box beside every page, the page of what is found."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kpi.charts.found import Found, alike, find, found_in
from kpi.store import PlanHeader
from kpi.ui import as_of, data
from kpi.ui.choices import choose, shared_query
from kpi.ui.html import show
from kpi.words import say

#: What is looked for, in the address.
_NAME = "q"
#: Series that are listed at once, of the municipality looked at and of others.
_MOST, _MOST_ELSEWHERE = 100, 20
#: Of the address, what belongs to one plan alone.
_OF_PLAN = ("year", "period", "fixing")

_Result = tuple[Found, dict[str, str]]


def sidebar() -> None:
    """Show the box, with what is looked for; what is typed leads to the page of what is found."""
    asked = st.query_params.get(_NAME, "")
    words = show("search_box.html", key="search-box", words=asked, has_plans=_has_plans())
    if words is not None and words.strip():
        query = {**shared_query(), _NAME: words.strip()}
        st.switch_page("pages/search.py", query_params=query)


def _has_plans() -> bool:
    return bool(data.known_plans())


def page(box: DeltaGenerator) -> None:
    """Show what the words of the address find: in the municipality chosen, now in others too."""
    names = data.municipality_names()
    name = next(iter(names.values()))
    if len(names) > 1:
        name = choose(box, "municipality", list(names.values()))
    words = st.query_params.get(_NAME, "").strip()
    if not words:
        st.info(say("search.nothing_asked"))
        return
    own = [header for header in data.known_plans() if names[header.municipality.code] == name]
    found = [result for header in own for result in _in_plan(header, name, words)]
    _list(found, "search", words, name, len(found))
    if not found:
        _nothing(own, words)
    # What others had on a day in the past is not known without reading all their plans.
    if len(names) > 1 and as_of.day() is None:
        _elsewhere(name, words)


def _in_plan(header: PlanHeader, name: str, words: str) -> list[_Result]:
    """Return what is found in a plan, each with the address of its page."""
    shared = shared_query()
    of = {"municipality": name, "plan": header.plan.name}
    if {key: shared.get(key) for key in of} != of:
        shared = {key: value for key, value in shared.items() if key not in _OF_PLAN}
    return [
        (one, {**shared, **of, "series": one.title}) for one in find(data.content(header), words)
    ]


def _list(found: list[_Result], key: str, words: str, name: str, total: int) -> None:
    """Show what was found; each leads to its indicator."""
    followed = show(
        "search.html",
        key=key,
        rows=[(one, query, urlencode(query)) for one, query in found[:_MOST]],
        words=words,
        name=name,
        total=total,
    )
    if followed:
        st.switch_page("pages/indicator.py", query_params=found[int(followed)][1])


def _nothing(own: list[PlanHeader], words: str) -> None:
    """Say what to try where nothing has the words in its name."""
    contents = [data.content(header) for header in own]
    names = [str(name) for content in contents for name in content.series["indicator"]]
    followed = show("search_nothing.html", key="search-nothing", near=alike(names, words))
    if followed:
        st.query_params[_NAME] = followed
        st.rerun()


def _elsewhere(own: str, words: str) -> None:
    """Show what other municipalities have whose plans the person may see."""
    names = data.municipality_names()
    headers = {(h.municipality.code, h.plan.id): h for h in data.known_plans()}
    hits = Counter(
        plan
        for plan in found_in(data.series_everywhere(), words)
        if plan in headers and names[plan[0]] != own
    )
    if not hits:
        return
    found: list[_Result] = []
    # Plans that promise something stand first.
    for plan, header in headers.items():
        if plan in hits and len(found) < _MOST_ELSEWHERE:
            found += _in_plan(header, names[plan[0]], words)
    name = say("search.elsewhere")
    _list(found[:_MOST_ELSEWHERE], "search-elsewhere", words, name, hits.total())
