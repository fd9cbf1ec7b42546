"""Changing the list of users."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine

from kpi.access import Act, Person, Role, login_of, require
from kpi.model import Municipality, User
from kpi.store import record_user
from kpi.words import say


class UserRefused(Exception):
    """A change of the list that makes no sense; the message says so in words."""


def change_user(
    engine: Engine,
    person: Person,
    municipality: Municipality,
    user: User,
    *,
    built_on: int | None,
    administrators: Collection[str],
    reason: str,
    now: datetime,
) -> str:
    """Put a user on the list, or change one, and return the batch's id.

    ``built_on`` as `kpi.store.record_user` has it, ``administrators`` are the logins the settings
    name. Raises `kpi.access.NotAllowed`, `UserRefused`, and `kpi.store.Conflict` where somebody
    else was faster.
    """
    require(person, Act.CHANGE_USER, municipality.code)
    if not reason.strip():
        raise UserRefused(say("act.no_reason"))
    try:
        login = login_of(user.login)
    except ValueError as error:
        raise UserRefused(str(error)) from error
    if not user.name.strip():
        raise UserRefused(say("users.no_name"))
    if not user.roles:
        raise UserRefused(say("users.no_role"))
    stays = Role.ADMINISTRATOR in user.roles or login in administrators
    if login == person.login and (user.is_disabled or not stays):
        raise UserRefused(say("users.yourself"))
    return record_user(
        engine,
        municipality,
        replace(user, login=login, name=user.name.strip()),
        built_on=built_on,
        author=person.name,
        reason=reason.strip(),
        now=now,
    )
