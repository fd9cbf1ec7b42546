"""Our own HTML: what somebody typed, or a file calls something, is no way of ours."""

import pytest

from kpi.ui import html


def test_what_was_typed_leads_into_the_help_under_no_name(monkeypatch):
    heard = {"go": "help:policy"}
    monkeypatch.setattr(html, "_component", lambda **_: heard)
    asked = {"key": "search-box", "words": "", "has_plans": True}
    assert html.show("search_box.html", **asked) == "help:policy"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1. 受診率", r"1\. 受診率"),
        ("- 受診率", r"\- 受診率"),
        ("受診率\n---", "受診率\n\\---"),
        ("受診率\n===", "受診率\n\\==="),
        ("受診率\n# 全体", "受診率\n\\# 全体"),
        ("1.5倍 -3", "1.5倍 -3"),
        ("[ここ](https://example.org)", r"\[ここ\](https\://example.org)"),
    ],
)
def test_a_label_begins_no_list_no_heading_and_no_rule_in_any_line(text, told):
    assert html.plain(text) == told
