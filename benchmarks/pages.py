"""The overview is opened in the middle of a meeting, so its peer is the barest page there could be.

That is a Streamlit app which does nothing but show as many rows (`bare_app.py`), once as HTML like
the overview, once as a canvas that draws only the rows in view; all in the same browser.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import NamedTuple
from urllib.parse import urlencode
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.clicks import PATIENCE, Click
from benchmarks.comparison import Line, take_turns
from benchmarks.workbooks import MUNICIPALITY, PLAN, write_plan
from kpi.charts import BrowserMissing, find_browser
from kpi.words import say

RUNS = 7
#: The command that serves the dashboard; its port comes after it.
OURS = [sys.executable, "-m", "kpi", "serve", "--port"]
#: Municipality and plan by how many series they have: a sample, and a plan made up for this.
PLANS = {40: ("見本市（架空のデータ）", "見本市総合計画"), 500: (MUNICIPALITY, PLAN)}


def measure(folder: Path) -> list[Line]:
    """Return the lines about the overview; ``folder`` takes the files they need."""
    environment = recorded_in(folder, "pages")
    with (
        served(OURS, environment, folder) as ours,
        served(bare_app(), environment, folder) as peer,
        started_browser() as browser,
    ):
        return [line for count in PLANS for line in _compare(browser, count, ours.url, peer.url)]


def recorded_in(folder: Path, name: str) -> dict[str, str]:
    """Record the samples and the largest plan; return the environment in which they are there."""
    environment = {**os.environ, "KPI_DATABASE_URL": f"sqlite:///{folder / name}.db"}
    workbook = folder / f"{name}.xlsx"
    write_plan(workbook, max(PLANS))
    for command in (["init"], ["import", str(workbook)]):
        kpi = [sys.executable, "-m", "kpi", *command]
        subprocess.run(kpi, env=environment, check=True, capture_output=True)
    return environment


def bare_app() -> list[str]:
    """Return the command that serves the peer; its port comes after it."""
    app = str(Path(__file__).with_name("bare_app.py"))
    options = ["--server.headless=true", "--browser.gatherUsageStats=false"]
    options += ["--server.fileWatcherType=none", "--server.address=127.0.0.1", "--server.port"]
    return [sys.executable, "-m", "streamlit", "run", app, *map(str, PLANS), *options]


def _compare(browser: Browser, count: int, ours: str, peer: str) -> list[Line]:
    """Return the lines about an overview of so many series; the servers are at ``ours``, ``peer``.

    The pages of one comparison are closed before the next, which they would slow down.
    """
    with browser.new_context() as context:
        measures = [
            _overview(context.new_page(), ours, count).seconds,
            _table(context.new_page(), peer, count).seconds,
            _dataframe(context.new_page(), peer, count).seconds,
        ]
        # The first visit fills caches that later ones find filled, on both sides.
        take_turns(measures, 1)
        overview, table, dataframe = take_turns(measures, RUNS)
    what = f"overview of {count} series, click to drawn"
    return [
        Line(what, overview, "bare Streamlit app, st.table", table, "s"),
        Line(what, overview, "bare Streamlit app, st.dataframe (rows in view)", dataframe, "s"),
    ]


def _overview(page: Page, url: str, count: int) -> Click:
    municipality, plan = PLANS[count]
    # All of them, not those alone that ask for attention; whoever comes back finds it so again.
    view = {"municipality": municipality, "plan": plan, "view": "list"}
    page.goto(f"{url}/?{urlencode(view)}")
    page.wait_for_selector(f".st-key-series-table tbody tr:nth-child({count}):not([hidden])")
    return Click(
        page,
        start=say("page.indicator"),
        start_drawn=".st-key-ledger tbody tr",
        goal=say("page.overview"),
        rows=".st-key-series-table tbody tr:not([hidden])",
        count=count,
        caption=".st-key-series-shown .kpi-cap",
        said=say("overview.shown", count=count, total=count),
    )


def _table(page: Page, url: str, count: int) -> Click:
    return _bare(page, url, count, "table", '[data-testid="stTable"] tbody tr', count)


def _dataframe(page: Page, url: str, count: int) -> Click:
    return _bare(page, url, count, "dataframe", '[data-testid="data-grid-canvas"]', 1)


def _bare(page: Page, url: str, count: int, name: str, rows: str, drawn: int) -> Click:
    page.goto(url)
    return Click(
        page,
        start="Start",
        start_drawn="h1:has-text('Start')",
        goal=f"{name} {count}",
        rows=rows,
        count=drawn,
        caption='[data-testid="stCaptionContainer"]',
        said=f"{count} rows shown",
    )


@contextmanager
def started_browser() -> Iterator[Browser]:
    """Start the browser that draws images, too; it is closed in the end."""
    path = find_browser()
    if path is None:
        raise BrowserMissing
    # Chromium refuses to be run by root within its sandbox.
    arguments = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


class Served(NamedTuple):
    """A server that runs: where, and as which process."""

    url: str
    pid: int


@contextmanager
def served(command: list[str], environment: dict[str, str], folder: Path) -> Iterator[Served]:
    """Run a server, its port added to its command, and give its address once it answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    url, printed = f"http://127.0.0.1:{port}", folder / f"{port}.log"
    with printed.open("wb") as log:
        server = subprocess.Popen(
            [*command, str(port)], env=environment, cwd=folder, stdout=log, stderr=log
        )
    try:
        if not _answers(server, url):
            raise RuntimeError(printed.read_text(encoding="utf-8"))
        yield Served(url, server.pid)
    finally:
        server.terminate()
        server.wait()


def _answers(server: subprocess.Popen[bytes], url: str) -> bool:
    """Wait for a server that starts; False where it ended or keeps silent."""
    deadline = monotonic() + PATIENCE
    while server.poll() is None and monotonic() < deadline:
        try:
            urlopen(f"{url}/_stcore/health", timeout=1).close()
        except OSError:
            sleep(0.1)
        else:
            return True
    return False
