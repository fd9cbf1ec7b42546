"""The files Streamlit's page is made of, answered from memory and compressed once.

A first visit asks for a hundred of them. Streamlit would look up each on the disk, behind all that
is between a request and a page, and would send it as it is: 4 MB where 1 MB is enough.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from anyio.to_thread import run_sync
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.file_util import get_static_dir

_FOLDER = Path(get_static_dir())
#: Where they are in addresses, and in that folder.
_UNDER = "static/"
_FILES = {path.relative_to(_FOLDER).as_posix() for path in (_FOLDER / _UNDER).rglob("*.*")}
#: What kind each is, by how its name ends; the others are passed on to Streamlit.
_KINDS = {
    "css": b"text/css; charset=utf-8",
    "js": b"text/javascript; charset=utf-8",
    "svg": b"image/svg+xml",
    "woff2": b"font/woff2",
}
_COMPRESSED = {"css", "js", "svg"}
#: Their names change with what is in them.
_FOR_EVER = (b"cache-control", b"public, immutable, max-age=31536000")

#: What Streamlit fetches only when a page shows it, one after the other: on nearly all pages, and
#: where there is a chart.
_ON_ALL = ("BidiComponent", "Selectbox", "DateInput", "Html", "TextInput", "ButtonGroup", "Button")
_WITH_CHART = ("PlotlyChart",)


class Assets:
    """Middleware that answers for Streamlit's own files; everything else passes untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        name = scope.get("path", "").removeprefix("/")
        ending = name.rpartition(".")[2]
        if (
            scope["type"] != "http"
            or scope["method"] not in ("GET", "HEAD")
            or name not in _FILES
            or ending not in _KINDS
        ):
            await self.app(scope, receive, send)
            return
        takes = b",".join(value for key, value in scope["headers"] if key == b"accept-encoding")
        is_packed = ending in _COMPRESSED and b"gzip" in takes
        body = await run_sync(_packed, name) if is_packed else await run_sync(_plain, name)
        headers = [
            (b"content-type", _KINDS[ending]),
            (b"content-length", str(len(body)).encode()),
            (b"vary", b"Accept-Encoding"),
            _FOR_EVER,
        ]
        if is_packed:
            headers.append((b"content-encoding", b"gzip"))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        sent = body if scope["method"] == "GET" else b""
        await send({"type": "http.response.body", "body": sent})


@cache
def _plain(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()


@cache
def _packed(name: str) -> bytes:
    return gzip.compress((_FOLDER / name).read_bytes(), 6, mtime=0)


@cache
def preloads(*, has_chart: bool) -> str:
    """Return the links that have a browser fetch at once what a page will show anyway."""
    modules = json.loads((_FOLDER / "manifest.json").read_text(encoding="utf-8"))
    wanted = [*_ON_ALL, *(_WITH_CHART if has_chart else ())]
    [page] = (name for name, module in modules.items() if module.get("isEntry"))
    known = _needed(modules, [page])
    shown = [name for name in modules if Path(name).stem in wanted and name.endswith(".tsx")]
    files = [modules[name]["file"] for name in _needed(modules, shown) if name not in known]
    return "".join(f'<link rel="modulepreload" crossorigin href="./{file}">' for file in files)


def _needed(modules: dict[str, Any], names: Iterable[str]) -> dict[str, None]:
    """Return modules and all they import, each once."""
    needed: dict[str, None] = {}
    to_do = list(names)
    while to_do:
        name = to_do.pop(0)
        if name not in needed:
            needed[name] = None
            to_do += modules[name].get("imports", [])
    return needed
