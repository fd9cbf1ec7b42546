"""A made-up plan on record in a database of its own, and the report on it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import mkdtemp

from sqlalchemy import Engine

from benchmarks.workbooks import write_plan
from kpi import settings
from kpi.acting.imports import accept
from kpi.importing.draft import Context
from kpi.importing.matching import prepare
from kpi.importing.reading import read_files
from kpi.reports.content import Report, compose
from kpi.store import migrate, open_database, plans

NOW = datetime(2025, 6, 20, tzinfo=UTC)


def recorded(folder: Path, series: int) -> Engine:
    """Return a database with a plan of so many series, somewhere in a folder."""
    own = Path(mkdtemp(dir=folder))
    workbook = own / "plan.xlsx"
    write_plan(workbook, series)
    engine = open_database(f"sqlite:///{own / 'kpi.db'}")
    migrate(engine)
    draft = read_files([(workbook.name, workbook.read_bytes())], Context())
    accept(engine, settings.operator(), prepare(engine, draft), reason="benchmark", now=NOW)
    return engine


def reported(folder: Path, series: int) -> Report:
    """Return the report on a plan of so many series."""
    engine = recorded(folder, series)
    [header] = plans(engine)
    report = compose(engine, header, day=date(2025, 6, 20))
    engine.dispose()
    return report
