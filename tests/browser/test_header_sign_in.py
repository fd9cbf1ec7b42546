"""Signing in by a header of a reverse proxy: over real connections, from several addresses.

All of 127.0.0.0/8 is this computer, so that one address can be the proxy and another be elsewhere.
"""

from __future__ import annotations

import http.client
import shutil
import sys
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from kpi.model import Role, User
from kpi.store import open_database, plans, record_user

PROXY, ELSEWHERE = "127.0.0.2", "127.0.0.3"
CITY = "見本市（架空のデータ）"
WEBSOCKET = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
REQUESTS = {
    "page": ("/", {}),
    "websocket": ("/_stcore/stream", WEBSOCKET),
    "upload": ("/_stcore/upload_file/a/b", {}),
}

pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(sys.platform != "linux", reason="others have 127.0.0.1 alone"),
]


@pytest.fixture(scope="module")
def dashboards(start_server, sample_file, tmp_path_factory):
    """Return a function that starts a dashboard with certain proxies, and its list of users."""
    engines = []

    def start(proxies):
        folder = tmp_path_factory.mktemp("header")
        engine = open_database(f"sqlite:///{shutil.copy(sample_file, folder / 'kpi.db')}")
        engines.append(engine)
        city = next(h.municipality for h in plans(engine) if h.municipality.name == CITY)
        record_user(
            engine,
            city,
            User("hanako", "企画 花子", frozenset({Role.PLANNER})),
            built_on=None,
            author="管理者",
            reason="試験",
            now=datetime(2025, 6, 1, tzinfo=UTC),
        )
        return start_server(
            folder / "kpi.db", KPI_SIGN_IN="header", KPI_PROXY_ADDRESSES=proxies
        ).url

    yield start
    for engine in engines:
        engine.dispose()


@pytest.fixture(scope="module")
def behind_proxy(dashboards):
    return dashboards(PROXY)


@pytest.fixture(scope="module")
def beside_proxy(dashboards):
    """A dashboard on the computer of the proxy."""
    return dashboards("127.0.0.1")


def answer(url, what, source, **headers):
    """Ask from an address; return the status and what was said."""
    path, own = REQUESTS[what]
    connection = http.client.HTTPConnection(url.removeprefix("http://"), source_address=(source, 0))
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers={**own, **named})
        response = connection.getresponse()
        return response.status, "" if response.status == 101 else response.read().decode()
    finally:
        connection.close()


def test_the_proxy_is_answered_and_opens_the_websocket(behind_proxy):
    status, page = answer(behind_proxy, "page", PROXY, X_Remote_User="hanako")
    assert status == 200
    assert "道しるべ" in page
    assert answer(behind_proxy, "websocket", PROXY, X_Remote_User="hanako")[0] == 101


@pytest.mark.parametrize("what", REQUESTS)
@pytest.mark.parametrize(
    "headers",
    [
        {"X_Remote_User": "hanako"},
        {},
        {"X_Remote_User": "hanako", "X_Forwarded_For": PROXY},
        {"X_Remote_User": "hanako", "Forwarded": f"for={PROXY}", "X_Real_IP": PROXY},
    ],
    ids=["named", "unnamed", "forwarded", "forwarded otherwise"],
)
@pytest.mark.parametrize("source", ["127.0.0.1", ELSEWHERE])
def test_nobody_else_is_answered_whatever_they_claim(behind_proxy, what, headers, source):
    status, said = answer(behind_proxy, what, source, **headers)
    assert status == 403
    assert what == "websocket" or "決められた経路からだけ" in said


@pytest.mark.parametrize("what", REQUESTS)
def test_the_proxy_too_has_to_say_who_it_is_for(behind_proxy, what):
    assert answer(behind_proxy, what, PROXY)[0] == 403


def test_what_a_proxy_says_of_another_address_makes_it_no_other(beside_proxy):
    """The usual trust of a web server in X-Forwarded-For would answer as if it were elsewhere."""
    url = beside_proxy
    named = {"X_Remote_User": "hanako", "X_Forwarded_For": "203.0.113.7"}
    assert answer(url, "page", "127.0.0.1", **named)[0] == 200
    assert answer(url, "page", ELSEWHERE, **{**named, "X_Forwarded_For": "127.0.0.1"})[0] == 403


@pytest.mark.parametrize(
    ("login", "said"),
    [
        ("Hanako", "企画 花子（hanako）"),
        ("taro", "taroさんは、この道しるべの利用者に登録されていません"),
    ],
)
def test_a_page_knows_who_the_proxy_named(beside_proxy, browser, login, said):
    """The browser sends the header itself, as the proxy would for it."""
    context = browser.new_context(locale="ja-JP", extra_http_headers={"X-Remote-User": login})
    try:
        page = context.new_page()
        page.goto(beside_proxy)
        expect(page.get_by_text(said)).to_be_visible()
        expect(page.locator("body")).not_to_contain_text("川崎市")
        expect(page.get_by_text("サインアウト")).to_have_count(0)
    finally:
        context.close()
