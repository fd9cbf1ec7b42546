"""A proposal of 500 cells saved, on both kinds of database.

The peer writes the same 500 cells with pandas into a table of the same database: no reading of what
stands, no steps, no log, nobody told that somebody was faster.
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import pandas as pd
from sqlalchemy import Engine

from benchmarks.comparison import Line, take_turns
from kpi.model import (
    Direction,
    Fact,
    FactEdit,
    FactKey,
    FiscalYear,
    Indicator,
    Kind,
    Municipality,
    Period,
    Plan,
    Series,
)
from kpi.store import Changes, commit, migrate, open_database, save_proposal
from tests.postgres import running

RUNS = 7
CELLS = 500
TOWN = Municipality("見本町", "見本町")
NOW = datetime(2025, 6, 1, tzinfo=UTC)


def measure(folder: Path) -> list[Line]:
    """Return a line for each kind of database; ``folder`` takes that of SQLite."""
    with ExitStack() as stack:
        cluster = stack.enter_context(running())
        urls = {
            "SQLite": f"sqlite:///{folder / 'editing.db'}",
            "PostgreSQL": cluster.url(cluster.create()),
        }
        lines = []
        for name, url in urls.items():
            engine = open_database(url)
            edits = plan(engine)
            ours, peer = take_turns(
                [lambda e=engine, d=edits: saved(e, d), lambda e=engine, d=edits: written(e, d)],
                RUNS,
            )
            lines.append(
                Line(f"a proposal of {CELLS} cells saved, {name}", ours, "pandas.to_sql", peer, "s")
            )
            engine.dispose()
        return lines


def plan(engine: Engine) -> list[FactEdit]:
    """Record a plan with a target for each of `CELLS` series, and return an edit of each."""
    migrate(engine)
    changes = Changes(TOWN, (0, 0))
    changes.plans.append(Plan(1, "見本計画"))
    changes.periods.append(Period(1, 1, FiscalYear(2022), FiscalYear(2025)))
    for n in range(1, CELLS + 1):
        changes.indicators.append(Indicator(n, 1, None, "", f"指標{n}", "企画課", "", n))
        changes.series.append(Series(n, n, "", "％", "％", Direction.HIGHER, 1))
        key = FactKey(n, Kind.TARGET, 1, "", FiscalYear(2025))
        changes.added.append(Fact(key, 65.0, value_text="65％以上"))
    commit(engine, [changes], author="企画課", reason="", now=NOW)
    wanted = [fact._replace(value=70.0, value_text="70％以上") for fact in changes.added]
    return [
        FactEdit(before.key, before, after)
        for before, after in zip(changes.added, wanted, strict=True)
    ]


def saved(engine: Engine, edits: list[FactEdit]) -> float:
    """Return how long saving them as a new proposal takes, in seconds."""
    start = perf_counter()
    save_proposal(engine, TOWN, 1, edits, title="見直し", reason="", author="企画課", now=NOW)
    return perf_counter() - start


def written(engine: Engine, edits: list[FactEdit]) -> float:
    """Return how long pandas takes to append them to a table, in seconds."""
    rows = [(*edit.key, edit.after.value, edit.after.value_text) for edit in edits if edit.after]
    frame = pd.DataFrame(rows, columns=[*FactKey._fields, "value", "value_text"])
    start = perf_counter()
    frame.to_sql("plain_cells", engine, if_exists="append", index=False)
    return perf_counter() - start
