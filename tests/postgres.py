"""A PostgreSQL of the tests' own, from Debian's packages: on a socket in a folder, gone at the end.

It orders text as Japanese does, unlike SQLite, so that an order the code relies on shows.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest

#: Nothing of it outlives the tests, so nothing has to reach the disk.
_QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "max_wal_size": "64MB",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "listen_addresses": "",
}
#: Where the system keeps files in memory, and how much of it there must be: a database is copied
#: there in a tenth of the time.
_MEMORY, _ROOM = Path("/dev/shm"), 2 * 1024**3
#: A role that must give its password; everybody else on the socket is believed.
_WHO = "local all careful scram-sha-256\nlocal all all trust\n"


@dataclass(frozen=True)
class Cluster:
    """A running server; ``folder`` holds its socket."""

    folder: Path
    _numbers: count[int]

    def url(self, database: str, user: str = "kpi") -> str:
        """Return the address of a database, as `kpi --db` takes it."""
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}"

    def create(self, template: str = "template0") -> str:
        """Make a database, a copy of another to which nobody is connected; return its name."""
        name = f"kpi_{next(self._numbers)}"
        # Copying the files takes half the time of writing their pages into the log.
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        server = f"host={self.folder} user=kpi dbname=postgres"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def running() -> Iterator[Cluster]:
    """Start a server as an ordinary user and stop it in the end, whatever happens between."""
    programs, user = _programs(), _ordinary_user()
    # Its path is short and open to that user, as those of pytest's folders need not be.
    folder = Path(tempfile.mkdtemp(prefix="kpi-postgres-", dir=_quickest()))
    data = folder / "data"

    def run(program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [programs / program, *arguments],
            user=user,
            group=None if user is None else pwd.getpwnam(user).pw_gid,
            extra_groups=None if user is None else [],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=False,
            timeout=120,
        )
        if done.returncode:
            pytest.fail(f"{program}: {(folder / 'log').read_text(errors='replace')}")

    try:
        with (folder / "log").open("wb") as log:
            if user is not None:
                shutil.chown(folder, user)
            run(
                *("initdb", "--no-sync", "--auth=trust", "--username=kpi", "--encoding=UTF8"),
                *("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=ja-JP"),
                *("--pgdata", data),
            )
            (data / "pg_hba.conf").write_text(_WHO, encoding="ascii")
            options = " ".join(f"-c {name}='{value}'" for name, value in _QUICK.items())
            started = ("--pgdata", data, "--silent", "--wait", "-o", f"{options} -k {folder}")
            run("pg_ctl", "start", *started)
            try:
                yield Cluster(folder, count(1))
            finally:
                run("pg_ctl", "stop", "--pgdata", data, "--silent", "--wait", "--mode=immediate")
    finally:
        shutil.rmtree(folder)


def _quickest() -> Path | None:
    """Return where there is memory for a server's files; None for the folder of passing files."""
    has_room = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM
    return _MEMORY if has_room else None


def _programs() -> Path:
    """Return where the newest PostgreSQL's programs are."""
    found = sorted(
        (int(path.parts[-3]), path.parent)
        for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")
    )
    if found and found[-1][0] >= 15:
        return found[-1][1]
    pytest.fail("The tests need PostgreSQL 15 or later: sh tests/system.sh brings it.")


def _ordinary_user() -> str | None:
    """Return whom to become, as PostgreSQL does not run as root; None to stay who we are."""
    return "postgres" if os.geteuid() == 0 else None
