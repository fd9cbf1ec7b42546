"""What is chosen stands, also where the browser's address has not caught up with it yet."""

import pytest
from streamlit.testing.v1 import AppTest

from kpi.settings import ROOT

CITY = "見本市（架空のデータ）"
OTHER = "八王子市"


@pytest.fixture
def app(sample_file, monkeypatch):
    monkeypatch.setenv("KPI_DATABASE_URL", f"sqlite:///{sample_file}")
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()


def box(app):
    return app.selectbox(key="choice-municipality")


def click_with_the_address(app, **query):
    """A click that left the browser while its address was this one."""
    app.query_params.clear()
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def test_a_click_from_before_the_address_changed_undoes_no_choice(app):
    before = box(app).value
    box(app).select(CITY).run()
    assert box(click_with_the_address(app, municipality=before)).value == CITY
    box(app).select(OTHER)
    assert box(click_with_the_address(app, municipality=before)).value == OTHER
    # The browser has heard of the first choice, not of the second.
    assert box(click_with_the_address(app, municipality=CITY)).value == OTHER
    assert app.query_params["municipality"] == OTHER


def test_an_address_the_browser_goes_to_later_is_a_new_one(app):
    before = box(app).value
    box(app).select(CITY).run()
    app.run()
    assert box(click_with_the_address(app, municipality=before)).value == before


def test_a_choice_taken_back_at_once_stands_too(app):
    before = box(app).value
    box(app).select(CITY).run()
    box(app).select(before)
    assert box(click_with_the_address(app, municipality=before)).value == before
    assert box(click_with_the_address(app, municipality=CITY)).value == before
    assert app.query_params["municipality"] == before
