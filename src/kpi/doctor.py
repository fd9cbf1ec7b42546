"""What the program needs, and whether it is there and whole: database, log, fonts, browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from kpi.charts import find_browser
from kpi.settings import SAMPLES
from kpi.store import (
    IMPORT,
    AuditState,
    DatabaseMissing,
    DatabaseUnavailable,
    batches,
    require,
    shown_url,
    verify_audit,
)
from kpi.words import say


@dataclass(frozen=True)
class Examined:
    """One thing looked at; ``words`` say what it is, and if it is missing what to do."""

    ok: bool
    words: str


def examine(engine: Engine) -> list[Examined]:
    """Look at everything; nothing is changed."""
    database = _database(engine)
    logs = _logs(engine) if database.ok else []
    return [database, _samples(), _fonts(), _browser(), *logs]


def _database(engine: Engine) -> Examined:
    url = shown_url(engine)
    try:
        require(engine)
        count = sum(
            1 for entry in batches(engine) if entry.act == IMPORT and entry.undone_at is None
        )
    except DatabaseMissing:
        return Examined(False, say("doctor.database_missing", url=url))
    except DatabaseUnavailable as error:
        return Examined(False, say(f"database.{error.why}", url=url, error=error))
    except SQLAlchemyError as error:
        return Examined(False, say("doctor.database_error", url=url, error=str(error)))
    except ValueError as error:
        return Examined(False, say("doctor.audit_unreadable", error=error))
    return Examined(True, say("doctor.database", url=url, count=count))


def _logs(engine: Engine) -> list[Examined]:
    """Hold every audit log against all it tells of: the broken ones each, the others as one."""
    try:
        states = verify_audit(engine)
    except (ValueError, TypeError) as error:
        # SQLite holds no column to its type: a moment may be no moment.
        return [Examined(False, say("doctor.audit_unreadable", error=error))]
    whole = [state for state in states if not state.broken]
    return [*(_broken(state) for state in states if state.broken), *_whole(whole)]


def _whole(states: Sequence[AuditState]) -> Iterator[Examined]:
    if len(states) == 1:
        (one,) = states
        name = one.municipality.name
        words = say("doctor.audit", municipality=name, count=one.entries, hash=one.hash)
        yield Examined(True, words)
    elif states:
        count = sum(state.entries for state in states)
        yield Examined(True, say("doctor.audits", municipalities=len(states), count=count))


def _broken(state: AuditState) -> Examined:
    name = state.municipality.name
    first, *others = state.broken
    # A proposal has a number, a batch an id with its moment.
    of = "of_proposal" if first.about.isdigit() else "of_batch"
    of = say(f"doctor.misfit.{of}", about=first.about)
    what = say(f"doctor.misfit.{first.code}", entry=first.entry, about=first.about, of=of)
    more = say("doctor.audit_more", count=len(others)) if others else ""
    return Examined(False, say("doctor.audit_outside", municipality=name, what=what, more=more))


def _samples() -> Examined:
    missing = [str(folder) for folder in SAMPLES if not folder.is_dir()]
    if missing:
        return Examined(False, say("doctor.samples_missing", folders="、".join(missing)))
    return Examined(True, say("doctor.samples"))


def _fonts() -> Examined:
    found = _japanese_font()
    if found:
        return Examined(True, say("doctor.font", name=found))
    return Examined(False, say("doctor.font_missing"))


def _japanese_font() -> str:
    """Return the name of a Japanese font images can use; empty where none is found."""
    if sys.platform == "win32":
        folder = Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"
        names = ("BIZ-UDGothicR.ttc", "YuGothR.ttc", "meiryo.ttc")
        return next((name for name in names if (folder / name).exists()), "")
    if sys.platform == "darwin":
        return next((p.name for p in Path("/System/Library/Fonts").glob("ヒラギノ*")), "")
    tool = shutil.which("fc-match")
    if tool is None:
        return ""
    asked = [tool, "-f", "%{family[0]}\n%{lang}", "Noto Sans JP:lang=ja"]
    result = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603
    family, _, languages = result.stdout.partition("\n")
    return family if "ja" in languages.split("|") else ""


def _browser() -> Examined:
    path = find_browser()
    if path:
        return Examined(True, say("doctor.browser", path=path))
    return Examined(False, say("doctor.browser_missing"))
