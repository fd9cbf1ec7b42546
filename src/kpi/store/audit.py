"""The audit log: every act of a municipality, each entry chained to the one before it.

An entry's hash covers the entry, the hash of the one before, and a digest of every row the act
wrote. So whatever is changed from outside afterwards no longer fits (`verify_audit`). What the
chain cannot show is the loss of the last acts together with their entries: who wants to see that
too keeps the last hash elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    Engine,
    Select,
    Table,
    and_,
    insert,
    select,
)

from kpi.model import Municipality
from kpi.store import tables as t

#: What stands before the first entry of a municipality.
BEGINNING = "0" * 64

#: What the entry of a batch that was taken back is called.
UNDO = "undo"

#: The tables with the rows of a batch.
_OF_BATCHES = tuple(
    table
    for table in t.metadata.sorted_tables
    if "revision" in table.c and table not in (t.batch, t.undone, t.proposal_step)
)
#: Where the parts of a plan are said to belong, beside the tables of their revisions.
IDENTITIES = {
    t.policy_revision: t.policy,
    t.indicator_revision: t.indicator,
    t.series_revision: t.series,
    t.project_revision: t.project,
    t.round_revision: t.round_,
}

Rows: TypeAlias = Mapping[Table, Iterable[Sequence[Any]]]


@dataclass(frozen=True)
class AuditEntry:
    """One entry of a municipality's audit log."""

    entry: int
    recorded_at: datetime
    author: str
    #: ``import``, an act of judging, ``undo``, or a `kpi.model.Step` of a proposal.
    act: str
    #: What was done, as far as the act has it: ``batch, revision, author, reason, added, changed,
    #: in_force_from, digest`` of a batch; ``proposal, number, title, comment, step_digest`` of a
    #: step; ``report_set, state, title, state_digest`` of what is kept for a report; ``meeting,
    #: state, title, state_digest`` of a meeting, with ``series, kind`` of what was written down in
    #: it. Digests are those of the rows written.
    what: dict[str, Any]
    hash: str


@dataclass(frozen=True)
class Misfit:
    """Something that was changed past the program.

    ``code`` says what: ``chain`` (an entry is not as it was written, or one is missing before it),
    ``rows`` (what an act wrote is not as it was), ``file`` (one that was kept is not as it was
    read), ``file_gone`` (it is not there any more), ``name`` (the municipality has another),
    ``batch``, ``undo``, ``step``, ``set`` or ``meeting`` (there is one that no entry tells of).
    """

    code: str
    #: Number of the entry; 0 where no entry tells of it.
    entry: int
    #: The batch's id, or the number of the proposal.
    about: str


@dataclass(frozen=True)
class AuditState:
    """A municipality's log as it was verified."""

    municipality: Municipality
    entries: int
    #: Of the last entry.
    hash: str
    #: What does not fit.
    broken: tuple[Misfit, ...]


def digest(rows: Rows) -> str:
    """Return the SHA-256 of rows, in whatever order they come.

    A row's empty end does not count, so that a column added later leaves the digests of earlier
    rows as they are; new columns therefore go to the end of their table.
    """
    return _together({table.name: _of_table(table, rows[table]) for table in rows if rows[table]})


def _of_table(table: Table, rows: Iterable[Sequence[Any]]) -> str:
    doubles = [number for number, c in enumerate(table.columns) if isinstance(c.type, Double)]
    lines = sorted(_line(row, doubles) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _together(of_tables: Mapping[str, str]) -> str:
    whole = "\n".join(f"{name} {of_tables[name]}" for name in sorted(of_tables))
    return hashlib.sha256(whole.encode()).hexdigest()


def _line(row: Sequence[Any], doubles: Sequence[int]) -> str:
    values = list(row)
    for number in doubles:
        # A column of doubles gives 5 back as 5.0, and SQLite -0.0 as 0.0.
        # What else stands there was put there from outside.
        if isinstance(values[number], int | float):
            values[number] = float(values[number]) or 0.0
    while values[-1] is None or values[-1] is False or values[-1] == "":
        values.pop()
    return repr([_iso(value) if isinstance(value, datetime) else value for value in values])


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def append(
    connection: Connection,
    of: Mapping[str, Any],
    *,
    act: str,
    author: str,
    what: Mapping[str, Any],
) -> None:
    """Add the entry of an act, whose row says of which municipality and when.

    The municipality's row must be locked.
    """
    log, code = t.audit, of["municipality"]
    last = connection.execute(
        select(log.c.entry, log.c.hash)
        .where(log.c.municipality == code)
        .order_by(log.c.entry.desc())
        .limit(1)
    ).first()
    row = {
        "municipality": code,
        "entry": last.entry + 1 if last else 1,
        "recorded_at": of["recorded_at"],
        "author": author,
        "act": act,
        "what": _json(what),
        "previous": last.hash if last else BEGINNING,
    }
    connection.execute(insert(log), {**row, "hash": _hash(row)})


def keep_state(
    connection: Connection,
    table: Table,
    row: Mapping[str, Any],
    *,
    act: str,
    told: Mapping[str, Any],
) -> None:
    """Insert a row that is a state of something kept beside the plans, and add the entry of it.

    The row has all columns in the table's order. The entry tells ``told``, the number of the state
    and the digest of the row. The municipality's row must be locked.
    """
    connection.execute(insert(table), row)
    state_digest = digest({table: [tuple(row.values())]})
    what = {**told, "state": row["number"], "state_digest": state_digest}
    append(connection, row, act=act, author=row["author"], what=what)


def _json(what: Mapping[str, Any]) -> str:
    return json.dumps(what, ensure_ascii=False, sort_keys=True, default=_iso)


def _read_what(text: str) -> dict[str, Any]:
    """Return what an entry tells; nothing where it was changed into what tells nothing."""
    try:
        what = json.loads(text)
    except ValueError:
        return {}
    return what if isinstance(what, dict) else {}


def _hash(row: Mapping[str, Any]) -> str:
    """Return the hash of an entry, given without it."""
    parts = [_iso(value) if isinstance(value, datetime) else value for value in row.values()]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


_OF_BATCH = ("batch", "act", "revision", "author", "reason", "added", "changed", "in_force_from")


def batch_told(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an entry says of a batch, from its row."""
    return {"batch": row["batch_id"], **{name: row[name] for name in _OF_BATCH[1:]}}


def audit_entries(engine: Engine, municipality: Municipality) -> list[AuditEntry]:
    """Return all entries of a municipality, newest first."""
    log = t.audit
    statement = (
        select(log).where(log.c.municipality == municipality.code).order_by(log.c.entry.desc())
    )
    with engine.connect() as connection:
        return [
            AuditEntry(
                row.entry, row.recorded_at, row.author, row.act, _read_what(row.what), row.hash
            )
            for row in connection.execute(statement)
        ]


def begin(connection: Connection) -> None:
    """Write the entries of acts that are older than the log."""
    digests = _digests(connection)
    taken_back = select(t.undone, t.batch.c.batch_id).join(t.batch, _is_batch_of(t.undone))
    acts = [
        dict(row)
        for statement in (select(t.batch), taken_back)
        for row in connection.execute(statement).mappings()
    ]
    for row in sorted(acts, key=lambda row: (row["recorded_at"], row["revision"])):
        if "act" in row:
            told = batch_told(row) | {"digest": digests[row["municipality"], row["revision"]]}
            append(connection, row, act=row["act"], author=row["author"], what=told)
        else:
            told = {"batch": row["batch_id"], "revision": row["revision"]}
            append(connection, row, act=UNDO, author=row["author"], what=told)


def _is_batch_of(table: Table) -> ColumnElement[bool]:
    same_one = t.batch.c.municipality == table.c.municipality
    return and_(same_one, t.batch.c.revision == table.c.revision)


def _digests(connection: Connection) -> dict[tuple[str, int], str]:
    """Return the digest of the rows of every batch, by municipality and revision."""
    of_tables: dict[tuple[str, int], dict[str, str]] = {
        (code, revision): {}
        for code, revision in connection.execute(select(t.batch.c.municipality, t.batch.c.revision))
    }
    statements = [(table, _by_revision(table, table)) for table in _OF_BATCHES]
    for revisions, identity in IDENTITIES.items():
        key = f"{identity.name}_id"
        of_identity = and_(
            revisions.c.municipality == identity.c.municipality, revisions.c[key] == identity.c[key]
        )
        statements.append(
            (identity, _by_revision(identity, revisions).join(revisions, of_identity))
        )
    for table, statement in statements:
        found = connection.execute(statement, execution_options={"yield_per": 10_000})
        for of_batch, rows in groupby(found, key=lambda row: (row[0], row[-1])):
            # Rows that name a batch which is not there say so elsewhere: no entry tells of them.
            of_tables.setdefault(of_batch, {})[table.name] = _of_table(
                table, (row[:-1] for row in rows)
            )
    return {of_batch: _together(tables) for of_batch, tables in of_tables.items()}


def _by_revision(table: Table, revisions: Table) -> Select[Any]:
    """Select a table's rows, batch by batch; the revision stands once more behind the columns."""
    return select(*table.c, revisions.c.revision.label("of_batch")).order_by(
        revisions.c.municipality, revisions.c.revision
    )


def _step_digests(connection: Connection) -> dict[tuple[str, int, int], str]:
    """Return the digest of the rows of every step, by municipality, proposal and number."""
    proposals = {tuple(row)[:2]: tuple(row) for row in connection.execute(select(t.proposal))}
    of_steps: dict[tuple[str, int, int], dict[Table, list[Sequence[Any]]]] = {}
    for table in (t.proposal_step, t.proposal_edit):
        for row in connection.execute(select(table)):
            step = (row.municipality, row.proposal_id, row.number)
            head: list[Sequence[Any]] = [proposals[step[:2]]] if step[:2] in proposals else []
            rows = of_steps.setdefault(step, {t.proposal: head})
            rows.setdefault(table, []).append(tuple(row))
    return {step: digest(rows) for step, rows in of_steps.items()}


#: What is kept state by state and is no batch: how an entry names what the state is one of.
_STATES = {
    t.report_set: {"report_set": "set_id"},
    t.meeting: {"meeting": "meeting_id"},
    t.meeting_word: {"meeting": "meeting_id", "series": "series_id", "kind": "kind"},
}
#: What a state that no entry tells of is called, by what it is one of.
_UNTOLD = {"report_set": "set", "meeting": "meeting"}


def _state_digests(connection: Connection) -> dict[tuple[Any, ...], str]:
    """Return the digest of every such state, each named as `_state_told` does."""
    return {
        (row.municipality, tuple(names), *(row._mapping[c] for c in names.values()), row.number): (
            digest({table: [tuple(row)]})
        )
        for table, names in _STATES.items()
        for row in connection.execute(select(table))
    }


def _state_told(code: str, what: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return of which state an entry tells: whose, how and what it is named by, its number."""
    known = (tuple(names) for names in _STATES.values())
    names = max((n for n in known if all(one in what for one in n)), key=len, default=())
    return code, names, *(what[name] for name in names), what["state"]


def verify_audit(engine: Engine) -> list[AuditState]:
    """Hold every municipality's log against itself, and against every row it tells of.

    Raises ValueError or TypeError where something stands in the database that cannot be read.
    """
    log = t.audit
    with engine.connect() as connection:
        known = _Known(connection)
        told_of = set(connection.scalars(select(log.c.municipality).distinct()))
        states = []
        for code in sorted(known.names.keys() | told_of):
            entries = connection.execute(
                select(log).where(log.c.municipality == code).order_by(log.c.entry)
            )
            rows = [dict(row) for row in entries.mappings()]
            states.append(known.state(Municipality(code, known.names.get(code, code)), rows))
        return states


def _rows(connection: Connection, table: Table) -> dict[tuple[str, int], dict[str, Any]]:
    """Return the rows of a table that has one for a batch, by municipality and revision."""
    found = connection.execute(select(table)).mappings()
    return {(row["municipality"], row["revision"]): dict(row) for row in found}


def _changed_files(connection: Connection) -> Iterator[tuple[str, str]]:
    """Yield municipality and name of every kept file that is not the one its values came from."""
    kept, file = t.source_content, t.source_file
    named = select(file.c.municipality, file.c.sha256, file.c.name).distinct()
    names = {(code, sha256): name for code, sha256, name in connection.execute(named)}
    for row in connection.execute(select(kept), execution_options={"yield_per": 1}):
        try:
            content = zlib.decompress(row.content) if row.compressed else row.content
            is_it = hashlib.sha256(content).hexdigest() == row.sha256
        except (zlib.error, TypeError):
            is_it = False
        if not is_it:
            yield row.municipality, names.get((row.municipality, row.sha256), row.sha256)


class _Known:
    """What stands in the database, to be told of by entries, each once."""

    def __init__(self, connection: Connection) -> None:
        named = connection.execute(select(t.municipality))
        self.names: dict[str, str] = {row.municipality: row.name for row in named}
        self.digests = _digests(connection)
        self.steps = _step_digests(connection)
        self.states = _state_digests(connection)
        self.batches = _rows(connection, t.batch)
        self.undone = _rows(connection, t.undone)
        self.files = list(_changed_files(connection))
        kept = t.source_content.c
        self.kept = {
            tuple(row) for row in connection.execute(select(kept.municipality, kept.sha256))
        }

    def state(self, municipality: Municipality, entries: Sequence[Mapping[str, Any]]) -> AuditState:
        """Return a municipality's log, held against what is known."""
        code, last, broken = municipality.code, BEGINNING, []
        name: Any = None
        gone: dict[str, Misfit] = {}
        for number, row in enumerate(entries, 1):
            what = _read_what(row["what"])
            about = str(what.get("batch") or what.get("proposal") or "")
            unhashed = {name: value for name, value in row.items() if name != "hash"}
            is_next = (row["entry"], row["previous"]) == (number, last)
            if not is_next or _hash(unhashed) != row["hash"]:
                broken.append(Misfit("chain", row["entry"], about))
            last = row["hash"]
            if not self._fits(code, row, what):
                broken.append(Misfit("rows", row["entry"], about))
            name = what.get("name", name)
            kept = what.get("kept")
            for sha256, file in kept.items() if isinstance(kept, dict) else ():
                if (code, sha256) not in self.kept:
                    gone.setdefault(sha256, Misfit("file_gone", row["entry"], file))
        broken += gone.values()
        stands = self.names.get(code)
        if stands is None or name not in (None, stands):
            broken.append(Misfit("name", 0, str(name or code)))
        broken += [
            Misfit("batch", 0, row["batch_id"])
            for key, row in sorted(self.batches.items())
            if key[0] == code
        ]
        broken += [Misfit("file", 0, name) for of, name in self.files if of == code]
        broken += [Misfit("undo", 0, str(key[1])) for key in sorted(self.undone) if key[0] == code]
        broken += [Misfit("step", 0, str(key[1])) for key in sorted(self.steps) if key[0] == code]
        untold = sorted((key[1][0], str(key[2])) for key in self.states if key[0] == code)
        broken += [Misfit(_UNTOLD[of], 0, about) for of, about in untold]
        return AuditState(municipality, len(entries), last, tuple(broken))

    def _fits(self, code: str, entry: Mapping[str, Any], what: Mapping[str, Any]) -> bool:
        """Whether what an entry tells of is there as it was; it is then told of."""
        when = entry["recorded_at"]
        fits = True
        if entry["act"] == UNDO:
            row = self.undone.pop((code, what.get("revision", 0)), None)
            return row is not None and (row["recorded_at"], row["author"]) == (
                when,
                entry["author"],
            )
        if "revision" in what:
            key = code, what["revision"]
            row = self.batches.pop(key, None)
            told = {name: what[name] for name in what if name in _OF_BATCH}
            fits = (
                row is not None
                and row["recorded_at"] == when
                and json.loads(_json(batch_told(row))) == told
                and self.digests[key] == what.get("digest")
            )
        if "number" in what:
            step = self.steps.pop((code, what.get("proposal", 0), what["number"]), None)
            fits = fits and step is not None and step == what.get("step_digest")
        if "state" in what:
            state = self.states.pop(_state_told(code, what), None)
            fits = fits and state is not None and state == what.get("state_digest")
        return fits
