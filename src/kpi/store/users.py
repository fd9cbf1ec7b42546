"""Who may sign in: the list of each municipality, its history, and every change on record."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select

from kpi.model import Municipality, Role, User
from kpi.store import audit
from kpi.store import tables as t
from kpi.store.reading import current, gone, same
from kpi.store.writing import Conflict, begin_batch, lock, new_batch_id, write

#: What `batch.act` says of a change of the list.
USER = "user"


@dataclass(frozen=True)
class StoredUser:
    """A user as somebody put them on the list or changed them."""

    user: User
    #: Of the municipality's acts; what a change is built on.
    revision: int
    author: str
    reason: str
    recorded_at: datetime
    batch_id: str


def record_user(
    engine: Engine,
    municipality: Municipality,
    user: User,
    *,
    built_on: int | None,
    author: str,
    reason: str,
    now: datetime,
) -> str:
    """Put a user on the list, or change one, and return the batch's id.

    ``built_on`` is the revision that was read, None for a login that was not on the list. Raises
    `Conflict` where somebody else was faster.
    """
    code, table = municipality.code, t.user_revision
    batch_id = new_batch_id(now)
    with (
        engine.connect().execution_options(writing=True) as connection,
        connection.begin(),
    ):
        lock(connection, code)
        stands = current(table, None, table.c.municipality == code, table.c.login == user.login)
        if connection.scalar(select(stands.c.revision)) != built_on:
            raise Conflict(code)
        batch = begin_batch(
            connection,
            code,
            batch_id=batch_id,
            act=USER,
            author=author,
            reason=reason,
            now=now,
            added=int(built_on is None),
            changed=int(built_on is not None),
        )
        row = (
            code,
            user.login,
            batch["revision"],
            user.name,
            _listed(user.roles),
            _listed(user.departments),
            user.is_disabled,
        )
        write(connection, table, [row])
        told = audit.batch_told(batch) | {"digest": audit.digest({table: [row]})}
        audit.append(connection, batch, act=USER, author=author, what=told)
    return batch_id


def users(engine: Engine, municipality: Municipality) -> list[StoredUser]:
    """Return everybody on a municipality's list, by login, those who are disabled too."""
    rows = current(t.user_revision, None, t.user_revision.c.municipality == municipality.code)
    with engine.connect() as connection:
        return [_stored(row) for row in connection.execute(select(rows).order_by(rows.c.login))]


def user_history(engine: Engine, municipality: Municipality) -> list[StoredUser]:
    """Return every state of everybody on a municipality's list, newest first.

    What was taken back is left out.
    """
    table, code = t.user_revision, municipality.code
    statement = (
        select(table, t.batch)
        .join(t.batch, same(t.batch, table, "revision"))
        .where(table.c.municipality == code, table.c.revision.not_in(gone(code)))
        .order_by(table.c.revision.desc())
    )
    with engine.connect() as connection:
        return [_stored(row) for row in connection.execute(statement)]


def users_called(engine: Engine, login: str) -> dict[str, User]:
    """Return who is on the lists with a login, by the code of the municipality."""
    rows = current(t.user_revision, None, t.user_revision.c.login == login)
    with engine.connect() as connection:
        return {row.municipality: _user(row) for row in connection.execute(select(rows))}


def municipalities(engine: Engine) -> list[Municipality]:
    """Return every municipality of which anything was ever recorded, by code."""
    table = t.municipality
    statement = select(table.c.municipality, table.c.name).order_by(table.c.municipality)
    with engine.connect() as connection:
        return [Municipality(*row) for row in connection.execute(statement)]


def _listed(words: frozenset[str]) -> str:
    return json.dumps(sorted(words), ensure_ascii=False)


def _user(row: Any) -> User:
    return User(
        row.login,
        row.name,
        frozenset(map(Role, json.loads(row.roles))),
        frozenset(json.loads(row.departments)),
        row.is_disabled,
    )


def _stored(row: Any) -> StoredUser:
    told = row.author, row.reason, row.recorded_at, row.batch_id
    return StoredUser(_user(row), row.revision, *told)
