"""Our own HTML: what somebody typed, or a file calls something, is no way of ours."""

from kpi.ui import html


def test_what_was_typed_leads_into_the_help_under_no_name(monkeypatch):
    heard = {"go": "help:policy"}
    monkeypatch.setattr(html, "_component", lambda **_: heard)
    asked = {"key": "search-box", "words": "", "has_plans": True}
    assert html.show("search_box.html", **asked) == "help:policy"
