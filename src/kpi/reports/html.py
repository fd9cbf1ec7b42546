"""公開用: the whole report as one web page that needs nothing else: no server, script or request.

A city puts the file on its site as it is; the page's own Content-Security-Policy forbids the rest.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from kpi.charts import Style, Theme, css_variables
from kpi.charts.labels import HEIGHT
from kpi.reports.content import Report
from kpi.reports.telling import shapes, tell
from kpi.words import DEFAULT, speaking

_templates = Environment(
    loader=PackageLoader("kpi.reports", "."),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@speaking(DEFAULT)
def web_page(
    report: Report, style: Style, *, on_step: Callable[[float], None] = lambda _: None
) -> bytes:
    """Return the report as HTML in UTF-8; the same report gives the same bytes.

    ``on_step`` is told the share done, and may raise to give up.
    """
    page = _page_theme(style.theme)
    sheet = _style_sheet(style)
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    html = _templates.get_template("web_page.html").render(
        report=tell(report, style, page, HEIGHT, on_step),
        shapes={name: Markup(drawing) for name, drawing in shapes(page).items()},  # noqa: S704
        style_sheet=Markup(sheet),  # noqa: S704 - ours
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'",
    )
    return html.encode()


def _page_theme(theme: Theme) -> Theme:
    """Return the colours as properties of the page, which has them for light and dark."""
    return Theme("page", theme.font, {name: f"var(--{name})" for name in theme.colours})


def _style_sheet(style: Style) -> str:
    colours = f":root{{{css_variables(style.theme.name)}--letter:{style.letters.text}px}}"
    if style is not Style.MONOCHROME:
        # What is printed has the colours of paper, whatever the screen has.
        dark = f":root{{color-scheme:dark;{css_variables('dark')}}}"
        colours += f"@media screen and (prefers-color-scheme:dark){{{dark}}}"
    ours = (files(__package__) / "web_page.css").read_text(encoding="utf-8")
    return f"{colours}:root{{--font:{style.theme.font}}}\n{ours}"
