"""A page is worked out from one state of the database, but for what it writes itself."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event

import pytest
from sqlalchemy import event

from kpi.model import Comparison, Municipality, Verdict
from kpi.store import comparisons, open_database, plans, record
from kpi.ui import data
from kpi.ui.database import engine, kept, one_state, version_mark

KAWASAKI = Municipality("141305", "川崎市")


@pytest.fixture
def url(samples, monkeypatch):
    monkeypatch.setenv("KPI_DATABASE_URL", str(samples.url))
    return str(samples.url)


def say_something(of, series_id):
    acts = [Comparison(7, "国", series_id, Verdict.CONFIRMED)]
    record(of, KAWASAKI, acts, author="planner", reason="確認", now=datetime.now(UTC))


@pytest.mark.usefixtures("url")
def test_a_page_asks_once_what_counts_however_often_it_wants_to_know():
    asked = []

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(engine(), "before_cursor_execute", note)
    try:
        with one_state():
            assert len({version_mark() for _ in range(5)}) == 1
    finally:
        event.remove(engine(), "before_cursor_execute", note)
    assert len([one for one in asked if one.startswith("SELECT")]) == 1


@pytest.mark.usefixtures("url")
def test_a_page_that_wrote_knows_what_it_wrote():
    with one_state():
        before = version_mark()
        say_something(engine(), 203)
        assert version_mark() != before


def test_what_another_program_wrote_is_known_to_the_next_page(url):
    other = open_database(url)
    with one_state():
        before = version_mark()
        say_something(other, 203)
        assert version_mark() == before
    other.dispose()
    assert version_mark() != before


@pytest.mark.usefixtures("url")
def test_an_answer_is_kept_until_something_else_counts():
    header = next(h for h in plans(engine()) if h.municipality == KAWASAKI)
    first = data.asked(comparisons, header)
    assert data.asked(comparisons, header) is first
    say_something(engine(), 203)
    assert [one.comparison.other_series_id for one in data.asked(comparisons, header)] == [203]


@pytest.mark.usefixtures("url")
def test_a_day_named_is_asked_about_and_not_the_present():
    header = next(h for h in plans(engine()) if h.municipality == KAWASAKI)
    before = datetime.now(UTC)
    say_something(engine(), 203)
    assert data.asked(comparisons, header, as_of=before) == []
    assert len(data.asked(comparisons, header)) == 1


def test_what_two_ask_for_at_once_is_worked_out_once():
    begun, comes, go_on, worked_out = Event(), Event(), Event(), []

    @kept(4)
    def work(number):
        worked_out.append(number)
        begun.set()
        assert go_on.wait(20)
        return number * 2

    def come_second():
        comes.set()
        return work(21)

    with ThreadPoolExecutor(2) as people:
        first = people.submit(work, 21)
        assert begun.wait(20)
        second = people.submit(come_second)
        assert comes.wait(20)
        go_on.set()
        assert (first.result(20), second.result(20)) == (42, 42)
    assert worked_out == [21]
