"""Our own HTML on a page: Jinja templates with everything escaped, and links that stay in the app.

Streamlit's tables cannot draw marks and target steps, and its links open a new session; one small
component shows the rendered HTML and reports which link was followed. Its part in the browser is
`html.js`.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

import streamlit as st
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from kpi.charts import filled_shape, mark_shape
from kpi.charts.display import percent
from kpi.words import language, say
from kpi.written import era_year, short_year


# A page has thousands of them, and there are a few dozen.
@cache
def drawn_mark(name: str, colour: str, size: int = 15) -> Markup:
    """Return the drawing of a mark in its colour, ``size`` pixels wide; its word stands beside."""
    return Markup(
        '<svg class="kpi-mark st-{}" width="{}" height="{}" viewBox="0 0 16 16" '
        'aria-hidden="true">{}</svg>'
    ).format(colour, size, size, mark_shape(name))


_templates = Environment(
    loader=PackageLoader("kpi.ui"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    # They change with the program only, and are few: where many people come at once, all would wait
    # for each other at the lock of a cache that may forget.
    auto_reload=False,
    cache_size=-1,
)
_templates.globals.update(
    say=say,
    era_year=era_year,
    short_year=short_year,
    percent=percent,
    drawn_mark=drawn_mark,
    filled_shape=filled_shape,
)

#: What begins something else than text within a line of Markdown. A label's other signs stay as
#: they are: a screen reader reads out what stands before them.
_MARKUP = re.compile(r"[\\`*_\[\]<>$~:&|]")
#: What begins a list, a heading or a rule where it stands first in a line.
_FIRST = re.compile(r"^(\s*\d{0,9})([-+#=.)])(?=[-+#=\s]|$)", re.MULTILINE)

_component = st.components.v2.component(
    "kpi_html",
    html='<div class="kpi"></div>',
    js=files(__package__).joinpath("html.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def plain(text: str) -> str:
    """Return a text that Streamlit, which writes labels in Markdown, shows as it is."""
    return _FIRST.sub(r"\1\\\2", _MARKUP.sub(r"\\\g<0>", text))


def render(template: str, **values: Any) -> str:
    """Return a template filled in; every value is escaped unless it is markup of ours."""
    return _templates.get_template(template).render(**values)


def show(template: str, *, key: str, **values: Any) -> str | None:
    """Show a template.

    Returns the ``data-go`` of a link that was followed, or the ``words`` of a form; else None. A
    link into the help, which is marked ``data-help``, is followed at once.
    """
    told = json.dumps({"key": key, "language": language()})
    # As bytes: Streamlit would write a dictionary as JSON twice, each letter of ours as six.
    data = f"{told}\n{render(template, **values)}".encode()
    heard = _component(key=key, data=data, on_go_change=lambda: None, on_help_change=lambda: None)
    if about := heard.get("help"):
        query = {**st.query_params.to_dict(), "about": about}
        st.switch_page("pages/help.py", query_params=query)
    go: str | None = heard.get("go")
    return go
