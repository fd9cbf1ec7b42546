"""What a page says where it cannot go on."""

import pytest
from streamlit.testing.v1 import AppTest


def _failing() -> None:
    from kpi.store import DatabaseUnavailable
    from kpi.ui.server.asgi import _explain

    _explain(DatabaseUnavailable("busy", "lock timeout"))
    _explain(ValueError("no words for people"))


@pytest.fixture
def failing(monkeypatch, sample_file) -> AppTest:
    monkeypatch.setenv("KPI_DATABASE_URL", f"sqlite:///{sample_file}")
    # As `kpi serve` has it, without which the server does not come up.
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "")
    return AppTest.from_function(_failing).run()


def test_a_database_that_is_away_is_told_as_that_wherever_on_a_page_it_was_asked(failing):
    busy, broken = (error.value for error in failing.error)
    assert "ほかの人が長く使っている" in busy
    assert "lock timeout" not in busy
    # What the database itself says is there for whoever runs it.
    [details] = (caption.value for caption in failing.caption)
    assert "lock timeout" in details
    assert [button.label for button in failing.button] == ["もう一度試す"] * 2
    assert "no words" not in broken
    assert not failing.exception
