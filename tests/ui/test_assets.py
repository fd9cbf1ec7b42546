"""Streamlit's own files: what a browser gets of them, and that they are those a page needs."""

import asyncio
import gzip
import re
from pathlib import Path

import pytest
from streamlit.file_util import get_static_dir

from kpi.ui.server.assets import Assets, preloads

FOLDER = Path(get_static_dir())
SCRIPT = next((FOLDER / "static/js").glob("index.*.js"))
FONT = next((FOLDER / "static/media").glob("*.woff2"))


def asked(path, *, method="GET", accepts=b"gzip, br"):
    """Ask for a path; return whether Streamlit was left to answer, the headers and the body."""
    passed, answered = [], []

    async def streamlit(scope, _receive, _send):
        passed.append(scope["path"])

    async def send(message):
        answered.append(message)

    headers = [(b"accept-encoding", accepts)] if accepts else []
    scope = {"type": "http", "method": method, "path": path, "headers": headers}
    asyncio.run(Assets(streamlit)(scope, None, send))
    if passed:
        return True, {}, b""
    return False, dict(answered[0]["headers"]), answered[1]["body"]


def test_a_script_comes_compressed_once_and_for_ever():
    is_passed, headers, body = asked(f"/static/js/{SCRIPT.name}")
    assert not is_passed
    assert headers[b"content-encoding"] == b"gzip"
    assert headers[b"content-length"] == str(len(body)).encode()
    assert b"immutable" in headers[b"cache-control"]
    assert gzip.decompress(body) == SCRIPT.read_bytes()


@pytest.mark.parametrize(
    ("path", "accepts"),
    [(f"/static/js/{SCRIPT.name}", b""), (f"/static/media/{FONT.name}", b"gzip")],
)
def test_what_the_browser_cannot_unpack_and_what_is_small_already_comes_as_it_is(path, accepts):
    _, headers, body = asked(path, accepts=accepts)
    assert b"content-encoding" not in headers
    assert body == (FOLDER / path[1:]).read_bytes()


def test_head_tells_of_a_file_without_sending_it():
    _, headers, body = asked(f"/static/js/{SCRIPT.name}", method="HEAD")
    assert int(headers[b"content-length"]) > 1000
    assert body == b""


@pytest.mark.parametrize(
    "path",
    ["/", "/indicator", "/static/js/no.js", "/static/../index.html", "/static/js/../../index.html"],
)
def test_everything_else_is_left_to_streamlit(path):
    assert asked(path)[0]


@pytest.mark.parametrize("has_chart", [False, True])
def test_what_is_fetched_at_once_is_there_and_has_plotly_only_where_a_chart_is(has_chart):
    files = re.findall(r'href="\./([^"]+)"', preloads(has_chart=has_chart))
    assert len(files) == len(set(files)) > 20
    assert all((FOLDER / file).is_file() for file in files)
    for part in ("BidiComponent", "Selectbox", "DateInput", "Html", "TextInput", "ButtonGroup"):
        assert any(f"/{part}." in file for file in files)
    assert any("PlotlyChart" in file for file in files) is has_chart
