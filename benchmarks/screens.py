"""How long somebody waits for a screen, in a browser that has never been here and in one that has.

The peers are the barest pages there could be beside it in the same browser: a Streamlit app with
one plotly chart on a page, and with twelve (`bare_app.py`). All times are the browser's own, from
the moment it is sent to an address, or something is clicked, until what was asked for is painted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, BrowserContext, Page

from benchmarks.clicks import PATIENCE
from benchmarks.comparison import Line, take_turns
from benchmarks.pages import OURS, PLANS, bare_app, recorded_in, served, started_browser
from benchmarks.people import Visit, crowd, visits_to
from benchmarks.workbooks import PLAN, title
from kpi import settings
from kpi.acting.meetings import keep_meeting
from kpi.model import FiscalYear, Meeting
from kpi.store import open_database, plans

RUNS = 7
#: So many people at once, for so many seconds: long enough to see, short enough for every day.
PEOPLE, SECONDS = 50, 60
_COUNT = 500
_ROWS = ".st-key-series-table tbody tr:not([hidden])"
_CHART = ".js-plotly-plot .main-svg"
_PEERS = {1: "bare Streamlit page, one chart", 12: "bare Streamlit page, twelve charts"}


def measure(folder: Path) -> list[Line]:
    """Return the lines about screens; ``folder`` takes the files they need."""
    environment = recorded_in(folder, "screens")
    _keep_meeting(environment["KPI_DATABASE_URL"])
    with (
        served(OURS, environment, folder) as ours,
        served(bare_app(), environment, folder) as peer,
    ):
        with started_browser() as browser:
            lines = [
                *_visits(browser, ours.url, peer.url),
                _filter(browser, ours.url, peer.url),
                _next_item(browser, ours.url, peer.url),
            ]
        return [*lines, *_people(ours.url, ours.pid, peer.url, peer.pid)]


def _visits(browser: Browser, ours: str, peer: str) -> list[Line]:
    """Return the lines about a first visit and a reload of 概況 and 指標."""
    municipality, plan = PLANS[_COUNT]
    of = {"municipality": municipality, "plan": plan}
    indicator = urlencode({**of, "series": title(7)})
    screens = {
        "overview of 500 series": (f"{ours}/?{urlencode(of)}", _ROWS, 50),
        "its whole list": (f"{ours}/?{urlencode({**of, 'view': 'list'})}", _ROWS, _COUNT),
        "indicator": (f"{ours}/indicator?{indicator}", _CHART, 1),
        _PEERS[1]: (f"{peer}/charts-1", _CHART, 1),
        _PEERS[12]: (f"{peer}/charts-12", _CHART, 12),
    }

    def visit(name: str) -> Callable[[], list[float]]:
        return lambda: _cold_and_reload(browser, *screens[name])

    # The first visit fills the caches of both servers.
    measures = [visit(name) for name in screens]
    for once in measures:
        once()
    rounds = [[once() for once in measures] for _ in range(RUNS)]
    times = {
        (name, which): [taken[at][which] for taken in rounds]
        for at, name in enumerate(screens)
        for which in (0, 1)
    }
    return [
        Line(f"{name}, {how}", times[name, which], other, times[other, which], "s")
        for name in list(screens)[:3]
        for which, how in enumerate(("first visit of a browser", "reload"))
        for other in _PEERS.values()
    ]


def _cold_and_reload(browser: Browser, url: str, drawn: str, count: int) -> list[float]:
    """Return the seconds of a visit by a browser that knows nothing yet, and of a reload."""
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        return [
            _until_painted(page, lambda: page.goto(url, wait_until="commit"), drawn, count),
            _until_painted(page, lambda: page.reload(wait_until="commit"), drawn, count),
        ]


def _until_painted(page: Page, go: Callable[[], object], drawn: str, count: int) -> float:
    go()
    seconds = float(page.evaluate(_PAINTED, [drawn, count, PATIENCE]))
    # What is still on its way must not slow down the next.
    page.wait_for_selector('[data-test-script-state="notRunning"]')
    page.wait_for_timeout(300)
    return seconds


# Since the beginning of the page's own time: when it was sent there.
_PAINTED = """
async ([drawn, count, patience]) => {
  const frame = () => new Promise(requestAnimationFrame);
  while (document.querySelectorAll(drawn).length < count) {
    if (performance.now() > patience * 1000) throw new Error("it was never drawn");
    await frame();
  }
  await frame();
  await frame();
  return performance.now() / 1000;
}
"""


def _filter(browser: Browser, ours: str, peer: str) -> Line:
    """Return the line about a filter: a click on a rating, until the rows are others."""
    municipality, plan = PLANS[_COUNT]
    query = urlencode({"municipality": municipality, "plan": plan, "view": "list"})
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        overview = _opened(context, f"{ours}/?{query}", _ROWS)
        chart = _opened(context, f"{peer}/charts-1", _CHART)
        choices = '[data-testid="stButtonGroup"] button'
        measures = [
            _toggle(overview, f".st-key-filter-rating {choices}", ".st-key-series-shown .kpi-cap"),
            _toggle(chart, choices, '[data-testid="stCaptionContainer"]'),
        ]
        for once in measures:
            once()
        times = take_turns(measures, RUNS)
    what = "overview of 500 series, filtered by rating"
    return Line(what, times[0], f"{_PEERS[1]}, filtered", times[1], "s")


def _keep_meeting(database: str) -> None:
    """Keep a meeting about some series of the plan."""
    engine = open_database(database)
    [header] = [one for one in plans(engine) if one.plan.name == PLAN]
    about = Meeting(
        "評価会議", header.plan.id, FiscalYear(2024), date(2025, 7, 1), "", (), tuple(range(1, 21))
    )
    keep_meeting(engine, settings.operator(), header, about, now=datetime(2025, 7, 1, tzinfo=UTC))
    engine.dispose()


def _next_item(browser: Browser, ours: str, peer: str) -> Line:
    """Return the line about a meeting's next item: a key, until the slide is another."""
    municipality, plan = PLANS[_COUNT]
    query = urlencode({"municipality": municipality, "plan": plan, "meeting": 1, "item": 1})
    with browser.new_context(viewport={"width": 1920, "height": 1080}) as context:
        meeting = _opened(context, f"{ours}/meeting?{query}", _SLIDE)
        chart = _opened(context, f"{peer}/charts-1", _CHART)

        def next_item() -> float:
            meeting.bring_to_front()
            taken = float(meeting.evaluate(_changed(_KEY), [_SLIDE, PATIENCE]))
            meeting.wait_for_timeout(300)
            return taken

        choices = '[data-testid="stButtonGroup"] button'
        measures = [next_item, _toggle(chart, choices, '[data-testid="stCaptionContainer"]')]
        for once in measures:
            once()
        times = take_turns(measures, RUNS)
    return Line("next indicator in a meeting", times[0], f"{_PEERS[1]}, filtered", times[1], "s")


_SLIDE = ".kpi-meeting h1"


def _opened(context: BrowserContext, url: str, drawn: str) -> Page:
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector(drawn)
    page.wait_for_timeout(1000)
    return page


def _toggle(page: Page, choices: str, told: str) -> Callable[[], float]:
    """Return a measure that chooses the last of some buttons, or the first if that is chosen."""
    at = [0]

    def seconds() -> float:
        page.bring_to_front()
        at[0] = -1 - at[0]
        taken = float(page.evaluate(_changed(_CLICK), [told, PATIENCE, choices, at[0]]))
        page.wait_for_selector('[data-test-script-state="notRunning"]')
        page.wait_for_timeout(300)
        return taken

    return seconds


def _changed(act: str) -> str:
    """Return the script that acts, and tells how long it took until a text was another."""
    return _CHANGED.replace("ACT", act)


_KEY = """document.body.dispatchEvent(
    new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }))"""
_CLICK = "[...document.querySelectorAll(choices)].at(at).click()"
_CHANGED = """
async ([told, patience, choices, at]) => {
  const frame = () => new Promise(requestAnimationFrame);
  const words = () => document.querySelector(told)?.textContent;
  const before = words();
  const start = performance.now();
  ACT;
  while (words() === before || !words()) {
    if (performance.now() - start > patience * 1000) throw new Error("nothing changed");
    await frame();
  }
  await frame();
  await frame();
  return (performance.now() - start) / 1000;
}
"""


def _people(ours: str, pid: int, peer: str, peer_pid: int) -> list[Line]:
    """Return the lines about many people at once."""
    titles = [title(number) for number in range(0, _COUNT, 25)]
    visits = visits_to(*PLANS[_COUNT], titles)
    bare: list[Visit] = [("charts-1", {})]
    own = asyncio.run(crowd(ours, pid, visits, PEOPLE, SECONDS))
    others = asyncio.run(crowd(peer, peer_pid, bare, PEOPLE, SECONDS))
    for load in (own, others):
        if load.errors:
            raise RuntimeError(load.errors[0])
    name = _PEERS[1]
    return [
        Line(f"a page, {PEOPLE} people at once", own.seconds, name, others.seconds, "s"),
        Line("the same, 95 % within", [own.slow], name, [others.slow], "s"),
        Line("memory of the server then", [max(own.memory)], name, [max(others.memory)], "MB"),
    ]
