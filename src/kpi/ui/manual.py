"""ヘルプ: what the words mean, what each page is for, the first steps, the tour, the licence."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlencode

import streamlit as st

from kpi.charts import ChartSpec
from kpi.notation import normal
from kpi.settings import ROOT
from kpi.ui import data, tour
from kpi.ui.choices import remember, restore, shared_query
from kpi.ui.html import show
from kpi.words import keys, say
from kpi.words.glossary import terms

#: The words of each page that are explained first of all.
_WORDS = {
    "overview": "series reporting_year reference unrated progress elapsed",
    "indicator": "baseline target actual progress elapsed outlook even_path",
    "policy_tree": "policy series unrated reference",
    "meeting": "reporting_year outlook unrated",
    "plan_check": "finding baseline target",
    "imports": "finding origin code undo",
    "target_editing": "proposal period series direction",
    "proposals": "proposal approval revision",
    "actuals": "round actual provisional final",
    "rounds": "round department final",
    "reports": "reference provisional unrated",
    "rules": "rule rating hand_rating pace",
    "projects": "project policy department",
    "history": "revision as_of log undo",
    "users": "role department",
}


def pages() -> list[str]:
    """Return the pages that are explained, in their order."""
    told = [key.removeprefix("help.page.") for key in keys() if key.startswith("help.page.")]
    return [name for name in told if f"page.{name}" in keys()]


def chart_terms(spec: ChartSpec) -> list[str]:
    """Return which terms are in a chart."""
    found = {
        "baseline": any(point.is_base for point in spec.points),
        "provisional": any(point.is_provisional for point in spec.points),
        "even_path": spec.path is not None,
        "outlook": spec.projection is not None,
        "stretch": any(step.is_stretch for step in spec.steps),
    }
    return [key for key, is_there in found.items() if is_there]


def page() -> None:
    """Show the ways to begin, the page asked about, all pages, the glossary, the licence."""
    about = st.query_params.get("about", "")
    query = shared_query()
    followed = show(
        "help.html",
        key="help",
        pages=pages(),
        words={name: text.split() for name, text in _WORDS.items()},
        about=about,
        query=urlencode(query),
        has_plans=bool(data.known_plans()),
    )
    if followed == "tour":
        tour.begin()
    elif followed == "first_steps":
        st.switch_page("pages/first_steps.py", query_params=query)
    _glossary(about)
    show("licence.html", key="licence", version=_version(), **_licences())


@st.fragment
def _glossary(about: str) -> None:
    """Show the terms, or those that a search finds."""
    known = terms()
    show("glossary_title.html", key="glossary-title", count=len(known))
    asked = st.text_input(
        say("help.search"), key=restore("term", (), "", ""), placeholder=say("help.search_example")
    )
    remember("term", asked, "")
    wanted = normal(asked)
    parts = ("term", "reading", "other", "meaning")
    chosen = [
        key
        for key in known
        if wanted in normal("".join(say(f"glossary.{key}.{part}") for part in parts))
    ]
    show("glossary.html", key="glossary", terms=chosen, about=about, asked=asked)


def _version() -> str:
    try:
        return version("michishirube")
    except PackageNotFoundError:
        return ""


def _licences() -> dict[str, str]:
    return {
        "own": (ROOT / "LICENSE").read_text(encoding="utf-8"),
        "others": (ROOT / "LICENSE-THIRD-PARTY").read_text(encoding="utf-8"),
    }
