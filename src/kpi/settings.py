"""Settings from the environment: where the database is, who is at work, how much is read."""

from __future__ import annotations

import getpass
import os
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kpi.access import Person, Role, read_roles
from kpi.words import say

#: The folder that holds app.py, pages/, data/ and var/.
ROOT = Path(__file__).resolve().parents[2]
#: Folders of the sample municipalities, in the order they are imported.
SAMPLES = (ROOT / "data" / "plans", ROOT / "data" / "actuals")


def database_url() -> str:
    """Return the database's address: ``KPI_DATABASE_URL``, else SQLite at var/kpi.db."""
    return os.environ.get("KPI_DATABASE_URL") or f"sqlite:///{ROOT / 'var' / 'kpi.db'}"


def layouts_folder() -> Path:
    """Return where saved layouts of the import are: ``KPI_LAYOUTS``, else var/layouts."""
    return Path(os.environ.get("KPI_LAYOUTS") or ROOT / "var" / "layouts")


def fonts_folder() -> Path | None:
    """Return where the slices of the font are: ``KPI_FONTS``, else var/fonts; None where empty."""
    named = os.environ.get("KPI_FONTS", str(ROOT / "var" / "fonts"))
    return Path(named) if named else None


def author() -> str:
    """Return who is recorded as having done something: ``KPI_AUTHOR``, else the account's name."""
    if name := os.environ.get("KPI_AUTHOR"):
        return name
    return _account()


@cache
def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "?"


def person() -> Person:
    """Return who is at work: `author` with the roles of ``KPI_ROLES``, else with all of them.

    The departments that are theirs are those of ``KPI_DEPARTMENTS``.

    Raises ValueError, in words, where a role is named that there is not.
    """
    roles = os.environ.get("KPI_ROLES")
    departments = map(str.strip, (os.environ.get("KPI_DEPARTMENTS") or "").split(","))
    return Person(
        author(),
        frozenset(Role) if roles is None else read_roles(roles),
        frozenset(filter(None, departments)),
    )


def operator() -> Person:
    """Return the account that runs the program, which may do all that is done without a screen.

    Whoever can begin, restore or copy a database has its file, or its password, in their hands.
    """
    return Person(author(), frozenset(Role))


def self_approval() -> bool:
    """Return whether one person may approve their own proposal: ``KPI_SELF_APPROVAL``, yes or no.

    Where it is not set: only as long as ``KPI_ROLES`` is not set either, one person being all.
    Raises ValueError where it is set to anything else.
    """
    answer = os.environ.get("KPI_SELF_APPROVAL")
    if answer not in (None, "yes", "no"):
        raise ValueError(say("access.bad_self_approval", answer=answer))
    return "KPI_ROLES" not in os.environ if answer is None else answer == "yes"


@dataclass(frozen=True)
class MailServer:
    """By which server letters are sent, and as whom."""

    host: str
    port: int
    #: The address they come from.
    sender: str
    #: Empty where the server wants none.
    user: str = ""
    password: str = field(default="", repr=False)


def mail_server() -> MailServer | None:
    """Return the server of ``KPI_SMTP_HOST`` and the others; None where there is none.

    Raises ValueError where the port is no whole number, or no sender is set.
    """
    host = os.environ.get("KPI_SMTP_HOST")
    if not host:
        return None
    sender = os.environ.get("KPI_SMTP_FROM") or ""
    if "@" not in sender:
        raise ValueError(say("round.mail.no_sender"))
    return MailServer(
        host,
        int(os.environ.get("KPI_SMTP_PORT") or 25),
        sender,
        os.environ.get("KPI_SMTP_USER") or "",
        os.environ.get("KPI_SMTP_PASSWORD") or "",
    )


def addresses_file() -> Path | None:
    """Return the table of the departments' addresses: ``KPI_ADDRESSES``; None where none is set."""
    name = os.environ.get("KPI_ADDRESSES")
    return Path(name) if name else None


@dataclass(frozen=True)
class ImportLimits:
    """What reading one file may take. Beyond it the file is refused, never read in part."""

    #: Of the file as it is uploaded, and of its parts when unpacked.
    file_mb: int = 50
    unpacked_mb: int = 1000
    #: From the first byte to the last cell, for each 5 MB of the file.
    seconds: int = 10
    #: Address space of the process that reads; where the platform has no such limit, none.
    memory_mb: int = 1000
    #: Between the first and the last filled cell of all sheets, filled or not.
    cells: int = 10_000_000


def kept_file_mb() -> int:
    """Return up to which size an accepted file is kept: ``KPI_KEEP_FILE_MB``, else 20 MB.

    It counts once for each municipality it says something of, as it is kept for each.

    Raises ValueError where it is set to something that is no whole number.
    """
    return int(os.environ.get("KPI_KEEP_FILE_MB") or 20)


def import_limits() -> ImportLimits:
    """Return the limits of reading a file: ``KPI_IMPORT_FILE_MB`` and the others.

    Raises ValueError where one is set to something that is no whole number.
    """
    usual = ImportLimits()
    return ImportLimits(
        file_mb=int(os.environ.get("KPI_IMPORT_FILE_MB") or usual.file_mb),
        unpacked_mb=int(os.environ.get("KPI_IMPORT_UNPACKED_MB") or usual.unpacked_mb),
        seconds=int(os.environ.get("KPI_IMPORT_SECONDS") or usual.seconds),
        memory_mb=int(os.environ.get("KPI_IMPORT_MEMORY_MB") or usual.memory_mb),
        cells=int(os.environ.get("KPI_IMPORT_CELLS") or usual.cells),
    )
