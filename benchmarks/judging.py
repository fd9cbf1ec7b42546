"""All targets of all municipalities judged from columns, beside a plain loop over the same columns.

The loop is the tests' second implementation, one target at a time. It runs over a sample of the
municipalities, and its time is counted up to all of them: it takes as long for one as for another.

And one command from the start of its process to its end, beside a process that does nothing but
load pandas.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks.comparison import Line, take_turns
from kpi.progress.columns import (
    COMPARATORS,
    DIRECTIONS,
    Bases,
    Columns,
    SeriesColumns,
    TargetColumns,
)
from kpi.progress.course import Course
from kpi.progress.measures import measure_columns
from tests.progress import scalar

RUNS = 7
MUNICIPALITIES, SERIES, SAMPLE = 1741, 200, 40
#: Period, its first and last year; the target is for the last.
PERIODS = ((1, 2016, 2017), (2, 2018, 2021), (3, 2022, 2025))
BASE_YEAR, ACTUAL_YEARS, REPORTING_YEAR = 2014, range(2015, 2021), 2020


def measure(folder: Path) -> list[Line]:
    """Return one line for the columns, and one for the command."""
    whole, sample = columns(MUNICIPALITIES * SERIES), columns(SAMPLE * SERIES)

    def ours() -> float:
        start = perf_counter()
        measure_columns(whole, REPORTING_YEAR)
        return perf_counter() - start

    def loop() -> float:
        start = perf_counter()
        judge_one_by_one(sample)
        return (perf_counter() - start) * MUNICIPALITIES / SAMPLE

    targets = f"{len(whole.targets.row):,}"
    what = f"{targets} targets judged, two cores"
    peer = f"plain loop, {SAMPLE} of {MUNICIPALITIES} counted up"
    judged = Line(what, *_pair(take_turns([ours, loop], RUNS), peer), "s")
    return [judged, _command(folder)]


def _pair(figures: list[list[float]], peer: str) -> tuple[list[float], str, list[float]]:
    ours, others = figures
    return ours, peer, others


def columns(count: int) -> Columns:
    """Return made-up series: a baseline, six actuals and three targets each."""
    random = np.random.default_rng(4)
    row, years = np.arange(count), np.array([BASE_YEAR, *ACTUAL_YEARS])
    values = np.round(random.uniform(10, 90, (count, len(years))), 1)
    course = Course(
        np.repeat(row, len(years)),
        np.tile(years, count),
        values.ravel(),
        np.tile(years > BASE_YEAR, count),
        np.zeros(values.size, np.int8),
    )
    unknown, yes = np.full(count, np.nan), np.ones(count, bool)
    direction = random.integers(0, 2, count).astype(np.int8)
    series = SeriesColumns(direction, unknown, unknown, ~yes, yes, yes)
    bases = Bases(row, row * 0, row * 0 + BASE_YEAR, values[:, 0].copy())
    period, begins, ends = (np.tile(column, count) for column in zip(*PERIODS, strict=True))
    number = len(period)
    targets = TargetColumns(
        np.repeat(row, len(PERIODS)),
        period,
        begins,
        ends,
        np.round(random.uniform(10, 90, number), 1),
        np.full(number, np.nan),
        random.integers(0, 3, number).astype(np.int8),
        np.zeros(number, np.int8),
        np.zeros(number, np.int64),
        np.full(number, np.nan),
    )
    return Columns(series, course, bases, targets)


def judge_one_by_one(columns: Columns) -> dict[str, list[object]]:
    """Return the measures as lists, from a loop over the columns as lists."""
    course, bases, targets = columns.course, columns.bases, columns.targets
    series = [
        scalar.Series(DIRECTIONS[direction], "％", limit=None if math.isnan(limit) else limit)
        for direction, limit in zip(
            columns.series.direction.tolist(), columns.series.limit.tolist(), strict=True
        )
    ]
    known = (course.row, course.year, course.value, course.is_actual)
    for row, year, value, is_actual in zip(*(column.tolist() for column in known), strict=True):
        if is_actual:
            series[row].actuals[year] = value, ""
    stated = (bases.row, bases.period, bases.year, bases.value)
    for row, period, year, value in zip(*(column.tolist() for column in stated), strict=True):
        series[row].baselines[period, year] = value
    promised = (
        targets.row,
        targets.year,
        targets.low,
        targets.comparator,
        targets.period,
        targets.begins,
    )
    measures: dict[str, list[object]] = {}
    for row, year, low, comparator, period, begins in zip(
        *(column.tolist() for column in promised), strict=True
    ):
        target = scalar.Target(year, low, None, COMPARATORS[comparator], period, begins)
        for name, value in scalar.judge(series[row], target, REPORTING_YEAR).items():
            measures.setdefault(name, []).append(value)
    return measures


def _command(folder: Path) -> Line:
    """Measure `kpi progress` for one municipality with 1,000 series of 20 years."""
    environment = os.environ | {"KPI_DATABASE_URL": f"sqlite:///{folder / 'judging.db'}"}
    table = folder / "judging.csv"
    lines = ["自治体,計画,指標,単位,方向,種別,計画期,年度,値"]
    for number in range(1000):
        name = f"見本市,見本計画,指標{number},％,higher"
        lines += [f"{name},actual,,{2005 + k},{20 + (number + k * 7) % 50}" for k in range(20)]
        lines += [f"{name},target,{p},{end},{60 + p}" for p, _, end in PERIODS]
    table.write_text("\n".join(lines), encoding="utf-8")
    kpi = [sys.executable, "-m", "kpi"]

    def seconds(*arguments: str) -> float:
        start = perf_counter()
        subprocess.run(arguments, env=environment, check=True, capture_output=True)
        return perf_counter() - start

    seconds(*kpi, "init", "--empty")
    seconds(*kpi, "import", str(table))
    figures = take_turns(
        [
            lambda: seconds(*kpi, "progress", "--plan", "見本計画", "--csv"),
            lambda: seconds(sys.executable, "-c", "import pandas"),
        ],
        5,
    )
    return Line(
        "kpi progress, 1,000 series × 20 years", *_pair(figures, "import pandas, and end"), "s"
    )
