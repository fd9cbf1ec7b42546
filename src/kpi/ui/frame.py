"""The frame around every page: style, navigation, what is stored and since when."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from urllib.parse import urlencode

import streamlit as st
from streamlit.navigation.page import Page

from kpi.access import Person
from kpi.charts import css_scale, css_variables
from kpi.store import JAPAN, last_import
from kpi.ui import as_of, contrast, data, language, person, search
from kpi.ui.choices import shared_query
from kpi.ui.html import show
from kpi.words import LANGUAGES, say
from kpi.words import language as spoken

#: How many municipalities the state of the data names; the boxes have them all.
SHOWN_NAMES = 5


def configure() -> None:
    """Set title and layout; the first thing a run does."""
    st.set_page_config(
        page_title=say("app.name"),
        page_icon=_icon(),
        layout="wide",
        initial_sidebar_state=208,
        menu_items={"About": say("app.about")},
    )


@cache
def _icon() -> str:
    """Return the icon as an address; from a file, Streamlit would read it at every run."""
    drawing = files(__package__).joinpath("icon.svg").read_bytes()
    return f"data:image/svg+xml;base64,{b64encode(drawing).decode()}"


def style() -> None:
    """Bring the tokens to the page, its colours in the contrast the reader has chosen."""
    st.html(_style(contrast.chosen(), spoken()))


@cache
def _style(chosen: str, language: str) -> str:  # noqa: ARG001
    colours = css_variables(*contrast.THEMES[chosen])
    css = _file("style.css") + (_file("contrast.css") if chosen == "high" else "")
    words = _uploader_words() + _busy_words()
    return f"<style>:root{{{colours}{css_scale()}}}{css}{words}</style>"


def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _uploader_words() -> str:
    """Return the style that puts Japanese over the English words of the file uploader."""
    words = {
        '[data-testid="stFileUploaderDropzone"] > span button p': say("uploader.button"),
        '[data-testid="stFileUploaderDropzoneInstructions"] > div > span': say("uploader.limit"),
    }
    return "".join(
        f'{part}{{font-size:0}}{part}::after{{font-size:var(--t-text);content:"{word}"}}'
        for part, word in words.items()
    )


def _busy_words() -> str:
    """Return the style that says what is going on where an answer takes longer than a second."""
    return f'[data-test-script-state="running"]::after{{content:"{say("app.busy")}"}}'


def sidebar(pages: Sequence[Page], manual: Page, current: Page, who: Person) -> None:
    """Show brand, search, pages, help, the state of the data, who is at work; follow a link."""
    names = list(data.municipality_names().values())
    with st.sidebar:
        search.sidebar()
        followed = show(
            "sidebar.html",
            key="sidebar",
            pages=pages,
            current=current,
            query=urlencode(shared_query()),
        )
        with st.container(key="as-of-choice"):
            as_of.choose()
        wants_help = show(
            "state.html",
            key="state",
            names=names[:SHOWN_NAMES],
            others=len(names[SHOWN_NAMES:]),
            last=_last_import(),
            manual=manual,
            current=current,
            query=urlencode(shared_query()),
        )
        person.sidebar(who)
        _switch(language.NAME, say("app.languages"), LANGUAGES, spoken())
        contrasts = {name: say(f"contrast.{name}") for name in contrast.THEMES}
        _switch(contrast.NAME, say("contrast.name"), contrasts, contrast.chosen())
    if followed:
        chosen = next(page for page in pages if page.title == followed)
        st.switch_page(chosen, query_params=shared_query())
    elif wants_help:
        st.switch_page(manual, query_params=shared_query())


def _switch(name: str, label: str, ways: Mapping[str, str], now: str) -> None:
    """Show ways to have the same page otherwise, which a name of the address tells apart."""
    here = st.query_params.to_dict()
    queries = {way: urlencode({**here, name: way}) for way in ways}
    followed = show(
        "switch.html", key=name, name=name, label=label, ways=ways, now=now, queries=queries
    )
    if followed and followed != now:
        st.query_params[name] = followed
        st.rerun()


def _last_import() -> str:
    last = data.asked(last_import, as_of.moment(), person.person().municipalities)
    return f"{last.astimezone(JAPAN):%Y-%m-%d}" if last else ""
