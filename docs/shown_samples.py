"""The dashboard with the samples in a browser, for what is made of its screens for docs/.

A meeting, a proposal and a round stand in it besides, so that no screen is shown empty.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Engine

from kpi import settings
from kpi.acting.meetings import end_meeting, keep_meeting, write_down
from kpi.charts import find_browser
from kpi.collecting.answering import give
from kpi.collecting.filled import Place, read_form
from kpi.collecting.form import FIGURE, STATUS, form_rows
from kpi.collecting.opening import askable, open_round
from kpi.editing import steps
from kpi.model import FactEdit, FiscalYear, Kind, Meeting, Status, WordKind
from kpi.store import JAPAN, PlanHeader, PlanSnapshot, open_database, plans, read_parts

#: The year that is met about and asked for, and a department that has answered.
YEAR, DEPARTMENT = FiscalYear(2024), "環境課"


@contextmanager
def shown_samples() -> Iterator[tuple[Browser, str]]:
    """Serve the samples from an empty folder; give a browser and the address of the dashboard."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        database = f"sqlite:///{folder}/kpi.db"
        os.environ["KPI_AUTHOR"] = "企画調整課"
        environment = {**os.environ, "KPI_DATABASE_URL": database}
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        command = [sys.executable, "-u", "-m", "kpi", "serve", "--port", str(port)]
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as server:
            assert server.stdout is not None
            next(line for line in server.stdout if "URL:" in line)
            engine = open_database(database)
            at_work(engine)
            engine.dispose()
            arguments = ["--disable-gpu", "--no-sandbox", "--hide-scrollbars"]
            browser = playwright.chromium.launch(executable_path=find_browser(), args=arguments)
            try:
                yield browser, f"http://127.0.0.1:{port}"
            finally:
                browser.close()
                server.terminate()


def at_work(engine: Engine) -> None:
    """Put on record what a city hall at work with the plan of 見本市 would have there."""
    header = next(one for one in plans(engine) if one.plan.name == "見本市総合計画")
    snapshot = read_parts(engine, header)
    now = datetime.now(UTC)
    meet(engine, header, snapshot, now)
    propose(engine, header, snapshot, now)
    ask(engine, header, snapshot, now)


def meet(engine: Engine, header: PlanHeader, snapshot: PlanSnapshot, now: datetime) -> None:
    """Prepare a meeting, and hold the one before."""
    operator = settings.operator()
    agenda = tuple(sorted(one.id for one in snapshot.series)[:12])
    present = ("副市長", "企画部長", "市民部長", "健康福祉部長")
    coming = Meeting(
        "令和7年度 第2回 行政評価会議",
        header.plan.id,
        YEAR,
        now.astimezone(JAPAN).date() + timedelta(days=7),
        "庁議室",
        present,
        agenda,
    )
    before = replace(coming, title="令和7年度 第1回 行政評価会議", day=coming.day - timedelta(90))
    held = keep_meeting(engine, operator, header, before, now=now)
    for kind, text in (
        (WordKind.MEMO, "受診の勧奨は、はがきより電話の方が届いている。"),
        (WordKind.DECISION, "未受診の人への電話を、10月から始める。"),
    ):
        place, about = header.municipality, agenda[0]
        write_down(engine, operator, place, held, about, kind, text, built_on=0, now=now)
    end_meeting(engine, operator, header.municipality, held, now=now)
    keep_meeting(engine, operator, header, coming, now=now)


def propose(engine: Engine, header: PlanHeader, snapshot: PlanSnapshot, now: datetime) -> None:
    """Submit a proposal that raises the last target of a series."""
    keys = [key for key in snapshot.facts if key.kind == Kind.TARGET]
    fact = snapshot.facts[max(keys, key=lambda key: (key.fiscal_year or 0, -key.series_id))]
    assert fact.value is not None
    raised = fact.value + 1
    after = fact._replace(value=raised, value_text=f"{raised:.1f}以上", provenance=None)
    operator, place = settings.operator(), header.municipality
    saved = steps.save(
        engine,
        operator,
        place,
        header.plan.id,
        [FactEdit(fact.key, fact, after)],
        title="第3期の目標の見直し",
        reason="第2期の実績を踏まえる",
        now=now,
    )
    steps.submit(engine, operator, place, saved, now=now)


def ask(engine: Engine, header: PlanHeader, snapshot: PlanSnapshot, now: datetime) -> None:
    """Open a round; one department confirms what it has said before."""
    operator, place = settings.operator(), header.municipality
    entry = open_round(
        engine,
        operator,
        place,
        header.plan,
        YEAR,
        due=now.astimezone(JAPAN).date() + timedelta(days=21),
        wording="令和6年度の確定値と、目標に届かなかった指標の要因をお答えください。",
        asked=[one for one in askable(snapshot, YEAR) if one.department],
        now=now,
    )
    snapshot = read_parts(engine, header)
    rows = form_rows(snapshot, entry, DEPARTMENT)
    typed = {
        Place(row.series.id, column): text
        for row in rows
        for column, text in ((FIGURE, row.texts[FIGURE]), (STATUS, str(Status.FINAL)))
    }
    filled = read_form(snapshot, YEAR, rows, typed)
    give(engine, operator, place, entry, DEPARTMENT, filled, answer=None, now=now)
