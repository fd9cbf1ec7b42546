"""The roles, the acts, and the table of which role may do which act."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from kpi.model import Role
from kpi.words import say


class Act(StrEnum):
    """What not everybody may do."""

    SAVE_PROPOSAL = "save-proposal"
    SUBMIT_PROPOSAL = "submit-proposal"
    WITHDRAW_PROPOSAL = "withdraw-proposal"
    RETURN_PROPOSAL = "return-proposal"
    APPROVE_PROPOSAL = "approve-proposal"
    UNDO_PROPOSAL = "undo-proposal"
    CHANGE_USER = "change-user"


#: Which roles may do an act: any of them is enough.
ROLES: dict[Act, frozenset[Role]] = {
    Act.SAVE_PROPOSAL: frozenset({Role.PLANNER}),
    Act.SUBMIT_PROPOSAL: frozenset({Role.PLANNER}),
    Act.WITHDRAW_PROPOSAL: frozenset({Role.PLANNER}),
    Act.RETURN_PROPOSAL: frozenset({Role.APPROVER}),
    Act.APPROVE_PROPOSAL: frozenset({Role.APPROVER}),
    Act.UNDO_PROPOSAL: frozenset({Role.APPROVER}),
    Act.CHANGE_USER: frozenset({Role.ADMINISTRATOR}),
}
#: Acts that another person has to do than those whose work it is, unless the setting says so.
_NEEDS_ANOTHER = frozenset({Act.APPROVE_PROPOSAL})


class NotAllowed(Exception):
    """Somebody may not do an act; the message says so in words, and who may."""


@dataclass(frozen=True)
class Grant:
    """What somebody is there for in one municipality."""

    #: Its code.
    municipality: str
    roles: frozenset[Role]
    departments: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Person:
    """Who is at work, by the name that is recorded, and in which roles.

    ``roles`` and ``departments`` are what they are everywhere they may be; who is more than that in
    one municipality is so `at` it.
    """

    name: str
    roles: frozenset[Role]
    departments: frozenset[str] = frozenset()
    #: Codes of the municipalities they may see and act in; None for all there are.
    municipalities: frozenset[str] | None = None
    grants: tuple[Grant, ...] = ()
    #: What they are called where they sign in; empty where nobody signs in.
    login: str = ""

    def may_see(self, municipality: str) -> bool:
        """Whether somebody may see what a municipality, given by its code, has."""
        return self.municipalities is None or municipality in self.municipalities

    def may_anywhere(self, act: Act) -> bool:
        """Whether there is a municipality where somebody may do an act."""
        everywhere = [self.roles, *(one.roles for one in self.grants)]
        return any(roles & ROLES[act] for roles in everywhere)

    def at(self, municipality: str) -> Person:
        """Return somebody as they are in one municipality: in no role where they may not be."""
        if not self.may_see(municipality):
            return replace(self, roles=frozenset(), departments=frozenset())
        own = next((one for one in self.grants if one.municipality == municipality), None)
        if own is None:
            return self
        return replace(self, roles=own.roles, departments=own.departments)


def read_roles(text: str) -> frozenset[Role]:
    """Return the roles of a list with commas: ``planner, approver``.

    Raises ValueError, in words, where one is named that there is not.
    """
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in list(Role):
            known = say("list.comma").join(Role)
            raise ValueError(say("access.unknown_role", name=name, known=known))
    return frozenset(map(Role, names))


def require(
    person: Person, act: Act, *, owners: Collection[str] = (), may_be_own: bool = False
) -> None:
    """Raise `NotAllowed` where a person may not do an act, as `refusal` tells."""
    if words := refusal(person, act, owners=owners, may_be_own=may_be_own):
        raise NotAllowed(words)


def refusal(
    person: Person, act: Act, *, owners: Collection[str] = (), may_be_own: bool = False
) -> str:
    """Return why a person may not do an act; empty where they may.

    ``owners`` are the names of those whose work the act is about, ``may_be_own`` whether one may
    approve what one has made oneself.
    """
    if not person.roles & ROLES[act]:
        return say(
            "access.refused",
            act=say(f"access.act.{act}"),
            roles=_named(ROLES[act]),
            name=person.name,
            own=_named(person.roles),
        )
    if act in _NEEDS_ANOTHER and _is_among(person, owners) and not may_be_own:
        return say("access.own", name=person.name)
    return ""


def _is_among(person: Person, names: Collection[str]) -> bool:
    """Whether somebody is recorded under one of the names, whatever they were called then."""
    own = recorded("", person.login)
    return any(
        name == person.name or (person.login and (name == person.login or name.endswith(own)))
        for name in names
    )


def recorded(name: str, login: str) -> str:
    """Return the name under which somebody who signed in is recorded: 花子（hanako）."""
    return say("access.recorded", name=name, login=login)


def _named(roles: Collection[Role]) -> str:
    named = (say(f"access.role.{role}") for role in Role if role in roles)
    return say("list.comma").join(named) or say("access.no_role")
