"""A year's results arrive as one large workbook, and somebody waits while it is imported.

Reading the cells is what no importer can do without, so plain readers of the same file are the
peers: the ratio says what recognising, checking, matching and recording cost on top.
"""

from __future__ import annotations

import io
import resource
import shutil
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import pandas as pd
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from benchmarks.comparison import Line, take_turns
from benchmarks.workbooks import write_actuals
from kpi.importing.draft import Context
from kpi.importing.matching import accept, prepare
from kpi.importing.reading import read_files
from kpi.store import migrate, open_database
from kpi.store.tables import fact

SERIES, YEARS = 1_000, 20
RUNS, MEMORY_RUNS = 5, 3
CALAMINE = "python-calamine, reading alone"
PANDAS = "pandas.read_excel (openpyxl), reading alone"


def measure(folder: Path) -> list[Line]:
    """Return the lines about importing; ``folder`` takes the files they need."""
    workbook, empty = folder / "actuals.xlsx", folder / "empty.db"
    write_actuals(workbook, SERIES, YEARS)
    engine = open_database(f"sqlite:///{empty}")
    migrate(engine)
    engine.dispose()

    ours = partial(_import, workbook.read_bytes(), empty)
    calamine = partial(_read_with_calamine, workbook.read_bytes())
    pandas = partial(_read_with_pandas, workbook.read_bytes())
    what = f"import of {SERIES * YEARS:,} rows"
    seconds = take_turns([ours, calamine, pandas], RUNS)
    peaks = take_turns([partial(_in_a_child, work) for work in (ours, pandas)], MEMORY_RUNS)
    return [
        Line(what, seconds[0], CALAMINE, seconds[1], "s"),
        Line(what, seconds[0], PANDAS, seconds[2], "s"),
        Line(f"{what}, peak memory", peaks[0], PANDAS, peaks[1], "MB"),
    ]


def _import(data: bytes, empty: Path) -> float:
    """Import into a database of its own; return the seconds from bytes to what is committed."""
    with TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{shutil.copy(empty, folder)}")
        start = perf_counter()
        preview = prepare(engine, read_files([("actuals.xlsx", data)], Context()))
        accept(engine, preview, author="benchmark", reason="benchmark", now=datetime.now(UTC))
        seconds = perf_counter() - start
        with engine.connect() as connection:
            committed = connection.scalar(select(func.count()).select_from(fact))
        engine.dispose()
    if committed != SERIES * YEARS:
        raise RuntimeError(f"{committed} facts were committed, not {SERIES * YEARS}")
    return seconds


def _read_with_calamine(data: bytes) -> float:
    start = perf_counter()
    CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    return perf_counter() - start


def _read_with_pandas(data: bytes) -> float:
    start = perf_counter()
    pd.read_excel(io.BytesIO(data), engine="openpyxl")
    return perf_counter() - start


def _in_a_child(work: Callable[[], float]) -> float:
    """Return the peak memory, in MB, of a process that does nothing but this work.

    A process started by fork or exec counts its parent's memory as its own peak; one that comes
    from the small fork server does not.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("forkserver")) as pool:
        return pool.submit(_peak, work).result()


def _peak(work: Callable[[], float]) -> float:
    work()
    # In kilobytes on Linux.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
