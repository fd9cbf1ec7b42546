"""Images of figures through kaleido, with one browser kept open between them."""

from __future__ import annotations

import atexit
import os
import shutil
import threading
from functools import cache

import plotly.graph_objects as go

_NAMES = (
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "chromium",
    "chromium-browser",
    "msedge",
    "microsoft-edge",
)
_WINDOWS = (
    r"%ProgramFiles%\Google\Chrome\Application\chrome.exe",
    r"%ProgramFiles(x86)%\Google\Chrome\Application\chrome.exe",
    r"%LocalAppData%\Google\Chrome\Application\chrome.exe",
    r"%ProgramFiles(x86)%\Microsoft\Edge\Application\msedge.exe",
    r"%ProgramFiles%\Microsoft\Edge\Application\msedge.exe",
)


class BrowserMissing(Exception):
    """No Chrome, Edge or Chromium: images cannot be made. All else goes on working."""


@cache
def find_browser() -> str | None:
    """Return the path of a browser that can draw images, or None."""
    named = os.environ.get("BROWSER_PATH")
    if named:
        return named
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    for place in _WINDOWS:
        path = os.path.expandvars(place)
        if os.path.isfile(path):  # noqa: PTH113 - the path may hold an unexpanded variable
            return path
    return None


_starting = threading.Lock()


@cache
def _start_browser() -> None:
    # Imported where it is needed: commands that draw nothing should not wait for it.
    import kaleido

    path = find_browser()
    if path is None:
        raise BrowserMissing
    os.environ["BROWSER_PATH"] = path
    kaleido.start_sync_server(n=1, silence_warnings=True)
    # Drawn once before its end is arranged: what it opens by then is closed after it, at exit.
    kaleido.calc_fig_sync(go.Figure(), opts={"format": "svg"})
    atexit.register(kaleido.stop_sync_server, silence_warnings=True)


def render(figure: go.Figure, image_format: str) -> bytes:
    """Return a figure as ``png`` (at twice its size) or ``svg``.

    The first image takes as long as a browser takes to start. Raises `BrowserMissing`.
    """
    import kaleido

    with _starting:
        _start_browser()
    options = {"format": image_format, "scale": 2 if image_format == "png" else 1}
    return bytes(kaleido.calc_fig_sync(figure, opts=options))
