"""A running dashboard and a browser that may speak to nobody else."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, TextIO

import pytest
from forked import begin
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Route,
    expect,
    sync_playwright,
)

from kpi.charts import find_browser

expect.set_options(timeout=20_000)

#: What the provider says of each: whoever is not named has an address only.
CLAIMED = [
    {"sub": "1", "preferred_username": "Hanako", "name": "改めた名"},
    {"sub": "2", "preferred_username": "taro", "name": "健康 太郎"},
    {
        "sub": "3",
        "preferred_username": "jiro",
        "name": "承認 次郎",
        "kpi_roles": ["approver", "offline_access"],
        "kpi_cities": ["990001"],
    },
    {"sub": "4", "preferred_username": "root@city.example.jp"},
    {"sub": "5", "preferred_username": "shiro"},
]


@dataclass
class Server:
    """A dashboard of the test's own: its address and what it printed."""

    url: str
    process: subprocess.Popen[str] | ForkServerProcess
    lines: list[str] = field(default_factory=list)
    #: Reads what the process prints later on.
    rest: threading.Thread = field(default_factory=threading.Thread)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Start `kpi serve` on a database, with settings besides; ended with the module.

    Were it left running, it would take from what the next ones need.
    """
    running: list[tuple[Server, TextIO]] = []

    def start(
        database: Path,
        port: int | None = None,
        program: Sequence[str] = (),
        **settings: str,
    ) -> Server:
        port = port or free_port()
        environment = {
            **os.environ,
            "KPI_DATABASE_URL": f"sqlite:///{database}",
            "KPI_LAYOUTS": str(database.parent / "layouts"),
            # The fonts of the system: no test but that of the font has the font to cut.
            "KPI_FONTS": "",
            **settings,
        }
        arguments = ["serve", "--port", str(port)]
        process: subprocess.Popen[str] | ForkServerProcess
        if program:
            process = subprocess.Popen(
                [sys.executable, "-u", *program, *arguments],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            assert process.stdout is not None
            printed = process.stdout
        else:
            out = tmp_path_factory.mktemp("printed") / "out"
            os.mkfifo(out)
            reading = os.open(out, os.O_RDONLY | os.O_NONBLOCK)
            process = begin(arguments, environment, str(out))
            # Whichever comes first: that it prints something, or that it has ended.
            wait([reading, process.sentinel], timeout=60)
            os.set_blocking(reading, True)
            printed = os.fdopen(reading, encoding="utf-8")
        server = Server(f"http://127.0.0.1:{port}", process)
        running.append((server, printed))
        # Streamlit prints its address once it listens.
        for line in printed:
            server.lines.append(line.strip())
            if "URL:" in line:
                break
        else:
            raise AssertionError(server.lines)
        # Whatever else it prints must not fill the pipe.
        server.rest = threading.Thread(target=server.lines.extend, args=[printed])
        server.rest.start()
        return server

    yield start
    for server, _ in running:
        server.process.terminate()
    for server, printed in running:
        # All it has printed has been read once it has ended.
        server.rest.join(timeout=20)
        assert not server.rest.is_alive()
        printed.close()
        if isinstance(server.process, ForkServerProcess):
            server.process.join()
        else:
            server.process.wait()


#: The browser, while tests here follow each other, and how it ends.
_browsers: list[Browser] = []
_end = ExitStack()


@pytest.fixture
def browser() -> Browser:
    if not _browsers:
        playwright = _end.enter_context(sync_playwright())
        # A page lives for seconds: to make its scripts faster would cost more than it brings, and
        # to draw what moves too.
        arguments = ["--js-flags=--no-opt", "--disable-gpu", "--disable-quic"]
        arguments += ["--disable-background-networking", "--force-prefers-reduced-motion"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            arguments.append("--no-sandbox")
        # The shell draws the same pages for half the work: it has no window of its own.
        program = shutil.which("chromium-headless-shell") or find_browser()
        chromium = playwright.chromium.launch(executable_path=program, args=arguments)
        _browsers.append(chromium)
        _end.callback(_browsers.clear)
        _end.callback(chromium.close)
    return _browsers[0]


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """End the browser before other tests begin: they could run no event loop of their own."""
    if nextitem is None or Path(__file__).parent not in nextitem.path.parents:
        _end.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open an address. No request may leave the machine, no error may reach the console."""
    outside: list[str] = []
    errors: list[str] = []
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="ja-JP")

    def requested(request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
            outside.append(request.url)

    def printed(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(message.text)

    def open_address(url: str) -> Page:
        page = context.new_page()
        page.on("console", printed)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(url)
        return page

    context.on("request", requested)
    yield open_address
    context.close()
    assert outside == []
    assert errors == []


@pytest.fixture(scope="module")
def dashboard(
    start_server: Callable[..., Server],
    sample_file: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """Return the address of a dashboard with the samples; tests leave its data as it was."""
    database = tmp_path_factory.mktemp("dashboard") / "kpi.db"
    shutil.copy(sample_file, database)
    return start_server(database).url


@pytest.fixture(scope="session")
def provider() -> Iterator[str]:
    """A provider of OpenID Connect on the loopback; its address."""
    port = free_port()
    known = [part for one in CLAIMED for part in ("--user-claims", json.dumps(one))]
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "oidc_provider_mock", "--port", str(port), *known],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "running on" in line:
            break
    assert process.poll() is None
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.communicate(timeout=20)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open an address with a browser of one's own, in which nobody has signed in."""
    contexts: list[BrowserContext] = []

    def abort(route: Route) -> None:
        route.abort()

    def open_address(url: str, cookies: Sequence[Any] = ()) -> Page:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="ja-JP")
        # The provider's own pages would ask for a style sheet outside.
        context.route(lambda asked: not asked.startswith("http://127.0.0.1:"), abort)
        context.add_cookies(list(cookies))
        contexts.append(context)
        page = context.new_page()
        page.goto(url)
        return page

    yield open_address
    for context in contexts:
        context.close()
