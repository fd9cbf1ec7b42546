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
from sqlalchemy import Engine, func, select

from benchmarks.comparison import Line, take_turns
from benchmarks.workbooks import write_actuals, write_forms
from kpi import settings
from kpi.acting.imports import accept
from kpi.importing.draft import Context
from kpi.importing.matching import prepare
from kpi.importing.reading import read_files
from kpi.store import migrate, open_database
from kpi.store.tables import fact
from tests.postgres import Cluster, running

YEARS = 20
#: Series of the tables read beside others, with the runs of each.
BESIDE_READERS = ((1_000, 5), (10_000, 3))
#: Series of the smallest and the largest table, for the cost of a row.
SMALLEST, LARGEST = 500, 25_000
MEMORY_RUNS, LARGE_RUNS = 3, 2
FORMS = 40
CALAMINE = "python-calamine, reading alone"
PANDAS = "pandas.read_excel (openpyxl), reading alone"


def measure(folder: Path) -> list[Line]:
    """Return the lines about importing; ``folder`` takes the files they need."""
    empty = folder / "empty.db"
    engine = open_database(f"sqlite:///{empty}")
    migrate(engine)
    engine.dispose()
    lines = []
    for series, runs in BESIDE_READERS:
        lines += _beside_readers(folder, empty, series, runs)
    return [
        *lines,
        _on_postgresql(folder, empty),
        _per_row(folder, empty),
        _forms(folder, empty),
    ]


def _beside_readers(folder: Path, empty: Path, series: int, runs: int) -> list[Line]:
    workbook = folder / f"actuals_{series}.xlsx"
    write_actuals(workbook, series, YEARS)
    data = workbook.read_bytes()
    ours = partial(_import, data, empty, series * YEARS)
    calamine, pandas = partial(_read_with_calamine, data), partial(_read_with_pandas, data)
    what = f"import of {series * YEARS:,} rows"
    seconds = take_turns([ours, calamine, pandas], runs)
    peaks = take_turns([partial(_in_a_child, work) for work in (ours, pandas)], MEMORY_RUNS)
    return [
        Line(what, seconds[0], CALAMINE, seconds[1], "s"),
        Line(what, seconds[0], PANDAS, seconds[2], "s"),
        Line(f"{what}, peak memory", peaks[0], PANDAS, peaks[1], "MB"),
    ]


def _on_postgresql(folder: Path, empty: Path) -> Line:
    series, runs = BESIDE_READERS[-1]
    workbook, rows = folder / "postgresql.xlsx", series * YEARS
    write_actuals(workbook, series, YEARS)
    data = workbook.read_bytes()
    with running() as cluster:
        template = cluster.create()
        engine = open_database(cluster.url(template))
        migrate(engine)
        engine.dispose()
        there = partial(_import_into_postgresql, data, cluster, template, rows)
        seconds = take_turns([there, partial(_import, data, empty, rows)], runs)
    what = f"import of {rows:,} rows into PostgreSQL"
    return Line(what, seconds[0], "the same into SQLite", seconds[1], "s")


def _per_row(folder: Path, empty: Path) -> Line:
    """Compare the cost of a row in the largest table with that in the smallest."""

    def cost(series: int) -> Callable[[], float]:
        workbook = folder / f"rows_{series}.xlsx"
        write_actuals(workbook, series, YEARS)
        data, rows = workbook.read_bytes(), series * YEARS
        return lambda: _import(data, empty, rows) / rows * 1e6

    largest, smallest = take_turns([cost(LARGEST), cost(SMALLEST)], LARGE_RUNS)
    what = f"cost of a row, import of {LARGEST * YEARS:,} rows"
    return Line(what, largest, f"the same for {SMALLEST * YEARS:,} rows", smallest, "µs")


def _forms(folder: Path, empty: Path) -> Line:
    workbook = folder / "forms.xlsx"
    facts = write_forms(workbook, FORMS)
    data = workbook.read_bytes()
    seconds = take_turns(
        [partial(_import, data, empty, facts), partial(_read_with_calamine, data)], MEMORY_RUNS
    )
    what = f"import of a workbook of {FORMS} forms"
    return Line(what, seconds[0], CALAMINE, seconds[1], "s")


def _import(data: bytes, empty: Path, facts: int) -> float:
    """Import into a database of its own; return the seconds from bytes to what is committed."""
    with TemporaryDirectory() as folder:
        return _into(open_database(f"sqlite:///{shutil.copy(empty, folder)}"), data, facts)


def _import_into_postgresql(data: bytes, cluster: Cluster, empty: str, facts: int) -> float:
    """Do the same with a PostgreSQL database; ``empty`` is the one it is copied from."""
    name = cluster.create(empty)
    seconds = _into(open_database(cluster.url(name)), data, facts)
    cluster.drop(name)
    return seconds


def _into(engine: Engine, data: bytes, facts: int) -> float:
    start = perf_counter()
    preview = prepare(engine, read_files([("actuals.xlsx", data)], Context()))
    accept(engine, settings.operator(), preview, reason="benchmark", now=datetime.now(UTC))
    seconds = perf_counter() - start
    with engine.connect() as connection:
        committed = connection.scalar(select(func.count()).select_from(fact))
    engine.dispose()
    if committed != facts:
        raise RuntimeError(f"{committed} facts were committed, not {facts}")
    return seconds


def _read_with_calamine(data: bytes) -> float:
    start = perf_counter()
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for name in workbook.sheet_names:
        workbook.get_sheet_by_name(name).to_python()
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
