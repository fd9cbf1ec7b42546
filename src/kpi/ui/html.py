"""Our own HTML on a page: Jinja templates with everything escaped, and links that stay in the app.

Streamlit's tables cannot draw marks and target steps, and its links open a new session; one small
component shows the rendered HTML and reports which link was followed.
"""

from __future__ import annotations

import re
from typing import Any

import streamlit as st
from jinja2 import Environment, PackageLoader, StrictUndefined

from kpi.charts import mark_shape
from kpi.charts.display import percent
from kpi.notation import era_year, short_year
from kpi.words import language, say

_templates = Environment(
    loader=PackageLoader("kpi.ui"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals.update(
    say=say, era_year=era_year, short_year=short_year, percent=percent, mark_shape=mark_shape
)

# Plain clicks stay in this session; with a modifier key the link opens as any other.
# What scrolls within itself is a place to go to with the keyboard, by the name of its table.
_SCRIPT = """
function reach(area) {
  const headed = area.closest("section, .kpi")?.querySelector("h1, h2, h3")?.firstChild;
  const name = (area.querySelector("caption") ?? headed)?.textContent.trim();
  new ResizeObserver(() => {
    const isCut = area.scrollWidth > area.clientWidth || area.scrollHeight > area.clientHeight;
    const told = isCut ? {tabindex: 0, role: "region", "aria-label": name} : {};
    for (const what of ["tabindex", "role", "aria-label"])
      if (told[what] === undefined) area.removeAttribute(what);
      else area.setAttribute(what, told[what]);
  }).observe(area);
}
export default function ({ data, parentElement, setTriggerValue }) {
  document.documentElement.lang = data.language;
  const root = parentElement.querySelector(".kpi");
  if (root.dataset.html !== data.html) {
    root.innerHTML = data.html;
    root.dataset.html = data.html;
    root.querySelectorAll(".kpi-scroll, .tall").forEach(reach);
  }
  root.onclick = (event) => {
    const link = event.target.closest("a[data-go]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    setTriggerValue("go", link.dataset.go);
  };
}
"""

#: What begins something else than text within a line of Markdown. A label's other signs stay as
#: they are: a screen reader reads out what stands before them.
_MARKUP = re.compile(r"[\\`*_\[\]<>$~:&|]")

_component = st.components.v2.component(
    "kpi_html", html='<div class="kpi"></div>', js=_SCRIPT, isolate_styles=False
)


def plain(text: str) -> str:
    """Return a text that Streamlit, which writes labels in Markdown, shows as it is."""
    return _MARKUP.sub(r"\\\g<0>", text)


def render(template: str, **values: Any) -> str:
    """Return a template filled in; every value is escaped unless it is markup of ours."""
    return _templates.get_template(template).render(**values)


def show(template: str, *, key: str, **values: Any) -> str | None:
    """Show a template. Returns the ``data-go`` of a link that was followed, else None."""
    result = _component(
        key=key,
        data={"html": render(template, **values), "language": language()},
        on_go_change=lambda: None,
    )
    return result.get("go")
