"""A hundred charts as PNG with one browser, beside plotly's own way to write many figures.

Each in a process of its own, from the start of its browser to the last file written.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import plotly.io

from benchmarks.comparison import Line, take_turns
from benchmarks.recorded import recorded
from kpi.charts import ImageFormat, assess, describe, find_browser, images, picture
from kpi.store import open_database, plans, read_plan

RUNS, CHARTS = 3, 100
_OURS, _PEER = "ours", "plotly"


def measure(folder: Path) -> list[Line]:
    """Return one line; none where there is no browser."""
    if find_browser() is None:
        return []
    engine = recorded(folder, CHARTS)
    database = engine.url.render_as_string()
    engine.dispose()

    def child(whose: str) -> float:
        command = [sys.executable, "-m", "benchmarks.charts", whose, database]
        return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)

    ours, peer = take_turns([lambda: child(_OURS), lambda: child(_PEER)], RUNS)
    return [Line(f"{CHARTS} charts as PNG", ours, "plotly.io.write_images", peer, "s")]


def written(whose: str, database: str) -> float:
    """Return how long the files take, in seconds; what is to be drawn is described before."""
    engine = open_database(database)
    [header] = plans(engine)
    assessment = assess(read_plan(engine, header), 2024)
    specs = [describe(assessment, line, 3) for line in assessment.lines(3)]
    with TemporaryDirectory() as folder:
        files = [Path(folder) / f"{number}.png" for number in range(CHARTS)]
        start = perf_counter()
        figures = (picture(spec) for spec in specs)
        if whose == _OURS:
            for file, image in zip(files, images(figures, ImageFormat.PNG), strict=True):
                file.write_bytes(image)
        else:
            plotly.io.write_images(list(figures), files, scale=2)
        return perf_counter() - start


if __name__ == "__main__":
    print(written(*sys.argv[1:]))
