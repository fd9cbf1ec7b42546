"""Whom a login belongs to: what the lists of users, the claims and the settings make of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kpi.access.roles import Grant, Person, recorded
from kpi.model import Role, User
from kpi.words import say

#: Signs that no two people can mistake for one another, whatever their case.
_LOGIN = re.compile(r"[!-~]{1,120}")


class NotKnown(Exception):
    """Somebody signed in who may not enter; the message says so in words."""


@dataclass(frozen=True)
class Claimed:
    """What a provider says somebody may do."""

    roles: frozenset[Role]
    departments: frozenset[str] = frozenset()
    #: Codes of the municipalities it is said of; None for all there are.
    municipalities: frozenset[str] | None = None


def login_of(text: str) -> str:
    """Return a login as the lists have it: in small letters, without blanks around.

    Raises ValueError, in words, where it is empty, longer than 120 signs or has others than those
    of ASCII: letters that look alike must not make two people one.
    """
    login = text.strip()
    if not _LOGIN.fullmatch(login):
        raise ValueError(say("sign_in.bad_login"))
    return login.lower()


def person_of(
    login: str,
    name: str,
    listed: Mapping[str, User],
    codes: Collection[str],
    *,
    claimed: Claimed | None = None,
    is_administrator: bool = False,
) -> Person:
    """Return who a login belongs to.

    ``listed`` has the users with that login by the code of the municipality on whose list they
    are, ``codes`` all municipalities, ``claimed`` what the provider says where that is to count
    instead of the lists, ``is_administrator`` whether the settings name the login. Who is disabled
    on a list has nothing there, wherever it might come from.

    Raises `NotKnown` where that leaves nothing.
    """
    barred = {code for code, user in listed.items() if user.is_disabled}
    if claimed is None:
        grants = {
            code: Grant(code, user.roles, user.departments)
            for code, user in listed.items()
            if user.roles
        }
        name = next((user.name for user in listed.values()), name)
    else:
        of = claimed.municipalities
        grants = {
            code: Grant(code, claimed.roles, claimed.departments)
            for code in codes
            if claimed.roles and (of is None or code in of)
        }
    if is_administrator:
        for code in codes:
            own = grants.get(code, Grant(code, frozenset()))
            grants[code] = Grant(code, own.roles | {Role.ADMINISTRATOR}, own.departments)
    known = tuple(grants[code] for code in sorted(grants.keys() - barred))
    if not known and (codes or not is_administrator):
        raise NotKnown(say("sign_in.disabled" if barred else "sign_in.unknown", login=login))
    first = known[0] if known else Grant("", frozenset({Role.ADMINISTRATOR}))
    return Person(
        recorded(name, login) if name else login,
        first.roles.intersection(*(one.roles for one in known)),
        first.departments.intersection(*(one.departments for one in known)),
        frozenset(one.municipality for one in known),
        known,
        login,
    )
