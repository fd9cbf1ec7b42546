"""Letters to departments: who has which address, and sending by SMTP where a server is set."""

from __future__ import annotations

import csv
import re
import smtplib
import ssl
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from kpi.access import Act, Person, require
from kpi.collecting.board import Letter
from kpi.model import Municipality
from kpi.settings import MailServer
from kpi.words import say

_XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")
#: Of SMTP that is TLS from the first byte.
_TLS_PORT = 465
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
#: Seconds to wait for an answer of the server.
_PATIENCE = 30


@dataclass(frozen=True)
class AddressBook:
    """Where letters to departments go."""

    addresses: Mapping[str, tuple[str, ...]]
    #: What of the table could not be read or fits no department, in sentences.
    remarks: tuple[str, ...]


def pasted(text: str) -> list[list[str]]:
    """Return the rows of a table as pasted from a spreadsheet, or typed with commas."""
    delimiter = "\t" if "\t" in text else ","
    return list(csv.reader(text.splitlines(), delimiter=delimiter))


def read_addresses(rows: Sequence[Sequence[str]], departments: Collection[str]) -> AddressBook:
    """Read a table of departments and addresses.

    A row has a department and one or more addresses; the first may be headings.
    """
    found: dict[str, list[str]] = {}
    remarks: list[str] = []
    for number, row in enumerate(rows, 1):
        department, *rest = (cell.strip() for cell in row or [""])
        texts = " ".join(rest)
        if not department and not texts.strip():
            continue
        if "@" not in texts:
            # The first row says what the columns are.
            if number > 1:
                remarks.append(say("round.addresses.none", line=number, department=department))
        elif department not in departments:
            remarks.append(say("round.addresses.unknown", line=number, department=department))
        else:
            for address in re.split(r"[;,、\s]+", texts.strip()):
                if _is_address(address):
                    found.setdefault(department, []).append(address)
                else:
                    remarks.append(say("round.addresses.bad", line=number, address=address))
    return AddressBook(
        {department: tuple(dict.fromkeys(own)) for department, own in found.items()},
        tuple(remarks),
    )


def _is_address(text: str) -> bool:
    try:
        address = Address(addr_spec=text)
    except (MessageError, ValueError, IndexError):
        return False
    return text.isascii() and bool(address.username) and "." in address.domain


@dataclass(frozen=True)
class Outgoing:
    """A letter on its way to a department."""

    to: tuple[str, ...]
    letter: Letter
    #: What is attached: the file's name and content; None where nothing is.
    workbook: tuple[str, bytes] | None = None


class MailRefused(Exception):
    """No letter was sent at all; the message says why in words."""


def send(
    person: Person,
    municipality: Municipality,
    server: MailServer,
    letters: Mapping[str, Outgoing],
) -> dict[str, str]:
    """Send letters, each by its department; return why those that were not sent were not.

    What goes over the line is encrypted where the server offers it, and a password is given away
    only then. Raises `kpi.access.NotAllowed`, and `MailRefused` where the server cannot be reached,
    does not show who it is, or lets nobody in.
    """
    require(person, Act.SEND_ROUND, municipality.code)
    failed: dict[str, str] = {}
    try:
        with _connected(server) as connection:
            for department, outgoing in letters.items():
                if reason := _send(connection, server, outgoing):
                    failed[department] = reason
    except smtplib.SMTPAuthenticationError as error:
        raise MailRefused(say("round.mail.no_login", host=server.host)) from error
    except ssl.SSLError as error:
        raise MailRefused(say("round.mail.no_trust", host=server.host, why=error)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise MailRefused(say("round.mail.no_server", host=server.host, why=error)) from error
    return failed


def _connected(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.port == _TLS_PORT:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=_PATIENCE, context=context
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=_PATIENCE)
    try:
        _let_in(connection, server, context)
    except BaseException:
        connection.close()
        raise
    return connection


def _let_in(connection: smtplib.SMTP, server: MailServer, context: ssl.SSLContext) -> None:
    """Begin to speak with a server, encrypted where it offers that, and say who we are."""
    is_private = isinstance(connection, smtplib.SMTP_SSL)
    connection.ehlo()
    if not is_private and connection.has_extn("starttls"):
        connection.starttls(context=context)
        connection.ehlo()
        is_private = True
    if not server.user:
        return
    if not is_private and server.host not in _LOOPBACK:
        raise MailRefused(say("round.mail.no_tls", host=server.host))
    connection.login(server.user, server.password)


def _send(connection: smtplib.SMTP, server: MailServer, outgoing: Outgoing) -> str:
    """Send one letter; return why it was not sent, nothing where it was."""
    message = EmailMessage()
    # A line break would begin another header.
    message["Subject"] = " ".join(outgoing.letter.subject.split())
    message["From"] = server.sender
    message["To"] = ", ".join(outgoing.to)
    message["Date"] = formatdate(localtime=True)
    message["Message-ID"] = make_msgid(domain=server.sender.rpartition("@")[2].strip("> "))
    message.set_content(outgoing.letter.text, cte="base64")
    if outgoing.workbook is not None:
        name, content = outgoing.workbook
        message.add_attachment(content, *_XLSX, filename=name)
    try:
        refused = connection.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        refused = error.recipients
    except smtplib.SMTPResponseException as error:
        return say("round.mail.refused", why=_words(error.smtp_code, error.smtp_error))
    except (OSError, smtplib.SMTPException) as error:
        return say("round.mail.refused", why=error)
    if not refused:
        return ""
    why = say("list.comma").join(f"{to} {_words(*reply)}" for to, reply in refused.items())
    return say("round.mail.refused", why=why)


def _words(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return f"{code} {text}"
