"""The web server around app.py: a page in its language from its first byte, errors in sentences.

`kpi serve` hands this file to `streamlit run`, which finds ``app`` in it.
"""

from __future__ import annotations

import json
import logging
import os
import re
from functools import cache
from importlib.resources import files

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime.pages_manager import PagesManager
from streamlit.starlette import App

from kpi.settings import ROOT
from kpi.signing_in import LOOPBACK, Settings, SignIn, read, read_provider
from kpi.store import DatabaseUnavailable
from kpi.ui import states
from kpi.ui.language import of_address
from kpi.ui.server import fonts
from kpi.ui.server.assets import Assets, preloads
from kpi.ui.server.gate import Gate
from kpi.words import LANGUAGES, say, speaking

# Streamlit's own words are English, and it has no setting for others.
_STREAMLITS_WORDS = {
    "Sort ascending": "ascending",
    "Sort descending": "descending",
    "Format": "format",
    "Autosize": "autosize",
    "Pin column": "pin",
    "Unpin column": "unpin",
    "Hide column": "hide",
    "Copy column name": "copy_name",
    "Dataframe column menu": "menu",
    "Show/hide columns": "columns",
    "Download as CSV": "download",
    "Search": "search",
    "Fullscreen": "fullscreen",
    "Close fullscreen": "close_fullscreen",
    "No results": "no_results",
    "Open": "open",
    "Close": "close",
    "Select all": "all",
    "Clear all": "clear_all",
    "Clear value": "clear",
    "Clear date": "clear_date",
    "Choose date": "choose_date",
    "Selectbox options": "options",
    "Multiselect options": "options",
    "Selected values": "selected",
    "Main menu": "main_menu",
    "Rerun": "rerun",
    "Print": "print",
    "Record a screencast": "screencast",
    "About": "about",
    "Stop": "stop",
    "Running...": "running",
    "Connecting": "connecting",
    "Connection error": "connection_error",
    "Expand sidebar": "expand",
    "Collapse sidebar": "collapse",
    "File size is too small.": "small_file",
    "Only one file is allowed.": "one_file",
    "Too many files": "many_files",
    "Upload failed": "upload_failed",
    "Unexpected error. Please try again.": "upload_failed",
}


def _script(name: str) -> str:
    """Return a script of the page's own, which shares no name with others."""
    script = files("kpi.ui.server").joinpath(name).read_text(encoding="utf-8")
    return f"<script>{{\n{script}}}</script>"


# What holds until the page's own style sheet has come.
_FIRST_STYLE = """<style>
:root { color-scheme: light dark; }
.kpi-skip:not(:focus) { position: absolute; clip-path: inset(50%); }
</style>"""


def _streamlits_words(language: str) -> dict[str, str]:
    with speaking(language):
        return {english: say(f"streamlit.{key}") for english, key in _STREAMLITS_WORDS.items()}


#: The pages that have a chart in any case.
_WITH_CHART = ("/indicator", "/meeting")

# On an address such as /indicator, Streamlit's page looks for its server below that path first, and
# the browser writes an error for it; told where the server is, it does not. Told from whom to take
# orders, it does not ask before it connects. It has to on a first visit: the answer brings the
# cookie without which the server does not look who has signed in.
_WHERE = """<script>
window.__streamlit = {BACKEND_BASE_URL: location.origin + "/"};
if (document.cookie.includes("_streamlit_xsrf="))
  window.__streamlit.HOST_CONFIG = {allowedOrigins: [location.origin], useExternalAuthToken: false};
</script>"""

# A font of Streamlit's that no page of ours shows.
_UNUSED = re.compile(rb'<link\s+rel="preload"[^>]*SourceSans[^>]*>')


@cache
def _corrected(page: bytes, language: str, *, has_chart: bool) -> bytes:
    """Return Streamlit's page, which says it is English and calls itself Streamlit, as ours."""
    words = json.dumps({name: _streamlits_words(name) for name in LANGUAGES}, ensure_ascii=False)
    with speaking(language):
        title = say("app.name")
    scripts = f"{_WHERE}<script>const CATALOGUES = {words};</script>"
    scripts += "".join(map(_script, ("history.js", "words.js", "everybody.js")))
    head = f"<title>{title}</title>{scripts}{_FIRST_STYLE}"
    page = page.replace(b'<html lang="en">', f'<html lang="{language}">'.encode())
    page = page.replace(b"<title>Streamlit</title>", head.encode())
    page = page.replace(b"<body>", f"<body>{_skip_links()}".encode())
    page = page.replace(b"</head>", f"{preloads(has_chart=has_chart)}</head>".encode())
    return _UNUSED.sub(b"", page)


def _skip_links() -> str:
    """Return the way past the navigation, in every language; the page shows that of its own."""
    parts = []
    for name in LANGUAGES:
        with speaking(name):
            parts.append(f'<a class="kpi-skip" href="#main" lang="{name}">{say("app.skip")}</a>')
    return "".join(parts)


class CorrectedPage:
    """Middleware that corrects the one HTML page; everything else passes untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        language = of_address(scope["query_string"].decode("ascii", "replace"))
        has_chart = scope["path"] in _WITH_CHART
        start: Message | None = None
        body = b""

        async def corrected(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                is_html = any(
                    name == b"content-type" and value.startswith(b"text/html")
                    for name, value in message["headers"]
                )
                if is_html and message["status"] == 200:
                    start = message
                    return
            elif start is not None and message["type"] == "http.response.body":
                body += message.get("body", b"")
                if message.get("more_body"):
                    return
                body = _corrected(body, language, has_chart=has_chart)
                body = body.replace(b"</head>", f"{fonts.link()}</head>".encode())
                headers = [(n, v) for n, v in start["headers"] if n not in _STALE_HEADERS]
                headers.append((b"content-length", str(len(body)).encode()))
                await send({**start, "headers": headers})
                message = {"type": "http.response.body", "body": body}
            await send(message)

        plain = [(n, v) for n, v in scope["headers"] if n != b"accept-encoding"]
        await self.app({**scope, "headers": plain}, receive, corrected)


_STALE_HEADERS = (b"content-length", b"etag", b"last-modified")


def _explain(error: Exception) -> bool:
    """Tell the reader in a sentence that something broke; the log has the rest."""
    logging.getLogger(__name__).error("a page failed", exc_info=error)
    if isinstance(error, DatabaseUnavailable):
        # Callbacks and fragments are run past what app.py says of it.
        states.away(error)
    else:
        states.trouble(say("app.failed"))
    return True


# Until app.py has run once, Streamlit takes pages/ for pages of its own and would answer a link to
# one of them with the bare file.
PagesManager.uses_pages_directory = False


def _gate(how: Settings) -> list[Middleware]:
    """Return the gate of the way people sign in; a provider lets them come from anywhere."""
    if os.environ.get("FORWARDED_ALLOW_IPS") != "":
        # `kpi serve` sets it, so that the address at the other end of a connection is what counts.
        raise RuntimeError("start the server with `kpi serve`")
    if how.way is SignIn.NONE:
        return [Middleware(Gate, allowed=LOOPBACK)]
    if how.way is SignIn.HEADER:
        return [Middleware(Gate, allowed=how.proxies, header=how.header)]
    return []


how = read()
fonts.prepare()
app = App(
    ROOT / "app.py",
    routes=fonts.ROUTES,
    middleware=[*_gate(how), Middleware(Assets), Middleware(CorrectedPage)],
    secrets={"auth": dict(read_provider())} if how.way is SignIn.OIDC else None,
    on_script_error=_explain,
)
