"""A mail server on the loopback, for letters that are to reach nobody."""

from __future__ import annotations

import email
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller


class Post:
    """What a mail server received, and whom it refuses."""

    def __init__(self, refuses=()):
        self.refuses = refuses
        self.received = []
        self.was_private = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802, ARG002
        if address in self.refuses:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802, ARG002
        self.received.append(email.message_from_bytes(envelope.content, policy=default))
        self.was_private.append(session.ssl is not None)
        return "250 OK"


class Anywhere(Controller):
    """A server whose port is given by the system."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def listen(post: Post, **more: Any) -> Controller:
    """Start a server that hands what it receives to ``post``; to be stopped."""
    controller = Anywhere(post, hostname="127.0.0.1", port=0, **more)
    controller.start()
    return controller
