"""Whoever does not come from a configured address is refused, whatever they send along."""

import asyncio
import ipaddress
from datetime import UTC, datetime

import pytest

from kpi.signing_in import LOOPBACK
from kpi.ui.server.gate import SAID_BY_PROXY, Gate

NOON = datetime(2025, 6, 1, 3, tzinfo=UTC)
PROXIES = [ipaddress.ip_network("10.1.2.3"), ipaddress.ip_network("fd00::/64")]
NAMED = (b"x-remote-user", b"Hanako")


def through(kind, client, *headers, allowed=PROXIES, header="x-remote-user"):
    """Send a request or the opening of a websocket; return what went on and what was answered."""
    reached, answered = [], []

    async def page(scope, _receive, _send):
        reached.append(scope)

    async def receive():
        return {"type": f"{kind}.connect"}

    async def send(message):
        answered.append(message)

    gate = Gate(page, allowed=allowed, header=header, now=lambda: NOON)
    scope = {"type": kind, "client": client, "headers": list(headers)}
    asyncio.run(gate(scope, receive, send))
    return reached, answered


def is_refused(kind, answered):
    if kind == "websocket":
        return answered[0]["type"] == "websocket.close"
    return answered[0]["status"] == 403 and "。" in answered[1]["body"].decode()


both = pytest.mark.parametrize("kind", ["http", "websocket"])


@both
@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3", "fd00::7"])
def test_the_proxy_says_who_it_is_and_when_it_said_so(kind, address):
    [scope], answered = through(kind, (address, 50000), NAMED)
    assert dict(scope["headers"])[SAID_BY_PROXY.encode()] == (b"2025-06-01T03:00:00+00:00 hanako")
    assert not answered


@both
@pytest.mark.parametrize("address", ["10.1.2.4", "127.0.0.1", "::1", "fd00:0:0:1::7", "unix", ""])
@pytest.mark.parametrize(
    "headers",
    [
        [NAMED],
        [],
        [NAMED, (b"x-forwarded-for", b"10.1.2.3")],
        [NAMED, (b"forwarded", b"for=10.1.2.3"), (b"x-real-ip", b"10.1.2.3")],
        [(SAID_BY_PROXY.encode(), b"2025-06-01T03:00:00+00:00 hanako")],
    ],
)
def test_nobody_else_reaches_a_page_whatever_their_headers_claim(kind, address, headers):
    reached, answered = through(kind, (address, 50000), *headers)
    assert not reached
    assert is_refused(kind, answered)


@both
def test_a_connection_without_an_address_is_refused(kind):
    reached, answered = through(kind, None, NAMED)
    assert not reached
    assert is_refused(kind, answered)


@both
@pytest.mark.parametrize(
    "values",
    [
        [],
        [b""],
        [b" "],
        [b"hanako", b"taro"],
        ["花子".encode()],
        [b"hana ko"],
        [b"\xe2\x84\xaanox"],
        [b"a" * 121],
    ],
    ids=["none", "empty", "blank", "two", "Japanese", "two words", "Kelvin sign", "long"],
)
def test_a_proxy_that_does_not_say_who_it_is_for_is_refused(kind, values):
    headers = [(b"x-remote-user", value) for value in values]
    reached, answered = through(kind, ("10.1.2.3", 50000), *headers)
    assert not reached
    assert is_refused(kind, answered)


@both
def test_where_nobody_signs_in_only_this_computer_is_answered_and_the_header_says_nothing(kind):
    here = {"allowed": LOOPBACK, "header": ""}
    for address in ("127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"):
        [scope], _ = through(kind, (address, 50000), NAMED, **here)
        assert SAID_BY_PROXY.encode() not in dict(scope["headers"])
    for address in ("10.1.2.3", "192.168.0.1", "fd00::7"):
        reached, answered = through(kind, (address, 50000), NAMED, **here)
        assert not reached
        assert is_refused(kind, answered)
