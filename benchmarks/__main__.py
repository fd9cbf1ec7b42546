"""`make bench` prints what to expect on this machine, and how far that is from a known peer."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import (
    booklets,
    charts,
    editing,
    history,
    imports,
    judging,
    office,
    pages,
    screens,
    word_forms,
)
from benchmarks.comparison import Line

PARTS = (imports, judging, history, editing, charts, office, booklets, word_forms, pages, screens)
HEADINGS = ("what", "ours (median)", "peer", "peer (median)", "ours : peer", "runs")


def main() -> None:
    """Measure everything and print the table."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores; takes some 15 minutes")
    with TemporaryDirectory() as folder:
        lines = [line for part in PARTS for line in part.measure(Path(folder))]
    rows = [HEADINGS, *map(cells, lines)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


def cells(line: Line) -> tuple[str, ...]:
    """Return a line as the table shows it."""
    ours, peer = median(line.ours), median(line.peer)
    return (
        line.what,
        in_unit(ours, line.unit),
        line.peer_name,
        in_unit(peer, line.unit),
        f"{ours / peer:.2f}",
        str(len(line.ours)),
    )


def in_unit(figure: float, unit: str) -> str:
    """Return a figure with as many digits as its unit bears."""
    return f"{figure:.0f} {unit}" if unit == "MB" else f"{figure:.2f} {unit}"


# The child processes in which memory is measured import this module too.
if __name__ == "__main__":
    main()
