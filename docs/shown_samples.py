"""The dashboard with the samples in a browser, for what is made of its screens for docs/."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from kpi.charts import find_browser


@contextmanager
def shown_samples() -> Iterator[tuple[Browser, str]]:
    """Serve the samples from an empty folder; give a browser and the address of the dashboard."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        environment = {**os.environ, "KPI_DATABASE_URL": f"sqlite:///{folder}/kpi.db"}
        environment["KPI_AUTHOR"] = "企画調整課"
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        command = [sys.executable, "-u", "-m", "kpi", "serve", "--port", str(port)]
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as server:
            assert server.stdout is not None
            next(line for line in server.stdout if "URL:" in line)
            arguments = ["--disable-gpu", "--no-sandbox", "--hide-scrollbars"]
            browser = playwright.chromium.launch(executable_path=find_browser(), args=arguments)
            try:
                yield browser, f"http://127.0.0.1:{port}"
            finally:
                browser.close()
                server.terminate()
