"""Who may reach the server at all, by the address they come from, and whose word it takes.

Where a reverse proxy says who somebody is, anybody else could say so as well. So only the address
at the other end of the connection counts, never one that a header names, and whatever comes from
elsewhere is refused. What the proxy said goes on to the pages under a name that is made up anew
with each start: nobody can send it along.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from starlette.types import ASGIApp, Receive, Scope, Send

from kpi.access import login_of
from kpi.signing_in import Network
from kpi.words import say

#: The header under which a page finds the login, and when the proxy named it (ISO, UTC).
SAID_BY_PROXY = f"x-kpi-{secrets.token_hex(16)}"


def _now() -> datetime:
    return datetime.now(UTC)


class Gate:
    """Middleware that refuses requests and websockets from other addresses than ``allowed``.

    Where ``header`` is given, every one of them has to name who it is for.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        allowed: Sequence[Network],
        header: str = "",
        now: Callable[[], datetime] = _now,
    ) -> None:
        self.app, self.allowed, self.header, self.now = app, allowed, header.encode(), now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or let it through."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        if not self._is_allowed(scope.get("client")):
            await _refuse(scope, send, say("sign_in.wrong_address"))
            return
        if self.header:
            named = [value for name, value in scope["headers"] if name == self.header]
            try:
                [login] = [login_of(value.decode("ascii")) for value in named]
            except ValueError:
                words = say("sign_in.no_header", header=self.header.decode())
                await _refuse(scope, send, words)
                return
            told = f"{self.now().isoformat()} {login}"
            headers = [*scope["headers"], (SAID_BY_PROXY.encode(), told.encode())]
            scope = {**scope, "headers": headers}
        await self.app(scope, receive, send)

    def _is_allowed(self, client: tuple[str, int] | None) -> bool:
        try:
            address = ipaddress.ip_address(client[0] if client else "")
        except ValueError:
            return False
        # A socket for both kinds of addresses tells those of IPv4 in the form of IPv6.
        plain = getattr(address, "ipv4_mapped", None) or address
        return any(plain in network for network in self.allowed)


async def _refuse(scope: Scope, send: Send, words: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": words[:40]})
        return
    body = words.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
