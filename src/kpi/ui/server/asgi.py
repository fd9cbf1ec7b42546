"""The web server around app.py: a page in Japanese from its first byte, errors in sentences.

`kpi serve` hands this file to `streamlit run`, which finds ``app`` in it.
"""

from __future__ import annotations

import json
import logging
import os

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime.pages_manager import PagesManager
from streamlit.starlette import App

from kpi.settings import ROOT
from kpi.signing_in import LOOPBACK, Settings, SignIn, read, read_provider
from kpi.store import DatabaseUnavailable
from kpi.ui import states
from kpi.ui.server.gate import Gate
from kpi.words import say

# Streamlit's tables have menus and buttons in English, and no setting for other words.
_TABLE_WORDS = {
    "Sort ascending": say("table.ascending"),
    "Sort descending": say("table.descending"),
    "Format": say("table.format"),
    "Autosize": say("table.autosize"),
    "Pin column": say("table.pin"),
    "Unpin column": say("table.unpin"),
    "Hide column": say("table.hide"),
    "Copy column name": say("table.copy_name"),
    "Dataframe column menu": say("table.menu"),
    "Show/hide columns": say("table.columns"),
    "Download as CSV": say("table.download"),
    "Search": say("table.search"),
    "Fullscreen": say("table.fullscreen"),
    "Close fullscreen": say("table.close_fullscreen"),
}
_IN_JAPANESE = """<script>{
const words = new Map(Object.entries(WORDS));
const tables = ["stDataFrameColumnMenu", "stElementToolbar", "stTooltipContent"]
  .map(name => `[data-testid="${name}"]`).join();
new MutationObserver(changes => {
  for (const added of changes.flatMap(change => [...change.addedNodes])) {
    if (!(added instanceof Element)) continue;
    const inside = added.closest(tables) ? [added] : [...added.querySelectorAll(tables)];
    for (const part of inside.flatMap(one => [one, ...one.querySelectorAll("*")])) {
      for (const name of ["aria-label", "title"]) {
        const word = words.get(part.getAttribute(name));
        if (word) part.setAttribute(name, word);
      }
      for (const text of part.childNodes)
        if (text instanceof Text && words.has(text.data)) text.data = words.get(text.data);
    }
  }
}).observe(document, {childList: true, subtree: true});
}</script>""".replace("WORDS", json.dumps(_TABLE_WORDS, ensure_ascii=False))

# Streamlit's page says it is English and calls itself Streamlit until its script has run. On an
# address such as /indicator it also looks for its server below that path first, and the browser
# writes an error for it; told where the server is, it does not.
_REPLACED = {
    b'<html lang="en">': b'<html lang="ja">',
    b"<title>Streamlit</title>": f"<title>{say('app.name')}</title>"
    '<script>window.__streamlit={BACKEND_BASE_URL:location.origin+"/"}</script>'
    f"{_IN_JAPANESE}".encode(),
}


class JapanesePage:
    """Middleware that corrects the one HTML page; everything else passes untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
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
                for wrong, right in _REPLACED.items():
                    body = body.replace(wrong, right)
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
app = App(
    ROOT / "app.py",
    middleware=[*_gate(how), Middleware(JapanesePage)],
    secrets={"auth": dict(read_provider())} if how.way is SignIn.OIDC else None,
    on_script_error=_explain,
)
