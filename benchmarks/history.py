"""A fact that was revised a thousand times, from the database to the table of the screen.

The peer reads the same rows with pandas, one plain SELECT, and tells nothing. And the audit log
of those acts held against every row they wrote, beside SQLite's own check of the same file.
"""

from __future__ import annotations

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

RUNS = 7
REVISIONS = 1000
TOWN = Municipality("見本町", "見本町")
KEY = FactKey(1, Kind.ACTUAL, 0, "", FiscalYear(2024))
FIRST = datetime(2025, 4, 1, tzinfo=UTC)


def measure(folder: Path) -> list[Line]:
    """Return the lines; ``folder`` takes the database."""
    engine = open_database(f"sqlite:///{folder / 'history.db'}")
    migrate(engine)
    revise(engine)
    rows, read = take_turns([lambda: told(engine), lambda: selected(engine)], RUNS)
    verified, checked = take_turns([lambda: verify(engine), lambda: check(engine)], RUNS)
    engine.dispose()
    name = f"{REVISIONS:,}"
    return [
        Line(f"history of a fact with {name} revisions", rows, "pandas.read_sql", read, "s"),
        Line(f"audit log of {name} acts verified", verified, "integrity_check", checked, "s"),
    ]


def revise(engine: Engine) -> None:
    """Record a plan with one series, and its one actual again and again."""
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


def selected(engine: Engine) -> float:
    """Return the seconds of a plain SELECT of the same rows."""
    start = perf_counter()
    statement = "SELECT * FROM fact JOIN batch USING (municipality, revision) ORDER BY revision"
    with engine.connect() as connection:
        assert len(pd.read_sql(text(statement), connection)) == REVISIONS
    return perf_counter() - start


def verify(engine: Engine) -> float:
    """Return the seconds it takes to hold the log against all it tells of."""
    start = perf_counter()
    (state,) = verify_audit(engine)
    assert (state.entries, state.broken) == (REVISIONS, ())
    return perf_counter() - start


def check(engine: Engine) -> float:
    """Return the seconds of SQLite's check of its own file."""
    start = perf_counter()
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    return perf_counter() - start
