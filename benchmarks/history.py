"""A fact that was revised a thousand times, on both kinds of database.

Its history goes from the database to the table of the screen; the peer reads the same rows with
pandas, one plain SELECT, and tells nothing. And the audit log of those acts is held against every
row they wrote; the peer reads the three tables with pandas and compares nothing.
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import pandas as pd
from sqlalchemy import Engine, text

from benchmarks.comparison import Line, take_turns
from kpi.charts.assessment import displays_of
from kpi.charts.fact_history import fact_states
from kpi.model import (
    Direction,
    Fact,
    FactKey,
    FiscalYear,
    Indicator,
    Kind,
    Municipality,
    Plan,
    Series,
)
from kpi.store import (
    Changes,
    commit,
    fact_history,
    migrate,
    open_database,
    plans,
    read_plan,
    verify_audit,
)
from kpi.ui.html import render
from tests.postgres import running

RUNS = 7
REVISIONS = 1000
TOWN = Municipality("見本町", "見本町")
KEY = FactKey(1, Kind.ACTUAL, 0, "", FiscalYear(2024))
FIRST = datetime(2025, 4, 1, tzinfo=UTC)


def measure(folder: Path) -> list[Line]:
    """Return two lines for each kind of database; ``folder`` takes that of SQLite."""
    with ExitStack() as stack:
        cluster = stack.enter_context(running())
        urls = {
            "SQLite": f"sqlite:///{folder / 'history.db'}",
            "PostgreSQL": cluster.url(cluster.create()),
        }
        lines = []
        for name, url in urls.items():
            engine = open_database(url)
            revise(engine)
            if name == "PostgreSQL":
                # A server that is not the tests' own does it by itself, a minute later.
                with engine.begin() as connection:
                    connection.exec_driver_sql("ANALYZE")
            lines += [_history(engine, name), _log(engine, name)]
            engine.dispose()
        return lines


def _history(engine: Engine, name: str) -> Line:
    what = f"history of a fact with {REVISIONS:,} revisions, {name}"
    statement = "SELECT * FROM fact JOIN batch USING (municipality, revision) ORDER BY revision"
    ours, peer = take_turns([lambda: told(engine), lambda: read(engine, statement)], RUNS)
    return Line(what, ours, "pandas.read_sql", peer, "s")


def _log(engine: Engine, name: str) -> Line:
    what = f"audit log of {REVISIONS:,} acts verified, {name}"
    tables = [f"SELECT * FROM {table}" for table in ("fact", "batch", "audit")]
    ours, peer = take_turns([lambda: verified(engine), lambda: read(engine, *tables)], RUNS)
    return Line(what, ours, "pandas.read_sql", peer, "s")


def revise(engine: Engine) -> None:
    """Record a plan with one series, and its one actual again and again."""
    migrate(engine)
    for number in range(REVISIONS):
        changes = Changes(TOWN, (number, 0))
        fact = Fact(KEY, float(number), value_text=str(number))
        if number:
            changes.changed.append(fact)
        else:
            changes.plans.append(Plan(1, "見本計画"))
            changes.indicators.append(Indicator(1, 1, None, "", "受診者数", "健康課", "", 1))
            changes.series.append(Series(1, 1, "", "人", "人", Direction.HIGHER, 1))
            changes.added.append(fact)
        now = FIRST + timedelta(hours=number)
        commit(engine, [changes], author="健康課", reason=f"{number}回目の訂正", now=now)


def told(engine: Engine) -> float:
    """Return the seconds from the database to the HTML of the table."""
    start = perf_counter()
    (header,) = plans(engine)
    content = read_plan(engine, header)
    versions = fact_history(engine, TOWN, 1)
    display = displays_of(content.series, content.facts)[1]
    facts = fact_states(1, versions, display, datetime.now(UTC))
    assert sum(len(fact.states) for fact in facts) == REVISIONS
    rows = [(fact, fact.states) for fact in facts]
    render("history_facts.html", facts=rows, revised=1, count=1, nothing="")
    return perf_counter() - start


def verified(engine: Engine) -> float:
    """Return the seconds it takes to hold the log against all it tells of."""
    start = perf_counter()
    (state,) = verify_audit(engine)
    assert (state.entries, state.broken) == (REVISIONS, ())
    return perf_counter() - start


def read(engine: Engine, *statements: str) -> float:
    """Return the seconds pandas takes for plain statements, each of so many rows."""
    start = perf_counter()
    with engine.connect() as connection:
        for statement in statements:
            assert len(pd.read_sql(text(statement), connection)) == REVISIONS
    return perf_counter() - start
