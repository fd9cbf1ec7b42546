"""Images of figures through kaleido, with one browser kept open between them.

Each says in words what it shows, in its own way of doing so; the same figure gives the same bytes.
"""

from __future__ import annotations

import asyncio
import atexit
import base64
import json
import os
import re
import shutil
import struct
import threading
import zlib
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import suppress
from enum import StrEnum
from functools import cache
from itertools import islice
from typing import Any
from xml.sax.saxutils import escape

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
    """No Chrome, Edge or Chromium that starts: no images can be made. All else goes on working."""


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


class ImageFormat(StrEnum):
    """What a figure can become."""

    #: At twice the size of the figure, with the description as a text chunk.
    PNG = "png"
    #: With title and description.
    SVG = "svg"
    #: Of one page: its text can be searched, fonts are embedded, the description is in its tags.
    PDF = "pdf"


def render(figure: go.Figure, image_format: ImageFormat) -> bytes:
    """Return a figure as an image; see `images`."""
    return next(images([figure], image_format))


def images(figures: Iterable[go.Figure], image_format: ImageFormat) -> Iterator[bytes]:
    """Yield figures as images, in their order.

    What ``meta`` of their layout names as title and description is told by the image. The first
    takes as long as a browser takes to start. Raises `BrowserMissing`.
    """
    waiting = iter(figures)
    finish = _FINISH[image_format]
    while some := list(islice(waiting, _AT_ONCE)):
        drawn = _draw(some, "png" if image_format == ImageFormat.PNG else "svg")
        for figure, image in zip(some, drawn, strict=True):
            told = figure.layout.meta or {"title": "", "description": ""}
            yield finish(image, told["title"], told["description"])


#: Kaleido loads its page anew after every image, which takes longer than drawing it. So the page
#: is given some figures as one, and returns their images as one; more of them only take memory.
_AT_ONCE = 10
_DRAW_SEVERAL = """
<script>
const drawOne = kaleido_scopes.plotly
kaleido_scopes.plotly = async (all, ...rest) => {
  const images = []
  for (const figure of all.data.figures) {
    const {width, height} = figure.layout
    images.push(await drawOne({...all, data: figure, width, height}, ...rest))
  }
  return images.find(image => image.code !== 0)
    ?? {code: 0, format: "json", result: JSON.stringify(images.map(image => image.result))}
}
</script>
"""


class _Page:
    """The page that draws."""

    def generate_index(self) -> str:
        """Return kaleido's page with what draws several figures; nothing of it is fetched."""
        import kaleido

        page: str = kaleido.PageGenerator(mathjax=False).generate_index()
        return page.replace("</head>", f"{_DRAW_SEVERAL}</head>")


class _Browser:
    """The one browser: started when it is first needed, and anew after it failed."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._kaleido: Any = None

    def draw(self, figures: list[go.Figure], image_format: str) -> list[str]:
        several = {"data": [], "figures": [figure.to_dict() for figure in figures]}
        options = {"format": image_format, "scale": 2 if image_format == "png" else 1}
        with self._one_at_a_time:
            if self._kaleido is None:
                self._start()
            try:
                answer = self._wait(self._kaleido.calc_fig(several, opts=options))
            except BaseException:
                self._close()
                raise
        images: list[str] = json.loads(answer)
        return images

    def _start(self) -> None:
        # Imported where it is needed: commands that draw nothing should not wait for it.
        import kaleido

        path = find_browser()
        if path is None:
            raise BrowserMissing
        if not self._loop.is_running():
            threading.Thread(target=self._loop.run_forever, daemon=True).start()
            atexit.register(self._close)
        try:
            self._kaleido = kaleido.Kaleido(page_generator=_Page(), path=path)
            self._wait(self._kaleido.open())
        except Exception as error:
            self._close()
            raise BrowserMissing from error

    def _close(self) -> None:
        kaleido, self._kaleido = self._kaleido, None
        if kaleido is not None:
            with suppress(Exception):
                self._wait(kaleido.close())

    def _wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_LONGEST)


_browser = _Browser()
#: Seconds after which a browser is taken for dead.
_LONGEST = 120


def _draw(figures: list[go.Figure], image_format: str) -> list[bytes]:
    read: Callable[[str], bytes] = base64.b64decode if image_format == "png" else str.encode
    return [read(image) for image in _browser.draw(figures, image_format)]


def _png(image: bytes, title: str, description: str) -> bytes:
    """Write the words behind the header, as international text."""
    # 8 bytes say that it is a PNG, 25 are the header with width and height.
    return image[:33] + _text("Title", title) + _text("Description", description) + image[33:]


def _text(keyword: str, words: str) -> bytes:
    """Return a chunk: keyword, not compressed, in Japanese, keyword not translated, words."""
    data = b"iTXt" + keyword.encode() + b"\0\0\0ja\0\0" + words.encode()
    return struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))


def _svg(image: bytes, title: str, description: str) -> bytes:
    """Name the drawing and say what it shows; number what plotly names by chance."""
    names: dict[str, str] = {}

    def numbered(found: re.Match[str]) -> str:
        return found[1] + names.setdefault(found[2], f"n{len(names) + 1}")

    def within(tag: re.Match[str]) -> str:
        return re.sub(r"""( id="|url\(['"]?#)([\w-]+)""", numbered, tag[0])

    text = re.sub("<[^>]+>", within, image.decode())
    told = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
    return re.sub(
        r"<svg ([^>]*)>",
        lambda start: f'<svg role="img" lang="ja" {start[1]}>{told}',
        text,
        count=1,
    ).encode()


def _pdf(image: bytes, title: str, description: str) -> bytes:
    """Set the drawing on a page of its size."""
    import typst

    width, height = re.findall(rb' (?:width|height)="([\d.]+)"', image)[:2]
    told = {
        "title": title,
        "description": description,
        "width": width.decode(),
        "height": height.decode(),
        "image": _svg(image, title, description).decode(),
    }
    return typst.compile(_PAGE, format="pdf", sys_inputs=told, pdf_standards=["ua-1"])


_PAGE = b"""
#let given = sys.inputs
#set document(title: given.title, date: none)
#set text(lang: "ja")
// A pixel of the screen is three quarters of a point.
#set page(width: float(given.width) * 0.75pt, height: float(given.height) * 0.75pt, margin: 0pt)
#image(bytes(given.image), format: "svg", width: 100%, alt: given.description)
"""

_FINISH: dict[ImageFormat, Callable[[bytes, str, str], bytes]] = {
    ImageFormat.PNG: _png,
    ImageFormat.SVG: _svg,
    ImageFormat.PDF: _pdf,
}
