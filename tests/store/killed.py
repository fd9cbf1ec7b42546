"""Runs `kpi import` again and again, killed a few SQL statements later each time.

``python killed.py DATABASE FOLDER STEP FILE…`` leaves in the folder what each run left: ``1.db`` of
the one killed before the first statement that writes, and so on in steps, last of the one that
came through.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import sys
from itertools import count
from pathlib import Path
from typing import Any

# Loaded before the runs are forked off: each of them would take half a second for it.
from sqlalchemy import Engine, event

import kpi.importing.matching
import kpi.importing.reading  # noqa: F401
from kpi.cli import cli


def main() -> None:
    """Run until a run comes through."""
    start, folder, step, *files = sys.argv[1:]
    for moment in count(1, int(step)):
        database = Path(folder, f"{moment}.db")
        if Path(start).exists():
            shutil.copy(start, database)
        child = os.fork()
        if not child:
            _import(database, files, moment)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            sys.exit(os.WEXITSTATUS(status))


def _import(database: Path, files: list[str], moment: int) -> None:
    left = moment
    is_writing = False

    def told(statement: str) -> None:
        nonlocal left, is_writing
        # One more moment is after the end of a transaction, before whatever comes next.
        was_writing, is_writing = is_writing, is_writing and statement != "COMMIT"
        is_writing = is_writing or statement == "BEGIN IMMEDIATE"
        left -= was_writing or is_writing
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    def connected(connection: sqlite3.Connection, _record: Any) -> None:
        # Told of every statement before SQLite runs it, BEGIN and COMMIT too.
        connection.set_trace_callback(told)

    event.listen(Engine, "connect", connected)
    cli(["--db", f"sqlite:///{database}", "import", *files])


if __name__ == "__main__":
    main()
