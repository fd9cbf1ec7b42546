"""The audit log in sentences: who did what, when and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from kpi.charts.plan_difference import moment_text, since_text
from kpi.charts.sentences import told_act
from kpi.model import Step
from kpi.store import (
    IMPORT,
    JAPAN,
    MEETING,
    MEETING_WORD,
    REPORT_SET,
    UNDO,
    AuditEntry,
    BatchEntry,
)
from kpi.words import say


@dataclass(frozen=True)
class AuditLine:
    """One entry of the log as a table shows it."""

    number: int
    recorded_at: datetime
    author: str
    #: 取込, 承認: what kind of act it was.
    kind: str
    #: What was done, in a sentence.
    told: str
    #: From when it counts, and what became of it since.
    remark: str
    #: The reason given, or what was said at a step.
    why: str
    #: Empty where the act was no batch.
    batch_id: str
    hash: str

    @property
    def when(self) -> str:
        """Return the moment as the clocks of Japan showed it."""
        return moment_text(self.recorded_at)

    @property
    def day(self) -> date:
        """Return its day in Japan."""
        return self.recorded_at.astimezone(JAPAN).date()


def audit_lines(
    entries: Iterable[AuditEntry],
    batches: Iterable[BatchEntry],
    moment: datetime | None = None,
    amendments: Collection[int] | None = None,
) -> list[AuditLine]:
    """Return entries as lines, those after ``moment`` left out.

    ``batches`` are all of the municipality, ``amendments`` the proposals that are to change a plan,
    by their numbers; all others are answers to rounds and notes. None where all are.
    """
    acts = {batch.batch_id: batch for batch in batches}
    return [
        _line(entry, acts, moment, amendments)
        for entry in entries
        if moment is None or entry.recorded_at <= moment
    ]


#: Words that an entry changed from outside may have lost.
_BLANK = dict.fromkeys(("batch", "reason", "comment", "proposal", "title"), "")
_UNCOUNTED = dict.fromkeys(("added", "changed", "edits"), 0)


def _line(
    entry: AuditEntry,
    acts: Mapping[str, BatchEntry],
    moment: datetime | None,
    amendments: Collection[int] | None,
) -> AuditLine:
    what = {**_BLANK, **_UNCOUNTED, **entry.what}
    is_amendment = amendments is None or what["proposal"] in amendments
    what["of"] = say("history.of.amendment" if is_amendment else "history.of.other")
    batch = acts.get(what["batch"])
    return AuditLine(
        entry.entry,
        entry.recorded_at,
        entry.author,
        _kind(entry.act, what["of"]),
        _told(entry.act, what, batch),
        "" if batch is None or entry.act == UNDO else _remark(batch, moment),
        what["comment"] or what["reason"],
        what["batch"],
        entry.hash,
    )


def _kind(act: str, of: str) -> str:
    return say(f"history.acts.{act}", of=of) if act in _OWN_WORDS else say(f"act.{act}")


_OWN_WORDS = {IMPORT, UNDO, REPORT_SET, MEETING, MEETING_WORD, *Step}


def _told(act: str, what: Mapping[str, Any], batch: BatchEntry | None) -> str:
    if act not in _OWN_WORDS:
        return say("history.told.act", act=_kind(act, what["of"]))
    of = what["batch"] if batch is None else told_act(batch)
    return say(f"history.told.{act}", **{**what, "act": of, "n": what["proposal"]})


def _remark(batch: BatchEntry, moment: datetime | None) -> str:
    """Return from when a batch counts and when it was taken back, as known at the moment."""
    undone_at = batch.undone_at
    if undone_at is not None and (moment is None or undone_at <= moment):
        return say("history.undone_at", when=moment_text(undone_at))
    if batch.in_force_from is not None:
        return say("history.in_force_from", when=since_text(batch.in_force_from))
    return ""


def audit_table(lines: Sequence[AuditLine]) -> pd.DataFrame:
    """Return lines as a table to download, with the hash of each entry."""
    names = ("number", "moment", "person", "act", "done", "remark", "reason", "batch", "hash")
    rows = [
        [
            line.number,
            line.when,
            line.author,
            line.kind,
            line.told,
            line.remark,
            line.why,
            line.batch_id,
            line.hash,
        ]
        for line in lines
    ]
    columns = [say(f"history.acts_column.{name}") for name in names]
    return pd.DataFrame(rows, columns=columns, dtype=object)
