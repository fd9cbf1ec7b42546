"""What the server lets nobody do, over real connections and with a real browser."""

from __future__ import annotations

import http.client
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.xdist_group("browser")

WEBSOCKET = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
NAME = "さがせば分かる名前"
FILE = "自治体,計画,指標,年度,実績値\n見本町,計画,受診率,R5,38\n"


@pytest.fixture(scope="module")
def server(start_server, sample_file, tmp_path_factory):
    """A dashboard whose environment asks for less protection, and what files it makes."""
    folder = tmp_path_factory.mktemp("hardening")
    made = folder / "made"
    started = start_server(
        shutil.copy(sample_file, folder / "kpi.db"),
        program=(str(Path(__file__).with_name("watched.py")), str(made)),
        STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION="false",
        STREAMLIT_SERVER_ENABLE_CORS="false",
        STREAMLIT_SERVER_ALLOWED_HOSTS="*",
        FORWARDED_ALLOW_IPS="*",
    )
    return started.url, made


def status(url, method, path, **headers):
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers=named)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("host", "origin", "expected"),
    [
        (None, None, 101),
        (None, "own", 101),
        (None, "https://evil.example.com", 403),
        (None, "http://localhost.evil.example.com", 403),
        ("kpi.evil.example.com", "http://kpi.evil.example.com", 403),
        ("127.0.0.1.evil.example.com", None, 403),
    ],
)
def test_a_page_from_elsewhere_opens_no_websocket(server, host, origin, expected):
    url, _ = server
    headers = dict(WEBSOCKET)
    if host:
        headers["Host"] = host
    if origin:
        headers["Origin"] = url if origin == "own" else origin
    assert status(url, "GET", "/_stcore/stream", **headers) == expected


def test_an_upload_needs_the_token_of_the_page(server):
    url, _ = server
    path = "/_stcore/upload_file/some-session/some-file"
    assert status(url, "PUT", path) == 403
    assert status(url, "PUT", path, X_Xsrftoken="made-up") == 403


def test_another_site_may_not_read_an_answer(server):
    url, _ = server
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    connection.request("GET", "/_stcore/health", headers={"Origin": "https://evil.example.com"})
    response = connection.getresponse()
    connection.close()
    assert response.getheader("Access-Control-Allow-Origin") not in (
        "*",
        "https://evil.example.com",
    )


def test_an_address_that_a_header_claims_is_not_believed_where_nobody_signs_in(server):
    url, _ = server
    assert status(url, "GET", "/", X_Forwarded_For="203.0.113.7") == 200


def test_an_upload_never_reaches_the_disk_under_the_name_its_owner_gave_it(server, browser):
    url, made = server
    context = browser.new_context(locale="ja-JP")
    try:
        page = context.new_page()
        page.goto(f"{url}/imports")
        upload = {"name": f"{NAME}.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
        page.locator("input[type=file]").set_input_files([upload])
        page.get_by_role("button", name="1件のファイルの読み方を確かめる").click()
        expect(page.locator(".kpi-effect")).to_be_visible()
        expect(page.get_by_text(NAME).first).to_be_visible()
    finally:
        context.close()
    paths = made.read_text(encoding="utf-8")
    assert paths
    assert NAME not in paths
    found = [path for path in made.parent.rglob("*") if NAME in path.name]
    assert found == []
