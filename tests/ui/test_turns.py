"""Who comes at once is served one after another, and nobody for ever waits for another."""

import threading
from time import monotonic

import pytest

from kpi.ui import turns


@pytest.fixture
def another():
    """Have another page begin; return whether it could by the time it is asked."""
    pages = []

    def begin(seconds):
        has_begun = threading.Event()

        def page():
            with turns.in_turn():
                has_begun.set()

        pages.append(threading.Thread(target=page))
        pages[-1].start()
        return has_begun.wait(seconds)

    yield begin
    for page in pages:
        page.join()


def test_a_page_waits_until_the_one_before_it_is_done(another):
    with turns.in_turn():
        assert not another(0.3)
    assert another(5)


def test_a_page_goes_on_while_the_one_before_it_does_what_takes_long(another):
    with turns.in_turn():
        with turns.aside("読んでいます…"):
            assert another(5)
        assert another(5)
    with turns.in_turn():
        assert not another(0.3)


def test_a_page_that_failed_keeps_nobody_waiting(another):
    with pytest.raises(ZeroDivisionError), turns.in_turn():
        raise ZeroDivisionError
    assert another(5)


def test_a_long_row_is_waited_for_as_long_as_it_moves(monkeypatch):
    monkeypatch.setattr(turns, "_PATIENCE", 0.2)
    has_begun = threading.Event()

    def last() -> None:
        with turns.in_turn():
            has_begun.set()

    page = threading.Thread(target=last)
    with turns.in_turn():
        page.start()
        # As where those before it have their turns, one after another.
        for _ in range(10):
            turns._passed[0] = monotonic()
            assert not has_begun.wait(0.05)
    assert has_begun.wait(5)
    page.join()


def test_nobody_waits_for_ever(another, monkeypatch):
    monkeypatch.setattr(turns, "_PATIENCE", 0.1)
    with turns.in_turn():
        assert another(5)
    # Who went on without a turn has none to give back.
    with turns.in_turn():
        assert not another(0.05)
